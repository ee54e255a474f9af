"""`POST /v1/chat/completions` and `GET /v1/models`: OpenAI's shape, whole or as a stream, with citations under `ganwen`."""

import json
import logging
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from rag.errors import GanwenError
from rag.llm.grounding import count_tokens
from rag.types import Answer, AnswerEvent
from ui.api import schemas
from ui.api.asking import EXTRACTIVE, Asked, Asker
from ui.api.failures import ApiError, ApiRoute, translate

QUIET_SECONDS = 5.0
"""After so long without a word of the answer an empty comment says that it is still being written."""

_log = logging.getLogger(__name__)

_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": schemas.Error, "description": description}
    for status, description in {
        400: "The request cannot be answered as it stands.",
        401: "A token is needed.",
        404: "There is no such model.",
        413: "The body is too large.",
        429: "Too many requests; `Retry-After` says when to come again.",
        503: "The queue is full, or the index cannot be used; `Retry-After` says when to come again.",
    }.items()
}


def build_router(asker: Asker) -> APIRouter:
    """The routes of OpenAI's interface."""
    router = APIRouter(prefix="/v1", route_class=ApiRoute, tags=["OpenAI"])

    @router.post(
        "/chat/completions",
        response_model=schemas.Completion,
        summary="Answer a question from the reports",
        responses={
            200: {
                "description": "The answer; with `stream` as server-sent events.",
                "content": {"text/event-stream": {}},
            },
            **{status: _RESPONSES[status] for status in (400, 401, 404, 413, 429, 503)},
        },
    )
    async def complete(asked: schemas.ChatRequest, request: Request) -> Any:
        return await answer_chat(asker, asked, request)

    @router.get(
        "/models",
        response_model=schemas.Models,
        summary="Who can write answers",
        responses={401: _RESPONSES[401]},
    )
    async def list_models() -> schemas.Models:
        return schemas.Models(data=[_model(asker, name) for name in asker.models])

    @router.get(
        "/models/{model:path}", response_model=schemas.Model, summary="One who can write answers",
        responses={status: _RESPONSES[status] for status in (400, 401, 404)},
    )  # fmt: skip
    async def show_model(model: str) -> schemas.Model:
        if model not in asker.models:
            raise ApiError(
                404, "model_not_found", f"There is no model {model} here, but {', '.join(asker.models)}."
            )
        return _model(asker, model)

    return router


def _model(asker: Asker, name: str) -> schemas.Model:
    built = asker.service.current.get().index.manifest.created
    return schemas.Model(id=name, created=int(datetime.fromisoformat(built).timestamp()))


async def answer_chat(asker: Asker, request: schemas.ChatRequest, connection: Request) -> Any:
    """The whole answer, or the stream that brings it (ApiError, GanwenError)."""
    asked = asker.read(request)
    talk = _Talk(asked, request)
    if not request.stream:
        async with aclosing(asker.events(asked)) as steps:
            async for event in steps:
                if event.answer is not None:
                    return talk.complete(event.answer)
                if await connection.is_disconnected():
                    break
        raise ApiError(400, "gone", "Nobody waits for the answer any more.")
    events = asker.events(asked)
    first = await anext(events)  # what goes wrong at once is an error, not a stream
    return StreamingResponse(
        talk.stream(first, events), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


class _Talk:
    """One answer in OpenAI's shape."""

    def __init__(self, asked: Asked, request: schemas.ChatRequest) -> None:
        self._asked = asked
        self._prompt = sum(count_tokens(message.text) for message in request.messages)
        self._tells_usage = request.stream_options is not None and request.stream_options.include_usage
        self._head: dict[str, Any] = {
            "id": f"chatcmpl-{secrets.token_hex(12)}",
            "created": int(time.time()),
            "model": asked.model,
        }

    def complete(self, answer: Answer) -> schemas.Completion:
        """The whole answer."""
        return schemas.Completion(
            **self._head,
            choices=[schemas.Choice(message=schemas.Reply(content=answer.text))],
            usage=self._usage(answer),
            ganwen=report(answer),
        )

    async def stream(self, first: AnswerEvent, events: AsyncGenerator[AnswerEvent]) -> AsyncIterator[str]:
        """The answer as events of the server; those who wait are told so in comments, which every client reads over."""
        yield self._chunk({"role": "assistant", "content": ""})
        sent, told = "", time.monotonic()
        async with aclosing(events):
            try:
                event: AnswerEvent | None = first
                while event is not None:
                    sent, piece = self._grow(sent, event)
                    if event.note or time.monotonic() - told > QUIET_SECONDS:
                        told = time.monotonic()
                        yield f": {' '.join(event.note.split())}\n\n"
                    if piece:
                        told = time.monotonic()
                        yield self._chunk({"content": piece})
                    if event.answer is not None:
                        for line in self._end(event.answer):
                            yield line
                    event = await anext(events, None)
            except Exception as error:  # the stream has begun: the error is its last event
                if not isinstance(error, GanwenError):
                    _log.exception("A question could not be answered")
                yield _line(schemas.Error(error=translate(error).detail).model_dump())
        yield "data: [DONE]\n\n"

    def _grow(self, sent: str, event: AnswerEvent) -> tuple[str, str]:
        """What was sent after this event, and the piece to send now.

        What was sent cannot be taken back. A language model's words may be until they are whole, so they come at the end.
        """
        if event.answer is None and self._asked.model != EXTRACTIVE:
            return sent, ""
        if not event.text.startswith(sent):
            return sent, ""
        return event.text, event.text[len(sent) :]

    def _end(self, answer: Answer) -> list[str]:
        last = [self._chunk({}, finish="stop", ganwen=report(answer).model_dump())]
        if self._tells_usage:
            usage = {"choices": [], "usage": self._usage(answer).model_dump()}
            last.append(_line({**self._head, "object": "chat.completion.chunk", **usage}))
        return last

    def _chunk(self, delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _line({**self._head, "object": "chat.completion.chunk", "choices": [choice], **more})

    def _usage(self, answer: Answer) -> schemas.Usage:
        written = count_tokens(answer.text)
        return schemas.Usage(
            prompt_tokens=self._prompt, completion_tokens=written, total_tokens=self._prompt + written
        )


def report(answer: Answer) -> schemas.Report:
    """What only Ganwen tells."""
    return schemas.Report(
        verdict="refused" if answer.refused else "answered",
        reason=answer.reason or None,
        understood=answer.understood or answer.question,
        backend=answer.backend,
        note=answer.note or None,
        seconds=round(answer.seconds, 4),
        citations=[
            schemas.Citation(
                n=each.n, file=each.file, start=each.start, end=each.end, text=each.text, article=each.title,
                section=list(each.section), region=each.region.name if each.region else None,
                period=each.period.label if each.period else None, kind=each.kind.value, page=each.page,
            )
            for each in answer.citations
        ],
    )  # fmt: skip


def _line(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
