"""The nearest thing told when the asked slot is missing: the same figure of another year, or of a place around."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.answering.lines import Line
from rag.answering.refusal.sufficiency import Judge
from rag.types import AnswerKind, Hit, Period, Question, Region, Slot

Read = Callable[[Question, Sequence[Hit]], tuple[Line, ...]]
"""What answers a question in these passages, best first."""

# Times that a question is read anew, without the passage whose line did not answer it.
TRIES = 2
# A figure of another slot is offered only where the question, its slot aside, is surely answered by it.
SURE = 0.6


@dataclass(frozen=True, slots=True)
class Nearest:
    """A line that answers for another slot: for another `period`, or (then that is None) for another `region`."""

    line: Line
    period: Period | None
    region: Region | None

    @property
    def place(self) -> str:
        """Name of the other region."""
        return self.region.name if self.region is not None else ""


def read_accepted(
    question: Question, hits: Sequence[Hit], read: Read, accepts: Callable[[Line], bool]
) -> tuple[Line, ...]:
    """Lines of which one is accepted as an answer; a passage whose lines are not is passed over, TRIES times.

    Where each line stands for a slot of its own, and none is part of a computation, those that are accepted.
    """
    for _ in range(TRIES):
        lines = read(question, hits)
        accepted = tuple(line for line in lines if accepts(line))
        if accepted:
            told = {(line.chunk.id, line.around) for line in accepted if line.around}
            alike = tuple(line for line in lines if line in accepted or (line.chunk.id, line.around) in told)
            return alike if all(line.label and not line.role for line in lines) else lines
        refused = {line.chunk.id for line in lines}
        hits = [hit for hit in hits if hit.chunk.id not in refused]
        if not lines:
            break
    return ()


def find_nearest(
    question: Question,
    hits: Sequence[Hit],
    read: Read,
    make_judge: Callable[[Question], Judge],
) -> Nearest | None:
    """The same figure for another period of the place asked, else for a place around it in the period asked."""
    if question.kind is not AnswerKind.FIGURE or len(question.slots) > 1 or question.places:
        return None
    slot = question.slots[0]
    if slot.period is not None:
        others = [hit for hit in hits if _is_other_period(hit.chunk.period, slot.period)]
        line = _read_sure(replace(question, slots=(Slot(slot.region, None),)), others, read, make_judge)
        if line is not None:
            return Nearest(line, line.chunk.period, None)
    if slot.region is not None:
        around = [hit for hit in hits if _is_around(hit.chunk.region, slot.region)]
        line = _read_sure(replace(question, slots=(Slot(None, slot.period),)), around, read, make_judge)
        if line is not None:
            return Nearest(line, None, line.chunk.region)
    return None


def _read_sure(
    question: Question,
    hits: Sequence[Hit],
    read: Read,
    make_judge: Callable[[Question], Judge],
) -> Line | None:
    """The best line for a question without the slot that is missing, where it surely answers."""
    relaxed = replace(question, search=question.topic)
    judge = make_judge(relaxed)
    lines = read_accepted(relaxed, hits, read, lambda line: judge.accepts(line, SURE))
    return next(iter(lines), None)


def _is_other_period(told: Period | None, asked: Period) -> bool:
    return told is not None and not told.overlaps(asked)


def _is_around(told: Region | None, asked: Region) -> bool:
    return told is not None and told != asked and told.contains(asked)
