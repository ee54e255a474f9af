"""The weighty words of an English question, and how much of them a Chinese text tells."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.bilingual import Term
from rag.english import split_words, stem

# English words that carry no topic beside those that `rag.english` leaves out, as stems.
_LIGHT_WORDS = """
share percent percentage proportion rate number amount total figure value year years month end start goes
come came reach reached exact exactly long large big high low new old set plan planned target goal aim
report reports government according city province county region place level people person name average
overall actual actually first last next previous different difference compare higher lower kind sort type
main means mean meaning stand stands called use used make made take took part thing things according show
say said tell list describe explain during following one two three time times record recorded achieved
happen happened work worked build built
"""
_LIGHT = frozenset(stem(word) for word in _LIGHT_WORDS.split())
# What a word weighs that the dictionary cannot say in the corpus's words: whether they tell of it is unknown.
_UNTRANSLATED = 0.4


_HAN = re.compile(r"[\u3400-\u9fff]{2,}")


@dataclass(frozen=True, slots=True)
class EnglishWord:
    """A weighty English word and the Chinese that may stand for it, alone or with its neighbours."""

    text: str
    chinese: tuple[str, ...]


def find_english_content(folded: str, find_terms: Callable[[str], Sequence[Term]]) -> tuple[EnglishWord, ...]:
    """The weighty words of a folded English question without its places and times."""
    terms = find_terms(folded)
    named = tuple(EnglishWord(name, (name,)) for name in _HAN.findall(folded))
    return named + tuple(
        EnglishWord(
            word.text,
            tuple(term.chinese for term in terms if term.start < word.end and word.start < term.end),
        )
        for word in split_words(folded)
        if word.stem not in _LIGHT
    )


def share_told(words: Sequence[EnglishWord], text: str) -> float:
    """Share of the words of which a folded text has some translation; 1 when there are none."""
    if not words:
        return 1.0
    weights = [1.0 if word.chinese else _UNTRANSLATED for word in words]
    told = sum(
        weight
        for word, weight in zip(words, weights, strict=True)
        if word.text in text or any(chinese in text for chinese in word.chinese)
    )
    return told / sum(weights)
