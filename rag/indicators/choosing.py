"""Which rows of the table are wanted, and in what order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rag.answering.slots.aspects import Outcome
from rag.indicators.row import Row
from rag.text import fold
from rag.types import Period

OPEN = "-"
"""Chooses the rows of which a cell is open."""


class Order(StrEnum):
    """The column that rows are put in order by; `TOLD` is the order in which the files tell them."""

    TOLD = "told"
    INDICATOR = "indicator"
    NUMBER = "number"
    UNIT = "unit"
    REGION = "region"
    PERIOD = "period"
    OUTCOME = "outcome"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a row must be: every word of `words` in it, and each other field, where it is not empty, its own.

    `region` is a full name, `period` as `period_key` writes it, `outcome` a value of `Outcome`; `OPEN` chooses the rows
    of which that cell is open.
    """

    words: str = ""
    region: str = ""
    period: str = ""
    outcome: str = ""
    file: str = ""
    unit: str = ""
    order: Order = Order.TOLD
    descending: bool = False


def choose(rows: Iterable[Row], choice: Choice) -> tuple[Row, ...]:
    """The rows that a choice lets pass, in its order; open cells come last either way."""
    words = fold(choice.words).split()
    chosen = [row for row in rows if _fits(row, choice) and _holds(row, words)]
    if choice.order is Order.TOLD:
        return tuple(reversed(chosen) if choice.descending else chosen)
    filled = [row for row in chosen if not _is_open(row, choice.order)]
    filled.sort(key=lambda row: _key(row, choice.order), reverse=choice.descending)
    return (*filled, *(row for row in chosen if _is_open(row, choice.order)))


def period_key(period: Period | None) -> str:
    """A period as a choice names it: 2023, 2021-2025; `OPEN` for none."""
    if period is None:
        return OPEN
    return str(period.first) if period.first == period.last else f"{period.first}-{period.last}"


def region_key(row: Row) -> str:
    """The full name of a row's region; `OPEN` for none."""
    return row.region.name if row.region else OPEN


def outcome_key(row: Row) -> str:
    """The outcome of a row; `OPEN` for none."""
    return row.outcome.value if row.outcome else OPEN


def _fits(row: Row, choice: Choice) -> bool:
    return (
        choice.region in {"", region_key(row)}
        and choice.period in {"", period_key(row.period)}
        and choice.outcome in {"", outcome_key(row)}
        and choice.file in {"", row.span.file}
        and choice.unit in {"", row.unit or OPEN}
    )


def _holds(row: Row, words: Sequence[str]) -> bool:
    """Whether every one of these folded words stands in a row."""
    if not words:
        return True
    searched = _searched(row)
    return all(word in searched for word in words)


def _searched(row: Row) -> str:
    """What words are looked for in, folded."""
    place = row.region.name if row.region else ""
    time = row.period.label if row.period else ""
    return fold(
        "\n".join((row.indicator, row.qualifier + row.value, row.unit, row.change, place, time, row.title))
    )


def _is_open(row: Row, order: Order) -> bool:
    return {
        Order.INDICATOR: not row.indicator,
        Order.NUMBER: row.number is None,
        Order.UNIT: not row.unit,
        Order.REGION: row.region is None,
        Order.PERIOD: row.period is None,
        Order.OUTCOME: row.outcome is None,
    }.get(order, False)


def _key(row: Row, order: Order) -> tuple[object, ...]:
    """What rows are compared by; numbers only within their unit."""
    number = row.signed if row.signed is not None else Decimal(0)
    match order:
        case Order.INDICATOR:
            return (row.indicator,)
        case Order.NUMBER:
            return row.unit, number
        case Order.UNIT:
            return (row.unit,)
        case Order.REGION:
            return row.region.path if row.region else ()
        case Order.PERIOD:
            return (row.period.last, row.period.first) if row.period else ()
        case Order.OUTCOME:
            return (list(Outcome).index(row.outcome) if row.outcome else 0,)
        case _:
            return (row.span.file, row.span.start)
