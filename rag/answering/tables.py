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
    AFTER_UNIT,
    ALL_IN,
    NAMES,
    PLACES,
    PLAIN,
    PLANNED,
    Column,
    fill_columns,
    find_place,
    find_unit,
    is_unit_name,
    name_parts,
    read_column,
    read_subject,
    tells_changes,
)
from rag.corpus.lines import find_cells, is_table_row, may_head_table
from rag.text import fold
from rag.types import Chunk, Kind, Period, Region

_LINE = re.compile(r"\S[^\n]*")
_MOVED = re.compile(r"^(?:改善|恶化|好转|变差|上升|下降|提高|降低|增长|增加|减少)(?=\d)")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_BETWEEN_ROWS = " \t\n|:-"
_RULE = re.compile(r"[\s|:-]*-[\s|:-]*")
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_BEST_NAMES = re.compile(r"(?:主要)?(?:指标|项目|产品|商品|品种)(?:名称)?|名称")
_AGAINST = re.compile(r"[与比较]((?:多年|常年)(?:平均|均值|同期)?)")
# Rows of sums, and what else stands beside a row's name: a footnote's mark.
_ALL = re.compile(r"(?:合\s*计|总\s*计|小\s*计)$")
_FOOTNOTE = re.compile(r"[\[［〔](?:注\s*)?\d{1,2}[\]］〕]|[①-⑳]")
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


@dataclass(frozen=True, slots=True)
class _Line:
    """A row, at `start`..`end` of the passage, and its cells."""

    start: int
    end: int
    cells: list[_Cell]


@lru_cache(maxsize=256)
def read_tables(chunk: Chunk) -> tuple[TableFigure, ...]:
    """Every figure that fills a cell of a table below its head; none where no head is known."""
    return tuple(figure for table, row, line in _rows(chunk) for figure in table.read_row(row, line))


def _rows(chunk: Chunk) -> Iterator[tuple["_Table", list["_Cell"], tuple[int, int]]]:
    """The rows below the heads of a passage's tables, each with its table and the range of its line."""
    heads = _lines(chunk.header)
    above = chunk.header[: heads[0].start] if heads else chunk.header
    table = _Table.under(chunk, heads[0].cells, above, chunk.header) if heads else None
    before = 0
    for first, *others in _runs(chunk.text):
        caption = chunk.text[before : first.start]
        rows = others
        if table is None or ((before or not heads) and not _holds_number(first.cells)):
            table = _Table.under(chunk, first.cells, caption, chunk.header + caption)
        else:
            rows = [first, *others]
        for row in rows:
            if len(row.cells) == len(table.columns):
                yield table, row.cells, (row.start, row.end)
        before = (first, *others)[-1].end


def _lines(text: str) -> list["_Line"]:
    """The rows of tables in a text, heads among them, rules left out."""
    matches = [match for match in _LINE.finditer(text) if not _RULE.fullmatch(match[0])]
    are_rows = [is_table_row(match[0]) for match in matches] + [False]
    return [
        _Line(match.start(), match.end(), _cells(match[0], match.start()))
        for place, match in enumerate(matches)
        if are_rows[place] or (are_rows[place + 1] and may_head_table(match[0]))
    ]


def _runs(text: str) -> Iterator[list["_Line"]]:
    """The rows of each table of a text: those with nothing but rules and empty lines between them."""
    run: list[_Line] = []
    for row in _lines(text):
        if run and text[run[-1].end : row.start].strip(_BETWEEN_ROWS):
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _holds_number(cells: Sequence["_Cell"]) -> bool:
    return any(_NUMBER.fullmatch(fold(cell.text)) for cell in cells[1:])


def row_ranges(text: str) -> list[tuple[int, int]]:
    """Where the rows of the tables of a text stand, their heads among them."""
    return [(line.start, line.end) for line in _lines(text)]


def told_rows(chunk: Chunk) -> dict[Piece, TableFigure]:
    """What each figure of a passage's tables tells, as a sentence that stands where its row does."""
    return {
        Piece(cell.told, *cell.row): cell
        for cell in read_tables(chunk)
        if cell.row[1] - cell.row[0] <= MAX_SPAN
    }


def told_sentences(chunk: Chunk) -> tuple[Piece, ...]:
    """The sentences of a passage; in place of the rows of a table what each of their figures tells, and their words."""
    rows = told_rows(chunk)
    ranges = {(row.start, row.end) for row in rows}
    words = (
        Piece(words, *line)
        for table, row, line in _rows(chunk)
        if line in ranges and (words := table.tell_words(row))
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


def _cells(line: str, start: int) -> list[_Cell]:
    return [_Cell(line[first:last], start + first, start + last) for first, last in find_cells(line)]


@dataclass(frozen=True, slots=True)
class _Table:
    """A table being read: its columns, the unit of all its figures, and what its caption says that they count.

    `is_of_changes` where the caption says that all of them are changes.
    """

    chunk: Chunk
    columns: Sequence[Column]
    unit: str
    subject: str
    is_of_changes: bool = False

    @classmethod
    def under(cls, chunk: Chunk, head: Sequence[_Cell], caption: str, around: str) -> "_Table":
        """The table below a head; `around` is where the year and the unit of all may stand beside the caption."""
        if _holds_number(head):
            return cls(chunk, (), "", "")
        match = ALL_IN.search(around)
        unit = match["unit"] if match and is_unit_name(match["unit"]) else ""
        subject = read_subject(caption)
        columns = fill_columns([read_column(cell.text, chunk) for cell in head], around, chunk)
        return cls(chunk, name_parts(columns, subject), unit, subject, tells_changes(caption))

    def read_row(self, cells: Sequence[_Cell], line: tuple[int, int]) -> Iterator[TableFigure]:
        """The figures of a row; none of one that names nothing or repeats the head."""
        pairs = list(zip(cells, self.columns, strict=True))
        names = [(cell, column) for cell, column in pairs if _HAN.search(cell.text) and not column.is_unit]
        label = next(
            (pair for pair in names if _BEST_NAMES.fullmatch(pair[1].words)), next(iter(names), None)
        )
        if label is None or NAMES.fullmatch("".join(label[0].text.split())):
            return
        row = self._name_row(label[0], pairs, names)
        for cell, column in pairs:
            if cell is not label[0] and not column.is_unit and not column.is_skipped:
                yield from self._read_cell(cell, column, row, line)

    def tell_words(self, cells: Sequence[_Cell]) -> str:
        """What the cells of words say beside the first of them, which names the row: 常住人口城镇化率属性预期性."""
        words = [
            (cell.text.strip(), column.words)
            for cell, column in zip(cells, self.columns, strict=True)
            if _HAN.search(cell.text) and not column.is_unit and not _NUMBER.match(fold(cell.text))
        ]
        (name, _), *others = words or [("", "")]
        return "，".join(f"{_MARKS.sub('', name)}{head}{text}" for text, head in others)

    def _name_row(
        self, label: _Cell, pairs: Sequence[tuple[_Cell, Column]], names: Sequence[tuple[_Cell, Column]]
    ) -> "_Row":
        name = _FOOTNOTE.sub("", _MARKS.sub("", label.text.strip()))
        bracket = find_unit(name)
        name = name.replace(bracket[0], "") if bracket else name
        cell = next((cell.text.strip() for cell, column in pairs if column.is_unit), "")
        unit = bracket["unit"] if bracket else cell if is_unit_name(cell) else self.unit
        of_places = any(each is label and PLACES.fullmatch(column.name) for each, column in pairs)
        if _ALL.fullmatch(name) and of_places and self.chunk.region is not None:
            name = f"全{self.chunk.region.level.value}"
        elif _ALL.search(name):
            name = _ALL.sub("", name) or self.subject or name
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
        if self.is_of_changes and column.aspect is Aspect.LEVEL and told_unit == "%":
            column = replace(column, aspect=Aspect.CHANGE, change="增长")
        if row.name.endswith("量") and column.name == "产量":
            column = replace(column, name="", words="")
        of = "" if column.region else column.name
        indicator = of or self.subject if row.names_place else "".join(dict.fromkeys((row.name, of)))
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
        if column.aspect is not Aspect.LEVEL and not column.region:
            counted += column.name
        if column.aspect is Aspect.DONE:
            words = words.removesuffix("的") + "的"
        shown = value if fold(unit) in fold(value) else f"{value}{unit}"
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
