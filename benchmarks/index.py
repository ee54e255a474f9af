"""How long an index takes to build and what it costs, side by side, as Markdown tables: `make bench-index`.

    python -m benchmarks.index                             every part
    python -m benchmarks.index embedding rebuild           some of them
    python -m benchmarks.index vectors --rows 1000000

Each measurement is a process of its own. Memory is the most that was its own (anonymous: what cannot be given
back to the system without being lost) and the most that was resident, mapped files included.
LangChain is measured where `langchain_community` can be imported (`pip install langchain-community`).
"""

import argparse
import multiprocessing
import os
import resource
import shutil
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.retrieval_speed import make_paragraph
from benchmarks.speed import ROOT, machine
from embeddings import bundled
from embeddings.cache import VectorCache
from embeddings.encoder import load_encoder
from embeddings.partition import Plan
from embeddings.vectors import EXACT_UP_TO, Vectors
from rag.chunking import compose
from rag.store import BuildReport, Index, build_index
from rag.types import Chunk

DIM = 384
SEARCHES = 500
# Passages of a made-up report, and characters of a paragraph, which is long enough to be a passage of its own.
PASSAGES_A_FILE = 20
CENTRES, SPREAD = 2000, 1.0


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


# Embedding, side by side


def seed_texts(folder: Path) -> list[str]:
    """What is embedded of the seeds."""
    build_index(ROOT / "seeds", folder, CheapEncoder())
    with Index.open(folder, CheapEncoder.name) as index:
        return [compose(chunk) for chunk in index.all_chunks()]


def embed_ours(texts: list[str], folder: Path) -> Cost:
    encoder = load_encoder()
    encoder.encode_passages(texts[:2])
    with measured() as cost:
        Vectors.build(encoder.encode_passages(texts)).save(folder / "vectors.faiss")
    return cost


def embed_plainly(texts: list[str], folder: Path) -> Cost:
    """The model's batches one after the other, as they come, in the numeric type that it was published in."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(bundled.model_folder(None)), device="cpu")
    model.encode(texts[:2])
    with measured() as cost:
        rows = [
            model.encode(texts[i : i + 32], prompt_name="document", normalize_embeddings=True)
            for i in range(0, len(texts), 32)
        ]
        Vectors.build(np.concatenate(rows)).save(folder / "vectors.faiss")
    return cost


def embed_by_langchain(texts: list[str], folder: Path) -> Cost:
    warnings.simplefilter("ignore")
    # By name, since this project does not depend on it.
    embeddings, stores, core = map(
        import_module,
        ("langchain_community.embeddings", "langchain_community.vectorstores", "langchain_core.documents"),
    )
    model = embeddings.HuggingFaceEmbeddings(
        model_name=str(bundled.model_folder(None)),
        model_kwargs={"device": "cpu"},
        encode_kwargs={"normalize_embeddings": True, "prompt_name": "document"},
    )
    model.embed_documents(texts[:2])
    with measured() as cost:
        store = stores.FAISS.from_documents([core.Document(page_content=text) for text in texts], model)
        store.save_local(str(folder))
    return cost


def report_embedding(folder: Path) -> Iterator[str]:
    texts = apart(seed_texts, folder / "index")
    ways = {"ganwen": embed_ours, "sentence-transformers, batch after batch": embed_plainly}
    if find_spec("langchain_community"):
        ways["LangChain `FAISS.from_documents`"] = embed_by_langchain
    costs = {name: apart(way, texts, folder) for name, way in ways.items()}
    yield f"\n### The {len(texts)} passages of the seeds embedded and written as a FAISS file\n"
    yield "| | passages a second | seconds | seconds of processor | own memory | resident |"
    yield "|---|---:|---:|---:|---:|---:|"
    for name, cost in costs.items():
        yield (
            f"| {name} | {len(texts) / cost.seconds:.1f} | {cost.seconds:.1f} | {cost.processor:.1f} "
            f"| {cost.own_mb:,.0f} MB | {cost.resident_mb:,.0f} MB |"
        )


# Building and building again


@dataclass(frozen=True, slots=True)
class Built:
    """A build: what it reported, what it cost, and the seconds of each stage."""

    report: BuildReport
    cost: Cost
    stages: dict[str, float]


def build_timed(source: Path, folder: Path, cache: Path | None = None, real: bool = False) -> Built:
    """Build with the cheap encoder or, if `real`, the bundled model; a stage lasts from the end of the one before."""
    ended: dict[str, float] = {}

    def progress(stage: str, done: int, _: int) -> None:
        if (stage, done) == ("index", 0):
            stage = "embed"
        ended[stage] = time.perf_counter()

    encoder = load_encoder() if real else CheapEncoder()
    store = VectorCache(cache, max_mb=2000) if cache else None
    began = time.perf_counter()
    with measured() as cost:
        report = build_index(source, folder, encoder, cache=store, progress=progress)
    times = [began, *ended.values(), time.perf_counter()]
    names = [*ended, "check, hash and sync"]
    stages = {name: after - before for name, before, after in zip(names, times, times[1:], strict=False)}
    return Built(report, cost, stages)


def write_reports(seeds: Path, folder: Path, files: int) -> None:
    """Reports of random sentences of the seeds and figures of their own, so that their words differ as real ones do."""
    import random
    import re

    draw = random.Random(0)
    with Index.open(seeds, CheapEncoder.name) as index:
        chunks: tuple[Chunk, ...] = tuple(index.all_chunks())
    sentences = [each for chunk in chunks for each in re.findall(r"[^。\n]{8,150}。", chunk.text)]
    folder.mkdir()
    for number in range(files):
        paragraphs = [
            re.sub(
                r"\d+",
                lambda match: str(draw.randrange(10 ** len(match[0]))),
                make_paragraph(sentences, draw),
            )
            for _ in range(PASSAGES_A_FILE)
        ]
        text = "\n\n".join([f"{2000 + number % 24}年第{number}号工作报告", *paragraphs])
        (folder / f"{number:05}.txt").write_text(text + "\n", encoding="utf-8")


def report_rebuild(folder: Path) -> Iterator[str]:
    apart(build_timed, ROOT / "seeds", folder / "seeds", folder / "cache.sqlite", True)
    unchanged = apart(build_timed, ROOT / "seeds", folder / "seeds", folder / "cache.sqlite", True)
    reports = folder / "reports"
    apart(build_timed, ROOT / "seeds", folder / "cheap")
    apart(write_reports, folder / "cheap", reports, 1000)
    rows = {
        "the seeds, nothing changed": unchanged,
        "1,000 files, from nothing*": apart(build_timed, reports, folder / "many"),
    }
    path = reports / "00500.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("。", "，改。"), encoding="utf-8")
    rows["1,000 files, one changed*"] = apart(build_timed, reports, folder / "many")
    path.rename(reports / "moved.txt")
    rows["1,000 files, one renamed*"] = apart(build_timed, reports, folder / "many")
    rows["1,000 files, nothing changed*"] = apart(build_timed, reports, folder / "many")
    yield "\n### Building again\n"
    yield from show_builds(rows)
    yield "\n\\* with the cheap encoder, so that what is not embedding shows."


def show_builds(rows: dict[str, Built]) -> Iterator[str]:
    yield "| | passages | embedded | seconds | of processor | own memory | stages |"
    yield "|---|---:|---:|---:|---:|---:|---|"
    for name, built in rows.items():
        stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in built.stages.items())
        yield (
            f"| {name} | {built.report.passages:,} | {built.report.embedded:,} | {built.cost.seconds:.2f} "
            f"| {built.cost.processor:.2f} | {built.cost.own_mb:,.0f} MB | {stages} |"
        )


def report_corpus(folder: Path, passages: int) -> Iterator[str]:
    apart(build_timed, ROOT / "seeds", folder / "cheap")
    apart(write_reports, folder / "cheap", folder / "reports", -(-passages // PASSAGES_A_FILE))
    built = apart(build_timed, folder / "reports", folder / "index")
    size = sum(path.stat().st_size for path in (folder / "index").rglob("*") if path.is_file())
    opened, p50, p95, own = apart(search_corpus, folder / "index")
    yield f"\n### {built.report.passages:,} passages end to end, with the cheap encoder\n"
    yield from show_builds({"from nothing": built})
    yield f"\nThe index takes {size / 2**20:,.0f} MB. Opened in {opened * 1000:.0f} ms; a search of both kinds takes "
    yield f"{p50:.1f} ms at the median and {p95:.1f} ms at the 95th percentile, with {own:,.0f} MB of its own."


def search_corpus(folder: Path) -> tuple[float, float, float, float]:
    """Seconds to open it; milliseconds of a dense and a lexical search, p50 and p95; memory in MB."""
    began = time.perf_counter()
    with Index.open(folder, CheapEncoder.name) as index, measured() as cost:
        opened = time.perf_counter() - began
        draw = np.random.default_rng(5)
        texts = [chunk.text[:20] for chunk in index.chunks(draw.integers(0, len(index), SEARCHES).tolist())]
        times = []
        for text in texts:
            began = time.perf_counter()
            index.vectors.search(CheapEncoder().encode_queries([text])[0], 50)
            index.lexical.search(text, 50)
            times.append(1000 * (time.perf_counter() - began))
    return opened, *np.percentile(times[SEARCHES // 10 :], [50, 95]), cost.own_mb


# Vectors


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


PARTS = ("embedding", "rebuild", "vectors", "corpus")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all of them if none is named"
    )
    parser.add_argument("--rows", type=int, default=1_000_000, help="vectors of the largest index")
    parser.add_argument("--passages", type=int, default=100_000, help="passages built end to end")
    options = parser.parse_args()
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    reports: dict[str, Callable[[Path], Iterator[str]]] = {
        "embedding": report_embedding,
        "rebuild": report_rebuild,
        "vectors": lambda folder: report_vectors(folder, [EXACT_UP_TO, EXACT_UP_TO + 1, options.rows]),
        "corpus": lambda folder: report_corpus(folder, options.passages),
    }
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    print(f"{datetime.now(UTC):%Y-%m-%d}, {machine()}, load {os.getloadavg()[0]:.1f} when begun")
    for part in options.parts or PARTS:
        folder = Path(tempfile.mkdtemp())
        try:
            for line in reports[part](folder):
                print(line, flush=True)
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
