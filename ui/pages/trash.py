"""Files that were removed from the reports, kept so that they can be put back.

.ganwen/trash/ID/
  record.json     the file's path in the folder of reports, that folder, and when it was removed
  file            the file itself
"""

import json
import os
import re
import secrets
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from ui.pages.refusal import Refused

_ID = re.compile(r"\d{14}-[0-9a-f]{8}")
RECORD, FILE = "record.json", "file"


@dataclass(frozen=True, slots=True)
class Removed:
    """A file in the trash: its id, its path in the folder of reports `source`, when it was removed."""

    id: str
    file: str
    source: str
    removed: str


class Trash:
    """The trash in a folder; it need not be there yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def discard(self, source: Path, path: Path, file: str) -> str:
        """Take the file at `path` away; its id here. Raises OSError when it cannot be moved."""
        now = datetime.now(UTC)
        id = f"{now:%Y%m%d%H%M%S}-{secrets.token_hex(4)}"
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
        return id

    def entries(self, source: Path) -> tuple[Removed, ...]:
        """What was removed from this folder of reports and is still here, the last first."""
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
        return sorted((path for path in self.folder.iterdir() if _ID.fullmatch(path.name)), reverse=True)

    @staticmethod
    def _read(place: Path) -> Removed | None:
        try:
            record = Removed(**json.loads((place / RECORD).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return record if record.id == place.name and os.path.lexists(place / FILE) else None
