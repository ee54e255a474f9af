"""What was removed from the reports or from the kept runs, kept for a while so that it can be put back.

.ganwen/trash/ID/
  record.json     the path of the file (or folder) in the folder it was removed from, that folder, and when
  file            the file itself, or the folder

The oldest goes for good after KEPT_DAYS, or when all together weigh more than MOST_BYTES.
"""

import json
import os
import re
import secrets
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from ui.pages.refusal import Refused

_ID = re.compile(r"\d{14}(?:\d{6})?-[0-9a-f]{8}")
"""When it was given, in UTC, to the second or the microsecond, so that the order of ids is that of time."""
RECORD, FILE = "record.json", "file"
KEPT_DAYS = 30
"""As long as the wastebaskets of desktops keep files, by default."""
MOST_BYTES = 2 * 2**30
"""Some forty files of the size that is taken in at most. What was removed last is kept whatever it weighs."""
_TIME = "%Y%m%d%H%M%S%f"


@dataclass(frozen=True, slots=True)
class Removed:
    """A file in the trash: its id, its path in the folder `source`, when it was removed."""

    id: str
    file: str
    source: str
    removed: str

    @property
    def until(self) -> str:
        """The last whole day, in UTC, that it can be put back on."""
        return f"{_read_time(self.id) + timedelta(days=KEPT_DAYS - 1):%Y-%m-%d}"


class Trash:
    """The trash in a folder; it need not be there yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def discard(self, source: Path, path: Path, file: str) -> str:
        """Take the file or folder at `path` away; its id here. Raises OSError when it cannot be moved."""
        now = datetime.now(UTC)
        id = f"{now:{_TIME}}-{secrets.token_hex(4)}"
        place = self.folder / id
        place.mkdir(parents=True)
        record = Removed(id, file, str(source), f"{now:%Y-%m-%d %H:%M} UTC")
        # Written first: a file without a record could not be put back.
        (place / RECORD).write_text(json.dumps(asdict(record), ensure_ascii=False), encoding="utf-8")
        try:
            shutil.move(path, place / FILE)
        except OSError:
            shutil.rmtree(place, ignore_errors=True)
            raise
        self.sweep()
        return id

    def sweep(self) -> None:
        """Let go of what is here for too long, and of the oldest while all is too much."""
        ends, weight = datetime.now(UTC) - timedelta(days=KEPT_DAYS), 0
        for number, place in enumerate(self._places()):
            weight += _weigh(place)
            if _read_time(place.name) < ends or (number and weight > MOST_BYTES):
                shutil.rmtree(place, ignore_errors=True)

    def entries(self, source: Path) -> tuple[Removed, ...]:
        """What was removed from this folder and can still be put back, the last first."""
        self.sweep()
        found = (self._read(place) for place in self._places())
        return tuple(removed for removed in found if removed is not None and removed.source == str(source))

    def restore(self, source: Path, id: str) -> str:
        """Put a file back where it was in `source`; its path there. Raises Refused when it is not here or that is taken."""
        removed = next((each for each in self.entries(source) if each.id == id), None)
        if removed is None:
            raise Refused("not_removed", 404)
        parts = PurePosixPath(removed.file).parts
        target = source.joinpath(*parts)
        if ".." in parts or not target.parent.resolve().is_relative_to(source):
            raise Refused("not_removed", 404)
        target.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(target):
            raise Refused("place_taken", 409, file=removed.file)
        shutil.move(self.folder / id / FILE, target)
        shutil.rmtree(self.folder / id)
        return removed.file

    def _places(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return sorted((path for path in self.folder.iterdir() if _is_id(path.name)), reverse=True)

    @staticmethod
    def _read(place: Path) -> Removed | None:
        try:
            record = Removed(**json.loads((place / RECORD).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return record if record.id == place.name and os.path.lexists(place / FILE) else None


def _is_id(name: str) -> bool:
    try:
        return bool(_ID.fullmatch(name) and _read_time(name))
    except ValueError:
        return False


def _read_time(id: str) -> datetime:
    return datetime.strptime(id.partition("-")[0].ljust(20, "0"), _TIME).replace(tzinfo=UTC)


def _weigh(place: Path) -> int:
    """Bytes of all that lies in a folder; of a link, its own."""
    weight = 0
    with suppress(OSError):  # it is being put back
        for path in place.rglob("*"):
            weight += path.lstat().st_size
    return weight
