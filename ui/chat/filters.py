"""What a conversation is narrowed to: chosen from what the corpus covers, shown as chips that can be taken off."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape

from rag.types import Filter, Kind, Period, Region
from ui.chat.handling_texts import Handling
from ui.chat.survey import Entry, Survey
from ui.chat.texts import Texts

OFFERED = 300
"""Values of a field in its list: the page is sent anew with each event."""
BETWEEN = "/"
"""Between the names of a region's path where it is a value."""

_REMOVE = '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M6 6l8 8M14 6l-8 8"/></svg>'


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of one field, as it travels and as it is shown."""

    field: str
    value: str
    label: str


def offer(texts: Texts, handling: Handling, covered: Survey) -> dict[str, tuple[Choice, ...]]:
    """What can be chosen, by field; of more than OFFERED the first."""
    return {
        "file": tuple(Choice("file", e.file, _name_entry(e)) for e in covered.entries[:OFFERED]),
        "region": tuple(_choose_region(region) for region in covered.regions[:OFFERED]),
        "year": tuple(_choose_year(year, texts) for year in covered.told_years),
        "kind": tuple(_choose_kind(kind, texts, handling) for kind in covered.kinds),
    }


def list_chosen(texts: Texts, handling: Handling, covered: Survey, filter: Filter) -> Iterator[Choice]:
    """What is chosen, in the order of the fields."""
    for file in sorted(filter.files):
        yield Choice("file", file, _name_file(file, covered))
    yield from (_choose_region(region) for region in filter.regions)
    for period in filter.periods:
        yield replace(_choose_year(period.first, texts), label=_name_period(period, texts))
    yield from (_choose_kind(kind, texts, handling) for kind in sorted(filter.kinds))


def name_scope(texts: Texts, handling: Handling, covered: Survey, filter: Filter) -> str:
    """What is chosen as one line of text; empty without a filter."""
    names = handling.between.join(choice.label for choice in list_chosen(texts, handling, covered, filter))
    return handling.scope.format(values=names) if names else ""


def add(filter: Filter, field: str, value: str, covered: Survey) -> Filter:
    """The filter with one more value; as it was where the corpus has none such."""
    match field:
        case "file" if any(entry.file == value for entry in covered.entries):
            return replace(filter, files=filter.files | {value})
        case "region":
            found = [r for r in covered.regions if _region_value(r) == value and r not in filter.regions]
            return replace(filter, regions=(*filter.regions, *found[:1]))
        case "year" if value in map(str, covered.told_years):
            period = Period(int(value), int(value), f"{value}年")
            return replace(filter, periods=tuple(dict.fromkeys((*filter.periods, period))))
        case "kind" if value in covered.kinds:
            return replace(filter, kinds=filter.kinds | {Kind(value)})
    return filter


def restrict(filter: Filter, covered: Survey) -> Filter:
    """What of a filter that was kept the corpus still has."""
    kept = Filter()
    for file in sorted(filter.files):
        kept = add(kept, "file", file, covered)
    for region in filter.regions:
        kept = add(kept, "region", _region_value(region), covered)
    for period in filter.periods:
        kept = add(kept, "year", str(period.first), covered)
    for kind in sorted(filter.kinds):
        kept = add(kept, "kind", kind, covered)
    return kept


def remove(filter: Filter, field: str, value: str) -> Filter:
    """The filter without one value."""
    match field:
        case "file":
            return replace(filter, files=filter.files - {value})
        case "region":
            return replace(filter, regions=tuple(r for r in filter.regions if _region_value(r) != value))
        case "year":
            return replace(filter, periods=tuple(p for p in filter.periods if str(p.first) != value))
        case "kind":
            return replace(filter, kinds=frozenset(kind for kind in filter.kinds if kind != value))
    return filter


def render_filters(texts: Texts, handling: Handling, covered: Survey, filter: Filter) -> str:
    """A row of what can be chosen, one list a field, and the chips of what is."""
    chosen = tuple(list_chosen(texts, handling, covered, filter))
    names = {"file": handling.file, "region": handling.region, "year": handling.year, "kind": handling.kind}
    lists = "".join(
        _render_list(field, names[field], choices, chosen, handling)
        for field, choices in offer(texts, handling, covered).items()
        if choices
    )
    chips = "".join(_render_chip(choice, handling) for choice in chosen)
    return f'<div class="filters">{lists}</div><div class="picked">{chips}</div>'


def _render_list(
    field: str, name: str, choices: tuple[Choice, ...], chosen: tuple[Choice, ...], handling: Handling
) -> str:
    taken = {choice.value for choice in chosen if choice.field == field}
    options = "".join(
        f'<option value="{escape(choice.value)}">{escape(choice.label)}</option>'
        for choice in choices
        if choice.value not in taken
    )
    label = escape(handling.filter_by.format(field=name))
    return (
        f'<select class="quiet filter" data-filter="{field}" aria-label="{label}" title="{label}">'
        f'<option value="">{escape(name)}</option>{options}</select>'
    )


def _render_chip(choice: Choice, handling: Handling) -> str:
    label = escape(handling.remove_filter.format(value=choice.label))
    return (
        f'<button type="button" class="chip" data-unfilter="{choice.field}" data-value="{escape(choice.value)}" '
        f'aria-label="{label}" title="{label}"><span>{escape(choice.label)}</span>{_REMOVE}</button>'
    )


def _name_file(file: str, covered: Survey) -> str:
    entry = next((entry for entry in covered.entries if entry.file == file), None)
    return file if entry is None else _name_entry(entry)


def _name_entry(entry: Entry) -> str:
    return f"{entry.titles[0]} · {entry.file}" if entry.titles else entry.file


def _region_value(region: Region) -> str:
    return BETWEEN.join(region.path)


def _choose_region(region: Region) -> Choice:
    return Choice("region", _region_value(region), " › ".join(region.path))


def _choose_year(year: int, texts: Texts) -> Choice:
    return Choice("year", str(year), texts.years.format(years=year))


def _name_period(period: Period, texts: Texts) -> str:
    span = str(period.first) if period.first == period.last else f"{period.first}—{period.last}"
    return texts.years.format(years=span)


def _choose_kind(kind: Kind, texts: Texts, handling: Handling) -> Choice:
    return Choice("kind", kind.value, texts.kinds[kind] or handling.narrative)
