"""From a request to the events of its answer: what is asked, who writes, and a thread for each that is being answered."""

from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from anyio import CapacityLimiter, to_thread

from rag.assistant import Assistant
from rag.llm.backend import Stop
from rag.llm.writing import write_with
from rag.question import clean
from rag.types import AnswerEvent, Filter, Turn
from ui.api.failures import ApiError
from ui.api.filtering import read_filter
from ui.api.schemas import ChatRequest, Filters, Message
from ui.service import Service

EXTRACTIVE = "ganwen"
"""The name of the model that answers in the reports' own words."""
TURNS = 20
"""Earlier questions that a follow-up may lean on; older ones are left out."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, ready to be asked of one assistant; `model` names who writes."""

    assistant: Assistant
    question: str
    history: tuple[Turn, ...]
    filter: Filter | None
    model: str


class Asker:
    """Asks one service; the threads that wait for answers are its own, so that probes and pages never wait for one."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._limiter = CapacityLimiter(service.gate.places + service.gate.waiting + 1)

    @property
    def models(self) -> tuple[str, ...]:
        """Who may write."""
        return tuple(dict.fromkeys(name for name in (EXTRACTIVE, self.service.writer) if name))

    def read(self, request: ChatRequest) -> Asked:
        """What a request asks (ApiError, QuestionError)."""
        if request.model not in self.models:
            names = ", ".join(self.models)
            raise ApiError(
                404, "model_not_found", f"There is no model {request.model} here, but {names}.", "model"
            )
        question, history = read_messages(request.messages)
        return self.prepare(question, history, request.filter, request.model)

    def prepare(
        self, question: str, history: Sequence[Turn], filters: Filters | None, model: str = EXTRACTIVE
    ) -> Asked:
        """A question for the index as it is now (ApiError, QuestionError)."""
        assistant = self.service.current.get()
        index = assistant.index
        allowed = read_filter(filters, index.files, assistant.coverage) if filters else None
        return Asked(assistant, clean(question), tuple(history[-TURNS:]), allowed, model)

    async def events(self, asked: Asked) -> AsyncGenerator[AnswerEvent]:
        """The answer as it grows; whoever stops reading stops it (GanwenError)."""
        stop = Stop()
        steps = self._steps(asked, stop)
        try:
            while (event := await to_thread.run_sync(next, steps, None, limiter=self._limiter)) is not None:
                yield event
        finally:
            stop.set()
            with suppress(ValueError):  # it is still at work, and ends by itself
                steps.close()

    def _steps(self, asked: Asked, stop: Stop) -> Generator[AnswerEvent]:
        backend = self.service.backend
        write = write_with(backend, stop) if backend is not None and asked.model != EXTRACTIVE else None
        yield from asked.assistant.stream(asked.question, asked.history, asked.filter, write)


def read_messages(messages: Sequence[Message]) -> tuple[str, tuple[Turn, ...]]:
    """The question and the answered questions before it (ApiError); what `system` says is not obeyed."""
    last = messages[-1]
    if last.role != "user":
        raise ApiError(
            400, "no_question", "The last message is not the user's. Put the question there.", "messages"
        )
    turns: list[Turn] = []
    question = ""
    for message in messages[:-1]:
        if message.role == "user":
            question = message.text
        elif message.role == "assistant" and question:
            turns.append(Turn(question, message.text))
            question = ""
    return last.text, tuple(turns)
