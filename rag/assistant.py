"""Asks the reports: understand, retrieve, answer, verify, cite."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.bundled import NAME as BUNDLED_MODEL
from embeddings.encoder import Encoder, load_encoder
from rag.answering.extractive import extract
from rag.answering.likeness import Likeness
from rag.answering.lines import Line, weigh_tokens
from rag.answering.orders import blank_orders
from rag.answering.phrases import verdict
from rag.answering.refusal.nearest import read_accepted
from rag.answering.refusal.reading import SentenceReader
from rag.answering.refusal.refusing import Refusal, explain, refuse
from rag.answering.refusal.sufficiency import Judge
from rag.answering.slots.comparison import conclude, leads
from rag.answering.verification.proven import is_proven, keep_proven, show
from rag.compound import place_named, split_described, split_needs
from rag.followup import readings
from rag.mentions import Coverage
from rag.question import understand, understand_each
from rag.retrieval import Retriever
from rag.store import Index
from rag.text import repair
from rag.types import Answer, AnswerEvent, Chunk, Citation, Filter, Hit, Question, Turn

if TYPE_CHECKING:
    from rag.llm.draft import Draft, Write

BACKEND = "extractive"
SURE = 0.5
"""Score from which a line surely answers a reading of a follow-up that is not the likeliest. Of .25 to .8 the follow-ups
of the tuning half have 28 or 29 of 37 right; with .8 most of what another reading wins is refused again."""
AROUND = 60
"""Passages before and after one that are read as its article, for lists and summaries; set by hand, not tuned."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A question as understood, the passages found for it, and what they come to."""

    question: Question
    hits: tuple[Hit, ...]
    result: tuple[Line, ...] | Refusal

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that answer; none where it is refused."""
        return () if isinstance(self.result, Refusal) else self.result


class Assistant:
    """Answers questions from one index."""

    def __init__(self, index: Index, encoder: Encoder, reader: SentenceReader | None = None) -> None:
        """`reader` judges the lines that words and meaning leave in doubt; without it they are judged by those alone."""
        self.index = index
        self._encoder = encoder
        self._reader = reader
        self._retriever = Retriever(index, encoder)

    @classmethod
    def open(cls, index: Path, embedding_model: str = "bundled") -> "Assistant":
        """Open an index with the model that built it (IndexStoreError, EmbeddingError)."""
        encoder = load_encoder(embedding_model)
        return cls(Index.open(index, encoder.name), encoder, SentenceReader())

    def reopened(self) -> "Assistant":
        """An assistant of the same model over the index as it now is on the disk (IndexStoreError)."""
        return type(self)(Index.open(self.index.folder, self._encoder.name), self._encoder, self._reader)

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
        found = self._find(question, history, filter)
        first = found[0]
        text = ""
        lines: tuple[Line, ...] = ()
        for each in found:
            steps = tuple(_tell(each, text, len(lines)))
            yield from map(AnswerEvent, steps)
            text, lines = steps[-1] if steps else text, lines + each.lines
        refusal = first.result if isinstance(first.result, Refusal) else None
        cited = refusal.lines if refusal else lines
        answer = Answer(
            question=first.question.text,
            text=refusal.text if refusal else text,
            refused=refusal is not None,
            reason=refusal.reason.value if refusal else "",
            backend=BACKEND,
            citations=tuple(self._cite(number, line) for number, line in enumerate(cited, start=1)),
            passages=_passages(found),
            seconds=time.perf_counter() - started,
            understood=readings(question, history, self.coverage)[0]
            if len(found) > 1
            else first.question.understood,
        )
        if write is None or refusal is not None:
            yield AnswerEvent(answer.text, answer)
            return
        yield from write(self._draft(replace(first.question, understood=answer.understood), lines, answer))

    def _draft(self, question: Question, lines: tuple[Line, ...], answer: Answer) -> "Draft":
        from rag.llm.draft import Draft

        lexical = self.index.lexical
        weigh = weigh_tokens(lexical.document_frequency, len(lexical))
        return Draft(question, lines, answer.passages, answer, self._cite, weigh, self.coverage.translate)

    def _find(self, question: str, history: Sequence[Turn], filter: Filter | None) -> tuple["_Found", ...]:
        """What is found for a question: for each of its needs where it has two, else for its first reading answered."""
        likeliest, *others = understand_each(question, self.coverage, history)
        if both := self._find_both(likeliest, filter):
            return both
        first = self._look_up(likeliest, filter)
        if first.lines:
            return (first,)
        for understood in others:
            other = self._look_up(understood, filter)
            judge = self._judge(understood)
            if any(judge.accepts(line, SURE) for line in other.lines):
                return (other,)
        return self._find_described(likeliest, filter) or (first,)

    def _find_both(self, question: Question, filter: Filter | None) -> tuple["_Found", ...]:
        """What answers each of the two needs of a question; empty where it has one, or one is not told."""
        parts = split_needs(question.understood, self.coverage)
        if not parts:
            return ()
        found = [self._look_up(self._part_of(question, part), filter) for part in parts[:2]]
        if len(parts) > 2 and found[0].lines and not found[1].lines:
            found[1] = self._look_up(self._part_of(question, parts[2]), filter)
        return tuple(found) if all(each.lines for each in found) else ()

    def _find_described(self, question: Question, filter: Filter | None) -> tuple["_Found", ...]:
        """What is asked of a place that the question only describes: first which place it is, then the answer."""
        split = split_described(question.understood, self.coverage)
        if split is None:
            return ()
        which, level, asked = split
        first = self._look_up(self._part_of(question, which), filter)
        place = next((p for line in first.lines if (p := place_named(line.text, level, self.coverage))), None)
        if place is None:
            return ()
        second = self._look_up(self._part_of(question, f"{place.path[-1]}{asked}"), filter)
        return (first, second) if second.lines else ()

    def _part_of(self, question: Question, part: str) -> Question:
        """A part of a question as a question of its own; what is shown as understood is the whole."""
        return replace(understand(part, self.coverage), text=question.text)

    def _look_up(self, question: Question, filter: Filter | None) -> "_Found":
        hits = self._retriever.search(question, filter)
        told = tuple(replace(hit, chunk=blank_orders(hit.chunk)) for hit in hits)
        return _Found(question, hits, self._answer(question, told))

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
        return keep_proven(extract(question, hits, weigh, self._article, self._likeness(question)), question)

    def _judge(self, question: Question) -> Judge:
        return Judge(question, self.coverage, self._likeness(question), self._reader)

    def _likeness(self, question: Question) -> Likeness | None:
        """How near lines are in meaning; none where the model is not the one that its worth was measured with."""
        return Likeness(question, self._retriever.compare) if self._encoder.name == BUNDLED_MODEL else None

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


def _tell(found: _Found, before: str, count: int) -> Iterator[str]:
    """The answer so far, growing by a line: `before` with its `count` lines stands already."""
    question, lines = found.question, found.lines
    conclusion = conclude(lines, question)
    if conclusion and not is_proven(conclusion, lines, question):
        conclusion = ""
    conclusion = re.sub(r"\[(\d+)\]", lambda match: f"[{int(match[1]) + count}]", conclusion)
    text = f"{before}\n" if before else ""
    text += verdict.opening(question, lines)
    if conclusion and leads(question):
        text, conclusion = f"{text}{conclusion}\n", ""
    for number, line in enumerate(lines, start=1):
        text += ("\n" if number > 1 else "") + show(count + number, line, question.language)
        yield text
    if conclusion:
        yield f"{text}\n{conclusion}"


def _passages(found: Sequence[_Found]) -> tuple[Hit, ...]:
    """The passages of all parts, by turns, each once."""
    kept: dict[int, Hit] = {}
    for hits in zip_longest(*(each.hits for each in found)):
        for hit in hits:
            if hit is not None:
                kept.setdefault(hit.chunk.id, hit)
    return tuple(kept.values())
