"""What can be done with an answer, below it: copy it, say what it is worth, and export the conversation after the last."""

from html import escape

from rag.types import Answer
from ui.chat.conversation import Exchange
from ui.chat.handling_texts import Handling
from ui.chat.sources import Source, refer
from ui.feedback import LONGEST_COMMENT

_COPY = "M7 7V4.5h8.5V13H13M4.5 7H13v8.5H4.5z"
_UP = "M3.5 9H6v7H3.5zM6 9.5 9.5 3c1.2 0 2 .9 1.7 2.2L10.6 8h4.6c.9 0 1.5.8 1.3 1.6l-1.2 5.1c-.2.8-.8 1.3-1.6 1.3H6"
_DOWN = "M3.5 11H6V4H3.5zM6 10.5 9.5 17c1.2 0 2-.9 1.7-2.2l-.6-2.8h4.6c.9 0 1.5-.8 1.3-1.6l-1.2-5.1c-.2-.8-.8-1.3-1.6-1.3H6"
_THUMBS = (("up", _UP), ("down", _DOWN))


def render_actions(turn: int, exchange: Exchange, handling: Handling, *, is_last: bool) -> str:
    """The row of buttons below an answer; the comment on it opens with a thumb, the export stands by the last."""
    if exchange.answer is None:
        return ""
    copy = (
        f'<button type="button" class="quiet tool" data-copy="{escape(copy_text(exchange, exchange.answer, handling))}" '
        f'data-copied="{escape(handling.copied)}" aria-label="{escape(handling.copy)}" title="{escape(handling.copy)}">'
        f"{_icon(_COPY)}</button>"
    )
    labels = {"up": handling.good, "down": handling.bad}
    thumbs = "".join(
        f'<button type="button" class="quiet tool" data-verdict="{verdict}" data-of="{turn}" '
        f'aria-pressed="{"true" if exchange.verdict == verdict else "false"}" '
        f'aria-label="{escape(labels[verdict])}" title="{escape(labels[verdict])}">{_icon(path)}</button>'
        for verdict, path in _THUMBS
    )
    export = _render_export(handling) if is_last else ""
    return f'<div class="tools">{copy}{thumbs}{export}</div>{_render_comment(turn, exchange, handling)}'


def _icon(path: str) -> str:
    return f'<svg viewBox="0 0 20 20" aria-hidden="true"><path d="{path}"/></svg>'


def _render_export(handling: Handling) -> str:
    links = "".join(
        f'<button type="button" class="quiet" data-export="{form}">{escape(label)}</button>'
        for form, label in (("md", handling.as_markdown), ("docx", handling.as_word))
    )
    return (
        f'<span class="export" role="group" aria-label="{escape(handling.export)}" '
        f'data-failed="{escape(handling.failed)}"><span class="label">{escape(handling.export)}</span>{links}</span>'
    )


def _render_comment(turn: int, exchange: Exchange, handling: Handling) -> str:
    """Where a thumb is explained, once one is given; what was said to it stands there too."""
    said = f'<p class="meta remark" role="status">{escape(exchange.remark)}</p>' if exchange.remark else ""
    if not exchange.verdict:
        return said
    label = escape(handling.comment)
    return (
        f'<div class="opinion"><textarea class="comment" rows="2" maxlength="{LONGEST_COMMENT}" aria-label="{label}" '
        f'placeholder="{escape(handling.comment_hint)}">{escape(exchange.comment)}</textarea>'
        f'<button type="button" class="quiet save" data-save="{turn}">{escape(handling.save)}</button></div>{said}'
    )


def copy_text(exchange: Exchange, answer: Answer, handling: Handling) -> str:
    """The question, the answer and its sources as plain text."""
    lines = [exchange.question, "", answer.text]
    references = exchange.references
    if references:
        sources = exchange.sources or (Source(),) * len(references)
        lines += ["", f"{handling.references}:"]
        for reference, source in zip(references, sources, strict=False):
            lines += [f"[{reference.n}] {refer(reference, source)}", f"    “{reference.text}”"]
    return "\n".join(lines)
