"""A model's answer, sentence by sentence: asked, checked while it comes, and the draft where the model fails."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

from rag.answering.verification.checked import evidence_of, find_checks
from rag.errors import ModelError
from rag.llm.backend import Backend, Piece, Stop
from rag.llm.checking import Checked, Checker, Fate, Reason
from rag.llm.draft import Draft, Write
from rag.llm.grounding import choose_passages
from rag.llm.paper import Paper
from rag.llm.prompting import compose
from rag.llm.sentences import Sentences
from rag.types import AnswerEvent

BUDGET = 1200
"""Tokens of passages in a prompt: with a model that reads 30 a second, 40 seconds at most."""
MOST = {True: 120, False: 400}
"""Tokens that a model may write, for an exact answer and for a summary."""
LONGEST = 2000
"""Characters after which a model that goes on is stopped."""

_HARMLESS = frozenset({Reason.NOTHING_NEW, Reason.NOT_TOLD})
"""Sentences left out because they say nothing, not because something in them is wrong."""

_NOTES = {
    "queue": ("排队等模型：前面还有 {ahead} 个问题", "Waiting for the model; questions before this one: {ahead}"),
    "failed": ("模型没能写完，以下是报告原文。{reason}", "The model did not finish; these are the reports' own words. {reason}"),
    "endless": ("模型写个不停，已经停下；核对过的留着。", "The model went on without end and was stopped; what stood its check stays."),
    "nothing": ("模型写的没有通过核对，以下是报告原文。", "Nothing the model wrote stood its check; these are the reports' own words."),
}  # fmt: skip


class Writing:
    """One answer being written. `raw` is what the model said, `checked` what became of each sentence."""

    def __init__(
        self, draft: Draft, backend: Backend, stop: Stop | None = None, budget: int = BUDGET
    ) -> None:
        self._draft = draft
        self._backend = backend
        self._stop = stop or Stop()
        self._budget = budget
        self._repeats = False
        self.raw = ""
        self.checked: list[Checked] = []

    def events(self) -> Iterator[AnswerEvent]:
        """The answer as it grows; the last event holds it whole. Once stopped, it is the draft."""
        started = time.perf_counter()
        asked = self._draft.question.understood
        passages = choose_passages(self._draft, self._budget)
        checker, paper, sentences = Checker(self._draft, passages), Paper(self._draft), Sentences(asked)
        note, failed = "", False
        messages = compose(self._draft, passages)
        try:
            with closing(self._backend.stream(messages, MOST[self._draft.is_exact], self._stop)) as pieces:
                for piece in pieces:
                    yield from self._take(piece, checker, paper, sentences)
                    if len(self.raw) > LONGEST or self._repeats:
                        note = "" if self._repeats else self._say("endless")
                        break
                else:
                    for sentence in sentences.finish():
                        self._keep(checker.check(sentence), paper)
        except ModelError as error:
            note, failed = self._say("failed", reason=error.tell(self._draft.question.language)), True
        if self._stop.is_set():
            note, failed = "", True
        yield self._end(None if failed else paper, note, time.perf_counter() - started)

    def _take(
        self, piece: Piece, checker: Checker, paper: Paper, sentences: Sentences
    ) -> Iterator[AnswerEvent]:
        if piece.ahead:
            yield AnswerEvent(self._draft.answer.text, note=self._say("queue", ahead=piece.ahead))
            return
        self.raw += piece.text
        for sentence in sentences.feed(piece.text):
            self._keep(checker.check(sentence), paper)
        yield AnswerEvent(paper.text(checker.show_early(sentences.unfinished)) or self._draft.answer.text)

    def _keep(self, checked: Checked, paper: Paper) -> None:
        self.checked.append(checked)
        # Small models may say the same sentence over and over.
        self._repeats = not paper.take(checked)

    def _end(self, paper: Paper | None, note: str, seconds: float) -> AnswerEvent:
        """The whole answer: the paper where a sentence of the model is in it, else the draft."""
        answer = self._draft.answer
        answer = replace(answer, seconds=answer.seconds + seconds, note=note)
        if paper is None:
            return AnswerEvent(answer.text, answer)
        faults = (each.fault for each in self.checked if each.fate is Fate.WITHHELD and each.fault)
        withheld = tuple(fault.value for fault in faults if fault not in _HARMLESS)
        answer = replace(answer, withheld=answer.withheld + withheld)
        if not paper.is_written:
            answer = replace(answer, note=note or self._say("nothing"))
            return AnswerEvent(answer.text, answer)
        paper.finish()
        checks = find_checks(paper.text(), evidence_of(paper.lines), [self._draft.question])
        answer = replace(
            answer,
            text=paper.text(),
            citations=paper.citations,
            backend=self._backend.name,
            checks=checks,
        )
        return AnswerEvent(answer.text, answer)

    def _say(self, key: str, **values: object) -> str:
        return _say(self._draft, key, **values)


def write_with(backend: Backend, stop: Stop | None = None) -> Write:
    """How an assistant has its answers written by a model: `assistant.stream(..., write=write_with(backend))`."""
    return lambda draft: Writing(draft, backend, stop).events()


def fail_with(error: ModelError) -> Write:
    """What a model writes that could not be opened: the draft, and why."""

    def write(draft: Draft) -> Iterator[AnswerEvent]:
        answer = replace(draft.answer, note=_say(draft, "failed", reason=error.tell(draft.question.language)))
        yield AnswerEvent(answer.text, answer)

    return write


def _say(draft: Draft, key: str, **values: object) -> str:
    return _NOTES[key][draft.question.language == "en"].format(**values)
