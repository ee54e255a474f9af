"""A passage cut into sentences and clauses, with their places in it."""

import re
from dataclasses import dataclass

_SENTENCE = re.compile(r"[^。！？；!?\n]*(?:[。！？；!?]+[”’」』）)]*|\n|$)")
# A comma between digits parts thousands (1,932人), no clauses.
_CLAUSE = re.compile(r"(?:[^，,；;。！？!?\n]+|(?<=\d),(?=\d{3}))*(?:[，,；;。！？!?]+[”’」』）)]*|\n|$)")
_EDGE = " \t\r\n\u3000，,；;。"


@dataclass(frozen=True, slots=True)
class Piece:
    """`text` stands at `start`..`end` of the passage."""

    text: str
    start: int
    end: int


def split_sentences(text: str) -> tuple[Piece, ...]:
    """Sentences of a passage; commas do not end one, semicolons do; brackets and quotes are not cut open."""
    return _split(text, _SENTENCE)


def split_clauses(text: str) -> tuple[Piece, ...]:
    """Clauses of a passage: what stands between commas, unless inside brackets or quotes."""
    return _split(text, _CLAUSE)


def trim(piece: Piece) -> Piece:
    """The piece without blanks and commas at its edges."""
    start, end = piece.start, piece.end
    text = piece.text
    left = len(text) - len(text.lstrip(_EDGE))
    right = len(text) - len(text.rstrip(_EDGE))
    if left + right >= len(text):
        return piece
    return Piece(text[left : len(text) - right], start + left, end - right)


def _split(text: str, pattern: re.Pattern[str]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    start = 0
    for match in pattern.finditer(text):
        if match.end() == start or not _balanced(text[start : match.end()]):
            continue
        pieces.append(Piece(text[start : match.end()], start, match.end()))
        start = match.end()
    if start < len(text):
        pieces.append(Piece(text[start:], start, len(text)))
    return tuple(piece for piece in pieces if piece.text.strip(_EDGE))


_PAIRS = (("（", "）"), ("(", ")"), ("“", "”"), ("《", "》"))


def _balanced(text: str) -> bool:
    """Whether every bracket and quote opened is closed; a slip in the source may not swallow the whole text."""
    return len(text) > 300 or "\n" in text[-1:] or all(text.count(a) <= text.count(b) for a, b in _PAIRS)
