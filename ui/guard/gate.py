"""Lets so many questions be answered at once; those that come then wait in the order they came, and see how many are before."""

import threading
import time
from collections.abc import Iterator

from rag.errors import GanwenError

POLL_SECONDS = 0.02
TOLD_SECONDS = 1.0
"""How often one who waits is told, so that whoever went away is noticed."""
FORGOTTEN_SECONDS = 10.0
"""A place in the queue that nobody asked after for so long (a page that was closed) is given up."""
LOST_SECONDS = 600.0
"""So is an answer in the making that nobody drew on: far longer than a language model may be silent."""


class Busy(GanwenError):
    """So many questions wait already that this one is turned away."""


class Gate:
    """`places` questions at once, at most `waiting` more in the queue; threads may share it."""

    def __init__(self, places: int, waiting: int) -> None:
        self.places = places
        self.waiting = waiting
        self._tickets: list[Ticket] = []
        self._lock = threading.Lock()
        self._swept = 0.0

    @property
    def length(self) -> int:
        """How many wait."""
        return max(0, self._count() - self.places)

    @property
    def running(self) -> int:
        """How many are being answered."""
        return min(self.places, self._count())

    def enter(self) -> "Ticket":
        """A place at the end of the queue, to be used in a `with` (Busy)."""
        ticket = Ticket(self)
        with self._lock:
            self._forget()
            if len(self._tickets) >= self.places + self.waiting:
                raise Busy(
                    f"已有 {self.waiting} 个问题在排队，请稍后再问。 "
                    f"{self.waiting} questions are waiting already; ask again in a while."
                )
            self._tickets.append(ticket)
        return ticket

    def ahead(self, ticket: "Ticket") -> int:
        """How many must end before this one begins: 0 when it may."""
        with self._lock:
            self._forget()
            if ticket not in self._tickets:  # it was forgotten, and comes back
                self._tickets.append(ticket)
            place = self._tickets.index(ticket)
            ticket.runs = ticket.runs or place < self.places
            return 0 if ticket.runs else place - self.places + 1

    def leave(self, ticket: "Ticket") -> None:
        """Let the next one in."""
        with self._lock:
            if ticket in self._tickets:
                self._tickets.remove(ticket)

    def _count(self) -> int:
        with self._lock:
            self._forget()
            return len(self._tickets)

    def _forget(self) -> None:
        """Drop lost tickets, now and then: everyone who waits comes by here all the time."""
        now = time.monotonic()
        if now - self._swept < POLL_SECONDS:
            return
        self._swept = now
        self._tickets = [ticket for ticket in self._tickets if not ticket.is_lost]


class Ticket:
    """A place in the queue of a gate."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._seen = time.monotonic()
        self.runs = False

    def __enter__(self) -> "Ticket":
        return self

    def __exit__(self, *_: object) -> None:
        self._gate.leave(self)

    @property
    def is_lost(self) -> bool:
        """Whether nobody asked after it for too long."""
        return time.monotonic() - self._seen > (LOST_SECONDS if self.runs else FORGOTTEN_SECONDS)

    def keep(self) -> None:
        """Say that someone still draws on it."""
        self._seen = time.monotonic()

    def wait(self) -> Iterator[int]:
        """How many are before this one, when that changes and every second, until none is."""
        told, at = 0, 0.0
        while ahead := self._gate.ahead(self):
            self.keep()
            if ahead != told or time.monotonic() - at >= TOLD_SECONDS:
                told, at = ahead, time.monotonic()
                yield ahead
            else:
                time.sleep(POLL_SECONDS)
        self.keep()
