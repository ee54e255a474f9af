"""A conversation as the browser keeps it and gives it back: JSON that is checked like anything from outside.

What comes back is shown as it was, whatever index is current: it holds its answers, citations and sources itself.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Annotated, Literal

from pydantic import StringConstraints, TypeAdapter, ValidationError

from rag.errors import QuestionError
from rag.types import Answer, Filter
from ui.chat.conversation import CLOSEST_SHOWN, Conversation, Exchange, Verdict
from ui.chat.handling_texts import Handling
from ui.chat.holdings import Held
from ui.chat.sources import Source
from ui.chat.texts import Texts

LONGEST = 2_000_000
"""Characters of a kept conversation, some 500 answers; longer ones are not taken back."""
MOST = 500
"""Exchanges of a kept conversation."""


@dataclass(frozen=True, slots=True)
class KeptExchange:
    """An exchange without what belongs to a running page; `generation` is the index that it was answered from."""

    id: Annotated[str, StringConstraints(pattern="^[0-9a-f]{32}$")]
    asked: datetime
    question: str
    text: str
    error: str
    stopped: bool
    answer: Answer | None
    filter: Filter
    scope: str
    sources: tuple[Source, ...]
    held: Held | None
    verdict: Verdict
    comment: str
    generation: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation on its way to or from a browser; `filter` narrows its next question."""

    version: Literal[1]
    exchanges: tuple[KeptExchange, ...]
    filter: Filter = field(default_factory=Filter)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a browser gave back, checked."""

    exchanges: tuple[Exchange, ...]
    filter: Filter


@cache
def _adapter() -> TypeAdapter[Kept]:
    return TypeAdapter(Kept)


def dump(conversation: Conversation) -> str:
    """The conversation as JSON, without a question that is still being answered; empty when nothing is left."""
    kept = tuple(_keep(exchange) for exchange in conversation.exchanges if not exchange.pending)
    return _adapter().dump_json(Kept(1, kept, conversation.filter)).decode() if kept else ""


def _keep(exchange: Exchange) -> KeptExchange:
    answer = exchange.answer
    if answer is not None:
        shown = CLOSEST_SHOWN if answer.refused and not answer.citations else 0
        answer = replace(answer, passages=answer.passages[:shown])
    return KeptExchange(
        id=exchange.id, asked=exchange.asked, question=exchange.question, text=exchange.text, error=exchange.error,
        stopped=exchange.stopped, answer=answer, filter=exchange.filter, scope=exchange.scope,
        sources=exchange.sources, held=exchange.held, verdict=exchange.verdict, comment=exchange.comment,
        generation=exchange.generation,
    )  # fmt: skip


def restore(text: object, current: str) -> Restored:
    """A kept conversation (QuestionError when it is none, too long or damaged).

    `current` is the generation of the index that is current now.
    """
    if not isinstance(text, str) or len(text) > LONGEST:
        raise QuestionError("This is no conversation that was kept here.")
    try:
        kept = _adapter().validate_json(text)
        exchanges = tuple(_restore(each, current) for each in kept.exchanges)
    except (ValidationError, ValueError) as error:
        raise QuestionError("This is no conversation that was kept here.") from error
    if not exchanges or len(exchanges) > MOST:
        raise QuestionError(f"A conversation has 1 to {MOST} questions.")
    return Restored(exchanges, kept.filter)


def _restore(kept: KeptExchange, current: str) -> Exchange:
    answer = kept.answer
    if answer is not None:
        checks = tuple(c for c in answer.checks if 0 <= c.start < c.end <= len(answer.text))
        answer = replace(answer, checks=tuple(sorted(checks, key=lambda c: (c.start, c.end))))
    return Exchange(
        question=kept.question, text=kept.text, answer=answer, error=kept.error,
        # An exchange that is not answered would be taken for one that is waiting.
        stopped=kept.stopped or (answer is None and not kept.error),
        id=kept.id, asked=kept.asked, filter=kept.filter, scope=kept.scope, sources=kept.sources, held=kept.held,
        verdict=kept.verdict, comment=kept.comment, generation=kept.generation, older=kept.generation != current,
    )  # fmt: skip


def tell_words(texts: Texts, handling: Handling) -> str:
    """What the list of kept conversations says, as JSON for the page's script, which draws it from the browser's store."""
    return json.dumps(
        {
            "kept": texts.kept,
            "close": texts.close,
            "note": handling.kept_note,
            "none": handling.kept_none,
            "count": handling.kept_count,
            "open": handling.open_kept,
            "delete": handling.delete,
            "deleteAll": handling.delete_all,
            "sure": handling.delete_sure,
        },
        ensure_ascii=False,
    )
