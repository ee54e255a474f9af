"""Glyphs on a page to lines of text in reading order: columns, raised marks, spaces."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from rag.corpus.readers.markdown import raised, tidy

# Shares of a character's height or of the page. Each stands well between the two cases it parts.
_SAME_LINE = 0.5  # overlap of two glyphs of one line; lines of one column do not overlap at all
_SPACE = 0.5  # gap behind a glyph that is a space; set type spreads Chinese by a quarter at most
_RAISED = 0.75  # height of a raised number; Word sets them at 0.65
_FILLED = 0.7  # share of a column that its lines fill; cells of a table fill less
_FEWEST = 5  # lines that a column has at least
_NARROWEST = 8  # characters that a column is wide at least
_CENTRE = (0.35, 0.65)  # where on the page the second of two columns starts

_LATIN_END = re.compile(r"[A-Za-z0-9,.;:)]$")
_LATIN_START = re.compile(r"[A-Za-z(]")
_SPREAD = re.compile(r"[\u3400-\u9fff](?: [\u3400-\u9fff]){2,}")


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character, or a piece of a line that was recognised as one; in points from the upper left corner."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float

    @property
    def size(self) -> float:
        """Its height in points."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text; `left` and `right` are the borders of the page's text, or of the column it is in."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    left: float
    right: float
    in_columns: bool = False


def lines(glyphs: Sequence[Glyph], extent: tuple[float, float]) -> list[Line]:
    """The lines of a page in reading order: two columns are read one after the other, between full-width lines.

    `extent` is where the text of the page starts and ends from left to right, in points (see `borders`).
    """
    rows = _rows(glyphs)
    gutter = _gutter(rows)
    if gutter is None:
        return [_line(row, extent) for row in rows]
    left, right = (extent[0], gutter[0]), (gutter[1], extent[1])
    ordered: list[Line] = []
    for crosses, band in groupby(rows, key=lambda row: _crosses(row, gutter)):
        if crosses:
            ordered += [_line(row, extent) for row in band]
            continue
        inside = [glyph for row in band for glyph in row]
        ordered += [
            _line(row, left, True) for row in _rows([each for each in inside if each.x1 <= gutter[1]])
        ]
        ordered += [
            _line(row, right, True) for row in _rows([each for each in inside if each.x1 > gutter[1]])
        ]
    return ordered


def borders(glyphs: Sequence[Glyph]) -> tuple[float, float]:
    """Where the text of a page starts and ends from left to right, in points."""
    return min((each.x0 for each in glyphs), default=0.0), max((each.x1 for each in glyphs), default=0.0)


def text_of(glyphs: Sequence[Glyph]) -> str:
    """The text of glyphs that form one cell or piece: its lines, those of Chinese joined without a space."""
    return joined(_text(row) for row in _rows(glyphs))


def joined(pieces: Iterable[str]) -> str:
    """Pieces of a text that was broken into lines, with a space only between words of letters."""
    text = ""
    for piece in pieces:
        text += ("" if not text else seam(text, piece)) + piece
    return text


def seam(before: str, after: str) -> str:
    """What stands between two lines when they are joined: a space between Latin words, else nothing."""
    return " " if _LATIN_END.search(before) and _LATIN_START.match(after) else ""


def fragments(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """The lines of `glyphs` (each a list of pieces), cut where a gap is wider than a character."""
    return [[_piece(part) for part in _cut(row)] for row in _rows(glyphs)]


def _rows(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Glyphs grouped into lines from top to bottom, each sorted from left to right."""
    rows: list[list[Glyph]] = []
    top = bottom = 0.0
    for glyph in sorted(glyphs, key=lambda each: (each.top + each.bottom, each.x0)):
        overlap = min(bottom, glyph.bottom) - max(top, glyph.top)
        if rows and overlap >= _SAME_LINE * min(glyph.size, bottom - top):
            rows[-1].append(glyph)
            top, bottom = min(top, glyph.top), max(bottom, glyph.bottom)
        else:
            rows.append([glyph])
            top, bottom = glyph.top, glyph.bottom
    for row in rows:
        row.sort(key=lambda each: each.x0)
    return rows


def _line(row: Sequence[Glyph], extent: tuple[float, float], in_columns: bool = False) -> Line:
    top, bottom = min(glyph.top for glyph in row), max(glyph.bottom for glyph in row)
    return Line(
        _text(row), row[0].x0, max(each.x1 for each in row), top, bottom, _size(row), *extent, in_columns
    )


def _size(row: Sequence[Glyph]) -> float:
    """The height that most of a line's text has."""
    heights: Counter[float] = Counter()
    for glyph in row:
        heights[round(glyph.size, 1)] += len(glyph.text.strip())
    return heights.most_common(1)[0][0]


def _text(row: Sequence[Glyph]) -> str:
    size = _size(row)
    baseline = max(glyph.bottom for glyph in row if round(glyph.size, 1) == size)
    text = small = ""
    end = row[0].x0
    for glyph in row:
        if glyph.size <= _RAISED * size and glyph.bottom < baseline - 0.1 * size:
            small += glyph.text
        else:
            text, small = text + _raise(text, small), ""
            text += " " * (glyph.x0 - end > _SPACE * size) + glyph.text
        end = max(end, glyph.x1)
    text = tidy(text + _raise(text, small))
    return _SPREAD.sub(lambda match: match[0].replace(" ", ""), text)


def _raise(before: str, small: str) -> str:
    return raised(before.rstrip(), small) if small.strip() else small


def _cut(row: Sequence[Glyph]) -> list[list[Glyph]]:
    size = _size(row)
    parts: list[list[Glyph]] = []
    end = 0.0
    for glyph in row:
        if parts and glyph.x0 - end <= size:
            parts[-1].append(glyph)
        else:
            parts.append([glyph])
        end = max(end, glyph.x1)
    return parts


def _piece(row: Sequence[Glyph]) -> Glyph:
    top, bottom = min(each.top for each in row), max(each.bottom for each in row)
    return Glyph(_text(row), row[0].x0, max(each.x1 for each in row), top, bottom)


def _gutter(rows: Sequence[Sequence[Glyph]]) -> tuple[float, float] | None:
    """The gap between two columns of text, or None for a page of one column."""
    pieces = [_piece(part) for row in rows for part in _cut(row)]
    left, right = borders(pieces)
    first, last = (left + share * (right - left) for share in _CENTRE)
    starts = Counter(round(each.x0) for each in pieces if first <= each.x0 <= last)
    if not starts or max(starts.values()) < _FEWEST:
        return None
    end = float(max(starts, key=lambda start: (starts[start], -start))) - 1
    before = [each for each in pieces if each.x1 <= end]
    after = [each for each in pieces if each.x0 >= end]
    if len(before) < _FEWEST or 3 * (len(before) + len(after)) < 2 * len(pieces):
        return None
    start = max(each.x1 for each in before)
    size = median(each.size for each in pieces)
    if end - start < size or min(start - left, right - end) < _NARROWEST * size:
        return None
    filled = [(each.x1 - each.x0) / (start - left) for each in before]
    filled += [(each.x1 - each.x0) / (right - end) for each in after]
    return (start, end) if median(filled) >= _FILLED else None


def _crosses(row: Sequence[Glyph], gutter: tuple[float, float]) -> bool:
    return any(glyph.x0 < gutter[1] and glyph.x1 > gutter[0] for glyph in row)
