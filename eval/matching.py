"""Whether words stand in a text: widths, scripts, blanks and quotation marks do not matter, digit boundaries do."""

import re
from collections.abc import Iterable, Iterator

from rag.text import fold

_MARK = re.compile(r"\[\d+\]")
_BLANK = re.compile(r"(?<![a-z0-9]) | (?![a-z0-9])")
# Blanks at both ends, and all but the first of a run.
_SPARE_BLANK = re.compile(r"(?<![^ ]) | (?= *$)")
# Also a single blank (8 764家), not the wide one between two columns.
_THOUSANDS = re.compile(
    r"(?<=\d),(?=\d{3}(?!\d))|(?:(?<=(?<![\d.])\d)|(?<=(?<![\d.])\d\d)|(?<=(?<![\d.])\d{3})) (?=\d{3}(?: \d{3}){0,2}[\u4e00-\u9fff%‰])"
)
# Emphasis and quotation marks: a reader of the answer does not hear them.
_SILENT = dict.fromkeys(map(ord, "*“”‘’\"'「」『』"))
_NUMERALS = frozenset("〇零一二两三四五六七八九十百千万亿")


def remove_marks(text: str) -> str:
    """An answer without its citation marks [1], which are no figures of its own."""
    return _MARK.sub("", text)


def normalise(text: str) -> str:
    """Text for matching: half-width, lower case, Simplified; without quotation marks, and without blanks
    except one between two Latin words or numbers; 6,457 is 6457, and 8 764家 is 8764家.
    """
    text = " ".join(_THOUSANDS.sub("", fold(text).translate(_SILENT)).split())
    return _BLANK.sub("", text)


def trace(text: str) -> tuple[str, list[int]]:
    """The normalised text of an answer without its marks, and where each of its characters stands in the answer."""
    marks = {place for mark in _MARK.finditer(text) for place in range(*mark.span())}
    kept = [
        (character.translate(_SILENT), place)
        for place, character in enumerate(fold(text))
        if place not in marks
    ]
    kept = [(" " if character.isspace() else character, place) for character, place in kept if character]
    for pattern in (_THOUSANDS, _SPARE_BLANK, _BLANK):
        gone = {match.start() for match in pattern.finditer("".join(character for character, _ in kept))}
        kept = [pair for number, pair in enumerate(kept) if number not in gone]
    return "".join(character for character, _ in kept), [place for _, place in kept]


def find_spans(text: str, wordings: Iterable[str]) -> list[tuple[int, int]]:
    """Where wordings stand in an answer as whole words or numbers: sorted, overlapping ones joined."""
    haystack, places = trace(text)
    found = sorted(
        (places[start], places[start + len(needle) - 1] + 1)
        for wording in wordings
        if (needle := normalise(wording))
        for start in _occurrences(haystack, needle)
    )
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def contains(text: str, piece: str) -> bool:
    """Whether a piece of a source stands in a text, both taken as normalised."""
    return normalise(piece) in normalise(text)


def holds(text: str, wording: str) -> bool:
    """Whether an answer's wording stands in a text as a whole word or number.

    29 is not in 295.48, 63.1 not in 163.1, 三家 not in 十三家, no not in north.
    """
    return any(True for _ in _occurrences(normalise(text), normalise(wording)))


def holds_any(text: str, wordings: Iterable[str]) -> bool:
    """Whether one of the wordings stands in a text."""
    return any(holds(text, wording) for wording in wordings)


def begins_with(text: str, wording: str) -> bool:
    """Whether a text begins with a wording as a whole word or number."""
    haystack, needle = normalise(text), normalise(wording)
    return bool(needle) and haystack.startswith(needle) and not _joined(haystack, len(needle))


def _occurrences(haystack: str, needle: str) -> Iterator[int]:
    """Where a needle stands in a haystack as a whole word or number, both normalised."""
    start = haystack.find(needle) if needle else -1
    while start >= 0:
        if not _joined(haystack, start) and not _joined(haystack, start + len(needle)):
            yield start
        start = haystack.find(needle, start + 1)


def _joined(text: str, place: int) -> bool:
    """Whether the characters on both sides of a place belong to one number or one Latin word."""
    before, after = text[max(place - 2, 0) : place], text[place : place + 2]
    if not before or not after:
        return False
    left, right = before[-1], after[0]
    if left.isdigit() and (right.isdigit() or (right == "." and after[1:].isdigit())):
        return True
    if right.isdigit() and left == "." and before[:-1].isdigit():
        return True
    if left in _NUMERALS and right in _NUMERALS:
        return True
    return left.isascii() and right.isascii() and left.isalpha() and right.isalpha()
