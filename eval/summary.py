"""From one outcome a question to measures over many."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from eval.metrics import (
    asks_figure,
    count_supporting,
    find_ranks,
    is_brief,
    is_cited,
    is_recalled,
    is_right,
    is_sharp,
    reciprocal_rank,
)
from eval.questions import EvalQuestion
from eval.responses import Response

RECALL_AT = (1, 5, 20)
"""The k of recall@k; answers carry their first 20 passages."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one question fared. A measure that does not apply to its type is None.

    `ranks` has, for each group of evidence, the rank from 1 of the first passage that holds it, or None.
    """

    question: EvalQuestion
    response: Response
    right: bool
    brief: bool | None
    sharp: bool | None
    cited: bool | None
    supporting: int
    ranks: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `total` cases; `count` is a sum of reciprocal ranks in the MRR."""

    count: float
    total: int

    @property
    def value(self) -> float | None:
        """The share, 0 to 1, or None where there was no case."""
        return self.count / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Summary:
    """The measures over a group of questions.

    `refused` is over unanswerable questions, `false_refusals` over answerable ones; `recall` has one share for each k
    of RECALL_AT; `p50` and `p95` are seconds of answering (nearest rank).
    """

    name: str
    questions: int
    right: Share
    brief: Share
    sharp: Share
    cited: Share
    precision: Share
    refused: Share
    false_refusals: Share
    recall: tuple[Share, ...]
    mrr: Share
    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Grouping:
    """The questions parted by one trait, such as their type."""

    trait: str
    summaries: tuple[Summary, ...]


def judge(question: EvalQuestion, response: Response) -> Outcome:
    """Every measure of one answer."""
    answerable = question.answerable
    return Outcome(
        question=question,
        response=response,
        right=is_right(question, response),
        brief=is_brief(question, response) if answerable else None,
        sharp=is_sharp(question, response) if asks_figure(question) else None,
        cited=is_cited(question, response) if answerable else None,
        supporting=count_supporting(question, response),
        ranks=find_ranks(question, response.passages),
    )


def summarise(name: str, outcomes: Sequence[Outcome]) -> Summary:
    """The measures over these outcomes, at least one."""
    answerable = [outcome for outcome in outcomes if outcome.question.answerable]
    unanswerable = [outcome for outcome in outcomes if not outcome.question.answerable]
    answered = [outcome for outcome in answerable if not outcome.response.refused]
    seconds = sorted(outcome.response.seconds for outcome in outcomes)
    return Summary(
        name=name,
        questions=len(outcomes),
        right=_share(outcome.right for outcome in outcomes),
        brief=_share(outcome.brief for outcome in outcomes),
        sharp=_share(outcome.sharp for outcome in outcomes),
        cited=_share(outcome.cited for outcome in outcomes),
        precision=Share(
            sum(o.supporting for o in answered), sum(len(o.response.citations) for o in answered)
        ),
        refused=_share(outcome.response.refused for outcome in unanswerable),
        false_refusals=_share(outcome.response.refused for outcome in answerable),
        recall=tuple(_share(is_recalled(outcome.ranks, k) for outcome in answerable) for k in RECALL_AT),
        mrr=Share(sum(reciprocal_rank(outcome.ranks) for outcome in answerable), len(answerable)),
        p50=_percentile(seconds, 0.50),
        p95=_percentile(seconds, 0.95),
    )


_TRAITS: tuple[tuple[str, Callable[[EvalQuestion], str]], ...] = (
    ("type", lambda question: question.type.value),
    ("language", lambda question: question.language),
    ("turn", lambda question: "follow-up" if question.history else "first"),
    ("split", lambda question: question.split or "none"),
)


def group(outcomes: Sequence[Outcome]) -> tuple[Grouping, ...]:
    """The outcomes by type, language, turn and split, each group summarised, in the order they are first met."""
    return tuple(Grouping(trait, _summarise_by(trait_of, outcomes)) for trait, trait_of in _TRAITS)


def _summarise_by(
    trait_of: Callable[[EvalQuestion], str], outcomes: Sequence[Outcome]
) -> tuple[Summary, ...]:
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(trait_of(outcome.question), []).append(outcome)
    return tuple(summarise(name, members) for name, members in groups.items())


def _share(values: Iterable[bool | None]) -> Share:
    """Share of the true among those that apply."""
    applicable = [value for value in values if value is not None]
    return Share(sum(applicable), len(applicable))


def _percentile(ordered: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the smallest value with at least this share of the values at or below it."""
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]
