"""The rows of the tables of a passage, cut into cells, and what stands above them: heads of one line or two, and captions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile, zip_longest

from rag.corpus.lines import printed_width
from rag.corpus.table_lines import (
    count_heads,
    find_cells,
    find_tables,
    is_row_of_words,
    is_table_rule,
    may_head_table,
)
from rag.text import fold

_LINE = re.compile(r"\S[^\n]*")
_BETWEEN_ROWS = " \t\n|:-"
NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_NAMES = re.compile(r"(?:名称|项目|内容|指标|类别|地区|区县|县市|类型|科目|品种|分类)$")
_YEAR = re.compile(r"(?:19|20)\d\d")
_TABBED_HEADS = 2


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell at `start`..`end` of the passage; `centre` is where it stands on its line, in columns of print.

    `tabs` are those before it on its line.
    """

    text: str
    start: int
    end: int
    centre: float = 0.0
    tabs: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table at `start`..`end` of the passage; `is_head` where it is set in columns and only names them."""

    start: int
    end: int
    cells: tuple[Cell, ...]
    is_head: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows below a head, and the words above it; no `head` where they go on below that of the rows before."""

    head: tuple[Cell, ...]
    caption: str
    rows: tuple[Row, ...]


def read_rows(text: str) -> Iterator[Rows]:
    """The tables of a text: each the rows with nothing but rules and empty lines between them, and their head."""
    before = 0
    for run in _runs(text):
        heads = _heads(run)
        body = tuple(row for row in run if row not in heads)
        yield Rows(_merge(heads, body), text[before : run[0].start], body)
        before = run[-1].end


def read_head(header: str) -> tuple[tuple[Cell, ...], str]:
    """The head that a passage takes over from the beginning of its table, and the caption above it; both may be empty."""
    rows = _find(header) or [
        _row(match, header, is_head=True)
        for match in _LINE.finditer(header)
        if not is_table_rule(match[0]) and may_head_table(match[0])
    ]
    if not rows:
        return (), header
    return _merge([row for row in rows if row.is_head] or rows, ()), header[: rows[0].start]


def row_ranges(text: str) -> list[tuple[int, int]]:
    """Where the rows of the tables of a text stand, their heads among them."""
    return [(row.start, row.end) for row in _find(text)]


def _find(text: str) -> list[Row]:
    matches = [match for match in _LINE.finditer(text) if not is_table_rule(match[0])]
    texts = [match[0] for match in matches]
    are_rows, are_heads = find_tables(texts, [True] * len(texts))
    return [
        _row(match, text, is_head=are_heads[place])
        for place, match in enumerate(matches)
        if are_rows[place] or are_heads[place]
    ]


def _row(match: re.Match[str], text: str, *, is_head: bool) -> Row:
    line, start = match[0], match.start()
    before = text[text.rfind("\n", 0, start) + 1 : start]
    indent = printed_width(before)
    cells = tuple(
        Cell(
            line[first:last],
            start + first,
            start + last,
            indent + printed_width(line[:first]) + printed_width(line[first:last]) / 2,
            (before + line[:first]).count("\t"),
        )
        for first, last in find_cells(line)
    )
    return Row(start, match.end(), cells, is_head)


def _heads(run: Sequence[Row]) -> list[Row]:
    """The first rows of a table that name its columns."""
    heads = [row for row in run if row.is_head]
    if heads or _holds_number(run[0].cells):
        return heads
    if run[0].cells[-1].tabs:
        return list(
            takewhile(lambda row: not _holds_number(row.cells) and len(row.cells) > 1, run[:_TABBED_HEADS])
        )
    return list(run[: count_heads([[cell.text for cell in row.cells] for row in run])])


def _runs(text: str) -> Iterator[list[Row]]:
    run: list[Row] = []
    rows = _find(text)
    for row, below in zip_longest(rows, rows[1:]):
        if below is not None and _is_title(row) and _heads_a_table(below):
            yield from [run] if run else []
            run = []  # a table within the table, with its own head
            continue
        is_next = row.is_head and run and not run[-1].is_head
        if run and (is_next or text[run[-1].end : row.start].strip(_BETWEEN_ROWS)):
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _is_title(row: Row) -> bool:
    """Whether a row has words in its first cell and nothing in any other."""
    texts = [cell.text for cell in row.cells]
    return len(texts) > 1 and bool(texts[0]) and not any(texts[1:])


def _heads_a_table(row: Row) -> bool:
    """Whether a row within a table names columns: it has words only, and the first is of names (信息内容, 项目)."""
    return bool(_NAMES.search(row.cells[0].text)) and is_row_of_words([cell.text for cell in row.cells])


def _merge(heads: Sequence[Row], body: Sequence[Row]) -> tuple[Cell, ...]:
    """One head of several lines: each cell of the line with a cell for every column takes in those above and below it."""
    if not heads:
        return ()
    columns = len(body[0].cells) if body else max(len(row.cells) for row in heads)
    if all(len(row.cells) == columns and not row.is_head for row in heads):
        return _merge_spanned(heads)
    if any(len(row.cells) != columns for row in heads) and all(row.cells[-1].tabs for row in heads):
        return _merge_tabbed(heads, columns)
    place = next((n for n, row in enumerate(heads) if len(row.cells) == columns), 0)
    cells = list(heads[place].cells)
    for row in heads[place + 1 :]:
        for cell, column in zip(row.cells, _columns_below(row.cells, cells), strict=True):
            cells[column] = replace(cells[column], text=cells[column].text + cell.text)
    for row in reversed(heads[:place]):
        for n, cell in enumerate(cells[1:], start=1):
            above = min(row.cells, key=lambda other: abs(other.centre - cell.centre))
            cells[n] = replace(cell, text=above.text + cell.text)
    return tuple(cells)


def _merge_spanned(heads: Sequence[Row]) -> tuple[Cell, ...]:
    """One head of rows with a cell for each column: a cell that spans several counts for each, one that is over all for none."""
    texts = [[cell.text for cell in row.cells] for row in heads]
    for above, below in reversed(list(pairwise(texts))):
        for place in range(1, len(above)):
            if not above[place] and below[place] and below[place - 1]:
                above[place] = above[place - 1]
    for above in texts[:-1]:
        if len(set(above)) == 1:
            above[:] = [""] * len(above)
        if len({text for text in above[1:] if text}) == 1:
            above[1:] = [""] * len(above[1:])
    return tuple(
        replace(cell, text="".join(dict.fromkeys(row[place] for row in texts)))
        for place, cell in enumerate(heads[-1].cells)
    )


def _merge_tabbed(heads: Sequence[Row], columns: int) -> tuple[Cell, ...]:
    """One head of rows that tabs set out: a cell above others goes on to the right up to the next of its row."""
    texts = [""] * columns
    for row in heads:
        own = {cell.tabs: cell.text for cell in row.cells}
        above = ""
        for place in range(columns):
            above = own.get(place, above if row is not heads[-1] else "")
            texts[place] += above if place or row is heads[0] else ""
    return tuple(replace(heads[-1].cells[0], text=text) for text in texts)


def _columns_below(cells: Sequence[Cell], above: Sequence[Cell]) -> list[int]:
    """The column of each cell below others: in order where all have one, but for the rows' names; else the nearest."""
    left_out = len(above) - len(cells)
    if 0 <= left_out <= 1:
        return list(range(left_out, len(above)))
    return [
        min(range(len(above)), key=lambda place: abs(above[place].centre - cell.centre)) for cell in cells
    ]


def _holds_number(cells: Sequence[Cell]) -> bool:
    """Whether a cell but the first holds a figure; bare years are names of columns."""
    numbers = [cell.text for cell in cells[1:] if NUMBER.fullmatch(fold(cell.text))]
    return any(not _YEAR.fullmatch(number) for number in numbers)
