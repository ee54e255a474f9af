"""Tables with merged cells, laid out as Markdown rows that can each be read alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.corpus.readers.markdown import paragraph

# Beyond these a table is no table of a report but a trap, or a data dump: 50,000 rows of 40 columns fit.
MAX_SLOTS = 2_000_000
# A merged cell is repeated in every slot it covers when it is a label; what is longer is written once.
_LONGEST_LABEL = 100
_UNIT = re.compile(r"\s*[(（]?(?:计量)?单\s*位\s*[:：]")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell and how many rows and columns it covers."""

    text: str
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place of the grid: the cell that covers it (None where none does), and whether the cell starts here."""

    cell: Cell | None = None
    starts: bool = False

    @property
    def text(self) -> str:
        if self.cell is None or not (self.starts or len(self.cell.text) <= _LONGEST_LABEL):
            return ""
        return self.cell.text


_Row = list[_Slot]


def blocks(rows: Sequence[Sequence[Cell]], header_rows: int | None = None) -> list[str]:
    """The blocks of a table: captions and units, the table itself, remarks below it.

    `rows` hold the cells that start in each row, left to right; what a cell above covers is left out.
    A header of several rows becomes one; `header_rows` says of how many when the format knows. A table of
    one column becomes paragraphs. Raises ValueError for a table of more than two million slots.
    """
    grid = _without_empty(_lay_out(rows))
    above = _captions(grid)
    grid = grid[len(above) :]
    header_rows = max(0, header_rows - len(above)) if header_rows else None
    below = _remarks(grid)
    grid = grid[: len(grid) - len(below)]
    lines = [_row(texts) for texts in _header_made_one(grid, header_rows)]
    return [
        *(paragraph(_only_text(row)) for row in above),
        *(["\n".join(lines)] if lines else []),
        *(paragraph(_only_text(row)) for row in below),
    ]


def is_unit(text: str) -> bool:
    """Whether a text says the unit of a table, as in 单位：亿元."""
    return _UNIT.match(text) is not None


def _lay_out(rows: Sequence[Sequence[Cell]]) -> list[_Row]:
    """Every cell put into the first free slot of its row, then into all that it covers."""
    taken: dict[tuple[int, int], _Slot] = {}
    width = 0
    for top, row in enumerate(rows):
        column = 0
        for cell in row:
            while (top, column) in taken:
                column += 1
            height = max(1, min(cell.rows, len(rows) - top))
            if len(taken) + height * cell.columns > MAX_SLOTS:
                raise ValueError(f"a table of more than {MAX_SLOTS} cells")
            for y in range(top, top + height):
                for x in range(column, column + max(1, cell.columns)):
                    taken.setdefault((y, x), _Slot(cell, starts=(y, x) == (top, column)))
            column += max(1, cell.columns)
            width = max(width, column)
    if len(rows) * width > MAX_SLOTS:
        raise ValueError(f"a table of more than {MAX_SLOTS} cells")
    return [[taken.get((y, x), _Slot()) for x in range(width)] for y in range(len(rows))]


def _without_empty(grid: list[_Row]) -> list[_Row]:
    filled = [row for row in grid if any(slot.text for slot in row)]
    columns = [x for x in range(len(grid[0]) if grid else 0) if any(row[x].text for row in filled)]
    return [[row[x] for x in columns] for row in filled]


def _captions(grid: list[_Row]) -> list[_Row]:
    """The rows above the header that hold one text only: title, unit, date."""
    count = 0
    while count < len(grid) and _is_caption(grid[count]):
        count += 1
    return grid[:count]


def _is_caption(row: _Row) -> bool:
    if not _has_one_text(row):
        return False
    return row[0].text != "" or is_unit(_only_text(row))


def _remarks(grid: list[_Row]) -> list[_Row]:
    """The rows at the end that are one cell over the whole width: notes and sources."""
    count = 0
    while count < len(grid) and _is_one_cell(grid[-1 - count]):
        count += 1
    return grid[len(grid) - count :]


def _is_one_cell(row: _Row) -> bool:
    return len(row) > 1 and row[0].cell is not None and all(slot.cell is row[0].cell for slot in row)


def _has_one_text(row: _Row) -> bool:
    return len({id(slot.cell) for slot in row if slot.text}) == 1


def _only_text(row: _Row) -> str:
    return next(slot.text for slot in row if slot.text)


def _header_made_one(grid: list[_Row], header_rows: int | None) -> list[list[str]]:
    if not grid:
        return []
    count = header_rows or _header_height(grid)
    header = [_distinct([row[x].text for row in grid[:count]]) for x in range(len(grid[0]))]
    body = [
        [slot.text if slot.starts or not _is_one_cell(row) else "" for slot in row] for row in grid[count:]
    ]
    return [header, *body]


def _header_height(grid: list[_Row]) -> int:
    """One row, or as many as the tallest cell of the first when another of its cells spans columns."""
    cells = [slot.cell for slot in grid[0] if slot.cell is not None]
    if all(cell.columns == 1 for cell in cells):
        return 1
    return min(len(grid), max(cell.rows for cell in cells))


def _distinct(texts: list[str]) -> str:
    return " ".join(dict.fromkeys(text for text in texts if text))


def _row(texts: list[str]) -> str:
    cells = (" ".join(text.split()).replace("|", "\\|") for text in texts)
    return f"| {' | '.join(cells)} |"
