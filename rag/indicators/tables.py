"""Figures of tables: which row and column each stands in says what it counts, where, when and in which unit."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rag.answering.figures import find_figures
from rag.answering.slots.aspects import Aspect
from rag.answering.units import UNITS
from rag.corpus.periods import find_periods
from rag.corpus.regions import gazetteer
from rag.indicators.row import Outcome
from rag.text import fold
from rag.types import Chunk, Kind, Period, Region

ROW = re.compile(r"^[ \t]*\|.*$", re.MULTILINE)
"""A line of a table, as the readers write it: | cell | cell |."""

_CELL = re.compile(r"\|[ \t]*((?:\\.|[^|\\\n])*?)[ \t]*(?=\||$)")
_RULE = re.compile(r"[\s|:-]*-[\s|:-]*")
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
    r"(?:绝对[量数值额]|总量|数值|数量|完成(?:情况|值|数)?|实绩|实际(?:完成)?|指标值|年?数?|累计|全年|本年|合计|实现值)?"
)
_PLACES = re.compile(r"地区|市县|县区|县市区?|区县|乡镇(?:街道)?|街道|单位名称")
_SERIAL = re.compile(r"序号|编号|No\.?|#")
_NAMES = re.compile(r"指标(?:名称)?|项目|名称|地区|市县|类别|分类|产品(?:名称)?")
_MARKS = re.compile(r"^[一二三四五六七八九十\d]+[、.．]\s*|^(?:其中|[#＃*△])[:：]?\s*")


@dataclass(frozen=True, slots=True)
class TableFigure:
    """A figure of a table, at `start`..`end` of the passage; `row` is the range of its line.

    `qualifier` is the unit of its column or table where the cell lacks it and it holds a scale (亿元).
    """

    start: int
    end: int
    row: tuple[int, int]
    value: str
    number: Decimal
    unit: str
    qualifier: str
    indicator: str
    aspect: Aspect
    change: str
    region: Region | None
    period: Period | None
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Column:
    """What the head of a column says of the figures below it."""

    name: str
    unit: str
    region: Region | None
    period: Period | None
    aspect: Aspect
    change: str
    outcome: Outcome | None
    is_skipped: bool
    is_unit: bool


def read_tables(chunk: Chunk) -> Iterator[TableFigure]:
    """Every figure that fills a cell of a table below its head; none where no head is known."""
    lines = [match for match in ROW.finditer(chunk.text) if not _RULE.fullmatch(match[0])]
    heads = [match for match in ROW.finditer(chunk.header) if not _RULE.fullmatch(match[0])]
    if not lines:
        return
    head = _cells(heads[0][0], 0) if heads else _cells(lines[0][0], lines[0].start())
    around = chunk.header + chunk.text[: lines[0].start()]
    columns = _fill_periods([_read_column(cell.text, chunk) for cell in head], around, chunk)
    if any(_NUMBER.fullmatch(fold(cell.text)) for cell in head[1:]):
        return
    match = _ALL_IN.search(around)
    whole = match["unit"] if match else ""
    for line in lines if heads else lines[1:]:
        cells = _cells(line[0], line.start())
        if len(cells) == len(columns):
            yield from _read_row(cells, columns, whole, line.span(), chunk)


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
    name = name.strip(" 年：:")
    unit = bracket["unit"] if bracket else ""
    if changed and not unit:
        unit = "%"
    return _Column(
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
        len(figures) == 1 and figures[0].end == len(folded) + 1 and bool(figures[0].unit)
    )


def _place(name: str, chunk: Chunk) -> Region | None:
    """The place that a cell names and nothing else."""
    bare = name.strip()
    if chunk.region is None or len(bare) < 2:
        return None
    if bare in {f"全{chunk.region.level.value}", chunk.region.path[-1], chunk.region.name}:
        return chunk.region
    return gazetteer().resolve(bare, chunk.region)


def _read_row(
    cells: Sequence[_Cell], columns: Sequence[_Column], whole: str, line: tuple[int, int], chunk: Chunk
) -> Iterator[TableFigure]:
    pairs = list(zip(cells, columns, strict=True))
    label = next(
        (cell for cell, column in pairs if re.search(r"[\u4e00-\u9fff]", cell.text) and not column.is_unit),
        None,
    )
    if label is None or _NAMES.fullmatch(label.text.strip()):
        return
    unit_cell = next((cell.text.strip() for cell, column in pairs if column.is_unit), "")
    name = _MARKS.sub("", label.text.strip())
    bracket = _find_unit(name)
    own = bracket["unit"] if bracket else ""
    name = name.replace(bracket[0], "") if bracket else name
    place = _place(name, chunk)
    of_places = any(cell is label and _PLACES.fullmatch(column.name) for cell, column in pairs)
    for cell, column in pairs:
        if cell is label or column.is_unit or column.is_skipped:
            continue
        unit = (
            column.unit
            or own
            or (unit_cell if _is_unit(unit_cell) else "")
            or (whole if _is_unit(whole) else "")
        )
        figure = _figure(cell.text, "" if column.aspect is not Aspect.LEVEL and column.unit == "" else unit)
        if figure is None:
            continue
        number, told_unit = figure
        indicator = (
            column.name if place else "".join(dict.fromkeys((name, "" if column.region else column.name)))
        )
        yield TableFigure(
            cell.start,
            cell.end,
            line,
            cell.text,
            number,
            told_unit,
            unit if told_unit and unit != told_unit and told_unit not in fold(cell.text) else "",
            indicator if 2 <= len(indicator) <= 40 else "",
            column.aspect,
            column.change,
            place or column.region or (None if of_places else chunk.region),
            column.period,
            column.outcome or _outcome(chunk),
        )


def _figure(text: str, unit: str) -> tuple[Decimal, str] | None:
    """The number of a cell that holds one figure and nothing else, with its unit or that of its column."""
    folded = fold(text).strip()
    number = _NUMBER.match(folded)
    if number is None:
        return None
    written = folded if number.end() < len(folded) else folded + fold(unit)
    figures = find_figures(written.lstrip("+"))
    if len(figures) != 1 or figures[0].end - figures[0].start != len(written.lstrip("+")):
        return None
    return figures[0].value, figures[0].unit


def _outcome(chunk: Chunk) -> Outcome | None:
    if chunk.kind is Kind.PLAN:
        return Outcome.PLAN
    if chunk.kind is Kind.ESTIMATE:
        return Outcome.ESTIMATE
    return Outcome.RESULT if chunk.kind in {Kind.RESULT, Kind.CUMULATIVE} else None
