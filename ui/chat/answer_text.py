"""The words of an answer as HTML: everything escaped, its marks `[n]` as buttons, its checked figures with a ✓."""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from rag.types import Basis, Check
from ui.chat.handling_texts import Handling

_MARK = re.compile(r"\[(\d{1,3})\]")
_MARKS = re.compile(rf"(?:{_MARK.pattern})+")


@dataclass(frozen=True, slots=True)
class AnswerText:
    """How one answer is drawn: of which exchange it is, which marks are known, which is open, what was checked."""

    turn: int
    handling: Handling
    known: Container[int] = ()
    active: int | None = None
    checks: Sequence[Check] = ()

    def render(self, text: str) -> str:
        """Paragraphs; a mark of a known citation is a button, any other is text."""
        return "".join(f"<p>{self._render_line(text, start, end)}</p>" for start, end in _find_lines(text))

    def _render_line(self, text: str, start: int, end: int) -> str:
        """One line escaped; marks stay on the line of the figure or the character they follow."""
        parts: list[str] = []
        for run in _MARKS.finditer(text, start, end):
            if run.start() > start:
                tied = self._find_tied(start, run.start())
                parts.append(self._render_words(text, start, tied))
                before = self._render_words(text, tied, run.start())
            else:
                before = ""
            parts.append(f'<span class="tied">{before}{self._render_marks(run.group())}</span>')
            start = run.end()
        return "".join(parts) + self._render_words(text, start, end)

    def _find_tied(self, start: int, end: int) -> int:
        """Where what a mark is tied to begins: the checked figure right before it, else the last character."""
        return next((c.start for c in self.checks if start <= c.start < c.end == end), end - 1)

    def _render_marks(self, marks: str) -> str:
        numbers = (int(n) for n in _MARK.findall(marks))
        return "".join(
            render_mark(self.turn, n, n == self.active) if n in self.known else f"[{n}]" for n in numbers
        )

    def _render_words(self, text: str, start: int, end: int) -> str:
        parts: list[str] = []
        for check in self.checks:
            if start <= check.start < check.end <= end:
                parts.append(escape(text[start : check.start]))
                said = escape(self._say(check))
                shown = escape(text[check.start : check.end])
                parts.append(f'<span class="checked" title="{said}">{shown}</span>')
                start = check.end
        return "".join(parts) + escape(text[start:end])

    def _say(self, check: Check) -> str:
        match check.basis:
            case Basis.SPAN:
                return self.handling.checked_span.format(n=check.n)
            case Basis.QUESTION:
                return self.handling.checked_question
            case Basis.FORMULA:
                return self.handling.checked_formula


def render_mark(turn: int, n: int, active: bool) -> str:
    """The mark `[n]` as a button that opens the source; `active` when it is open."""
    pressed = "true" if active else "false"
    return f'<button type="button" class="mark" data-turn="{turn}" data-n="{n}" aria-pressed="{pressed}">[{n}]</button>'


def _find_lines(text: str) -> Iterator[tuple[int, int]]:
    """Where each line that holds something begins and ends."""
    start = 0
    for line in text.splitlines(keepends=True):
        body = line.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
        if body.strip():
            yield start, start + len(body)
        start += len(line)
