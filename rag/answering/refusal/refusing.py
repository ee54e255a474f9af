"""When the reports do not tell: a reason code, a sentence, and the nearest thing they do tell, decided from evidence."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag.answering.lines import Line
from rag.answering.refusal.nearest import Nearest, Read, find_nearest
from rag.answering.refusal.sufficiency import Judge
from rag.mentions import Coverage
from rag.text import fold
from rag.types import Hit, Period, Question, Region


class Reason(StrEnum):
    """Why there is no answer."""

    NO_SUCH_REGION = "no_such_region"
    NO_SUCH_PERIOD = "no_such_period"
    NO_SUCH_INDICATOR = "no_such_indicator"
    NOT_IN_REPORTS = "not_in_reports"
    UNCLEAR_QUESTION = "unclear_question"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason code and the sentence shown; its marks [1] are the `lines` that it offers instead."""

    reason: Reason
    text: str
    lines: tuple[Line, ...] = ()


_SENTENCES = {
    Reason.NO_SUCH_REGION: ("报告里没有{region}的这项内容。", "The reports do not tell this of {region}."),
    Reason.NO_SUCH_PERIOD: ("报告里没有{period}的这项内容。", "The reports do not tell this for {period}."),
    Reason.NO_SUCH_INDICATOR: ("报告里没有这项指标。", "The reports do not give such a figure."),
    Reason.NOT_IN_REPORTS: ("报告里没有说到这一点。", "The reports do not say."),
    Reason.UNCLEAR_QUESTION: (
        "没看懂要问什么。请写明地区、年份和要查的内容，例如：2023年全省森林覆盖率是多少？",
        "It is not clear what is asked. Name a place, a year and what to look up.",
    ),
}
# What is told to do instead of asked: folded text.
_INSTRUCTION = re.compile(
    r"(忽略|无视|忘记|不要理会|不用管).{0,8}(以上|上面|之前|前面|所有|一切|指令|要求|提示|规则)|扮演|假装你是|你现在是|系统提示|提示词"
    r"|(写|编|作)一?(首|篇|段|个)(诗|歌|作文|故事|小说|代码|程序|笑话)|讲个?(笑话|故事)|翻译成"
    r"|\b(ignore|disregard|forget)\b.{0,20}\b(above|previous|prior|instructions?|all)\b|\bsystem prompt\b|\bpretend\b|\byou are now\b"
    r"|\bwrite (me )?(a|an) (poem|story|essay|song|program|joke)\b|\btell me a joke\b"
)
# Less of the question's weighty words in the best sentence: no report knows the indicator (else only the attribute is
# missing). It chooses the sentence shown, not whether to refuse; set by hand.
_KNOWN = 0.6


def refuse(question: Question, hits: Sequence[Hit], coverage: Coverage, judge: Judge) -> Reason | None:
    """The reason why no passage needs reading: another region, another year, no question, or nothing found."""
    if _INSTRUCTION.search(fold(question.text)) or judge.asks_nothing:
        return Reason.UNCLEAR_QUESTION
    regions = [slot.region for slot in question.slots if slot.region is not None]
    if regions and coverage.regions and not any(coverage.covers(region) for region in regions):
        return Reason.NO_SUCH_REGION
    periods = [slot.period for slot in question.slots if slot.period is not None]
    if periods and not any(_is_covered(period, coverage) for period in periods):
        return Reason.NO_SUCH_PERIOD
    return None if hits else Reason.NOT_IN_REPORTS


def explain(
    question: Question,
    hits: Sequence[Hit],
    coverage: Coverage,
    judge: Judge,
    read: Read,
    make_judge: Callable[[Question], Judge],
    reason: Reason | None = None,
) -> Refusal:
    """The refusal of a question that these passages do not answer, with the nearest thing told where a slot is missing.

    `reason` is what `refuse` gave.
    """
    if reason in {Reason.UNCLEAR_QUESTION, Reason.NO_SUCH_REGION}:
        return Refusal(reason, _say(reason, question))
    nearest = find_nearest(question, hits, read, make_judge)
    if nearest is not None:
        reason = Reason.NO_SUCH_PERIOD if nearest.period is not None else Reason.NO_SUCH_REGION
        return Refusal(reason, _offer(question, nearest), (nearest.line,))
    lines = read(question, hits)
    reason = reason or _find_reason(question, lines, coverage, judge)
    return Refusal(reason, _say(reason, question))


def refuse_order(question: Question, only: Line | None = None) -> Refusal:
    """The refusal to say which place is highest: none has a figure in the reports, or `only` one, labelled with it."""
    english = question.language == "en"
    if only is None:
        told = "The reports give no such figure of the places, so none can be named first."
        return Refusal(
            Reason.NO_SUCH_INDICATOR, told if english else "报告里没有各地的这项数字，比不出高低。"
        )
    text = f"报告里只有{only.label}的这项数字，比不出高低：{only.text}[1]"
    if english:
        text = f"The reports give this figure for {only.label} alone, so there is nothing to compare: {only.text}[1]"
    return Refusal(Reason.NO_SUCH_REGION, text, (only,))


def _find_reason(question: Question, lines: Sequence[Line], coverage: Coverage, judge: Judge) -> Reason:
    region = question.slots[0].region
    if question.places and region is None:
        return Reason.NO_SUCH_REGION
    if region is not None and not any(region.contains(own) for own in coverage.regions):
        return Reason.NO_SUCH_REGION
    if question.wants_figure:
        known = max((judge.share(line) for line in lines), default=0.0)
        if known < _KNOWN:
            return Reason.NO_SUCH_INDICATOR
    return Reason.NOT_IN_REPORTS


def _is_covered(period: Period, coverage: Coverage) -> bool:
    first, last = coverage.first_year, coverage.last_year
    return first is None or last is None or (period.first <= last and first <= period.last)


def _say(reason: Reason, question: Question) -> str:
    return _SENTENCES[reason][question.language == "en"].format(
        region=_asked_region(question), period=_asked_period(question)
    )


def _offer(question: Question, nearest: Nearest) -> str:
    """没有2021年的数据；有2022年：27微克/立方米[1]: what is not told, then what is."""
    missing = _asked_period(question) if nearest.period is not None else _asked_region(question)
    told = _name_period(nearest.period, question) if nearest.period is not None else nearest.place
    if question.language == "en":
        return f"The reports do not tell this for {missing}; for {told} they say: {nearest.line.text}[1]"
    return f"没有{missing}的数据；有{told}：{nearest.line.text}[1]"


def _asked_period(question: Question) -> str:
    period = question.slots[0].period
    return "" if period is None else _name_period(period, question)


def _name_period(period: Period, question: Question) -> str:
    if question.language != "en":
        return period.label
    return f"{period.first}" + (f" to {period.last}" if period.last != period.first else "")


def _asked_region(question: Question) -> str:
    region: Region | None = question.slots[0].region or next(iter(question.places), None)
    return region.name if region is not None else ""
