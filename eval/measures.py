"""What is measured: each measure of one question as a share, and the list of all of them with what they mean."""

from collections.abc import Callable
from dataclasses import dataclass

from eval import metrics, spans
from eval.matching import remove_marks
from eval.mixups import is_other_region, is_other_year
from eval.questions import EvalQuestion, QuestionType
from eval.responses import Response

RECALL_AT = (1, 5, 20)
"""The k of recall@k; answers carry their first 20 passages."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one question fared. A measure that does not apply to it is None.

    `ranks` has, for each group of evidence, the rank from 1 of the first passage that holds it, or None.
    `overlap` is the F1 of CMRC2018, 0 to 1.
    """

    question: EvalQuestion
    response: Response
    right: bool | None
    brief: bool | None
    sharp: bool | None
    figure: bool | None
    exact: bool | None
    overlap: float | None
    other_year: bool | None
    other_region: bool | None
    cited: bool | None
    supporting: int
    ranks: tuple[int | None, ...]


def judge(question: EvalQuestion, response: Response) -> Outcome:
    """Every measure of one answer."""
    told = question.answerable and question.type is not QuestionType.SEARCH
    right = metrics.is_right(question, response) if told or not question.answerable else None
    text = "" if response.refused else remove_marks(response.text)
    asks_figure = metrics.asks_figure(question)
    year, region = is_other_year(question, response), is_other_region(question, response)
    return Outcome(
        question=question,
        response=response,
        right=right,
        brief=metrics.is_brief(question, response) if told else None,
        sharp=metrics.is_sharp(question, response) if asks_figure else None,
        figure=metrics.has_figure(question, response) if asks_figure else None,
        exact=spans.is_exact(question.answers, text) if question.answers else None,
        overlap=spans.score_overlap(question.answers, text) if question.answers else None,
        # A right answer may compare with another year or place.
        other_year=None if year is None else year and not right,
        other_region=None if region is None else region and not right,
        cited=metrics.is_cited(question, response) if told else None,
        supporting=metrics.count_supporting(question, response),
        ranks=metrics.find_ranks(question, response.passages),
    )


Part = tuple[float, float]
"""What one question adds to a share: to its count and to its total."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure as a share of sums over questions. `rises` says that more is better; `of` gives None where it does not apply."""

    name: str
    meaning: str
    of: Callable[[Outcome], Part | None]
    rises: bool = True


def _flag(value: float | None) -> Part | None:
    return None if value is None else (float(value), 1.0)


def _citations(outcome: Outcome) -> Part | None:
    applies = outcome.cited is not None and not outcome.response.refused
    return (outcome.supporting, len(outcome.response.citations)) if applies else None


def _refused(outcome: Outcome, answerable: bool) -> Part | None:
    return _flag(outcome.response.refused) if outcome.question.answerable is answerable else None


def _refusals(outcome: Outcome) -> Part | None:
    return _flag(not outcome.question.answerable) if outcome.response.refused else None


def _found(outcome: Outcome, score: Callable[[Outcome], float]) -> Part | None:
    return _flag(score(outcome)) if outcome.question.answerable else None


def _recall(k: int) -> Measure:
    def recall(outcome: Outcome) -> float:
        return metrics.recall(outcome.question, outcome.ranks, k)

    return Measure(
        f"recall@{k}",
        f"all evidence in the first {f'{k} passages' if k > 1 else 'passage'}",
        lambda o: _found(o, recall),
    )


MEASURES = (
    Measure(
        "right",
        "an accepted answer, or every key point; a refusal where nothing is told",
        lambda o: _flag(o.right),
    ),
    Measure(
        "brief",
        "right within 120 characters (400 for lists, definitions, summaries, comparisons)",
        lambda o: _flag(o.brief),
    ),
    Measure("sharp", "a right figure with no rival figure or other year", lambda o: _flag(o.sharp)),
    Measure("figure", "the first figure in the unit asked for is an accepted one", lambda o: _flag(o.figure)),
    Measure("exact", "nothing but an accepted answer, as CMRC2018 matches", lambda o: _flag(o.exact)),
    Measure("F1", "overlap with an accepted answer, as CMRC2018 counts", lambda o: _flag(o.overlap)),
    Measure("cited", "all evidence stands in cited spans", lambda o: _flag(o.cited)),
    Measure("precision", "share of citations that hold evidence", _citations),
    Measure(
        "refused", "share of the unanswerable refused (recall of refusals)", lambda o: _refused(o, False)
    ),
    Measure("refusal_precision", "share of refusals that are of unanswerable questions", _refusals),
    Measure("false_refusals", "share of the answerable refused", lambda o: _refused(o, True), rises=False),
    Measure(
        "wrong_year",
        "of answers to questions that name a year: wrong, and of other years only",
        lambda o: _flag(o.other_year),
        rises=False,
    ),
    Measure(
        "wrong_region",
        "of answers to questions that name a place: wrong, and of other places only",
        lambda o: _flag(o.other_region),
        rises=False,
    ),
    *(_recall(k) for k in RECALL_AT),
    Measure(
        "MRR",
        "mean of 1 / rank of the first passage with evidence",
        lambda o: _found(o, lambda each: metrics.reciprocal_rank(each.ranks)),
    ),
    Measure(
        "nDCG@10",
        "gain of the first 10 passages over that of the best order",
        lambda o: _found(o, lambda each: metrics.gain(each.question, each.ranks)),
    ),
)
"""Every measure but the seconds of answering, in the order they are shown."""

SECONDS = "seconds"
"""The name of the measure of time: it has quantiles, not a share."""


def measure(outcome: Outcome) -> dict[str, Part]:
    """What a question adds to each measure that applies to it, by name."""
    parts = ((each.name, each.of(outcome)) for each in MEASURES)
    return {name: part for name, part in parts if part is not None}
