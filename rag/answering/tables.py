"""Figures of tables: which row and column each stands in says what it counts, where, when and in which unit.

Each is also told as a sentence (2023年坊子区地区生产总值341.72亿元), which is read like any other.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from rag.answering.figures import find_figures
from rag.answering.lines import MAX_SPAN
from rag.answering.sentences import Piece, split_sentences
from rag.answering.slots.aspects import Aspect, Outcome
from rag.answering.table_heads import (
    PLAIN,
    PLANNED,
    Column,
    fill_columns,
    join_subject,
    name_parts,
    read_column,
    read_subject,
    tells_changes,
    write_years,
)
from rag.answering.table_names import CHANGE_CELL, HAN, MARKS, RowName, read_name
from rag.answering.table_rows import NUMBER, Cell, Row, read_head, read_rows
from rag.answering.table_units import AFTER_UNIT, Units, read_units
from rag.text import fold
from rag.types import Chunk, Kind, Period, Region

_MOVED = re.compile(r"^(?:改善|恶化|好转|变差|上升|下降|提高|降低|增长|增加|减少)(?=\d)")
_AGAINST = re.compile(r"[与比较]((?:多年|常年)(?:平均|均值|同期)?)")
_ABOUT = re.compile(r"(?<=\d)(?:左右|上下|以上|以下|以内)$")
# A figure and one of another year in brackets: 141(128).
_BESIDE = re.compile(r"(?P<value>[\d,]+(?:\.\d+)?)\s*[(（]\s*[\d,]+(?:\.\d+)?%?\s*[)）]")


@dataclass(frozen=True, slots=True)
class TableFigure:
    """A figure of a table, at `start`..`end` of the passage; `row` is the range of its line.

    `qualifier` is the unit of its column or table where the cell lacks it and it holds a scale (亿元). `told` says the
    whole as a sentence, `name` is that of its row, `subject` what the table counts by its caption.
    """

    start: int
    end: int
    row: tuple[int, int]
    value: str
    number: Decimal
    unit: str
    qualifier: str
    name: str
    subject: str
    indicator: str
    aspect: Aspect
    change: str
    region: Region | None
    period: Period | None
    outcome: Outcome | None
    told: str


@lru_cache(maxsize=256)
def read_tables(chunk: Chunk) -> tuple[TableFigure, ...]:
    """Every figure that fills a cell of a table below its head; none where no head is known."""
    return tuple(figure for table, row in _rows(chunk) for figure in table.read_row(row))


def _rows(chunk: Chunk) -> Iterator[tuple["_Table", Row]]:
    """The rows below the heads of a passage's tables, each with its table."""
    head, above = read_head(chunk.header)
    table = _Table.under(chunk, head, above, chunk.header) if head else None
    for number, rows in enumerate(read_rows(chunk.text)):
        if number and not rows.head and rows.caption.strip():
            table = None  # of another table, whose head is not known
        if rows.head and (number or not head):
            table = _Table.under(chunk, rows.head, rows.caption, chunk.header + rows.caption)
        for row in rows.rows:
            if table is not None and len(row.cells) == len(table.columns):
                yield table, row


@lru_cache(maxsize=256)
def told_rows(chunk: Chunk) -> dict[Piece, TableFigure]:
    """What each figure of a passage's tables tells, as a sentence that stands where its row does."""
    return {
        Piece(cell.told, *cell.row): cell
        for cell in read_tables(chunk)
        if cell.row[1] - cell.row[0] <= MAX_SPAN
    }


@lru_cache(maxsize=256)
def told_sentences(chunk: Chunk) -> tuple[Piece, ...]:
    """The sentences of a passage; in place of the rows of a table what each of their figures tells, and their words."""
    rows = told_rows(chunk)
    ranges = {(row.start, row.end) for row in rows}
    words = (
        Piece(words, row.start, row.end)
        for table, row in _rows(chunk)
        if (row.start, row.end) in ranges and (words := table.tell_words(row))
    )
    others = (
        piece
        for piece in split_sentences(chunk.text)
        if not any(start < piece.end and piece.start < end for start, end in ranges)
    )
    return (*others, *rows, *words)


def is_row(piece: Piece, chunk: Chunk) -> bool:
    """Whether a sentence is what a row of a table tells."""
    return chunk.text[piece.start : piece.end] != piece.text


def tell_row(chunk: Chunk, start: int) -> str:
    """All figures of the row that begins at `start` of a passage as sentences; empty where none does."""
    return "；".join(figure.told for figure in read_tables(chunk) if figure.row[0] == start)


@dataclass(frozen=True, slots=True)
class _Table:
    """A table being read: its columns, the unit of all its figures, what its caption says that they count, and all above it.

    `is_of_changes` where the caption says that all of them are changes.
    """

    chunk: Chunk
    columns: Sequence[Column]
    units: Units
    subject: str
    around: str
    is_of_changes: bool = False

    @classmethod
    def under(cls, chunk: Chunk, head: Sequence[Cell], caption: str, around: str) -> "_Table":
        """The table below a head; `around` is where the year and the unit of all may stand beside the caption."""
        subject = read_subject(caption)
        columns = fill_columns(
            [read_column(text, chunk) for text in write_years([cell.text for cell in head], chunk)],
            around,
            chunk,
        )
        words = " ".join((chunk.title, *chunk.section, around, *(cell.text for cell in head)))
        return cls(
            chunk,
            name_parts(columns, subject),
            read_units(around, caption),
            subject,
            words,
            tells_changes(caption),
        )

    def read_row(self, line: Row) -> Iterator[TableFigure]:
        """The figures of a row; none of one that names nothing or repeats the head."""
        pairs = list(zip(line.cells, self.columns, strict=True))
        row = read_name(pairs, self.subject, self.chunk)
        if row is None:
            return
        for cell, column in pairs:
            is_label = any(cell is label for label in row.labels)
            if not is_label and not column.is_unit and not column.is_skipped:
                yield from self._read_cell(cell, column, row, (line.start, line.end))

    def tell_words(self, row: Row) -> str:
        """What the cells of words say beside the first of them, which names the row: 常住人口城镇化率属性预期性."""
        words = [
            (cell.text.strip(), column.words)
            for cell, column in zip(row.cells, self.columns, strict=True)
            if HAN.search(cell.text) and not column.is_unit and not NUMBER.match(fold(cell.text))
        ]
        (name, _), *others = words or [("", "")]
        return "，".join(f"{MARKS.sub('', name)}{head}{text}" for text, head in others)

    def _read_cell(
        self, cell: Cell, column: Column, row: RowName, line: tuple[int, int]
    ) -> Iterator[TableFigure]:
        if row.period is not None:
            column = replace(column, period=row.period)
        if row.names_place:
            column = join_subject(column, self.subject)
        unit, value = self._find_unit(column, row), cell.text
        if column.aspect is Aspect.LEVEL and (moved := CHANGE_CELL.fullmatch(fold(value))):
            # 增长6.5% where the other rows have levels: what is planned is a rate of growth.
            column, unit = replace(column, aspect=Aspect.CHANGE, change="增长"), "%"
            value = f"{'-' if moved['fell'] else ''}{moved['value']}"
        beside = _BESIDE.fullmatch(fold(cell.text)) if "括号" in self.around else None
        figure = _figure(
            beside["value"] if beside else cell.text,
            "" if column.aspect is not Aspect.LEVEL and not column.unit else unit,
        )
        if figure is None:
            return
        number, told_unit = figure
        if self.is_of_changes and column.aspect is Aspect.LEVEL and told_unit == "%":
            column = replace(column, aspect=Aspect.CHANGE, change="增长")
        if row.name.endswith("量") and column.name == "产量":
            column = replace(column, name="", words="")
        of = "" if column.region else column.name
        indicator = of or self.subject if row.names_place else "".join(dict.fromkeys((row.name, of)))
        region = row.region or column.region or (None if row.is_placeless else self.chunk.region)
        outcome = column.outcome or _outcome(self.chunk, column.period, self.around)
        yield TableFigure(
            cell.start,
            cell.end,
            line,
            cell.text,
            number,
            told_unit,
            unit if told_unit and unit != told_unit and told_unit not in fold(cell.text) else "",
            row.name,
            self.subject,
            indicator if 2 <= len(indicator) <= 40 else "",
            column.aspect,
            column.change,
            region,
            column.period,
            outcome,
            self._tell(value, column, row, unit, outcome),
        )

    def _find_unit(self, column: Column, row: RowName) -> str:
        """The unit of a cell: that of its column, its row or of all such figures of the table; ratios have none."""
        if column.is_ratio:
            return ""
        is_share = column.aspect is not Aspect.LEVEL or column.words.endswith("率")
        own = column.unit or row.unit
        head = column.words or column.name or (self.subject if row.names_place else "")
        return own or self.units.of(head, "" if row.names_place else row.name, is_share=is_share)

    def _tell(self, value: str, column: Column, row: RowName, unit: str, outcome: Outcome | None) -> str:
        """A cell as a sentence: time, place or name of the row, what is counted, how it moved, value and unit."""
        when = column.period.label if column.period else ""
        aim = "目标" if outcome is Outcome.PLAN and "预算" not in column.words else ""
        words = "" if PLAIN.fullmatch(PLANNED.sub("", column.words)) else column.words
        counted = self.subject if row.names_place and not column.name else ""
        where = row.region.path[-1] if row.region and not row.names_place else ""
        if column.region:
            where, words = words, ""
        if column.change:
            fell = value.startswith(("-", "－", "−"))
            against = _AGAINST.search(column.words)
            since = "年均" if "年均" in column.words else f"比{against[1] if against else '上年'}"
            value, words = value.lstrip("+-－−＋"), since + ("下降" if fell else "增长")
        is_own_share = column.owns_name and column.aspect is Aspect.SHARE
        if column.aspect is not Aspect.LEVEL and not column.region and not is_own_share:
            counted += column.name
        if column.aspect is Aspect.DONE:
            words = words if words.endswith("率") else words.removesuffix("的") + "的"
        shown = f"第{value}位" if column.is_rank else _with_unit(value, unit)
        words = "" if words == row.name else words
        name = f"{when}{aim}{where}{row.name}{counted}{words}"
        return f"{name}{'为' if name[-1:].isascii() and shown[:1].isdigit() else ''}{shown}"


def _with_unit(value: str, unit: str) -> str:
    """A value and its unit, where it does not hold that itself: 6.5%左右 of 6.5左右."""
    if fold(unit) in fold(value):
        return value
    about = _ABOUT.search(value)
    return f"{value[: about.start()]}{unit}{about[0]}" if about else f"{value}{unit}"


def _figure(text: str, unit: str) -> tuple[Decimal, str] | None:
    """The number of a cell that holds one figure and nothing else, with its unit or that of its column."""
    folded = _MOVED.sub("", fold(text).strip())
    number = NUMBER.match(folded)
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


def _outcome(chunk: Chunk, period: Period | None, around: str) -> Outcome | None:
    """Whether figures of a period are results or planned: the year of the report, what its part and the table's words say."""
    given = int(chunk.date[:4]) if chunk.date else None
    one = period.last if period and period.first == period.last else None
    if given and period and period.last < given:
        return Outcome.RESULT
    if chunk.kind is Kind.PLAN or (given and one and one > given and PLANNED.search(around)):
        return Outcome.PLAN
    if chunk.kind is Kind.ESTIMATE:
        return Outcome.ESTIMATE
    return Outcome.RESULT if chunk.kind in {Kind.RESULT, Kind.CUMULATIVE} else None
