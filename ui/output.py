"""Where the command line writes: results to stdout or a file, everything said to a person to stderr."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from rag.errors import GanwenError


def say(message: str) -> None:
    """A line for the person at the terminal, on stderr."""
    print(f"ganwen: {message}", file=sys.stderr, flush=True)


def print_result(text: str) -> None:
    """A result, on stdout. Raises as `write_line` does."""
    write_line(sys.stdout, text)


def print_json(value: Any) -> None:
    """A result as one line of JSON, on stdout. Raises as `write_line` does."""
    print_result(json.dumps(value, ensure_ascii=False))


def write_line(output: IO[str], line: str) -> None:
    """Write a line and flush it. Raises as `write_text` does."""
    write_text(output, line + "\n")


def write_text(output: IO[str], text: str) -> None:
    """Write a text and flush it.

    Raises GanwenError when it cannot be written (a full disk), BrokenPipeError when its reader has gone.
    """
    try:
        output.write(text)
        output.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise GanwenError(f"Cannot write to {output.name}: {error.strerror}.") from error


def check_output(path: Path, questions: Path) -> None:
    """Raise GanwenError when `path` cannot become the answers to `questions`; nothing is written yet."""
    if not path.parent.is_dir():
        raise GanwenError(f"No folder {path.parent} to write {path.name} in. Make it: mkdir -p {path.parent}")
    if path.is_dir():
        raise GanwenError(f"--output {path} is a folder. Name a file in it.")
    if path.exists() and questions.exists() and path.samefile(questions):
        raise GanwenError(f"--output {path} is the file of questions itself. Name another file.")


@contextmanager
def open_output(path: Path) -> Iterator[IO[str]]:
    """`path` opened for answers. Raises GanwenError when it cannot be."""
    try:
        # A lone surrogate has no UTF-8 form; as \udXXX it is the JSON escape of itself.
        output = path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise GanwenError(f"Cannot write {path}: {error.strerror}.") from error
    try:
        yield output
    finally:
        with suppress(OSError):  # every line was flushed; what a full disk refused was said then
            output.close()
