"""What the tests of a writing model share: a model whose words are told beforehand, and drafts of real questions."""

from collections.abc import Iterator, Sequence

from rag.assistant import Assistant
from rag.llm.backend import Message, Piece, Stop
from rag.llm.draft import Draft
from rag.llm.writing import Writing
from rag.types import Answer, AnswerEvent


class Parrot:
    """A model that says what it is told to, whatever it is asked; `asked` are the prompts it got."""

    name = "parrot"

    def __init__(self, text: str, size: int = 4) -> None:
        self._text = text
        self._size = size
        self.asked: list[Sequence[Message]] = []

    def stream(self, messages: Sequence[Message], most: int, stop: Stop) -> Iterator[Piece]:
        self.asked.append(messages)
        for start in range(0, len(self._text), self._size):
            if stop.is_set():
                return
            yield Piece(self._text[start : start + self._size])


def draft_of(assistant: Assistant, question: str) -> Draft:
    """What a model would be given to write from; the question must not be refused."""
    drafts: list[Draft] = []

    def write(draft: Draft) -> Iterator[AnswerEvent]:
        drafts.append(draft)
        yield AnswerEvent(draft.answer.text, draft.answer)

    assistant.ask(question, write=write)
    return drafts[0]


def written(assistant: Assistant, question: str, text: str) -> tuple[Answer, Writing]:
    """The answer when a model says this to a question."""
    writing = Writing(draft_of(assistant, question), Parrot(text))
    *_, last = writing.events()
    assert last.answer is not None
    return last.answer, writing
