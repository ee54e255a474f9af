"""An answer on a terminal while a language model writes it, cleared away before the whole answer is printed."""

import os
import shutil
import signal
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import IO

from rag.assistant import BACKEND
from rag.llm.author import Author
from rag.llm.backend import Stop
from rag.question import detect_language
from rag.text import fold
from rag.types import Answer
from ui.output import say, write_text

_TEXTS = {
    "writing": ("（模型在写；按 Ctrl+C 停下，留下报告原文）", "(the model is writing; Ctrl+C stops it and leaves the reports' own words)"),
    "stopped": ("模型已停下，以下是报告原文。", "The model was stopped; these are the reports' own words."),
}  # fmt: skip


def is_watched() -> bool:
    """Whether stdout is a terminal on which a row can be written over."""
    return sys.stdout.isatty() and os.environ.get("TERM", "") not in {"", "dumb"}


def ask_watched(author: Author, question: str) -> Answer:
    """The answer, shown while it grows and cleared away at its end; Ctrl+C stops the model (QuestionError)."""
    is_english = detect_language(question, fold(question)) == "en"
    writing, stopped = (texts[is_english] for texts in _TEXTS.values())
    stop, screen = Stop(), Screen(sys.stdout)
    try:
        with _interrupts(stop):
            for event in author.stream(question, stop=stop):
                if event.answer is None:
                    screen.show(f"{event.text}\n\n{event.note or writing}")
    finally:
        screen.clear()
    assert event.answer is not None, "a stream ends with its answer"
    if stop.is_set() and event.answer.backend == BACKEND:
        say(stopped)
    return event.answer


@contextmanager
def _interrupts(stop: Stop) -> Iterator[None]:
    """Ctrl+C stops the model; once more, it stops the command."""
    usual = signal.getsignal(signal.SIGINT)

    def halt(number: int, _: FrameType | None) -> None:
        signal.signal(number, usual)
        stop.set()

    signal.signal(signal.SIGINT, halt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


class Screen:
    """The last rows of a terminal, written over; of a text with more rows than the terminal has, the last ones."""

    def __init__(self, output: IO[str]) -> None:
        self._output = output
        self._rows: list[str] = []

    def show(self, text: str) -> None:
        """Show this in place of what was shown before."""
        width, height = shutil.get_terminal_size()
        rows = wrap(text, width - 1)[-max(height - 1, 1) :]
        if rows == self._rows:
            return
        if not self._rows:
            write_text(self._output, "\n".join(rows))
        else:
            self._go_on(_count_same(self._rows, rows), rows)
        self._rows = rows

    def _go_on(self, same: int, rows: Sequence[str]) -> None:
        """Leave the first `same` rows as they are; a row that only grew is not written again."""
        last = len(self._rows) - 1
        if same == last and rows[same].startswith(self._rows[same]):
            write_text(
                self._output, "\n".join([rows[same].removeprefix(self._rows[same]), *rows[same + 1 :]])
            )
        else:
            write_text(self._output, self._erase(last - same) + "\n".join(rows[same:]))

    def clear(self) -> None:
        """Leave nothing of it."""
        if self._rows:
            write_text(self._output, self._erase(len(self._rows) - 1))
            self._rows = []

    @staticmethod
    def _erase(above: int) -> str:
        """Erases from the row so many above the cursor's to the end of the screen; the cursor is at its beginning."""
        return (f"\x1b[{above}A" if above else "") + "\r\x1b[J"


def _count_same(before: Sequence[str], now: Sequence[str]) -> int:
    """How many rows at the beginning may stay: never the last of either, in which the cursor goes on."""
    most = min(len(before), len(now)) - 1
    return next((row for row in range(most) if before[row] != now[row]), most)


def wrap(text: str, width: int) -> list[str]:
    """A text in rows of at most `width` cells, so that the terminal itself breaks none and rows can be counted."""
    rows = []
    for line in text.split("\n"):
        row, used = "", 0
        for character in map(_plain, line):
            cells = _count_cells(character)
            if used + cells > width and row:
                rows.append(row)
                row, used = "", 0
            row, used = row + character, used + cells
        rows.append(row)
    return rows


def _plain(character: str) -> str:
    return " " if unicodedata.category(character) == "Cc" else character


def _count_cells(character: str) -> int:
    """Cells of a terminal that a character takes at most: quotation marks and the like are wide on some."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WFA" else 1
