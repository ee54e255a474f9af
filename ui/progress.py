"""How far a long command is: bars on a terminal, a line now and then where nobody watches."""

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

    def __init__(self, **stages: str) -> None:
        """`stages` are the names of stages and what each is called on the screen."""
        self._stages = stages
        self._stage = ""
        self._bar: tqdm[Any] | None = None
        self._said = time.monotonic()
        self._watched = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close_bar()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` are done."""
        if self._watched:
            self._move_bar(stage, done, total)
        elif time.monotonic() - self._said >= LINE_SECONDS:
            say(f"{self._stages[stage]}: {done:,} of {total:,}")
            self._said = time.monotonic()

    def _move_bar(self, stage: str, done: int, total: int) -> None:
        if stage != self._stage:
            from tqdm import tqdm

            self._close_bar()
            self._stage = stage
            self._bar = tqdm(total=total, desc=self._stages[stage], file=sys.stderr)
        if self._bar is not None:
            self._bar.update(done - self._bar.n)

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
