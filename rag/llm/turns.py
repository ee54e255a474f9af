"""Those who wait for one thing, in the order they came: each has a turn, and sees how many are before."""

import threading
import time
from collections import deque
from collections.abc import Iterator

from rag.llm.backend import POLL_SECONDS, Stop

FORGOTTEN_SECONDS = 10.0
"""A turn that nobody asked after for so long (a page that was closed) holds up no other."""


class Queue:
    """A queue for one thing; threads may share it."""

    def __init__(self) -> None:
        self._turns: deque[Turn] = deque()
        self._change = threading.Condition()

    def enter(self) -> "Turn":
        """A turn at the end."""
        turn = Turn(self._turns, self._change)
        with self._change:
            self._turns.append(turn)
        return turn


class Turn:
    """A place in a queue: waited for, begun, ended; given up before it is begun."""

    def __init__(self, turns: "deque[Turn]", change: threading.Condition) -> None:
        self._turns = turns
        self._change = change
        self._begun = False
        self._seen = time.monotonic()

    def wait(self, stop: Stop) -> Iterator[int]:
        """How many are before this one, whenever that changes, until none is or `stop` is set."""
        told = 0
        while not stop.is_set():
            with self._change:
                self._seen = time.monotonic()
                ahead = self._count_ahead()
                if ahead == told and ahead:
                    self._change.wait(POLL_SECONDS)
            if not ahead:
                return
            if ahead != told:
                told = ahead
                yield ahead

    def begin(self) -> bool:
        """Take the turn; False where it was given up."""
        with self._change:
            self._begun = self in self._turns
            return self._begun

    def end(self) -> None:
        """Let the next one in."""
        with self._change:
            self._begun = False
            self._leave()

    def give_up(self) -> None:
        """Leave the queue, unless the turn was begun: then its end does that."""
        with self._change:
            if not self._begun:
                self._leave()

    def _leave(self) -> None:
        if self in self._turns:
            self._turns.remove(self)
            self._change.notify_all()

    def _count_ahead(self) -> int:
        old = time.monotonic() - FORGOTTEN_SECONDS
        place = self._turns.index(self) if self in self._turns else len(self._turns)
        before = [turn for index, turn in enumerate(self._turns) if index < place]
        return sum(turn._begun or turn._seen > old for turn in before)
