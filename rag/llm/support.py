"""Which words of the passages a sentence rests on: the clause that says the same, not the whole passage."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.answering.lines import MAX_SPAN, Line
from rag.answering.orders import drop_orders, split_told
from rag.answering.sentences import Piece, split_clauses, trim
from rag.english import split_words
from rag.lexical import index_terms
from rag.llm.draft import Draft
from rag.llm.grounding import Passage
from rag.types import Chunk

# Characters that say nothing of what is told.
_LIGHT = re.compile("[的了是为在和与及其对等中并也都就而以于将]")
_WORDS = re.compile(r"[\u3400-\u9fff]{2,}|[A-Za-z0-9.]+")
_FIGURE = re.compile(r"\d[\d.,]*%?")
LONG = 120
"""A sentence of a report that is longer is cited by the clauses that matter."""
ENOUGH = 0.95
"""Share of what a whole sentence supports that its clauses must support to stand for it."""


@dataclass(frozen=True, slots=True)
class Support:
    """A `line` of a passage, the `share` (0..1) of what a sentence says beyond its topic that stands there, and the `whole`.

    The topic is what the question and the headings of the passage say already.
    """

    line: Line
    share: float
    whole: float

    @property
    def rank(self) -> float:
        """By which supports are ordered, higher first."""
        return self.share + self.whole


class Supporter:
    """Finds what supports a sentence, among some passages and the lines of the draft."""

    def __init__(self, draft: Draft, passages: Sequence[Passage]) -> None:
        self._weigh = draft.weigh
        self._english = draft.question.language == "en"
        self._translate = draft.translate
        asked = drop_orders(draft.question.understood)
        self._asked = terms(asked) | (
            terms(draft.question.search) if asked == draft.question.understood else frozenset()
        )
        self._asked_stems = {word.stem for word in split_words(asked.lower())}
        self._lines = draft.lines
        told = (f"{passage.text} {passage.chunk.title}" for passage in passages)
        self._known = terms(f"{asked} {draft.answer.text}").union(*map(terms, told))
        self._sentences = [
            (passage.chunk, Piece(piece.text, piece.start + passage.start, piece.end + passage.start))
            for passage in passages
            for piece in split_told(passage.chunk.text[passage.start : passage.end])
        ]

    def find(self, sentence: str) -> tuple[Support, ...]:
        """What supports a sentence, best first: lines of the draft, and whole sentences of the passages."""
        said = self._terms(sentence)
        found = [self._weigh_line(line, said) for line in self._lines]
        for chunk, piece in self._sentences:
            whole = trim(piece)
            found.append(self._weigh_line(Line(chunk, whole.start, whole.end, 0.0, around=piece.text), said))
        return tuple(sorted(found, key=lambda support: -support.rank))

    def adds(self, sentence: str) -> bool:
        """Whether a sentence says anything beyond the question: what only repeats it may repeat an order in it."""
        return bool(self._terms(sentence) - self._asked)

    def known_part(self, text: str) -> str:
        """The text as far as its words are those of the question and the passages; in English, all of it."""
        if self._english:
            return text
        for match in _WORDS.finditer(text):
            words = match.group()
            for place, pair in enumerate(pairwise(words) if words[0] > "\u3400" else [(words, "")]):
                if not terms("".join(pair)) <= self._known:
                    return text[: match.start() + place]
        return text

    def narrow(self, line: Line, sentence: str) -> Line:
        """The line to cite: itself, or of a long one the shortest run of clauses that supports as much."""
        if len(line.source) <= LONG or line in self._lines:
            return line
        piece = Piece(line.chunk.text[line.start : line.end], line.start, line.end)
        run = trim(self._best_run(piece, self._terms(sentence)))
        return Line(line.chunk, run.start, run.end, 0.0, around=line.around)

    def _terms(self, sentence: str) -> frozenset[str]:
        """The words of a sentence; of an English one those behind the words that the question does not have."""
        if not self._english:
            return terms(sentence)
        new = " ".join(
            word.text for word in split_words(sentence.lower()) if word.stem not in self._asked_stems
        )
        return terms(" ".join((self._translate(new) if new else "", *_FIGURE.findall(sentence))))

    def _weigh_line(self, line: Line, said: frozenset[str]) -> Support:
        there = terms(f"{line.source} {line.around}")
        known = self._asked | _headings(line.chunk)
        new = said - known
        return Support(
            line, self._share(new or said, there), self._share(said, there | _headings(line.chunk))
        )

    def _share(self, said: Iterable[str], there: frozenset[str]) -> float:
        weights = {term: self._weigh(term) for term in said}
        return sum(weight for term, weight in weights.items() if term in there) / (
            sum(weights.values()) or 1.0
        )

    def _best_run(self, piece: Piece, said: frozenset[str]) -> Piece:
        clauses = split_clauses(piece.text)
        target = ENOUGH * self._share(said, terms(piece.text))
        best, most = (0, MAX_SPAN), 0.0
        for start, end in sorted(_runs(clauses), key=lambda run: run[1] - run[0]):
            share = self._share(said, terms(piece.text[start:end]))
            if share > most:
                best, most = (start, end), share
            if most >= target:
                break
        start, end = best
        return Piece(piece.text[start:end], piece.start + start, piece.start + end)


def terms(text: str) -> frozenset[str]:
    """Characters, pairs of them and other words, light ones left out."""
    return frozenset(index_terms(_LIGHT.sub(" ", text)))


def _headings(chunk: Chunk) -> frozenset[str]:
    region = chunk.region.name if chunk.region else ""
    period = chunk.period.label if chunk.period else ""
    return terms(" ".join((chunk.title, *chunk.section, region, period)))


def _runs(clauses: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    for first in range(len(clauses)):
        for last in range(first, len(clauses)):
            if clauses[last].end - clauses[first].start <= MAX_SPAN:
                yield clauses[first].start, clauses[last].end
