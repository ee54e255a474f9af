"""What the benchmarks of the index share: costs of a block of work, processes of their own, an encoder that costs nothing."""

import multiprocessing
import resource
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

DIM = 384
SEARCHES = 500


@dataclass(slots=True)
class Cost:
    """Seconds of the clock and of the processor, peak memory in MB."""

    seconds: float = 0.0
    processor: float = 0.0
    own_mb: float = 0.0
    resident_mb: float = 0.0


@contextmanager
def measured() -> Iterator[Cost]:
    """What is spent within the block; known when it is left."""
    cost, stop = Cost(), threading.Event()
    watcher = threading.Thread(target=_watch, args=(cost, stop), daemon=True)
    watcher.start()
    began, cost.processor = time.perf_counter(), -_processor_seconds()
    yield cost
    cost.seconds = time.perf_counter() - began
    cost.processor += _processor_seconds()
    stop.set()
    watcher.join()


def _watch(cost: Cost, stop: threading.Event) -> None:
    while not stop.wait(0.02):
        status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        size = {
            name: int(value.split()[0])
            for name, value in (line.split(":") for line in status)
            if "Rss" in name
        }
        cost.own_mb = max(cost.own_mb, size["RssAnon"] / 1024)
        cost.resident_mb = max(cost.resident_mb, (size["RssAnon"] + size["RssFile"]) / 1024)


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def apart(work: Callable[..., Any], *arguments: Any) -> Any:
    """What the work gives, done in a process of its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


class CheapEncoder:
    """Counts pairs of characters in 384 buckets: no model, but every vector is the text's own."""

    name, dim, numeric_type = "pairs", DIM, "float32"

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), DIM), np.float32)
        for row, text in zip(rows, texts, strict=True):
            codes = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64)
            mixed = (codes[:-1] * np.uint64(0x9E3779B97F4A7C15) ^ codes[1:]) * np.uint64(0xC2B2AE3D27D4EB4F)
            buckets = (mixed >> np.uint64(40)) % np.uint64(DIM)
            row += np.bincount(buckets.astype(np.int64), minlength=DIM)
        rows += np.float32(1e-3)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        if progress is not None:
            progress(len(texts))
        return rows

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.encode_passages(texts)
