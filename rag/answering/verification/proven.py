"""The lines of an answer that the reports bear out; the others are left out."""

from collections.abc import Sequence

from rag.answering.lines import Line
from rag.answering.verification.evidence import Evidence
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
    evidence = [
        Evidence.of_chunk(number, line.source, line.chunk, line.around)
        for number, line in enumerate(lines, start=1)
    ]
    return verify(text, evidence, question)


def keep_proven(lines: Sequence[Line], question: Question) -> tuple[Line, ...]:
    """The lines without a problem, in order."""
    failed = check(lines, question).failed_lines
    return tuple(line for number, line in enumerate(lines) if number not in failed)


def is_proven(conclusion: str, lines: Sequence[Line], question: Question) -> bool:
    """Whether a conclusion (a difference with its formula) follows from the lines above it."""
    return len(lines) not in check(lines, question, conclusion).failed_lines
