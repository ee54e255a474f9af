"""The lines of an answer that the reports bear out; the others are left out."""

from collections.abc import Sequence

from rag.answering.lines import Line
from rag.answering.verification.checked import evidence_of
from rag.answering.verification.proving import Fault
from rag.answering.verification.verifying import Verification, verify
from rag.answering.wording import say
from rag.types import Question


def show(number: int, line: Line, language: str = "zh") -> str:
    """A line as the answer shows it, with its label and mark."""
    label = f"{line.label}{say(language, 'colon')}" if line.label else ""
    return f"{label}{line.text}[{number}]"


def check(lines: Sequence[Line], question: Question, conclusion: str = "") -> Verification:
    """Every line held against its own span, the conclusion against the lines."""
    text = "\n".join(
        [*(show(number, line, question.language) for number, line in enumerate(lines, start=1)), conclusion]
    )
    return verify(text, evidence_of(lines), question)


def keep_proven(lines: Sequence[Line], question: Question) -> tuple[tuple[Line, ...], tuple[Fault, ...]]:
    """The lines without a problem, in order, and for each of the others what is wrong with it."""
    faults = {problem.line: problem.fault for problem in reversed(check(lines, question).problems)}
    kept = tuple(line for number, line in enumerate(lines) if number not in faults)
    return kept, tuple(faults[number] for number in sorted(faults))


def is_proven(conclusion: str, lines: Sequence[Line], question: Question) -> bool:
    """Whether a conclusion (a difference with its formula) follows from the lines above it."""
    return len(lines) not in check(lines, question, conclusion).failed_lines
