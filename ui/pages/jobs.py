"""Work in the background, in a process of its own: how far it is, what came of it, and a way to stop it.

A process, since a report that kills its parser must not take the answers with it, and what a model needed is given back.
"""

import contextlib
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeAlias

from rag.errors import GanwenError

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with a stage, how much of it is done and how much there is."""
Result: TypeAlias = dict[str, Any]
Work: TypeAlias = Callable[..., Result]
"""Called with a Progress and its arguments, all of which can be pickled; a function of a module."""

TOLD_SECONDS = 0.1
"""The least time between two messages of the same stage."""
PATIENCE_SECONDS = 5
"""How long a process that is told to end may take before it is killed."""
NICENESS = 10
"""Background work lets answers go first."""

_log = logging.getLogger(__name__)


class Status(StrEnum):
    """What has become of the work."""

    IDLE = "idle"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class State:
    """How far the work is: `rate` is done a second in this stage, `left` the seconds that the stage still takes.

    Both are measured from the first of the stage that is done: what came before, such as loading a model, is no pace.
    `result` is what the work gave back once it is done; `error` says why it failed, empty for a fault of the program.
    """

    status: Status = Status.IDLE
    stage: str = ""
    done: int = 0
    total: int = 0
    rate: float = 0
    left: float | None = None
    result: Result = field(default_factory=dict)
    error: str = ""


class Job:
    """One kind of work, done by at most one process at a time; threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state = State()
        self._process: BaseProcess | None = None
        self._began, self._begun_with = 0.0, 0

    def start(self, work: Work, *arguments: object) -> bool:
        """Begin; False when the last work still runs."""
        context = multiprocessing.get_context("spawn")  # a fork of a process with threads may hang
        with self._lock:
            if self._state.status is Status.RUNNING:
                return False
            ours, theirs = context.Pipe(duplex=False)
            # As a daemon it ends with the server.
            process = context.Process(target=_run, args=(theirs, work, arguments), daemon=True)
            process.start()
            theirs.close()  # so that its end is heard when the process is gone
            self._process, self._state = process, State(Status.RUNNING)
        threading.Thread(target=self._listen, args=(ours, process), daemon=True).start()
        return True

    def stop(self) -> None:
        """End the work, if there is any, and wait until it is gone."""
        with self._lock:
            process = self._process
            if process is None or self._state.status is not Status.RUNNING:
                return
            self._state = replace(self._state, status=Status.STOPPED)
        process.terminate()
        process.join(PATIENCE_SECONDS)
        if process.is_alive():
            process.kill()
            process.join(PATIENCE_SECONDS)

    def state(self) -> State:
        """How far it is now."""
        with self._lock:
            return self._state

    def _listen(self, messages: Connection, process: BaseProcess) -> None:
        with messages:
            while True:
                try:
                    self._hear(process, *messages.recv())
                except (EOFError, OSError):
                    break
        process.join()
        with self._lock:
            # It was killed, or died of what it read; the work that runs now may be another.
            if self._process is process and self._state.status is Status.RUNNING:
                _log.error("Background work ended with exit code %s", process.exitcode)
                self._state = replace(self._state, status=Status.FAILED)

    def _hear(self, process: BaseProcess, kind: str, value: Any) -> None:
        with self._lock:
            if self._process is not process or self._state.status is not Status.RUNNING:
                return
            if kind == "progress":
                self._state = self._measure(*value)
            elif kind == "done":
                self._state = replace(self._state, status=Status.DONE, result=value)
            else:
                self._state = replace(self._state, status=Status.FAILED, error=value)

    def _measure(self, stage: str, done: int, total: int) -> State:
        now = time.monotonic()
        if stage != self._state.stage or not self._state.done:
            self._began, self._begun_with = now, done
        seconds = now - self._began
        rate = (done - self._begun_with) / seconds if seconds > 0 else 0.0
        left = (total - done) / rate if rate > 0 else None
        return State(Status.RUNNING, stage, done, total, rate, left)


def _run(messages: Connection, work: Work, arguments: tuple[object, ...]) -> None:
    """What the process does: the work, its progress and its end told through the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server, which ends this process
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    told: tuple[str, float] = ("", 0.0)

    def progress(stage: str, done: int, total: int) -> None:
        nonlocal told
        now = time.monotonic()
        if stage != told[0] or done == total or now - told[1] >= TOLD_SECONDS:
            told = (stage, now)
            messages.send(("progress", (stage, done, total)))

    with messages, contextlib.suppress(BrokenPipeError):
        try:
            messages.send(("done", work(progress, *arguments)))
        except GanwenError as error:
            messages.send(("failed", str(error)))
        except BrokenPipeError:  # the server has gone
            raise
        except Exception:
            _log.exception("Background work failed")
            messages.send(("failed", ""))
