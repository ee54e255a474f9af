"""The rows of the table of indicators side by side: one a place or a year, as an answer's lines."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rag.answering.lines import Line, Weigh
from rag.answering.orders import blank_orders
from rag.answering.slots.aspects import Aspect, Outcome
from rag.answering.slots.figure_lines import label_slot
from rag.answering.slots.unit_fit import UNIT_CLASH, fit_unit
from rag.answering.wording import name_slot
from rag.indicators.across import Across, Over
from rag.indicators.extraction import Told, read_passage
from rag.lexical import tokenize
from rag.store import Index
from rag.text import fold
from rag.types import AnswerKind, Chunk, Filter, Level, Period, Question, Region, Slot

READ = 200
"""Passages whose words are nearest to the question that are read for its rows: about a quarter of a second at most."""
MOST = 20
"""Lines of an answer."""
# Shares of words' worth, by which a row's name is what is asked for; set by hand, not tuned.
_NAMED, _ALIKE = 0.6, 0.9
# Words of a name that make another statistic of it.
_QUALIFIERS = ("人均", "单位", "城镇", "农村", "户籍", "能耗")
_DONE = re.compile("^全社会|(?:完成|实现|达到)$")


@dataclass(frozen=True, slots=True)
class Compared:
    """The lines of the rows found, one a place or a year, and the question as they answer it.

    Where a limit is asked for (超过5%), `least` is 1: one row that passes it is an answer, else there must be two.
    """

    question: Question
    lines: tuple[Line, ...]
    least: int = 2


@dataclass(frozen=True, slots=True)
class _Found:
    """A row with its passage and how much its name is what was asked for (0..1)."""

    chunk: Chunk
    told: Told
    named: float


def compare_rows(question: Question, across: Across, index: Index, weigh: Weigh, filter: Filter) -> Compared:
    """The rows that answer, highest or earliest first."""
    found = _of_indicator(question, across, index, weigh, filter)
    chosen = _of_places(found, question, across) if across.over is Over.PLACES else _of_years(found, question)
    slots = tuple(Slot(each.told.row.region, each.told.row.period) for each in chosen)
    asked_of = replace(question, kind=AnswerKind.COMPARISON, slots=slots or question.slots)
    least = 1 if across.limit else 2
    lines = tuple(_line(each, across, question.language) for each in chosen[:MOST])
    return Compared(asked_of, lines, least)


def fill_slots(
    question: Question, across: Across, index: Index, weigh: Weigh, filter: Filter
) -> tuple[Line, ...]:
    """A row for each place and year that a question names, in its order; none where one of them has none."""
    found = _of_indicator(question, across, index, weigh, filter)
    rows = [
        max(fitting, key=_newest)
        for slot in question.slots
        if (fitting := [e for e in found if _fills(e, slot)])
    ]
    if len(rows) < len(question.slots):
        return ()
    return tuple(
        replace(_line(row, across, question.language), label=label_slot(question, slot))
        for row, slot in zip(rows, question.slots, strict=True)
    )


def _newest(found: _Found) -> int:
    return _period(found).last


def _fills(found: _Found, slot: Slot) -> bool:
    if slot.region is not None and found.told.row.region != slot.region:
        return False
    return slot.period is None or _period(found).overlaps(slot.period)


def _of_indicator(
    question: Question, across: Across, index: Index, weigh: Weigh, filter: Filter
) -> list[_Found]:
    """The rows whose name is what was asked for, of the aspect asked, in the unit that most have."""
    named = [each for each in _search(across, index, weigh, filter) if each.named >= _NAMED]
    best = max((each.named for each in named), default=0.0)
    return _of_one_unit([e for e in named if e.named >= best * _ALIKE and _is_asked(e, question, across)])


def _search(across: Across, index: Index, weigh: Weigh, filter: Filter) -> Iterator[_Found]:
    whole = frozenset[str]().union(*across.names)
    rows, _ = index.lexical.search(across.words.replace("/", " "), READ, index.rows_allowed(filter))
    for chunk in map(blank_orders, index.chunks(sorted(int(row) for row in rows))):
        if whole.isdisjoint(tokenize(fold(chunk.header + chunk.text))):
            continue
        for told in read_passage(chunk, index.document(chunk.file), Counter()):
            caption = frozenset(tokenize(fold(chunk.text.partition("|")[0]))) if told.of_row else frozenset()
            named = _named(told.row.indicator, across.words, across.names, whole, weigh, caption)
            yield _Found(chunk, told, named)


def _named(
    indicator: str,
    words: str,
    variants: Iterable[frozenset[str]],
    whole: frozenset[str],
    weigh: Weigh,
    caption: frozenset[str],
) -> float:
    """How much a row's name and the words asked for are the same: the harmonic mean of what each holds of the other.

    The words of its table's caption may be asked for too (快递业务量 for 业务量).
    """
    folded = _DONE.sub("", fold(indicator))
    if "/" not in words and any((word in folded) != (word in words) for word in _QUALIFIERS):
        return 0.0
    name = frozenset(tokenize(folded))
    total = sum(map(weigh, name))
    if not name & whole:
        return 0.0
    told = name | caption
    recall = max(sum(map(weigh, each & told)) / sum(map(weigh, each)) for each in variants)
    precision = sum(map(weigh, name & whole)) / total
    return 2 * recall * precision / (recall + precision)


def _is_asked(found: _Found, question: Question, across: Across) -> bool:
    """Whether a row has a place, one year and a figure of the kind that is asked for."""
    row, figure = found.told.row, found.told.figure
    if row.number is None or row.upper is not None or row.region is None or row.period is None:
        return False
    is_plan = row.outcome is Outcome.PLAN
    if figure.ordinal or row.period.first != row.period.last or is_plan != bool(question.plan):
        return False
    is_open = across.over is Over.PLACES and not across.ordered  # one figure is asked of a place left open
    if is_open and fit_unit(fold(question.understood), figure, across.aspect) <= UNIT_CLASH:
        return False
    return row.aspect is across.aspect or {row.aspect, across.aspect} == {Aspect.LEVEL, Aspect.TOTAL}


def _of_one_unit(found: Sequence[_Found]) -> list[_Found]:
    """The rows of the unit that most have."""
    units = Counter(each.told.row.unit for each in found)
    return [each for each in found if each.told.row.unit == units.most_common(1)[0][0]]


def _of_places(found: Sequence[_Found], question: Question, across: Across) -> list[_Found]:
    """A row a place, of one year: the one asked for, else the one that most places tell of, the newest of those."""
    found = [each for each in found if _lies(each.told.row.region, question.slots[0].region, across.levels)]
    wanted = question.slots[0].period
    if wanted is not None:
        found = [each for each in found if _period(each).overlaps(wanted)]
    places: dict[int, set[Region | None]] = {}
    for each in found:
        places.setdefault(_period(each).last, set()).add(each.told.row.region)
    if not places:
        return []
    year = max(places, key=lambda year: (len(places[year]), year))
    rows: dict[Region | None, _Found] = {}
    for each in sorted(found, key=lambda each: -each.named):
        if _period(each).last == year:
            rows.setdefault(each.told.row.region, each)
    beside = _beside(list(rows.values()), across)
    if across.count and len(beside) < across.count:  # 三个县, of which only two have the figure
        return []
    passing = [each for each in beside if _passes(each, across)]
    return sorted(passing, key=lambda each: _amount(each, across), reverse=not across.lowest)


def _beside(rows: list[_Found], across: Across) -> list[_Found]:
    """Places that stand side by side: of an order those of the level that most have, of what is left open the outermost."""
    regions = [region for each in rows if (region := each.told.row.region) is not None]
    if across.each:
        return rows
    if not across.ordered:
        return [each for each in rows if not any(_holds(other, each.told.row.region) for other in regions)]
    level, count = Counter(region.level for region in regions).most_common(1)[0]
    return [
        each for each in rows if count < 2 or (each.told.row.region and each.told.row.region.level is level)
    ]


def _holds(outer: Region, inner: Region | None) -> bool:
    return inner is not None and outer != inner and outer.contains(inner)


def _passes(found: _Found, across: Across) -> bool:
    if across.falling and not found.told.row.falls:
        return False
    return across.limit is None or across.limit.passes(_amount(found, across), found.told.row.unit)


def _of_years(found: Sequence[_Found], question: Question) -> list[_Found]:
    """A row a year of one place: the one asked for, else the one that most years tell of, the widest of those."""
    wanted = {slot.region for slot in question.slots} - {None}
    spans = [slot.period for slot in question.slots if slot.period is not None]
    years: dict[Region, dict[int, _Found]] = {}
    for each in found:
        region, period = each.told.row.region, _period(each)
        if region is None or (wanted and region not in wanted):
            continue
        if spans and not min(s.first for s in spans) <= period.last <= max(s.last for s in spans):
            continue
        years.setdefault(region, {}).setdefault(period.last, each)
    if not years:
        return []
    best = max(years, key=lambda region: (len(years[region]), -len(region.path)))
    rivals = (region for region in years if len(years[region]) == len(years[best]))
    if not wanted and not all(best.contains(region) for region in rivals):  # no one place is meant
        return []
    return [years[best][year] for year in sorted(years[best])]


def _lies(region: Region | None, asked: Region | None, levels: frozenset[Level]) -> bool:
    """Whether a place is of the level, and within the place asked; beside that where its own rank is asked."""
    if region is None or (levels and region.level not in levels):
        return False
    if asked is not None and asked.level in levels:
        return region.path[:-1] == asked.path[:-1]
    return asked is None or (asked.contains(region) and region != asked)


def _period(found: _Found) -> Period:
    period = found.told.row.period
    assert period is not None  # `_is_asked` lets no other pass
    return period


def _amount(found: _Found, across: Across) -> Decimal:
    row = found.told.row
    return (row.number if across.falling else row.signed) or Decimal(0)


def _line(found: _Found, across: Across, language: str) -> Line:
    told = found.told
    row = told.row
    label = (
        name_slot(language, row.region, None)
        if across.over is Over.PLACES
        else name_slot(language, None, row.period)
    )
    return Line(
        found.chunk,
        told.start,
        told.end,
        found.named,
        told.shown,
        label,
        told.around,
        told.figure,
        row.period,
        of_row=told.of_row,
    )
