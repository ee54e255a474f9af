"""Vectors for the passages of a new generation: kept, cached, or embedded now, each text once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
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
    from rag.store.sentences import Sentences

BATCH = 256
"""Passages embedded, and then cached, at a time: what a killed build loses."""


@dataclass(frozen=True, slots=True)
class Known:
    """An earlier generation, whose vectors came from the same model in the same numeric type.

    The text of row i here is that of its row `places[i]`, or none of its where that is -1.
    """

    places: NDArray[np.int64]
    vectors: "Vectors"
    sentences: "Sentences"


class Rows:
    """Vectors in a scratch file, put in any order: they take room on the disk while they are made, not in memory.

    They are written, not mapped, since a full disk is an error to a write and death to a mapping.
    """

    def __init__(self, path: Path, dim: int) -> None:
        self._path, self._dim = path, dim
        self._file = path.open("w+b")
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, places: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Keep one vector for each of the places, shape (len(places), dim)."""
        for place, vector in zip(places.tolist(), np.asarray(vectors, np.float32), strict=True):
            self._file.seek(4 * self._dim * place)
            self._file.write(vector.tobytes())
            self._count = max(self._count, place + 1)

    def read(self) -> NDArray[np.float32]:
        """All of them, shape (places, dim), mapped."""
        self._file.flush()
        return np.memmap(self._path, np.float32, mode="r", shape=(self._count, self._dim))

    def close(self) -> None:
        """Remove the file."""
        self._file.close()
        self._path.unlink()


def embed(
    tables: Tables,
    keys: NDArray[np.uint8],
    encoder: "Encoder",
    rows: Rows,
    known: Known | None,
    cache: "VectorCache | None",
    reread: bool,
    progress: Callable[[int, int], None],
) -> int:
    """Put the vector of every passage into `rows`; how many texts the model embedded for it.

    `keys` are those of the tables. A text is taken from `known`, else from the cache, else embedded; with `reread` the
    cache is only added to. `progress` is told how many of the texts to embed are done. Raises EmbeddingError.
    """
    _, first, text_of = np.unique(_whole(keys), return_index=True, return_inverse=True)
    missing = np.sort(first)
    if known is not None:
        missing = _take_known(rows, missing, known)
    if cache is not None and not reread:
        missing = _take_cached(rows, missing, tables, encoder, cache)
    _embed_missing(rows, missing, tables, encoder, cache, progress)
    places = np.arange(len(keys))
    twins = places[first[text_of] != places]
    for batch in _batches(twins):
        rows.put(batch, rows.read()[first[text_of[batch]]])
    return len(missing)


def embed_texts(
    texts: Sequence[str], encoder: "Encoder", cache: "VectorCache | None", reread: bool
) -> NDArray[np.float32]:
    """The vectors of distinct texts, shape (len(texts), dim), from the cache or embedded now; EmbeddingError."""
    if cache is None or reread:
        found: list[NDArray[np.float32] | None] = [None] * len(texts)
    else:
        found = cache.get(encoder.name, encoder.numeric_type, texts)
    missing = [text for text, vector in zip(texts, found, strict=True) if vector is None]
    made = iter(_embed(missing, encoder, cache) if missing else ())
    vectors = [next(made) if vector is None else vector for vector in found]
    return np.stack(vectors) if vectors else np.empty((0, encoder.dim), np.float32)


def _embed(
    texts: Sequence[str],
    encoder: "Encoder",
    cache: "VectorCache | None",
    progress: Callable[[int], None] | None = None,
) -> NDArray[np.float32]:
    """Embed texts, and put their vectors into the cache."""
    vectors = encoder.encode_passages(texts, progress)
    _check(vectors, (len(texts), encoder.dim), encoder.name)
    if cache is not None:
        cache.put(encoder.name, encoder.numeric_type, texts, vectors)
    return vectors


def find_known(keys: NDArray[np.uint8], theirs: NDArray[np.uint8]) -> NDArray[np.int64]:
    """For each key its place among other keys, or -1."""
    wanted, held = _whole(keys), _whole(theirs)
    if len(held) == 0:
        return np.full(len(wanted), -1)
    order = np.argsort(held, kind="stable")
    places: NDArray[np.int64] = order[np.minimum(np.searchsorted(held, wanted, sorter=order), len(held) - 1)]
    return np.where(held[places] == wanted, places, -1)


def _whole(keys: NDArray[np.uint8]) -> NDArray[np.bytes_]:
    """Each key as one value that sorts and compares."""
    whole: NDArray[np.bytes_] = keys.view(f"S{keys.shape[1]}")[:, 0]
    return whole


def _take_known(rows: Rows, missing: NDArray[np.int64], known: Known) -> NDArray[np.int64]:
    """Fill in the rows that the earlier generation has, and return the others."""
    places = known.places[missing]
    there = places >= 0
    for batch, place in zip(_batches(missing[there]), _batches(places[there]), strict=True):
        rows.put(batch, known.vectors.rows(place))
    others: NDArray[np.int64] = missing[~there]
    return others


def _take_cached(
    rows: Rows, missing: NDArray[np.int64], tables: Tables, encoder: "Encoder", cache: "VectorCache"
) -> NDArray[np.int64]:
    """Fill in the rows that the cache has, and return the others."""
    there = np.zeros(len(missing), bool)
    for start, batch in zip(range(0, len(missing), BATCH), _batches(missing), strict=True):
        vectors = cache.get(encoder.name, encoder.numeric_type, _texts(tables, batch))
        found = np.array([vector is not None for vector in vectors])
        there[start : start + BATCH] = found
        if found.any():
            rows.put(batch[found], np.stack([vector for vector in vectors if vector is not None]))
    return missing[~there]


def _embed_missing(
    rows: Rows,
    missing: NDArray[np.int64],
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

    lengths = np.array([len(text) for batch in _batches(missing) for text in _texts(tables, batch)], np.int64)
    for batch in _batches(missing[np.lexsort((missing, -lengths))]):
        rows.put(batch, _embed(_texts(tables, batch), encoder, cache, advance))


def _check(vectors: NDArray[np.float32], shape: tuple[int, int], model: str) -> None:
    if vectors.shape != shape:
        raise EmbeddingError(
            f"The model {model} gave vectors of shape {vectors.shape} where {shape} was due."
        )
    if not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3):
        raise EmbeddingError(f"The model {model} gave vectors that are not of length 1.")


def _texts(tables: Tables, rows: NDArray[np.int64]) -> list[str]:
    return [compose(chunk) for chunk in tables.chunks(rows.tolist())]


def _batches(rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """The rows, BATCH at a time."""
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))
