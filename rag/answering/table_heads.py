"""The heads of a table: what a column says of the figures below it, and what the caption says that they count."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answering.figures import find_figures
from rag.answering.slots.aspects import Aspect, Outcome
from rag.answering.units import UNITS
from rag.corpus.periods import find_periods
from rag.corpus.regions import gazetteer
from rag.text import fold
from rag.types import Chunk, Kind, Period, Region

AFTER_UNIT = re.compile(r"[\u4e00-\u9fff/]{0,4}")
"""What may follow a unit: 万吨标准煤, 元/人."""
ALL_IN = re.compile(r"(?:计量)?单位\s*[:：]\s*(?P<unit>[^\s|)）；;，,]+)")
_BRACKETED = re.compile(r"[(（](?P<unit>[^()（）]{1,12})[)）]")
_UNIT_COLUMN = re.compile(r"(?:计量)?单位")
_CHANGED = re.compile(r"增长|增速|增幅|比上年|同比|较上年|升降|±")
_SHARED = re.compile(r"占比|比重|构成|占.*%")
PLANNED = re.compile(r"目标|计划|预期|任务")
_EXPECTED = re.compile(r"预计|预测|快报")
# Heads of columns that say nothing of what is counted.
PLAIN = re.compile(
    r"(?:绝对[量数值额]|总量|数值|数量|完成(?:情况|值|数)?|实绩|实际(?:完成)?|指标值|年?[初末]?数?|累计|全年|本年|合计|实现值)?"
)
PLACES = re.compile(r"地区|市县|县区|县市区?|区县|乡镇(?:街道)?|街道|单位名称")
_SERIAL = re.compile(r"序号|编号|No\.?|#")
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


@dataclass(frozen=True, slots=True)
class Column:
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


def read_subject(caption: str) -> str:
    """What the caption of a table says that it counts: 地区生产总值 of 表1 2023年各县区地区生产总值; empty for no caption."""
    lines = [line.strip() for line in caption.split("\n") if line.strip()]
    named = [line for line in lines if not ALL_IN.fullmatch(line.strip("（）() "))]
    if not named:
        return ""
    words = _BRACKETED_ALL.sub("", _NUMBERED.sub("", named[-1]))
    for mention in reversed(find_periods(words, None)):
        words = words[: mention.start] + words[mention.end :]
    words = _TELLING.sub("", _EACH_PLACE.sub("", words.strip(" 年末底：:")))
    return words if 2 <= len(words) <= _LONGEST_SUBJECT and "。" not in words else ""


def read_column(head: str, chunk: Chunk) -> Column:
    """What the head of a column of a passage's table says."""
    folded = fold(head)
    year = int(chunk.date[:4]) if chunk.date else None
    mentions = find_periods(folded, year)
    bracket = find_unit(head)
    changed, shared = _CHANGED.search(folded), _SHARED.search(folded)
    name = _BRACKETED.sub("", head)
    for mention in reversed(find_periods(name, year)):
        name = name[: mention.start] + name[mention.end :]
    name = name.strip(" ：:")
    unit = bracket["unit"] if bracket else ""
    if changed and not unit:
        unit = "%"
    words = name.strip(" ：:")
    return Column(
        words=words,
        name="" if changed or shared or PLAIN.fullmatch(PLANNED.sub("", name)) else name,
        unit=unit,
        region=find_place(name, chunk),
        period=mentions[0].period if mentions else None,
        aspect=Aspect.CHANGE if changed else Aspect.SHARE if shared else Aspect.LEVEL,
        change="增长" if changed else "",
        outcome=Outcome.PLAN
        if PLANNED.search(folded)
        else Outcome.ESTIMATE
        if _EXPECTED.search(folded)
        else None,
        is_skipped=bool(_SERIAL.fullmatch(head.strip())),
        is_unit=bool(_UNIT_COLUMN.fullmatch(head.strip())),
    )


def fill_periods(columns: Sequence[Column], around: str, chunk: Chunk) -> list[Column]:
    """Columns without a year of their own: a growth is that of the level before it, the rest are of the caption's year.

    Failing that the passage's, where that is one year.
    """
    year = int(chunk.date[:4]) if chunk.date else None
    told = {mention.period for mention in find_periods(around, year)}
    common = told.pop() if len(told) == 1 else None
    if common is None and chunk.period and chunk.period.first == chunk.period.last:
        common = chunk.period if chunk.kind is not Kind.NOTE else None
    filled: list[Column] = []
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


def find_unit(words: str) -> re.Match[str] | None:
    """The first pair of brackets that holds a unit: 粮食产量（万吨）."""
    return next((match for match in _BRACKETED.finditer(words) if is_unit_name(match["unit"])), None)


def is_unit_name(words: str) -> bool:
    """Whether words in brackets are a unit that figures are told in (亿元, %, 万人)."""
    folded = fold(words)
    figures = find_figures("1" + folded)
    return folded in {"%", "‰", *UNITS} or (
        len(figures) == 1
        and bool(figures[0].unit)
        and AFTER_UNIT.fullmatch(folded, figures[0].end - 1) is not None
    )


def find_place(name: str, chunk: Chunk) -> Region | None:
    """The place that a cell names and nothing else."""
    bare = name.strip()
    if chunk.region is None or len(bare) < 2:
        return None
    if bare in {f"全{chunk.region.level.value}", chunk.region.path[-1], chunk.region.name}:
        return chunk.region
    return gazetteer().resolve(bare, chunk.region)
