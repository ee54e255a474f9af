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
_ALL_IN = re.compile(r"(?:计量)?单位\s*[:：]\s*(?P<units>[^\s|)）；;，,]+)")
_BRACKETED = re.compile(r"[(（](?P<unit>[^()（）]{1,12})[)）]")
# A unit at the end of a head without brackets: 完成预算%, 比上年±%.
_LAST_PERCENT = re.compile(r"(?<=[\u4e00-\u9fff±])[%％‰]$")
_OF_WHICH = re.compile(r"^(?:其中|#|＃)[：:]?")
_UNIT_COLUMN = re.compile(r"(?:计量)?单位")
_CHANGED = re.compile(r"增长|增速|增幅|(?:比|较|与)(?:上年|多年|常年)|同比|升降|±")
_SHARED = re.compile(r"占比|比重|构成|占.*%")
# What of the head of a change or share says that it is one; what is left names what changed: 投资 of 投资同比±%.
_CHANGE_WORDS = re.compile(
    r"(?:比|较|与)(?:上年|去年|上期|同期|多年|常年|上月|计划|目标)[\u4e00-\u9fff]*|(?:同比|环比|年均|累计|名义|实际)|增(?:长速度|长率|长|速|幅|减)|升降|变化|幅度?|速度|[±+－%％‰（()）/]"
    r"|(?:所?占|为).*|比重|构成|占比|比例"
)
# Times of a year, which a head names in place of its noun.
_TIME_OF_YEAR = re.compile(r"(?:上|下)半年|前?[一二三四]季度|\d{1,2}(?:[-—–~]\d{1,2})?月份?")
PLANNED = re.compile(r"目标|计划|预期|任务")
_BUDGETED = re.compile(r"(?:年初|调整|预算|安排)*预算[数额]?")
_EXPECTED = re.compile(r"预计|预测|快报")
# Heads of columns that say nothing of what is counted.
PLAIN = re.compile(
    r"(?:绝对[量数值额]|总量|数值|数量|完成(?:情况|值|数)?|实绩|实际(?:完成)?|指标值|年?[初末]?数?|累计|全年|本年|合计|实现值)?"
)
_SUM = re.compile(r"合计|总计|总量")
# Heads said of a figure that are no part of what it counts: results beside their plans, sums, how much of a plan is done.
_OF_ALL = re.compile(r"(?:(?:决算|执行|实际|完成)[数额])?(?:合计|小计|总计)?")
_OF_PLAN = re.compile(
    r"(?:完成|为|占)(?:年初|全年|年度|调整)*(?:预算|计划|目标|任务)[数额]?的?(?:比例|百分比|比重)?|(?:预算|计划)?完成率"
)
PLACES = re.compile(
    r"地区|行政(?:分区|区划|区)|[各市][（(]?[州县盟]?[)）]?|市县|县区|县市区?|区县|乡镇(?:街道)?|街道|单位名称"
)
NAMES = re.compile(r"指标(?:名称)?|项目|名称|地区|市县|类别|分类|产品(?:名称)?")
"""Heads of the column that names the rows."""
_SERIAL = re.compile(r"序号|编号|No\.?|#")
# What of a caption is no name of what the table counts: its number, the places it goes through, how it tells.
_NUMBERED = re.compile(r"^\s*(?:附?[表图]|专栏)\s*[\d一二三四五六七八九十—.-]*[:：\s]*")
_EACH_PLACE = re.compile(
    r"^(?:按?(?:行政|水资源)?分区|(?:各|分)(?:街道|市属|省属|开发区|功能区|设区市|直管|地(?!区生产)|[县市区镇乡州盟旗（）()、和及])+)(?=[\u4e00-\u9fff]{3})"
)
_TELLING = re.compile(
    r"(?:及其?(?:增长速度|增速|增幅|构成|比重)|(?:比上年|同比)?(?:增长速度|涨跌幅度|增长情况|增长|增速)|(?:主要)?(?:完成|发展|基本)?情况|主要[\u4e00-\u9fff]{0,4}指标|(?:决算|执行|预算)(?=表)|(?:一览|统计|明细)?表)+$"
)
_ALL_CHANGES = re.compile(r"(?<![及和与、])(?:涨跌幅度?|升降幅度|增减幅度?|增长速度|增长率|增速|增幅)表?$")
_IN_BRACKETS = re.compile(r"[（(][^()（）]*[）)]")
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
    owns_name: bool


def read_subject(caption: str) -> str:
    """What the caption of a table says that it counts: 地区生产总值 of 表1 2023年各县区地区生产总值; empty for no caption."""
    lines = [line.strip() for line in caption.split("\n") if line.strip()]
    named = [line for line in lines if not _ALL_IN.fullmatch(line.strip("（）() "))]
    if not named:
        return ""
    words = _ALL_IN.sub("", _BRACKETED_ALL.sub("", _NUMBERED.sub("", named[-1])))
    for mention in reversed(find_periods(words, None)):
        words = words[: mention.start] + words[mention.end :]
    words = _TELLING.sub("", _EACH_PLACE.sub("", words.strip(" 年末底：:")))
    return words if 2 <= len(words) <= _LONGEST_SUBJECT and "。" not in words else ""


def tells_changes(caption: str) -> bool:
    """Whether a caption says that all figures below it are changes: 2023年居民消费价格比上年涨跌幅度."""
    return any(
        _ALL_CHANGES.search(_BRACKETED_ALL.sub("", line).strip(" *#　")) for line in caption.split("\n")
    )


def read_column(head: str, chunk: Chunk) -> Column:
    """What the head of a column of a passage's table says."""
    head = "".join(head.split())
    folded = fold(head)
    year = int(chunk.date[:4]) if chunk.date else None
    mentions = find_periods(folded, year)
    bracket = find_unit(head)
    changed, shared = _CHANGED.search(folded), _SHARED.search(folded)
    name = _BRACKETED.sub("", head)
    for mention in reversed(find_periods(name, year)):
        name = name[: mention.start] + name[mention.end :]
    name = _OF_WHICH.sub("", name.strip(" ：:"))
    unit = bracket["unit"] if bracket else ""
    percent = _LAST_PERCENT.search(name)
    if percent and not unit:
        name, unit = name[: percent.start()], percent[0]
    if changed and not unit:
        unit = "%"
    words = name.strip(" ：:")
    done = _OF_PLAN.fullmatch(name) is not None and fold(unit) == "%"
    own = _CHANGE_WORDS.sub("", name) if changed or shared else ""
    own = own if len(own) > 1 else ""
    plain = changed or shared or done or PLAIN.fullmatch(PLANNED.sub("", name)) or _OF_ALL.fullmatch(name)
    return Column(
        words=words,
        name=own or ("" if plain or _BUDGETED.fullmatch(name) else name),
        unit=unit,
        region=find_place(name, chunk),
        period=mentions[0].period if mentions else None,
        aspect=Aspect.DONE
        if done
        else Aspect.CHANGE
        if changed
        else Aspect.SHARE
        if shared
        else Aspect.LEVEL,
        change="增长" if changed else "",
        outcome=Outcome.RESULT
        if done
        else Outcome.PLAN
        if PLANNED.search(folded) or _BUDGETED.fullmatch(name)
        else Outcome.ESTIMATE
        if _EXPECTED.search(folded)
        else None,
        is_skipped=bool(_SERIAL.fullmatch(head.strip())),
        is_unit=bool(_UNIT_COLUMN.fullmatch(head.strip())),
        owns_name=bool(own),
    )


def fill_columns(columns: Sequence[Column], around: str, chunk: Chunk) -> list[Column]:
    """Columns with what they leave to others: a growth or share is that of the level before it, the rest of the caption's year.

    Failing that of the passage's, where that is one year.
    """
    year = int(chunk.date[:4]) if chunk.date else None
    told = {mention.period for mention in find_periods(around, year)}
    common = told.pop() if len(told) == 1 else None
    if common is None and chunk.period and chunk.period.first == chunk.period.last:
        common = chunk.period if chunk.kind is not Kind.NOTE else None
    filled: list[Column] = []
    level: Column | None = None
    for place, column in enumerate(columns):
        if column.aspect is not Aspect.LEVEL and level is not None:
            column = _beside(column, level, filled)
        elif place and not (column.outcome or column.is_unit or NAMES.fullmatch(column.words)):
            level = column
        filled.append(column if column.period else replace(column, period=common))
    return filled


def _beside(column: Column, level: Column, before: Sequence[Column]) -> Column:
    """A growth or share with the year and name of the level that it is of: the last one, or that of its own year."""
    if column.period and column.period != level.period:
        same = (each for each in before[1:] if each.aspect is Aspect.LEVEL and each.period == column.period)
        level = next(same, level)
    name = column.name if column.owns_name else level.name
    if column.owns_name and _TIME_OF_YEAR.fullmatch(column.name) and not _TIME_OF_YEAR.fullmatch(level.name):
        name = level.name + column.name
    return replace(column, period=column.period or level.period, name=name)


def name_parts(columns: Sequence[Column], subject: str) -> list[Column]:
    """Columns of which one is the sum named as parts of what the table counts: 农业 of 用水量 as 农业用水量."""
    if not subject or not any(_SUM.fullmatch(column.words) for column in columns):
        return list(columns)
    return [
        replace(column, name=f"{column.name}{subject}", words=f"{column.words}{subject}")
        if place
        and column.name
        and not column.unit
        and column.aspect is Aspect.LEVEL
        and column.name[-2:] not in subject
        else column
        for place, column in enumerate(columns)
    ]


def find_unit(words: str) -> re.Match[str] | None:
    """The first pair of brackets that holds a unit: 粮食产量（万吨）."""
    return next((match for match in _BRACKETED.finditer(words) if is_unit_name(match["unit"])), None)


def units_of_all(around: str, caption: str) -> tuple[str, ...]:
    """The units of all figures of a table: 单位：人、% beside it, else in the last brackets of its caption (（元）)."""
    match = _ALL_IN.search(around)
    if match is not None:
        return tuple(unit for unit in re.split("[、/和]|或", match["units"]) if is_unit_name(unit))
    lines = caption.strip(" \n*").splitlines()
    last = find_unit(lines[-1]) if lines else None
    return (last["unit"],) if last and lines[-1].endswith(last[0]) else ()


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
    """The place that a cell names and nothing else, brackets aside: 贵阳市（含贵安新区）."""
    bare = _IN_BRACKETS.sub("", name).strip()
    if chunk.region is None or len(bare) < 2:
        return None
    if bare in {f"全{chunk.region.level.value}", chunk.region.path[-1], chunk.region.name}:
        return chunk.region
    return gazetteer().resolve(bare, chunk.region)
