"""The answer in the making: the sentences that stood their check, the draft's lines for what is missing, one numbering."""

import re
from dataclasses import dataclass

from rag.answering.lines import Line
from rag.answering.verification.formulas import is_conclusion
from rag.llm.checking import Checked, Fate
from rag.llm.draft import Draft, Point, amounts
from rag.llm.support import terms
from rag.text import fold
from rag.types import AnswerKind, Citation

CARRIED = 0.9
"""Share of a draft's line, by weight and beyond what was asked, that sentences must hold to stand for it."""

UNVERIFIED = {"en": " (not verified)", "zh": "（未核实）", "zh-Hant": "（未核實）"}
_MARK = re.compile(r"\[(\d{1,3})\]")
_NAMED = re.compile(r"《[^《》]+》|“[^“”]+”|「[^「」]+」")
# Asks for one name, which a sentence says with fewer words than the report.
_ASKS_NAME = re.compile(r"谁|哪|叫|\b(?:who|whom|where|which)\b")
_END = re.compile(r"[。；;！？!?.]+$")


@dataclass(frozen=True, slots=True)
class _Item:
    text: str
    is_line: bool


class Paper:
    """Grows by checked sentences. `text` is what is shown, `citations` what its marks stand for."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._english = draft.question.language == "en"
        points = draft.points
        self._lead = (
            points[0] if points and points[0].line is None and is_conclusion(points[0].text) else None
        )
        self._missing = [point for point in points if point is not self._lead]
        self._items: list[_Item] = []
        self._lines: dict[tuple[int, int, int], tuple[int, Line]] = {}
        self._said: list[str] = []
        self._asked = terms(draft.question.understood)
        if self._lead is not None:  # it is read first: the marks count from it
            self._renumber(self._lead)

    @property
    def is_written(self) -> bool:
        """Whether a sentence of the model is in it."""
        return bool(self._said)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """One a mark, by its number."""
        return tuple(self._draft.cite(n, line) for n, line in self._lines.values())

    @property
    def lines(self) -> tuple[Line, ...]:
        """What its marks stand for, in the order of their numbers."""
        return tuple(line for _, line in self._lines.values())

    def take(self, checked: Checked) -> bool:
        """Put a sentence in, or for a withheld one the draft's line nearest to it; False for one that was said before."""
        if checked.fate is Fate.WITHHELD:
            self._replace(checked.text)
        if checked.fate not in {Fate.KEPT, Fate.UNVERIFIED}:
            return True
        if checked.text in self._said:
            return False
        self._said.append(checked.text)
        end = _END.search(checked.text)
        stop = end.group() if end else "." if self._english else "。"
        body = checked.text[: end.start()] if end else checked.text
        label = UNVERIFIED[self._draft.question.language] if checked.fate is Fate.UNVERIFIED else ""
        marks = "".join(f"[{n}]" for n in dict.fromkeys(map(self._number, checked.lines)))
        self._items.append(_Item(f"{body}{label}{marks}{stop}", is_line=False))
        self._missing = [point for point in self._missing if not self._carries(point, checked)]
        return True

    def finish(self) -> None:
        """Put in the lines of the draft that no sentence carries."""
        for point in self._missing:
            self._put(point)
        self._missing = []

    def text(self, unfinished: str = "") -> str:
        """What is shown: the answer so far and the words of the sentence in the making."""
        text = ""
        for item in [*self._items, _Item(unfinished, is_line=False)]:
            after_line = text.endswith("\n")
            if item.text and item.is_line:
                text += ("" if after_line or not text else "\n") + item.text + "\n"
            elif item.text:
                text += (" " if self._english and text and not after_line else "") + item.text
        lead = f"{self._renumber(self._lead)}\n" if self._lead and text else ""
        return lead + (self._draft.opening + text if text else "").rstrip("\n")

    def _replace(self, text: str) -> None:
        """Put the draft's line that says most of what a withheld sentence was about in its place."""
        said = terms(text)
        lines = [point for point in self._missing if point.line is not None]
        best = max(lines, key=lambda point: len(said & terms(point.text)), default=None)
        if best is not None:
            self._missing.remove(best)
            self._put(best)

    def _put(self, point: Point) -> None:
        self._items.append(_Item(self._renumber(point), is_line=True))

    def _renumber(self, point: Point) -> str:
        """A line of the draft with the marks of this paper."""
        lines = self._draft.lines
        return _MARK.sub(lambda mark: f"[{self._number(lines[int(mark[1]) - 1])}]", point.text)

    def _number(self, line: Line) -> int:
        """The mark of a line; one within a line of the draft is cited as that one."""
        for own in self._draft.lines:
            if own.chunk.id == line.chunk.id and own.start <= line.start and line.end <= own.end:
                line = own
                break
        place = line.chunk.id, line.start, line.end
        return self._lines.setdefault(place, (len(self._lines) + 1, line))[0]

    def _carries(self, point: Point, checked: Checked) -> bool:
        """Whether the sentences, the last of them `checked`, say what a line of the draft says.

        Of a figure its amount; of a list the names in quotes; of one name or a yes or no, a sentence that rests on
        the line and says more than the question; else nearly all words that the line adds to the question.
        """
        line, said = point.line, " ".join(self._said)
        if line is None:
            return False
        shown = _MARK.sub("", point.text)
        if line.figure is not None and (told := amounts([shown])):
            return told <= amounts([said])
        names = set(_NAMED.findall(fold(shown))) - set(_NAMED.findall(fold(self._draft.question.understood)))
        if self._draft.question.kind is AnswerKind.LIST and len(names) > 1:
            return names <= set(_NAMED.findall(fold(said)))
        if self._is_brief() and _rests_on(checked, line) and terms(checked.text) - self._asked:
            return True
        new = terms(shown) - self._asked or terms(shown)
        weights = {term: self._draft.weigh(term) for term in new}
        there = terms(said)
        return sum(w for term, w in weights.items() if term in there) >= CARRIED * sum(weights.values())

    def _is_brief(self) -> bool:
        """Whether one name, or a yes or no that code decided, is all that is asked."""
        question = self._draft.question
        asks_name = _ASKS_NAME.search(fold(question.understood)) is not None
        return question.kind is AnswerKind.YESNO or (question.kind is AnswerKind.ENTITY and asks_name)


def _rests_on(checked: Checked, line: Line) -> bool:
    return any(
        each.chunk.id == line.chunk.id and each.start < line.end and line.start < each.end
        for each in checked.lines
    )
