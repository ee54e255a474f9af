"""The kept runs of the evaluation: what each is of and its main figures, read from their reports."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval.questions import OWN_SET
from eval.runs import ANSWERS, HEADER, RunError, read_header, read_json, remedy
from ui.pages.names import safe_name
from ui.pages.refusal import Refused, writing
from ui.pages.trash import Removed, Trash

REPORT, PAGE = "report.json", "report.html"
SHARES = ("right", "cited", "refused", "false_refusals", "recall@5")
"""The measures that the list shows."""
_NAME = re.compile(r"[\w][\w.-]{0,59}")
_KEPT = 200


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A run: what it is of, and its figures once it is finished.

    `shares` holds value, low and high of each of SHARES, where there are such questions; `seconds` is the median time
    of an answer; `answered` counts the answers of one that is not finished. `fault` says why it cannot be read.
    """

    name: str
    started: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    questions: int = 0
    shares: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    seconds: float | None = None
    finished: bool = False
    answered: int = 0
    fault: str = ""


class KeptRuns:
    """The runs in a folder; it need not be there yet."""

    def __init__(self, folder: Path, trash: Trash) -> None:
        self.folder = folder
        self._trash = trash
        self._read: dict[tuple[str, int, int], KeptRun] = {}

    def runs(self) -> tuple[KeptRun, ...]:
        """Every run, the last begun first."""
        return tuple(
            sorted(
                (self._open(folder) for folder in self._folders()), key=lambda run: run.started, reverse=True
            )
        )

    def find(self, name: str) -> KeptRun:
        """The run of this name, as the folder's own listing has it. Raises Refused when there is none."""
        for folder in self._folders():
            if folder.name == name:
                return self._open(folder)
        raise Refused("no_run", 404)

    def page(self, name: str) -> Path:
        """The report of a finished run as a page. Raises Refused when there is none."""
        path = self.folder / self.find(name).name / PAGE
        if not path.is_file():
            raise Refused("no_report", 404)
        return path

    def place(self, name: str) -> Path:
        """The folder of a run to be begun. Raises Refused for a name that cannot be one, or that is taken."""
        if not _NAME.fullmatch(name) or safe_name(name) != name:
            raise Refused("bad_run_name", 400)
        if name.casefold() in {folder.name.casefold() for folder in self._folders()}:
            raise Refused("run_taken", 409)
        return self.folder / name

    def removed(self) -> tuple[Removed, ...]:
        """The runs that can be put back, the one removed last first."""
        return self._trash.entries(self.folder)

    def remove(self, name: str) -> str:
        """Take a run to the trash; the id to put it back by. Raises Refused when there is none."""
        run = self.find(name)
        with writing(name):
            return self._trash.discard(self.folder, self.folder / run.name, run.name)

    def restore(self, id: str) -> str:
        """Put a removed run back; its name. Raises Refused when it is not there or another has its name."""
        with writing(id):
            return self._trash.restore(self.folder, id)

    def _folders(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return [path for path in self.folder.iterdir() if (path / HEADER).is_file()]

    def _open(self, folder: Path) -> KeptRun:
        """The run in a folder; a report is read again when it changed."""
        report = folder / REPORT
        try:
            if not report.is_file():
                return _unfinished(folder)
            state = report.stat()
            key = (folder.name, state.st_mtime_ns, state.st_size)
            if key not in self._read:
                if len(self._read) >= _KEPT:
                    self._read.clear()
                self._read[key] = _finished(folder)
            return self._read[key]
        except (RunError, OSError) as error:
            # The page removes it at a button, where a terminal would run it again.
            return KeptRun(folder.name, fault=str(error).removesuffix(remedy(folder)).strip())


def question_sets(home: Path) -> dict[str, Path]:
    """The sets that may be asked, by name: the project's own, and the user's own in `.ganwen/questions`."""
    own = home / "questions"
    found = sorted(own.glob("*.jsonl")) if own.is_dir() else []
    return {OWN_SET.stem: OWN_SET} | {path.name: path for path in found if path.is_file()}


def _unfinished(folder: Path) -> KeptRun:
    header = read_header(folder)
    answers = folder / ANSWERS
    answered = answers.read_bytes().count(b"\n") if answers.is_file() else 0
    return KeptRun(folder.name, header.started, header.settings, answered=answered)


def _finished(folder: Path) -> KeptRun:
    header, report = read_header(folder), read_json(folder / REPORT, folder)
    try:
        total = report["total"]
        shares = {
            name: tuple(float(total[name][part]) for part in ("value", "low", "high"))
            for name in SHARES
            if total[name]["value"] is not None
        }
        return KeptRun(
            folder.name,
            header.started,
            header.settings,
            questions=int(total["questions"]),
            shares={name: (value[0], value[1], value[2]) for name, value in shares.items()},
            seconds=total["seconds"]["p50"],
            finished=True,
        )
    except (LookupError, TypeError, ValueError) as error:
        raise RunError(f"{folder / REPORT} is not the report of a run.") from error
