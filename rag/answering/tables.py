"""Figures of tables: which row and column each stands in says what it counts, where, when and in which unit.

Each is also told as a sentence (2023年坊子区地区生产总值341.72亿元), which is read like any other.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from rag.answering.figures import find_figures
from rag.answering.slots.aspects import Aspect, Outcome
from rag.answering.units import UNITS
from rag.corpus.periods import find_periods
from rag.corpus.regions import gazetteer
from rag.text import fold
from rag.types import Chunk, Kind, Period, Region

ROW = re.compile(r"^[ \t]*\|.*$", re.MULTILINE)
"""A line of a table, as the readers write it: | cell | cell |."""

_CELL = re.compile(r"\|[ \t]*((?:\\.|[^|\\\n])*?)[ \t]*(?=\||$)")
_MOVED = re.compile(r"^(?:改善|恶化|好转|变差|上升|下降|提高|降低|增长|增加|减少)(?=\d)")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_RULE = re.compile(r"[\s|:-]*-[\s|:-]*")
_OF = re.compile(r"[\u4e00-\u9fff/]{0,4}")
"""What may follow a unit: 万吨标准煤, 元/人."""
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_ALL_IN = re.compile(r"(?:计量)?单位\s*[:：]\s*(?P<unit>[^\s|)）；;，,]+)")
_BRACKETED = re.compile(r"[(（](?P<unit>[^()（）]{1,12})[)）]")
_UNIT_COLUMN = re.compile(r"(?:计量)?单位")
_CHANGED = re.compile(r"增长|增速|增幅|比上年|同比|较上年|升降|±")
_SHARED = re.compile(r"占比|比重|构成|占.*%")
_PLANNED = re.compile(r"目标|计划|预期|任务")
_EXPECTED = re.compile(r"预计|预测|快报")
# Heads of columns that say nothing of what is counted.
_PLAIN = re.compile(
    r"(?:绝对[量数值额]|总量|数值|数量|完成(?:情况|值|数)?|实绩|实际(?:完成)?|指标值|年?[初末]?数?|累计|全年|本年|合计|实现值)?"
)
_PLACES = re.compile(r"地区|市县|县区|县市区?|区县|乡镇(?:街道)?|街道|单位名称")
_SERIAL = re.compile(r"序号|编号|No\.?|#")
_NAMES = re.compile(r"指标(?:名称)?|项目|名称|地区|市县|类别|分类|产品(?:名称)?")
_BEST_NAMES = re.compile(r"(?:主要)?(?:指标|项目|产品|商品|品种)(?:名称)?|名称")
# What of a caption is no name of what the table counts: its number, the places it goes through, how it tells.
_NUMBERED = re.compile(r"^\s*(?:附?[表图]|专栏)\s*[\d一二三四五六七八九十—.-]*[:：\s]*")
_EACH_PLACE = re.compile(
    r"^(?:各|分)(?:街道|市属|省属|开发区|功能区|设区市|直管|地(?!区生产)|[县市区镇乡州盟旗（）()、和及])+(?=[\u4e00-\u9fff]{3})"
)
_TELLING = re.compile(
    r"(?:及其?(?:增长速度|增速|增幅|构成|比重)|(?:比上年|同比)?(?:增长速度|涨跌幅度|增长情况|增长|增速)|(?:主要)?(?:完成|发展|基本)?情况|主要指标|(?:一览|统计|明细)?表)+$"
)
_BRACKETED_ALL = re.compile(r"[（(](?:计量)?单位[^()（）]*[)）]")
_LONGEST_SUBJECT = 24
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
class _Column:
    """What the head of a column says of the figures below it: its `words` without year and unit, `name` what they count."""

    words: str
    name: str
    unit: str
    region: Region | None
    period: Period | None
    aspect: Aspect
    change: str
    outcome: Outcome | None
    is_skipped: bool
    is_unit: bool


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
    columns = _fill_periods([_read_column(cell.text, chunk) for cell in head], around, chunk)
    match = _ALL_IN.search(around)
    table = _Table(
        chunk, columns, match["unit"] if match and _is_unit(match["unit"]) else "", _subject(caption)
    )
    rows = ((_cells(line[0], line.start()), line.span()) for line in (lines if heads else lines[1:]))
    return tuple(f for cells, line in rows if len(cells) == len(columns) for f in table.read_row(cells, line))


def tell_row(chunk: Chunk, start: int) -> str:
    """All figures of the row that begins at `start` of a passage as sentences; empty where none does."""
    return "；".join(figure.told for figure in read_tables(chunk) if figure.row[0] == start)


def _subject(caption: str) -> str:
    """What the caption of a table says that it counts: 地区生产总值 of 表1 2023年各县区地区生产总值; empty for no caption."""
    lines = [line.strip() for line in caption.split("\n") if line.strip()]
    named = [line for line in lines if not _ALL_IN.fullmatch(line.strip("（）() "))]
    if not named:
        return ""
    words = _BRACKETED_ALL.sub("", _NUMBERED.sub("", named[-1]))
    for mention in reversed(find_periods(words, None)):
        words = words[: mention.start] + words[mention.end :]
    words = _TELLING.sub("", _EACH_PLACE.sub("", words.strip(" 年末底：:")))
    return words if 2 <= len(words) <= _LONGEST_SUBJECT and "。" not in words else ""


def _cells(line: str, start: int) -> list[_Cell]:
    return [
        _Cell(match[1], start + match.start(1), start + match.end(1))
        for match in _CELL.finditer(line)
        if match.end() < len(line.rstrip()) or match[1]
    ]


def _read_column(head: str, chunk: Chunk) -> _Column:
    folded = fold(head)
    year = int(chunk.date[:4]) if chunk.date else None
    mentions = find_periods(folded, year)
    bracket = _find_unit(head)
    changed, shared = _CHANGED.search(folded), _SHARED.search(folded)
    name = _BRACKETED.sub("", head)
    for mention in reversed(find_periods(name, year)):
        name = name[: mention.start] + name[mention.end :]
    name = name.strip(" ：:")
    unit = bracket["unit"] if bracket else ""
    if changed and not unit:
        unit = "%"
    words = name.strip(" ：:")
    return _Column(
        words=words,
        name="" if changed or shared or _PLAIN.fullmatch(_PLANNED.sub("", name)) else name,
        unit=unit,
        region=_place(name, chunk),
        period=mentions[0].period if mentions else None,
        aspect=Aspect.CHANGE if changed else Aspect.SHARE if shared else Aspect.LEVEL,
        change="增长" if changed else "",
        outcome=Outcome.PLAN
        if _PLANNED.search(folded)
        else Outcome.ESTIMATE
        if _EXPECTED.search(folded)
        else None,
        is_skipped=bool(_SERIAL.fullmatch(head.strip())),
        is_unit=bool(_UNIT_COLUMN.fullmatch(head.strip())),
    )


def _fill_periods(columns: Sequence[_Column], around: str, chunk: Chunk) -> list[_Column]:
    """Columns without a year of their own: a growth is that of the level before it, the rest are of the caption's year.

    Failing that the passage's, where that is one year.
    """
    year = int(chunk.date[:4]) if chunk.date else None
    told = {mention.period for mention in find_periods(around, year)}
    common = told.pop() if len(told) == 1 else None
    if common is None and chunk.period and chunk.period.first == chunk.period.last:
        common = chunk.period if chunk.kind is not Kind.NOTE else None
    filled: list[_Column] = []
    before: Period | None = None
    for column in columns:
        if column.period is None:
            column = replace(
                column, period=before if column.aspect is not Aspect.LEVEL and before else common
            )
        elif column.aspect is Aspect.LEVEL and column.outcome is None:
            before = column.period
        filled.append(column)
    return filled


def _find_unit(words: str) -> re.Match[str] | None:
    """The first pair of brackets that holds a unit: 粮食产量（万吨）."""
    return next((match for match in _BRACKETED.finditer(words) if _is_unit(match["unit"])), None)


def _is_unit(words: str) -> bool:
    """Whether words in brackets are a unit that figures are told in (亿元, %, 万人)."""
    folded = fold(words)
    figures = find_figures("1" + folded)
    return folded in {"%", "‰", *UNITS} or (
        len(figures) == 1 and bool(figures[0].unit) and _OF.fullmatch(folded, figures[0].end - 1) is not None
    )


def _place(name: str, chunk: Chunk) -> Region | None:
    """The place that a cell names and nothing else."""
    bare = name.strip()
    if chunk.region is None or len(bare) < 2:
        return None
    if bare in {f"全{chunk.region.level.value}", chunk.region.path[-1], chunk.region.name}:
        return chunk.region
    return gazetteer().resolve(bare, chunk.region)


@dataclass(frozen=True, slots=True)
class _Table:
    """A table being read: its columns, the unit of all its figures, and what its caption says that they count."""

    chunk: Chunk
    columns: Sequence[_Column]
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
        self, label: _Cell, pairs: Sequence[tuple[_Cell, _Column]], names: Sequence[tuple[_Cell, _Column]]
    ) -> "_Row":
        name = _MARKS.sub("", label.text.strip())
        bracket = _find_unit(name)
        name = name.replace(bracket[0], "") if bracket else name
        cell = next((cell.text.strip() for cell, column in pairs if column.is_unit), "")
        unit = bracket["unit"] if bracket else cell if _is_unit(cell) else self.unit
        of_places = any(each is label and _PLACES.fullmatch(column.name) for each, column in pairs)
        places = [place for each, _ in names if (place := _place(each.text, self.chunk)) is not None]
        return _Row(name, unit, _place(name, self.chunk), next(iter(places), None), of_places)

    def _read_cell(
        self, cell: _Cell, column: _Column, row: "_Row", line: tuple[int, int]
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

    def _tell(self, value: str, column: _Column, row: "_Row", unit: str, outcome: Outcome | None) -> str:
        """A cell as a sentence: time, place or name of the row, what is counted, how it moved, value and unit."""
        when = column.period.label if column.period else ""
        aim = "目标" if outcome is Outcome.PLAN else ""
        words = "" if _PLAIN.fullmatch(_PLANNED.sub("", column.words)) else column.words
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
    if len(figures) != 1 or figures[0].start > 0 or not _OF.fullmatch(written.lstrip("+"), figures[0].end):
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
