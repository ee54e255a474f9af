"""The noun that stands after a figure and says what it counts (8个养老服务中心), where it belongs to its name."""

import re

from rag.answering.slots.bindings import RATIO, Bound
from rag.answering.slots.reading import Sentence
from rag.answering.units import measure
from rag.indicators.words import (
    DOING,
    DONE,
    HEAD,
    NEW_STATEMENT,
    NOUN_IS,
    NUMBERED,
    PERSON,
    PLAIN_OF,
    STAND_IN,
    VERB_AFTER,
    WITHIN,
)

_STOP = re.compile(r"[、，,；;。！？\n(]|\d")


def with_noun(sentence: Sentence, place: int, before: str) -> str:
    """The words before with the noun that a count stands before (打造8个养老服务中心)."""
    bound = sentence.bounds[place]
    after = noun_after(sentence, bound)
    if WITHIN.search(before) or (before.startswith("是") and before.endswith("的")):
        return ""
    if not after and _is_cut(sentence, bound):
        return ""
    if not after or PLAIN_OF.match(after):
        return before
    unit = bound.figure.unit
    before = STAND_IN.sub("", before)
    verb = HEAD.sub("", before)
    if is_count(unit):
        return (before if len(verb) <= 16 or verb.endswith("的") else "") + NOUN_IS.sub("", after)
    if after.startswith("的"):
        return ""
    if not verb or DOING.match(verb):
        return "" if VERB_AFTER.match(after) else before + after
    return before if VERB_AFTER.match(after) else ""


def is_count(unit: str) -> bool:
    """Whether a unit counts things or people, or stands for none (48万女生)."""
    return unit == "" or (measure(unit)[0] in {unit, "people"} and unit != RATIO)


def _is_cut(sentence: Sentence, bound: Bound) -> bool:
    """Whether the noun after a figure goes on beyond an enumeration (联合15家国家级、省级智库)."""
    return bool(re.match(r"[\u4e00-\u9fff]", sentence.folded[bound.figure.end : bound.after[1]]))


def noun_after(sentence: Sentence, bound: Bound) -> str:
    """The noun after a figure, brackets included; empty where it goes on beyond an enumeration or before a figure."""
    start, end = bound.after
    text, folded = sentence.text, sentence.folded
    if folded[start : start + 1] in {")", "”", "》"}:
        return ""
    if bound.figure.unit == "人" and PERSON.match(folded, start):
        start -= 1
    if bracket := re.match(r"\([^()]{1,6}\)", folded[start:]):
        start += bracket.end()
        end = max(end, start)
        if end == start:
            stop = _STOP.search(folded, start)
            end = stop.start() if stop else len(text)
    if end < len(text) and folded[end] == "(":
        close = folded.find(")", end)
        if close < 0:
            return ""
        stop = _STOP.search(folded, close + 1)
        end = stop.start() if stop else len(text)
    words = text[start:end].strip()
    following = folded[end : end + 1]
    if following == "、" and not NEW_STATEMENT.match(folded, end):
        return ""
    if following.isdigit() and (named := NUMBERED.match(folded, end)):
        stop = _STOP.search(folded, named.end())
        return text[start : stop.start() if stop else len(text)].strip()
    if following.isdigit():
        words = DONE.sub("", words).partition("的")[0]
        if words.endswith(("和", "与", "及", "跟")):
            return ""
    return words.rstrip('”"’') if "“" not in words else words
