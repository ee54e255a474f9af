"""The folder of reports as the documents page sees it: what is there, what is added, what is taken away and put back.

No path from outside is opened: a file is named as the folder's own listing names it, or it is not there.
"""

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rag.corpus.readers.formats import ARCHIVE, suffix
from rag.corpus.sources import Source, load, scan
from rag.errors import CorpusError, UnreadableFile
from rag.settings import Settings
from rag.store import Index
from rag.store.index import is_changed
from rag.types import Skipped
from ui.pages.contents import check_content
from ui.pages.names import numbered, safe_name
from ui.pages.refusal import Refused, writing
from ui.pages.trash import Trash

UPLOADING = ".ganwen-upload-"
"""What begins the name of a folder that a file is received in: hidden, so that no build reads it half received."""


class Standing(StrEnum):
    """How a file of the folder stands to the index."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"
    SKIPPED = "skipped"
    INDEXED = "indexed"


@dataclass(frozen=True, slots=True)
class Row:
    """A file and how it stands to the index; `reason` says why it was skipped."""

    file: str
    standing: Standing
    reason: str = ""

    @property
    def removable(self) -> str:
        """The file that is removed with it: itself, or the zip file that it lies in."""
        parts = self.file.split("/")
        ends = (n for n, part in enumerate(parts[:-1], start=1) if suffix(part) == ARCHIVE)
        return "/".join(parts[: next(ends, len(parts))])


class Conflict(StrEnum):
    """What is done when a file of the same name, but another content, is there already."""

    ASK = "ask"
    BOTH = "both"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Added:
    """A file that was added: its name here, the name it came with, and the id of what it replaced, if it did."""

    file: str
    given: str
    replaced: str = ""


class Shelf:
    """The folder of reports that the settings name."""

    def __init__(self, settings: Settings, trash: Trash) -> None:
        self.folder = settings.source.resolve()
        self._max_mb = settings.max_file_mb
        self._trash = trash

    def rows(self, index: Index) -> tuple[Row, ...]:
        """Every file of the folder and of the index: first those that a build would change, each kind by name."""
        sources, passed_over = self._scan()
        manifest = index.manifest
        rows = {each.file: Row(each.file, Standing.SKIPPED, each.reason) for each in passed_over}
        for source in sources:
            rows[source.file] = Row(source.file, self._stand(index, source))
            record = manifest.skipped.get(source.file)
            if record is not None and (record.size, record.mtime_ns) == (source.size, source.mtime_ns):
                rows[source.file] = Row(source.file, Standing.SKIPPED, record.reason)
        for file in manifest.files:
            if file not in rows:
                rows[file] = Row(file, Standing.GONE)
        order = list(Standing)
        return tuple(sorted(rows.values(), key=lambda row: (order.index(row.standing), row.file)))

    def _stand(self, index: Index, source: Source) -> Standing:
        if source.file not in index.manifest.files:
            return Standing.NEW
        return Standing.CHANGED if is_changed(index.manifest, source) else Standing.INDEXED

    def add(self, received: Path, given: str, conflict: Conflict) -> Added:
        """Take in a received file, which lies alone in its folder under its safe name.

        Raises Refused: no report by its content, there already (`exists_same`), or of a name that is taken while
        nothing was said about that (`exists_other`).
        """
        check_content(received, self._max_mb)
        same = self._find_same(received)
        if same is not None:
            raise Refused("exists_same", 409, file=received.name, same=same)
        with writing(received.name):
            if not os.path.lexists(self.folder / received.name):
                return Added(self._place(received, received.name), given)
            if conflict is Conflict.REPLACE:
                replaced = self._trash.discard(self.folder, self._locate(received.name), received.name)
                return Added(self._place(received, received.name), given, replaced)
            if conflict is Conflict.BOTH:
                return Added(self._place_beside(received), given)
        raise Refused("exists_other", 409, file=received.name)

    @contextmanager
    def receiving(self, given: str) -> Iterator[Path]:
        """A place for a file that is being received, under a safe name; what is left of it is gone afterwards."""
        name = safe_name(given)
        if not name:
            raise Refused("bad_name", 400, file=given[:100])
        folder = self.folder / f"{UPLOADING}{secrets.token_hex(8)}"
        with writing(name):
            folder.mkdir()
        try:
            yield folder / name
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def remove(self, file: str) -> str:
        """Take a file of the folder to the trash; the id to put it back by. Raises Refused when it is not there."""
        with writing(file):
            return self._trash.discard(self.folder, self._locate(file), file)

    def restore(self, id: str) -> str:
        """Put a removed file back where it was; its name. Raises Refused when that place is taken or it is not there."""
        with writing(id):
            return self._trash.restore(self.folder, id)

    def _locate(self, file: str) -> Path:
        """Where a file that the folder's listing names lies on the disk; a link is the link itself."""
        sources, passed_over = self._scan()
        names = {each.file for each in passed_over}
        for source in sources:
            names.add(Row(source.file, Standing.NEW).removable if source.member is not None else source.file)
        path = self.folder.joinpath(*file.split("/")) if file in names else None
        if path is None or not os.path.lexists(path) or (path.is_dir() and not path.is_symlink()):
            raise Refused("not_there", 404, file=file)
        return path

    def _scan(self) -> tuple[tuple[Source, ...], tuple[Skipped, ...]]:
        """What is in the folder; a folder without a report that can be read is as good as empty."""
        try:
            return scan(self.folder, self._max_mb)
        except CorpusError:
            return (), self._passed_over()

    def _passed_over(self) -> tuple[Skipped, ...]:
        """The files of a folder in which none can be read: they can at least be removed."""
        if not self.folder.is_dir():
            return ()
        return tuple(
            Skipped(path.name, "it cannot be read")
            for path in sorted(self.folder.iterdir())
            if path.is_file() and not path.name.startswith(".")
        )

    def _find_same(self, received: Path) -> str | None:
        """The file of the folder that holds these very bytes, if one does."""
        size, digest = received.stat().st_size, _hash(received.read_bytes())
        for source in self._scan()[0]:
            try:
                if source.size == size and _hash(load(source)) == digest:
                    return source.file
            except UnreadableFile:
                continue
        return None

    def _place_beside(self, received: Path) -> str:
        number = 2
        while os.path.lexists(self.folder / numbered(received.name, number)):
            number += 1
        return self._place(received, numbered(received.name, number))

    def _place(self, received: Path, name: str) -> str:
        """Move a file to a name that is free: the name is taken first, so that nothing is ever overwritten."""
        try:
            os.close(os.open(self.folder / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
        except FileExistsError as error:  # between the look and now
            raise Refused("exists_other", 409, file=name) from error
        received.replace(self.folder / name)
        return name


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
