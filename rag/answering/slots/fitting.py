"""Whether a figure tells of the place and time asked for, and whether as a target or a result."""

import re

from rag.answering.figures import Figure
from rag.answering.lines import Line
from rag.answering.slots.bindings import Bound
from rag.corpus.periods import PeriodMention, find_periods, statement_kind, year_looked_back_on, years
from rag.corpus.regions import gazetteer, stand_ins
from rag.mentions import short_name
from rag.text import fold
from rag.types import Block, Chunk, Form, Kind, Period, Region, Slot

# Characters within which the subject of a sentence is named.
OPENING = 8
# Set by hand, not tuned.
VERY_PERIOD, OTHER_SPAN, DOUBTFUL_PERIOD = 0.1, -0.2, -0.3
WIDER, OTHER_PART, NAMED_PLACE = -0.15, -0.3, -0.25
UNASKED_PLAN, LATE_PLAN = -0.4, -0.4

_COMPARED = re.compile(r"(?:比|较|与|同|跟|恢复到|超过|相当于|对比|相比)$")
# Between a year and its figure, whatever is compared with it: 较2022年（412.7毫米）少28.5毫米.
_OF_YEAR = re.compile(r"(?:同期|全年|底|末)?[（(]")
_SO_FAR = re.compile(r"以来|已|累计|[前头][一二两三四]年|目前")
_PLAN_TITLE = re.compile(r"规划|纲要|行动计划|工作要点|实施方案")
_PLANNED = re.compile(r"目标|计划(?!的)|力争|预期|规划|争取|确保")
_NEEDED = re.compile(r"(?<!急)(?<!供)(?<!所)需(?!要关注|求|方)|必须|须(?!知)")
_FROM = re.compile(r"\s*(?:以来|起|年?\d{1,2}月至|启动|开始|成立|出台)")


def fits_slot(slot: Slot, line: Line, is_figure: bool) -> bool:
    """Whether a line speaks of the region and period asked for.

    A figure of a wider region or of a part of it is another figure, unless its sentence names the region asked.
    """
    return _fits_region(slot, line, is_figure) and _fits_period(slot, line)


def _fits_region(slot: Slot, line: Line, is_figure: bool) -> bool:
    asked, told = slot.region, line.chunk.region
    if asked is None or told is None or asked == told:
        return True
    if not is_figure:
        return asked.contains(told) or told.contains(asked)
    name = asked.path[-1]
    return told.contains(asked) and any(word in line.around for word in (name, short_name(name)))


def _fits_period(slot: Slot, line: Line) -> bool:
    asked, told = slot.period, line.chunk.period
    if asked is None or told is None or asked.overlaps(told):
        return True
    return any(str(year) in line.source for year in (asked.first, asked.last))


def told_period(text: str, bound: Bound, chunk: Chunk) -> tuple[Period | None, bool]:
    """The period that a figure of a sentence tells of, and whether its own words name it.

    That of its place in a series of years (2020年至2024年分别为); else the last one named before the figure that it is not merely compared with, in its own clause first; then one named
    right after it (增长4%（2023年）); else the passage's.
    """
    if bound.alias[:4].isdigit():
        return years(int(bound.alias[:4])), True
    year = _year_given(chunk)
    found = find_periods(text, year, _review_year(chunk, year))
    own = next((m for m in found if _is_own_year(text, m, bound.figure)), None)
    if own is not None:
        return own.period, True
    mentions = [
        mention
        for mention in found
        if not _COMPARED.search(text[: mention.start].rstrip())
        and not _began_then(text, mention, bound)
        and not any(start <= mention.start < end for start, end in bound.rivals)
    ]
    before = [mention for mention in mentions if mention.start < bound.figure.start]
    inside = [mention for mention in before if mention.start >= bound.clause[0]]
    after = [mention for mention in mentions if bound.after[0] <= mention.start < bound.after[1] + 1]
    for group in (inside, before, after):
        if group:
            return _settle(text, group[-1], chunk), True
    return chunk.period, False


def told_or_begun(text: str, bound: Bound, chunk: Chunk) -> tuple[Period | None, bool]:
    """As `told_period`; for what a change of one year began from, the year before, where its words do not say so themselves."""
    told, is_own = told_period(text, bound, chunk)
    if is_own and told != chunk.period:
        return told, is_own
    return year_begun(text, bound.figure, told) or told, is_own


def _is_own_year(text: str, mention: PeriodMention, figure: Figure) -> bool:
    """Whether a year and a figure stand beside each other, one of them alone in brackets: 2022年（412.7毫米）, 412.7毫米（2022年）."""
    if _OF_YEAR.fullmatch(text, mention.end, figure.start):
        return True
    is_after = mention.start == figure.end + 1 and text[figure.end] in "（("
    return is_after and text.startswith(("）", ")"), mention.end)


def year_begun(text: str, figure: Figure, told: Period | None) -> Period | None:
    """The year before the one told, of a figure that a change of that one year began from; None of any other."""
    begun = begun_by(text, figure)
    if (
        told is None
        or told.first != told.last
        or begun is None
        or _LONG_AGO.search(_THAN_BEFORE.sub("", begun))
    ):
        return None
    return _year_before(told)


def _year_before(period: Period) -> Period:
    year = period.first - 1
    return Period(year, year, f"{year}年")


_LONG_AGO = re.compile(r"\d年|前|初|起|时|以来|试点|末|常年|均")
_CHANGED_FROM = re.compile(r"[由从](?![业事于])[^，,；;。、]{0,10}$")
# 比上年末的16.95万增加1.67万, 是上年2.17万人次的17.7倍.
_THAN_BEFORE = re.compile(r"[比较是为与和](?:上|去)年(?:年?末|年?底|同期|全年)?(?:的|[（(])?$")
# 较常年（-0.7℃）偏高, 较近十年均值（68500万元）减少.
_THAN_USUAL = re.compile(
    r"[比较于与](?:常年|多年|历年|[近过前][\u4e00-\u9fff\d]{1,3}年)(?:同期)?的?(?:平均|均值|平均值)?[（(]$"
)
_CHANGED_TO = re.compile(r"(?:[:∶]\d[\d.]*)*[^，,；;。\d]{0,10}(?:到|至|为)")
# The parts of a ratio before one of them: 10.8:42.3: of 10.8:42.3:46.9.
_PARTS_BEFORE = re.compile(r"(?:\d[\d.]*[:∶])+$")


def begun_by(text: str, figure: Figure) -> str | None:
    """The words that make a figure what a change began from (由每人每年 of 由每人每年610元提高到640元); None of any other."""
    before = _PARTS_BEFORE.sub("", text[: figure.start])
    if than := _THAN_BEFORE.search(before) or _THAN_USUAL.search(before):
        return than[0]
    begun = _CHANGED_FROM.search(before)
    return begun[0] if begun and _CHANGED_TO.match(text, figure.end) else None


_REACHED_LATER = re.compile(r"年?的?[^，,；;。]{1,20}?(?:到|至|为)(?!年)[^，,；;。]{0,3}$")


def _began_then(text: str, mention: PeriodMention, bound: Bound) -> bool:
    """Whether a year is that which a change began in, and the figure what it came to: 由2010年的54%提高到78%."""
    is_from = text[: mention.start].rstrip().endswith(("由", "从"))
    return is_from and _REACHED_LATER.fullmatch(text, mention.end, bound.figure.start) is not None


def _year_given(chunk: Chunk) -> int | None:
    """The year that a passage's words are of: its report's, else the one after the year that it tells of."""
    if chunk.date:
        return int(chunk.date[:4])
    return chunk.period.last + 1 if chunk.period and chunk.period.first == chunk.period.last else None


def _review_year(chunk: Chunk, year: int | None) -> int | None:
    """The year that a report looks back on: the one that its title names, the one before it in the first half of a year."""
    if chunk.date is None or year is None:
        return year - 1 if year else None
    if (named := year_looked_back_on(chunk.title, year)) is not None:
        return named
    return year if len(chunk.date) >= 7 and int(chunk.date[5:7]) > 6 else year - 1


def _settle(text: str, mention: PeriodMention, chunk: Chunk) -> Period | None:
    """A year that something began in tells of the time since, up to the passage's; 上年 is the one before the passage's."""
    told = chunk.period
    if (
        told == mention.period
        and told.first == told.last
        and text[mention.start : mention.end].startswith("上")
    ):
        return _year_before(told)
    if _FROM.match(text, mention.end) and told and told.last > mention.period.last:
        first, last = mention.period.first, told.last
        return Period(first, last, f"{first}—{last}年")
    return mention.period


def period_fit(asked: Period | None, told: Period | None, is_own: bool, chunk: Chunk) -> float | None:
    """How the time told suits the one asked for, 0 where either is open; None where it is another."""
    if asked is None or told is None:
        return 0.0
    if (asked.first, asked.last) == (told.first, told.last):
        return VERY_PERIOD
    if asked.overlaps(told):
        return OTHER_SPAN
    if is_own and chunk.period is not None and chunk.period.overlaps(asked):
        return DOUBTFUL_PERIOD
    return None


def is_plan(text: str, chunk: Chunk, told: Period | None) -> bool:
    """Whether a sentence of a passage sets a target: not where it looks back from a plan on an earlier year."""
    block = Block(0, 0, Form.PARAGRAPH, chunk.section, chunk.period, chunk.kind)
    planned = statement_kind(text, block) is Kind.PLAN
    year = int(chunk.date[:4]) if chunk.date else None
    if told and year and told.first >= year and _NEEDED.search(text):
        return True  # 2025年单位能耗需下降4.9%
    if told and year and told.last > year and (told.first > year or not _SO_FAR.search(text)):
        return True  # what is told of years after the report
    if told is None and _PLAN_TITLE.search(chunk.title):
        return True
    if planned and told and year and told.last < year:
        return False
    return planned


def plan_fit(asked: bool | None, planned: bool, text: str, slot: Slot, newest: int | None) -> float | None:
    """How a target or a result suits what is asked; None where the other is asked for.

    Where neither is said a result is meant, but a target where the year asked about is still running.
    """
    if asked is True:
        return 0.0 if planned or _PLANNED.search(text) else None
    if asked is False:
        return None if planned else 0.0
    if not planned:
        return 0.0
    if slot.period is None:
        return UNASKED_PLAN
    return 0.0 if newest is None or slot.period.last >= newest else LATE_PLAN


def region_fit(asked: Region | None, question: str, text: str, bound: Bound, chunk: Chunk) -> float | None:
    """How the place told suits the one asked for; None where it is another.

    The place is the last one that the words before the figure name (信丰县, 全省), else the passage's.
    """
    told, is_own = told_region(text, bound, chunk)
    if told is None or asked == told:
        return 0.0
    if asked is None:
        if not is_own or short_name(told.path[-1]) in question:
            return 0.0
        return (
            OTHER_PART if told != chunk.region else NAMED_PLACE if short_name(told.path[-1]) in text else 0.0
        )
    if asked.contains(told) and told == chunk.region and _names_event(question, chunk):
        return 0.0
    if asked == chunk.region and short_name(told.path[-1]) in question:
        return 0.0  # 深圳的盐田港区: the question names the part itself
    if asked == chunk.region:
        return OTHER_PART if asked.contains(told) else WIDER
    return (
        None
        if not told.contains(asked) or told != chunk.region or is_own
        else _named_before(asked, text, bound, chunk)
    )


_EVENT = re.compile(r"[“《\"「]([^”》\"」]{4,30})[”》\"」]")


def _names_event(question: str, chunk: Chunk) -> bool:
    """Whether a passage tells of what a folded question names in quotes: then a part of the place is the place meant."""
    text = fold(chunk.title + chunk.text)
    return any(name in text for name in _EVENT.findall(question))


def leaves_out(asked: Region | None, text: str, chunk: Chunk) -> bool:
    """Whether a sentence about a wider place names the one asked for nowhere: then no figure of it fits."""
    told = chunk.region
    if asked is None or told is None or told == asked or not told.contains(asked):
        return False
    name = short_name(asked.path[-1])
    return name not in text and not any(name in heading for heading in chunk.section[-1:])


# Lands that a city gives its name to are not the city: 成都平原.
_LANDSCAPE = re.compile(r"[\u4e00-\u9fff]{2}(?:平原|盆地|高原|丘陵|都市圈|城市群|经济区|流域)")
# What is done for a place is not told of it: 支持南昌做大做强.
_OBJECT = re.compile(r"(?:支持|推动|推进|对|向|在|与|同|到|赴|给|为|从|至|助力|促进|服务)$")


def _named_before(asked: Region, text: str, bound: Bound, chunk: Chunk) -> float | None:
    """0 where the region's name stands among the words of the figure, or the sentence or its heading begins with it.

    As well where it stands earlier in the sentence, and no other place after it.
    """
    name = asked.path[-1]
    names = (name, short_name(name))
    words = " ".join(
        (text[:OPENING], *(text[start:end] for start, end in (*bound.topic, *bound.own, bound.after)))
    )
    words = _LANDSCAPE.sub("", words)
    heading = chunk.section[-1] if chunk.section else ""
    if any(word in words or heading.endswith(word) for word in names):
        return 0.0
    before = _LANDSCAPE.sub(lambda match: "＿" * len(match[0]), text[: bound.figure.start])
    at = max(before.rfind(word) for word in names)
    if at < 0:
        return None
    if _OBJECT.search(before[:at]) or any(m.start > at for m in stand_ins(before, chunk.region or asked)):
        return None
    others = (mention for mention in gazetteer().find(before, (asked,)) if mention.start > at)
    return (
        None if any(not other.region.contains(asked) and other.region != asked for other in others) else 0.0
    )


def told_region(text: str, bound: Bound, chunk: Chunk) -> tuple[Region | None, bool]:
    """The place that a figure of a sentence tells of, and whether its own clause names it."""
    if chunk.region is None:
        return None, False
    known = (chunk.region,)
    start = bound.clause[0]
    mentions = [
        mention
        for mention in (*gazetteer().find(text, known), *stand_ins(text, chunk.region))
        if start <= mention.start < bound.figure.start
        and not any(first <= mention.start < last for first, last in bound.rivals)
        and _is_subject(text, start, mention.start, mention.end)
    ]
    if not mentions:
        return chunk.region, False
    nearest = max(mentions, key=lambda mention: mention.start)
    return nearest.region, True


def _is_subject(text: str, clause: int, start: int, end: int) -> bool:
    """Whether a place named stands for what is counted: not 占全省的, 居全国第, 对接粤港澳, 至南雄."""
    before = text[clause:start].strip("，,、“” ")
    if re.search(
        r"(?:占|居|列|位|达到?|对|与|和|至|到|向|在|由|从|为|比|较|高于|低于|接|入选|获|国家|获得|成为)$",
        before,
    ):
        return False
    return not re.match(r"(?:[)）]|至|到|[—－-]|、|第|首|最|前|平均|领先|率先)", text[end:])
