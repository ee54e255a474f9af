"""Figures of tables: which row and column each stands in says what it counts, where, when and in which unit.

Each is also told as a sentence (2023年坊子区地区生产总值341.72亿元), which is read like any other.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from rag.answering.figures import find_figures
from rag.answering.slots.aspects import Aspect, Outcome
from rag.answering.table_heads import (
    AFTER_UNIT,
    ALL_IN,
    PLACES,
    PLAIN,
    PLANNED,
    Column,
    fill_periods,
    find_place,
    find_unit,
    is_unit_name,
    read_column,
    read_subject,
)
from rag.text import fold
from rag.types import Chunk, Kind, Period, Region

ROW = re.compile(r"^[ \t]*\|.*$", re.MULTILINE)
"""A line of a table, as the readers write it: | cell | cell |."""

_CELL = re.compile(r"\|[ \t]*((?:\\.|[^|\\\n])*?)[ \t]*(?=\||$)")
_MOVED = re.compile(r"^(?:改善|恶化|好转|变差|上升|下降|提高|降低|增长|增加|减少)(?=\d)")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_RULE = re.compile(r"[\s|:-]*-[\s|:-]*")
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_NAMES = re.compile(r"指标(?:名称)?|项目|名称|地区|市县|类别|分类|产品(?:名称)?")
_BEST_NAMES = re.compile(r"(?:主要)?(?:指标|项目|产品|商品|品种)(?:名称)?|名称")
_MARKS = re.compile(r"^[一二三四五六七八九十\d]+[、.．]\s*|^(?:其中|[#＃*△])[:：]?\s*")


@dataclass(frozen=True, slots=True)
class TableFigure:
    """A figure of a table, at `start`..`end` of the passage; `row` is the range of its line.

    `qualifier` is the unit of its column or table where the cell lacks it and it holds a scale (亿元). `told` says the
    whole as a sentence, `name` is that of its row.
    """

    start: int
    end: int
    row: tuple[int, int]
    value: str
    number: Decimal
    unit: str
    qualifier: str
    name: str
    indicator: str
    aspect: Aspect
    change: str
    region: Region | None
    period: Period | None
    outcome: Outcome | None
    told: str


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    start: int
    end: int


@lru_cache(maxsize=256)
def read_tables(chunk: Chunk) -> tuple[TableFigure, ...]:
    """Every figure that fills a cell of a table below its head; none where no head is known."""
    lines = [match for match in ROW.finditer(chunk.text) if not _RULE.fullmatch(match[0])]
    heads = [match for match in ROW.finditer(chunk.header) if not _RULE.fullmatch(match[0])]
    if not lines:
        return ()
    head = _cells(heads[0][0], 0) if heads else _cells(lines[0][0], lines[0].start())
    if any(_NUMBER.fullmatch(fold(cell.text)) for cell in head[1:]):
        return ()
    caption = chunk.header[: heads[0].start()] if heads else chunk.text[: lines[0].start()]
    around = chunk.header + chunk.text[: lines[0].start()]
    columns = fill_periods([read_column(cell.text, chunk) for cell in head], around, chunk)
    match = ALL_IN.search(around)
    table = _Table(
        chunk, columns, match["unit"] if match and is_unit_name(match["unit"]) else "", read_subject(caption)
    )
    rows = ((_cells(line[0], line.start()), line.span()) for line in (lines if heads else lines[1:]))
    return tuple(f for cells, line in rows if len(cells) == len(columns) for f in table.read_row(cells, line))


def tell_row(chunk: Chunk, start: int) -> str:
    """All figures of the row that begins at `start` of a passage as sentences; empty where none does."""
    return "；".join(figure.told for figure in read_tables(chunk) if figure.row[0] == start)


def _cells(line: str, start: int) -> list[_Cell]:
    return [
        _Cell(match[1], start + match.start(1), start + match.end(1))
        for match in _CELL.finditer(line)
        if match.end() < len(line.rstrip()) or match[1]
    ]


@dataclass(frozen=True, slots=True)
class _Table:
    """A table being read: its columns, the unit of all its figures, and what its caption says that they count."""

    chunk: Chunk
    columns: Sequence[Column]
    unit: str
    subject: str

    def read_row(self, cells: Sequence[_Cell], line: tuple[int, int]) -> Iterator[TableFigure]:
        """The figures of a row; none of one that names nothing, or repeats the head."""
        pairs = list(zip(cells, self.columns, strict=True))
        names = [(cell, column) for cell, column in pairs if _HAN.search(cell.text) and not column.is_unit]
        label = next(
            (pair for pair in names if _BEST_NAMES.fullmatch(pair[1].words)), next(iter(names), None)
        )
        if label is None or _NAMES.fullmatch(label[0].text.strip()):
            return
        row = self._name_row(label[0], pairs, names)
        for cell, column in pairs:
            if cell is not label[0] and not column.is_unit and not column.is_skipped:
                yield from self._read_cell(cell, column, row, line)

    def _name_row(
        self, label: _Cell, pairs: Sequence[tuple[_Cell, Column]], names: Sequence[tuple[_Cell, Column]]
    ) -> "_Row":
        name = _MARKS.sub("", label.text.strip())
        bracket = find_unit(name)
        name = name.replace(bracket[0], "") if bracket else name
        cell = next((cell.text.strip() for cell, column in pairs if column.is_unit), "")
        unit = bracket["unit"] if bracket else cell if is_unit_name(cell) else self.unit
        of_places = any(each is label and PLACES.fullmatch(column.name) for each, column in pairs)
        places = [place for each, _ in names if (place := find_place(each.text, self.chunk)) is not None]
        return _Row(name, unit, find_place(name, self.chunk), next(iter(places), None), of_places)

    def _read_cell(
        self, cell: _Cell, column: Column, row: "_Row", line: tuple[int, int]
    ) -> Iterator[TableFigure]:
        unit = column.unit or row.unit
        figure = _figure(cell.text, "" if column.aspect is not Aspect.LEVEL and not column.unit else unit)
        if figure is None:
            return
        number, told_unit = figure
        of = column.name or self.subject
        indicator = (
            of
            if row.names_place
            else "".join(dict.fromkeys((row.name, "" if column.region else column.name)))
        )
        region = row.region or column.region or (None if row.is_placeless else self.chunk.region)
        outcome = column.outcome or _outcome(self.chunk, column.period)
        yield TableFigure(
            cell.start,
            cell.end,
            line,
            cell.text,
            number,
            told_unit,
            unit if told_unit and unit != told_unit and told_unit not in fold(cell.text) else "",
            row.name,
            indicator if 2 <= len(indicator) <= 40 else "",
            column.aspect,
            column.change,
            region,
            column.period,
            outcome,
            self._tell(cell.text, column, row, unit, outcome),
        )

    def _tell(self, value: str, column: Column, row: "_Row", unit: str, outcome: Outcome | None) -> str:
        """A cell as a sentence: time, place or name of the row, what is counted, how it moved, value and unit."""
        when = column.period.label if column.period else ""
        aim = "目标" if outcome is Outcome.PLAN else ""
        words = "" if PLAIN.fullmatch(PLANNED.sub("", column.words)) else column.words
        counted = self.subject if row.names_place and not column.name else ""
        if column.change:
            fell = value.startswith(("-", "－", "−"))
            since = "年均" if "年均" in column.words else "比上年"
            value, words = value.lstrip("+-－−＋"), since + ("下降" if fell else "增长")
        shown = value if fold(unit) in fold(value) else f"{value}{unit}"
        where = row.region.path[-1] if row.region and not row.names_place else ""
        name = f"{when}{aim}{where}{row.name}{counted}{words}"
        return f"{name}{'为' if name[-1:].isascii() and shown[:1].isdigit() else ''}{shown}"


@dataclass(frozen=True, slots=True)
class _Row:
    """What the first cells of a row say: its name, the unit of its figures, the place it is of.

    `place` is set where the name itself is a place; `is_placeless` where the column is of places, and this is none.
    """

    name: str
    unit: str
    place: Region | None
    region: Region | None
    is_of_places: bool

    @property
    def names_place(self) -> bool:
        """Whether the row's name is a place, one that is known or not."""
        return self.place is not None or self.is_of_places

    @property
    def is_placeless(self) -> bool:
        """Whether a place should stand where its name stands, and none that is known does."""
        return self.is_of_places and self.place is None


def _figure(text: str, unit: str) -> tuple[Decimal, str] | None:
    """The number of a cell that holds one figure and nothing else, with its unit or that of its column."""
    folded = _MOVED.sub("", fold(text).strip())
    number = _NUMBER.match(folded)
    if number is None:
        return None
    written = folded if number.end() < len(folded) else folded + fold(unit)
    figures = find_figures(written.lstrip("+"))
    if (
        len(figures) != 1
        or figures[0].start > 0
        or not AFTER_UNIT.fullmatch(written.lstrip("+"), figures[0].end)
    ):
        return None
    return figures[0].value, figures[0].unit


def _outcome(chunk: Chunk, period: Period | None) -> Outcome | None:
    given = int(chunk.date[:4]) if chunk.date else None
    one = period.last if period and period.first == period.last else None
    if given and one and one < given:
        return Outcome.RESULT
    if chunk.kind is Kind.PLAN or (given and one and one > given):
        return Outcome.PLAN
    if chunk.kind is Kind.ESTIMATE:
        return Outcome.ESTIMATE
    return Outcome.RESULT if chunk.kind in {Kind.RESULT, Kind.CUMULATIVE} else None
