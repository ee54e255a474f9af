"""Many questions from one file: `{"id", "question", "history"}` a line in, one answer a line out, in order."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from rag.errors import QuestionError
from rag.types import Answer, Turn
from ui.output import write_line

AskFunction = Callable[[str, tuple[Turn, ...]], Answer]
RecordFunction = Callable[[Answer], dict[str, Any]]
ProgressFunction = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One line of a file of questions; `number` counts from 1. With an `error` there is no question to ask."""

    number: int
    id: Any = None
    question: str = ""
    history: tuple[Turn, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class BatchReport:
    """How many questions were answered (refusals are answers), and how many lines could not be."""

    answered: int
    failed: int


def read_batch(path: Path) -> tuple[BatchLine, ...]:
    """The lines of a file of questions, blank ones left out; a bad line becomes one with an `error`.

    Raises QuestionError when the file cannot be read.
    """
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        raise QuestionError(f"Cannot read the questions in {path}: {error.strerror}.") from error
    return tuple(_read_line(number, line) for number, line in enumerate(lines, 1) if line.strip())


def _read_line(number: int, line: bytes) -> BatchLine:
    try:
        record = json.loads(line.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, or nested past reading
        return BatchLine(number, error=f"not a line of JSON in UTF-8: {error}")
    if not isinstance(record, dict):
        return BatchLine(number, error='not a JSON object such as {"id": "1", "question": "…"}')
    question = record.get("question")
    if not isinstance(question, str) or not question.strip():
        return BatchLine(number, error='no "question" with text in it')
    try:
        history = tuple(_read_turn(turn) for turn in record.get("history") or ())
    except (KeyError, TypeError):
        return BatchLine(number, error='"history" is not a list of {"question": "…", "answer": "…"}')
    return BatchLine(number, record.get("id"), question, history)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _read_turn(record: dict[str, Any]) -> Turn:
    question, answer = record["question"], record["answer"]
    if not isinstance(question, str) or not isinstance(answer, str):
        raise TypeError("a turn is two texts")
    return Turn(question, answer)


def answer_batch(
    lines: Sequence[BatchLine],
    ask: AskFunction,
    answer_record: RecordFunction,
    output: IO[str],
    progress: ProgressFunction | None = None,
) -> BatchReport:
    """Answer every line, each written and flushed before the next is asked. Raises as `write_line` does."""
    answered = failed = 0
    for line in lines:
        record = _answer_line(line, ask, answer_record)
        if "error" in record:
            failed += 1
        else:
            answered += 1
        write_line(output, json.dumps(record, ensure_ascii=False))
        if progress:
            progress("answer", answered + failed, len(lines))
    return BatchReport(answered, failed)


def _answer_line(line: BatchLine, ask: AskFunction, answer_record: RecordFunction) -> dict[str, Any]:
    if line.error:
        return {"id": None, "line": line.number, "error": line.error}
    try:
        return {"id": line.id} | answer_record(ask(line.question, line.history))
    except QuestionError as error:
        return {"id": line.id, "line": line.number, "error": str(error)}
