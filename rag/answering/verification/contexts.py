"""The words around each figure of a text, and the items of a series (分别) that its figures belong to."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.answering.figures import Figure

_BRACKETS = re.compile(r"\([^()]*\)")
_JOINT = re.compile(r"\s*[、,，和与及]\s*")
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
    """`items` (A, B) that stand before the verb and the figures of a series, in their order; `whole` is all of it."""

    items: tuple[str, ...]
    verb: str
    whole: str


@dataclass(frozen=True, slots=True)
class Place:
    """A figure of a span with its words; `series` and the `rank` of it there where it stands in one."""

    figure: Figure
    context: Context
    series: Series | None = None
    rank: int = 0


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
        if series is not None:
            for rank, index in enumerate(run):
                places[index] = Place(figures[index], places[index].context, series, rank)
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


def _read_series(text: str, figures: Sequence[Figure], run: Sequence[int]) -> Series | None:
    """The items that the figures of a run belong to; None where they are not as many."""
    start = figures[run[0]].start
    previous = figures[run[0] - 1].end if run[0] else 0
    head = max(previous, 1 + max(text.rfind(mark, 0, start) for mark in CLAUSE_END))
    respectively = _RESPECTIVELY.search(text, head, start)
    if respectively and not text[head : respectively.start()].strip():
        head = max(previous, 1 + max(text.rfind(mark, 0, max(head - 1, 0)) for mark in CLAUSE_END))
    cut = respectively.start() if respectively else start
    verb = _plain(text[respectively.end() : start]) if respectively else ""
    listed = _plain(text[head:cut]).strip(CLAUSE_END)
    for separator in (r"、", r"、|以及|[和与及]"):
        items = [item for item in re.split(separator, listed) if item]
        if len(items) == len(run):
            return Series(tuple(items), verb, listed + verb)
    if len(run) == 2 and "城乡" in listed:
        pair = tuple(listed.replace("城乡", half, 1) for half in "城乡")
        return Series(pair, verb, listed + verb)
    return None
