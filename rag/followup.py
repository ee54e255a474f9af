"""Follow-up questions: what they leave out is taken from the question before."""

import re
from collections.abc import Sequence

from rag.mentions import ASKING, Coverage, Mention, find_regions, find_times
from rag.text import fold
from rag.types import Period, Region, Turn

_FOLLOW_UP = re.compile(
    r"^(那么?|还有|另外|再)|呢[?]?$|^(它|他|她|这个?|其)|^.{0,4}(详细|具体)(点|一点|些)?|^(and|what about|how about)\b"
)
_LEANING = re.compile(
    r"^(那么?|还有|另外|再)[,，]?|[呢?？]+$|^(它的?|他的?|她的?|这个?|其)|^(and|what about|how about)\b"
)
# 水产呢, what about pigs: a new topic, no attribute of the old one.
_TOPIC = re.compile(r"呢[?]?$|^(and|what about|how about)\b")
_ATTRIBUTE = re.compile(
    r"目标|计划|预期|增速|增幅|占比|比重|排名|排第几|排|原因|实际|结果|完成|准备|打算|要|建|有|是|在|的|了|各|还|又"
)
_HOW_MANY = re.compile(r"多少|百分之几|几成|how (many|much)")
LONGEST = 40
# A question with no more own words than this has no topic of its own (南昌今年准备建多少亩).
FEWEST = 2


def resolve(text: str, history: Sequence[Turn], coverage: Coverage) -> str:
    """A question that stands alone: a follow-up completed from the history, any other question as it is."""
    if not history or not is_follow_up(text, coverage):
        return text
    previous = resolve(history[-1].question, history[:-1], coverage)
    return complete(text, previous, coverage)


def is_follow_up(text: str, coverage: Coverage) -> bool:
    """Whether a short question leans on the one before it: 那2022年呢, 它的目标是多少, 在中部排第几."""
    if len(text) > LONGEST:
        return False
    folded = fold(text).strip()
    return bool(_FOLLOW_UP.search(folded)) or len(_own_words(folded, coverage)) <= FEWEST


def _own_words(folded: str, coverage: Coverage) -> str:
    """What a question says besides places, times and asking: its topic."""
    bare = _without(folded, (*find_regions(folded, coverage), *find_times(folded, coverage)))
    return re.sub(r"[\W\d]", "", ASKING.sub("", _ATTRIBUTE.sub("", bare)))


def complete(text: str, previous: str, coverage: Coverage) -> str:
    """The previous question with what the follow-up names put in place of its own.

    A place or time takes the place of the old one; a new topic (水产呢) takes the place of the old topic; an
    attribute (它的目标是多少) is added to it.
    """
    places, times = find_regions(fold(text), coverage), find_times(fold(text), coverage)
    rest = _LEANING.sub("", _without(text, (*places, *times)).strip()).strip(" ，,。？?的")
    if places:
        previous = _replace(previous, find_regions(fold(previous), coverage), text, places)
    if times:
        previous = _replace(previous, find_times(fold(previous), coverage), text, times)
    if len(rest) < 2:
        return previous
    if _TOPIC.search(fold(text)) and not _ATTRIBUTE.fullmatch(fold(rest)):
        return f"{_keep(previous, coverage)}{rest}{_asking_words(previous)}？"
    return f"{previous.rstrip('？? ')}，{rest}？"


def _keep(previous: str, coverage: Coverage) -> str:
    """The places and times of a question."""
    folded = fold(previous)
    regions, times = find_regions(folded, coverage), find_times(folded, coverage)
    places = sorted([*((m.start, m.end) for m in regions), *((m.start, m.end) for m in times)])
    return "".join(previous[start:end] for start, end in places)


def _asking_words(previous: str) -> str:
    match = _HOW_MANY.search(fold(previous))
    return match.group() if match else ""


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
