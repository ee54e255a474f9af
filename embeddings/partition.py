"""Many rows in lists of neighbours (FAISS's IVF), so that a search looks at a small part of them, and at how many is measured.

The rows stay whole, in float32: what is found is scored exactly, and a later build takes them back bit for bit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

RECALL = 0.99
"""What share of the exact best TOP a search of the sampled questions must find."""

TOP = 10
SAMPLED = 256
SLICE = 65_536
"""Rows handled at a time, 100 MB of 384 dimensions."""

# Rows that each centre is trained on, rounds of training, and the lists that are looked at in any case.
_TRAINED_ON, _ROUNDS, _LEAST_PROBES = 64, 10, 8


@dataclass(frozen=True, slots=True)
class Plan:
    """How rows are searched: `probes` of `lists` looked at, and what share of the exact best ten that finds.

    No lists means that every row is looked at.
    """

    lists: int
    probes: int
    recall: float


EXACT = Plan(lists=0, probes=0, recall=1.0)


def partition(rows: NDArray[np.float32]) -> tuple[Any, Plan]:
    """An IVF index of the rows, shape (n, dim), mapped from a file or not, and how it is searched."""
    count, dim = rows.shape
    lists = 2 * 2 ** round(np.log2(count**0.5))
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(dim), dim, lists, faiss.METRIC_INNER_PRODUCT)
    index.cp.niter, index.cp.spherical = _ROUNDS, True
    index.cp.min_points_per_centroid, index.cp.max_points_per_centroid = 1, _TRAINED_ON
    index.train(_sample(rows, _TRAINED_ON * lists, seed=1))
    _fill(index, rows)
    index.make_direct_map()
    return index, _tune(index, rows)


def _sample(rows: NDArray[np.float32], count: int, seed: int) -> NDArray[np.float32]:
    """So many rows, drawn without repetition in an order of their own, the same each time."""
    draw = np.random.default_rng(seed)
    places = np.sort(draw.choice(len(rows), min(count, len(rows)), replace=False))
    return np.ascontiguousarray(draw.permutation(rows[places]))


def _slices(rows: NDArray[np.float32]) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """The rows, SLICE at a time, each with the number of its first."""
    for first in range(0, len(rows), SLICE):
        yield first, np.ascontiguousarray(rows[first : first + SLICE])


def _fill(index: Any, rows: NDArray[np.float32]) -> None:
    """Put every row into its list. Each list is made as long as it will be: added to, it would be twice that."""
    list_of = np.concatenate([index.quantizer.search(part, 1)[1][:, 0] for _, part in _slices(rows)])
    lengths = np.bincount(list_of, minlength=index.nlist)
    for number, length in enumerate(lengths):
        index.invlists.resize(number, int(length))
    filled = np.zeros(index.nlist, np.int64)
    for first, part in _slices(rows):
        own = list_of[first : first + len(part)]
        order = np.argsort(own, kind="stable")
        numbers, begins = np.unique(own[order], return_index=True)
        ids, codes = order + first, part[order]
        for number, begin, end in zip(numbers, begins, [*begins[1:], len(part)], strict=True):
            index.invlists.update_entries(
                int(number), int(filled[number]), int(end - begin),
                faiss.swig_ptr(ids[begin:end]), faiss.swig_ptr(codes[begin:end].view(np.uint8)),
            )  # fmt: skip
            filled[number] += end - begin
    index.ntotal = len(rows)


def _tune(index: Any, rows: NDArray[np.float32]) -> Plan:
    """The fewest lists, by doubling, that find RECALL of the exact best TOP for questions between the rows.

    A question is no passage: it lies near one, and off the places that the rows keep to. So each is made of two
    rows, twice the one and once the other, which is harder to find the neighbours of than any row itself.
    """
    near, other = np.split(_sample(rows, 2 * SAMPLED, seed=2), 2)
    questions = 2 * near + other
    questions /= np.linalg.norm(questions, axis=1, keepdims=True)
    exact = _search_all(questions, rows)
    probes = min(_LEAST_PROBES, index.nlist)
    while True:
        index.nprobe = probes
        _, found = index.search(questions, TOP)
        recall = float(np.mean([len(np.intersect1d(a, b)) / TOP for a, b in zip(found, exact, strict=True)]))
        if recall >= RECALL or probes == index.nlist:
            return Plan(index.nlist, probes, round(recall, 4))
        probes = min(2 * probes, index.nlist)


def _search_all(questions: NDArray[np.float32], rows: NDArray[np.float32]) -> NDArray[np.int64]:
    """The exact best TOP rows of each question."""
    heap = faiss.ResultHeap(len(questions), TOP, keep_max=True)
    for first, part in _slices(rows):
        scores, found = faiss.knn(questions, part, TOP, metric=faiss.METRIC_INNER_PRODUCT)
        heap.add_result(scores, found + first)
    heap.finalize()
    best: NDArray[np.int64] = heap.I
    return best
