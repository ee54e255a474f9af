"""Passages that say the same once more: a fact told in two reports must not crowd out the second fact asked for."""

from collections.abc import Iterable
from dataclasses import replace
from operator import add

from rag.types import Hit

SAME = 0.9
"""Share of their pairs of characters that two passages have in common (Jaccard) to count as the same."""


def put_repeats_last(hits: Iterable[Hit], k: int) -> tuple[Hit, ...]:
    """The k best hits; those that repeat a better one come after all others, and no score rises down the list."""
    kept: list[Hit] = []
    words: list[frozenset[str]] = []
    repeats: list[Hit] = []
    for hit in hits:
        if len(kept) == k:
            break
        own = frozenset(map(add, hit.chunk.text, hit.chunk.text[1:]))
        if any(_alike(own, other) for other in words):
            repeats.append(hit)
        else:
            kept.append(hit)
            words.append(own)
    return (*kept, *(replace(hit, score=min(hit.score, kept[-1].score)) for hit in repeats))[:k]


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    fewer, more = sorted((len(one), len(other)))
    return fewer >= SAME * more and len(one & other) >= SAME * len(one | other)
