"""The peers' tables in Markdown, and the same as a JSON object."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median, quantiles
from typing import Any

from benchmarks.peers.judging import Judged
from benchmarks.peers.measuring import Contender, Measured, Ranks
from eval.measures import RECALL_AT
from eval.metrics import recall, reciprocal_rank
from eval.questions import EvalQuestion

Sets = Mapping[str, Sequence[EvalQuestion]]


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a contender could not be measured."""

    reason: str


def label(contender: Contender) -> str:
    """The first cell of a contender's row."""
    return f"{contender.name}, {contender.setting}" if contender.setting else contender.name


def cost_table(rows: Mapping[Contender, Measured | Failed]) -> Iterator[str]:
    """Passages, seconds and memory, a line at a time."""
    yield "| | passages | longest | build | its memory | cold to first passages | warm p50 | p95 | memory |"
    yield "|---|" + "---:|" * 8
    for contender, row in rows.items():
        if isinstance(row, Failed):
            yield _failed(contender, row)
            continue
        costs = row.costs
        cells = (
            f"{costs.passages:,}",
            f"{costs.longest:,}",
            f"{costs.build_seconds:.1f} s",
            f"{costs.build_mb:,.0f} MB",
            f"{costs.cold_seconds:.1f} s",
            f"{median(costs.warm_ms):.0f} ms",
            f"{percentile95(costs.warm_ms):.0f} ms",
            f"{costs.serve_mb:,.0f} MB",
        )
        yield f"| {label(contender)} | {' | '.join(cells)} |"


def recall_table(rows: Mapping[Contender, Measured | Failed], sets: Sets) -> Iterator[str]:
    """Recall and MRR of each set of questions, a line at a time."""
    heads = [f"{name} ({len(questions)}): recall@{RECALL_AT[0]}" for name, questions in sets.items()]
    rest = [f"@{k}" for k in RECALL_AT[1:]] + ["MRR"]
    yield "| | " + " | ".join(" | ".join([head, *rest]) for head in heads) + " |"
    yield "|---|" + "---:|" * ((len(rest) + 1) * len(sets))
    for contender, row in rows.items():
        if isinstance(row, Failed):
            yield _failed(contender, row)
        else:
            values = [
                value for name, questions in sets.items() for value in scores(questions, row.ranks[name])
            ]
            yield f"| {label(contender)} | {' | '.join(f'{value:.3f}' for value in values)} |"


def answer_table(rows: Mapping[Contender, Sequence[Judged] | Failed]) -> Iterator[str]:
    """Answers judged, a line at a time."""
    yield (
        "| | answers | right | cited | evidence given | figures shown that stand nowhere | in answers "
        "| seconds, median | longest |"
    )
    yield "|---|" + "---:|" * 8
    for contender, row in rows.items():
        if isinstance(row, Failed):
            yield _failed(contender, row)
            continue
        told = [judged for judged in row if judged.cited is not None]
        seconds = [judged.response.seconds for judged in row]
        cells = (
            str(len(row)),
            str(sum(judged.right for judged in row)),
            f"{sum(bool(judged.cited) for judged in told)} of {len(told)}",
            f"{sum(bool(judged.given) for judged in told)} of {len(told)}",
            str(sum(len(judged.loose) for judged in row)),
            str(sum(bool(judged.loose) for judged in row)),
            f"{median(seconds):.2f} s",
            f"{max(seconds):.2f} s",
        )
        yield f"| {label(contender)} | {' | '.join(cells)} |"


def scores(questions: Sequence[EvalQuestion], ranks: Sequence[Ranks]) -> tuple[float, ...]:
    """Mean recall at each k, then the MRR."""
    pairs = list(zip(questions, ranks, strict=True))
    found = [mean(recall(question, rank, k) for question, rank in pairs) for k in RECALL_AT]
    return (*found, mean(reciprocal_rank(rank) for _, rank in pairs))


def percentile95(values: Sequence[float]) -> float:
    """The 95th percentile; of one value, itself."""
    return quantiles(values, n=100, method="inclusive")[94] if len(values) > 1 else values[0]


def passage_record(row: Measured | Failed, sets: Sets) -> dict[str, Any]:
    """Costs and scores of a contender for the JSON."""
    if isinstance(row, Failed):
        return {"failed": row.reason}
    costs = row.costs
    return {
        "passages": costs.passages,
        "longest_characters": costs.longest,
        "build_seconds": costs.build_seconds,
        "build_mb": costs.build_mb,
        "cold_seconds": costs.cold_seconds,
        "warm_p50_ms": median(costs.warm_ms),
        "warm_p95_ms": percentile95(costs.warm_ms),
        "serve_mb": costs.serve_mb,
        "scores": {
            name: dict(
                zip([*(f"recall@{k}" for k in RECALL_AT), "MRR"], scores(asked, row.ranks[name]), strict=True)
            )
            for name, asked in sets.items()
        },
        "ranks": {
            name: {q.id: ranks for q, ranks in zip(asked, row.ranks[name], strict=True)}
            for name, asked in sets.items()
        },
    }


def answer_records(row: Sequence[Judged] | Failed) -> dict[str, Any] | list[dict[str, Any]]:
    """Every answer of a contender, with how it was judged, for the JSON."""
    if isinstance(row, Failed):
        return {"failed": row.reason}
    return [
        {
            "id": judged.question.id,
            "type": judged.question.type,
            "question": judged.question.text,
            "answer": judged.response.text,
            "right": judged.right,
            "cited": judged.cited,
            "evidence_given": judged.given,
            "unsupported_figures": judged.loose,
            "passages": [passage.text for passage in judged.response.passages],
            "citations": [citation.text for citation in judged.response.citations],
            "seconds": judged.response.seconds,
        }
        for judged in row
    ]


def _failed(contender: Contender, row: Failed) -> str:
    # A cell is one line, and a bar would begin another cell.
    return f"| {label(contender)} | failed: {' '.join(row.reason.split()).replace('|', '/')} |"
