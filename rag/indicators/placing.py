"""The place and the time that a figure tells of; None where its sentence leaves them open."""

import re
from dataclasses import replace

from rag.answering.slots.bindings import Bound
from rag.answering.slots.fitting import told_period, told_region
from rag.corpus.periods import find_periods
from rag.corpus.regions import gazetteer, stand_ins
from rag.mentions import WORDS_TOO
from rag.types import Chunk, Kind, Period, Region

_PLAN_NAME = re.compile(
    r"[“\"]?十[一二三四五六七]?五[”\"]?(?:规划|目标|收官|开局|重点|重大|项目)|《[^》]*》|“[^”]*”"
)
_SINCE = re.compile(r"\s*年?度?(?:\d{1,2}月)?(?:以来|起|至今|开始)")
_PART = re.compile(
    r"(?:\d{1,2}月?[-—–至到~]\d{1,2}月(?:份)?|上半年|下半年|[一二三四]季度|[前第][一二三四]个?季度|前?\d{1,2}个?月(?:份)?(?!\d{0,2}日))"
)
# 由上年的17.2%: which year that is, only the report's own count tells.
_BEFORE = re.compile(r"(?:上年|上一年|去年)(?:同期|末|底)?[的为是]?$")
_MONTHS = re.compile(r"\d{1,2}月?[-—–至到~]\d{1,2}月|上半年|下半年|前三季度|[一二三四]季度")
_SINCE_TODAY = re.compile(
    r"(?:近年来|近[一二两三四五六七八九十\d]+年来|多年来|历年|自?[^，。]{0,12}(?:成立|启动|实施|开展)以来)"
)
# A village that no list holds: 潭丘村投资.
_VILLAGE = re.compile(
    r"(?!完成|新建|建成|开展|实施|推进|打造)[\u4e00-\u9fff]{1,3}(?<![该全本我各每政农乡中制然扶范点有美庄古新老旧城渔])(?:村(?![民级庄集中委])|社区(?![干工居服]))"
)
_TIME = re.compile(
    r"^[\s，,、：:]*(?:(?:19|20)\d\d年?(?:\d{1,2}月)?(?:\d{1,2}日)?(?:以来)?|近年来|目前|去年|今年|其中|截至.{0,10}?|同时|到)[，,]?"
)


def period_of(text: str, bound: Bound, chunk: Chunk) -> Period | None:
    """The years that a figure of a sentence tells of."""
    told, is_own = told_period(text, bound, chunk)
    if told is None or _BEFORE.search(text[: bound.figure.start]):
        return None
    if not is_own:
        return _passage_period(text, bound, chunk)
    year = int(chunk.date[:4]) if chunk.date else None
    names = [match.span() for match in _PLAN_NAME.finditer(text)]
    for mention in reversed(find_periods(text, year)):
        if mention.period.first != told.first or mention.start >= bound.after[1] + 1:
            continue
        if any(start <= mention.start < end for start, end in names):
            return told if chunk.period == told else None
        if mention.period.last == told.last and (
            _SINCE.match(text, mention.end) or text[mention.start : mention.end].endswith("以来")
        ):
            return _since(told, chunk)
        between = text[mention.end : bound.figure.start]
        if told != chunk.period and "的" in between and not re.search(r"[，,；]", between):
            return None
        if part := _PART.match(text, mention.end):
            return replace(told, label=f"{told.label}{part[0]}")
        break
    return told


def _since(told: Period, chunk: Chunk) -> Period | None:
    """From the year that something began in up to the passage's; None where the passage tells no later one."""
    last = chunk.period.last if chunk.period else None
    if last is None or last < told.first:
        return None
    return told if last == told.last else Period(told.first, last, f"{told.first}—{last}年")


def _passage_period(text: str, bound: Bound, chunk: Chunk) -> Period | None:
    """The passage's years, unless they are only guessed from its text or the words before speak of others (近年来)."""
    period = chunk.period
    if period is None or chunk.kind is Kind.NOTE:
        return None
    part = _MONTHS.search(text[: bound.figure.start])
    if part and period.first == period.last:
        return replace(period, label=f"{period.label}{part[0]}")
    if _SINCE_TODAY.search(text[: bound.figure.start]):
        return None
    headings = " ".join((chunk.title, *chunk.section))
    year = int(chunk.date[:4]) if chunk.date else None
    named = any(m.period == period for m in find_periods(headings, year))
    return period if named or period.first == period.last else None


def region_of(text: str, bound: Bound, chunk: Chunk) -> Region | None:
    """The place that a figure of a sentence tells of.

    A stand-in (全市, 该县) or a place that its clause begins with, the passage's where none is named; None where
    another place is named that may or may not be its own.
    """
    if chunk.region is None:
        return None
    region, is_own = told_region(text, bound, chunk)
    start = bound.clause[0]
    before = text[start : bound.figure.start]
    if is_own and region != chunk.region:
        return _surer(text, bound, chunk, region)
    if _VILLAGE.match(_TIME.sub("", before)) and region is not None and region.path[-1] not in before:
        return None
    return region if is_own else _passage_region(text, bound, chunk)


def _surer(text: str, bound: Bound, chunk: Chunk, region: Region | None) -> Region | None:
    """Another place than the passage's: sure by a stand-in or at the head of its clause, else doubtful or only listed."""
    assert chunk.region is not None
    start, end = bound.clause[0], bound.figure.start
    if any(m.region == region and start <= m.start < end for m in stand_ins(text, chunk.region)):
        return region
    before = text[start:end]
    mention = next(
        (m for m in gazetteer().find(text, (chunk.region,)) if start <= m.start < end and m.region == region),
        None,
    )
    if mention is None or re.search(r"等$|等[^，]{0,4}$", before):
        return chunk.region
    name = text[mention.start : mention.end]
    if name in WORDS_TOO:
        return chunk.region
    leads = not _TIME.sub("", text[start : mention.start]).strip("，,、“” ")
    if region is not None and not name.endswith(region.path[-1]):
        # A short name may be a word (新建): a county's counts only where the passage is of that place.
        return (
            chunk.region if not region.contains(chunk.region) and not chunk.region.contains(region) else None
        )
    return region if leads else None


def _passage_region(text: str, bound: Bound, chunk: Chunk) -> Region | None:
    """The passage's place, unless an earlier clause of the sentence turned to another."""
    assert chunk.region is not None
    earlier = gazetteer().find(text[: bound.clause[0]], (chunk.region,))
    heads = [m for m in earlier if m.region != chunk.region and chunk.region.contains(m.region)]
    if heads and not _TIME.sub("", text[: heads[0].start]).strip("，,、“” ") and len(heads) == 1:
        return None
    return chunk.region
