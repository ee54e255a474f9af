"""Shares of what: the part and the whole that a question names (A占B的比重), and whether a figure is of another."""

import re

from rag.lexical import tokenize
from rag.synonyms import name_groups

_ASKED = re.compile(
    r"占(?!比|多|几|百分)(?:了|到)?(?P<whole>[^，,。？?占]{1,16}?)(?:的?比[重例]|的?比|的?份额|的?百分|的?多少|的?几成|的?多大)"
)
_TOLD = re.compile(
    r"占(?P<whole>[^，,；;。占\d]{1,16}?)(?:的?比[重例]|的?比)?(?:的|达到?|为|超过?|约|近|分别|提高|提升|上升|\d|$)"
)
_TIME = re.compile(r"(?:19|20)\d\d年|[今去前明]年")
_PLACE = re.compile(r"[全本我]?[国省市县区]|总")
# Names of the whole economy, of which reports use one and people another.
_ECONOMY = re.compile(r"gdp|生产总值|经济总量|国民经济|经济(?=$)")


def is_another_share(asked: str, told: str, topic: str) -> bool:
    """Whether a folded question asks for a share of something and a figure is another share.

    `told` are the figure's own words, `topic` those it carries on. Of another whole: 占全省GDP的比重 and
    占规模以上工业比重; or of another part: what stands before 占 has no word in common.
    """
    first, second = _ASKED.search(asked), _TOLD.search(told)
    if first is None or second is None:
        return False
    wholes = [_words(match["whole"]) for match in (first, second)]
    if all(wholes) and not wholes[0] & wholes[1]:
        return True
    parts = [
        _words(_TIME.sub("", words)) for words in (asked[: first.start()], topic + told[: second.start()])
    ]
    return all(parts) and not parts[0] & parts[1]


def _words(whole: str) -> frozenset[str]:
    named = _ECONOMY.sub("生产总值", _PLACE.sub("", whole))
    return frozenset(token for token in tokenize(named) if len(token) > 1) | name_groups(named)
