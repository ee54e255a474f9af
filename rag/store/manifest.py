"""The manifest: which generation of the index is current, what it was built from and what every file of it weighs.

.ganwen/index/
  manifest.json        written last, by one atomic rename: the index is what it names
  lock                 held by the process that builds
  g-1f2e3d4c/          a generation, never changed once the manifest names it
    in-use             held by every process that reads it
    corpus.sqlite      documents and passages
    vectors.faiss      row i is passage i
    lexical/           row i is passage i
    bilingual.tsv      English to the words of the passages
    counts.json        what the next build goes on from
"""

import hashlib
import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from embeddings.partition import Plan
from rag.chunking import CHUNKING
from rag.errors import IndexDamaged, IndexMismatch, IndexMissing, IndexStoreError

FORMAT = 4
"""Raise it when the files of an index are laid out in another way."""

DEFAULT_FOLDER, DEFAULT_SOURCE = Path(".ganwen/index"), Path("seeds")
"""Of an index and of its reports, as in `rag.settings`: commands need not name them."""

MANIFEST, LOCK, IN_USE = "manifest.json", "lock", "in-use"
CORPUS, VECTORS, LEXICAL, BILINGUAL = "corpus.sqlite", "vectors.faiss", "lexical", "bilingual.tsv"
COUNTS, SENTENCES = "counts.json", "sentences"
ROWS = "rows"  # the vectors in the making, gone when the generation is finished


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A report as it was when it was indexed: the hash of its bytes, its size in bytes, its time of change."""

    sha256: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class SkippedRecord:
    """A report that could not be read, and why; it is tried again at the next build."""

    size: int
    mtime_ns: int
    reason: str


@dataclass(frozen=True, slots=True)
class PartRecord:
    """A file of the index: the hash of its bytes and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index is. `source` is the absolute folder of reports, `created` an ISO time in UTC.

    `search` is how the vectors are searched, and what that was measured to find. `files` and `skipped` are keyed by the report's path in `source`, `parts` by path in the generation's folder.
    """

    format: int
    generation: str
    created: str
    model: str
    numeric_type: str
    dim: int
    chunking: str
    source: str
    max_file_mb: float
    passages: int
    search: Plan
    files: Mapping[str, FileRecord]
    skipped: Mapping[str, SkippedRecord]
    parts: Mapping[str, PartRecord]

    def folder(self, index: Path) -> Path:
        """The folder of the current generation."""
        return index / self.generation


def remedy(index: Path, *flags: str, source: Path = DEFAULT_SOURCE) -> str:
    """The command that mends the index at this place, from the reports it was built from.

    `source` is the folder of reports that is set: another one must be named, or the index would become one of it.
    """
    built_from = _source(index)
    reports = () if built_from in (None, source.resolve()) else ("--source", str(built_from))
    place = () if index == DEFAULT_FOLDER else ("--index", str(index))
    return shlex.join(("ganwen", "index", *flags, *reports, *place))


def is_current(index: Path, generation: str) -> bool:
    """Whether the manifest names this generation, whatever else is wrong with it, or cannot be read to tell."""
    try:
        return bool(json.loads((index / MANIFEST).read_bytes())["generation"] == generation)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    except (ValueError, LookupError, TypeError):
        return False


def _source(index: Path) -> Path | None:
    """The folder of reports that a manifest names, whatever else is wrong with it; None when it tells none."""
    try:
        return Path(json.loads((index / MANIFEST).read_bytes())["source"])
    except (OSError, ValueError, LookupError, TypeError):
        return None


def damaged(index: Path, what: str, *flags: str) -> IndexDamaged:
    """The error that says what of the index is wrong and how to mend it."""
    return IndexDamaged(f"The index at {index} is damaged: {what}. Rebuild it: {remedy(index, *flags)}")


def read_manifest(index: Path) -> Manifest:
    """The manifest at a place.

    Raises IndexMissing, IndexDamaged (not the bytes that were written) and IndexMismatch (another format).
    """
    try:
        text = (index / MANIFEST).read_bytes().decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise IndexMissing(f"No index at {index}. Build it: {remedy(index)}") from None
    except OSError as error:
        raise IndexStoreError(f"The index at {index} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise damaged(index, f"{MANIFEST} is not UTF-8") from error
    return _parse(index, text)


Stamp: TypeAlias = tuple[int, int, int]
"""What differs when a file was replaced: its number on the disk, its time of change, its size."""


def manifest_stamp(index: Path) -> Stamp:
    """The stamp of the manifest at a place; OSError when there is none."""
    state = (index / MANIFEST).stat()
    return state.st_ino, state.st_mtime_ns, state.st_size


def write_manifest(index: Path, manifest: Manifest) -> None:
    """Make this the current manifest, at one stroke."""
    aside = index / f"{MANIFEST}.new"
    with aside.open("wb") as file:
        file.write(_show(asdict(manifest)).encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())
    aside.replace(index / MANIFEST)
    sync(index)


def check_settings(index: Path, manifest: Manifest, model: str) -> None:
    """Raise IndexMismatch unless the index was built with this model and with the chunking of this version."""
    if manifest.model != model:
        raise IndexMismatch(
            f"The index at {index} was built with the model {manifest.model}, but {model} is set. "
            f"Rebuild it: {remedy(index)}, or set the other: GANWEN_EMBEDDING_MODEL"
        )
    if manifest.chunking != CHUNKING:
        raise IndexMismatch(
            f"The index at {index} was cut by another version ({manifest.chunking}; now {CHUNKING}). "
            f"Rebuild it: {remedy(index)}"
        )


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk. Windows keeps names safe by itself."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def hash_file(path: Path) -> str:
    """The sha256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _show(record: dict[str, Any]) -> str:
    """The text of a manifest, its own checksum in it: one way to write each manifest, so every byte is checked."""
    checksum = hashlib.sha256(_dump(record).encode("utf-8")).hexdigest()
    return _dump({**record, "checksum": checksum})


def _dump(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _parse(index: Path, text: str) -> Manifest:
    try:
        record = json.loads(text)
        found = record["format"]
        record.pop("checksum")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(index, f"{MANIFEST} is not a manifest") from error
    if found != FORMAT:
        raise IndexMismatch(
            f"The index at {index} has format {found}; this version reads format {FORMAT}. "
            f"Rebuild it: {remedy(index)}"
        )
    if _show(record) != text:
        raise damaged(index, f"{MANIFEST} does not match its checksum")
    return Manifest(
        **{
            **record,
            "search": Plan(**record["search"]),
            "files": {file: FileRecord(**each) for file, each in record["files"].items()},
            "skipped": {file: SkippedRecord(**each) for file, each in record["skipped"].items()},
            "parts": {file: PartRecord(**each) for file, each in record["parts"].items()},
        }
    )
