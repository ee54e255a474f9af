"""Files of JSON lines: read within a size, each fault named by its line, each value checked as it is taken."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import QuestionError

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one line of a file, counted from 1; `unit` is what is counted where it is not lines."""

    line: int
    message: str
    unit: str = "line"

    def __str__(self) -> str:
        return f"{self.unit} {self.line}: {self.message}"


class BadLine(ValueError):
    """One line cannot be used; its text says why."""


def check_size(path: Path, what: str, max_mb: int) -> None:
    """Raise QuestionError when a file is missing or larger than it may be."""
    try:
        megabytes = path.stat().st_size / 2**20
    except OSError as error:
        raise cannot_read(path, what, error) from error
    if megabytes > max_mb:
        raise QuestionError(f"{path} has {megabytes:,.0f} MB; at most {max_mb} MB are read. Split it.")


def read_lines(path: Path, what: str, max_mb: int) -> Iterator[tuple[int, bytes]]:
    """Lines that are not blank, with their numbers, one at a time; `what` names the content in errors.

    Raises QuestionError when the file cannot be read or is too large.
    """
    check_size(path, what, max_mb)
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                line = line.removeprefix(BOM) if number == 1 else line
                if line.strip():
                    yield number, line
    except OSError as error:
        raise cannot_read(path, what, error) from error


def cannot_read(path: Path, what: str, error: OSError) -> QuestionError:
    """The error that says which file cannot be read."""
    return QuestionError(f"Cannot read the {what} in {path}: {error.strerror}.")


def parse_object(line: bytes) -> dict[str, Any]:
    """The JSON object that a line is."""
    try:
        record = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # cut off in mid-line, not UTF-8, or nested past reading
        raise BadLine(f"not a line of JSON in UTF-8: {error}") from error
    return need_object(record)


def need_object(value: Any, what: str = "") -> dict[str, Any]:
    """A value that has to be a JSON object."""
    if not isinstance(value, dict):
        raise BadLine(f"{what} not a JSON object".lstrip())
    return value


def choose(record: Mapping[str, Any], key: str, choices: Iterable[str], default: str | None) -> str:
    """The value of a key, which has to be one of the choices."""
    value = record.get(key, default)
    if not isinstance(value, str) or value not in frozenset(choices):
        wanted = ", ".join(sorted(choice for choice in choices if choice))
        raise BadLine(f"{key} {value!r} is not one of: {wanted}")
    return value


def need_text(record: Mapping[str, Any], key: str) -> str:
    """The text under a key, which has to be there and not blank."""
    text = take_text(record, key)
    if not text.strip():
        raise BadLine(f'no "{key}" with text in it')
    return text


def need_id(record: Mapping[str, Any], key: str) -> str:
    """An id under a key: a text, or a number as its digits."""
    value = record.get(key)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else need_text(record, key)


def take_text(record: Mapping[str, Any], key: str) -> str:
    """The text under a key, empty when there is none."""
    value = record.get(key, "")
    if not isinstance(value, str):
        raise BadLine(f'"{key}" is not a text')
    return value


def need_list(value: Any, key: str) -> list[Any]:
    """A value that has to be a list."""
    if not isinstance(value, list):
        raise BadLine(f'"{key}" is not a list')
    return value


def need_texts(value: Any, key: str) -> tuple[str, ...]:
    """A value that has to be a list of texts, none of them blank."""
    items = need_list(value, key)
    if not all(isinstance(item, str) and item.strip() for item in items):
        raise BadLine(f'"{key}" holds something that is not a text')
    return tuple(items)
