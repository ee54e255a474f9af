"""Tables on a pdf page: those ruled all around, and those with rules above, below and under the header only."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from rag.corpus.readers.layout import Glyph, fragments, text_of
from rag.corpus.readers.tables import Cell

_Box = tuple[float, float, float, float]
# Maps and charts are drawn with tens of thousands of strokes, hold no table, and take its finder minutes; 1,800
# cells drawn as boxes have 7,200 edges and take it 4 seconds.
_MAX_EDGES = 8_000
_NEAR = 3.0  # points between strokes that are meant to meet, as pdfplumber counts by default
_RULES = 3  # above, under the header, below
_BOXED, _TABULAR, _NEITHER = "boxed", "tabular", "neither"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its box on the page in points, its rows, and how many of them are the header if rules say so."""

    box: _Box
    rows: list[list[Cell]]
    header_rows: int | None


def find(page: Any, glyphs: Sequence[Glyph]) -> list[Table]:
    """The tables of a pdfplumber page, from top to bottom."""
    edges = page.edges
    if not edges or len(edges) > _MAX_EDGES:
        return []
    uprights = [edge for edge in edges if edge["orientation"] == "v"]
    sides: list[dict[str, Any]] = []
    unruled: list[Sequence[_Box]] = []
    for rules in _rules(edges):
        for kind, run in _runs(rules, uprights, glyphs):
            if kind == _BOXED:
                sides += [_side(x, run) for x in (run[0][0], run[0][2])]
            elif kind == _TABULAR and len(run) >= _RULES:
                unruled.append(run)
    tables = _ruled(page, sides, glyphs)
    for run in unruled:
        if not any(_touch(run, table.box) for table in tables):
            tables += _open(run, glyphs)
    return sorted(tables, key=lambda table: table.box[1])


def _rules(edges: Sequence[Any]) -> list[list[_Box]]:
    """Horizontal strokes over the same width, grouped, each group from top to bottom."""
    groups: list[list[_Box]] = []
    strokes = [edge for edge in edges if edge["orientation"] == "h" and edge["width"] > 10 * _NEAR]
    for edge in sorted(strokes, key=lambda each: each["top"]):
        box = (edge["x0"], edge["top"], edge["x1"], edge["bottom"])
        for group in groups:
            if abs(group[0][0] - box[0]) <= _NEAR and abs(group[0][2] - box[2]) <= _NEAR:
                if box[1] - group[-1][1] > _NEAR:
                    group.append(box)
                break
        else:
            groups.append([box])
    return groups


def _runs(
    rules: Sequence[_Box], uprights: Sequence[Any], glyphs: Sequence[Glyph]
) -> list[tuple[str, Sequence[_Box]]]:
    """Rules cut into runs between which the bands are of one kind: boxed by uprights, tabular text, or neither."""
    kinds = [_kind(above, below, uprights, glyphs) for above, below in pairwise(rules)]
    runs: list[tuple[str, Sequence[_Box]]] = []
    start = 0
    for kind, bands in groupby(kinds):
        count = sum(1 for _ in bands)
        runs.append((kind, rules[start : start + count + 1]))
        start += count
    return runs


def _kind(above: _Box, below: _Box, uprights: Sequence[Any], glyphs: Sequence[Glyph]) -> str:
    for edge in uprights:
        if (
            above[0] - _NEAR <= edge["x0"] <= above[2] + _NEAR
            and edge["top"] <= above[1] + _NEAR
            and edge["bottom"] >= below[1] - _NEAR
        ):
            return _BOXED
    rows = fragments(inside(glyphs, (above[0], above[1], above[2], below[1])))
    return _TABULAR if rows and 2 * sum(len(row) > 1 for row in rows) >= len(rows) else _NEITHER


def _ruled(page: Any, sides: Sequence[dict[str, Any]], glyphs: Sequence[Glyph]) -> list[Table]:
    """Tables whose cells are boxes; `sides` close those that are open left and right."""
    tables = []
    for table in page.find_tables({"explicit_vertical_lines": list(sides)} if sides else {}):
        rows = _cells(table.cells, glyphs)
        if (
            len(rows) > 1
            and any(len(row) > 1 for row in rows)
            and any(cell.text for row in rows for cell in row)
        ):
            tables.append(Table(table.bbox, rows, None))
    return tables


def _side(x: float, rules: Sequence[_Box]) -> dict[str, Any]:
    top, bottom = rules[0][1], rules[-1][3]
    return {
        "object_type": "line",
        "x0": x,
        "x1": x,
        "top": top,
        "bottom": bottom,
        "width": 0,
        "height": bottom - top,
    }


def _cells(boxes: Sequence[_Box], glyphs: Sequence[Glyph]) -> list[list[Cell]]:
    """Cells by row; how many rows and columns one covers is told by the borders that run through it."""
    xs, ys = _borders(box[0] for box in boxes), _borders(box[1] for box in boxes)
    rows: list[list[Cell]] = [[] for _ in ys]
    for box in sorted(boxes, key=lambda each: (each[1], each[0])):
        x0, top, x1, bottom = box
        width = sum(x0 - _NEAR < x < x1 - _NEAR for x in xs)
        height = sum(top - _NEAR < y < bottom - _NEAR for y in ys)
        row = max(index for index, y in enumerate(ys) if y <= top + _NEAR)
        rows[row].append(Cell(text_of(inside(glyphs, box)), height, width))
    return rows


def _borders(values: Any) -> list[float]:
    """Values in order, those that are meant to be one only once."""
    borders: list[float] = []
    for value in sorted(values):
        if not borders or value - borders[-1] > _NEAR:
            borders.append(value)
    return borders


def _open(rules: Sequence[_Box], glyphs: Sequence[Glyph]) -> list[Table]:
    """A table between rules without uprights; its columns are where the text below the header stands."""
    box = (rules[0][0], rules[0][1], rules[0][2], rules[-1][3])
    header = fragments(inside(glyphs, (box[0], box[1], box[2], rules[1][1])))
    body = fragments(inside(glyphs, (box[0], rules[1][1], box[2], box[3])))
    columns = _columns([piece for row in body for piece in row])
    if len(columns) < 2 or not header:
        return []
    rows = [_placed(row, columns) for row in (*header, *body)]
    return [Table(box, rows, len(header))]


def _columns(pieces: Sequence[Glyph]) -> list[tuple[float, float]]:
    """The stretches from left to right that text stands over, with clear space between them."""
    columns: list[tuple[float, float]] = []
    for piece in sorted(pieces, key=lambda each: each.x0):
        if columns and piece.x0 < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], piece.x1))
        else:
            columns.append((piece.x0, piece.x1))
    return columns


def _placed(row: Sequence[Glyph], columns: Sequence[tuple[float, float]]) -> list[Cell]:
    """The pieces of a row put under their columns; one that stands over several covers them."""
    cells: list[Cell] = []
    for piece in row:
        covered = [index for index, (x0, x1) in enumerate(columns) if piece.x0 < x1 and piece.x1 > x0]
        covered = covered or [min(range(len(columns)), key=lambda index: abs(columns[index][0] - piece.x0))]
        at = sum(cell.columns for cell in cells)
        cells += [Cell("")] * (covered[0] - at)
        if covered[-1] >= at:
            cells.append(Cell(piece.text, 1, covered[-1] - max(at, covered[0]) + 1))
        else:
            cells[-1] = Cell(f"{cells[-1].text} {piece.text}", 1, cells[-1].columns)
    return cells + [Cell("")] * (len(columns) - sum(cell.columns for cell in cells))


def inside(glyphs: Sequence[Glyph], box: _Box) -> list[Glyph]:
    """The glyphs whose middle lies in a box."""
    x0, top, x1, bottom = box
    return [
        glyph
        for glyph in glyphs
        if x0 <= (glyph.x0 + glyph.x1) / 2 < x1 and top <= (glyph.top + glyph.bottom) / 2 < bottom
    ]


def _touch(rules: Sequence[_Box], box: _Box) -> bool:
    return rules[0][1] < box[3] + _NEAR and rules[-1][3] > box[1] - _NEAR
