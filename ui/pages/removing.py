"""What the pages that remove something have in common as HTML: the question before it, and what can be put back."""

from collections.abc import Sequence
from html import escape
from typing import Protocol

from ui.pages.trash import KEPT_DAYS, MOST_BYTES, Removed


class RemovalWords(Protocol):
    """What a page's texts have for what it removes; braces are filled with `str.format`."""

    @property
    def remove(self) -> str:
        """The button that removes."""

    @property
    def remove_note(self) -> str:
        """What removing means, for how many {days} it can be undone."""

    @property
    def cancel(self) -> str:
        """The button that does not."""

    @property
    def restore(self) -> str:
        """The button that puts back."""

    @property
    def until(self) -> str:
        """Until when something can be put back: {until}."""

    @property
    def trash(self) -> str:
        """The heading of what was removed."""

    @property
    def trash_note(self) -> str:
        """Where it lies ({folder}), for how many {days}, and how much of it at most ({gb})."""


def render_dialog(words: RemovalWords) -> str:
    """What asks before something is removed; the script writes which."""
    return (
        '<dialog id="ask" class="panel" aria-labelledby="ask-title"><form method="dialog">'
        f'<h2 id="ask-title"></h2><p class="soft">{escape(words.remove_note.format(days=KEPT_DAYS))}</p>'
        f'<div class="row end"><button class="button" value="no">{escape(words.cancel)}</button>'
        f'<button class="button primary" value="yes">{escape(words.remove)}</button></div></form></dialog>'
    )


def render_remove(name: str, label: str, asked: str, shown: str) -> str:
    """The button that removes what is named so, once what is `asked` is agreed to."""
    return (
        f'<button type="button" class="button small" data-remove="{escape(name)}" aria-label="{escape(label)}" '
        f'data-ask="{escape(asked)}">{escape(shown)}</button>'
    )


def render_trash(words: RemovalWords, removed: Sequence[Removed], folder: str) -> str:
    """What was removed and can be put back, and until when; nothing where there is none."""
    if not removed:
        return ""
    items = "".join(_render_removed(words, each) for each in removed)
    note = words.trash_note.format(folder=folder, days=KEPT_DAYS, gb=MOST_BYTES // 2**30)
    return (
        f'<section class="trash"><h2>{escape(words.trash)}</h2><p class="meta">{escape(note)}</p>'
        f"<ul>{items}</ul></section>"
    )


def _render_removed(words: RemovalWords, removed: Removed) -> str:
    facts = f"{removed.removed} · {words.until.format(until=removed.until)}"
    return (
        f'<li class="row"><span class="file">{escape(removed.file)}</span><span class="meta">{escape(facts)}</span>'
        f'<button type="button" class="button small" data-restore="{escape(removed.id)}" '
        f'aria-label="{escape(words.restore)} {escape(removed.file)}">{escape(words.restore)}</button></li>'
    )
