"""The page that plots one indicator, over periods or over regions, with the figures it is drawn from."""

from collections.abc import Sequence
from html import escape

from rag.answering.slots.aspects import Aspect
from rag.indicators.choosing import Order, period_key
from rag.indicators.row import Row
from ui.pages.frame import Frame
from ui.pages.indicators.points import Point, find_measures, find_points, regions_of, when
from ui.pages.indicators.query import BadQuery, PlotQuery
from ui.pages.indicators.svg import MOST_SERIES, draw_periods, draw_regions
from ui.pages.indicators.table import PATH, drawer, render_row
from ui.pages.indicators.texts import Words

_CURRENT = ' aria-current="true"'


def render_plot(frame: Frame, words: Words, rows: Sequence[Row], query: PlotQuery) -> str:
    """The page below the bar (BadQuery where the indicator has no such measure or period)."""
    measures = find_measures(rows, query.indicator)
    if not measures:
        raise BadQuery("indicator", "no_points")
    measure = query.measure or measures[0]
    if measure not in measures:
        raise BadQuery("measure", "measure")
    points = find_points(rows, query.indicator, measure)
    chosen = points if query.over == "period" else _of_period(points, query.period)
    title = _title(words, chosen[0].row.indicator, measure)
    drawing = draw_periods(chosen, title) if query.over == "period" else draw_regions(chosen, title)
    documents = len({point.row.span.file for point in chosen})
    return (
        f'<p class="row"><a href="{escape(frame.link(PATH))}">{escape(words.back)}</a></p>'
        f'<div class="page-head"><div><h1>{escape(points[0].row.indicator)}</h1>'
        f'<p class="lead">{escape(words.plot_lead.format(count=len(chosen), documents=documents))}</p></div></div>'
        f"{_controls(frame, words, query, measures, measure, points, chosen)}"
        f'<figure class="panel figure">{_legend(chosen) if query.over == "period" else ""}'
        f'<div class="plot-frame" tabindex="0" role="group" aria-label="{escape(title)}">{drawing}</div></figure>'
        f"{_left_out(words, chosen, query)}<h2>{escape(words.points)}</h2>{_points(frame, words, chosen)}{drawer(words)}"
    )


def _of_period(points: Sequence[Point], wanted: str) -> tuple[Point, ...]:
    """The points of one period: the one wanted, else the newest of those that most regions are told of."""
    periods: dict[str, list[Point]] = {}
    for point in points:
        periods.setdefault(period_key(point.row.period), []).append(point)
    if wanted and wanted not in periods:
        raise BadQuery("period", "no_row")
    chosen = wanted or max(periods, key=lambda key: (len(regions_of(periods[key])), when(periods[key][0])))
    return tuple(periods[chosen])


def _title(words: Words, indicator: str, measure: str) -> str:
    unit, _, aspect = measure.rpartition("|")
    return f"{indicator} · {_name(words, aspect, unit)}"


def _name(words: Words, aspect: str, unit: str) -> str:
    """A measure as it is shown: 增减（%）."""
    name = words.aspects[Aspect(aspect)]
    return f"{name}（{unit}）" if unit else name


def _controls(
    frame: Frame,
    words: Words,
    query: PlotQuery,
    measures: Sequence[str],
    measure: str,
    points: Sequence[Point],
    chosen: Sequence[Point],
) -> str:
    tabs = "".join(
        f'<a class="button small" href="{escape(frame.link(f"{PATH}/plot", indicator=query.indicator, measure=measure, over=over))}"'
        f"{_CURRENT if query.over == over else ''}>{escape(name)}</a>"
        for over, name in (("period", words.over_period), ("region", words.over_region))
    )
    fields = ""
    if len(measures) > 1:
        listed = [(each, _name(words, each.rpartition("|")[2], each.rpartition("|")[0])) for each in measures]
        fields += _select("measure", words.measured, listed, measure)
    else:
        fields += f'<input type="hidden" name="measure" value="{escape(measure)}">'
    periods = {period_key(point.row.period): point.row.period for point in points}
    if query.over == "region" and len(periods) > 1:
        named = [(key, period.label if period else key) for key, period in periods.items()]
        fields += _select("period", words.period, named, period_key(chosen[0].row.period))
    button = f'<button class="button">{escape(words.show)}</button>' if "<select" in fields else ""
    return (
        f'<form class="filters plot-controls" method="get" action="{escape(frame.root)}/{PATH}/plot">'
        f'<div class="row tabs">{tabs}</div><input type="hidden" name="indicator" value="{escape(query.indicator)}">'
        f'<input type="hidden" name="over" value="{query.over}"><input type="hidden" name="lang" value="{escape(frame.language)}">'
        f"{fields}{button}</form>"
    )


def _select(name: str, label: str, options: Sequence[tuple[str, str]], chosen: str) -> str:
    listed = "".join(
        f'<option value="{escape(key)}"{" selected" if key == chosen else ""}>{escape(shown)}</option>'
        for key, shown in options
    )
    return f'<label class="labelled">{escape(label)}<select class="input" name="{name}">{listed}</select></label>'


def _legend(points: Sequence[Point]) -> str:
    items = "".join(
        f'<li class="series-{number}"><span class="swatch" aria-hidden="true"></span>{escape(region)}</li>'
        for number, region in enumerate(regions_of(points)[:MOST_SERIES])
    )
    return f'<ul class="legend">{items}</ul>'


def _left_out(words: Words, points: Sequence[Point], query: PlotQuery) -> str:
    left = len(regions_of(points)) - MOST_SERIES
    if query.over != "period" or left <= 0:
        return ""
    return f'<p class="soft">{escape(words.series_left.format(count=left))}</p>'


def _points(frame: Frame, words: Words, points: Sequence[Point]) -> str:
    heads = "".join(
        f'<th scope="col"{" class=number" if column is Order.NUMBER else ""}>{escape(words.columns[column] if column else words.measure)}</th>'
        for column in (
            Order.INDICATOR, Order.NUMBER, Order.UNIT, None, Order.REGION, Order.PERIOD, Order.OUTCOME, Order.DOCUMENT,
        )
    )  # fmt: skip
    rows = "".join(render_row(frame, words, point.row, frozenset()) for point in points)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(words.points)}">'
        f'<table class="data indicators"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    )
