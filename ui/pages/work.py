"""How far background work is, in the words of the page that began it."""

from collections.abc import Callable
from typing import Protocol

from starlette.responses import JSONResponse

from ui.pages.jobs import State, Status
from ui.pages.telling import show_number, show_seconds


class WorkWords(Protocol):
    """What a page's texts have for any work; braces are filled with `str.format`."""

    @property
    def rate(self) -> str:
        """How much is done a second: {rate}."""

    @property
    def left(self) -> str:
        """How long it still takes: {left}."""

    @property
    def failed(self) -> str:
        """Why it failed: {reason}."""

    @property
    def failed_unexpectedly(self) -> str:
        """That it failed by a fault of the program."""

    @property
    def stopped(self) -> str:
        """That it was stopped."""


Say = Callable[[State], str]


def tell_work(words: WorkWords, state: State, stage: Say, done: Say) -> str:
    """The state of work in a sentence: `stage` tells how far it is, `done` what came of it. Empty when none was begun."""
    match state.status:
        case Status.RUNNING:
            return " · ".join([stage(state), *_tell_pace(words, state)])
        case Status.DONE:
            return done(state)
        case Status.FAILED:
            return words.failed.format(reason=state.error) if state.error else words.failed_unexpectedly
        case Status.STOPPED:
            return words.stopped
        case Status.IDLE:
            return ""


def _tell_pace(words: WorkWords, state: State) -> list[str]:
    pace = [words.rate.format(rate=show_number(state.rate))] if state.rate else []
    return pace + ([words.left.format(left=show_seconds(state.left))] if state.left is not None else [])


def show_work(state: State, told: str) -> JSONResponse:
    """How far work is, as numbers and `told` in words: what the page's script asks for again and again."""
    return JSONResponse({"status": state.status, "done": state.done, "total": state.total, "told": told})
