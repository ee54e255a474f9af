"""The day of the most: what a question for it asks, and which figure of a sentence is said to be of it."""

import re

from rag.answering.slots.bindings import Bound

_ASKED = re.compile(
    r"最[多高大少低忙热][^，,。？?]{0,4}(?:那|这)?一?[天日](?!然|报|期)|(?:单日|一天|当天|哪一?天)[^，,。？?]{0,8}最[多高大少低]|单日最"
    r"|\b(?:most|highest|record|peak|maximum)\b.{0,40}\b(?:single|one) day\b|\bpeak day\b|\bdaily (?:peak|record|high)\b"
)
_DAY = "单日|当[天日]|一[天日]|日(?:均)?"
_TOLD = re.compile(
    rf"(?:{_DAY})[^，,。；;\d]{{0,12}}(?:最[高多大低少]|峰值|新高|极值)|(?:最[高多大低少]|峰值|新高)[^，,。；;\d]{{0,6}}(?:{_DAY})"
)


def is_of_no_peak(asked: str, folded: str, bound: Bound) -> bool:
    """Whether a folded question asks for the day of the most, and a figure of a folded sentence is not said to be of it.

    It is where its own clause says so, or the next one, which has no figure: 当天达到89.6万人次，为全年单日最高.
    """
    if not _ASKED.search(asked):
        return False
    start, end = bound.clause
    if _TOLD.search(folded, start, end):
        return False
    following = _TOLD.search(folded, end)
    return following is None or bool(re.search(r"\d|[。；;]", folded[end : following.start()]))
