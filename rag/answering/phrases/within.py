"""Two things compared in one clause of the reports: 城镇、农村居民收入分别增长4.2%、7.1%."""

import re
from decimal import Decimal

from rag.answering.figures import find_figures
from rag.lexical import tokenize

_COMPARES = re.compile(
    r"(?P<first>[^,，?？]{2,24}?)(?:得|的)?比(?P<second>[^,，?？]{2,16}?)(?:还|更|要|得)*(?P<way>高|低|多|少|快|慢|大|小|好|差)"
)
_LESS = frozenset("低少慢小差")
_FALLS = re.compile(r"下降|降低|减少|回落|缩小|压减")
_EARLIER = re.compile(r"[上前去](?:一)?年|年初|同期|以往|过去|预期|计划|目标")


def compare_within(asked: str, clause: str) -> bool | None:
    """Whether the first of two things that a folded question compares is as it says, by a folded clause's figures.

    None where the clause does not give a figure of one unit for each.
    """
    match = _COMPARES.search(asked)
    if not match or _EARLIER.search(match["second"]):
        return None
    values = _respective(match, clause) or (
        _figure_of(match["first"], clause),
        _figure_of(match["second"], clause),
    )
    first, second = values
    if first is None or second is None:
        return None
    return first < second if match["way"] in _LESS else first > second


def _respective(match: re.Match[str], clause: str) -> tuple[Decimal, Decimal] | None:
    """The two figures after 分别, in the order in which the clause names the two things."""
    head, separator, tail = clause.partition("分别")
    figures = [figure.value for figure in find_figures(tail) if figure.unit]
    places = [_place(match[group], head) for group in ("first", "second")]
    if not separator or len(figures) != 2 or min(places) < 0:
        return None
    return (figures[0], figures[1]) if places[0] < places[1] else (figures[1], figures[0])


def _place(name: str, text: str) -> int:
    """Where a text first holds a word of a name that the other does not hide; -1 where it holds none."""
    found = [text.find(token) for token in tokenize(name) if len(token) > 1 and token in text]
    return min(found, default=-1)


def _figure_of(name: str, clause: str) -> Decimal | None:
    """The figure of the part of a clause that has most of a name's words; below zero where it fell."""
    words = set(tokenize(name))
    parts = [part for part in re.split("[,;。]", clause) if any(figure.unit for figure in find_figures(part))]
    best = max(parts, key=lambda part: len(words & set(tokenize(part))), default="")
    if not words & set(tokenize(best)):
        return None
    value = next(figure.value for figure in find_figures(best) if figure.unit)
    return -value if _FALLS.search(best) else value
