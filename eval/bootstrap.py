"""Confidence intervals and paired tests: questions drawn again with a fixed seed, so that a run tells the same twice."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
SEED = 20231122
CONFIDENCE = 0.95
_BLOCK = 100
"""Resamples held in memory at a time: 8 MB for 10,000 questions."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """The bounds within which a measure lies with CONFIDENCE; both None where it could not be measured."""

    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Difference:
    """How much more a second run has of a measure than a first, its interval, and how likely so much is by chance."""

    value: float
    interval: Interval
    p: float


def draw(count: int) -> Iterator[Floats]:
    """How often each of `count` questions is drawn: blocks of rows, a row a resample, RESAMPLES rows in all."""
    random = np.random.default_rng(SEED)
    for start in range(0, RESAMPLES, _BLOCK):
        size = min(_BLOCK, RESAMPLES - start)
        yield random.multinomial(count, np.full(count, 1 / count), size=size).astype(np.float64)


def share_intervals(counts: Floats, totals: Floats) -> list[Interval]:
    """The interval of each share of sums; `counts` and `totals` have shape (questions, measures)."""
    return [_bounds(column) for column in _resampled(counts, totals).T]


def quantile_intervals(values: Sequence[float], shares: Sequence[float]) -> list[Interval]:
    """The interval of each quantile (nearest rank) of the values, at least one."""
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    order = np.argsort(np.asarray(values), kind="stable")
    needed = [max(math.ceil(share * len(ordered)), 1) for share in shares]
    found: list[list[Floats]] = [[] for _ in shares]
    for weights in draw(len(ordered)):
        reached = np.cumsum(weights[:, order], axis=1)
        for place, need in enumerate(needed):
            found[place].append(ordered[np.argmax(reached >= need, axis=1)])
    return [_bounds(np.concatenate(each)) for each in found]


def compare_shares(
    first: tuple[Floats, Floats], second: tuple[Floats, Floats], axis_names: Sequence[str]
) -> dict[str, Difference]:
    """For each measure, how much more the second run has; runs are (counts, totals), (questions, measures), paired.

    p is two-sided: twice the share of resamples in which the difference is not of the sign it was found with,
    itself counted as one of them.
    """
    difference = _resampled(*second) - _resampled(*first)
    whole = _share(second[0].sum(0), second[1].sum(0)) - _share(first[0].sum(0), first[1].sum(0))
    return {
        name: Difference(float(whole[place]), _bounds(difference[:, place]), _two_sided(difference[:, place]))
        for place, name in enumerate(axis_names)
        if not np.isnan(whole[place])
    }


def mcnemar(better: int, worse: int) -> float:
    """McNemar's exact test: how likely it is by chance that of better + worse changes so few go one way; two-sided."""
    changes = better + worse
    tail = sum(math.comb(changes, k) for k in range(min(better, worse) + 1))
    return min(1.0, float(Fraction(2 * tail, 1 << changes)))


def _resampled(counts: Floats, totals: Floats) -> Floats:
    """Shares of shape (resamples, measures), NaN where a resample has no case."""
    return np.concatenate([_share(weights @ counts, weights @ totals) for weights in draw(len(counts))])


def _share(counts: Floats, totals: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(totals > 0, counts / totals, np.nan)


def _bounds(values: Floats) -> Interval:
    values = values[~np.isnan(values)]
    if not len(values):
        return Interval(None, None)
    low, high = np.quantile(values, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(float(low), float(high))


def _two_sided(differences: Floats) -> float:
    differences = differences[~np.isnan(differences)]
    side = min(np.sum(differences <= 0), np.sum(differences >= 0))
    return float(min(1.0, 2 * (side + 1) / (len(differences) + 1)))
