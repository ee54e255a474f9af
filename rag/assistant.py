"""Asks the reports: understand, retrieve, answer, verify, cite."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.encoder import Encoder, load_encoder
from rag.answering.lines import Line
from rag.answering.phrases.yesno import opening
from rag.answering.refusal.reading import SentenceReader
from rag.answering.refusal.refusing import Refusal
from rag.answering.slots.comparison import conclude, leads
from rag.answering.verification.checked import evidence_of, find_checks
from rag.answering.verification.proven import is_proven, show
from rag.joining import join_found
from rag.lookup import Found, Lookup
from rag.mentions import Coverage
from rag.retrieval import by_turns, lead_with
from rag.store import Index
from rag.text import repair
from rag.types import Answer, AnswerEvent, Citation, Filter, Hit, Question, Slot, Turn

if TYPE_CHECKING:
    from rag.llm.draft import Draft, Write

BACKEND = "extractive"


class Assistant:
    """Answers questions from one index."""

    def __init__(self, index: Index, encoder: Encoder, reader: SentenceReader | None = None) -> None:
        """`reader` judges the lines that words and meaning leave in doubt; without it they are judged by those alone."""
        self.index = index
        self._encoder = encoder
        self._reader = reader
        self.lookup = Lookup(index, encoder, reader)

    @classmethod
    def open(cls, index: Path, embedding_model: str = "bundled") -> "Assistant":
        """Open an index with the model that built it (IndexStoreError, EmbeddingError)."""
        encoder = load_encoder(embedding_model)
        return cls(Index.open(index, encoder.name), encoder, SentenceReader())

    def reopened(self) -> "Assistant":
        """An assistant of the same model over the index as it now is on the disk (IndexStoreError)."""
        return type(self)(Index.open(self.index.folder, self._encoder.name), self._encoder, self._reader)

    @property
    def coverage(self) -> Coverage:
        """Regions and years of the corpus."""
        return self.lookup.coverage

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
        found = self.lookup.find(question, history, filter)
        first = found[0]
        text = ""
        lines: tuple[Line, ...] = ()
        for each in found:
            steps = tuple(_tell(each, text, len(lines)))
            yield from map(AnswerEvent, steps)
            text, lines = steps[-1] if steps else text, lines + each.lines
        refusal = first.result if isinstance(first.result, Refusal) else None
        cited = refusal.lines if refusal else lines
        hits = lead_with(by_turns(each.hits for each in found), (line.chunk for line in lines))
        answer = Answer(
            question=first.question.text,
            text=refusal.text if refusal else text,
            refused=refusal is not None,
            reason=refusal.reason.value if refusal else "",
            backend=BACKEND,
            citations=tuple(self._cite(number, line) for number, line in enumerate(cited, start=1)),
            passages=join_found(hits, self.index),
            seconds=time.perf_counter() - started,
            understood=first.understood,
            checks=find_checks(
                refusal.text if refusal else text,
                evidence_of(cited),
                _asked(found, is_refused=refusal is not None),
            ),
            withheld=tuple(fault.value for each in found for fault in each.withheld),
        )
        if write is None or refusal is not None:
            yield AnswerEvent(answer.text, answer)
            return
        asked = replace(first.question, understood=answer.understood)
        yield from write(self._draft(asked, lines, hits, answer))

    def _draft(
        self, question: Question, lines: tuple[Line, ...], hits: tuple[Hit, ...], answer: Answer
    ) -> "Draft":
        from rag.llm.draft import Draft

        weigh = self.lookup.weigh
        return Draft(question, lines, hits, answer, self._cite, weigh, self.coverage.translate)

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


def _asked(found: Sequence[Found], *, is_refused: bool) -> Iterator[Question]:
    """The questions that an answer answers; a refusal offers what was asked, but of another time or place."""
    for each in found:
        yield replace(each.question, slots=(Slot(),)) if is_refused else each.question


def _tell(found: Found, before: str, count: int) -> Iterator[str]:
    """The answer so far, growing by a line: `before` with its `count` lines stands already."""
    question, lines = found.question, found.lines
    conclusion = conclude(lines, question)
    if conclusion and not is_proven(conclusion, lines, question):
        conclusion = ""
    conclusion = re.sub(r"\[(\d+)\]", lambda match: f"[{int(match[1]) + count}]", conclusion)
    text = f"{before}\n" if before else ""
    text += opening(question, lines)
    if conclusion and leads(question):
        text, conclusion = f"{text}{conclusion}\n", ""
    for number, line in enumerate(lines, start=1):
        text += ("\n" if number > 1 else "") + show(count + number, line, question.language)
        yield text
    if conclusion:
        yield f"{text}\n{conclusion}"
