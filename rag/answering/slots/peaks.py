"""The day of the most: what a question for it asks, and which figure of a sentence is said to be of it."""

import re

from rag.answering.slots.bindings import Bound

_ASKED = re.compile(
    r"最[多高大少低忙热][^，,。？?]{0,4}(?:那|这)?一?[天日](?=$|[，,？?是有来接达的多几时])|(?:单日|一天)[^，,。？?]{0,8}最[多高大少低]|单日最"
    r"|\b(?:most|highest|record|peak|maximum)\b.{0,40}\b(?:single|one) day\b|\bpeak day\b|\bdaily (?:peak|record|high)\b"
)
_PEAK = re.compile(r"最[高多大低少]|高峰|峰值|新高|新低|纪录|极值")
_CLAUSE_END = re.compile(r"[，,。；;]")
_DATE = re.compile(r"\d+[年月日号]")


def is_of_no_peak(asked: str, folded: str, bound: Bound) -> bool:
    """Whether a folded question asks for the day of the most, and a figure of a folded sentence is not said to be of it.

    It is where its own clause says so, the next one (当天达到89.6万人次，为全年单日最高) or the one before
    (客流创单日新高，接待游客18万人次), where these have no figure of their own.
    """
    if not _ASKED.search(asked):
        return False
    start, end = bound.clause
    if _PEAK.search(folded, start, end):
        return False
    before = _CLAUSE_END.split(folded[:start].rstrip("，,。；; "))[-1]
    after = _CLAUSE_END.split(folded[end:])[0]
    return not any(
        _PEAK.search(part) and not re.search(r"\d", _DATE.sub("", part)) for part in (before, after)
    )
