"""A report as a Markdown table that also reads well as plain text, and as JSON."""

from collections.abc import Callable, Sequence
from typing import Any

from eval.runner import Report
from eval.summary import RECALL_AT, Outcome, Share, Summary

WRONG_SHOWN = 20
"""Wrong answers told in the text report; the JSON has them all."""
_CUT = 60

_SHARES: tuple[tuple[str, Callable[[Summary], Share]], ...] = (
    ("right", lambda summary: summary.right),
    ("brief", lambda summary: summary.brief),
    ("sharp", lambda summary: summary.sharp),
    ("cited", lambda summary: summary.cited),
    ("precision", lambda summary: summary.precision),
    ("refused", lambda summary: summary.refused),
    ("false_refusals", lambda summary: summary.false_refusals),
    *((f"recall@{k}", lambda summary, i=i: summary.recall[i]) for i, k in enumerate(RECALL_AT)),
    ("MRR", lambda summary: summary.mrr),
)

_LEGEND = """\
right: an accepted answer, or every key point, or a refusal where nothing is told. brief: right within 120 characters
(400 for lists, definitions, summaries, comparisons). sharp: a right figure with no rival figure or other year.
cited: all evidence in cited spans. precision: share of citations that hold evidence. refused: of the unanswerable.
recall@k: all evidence in the first k passages. A dash: no such question."""


def render(report: Report) -> str:
    """The measures of all questions and of each group, the first wrong answers, and the problems met."""
    parts = [_render_table(report), _LEGEND, _render_latency(report.total), _render_wrong(report.outcomes)]
    if report.problems:
        parts.append("Problems:\n" + "\n".join(f"- {problem}" for problem in report.problems))
    return "\n\n".join(parts) + "\n"


def to_json(report: Report) -> dict[str, Any]:
    """The report as plain JSON values; fields may be added later, never changed."""
    return {
        "total": _summary_record(report.total),
        "groups": {
            grouping.trait: {summary.name: _summary_record(summary) for summary in grouping.summaries}
            for grouping in report.groupings
        },
        "outcomes": [_outcome_record(outcome) for outcome in report.outcomes],
        "problems": list(report.problems),
    }


def _render_table(report: Report) -> str:
    rows = [["", "questions", *(name for name, _ in _SHARES)], _row(report.total)]
    for grouping in report.groupings:
        if len(grouping.summaries) > 1:
            rows.append([f"by {grouping.trait}", *[""] * (len(_SHARES) + 1)])
            rows.extend(_row(summary) for summary in grouping.summaries)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [_line(row, widths) for row in rows]
    rule = (
        "| "
        + " | ".join("-" * (width - 1) + (":" if column else "-") for column, width in enumerate(widths))
        + " |"
    )
    return "\n".join([lines[0], rule, *lines[1:]])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (
        cell.rjust(width) if column else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "| " + " | ".join(cells) + " |"


def _row(summary: Summary) -> list[str]:
    return [summary.name, str(summary.questions), *(_show(share_of(summary)) for _, share_of in _SHARES)]


def _show(share: Share) -> str:
    return "-" if share.value is None else f"{share.value:.3f}"


def _render_latency(total: Summary) -> str:
    return f"Seconds an answer: p50 {total.p50:.3f}, p95 {total.p95:.3f}."


def _render_wrong(outcomes: Sequence[Outcome]) -> str:
    wrong = [outcome for outcome in outcomes if not outcome.right]
    lines = [f"Wrong: {len(wrong)} of {len(outcomes)}."]
    for outcome in wrong[:WRONG_SHOWN]:
        question = outcome.question
        lines.append(
            f"- {question.id} ({question.type}) {_cut(question.text)} -> {_cut(outcome.response.text) or '(nothing)'}"
        )
    if len(wrong) > WRONG_SHOWN:
        lines.append(f"- and {len(wrong) - WRONG_SHOWN} more; the JSON report has every question.")
    return "\n".join(lines)


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _CUT else text[:_CUT] + "…"


def _summary_record(summary: Summary) -> dict[str, Any]:
    shares = {name: _share_record(share_of(summary)) for name, share_of in _SHARES}
    return {"questions": summary.questions, **shares, "seconds": {"p50": summary.p50, "p95": summary.p95}}


def _share_record(share: Share) -> dict[str, Any]:
    return {"value": share.value, "count": share.count, "total": share.total}


def _outcome_record(outcome: Outcome) -> dict[str, Any]:
    question, response = outcome.question, outcome.response
    return {
        "id": question.id,
        "type": question.type.value,
        "lang": question.language,
        "split": question.split,
        "question": question.text,
        "answers": list(question.answers),
        "key_points": [list(point) for point in question.key_points],
        "answer": response.text,
        "refused": response.refused,
        "right": outcome.right,
        "brief": outcome.brief,
        "sharp": outcome.sharp,
        "cited": outcome.cited,
        "citations": len(response.citations),
        "supporting": outcome.supporting,
        "ranks": list(outcome.ranks),
        "seconds": response.seconds,
    }
