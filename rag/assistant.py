"""Asks the reports: understand, retrieve, answer, cite."""

import time
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from embeddings.encoder import Encoder, load_encoder
from rag.answering import verdict
from rag.answering.comparison import conclude
from rag.answering.extractive import Line, extract, weigh_tokens
from rag.answering.refusal import NOTHING_FOUND, Refusal, refuse
from rag.mentions import Coverage
from rag.question import understand
from rag.retrieval import Retriever
from rag.store import Index
from rag.text import repair
from rag.types import Answer, AnswerEvent, AnswerKind, Citation, Filter, Hit, Question, Turn

BACKEND = "extractive"


class Assistant:
    """Answers questions from one index."""

    def __init__(self, index: Index, encoder: Encoder) -> None:
        self.index = index
        self._encoder = encoder
        self._retriever = Retriever(index, encoder)

    @classmethod
    def open(cls, index: Path, embedding_model: str = "bundled") -> "Assistant":
        """Open an index with the model that built it (IndexStoreError, EmbeddingError)."""
        encoder = load_encoder(embedding_model)
        return cls(Index.open(index, encoder.name), encoder)

    def reopened(self) -> "Assistant":
        """An assistant of the same model over the index as it now is on the disk (IndexStoreError)."""
        return type(self)(Index.open(self.index.folder, self._encoder.name), self._encoder)

    @cached_property
    def coverage(self) -> Coverage:
        """Regions and years of the corpus."""
        return self.index.coverage()

    def ask(self, question: str, history: Sequence[Turn] = (), filter: Filter | None = None) -> Answer:
        """Answer a question; an earlier conversation and a filter may be given (QuestionError)."""
        for event in self.stream(question, history, filter):
            if event.answer is not None:
                return event.answer
        raise AssertionError("a stream ends with its answer")

    def stream(
        self, question: str, history: Sequence[Turn] = (), filter: Filter | None = None
    ) -> Iterator[AnswerEvent]:
        """The answer, growing line by line; the last event holds it whole (QuestionError)."""
        started = time.perf_counter()
        understood = understand(question, self.coverage, history)
        hits = self._retriever.search(understood, filter)
        result = self._answer(understood, hits)
        lines = () if isinstance(result, Refusal) else result
        text = self._opening(understood, lines)
        for number, line in enumerate(lines, start=1):
            label = f"{line.label}：" if line.label else ""
            text += ("\n" if number > 1 else "") + f"{label}{line.text}[{number}]"
            yield AnswerEvent(text)
        if conclusion := conclude(lines):
            text += f"\n{conclusion}"
        refusal = result if isinstance(result, Refusal) else None
        answer = Answer(
            question=understood.text,
            text=refusal.text if refusal else text,
            refused=refusal is not None,
            reason=refusal.reason.value if refusal else "",
            backend=BACKEND,
            citations=tuple(self._cite(number, line) for number, line in enumerate(lines, start=1)),
            passages=hits,
            seconds=time.perf_counter() - started,
            understood=understood.understood,
        )
        yield AnswerEvent(answer.text, answer)

    def _answer(self, question: Question, hits: Sequence[Hit]) -> tuple[Line, ...] | Refusal:
        refusal = refuse(question, hits, self.coverage)
        if refusal:
            return refusal
        lexical = self.index.lexical
        return (
            extract(question, hits, weigh_tokens(lexical.document_frequency, len(lexical))) or NOTHING_FOUND
        )

    @staticmethod
    def _opening(question: Question, lines: Sequence[Line]) -> str:
        """The word that a yes-or-no answer begins with."""
        if question.kind is not AnswerKind.YESNO or not lines:
            return ""
        return verdict.word(question.language, verdict.decide(question.understood, lines[0].source))

    def _cite(self, number: int, line: Line) -> Citation:
        """The line as a span of its file: places in the repaired passage become offsets of the source."""
        chunk = line.chunk
        document = self.index.document(chunk.file)
        passage = repair(document.text, chunk.start, chunk.end, document.drops)
        start, end = passage.span(line.start, line.end)
        return Citation(
            number, chunk.file, chunk.title, chunk.section, start, end, line.source,
            chunk.region, chunk.period, chunk.kind, chunk.page,
        )  # fmt: skip
