"""How far a long command is, how fast, and how long it will take: bars on a terminal, else a line now and then."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ui.output import say

if TYPE_CHECKING:
    from tqdm import tqdm

LINE_SECONDS = 30
"""Without a terminal, the time between two lines."""


class ProgressBars:
    """Called with a stage, how much of it is done and how much there is; one bar a stage, on stderr."""

    def __init__(self, **stages: tuple[str, str]) -> None:
        """`stages` are the names of stages, what each is called on the screen and what it counts."""
        self._stages = stages
        self._stage = ""
        self._bar: tqdm[Any] | None = None
        self._said = self._began = time.monotonic()
        self._begun_with = 0
        self._watched = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close_bar()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` are done."""
        begins = stage != self._stage
        self._stage = stage
        if self._watched:
            self._move_bar(begins, done, total)
        else:
            self._say_line(begins, done, total)

    def _say_line(self, begins: bool, done: int, total: int) -> None:
        now = time.monotonic()
        if begins:
            self._began, self._begun_with = now, done
        if now - self._said < LINE_SECONDS:
            return
        self._said = now
        name, unit = self._stages[self._stage]
        rate = (done - self._begun_with) / max(now - self._began, 1e-9)
        left = f", {rate:,.1f} a second, {_show_seconds((total - done) / rate)} left" if rate else ""
        say(f"{name}: {done:,} of {total:,} {unit}{left}")

    def _move_bar(self, begins: bool, done: int, total: int) -> None:
        if begins:
            from tqdm import tqdm

            self._close_bar()
            name, unit = self._stages[self._stage]
            self._bar = tqdm(total=total, desc=name, unit=f" {unit}", file=sys.stderr)
        if self._bar is not None:
            self._bar.update(done - self._bar.n)

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _show_seconds(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
