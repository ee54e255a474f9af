"""How long a warm search takes, stage by stage, and what memory it needs: over the seeds, and over many passages.

Each index is searched in a process of its own, which built nothing. Many passages are made of the seeds' sentences,
drawn at random into reports with the seeds' titles; their vectors are random unit vectors, since embedding them
would take an hour. An exact search takes as long over those as over real ones. Questions are embedded for real.
"""

import multiprocessing
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any, TypeAlias

import numpy as np
import psutil
from numpy.typing import NDArray

from embeddings.encoder import BundledEncoder, Encoder, load_encoder
from eval.questions import OWN_SET, read_questions
from rag.answering.refusal.reading import SentenceReader
from rag.question import understand
from rag.retrieval import Retriever
from rag.store import Index, build_index
from rag.types import Chunk, Question

# Characters that a paragraph has at least; long enough, and short enough, for a passage of its own.
PARAGRAPH = 250
PARAGRAPHS = 300
STAGES = ("understanding", "query embedding", "lexical", "dense", "loading passages", "reading", "ranking")


Spent: TypeAlias = defaultdict[str, float]
"""Seconds by stage."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Warm searches of one index: milliseconds of each, share of each stage in 0..1, memory of the process in MB.

    `before_mb` is taken when the index is open and nothing was asked yet, `peak_mb` is the most after any search.
    """

    passages: int
    milliseconds: tuple[float, ...]
    shares: dict[str, float]
    before_mb: float
    peak_mb: float

    def percentile(self, number: int) -> float:
        """Milliseconds that so many of 100 searches take at most."""
        return quantiles(self.milliseconds, n=100, method="inclusive")[number - 1]


class Timed:
    """Stands for an object and adds the seconds spent in its methods to `spent[stage]`."""

    def __init__(self, inner: Any, stage: str, spent: Spent) -> None:
        self._inner, self._stage, self._spent = inner, stage, spent

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        return timed(value, self._stage, self._spent) if callable(value) else value


def timed(function: Callable[..., Any], stage: str, spent: Spent) -> Callable[..., Any]:
    """The function, adding the seconds it takes to `spent[stage]`."""

    def call(*arguments: Any) -> Any:
        started = time.perf_counter()
        try:
            return function(*arguments)
        finally:
            spent[stage] += time.perf_counter() - started

    return call


def measure_speed(index: Path) -> Speed:
    """Search for the project's own questions, after a round that is not counted, in a process of its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_search_all, index).result()


def _search_all(folder: Path) -> Speed:
    process, encoder, spent = psutil.Process(), load_encoder(), defaultdict[str, float](float)
    questions = read_questions(OWN_SET).questions
    with Index.open(folder, encoder.name) as index:
        coverage = index.coverage()
        _watch(index, spent)
        understood = timed(understand, "understanding", spent)
        before, peak, seconds = process.memory_info().rss, 0, []
        for round_ in range(2):
            retriever = _retriever(index, encoder, understand(questions[0].text, coverage), spent)
            spent.clear()
            for question in questions:
                started = time.perf_counter()
                retriever.search(understood(question.text, coverage, question.history))
                if round_:
                    seconds.append(time.perf_counter() - started)
                peak = max(peak, process.memory_info().rss)
        spent["ranking"] = sum(seconds) - sum(spent.values())
        shares = {stage: spent[stage] / sum(seconds) for stage in STAGES}
        return Speed(len(index), tuple(1000 * each for each in seconds), shares, before / 2**20, peak / 2**20)


def _retriever(index: Index, encoder: Encoder, question: Question, spent: Spent) -> Retriever:
    """A retriever with nothing remembered, its reader opened by a question."""
    reader = SentenceReader()
    reader.odds_each(question, [question.gloss])
    read = timed(reader.odds_each, "reading", spent)
    return Retriever(index, Timed(encoder, "query embedding", spent), read=read)


def _watch(index: Any, spent: Spent) -> None:
    """Time the parts of an index."""
    index.lexical = Timed(index.lexical, "lexical", spent)
    index.vectors = Timed(index.vectors, "dense", spent)
    index.sentences = Timed(index.sentences, "dense", spent)
    index.chunks = timed(index.chunks, "loading passages", spent)


class RandomPassages(BundledEncoder):
    """The bundled model for questions, random unit vectors for passages, the same each time."""

    def __init__(self) -> None:
        super().__init__()
        self._draw = np.random.default_rng(0)

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        rows = self._draw.standard_normal((len(texts), self.dim), np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        if progress is not None:
            progress(len(texts))
        return rows


def build_large(passages: int, seeds: Path, folder: Path) -> Path:
    """An index of at least so many passages in `folder`, built in a process of its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_build_large, passages, seeds, folder).result()


def _build_large(passages: int, seeds: Path, folder: Path) -> Path:
    encoder = RandomPassages()
    with Index.open(seeds, encoder.name) as index:
        chunks = tuple(index.all_chunks())
    reports = folder / "reports"
    reports.mkdir(parents=True)
    for number, text in enumerate(make_reports(chunks, passages)):
        (reports / f"{number:05}.txt").write_text(text, encoding="utf-8")
    build_index(reports, folder / "index", encoder)
    return folder / "index"


def make_reports(chunks: Sequence[Chunk], passages: int) -> Iterator[str]:
    """Texts of reports that together have at least so many passages; the same each time."""
    draw = random.Random(0)
    titles = sorted({chunk.title for chunk in chunks})
    sentences = [each for chunk in chunks for each in re.findall(r"[^。\n]{8,150}。", chunk.text)]
    for number in range(-(-passages // PARAGRAPHS)):
        paragraphs = (make_paragraph(sentences, draw) for _ in range(PARAGRAPHS))
        yield "\n\n".join([titles[number % len(titles)], *paragraphs]) + "\n"


def make_paragraph(sentences: Sequence[str], draw: random.Random) -> str:
    """Random sentences, of PARAGRAPH to PARAGRAPH + 150 characters."""
    paragraph = ""
    while len(paragraph) < PARAGRAPH:
        paragraph += draw.choice(sentences)
    return paragraph
