"""Figures of tables: which row and column each stands in says what it counts, where, when and in which unit.

Each is also told as a sentence (2023年坊子区地区生产总值341.72亿元), which is read like any other.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import takewhile

from rag.answering.figures import find_figures
from rag.answering.lines import MAX_SPAN
from rag.answering.sentences import Piece, split_sentences
from rag.answering.slots.aspects import Aspect, Outcome
from rag.answering.table_heads import (
    IN_BRACKETS,
    NAMES,
    PLACES,
    PLAIN,
    PLANNED,
    Column,
    fill_columns,
    find_place,
    join_subject,
    name_parts,
    read_column,
    read_subject,
    tells_changes,
    write_years,
)
from rag.answering.table_rows import Cell, Row, read_head, read_rows
from rag.answering.table_units import AFTER_UNIT, Units, find_unit, is_unit_name, read_units
from rag.corpus.periods import find_periods, years
from rag.text import fold
from rag.types import Chunk, Kind, Period, Region

_MOVED = re.compile(r"^(?:改善|恶化|好转|变差|上升|下降|提高|降低|增长|增加|减少)(?=\d)")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_BEST_NAMES = re.compile(r"(?:主要)?(?:指标|项目|产品|商品|品种)(?:名称)?|名称")
_AGAINST = re.compile(r"[与比较]((?:多年|常年)(?:平均|均值|同期)?)")
_CHANGE_CELL = re.compile(
    r"(?:增长|提高|增加|上升|(?P<fell>下降|降低|减少))(?P<value>\d+(?:\.\d+)?%?(?:左右|以上|以内)?)"
)
_ABOUT = re.compile(r"(?<=\d)(?:左右|上下|以上|以下|以内)$")
_SPREAD = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
# Rows of sums, and what else stands beside a row's name: a footnote's mark.
_ALL = re.compile(r"(?:合\s*计|总\s*计|小\s*计)$")
_FOOTNOTE = re.compile(r"[\[［〔](?:注\s*)?\d{1,2}[\]］〕]|[①-⑳]")
# A row of an age, which is that of people: 16—59岁（含不满60周岁）.
_AGES = re.compile(r"\d+(?:[—–~-]\d+)?岁(?:及以[上下]|以[上下])?$")
# A figure and one of another year in brackets: 141(128).
_BESIDE = re.compile(r"(?P<value>[\d,]+(?:\.\d+)?)\s*[(（]\s*[\d,]+(?:\.\d+)?%?\s*[)）]")
# The column of years that rows are of, and the fewest letters of a head that says all.
_YEARS = re.compile(r"年[份度]|时间|")
_YEAR = re.compile(r"(?:19|20)\d\d年?")
_WHOLE_NAME = 4
_YEAR_OF_ROW = re.compile(r"(?:19|20)\d\d年(?=[合总小]\s*计)")
_MARKS = re.compile(
    r"^[一二三四五六七八九十\d]+[、.．]\s*|^[（(][一二三四五六七八九十\d]+[)）]|^(?:其中|[#＃*△])[:：]?\s*"
)


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
        labels = _find_labels(pairs, self.chunk)
        if NAMES.fullmatch("".join("".join(cell.text.split()) for cell, _ in labels)):
            return
        is_of_year = not labels and bool(
            _YEARS.fullmatch(pairs[0][1].words) and _YEAR.fullmatch(pairs[0][0].text)
        )
        if not labels and not is_of_year and not self._needs_no_names(line):
            return
        row = self._name_row(labels, pairs)
        if is_of_year:
            year = int(pairs[0][0].text[:4])
            row, labels = replace(row, period=years(year)), pairs[:1]
        for cell, column in pairs:
            is_label = any(cell is label for label, _ in labels)
            if not is_label and not column.is_unit and not column.is_skipped:
                yield from self._read_cell(cell, column, row, (line.start, line.end))

    def _needs_no_names(self, line: Row) -> bool:
        """Whether a row without a name is the only one that its heads, which say all (行政复议结果维持), can have."""
        says_all = all(len(_HAN.findall(column.name)) >= _WHOLE_NAME for column in self.columns)
        return says_all and all(_NUMBER.fullmatch(fold(cell.text)) for cell in line.cells)

    def tell_words(self, row: Row) -> str:
        """What the cells of words say beside the first of them, which names the row: 常住人口城镇化率属性预期性."""
        words = [
            (cell.text.strip(), column.words)
            for cell, column in zip(row.cells, self.columns, strict=True)
            if _HAN.search(cell.text) and not column.is_unit and not _NUMBER.match(fold(cell.text))
        ]
        (name, _), *others = words or [("", "")]
        return "，".join(f"{_MARKS.sub('', name)}{head}{text}" for text, head in others)

    def _name_row(
        self, labels: Sequence[tuple[Cell, Column]], pairs: Sequence[tuple[Cell, Column]]
    ) -> "_Row":
        parts = [
            _FOOTNOTE.sub("", _MARKS.sub("", _SPREAD.sub("", label.text.strip()))) for label, _ in labels
        ]
        name = "".join(dict.fromkeys(parts))
        bracket = find_unit(name)
        name = name.replace(bracket[0], "") if bracket else name
        if _AGES.search(IN_BRACKETS.sub("", name)) and not any(
            "人" in column.name for column in self.columns
        ):
            name = f"{name}人口"
        name, period = self._part_year(name)
        cell = next((cell.text.strip() for cell, column in pairs if column.is_unit), "")
        unit = bracket["unit"] if bracket else cell if is_unit_name(cell) else ""
        of_places = any(PLACES.fullmatch(column.name) for _, column in labels)
        if _ALL.fullmatch(name) and of_places and self.chunk.region is not None:
            name = f"全{self.chunk.region.level.value}"
        elif _ALL.search(name):
            name = _ALL.sub("", name) or self.subject or name
        places = [place for each, _ in pairs if (place := find_place(each.text, self.chunk)) is not None]
        return _Row(name, unit, find_place(name, self.chunk), next(iter(places), None), of_places, period)

    def _part_year(self, name: str) -> tuple[str, Period | None]:
        """The name of a row without the year that it begins with (2022年合计), and that year."""
        match = _YEAR_OF_ROW.match(name)
        mentions = find_periods(name, None) if match else ()
        return (name[match.end() :], mentions[0].period) if match and mentions else (name, None)

    def _read_cell(
        self, cell: Cell, column: Column, row: "_Row", line: tuple[int, int]
    ) -> Iterator[TableFigure]:
        if row.period is not None:
            column = replace(column, period=row.period)
        if row.names_place:
            column = join_subject(column, self.subject)
        unit, value = self._find_unit(column, row), cell.text
        if column.aspect is Aspect.LEVEL and (moved := _CHANGE_CELL.fullmatch(fold(value))):
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
            indicator if 2 <= len(indicator) <= 40 else "",
            column.aspect,
            column.change,
            region,
            column.period,
            outcome,
            self._tell(value, column, row, unit, outcome),
        )

    def _find_unit(self, column: Column, row: "_Row") -> str:
        """The unit of a cell: that of its column, its row or of all such figures of the table; ratios have none."""
        if column.is_ratio:
            return ""
        is_share = column.aspect is not Aspect.LEVEL or column.words.endswith("率")
        own = column.unit or row.unit
        head = column.words or column.name or (self.subject if row.names_place else "")
        return own or self.units.of(head, "" if row.names_place else row.name, is_share=is_share)

    def _tell(self, value: str, column: Column, row: "_Row", unit: str, outcome: Outcome | None) -> str:
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
            words = words.removesuffix("的") + "的"
        shown = f"第{value}位" if column.is_rank else _with_unit(value, unit)
        name = f"{when}{aim}{where}{row.name}{counted}{words}"
        return f"{name}{'为' if name[-1:].isascii() and shown[:1].isdigit() else ''}{shown}"


@dataclass(frozen=True, slots=True)
class _Row:
    """What the first cells of a row say: its name, the unit of its figures, the place it is of.

    `place` is set where the name itself is a place, `period` where it begins with a year; `is_placeless` where the column is of places, and this is none.
    """

    name: str
    unit: str
    place: Region | None
    region: Region | None
    is_of_places: bool
    period: Period | None = None

    @property
    def names_place(self) -> bool:
        """Whether the row's name is a place, one that is known or not."""
        return self.place is not None or self.is_of_places

    @property
    def is_placeless(self) -> bool:
        """Whether a place should stand where its name stands, and none that is known does."""
        return self.is_of_places and self.place is None


def _find_labels(pairs: Sequence[tuple[Cell, Column]], chunk: Chunk) -> list[tuple[Cell, Column]]:
    """The cells that name a row, with their columns: of 指标 or 名称, of a place, else the first; and those of the same head."""
    names = [
        (cell, column)
        for cell, column in pairs
        if _HAN.search(cell.text)
        and not (column.is_unit and is_unit_name(cell.text))
        and not _CHANGE_CELL.fullmatch(fold(cell.text))
    ]
    first = next((pair for pair in names if _BEST_NAMES.fullmatch(pair[1].words)), None)
    if first is None:
        first = next(
            (pair for pair in names if PLACES.fullmatch(pair[1].name) and find_place(pair[0].text, chunk)),
            next(iter(names), None),
        )
    if first is None:
        return []
    after = names[names.index(first) + 1 :]
    return [first, *takewhile(lambda pair: pair[1].words in {"", first[1].words}, after)]


def _with_unit(value: str, unit: str) -> str:
    """A value and its unit, where it does not hold that itself: 6.5%左右 of 6.5左右."""
    if fold(unit) in fold(value):
        return value
    about = _ABOUT.search(value)
    return f"{value[: about.start()]}{unit}{about[0]}" if about else f"{value}{unit}"


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
