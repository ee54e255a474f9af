"""The light Markdown that readers of docx, html, pdf and xlsx write."""

import re
from collections.abc import Iterable

_DEEPEST = 6
_SPACES = re.compile(r"[ \t\r\f\v\xa0\u2002-\u200a\u3000]+")
_EDGES = " \n"
_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# What a raised number is a power of: a length (m², km³) or ten; behind anything else it marks a note.
_RAISED = re.compile(r"(?<![A-Za-z])(?:[cdkm]?m)$|(?<![\d.])10$")
_MARK = re.compile(r"[\[(（〔［]?\s*(?:(\d{1,3})|([①-⑳]))\s*[\])）〕］]?")
_LEADING_MARK = re.compile(r"(\[\^\d+\])[\s.．、:：]*(?=\S)")
# A paragraph that starts like a heading or a table row is neither: its first character becomes full-width.
_HARMLESS = {"#": "＃", "|": "｜"}


def heading(level: int, text: str) -> str:
    """A heading of level 1, 2, …; levels deeper than 6 are written as 6."""
    return f"{'#' * min(level, _DEEPEST)} {' '.join(text.split())}"


def paragraph(text: str) -> str:
    """A paragraph, trimmed, its runs of spaces made one; one that starts with a mark is that note's text."""
    text = tidy(text)
    text = _HARMLESS.get(text[:1], text[:1]) + text[1:]
    return _LEADING_MARK.sub(r"\1: ", text, count=1) if text.startswith("[^") else text


def tidy(text: str) -> str:
    """Text without NULs, with runs of spaces made one and none at the ends of its lines."""
    lines = (_SPACES.sub(" ", line).strip() for line in text.replace("\0", "").split("\n"))
    return "\n".join(line for line in lines if line)


def raised(before: str, text: str) -> str:
    """A superscript `text` behind `before`: a power (m²), the mark of a note (`[^13]`), or itself."""
    match = _MARK.fullmatch(text.strip())
    if match is None:
        return text
    if match[1] and _RAISED.search(before):
        return match[1].translate(_POWERS)
    return mark(int(match[1]) if match[1] else ord(match[2]) - ord("①") + 1)


def mark(number: int) -> str:
    """The mark of note `number`."""
    return f"[^{number}]"


def note(number: int, text: str) -> str:
    """The text of note `number`, as one block."""
    return f"{mark(number)}: {' '.join(text.split())}"


def join(blocks: Iterable[str]) -> str:
    """The text of a file: its blocks that are not empty, a blank line between them, a line end behind the last."""
    return "\n\n".join(block for block in blocks if block.strip(_EDGES)) + "\n"
