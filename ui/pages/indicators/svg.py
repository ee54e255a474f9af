"""Plots as SVG, drawn by the server: lines over periods, bars over regions. Colours are classes of the stylesheet."""

import math
from collections.abc import Iterator, Sequence
from decimal import ROUND_FLOOR, Decimal
from html import escape
from itertools import groupby, pairwise

from ui.pages.indicators.points import Point, regions_of, when, write_number

MOST_SERIES = 6
MOST_BARS = 24
WIDTH, HEIGHT = 1080, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 24, 24, 44
_BAR, _BAR_GAP, _BAR_LABEL, _BAR_VALUE = 26, 12, 200, 120
_TICKS = 4
_TEXT = 17


def draw_periods(points: Sequence[Point], title: str) -> str:
    """Points over the periods they are of, a line for each of the first MOST_SERIES regions."""
    regions = regions_of(points)[:MOST_SERIES]
    shown = [point for point in points if point.region in regions]
    periods = list(dict.fromkeys(when(point) for point in shown))
    low, high, step = _scale([point.number for point in shown], zero=False)
    parts = [_axis(low, high, step)]
    for place, period in enumerate(periods):
        x = _x(place, len(periods))
        parts.append(
            f'<text class="tick" x="{x:.1f}" y="{HEIGHT - _BOTTOM + 24}" text-anchor="middle">{escape(period[2])}</text>'
        )
    at = {
        id(point): (_x(periods.index(when(point)), len(periods)), _y(point.number, low, high))
        for point in shown
    }
    for number, region in enumerate(regions):
        own = [(*at[id(point)], point) for point in shown if point.region == region]
        parts.append(f'<g class="series-{number}">{_line(own)}{"".join(_dot(*each) for each in own)}</g>')
    parts.extend(_labels([(*at[id(point)], point) for point in shown]))
    return _svg(WIDTH, HEIGHT, title, "".join(parts))


def draw_regions(points: Sequence[Point], title: str) -> str:
    """A bar for each region, the longest first; a hollow one for what is planned or expected."""
    shown = sorted(points, key=lambda point: -point.number)[:MOST_BARS]
    height = _TOP + len(shown) * (_BAR + _BAR_GAP) + 8
    low, high, _ = _scale([point.number for point in shown], zero=True)
    span = WIDTH - _BAR_LABEL - _BAR_VALUE
    zero = _BAR_LABEL + span * float(-low / (high - low)) if high > low else _BAR_LABEL
    parts = [f'<line class="zero" x1="{zero:.1f}" y1="{_TOP - 8}" x2="{zero:.1f}" y2="{height - 8}"/>']
    for place, point in enumerate(shown):
        y = _TOP + place * (_BAR + _BAR_GAP)
        end = _BAR_LABEL + span * float((point.number - low) / (high - low)) if high > low else zero
        kind = "bar" if point.is_reached else "bar hollow"
        label = point.row.region.path[-1] if point.row.region else ""
        parts.append(
            f'<g class="series-0"><title>{escape(_tell(point))}</title>'
            f'<text class="label" x="{_BAR_LABEL - 12}" y="{y + 18}" text-anchor="end">{escape(label[:14])}</text>'
            f'<rect class="{kind}" x="{min(zero, end):.1f}" y="{y}" width="{max(abs(end - zero), 1.5):.1f}" height="{_BAR}" rx="3"/>'
            f'<text class="value" x="{max(zero, end) + 8:.1f}" y="{y + 18}">{escape(_value(point))}</text></g>'
        )
    return _svg(WIDTH, height, title, "".join(parts))


def _svg(width: int, height: int, title: str, parts: str) -> str:
    return (
        f'<svg class="plot" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{parts}</svg>"
    )


def _axis(low: Decimal, high: Decimal, step: Decimal) -> str:
    parts, value = [], low
    while value <= high:
        y = _y(value, low, high)
        kind = "zero" if value == 0 else "grid"
        parts.append(
            f'<line class="{kind}" x1="{_LEFT}" y1="{y:.1f}" x2="{WIDTH - _RIGHT}" y2="{y:.1f}"/>'
            f'<text class="tick" x="{_LEFT - 10}" y="{y + 4:.1f}" text-anchor="end">{write_number(value)}</text>'
        )
        value += step
    return "".join(parts)


def _line(at: Sequence[tuple[float, float, Point]]) -> str:
    """The line through the points, dashed to what is planned or expected."""
    return "".join(
        f'<line class="{"line" if b[2].is_reached else "line dashed"}" x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}"/>'
        for a, b in pairwise(at)
        if a[0] != b[0]
    )


def _dot(x: float, y: float, point: Point) -> str:
    kind = "dot" if point.is_reached else "dot hollow"
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="5"><title>{escape(_tell(point))}</title></circle>'


def _labels(at: Sequence[tuple[float, float, Point]]) -> Iterator[str]:
    """The figures beside their points: above one that stands alone, left and right by turns where several are close."""
    for _, column in groupby(sorted(at, key=lambda each: (each[0], each[1])), key=lambda each: each[0]):
        for close in _clusters(list(column)):
            lowest = [0.0, 0.0]
            for place, (x, y, point) in enumerate(close):
                side = place % 2
                anchor, dx = (("end", -12), ("start", 12))[side] if len(close) > 1 else ("middle", 0)
                level = max(y + 5, lowest[side] + _TEXT) if len(close) > 1 else y - 12
                lowest[side] = level
                yield (
                    f'<text class="value" x="{x + dx:.1f}" y="{level:.1f}" text-anchor="{anchor}">'
                    f"{escape(_value(point))}</text>"
                )


def _clusters(column: Sequence[tuple[float, float, Point]]) -> Iterator[list[tuple[float, float, Point]]]:
    """Points of one period, from the top, those that stand too close for their labels together."""
    cluster: list[tuple[float, float, Point]] = []
    for each in column:
        if cluster and each[1] - cluster[-1][1] > 2 * _TEXT:
            yield cluster
            cluster = []
        cluster.append(each)
    if cluster:
        yield cluster


def _value(point: Point) -> str:
    """The figure as told, its qualifier before or after it as reports write them."""
    row = point.row
    sign = "-" if row.falls and not row.value.startswith("-") else ""
    return f"{sign}{row.told}"


def _tell(point: Point) -> str:
    row = point.row
    return " ".join(
        part for part in (point.region, row.period.label if row.period else "", row.change, row.told) if part
    )


def _x(place: int, count: int) -> float:
    return _LEFT + (WIDTH - _LEFT - _RIGHT) * (place + 0.5) / count


def _y(value: Decimal, low: Decimal, high: Decimal) -> float:
    share = float((value - low) / (high - low)) if high > low else 0.5
    return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * share


def _scale(numbers: Sequence[Decimal], zero: bool) -> tuple[Decimal, Decimal, Decimal]:
    """The ends of an axis and the step of its ticks (1, 2 or 5 times a power of ten)."""
    low, high = min(numbers), max(numbers)
    if zero:
        low, high = min(low, Decimal(0)), max(high, Decimal(0))
    if low == high:
        pad = abs(low) / 10 or Decimal(1)
        low, high = low - pad, high + pad
    elif not zero:
        pad = (high - low) / 8
        low, high = (low - pad if low < 0 or low - pad >= 0 else Decimal(0)), high + pad
    rough = float(high - low) / _TICKS
    power = math.floor(math.log10(rough))
    step = next(s for s in (1, 2, 5, 10) if s * 10.0**power >= rough)
    size = Decimal(step).scaleb(power)
    if zero:
        return low, high, size
    return _floor(low / size) * size, -_floor(-high / size) * size, size


def _floor(number: Decimal) -> Decimal:
    return number.to_integral_value(ROUND_FLOOR)
