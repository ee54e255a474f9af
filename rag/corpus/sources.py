"""The files of a corpus folder: which there are, which are passed over and why, and their bytes."""

import os
import stat
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.corpus.readers import archive
from rag.corpus.readers.formats import ARCHIVE, NAMES, is_ignored, objection, suffix
from rag.errors import CorpusError, UnreadableFile
from rag.types import Skipped

# Members are read one at a time, each within the limit of a file; this bounds what a whole zip file adds.
_MAX_UNPACKED_MB = 4096
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be read: on disk, or a member of a zip file on disk.

    `file` names it: the path relative to the corpus folder, with `/`; a member's path follows that of its
    zip file (`2023.zip/县/报告.docx`). `path` is the file on disk to open, `member` the key of the zip
    member in it. `size` in bytes is that of the report, unpacked; `mtime_ns` is that of the file on disk.
    """

    file: str
    path: Path
    member: str | None
    size: int
    mtime_ns: int


def scan(folder: Path, max_file_mb: float = 50) -> tuple[tuple[Source, ...], tuple[Skipped, ...]]:
    """The sources under `folder` and what was passed over, both sorted by file.

    Hidden files and those of Office and the system are passed over in silence. Links are followed to files
    within the folder only. Zip files are looked into, one level deep. Raises CorpusError when the folder
    is missing, is no folder, cannot be listed, or holds nothing that can be read.
    """
    root = _checked(folder)
    sources: dict[str, Source] = {}
    skipped: list[Skipped] = []
    for found in _walk(root, round(max_file_mb * 2**20)):
        if isinstance(found, Skipped):
            skipped.append(found)
        elif found.file in sources:
            skipped.append(Skipped(found.file, "a second file of this very name. Rename one of them"))
        else:
            sources[found.file] = found
    skipped.sort(key=lambda each: each.file)
    if not sources:
        raise CorpusError(_nothing(folder, skipped))
    return tuple(sources[file] for file in sorted(sources)), tuple(skipped)


def load(source: Source) -> bytes:
    """The bytes of a source, of one moment: a file that changes under the reading is read once more.

    Raises UnreadableFile when it is gone, may not be read, is damaged or changes again.
    """
    for _ in range(2):
        try:
            before = _state(source.path)
            data = _read(source)
            if _state(source.path) == before and (source.member or len(data) == before[0]):
                return data
        except OSError as error:
            raise UnreadableFile(source.file, _reason(error, source.path)) from error
        except archive.ERRORS as error:
            reason = f"damaged within its zip file ({error}). Get a whole copy"
            raise UnreadableFile(source.file, reason) from error
    raise UnreadableFile(source.file, "it changed while it was read. Run again when it is finished")


def _checked(folder: Path) -> Path:
    try:
        mode = folder.stat().st_mode
    except PermissionError as error:
        raise CorpusError(f"No permission to read {folder}. Allow it: chmod u+rx {folder.parent}") from error
    except OSError as error:
        raise CorpusError(f"No folder {folder}. Name one that holds reports: --source FOLDER") from error
    if not stat.S_ISDIR(mode):
        raise CorpusError(f"{folder} is not a folder. Name the folder that holds it: --source FOLDER")
    if not os.access(folder, os.R_OK | os.X_OK):
        raise CorpusError(f"No permission to read {folder}. Allow it: chmod u+rx {folder}")
    return folder.resolve()


def _nothing(folder: Path, skipped: list[Skipped]) -> str:
    if not skipped:
        return f"No report in {folder}. Put files there ({NAMES}) or name another folder: --source FOLDER"
    named = "; ".join(f"{each.file}: {each.reason}" for each in skipped[:_NAMED])
    more = f"; and {len(skipped) - _NAMED} more" if len(skipped) > _NAMED else ""
    return f"No report in {folder} can be read. {named}{more}"


def _walk(root: Path, max_bytes: int) -> Iterator[Source | Skipped]:
    """Everything under `root`: plain files first, then links, so that a file is known by its own name."""
    links: list[tuple[str, Path]] = []
    seen: set[Path] = set()
    folders = [("", root)]
    while folders:
        prefix, folder = folders.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            yield Skipped(prefix.rstrip("/"), _reason(error, folder))
            continue
        for entry in entries:
            file = prefix + archive.file_name(os.fsencode(entry.name), otherwise=entry.name)
            path = folder / entry.name
            if is_ignored(entry.name):
                continue
            if entry.is_symlink():
                links.append((file, path))
            elif entry.is_dir(follow_symlinks=False):
                folders.append((file + "/", path))
            else:
                seen.add(path)
                yield from _file(file, path, max_bytes)
    for file, path in sorted(links):
        yield from _link(file, path, root, seen, max_bytes)


def _link(file: str, path: Path, root: Path, seen: set[Path], max_bytes: int) -> Iterator[Source | Skipped]:
    try:
        target = path.resolve()
        leads_to_folder = target.is_dir()
        leads_nowhere = not target.exists()
    except (OSError, RuntimeError):
        leads_to_folder, leads_nowhere = False, True
    if leads_nowhere:
        yield Skipped(file, "a link that leads nowhere. Remove it or mend it")
    elif not target.is_relative_to(root):
        yield Skipped(file, "a link out of the corpus folder is not followed. Copy the file itself there")
    elif leads_to_folder:
        yield Skipped(file, "a link to a folder is not followed. Put the folder itself there")
    elif target not in seen:
        seen.add(target)
        yield from _file(file, target, max_bytes)


def _file(file: str, path: Path, max_bytes: int) -> Iterable[Source | Skipped]:
    try:
        state = path.stat()
    except OSError as error:
        return [Skipped(file, _reason(error, path))]
    if not stat.S_ISREG(state.st_mode):
        return [Skipped(file, "not an ordinary file")]
    if suffix(file) == ARCHIVE:
        return list(_members(file, path, state.st_mtime_ns, max_bytes))
    reason = objection(file) or _size_reason(state.st_size, max_bytes)
    return [Skipped(file, reason) if reason else Source(file, path, None, state.st_size, state.st_mtime_ns)]


def _members(file: str, path: Path, mtime_ns: int, max_bytes: int) -> Iterator[Source | Skipped]:
    try:
        with zipfile.ZipFile(path) as packed:
            members = [member for member in packed.infolist() if not member.is_dir()]
    except PermissionError as error:
        yield Skipped(file, _reason(error, path))
        return
    except archive.ERRORS as error:
        yield Skipped(file, f"a damaged zip file ({error}). Get a whole copy, or pack it again")
        return
    reason = archive.bomb(members, _MAX_UNPACKED_MB)
    if reason is not None:
        yield Skipped(file, f"not unpacked: {reason}. Unpack what is needed of it into the corpus folder")
        return
    for member in members:
        name = archive.member_name(member)
        if name and not any(map(is_ignored, name.split("/"))):
            yield _member(f"{file}/{name}", path, mtime_ns, member, max_bytes)


def _member(
    file: str, path: Path, mtime_ns: int, member: zipfile.ZipInfo, max_bytes: int
) -> Source | Skipped:
    if suffix(file) == ARCHIVE:
        reason: str | None = "a zip file within a zip file is not opened. Unpack it into the corpus folder"
    elif archive.is_encrypted(member):
        reason = "protected by a password. Unpack it into the corpus folder"
    elif archive.is_inflated(member):
        reason = f"it unpacks to more than {archive.MAX_RATIO} times its size. If you trust it, unpack it"
    else:
        reason = objection(file) or _size_reason(member.file_size, max_bytes)
    if reason:
        return Skipped(file, reason)
    return Source(file, path, member.filename, member.file_size, mtime_ns)


def _size_reason(size: int, max_bytes: int) -> str | None:
    if size == 0:
        return "an empty file. Get a whole copy"
    if size > max_bytes:
        limit = f"{max_bytes / 2**20:g} MB"
        return f"{size / 2**20:.1f} MB, over the limit of {limit}. Raise it: GANWEN_MAX_FILE_MB"
    return None


def _state(path: Path) -> tuple[int, int]:
    """Size and time of last change: what differs when a file was written to."""
    state = path.stat()
    return state.st_size, state.st_mtime_ns


def _read(source: Source) -> bytes:
    if source.member is None:
        return source.path.read_bytes()
    with zipfile.ZipFile(source.path) as packed:
        return packed.read(source.member)


def _reason(error: OSError, path: Path) -> str:
    if isinstance(error, PermissionError):
        return f"no permission to read it. Allow it: chmod u+rX {path}"
    if isinstance(error, FileNotFoundError):
        return "it is gone. Run again"
    return f"it cannot be read ({error.strerror or error}). Copy it elsewhere and back"
