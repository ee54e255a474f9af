"""Follow-up questions: what they leave out is taken from the question before."""

import re
from collections.abc import Sequence

from rag.mentions import Coverage, Mention, find_regions, find_times
from rag.text import fold
from rag.types import Period, Region, Turn

_FOLLOW_UP = re.compile(
    r"^(那么?|还有|另外|再)|呢[?]?$|^(它|他|她|这个?|其)|^.{0,4}(详细|具体)(点|一点|些)?|^(and|what about|how about)\b"
)
_LEANING = re.compile(
    r"^(那么?|还有|另外|再)[,，]?|[呢?？]+$|^(它的?|他的?|她的?|这个?|其)|^(and|what about|how about)\b"
)
LONGEST = 40


def resolve(text: str, history: Sequence[Turn], coverage: Coverage) -> str:
    """A question that stands alone: a follow-up completed from the history, any other question as it is."""
    if not history or not is_follow_up(text):
        return text
    previous = resolve(history[-1].question, history[:-1], coverage)
    return complete(text, previous, coverage)


def is_follow_up(text: str) -> bool:
    """Whether a short question leans on the one before it: 那2022年呢, 它的目标是多少, what about Nanchang."""
    return len(text) <= LONGEST and bool(_FOLLOW_UP.search(fold(text).strip()))


def complete(text: str, previous: str, coverage: Coverage) -> str:
    """The previous question with the places and times of the follow-up in place of its own, and its new words."""
    places, times = find_regions(fold(text), coverage), find_times(fold(text), coverage)
    rest = _LEANING.sub("", _without(text, (*places, *times)).strip()).strip(" ，,。？?的")
    if places:
        previous = _replace(previous, find_regions(fold(previous), coverage), text, places)
    if times:
        previous = _replace(previous, find_times(fold(previous), coverage), text, times)
    return f"{previous.rstrip('？? ')}，{rest}？" if len(rest) > 1 else previous


def _replace(
    previous: str,
    old: Sequence[Mention[Region]] | Sequence[Mention[Period]],
    text: str,
    new: Sequence[Mention[Region]] | Sequence[Mention[Period]],
) -> str:
    """`previous` with its first old mention put as the new words, and the other old ones taken out."""
    words = "、".join(text[mention.start : mention.end] for mention in new)
    if not old:
        return words + previous
    head = previous[: old[0].start]
    return head + words + _without(previous, old)[len(head) :]


def _without(text: str, mentions: Sequence[Mention[Region] | Mention[Period]]) -> str:
    for mention in sorted(mentions, key=lambda mention: -mention.start):
        text = text[: mention.start] + text[mention.end :]
    return text
