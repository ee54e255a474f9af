"""The heads of a table: what a column says of the figures below it, and what the caption says that they count."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rag.answering.slots.aspects import Aspect, Outcome
from rag.answering.table_units import find_unit
from rag.corpus.periods import find_periods
from rag.corpus.regions import gazetteer
from rag.text import fold
from rag.types import Chunk, Kind, Period, Region

_ALL_IN = re.compile(r"(?:计量)?单位\s*[:：]\s*(?P<units>[^\s|)）；;，,]+)")
# A unit at the end of a head without brackets: 完成预算%, 比上年±%.
_LAST_PERCENT = re.compile(r"(?<=[\u4e00-\u9fff±])[%％‰]$")
_OF_WHICH = re.compile(r"^(?:其中|#|＃)[：:]?")
_UNIT_COLUMN = re.compile(r"(?:计量)?单位")
_CHANGED = re.compile(r"增长|增速|增幅|增减(?:幅|.?[%±])|(?:比|较|与)(?:上年|多年|常年)|同比|升降|±")
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
# A scale in brackets behind what is counted: 人次（万）.
_SCALED = re.compile(r"(?P<counter>人次|人|户|件|辆|家|次)数?\((?P<scale>[千万亿]|万亿)\)$")
# Heads of ratios, which have no unit: 性别比, 城乡收入比.
_RATIO = re.compile(r"(?<![占环同])比值?$|倍数$")
# Heads of the place in an order that the figures of the column before them take: 位次, 增速排名.
_RANK = re.compile(r"(?:在?全[国省区市州县])?(?:排名|位次|名次|排位|排序)$")
# What of a head says that the figures are no shares: 城镇居民绝对额.
_AMOUNT = re.compile(r"(?<=[\u4e00-\u9fff]{2})绝对[额数量值]$")
# A year of two digits at the end of a head (逮捕23, 22年), and how far back such a one may lie.
_SHORT_YEAR = re.compile(r"(?:(?<=[\u4e00-\u9fff])|^)(?P<year>\d\d)年?$")
_YEARS_BACK = 10
# The end of the year that a head names: 2022年末余额.
_END_OF_YEAR = re.compile(r"^(?P<end>末|底(?!线)|初(?![中级等步期]))(?=[\u4e00-\u9fff]{2})")
_SEXES = {"男": "男性", "女": "女性"}
# Heads said of a figure that are no part of what it counts: results beside their plans, sums, how much of a plan is done.
_OF_ALL = re.compile(r"(?:(?:决算|执行|实际|完成)[数额])?(?:合计|小计|总计)?")
_OF_PLAN = re.compile(
    r"(?:完成|为|占)(?:年初|全年|年度|调整)*(?:预算|计划|目标|任务)[数额]?的?(?:比例|百分比|比重)?|(?:预算|计划)?完成率?"
)
PLACES = re.compile(
    r"地区|行政(?:分区|区划|区)|[各市][（(]?[州县盟]?[)）]?|市县|县区|县市区?|区县|乡镇(?:街道)?|街道|单位名称"
)
NAMES = re.compile(r"指标(?:名称)?|项目|名称|地区|市县|类别|分类|产品(?:名称)?")
"""Heads of the column that names the rows."""
_SERIAL = re.compile(r"序号|编号|No\.?|#")
# What of a caption is no name of what the table counts: its number, the places it goes through, how it tells.
_NUMBERED = re.compile(r"^\s*附\s*[:：]|^\s*(?:附?[表图]|专栏)\s*[\d一二三四五六七八九十—.-]*[:：\s]*")
_HEADING_NUMBER = re.compile(r"^(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）])")
_EACH_PLACE = re.compile(
    r"^(?:全[省市区州盟县旗])?(?:按?(?:行政|水资源)?分区|(?:各|部?分)(?:街道|市属|省属|开发区|功能区|设区市|直管|地(?!区生产)|[县市区镇乡州盟旗（）()、和及])+)(?=[\u4e00-\u9fff]{3})"
)
_TELLING = re.compile(
    r"(?:及其?(?:增长速度|增速|增幅|构成|比重)|(?:比上年|同比)?(?:增长速度|涨跌幅度|增长情况|增长|增速)|(?:主要)?(?:完成|发展|基本)?情况|主要[\u4e00-\u9fff]{0,4}指标|(?:决算|执行|预算)(?=表)|(?:一览|统计|明细)?表|如下(?:表|所示)?|见[下附]表)+$"
)
_ALL_CHANGES = re.compile(r"(?<![及和与、])(?:涨跌幅度?|升降幅度|增减幅度?|增长速度|增长率|增速|增幅)表?$")
IN_BRACKETS = re.compile(r"[（(][^()（）]*[）)]")
# What a caption says of the figures in brackets: 括号内为2022年数.
_IN_CELLS = re.compile(r"括号[内中里][^，,；;）)]*")
_BRACKETED_ALL = re.compile(r"[（(](?:计量)?单位[^()（）]*[)）]")
_LONGEST_SUBJECT = 24
# A longer name of the whole makes no name of a part (农业用水量).
_LONGEST_PART = 8


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
    is_ratio: bool
    is_rank: bool
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
    words = _HEADING_NUMBER.sub("", words.strip(" \u3000年末底：:"))
    words = _TELLING.sub("", _EACH_PLACE.sub("", words)).strip()
    return words if 2 <= len(words) <= _LONGEST_SUBJECT and "。" not in words else ""


def tells_changes(caption: str) -> bool:
    """Whether a caption says that all figures below it are changes: 2023年居民消费价格比上年涨跌幅度."""
    return any(
        _ALL_CHANGES.search(_BRACKETED_ALL.sub("", line).strip(" *#　")) for line in caption.split("\n")
    )


def read_column(head: str, chunk: Chunk) -> Column:
    """What the head of a column of a passage's table says."""
    year = _year_told(chunk)
    head = "".join(head.split())
    folded = fold(head)
    mentions = find_periods(folded, year)
    bracket = find_unit(head)
    changed, shared = _CHANGED.search(folded), _SHARED.search(folded)
    name = IN_BRACKETS.sub("", head)
    for mention in reversed(find_periods(name, year)):
        name = name[: mention.start] + _END_OF_YEAR.sub(r"年\g<end>", name[mention.end :])
    name = _OF_WHICH.sub("", name.strip(" ：:"))
    name = _SEXES.get(name, _AMOUNT.sub("", name))
    unit = bracket["unit"] if bracket else ""
    scaled = _SCALED.search(folded)
    if scaled and not unit:
        unit = scaled["scale"] + scaled["counter"]
    percent = _LAST_PERCENT.search(name)
    if percent and not unit:
        name, unit = name[: percent.start()], percent[0]
    if changed and not unit:
        unit = "%"
    done = _OF_PLAN.fullmatch(name) is not None and fold(unit) == "%"
    words = "完成率" if done and name == "完成" else name.strip(" ：:")
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
        is_ratio=not unit and bool(_RATIO.search(name)),
        is_rank=bool(_RANK.search(name)),
        owns_name=bool(own),
    )


@lru_cache(maxsize=64)
def _year_titled(title: str) -> int | None:
    """The one year that a title names."""
    named = {mention.period for mention in find_periods(title, None)}
    period = named.pop() if len(named) == 1 else None
    return period.first if period and period.first == period.last else None


def _year_told(chunk: Chunk) -> int | None:
    """The year that 本年 is in a passage's tables: the one year that its title names, else that of its date."""
    return _year_titled(chunk.title) or (int(chunk.date[:4]) if chunk.date else None)


def write_years(heads: Sequence[str], chunk: Chunk) -> list[str]:
    """The heads of a table with their years written out, where one is a bare year of two digits: 逮捕23, 22年."""
    given = _year_told(chunk)
    if given is None or not any(re.fullmatch(r"\d\d年", head.strip()) for head in heads):
        return list(heads)
    return [_with_whole_year(head.strip(), given) for head in heads]


def _with_whole_year(head: str, given: int) -> str:
    match = _SHORT_YEAR.search(head)
    year = given // 100 * 100 + int(match["year"]) if match else 0
    return f"{head[: match.start()]}{year}年" if match and given - _YEARS_BACK <= year <= given else head


def fill_columns(columns: Sequence[Column], around: str, chunk: Chunk) -> list[Column]:
    """Columns with what they leave to others: a growth or share is that of the level before it, the rest of the caption's year.

    Failing that of the passage's, where that is one year.
    """
    year = int(chunk.date[:4]) if chunk.date else None
    told = {mention.period for mention in find_periods(_IN_CELLS.sub("", around), year)}
    common = told.pop() if len(told) == 1 else None
    if common is None and chunk.period and chunk.period.first == chunk.period.last:
        common = chunk.period if chunk.kind is not Kind.NOTE else None
    filled: list[Column] = []
    level: Column | None = None
    newest: Column | None = None
    for place, column in enumerate(columns):
        if column.is_rank and place > 1:
            column = _rank_of(column, filled[-1])
        elif column.aspect is not Aspect.LEVEL and level is not None:
            column = _beside(column, level if column.period else newest or level, filled)
        elif place and not (column.outcome or column.is_unit or NAMES.fullmatch(column.words)):
            if not column.name and column.period and level and level.period and level.name:
                column = replace(column, name=level.name, words=level.name)
            is_older = newest and newest.name == column.name and _is_later(newest, column)
            level, newest = column, newest if is_older else column
        filled.append(column if column.period else replace(column, period=common))
    return filled


def _is_later(one: Column, other: Column) -> bool:
    """Whether a column is of a later time than another."""
    return one.period is not None and other.period is not None and one.period.last > other.period.last


def _beside(column: Column, level: Column, before: Sequence[Column]) -> Column:
    """A growth or share with the year and name of the level that it is of: the last one, or that of its own year."""
    if column.period and column.period != level.period:
        same = (each for each in before[1:] if each.aspect is Aspect.LEVEL and each.period == column.period)
        level = next(same, level)
    name = column.name if column.owns_name else level.name
    if column.owns_name and _TIME_OF_YEAR.fullmatch(column.name) and not _TIME_OF_YEAR.fullmatch(level.name):
        name = level.name + column.name
    return replace(column, period=column.period or level.period, name=name)


def _rank_of(column: Column, before: Column) -> Column:
    """A place in an order with the name of what is put in it: the figures of the column before it."""
    own = _RANK.sub("", column.name)
    growth = "增速" if before.aspect is Aspect.CHANGE else ""
    name = f"{own or before.name.removesuffix('位次') + growth}位次"
    return replace(
        column,
        name=name,
        words=name,
        aspect=Aspect.LEVEL,
        change="",
        unit="位",
        period=column.period or before.period,
    )


def join_subject(column: Column, subject: str) -> Column:
    """A column with the caption's name for what it counts, where that goes on from its own: 城镇居民 and 居民人均可支配收入."""
    whole = next(
        (
            column.name + subject[length:]
            for length in range(min(len(column.name), len(subject)) - 1, 1, -1)
            if column.name.endswith(subject[:length]) and subject[length] not in "与和及、（("
        ),
        "",
    )
    return replace(column, name=whole, words=column.words.replace(column.name, whole)) if whole else column


def name_parts(columns: Sequence[Column], subject: str) -> list[Column]:
    """Columns of which one is the sum named as parts of what the table counts: 农业 of 用水量 as 农业用水量."""
    if not 0 < len(subject) <= _LONGEST_PART or not any(_SUM.fullmatch(column.words) for column in columns):
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


def find_place(name: str, chunk: Chunk) -> Region | None:
    """The place that a cell names and nothing else, brackets aside: 贵阳市（含贵安新区）."""
    bare = IN_BRACKETS.sub("", name).strip()
    if chunk.region is None or len(bare) < 2:
        return None
    if bare in {f"全{chunk.region.level.value}", chunk.region.path[-1], chunk.region.name}:
        return chunk.region
    return gazetteer().resolve(bare, chunk.region)
