"""What any language model is to the rest: messages in, pieces of text out, and a way to stop it."""

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.llm.troubles import trouble

POLL_SECONDS = 0.02
"""How often a waiting reader looks whether it was stopped."""
PATIENCE = 10
"""Times the silence that is borne, for a model that only says that it is still at work."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is said to the model, by `system` or `user`."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Piece:
    """The next `text` of the model; while other requests come first there is none, and `ahead` counts them."""

    text: str = ""
    ahead: int = 0


class Stop(threading.Event):
    """Set by whoever wants a model to stop, from any thread; what was given to `then` is called at that moment."""

    def __init__(self) -> None:
        super().__init__()
        self._calls: list[Callable[[], None]] = []

    def set(self) -> None:
        """Stop, and say so."""
        super().set()
        while self._calls:
            self._calls.pop()()

    def then(self, call: Callable[[], None]) -> None:
        """Call this once stopped: at once where it is already."""
        self._calls.append(call)
        if self.is_set():
            self.set()


class Backend(Protocol):
    """A language model that can be asked."""

    @property
    def name(self) -> str:
        """What the answers say wrote them."""
        ...

    def stream(self, messages: Sequence[Message], most: int, stop: Stop) -> Generator[Piece]:
        """The model's text as it comes, of at most `most` tokens; ends early once `stop` is set (ModelError)."""
        ...


class Put(Protocol):
    """Where a producer puts its text; True when it should stop. An empty text says that it is still at work."""

    def __call__(self, text: str) -> bool:
        """Hand over a piece."""
        ...


def pump(
    produce: Callable[[Put], None], stop: Stop, silence: float, abort: Callable[[], None]
) -> Iterator[str]:
    """What `produce` puts, read in another thread so that silence and `stop` end the wait.

    `abort` must make a blocked producer return, and may be called twice; it is when the reader goes away before the
    end. Raises what the producer raised, and ModelError when nothing came for `silence` seconds,
    or nothing but empty texts for `PATIENCE` times as long.
    """
    pieces: queue.SimpleQueue[str | Exception | None] = queue.SimpleQueue()
    gone = threading.Event()

    def put(text: str) -> bool:
        pieces.put(text)
        return gone.is_set() or stop.is_set()

    def run() -> None:
        try:
            produce(put)
            pieces.put(None)
        except Exception as error:  # said by the reader, in whose hands it belongs
            pieces.put(error)

    stop.then(abort)  # the reader may be gone for good: whoever stops it need not go on reading
    threading.Thread(target=run, name="ganwen-llm", daemon=True).start()
    finished = False
    try:
        for item in _read(pieces, stop, silence):
            if isinstance(item, Exception):
                finished = True
                if stop.is_set():  # being stopped is what it complains of
                    return
                raise item
            yield item
        finished = not stop.is_set()
    finally:
        gone.set()
        if not finished:
            abort()


def _read(
    pieces: "queue.SimpleQueue[str | Exception | None]", stop: Stop, silence: float
) -> Iterator[str | Exception]:
    heard = spoken = time.monotonic()
    while not stop.is_set():
        try:
            item = pieces.get(timeout=POLL_SECONDS)
        except queue.Empty:
            if time.monotonic() - heard > silence:
                raise trouble("silent", seconds=silence) from None
            continue
        if item is None:
            return
        heard = time.monotonic()
        spoken = heard if item else spoken
        if heard - spoken > PATIENCE * silence:
            raise trouble("silent", seconds=PATIENCE * silence)
        yield item
