"""One conversation as its page holds it: what was asked, what became of it, and which source is open."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from rag.llm.backend import Stop
from rag.store import Index
from rag.types import Answer, Citation, Hit, Turn
from ui.chat.texts import TEXTS, Texts

CLOSEST_SHOWN = 3
"""Passages offered to read when the reports do not hold the answer."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question of the conversation and what became of it: the answer so far, the whole answer, or an error.

    `index` is the one that the answer was drawn from: its sources are shown from there, though a newer one be current.
    `note` says what an answer in the making waits for.
    """

    question: str
    text: str = ""
    answer: Answer | None = None
    error: str = ""
    stopped: bool = False
    index: Index | None = field(default=None, compare=False)
    note: str = ""

    @property
    def pending(self) -> bool:
        """Whether the answer is still to come, or being written."""
        return self.answer is None and not self.error and not self.stopped

    @property
    def references(self) -> tuple[Citation, ...]:
        """The citations of the answer; of a refusal, the passages that came closest."""
        if self.answer is None:
            return ()
        if self.answer.citations or not self.answer.refused:
            return self.answer.citations
        return tuple(_refer(n, hit) for n, hit in enumerate(self.answer.passages[:CLOSEST_SHOWN], start=1))


def _refer(n: int, hit: Hit) -> Citation:
    chunk = hit.chunk
    return Citation(
        n, chunk.file, chunk.title, chunk.section, chunk.start, chunk.end, chunk.text,
        chunk.region, chunk.period, chunk.kind, chunk.page,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """What the source view shows: a file, and the reference marked in it, the one of the exchange `turn`."""

    file: str
    turn: int | None = None
    citation: Citation | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that one page holds; without a `place` the source view lists the documents.

    `writer` names the language model that writes the answers; empty for the reports' own words.
    """

    language: str
    exchanges: tuple[Exchange, ...] = ()
    place: Place | None = None
    writer: str = ""

    @property
    def texts(self) -> Texts:
        """The words of the page."""
        return TEXTS[self.language]

    @property
    def history(self) -> tuple[Turn, ...]:
        """The questions that were answered before the last one."""
        return tuple(
            Turn(exchange.question, exchange.answer.text)
            for exchange in self.exchanges[:-1]
            if exchange.answer is not None
        )

    def asked(self, question: str) -> "Conversation":
        """The conversation with one more question, to be answered."""
        return replace(self, exchanges=(*self.exchanges, Exchange(question)))

    def told(self, exchange: Exchange) -> "Conversation":
        """The conversation with its last exchange as it now stands; an answer opens its first citation."""
        told = replace(self, exchanges=(*self.exchanges[:-1], exchange))
        if exchange.answer is None or not exchange.answer.citations:
            return told
        return told.opened(turn=len(self.exchanges) - 1, n=exchange.answer.citations[0].n)

    def opened(self, turn: int, n: int) -> "Conversation":
        """The conversation with the reference `n` of an exchange open; as it was where there is none such."""
        if not 0 <= turn < len(self.exchanges):
            return self
        for citation in self.exchanges[turn].references:
            if citation.n == n:
                return replace(self, place=Place(citation.file, turn, citation))
        return self


class Session:
    """The conversation of one open page. Its buttons work while an answer is being written, so changes take turns."""

    def __init__(self, language: str, writer: str = "") -> None:
        self.conversation = Conversation(language, writer=writer)
        self.halt = Stop()
        self._lock = threading.Lock()

    def begin(self) -> Stop:
        """What stops the answer that begins now, and no earlier one."""
        self.halt = Stop()
        return self.halt

    def change(self, step: Callable[[Conversation], Conversation]) -> Conversation:
        """Apply one step and return the conversation after it."""
        with self._lock:
            self.conversation = step(self.conversation)
            return self.conversation
