"""Hybrid search: the sum of dense and lexical scores and of agreement with the region, period and report asked."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder
from rag.closeness import Closeness
from rag.joining import join_found
from rag.mentions import short_name
from rag.repeats import put_repeats_last
from rag.store import Index
from rag.store.sentences import sentences_of
from rag.text import fold
from rag.types import Chunk, Filter, Hit, Level, Question, Region, Slot

# How many rows each side brings to the common ranking, and how many of it are found at least: neighbours join.
CANDIDATES, FOUND = 60, 20

# Passages that lie so close to the first, and how many at most, are read: where a question names no place or time to
# tell them apart, and where it names one but asks for no figure, which the reader would find in a wrong year's as well.
CLOSE, CLOSER, MOST_READ = 0.5, 0.2, 3

Read = Callable[[Question, Sequence[str]], Sequence[float] | None]
"""Log-odds that each of some texts answers a question; None where there is no reader."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal is worth: cosines of the passage (`dense`) and of its likeliest sentence (`meaning`), BM25
    (`lexical`), the share of the question in its best sentence (`sentence`), agreements of 0..1, and the log-odds
    that the sentences around the likeliest answer (`reading`).

    Chosen by the ablation in docs/benchmarks.md (`make bench-retrieval`), on no question that is held.
    """

    dense: float = 7.5
    meaning: float = 7.5
    lexical: float = 0.047
    sentence: float = 0.53
    region: float = 0.8
    period: float = 0.4
    report: float = 0.25
    reading: float = 0.2


class Retriever:
    """Finds passages of one index."""

    def __init__(
        self, index: Index, encoder: Encoder, weights: Weights | None = None, read: Read | None = None
    ) -> None:
        self._index, self._read = index, read
        self._weights = weights or Weights()
        self._encode = lru_cache(maxsize=64)(lambda text: encoder.encode_queries([text])[0])

    def compare(self, question: str, text: str) -> float:
        """Cosine of a folded question and a folded text; that of a question just searched for costs nothing anew."""
        return float(self._encode(question) @ self._encode(text))

    def search(self, question: Question, filter: Filter | None = None, k: int = FOUND) -> tuple[Hit, ...]:
        """The k best passages to be shown, best first: those found, neighbours among them as one; less than k where they join."""
        return join_found(self.find(question, filter, max(k, FOUND)), self._index)[:k]

    def find(self, question: Question, filter: Filter | None = None, k: int = FOUND) -> tuple[Hit, ...]:
        """The k best passages of the index, best first (ties by row), repeats last. With several slots, each slot's best take turns."""
        allowed = None if filter is None else self._index.rows_allowed(filter)
        if allowed is not None and len(allowed) == 0:
            return ()
        chunks, scores = self._find_candidates(question, allowed)
        ranked = [self._rank(question, slot, chunks, scores) for slot in question.slots]
        best = put_repeats_last(_level(by_turns(ranked)), max(k, MOST_READ))
        return _level(self._reread(question, best))[:k]

    def _find_candidates(
        self, question: Question, allowed: NDArray[np.int64] | None
    ) -> tuple[tuple[Chunk, ...], NDArray[np.float32]]:
        """Rows that either side finds, each with its weighted dense and lexical score."""
        index, weights = self._index, self._weights
        vector = self._encode(fold(question.understood))
        lexical = index.lexical.scores(question.search)
        dense_rows, _ = index.vectors.search(vector, CANDIDATES, allowed)
        lexical_rows, _ = index.lexical.best(lexical, CANDIDATES, allowed)
        rows = np.union1d(
            dense_rows if weights.dense else [], lexical_rows if weights.lexical else []
        ).astype(np.int64)
        if len(rows) == 0:
            return (), np.zeros(0, np.float32)
        chunks = index.chunks(rows.tolist())
        closeness = Closeness(
            question.topic, index.lexical.document_frequency, len(index), question.wants_figure
        )
        scores = weights.dense * (index.vectors.rows(rows) @ vector) + weights.lexical * lexical[rows]
        if weights.meaning:
            scores += weights.meaning * index.sentences.best(rows, vector)
        if weights.sentence:
            scores += weights.sentence * np.array([closeness.of(chunk) for chunk in chunks], np.float32)
        return chunks, scores

    def _rank(
        self, question: Question, slot: Slot, chunks: Sequence[Chunk], scores: NDArray[np.float32]
    ) -> list[Hit]:
        hits = [
            Hit(chunk, round(float(score) + self._agreement(question, slot, chunk), 6))
            for chunk, score in zip(chunks, scores, strict=True)
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk.id))

    def _reread(self, question: Question, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        """The hits, those close to the first ordered by reading too."""
        if self._read is None or not self._weights.reading:
            return hits
        apart = CLOSE if question.slots == (Slot(),) else 0.0 if question.wants_figure else CLOSER
        close = [hit for hit in hits[:MOST_READ] if hit.score > hits[0].score - apart]
        if len(close) < 2:
            return hits
        vector = self._encode(fold(question.understood))
        odds = self._read(question, [self._likeliest(hit.chunk, vector) for hit in close])
        if odds is None:
            return hits
        worth = [hit.score + self._weights.reading * each for hit, each in zip(close, odds, strict=True)]
        order = sorted(range(len(close)), key=lambda place: -worth[place])
        return (*(close[place] for place in order), *hits[len(close) :])

    def _likeliest(self, chunk: Chunk, vector: NDArray[np.float32]) -> str:
        """The likeliest sentence of a passage between the one before and the one after it."""
        sentences = sentences_of(chunk)
        place = int(np.argmax(self._index.sentences.of(chunk.id) @ vector))
        return "。".join(sentences[max(place - 1, 0) : place + 2])

    def _agreement(self, question: Question, slot: Slot, chunk: Chunk) -> float:
        """What a passage gains by being about the place and time, or from the report, that is asked for."""
        weights = self._weights
        return (
            weights.region * agree_on_region(slot, chunk)
            + weights.period * agree_on_period(slot, chunk)
            + weights.report * bool(question.report and (chunk.date or "").startswith(question.report))
        )


def agree_on_region(slot: Slot, chunk: Chunk) -> float:
    """1 for the very place, for one around it 1 where it names the place, else a half.

    Else 0: what holds of a part says nothing of the whole.
    """
    if slot.region is None or chunk.region is None or not chunk.region.contains(slot.region):
        return 0.0
    return 1.0 if slot.region == chunk.region or _names(chunk, slot.region) else 0.5


def _names(chunk: Chunk, region: Region) -> bool:
    """Whether a passage on a place around names the place itself; one by its short name only where that is no part of the other's."""
    name, text = region.path[-1], fold(chunk.text)
    short = short_name(name)
    is_own = chunk.region is not None and short in chunk.region.path[-1]
    return fold(name) in text or (region.level is Level.CITY and not is_own and fold(short) in text)


def agree_on_period(slot: Slot, chunk: Chunk) -> float:
    """1 for a passage of that period, a half for one that names its year, else 0."""
    if slot.period is None:
        return 0.0
    if chunk.period is not None and chunk.period.overlaps(slot.period):
        return 1.0
    return 0.5 if str(slot.period.last) in chunk.text else 0.0


def by_turns(rankings: Iterable[Sequence[Hit]]) -> tuple[Hit, ...]:
    """Rankings merged by turns; a passage counts once, at its first place."""
    merged: dict[int, Hit] = {}
    for turn in zip_longest(*rankings):
        for hit in turn:
            if hit is not None:
                merged.setdefault(hit.chunk.id, hit)
    return tuple(merged.values())


def lead_with(hits: Sequence[Hit], chunks: Iterable[Chunk]) -> tuple[Hit, ...]:
    """Hits with those of some passages first, in the order in which these are given, scored as the best of all."""
    by_id = {hit.chunk.id: hit for hit in hits}
    first = [by_id.pop(id) for id in dict.fromkeys(chunk.id for chunk in chunks) if id in by_id]
    best = max((hit.score for hit in hits), default=0.0)
    return (*(replace(hit, score=best) for hit in first), *by_id.values())


def _level(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Hits of which no score rises down the list."""
    lowest = float("inf")
    levelled = []
    for hit in hits:
        lowest = min(lowest, hit.score)
        levelled.append(replace(hit, score=lowest))
    return tuple(levelled)
