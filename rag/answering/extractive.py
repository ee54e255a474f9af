"""The words of the reports that answer best: clauses and sentences chosen by what is asked, with their places."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from rag.answering.sentences import Piece, split_clauses, split_sentences, trim
from rag.answering.slots import read_slots
from rag.lexical import tokenize
from rag.mentions import short_name
from rag.text import fold
from rag.types import AnswerKind, Chunk, Hit, Kind, Question, Slot

# Passages that are read for the answer: on the tuning half all evidence stands in the first five.
READ = 6
MAX_SPAN = 300
# What a passage's own rank is worth against covering every word of the question; set by hand, not tuned.
RANK_WEIGHT = 0.35
# A line whose sentence and headings hold less of the question's topic (by weight) is no answer. Of 0, .05, .1, .15
# and .2 the tuning half, English apart, had most right answers with .15 (.683) and .1 (.669), but .15 refused twice
# as many questions that are told (.078 to .043). Of what is not told .1 refused .448, 0 only .241.
LEAST_TOPIC = 0.1
# A note that explains the very term comes before every passage that only uses it.
NOTE_WEIGHT = 1.0
_LIST_LINES, _SUMMARY_LINES = 2, 4

_FIGURES = frozenset({AnswerKind.FIGURE, AnswerKind.COMPARISON})

Weigh = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of a passage that goes into the answer: `chunk.text[start:end]`.

    `shown` is the part of it that answers (empty: all of it), `label` the slot it fills where several are asked,
    `around` the sentence it stands in.
    """

    chunk: Chunk
    start: int
    end: int
    score: float
    shown: str = ""
    label: str = ""
    around: str = ""

    @property
    def text(self) -> str:
        """The words as shown: those of the piece, or the part of it that answers."""
        return " ".join((self.shown or self.chunk.text[self.start : self.end]).split())

    @property
    def source(self) -> str:
        """The whole piece, as the citation shows it."""
        return " ".join(self.chunk.text[self.start : self.end].split())


def weigh_tokens(frequency: Callable[[str], int], count: int) -> Weigh:
    """Inverse document frequency of a token (Robertson's, as BM25 uses it), from its document frequency."""
    return lambda token: math.log(1 + (count - frequency(token) + 0.5) / (frequency(token) + 0.5))


def extract(question: Question, hits: Sequence[Hit], weigh: Weigh) -> tuple[Line, ...]:
    """Lines that answer the question, best first; none when no passage shares a word with it."""
    reader = _Reader(question, weigh)
    if len(question.slots) > 1:
        return _one_each(question, hits, reader)
    candidates = reader.read(hits, question.slots[0])
    if not candidates:
        return ()
    match question.kind:
        case AnswerKind.LIST | AnswerKind.COMPARISON:
            return _unique(_near(candidates, _LIST_LINES))
        case AnswerKind.SUMMARY:
            return _unique(_near(candidates, _SUMMARY_LINES))
        case _:
            return candidates[:1]


def _label(question: Question, slot: Slot) -> str:
    """What sets a slot apart from the others of its question: 南昌市, 2023年, 南昌市2023年."""
    regions = {each.region for each in question.slots}
    periods = {each.period for each in question.slots}
    region = slot.region.path[-1] if slot.region and len(regions) > 1 else ""
    return region + (slot.period.label if slot.period and len(periods) > 1 else "")


def _one_each(question: Question, hits: Sequence[Hit], reader: "_Reader") -> tuple[Line, ...]:
    """The best line of each slot, labelled; a line that fills two slots stands once."""
    lines: dict[tuple[int, int, int], Line] = {}
    for slot in question.slots:
        for line in reader.read(hits, slot, READ * len(question.slots))[:1]:
            lines.setdefault(
                (line.chunk.id, line.start, line.end), replace(line, label=_label(question, slot))
            )
    return tuple(lines.values())


class _Reader:
    """Scores the sentences of passages against one question."""

    def __init__(self, question: Question, weigh: Weigh) -> None:
        self._question = question
        weights = {token: weigh(token) for token in dict.fromkeys(tokenize(question.search))}
        total = sum(weights.values()) or 1.0
        self._topic = {token: weigh(token) for token in tokenize(question.topic) if len(token) > 1}
        self._folded = fold(question.understood)
        self._asked = set(tokenize(question.understood))
        self._weights = {token: weight / total for token, weight in weights.items()}

    def read(self, hits: Sequence[Hit], slot: Slot, most: int = READ) -> tuple[Line, ...]:
        """Lines of the first passages that tell of the slot, best first."""
        is_figure = self._question.kind in _FIGURES
        lines = [
            line
            for rank, hit in enumerate(hits[:most])
            for line in self._lines(hit.chunk, rank)
            if self._adds(line) and fits_slot(slot, line, is_figure)
        ]
        return tuple(sorted(lines, key=lambda line: (-line.score, line.chunk.id, line.start)))

    def _lines(self, chunk: Chunk, rank: int) -> Iterable[Line]:
        prior = RANK_WEIGHT / (1 + rank)
        headings = " ".join((chunk.title, *chunk.section))
        if self._question.kind in _FIGURES:
            yield from self._figure_lines(chunk, headings, prior)
            return
        context = self._covered(headings)
        explains = self._question.kind is AnswerKind.TERM and self._explains(chunk)
        for sentence in self._pieces(chunk):
            own = self._covered(sentence.text)
            score = self._share(own | context) / 2 + self._share(own) / 2
            if not own:
                score *= 0.5
            if explains:
                score += NOTE_WEIGHT
            if own or context:
                piece = self._shorten(sentence)
                yield Line(chunk, piece.start, piece.end, round(score + prior, 6), around=sentence.text)

    def _pieces(self, chunk: Chunk) -> tuple[Piece, ...]:
        """What one line may be: a whole note, else a sentence."""
        if chunk.kind is Kind.NOTE:
            return (Piece(chunk.text, 0, len(chunk.text)),)
        return split_sentences(chunk.text)

    def _covered(self, text: str) -> frozenset[str]:
        return frozenset(self._weights.keys() & set(tokenize(text)))

    def _share(self, tokens: Iterable[str]) -> float:
        """Weight of these tokens of the question, as a share of all of them."""
        return sum(self._weights[token] for token in tokens)

    def _adds(self, line: Line) -> bool:
        """Whether a line is about the topic asked and says more than the question does."""
        tokens = set(tokenize(line.source))
        about = set(tokenize(" ".join((line.around, *line.chunk.section))))
        held = sum(weight for token, weight in self._topic.items() if token in about)
        return (
            bool(tokens & self._weights.keys())
            and not tokens <= self._asked
            and held >= LEAST_TOPIC * sum(self._topic.values())
        )

    def _explains(self, chunk: Chunk) -> bool:
        """Whether a passage is the note that explains a term of the question."""
        return chunk.kind is Kind.NOTE and any(fold(term) in self._folded for term in chunk.terms)

    def _figure_lines(self, chunk: Chunk, headings: str, prior: float) -> Iterable[Line]:
        for sentence in self._pieces(chunk):
            for reading in read_slots(self._folded, sentence, headings, chunk.text, self._weights):
                span = reading.span
                start = max(span.start, span.end - MAX_SPAN)
                yield Line(
                    chunk,
                    start,
                    span.end,
                    round(reading.score + prior, 6),
                    reading.shown.text,
                    around=sentence.text,
                )

    def _shorten(self, sentence: Piece) -> Piece:
        """The run of clauses that still covers what the sentence covers, for short answers; else what fits a span."""
        if self._question.kind in {AnswerKind.ENTITY, AnswerKind.YESNO}:
            sentence = self._best_run(sentence)
        piece = trim(sentence)
        if piece.end - piece.start <= MAX_SPAN:
            return piece
        return trim(Piece(piece.text[:MAX_SPAN], piece.start, piece.start + MAX_SPAN))

    def _best_run(self, sentence: Piece) -> Piece:
        """The shortest run of neighbouring clauses with the highest share of the question's words."""
        clauses = split_clauses(sentence.text)
        best, best_score = sentence, -1.0
        for first in range(len(clauses)):
            for last in range(first, min(first + 3, len(clauses))):
                start, end = clauses[first].start, clauses[last].end
                text = sentence.text[start:end]
                score = self._share(self._covered(text)) - 0.002 * len(text)
                if score > best_score:
                    best, best_score = Piece(text, sentence.start + start, sentence.start + end), score
        return best


def fits_slot(slot: Slot, line: Line, is_figure: bool) -> bool:
    """Whether a line speaks of the region and period asked for.

    A figure of a wider region or of a part of it is another figure, unless its sentence names the region asked.
    """
    return _fits_region(slot, line, is_figure) and _fits_period(slot, line)


def _fits_region(slot: Slot, line: Line, is_figure: bool) -> bool:
    asked, told = slot.region, line.chunk.region
    if asked is None or told is None or asked == told:
        return True
    if not is_figure:
        return asked.contains(told) or told.contains(asked)
    name = asked.path[-1]
    return told.contains(asked) and any(word in line.around for word in (name, short_name(name)))


def _fits_period(slot: Slot, line: Line) -> bool:
    asked, told = slot.period, line.chunk.period
    if asked is None or told is None or asked.overlaps(told):
        return True
    return any(str(year) in line.source for year in (asked.first, asked.last))


def _near(candidates: Sequence[Line], most: int) -> list[Line]:
    """The best line and those close to it in score, in reading order."""
    best = candidates[0]
    chosen = [line for line in candidates if line.score >= 0.75 * best.score][:most]
    return sorted(chosen, key=lambda line: (line.chunk.id != best.chunk.id, line.chunk.id, line.start))


def _unique(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines without those that say the same as an earlier one: the same figures in mostly the same words."""
    seen: list[tuple[frozenset[str], frozenset[str]]] = []
    kept: list[Line] = []
    for line in lines:
        tokens = frozenset(tokenize(line.text))
        figures = frozenset(token for token in tokens if token[0].isdigit())
        if not any(
            figures == others and len(tokens & words) >= 0.8 * min(len(tokens), len(words))
            for words, others in seen
        ):
            seen.append((tokens, figures))
            kept.append(line)
    return tuple(kept)
