"""What of a sentence is shown for a figure, without the figures beside it, and what of it is cited."""

import re

from rag.answering.lines import MAX_SPAN
from rag.answering.sentences import Piece, split_clauses, trim
from rag.answering.slots.bindings import Bound

# What was passed before it was reached stays: 占比突破50%、达53.6%.
_PASSED = re.compile(r"(?:突破|超过?)[\d.]+[^\s，,、]{0,6}[、，,]$")

# What a figure changed to is said by the next one: 由每人每年610元提高到 640元.
_CHANGED_TO = re.compile(
    r"(?<=[\d元个%人吨])(?:提高|提升|上升|增加|增长|扩大|调整|上调|升|增|下降|降低|减少|缩小|回落|压减|降|减)(?:到|至|为)$"
)

# A figure right before another is shown with it: 消防队19支486人.
_BESIDE = re.compile(r"\d[\d.,]*[\u4e00-\u9fff]{1,2}")
# How many stands with how much: 发放贷款0.86万笔、31.27亿元.
_HALVES = frozenset({"城镇", "农村"})
_MONEY = frozenset({"元", "美元"})
_COUNT_BESIDE = re.compile(r"\d[\d.,]*万?[笔件起宗项个户人家份套次处张批]、?")


def show(text: str, bound: Bound, both: bool = False) -> str:
    """The words that name the figure up to the noun it counts, with … for figures and items of others left out.

    Of a series over years or quarters the one that is the figure's is told (2021年 for 2020年至2024年).
    Where `both` of 城乡 are asked for, their clause stays whole.
    """
    ranges = [*bound.topic, *bound.own, (bound.figure.start, bound.figure.end), bound.after]
    if bound.alias in _HALVES and both:
        ranges = [bound.clause]
    if bound.topic and _PASSED.search(text[: bound.figure.start]):
        ranges = [(bound.topic[0][0], bound.after[1])]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if start >= end:
            continue
        if merged and (start <= merged[-1][1] or _is_beside(text, merged[-1][1], start, bound)):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    pieces = [
        _CHANGED_TO.sub("", _told(text, start, end, bound).strip("、，,；;。.．：: \n"))
        for start, end in merged
    ]
    return "…".join(piece for piece in pieces if piece)


def _told(text: str, start: int, end: int, bound: Bound) -> str:
    """A piece of a sentence; of a series over years or quarters with the one that is the figure's."""
    first, last = bound.short
    if bound.alias in _HALVES or not start <= first < last <= end:
        return text[start:end]
    return text[start:first] + bound.alias + text[last:end]


def _is_beside(text: str, end: int, start: int, bound: Bound) -> bool:
    """Whether nothing but a figure that is shown with the next one stands between."""
    if bound.figure.unit in _MONEY and _COUNT_BESIDE.fullmatch(text, end, start):
        return True
    return text[start] not in "、，," and _BESIDE.fullmatch(text, end, start) is not None


def cite(piece: Piece, bound: Bound) -> Piece:
    """The sentence, or where it is too long its clauses around the figure, within MAX_SPAN characters."""
    whole = trim(piece)
    if whole.end - whole.start <= MAX_SPAN:
        return whole
    clauses = split_clauses(piece.text)
    at = next((i for i, clause in enumerate(clauses) if clause.start <= bound.figure.start < clause.end), 0)
    first = last = at
    while True:
        if first > 0 and clauses[last].end - clauses[first - 1].start <= MAX_SPAN:
            first -= 1
        elif last + 1 < len(clauses) and clauses[last + 1].end - clauses[first].start <= MAX_SPAN:
            last += 1
        else:
            break
    start, end = clauses[first].start, min(clauses[last].end, clauses[first].start + MAX_SPAN)
    return trim(Piece(piece.text[start:end], piece.start + start, piece.start + end))
