"""Rows in, rows and scores out, by FAISS, which only this file and `partition` know of; a higher score is better."""

from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.errors import EmbeddingError
from embeddings.partition import EXACT, SLICE, Plan, partition

EXACT_UP_TO = 100_000
"""Rows that are all looked at: an exact search takes about 12 ms over so many, on 2 cores in 384 dimensions."""


class Vectors:
    """Rows of an index, compared with a query by inner product: every row up to EXACT_UP_TO, the likely ones of more."""

    def __init__(self, index: Any, plan: Plan = EXACT) -> None:
        self._index = index
        self.plan = plan

    @classmethod
    def build(cls, rows: NDArray[np.float32]) -> "Vectors":
        """Holds `rows`, shape (n, dim); row i of the array is row i of every answer. They are read a slice at a time."""
        if len(rows) > EXACT_UP_TO:
            return cls(*partition(rows))
        index = faiss.IndexFlatIP(rows.shape[1])
        for first in range(0, len(rows), SLICE):
            index.add(np.ascontiguousarray(rows[first : first + SLICE], dtype=np.float32))
        return cls(index)

    def save(self, path: Path) -> None:
        """Writes one file. Raises OSError when it cannot be written whole."""
        with path.open("wb") as file:
            faiss.write_index(self._index, faiss.PyCallbackIOWriter(file.write))  # type: ignore[attr-defined]

    @classmethod
    def load(cls, path: Path, plan: Plan = EXACT) -> "Vectors":
        """Maps a saved file into memory. Raises EmbeddingError when it is missing, not such a file or of another plan."""
        try:
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError as error:
            raise EmbeddingError(
                f"Cannot read the vectors at {path}. Build the index again: ganwen index"
            ) from error
        if (getattr(index, "nlist", 0), getattr(index, "nprobe", 0)) != (plan.lists, plan.probes):
            raise EmbeddingError(f"The vectors at {path} are not searched as planned ({plan}).")
        return cls(index, plan)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        """Numbers in a row."""
        return int(self._index.d)

    def rows(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """The rows themselves, shape (len(ids), dim). Raises IndexError for a row that is not there."""
        rows: NDArray[np.float32] = self._index.reconstruct_batch(self._checked(ids))
        return rows

    def search(
        self, query: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The best `k` rows, or as many as there are, and their scores: best first, equal scores by row.

        `query` has shape (dim,). `allowed` restricts the rows that may be found; an empty one finds nothing, and
        one of at most EXACT_UP_TO rows is searched exactly. Raises IndexError for an allowed row that is not there.
        """
        if k < 1 or len(self) == 0 or (allowed is not None and len(allowed) == 0):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        queries = np.ascontiguousarray(query, dtype=np.float32)[None, :]
        selector = None if allowed is None else self._only(allowed)
        probes = self._probes(len(self) if allowed is None else len(allowed))
        rows, scores = self._search(queries, k, self._parameters(selector, probes))
        if len(rows) < k and probes < self.plan.lists:
            rows, scores = self._search(queries, k, self._parameters(selector, self.plan.lists))
        return rows, scores

    def _search(
        self, queries: NDArray[np.float32], k: int, parameters: Any
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        scores, rows = self._index.search(queries, min(k + 1, len(self)), params=parameters)
        scores, rows = scores[0][rows[0] >= 0], rows[0][rows[0] >= 0]
        if len(rows) > k and scores[k - 1] == scores[k]:
            # FAISS does not promise which of the equal rows it keeps, so all of them are fetched.
            below = float(np.nextafter(scores[k - 1], np.float32(-np.inf)))
            _, scores, rows = self._index.range_search(queries, below, params=parameters)
        order = np.lexsort((rows, -scores))[:k]
        return rows[order], scores[order]

    def _probes(self, allowed: int) -> int:
        """Lists to look at: all of them for few rows, more for a part of the rows than for all."""
        if allowed <= EXACT_UP_TO:
            return self.plan.lists
        return min(self.plan.lists, -(-self.plan.probes * len(self) // allowed))

    def _parameters(self, selector: Any, probes: int) -> Any:
        if self.plan.lists:
            return faiss.SearchParametersIVF(sel=selector, nprobe=probes)  # type: ignore[call-arg]
        return None if selector is None else faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]

    def _checked(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        ids = np.asarray(ids, dtype=np.int64)
        if len(ids) and (ids.min() < 0 or ids.max() >= len(self)):
            raise IndexError(f"rows are numbered 0..{len(self) - 1}")
        return ids

    def _only(self, allowed: NDArray[np.int64]) -> Any:
        mask = np.zeros(len(self), dtype=bool)
        mask[self._checked(allowed)] = True
        return faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little"))  # type: ignore[call-arg, arg-type]
