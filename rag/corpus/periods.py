"""What time a text tells of, and whether it tells of results, plans or sums over years.

`find_periods` reads years and words such as 去年; headings (2023年工作回顾, 2024年工作安排) set the period and
kind of what stands below them; `statement_period` and `statement_kind` then read a single sentence of a block.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.types import Block, Kind, Period

_DIGITS = "0123456789０１２３４５６７８９〇○零一二三四五六七八九"
_DIGIT_VALUES = {d: str(i % 10) for i, d in enumerate("01234567890123456789")} | dict(
    zip("０１２３４５６７８９〇一二三四五六七八九", "01234567890123456789", strict=True)
)
_DIGIT_TABLE = str.maketrans(_DIGIT_VALUES | {"○": "0", "零": "0"})
_COUNTS = {c: n for n, c in enumerate("一二三四五六七八九十", 1)} | {"两": 2}

_YEAR = rf"(?:[1１][9９]|[2２][0０]|一九|二[〇○零])[{_DIGITS}]{{2}}"
_DASH = "[-—–－~～〜至到]+"
_UNIT_AFTER = "0-9０-９.．,，%％年个人亿万千百元米吨公户家件名项次辆所台多余以左座条头株艘处栋亩斤平套张份场种门起宗期号位"
_PERIOD = re.compile(
    rf"(?<![0-9０-９.．])(?P<first>{_YEAR})\s*年?\s*{_DASH}\s*(?P<last>{_YEAR})\s*年"
    rf"|(?<![0-9０-９.．])(?P<year>{_YEAR})\s*(?:财|学)?年度?(?P<since>以来)?"
    rf"|(?<![0-9０-９.．A-Za-z])(?P<bare>(?:19[5-9]|20[0-4])[0-9])(?![{_UNIT_AFTER}]|\s*[-—–~][0-9])"
    r"|(?P<plan>[“\"「]?十[一二三四五六七]?五[”\"」]?(?=规划|时期|期间|末|初|以来|目标|收官|开局|[”\"」]))"
    r"|(?P<census>(?<![一二三四五六七八九十])第?(?P<census_n>[四五六七八])(?:次(?:全国)?(?:人口普查|(?P<economic>经济普查))|普(?=[时的和与、，,。\s]|数据|结果|口径|$)))"
    r"|(?P<past>(?:过去|近|最近|刚刚过去|这|前)的?(?P<past_n>[一二两三四五六七八九十])年(?!级)"
    r"|(?<![一二三四五六七八九十第])(?P<since_n>[一二两三四五六七八九十])年来)"
    r"|(?P<future>(?:未来|今后|下一个?|接下来)的?(?P<future_n>[一二两三四五六七八九十])年)"
    r"|(?P<this>今年|本年度?|新的一年)|(?P<previous>去年|(?<![比较与])上年(?!同)|上一年)|(?P<before>前年)|(?P<next>明年|下一年)"
)
_BOOK_TITLE = re.compile(r"《[^《》]{0,200}》")
_COMPARED = re.compile(r"(?:比|较|与|同|恢复到|超过|相当于|对比)$")

_PLAN_HEADING = re.compile(
    r"安排|草案|打算|目标|任务|部署|展望|思路|下一步|下步|今后|未来|新的一年|工作计划|重点工作|(?:审计|工作|对策|意见)建议$|、建议$"
)
_RESULT_HEADING = re.compile(
    r"回顾|总结|成效|成就|决算|年报|年度报告|执行情况|完成情况|进展|开展情况|落实情况|建设情况|运行情况|基本情况|工作情况|(?:情况|公报)$"
)

_ESTIMATE = re.compile(r"预计|有望|预测|估计")
_CUMULATIVE = re.compile(r"累计|累积|总数(?:已?达|为|超|突破)|总量(?:已?达|为|超|突破)|截至")
_PLAN = re.compile(
    r"力争|争取(?!了|中央|到)|预期目标|目标(?:是|为)|(?:今年|明年|下一步|今后|下步|未来).{0,30}?(?:将|要|确保|计划|力争)"
    r"|(?:^|[，。；该市县区乡镇省我们并还])将(?:继续|持续|进一步|加快|加大|深入|全面|全力|大力|以|在|围绕|聚焦|实施|推进|建设|努力|着力)"
    r"|计划(?:到|在|用|投资|今年)|拟(?:于|在|新)"
)
_OTHER_KINDS = ((_PLAN, Kind.PLAN, 1), (_ESTIMATE, Kind.ESTIMATE, 1), (_CUMULATIVE, Kind.CUMULATIVE, 2))
_FIGURE = re.compile(
    r"[0-9０-９][余多]?(?:[万亿千百]+)?[%％元个家人次名户项件起场张座米吨亩辆公里支对台处例条所份栋倍]"
)
_NEAR = 5
"""Years from the report within which a year named in passing is what a paragraph tells of."""
_SHORTEST_SENTENCE = 15
_SENTENCE = re.compile(r"[^。！？；!?;]+[。！？；!?;]?")


@dataclass(frozen=True, slots=True)
class PeriodMention:
    """`text[start:end]` names `period`; `relative` where it was resolved against the report's year (去年)."""

    start: int
    end: int
    period: Period
    relative: bool = False


@lru_cache(maxsize=4096)
def find_periods(
    text: str, report_year: int | None, review_year: int | None = None
) -> tuple[PeriodMention, ...]:
    """The years and spans of years that `text` names, in order.

    `report_year` is the year in which the report was given (今年 in its mouth). Without it 今年, 去年, 过去五年,
    未来五年 are left out. 十四五 is 2021—2025年. `review_year` is the year it looks back on (一年来), the one before
    unless said: a report of December looks back on its own year.
    """
    if review_year is None and report_year is not None:
        review_year = report_year - 1
    return tuple(_mentions(text, report_year, review_year))


def _mentions(text: str, report_year: int | None, review_year: int | None) -> Iterator[PeriodMention]:
    for match in _PERIOD.finditer(text):
        kind = match.lastgroup if match.lastgroup not in ("past_n", "since_n", "future_n") else "past"
        if match["first"] or match["year"] or match["bare"]:
            period: Period | None = _explicit(match, review_year)
        elif match["plan"]:
            period = _five_year_plan(match["plan"])
        elif match["census"]:
            period = _census(_COUNTS[match["census_n"]], economic=match["economic"] is not None)
        else:
            period = _relative(match, report_year, review_year)
        if period is not None:
            yield PeriodMention(
                match.start(),
                match.end(),
                period,
                relative=kind not in ("last", "year", "since", "bare", "plan", "census"),
            )


def _explicit(match: re.Match[str], review_year: int | None) -> Period | None:
    if match["first"]:
        first, last = _number(match["first"]), _number(match["last"])
        return years(first, last) if first <= last else None
    year = _number(match["year"] or match["bare"])
    if match["since"] and review_year is not None and review_year > year:
        return years(year, review_year)
    return years(year)


def _five_year_plan(name: str) -> Period:
    """The first year of the N-th five-year plan is 1951 + 5N from the third on: 十四五 is 2021—2025."""
    digits = name.strip('“”"「」')[1:-1]
    number = 10 + (_COUNTS[digits] if digits else 0)
    return years(1951 + 5 * number, 1955 + 5 * number)


def _census(number: int, *, economic: bool) -> Period:
    """The year at whose reference time a census counts: the seventh of the population 2020, the fifth of the economy 2023."""
    return years(1998 + 5 * number if economic else 1950 + 10 * number)


def _relative(match: re.Match[str], report_year: int | None, review_year: int | None) -> Period | None:
    if report_year is None or review_year is None:
        return None
    if match["past"]:
        length = _COUNTS[match["past_n"] or match["since_n"]]
        return years(review_year - length + 1, review_year)
    if match["future"]:
        return years(review_year + 1, review_year + _COUNTS[match["future_n"]])
    shift = 0 if match["this"] else -1 if match["previous"] else -2 if match["before"] else 1
    return years(report_year + shift)


def _number(digits: str) -> int:
    return int(digits.translate(_DIGIT_TABLE))


def years(first: int, last: int | None = None) -> Period:
    """The period from `first` to `last` (the same year when left out), labelled 2023年 or 2021—2025年."""
    last = first if last is None else last
    return Period(first, last, f"{first}年" if first == last else f"{first}—{last}年")


def heading_period(heading: str, report_year: int | None, review_year: int | None = None) -> Period | None:
    """The period that a heading sets: the first it names, a plain year before a five-year plan."""
    mentions = find_periods(_without_titles(heading), report_year, review_year)
    return mentions[0].period if mentions else None


_PART_OF_YEAR = re.compile(r"[一二三]季度|上半年|(?<!\d)1[-—–至到~]\d{1,2}月")
_AHEAD_TITLE = re.compile(r"要点|计划|安排|部署|方案|打算|任务")


def year_looked_back_on(title: str, report_year: int | None) -> int | None:
    """The year that a title says its report looks back on: the one before the report's that it names and no other.

    2023 of 2023年省级决算的报告; the report's own where a part of it is over (2024年一季度); None where it names none.
    """
    named = {mention.period for mention in find_periods(_without_titles(title), report_year)}
    year = named.pop() if len(named) == 1 else None
    is_before = year is not None and report_year is not None and year.first == year.last < report_year
    is_over = bool(_PART_OF_YEAR.search(title)) and not _AHEAD_TITLE.search(title)
    is_part = year is not None and year.last == report_year and is_over
    return year.last if year is not None and (is_before or is_part) else None


def heading_kind(heading: str) -> Kind | None:
    """The kind that a heading sets: a plan (工作安排), a result (工作回顾), or none."""
    if _RESULT_HEADING.search(heading) and not re.search(r"思路|安排|打算|目标任务", heading):
        return Kind.RESULT
    if _PLAN_HEADING.search(heading):
        return Kind.PLAN
    return None


def opening_period(text: str, report_year: int | None, review_year: int | None = None) -> Period | None:
    """The period that a paragraph opens with (2024年是…, 五年来，…, 各位代表！五年来，…)."""
    opening = re.sub(r"^[^。！？]{0,8}[！!]", "", text[:60])
    for mention in find_periods(opening, report_year, review_year):
        between = opening[: mention.start].strip('“”"*　 ')
        if len(between) <= 1 or between in ("截至", "截止", "到了", "刚刚", "进入"):
            return None if _runs_over(text, mention) else mention.period
        break
    return None


def _runs_over(text: str, mention: PeriodMention) -> bool:
    """Whether the first sentence gives a figure for each year of a span (2020年至2024年，总量分别为): the rest is of no such span."""
    first = re.split(r"[。；;]", text, maxsplit=1)[0]
    spans_years = mention.period.first < mention.period.last
    return spans_years and bool(re.search(r"分别|依次", first[mention.end :]))


def statement_period(sentence: str, block: Block, report_year: int | None) -> Period | None:
    """The period of one sentence of `block`: the first that it names and is not compared with, else the block's."""
    text = _without_titles(sentence)
    for mention in find_periods(text, report_year):
        if text[mention.start : mention.end] in ("上年", "上一年") and block.period is not None:
            return years(block.period.first - 1)
        if not _COMPARED.search(text[: mention.start]):
            return mention.period
    return block.period


def statement_kind(sentence: str, block: Block) -> Kind:
    """The kind of one sentence of `block`: 预计 is an estimate, 累计 a sum over years, 力争 a plan; else the block's."""
    if block.kind in (Kind.NOTE, Kind.PLAN):
        return block.kind
    if _PLAN.search(sentence):
        return Kind.PLAN
    if _ESTIMATE.search(sentence):
        return Kind.ESTIMATE
    if _CUMULATIVE.search(sentence):
        return Kind.CUMULATIVE
    return block.kind


def dominant_kind(text: str, default: Kind | None) -> Kind:
    """The kind of a paragraph under a heading of kind `default`, or of a free piece when that is None.

    More than half of its sentences, and for sums over years at least two, must be of another kind to decide
    against the heading.
    """
    if default is Kind.PLAN:
        return default
    sentences = [match[0] for match in _SENTENCE.finditer(text) if len(match[0]) >= _SHORTEST_SENTENCE]
    for pattern, kind, fewest in _OTHER_KINDS:
        count = sum(1 for sentence in sentences if pattern.search(sentence))
        if count >= fewest and 2 * count > len(sentences):
            return kind
    if default is not None:
        return default
    return Kind.RESULT if _FIGURE.search(text) else Kind.NARRATIVE


def named_period(text: str, report_year: int | None, review_year: int | None) -> Period | None:
    """The period that a free paragraph tells of: the one that it names most often, the first of several.

    What it names long ago in passing, or in a sentence about plans, does not count.
    """
    told = (match[0] for match in _SENTENCE.finditer(text) if not _PLAN.search(match[0]))
    mentions = (mention for sentence in told for mention in find_periods(sentence, report_year, review_year))
    near = (m.period for m in mentions if report_year is None or abs(m.period.last - report_year) <= _NEAR)
    named = Counter(near)
    return named.most_common(1)[0][0] if named else None


def _without_titles(text: str) -> str:
    """The text with 《…》 blanked, its length kept: a year in a law's title is no period."""
    return _BOOK_TITLE.sub(lambda match: "□" * len(match[0]), text)
