"""English questions to the Chinese words of the corpus: a table made from a dictionary when the index is built.

Kept are the words that the corpus itself uses, with how often it does. What the dictionary lacks is put together
from neighbouring words (urban + sewage) or spelled from its pinyin, where the corpus has the characters in a row.
"""

import math
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path
from typing import TypeAlias

from rag.cedict import LONGEST_GLOSS, Entry, read_entries
from rag.english import Word, find_figures, split_words, stem
from rag.text import fold

Frequency: TypeAlias = Callable[[str], int]
"""In how many passages a token stands (`Lexical.document_frequency`)."""

MOST_PER_WORD = 2
# Translations kept of an English key, and those of one length that are tried in compounds.
_KEPT, _TRIED = 8, 4
# A translation this much weaker than the best of its word is left out.
_FAINT = 0.2
# What a word of a longer gloss is worth against the gloss.
_PART = 0.25
# Spellings of one name that are followed from syllable to syllable.
_SPELLINGS = 64
_SYLLABLE = "~"
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
class _Choice:
    """A translation of the English words `first`..`last` (exclusive)."""

    chinese: str
    weight: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Bilingual:
    """The table: sorted lines `key TAB word weight word weight ...`, best word first.

    A key is an English gloss in stems, or ~ and a syllable of pinyin for the characters it may write.
    """

    lines: tuple[str, ...]

    @classmethod
    def build(cls, texts: Iterable[str]) -> "Bilingual":
        """The table for the words in these texts."""
        entries = tuple(read_entries())
        frequencies = _count(texts, entries)
        table: dict[str, dict[str, float]] = defaultdict(dict)
        for entry in entries:
            prior = math.log1p(frequencies[entry.word])
            if prior:
                for key, weight in _keys(entry):
                    table[key][entry.word] = max(table[key].get(entry.word, 0.0), weight * prior)
        return cls(tuple(f"{key}\t{_show(_choose(key, table[key]))}" for key in sorted(table)))

    def save(self, path: Path) -> None:
        """Write the table."""
        path.write_text("\n".join(self.lines), encoding="utf-8", newline="\n")

    @classmethod
    def load(cls, path: Path) -> "Bilingual":
        """Open what `save` wrote."""
        return cls(tuple(path.read_text(encoding="utf-8").split("\n")))

    def translate(
        self, english: str, frequency: Frequency, most_per_word: int = MOST_PER_WORD
    ) -> tuple[Term, ...]:
        """What to search for in the corpus, in the order of the English text.

        At most `most_per_word` translations of each word; figures as Chinese writes them; Chinese in the text and
        Latin words that the corpus has, as they are.
        """
        folded = fold(english)
        words = split_words(folded)
        choices = [
            *self._phrases(words),
            *self._compounds(words, frequency),
            *self._names(words, frequency),
        ]
        terms = [
            *(
                Term(each.chinese, each.weight, words[each.first].start, words[each.last - 1].end)
                for each in _best(choices, len(words), most_per_word)
            ),
            *_untranslated(folded, words, frequency),
        ]
        return tuple(sorted(terms, key=lambda term: (term.start, -term.weight, term.chinese)))

    def _find(self, key: str) -> tuple[tuple[str, float], ...]:
        """Words for a key with their weights, best first."""
        place = bisect_left(self.lines, f"{key}\t")
        if place == len(self.lines) or not self.lines[place].startswith(f"{key}\t"):
            return ()
        fields = self.lines[place][len(key) + 1 :].split(" ")
        return tuple(zip(fields[::2], map(float, fields[1::2]), strict=True))

    def _phrases(self, words: Sequence[Word]) -> Iterator[_Choice]:
        """What the dictionary has for words and runs of words; it counts for each word that it covers."""
        for first in range(len(words)):
            for last in range(first + 1, min(first + LONGEST_GLOSS, len(words)) + 1):
                for chinese, weight in self._find(" ".join(word.stem for word in words[first:last])):
                    if len(chinese) > 1:
                        yield _Choice(chinese, weight * (last - first), first, last)

    def _compounds(self, words: Sequence[Word], frequency: Frequency) -> Iterator[_Choice]:
        """Translations of two neighbours that stand joined in the corpus: total + phosphorus, 总 + 磷, 总磷."""
        tried = [self._try(word) for word in words]
        for first, (left, right) in enumerate(pairwise(tried)):
            for (one, weight), (other, other_weight) in product(left, right):
                if _stands(one + other, frequency):
                    yield _Choice(one + other, 2 * math.sqrt(weight * other_weight), first, first + 2)

    def _try(self, word: Word) -> list[tuple[str, float]]:
        """The best words of one character and of several."""
        found = self._find(word.stem)
        single = [each for each in found if len(each[0]) == 1]
        return [each for each in found if len(each[0]) > 1][:_TRIED] + single[:_TRIED]

    def _names(self, words: Sequence[Word], frequency: Frequency) -> Iterator[_Choice]:
        """Names that the dictionary lacks, from their pinyin."""
        for place, word in enumerate(words):
            if not self._find(word.stem):
                for name in self._spell(word.text, frequency):
                    yield _Choice(name, math.log1p(_rarest(name, frequency)), place, place + 1)

    def _spell(self, letters: str, frequency: Frequency) -> list[str]:
        """Characters in a row in the corpus that these letters may write, at least two, the most frequent first."""
        names: list[str] = []
        open_ = [("", letters)]
        while open_:
            longer: list[tuple[str, str]] = []
            for name, rest in open_:
                for size in range(1, min(6, len(rest)) + 1):
                    for character, _ in self._find(_SYLLABLE + rest[:size]):
                        if not name or frequency(name[-1] + character):
                            longer.append((name + character, rest[size:]))
            names += [name for name, rest in longer if not rest and len(name) > 1]
            open_ = sorted(
                (each for each in longer if each[1]), key=lambda each: -_rarest(each[0], frequency)
            )[:_SPELLINGS]
        return sorted(names, key=lambda name: (-_rarest(name, frequency), name))


def _count(texts: Iterable[str], entries: Sequence[Entry]) -> Counter[str]:
    """In how many texts each word of the dictionary stands."""
    words = {entry.word for entry in entries}
    lengths: dict[str, set[int]] = defaultdict(set)
    for word in words:
        lengths[word[:2]].add(len(word))
    counts: Counter[str] = Counter()
    for text in texts:
        found: set[str] = set()
        for run in _HAN.findall(fold(text)):
            found.update(run)
            for start in range(len(run) - 1):
                for length in lengths.get(run[start : start + 2], ()):
                    found.add(run[start : start + length])
        counts.update(found & words)
    return counts


def _keys(entry: Entry) -> Iterator[tuple[str, float]]:
    """English keys of an entry with their weights, 1 for the first gloss; and the syllable of a lone character."""
    for rank, gloss in enumerate(entry.glosses()):
        weight = 1 / (1 + rank / 4)
        yield " ".join(gloss), weight
        if len(gloss) > 1 and not entry.name:
            yield from ((word, weight * _PART / len(gloss)) for word in gloss)
    yield from ((stem(acronym), 1.0) for acronym in entry.acronyms())
    if entry.name:
        yield stem("".join(entry.pinyin)), 1.0
    if len(entry.word) == 1:
        yield _SYLLABLE + entry.pinyin[0], 1.0


def _choose(key: str, words: dict[str, float]) -> list[tuple[str, float]]:
    """The best words of several characters, then the best characters; for a syllable all of them."""
    best = sorted(words.items(), key=lambda each: (-each[1], each[0]))
    if key.startswith(_SYLLABLE):
        return best
    long = [each for each in best if len(each[0]) > 1]
    return long[:_KEPT] + [each for each in best if len(each[0]) == 1][:_TRIED]


def _show(words: Iterable[tuple[str, float]]) -> str:
    return " ".join(f"{word} {weight:.2f}" for word, weight in words)


def _rarest(word: str, frequency: Frequency) -> int:
    """How often the rarest pair of neighbouring characters of a word stands in the corpus."""
    return min((frequency(a + b) for a, b in pairwise(word)), default=1 << 30)


def _stands(word: str, frequency: Frequency) -> bool:
    return all(frequency(a + b) for a, b in pairwise(word))


def _best(choices: Iterable[_Choice], count: int, most: int) -> Iterator[_Choice]:
    """Each word's best choices, those faint beside the best left out; one that serves several words comes once."""
    given: set[str] = set()
    ranked = sorted(choices, key=lambda each: (-each.weight, each.chinese))
    for place in range(count):
        own: dict[str, _Choice] = {}
        for each in ranked:
            if each.first <= place < each.last:
                own.setdefault(each.chinese, each)
        best = list(own.values())[:most]
        for each in best:
            if each.weight >= _FAINT * best[0].weight and each.chinese not in given:
                given.add(each.chinese)
                yield each


def _untranslated(folded: str, words: Sequence[Word], frequency: Frequency) -> Iterator[Term]:
    """Figures, Chinese, and Latin words that the corpus has, each as it stands in a Chinese report."""
    for figure in find_figures(folded):
        yield from (Term(form, 1.0, figure.start, figure.end) for form in figure.forms)
    for match in _HAN.finditer(folded):
        yield Term(match.group(), 1.0, match.start(), match.end())
    for word in words:
        if frequency(word.text):
            yield Term(word.text, 1.0, word.start, word.end)
    for match in _MIXED.finditer(folded):
        if frequency(match.group()):
            yield Term(match.group(), 1.0, match.start(), match.end())
