"""Hybrid search: dense and lexical scores on one scale, plus agreement with the region, period and kind asked."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder
from rag.store import Index
from rag.text import fold
from rag.types import AnswerKind, Chunk, Filter, Hit, Kind, Question, Slot

# How many rows each side brings; recall@20 of the union was the same with 200 on the tuning half.
CANDIDATES = 60
# Weights of the signals against dense + lexical (each scaled to 0..1); see docs/benchmarks.md, ablation.
REGION, PERIOD, PLAN, NOTE, REPORT = 0.25, 0.2, 0.1, 0.3, 0.3


class Retriever:
    """Finds passages of one index."""

    def __init__(self, index: Index, encoder: Encoder) -> None:
        self._index = index
        self._encoder = encoder

    def search(self, question: Question, filter: Filter | None = None, k: int = 20) -> tuple[Hit, ...]:
        """The k best passages, best first (ties by row). With several slots, each slot's best take turns."""
        allowed = None if filter is None else self._index.rows_allowed(filter)
        if len(self._index) == 0 or (allowed is not None and len(allowed) == 0):
            return ()
        chunks, base = self._candidates(question, allowed)
        ranked = [_rank(question, slot, chunks, base) for slot in question.slots]
        return tuple(_take_turns(ranked))[:k]

    def _candidates(
        self, question: Question, allowed: NDArray[np.int64] | None
    ) -> tuple[tuple[Chunk, ...], NDArray[np.float32]]:
        """Rows that either side finds, with the sum of both scores, each scaled over these rows to 0..1."""
        index = self._index
        vector = self._encoder.encode_queries([fold(question.understood)])[0]
        lexical = index.lexical.scores(question.search)
        dense_rows, _ = index.vectors.search(vector, CANDIDATES, allowed)
        lexical_rows, _ = index.lexical.best(lexical, CANDIDATES, allowed)
        rows = np.union1d(dense_rows, lexical_rows)
        dense = index.vectors.rows(rows) @ vector
        return index.chunks(rows.tolist()), _scale(dense) + _scale(lexical[rows])


def _scale(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Min-max scaling to 0..1; all zero when the scores do not differ."""
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)


def _rank(question: Question, slot: Slot, chunks: tuple[Chunk, ...], base: NDArray[np.float32]) -> list[Hit]:
    hits = [
        Hit(chunk, round(float(score) + _agreement(question, slot, chunk), 6))
        for chunk, score in zip(chunks, base, strict=True)
    ]
    return sorted(hits, key=lambda hit: (-hit.score, hit.chunk.id))


def _agreement(question: Question, slot: Slot, chunk: Chunk) -> float:
    """What a passage gains by being about the place, time and kind of statement that is asked for."""
    score = REGION * _region_agreement(slot, chunk) + PERIOD * _period_agreement(slot, chunk)
    if question.plan is not None and (chunk.kind is Kind.PLAN) == question.plan:
        score += PLAN
    if question.kind is AnswerKind.TERM and chunk.kind is Kind.NOTE and _explains(question, chunk):
        score += NOTE
    if question.report and (chunk.date or "").startswith(question.report):
        score += REPORT
    return score


def _region_agreement(slot: Slot, chunk: Chunk) -> float:
    """1 for the very place, a half where one of the two lies within the other, else 0."""
    if slot.region is None or chunk.region is None:
        return 0.0
    if slot.region == chunk.region:
        return 1.0
    return 0.5 if slot.region.contains(chunk.region) or chunk.region.contains(slot.region) else 0.0


def _period_agreement(slot: Slot, chunk: Chunk) -> float:
    """1 for a passage of that period, a half for one that names its year, else 0."""
    if slot.period is None:
        return 0.0
    if chunk.period is not None and chunk.period.overlaps(slot.period):
        return 1.0
    return 0.5 if str(slot.period.last) in chunk.text else 0.0


def _explains(question: Question, chunk: Chunk) -> bool:
    return any(fold(term) in question.search for term in chunk.terms)


def _take_turns(ranked: Iterable[list[Hit]]) -> list[Hit]:
    """Merge rankings by turns; a passage counts once, at its first place."""
    merged: dict[int, Hit] = {}
    for turn in zip_longest(*ranked):
        for hit in turn:
            if hit is not None:
                merged.setdefault(hit.chunk.id, hit)
    return _descending(list(merged.values()))


def _descending(hits: list[Hit]) -> list[Hit]:
    """Scores of merged rankings never rise, so that a reader of the list sees one order."""
    lowest = float("inf")
    result = []
    for hit in hits:
        lowest = min(lowest, hit.score)
        result.append(replace(hit, score=lowest))
    return result
