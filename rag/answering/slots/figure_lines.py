"""The lines that answer a question for figures: for each slot and each thing asked the clause that holds the figure."""

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.answering.figures import find_figures
from rag.answering.likeness import Likeness
from rag.answering.lines import MAX_SPAN, Line, Weigh
from rag.answering.slots.asking import read_asks
from rag.answering.slots.derived import derive
from rag.answering.slots.finding import FigureFinder
from rag.answering.wording import name_slot
from rag.text import fold
from rag.types import AnswerKind, Hit, Question, Slot

# A second figure that is asked for has a line only where its words hold this much of the question; set by hand.
LEAST_COVERED = 0.3
_OF_EACH = re.compile(r"各自|分别|各(?=[是有为要达占自]|多少)")
_NAMES_ASKED = re.compile(
    r"哪位|哪些|谁(?=是|当|任|担任|作|做)|是谁|哪里|哪儿|在哪|何时|什么时候|叫什么|什么名|\bwho\b|\bwhere\b|\bwhen\b"
)


def asks_figures(question: Question) -> bool:
    """Whether figures answer it: a comparison may also be of people, places and names (分别是哪位)."""
    if question.kind is AnswerKind.COMPARISON:
        return not _NAMES_ASKED.search(fold(question.understood))
    return question.kind is AnswerKind.FIGURE


def extract_figures(
    question: Question, hits: Sequence[Hit], weigh: Weigh, likeness: Likeness | None
) -> tuple[Line, ...]:
    """The best line of each slot and each thing asked, labelled where there are several; none where none fits."""
    finder = FigureFinder(question, hits, likeness)
    asks = read_asks(question, weigh)
    if derived := derive(question, asks[0], finder, weigh):
        return derived
    lines: list[Line] = []
    best = [finder.best_of_each(question.slots, ask) for ask in asks]
    for place, slot in enumerate(question.slots):
        for ask, found in zip(asks, best, strict=True):
            for line in found[place]:
                label = label_slot(question, slot) + ask.label
                lines.append(replace(line, label=label or line.label or _in_english(question, slot, line)))
    if len(asks) > 1 and len(question.slots) == 1 and question.language != "en":
        lines = [line for line in lines if line.role or line.label or line.covered >= LEAST_COVERED] or lines[
            :1
        ]
    if len(lines) == 1 and _OF_EACH.search(fold(question.understood)):
        lines = [_with_others(lines[0])]
    return _once_each(lines)


def _with_others(line: Line) -> Line:
    """The whole sentence of a figure, where it tells of several in that unit (四大产业…各自的产值)."""
    unit = line.figure.unit if line.figure else ""
    start = line.chunk.text.find(line.around) if line.around and not line.of_row else -1
    several = sum(figure.unit == unit for figure in find_figures(fold(line.around))) > 1
    if start < 0 or not several or len(line.around) > MAX_SPAN or line.role:
        return line
    left = len(line.around) - len(line.around.lstrip())
    return replace(line, start=start + left, end=start + len(line.around.rstrip()), shown="")


def label_slot(question: Question, slot: Slot) -> str:
    """What sets a slot apart from the others of its question: 南昌市, 2023年, 南昌市2023年."""
    regions = {each.region for each in question.slots}
    periods = {each.period for each in question.slots}
    region = slot.region if len(regions) > 1 else None
    return name_slot(question.language, region, slot.period if len(periods) > 1 else None)


def _in_english(question: Question, slot: Slot, line: Line) -> str:
    """What an English answer says before the report's Chinese words: of what place and year they tell."""
    if question.language != "en":
        return ""
    told = line.period if line.period and line.period.first == line.period.last else None
    return name_slot("en", slot.region or line.chunk.region, slot.period or told)


def _place(line: Line) -> tuple[int, int, str]:
    """The figure of a line, whatever sentence was cited for it; each of a row by what it tells."""
    told = line.text if line.of_row else ""
    return (line.chunk.id, line.start + (line.figure.start if line.figure else 0), told)


def _once_each(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Lines of which one that fills two slots stands once."""
    kept: dict[tuple[int, int, str], Line] = {}
    for line in lines:
        kept.setdefault(_place(line), line)
    return tuple(kept.values())
