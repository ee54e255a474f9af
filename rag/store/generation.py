"""Writes one generation of the index: tables, vectors and words, each file synced, then the manifest."""

import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from embeddings.partition import Plan
from embeddings.vectors import Vectors
from rag.chunking import CHUNKING, chunk
from rag.errors import CorpusError, UnreadableFile
from rag.store.embed import Known, Rows, embed, find_known
from rag.store.manifest import (
    CORPUS,
    FORMAT,
    IN_USE,
    ROWS,
    SENTENCES,
    VECTORS,
    FileRecord,
    Manifest,
    PartRecord,
    SkippedRecord,
    hash_file,
    is_current,
    sync,
    write_manifest,
)
from rag.store.searches import Earlier, find_places, write_searches
from rag.store.sentences import Sentences, write_sentences
from rag.store.tables import Tables, TablesWriter
from rag.types import Document

if TYPE_CHECKING:
    from embeddings.cache import VectorCache
    from embeddings.encoder import Encoder
    from rag.corpus.sources import Source

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with a stage, how much of it is done and how much there is: "read" (reports), "embed", "sentences" or "index" (passages)."""

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Request:
    """What `build_index` was asked for; `source` is absolute."""

    source: Path
    folder: Path
    encoder: "Encoder"
    cache: "VectorCache | None"
    max_file_mb: float
    full: bool
    progress: Progress


def made_alike(encoder: "Encoder", manifest: Manifest) -> bool:
    """Whether the encoder gives the vectors that the index holds; its dimension would cost loading the model."""
    return (manifest.model, manifest.numeric_type) == (encoder.name, encoder.numeric_type)


def write_generation(
    request: Request, old: Manifest | None, sources: Sequence["Source"], kept: frozenset[str]
) -> tuple[Manifest, int]:
    """Write a new generation, the documents `kept` taken from the old one, and make it current.

    Returns its manifest and how many passages were embedded. Raises CorpusError when there is no text at all.
    """
    before = old.folder(request.folder) if old else None
    with _new_generation(request.folder) as generation:
        files, skipped = _write_tables(request, generation, before, sources, kept)
        passages, embedded, plan = _write_searches(request, generation, old, kept)
        parts = _seal(generation)
        manifest = Manifest(
            format=FORMAT,
            generation=generation.name,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            model=request.encoder.name,
            numeric_type=request.encoder.numeric_type,
            dim=request.encoder.dim,
            chunking=CHUNKING,
            source=str(request.source),
            max_file_mb=request.max_file_mb,
            passages=passages,
            search=plan,
            files=files,
            skipped=skipped,
            parts=parts,
        )
        write_manifest(request.folder, manifest)
    return manifest, embedded


@contextmanager
def _new_generation(folder: Path) -> Iterator[Path]:
    """An empty generation, removed again unless it has been filled and made current."""
    generation = folder / f"g-{secrets.token_hex(4)}"
    try:
        generation.mkdir()
        (generation / IN_USE).touch()
        yield generation
    except BaseException:
        if not is_current(folder, generation.name):
            shutil.rmtree(generation, ignore_errors=True)
        raise


def _write_tables(
    request: Request,
    generation: Path,
    before: Path | None,
    sources: Sequence["Source"],
    kept: frozenset[str],
) -> tuple[dict[str, FileRecord], dict[str, SkippedRecord]]:
    """Read, or copy, every document into the tables, in the order of the sources."""
    files: dict[str, FileRecord] = {}
    skipped: dict[str, SkippedRecord] = {}
    with closing(TablesWriter(generation / CORPUS, before and before / CORPUS)) as writer:
        for done, source in enumerate(sources, start=1):
            try:
                sha256 = writer.copy(source.file) if source.file in kept else _add(writer, source)
                files[source.file] = FileRecord(sha256, source.size, source.mtime_ns)
            except UnreadableFile as error:
                skipped[source.file] = SkippedRecord(source.size, source.mtime_ns, error.reason)
            request.progress("read", done, len(sources))
        writer.finish()
    if writer.passages == 0:
        reasons = "; ".join(f"{file}: {each.reason}" for file, each in list(skipped.items())[:_NAMED])
        raise CorpusError(
            f"No text in the reports of {request.source}. {reasons or 'Every file is blank'}. "
            "Name another folder: --source FOLDER"
        )
    return files, skipped


def _add(writer: TablesWriter, source: "Source") -> str:
    document = read_document(source)
    writer.add(document, chunk(document, writer.passages))
    return document.sha256


def read_document(source: "Source") -> Document:
    """The document of a source; UnreadableFile also for text that no file format can hold."""
    from rag.corpus import read

    document = read(source)
    try:
        (document.file + document.text).encode("utf-8")
    except UnicodeEncodeError as error:
        raise UnreadableFile(
            source.file, "its name or text holds broken characters (lone surrogates). Save or name it anew"
        ) from error
    return document


def _write_searches(
    request: Request, generation: Path, old: Manifest | None, kept: frozenset[str]
) -> tuple[int, int, Plan]:
    """Write vectors and words of all passages and vectors of their sentences, as much as can be taken over from an `old` index.

    Returns the counts of passages and of those embedded now, and how the vectors are searched.
    """
    with ExitStack() as stack:
        tables = stack.enter_context(closing(Tables(generation / CORPUS)))
        keys = tables.keys()
        known = earlier = None
        if old:
            before = old.folder(request.folder)
            theirs = stack.enter_context(closing(Tables(before / CORPUS)))
            earlier = Earlier(before, theirs, find_places(theirs, tables, kept))
            if made_alike(request.encoder, old):
                known = Known(
                    find_known(keys, theirs.keys()),
                    Vectors.load(before / VECTORS, old.search),
                    Sentences.load(before / SENTENCES, old.dim),
                )
        rows = stack.enter_context(closing(Rows(generation / ROWS, request.encoder.dim)))
        progress = partial(request.progress, "embed")
        embedded = embed(tables, keys, request.encoder, rows, known, request.cache, request.full, progress)
        write_sentences(
            generation / SENTENCES,
            tables,
            request.encoder,
            known,
            request.cache,
            request.full,
            partial(request.progress, "sentences"),
        )
        request.progress("index", 0, len(rows))
        plan = _write_vectors(rows, generation / VECTORS)
        write_searches(generation, tables, earlier, partial(request.progress, "index"))
        return len(rows), embedded, plan


def _write_vectors(rows: Rows, path: Path) -> Plan:
    vectors = Vectors.build(rows.read())
    vectors.save(path)
    return vectors.plan


def _seal(generation: Path) -> dict[str, PartRecord]:
    """Wait until every file is on the disk; what each weighs."""
    parts: dict[str, PartRecord] = {}
    for path in sorted(generation.rglob("*")):
        sync(path)
        if path.is_file() and path.name != IN_USE:
            name = path.relative_to(generation).as_posix()
            parts[name] = PartRecord(hash_file(path), path.stat().st_size)
    sync(generation)
    return parts
