"""Builds the index: reads what changed, embeds what is new, writes it aside and swaps the manifest."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rag.chunking import CHUNKING
from rag.errors import IndexMissing, IndexStoreError, UnreadableFile
from rag.store.generation import Progress, Request, made_alike, read_document, write_generation
from rag.store.index import check_parts, is_changed
from rag.store.locks import building, remove_unused
from rag.store.manifest import Manifest, SkippedRecord, read_manifest, write_manifest
from rag.types import Skipped

if TYPE_CHECKING:
    from embeddings.cache import VectorCache
    from embeddings.encoder import Encoder
    from rag.corpus.sources import Source


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: reports by what became of them, `passages` in the index, `embedded` by the model now."""

    added: int
    changed: int
    removed: int
    unchanged: int
    skipped: tuple[Skipped, ...]
    passages: int
    embedded: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.added + self.changed + self.unchanged:,} reports, {self.passages:,} passages: "
            f"{self.added:,} added, {self.changed:,} changed, {self.removed:,} removed, "
            f"{self.unchanged:,} unchanged, {len(self.skipped):,} skipped; {self.embedded:,} passages embedded"
        )


def build_index(
    source: Path,
    folder: Path,
    encoder: "Encoder",
    *,
    cache: "VectorCache | None" = None,
    max_file_mb: float = 50,
    full: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Bring the index in `folder` up to date with the reports in `source`.

    What did not change is taken from the index that is there, if it is whole; `full` takes nothing from it and no
    vector from the cache. A build that dies leaves the old index, and the next one goes on from the cache.
    Raises CorpusError (nothing to read), IndexLocked (another process builds), EmbeddingError (the model) and
    IndexStoreError (the place cannot be written).
    """
    from rag.corpus.sources import scan

    started = time.perf_counter()
    sources, passed_over = scan(source, max_file_mb)
    request = Request(source.resolve(), folder, encoder, cache, max_file_mb, full, progress or _say_nothing)
    with _writing(folder), building(folder):
        old = _last_manifest(folder)
        manifest, embedded = _update(request, None if full else old, sources)
        remove_unused(folder, manifest.generation)
    skipped = [*passed_over, *(Skipped(file, each.reason) for file, each in manifest.skipped.items())]
    return _report(
        old, manifest, tuple(sorted(skipped, key=_by_file)), embedded, time.perf_counter() - started
    )


def _say_nothing(stage: str, done: int, total: int) -> None:
    """The progress of a build that nobody watches."""


def _by_file(skipped: Skipped) -> str:
    return skipped.file


def _report(
    old: Manifest | None, new: Manifest, skipped: tuple[Skipped, ...], embedded: int, seconds: float
) -> BuildReport:
    before = old.files if old else {}
    both = before.keys() & new.files.keys()
    changed = sum(before[file].sha256 != new.files[file].sha256 for file in both)
    return BuildReport(
        added=len(new.files) - len(both),
        changed=changed,
        removed=len(before) - len(both),
        unchanged=len(both) - changed,
        skipped=skipped,
        passages=new.passages,
        embedded=embedded,
        seconds=seconds,
    )


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Make the folder, and say as IndexStoreError what keeps it from being written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise IndexStoreError(
            f"The index at {folder} cannot be written: {reason}. One that was there before is untouched. "
            "Make room or allow writing, or choose another place: ganwen index --index FOLDER"
        ) from error


def _last_manifest(folder: Path) -> Manifest | None:
    """The manifest of the index that is there, if every byte of it is as it was written.

    Generations that a killed build left behind are removed, so that they do not take the room of the next.
    """
    try:
        manifest = read_manifest(folder)
        remove_unused(folder, manifest.generation)
        check_parts(folder, manifest, whole=True)
    except IndexMissing:
        remove_unused(folder, None)
        return None
    except IndexStoreError:
        return None
    return manifest


def _update(request: Request, old: Manifest | None, sources: Sequence["Source"]) -> tuple[Manifest, int]:
    """The manifest that is current now, and how many passages were embedded for it."""
    if old is None:
        return write_generation(request, None, sources, frozenset())
    trusted = old.source == str(request.source)
    kept = frozenset(
        each.file for each in sources if old.chunking == CHUNKING and not is_changed(old, each, trusted)
    )
    failed = _fail_again(old, [each for each in sources if each.file not in kept])
    if (
        not made_alike(request.encoder, old)
        or len(kept) < len(old.files)
        or len(kept) + len(failed) < len(sources)
    ):
        return write_generation(request, old, sources, kept)
    files = {
        each.file: replace(old.files[each.file], size=each.size, mtime_ns=each.mtime_ns)
        for each in sources
        if each.file in kept
    }
    new = replace(
        old, source=str(request.source), max_file_mb=request.max_file_mb, files=files, skipped=failed
    )
    if new != old:
        write_manifest(request.folder, new)
    return new, 0


def _fail_again(old: Manifest, sources: Sequence["Source"]) -> dict[str, SkippedRecord]:
    """Those of the sources that could not be read at the last build and cannot be read now."""
    failed: dict[str, SkippedRecord] = {}
    for source in sources:
        if source.file in old.skipped:
            try:
                read_document(source)
            except UnreadableFile as error:
                failed[source.file] = SkippedRecord(source.size, source.mtime_ns, error.reason)
    return failed
