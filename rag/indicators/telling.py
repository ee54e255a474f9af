"""What a figure tells besides its number: how it moved, how exact it is, whether it was reached or is aimed at."""

import re

from rag.answering.figures import Figure
from rag.answering.slots.aspects import SHARES, Aspect, Outcome, told
from rag.answering.slots.bindings import RATIO, Bound
from rag.answering.slots.fitting import is_plan
from rag.answering.slots.reading import Sentence
from rag.corpus.periods import statement_kind
from rag.types import Block, Chunk, Form, Kind, Period

_CHANGE = re.compile(
    r"(?P<word>快速增长|增长|增速|增幅|涨幅|降幅|上涨|下跌|回升|回落|提高|提升|上升|下降|降低|减少|增加|净增|增产|减产|增收|压减|调减|精减|压缩|缩短|扩大|缩小|下滑|高出|高于|低于|[\u4e00-\u9fff]?[增升降减涨跌])"
    r"(?:了|约|近|超过?|预计|同比|率|速度|分别|[^，,、]{0,2}达)*$"
)
_REACHED = re.compile(r"(?:到|至|为|达)(?:了|约|近|超过?)*$")
_AIM = re.compile(
    r"力争|争取|确保|目标|任务|规划|预期|计划(?!的|单列|生育)|将(?=达|超|突破|实现|建|新)|(?:到|至)20[2-9]\d年(?:底|末|前)"
)
_DONE_ALREADY = re.compile(r"(?:目前|现有|已(?:经|完成|建成|达|有)|去年|上年)")
_EXPECTED = re.compile(r"预计|有望|预期可?达|预测|估计")
# Said first, it holds of all that follows; among the words of one figure (生产总值预计增长4%) only of that one.
_EXPECTED_ALL = re.compile(r"(?:^|[，。；])(?:预计|据预测)")
_EACH = re.compile(r"每[亩人户年月日家个]均?$")
_AFTER_BOUND = re.compile(r"及?其?以[上下内]|左右|上下|以[上下内]|之内")
_FIRST = re.compile(r"[\d零〇一二两三四五六七八九十百千万亿半第-]")
_LAST = re.compile(r"(?:左右|上下|以上|以下|以内|之内|余)$")


def value_of(text: str, figure: Figure) -> str:
    """The figure as told, without the words that make it inexact: 超过34% -> 34%."""
    told_as = text[figure.start : figure.end]
    first = _FIRST.search(told_as)
    return _LAST.sub("", told_as[first.start() if first else 0 :]).strip()


def qualifier_of(folded: str, bound_to: Bound) -> str:
    """The word that makes a figure inexact (左右, 以上, 超过), after what it is counted by (每亩); empty for neither."""
    figure = bound_to.figure
    after = _AFTER_BOUND.match(folded, figure.end)
    bound = "" if figure.bound == "预计" else figure.bound
    if not bound and figure.bound == "预计" and (suffix := _LAST.search(folded[figure.start : figure.end])):
        bound = suffix[0]
    each = _EACH.search(bound_to.own_text(folded))
    return (each[0] if each else "") + (bound or (after[0] if after else ""))


def aspect_of(sentence: Sentence, bound: Bound) -> tuple[Aspect, str]:
    """What a figure tells of its indicator, and the word for its change where it tells one."""
    own = bound.own_text(sentence.folded).rstrip("，,、 约近超")
    aspect = told(bound, sentence.folded)
    change = None if _REACHED.search(own) else _CHANGE.search(own)
    if bound.figure.ordinal:
        return Aspect.LEVEL, ""
    if aspect in {Aspect.DONE, Aspect.RATIO} or change is None:
        return (aspect if aspect is not Aspect.CHANGE else Aspect.LEVEL), ""
    if bound.figure.unit in SHARES or bound.figure.unit in {"倍", "分之", "番"}:
        return Aspect.CHANGE, change["word"]
    return Aspect.ADDED, change["word"]


def outcome_of(sentence: Sentence, bound: Bound, chunk: Chunk, period: Period | None) -> Outcome | None:
    """Result, expectation or plan; None where a plan tells of what is, or a result of what is aimed at."""
    if chunk.kind is Kind.NOTE:
        return None
    start, end = bound.clause
    clause, before = sentence.text[start:end], sentence.text[: bound.figure.start]
    if is_plan(clause, chunk, period) or is_plan(sentence.text, chunk, period):
        is_done = _DONE_ALREADY.search(clause) or (chunk.kind is not Kind.PLAN and not _AIM.search(before))
        return None if is_done else Outcome.PLAN
    if bound.figure.bound == "预计" or _EXPECTED.search(clause) or _EXPECTED_ALL.search(before):
        return Outcome.ESTIMATE
    if bound.bare and _follows_expected(sentence, bound):
        return Outcome.ESTIMATE
    if told(bound, sentence.folded) is not Aspect.DONE and _AIM.search(clause):
        return None
    block = Block(0, 0, Form.PARAGRAPH, chunk.section, chunk.period, chunk.kind)
    kind = statement_kind(clause, block)
    return None if kind in {Kind.NARRATIVE, Kind.PLAN, Kind.NOTE} else Outcome.RESULT


def _follows_expected(sentence: Sentence, bound: Bound) -> bool:
    """Whether the figure that this one carries on is expected (预计新增6万户，增长19%)."""
    earlier = [each for each in sentence.bounds if each.figure.end <= bound.figure.start and not each.bare]
    if not earlier:
        return False
    clause = sentence.text[earlier[-1].clause[0] : earlier[-1].clause[1]]
    return earlier[-1].figure.bound == "预计" or bool(_EXPECTED.search(clause))


def is_ratio(figure: Figure) -> bool:
    """Whether a figure is a ratio of several parts, which no one number holds."""
    return figure.unit == RATIO
