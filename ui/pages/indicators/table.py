"""The table of indicators as HTML: filters, rows, pages. Every piece of data is escaped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from rag.answering.slots.aspects import Outcome
from rag.indicators.choosing import OPEN, Choice, Order
from rag.indicators.extraction import Extraction
from rag.indicators.row import Row
from ui.pages.frame import Frame
from ui.pages.indicators.points import is_plotted, measure_of, unfold
from ui.pages.indicators.query import Options
from ui.pages.indicators.texts import Words
from ui.pages.navigation import DOCUMENTS, INDICATORS

PAGE_ROWS = 50
PATH = INDICATORS
READ = f"{DOCUMENTS}/read"
"""Where a document is read with a span of it marked."""

_COLUMNS = (
    Order.INDICATOR, Order.NUMBER, Order.UNIT, None, Order.REGION, Order.PERIOD, Order.OUTCOME, Order.DOCUMENT,
)  # fmt: skip
"""The columns that rows can be put in order by; None is the measure."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of the table: the rows chosen, those of them on this page, and which of how many pages it is."""

    chosen: Sequence[Row]
    page: int
    pages: int

    @property
    def rows(self) -> Sequence[Row]:
        """The rows of this page."""
        return self.chosen[(self.page - 1) * PAGE_ROWS : self.page * PAGE_ROWS]


def as_query(choice: Choice, **changes: str | int) -> dict[str, str | int]:
    """A choice as parameters of an address, those left at their default left out."""
    query: dict[str, str | int] = {
        "q": choice.words,
        "region": choice.region,
        "period": choice.period,
        "outcome": choice.outcome,
        "unit": choice.unit,
        "file": choice.file,
        "sort": "" if choice.order is Order.TOLD else choice.order.value,
        "direction": "down" if choice.descending else "",
    }
    return {name: value for name, value in (query | changes).items() if value != ""}


def render_page(
    frame: Frame,
    words: Words,
    title: str,
    extraction: Extraction,
    options: Options,
    choice: Choice,
    shown: Shown,
    plottable: frozenset[tuple[str, str]],
) -> str:
    """The whole page below the bar."""
    return (
        f"{_head(frame, words, title, choice, bool(extraction.rows))}"
        f"{_filters(frame, words, options, choice)}"
        f"{_count(words, extraction, shown)}"
        f"{_table(frame, words, choice, shown, plottable) if shown.chosen else _empty(words, choice)}"
        f"{_pager(frame, words, choice, shown)}"
        f'<p class="soft note">{escape(_counted(words, extraction))}</p>{drawer(words)}'
    )


def _head(frame: Frame, words: Words, title: str, choice: Choice, has_rows: bool) -> str:
    query = as_query(choice)
    files = "".join(
        f'<a class="button small" href="{escape(frame.link(f"{PATH}/rows.{kind}", **query))}" download>{escape(name)}</a>'
        for kind, name in (("csv", words.csv), ("xlsx", words.xlsx))
    )
    return (
        f'<div class="page-head"><div><h1>{escape(title)}</h1><p class="lead">{escape(words.lead)}</p></div>'
        f'<div class="row">{files if has_rows else ""}</div></div>'
    )


def _filters(frame: Frame, words: Words, options: Options, choice: Choice) -> str:
    named = {OPEN: words.open}
    outcomes = {each.value: words.outcomes[each] for each in Outcome} | named
    selects = "".join(
        (
            _select(
                "region",
                words.region,
                words.all,
                [(key, named.get(key, name)) for key, name in options.regions],
                choice.region,
            ),
            _select(
                "period",
                words.period,
                words.all,
                [(key, named.get(key, name)) for key, name in options.periods],
                choice.period,
            ),
            _select(
                "outcome",
                words.outcome,
                words.all,
                [(key, outcomes[key]) for key in options.outcomes],
                choice.outcome,
            ),
            _select(
                "unit",
                words.unit,
                words.all,
                [(key, named.get(key, key)) for key in options.units],
                choice.unit,
            ),
            _select("file", words.document, words.all, [(key, key) for key in options.files], choice.file),
        )
    )
    kept = "".join(
        f'<input type="hidden" name="{name}" value="{escape(str(value))}">'
        for name, value in (as_query(choice) | {"lang": frame.language}).items()
        if name in {"sort", "direction", "lang"}
    )
    narrowed = bool({"q", "region", "period", "outcome", "unit", "file"} & as_query(choice).keys())
    clear = (
        f'<a class="button" href="{escape(frame.link(PATH))}">{escape(words.clear)}</a>' if narrowed else ""
    )
    return (
        f'<form class="filters" method="get" action="{escape(frame.root)}/{PATH}" role="search" aria-label="{escape(words.search)}">{kept}'
        f'<label class="labelled wide">{escape(words.search)}<input class="input" type="search" name="q" maxlength="200" '
        f'value="{escape(choice.words)}" placeholder="{escape(words.search_hint)}"></label>{selects}'
        f'<div class="row"><button class="button primary">{escape(words.find)}</button>{clear}</div></form>'
    )


def _select(name: str, label: str, everything: str, options: Iterable[tuple[str, str]], chosen: str) -> str:
    listed = "".join(
        f'<option value="{escape(key)}"{" selected" if key == chosen else ""}>{escape(shown)}</option>'
        for key, shown in (("", everything), *options)
    )
    return f'<label class="labelled">{escape(label)}<select class="input" name="{name}">{listed}</select></label>'


def _count(words: Words, extraction: Extraction, shown: Shown) -> str:
    count, whole = len(shown.chosen), len(extraction.rows)
    text = (words.rows if count == whole else words.rows_chosen).format(count=count, all=whole)
    return f'<p class="count" role="status">{escape(text)}</p>'


def _counted(words: Words, extraction: Extraction) -> str:
    left = extraction.left.total()
    repeats = sum(len(row.repeats) for row in extraction.rows)
    return words.counted.format(
        figures=extraction.figures, told=extraction.figures - left, repeats=repeats, left=left
    )


def _empty(words: Words, choice: Choice) -> str:
    narrowed = bool(as_query(choice))
    title, hint = (words.none, words.none_hint) if narrowed else (words.nothing, words.nothing_hint)
    return f'<div class="empty"><strong>{escape(title)}</strong>{escape(hint)}</div>'


def _table(
    frame: Frame, words: Words, choice: Choice, shown: Shown, plottable: frozenset[tuple[str, str]]
) -> str:
    heads = "".join(
        _sortable(frame, words, choice, column) if column else f'<th scope="col">{escape(words.measure)}</th>'
        for column in _COLUMNS
    )
    rows = "".join(render_row(frame, words, row, plottable) for row in shown.rows)
    name = escape(words.lead)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(words.columns[Order.INDICATOR])}">'
        f'<table class="data indicators"><caption class="sr-only">{name}</caption><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _sortable(frame: Frame, words: Words, choice: Choice, column: Order) -> str:
    """The head of a column: a click puts the rows in its order, another turns it round, a third ends it."""
    is_own = choice.order is column
    if not is_own:
        change: dict[str, str | int] = {"sort": column.value, "direction": ""}
    elif not choice.descending:
        change = {"direction": "down"}
    else:
        change = {"sort": "", "direction": ""}
    state = ("descending" if choice.descending else "ascending") if is_own else "none"
    arrow = {"ascending": "↑", "descending": "↓"}.get(state, "↕")
    classes = "number" if column is Order.NUMBER else ""
    name = words.columns[column]
    return (
        f'<th scope="col" class="{classes}" aria-sort="{state}"><a class="sort" href="{escape(frame.link(PATH, **as_query(choice, **change)))}" '
        f'title="{escape(words.sort_by.format(column=name))}">{escape(name)}<span class="arrow" aria-hidden="true">{arrow}</span></a></th>'
    )


def render_row(frame: Frame, words: Words, row: Row, plottable: frozenset[tuple[str, str]]) -> str:
    """A row of the table; a click on any of its cells opens its source."""
    source = escape(frame.link(READ, file=row.span.file, start=row.span.start, end=row.span.end))
    plot = ""
    if is_plotted(row) and (unfold(row.indicator), measure_of(row)) in plottable:
        address = frame.link(f"{PATH}/plot", indicator=row.indicator, measure=measure_of(row))
        plot = (
            f'<a class="plot-link" href="{escape(address)}" aria-label="{escape(words.plot_of.format(indicator=row.indicator))}">'
            f"{escape(words.plot)}</a>"
        )
    again = words.repeats.format(count=len(row.repeats)) if row.repeats else ""
    repeats = (
        f'<span class="tag" title="{escape(again)}">×{len(row.repeats) + 1}<span class="sr-only"> {escape(again)}</span></span>'
        if again
        else ""
    )
    title = escape(row.title or row.span.file)
    return (
        f'<tr data-source="{source}"><th scope="row"><span class="name">{_cell(words, row.indicator)}</span>{plot}</th>'
        f'<td class="number"><a class="value" href="{source}" aria-label="{escape(words.show_source.format(value=row.told))}">{escape(row.told)}</a>{repeats}</td>'
        f'<td class="nowrap unit">{_cell(words, row.unit)}</td><td class="nowrap">{_measure(words, row)}</td>'
        f'<td class="place">{_cell(words, row.region.name if row.region else "")}</td>'
        f'<td class="nowrap">{_cell(words, row.period.label if row.period else "")}</td>'
        f'<td class="nowrap">{_outcome(words, row)}</td><td class="title" title="{title}">{title}</td></tr>'
    )


def _cell(words: Words, text: str) -> str:
    """A text, or a dash for what the report leaves open."""
    if text:
        return escape(text)
    return f'<span class="open" aria-hidden="true">—</span><span class="sr-only">{escape(words.empty_cell)}</span>'


def _measure(words: Words, row: Row) -> str:
    """What of the indicator it tells, and whether it rose or fell."""
    if not row.change:
        return escape(words.aspects[row.aspect])
    arrow = (
        '<span class="fall" aria-hidden="true">▼</span>'
        if row.falls
        else '<span class="rise" aria-hidden="true">▲</span>'
    )
    return f"{arrow} {escape(row.change)}"


def _outcome(words: Words, row: Row) -> str:
    if row.outcome is None:
        return _cell(words, "")
    return f'<span class="tag {row.outcome.value}">{escape(words.outcomes[row.outcome])}</span>'


def _pager(frame: Frame, words: Words, choice: Choice, shown: Shown) -> str:
    if shown.pages < 2:
        return ""
    here = words.pages.format(page=shown.page, pages=shown.pages)

    def step(page: int, name: str) -> str:
        if not 1 <= page <= shown.pages:
            return f'<span class="button small" aria-disabled="true">{escape(name)}</span>'
        return f'<a class="button small" href="{escape(frame.link(PATH, **as_query(choice, page=page)))}">{escape(name)}</a>'

    return (
        f'<nav class="pager" aria-label="{escape(here)}">{step(shown.page - 1, words.previous)}<span>{escape(here)}</span>'
        f"{step(shown.page + 1, words.following)}</nav>"
    )


def drawer(words: Words) -> str:
    """Where a script shows the source of a row beside the table; without one the links open it as a page."""
    return (
        f'<dialog class="drawer" id="drawer" aria-label="{escape(words.source_of)}"><div class="drawer-head">'
        f'<h2>{escape(words.source_of)}</h2><span class="file" data-file></span>'
        f'<button class="quiet" type="button" data-close>{escape(words.close)}</button></div>'
        '<div class="drawer-body" tabindex="0" data-body></div></dialog>'
    )
