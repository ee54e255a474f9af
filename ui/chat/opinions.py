"""What a reader says of an answer: a thumb, taken back by pressing it again, and a comment on it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from rag.errors import GanwenError, IndexStoreError
from rag.store import Index
from rag.types import Answer
from ui.chat.conversation import Conversation, Exchange
from ui.chat.sources import stands
from ui.feedback import LONGEST_COMMENT, Feedback, Opinion, Quote


def judge(
    conversation: Conversation, picked: Mapping[str, object], feedback: Feedback, index: Index
) -> Exchange | None:
    """The exchange after a thumb or a comment on it, which is kept in `feedback`; None where there is none such.

    `index` is what quotes are taken from where the exchange does not hold its own.
    """
    turn = picked.get("of")
    if not isinstance(turn, int) or not 0 <= turn < len(conversation.exchanges):
        return None
    exchange = conversation.exchanges[turn]
    if exchange.answer is None:
        return None
    handling = conversation.handling
    try:
        match picked:
            case {"verdict": ("up" | "down") as verdict} if verdict == exchange.verdict:
                feedback.take_back(exchange.id)
                return replace(exchange, verdict="", comment="", remark="")
            case {"verdict": ("up" | "down") as verdict}:
                judged = replace(exchange, verdict=verdict, remark=handling.thanks)
            case {"comment": str(comment)} if exchange.verdict and len(comment) > LONGEST_COMMENT:
                return replace(exchange, remark=handling.too_long.format(limit=LONGEST_COMMENT))
            case {"comment": str(comment)} if exchange.verdict:
                judged = replace(exchange, comment=comment.strip(), remark=handling.thanks)
            case _:
                return None
        feedback.give(_state(conversation, turn, judged, exchange.answer, exchange.index or index))
    except GanwenError as error:
        return replace(exchange, remark=handling.not_saved.format(reason=error))
    return judged


def _state(
    conversation: Conversation, turn: int, exchange: Exchange, answer: Answer, index: Index
) -> Opinion:
    return Opinion(
        id=exchange.id,
        verdict=exchange.verdict,
        comment=exchange.comment,
        question=exchange.question,
        history=replace(conversation, exchanges=conversation.exchanges[: turn + 1]).history,
        answer=answer.text,
        refused=answer.refused,
        quotes=tuple(_quote(answer, index)),
        scope=exchange.scope,
        backend=answer.backend,
        generation=exchange.generation,
    )


def _quote(answer: Answer, index: Index) -> Iterator[Quote]:
    """The words of each citation as the file has them, where they still stand there with nothing dropped between."""
    for citation in answer.citations:
        try:
            document = index.document(citation.file)
        except IndexStoreError:
            continue
        raw = document.text[citation.start : citation.end]
        if stands(citation, document) and "".join(raw.split()) == "".join(citation.text.split()):
            yield Quote(citation.n, citation.file, raw)
