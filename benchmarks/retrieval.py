"""How well and how fast passages are found: what each signal brings, questions nobody here wrote, and speed.

    python -m benchmarks.retrieval [--dev FILE] [--public FOLDER] [--large PASSAGES]

Prints the Markdown of docs/benchmarks.md. Measures come from ir-measures. A question may need several pieces of
evidence: each piece is a query of its own for the library, and the question is found at k when all of them are.
The reciprocal rank is that of its first piece. Weights are tuned on the tuning half of our questions only.
"""

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
from ir_measures import RR, Qrel, ScoredDoc, Success
from numpy.typing import NDArray

from benchmarks.retrieval_speed import STAGES, Speed, build_large, measure_speed
from benchmarks.speed import machine
from embeddings.cache import VectorCache
from embeddings.encoder import Encoder, load_encoder
from eval.matching import contains
from eval.questions import OWN_SET, EvalQuestion, read_questions
from rag.answering.refusal.reading import SentenceReader
from rag.mentions import Coverage
from rag.question import understand
from rag.retrieval import Retriever, Weights
from rag.store import Index, build_index
from rag.text import fold
from rag.types import Chunk, Question, Slot, Turn

ROOT = Path(__file__).resolve().parent.parent
DEV = ROOT / "../shared/eval/dev.jsonl"
PUBLIC = ROOT / "../shared/public"
PUBLIC_SETS = ("cmrc2018_trial", "drcd_test")
CACHE = ROOT / ".ganwen/benchmark-vectors.sqlite"

AT = (1, 3, 5, 10, 20)
# Passages asked for where documents are ranked: several of them may be of one document.
DEEP = 60
# Characters of a passage in which evidence is looked for.
CUT = 600

READER = SentenceReader()
FULL = Weights()
NONE = Weights(**{signal.name: 0.0 for signal in fields(Weights)})


@dataclass(frozen=True, slots=True)
class Setting:
    """A row of the ablation: the signals that count; `plain` searches for the question as it was typed.

    `joined` shows neighbours that were found as one, as a search does.
    """

    name: str
    weights: Weights
    plain: bool = False
    joined: bool = False


BASELINES = (
    Setting("dense alone", replace(NONE, dense=FULL.dense), plain=True),
    Setting("BM25 alone", replace(NONE, lexical=FULL.lexical), plain=True),
    Setting("dense + BM25", replace(NONE, dense=FULL.dense, lexical=FULL.lexical), plain=True),
)
ALL = Setting("all signals, neighbours as one", FULL, joined=True)
# Each row adds one signal to the row above it.
ABLATION = (
    *BASELINES,
    Setting("+ words understood", replace(NONE, dense=FULL.dense, lexical=FULL.lexical)),
    Setting(
        "+ told in one sentence", replace(FULL, meaning=0.0, region=0.0, period=0.0, report=0.0, reading=0.0)
    ),
    Setting("+ meant in one sentence", replace(FULL, region=0.0, period=0.0, report=0.0, reading=0.0)),
    Setting("+ region", replace(FULL, period=0.0, report=0.0, reading=0.0)),
    Setting("+ period", replace(FULL, report=0.0, reading=0.0)),
    Setting("+ month of the report", replace(FULL, reading=0.0)),
    Setting("+ read where they lie close = all signals", FULL),
    ALL,
)


@dataclass(frozen=True, slots=True)
class Score:
    """Of one question: whether it is found at each k of AT, and the reciprocal rank of its first evidence."""

    found: tuple[bool, ...]
    reciprocal: float


class Remembered:
    """An encoder that embeds each question once, since each setting asks the same ones."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.dim, self.numeric_type = encoder.name, encoder.dim, encoder.numeric_type
        self.encode_passages = encoder.encode_passages
        self._encoder = encoder
        self._rows: dict[str, NDArray[np.float32]] = {}

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        for text in texts:
            if text not in self._rows:
                self._rows[text] = self._encoder.encode_queries([text])[0]
        return np.stack([self._rows[text] for text in texts])


class Searcher:
    """Searches one index with one setting."""

    def __init__(self, index: Index, encoder: Encoder, coverage: Coverage, setting: Setting) -> None:
        retriever = Retriever(index, encoder, setting.weights, READER.odds_each)
        self._search = retriever.search if setting.joined else retriever.find
        self._coverage, self._plain = coverage, setting.plain

    def search(self, text: str, history: Sequence[Turn] = (), k: int = max(AT)) -> tuple[Chunk, ...]:
        question = understand(text, self._coverage, history)
        if self._plain:
            question = _as_typed(question)
        return tuple(hit.chunk for hit in self._search(question, k=k))


def _as_typed(question: Question) -> Question:
    """The question with nothing taken from it or added to it."""
    return replace(question, search=fold(question.text), understood=question.text, slots=(Slot(),))


def score(judged: Sequence[Sequence[Sequence[bool]]]) -> tuple[Score, ...]:
    """Scores of questions; each has, for each piece of evidence, whether the first, second, ... result holds it."""
    qrels, run = [], []
    for name, flags in _pieces(judged):
        qrels += [Qrel(name, str(rank), 1) for rank, holds in enumerate(flags) if holds] or [
            Qrel(name, "none", 1)
        ]
        run += [ScoredDoc(name, str(rank), float(-rank)) for rank in range(len(flags))]
    values: defaultdict[tuple[str, Any], float] = defaultdict(float)
    for metric in ir_measures.iter_calc([RR, *(Success @ k for k in AT)], qrels, run):
        values[metric.query_id, metric.measure] = metric.value
    return tuple(
        Score(
            tuple(all(values[f"{number}.{piece}", Success @ k] for piece in range(len(pieces))) for k in AT),
            max(values[f"{number}.{piece}", RR] for piece in range(len(pieces))),
        )
        for number, pieces in enumerate(judged)
    )


def _pieces(judged: Sequence[Sequence[Sequence[bool]]]) -> Iterator[tuple[str, Sequence[bool]]]:
    for number, pieces in enumerate(judged):
        for piece, flags in enumerate(pieces):
            yield f"{number}.{piece}", flags


def score_questions(searcher: Searcher, questions: Iterable[EvalQuestion]) -> tuple[Score, ...]:
    """Scores of questions whose evidence is quoted."""
    judged = []
    for question in questions:
        chunks = searcher.search(question.text, question.history)
        judged.append(
            [
                [any(e.file == chunk.file and contains(chunk.text[:CUT], e.quote) for e in group) for chunk in chunks]
                for group in question.groups
            ]
        )  # fmt: skip
    return score(judged)


def score_documents(searcher: Searcher, queries: Iterable[dict[str, Any]]) -> tuple[Score, ...]:
    """Scores of queries that ask for a document, which is found when one of its passages is."""
    judged = []
    for query in queries:
        files = dict.fromkeys(chunk.file for chunk in searcher.search(query["question"], k=DEEP))
        wanted = {f"{document}.txt" for document in query["doc_ids"]}
        judged.append([[file in wanted for file in files]])
    return score(judged)


def table(head: str, rows: Iterable[tuple[str, Sequence[Score]]]) -> Iterator[str]:
    """A Markdown table of mean scores, a line at a time."""
    yield f"\n| {head} | questions | {' | '.join(f'recall@{k}' for k in AT)} | MRR |"
    yield "|---|" + "---:|" * (len(AT) + 2)
    for name, scores in rows:
        means = [np.mean([each.found[place] for each in scores]) for place in range(len(AT))]
        means.append(np.mean([each.reciprocal for each in scores]))
        yield f"| {name} | {len(scores):,} | " + " | ".join(f"{mean:.3f}" for mean in means) + " |"


def report_questions(
    title: str, questions: Sequence[EvalQuestion], index: Index, encoder: Encoder
) -> Iterator[str]:
    """The ablation over a set of questions, and all signals by type and language."""
    coverage = index.coverage()
    scores: tuple[Score, ...] = ()

    def ablate() -> Iterator[tuple[str, Sequence[Score]]]:
        nonlocal scores
        for setting in ABLATION:
            scores = score_questions(Searcher(index, encoder, coverage, setting), questions)
            yield setting.name, scores

    yield f"\n#### {title}"
    yield from table("signals", ablate())
    yield from table(
        "all signals, by type and language",
        (
            *_group(scores, [str(question.type) for question in questions]),
            *_group(scores, [question.language for question in questions]),
        ),
    )


def _group(scores: Sequence[Score], traits: Sequence[str]) -> Iterator[tuple[str, Sequence[Score]]]:
    for trait in sorted(set(traits)):
        yield trait, [each for each, own in zip(scores, traits, strict=True) if own == trait]


def report_public(folder: Path, encoder: Encoder, cache: VectorCache) -> Iterator[str]:
    """A public set as a corpus of one file a document: each side alone, both, and all signals."""
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary) / "documents"
        source.mkdir()
        for document in _read_lines(folder / "docs.jsonl"):
            (source / f"{document['doc_id']}.txt").write_text(document["text"], encoding="utf-8")
        with _build(source, Path(temporary) / "index", encoder, cache) as index:
            coverage = index.coverage()
            queries = [query for query in _read_lines(folder / "queries.jsonl") if query["doc_ids"]]
            yield f"\n#### {folder.name}: {len(index.files):,} documents, {len(index):,} passages"
            yield from table(
                "signals",
                (
                    (setting.name, score_documents(Searcher(index, encoder, coverage, setting), queries))
                    for setting in (*BASELINES, ALL)
                ),
            )


def _read_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _build(source: Path, folder: Path, encoder: Encoder, cache: VectorCache) -> Index:
    build_index(source, folder, encoder, cache=cache)
    return Index.open(folder, encoder.name)


def report_speed(speeds: dict[str, Speed]) -> Iterator[str]:
    """Milliseconds, memory and stages of warm searches, a column an index."""
    yield f"\n| | {' | '.join(speeds)} |"
    yield "|---|" + "---:|" * len(speeds)
    rows: dict[str, Callable[[Speed], str]] = {
        "passages": lambda speed: f"{speed.passages:,}",
        "p50": lambda speed: f"{speed.percentile(50):.1f} ms",
        "p95": lambda speed: f"{speed.percentile(95):.1f} ms",
        "memory before the first question": lambda speed: f"{speed.before_mb:,.0f} MB",
        "peak memory": lambda speed: f"{speed.peak_mb:,.0f} MB",
    }
    for name, show in rows.items():
        yield f"| {name} | {' | '.join(map(show, speeds.values()))} |"
    for stage in STAGES:
        yield f"| of the time, {stage} | {' | '.join(f'{each.shares[stage]:.1%}' for each in speeds.values())} |"


def report(options: argparse.Namespace, temporary: Path) -> Iterator[str]:
    """The whole page, a line at a time."""
    encoder = Remembered(load_encoder())
    seeds = temporary / "seeds"
    yield f"{datetime.now(UTC):%Y-%m-%d}, {machine()}"
    with VectorCache(CACHE, max_mb=2_000) as cache:
        with _build(ROOT / "seeds", seeds, encoder, cache) as index:
            for title, questions in read_sets(options.dev).items():
                yield from report_questions(title, questions, index, encoder)
        for name in PUBLIC_SETS if options.public else ():
            yield from report_public(options.public / name, encoder, cache)
    speeds = {"the seeds": measure_speed(seeds)}
    if options.large:
        speeds["many passages"] = measure_speed(build_large(options.large, seeds, temporary / "large"))
    yield "\n#### Warm searches"
    yield from report_speed(speeds)


def read_sets(dev: Path | None) -> dict[str, list[EvalQuestion]]:
    """Question sets by title, without those that the reports cannot answer."""
    own = [question for question in read_questions(OWN_SET).questions if question.answerable]
    sets = {
        "Our questions, tuning half": [question for question in own if question.split == "tune"],
        "Our questions, held half": [question for question in own if question.split == "held"],
    }
    if dev:
        sets[dev.name] = [question for question in read_questions(dev).questions if question.answerable]
    return sets


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--dev", type=Path, default=DEV if DEV.exists() else None, help="one more question set"
    )
    parser.add_argument(
        "--public",
        type=Path,
        default=PUBLIC if PUBLIC.exists() else None,
        help=f"folder of {' and '.join(PUBLIC_SETS)}, each with docs.jsonl and queries.jsonl",
    )
    parser.add_argument("--large", type=int, default=0, help="also time a made-up corpus of so many passages")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for line in report(options, Path(temporary)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
