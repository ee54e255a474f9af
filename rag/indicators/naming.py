"""The indicator that a figure is of, in the report's own words; empty where they do not settle it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answering.sentences import split_clauses
from rag.answering.slots.aspects import SHARES
from rag.answering.slots.bindings import Bound
from rag.answering.slots.reading import Sentence
from rag.answering.units import measure
from rag.indicators.nouns import is_count, noun_after, with_noun
from rag.indicators.sifting import Left, why_left
from rag.indicators.words import (
    CHANGE_ONLY,
    DOING,
    EACH,
    FROM_BEFORE,
    HEAD,
    MEASURES,
    NEW,
    PLANNED,
    POINTING,
    RANK,
    RANKED_BY,
    RELATING,
    SUMMED,
    TAIL,
)

LONGEST = 40
"""Characters of an indicator; words that run longer tell a story."""

_LISTED = re.compile(r"等$")
_PAIRS = (("（", "）"), ("(", ")"), ("“", "”"), ("《", "》"), ("「", "」"))


@dataclass(frozen=True, slots=True)
class Name:
    """An indicator, and whether the words before it say that its figure is added up (累计) or new (新增)."""

    text: str
    summed: bool = False
    added: bool = False


def name_figures(sentence: Sentence) -> tuple[Name, ...]:
    """The indicator of each figure of a sentence; 新增 and 累计 hold of a whole list (新增园区8家、基地10个)."""
    names: list[Name] = []
    for place, bound in enumerate(sentence.bounds):
        name = _name(sentence, place, names)
        listed = place and bound.own and sentence.text[bound.own[0][0]] == "、" and not bound.bare
        if listed and sentence.bounds[place - 1].clause == bound.clause and not (name.added or name.summed):
            name = replace(name, added=names[-1].added, summed=names[-1].summed)
        names.append(name)
    return tuple(names)


def _name(sentence: Sentence, place: int, known: Sequence[Name]) -> Name:
    """The indicator by the words of its own clause, and those of the figure whose topic it carries on."""
    bound = sentence.bounds[place]
    text = sentence.text
    own = "".join(bound.alias if (start, end) == bound.short else text[start:end] for start, end in bound.own)
    if bound.figure.ordinal:
        return _name_rank(sentence, place, known, own)
    if bound.figure.unit == "年":
        return _name_lasting(sentence, place, known, own)
    if bound.bare:
        return _name_bare(sentence, place, known, own)
    if bound.rivals and _lacks_measure(sentence, bound):
        return Name("")
    before = _before(sentence, place, known, own)
    return _finish(with_noun(sentence, place, before), own)


def _lacks_measure(sentence: Sentence, bound: Bound) -> bool:
    """Whether an item of a series is no measure though another is: what they share is not told (公园和保护区补偿标准)."""
    if bound.figure.unit not in SHARES and measure(bound.figure.unit)[0] == bound.figure.unit:
        return False
    own = "".join(sentence.text[start:end] for start, end in bound.own[:-1])
    place = bound.own[0][0]
    others = [sentence.text[start:end] for start, end in bound.rivals if start > place]
    return not MEASURES.search(own) and any(MEASURES.search(other) for other in others)


def _name_lasting(sentence: Sentence, place: int, known: Sequence[Name], own: str) -> Name:
    """What lasted for years (连续5年): the words around the figure, without those of another span of years before."""
    bound = sentence.bounds[place]
    after = noun_after(sentence, bound)
    if len(after) < 2 or sentence.folded[bound.after[1] : bound.after[1] + 1].isdigit():
        return Name("")
    own = re.split(r"\d+年[、，,]?", own)[-1]
    topic = _topic(sentence, place, known) if bound.bare else ""
    return _finish(topic + _before(sentence, place, known, own, trim=False).strip("、，,") + after, own)


def _name_rank(sentence: Sentence, place: int, known: Sequence[Name], own: str) -> Name:
    """What is ranked: the words before 居全国, with 数量 or 增量 where that is what ranks."""
    bound = sentence.bounds[place]
    named = RANKED_BY.search(own)
    if bound.bare or len(RANK.sub("", own).strip("、，, ")) < 2:
        topic = _topic(sentence, place, known)
        return _finish(topic + (named["of"] if named and topic else ""), own)
    if _follows_figure(sentence, place):
        return Name("")
    ranked = RANK.sub("", own)
    return _finish(ranked if ranked != own else "", own)


def _name_bare(sentence: Sentence, place: int, known: Sequence[Name], own: str) -> Name:
    """The topic carried on; failing an earlier figure, a clause before that ends in a measure."""
    bound = sentence.bounds[place]
    after = noun_after(sentence, bound)
    if after and not re.search(r"[\u4e00-\u9fff]", own):
        return _finish(after, "")
    if part := re.match(r"[、，,\s]*其中(?P<part>[\u4e00-\u9fff]{2,})$", own):
        return _finish(part["part"], "")
    words = TAIL.sub("", HEAD.sub("", own).rstrip("、，, "))
    if len(words) >= 2 and not RELATING.match(words):
        return _finish(words, own)
    if topic := _topic(sentence, place, known):
        topic += words if words.startswith("占") else ""
        topic = NEW.sub("", topic) if re.search(r"总[数量]|累计", own) else topic
        said = own if re.search(r"[\u4e00-\u9fff]", own) else _topic_own(sentence, place)
        return _finish(topic, said)
    if bound.topic or any(each.figure.end > bound.clause[0] for each in sentence.bounds[:place]):
        return Name("")
    earlier = [each for each in split_clauses(sentence.text) if each.end <= bound.clause[0]]
    if not earlier or any(each.figure.start >= earlier[-1].start for each in sentence.bounds[:place]):
        return Name("")
    words = TAIL.sub("", earlier[-1].text.strip("，,、 "))
    return _finish(words, own) if MEASURES.search(words) and "、" not in words else Name("")


def _topic_own(sentence: Sentence, place: int) -> str:
    """The words of the figure before that a bare one beside it shares (新增改造小区1008个、39.09万户)."""
    previous = sentence.bounds[place - 1]
    return "".join(sentence.text[start:end] for start, end in previous.own) if place else ""


def _topic(sentence: Sentence, place: int, known: Sequence[Name]) -> str:
    """The words that the topic of a figure was named by; empty for a share of a whole list (A1家、B2家，占三分之一)."""
    bound = sentence.bounds[place]
    if not bound.topic:
        return ""
    source = max(
        (at for at in range(place) if not sentence.bounds[at].bare),
        default=None,
    )
    if source is None or sentence.bounds[source].figure.ordinal:
        return ""
    listed = sentence.text[slice(*sentence.bounds[source].own[0])].lstrip().startswith(("、", "和", "及"))
    if listed and bound.clause != sentence.bounds[source].clause:
        return ""
    return known[source].text


def _before(sentence: Sentence, place: int, known: Sequence[Name], own: str, trim: bool = True) -> str:
    """The words before a figure that name it: without a list's beginning, the colon before them, and 为 or 达到 after."""
    bound = sentence.bounds[place]
    own = re.split(r"[：:]", own)[-1] if not re.search(r"\d[：:]\d", own) else own
    if _LISTED.search(own) or own.rstrip().endswith(("、", "和", "与", "及")):
        return ""
    if place and own.startswith("占") and (whole := known[place - 1].text):
        own = whole + own
    if _follows_figure(sentence, place) and re.match(r"[\u4e00-\u9fff]{2,8}(?:共|累计)", own):
        return re.split(r"共|累计", own, maxsplit=1)[1]
    if _follows_figure(sentence, place) and not own.startswith(("、", "和", "及", "与")):
        own = _carry(sentence, place) + own
        if re.search(r"、|[和与及]", own) and is_count(bound.figure.unit):
            return ""
    own = EACH.sub("", PLANNED.sub("", FROM_BEFORE.sub("", own))) if trim else own
    while trim and (shorter := TAIL.sub("", own.rstrip("、，, 　"))) != own:
        own = shorter
    return own


def _follows_figure(sentence: Sentence, place: int) -> bool:
    """Whether nothing but its own words stands between a figure and the one before it (49个问题已完成36个)."""
    bound, previous = sentence.bounds[place], sentence.bounds[place - 1] if place else None
    return bool(
        previous
        and len(bound.own) == 1
        and bound.own[0][0] == previous.figure.end
        and sentence.text[previous.figure.end : previous.figure.end + 1].strip() not in {"", "、", "，", ","}
    )


def _carry(sentence: Sentence, place: int) -> str:
    """The words before the figure before, where they only say which things are counted (限期整改的49个问题).

    A figure that measures nothing is a part of the name (9大类资源回收量, 三次产业结构).
    """
    previous = sentence.bounds[place - 1]
    own = "".join(sentence.text[start:end] for start, end in previous.own)
    if why_left(sentence.folded, previous) in {Left.NAME, Left.WORD}:
        end = previous.figure.end
        is_noun = previous.figure.unit or sentence.text[end] in "大类"
        return sentence.text[previous.figure.start : end] if is_noun else ""
    return own if own.rstrip().endswith("的") else ""


def _finish(words: str, own: str) -> Name:
    """A name cleaned of what its sentence says besides; empty where what is left names nothing."""
    head = HEAD.match(words)
    opening = head[0] if head else ""
    text = "".join(words[len(opening) :].split())
    text = re.sub(r"(?:[的和及、：:—…]|(?<!参)与)+$", "", text)
    if not _is_name(text):
        return Name("")
    if own.startswith("、") and len(text) == 2 and "新增" not in own:
        return Name("")
    return Name(text, bool(SUMMED.search(opening + own)), "新增" in opening + own)


def _is_name(text: str) -> bool:
    """Whether words may name an indicator: some, not too many, brackets closed, not only pointing back."""
    return (
        2 <= len(text) <= LONGEST
        and len(re.findall(r"[\u4e00-\u9fffA-Za-z]", text)) >= 2
        and not re.search(r"(?:国家|[省市县区乡镇村])级$", text)
        and text[0] not in "的等了并之及和与"
        and all(text.count(a) == text.count(b) for a, b in _PAIRS)
        and not POINTING.fullmatch(text)
        and not DOING.match(text)
        and not CHANGE_ONLY.fullmatch(text)
    )
