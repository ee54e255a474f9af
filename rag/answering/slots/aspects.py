"""What a figure tells of its indicator, and what a question wants to know of it: its level, its growth, its share, what was added."""

import re
from enum import StrEnum

from rag.answering.slots.bindings import RATIO, Bound

SHARES = frozenset({"%", "‰", "百分点", "个百分点", "成"})
_POINTS = frozenset({"百分点", "个百分点"})


class Aspect(StrEnum):
    """What of an indicator: how much it is, by how much it changed, its part of a whole, what came on top, the sum
    of all, how much of a plan is done, the parts of a ratio.
    """

    LEVEL = "level"
    CHANGE = "change"
    SHARE = "share"
    ADDED = "added"
    TOTAL = "total"
    DONE = "done"
    RATIO = "ratio"


class Outcome(StrEnum):
    """Whether a figure was reached, is expected to be, or is aimed at."""

    RESULT = "result"
    ESTIMATE = "estimate"
    PLAN = "plan"


_CHANGED = (
    r"增长|增速|增幅|涨幅|降幅|上涨|下跌|涨|跌|回升|回落|提高|提升|上升|下降|降低|减少|增加|净增|增产|减产|增收|压减|压缩|缩短|扩大"
    r"|缩小|下滑|高出|高于|低于"
)
_CHANGE_TOLD = re.compile(rf"(?:{_CHANGED}|降|增)(?:了|约|近|超|预计|同比|率|速度|[^，,、]{{0,2}}达)*$")
_LEVEL_TOLD = re.compile(r"(?:到|至|为)(?:了|约|近|超)*$")
_SHARE_TOLD = re.compile(r"占|比重|比例")
_ADDED_TOLD = re.compile(r"新增|净增|增加(?!值)|增产|减产|减少|新[建登引创开培设]|新认定|较年初|比上年")
_TOTAL_TOLD = re.compile(r"总数|累计|总量|共有|总计|合计|一共|保有量|存量")
_DONE_TOLD = re.compile(r"(?:计划|任务|目标|预算)数?的(?:约|近|超)?$|投资率|完成率")

_ASKS = r"多少|几|百分之|\bhow\b|\bwhat\b"
_CHANGE_ASKED = re.compile(
    rf"(?:增长|下降|涨|降(?![水雨雪])|跌|回升|回落)(?!到|至|为)[^，,。？?]{{0,10}}(?:{_ASKS})"
    rf"|(?:{_CHANGED})(?!值|到|至|为)[^，,。？?有是为达]{{0,6}}(?:{_ASKS})|(?:增速|增幅|涨幅|降幅|增长率)|(?:增长|提高|下降)的?(?:目标|速度|情况|幅度)"
    r"|(?:几|多少)个(?:百分)?点(?=[了?]|$)"
    r"|(?:增长|涨|降|提高|下降)[^，,]{0,6}(?:高|低|快|慢|大|小)"
    r"|\b(?:grow|grew|growth|rise|rose|fell|fall|drop|dropped|cut|increase|increased|decrease|decreased|reduced)\b"
)
_SHARE_ASKED = re.compile(
    r"占.{0,24}(?:多少|几|百分|比)|占比|比重|比例|几成|\b(?:share|proportion|percentage|percent)\b"
)
_TOTAL_ASKED = re.compile(r"总数|总共|一共|累计|总计|合计|共有|加起来|截至|保有量|\b(?:total|altogether)\b")
_ADDED_ASKED = re.compile(
    r"新增|净增|增加(?!值)|增产|减产|新[上装开建成入加招培引认评获设立办签落投添修改登创]|多了|少了(?=多少|几)|\b(?:new|newly|added|additional)\b"
)
_DONE_ASKED = re.compile(
    r"完成.{0,12}(?:计划|任务|目标|预算)[^，,]{0,6}(?:百分|多少|几)|相当于.{0,6}(?:计划|任务|目标|预算)的?(?:百分|多少|几)|完成率|投资率"
)
_RATIO_ASKED = re.compile(
    r"多少比多少|几比[一几]|[^同环占对相评]比值?(?:是|为)多少(?=[?？]?$)|之比(?=是|为|[?？]|$)|比例(?:关系|调)|结构比|(?:三次产业|三产|[、和与][^，,。占]{1,12})的?比例(?:是|为)"
)
# Sums of which the growth alone tells nothing: their level is no percentage.
_SUMS = re.compile(
    r"(?:gdp|生产总值|总产值|产值|增加值|总额|收入|支出|产量|总产|投资|余额|利润|营收|规模)(?:总共|一共|大概|总量)?(?:是|有|为|达到?|达)?了?多少"
)

# What an aspect told is worth for an aspect asked, over 0 for the same and below for another. Set by hand, not tuned.
_SAME = {Aspect.CHANGE: 0.25, Aspect.SHARE: 0.2, Aspect.DONE: 0.4, Aspect.RATIO: 0.8, Aspect.TOTAL: 0.12}
_OTHER = {
    (Aspect.CHANGE, Aspect.ADDED): 0.0,
    (Aspect.LEVEL, Aspect.CHANGE): -0.35,
    (Aspect.LEVEL, Aspect.DONE): -0.3,
    (Aspect.LEVEL, Aspect.SHARE): -0.05,
    (Aspect.LEVEL, Aspect.ADDED): -0.1,
    (Aspect.LEVEL, Aspect.TOTAL): 0.03,
    (Aspect.SHARE, Aspect.LEVEL): -0.05,
    (Aspect.RATIO, Aspect.LEVEL): -0.1,
    (Aspect.TOTAL, Aspect.LEVEL): -0.05,
    (Aspect.TOTAL, Aspect.ADDED): -0.2,
    (Aspect.ADDED, Aspect.LEVEL): -0.05,
    (Aspect.ADDED, Aspect.TOTAL): -0.15,
}


def told(bound: Bound, folded: str) -> Aspect:
    """What a figure tells, by its unit and the words before it."""
    own, unit = bound.own_text(folded).rstrip("，,、 约近超达"), bound.figure.unit
    if unit == RATIO:
        return Aspect.RATIO
    if unit in SHARES and _DONE_TOLD.search(own):
        return Aspect.DONE
    if unit in _POINTS:
        return Aspect.CHANGE
    if _CHANGE_TOLD.search(own) and not _LEVEL_TOLD.search(own):
        return Aspect.CHANGE if unit in SHARES or unit == "倍" else Aspect.ADDED
    if unit in SHARES:
        return Aspect.SHARE if _SHARE_TOLD.search(own) else Aspect.LEVEL
    if _ADDED_TOLD.search(own):
        return Aspect.ADDED
    return Aspect.TOTAL if _TOTAL_TOLD.search(own) else Aspect.LEVEL


def asked(part: str) -> Aspect:
    """What a folded question, or the part of one that asks for one figure, wants to know."""
    for pattern, aspect in (
        (_RATIO_ASKED, Aspect.RATIO),
        (_DONE_ASKED, Aspect.DONE),
        (_CHANGE_ASKED, Aspect.CHANGE),
        (_SHARE_ASKED, Aspect.SHARE),
        (_ADDED_ASKED, Aspect.ADDED),
        (_TOTAL_ASKED, Aspect.TOTAL),
    ):
        if pattern.search(part):
            return aspect
    return Aspect.LEVEL


def fit(wanted: Aspect, aspect: Aspect, is_plan: bool) -> float:
    """How an aspect told suits the one asked for: above 0 the same, below 0 another. Targets are mostly rates of growth."""
    if is_plan and wanted is Aspect.LEVEL and aspect is Aspect.CHANGE:
        return 0.05
    if wanted is aspect:
        return _SAME.get(wanted, 0.1)
    return _OTHER.get((wanted, aspect), -0.4)


def needs_level(part: str) -> bool:
    """Whether a folded question asks how large a sum is, which no growth rate tells."""
    return bool(_SUMS.search(part)) and asked(part) is not Aspect.CHANGE
