"""Answers as they are scored: read from the records of `ganwen ask --batch` or of a run just made."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.lines import BadLine, Problem, parse_object, read_lines

MAX_MB = 4096
"""An answer with its passages has about 20 KB: more than the largest set of questions brings."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A cited span or a passage: its file and its text as shown, and what the index says it tells of, as far as known.

    `region` is a full name, `period` a label such as 2023年, `score` that of a passage.
    """

    file: str
    text: str
    title: str = ""
    region: str = ""
    period: str = ""
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Response:
    """What was answered to one question. `error` says why there is no answer; passages are best first."""

    text: str = ""
    refused: bool = False
    citations: tuple[Excerpt, ...] = ()
    passages: tuple[Excerpt, ...] = ()
    seconds: float = 0.0
    error: str = ""

    @property
    def score(self) -> float:
        """The score of the best passage: how sure the search was. 0 when nothing was found."""
        return self.passages[0].score if self.passages else 0.0


@dataclass(frozen=True, slots=True)
class RecordSet:
    """The records of a file that are JSON objects, in order, and what is wrong with its other lines."""

    records: tuple[dict[str, Any], ...]
    problems: tuple[Problem, ...]


def read_records(path: Path) -> RecordSet:
    """The answers that `ganwen ask --batch` wrote to a file. Raises QuestionError when it cannot be read."""
    records: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for number, line in read_lines(path, "answers", MAX_MB):
        try:
            records.append(parse_object(line))
        except BadLine as error:
            problems.append(Problem(number, str(error)))
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
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return Response(error=f"the record is not one of ganwen ask --json: {type(error).__name__} {error}")


def _read_excerpt(item: Mapping[str, Any]) -> Excerpt:
    return Excerpt(
        file=_text(item["file"]),
        text=_text(item["text"]),
        title=_text(item.get("title") or ""),
        region=_text(item.get("region") or ""),
        period=_text(item.get("period") or ""),
        score=float(item.get("score") or 0.0),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value
