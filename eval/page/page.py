"""The page of a report: head, key figures, tables, plots, the browser of questions, what the run was made with."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from eval.bootstrap import Interval
from eval.measures import MEASURES, Outcome
from eval.page.data import render_data
from eval.page.plots import plot_calibration, plot_groups, plot_latency, plot_refusals
from eval.runner import Report
from eval.runs import Header
from eval.summary import Grouping, Quantile, Summary

_FOLDER = Path(__file__).parent
_KEY = ("right", "brief", "sharp", "cited", "precision", "refused", "false_refusals", "recall@5")
"""The measures at the top of the page."""
_FALLS = {each.name for each in MEASURES if not each.rises}


def render_page(report: Report, header: Header, title: str, show_held: bool = False) -> str:
    """The whole page. Of held questions only the measures are told, unless `show_held`."""
    shown = [outcome for outcome in report.outcomes if show_held or not outcome.question.held]
    template = Template((_FOLDER / "page.html").read_text("utf-8"))
    return template.substitute(
        title=escape(title),
        subtitle=escape(_subtitle(report, header)),
        style=(_FOLDER / "page.css").read_text("utf-8"),
        cards=_render_cards(report.total),
        plots=_render_plots(report),
        total=_render_total(report.total),
        groups="".join(_render_grouping(each) for each in report.groupings if len(each.summaries) > 1),
        held=_render_held(len(report.outcomes) - len(shown)),
        choices="".join(f"<option>{escape(name)}</option>" for name in _types(shown)),
        problems=_render_problems(report.problems),
        settings=_render_settings(header),
        data=render_data(shown),
        script=(_FOLDER / "page.js").read_text("utf-8"),
    )


def _subtitle(report: Report, header: Header) -> str:
    settings = header.settings
    over = (
        f"{settings['documents']:,} documents, {settings['passages']:,} passages"
        if "passages" in settings
        else ""
    )
    return " · ".join(filter(None, (f"{report.total.questions:,} questions", over, header.started)))


def _render_cards(total: Summary) -> str:
    cards = [
        _card(name, _show(share.value), _bounds(share.interval))
        for name in _KEY
        if (share := total.shares[name]).value is not None
    ]
    return "".join([*cards, _time_card(total.p50)])


def _card(name: str, value: str, bounds: str) -> str:
    return f"<div class=card><b>{escape(_name(name))}</b><strong>{value}</strong><span>{bounds}</span></div>"


def _time_card(quantile: Quantile) -> str:
    low, high = (_milliseconds(value) for value in (quantile.interval.low, quantile.interval.high))
    return _card("p50, ms", _milliseconds(quantile.value), f"{low} – {high}")


def _render_plots(report: Report) -> str:
    types = report.groupings[0]
    plots = (plot_groups(types, "right"), plot_refusals(report.outcomes), plot_latency(report.outcomes))
    return "".join([*plots, plot_calibration(report.outcomes)])


def _render_total(total: Summary) -> str:
    rows = []
    for each in MEASURES:
        share = total.shares[each.name]
        if share.value is not None:
            rows.append(
                f"<tr><th scope=row>{escape(_name(each.name))}</th><td>{_bar(share.value, each.name)}</td>"
                f"<td class=n>{_show(share.value)}</td><td class=n>{_bounds(share.interval)}</td>"
                f"<td class=n>{share.total:,}</td><td class=why>{escape(each.meaning)}</td></tr>"
            )
    rows += [_quantile_row(name, each, total) for name, each in (("p50", total.p50), ("p95", total.p95))]
    return _table(("measure", "", "value", "95% interval", "cases", "what it is"), rows)


def _quantile_row(name: str, quantile: Quantile, total: Summary) -> str:
    low, high = (_milliseconds(value) for value in (quantile.interval.low, quantile.interval.high))
    return (
        f"<tr><th scope=row>{name}</th><td></td><td class=n>{_milliseconds(quantile.value)} ms</td>"
        f"<td class=n>{low} – {high}</td><td class=n>{total.questions:,}</td><td class=why>time of answering</td></tr>"
    )


def _render_grouping(grouping: Grouping) -> str:
    # Of one type, refusals are all right or all wrong.
    left_out = {"refusal_precision"} if grouping.trait == "type" else set()
    named = [
        each.name
        for each in MEASURES
        if each.name not in left_out and any(s.shares[each.name].total for s in grouping.summaries)
    ]
    rows = []
    for summary in grouping.summaries:
        cells = "".join(_cell(summary, name) for name in named)
        rows.append(
            f"<tr><th scope=row>{escape(summary.name)}</th><td class=n>{summary.questions:,}</td>{cells}"
            f"<td class=n>{_milliseconds(summary.p50.value)}</td></tr>"
        )
    head = ("", "questions", *map(_name, named), "p50 ms")
    opened = " open" if grouping.trait == "type" else ""
    return f"<details{opened}><summary>By {escape(grouping.trait)}</summary>{_table(head, rows)}</details>"


def _cell(summary: Summary, name: str) -> str:
    share = summary.shares[name]
    if share.value is None:
        return "<td class='n soft'>–</td>"
    told = f"{share.value:.3f}, {_bounds(share.interval)}, {share.total} cases"
    return f"<td class=n title='{escape(told)}'>{_show(share.value)}</td>"


def _table(head: Iterable[str], rows: Sequence[str]) -> str:
    cells = "".join(f"<th scope=col>{escape(name)}</th>" for name in head)
    return f"<div class=scroll><table><thead><tr>{cells}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"


def _render_held(count: int) -> str:
    if not count:
        return ""
    return f"<p class=soft>{count:,} held questions are counted in the measures and not shown here.</p>"


def _render_problems(problems: Sequence[str]) -> str:
    if not problems:
        return ""
    items = "".join(f"<li>{escape(problem)}</li>" for problem in problems)
    return f"<section id=problems><h2>Problems</h2><ul>{items}</ul></section>"


def _render_settings(header: Header) -> str:
    fingerprints = {"questions": header.questions, "index": header.index or "none", "code": header.code}
    groups: tuple[tuple[str, dict[str, Any]], ...] = (
        ("settings", dict(header.settings)),
        ("fingerprints", fingerprints | {"run": header.fingerprint}),
        ("versions", dict(header.versions)),
    )
    return "".join(
        f"<div><h3>{name}</h3><dl>"
        + "".join(
            f"<dt>{escape(str(key))}</dt><dd>{escape(str(value))}</dd>" for key, value in values.items()
        )
        + "</dl></div>"
        for name, values in groups
    )


def _types(outcomes: Sequence[Outcome]) -> list[str]:
    return list(dict.fromkeys(outcome.question.type.value for outcome in outcomes))


def _name(measure: str) -> str:
    return measure.replace("_", " ")


def _show(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _milliseconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{1000 * seconds:.0f}"


def _bounds(interval: Interval) -> str:
    return f"{_show(interval.low)} – {_show(interval.high)}"


def _bar(value: float, name: str) -> str:
    kind = " class=bad" if name in _FALLS else ""
    return f"<meter{kind} min=0 max=1 value={value:.4f}></meter>"
