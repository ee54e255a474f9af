"""Which figure of a cited span an answer's words speak of: its own clause, or its item of a series (分别)."""

import re
from collections.abc import Sequence

from rag.answering.verification.contexts import CLAUSE_END, Context, Place, Series, say_town
from rag.lexical import tokenize

# Words that carry no topic between an indicator and its figure: 覆盖率为, 覆盖率稳定在, 覆盖率.
_LIGHT = "为是达到至了约近超过突破稳定在保持有共仅只已均都于:：…的 "
# Set by hand, not tuned, as is all below. Literal words weigh double: a clause that says the same before the figure is worth more than scattered words.
_LITERAL = 2.0
# A noun before one figure and after the other (52个园, 园52个) tells a little less.
_NOUN = 1.5
# What a word is worth in another place than the same one: earlier in the span, on the other side of the figure.
_EARLIER, _CROSSED = 0.5, 0.3
# Characters that count of what stands alike after both figures, and of a noun after one and before the other.
_RIGHT_MOST, _CROSSED_MOST = 4, 3
# A figure that the words speak of so much less than of another is the wrong one; items of one series must differ by
# so much to be told apart.
MARGIN, CLEAR = 0.5, 0.25


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
    crossed = max(_crossed(context.left, place.context.right), _crossed(place.context.left, context.right))
    return max(_LITERAL * literal, _NOUN * min(crossed, _CROSSED_MOST)) + _LITERAL * min(after, _RIGHT_MOST)


def _crossed(left: str, right: str) -> int:
    """Characters of the noun that stands before one figure and after the other: 幼儿园52个, 52个幼儿园."""
    left = left.rstrip(_LIGHT)
    noun = re.split(f"[#、{CLAUSE_END}]", right)[0]
    return next((size for size in range(len(noun), 1, -1) if left.endswith(noun[:size])), 0)


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
    left, verb = left.rstrip(_LIGHT), series.verbs[rank].rstrip(_LIGHT)
    said = len(verb) if verb and left.endswith(verb) else 0
    rest = left[: len(left) - said].rstrip(_LIGHT)
    item, last = series.items[rank], series.items[-1]
    if rank == len(series.items) - 1:
        return said + max(_suffix(rest, last[:cut]) for cut in range(len(last) + 1))
    shared = range(min(_suffix(rest, last), len(last) - 1) + 1)
    return said + max(length + _suffix(rest[: len(rest) - length], item) for length in shared)


def _overlap(left: Sequence[tuple[str, float]], right: Sequence[tuple[str, float]], place: Place) -> float:
    before, own = _own_words(place.context.left)
    after = re.split(f"[#、{CLAUSE_END}]", place.context.right)[0]
    if (series := place.series) is not None:
        shared = "" if place.rank == len(series.items) - 1 else f" {series.items[-1][2:]}"
        own = series.items[place.rank] + shared + series.verbs[place.rank]
        before = place.context.left.partition(series.whole)[0]
    score = 0.0
    for token, weight in left:
        score += weight * (
            1 if token in own else _EARLIER if token in before else _CROSSED if token in after else 0
        )
    for token, weight in right:
        score += weight * (1 if token in after else _CROSSED if token in own else 0)
    return score


def _own_words(left: str) -> tuple[str, str]:
    """The words before a figure: those earlier in the span, and those of its clause since the figure before.

    What stands between that one and a comma (园 of 52个园、30个厕所) belongs to neither.
    """
    cut = max(left.rfind(mark) for mark in f"#{CLAUSE_END}") + 1
    before, own = left[:cut], left[cut:]
    return (before, own.partition("、")[2]) if before.endswith("#") and "、" in own else (before, own)


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
    return own in say_town(asked)
