"""A report as Markdown tables that also read well as plain text, and as JSON. Held questions are counted, not shown."""

import hashlib
from collections.abc import Sequence
from typing import Any

from eval.bootstrap import Interval
from eval.measures import MEASURES, SECONDS, Outcome, measure
from eval.reasons import explain, mark_expected
from eval.runner import Report
from eval.runs import FORMAT, Header
from eval.summary import Share, Summary

WRONG_SHOWN = 20
"""Wrong answers told in the text report; the JSON and the page have them all."""
_CUT = 60
_COLUMNS = (
    "right", "brief", "sharp", "cited", "precision", "refused", "false_refusals", "wrong_year", "wrong_region",
    "recall@1", "recall@5", "recall@20", "MRR", "nDCG@10",
)  # fmt: skip
"""The measures in the tables of groups; the table of all questions has every one."""


def render(report: Report, show_held: bool = False) -> str:
    """The measures of all questions and of each group, the first wrong answers, and the problems met."""
    parts = [_render_groups(report), _render_total(report.total), _render_wrong(report.outcomes, show_held)]
    if report.problems:
        parts.append("Problems:\n" + "\n".join(f"- {problem}" for problem in report.problems))
    return "\n\n".join(parts) + "\n"


def to_json(report: Report, header: Header | None = None, show_held: bool = False) -> dict[str, Any]:
    """The report as plain JSON values; fields may be added later, never changed.

    Of held questions only the measures are told, unless `show_held`.
    """
    return {
        "format": FORMAT,
        "run": header_record(header) if header else None,
        "measures": {each.name: {"meaning": each.meaning, "rises": each.rises} for each in MEASURES},
        "total": _summary_record(report.total),
        "groups": {
            grouping.trait: {summary.name: _summary_record(summary) for summary in grouping.summaries}
            for grouping in report.groupings
        },
        "outcomes": [_outcome_record(outcome, show_held) for outcome in report.outcomes],
        "problems": list(report.problems),
    }


def header_record(header: Header) -> dict[str, Any]:
    """What the run is of, as plain JSON values."""
    return {
        "started": header.started,
        "fingerprint": header.fingerprint,
        "questions": header.questions,
        "index": header.index,
        "code": header.code,
        "settings": dict(header.settings),
        "versions": dict(header.versions),
    }


def align(rows: Sequence[Sequence[str]], texts: int = 0) -> str:
    """A Markdown table whose columns are aligned: the first and the last `texts` to the left; the first row is its head."""
    last = len(rows[0]) - texts
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    rule = ["-" * (width - 1) + (":" if 0 < column < last else "-") for column, width in enumerate(widths)]
    lines = [
        [
            cell.rjust(width) if 0 < column < last else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        for row in rows
    ]
    return "\n".join("| " + " | ".join(line) + " |" for line in (lines[0], rule, *lines[1:]))


def _render_groups(report: Report) -> str:
    rows = [["", "questions", *_COLUMNS], _row(report.total)]
    for grouping in report.groupings:
        if len(grouping.summaries) > 1:
            rows.append([f"by {grouping.trait}", *[""] * (len(_COLUMNS) + 1)])
            rows.extend(_row(summary) for summary in grouping.summaries)
    return align(rows)


def _row(summary: Summary) -> list[str]:
    return [
        summary.name,
        str(summary.questions),
        *(show_share(summary.shares[name].value) for name in _COLUMNS),
    ]


def _render_total(total: Summary) -> str:
    rows = [["measure", "value", "95% interval", "cases", "what it is"]]
    for each in MEASURES:
        share = total.shares[each.name]
        if share.value is not None:
            interval = _show_interval(share.interval)
            rows.append([each.name, show_share(share.value), interval, str(share.total), each.meaning])
    for name, quantile in (("seconds p50", total.p50), ("seconds p95", total.p95)):
        interval = _show_interval(quantile.interval)
        rows.append([name, show_share(quantile.value), interval, str(total.questions), "time of answering"])
    return align(rows, texts=1)


def show_share(value: float | None) -> str:
    """A share or seconds with three places; a dash where there is no such question."""
    return "-" if value is None else f"{value:.3f}"


def _show_interval(interval: Interval) -> str:
    return f"{show_share(interval.low)} to {show_share(interval.high)}"


def _render_wrong(outcomes: Sequence[Outcome], show_held: bool) -> str:
    wrong = [outcome for outcome in outcomes if outcome.right is False]
    shown = [outcome for outcome in wrong if show_held or not outcome.question.held]
    lines = [f"Wrong: {len(wrong)} of {len(outcomes)}."]
    if len(shown) < len(wrong):
        lines[0] += f" Of these {len(wrong) - len(shown)} are held and not shown."
    for outcome in shown[:WRONG_SHOWN]:
        question = outcome.question
        lines.append(
            f"- {question.id} ({question.type}) {cut(question.text)} -> {cut(outcome.response.text) or '(nothing)'}"
        )
    if len(shown) > WRONG_SHOWN:
        lines.append(
            f"- and {len(shown) - WRONG_SHOWN} more; the JSON report and the page have every question."
        )
    return "\n".join(lines)


def cut(text: str) -> str:
    """The beginning of a text, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= _CUT else text[:_CUT] + "…"


def _summary_record(summary: Summary) -> dict[str, Any]:
    shares = {name: _share_record(share) for name, share in summary.shares.items()}
    seconds: dict[str, Any] = {"p50": summary.p50.value, "p95": summary.p95.value}
    for name, quantile in (("p50", summary.p50), ("p95", summary.p95)):
        seconds[f"{name}_interval"] = [quantile.interval.low, quantile.interval.high]
    return {"questions": summary.questions, **shares, SECONDS: seconds}


def _share_record(share: Share) -> dict[str, Any]:
    bounds = {"low": share.interval.low, "high": share.interval.high}
    return {"value": share.value, "count": share.count, "total": share.total, **bounds}


def _outcome_record(outcome: Outcome, show_held: bool) -> dict[str, Any]:
    question, response = outcome.question, outcome.response
    record: dict[str, Any] = {
        "id": question.id,
        "asked": fingerprint(outcome),
        "type": question.type.value,
        "lang": question.language,
        "split": question.split,
        "refused": response.refused,
        "right": outcome.right,
        "brief": outcome.brief,
        "sharp": outcome.sharp,
        "cited": outcome.cited,
        "citations": len(response.citations),
        "supporting": outcome.supporting,
        "ranks": list(outcome.ranks),
        SECONDS: response.seconds,
        "parts": {name: list(part) for name, part in measure(outcome).items()},
    }
    return record | (_told(outcome) if show_held or not question.held else {})


def _told(outcome: Outcome) -> dict[str, Any]:
    """What a held question keeps to itself."""
    question, response = outcome.question, outcome.response
    return {
        "question": question.text,
        "history": [{"question": turn.question, "answer": turn.answer} for turn in question.history],
        "answers": list(question.answers),
        "key_points": [list(point) for point in question.key_points],
        "note": question.note,
        "answer": response.text,
        "expected": [[piece, expected] for piece, expected in mark_expected(outcome)],
        "faults": list(explain(outcome)),
    }


def fingerprint(outcome: Outcome) -> str:
    """The same for the same question, so that runs are compared on what was asked, not on ids alone."""
    question = outcome.question
    asked = repr((question.text, [(turn.question, turn.answer) for turn in question.history]))
    return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()[:16]
