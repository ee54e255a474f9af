"""Checks an index to the last byte, then that its parts agree and its vectors are what the model gives."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.chunking import LIMIT, compose
from rag.errors import IndexDamaged, IndexMismatch
from rag.store.index import Index, check_part, hold_current
from rag.store.manifest import CORPUS, MANIFEST, SENTENCES, VECTORS, Manifest, check_settings, damaged
from rag.store.sentences import VECTORS as SENTENCE_VECTORS
from rag.store.sentences import sentences_of
from rag.store.tables import Tables, text_key
from rag.text import repair
from rag.types import Chunk, Document

if TYPE_CHECKING:
    from embeddings.encoder import Encoder

SAMPLES = 16
"""Passages embedded anew to compare their vectors, spread evenly over the rows."""

COSINE = 0.999
"""Least cosine of the vectors that two machines give one text."""

_PAGE = 4096


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a file of the index; `what` also says the command that mends it."""

    file: str
    what: str


def verify(folder: Path, encoder: "Encoder | None" = None) -> tuple[Problem, ...]:
    """What is wrong with the index in `folder`; nothing when it is whole.

    Every file is compared with its checksum; if all agree, every passage with its document, every vector's
    length, and with an `encoder` a sample of vectors with what the model gives. Raises IndexMissing.
    """
    try:
        manifest, handle = hold_current(folder)
    except (IndexDamaged, IndexMismatch) as error:
        return (Problem(MANIFEST, str(error)),)
    problems = tuple(_check_bytes(folder, manifest, encoder))
    if problems:
        os.close(handle)
        return problems
    try:
        index = Index(folder, manifest, handle)
    except IndexDamaged as error:
        return (Problem(manifest.generation, str(error)),)
    with index, closing(Tables(manifest.folder(folder) / CORPUS)) as tables:
        return (*_check_passages(index, tables), *_check_vectors(index, encoder))


def _check_bytes(folder: Path, manifest: Manifest, encoder: "Encoder | None") -> Iterator[Problem]:
    try:
        check_settings(folder, manifest, encoder.name if encoder else manifest.model)
    except IndexMismatch as error:
        yield Problem(MANIFEST, str(error))
    for name in manifest.parts:
        try:
            check_part(folder, manifest, name, whole=True)
        except IndexDamaged as error:
            yield Problem(f"{manifest.generation}/{name}", str(error))


def _check_passages(index: Index, tables: Tables) -> Iterator[Problem]:
    """The first thing wrong in the tables, if any: rebuilding mends them all."""
    for what in _faults(index, tables):
        yield Problem(f"{index.manifest.generation}/{CORPUS}", str(damaged(index.folder, what, "--full")))
        return


def _faults(index: Index, tables: Tables) -> Iterator[str]:
    if {file: record.sha256 for file, record in index.manifest.files.items()} != tables.hashes():
        yield f"{CORPUS} holds other documents than {MANIFEST} names"
    keys = tables.keys()
    if len(keys) != len(index):
        yield f"{len(keys)} passages in {CORPUS}, {len(index)} in {MANIFEST}"
    for row, chunk in enumerate(tables.all_chunks()):
        if chunk.id != row:
            yield f"no passage {row}"
        elif keys[row].tobytes() != text_key(compose(chunk)):
            yield f"passage {row} is not the text that was embedded"
        elif not _stands(chunk, index.document(chunk.file)):
            yield f"passage {row} does not stand at {chunk.start}..{chunk.end} of {chunk.file}"


def _stands(chunk: Chunk, document: Document) -> bool:
    """Whether a passage is the repaired text of its span."""
    return (
        0 <= chunk.start < chunk.end <= len(document.text)
        and len(chunk.text) <= LIMIT
        and repair(document.text, chunk.start, chunk.end, document.drops).text == chunk.text
    )


def _check_vectors(index: Index, encoder: "Encoder | None") -> Iterator[Problem]:
    """What is wrong with the vectors of passages, and with those of sentences, if anything."""
    sentences = index.sentences
    rows: NDArray[np.int64] = np.unique(np.linspace(0, len(index) - 1, SAMPLES).astype(np.int64))
    for file, read, count, sample in (
        (VECTORS, index.vectors.rows, len(index), _sample_passages),
        (f"{SENTENCES}/{SENTENCE_VECTORS}", sentences.at, len(sentences.vectors), _sample_sentences),
    ):
        what = _find_wrong(read, count)
        if encoder is not None and not what:
            what = _find_unlike(read, *sample(index, rows), encoder)
        if what:
            name = f"{index.manifest.generation}/{file}"
            yield Problem(name, str(damaged(index.folder, what, "--full")))


def _sample_passages(index: Index, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], list[str]]:
    """The places of the vectors of some passages, and the texts that they are of."""
    return rows, [compose(chunk) for chunk in index.chunks(rows.tolist())]


def _sample_sentences(index: Index, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], list[str]]:
    """The places of the vectors of the sentences of some passages, and the sentences."""
    bounds = index.sentences.bounds
    places = np.concatenate([np.arange(bounds[row], bounds[row + 1]) for row in rows])
    return places, [text for chunk in index.chunks(rows.tolist()) for text in sentences_of(chunk)]


def _find_wrong(read: Callable[[NDArray[np.int64]], NDArray[np.float32]], count: int) -> str:
    """The first of so many vectors that is not of length 1, in words; empty where all are."""
    for start in range(0, count, _PAGE):
        rows = read(np.arange(start, min(start + _PAGE, count), dtype=np.int64))
        wrong = np.flatnonzero(~np.isclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3))
        if len(wrong):
            return f"vector {start + int(wrong[0])} is not of length 1"
    return ""


def _find_unlike(
    read: Callable[[NDArray[np.int64]], NDArray[np.float32]],
    ids: NDArray[np.int64],
    texts: Sequence[str],
    encoder: "Encoder",
) -> str:
    """Of the vectors of some texts the one that is least like the model's, in words; empty where all are like it."""
    if len(ids) != len(texts):
        return f"{len(ids)} vectors for {len(texts)} sentences"
    cosines = np.sum(read(ids) * encoder.encode_passages(texts), axis=1)
    worst = int(np.argmin(cosines))
    if cosines[worst] >= COSINE:
        return ""
    return f"vector {ids[worst]} is not what {encoder.name} gives (cosine {cosines[worst]:.4f})"
