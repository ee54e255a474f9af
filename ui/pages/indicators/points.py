"""What is plotted: the rows of one indicator in one measure, and which indicators have enough of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rag.answering.slots.aspects import Aspect, Outcome
from rag.indicators.choosing import period_key
from rag.indicators.row import Row
from rag.text import fold


@dataclass(frozen=True, slots=True)
class Point:
    """A figure of a plot: its row, and the number that is drawn (below zero for a fall)."""

    row: Row
    number: Decimal

    @property
    def is_reached(self) -> bool:
        """Whether it is a result, drawn filled."""
        return self.row.outcome not in {Outcome.PLAN, Outcome.ESTIMATE}

    @property
    def region(self) -> str:
        """The full name of its region."""
        return self.row.region.name if self.row.region else ""


def measure_of(row: Row) -> str:
    """What of an indicator a row measures, as an address names it: unit|aspect."""
    return f"{row.unit}|{row.aspect.value}"


def unfold(name: str) -> str:
    """What two names of one indicator share."""
    return "".join(fold(name).split())


def is_plotted(row: Row) -> bool:
    """Whether a row can be a point: named, with a number, a region and a period; no place in an order."""
    return bool(
        row.indicator
        and row.number is not None
        and row.region
        and row.period
        and row.aspect is not Aspect.RATIO
        and not row.value.startswith("第")
    )


def find_plottable(rows: Iterable[Row]) -> frozenset[tuple[str, str]]:
    """Name and measure of each indicator that is told of two periods or two regions at least."""
    places: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for row in rows:
        if is_plotted(row) and row.region and row.period:
            places[unfold(row.indicator), measure_of(row)].add((row.region.name, period_key(row.period)))
    return frozenset(key for key, told in places.items() if len(told) > 1)


def find_measures(rows: Iterable[Row], indicator: str) -> tuple[str, ...]:
    """The measures of an indicator, the one with most rows first."""
    name = unfold(indicator)
    counted = Counter(measure_of(row) for row in rows if is_plotted(row) and unfold(row.indicator) == name)
    return tuple(measure for measure, _ in counted.most_common())


def find_points(rows: Iterable[Row], indicator: str, measure: str) -> tuple[Point, ...]:
    """The points of an indicator in one measure, by period, then by region."""
    name = unfold(indicator)
    found = [
        Point(row, row.signed)
        for row in rows
        if is_plotted(row)
        and measure_of(row) == measure
        and unfold(row.indicator) == name
        and row.signed is not None
    ]
    return tuple(
        sorted(found, key=lambda point: (when(point), point.region, not point.is_reached, point.row.id))
    )


def when(point: Point) -> tuple[int, int, str]:
    """Where a point stands in time: by the last year, then the first."""
    period = point.row.period
    return (period.last, period.first, period.label) if period else (0, 0, "")


def regions_of(points: Sequence[Point]) -> tuple[str, ...]:
    """The regions of points, those with most points first, then as they come."""
    counted = Counter(point.region for point in points)
    return tuple(region for region, _ in counted.most_common())


def write_number(number: Decimal) -> str:
    """A number as a plot writes it: 1.2万亿, 6500亿, 29, 4.25."""
    for size, name in ((Decimal(10) ** 12, "万亿"), (Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万")):
        if abs(number) >= size:
            return f"{_short(number / size)}{name}"
    return _short(number)


def _short(number: Decimal) -> str:
    text = format(round(number, 4), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
