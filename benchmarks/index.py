"""How long an index takes to build and what it costs, side by side, as Markdown tables: `make bench-index`.

    python -m benchmarks.index                             every part
    python -m benchmarks.index embedding rebuild           some of them
    python -m benchmarks.index vectors --rows 1000000

Each measurement is a process of its own. Memory is the most that was its own (anonymous: what cannot be given
back to the system without being lost) and the most that was resident, mapped files included.
LangChain is measured where `langchain_community` can be imported (`pip install langchain-community`).
"""

import argparse
import os
import random
import re
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from benchmarks.index_vectors import report_vectors
from benchmarks.measuring import SEARCHES, CheapEncoder, Cost, apart, measured
from benchmarks.retrieval_speed import make_paragraph
from benchmarks.speed import ROOT, machine
from embeddings import bundled
from embeddings.cache import VectorCache
from embeddings.encoder import load_encoder
from embeddings.vectors import EXACT_UP_TO, Vectors
from rag.chunking import compose
from rag.store import BuildReport, Index, build_index
from rag.types import Chunk

# Passages of a made-up report, and characters of a paragraph, which is long enough to be a passage of its own.
PASSAGES_A_FILE = 20


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
