"""English words, stemmed so that what a question says meets what a dictionary says, and English figures in Chinese."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Word:
    """A word that carries meaning, at `start`..`end` of its text: as written, in lower case, and its stem."""

    text: str
    stem: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A number at `start`..`end` of an English text, in the ways a Chinese report writes it (1.2 million: 120万)."""

    forms: tuple[str, ...]
    start: int
    end: int


NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
"""How many things a question may ask for, from two on, in words."""

_WORD = re.compile(r"(?<![a-z\d])[a-z]+(?:'[a-z]+)*(?![a-z\d])")
_OWNING = re.compile(r"'s?$")
# What a dictionary puts round a gloss: to sell sth, a kind of.
_FRAME = frozenset(["a", "an", "the", "to", "of", "be", "sb", "sth", "one's", "oneself"])
# Function words, and those that a question is built with.
_STOP = _FRAME.union((
    "this", "that", "these", "those", "and", "or", "but", "nor", "if", "as", "than", "then", "so", "in",
    "on", "at", "for", "from", "by", "with", "within", "without", "into", "onto", "over", "under", "up",
    "out", "off", "per", "via", "through", "about", "after", "before", "between", "during", "since",
    "until", "while", "am", "is", "are", "was", "were", "been", "being", "do", "does", "did", "doing",
    "done", "has", "have", "had", "having", "can", "could", "will", "would", "shall", "should", "may",
    "might", "must", "not", "no", "it", "its", "he", "his", "him", "she", "her", "they", "their",
    "them", "we", "our", "us", "you", "your", "i", "me", "my", "who", "whom", "whose", "which", "what",
    "when", "where", "why", "how", "whether", "there", "here", "many", "much", "any", "each", "every",
    "both", "all", "some", "such", "other", "only", "just", "also", "very", "too", "most", "more",
    "own", "same", "go", "goes", "went", "gone", "get", "gets", "got", "let", "put", "please", "tell",
    "give", "say", "etc", "esp", "eg", "ie",
))  # fmt: skip
_IRREGULAR = {
    "agreed": "agree", "became": "become", "began": "begin", "begun": "begin", "bought": "buy",
    "brought": "bring", "built": "build", "children": "child", "chose": "choose", "chosen": "choose",
    "driven": "drive", "drove": "drive", "fallen": "fall", "fell": "fall", "grew": "grow", "grown": "grow",
    "growth": "grow", "guaranteed": "guarantee", "held": "hold", "kept": "keep", "led": "lead",
    "left": "leave", "lives": "life", "lost": "lose", "made": "make", "men": "man", "met": "meet",
    "news": "news", "paid": "pay", "rebuilt": "rebuild", "risen": "rise", "rose": "rise", "seen": "see",
    "sent": "send", "shown": "show", "sold": "sell", "spent": "spend", "stood": "stand", "taken": "take",
    "taught": "teach", "taxis": "taxi", "took": "take", "used": "use", "using": "use", "women": "woman",
    "won": "win", "written": "write", "wrote": "write",
}  # fmt: skip
# Endings, as `stem` leaves them, that make one word of another: compensate, compensation; ecology, ecological.
_ENDINGS = (
    "", "i", "al", "at", "er", "ic", "iv", "li", "ful", "ion", "iti", "nes", "ical", "ment", "ation", "fulli",
)  # fmt: skip
_SHORTEST_BASE = 5
# British and American spelling alike, then final e, double l and y.
_SPELLINGS = tuple(
    (re.compile(pattern), ending)
    for pattern, ending in (
        (r"(?<=....)is(?=e$|ation$)", "iz"),
        (r"(?<=..[^aeiou])re$", "er"),
        (r"(?<=...)our$", "or"),
        (r"(?<=...)e$", ""),
        (r"(?<=...)ll$", "l"),
        (r"(?<=...)y$", "i"),
    )
)
_VOWEL = re.compile(r"[aeiouy]")
_FIGURE = re.compile(
    r"(?<![\w.])(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:(?P<order>st|nd|rd|th)|[\s-]*(?P<scale>thousand|million|billion|trillion))?(?:\s*(?P<percent>%|per ?cent))?(?![a-z\d])"
)
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_NUMERALS = "零一二三四五六七八九"


def split_words(text: str) -> tuple[Word, ...]:
    """The words of a text that carry meaning, in order; `text` is folded or at least in lower case."""
    words = []
    for match in _WORD.finditer(text.replace("’", "'")):
        word = _OWNING.sub("", match.group())
        if not {word, match.group()} & _STOP and not word.endswith("n't"):
            word = word.replace("'", "")
            words.append(Word(word, stem(word), match.start(), match.end()))
    return tuple(words)


def count_words(text: str) -> int:
    """How many words a gloss has, those of meaning and others, without what only frames it."""
    return sum(word not in _FRAME for word in _WORD.findall(text))


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """What the forms of a word have in common: no plural, -ed, -ing or final e; British and American spelling alike.

    Crude on purpose: it need not be a word, only the same for the forms of one.
    """
    word = _IRREGULAR.get(word, word)
    if word == "news":
        return word
    word = _cut_ending(_cut_plural(word))
    for pattern, ending in _SPELLINGS:
        word = pattern.sub(ending, word)
    return word


def find_relatives(stem: str) -> Iterator[str]:
    """Stems that words of the same base may have, those that keep most of this one first."""
    for ending in _ENDINGS:
        base = stem.removesuffix(ending)
        if stem.endswith(ending) and len(base) >= _SHORTEST_BASE:
            yield from (base + other for other in _ENDINGS if other != ending)


def _cut_plural(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes", "zes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _cut_ending(word: str) -> str:
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and not word.endswith("eed") and len(rest) > 2 and _VOWEL.search(rest):
            return rest[:-1] if rest[-1] == rest[-2] and rest[-1] not in "eolsz" else rest
    return word


def find_figures(text: str) -> tuple[Figure, ...]:
    """The numbers of a text in lower case, in order, each in the ways a Chinese report may write it."""
    return tuple(
        Figure(_chinese_forms(match), match.start(), match.end()) for match in _FIGURE.finditer(text)
    )


MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = "|".join(MONTHS)
_DATE = re.compile(
    rf"(?<!\w)(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})|(?P<first>{_MONTH}) (?P<number>\d{{1,2}})(?:st|nd|rd|th)?)(?!\w)"
)


def find_dates(text: str) -> tuple[Figure, ...]:
    """The days of the year of a text in lower case (20 May, May 20th), in order, as Chinese writes them: 5月20日."""
    return tuple(
        Figure(
            (
                f"{MONTHS.index(match['month'] or match['first']) + 1}月{int(match['day'] or match['number'])}日",
            ),
            match.start(),
            match.end(),
        )
        for match in _DATE.finditer(text)
    )


def _chinese_forms(match: re.Match[str]) -> tuple[str, ...]:
    value = Decimal(match["number"].replace(",", ""))
    if match["order"]:
        return (f"第{value}", f"第{_numeral(int(value))}") if value < 100 else (f"第{value}",)
    if match["percent"]:
        return (f"{value}%",)
    value *= _SCALES.get(match["scale"] or "", 1)
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        if value >= size:
            return (f"{(value / size).normalize():f}{unit}", f"{value.normalize():f}")
    return (f"{value:f}",)


def _numeral(value: int) -> str:
    """A number below 100 as Chinese writes it: 16 is 十六."""
    tens, ones = divmod(value, 10)
    if not tens:
        return _NUMERALS[ones]
    return f"{_NUMERALS[tens] if tens > 1 else ''}十{_NUMERALS[ones] if ones else ''}"
