"""What the address of the page asks for, checked: a parameter that means nothing is refused with the reason."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rag.answering.slots.aspects import Aspect
from rag.errors import GanwenError
from rag.indicators.choosing import OPEN, Choice, Order, outcome_key, period_key, region_key
from rag.indicators.row import Row

LONGEST_WORDS = 200
"""Characters of a search."""
LARGEST = 10**9
"""No offset or page is larger."""

_DIGITS = re.compile(r"[0-9]{1,10}")


class BadQuery(GanwenError):
    """A parameter of the address is unknown, missing or out of range: which, and a key of `Words.reasons` that says why."""

    def __init__(self, name: str, reason: str, **values: object) -> None:
        super().__init__(f"{name}: {reason} {values or ''}".strip())
        self.name = name
        self.reason = reason
        self.values = values


@dataclass(frozen=True, slots=True)
class Options:
    """What each filter may be, in the order shown: key and name."""

    regions: tuple[tuple[str, str], ...]
    periods: tuple[tuple[str, str], ...]
    outcomes: tuple[str, ...]
    units: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlotQuery:
    """Which indicator is plotted; `measure` is its unit and aspect (unit|aspect) or empty for what most rows have."""

    indicator: str
    measure: str
    over: str
    period: str


def read_options(rows: Iterable[Row]) -> Options:
    """The values that the filters may have for these rows."""
    held = tuple(rows)
    regions = {region_key(row): row.region for row in held}
    periods = {period_key(row.period): row.period for row in held}
    return Options(
        tuple(
            (key, key)
            for key, region in sorted(
                regions.items(), key=lambda each: each[1].path if each[1] else ("\uffff",)
            )
        ),
        tuple(
            (key, _years(period.first, period.last) if period else OPEN)
            for key, period in sorted(
                periods.items(), key=lambda each: (each[1] is None, -each[1].last if each[1] else 0, each[0])
            )
        ),
        tuple(sorted({outcome_key(row) for row in held}, key=lambda key: (key == OPEN, key))),
        tuple(sorted({row.unit or OPEN for row in held}, key=lambda unit: (unit == OPEN, unit))),
        tuple(sorted({row.span.file for row in held})),
    )


def _years(first: int, last: int) -> str:
    return f"{first}年" if first == last else f"{first}—{last}年"


def read_choice(query: Mapping[str, str], options: Options) -> Choice:
    """The choice that an address makes (BadQuery)."""
    words = query.get("q", "")
    if len(words) > LONGEST_WORDS:
        raise BadQuery("q", "too_long", most=LONGEST_WORDS)
    order = query.get("sort", Order.TOLD.value)
    if order not in {each.value for each in Order}:
        raise BadQuery("sort", "one_of", known=", ".join(Order))
    direction = query.get("direction", "up")
    if direction not in {"up", "down"}:
        raise BadQuery("direction", "one_of", known="up, down")
    return Choice(
        words=words,
        region=_one_of(query, "region", [key for key, _ in options.regions]),
        period=_one_of(query, "period", [key for key, _ in options.periods]),
        outcome=_one_of(query, "outcome", options.outcomes),
        file=_one_of(query, "file", options.files),
        unit=_one_of(query, "unit", options.units),
        order=Order(order),
        descending=direction == "down",
    )


def _one_of(query: Mapping[str, str], name: str, known: Iterable[str]) -> str:
    value = query.get(name, "")
    if value and value not in set(known):
        raise BadQuery(name, "no_row")
    return value


def read_page(query: Mapping[str, str], pages: int) -> int:
    """The page of the table, from 1 (BadQuery)."""
    page = _number(query, "page", "1")
    if not 1 <= page <= pages:
        raise BadQuery("page", "range", least=1, most=pages)
    return page


def _number(query: Mapping[str, str], name: str, default: str = "") -> int:
    value = query.get(name, default)
    if not _DIGITS.fullmatch(value) or int(value) > LARGEST:
        raise BadQuery(name, "range", least=0, most=LARGEST)
    return int(value)


def read_plot(query: Mapping[str, str]) -> PlotQuery:
    """What an address wants plotted (BadQuery)."""
    indicator, measure = query.get("indicator", ""), query.get("measure", "")
    if not 1 <= len(indicator) <= LONGEST_WORDS:
        raise BadQuery("indicator", "name", most=LONGEST_WORDS)
    over = query.get("over", "period")
    if over not in {"period", "region"}:
        raise BadQuery("over", "one_of", known="period, region")
    unit, bar, aspect = measure.rpartition("|")
    if measure and (not bar or aspect not in {each.value for each in Aspect} or len(unit) > LONGEST_WORDS):
        raise BadQuery("measure", "measure")
    return PlotQuery(indicator, measure, over, query.get("period", "")[:LONGEST_WORDS])
