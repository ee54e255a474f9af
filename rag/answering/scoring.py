"""How well a sentence answers a question: the weight of the question's words in it, its headings and its passage."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rag.answering.line import MAX_SPAN, Line
from rag.answering.sentences import Piece, split_clauses, split_sentences, trim
from rag.lexical import tokenize
from rag.text import fold
from rag.types import Chunk, Hit, Kind, Question

# What a passage's own rank is worth against covering every word of the question; set by hand, not tuned.
RANK_WEIGHT = 0.35
# What a word of the question is worth where it stands: in the sentence, in the headings above, elsewhere in the
# passage. As for figures (slots.py), set by hand, not tuned.
OWN, HEADING, PASSAGE = 1.0, 0.45, 0.3
# A sentence whose own words and headings hold less of the question's topic (by weight) is no answer. Of 0, .05, .1,
# .15 and .2 the tuning half, English apart, had most right answers with .15 (.683) and .1 (.669), but .15 refused
# twice as many questions that are told (.078 to .043). Of what is not told .1 refused .448, 0 only .241.
LEAST_TOPIC = 0.1
# The longest clause run shown as a short answer, so that it is read at a glance.
SHORT = 110
# A sentence up to this length is cited whole around the clauses shown.
WHOLE_SENTENCE = 160

Weigh = Callable[[str], float]
Fits = Callable[[Line], bool]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage (`piece` stands in `chunk.text`) and how well it answers, 0 and up."""

    chunk: Chunk
    piece: Piece
    score: float

    @property
    def text(self) -> str:
        """Its words, as they stand in the passage."""
        return self.piece.text


def weigh_tokens(frequency: Callable[[str], int], count: int) -> Weigh:
    """Inverse document frequency of a token (Robertson's, as BM25 uses it), from its document frequency."""
    return lambda token: math.log(1 + (count - frequency(token) + 0.5) / (frequency(token) + 0.5))


class Scorer:
    """Scores texts against one question."""

    def __init__(self, question: Question, weigh: Weigh) -> None:
        self.question = question
        self.folded = fold(question.understood)
        weights = {token: weigh(token) for token in dict.fromkeys(tokenize(question.search))}
        total = sum(weights.values()) or 1.0
        self._weights = {token: weight / total for token, weight in weights.items()}
        self._topic = {token: weigh(token) for token in tokenize(question.topic) if len(token) > 1}
        self._asked = set(tokenize(question.understood))

    def covered(self, text: str) -> frozenset[str]:
        """Tokens of the question that stand in a text."""
        return frozenset(self._weights.keys() & set(tokenize(text)))

    def share(self, tokens: Iterable[str]) -> float:
        """Weight of these tokens of the question, as a share of all of them."""
        return sum(self._weights[token] for token in tokens)

    def adds(self, text: str) -> bool:
        """Whether a text says more than the question does."""
        return not set(tokenize(text)) <= self._asked

    def is_about(self, text: str) -> bool:
        """Whether a sentence with its headings holds enough of the topic asked."""
        tokens = set(tokenize(text))
        held = sum(weight for token, weight in self._topic.items() if token in tokens)
        return held >= LEAST_TOPIC * sum(self._topic.values())

    def read(self, hits: Sequence[Hit], most: int, fits: Fits) -> tuple[Sentence, ...]:
        """Sentences of the first passages that tell of what is asked, best first."""
        found = [
            sentence
            for rank, hit in enumerate(hits[:most])
            for sentence in self.sentences(hit.chunk, RANK_WEIGHT / (1 + rank))
            if fits(to_line(sentence, sentence.piece))
        ]
        return tuple(sorted(found, key=lambda each: (-each.score, each.chunk.id, each.piece.start)))

    def sentences(self, chunk: Chunk, prior: float = 0.0) -> Iterable[Sentence]:
        """The sentences of a passage (a note is one) that share a word with the question and add to it."""
        headings = " ".join((chunk.title, *chunk.section))
        context, passage = self.covered(headings), self.covered(chunk.text)
        for piece in _pieces(chunk):
            own = self.covered(piece.text)
            about = self.is_about(" ".join((piece.text, *chunk.section)))
            if not (own or context) or not about or not self.adds(piece.text):
                continue
            score = (
                OWN * self.share(own)
                + HEADING * self.share(context - own)
                + PASSAGE * self.share(passage - own - context)
            )
            yield Sentence(chunk, piece, round((score if own else score / 2) + prior, 6))


def _pieces(chunk: Chunk) -> tuple[Piece, ...]:
    if chunk.kind is Kind.NOTE:
        return (Piece(chunk.text, 0, len(chunk.text)),)
    return split_sentences(chunk.text)


def clause_runs(sentence: Piece, longest: int = SHORT) -> Iterable[Piece]:
    """Runs of up to four neighbouring clauses, placed as the sentence is; longer ones than `longest` only alone."""
    clauses = split_clauses(sentence.text)
    for first in range(len(clauses)):
        for last in range(first, min(first + 4, len(clauses))):
            start, end = clauses[first].start, clauses[last].end
            if end - start > longest and last > first:
                break
            yield Piece(sentence.text[start:end], sentence.start + start, sentence.start + end)


def to_line(sentence: Sentence, run: Piece) -> Line:
    """The line that shows a run of clauses and cites its sentence where that is short, else the run."""
    shown = trim(run)
    cited = trim(sentence.piece)
    if cited.end - cited.start > WHOLE_SENTENCE or sentence.chunk.kind is Kind.NOTE:
        cited = shown
    end = min(cited.end, cited.start + MAX_SPAN)
    text = shown.text if (shown.start, shown.end) != (cited.start, end) else ""
    return Line(sentence.chunk, cited.start, end, sentence.score, text[:MAX_SPAN], around=sentence.text)
