"""A repaired text with, for each of its characters, its offset in the original; and the one place that folds."""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from opencc import OpenCC


@dataclass(frozen=True, slots=True)
class RepairedText:
    """A piece of a source text without its dropped ranges.

    `offsets[i]` is where `text[i]` stands in the original (code points, strictly increasing), so
    `original[offsets[i]] == text[i]` for every i.
    """

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original of the non-empty piece `text[start:end]`; what was dropped inside is included."""
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"no piece {start}:{end} in a text of {len(self.text)} characters")
        return self.offsets[start], self.offsets[end - 1] + 1


def repair(original: str, start: int, end: int, drops: Sequence[tuple[int, int]]) -> RepairedText:
    """The piece `original[start:end]` without the dropped ranges (sorted and disjoint)."""
    kept: list[int] = []
    position = start
    for drop_start, drop_end in drops[_first_after(drops, start) : bisect_left(drops, (end, end))]:
        kept.extend(range(position, max(position, min(drop_start, end))))
        position = max(position, drop_end)
    kept.extend(range(position, end))
    return RepairedText("".join(original[offset] for offset in kept), tuple(kept))


def _first_after(drops: Sequence[tuple[int, int]], start: int) -> int:
    """Index of the first drop that ends after `start`."""
    return bisect_right(drops, start, key=lambda drop: drop[1])


class _FoldTable(dict[int, int]):
    """Maps a code point to its folded one; filled as characters are met."""

    def __missing__(self, code: int) -> int:
        if 0xD800 <= code <= 0xDFFF:  # half of a pair is no character; the converter would fail on it
            return code
        character = unicodedata.normalize("NFKC", chr(code)).lower()
        character = _to_simplified().convert(character) if len(character) == 1 else chr(code)
        folded = ord(character) if len(character) == 1 else code
        self[code] = folded
        return folded


_FOLD = _FoldTable()


@lru_cache(maxsize=1)
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=1)
def _to_mainland() -> OpenCC:
    return OpenCC("tw2sp")


def mainland_words(text: str) -> str:
    """A Traditional text in Simplified characters and the words of the mainland (計程車 as 出租车)."""
    converted: str = _to_mainland().convert(text)
    return converted


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Text for matching, one character for each: half-width, lower case, Simplified, so offsets stay the same."""
    return text.translate(_FOLD)
