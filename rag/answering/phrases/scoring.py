"""How well a sentence answers a question: the weight of the question's words in it, its headings and its passage."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from rag.answering.lines import MAX_SPAN, Line, Weigh
from rag.answering.sentences import Piece, trim
from rag.answering.tables import is_row, told_sentences
from rag.lexical import tokenize
from rag.mentions import short_name
from rag.text import fold
from rag.types import AnswerKind, Chunk, Hit, Kind, Question

# What a passage's own rank is worth against covering every word of the question; set by hand, not tuned.
RANK_WEIGHT = 0.35
# What a word of the question is worth where it stands: in the sentence, in the headings above, elsewhere in the
# passage. As for figures (slots.py), set by hand, not tuned.
# A word that several sentences of the passage hold is its subject, and may be left out by the next.
OWN, HEADING, PASSAGE, SUBJECT = 1.0, 0.45, 0.3, 0.6
# A sentence whose own words and headings hold less of the question's topic (by weight) is no answer. Of 0, .05, .1,
# .15 and .2 the tuning half, English apart, had most right answers with .15 (.683) and .1 (.669), but .15 refused
# twice as many questions that are told (.078 to .043). Of what is not told .1 refused .448, 0 only .241.
LEAST_TOPIC = 0.1
# What a sentence loses that stands in a passage of another place (a part of the one asked about, or what is around
# it) and does not name the one asked about: what holds of a part need not hold of the whole.
ELSEWHERE = 0.2
# Characters that make no word of a report's topic with their neighbour: always, or where no passage has the pair.
_PARTICLE = re.compile("[的了吗呢吧么啥哪]")
_FUNCTION = re.compile("[在是把被做搞干上里和与有各还又都要会能]")

# Kinds of answer that no heading gives.
_WITHOUT_HEADINGS = frozenset({AnswerKind.ENTITY, AnswerKind.YESNO})

Fits = Callable[[Line], bool]
Article = Callable[[Chunk], Sequence[Chunk]]
"""The passages of a passage's article, in its order."""


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


class Scorer:
    """Scores texts against one question."""

    def __init__(self, question: Question, weigh: Weigh) -> None:
        self.question = question
        self.folded = fold(question.understood)
        weights = {token: weigh(token) for token in _words(question.search, weigh)}
        total = fsum(weights.values()) or 1.0
        self._weights = {token: weight / total for token, weight in weights.items()}
        self._topic = {token: weigh(token) for token in _words(question.topic, weigh) if len(token) > 1}
        topic = set(tokenize(question.topic))
        self._places = frozenset(token for token in self._weights if token not in topic)
        self._asked = set(tokenize(question.understood))

    def covered(self, text: str) -> frozenset[str]:
        """Tokens of the question that stand in a text."""
        return frozenset(self._weights.keys() & set(tokenize(text)))

    def share(self, tokens: Iterable[str]) -> float:
        """Weight of these tokens of the question, as a share of all of them."""
        return fsum(self._weights[token] for token in tokens)

    def adds(self, text: str) -> bool:
        """Whether a text says more than the question does."""
        return not set(tokenize(text)) <= self._asked

    def topic_share(self, text: str) -> float:
        """Weight of the topic's words (places and times left out) that a text holds, as a share of all of them."""
        tokens = set(tokenize(text))
        total = fsum(self._topic.values()) or 1.0
        return fsum(weight for token, weight in self._topic.items() if token in tokens) / total

    def is_about(self, text: str) -> bool:
        """Whether a sentence with its headings holds enough of the topic asked."""
        return not self._topic or self.topic_share(text) >= LEAST_TOPIC

    def read(self, hits: Sequence[Hit], most: int, fits: Fits) -> tuple[Sentence, ...]:
        """Sentences of the first passages that tell of what is asked, best first."""
        found = [
            sentence
            for rank, hit in enumerate(hits[:most])
            for sentence in self.sentences(hit.chunk, RANK_WEIGHT / (1 + rank))
            if fits(as_line(sentence))
        ]
        return tuple(sorted(found, key=lambda each: (-each.score, each.chunk.id, each.piece.start)))

    def sentences(self, chunk: Chunk, prior: float = 0.0) -> Iterable[Sentence]:
        """The sentences of a passage (a note is one) that share a word with the question and add to it."""
        headings = " ".join((chunk.title, *chunk.section))
        context = self.covered(headings)
        is_elsewhere = self._is_elsewhere(chunk)
        given = self._places if self.is_of_place(chunk) else frozenset()
        pieces = [(piece, self.covered(piece.text)) for piece in _pieces(chunk)]
        counts = Counter(token for _, own in pieces for token in own)
        for piece, own in pieces:
            if self.question.kind in _WITHOUT_HEADINGS and _is_heading(piece.text, chunk):
                continue
            about = self.is_about(" ".join((piece.text, *chunk.section))) or self.names_part(
                piece.text, chunk
            )
            own |= given
            if not (own or context) or not about or not self.adds(piece.text):
                continue
            missing = {token: count for token, count in counts.items() if token not in own | context}
            score = (
                OWN * self.share(own)
                + HEADING * self.share(context - own)
                + SUBJECT * self.share(token for token, count in missing.items() if count > 1)
                + PASSAGE * self.share(token for token, count in missing.items() if count == 1)
                + prior
                - ELSEWHERE * (is_elsewhere and not self._places & own)
            )
            yield Sentence(chunk, piece, round(max(score if own else score / 2, 0.0), 6))

    def names_part(self, text: str, chunk: Chunk) -> bool:
        """Whether a sentence of a wider report names the place of which a summary is asked."""
        if self.question.kind is not AnswerKind.SUMMARY or chunk.region is None:
            return False
        asked = [slot.region for slot in self.question.slots if slot.region is not None]
        return any(
            chunk.region != region and chunk.region.contains(region) and short_name(region.path[-1]) in text
            for region in asked
        )

    def is_of_place(self, chunk: Chunk) -> bool:
        """Whether a passage is of the very region asked about: it need not name it in each sentence."""
        return any(slot.region is not None and slot.region == chunk.region for slot in self.question.slots)

    def _is_elsewhere(self, chunk: Chunk) -> bool:
        """Whether a passage is of another place than those asked about: of a part of them, or of what is around."""
        asked = [slot.region for slot in self.question.slots if slot.region is not None]
        return bool(asked) and chunk.region is not None and chunk.region not in asked


def _words(text: str, weigh: Weigh) -> tuple[str, ...]:
    """Tokens of a question without those that only its grammar makes: 面做, 做了, and 在产 where no passage has it."""
    unknown = weigh("\0")
    return tuple(
        dict.fromkeys(
            token
            for token in tokenize(text)
            if not _PARTICLE.search(token) and not (weigh(token) >= unknown and _FUNCTION.search(token))
        )
    ) or tuple(dict.fromkeys(tokenize(text)))


def _pieces(chunk: Chunk) -> tuple[Piece, ...]:
    if chunk.kind is Kind.NOTE:
        return (Piece(chunk.text, 0, len(chunk.text)),)
    return told_sentences(chunk)


_NUMBERED = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,3}[)）.．、][^。；，,：:]{2,24}")


def _is_heading(text: str, chunk: Chunk) -> bool:
    """Whether a piece only names what follows: （三）酸雨."""
    bare = text.strip()
    return bare in chunk.section or ("\n" in text and _NUMBERED.fullmatch(bare) is not None)


def as_line(sentence: Sentence) -> Line:
    """The line of a whole sentence, as far as a citation may span."""
    if is_row(sentence.piece, sentence.chunk):
        return row_line(sentence, sentence.text)
    piece = trim(sentence.piece)
    return Line(
        sentence.chunk,
        piece.start,
        min(piece.end, piece.start + MAX_SPAN),
        sentence.score,
        around=sentence.text,
    )


def row_line(sentence: Sentence, shown: str) -> Line:
    """The line that shows what a row of a table tells, or a part of it, and cites the row."""
    row = sentence.piece
    return Line(sentence.chunk, row.start, row.end, sentence.score, shown, around=sentence.text, of_row=True)
