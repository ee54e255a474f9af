"""An index open for reading: passages, documents, both searches, and what changed since it was built."""

import hashlib
import os
import sqlite3
import weakref
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import EmbeddingError
from embeddings.vectors import Vectors
from rag.bilingual import Bilingual
from rag.errors import IndexStoreError, UnreadableFile
from rag.lexical import Lexical
from rag.official_english import find_terms
from rag.store.locks import hold
from rag.store.manifest import (
    BILINGUAL,
    CORPUS,
    LEXICAL,
    SENTENCES,
    VECTORS,
    Manifest,
    Stamp,
    check_settings,
    damaged,
    hash_file,
    manifest_stamp,
    read_manifest,
    remedy,
)
from rag.store.sentences import Sentences
from rag.store.tables import Tables
from rag.types import Chunk, Document, Filter

if TYPE_CHECKING:
    from rag.corpus.sources import Source
    from rag.mentions import Coverage

# Chinese words for an English one by which a passage is judged to tell of it.
_MEANINGS = 6
CHECKED_WHOLE = 32 * 2**20
"""Bytes of an index that `open` checks in full, in about 25 ms; a larger one by its sizes, in full by `verify`."""

_DOCUMENTS_KEPT = 64


@dataclass(frozen=True, slots=True)
class Changes:
    """The reports that differ from those an index was built from, by path."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


class Index:
    """One whole generation of an index, held on the disk until it is closed; threads may share it.

    `vectors` and `lexical` have a row for each passage; row i of both is `chunk(i)`. `sentences` has one for each
    sentence of each passage.
    """

    def __init__(self, folder: Path, manifest: Manifest, handle: int) -> None:
        """Open a generation that `handle` holds; `Index.open` is the way in."""
        self.folder = folder
        self.manifest = manifest
        with ExitStack() as opening:
            opening.callback(os.close, handle)
            with _damage(folder):
                generation = manifest.folder(folder)
                self._tables = Tables(generation / CORPUS)
                opening.callback(self._tables.close)
                self.vectors = Vectors.load(generation / VECTORS, manifest.search)
                self.lexical = Lexical.load(generation / LEXICAL)
                self.sentences = Sentences.load(generation / SENTENCES, manifest.dim)
            self._check_counts()
            self._finalizer = weakref.finalize(self, opening.pop_all().close)
        self._looked_at: tuple[Stamp, bool] | None = None
        self._document = lru_cache(_DOCUMENTS_KEPT)(self._tables.document)

    @classmethod
    def open(cls, folder: Path, model: str) -> Self:
        """Open the current generation of the index built with `model` (an encoder's name).

        Raises IndexMissing, IndexMismatch (model, format or chunking) and IndexDamaged.
        """
        manifest, handle = hold_current(folder)
        try:
            check_settings(folder, manifest, model)
            check_parts(folder, manifest)
        except BaseException:
            os.close(handle)
            raise
        return cls(folder, manifest, handle)

    def close(self) -> None:
        """Let the generation go; reading from the index is an error afterwards."""
        self._finalizer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return self.manifest.passages

    @property
    def files(self) -> tuple[str, ...]:
        """The documents' files, sorted."""
        return tuple(sorted(self.manifest.files))

    @cached_property
    def bilingual(self) -> Bilingual:
        """English to the words of the passages; read when the first English question is asked."""
        with _damage(self.folder):
            return Bilingual.load(self.manifest.folder(self.folder) / BILINGUAL)

    def translate(self, english: str) -> str:
        """The words of the passages that an English question may mean: 产值/价值 电池, alternatives of one word by a slash."""
        frequency = self.lexical.document_frequency
        official = tuple(find_terms(english, frequency))
        rest = english
        for start, end, _ in official:
            rest = rest[:start] + "," * (end - start) + rest[end:]
        groups = groupby(self.bilingual.translate(rest, frequency), key=lambda term: term.start)
        words = [(start, "/".join(term.chinese for term in group)) for start, group in groups]
        return " ".join(word for _, word in sorted([*words, *((start, word) for start, _, word in official)]))

    def chunk(self, row: int) -> Chunk:
        """The passage of a row; IndexError when there is no such row."""
        return self.chunks([row])[0]

    def chunks(self, rows: Sequence[int]) -> tuple[Chunk, ...]:
        """The passages of these rows, in the order given; IndexError when there is no such row."""
        with _damage(self.folder):
            return self._tables.chunks(rows)

    def all_chunks(self) -> Iterator[Chunk]:
        """Every passage, in the order of the rows."""
        with _damage(self.folder):
            yield from self._tables.all_chunks()

    def document(self, file: str) -> Document:
        """The document of a file as it was when it was indexed; IndexStoreError when there is none."""
        with _damage(self.folder):
            document = self._document(file)
        if document is None:
            raise IndexStoreError(
                f"{file} is not in the index at {self.folder}. To bring it up to date: {remedy(self.folder)}"
            )
        return document

    def rows_allowed(self, filter: Filter) -> NDArray[np.int64] | None:
        """The rows that pass a filter, ascending; None when it lets everything pass."""
        if filter == Filter():
            return None
        with _damage(self.folder):
            return self._tables.rows_allowed(filter)

    def coverage(self) -> "Coverage":
        """What the passages cover: regions, years, and the year of the newest report."""
        from rag.mentions import Coverage

        with _damage(self.folder):
            periods = self._tables.periods()
            newest = self._tables.newest_date()
            regions = self._tables.regions()
        return Coverage(
            regions=regions,
            first_year=min((period.first for period in periods), default=None),
            last_year=max((period.last for period in periods), default=None),
            newest_report=int(newest[:4]) if newest else None,
            frequency=self.lexical.document_frequency,
            translate=self.translate,
            find_terms=lambda english: self.bilingual.translate(
                english, self.lexical.document_frequency, _MEANINGS
            ),
            passages=len(self.lexical),
        )

    def is_current(self) -> bool:
        """Whether this is the generation that the manifest on the disk names, or none can be told.

        The manifest is read when it was replaced, not each time.
        """
        try:
            stamp, looked_at = manifest_stamp(self.folder), self._looked_at
            if looked_at is None or looked_at[0] != stamp:
                current = read_manifest(self.folder).generation == self.manifest.generation
                looked_at = self._looked_at = stamp, current
        except (OSError, IndexStoreError):
            return True
        return looked_at[1]

    def changes(self, source: Path | None = None) -> Changes:
        """How the folder of reports (by default the one it was built from) differs from what was indexed.

        A file of another size or time is read to see whether it differs. Raises CorpusError when the folder
        cannot be read.
        """
        from rag.corpus.sources import scan

        manifest = self.manifest
        sources, _ = scan(source or Path(manifest.source), manifest.max_file_mb)
        now = {each.file: each for each in sources}
        known = manifest.files.keys()
        return Changes(
            added=tuple(file for file in now if file not in known and not _was_skipped(manifest, now[file])),
            changed=tuple(file for file in now if file in known and is_changed(manifest, now[file])),
            removed=tuple(file for file in self.files if file not in now),
        )

    def _check_counts(self) -> None:
        counts = {
            "vectors": len(self.vectors),
            "lexical rows": len(self.lexical),
            "rows of sentences": len(self.sentences),
        }
        for name, count in counts.items():
            if count != self.manifest.passages:
                raise damaged(self.folder, f"{count} {name} for {self.manifest.passages} passages")
        if self.vectors.dim != self.manifest.dim:
            raise damaged(self.folder, f"vectors of {self.vectors.dim} dimensions, not {self.manifest.dim}")


def hold_current(folder: Path) -> tuple[Manifest, int]:
    """The manifest and a handle that keeps its generation on the disk (IndexMissing, IndexMismatch, IndexDamaged)."""
    manifest = read_manifest(folder)
    while (handle := hold(manifest.folder(folder))) is None:
        # A builder may have swapped it between the two steps; then the manifest names another by now.
        tried, manifest = manifest, read_manifest(folder)
        if manifest.generation == tried.generation:
            raise damaged(folder, f"{manifest.generation} is missing")
    return manifest, handle


def check_parts(folder: Path, manifest: Manifest, whole: bool = False) -> None:
    """Raise IndexDamaged unless every file has its size and, in a small index or if `whole`, its checksum."""
    whole = whole or sum(part.size for part in manifest.parts.values()) <= CHECKED_WHOLE
    for name in manifest.parts:
        check_part(folder, manifest, name, whole)


def check_part(folder: Path, manifest: Manifest, name: str, whole: bool) -> None:
    """Raise IndexDamaged unless this file of the index has its size and, if `whole`, its checksum."""
    path, part = manifest.folder(folder) / name, manifest.parts[name]
    try:
        right = path.stat().st_size == part.size and (not whole or hash_file(path) == part.sha256)
    except OSError as error:
        raise damaged(folder, f"{manifest.generation}/{name} cannot be read ({error.strerror})") from error
    if not right:
        raise damaged(folder, f"{manifest.generation}/{name} is not what was written")


def is_changed(manifest: Manifest, source: "Source", trust_times: bool = True) -> bool:
    """Whether a report is new or has other bytes than those indexed; it is read if its size or time differs."""
    from rag.corpus.sources import load

    record = manifest.files.get(source.file)
    if record is None:
        return True
    if trust_times and (record.size, record.mtime_ns) == (source.size, source.mtime_ns):
        return False
    try:
        return hashlib.sha256(load(source)).hexdigest() != record.sha256
    except UnreadableFile:
        return True


def _was_skipped(manifest: Manifest, source: "Source") -> bool:
    record = manifest.skipped.get(source.file)
    return record is not None and (record.size, record.mtime_ns) == (source.size, source.mtime_ns)


@contextmanager
def _damage(folder: Path) -> Iterator[None]:
    """Say as IndexDamaged what the libraries say of files that are not what was written."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except (sqlite3.DatabaseError, ValueError, KeyError, OSError, EmbeddingError) as error:
        raise damaged(folder, str(error)) from error
