"""What the model is given to write from: the question as understood and the answer that code drew and verified."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rag.answering.figures import Figure, find_figures
from rag.answering.lines import Line, Weigh
from rag.answering.verification.proven import show
from rag.corpus.periods import find_periods
from rag.text import fold
from rag.types import Answer, AnswerEvent, AnswerKind, Citation, Hit, Question

# A year without 年, as English has it.
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Point:
    """A line of the draft: the `text` as shown, marks included, and the `line` it cites; a conclusion has none."""

    text: str
    line: Line | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A verified answer, not a refusal; its citation n is of `lines[n - 1]`.

    `cite` makes a citation with a number of a line, `weigh` tells how rare a token is in the reports, `translate`
    gives the reports' own words for folded English ones.
    """

    question: Question
    lines: tuple[Line, ...]
    hits: tuple[Hit, ...]
    answer: Answer
    cite: Callable[[int, Line], Citation]
    weigh: Weigh
    translate: Callable[[str], str]

    @property
    def is_exact(self) -> bool:
        """Whether code's own answer decides the facts: every kind but a summary."""
        return self.question.kind is not AnswerKind.SUMMARY

    @property
    def opening(self) -> str:
        """The yes or no that code decided and the answer begins with, else empty."""
        if not self.lines:
            return ""
        return self.answer.text.partition(show(1, self.lines[0], self.question.language))[0].rpartition("\n")[
            2
        ]

    @property
    def points(self) -> tuple[Point, ...]:
        """The lines of the answer in order, without its opening."""
        shown = {show(n, line, self.question.language): line for n, line in enumerate(self.lines, start=1)}
        texts = [text.removeprefix(self.opening) for text in self.answer.text.split("\n")]
        return tuple(Point(text, shown.get(text)) for text in texts if text)


Write = Callable[[Draft], Iterator[AnswerEvent]]
"""What makes an answer of a draft, growing; its last event holds the answer."""


def find_amounts(text: str) -> Iterator[tuple[Figure, str]]:
    """The figures of a text that are no calendar years, with their words."""
    folded = fold(text)
    times = [(time.start, time.end) for time in find_periods(folded, None)]
    for figure in find_figures(folded):
        words = folded[figure.start : figure.end]
        if not any(start <= figure.start < end for start, end in times) and not _YEAR.fullmatch(words):
            yield figure, words


def amounts(texts: Sequence[str]) -> frozenset[object]:
    """What is measured, and how much of it, in any of some texts."""
    return frozenset(figure.amount for text in texts for figure, _ in find_amounts(text))
