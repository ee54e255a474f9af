"""An assistant behind a gate: so many questions at once, whichever door they come by, and each counted."""

import logging
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from rag.assistant import Assistant
from rag.errors import QuestionError
from rag.question import detect_language
from rag.text import fold
from rag.types import Answer, AnswerEvent, Filter, Turn
from ui.guard.gate import Busy, Gate
from ui.guard.tally import Tally

if TYPE_CHECKING:
    from rag.llm.draft import Write
    from rag.lookup import Lookup

WAITS = {
    "zh": "排队：前面还有 {ahead} 个问题",
    "en": "In the queue; questions before this one: {ahead}",
}

_log = logging.getLogger(__name__)


class _Newest:
    """The one that was opened last, as long as anyone holds it."""

    def __init__(self) -> None:
        self.get: Callable[[], Gated | None] = lambda: None
        self.opening = threading.Lock()


class Gated(Assistant):
    """Answers as another assistant does, when its turn has come. While a question waits, its events say how many are before."""

    def __init__(self, inner: Assistant, gate: Gate, tally: Tally, newest: "_Newest | None" = None) -> None:
        self.index = inner.index
        self.inner = inner
        self.gate = gate
        self.tally = tally
        self._newest = newest or _Newest()

    @property
    def lookup(self) -> "Lookup":  # type: ignore[override]
        """The inner assistant's."""
        return self.inner.lookup

    def reopened(self) -> "Gated":
        """As `Assistant.reopened`, the same one for all who ask: each of them would hold an index of its own."""
        with self._newest.opening:
            newest = self._newest.get()
            if newest is None or not newest.index.is_current():
                newest = Gated(self.inner.reopened(), self.gate, self.tally, self._newest)
                self._newest.get = weakref.ref(newest)
        return newest

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filter: Filter | None = None,
        write: "Write | None" = None,
    ) -> Answer:
        """The server's own questions, such as examples it tries: they wait for nobody, and are not counted."""
        return self.inner.ask(question, history, filter, write)

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filter: Filter | None = None,
        write: "Write | None" = None,
    ) -> Iterator[AnswerEvent]:
        """As `Assistant.stream` (QuestionError, Busy)."""
        outcome, seconds, started = "stopped", None, time.perf_counter()
        try:
            with self.gate.enter() as ticket:
                for ahead in ticket.wait():
                    yield AnswerEvent("", note=_say_wait(question, ahead))
                for event in self.inner.stream(question, history, filter, write):
                    ticket.keep()
                    if event.answer is not None:
                        outcome = "refused" if event.answer.refused else "answered"
                        seconds = time.perf_counter() - started
                        self._log(event.answer, seconds)
                    yield event
        except Busy:
            outcome = "turned_away"
            raise
        except QuestionError:
            outcome = "unusable"
            raise
        except Exception:
            outcome = "failed"
            raise
        finally:
            self.tally.question(outcome, seconds)

    @staticmethod
    def _log(answer: Answer, seconds: float) -> None:
        outcome = f"refused ({answer.reason})" if answer.refused else f"{len(answer.citations)} citations"
        _log.info("%s, %s, %.3f s: %s", answer.backend, outcome, seconds, answer.question)


def _say_wait(question: str, ahead: int) -> str:
    language = detect_language(question, fold(question))
    return WAITS.get(language, WAITS["zh"]).format(ahead=ahead)
