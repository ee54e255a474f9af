"""The words of the reports that answer best: figures by their slot, all else by the kind of phrase asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rag.answering import phrases
from rag.answering.line import MAX_SPAN, Line
from rag.answering.phrases import READ
from rag.answering.scoring import LEAST_TOPIC, RANK_WEIGHT, Article, Weigh, weigh_tokens
from rag.answering.sentences import Piece, split_sentences
from rag.answering.slots import read_slots
from rag.lexical import tokenize
from rag.mentions import short_name
from rag.text import fold
from rag.types import AnswerKind, Chunk, Hit, Kind, Question, Slot

__all__ = ["Line", "extract", "fits_slot", "weigh_tokens"]

_COMPARED_LINES = 2
_FIGURES = frozenset({AnswerKind.FIGURE, AnswerKind.COMPARISON})


def extract(
    question: Question, hits: Sequence[Hit], weigh: Weigh, article: Article = lambda chunk: (chunk,)
) -> tuple[Line, ...]:
    """Lines that answer the question, in the order they are read; none when no passage tells of it.

    `article` gives the passages around one, for answers that run over several.
    """
    if question.kind not in _FIGURES or phrases.asks_term(question, hits, weigh):
        return phrases.answer(question, hits, weigh, lambda line: _fits_any(question, line), article)
    reader = _Reader(question, weigh)
    if len(question.slots) > 1:
        return _one_each(question, hits, reader)
    candidates = reader.read(hits, question.slots[0])
    if question.kind is AnswerKind.COMPARISON and candidates:
        return _unique(_near(candidates, _COMPARED_LINES))
    return candidates[:1]


def _fits_any(question: Question, line: Line) -> bool:
    return any(fits_slot(slot, line, is_figure=False) for slot in question.slots)


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
        lines = [
            line
            for rank, hit in enumerate(hits[:most])
            for line in self._figure_lines(hit.chunk, RANK_WEIGHT / (1 + rank))
            if self._adds(line) and fits_slot(slot, line, is_figure=True)
        ]
        return tuple(sorted(lines, key=lambda line: (-line.score, line.chunk.id, line.start)))

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

    def _figure_lines(self, chunk: Chunk, prior: float) -> Iterable[Line]:
        headings = " ".join((chunk.title, *chunk.section))
        whole = Piece(chunk.text, 0, len(chunk.text))
        for sentence in (whole,) if chunk.kind is Kind.NOTE else split_sentences(chunk.text):
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
