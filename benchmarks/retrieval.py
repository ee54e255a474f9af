"""How well passages are found: an ablation of the signals, and questions nobody here wrote.

    python -m benchmarks.retrieval [--dev FILE] [--public FOLDER ...]

Prints Markdown for docs/benchmarks.md. Measures come from ir-measures. A question may need several pieces of
evidence; each piece is a query of its own for the library, and a question counts as found at k when all of
its pieces are. Weights are tuned on the `tune` half of our questions only.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import ir_measures
from ir_measures import RR, Qrel, ScoredDoc, Success

from embeddings.cache import VectorCache
from embeddings.encoder import Encoder, load_encoder
from eval.matching import contains
from eval.questions import OWN_SET, EvalQuestion, read_questions
from rag.question import understand
from rag.retrieval import Retriever, Weights
from rag.store import Index, build_index
from rag.types import Hit

DEPTH = 20
CUT = 600
AT = (1, 3, 5, 10, 20)
NONE = Weights(dense=0, lexical=0, region=0, period=0, report=0)
FULL = Weights()
# Each row adds one signal to the row above it.
ABLATION = {
    "dense alone": replace(NONE, dense=FULL.dense),
    "BM25 bigrams alone": replace(NONE, lexical=FULL.lexical),
    "dense + BM25": replace(NONE, dense=FULL.dense, lexical=FULL.lexical),
    "+ region": replace(NONE, dense=FULL.dense, lexical=FULL.lexical, region=FULL.region),
    "+ period": replace(FULL, report=0),
    "+ month of the report": FULL,
}


@dataclass(frozen=True, slots=True)
class Result:
    """For each question: whether it is found at each k of AT, and its reciprocal rank."""

    found: tuple[dict[int, bool], ...]
    reciprocal: tuple[float, ...]
    seconds: tuple[float, ...]

    def row(self, name: str) -> str:
        count = len(self.found) or 1
        shares = [f"{sum(found[k] for found in self.found) / count:.3f}" for k in AT]
        return f"| {name} | {len(self.found)} | {' | '.join(shares)} | {sum(self.reciprocal) / count:.3f} |"


HEADER = (
    f"| | questions | {' | '.join(f'recall@{k}' for k in AT)} | MRR |\n|---|---:|{'---:|' * (len(AT) + 1)}"
)


def measure(index: Index, encoder: Encoder, questions: Sequence[EvalQuestion], weights: Weights) -> Result:
    retriever, coverage = Retriever(index, encoder, weights), index.coverage()
    found, reciprocal, seconds = [], [], []
    for question in questions:
        started = time.perf_counter()
        hits = retriever.search(understand(question.text, coverage, question.history), k=DEPTH)
        seconds.append(time.perf_counter() - started)
        per_group = [_measure_group(group, hits) for group in question.groups]
        found.append({k: all(values[k] for values, _ in per_group) for k in AT})
        reciprocal.append(max(rank for _, rank in per_group))
    return Result(tuple(found), tuple(reciprocal), tuple(seconds))


def _measure_group(group: Iterable[object], hits: Sequence[Hit]) -> tuple[dict[int, bool], float]:
    """Success at each k and reciprocal rank for one piece of evidence, by ir-measures."""
    held = [
        any(e.file == hit.chunk.file and contains(hit.chunk.text[:CUT], e.quote) for e in group)  # type: ignore[attr-defined]
        for hit in hits
    ]
    qrels = [Qrel("q", str(i), 1) for i, holds in enumerate(held) if holds] or [Qrel("q", "absent", 1)]
    run = [ScoredDoc("q", str(i), float(len(held) - i)) for i in range(len(held))]
    values = ir_measures.calc_aggregate([RR, *(Success @ k for k in AT)], qrels, run)
    return {k: bool(values[Success @ k]) for k in AT}, float(values[RR])


def _subset(result: Result, keep: Sequence[bool]) -> Result:
    def chosen(values: Sequence[object]) -> tuple[object, ...]:
        return tuple(value for value, kept in zip(values, keep, strict=True) if kept)

    return Result(chosen(result.found), chosen(result.reciprocal), chosen(result.seconds))  # type: ignore[arg-type]


def report_seeds(index: Index, encoder: Encoder, sets: dict[str, Sequence[EvalQuestion]]) -> Iterator[str]:
    for name, questions in sets.items():
        yield f"\n### {name}\n\n{HEADER}"
        for label, weights in ABLATION.items():
            result = measure(index, encoder, questions, weights)
            yield result.row(label)
        for trait in ("type", "language"):
            for value in dict.fromkeys(str(getattr(q, trait)) for q in questions):
                keep = [str(getattr(q, trait)) == value for q in questions]
                yield _subset(result, keep).row(f"all signals, {trait} {value}")
        ordered = sorted(result.seconds)
        yield f"\nSeconds a search: p50 {ordered[len(ordered) // 2]:.3f}, p95 {ordered[int(len(ordered) * 0.95)]:.3f}."


def report_public(folder: Path, encoder: Encoder, cache: VectorCache) -> Iterator[str]:
    """One file a document; a document counts as found when one of its passages is."""
    with tempfile.TemporaryDirectory() as temporary:
        source, index_folder = Path(temporary) / "docs", Path(temporary) / "index"
        source.mkdir()
        for document in _read_lines(folder / "docs.jsonl"):
            (source / f"{document['doc_id']}.txt").write_text(document["text"], encoding="utf-8")
        build_index(source, index_folder, encoder, cache=cache)
        index = Index.open(index_folder, encoder.name)
        queries = list(_read_lines(folder / "queries.jsonl"))
        queries = [query for query in queries if not query.get("unanswerable")]
        yield f"\n### {folder.name}: {len(index):,} passages\n\n{HEADER}"
        for label in ("dense alone", "BM25 bigrams alone", "dense + BM25", "+ month of the report"):
            yield _measure_documents(index, encoder, queries, ABLATION[label]).row(label)


def _measure_documents(index: Index, encoder: Encoder, queries: Sequence[dict], weights: Weights) -> Result:  # type: ignore[type-arg]
    retriever, coverage = Retriever(index, encoder, weights), index.coverage()
    qrels, run, seconds = [], [], []
    for query in queries:
        started = time.perf_counter()
        hits = retriever.search(understand(query["question"], coverage), k=60)
        seconds.append(time.perf_counter() - started)
        files = list(dict.fromkeys(hit.chunk.file.removesuffix(".txt") for hit in hits))
        qrels += [Qrel(query["qid"], doc_id, 1) for doc_id in query["doc_ids"]]
        run += [ScoredDoc(query["qid"], file, float(-rank)) for rank, file in enumerate(files)]
    metrics = list(ir_measures.iter_calc([RR, *(Success @ k for k in AT)], qrels, run))
    values: dict[str, dict[object, float]] = {}
    for metric in metrics:
        values.setdefault(metric.query_id, {})[metric.measure] = metric.value
    found = tuple({k: bool(v[Success @ k]) for k in AT} for v in values.values())
    return Result(found, tuple(v[RR] for v in values.values()), tuple(seconds))


def _read_lines(path: Path) -> Iterator[dict]:  # type: ignore[type-arg]
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dev", type=Path, help="another question set over the seeds")
    parser.add_argument(
        "--public", type=Path, nargs="*", default=(), help="folders with docs.jsonl and queries.jsonl"
    )
    parser.add_argument("--index", type=Path, default=Path(".ganwen/index"))
    options = parser.parse_args()
    encoder = load_encoder()
    own = [question for question in read_questions(OWN_SET).questions if question.answerable]
    sets: dict[str, Sequence[EvalQuestion]] = {
        "Our questions, tuning half": [q for q in own if q.split == "tune"],
        "Our questions, held half": [q for q in own if q.split == "held"],
    }
    if options.dev:
        sets["dev.jsonl"] = [q for q in read_questions(options.dev).questions if q.answerable]
    for line in report_seeds(Index.open(options.index, encoder.name), encoder, sets):
        print(line, flush=True)
    cache = VectorCache(Path(".ganwen/benchmark-vectors.sqlite"), max_mb=2_000)
    for folder in options.public:
        for line in report_public(folder, encoder, cache):
            print(line, flush=True)


if __name__ == "__main__":
    main()
