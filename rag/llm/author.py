"""An assistant whose answers a language model writes: asked like the assistant itself."""

from collections.abc import Iterator, Sequence

from rag.assistant import Assistant
from rag.llm.backend import Backend, Stop
from rag.llm.writing import write_with
from rag.types import Answer, AnswerEvent, Filter, Turn


class Author:
    """Answers questions from one index, in the words of one model."""

    def __init__(self, assistant: Assistant, backend: Backend) -> None:
        self._assistant = assistant
        self._backend = backend

    def ask(self, question: str, history: Sequence[Turn] = (), filter: Filter | None = None) -> Answer:
        """As `Assistant.ask`."""
        return self._assistant.ask(question, history, filter, write_with(self._backend))

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filter: Filter | None = None,
        stop: Stop | None = None,
    ) -> Iterator[AnswerEvent]:
        """As `Assistant.stream`; once `stop` is set, the model is stopped and the answer is the draft."""
        return self._assistant.stream(question, history, filter, write_with(self._backend, stop))
