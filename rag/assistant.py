"""Asks the reports: understand, retrieve, answer, verify, cite."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.bundled import NAME as BUNDLED_MODEL
from embeddings.encoder import Encoder, load_encoder
from rag.answering.extractive import extract
from rag.answering.lines import Line, weigh_tokens
from rag.answering.orders import blank_orders
from rag.answering.phrases import verdict
from rag.answering.refusal.nearest import read_accepted
from rag.answering.refusal.refusing import Refusal, explain, refuse
from rag.answering.refusal.sufficiency import Judge
from rag.answering.slots.comparison import conclude, leads
from rag.answering.verification.proven import is_proven, keep_proven, show
from rag.mentions import Coverage
from rag.question import understand
from rag.retrieval import Retriever
from rag.store import Index
from rag.text import repair
from rag.types import Answer, AnswerEvent, Chunk, Citation, Filter, Hit, Question, Turn

if TYPE_CHECKING:
    from rag.llm.draft import Draft, Write

BACKEND = "extractive"
AROUND = 60
"""Passages before and after one that are read as its article, for lists and summaries; set by hand, not tuned."""


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

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filter: Filter | None = None,
        write: "Write | None" = None,
    ) -> Answer:
        """Answer a question; an earlier conversation and a filter may be given (QuestionError)."""
        for event in self.stream(question, history, filter, write):
            if event.answer is not None:
                return event.answer
        raise AssertionError("a stream ends with its answer")

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filter: Filter | None = None,
        write: "Write | None" = None,
    ) -> Iterator[AnswerEvent]:
        """The answer, growing line by line; the last event holds it whole (QuestionError).

        `write` goes on from an answer that is no refusal (`rag.llm`).
        """
        started = time.perf_counter()
        understood = understand(question, self.coverage, history)
        hits = self._retriever.search(understood, filter)
        told = tuple(replace(hit, chunk=blank_orders(hit.chunk)) for hit in hits)
        result = self._answer(understood, told)
        lines = () if isinstance(result, Refusal) else result
        conclusion = conclude(lines, understood)
        if conclusion and not is_proven(conclusion, lines, understood):
            conclusion = ""
        text = verdict.opening(understood, lines)
        if conclusion and leads(understood):
            text, conclusion = f"{conclusion}\n", ""
        for number, line in enumerate(lines, start=1):
            text += ("\n" if number > 1 else "") + show(number, line, understood.language)
            yield AnswerEvent(text)
        if conclusion:
            text += f"\n{conclusion}"
        refusal = result if isinstance(result, Refusal) else None
        cited = refusal.lines if refusal else lines
        answer = Answer(
            question=understood.text,
            text=refusal.text if refusal else text,
            refused=refusal is not None,
            reason=refusal.reason.value if refusal else "",
            backend=BACKEND,
            citations=tuple(self._cite(number, line) for number, line in enumerate(cited, start=1)),
            passages=hits,
            seconds=time.perf_counter() - started,
            understood=understood.understood,
        )
        if write is None or refusal is not None:
            yield AnswerEvent(answer.text, answer)
            return
        yield from write(self._draft(understood, lines, answer))

    def _draft(self, question: Question, lines: tuple[Line, ...], answer: Answer) -> "Draft":
        from rag.llm.draft import Draft

        lexical = self.index.lexical
        weigh = weigh_tokens(lexical.document_frequency, len(lexical))
        return Draft(question, lines, answer.passages, answer, self._cite, weigh, self.coverage.translate)

    def _answer(self, question: Question, hits: Sequence[Hit]) -> tuple[Line, ...] | Refusal:
        judge = self._judge(question)
        reason = refuse(question, hits, self.coverage, judge)
        lines = () if reason else read_accepted(question, hits, self._read, judge.accepts)
        if lines:
            return lines
        return explain(question, hits, self.coverage, judge, self._read, self._judge, reason)

    def _read(self, question: Question, hits: Sequence[Hit]) -> tuple[Line, ...]:
        lexical = self.index.lexical
        weigh = weigh_tokens(lexical.document_frequency, len(lexical))
        return keep_proven(extract(question, hits, weigh, self._article), question)

    def _judge(self, question: Question) -> Judge:
        compare = self._retriever.compare if self._encoder.name == BUNDLED_MODEL else None
        return Judge(question, self.coverage, compare)

    def _article(self, chunk: Chunk) -> tuple[Chunk, ...]:
        """The passages of a passage's article, as far as they stand near it."""
        rows = range(max(chunk.id - AROUND, 0), min(chunk.id + AROUND, len(self.index)))
        near = map(blank_orders, self.index.chunks(rows))
        return tuple(each for each in near if (each.file, each.title) == (chunk.file, chunk.title))

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
