"""An exported conversation as Markdown with footnotes. What is quoted is escaped: it can be no markup."""

import re
from collections.abc import Sequence

from ui.chat.conversation import Exchange
from ui.chat.handling_texts import Handling
from ui.chat.texts import Texts
from ui.export.contents import Part, collect, list_references

_MARKUP = re.compile(r"([\\`*_\[\]|~^$])")
_OPENS = re.compile(r"^(\s*)(#{1,6}|[-+=]|\d{1,9}[.)](?=\s|$))")


def render_markdown(exchanges: Sequence[Exchange], texts: Texts, handling: Handling) -> str:
    """The conversation; footnotes are `[^n]`, the references a list at the end."""
    notes: list[str] = []

    def show(parts: Sequence[Part]) -> str:
        shown = ""
        for part in parts:
            shown += escape_markdown(part.text)
            for note in part.notes:
                if note not in notes:
                    notes.append(note)
                shown += f"[^{notes.index(note) + 1}]"
        return shown

    lines = [f"# {escape_markdown(texts.page_title)}", ""]
    for section in collect(exchanges, texts, handling):
        lines += [f"## {escape_markdown(section.question)}", ""]
        lines += [line for about in section.about for line in (f"*{escape_markdown(about)}*", "")]
        lines += [line for parts in section.paragraphs for line in (show(parts), "")]
        if section.closest:
            lines += [f"{escape_markdown(texts.closest)}：", ""]
            lines += [line for part in section.closest for line in (f"> {show([part])}", "")]
        lines += [line for remark in section.remarks for line in (f"*{escape_markdown(remark)}*", "")]
    if references := list_references(exchanges):
        lines += [f"## {escape_markdown(handling.references)}", ""]
        lines += [f"{n}. {escape_markdown(each)}" for n, each in enumerate(references, start=1)]
        lines.append("")
    lines += [f"[^{n}]: {escape_markdown(note)}" for n, note in enumerate(notes, start=1)]
    return "\n".join(lines).rstrip() + "\n"


def escape_markdown(text: str) -> str:
    """A text on one line that any Markdown reader shows as it is."""
    line = " ".join(text.split())
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    line = _MARKUP.sub(r"\\\1", line)
    return _OPENS.sub(lambda m: f"{m[1]}{m[2][:-1]}\\{m[2][-1]}", line)
