"""What became of questions and of requests, counted; `ui.api.metrics` shows it."""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

BOUNDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
"""Upper bounds of the counted times to answer, in seconds; the last group has none."""


class Tally:
    """Counts, which any thread may add to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._questions: Counter[str] = Counter()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._refusals: Counter[str] = Counter()
        self._times = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def question(self, outcome: str, seconds: float | None = None) -> None:
        """One question and what became of it; with the time of its answer, where it got one."""
        with self._lock:
            self._questions[outcome] += 1
            if seconds is not None:
                self._times[bisect_left(BOUNDS, seconds)] += 1
                self.seconds += seconds

    def request(self, area: str, status: int) -> None:
        """One request to a part of the server, and its status."""
        with self._lock:
            self._requests[area, status] += 1

    def refusal(self, reason: str) -> None:
        """One request that was turned away at the door."""
        with self._lock:
            self._refusals[reason] += 1

    @property
    def questions(self) -> dict[str, int]:
        """Questions by outcome."""
        with self._lock:
            return dict(self._questions)

    @property
    def requests(self) -> dict[tuple[str, int], int]:
        """Requests by part of the server and status."""
        with self._lock:
            return dict(self._requests)

    @property
    def refusals(self) -> dict[str, int]:
        """Requests turned away, by reason."""
        with self._lock:
            return dict(self._refusals)

    def times(self) -> Iterator[tuple[float, int]]:
        """How many answers took at most so many seconds, for each bound; last for any time."""
        with self._lock:
            counts = list(self._times)
        total = 0
        for bound, count in zip((*BOUNDS, float("inf")), counts, strict=True):
            total += count
            yield bound, total
