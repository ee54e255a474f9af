"""The vectors of sentences: a passage is long, and what is asked for stands in one sentence of it.

sentences/vectors.npy  float16, one after the other, `dim` numbers each
sentences/bounds.npy   int64: the sentences of passage i are those from bounds[i] to bounds[i + 1]

They are written in the order of the passages, a block at a time. Those of a passage that is as it was are taken over;
of the others each text is taken from the cache, else embedded.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from rag.arrays import ArrayWriter, load_array
from rag.closeness import find_sentences
from rag.store.embed import embed_texts
from rag.store.tables import Tables
from rag.text import fold
from rag.types import Chunk

if TYPE_CHECKING:
    from embeddings.cache import VectorCache
    from embeddings.encoder import Encoder
    from rag.store.embed import Known

VECTORS, BOUNDS = "vectors.npy", "bounds.npy"

BLOCK = 64
"""Passages whose sentences are embedded, and then cached, at a time: what a killed build loses."""

SHORTEST = 6
"""Characters of a sentence that is worth a vector of its own."""


def sentences_of(chunk: Chunk) -> tuple[str, ...]:
    """What of a passage is embedded apart: its sentences, folded, but for the shortest; the whole where none is left.

    A table's header is read with its rows, so that passages composed alike have the same sentences.
    """
    folded = fold(f"{chunk.header}\n{chunk.text}" if chunk.header else chunk.text)
    stripped = (sentence.strip() for sentence in find_sentences(folded))
    return tuple(sentence for sentence in stripped if len(sentence) >= SHORTEST) or (folded,)


@dataclass(frozen=True, slots=True, eq=False)
class Sentences:
    """The vectors of the sentences of every passage, shape (sentences, dim), mapped into memory."""

    vectors: NDArray[np.float16]
    bounds: NDArray[np.int64]

    @classmethod
    def load(cls, folder: Path, dim: int) -> Self:
        """Open what `write_sentences` wrote; ValueError when the files do not belong together."""
        vectors, bounds = load_array(folder / VECTORS), load_array(folder / BOUNDS)
        rising = bounds.ndim == 1 and len(bounds) > 0 and bounds[0] == 0 and bool((np.diff(bounds) > 0).all())
        if bounds.dtype != np.int64 or vectors.dtype != np.float16 or vectors.ndim != 1 or not rising:
            raise ValueError("the vectors of sentences are not laid out as they should be")
        if len(vectors) != dim * int(bounds[-1]):
            raise ValueError("the vectors of sentences are not as many as they should be")
        return cls(vectors.reshape(-1, dim), bounds)

    def __len__(self) -> int:
        """How many passages there are."""
        return len(self.bounds) - 1

    def at(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Vectors by their place among all sentences, shape (len(ids), dim)."""
        return self.vectors[ids].astype(np.float32)

    def of(self, row: int) -> NDArray[np.float32]:
        """The vectors of a passage's sentences in their order, shape (sentences, dim)."""
        return self.vectors[self.bounds[row] : self.bounds[row + 1]].astype(np.float32)

    def best(self, rows: NDArray[np.int64], query: NDArray[np.float32]) -> NDArray[np.float32]:
        """For each row the highest inner product of a sentence of it with a query, shape (len(rows),)."""
        return np.array([(self.of(row) @ query).max() for row in rows.tolist()], np.float32)


def write_sentences(
    folder: Path,
    tables: Tables,
    encoder: "Encoder",
    known: "Known | None",
    cache: "VectorCache | None",
    reread: bool,
    progress: Callable[[int, int], None],
) -> None:
    """Write the vectors of the sentences of all passages into a new folder.

    With `reread` the cache is only added to. `progress` is told how many passages are done. Raises EmbeddingError.
    """
    total = tables.count()
    counts: list[int] = []
    folder.mkdir()
    with ArrayWriter(folder / VECTORS, np.float16) as writer:
        for start in range(0, total, BLOCK):
            rows = np.arange(start, min(start + BLOCK, total))
            for vectors in _block(rows, tables, encoder, known, cache, reread):
                counts.append(len(vectors))
                writer.append(vectors.ravel())
            progress(len(counts), total)
    np.save(folder / BOUNDS, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))


def _block(
    rows: NDArray[np.int64],
    tables: Tables,
    encoder: "Encoder",
    known: "Known | None",
    cache: "VectorCache | None",
    reread: bool,
) -> list[NDArray[np.float32]]:
    """The vectors of the sentences of each row."""
    places = known.places[rows] if known else np.full(len(rows), -1)
    missing = rows[places < 0].tolist()
    texts = {chunk.id: sentences_of(chunk) for chunk in tables.chunks(missing)}
    distinct = list(dict.fromkeys(text for each in texts.values() for text in each))
    vectors = dict(zip(distinct, embed_texts(distinct, encoder, cache, reread), strict=True))
    return [
        np.stack([vectors[text] for text in texts[row]]) if place < 0 else known.sentences.of(place)  # type: ignore[union-attr]
        for row, place in zip(rows.tolist(), places.tolist(), strict=True)
    ]
