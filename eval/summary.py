"""From one outcome a question to measures over many, each with its confidence interval."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from eval.bootstrap import Interval, quantile_intervals, share_intervals
from eval.measures import MEASURES, Outcome
from eval.questions import EvalQuestion

DOCUMENTS, DOCUMENT_QUESTIONS = 20, 5
"""Documents summarised on their own: so many at most, those with most questions, and no fewer questions than that."""


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `total` cases; `count` is a sum of scores where a case is not yes or no."""

    count: float
    total: int
    interval: Interval

    @property
    def value(self) -> float | None:
        """The share, 0 to 1, or None where there was no case."""
        return self.count / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Quantile:
    """Seconds within which a share of the answers came."""

    value: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Summary:
    """The measures over a group of questions: a share for each of MEASURES by name, and seconds of answering."""

    name: str
    questions: int
    shares: Mapping[str, Share]
    p50: Quantile
    p95: Quantile


@dataclass(frozen=True, slots=True)
class Grouping:
    """The questions parted by one trait, such as their type."""

    trait: str
    summaries: tuple[Summary, ...]


def summarise(name: str, outcomes: Sequence[Outcome]) -> Summary:
    """The measures over these outcomes, at least one."""
    parts = np.array([[each.of(outcome) or (0.0, 0.0) for each in MEASURES] for outcome in outcomes])
    counts, totals = parts[:, :, 0], parts[:, :, 1]
    # Added up exactly, so that a share does not depend on how numpy sums.
    shares = {
        each.name: Share(math.fsum(counts[:, place]), round(math.fsum(totals[:, place])), interval)
        for place, (each, interval) in enumerate(zip(MEASURES, share_intervals(counts, totals), strict=True))
    }
    seconds = [outcome.response.seconds for outcome in outcomes]
    middle, late = quantile_intervals(seconds, (0.50, 0.95))
    return Summary(
        name=name,
        questions=len(outcomes),
        shares=shares,
        p50=Quantile(percentile(seconds, 0.50), middle),
        p95=Quantile(percentile(seconds, 0.95), late),
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the smallest value with at least this share of the values at or below it."""
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


def _files(question: EvalQuestion) -> tuple[str, ...]:
    return tuple(dict.fromkeys(evidence.file for evidence in question.evidence))


_TRAITS: tuple[tuple[str, Callable[[EvalQuestion], tuple[str, ...]]], ...] = (
    ("type", lambda question: (question.type.value,)),
    ("language", lambda question: (question.language,)),
    ("turn", lambda question: ("follow-up" if question.history else "first",)),
    ("split", lambda question: (question.split or "none",)),
    ("document", _files),
)
"""The groups a question belongs to: to that of every document that holds evidence for it."""


def group(outcomes: Sequence[Outcome]) -> tuple[Grouping, ...]:
    """The outcomes by type, language, turn, split and document, each group summarised, in the order first met.

    Of documents, the DOCUMENTS with most questions, DOCUMENT_QUESTIONS at least.
    """
    return tuple(Grouping(trait, _summarise_by(trait, groups_of, outcomes)) for trait, groups_of in _TRAITS)


def _summarise_by(
    trait: str, groups_of: Callable[[EvalQuestion], tuple[str, ...]], outcomes: Sequence[Outcome]
) -> tuple[Summary, ...]:
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        for name in groups_of(outcome.question):
            groups.setdefault(name, []).append(outcome)
    kept = _largest(groups) if trait == "document" else groups.keys()
    return tuple(summarise(name, members) for name, members in groups.items() if name in kept)


def _largest(groups: Mapping[str, Sequence[Outcome]]) -> frozenset[str]:
    names = sorted(groups, key=lambda name: -len(groups[name]))[:DOCUMENTS]
    return frozenset(name for name in names if len(groups[name]) >= DOCUMENT_QUESTIONS)
