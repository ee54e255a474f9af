"""The words of the reports that answer best: clauses and sentences chosen by what is asked, with their places."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rag.answering.figure_lines import asks_figures, extract_figures, label_slot
from rag.answering.fitting import fits_slot
from rag.answering.lines import MAX_SPAN, Line, Weigh
from rag.answering.sentences import Piece, split_clauses, split_sentences, trim
from rag.lexical import tokenize
from rag.text import fold
from rag.types import AnswerKind, Chunk, Hit, Kind, Question, Slot

# Passages that are read for the answer: on the tuning half all evidence stands in the first five.
READ = 6
# What a passage's own rank is worth against covering every word of the question; set by hand, not tuned.
RANK_WEIGHT = 0.35
# A line whose sentence and headings hold less of the question's topic (by weight) is no answer. Of 0, .05, .1, .15
# and .2 the tuning half, English apart, had most right answers with .15 (.683) and .1 (.669), but .15 refused twice
# as many questions that are told (.078 to .043). Of what is not told .1 refused .448, 0 only .241.
LEAST_TOPIC = 0.1
# A note that explains the very term comes before every passage that only uses it.
NOTE_WEIGHT = 1.0
_LIST_LINES, _SUMMARY_LINES = 2, 4


def extract(question: Question, hits: Sequence[Hit], weigh: Weigh) -> tuple[Line, ...]:
    """Lines that answer the question, best first; none when no passage shares a word with it."""
    if asks_figures(question):
        return extract_figures(question, hits, weigh)
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


def _one_each(question: Question, hits: Sequence[Hit], reader: "_Reader") -> tuple[Line, ...]:
    """The best line of each slot, labelled; a line that fills two slots stands once."""
    lines: dict[tuple[int, int, int], Line] = {}
    for slot in question.slots:
        for line in reader.read(hits, slot, READ * len(question.slots))[:1]:
            lines.setdefault(
                (line.chunk.id, line.start, line.end), replace(line, label=label_slot(question, slot))
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
            for line in self._lines(hit.chunk, rank)
            if self._adds(line) and fits_slot(slot, line, is_figure=False)
        ]
        return tuple(sorted(lines, key=lambda line: (-line.score, line.chunk.id, line.start)))

    def _lines(self, chunk: Chunk, rank: int) -> Iterable[Line]:
        prior = RANK_WEIGHT / (1 + rank)
        headings = " ".join((chunk.title, *chunk.section))
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
