"""The words around each figure of a text, and the items of a series (分别) that its figures belong to."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.answering.figures import Figure
from rag.answering.slots.series import spread_over

_BRACKETS = re.compile(r"\([^()]*\)")
_JOINT = re.compile(
    r"\s*(?:[,，]|[、和与及]\s*(?P<moved>(?:增长|上升|提高|增加|上涨|下降|降低|减少|回落|下跌)?))\s*"
)
_RESPECTIVELY = re.compile(r"分别|依次|各自")
CLAUSE_END = "，,；;。：:！？!?\n"


@dataclass(frozen=True, slots=True)
class Context:
    """The words before and after a figure, other figures blanked to #, brackets and blanks taken out."""

    left: str
    right: str

    @property
    def is_bare(self) -> bool:
        """Whether no word stands by the figure."""
        return not re.search(r"[\u3400-\u9fffa-z]", self.left + self.right)


@dataclass(frozen=True, slots=True)
class Series:
    """`items` (A, B) that stand before the verbs and the figures of a series, in their order; `whole` is all before them."""

    items: tuple[str, ...]
    verbs: tuple[str, ...]
    whole: str


@dataclass(frozen=True, slots=True)
class Place:
    """A figure of a span with its words; `series` and the `rank` of it there where it stands in one.

    `time` is the year or quarter that is its own of a series over several (2021年 of 2020年至2024年分别为).
    """

    figure: Figure
    context: Context
    series: Series | None = None
    rank: int = 0
    time: str = ""


def blank(text: str, figures: Sequence[Figure]) -> list[Context]:
    """The context of each figure of a folded text."""
    contexts = []
    for figure in figures:
        left = _mask(text, [f for f in figures if f.end <= figure.start], 0, figure.start)
        right = _mask(text, [f for f in figures if f.start >= figure.end], figure.end, len(text))
        contexts.append(Context(left, right))
    return contexts


def _mask(text: str, figures: Sequence[Figure], start: int, end: int) -> str:
    parts, position = [], start
    for figure in figures:
        parts += [text[position : figure.start], "#"]
        position = figure.end
    return _plain("".join([*parts, text[position:end]]))


def _plain(text: str) -> str:
    return say_town(_RESPECTIVELY.sub("", "".join(_BRACKETS.sub("", text).split()).replace("…", "")))


def say_town(text: str) -> str:
    """城乡居民 speaks of 城镇居民 and 农村居民 too."""
    return text.replace("城镇", "城").replace("农村", "乡")


def find_places(text: str, figures: Sequence[Figure]) -> tuple[Place, ...]:
    """Every figure of a folded span with its words."""
    places = [Place(f, c) for f, c in zip(figures, blank(text, figures), strict=True)]
    for run in _runs(text, figures):
        series = _read_series(text, figures, run)
        times = [] if series else _times(text, places, run)
        series = series or (None if times else _go_on(text, places, run))
        around = Context(places[run[0]].context.left, places[run[-1]].context.right)
        for rank, index in enumerate(run):
            if times:
                places[index] = replace(places[index], context=around, time=times[rank])
            elif series is not None:
                places[index] = replace(places[index], series=series, rank=rank)
    return tuple(places)


def _runs(text: str, figures: Sequence[Figure]) -> Iterator[list[int]]:
    """Figures that follow each other with nothing but a comma or 和 between them."""
    run = [0] if figures else []
    for index in range(1, len(figures)):
        if _JOINT.fullmatch(text[figures[index - 1].end : figures[index].start]):
            run.append(index)
            continue
        if len(run) > 1:
            yield run
        run = [index]
    if len(run) > 1:
        yield run


def _verbs(text: str, figures: Sequence[Figure], run: Sequence[int], verb: str) -> tuple[str, ...]:
    """What stands right before each figure of a run: its own verb (和下降0.7%), else that of the first."""
    verbs = [verb]
    for index in run[1:]:
        joint = _JOINT.fullmatch(text[figures[index - 1].end : figures[index].start])
        verbs.append(joint["moved"] or verb if joint else verb)
    return tuple(verbs)


def _times(text: str, places: Sequence[Place], run: Sequence[int]) -> list[str]:
    """The years or quarters that the figures of a run are of, one each; none where it runs over none."""
    start, first = places[run[0]].figure.start, run[0]
    clause = 1 + max(text.rfind(mark, 0, start) for mark in "。；;")
    respectively = _RESPECTIVELY.search(text, clause, start)
    if respectively is None:
        return []
    if earlier := [place.time for place in places[max(0, first - len(run)) : first] if place.time]:
        is_next = _GOES_ON.fullmatch(text, places[first - 1].figure.end, start) is not None
        return earlier if is_next and len(earlier) == len(run) else []
    spread = spread_over(text, respectively.start(), len(run))
    is_near = spread is not None and not any(
        spread[0][1] <= place.figure.start < respectively.start() for place in places
    )
    return spread[1] if spread and spread[0][0] >= clause and is_near else []


_GOES_ON = re.compile(r"[，,\s]*[^，,；;。\d]{0,12}(?:分别|依次|各自)[^，,；;。\d]{0,8}")
# How the items of the series right before it moved (，增长4.3%和7.1%).
_MOVES = re.compile(r"[，,][^，,；;。、\d]{0,8}(?:增长|上升|提高|增加|上涨|下降|降低|减少|回落|下跌)[了约]?")


def _read_series(text: str, figures: Sequence[Figure], run: Sequence[int]) -> Series | None:
    """The items that the figures of a run belong to; None where they are not as many."""
    start = figures[run[0]].start
    previous = max((f.end for f in figures[: run[0]] if not is_grade(text, f)), default=0)
    head = max(previous, 1 + max(text.rfind(mark, 0, start) for mark in CLAUSE_END))
    respectively = _RESPECTIVELY.search(text, head, start)
    if respectively and not text[head : respectively.start()].strip():
        head = max(previous, 1 + max(text.rfind(mark, 0, max(head - 1, 0)) for mark in CLAUSE_END))
    cut = respectively.start() if respectively else start
    verb = _plain(text[respectively.end() : start]) if respectively else ""
    verbs = _verbs(text, figures, run, verb)
    listed = _plain(text[head:cut]).strip(CLAUSE_END)
    for separator in (r"、", r"、|以及|[和与及]"):
        items = [item for item in re.split(separator, listed) if item]
        if len(items) == len(run):
            return Series(tuple(items), verbs, listed + verb)
    if "城乡" in listed:
        items = [listed] if len(run) == 2 else [item for item in re.split(separator, listed) if item]
        halves = [
            item.replace("城乡", half, 1) for item in items for half in ("城乡" if "城乡" in item else [""])
        ]
        if len(halves) == len(run):
            return Series(tuple(halves), verbs, listed + verb)
    return None


def is_grade(text: str, figure: Figure) -> bool:
    """Whether a numeral is the name of an item (一级、二级残疾人)."""
    return figure.unit in {"级", "类", "等", "期"} and not re.search(r"\d", text[figure.start : figure.end])


def _go_on(text: str, places: Sequence[Place], run: Sequence[int]) -> Series | None:
    """The series of what the one before it is of (同比分别增长), or the figures before it where they are as many."""
    first, start = run[0], places[run[0]].figure.start
    if not first:
        return None
    after = places[first - 1].figure.end
    moves = places[first - 1].series is not None and _MOVES.fullmatch(text, after, start)
    if not moves and not _GOES_ON.fullmatch(text, after, start):
        return None
    verb = _plain(text[after:start]).strip(CLAUSE_END)
    verb = re.split(r"[，,]", verb)[-1]
    verbs = _verbs(text, [place.figure for place in places], run, verb)
    series = places[first - 1].series
    if series is not None and len(series.items) == len(run):
        return Series(series.items, verbs, "".join(series.items) + verb)
    clause = 1 + max(text.rfind(mark, 0, start) for mark in "。；;：:")
    told = [p for p in places[:first] if p.figure.start >= clause and p.figure.unit not in _DATES]
    if len(told) != len(run) or any(place.series for place in told):
        return None
    items = tuple(re.split(r"[#，,]", place.context.left.rstrip("为达至到约"))[-1] for place in told)
    return Series(items, verbs, "".join(items) + verb) if all(items) else None


_DATES = frozenset({"年", "月", "日", "季度"})
