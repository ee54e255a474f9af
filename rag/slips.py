"""Slips of writing by sound (景区 as 井区), and words of Taiwan (計程車): set right where the reports' own words say how."""

import unicodedata
from collections import defaultdict
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from rag.mentions import ASKING, Coverage, find_regions
from rag.text import fold, mainland_words

_FIRST, _LAST = 0x4E00, 0x9FFF
# Characters of grammar: they stand beside anything, so they tell nothing of their neighbours.
_GRAMMAR = frozenset(
    "的了是在有和与及或也都就把被从到对给让要会能可多少几哪个什么何怎谁这那此其之以为于吗呢吧啊呀讲说她他它们我你您一不没还又再更最很"
)
# Names and times end with these, so what follows is another word.
_ENDS = frozenset("年月日省市县区")
# A word that one neighbour alone tells is taken for what was meant where so many passages hold it. Set by hand.
LEAST = 2
# Share of the passages with the rarer of two characters in which they stand together, as those of one word do.
ONE_WORD = 0.2


def mend_slips(question: str, coverage: Coverage) -> str:
    """The question with each character that was written for another of its sound set right.

    A character is in doubt where the reports have it beside neither of its neighbours, and is set right where just one
    other makes words of the reports with them. Names of places are left alone.
    """
    folded = fold(question)
    known = [(mention.start, mention.end) for mention in find_regions(folded, coverage)]
    known += [match.span() for match in ASKING.finditer(folded)]
    for place in range(len(question)):
        if any(start <= place < end for start, end in known):
            continue
        if meant := _meant(fold(question), place, coverage):
            question = question[:place] + meant + question[place + 1 :]
    return question


def mend_words(question: str, coverage: Coverage) -> str:
    """A Traditional question with the mainland's words for those of Taiwan that no report has (計程車, 專案)."""
    folded, mended, end = fold(question), "", 0
    for start, stop in _unknown_runs(folded, coverage):
        plain, converted = folded[start:stop], fold(mainland_words(question[start:stop]))
        mended += question[end:start]
        for kind, a, b, first, last in SequenceMatcher(None, plain, converted).get_opcodes():
            in_word = (a == 0 and _knows_pair(folded, start - 1, coverage)) or (
                start + b == stop and _knows_pair(folded, stop - 1, coverage)
            )  # 本著, before 作
            taken = kind == "replace" and not in_word and _knows(converted, first, last, coverage)
            mended += converted[first:last] if taken else question[start + a : start + b]
        end = stop
    return mended + question[end:]


def _knows_pair(folded: str, place: int, coverage: Coverage) -> bool:
    """Whether the reports have the character at a place and the one after it beside each other, as a word."""
    pair = folded[max(place, 0) : place + 2]
    return len(pair) == 2 and _GRAMMAR.isdisjoint(pair) and coverage.frequency(pair) > 0


def _unknown_runs(folded: str, coverage: Coverage) -> list[tuple[int, int]]:
    """The runs of characters of which no report has any two beside each other, as they stand here."""
    runs: list[tuple[int, int]] = []
    for place, (first, second) in enumerate(pairwise(folded)):
        if _is_han(first) and _is_han(second) and not coverage.frequency(first + second):
            start = runs.pop()[0] if runs and runs[-1][1] > place else place
            runs.append((start, place + 2))
    return runs


def _knows(words: str, start: int, end: int, coverage: Coverage) -> bool:
    """Whether the reports have every two characters of a part of some words beside each other; one alone, beside a neighbour."""
    if end - start == 1:
        around = words[max(start - 1, 0) : end + 1]
        return any(coverage.frequency(first + second) for first, second in pairwise(around))
    return all(coverage.frequency(first + second) for first, second in pairwise(words[start:end]))


def _meant(folded: str, place: int, coverage: Coverage) -> str:
    """The one character that is meant at a place in doubt, else empty."""
    character = folded[place]
    if not _is_han(character) or character in _GRAMMAR:
        return ""
    beside = [(folded[place - 1 : place], "") if place else ("", ""), ("", folded[place + 1 : place + 2])]
    beside = [pair for pair in beside if _is_han("".join(pair) or " ")]
    if any(coverage.frequency(first + character + last) for first, last in beside):
        return ""
    telling = [pair for pair in beside if not _GRAMMAR.intersection(pair) and pair[0] not in _ENDS]
    alike = _sounding_like(character, coverage) if telling else ()
    meant = [other for other in alike if _makes_words(other, telling, coverage)]
    return meant[0] if len(meant) == 1 else ""


def _makes_words(character: str, beside: list[tuple[str, str]], coverage: Coverage) -> bool:
    """Whether the reports have a character beside both neighbours, or beside the only one mostly as one word."""
    pairs = [first + character + last for first, last in beside]
    counts = [coverage.frequency(pair) for pair in pairs]
    if len(pairs) > 1:
        return min(counts) > 0
    return counts[0] >= max(LEAST, ONE_WORD * min(map(coverage.frequency, pairs[0])))


def _is_han(character: str) -> bool:
    return _FIRST <= ord(character) <= _LAST


def _sounding_like(character: str, coverage: Coverage) -> list[str]:
    """The other characters of the reports that are read alike, tones aside."""
    alike = _by_sound()[_sound(character)]
    return [other for other in alike if other != character and coverage.frequency(other)]


@lru_cache(maxsize=1)
def _by_sound() -> dict[str, list[str]]:
    """Every character by its first reading."""
    by_sound = defaultdict(list)
    for code in range(_FIRST, _LAST + 1):
        by_sound[_sound(chr(code))].append(chr(code))
    return by_sound


def _sound(character: str) -> str:
    """The first reading of a character without its tone, empty where none is known."""
    from pypinyin.pinyin_dict import pinyin_dict

    reading = unicodedata.normalize("NFD", pinyin_dict.get(ord(character), "").split(",")[0])
    return "".join(letter for letter in reading if not unicodedata.combining(letter))
