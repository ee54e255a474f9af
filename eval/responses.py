"""Answers as they are scored: read from the records of `ganwen ask --batch` or of a run just made."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.questions import Problem
from rag.errors import QuestionError


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A cited span or a passage: its file and its text as shown to a reader."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Response:
    """What was answered to one question. `error` says why there is no answer; passages are best first."""

    text: str = ""
    refused: bool = False
    citations: tuple[Excerpt, ...] = ()
    passages: tuple[Excerpt, ...] = ()
    seconds: float = 0.0
    error: str = ""


@dataclass(frozen=True, slots=True)
class RecordSet:
    """The records of a file that are JSON objects, in order, and what is wrong with its other lines."""

    records: tuple[dict[str, Any], ...]
    problems: tuple[Problem, ...]


def read_records(path: Path) -> RecordSet:
    """The answers that `ganwen ask --batch` wrote to a file. Raises QuestionError when it cannot be read."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise QuestionError(f"Cannot read the answers in {path}: {error.strerror}.") from error
    records: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines, start=1):
        try:
            record = json.loads(line) if line.strip() else None
        except (
            ValueError,
            RecursionError,
        ) as error:  # cut off in mid-line, not UTF-8, or nested past reading
            problems.append(Problem(number, f"not a line of JSON in UTF-8: {error}"))
            continue
        if isinstance(record, dict):
            records.append(record)
        elif line.strip():
            problems.append(Problem(number, "not a JSON object"))
    return RecordSet(tuple(records), tuple(problems))


def read_response(record: Mapping[str, Any]) -> Response:
    """The response that a record of the asking contract holds; a record that breaks it becomes an `error`."""
    if record.get("error"):
        return Response(error=str(record["error"]))
    try:
        return Response(
            text=_text(record["answer"]),
            refused=bool(record["refused"]),
            citations=tuple(_read_excerpt(item) for item in record["citations"]),
            passages=tuple(_read_excerpt(item) for item in record["passages"]),
            seconds=float(record["seconds"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        return Response(error=f"the record is not one of ganwen ask --json: {type(error).__name__} {error}")


def _read_excerpt(item: Mapping[str, Any]) -> Excerpt:
    return Excerpt(_text(item["file"]), _text(item["text"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value
