"""Which figure of a cited span an answer's words speak of: its own clause, or its item of a series (分别)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.answering.figures import Figure
from rag.lexical import tokenize

# Words that carry no topic between an indicator and its figure: 覆盖率为, 覆盖率稳定在, 覆盖率.
_LIGHT = "为是达到至了约近超过突破稳定在保持有共仅只已均都于、，,:：…的 "
_BRACKETS = re.compile(r"\([^()]*\)")
_JOINT = re.compile(r"\s*[、,，和与及]\s*")
_RESPECTIVELY = re.compile(r"分别|依次|各自")
_CLAUSE_END = "，,；;。：:！？!?\n"
# Literal words weigh double: a clause that says the same before the figure is worth more than scattered words.
_LITERAL = 2.0
# What a word is worth in another place than the same one: earlier in the span, on the other side of the figure.
_EARLIER, _CROSSED = 0.5, 0.3
_RIGHT_MOST = 4
# A figure that the words speak of so much less than of another is the wrong one; items of one series must differ by
# so much to be told apart.
MARGIN, CLEAR = 0.5, 0.25


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
    return _town(_RESPECTIVELY.sub("", "".join(_BRACKETS.sub("", text).split()).replace("…", "")))


def _town(text: str) -> str:
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
    head = max(previous, 1 + max(text.rfind(mark, 0, start) for mark in _CLAUSE_END))
    respectively = _RESPECTIVELY.search(text, head, start)
    if respectively and not text[head : respectively.start()].strip():
        head = max(previous, 1 + max(text.rfind(mark, 0, max(head - 1, 0)) for mark in _CLAUSE_END))
    cut = respectively.start() if respectively else start
    verb = _plain(text[respectively.end() : start]) if respectively else ""
    listed = _plain(text[head:cut]).strip(_CLAUSE_END)
    for separator in (r"、", r"、|以及|[和与及]"):
        items = [item for item in re.split(separator, listed) if item]
        if len(items) == len(run):
            return Series(tuple(items), verb, listed + verb)
    if len(run) == 2 and "城乡" in listed:
        pair = tuple(listed.replace("城乡", half, 1) for half in "城乡")
        return Series(pair, verb, listed + verb)
    return None


def find_spoken(context: Context, places: Sequence[Place], asked: str) -> tuple[tuple[Place, float], ...]:
    """The places of a span, each with how well the words around an answer's figure speak of it.

    `asked` is the folded question; it stands in for the words where the answer has none.
    """
    if context.is_bare:
        words = tuple((token, 1.0) for token in dict.fromkeys(tokenize(asked)))
        return tuple((place, _overlap(words, (), place)) for place in places)
    left, right = _weighted(context.left), tuple((token, 0.5) for token in tokenize(context.right[:8]))
    return tuple((place, _literal(context, place) + _overlap(left, right, place)) for place in places)


def _weighted(left: str) -> tuple[tuple[str, float], ...]:
    """Tokens of the words before a figure since the one before it; the nearer the figure the weightier."""
    own = left[left.rfind("#") + 1 :]
    pairs = [own[i : i + 2] for i in range(len(own) - 1)] or [own]
    return tuple(
        (pair, 1 / (1 + (len(pairs) - 1 - i) / 4))
        for i, pair in enumerate(pairs)
        if re.fullmatch(r"\w+", pair)
    )


def _literal(context: Context, place: Place) -> float:
    """Characters that stand the same before and after both figures, doubled."""
    literal = _same_end(context.left, place.context.left)
    if place.series is not None and not _quotes(context, place):
        literal = _same_item(context.left, place.series, place.rank)
    after = next(
        (i for i, (a, b) in enumerate(zip(context.right, place.context.right, strict=False)) if a != b),
        min(len(context.right), len(place.context.right)),
    )
    return _LITERAL * (literal + min(after, _RIGHT_MOST))


def _same_end(one: str, other: str) -> int:
    """Characters that both end in, light words set aside."""
    return max(_suffix(one, other), _suffix(one.rstrip(_LIGHT), other.rstrip(_LIGHT)))


def _suffix(one: str, other: str) -> int:
    count = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a != b:
            break
        count += 1
    return count


def _same_item(left: str, series: Series, rank: int) -> int:
    """Characters in which the words before a figure end like an item of the series with its verb.

    What the last item says for all (收入 of 城镇、农村居民收入) may follow any of them, or be left out.
    """
    left, verb = left.rstrip(_LIGHT), series.verb.rstrip(_LIGHT)
    said = len(verb) if verb and left.endswith(verb) else 0
    rest = left[: len(left) - said].rstrip(_LIGHT)
    item, last = series.items[rank], series.items[-1]
    if rank == len(series.items) - 1:
        return said + max(_suffix(rest, last[:cut]) for cut in range(len(last) + 1))
    shared = range(min(_suffix(rest, last), len(last) - 1) + 1)
    return said + max(length + _suffix(rest[: len(rest) - length], item) for length in shared)


def _overlap(left: Sequence[tuple[str, float]], right: Sequence[tuple[str, float]], place: Place) -> float:
    own = re.split(f"[#{_CLAUSE_END}]", place.context.left)[-1]
    after = re.split(f"[#、{_CLAUSE_END}]", place.context.right)[0]
    before = place.context.left
    if (series := place.series) is not None:
        shared = "" if place.rank == len(series.items) - 1 else f" {series.items[-1][2:]}"
        own = series.items[place.rank] + shared + series.verb
        before = before.partition(series.whole)[0]
    score = 0.0
    for token, weight in left:
        score += weight * (
            1 if token in own else _EARLIER if token in before else _CROSSED if token in after else 0
        )
    for token, weight in right:
        score += weight * (1 if token in after else _CROSSED if token in own else 0)
    return score


def _quotes(context: Context, place: Place) -> bool:
    """Whether the words before a figure hold the whole series as it stands before the place."""
    return place.series is not None and _same_end(context.left, place.context.left) >= len(place.series.whole)


def is_unclear(
    context: Context, chosen: Place, spoken: Sequence[tuple[Place, float]], asked: str, alone: bool
) -> bool:
    """Whether the words do not tell which item of a series a figure belongs to, or tell of another than is asked.

    `asked` is the folded question, `alone` that the claim shows no other figure.
    """
    series = chosen.series
    if series is None:
        return False
    named = {rank for rank, item in enumerate(series.items) if _names(asked, item, rank, len(series.items))}
    if _quotes(context, chosen):
        return alone and len(named) == 1 and chosen.rank not in named
    score = next(score for place, score in spoken if place is chosen)
    rivals = [
        place
        for place, other in spoken
        if place.series is series and place.figure.amount != chosen.figure.amount and other >= score - CLEAR
    ]
    return bool(rivals) and named != {chosen.rank}


def _names(asked: str, item: str, rank: int, count: int) -> bool:
    """Whether the question holds the words of an item that are its own: the first ends, the last begins with them."""
    size = min(len(item), 3)
    own = item[-size:] if rank == 0 else item[:size] if rank == count - 1 else item
    return own in _town(asked)
