"""One conversation as its page holds it: what was asked, what became of it, and which source is open."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import uuid4

from rag.llm.backend import Stop
from rag.store import Index
from rag.types import Answer, Citation, Filter, Hit, Turn
from ui.chat.handling_texts import HANDLING, Handling
from ui.chat.holdings import Held
from ui.chat.sources import Source
from ui.chat.texts import TEXTS, Texts

Verdict = Literal["", "up", "down"]
"""What a reader thinks of an answer: nothing said, good, bad."""

CLOSEST_SHOWN = 3
"""Passages offered to read when the reports do not hold the answer."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question of the conversation and what became of it: the answer so far, the whole answer, or an error.

    `index` is the one that the answer was drawn from: its sources are shown from there, though a newer one be current.
    `note` says what an answer in the making waits for. `filter` is what it was asked under, `scope` the same in words.
    `sources` go with the references; `held` is what there is instead, where it was refused. `verdict` is the reader's,
    `remark` what was said to it. `generation` names the index it is from; one that the browser kept of an index that
    is no longer current is `older`.
    """

    question: str
    text: str = ""
    answer: Answer | None = None
    error: str = ""
    stopped: bool = False
    index: Index | None = field(default=None, compare=False)
    note: str = ""
    id: str = field(default_factory=lambda: uuid4().hex, compare=False)
    asked: datetime = field(default_factory=lambda: datetime.now().astimezone(), compare=False)
    filter: Filter = field(default_factory=Filter)
    scope: str = ""
    sources: tuple[Source, ...] = ()
    held: Held | None = None
    verdict: Verdict = ""
    comment: str = ""
    remark: str = ""
    generation: str = field(default="", compare=False)
    older: bool = field(default=False, compare=False)

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

    `writer` names the language model that writes the answers; empty for the reports' own words. `filter` narrows
    the next question; `notice` is said once above the field. `version` counts the steps that led here,
    `talk` is the page's number for the conversation: what is drawn of an earlier one may come too late.
    """

    language: str
    exchanges: tuple[Exchange, ...] = ()
    place: Place | None = None
    writer: str = ""
    filter: Filter = field(default_factory=Filter)
    notice: str = ""
    version: int = field(default=0, compare=False)
    talk: int = field(default=0, compare=False)

    @property
    def texts(self) -> Texts:
        """The words of the page."""
        return TEXTS[self.language]

    @property
    def handling(self) -> Handling:
        """The words about handling answers."""
        return HANDLING[self.language]

    @property
    def history(self) -> tuple[Turn, ...]:
        """The questions that were answered before the last one."""
        return tuple(
            Turn(exchange.question, exchange.answer.text)
            for exchange in self.exchanges[:-1]
            if exchange.answer is not None
        )

    def asked(self, question: str, scope: str = "") -> "Conversation":
        """The conversation with one more question, to be answered within its filter, `scope` in words."""
        asked = Exchange(question, filter=self.filter, scope=scope)
        return replace(self, exchanges=(*self.exchanges, asked))

    def put(self, turn: int, exchange: Exchange) -> "Conversation":
        """The conversation with another exchange at `turn`."""
        return replace(self, exchanges=(*self.exchanges[:turn], exchange, *self.exchanges[turn + 1 :]))

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
        self._shown: dict[str, int] = {}

    def begin(self) -> Stop:
        """What stops the answer that begins now, and no earlier one."""
        self.halt = Stop()
        return self.halt

    def change(self, step: Callable[[Conversation], Conversation]) -> Conversation:
        """Apply one step and return the conversation after it."""
        with self._lock:
            self.conversation = replace(step(self.conversation), version=self.conversation.version + 1)
            return self.conversation

    def show(self, drawn: Conversation, parts: Mapping[str, str]) -> dict[str, str]:
        """Of the parts drawn from a conversation those that the page does not show of a later one: a slow event may be
        overtaken by a quick one."""
        with self._lock:
            news = {name: part for name, part in parts.items() if self._shown.get(name, 0) <= drawn.version}
            self._shown |= dict.fromkeys(news, drawn.version)
            return news
