"""A GGUF file run inside this process by llama.cpp (package `xllamacpp`): loaded once, asked one question at a time."""

import os
import secrets
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rag.errors import ModelError
from rag.llm.backend import POLL_SECONDS, Message, Piece, Put, pump
from rag.llm.gguf import check_memory, read_model_file

INSTALL = "pip install 'ganwen[llm]', or make setup-llm"
CONTEXT = 4096
"""Tokens of prompt and answer together."""
BATCH = 64
"""Tokens of the prompt read at a stroke: a model that reads 30 a second can be stopped every 2 seconds."""
LOAD_SECONDS = 300.0


class LocalBackend:
    """One GGUF file. It is looked at when named (ModelError) and loaded with the first question."""

    def __init__(self, path: Path, silence: float = 60.0) -> None:
        self._file = read_model_file(path)
        check_memory(self._file)
        self._silence = silence
        self._server: Any = None
        self._queue = Queue()
        _import()

    @property
    def name(self) -> str:
        """The name of the file."""
        return self._file.path.name

    def stream(self, messages: Sequence[Message], most: int, stop: threading.Event) -> Iterator[Piece]:
        """The model's text as it comes, after the requests before this one (ModelError)."""
        with self._queue.enter() as turn:
            for ahead in turn.wait(stop):
                yield Piece(ahead=ahead)
            if stop.is_set():
                return
            server = self._load()
            asked = {
                "messages": [{"role": each.role, "content": each.content} for each in messages],
                "max_tokens": most,
                "temperature": 0,
                "seed": 0,
                "stream": True,
                "return_progress": True,  # a call back with every batch of the prompt, so that stopping works there
            }
            done = threading.Event()

            def produce(put: Put) -> None:
                complaints: list[str] = []

                def take(event: dict[str, Any]) -> bool:
                    complaints.extend(_find_complaint(event))
                    return bool(complaints) or put(_read(event))

                try:
                    server.handle_chat_completions(asked, take)
                except RuntimeError as error:
                    complaints.append(str(error))
                finally:
                    done.set()
                if complaints:
                    raise ModelError(f"{self.name} failed: {complaints[0]}")

            try:
                for text in pump(produce, stop, self._silence, lambda: None):
                    yield Piece(text)
            finally:
                done.wait(LOAD_SECONDS)  # the next one may not begin while llama.cpp is still at this one

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
            except RuntimeError as error:
                raise ModelError(
                    f"llama.cpp cannot load {self._file.path}: {error}. Try another file or a newer package: {INSTALL}"
                ) from error
        return self._server


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
        raise ModelError(
            f"A GGUF file needs the package xllamacpp: {INSTALL}. Or give a server's address."
        ) from error
    return xllamacpp


def _find_complaint(event: dict[str, Any]) -> list[str]:
    """What llama.cpp says went wrong, if this event says so; an exception would not come through its callback."""
    error = event if "choices" not in event and "message" in event else event.get("error")
    return [str(error.get("message", error))] if isinstance(error, dict) else []


def _read(event: dict[str, Any]) -> str:
    choices = event.get("choices")
    return str(choices[0]["delta"].get("content") or "") if choices else ""


class Queue:
    """Those who wait for one thing, in the order they came."""

    def __init__(self) -> None:
        self._turns: deque[Turn] = deque()
        self._change = threading.Condition()

    def enter(self) -> "Turn":
        """A place at the end of the queue, held until the context is left."""
        return Turn(self._turns, self._change)


class Turn:
    """A place in a queue."""

    def __init__(self, turns: "deque[Turn]", change: threading.Condition) -> None:
        self._turns = turns
        self._change = change

    def __enter__(self) -> "Turn":
        with self._change:
            self._turns.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        with self._change:
            self._turns.remove(self)
            self._change.notify_all()

    def wait(self, stop: threading.Event) -> Iterator[int]:
        """How many are before this one, whenever that changes, until none is or `stop` is set."""
        told = 0
        while not stop.is_set():
            with self._change:
                ahead = self._turns.index(self)
                if ahead == told and ahead:
                    self._change.wait(POLL_SECONDS)
            if not ahead:
                return
            if ahead != told:
                told = ahead
                yield ahead
