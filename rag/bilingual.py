"""English questions to the Chinese words of the corpus: a table made from a dictionary when the index is built.

Kept are the words that the corpus itself uses, with how often it does. What the dictionary lacks is put together
from neighbouring words (green + electricity) or spelled from its pinyin, where the corpus has the characters in a row.
"""

import math
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import pairwise, product
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from rag.english import Word, find_dates, find_figures, find_relatives, split_words, stem
from rag.text import fold

if TYPE_CHECKING:
    from rag.cedict import Entry

Frequency: TypeAlias = Callable[[str], int]
"""In how many passages a token stands (`Lexical.document_frequency`)."""

MOST_PER_WORD = 2
# Words of a gloss; what is longer explains and does not translate.
_LONGEST_GLOSS = 6
# Translations kept of an English key, and those of one length that are tried in compounds.
_KEPT, _TRIED = 8, 4
# What a word of a longer gloss is worth against the gloss.
_PART = 0.25
# What a term of statistics or government is worth against a dictionary's first gloss.
_TERM = 2.0
# Two words are joined where the joint stands in this share of the passages of the rarer one.
_JOINED = 0.1
# Spellings of one name that are followed from syllable to syllable, and letters of the longest name spelled.
_SPELLINGS, _LONGEST_NAME = 16, 24
_SYLLABLE, _LONGEST_SYLLABLE = "~", 6
_HAN = re.compile(r"[\u3400-\u9fff]+")
# Latin letters and digits in one token, as the lexical search cuts them: 5g, pm2.5, 16th.
_MIXED = re.compile(r"(?=[\d.\-]*[a-z])(?=[a-z.\-]*\d)[a-z\d]+(?:[.\-][a-z\d]+)*")


@dataclass(frozen=True, slots=True)
class Term:
    """Words to search for, from `start`..`end` of the English text; a higher weight is a surer translation."""

    chinese: str
    weight: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Translation:
    """A word of the corpus for an English key: `share` is 1 for a word's first gloss, less for others, `count` texts."""

    chinese: str
    share: float
    count: int

    @property
    def weight(self) -> float:
        """A surer gloss and a more frequent word weigh more."""
        return self.share * math.log1p(self.count)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What may stand for the English words `first`..`last` (exclusive)."""

    chinese: str
    weight: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Bilingual:
    """The table: UTF-8 lines `key TAB word share count word share count ...`, sorted, best word first.

    A key is an English gloss in stems, or ~ and a syllable of pinyin for the characters it may write. The lines stay
    one piece of bytes, which opens at once however large the corpus.
    """

    table: bytes

    @classmethod
    def build(cls, texts: Iterable[str]) -> "Bilingual":
        """The table for the words in these texts."""
        return cls.of(count_words(texts))

    @classmethod
    def of(cls, counts: Counter[str]) -> "Bilingual":
        """The table for words that are known to stand in so many texts, as `count_words` counts them."""
        from rag.cedict import read_entries
        from rag.glossary import read_glossary

        entries, terms = read_entries(), tuple(read_glossary())
        table: dict[str, dict[str, float]] = defaultdict(dict)
        for entry in entries:
            if counts[entry.word]:
                for key, share in _keys(entry):
                    table[key][entry.word] = max(table[key].get(entry.word, 0.0), share)
        for english, word in terms:
            if counts[word]:
                key = " ".join(each.stem for each in split_words(english))
                table[key][word] = max(table[key].get(word, 0.0), _TERM)
        return cls("".join(_show(key, table[key], counts) for key in sorted(table)).encode("utf-8"))

    def save(self, path: Path) -> None:
        """Write the table."""
        path.write_bytes(self.table)

    @classmethod
    def load(cls, path: Path) -> "Bilingual":
        """Open what `save` wrote."""
        return cls(path.read_bytes())

    def translate(
        self, english: str, frequency: Frequency, most_per_word: int = MOST_PER_WORD
    ) -> tuple[Term, ...]:
        """What to search for in the corpus, in the order of the English text.

        At most `most_per_word` translations of each word and one of each two neighbours joined; figures as Chinese
        writes them; Chinese in the text and Latin words that the corpus has, as they are.
        """
        folded = fold(english)
        words = [self._with_known_stem(word) for word in split_words(folded)]
        choices = [
            *_best([*self._phrases(words), *self._names(words, frequency)], most_per_word),
            *self._compounds(words, frequency),
        ]
        terms = [
            Term(each.chinese, round(each.weight, 2), words[each.first].start, words[each.last - 1].end)
            for each in choices
        ]
        terms += _untranslated(folded, words, frequency)
        unique = {term.chinese: term for term in reversed(terms)}
        return tuple(sorted(unique.values(), key=lambda term: (term.start, -term.weight, term.chinese)))

    def _find(self, key: str) -> tuple[_Translation, ...]:
        """Words for a key, best first."""
        head = f"{key}\t".encode()
        line = self._line_at(bisect_left(range(len(self.table)), head, key=self._line_at))
        if not line.startswith(head):
            return ()
        fields = line[len(head) :].decode("utf-8").split(" ")
        return tuple(
            _Translation(chinese, float(share), int(count))
            for chinese, share, count in zip(fields[::3], fields[1::3], fields[2::3], strict=True)
        )

    def _line_at(self, offset: int) -> bytes:
        """The line that holds the byte at an offset, without its end; empty after the last."""
        start = self.table.rfind(b"\n", 0, offset) + 1
        return self.table[start : self.table.find(b"\n", start)]

    def _with_known_stem(self, word: Word) -> Word:
        """The word, or with the stem of a relative where the table has only that: compensation, to compensate."""
        if self._find(word.stem):
            return word
        known = (relative for relative in find_relatives(word.stem) if self._find(relative))
        return replace(word, stem=next(known, word.stem))

    def _phrases(self, words: Sequence[Word]) -> Iterator[_Choice]:
        """What the dictionary has for words and runs of words; it counts for each word that it covers."""
        for first in range(len(words)):
            for last in range(first + 1, min(first + _LONGEST_GLOSS, len(words)) + 1):
                for each in self._find(" ".join(word.stem for word in words[first:last])):
                    if len(each.chinese) > 1:
                        yield _Choice(each.chinese, each.weight * (last - first), first, last)

    def _compounds(self, words: Sequence[Word], frequency: Frequency) -> Iterator[_Choice]:
        """The best pair of translations of neighbours that the corpus joins: green + electricity, 绿 + 电, 绿电."""
        tried = [self._try(word) for word in words]
        for first, (left, right) in enumerate(pairwise(tried)):
            joined = [
                _Choice(chinese, math.sqrt(one.share * other.share) * math.log1p(count), first, first + 2)
                for one, other in product(left, right)
                if (count := _rarest(chinese := one.chinese + other.chinese, frequency))
                >= max(1, _JOINED * min(one.count, other.count))
            ]
            yield from sorted(joined, key=_by_weight)[:1]

    def _try(self, word: Word) -> list[_Translation]:
        """The best words of several characters and the best characters."""
        found = self._find(word.stem)
        long = [each for each in found if len(each.chinese) > 1]
        return long[:_TRIED] + [each for each in found if len(each.chinese) == 1][:_TRIED]

    def _names(self, words: Sequence[Word], frequency: Frequency) -> Iterator[_Choice]:
        """Names that the dictionary lacks, from their pinyin."""
        for place, word in enumerate(words):
            if len(word.text) <= _LONGEST_NAME and not self._find(word.stem):
                for name in self._spell(word.text, frequency):
                    yield _Choice(name, math.log1p(_rarest(name, frequency)), place, place + 1)

    def _spell(self, letters: str, frequency: Frequency) -> list[str]:
        """Characters in a row in the corpus that these letters may write, at least two."""
        names: list[str] = []
        begun = list(self._first_syllables(letters))
        while begun:
            longer = [
                (name + character, left)
                for name, rest in begun
                for character, left in self._first_syllables(rest)
                if frequency(name[-1] + character)
            ]
            names += [name for name, left in longer if not left]
            unfinished = [each for each in longer if each[1]]
            begun = sorted(unfinished, key=lambda each: (-_rarest(each[0], frequency), each))[:_SPELLINGS]
        return names

    def _first_syllables(self, letters: str) -> Iterator[tuple[str, str]]:
        """Each character that the first letters may write, with the letters left."""
        for size in range(1, min(_LONGEST_SYLLABLE, len(letters)) + 1):
            for each in self._find(_SYLLABLE + letters[:size]):
                yield each.chinese, letters[size:]


def count_words(texts: Iterable[str]) -> Counter[str]:
    """In how many texts each word of the dictionary and the glossary stands, those that stand in any."""
    from rag.cedict import read_entries
    from rag.glossary import read_glossary

    terms = {word for _, word in read_glossary()}
    return _count(texts, {entry.word for entry in read_entries()} | terms)


def _count(texts: Iterable[str], words: AbstractSet[str]) -> Counter[str]:
    """In how many texts each of the words stands."""
    longer: dict[str, list[str]] = defaultdict(list)
    for word in words:
        if len(word) > 4:
            longer[word[:4]].append(word)
    counts: Counter[str] = Counter()
    for text in map(fold, texts):
        pairs = list(map(add, text, text[1:]))
        triples = list(map(add, pairs, text[2:]))
        fours = set(map(add, triples, text[3:]))
        counts.update({*text, *pairs, *triples, *fours} & words)
        counts.update(word for head in fours & longer.keys() for word in longer[head] if word in text)
    return counts


def _keys(entry: "Entry") -> Iterator[tuple[str, float]]:
    """English keys of an entry with its share in each; of a lone character also its syllable."""
    for gloss in entry.glosses():
        if len(gloss.stems) > _LONGEST_GLOSS:
            continue
        yield " ".join(gloss.stems), gloss.share
        if len(gloss.stems) > 1 and not entry.is_name:
            yield from ((each, gloss.share * _PART / len(gloss.stems)) for each in gloss.stems)
    yield from ((stem(acronym), 1.0) for acronym in entry.acronyms())
    if entry.is_name:
        yield stem("".join(entry.syllables)), 1.0
    if len(entry.word) == 1:
        yield _SYLLABLE + entry.syllables[0], 1.0


def _show(key: str, shares: Mapping[str, float], counts: Mapping[str, int]) -> str:
    """The line of a key: the best words of several characters and the best characters; of a syllable all."""
    best = sorted((_Translation(word, share, counts[word]) for word, share in shares.items()), key=_by_weight)
    if not key.startswith(_SYLLABLE):
        long = [each for each in best if len(each.chinese) > 1]
        best = long[:_KEPT] + [each for each in best if len(each.chinese) == 1][:_TRIED]
    return f"{key}\t" + " ".join(f"{each.chinese} {each.share:.3g} {each.count}" for each in best) + "\n"


def _by_weight(each: _Translation | _Choice) -> tuple[float, str]:
    return -each.weight, each.chinese


def _rarest(word: str, frequency: Frequency) -> int:
    """How many passages hold the rarest two neighbouring characters of a word: no fewer than hold the word."""
    return min((frequency(a + b) for a, b in pairwise(word)), default=0)


def _best(choices: Iterable[_Choice], most: int) -> Iterator[_Choice]:
    """The choices that are among the best `most` of a word that they stand for."""
    taken: dict[int, set[str]] = defaultdict(set)
    for each in sorted(choices, key=_by_weight):
        wanting = [taken[place] for place in range(each.first, each.last) if len(taken[place]) < most]
        if any(each.chinese not in chosen for chosen in wanting):
            yield each
        for chosen in wanting:
            chosen.add(each.chinese)


def _untranslated(folded: str, words: Sequence[Word], frequency: Frequency) -> Iterator[Term]:
    """Figures, Chinese, and Latin words that the corpus has, each as it stands in a Chinese report."""
    for figure in find_figures(folded):
        yield from (Term(form, 1.0, figure.start, figure.end) for form in figure.forms)
    for match in _HAN.finditer(folded):
        yield Term(match.group(), 1.0, match.start(), match.end())
    for date in find_dates(folded):
        yield from (Term(form, 1.0, date.start, date.end) for form in date.forms)
    for word in words:
        if frequency(word.text):
            yield Term(word.text, 1.0, word.start, word.end)
    for match in _MIXED.finditer(folded):
        if frequency(match.group()):
            yield Term(match.group(), 1.0, match.start(), match.end())
