"""Which figures of a sentence measure something: dates, names, places in an order and mere words do not."""

import re
from enum import StrEnum

from rag.answering.slots.bindings import RATIO, Bound
from rag.answering.units import measure


class Left(StrEnum):
    """Why a figure has no row."""

    DATE = "date"
    DURATION = "duration"
    NAME = "name"
    ORDER = "order"
    WORD = "word"
    THRESHOLD = "threshold"


_DATES = frozenset({"月", "日", "季度"})
# What a number before these makes is a name or a group: 第二期, 二级, 中部六省, 三镇.
_NAMING = frozenset(
    ["期", "届", "版", "级", "等", "字", "公", "国", "省", "市", "县", "区", "镇", "乡", "村", "街道"]
)
_RANKED = re.compile(r"(?:居|列|排|位|保持|进入|跃|升|名次)[^，,。；]{0,12}$")
_RANKS = frozenset({"位", "名", ""})
_LASTING = re.compile(r"(?:连续|持续)(?:近|约|超过?)?$")
_QUOTED = re.compile(r"《[^《》]*》|“[^“”，,。；]{1,20}”|「[^「」，,。；]{1,20}」|\"[^\"，,。；]{1,20}\"")
_CHINESE = re.compile(r"[零〇一二两三四五六七八九十]+")
_ARABIC = re.compile(r"\d")
# A bare number is a measure where it ends its clause after an index, or counts people or things by the ten thousand.
_INDEX = re.compile(
    r"(?:指数|系数|比|值|得分|评分|分数|数)(?:稳定|保持|提高|上升|下降)*(?:在|达到?|为|至|到)*$"
)
_ENDS = re.compile(r"[，,。；;、)）\n]|$")
_SCALED = re.compile(r"[万亿]")
# Statistics are written with Arabic digits (GB/T 15835); a small numeral with a measure word is a manner of speaking.
_SMALL = 10


def why_left(folded: str, bound: Bound) -> Left | None:
    """Why a figure of a folded sentence measures nothing; None where it does."""
    figure = bound.figure
    told = folded[figure.start : figure.end]
    before, rest = folded[: figure.start], folded[figure.end :]
    if figure.unit in _DATES or (figure.unit == "个" and re.match(r"月(?!台|亮)|季度|星期|世纪", rest)):
        return Left.DATE if figure.unit in _DATES else Left.DURATION
    if any(match.start() < figure.start < match.end() for match in _QUOTED.finditer(folded)):
        return Left.NAME
    if figure.unit == "年":
        return None if _LASTING.search(before) and not rest.startswith("计划") else Left.DURATION
    if figure.ordinal:
        return None if figure.unit in _RANKS and _RANKED.search(before) else Left.ORDER
    if figure.unit in _NAMING:
        return Left.NAME
    if _is_word(told, bound):
        return Left.WORD
    if not figure.unit:
        return _why_bare_left(told, before, rest)
    return Left.THRESHOLD if _describes(bound, rest) else None


def _is_word(told: str, bound: Bound) -> bool:
    """一批, 两个, 八一: a small numeral before a measure word; 一倍, 三成 and 百分之五 are measured."""
    figure = bound.figure
    if figure.unit in {"", "%", "‰", "分之", "成", "倍", "番", RATIO} or _ARABIC.search(told):
        return False
    return figure.value <= _SMALL or bool(_CHINESE.match(told) and figure.value < 100 and "十" not in told)


def _why_bare_left(told: str, before: str, rest: str) -> Left | None:
    if not _ARABIC.search(told):
        return Left.WORD
    if _SCALED.search(told) and re.match(r"[\u4e00-\u9fff，。、；]|$", rest):
        return None
    return None if _ENDS.match(rest) and _INDEX.search(before) else Left.NAME


def _describes(bound: Bound, rest: str) -> bool:
    """Whether it only says which things are meant (60岁以上老年人, 超50亿元项目, 时速350公里高铁)."""
    figure = bound.figure
    counts = measure(figure.unit)[0] == figure.unit
    bounded = figure.bound in {"以上", "以下", "以内", "之内", "超", "超过"} or re.match(
        r"及其?以[上下]", rest
    )
    if figure.unit == "岁":
        return bool(bounded)
    return bool(bounded) and not counts and bool(re.match(r"(?:及其?以[上下])?的?[\u4e00-\u9fff]", rest))
