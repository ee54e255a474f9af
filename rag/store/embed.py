"""Vectors for the passages of a new generation: kept, cached, or embedded now, each text once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import EmbeddingError
from rag.chunking import compose
from rag.store.tables import Tables

if TYPE_CHECKING:
    from embeddings.cache import VectorCache
    from embeddings.encoder import Encoder
    from embeddings.vectors import Vectors

BATCH = 256
"""Passages embedded, and then cached, at a time: what a killed build loses."""


@dataclass(frozen=True, slots=True)
class Known:
    """An earlier generation, whose vectors came from the same model in the same numeric type."""

    tables: Tables
    vectors: "Vectors"


def embed(
    tables: Tables,
    encoder: "Encoder",
    known: Known | None,
    cache: "VectorCache | None",
    reread: bool,
    progress: Callable[[int, int], None],
) -> tuple[NDArray[np.float32], int]:
    """The vector of every passage, shape (passages, dim), and how many texts the model embedded for it.

    A text is taken from `known`, else from the cache, else embedded; with `reread` the cache is only added to.
    `progress` is told how many of the texts to embed are done. Raises EmbeddingError.
    """
    keys = tables.keys()
    first = {key: row for row, key in reversed(list(enumerate(keys)))}
    rows = np.empty((len(keys), encoder.dim), np.float32)
    missing = sorted(first.values())
    if known is not None:
        missing = _take_known(rows, missing, keys, known)
    if cache is not None and not reread:
        missing = _take_cached(rows, missing, tables, encoder, cache)
    _embed_missing(rows, missing, tables, encoder, cache, progress)
    for row, key in enumerate(keys):
        if first[key] != row:
            rows[row] = rows[first[key]]
    return rows, len(missing)


def _take_known(
    rows: NDArray[np.float32], missing: list[int], keys: Sequence[bytes], known: Known
) -> list[int]:
    """Fill in the rows that the earlier generation has, and return the others."""
    place_of = {key: place for place, key in enumerate(known.tables.keys())}
    places = {row: place_of[keys[row]] for row in missing if keys[row] in place_of}
    for batch in _batches(list(places)):
        rows[batch] = known.vectors.rows(np.array([places[row] for row in batch], np.int64))
    return [row for row in missing if row not in places]


def _take_cached(
    rows: NDArray[np.float32], missing: list[int], tables: Tables, encoder: "Encoder", cache: "VectorCache"
) -> list[int]:
    """Fill in the rows that the cache has, and return the others."""
    left: list[int] = []
    for batch in _batches(missing):
        vectors = cache.get(encoder.name, encoder.numeric_type, _texts(tables, batch))
        for row, vector in zip(batch, vectors, strict=True):
            if vector is None:
                left.append(row)
            else:
                rows[row] = vector
    return left


def _embed_missing(
    rows: NDArray[np.float32],
    missing: list[int],
    tables: Tables,
    encoder: "Encoder",
    cache: "VectorCache | None",
    progress: Callable[[int, int], None],
) -> None:
    """Embed these rows, those of like length together, and put each batch into the cache."""
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress(done, len(missing))

    lengths = {
        row: len(text)
        for batch in _batches(missing)
        for row, text in zip(batch, _texts(tables, batch), strict=True)
    }
    for batch in _batches(sorted(missing, key=lambda row: (-lengths[row], row))):
        texts = _texts(tables, batch)
        vectors = encoder.encode_passages(texts, advance)
        _check(vectors, (len(batch), encoder.dim), encoder.name)
        if cache is not None:
            cache.put(encoder.name, encoder.numeric_type, texts, vectors)
        rows[batch] = vectors


def _check(vectors: NDArray[np.float32], shape: tuple[int, int], model: str) -> None:
    if vectors.shape != shape:
        raise EmbeddingError(
            f"The model {model} gave vectors of shape {vectors.shape} where {shape} was due."
        )
    if not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3):
        raise EmbeddingError(f"The model {model} gave vectors that are not of length 1.")


def _texts(tables: Tables, rows: Sequence[int]) -> list[str]:
    return [compose(chunk) for chunk in tables.chunks(rows)]


def _batches(rows: Sequence[int]) -> Iterator[list[int]]:
    """The rows, BATCH at a time."""
    for start in range(0, len(rows), BATCH):
        yield list(rows[start : start + BATCH])
