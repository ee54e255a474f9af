"""Many vectors: how long their index takes to build, what it takes on the disk and in memory, how fast and sure it finds."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.measuring import DIM, SEARCHES, Cost, apart, measured
from embeddings.partition import Plan
from embeddings.vectors import Vectors

CENTRES, SPREAD = 2000, 1.0
"""Clusters that the vectors are drawn from, and how far a vector lies from its centre, which has length √DIM."""


def draw_rows(count: int, seed: int) -> NDArray[np.float32]:
    """Unit vectors from a mixture of CENTRES clusters; the centres are the same for every seed."""
    centres = np.random.default_rng(0).standard_normal((CENTRES, DIM), np.float32)
    draw = np.random.default_rng(seed)
    rows = centres[draw.integers(0, CENTRES, count)] + SPREAD * draw.standard_normal((count, DIM), np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def draw_file(path: Path, count: int) -> None:
    with path.open("wb") as file:
        for number, first in enumerate(range(0, count, 50_000)):
            file.write(draw_rows(min(50_000, count - first), 1 + number).tobytes())


def build_vectors(rows: Path, path: Path) -> tuple[Cost, Plan]:
    mapped = np.memmap(rows, np.float32, mode="r").reshape(-1, DIM)
    with measured() as cost:
        vectors = Vectors.build(mapped)
        vectors.save(path)
    return cost, vectors.plan


def search_vectors(rows: Path, path: Path, plan: Plan) -> tuple[list[float], float, float]:
    """Milliseconds of each search, recall@10 against exact search, memory of its own in MB."""
    queries = draw_rows(SEARCHES, 10**6)
    with measured() as cost:
        vectors = Vectors.load(path, plan)
        found, times = [], []
        for query in queries:
            began = time.perf_counter()
            found.append(vectors.search(query, 10)[0])
            times.append(1000 * (time.perf_counter() - began))
    return times[SEARCHES // 10 :], recall(rows, queries, found), cost.own_mb


def recall(rows: Path, queries: NDArray[np.float32], found: Sequence[NDArray[np.int64]]) -> float:
    """The share of the exact best ten that was found."""
    mapped = np.memmap(rows, np.float32, mode="r").reshape(-1, DIM)
    best = np.full((len(queries), 10), -1, np.int64)
    scores = np.full((len(queries), 10), -np.inf, np.float32)
    for first in range(0, len(mapped), 50_000):
        part = queries @ mapped[first : first + 50_000].T
        top = np.argpartition(-part, min(10, part.shape[1]) - 1, axis=1)[:, :10]
        ids = np.concatenate([best, top + first], axis=1)
        both = np.concatenate([scores, np.take_along_axis(part, top, axis=1)], axis=1)
        order = np.argsort(-both, axis=1, kind="stable")[:, :10]
        best, scores = np.take_along_axis(ids, order, axis=1), np.take_along_axis(both, order, axis=1)
    return float(np.mean([len(np.intersect1d(a, b)) / 10 for a, b in zip(best, found, strict=True)]))


def report_vectors(folder: Path, counts: Sequence[int]) -> Iterator[str]:
    yield f"\n### Unit vectors of {DIM} dimensions from a mixture of {CENTRES:,} clusters\n"
    yield "| vectors | searched | built in | own memory building | file | p50 | p95 | recall@10 | own memory searching |"
    yield "|---:|---|---:|---:|---:|---:|---:|---:|---:|"
    for count in counts:
        rows, path = folder / "rows", folder / "vectors.faiss"
        apart(draw_file, rows, count)
        cost, plan = apart(build_vectors, rows, path)
        times, found, own = apart(search_vectors, rows, path, plan)
        p50, p95 = np.percentile(times, [50, 95])
        how = f"{plan.probes} of {plan.lists:,} lists" if plan.lists else "every row"
        yield (
            f"| {count:,} | {how} | {cost.seconds:,.1f} s | {cost.own_mb:,.0f} MB | {path.stat().st_size / 2**20:,.0f} MB "
            f"| {p50:.2f} ms | {p95:.2f} ms | {found:.4f} | {own:,.0f} MB |"
        )
