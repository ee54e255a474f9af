"""A GGUF file run inside this process by llama.cpp (package `xllamacpp`): loaded once, asked one question at a time."""

import os
import secrets
import threading
import weakref
from collections.abc import Generator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rag.llm.backend import Message, Piece, Put, Stop, pump
from rag.llm.gguf import check_memory, read_model_file
from rag.llm.troubles import INSTALL, trouble
from rag.llm.turns import Queue, Turn

CONTEXT = 4096
"""Tokens of prompt and answer together."""
BATCH = 64
"""Tokens of the prompt read at a stroke: a model that reads 30 a second can be stopped every 2 seconds."""
LEAVE_SECONDS = 30.0
"""Waited at most, at the end of the process, for a stroke to be read: 2 seconds, more on a busy machine."""
LOAD_SECONDS = 300.0
"""Silence that is borne while a model is loaded: one of 40 GB from a slow disk."""


class LocalBackend:
    """One GGUF file. It is looked at when named (ModelError) and loaded with the first question."""

    def __init__(self, path: Path, silence: float = 60.0) -> None:
        self._file = read_model_file(path)
        check_memory(self._file)
        self._silence = silence
        self._server: Any = None
        self._queue = Queue()
        self._work = _Work()
        _import()

    @property
    def name(self) -> str:
        """The name of the file."""
        return self._file.path.name

    def load(self) -> None:
        """Load it now, so that the first question need not wait (ModelError). Python stands still meanwhile."""
        self._load()

    def stream(self, messages: Sequence[Message], most: int, stop: Stop) -> Generator[Piece]:
        """The model's text as it comes, after the requests before this one (ModelError)."""
        turn = self._queue.enter()
        stop.then(turn.give_up)
        try:
            for ahead in turn.wait(stop):
                yield Piece(ahead=ahead)
            if turn.begin():
                asked = {
                    "messages": [{"role": each.role, "content": each.content} for each in messages],
                    "max_tokens": most,
                    "temperature": 0,
                    "seed": 0,
                    "stream": True,
                    # A call back with every batch of the prompt, so that stopping works there too.
                    "return_progress": True,
                }
                produce = partial(self._produce, asked, turn)
                silence = self._silence if self._server else max(self._silence, LOAD_SECONDS)
                for text in pump(produce, stop, silence, lambda: None):
                    yield Piece(text)
        finally:
            turn.give_up()

    def _produce(self, asked: dict[str, Any], turn: Turn, put: Put) -> None:
        """Have llama.cpp answer; the turn ends when it is done, though nobody reads any more (ModelError)."""
        complaints: list[str] = []

        def take(event: dict[str, Any]) -> bool:
            complaints.extend(_find_complaint(event))
            return put(_read(event)) or bool(complaints) or self._work.is_left

        self._work.begin()
        try:
            self._load().handle_chat_completions(asked, take)
        except RuntimeError as error:
            complaints.append(str(error))
        finally:
            self._work.end()
            turn.end()
        if complaints:
            raise trouble("failed", name=self.name, reason=complaints[0])

    def _load(self) -> Any:
        """The model in memory. Only the one whose turn it is comes here."""
        if self._server is None:
            check_memory(self._file)
            llama = _import()
            parameters = llama.CommonParams()
            parameters.model.path = str(self._file.path)
            parameters.n_ctx, parameters.n_parallel = CONTEXT, 1
            parameters.n_batch = parameters.n_ubatch = BATCH
            parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = count_threads()
            parameters.warmup, parameters.verbosity, parameters.ui = False, -1, False
            parameters.cache_ram_mib = 0
            # The package opens a port of this machine beside; nobody is given the key to it.
            parameters.api_keys = [secrets.token_urlsafe(32)]
            try:
                self._server = llama.Server(parameters)
                weakref.finalize(self, self._work.leave)  # at the end of the process, if not before
            except RuntimeError as error:
                raise trouble("unloadable", path=self._file.path, reason=error, install=INSTALL) from error
        return self._server


class _Work:
    """Whether llama.cpp is at work: a thread of its that still runs when Python is gone would bring the process down."""

    def __init__(self) -> None:
        self._at_rest = threading.Event()
        self._at_rest.set()
        self.is_left = False

    def begin(self) -> None:
        self._at_rest.clear()

    def end(self) -> None:
        self._at_rest.set()

    def leave(self) -> None:
        """Have it end what it is at, and wait for that."""
        self.is_left = True
        self._at_rest.wait(LEAVE_SECONDS)


def count_threads() -> int:
    """Every core but one: llama.cpp's threads wait for each other, and one that is kept waiting holds up all.

    Measured on 2 busy cores, 0.5B: one thread reads 87 and writes 26 tokens a second, two 21 and 1.5.
    """
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, usable - 1)


def _import() -> Any:
    try:
        import xllamacpp
    except ImportError as error:
        raise trouble("no_package", install=INSTALL) from error
    return xllamacpp


def _find_complaint(event: dict[str, Any]) -> list[str]:
    """What llama.cpp says went wrong, if this event says so; an exception would not come through its callback."""
    error = event if "choices" not in event and "message" in event else event.get("error")
    return [str(error.get("message", error))] if isinstance(error, dict) else []


def _read(event: dict[str, Any]) -> str:
    choices = event.get("choices")
    return str(choices[0]["delta"].get("content") or "") if choices else ""
