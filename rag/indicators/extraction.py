"""Reads the rows of the table of indicators out of passages."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from rag.answering.figures import Figure, find_figures
from rag.answering.sentences import Piece, split_sentences, trim
from rag.answering.slots.aspects import SHARES, Aspect
from rag.answering.slots.bindings import Bound
from rag.answering.slots.reading import Sentence
from rag.answering.slots.showing import cite, show
from rag.answering.table_rows import row_ranges
from rag.answering.tables import TableFigure, read_tables
from rag.indicators.naming import Name, name_figures
from rag.indicators.placing import period_of, region_of
from rag.indicators.row import Row
from rag.indicators.sifting import Left, why_left
from rag.indicators.telling import aspect_of, is_ratio, outcome_of, qualifier_of, value_of
from rag.text import RepairedText, fold, repair
from rag.types import Chunk, Document, Kind, Region, Span


@dataclass(frozen=True, slots=True)
class Extraction:
    """The rows of a corpus in the order of its files, and how many of its figures have none, by why."""

    rows: tuple[Row, ...]
    left: Counter[Left]
    figures: int


@dataclass(frozen=True, slots=True)
class Told:
    """A row and how its passage tells it: the sentence `chunk.text[start:end]`, what of it is shown for the figure
    (empty: all of it), and the figure, whose places are those of `around`.
    """

    row: Row
    start: int
    end: int
    shown: str
    around: str
    figure: Figure
    of_row: bool = False


def extract(chunks: Iterable[Chunk], document: Callable[[str], Document]) -> Extraction:
    """The rows of passages; `document` gives the file that a passage stands in. The same told twice is one row."""
    left: Counter[Left] = Counter()
    found: list[Row] = []
    for chunk in chunks:
        found.extend(told.row for told in read_passage(chunk, document(chunk.file), left))
    figures = len(found) + left.total()
    return Extraction(_fold_repeats(found), left, figures)


def read_passage(chunk: Chunk, document: Document, left: Counter[Left]) -> Iterator[Told]:
    """The rows of one passage; why a figure has none is counted in `left`."""
    passage = repair(document.text, chunk.start, chunk.end, document.drops)
    lines = row_ranges(chunk.text)
    if lines:
        yield from (_told_in_table(chunk, passage, figure) for figure in read_tables(chunk))
    for piece in split_sentences(chunk.text):
        if any(start < piece.end and piece.start < end for start, end in lines):
            continue
        sentence = Sentence.read(piece.text)
        names = name_figures(sentence) if sentence.bounds else ()
        for place, bound in enumerate(sentence.bounds):
            why = Left.NAME if _numbers_note(chunk, sentence, bound) else why_left(sentence.folded, bound)
            if why is None:
                row = _row(chunk, passage, piece, sentence, bound, names[place])
                cited = cite(piece, bound)
                yield Told(row, cited.start, cited.end, show(piece.text, bound), piece.text, bound.figure)
            else:
                left[why] += 1


def _told_in_table(chunk: Chunk, passage: RepairedText, cell: TableFigure) -> Told:
    start, end = cell.row
    found = find_figures(fold(cell.told))
    figure = next(
        (each for each in reversed(found) if each.value == cell.number),
        Figure(0, len(cell.told), cell.number, cell.unit, cell.qualifier),
    )
    row = _table_row(chunk, passage, cell)
    return Told(row, start, end, cell.told, cell.told, figure, of_row=True)


def _table_row(chunk: Chunk, passage: RepairedText, figure: TableFigure) -> Row:
    return Row(
        id=0,
        indicator=figure.indicator,
        value=figure.value,
        number=figure.number,
        upper=None,
        unit="" if figure.unit == "分之" else figure.unit,
        aspect=figure.aspect,
        change=figure.change,
        region=figure.region,
        period=figure.period,
        outcome=figure.outcome,
        qualifier=figure.qualifier,
        span=Span(chunk.file, *passage.span(figure.start, figure.end)),
        sentence=Span(chunk.file, *passage.span(*figure.row)),
        title=chunk.title,
    )


def _numbers_note(chunk: Chunk, sentence: Sentence, bound: Bound) -> bool:
    """Whether the number of a note runs into its text (7.10件民生实事)."""
    at = bound.figure.start
    return chunk.kind is Kind.NOTE and not sentence.text[:at].strip() and "." in sentence.text[at : at + 3]


def _row(
    chunk: Chunk, passage: RepairedText, piece: Piece, sentence: Sentence, bound: Bound, name: Name
) -> Row:
    figure, text = bound.figure, sentence.text
    aspect, change = aspect_of(sentence, bound)
    if aspect is Aspect.LEVEL and (name.added or name.summed) and not figure.ordinal:
        aspect = Aspect.ADDED if name.added else Aspect.TOTAL
    if aspect is Aspect.LEVEL and figure.unit in SHARES and name.text.endswith(("占比", "比重", "比例")):
        aspect = Aspect.SHARE
    period, region = period_of(text, bound, chunk), region_of(text, bound, chunk)
    whole = trim(piece)
    return Row(
        id=0,
        indicator=_without_place(name.text, region),
        value=value_of(text, figure),
        number=None if is_ratio(figure) else figure.value,
        upper=figure.upper,
        unit="" if figure.unit == "分之" else figure.unit,
        aspect=aspect,
        change=change,
        region=region,
        period=period,
        outcome=outcome_of(sentence, bound, chunk, period),
        qualifier=qualifier_of(sentence.folded, bound),
        span=Span(chunk.file, *passage.span(piece.start + figure.start, piece.start + figure.end)),
        sentence=Span(chunk.file, *passage.span(whole.start, whole.end)),
        title=chunk.title,
    )


def _without_place(name: str, region: Region | None) -> str:
    """A name without the place that it begins with, which has a cell of its own."""
    if region is None:
        return name
    rest = name.removeprefix(region.name).removeprefix(region.path[-1])
    return rest if len(rest) >= 2 and rest[0] not in "的级" else name


def _fold_repeats(found: Iterable[Row]) -> tuple[Row, ...]:
    """The rows numbered, those that tell the same as an earlier one folded into it with their spans."""
    first: dict[object, int] = {}
    rows: list[Row] = []
    for row in sorted(found, key=lambda row: (row.span.file, row.span.start)):
        key = _what_it_tells(row)
        if key is not None and key in first:
            at = first[key]
            rows[at] = replace(rows[at], repeats=(*rows[at].repeats, row.span))
            continue
        if key is not None:
            first[key] = len(rows)
        rows.append(replace(row, id=len(rows)))
    return tuple(rows)


def _what_it_tells(row: Row) -> object:
    """What two rows that tell the same share; None where a cell is open, so that they may not."""
    if not row.indicator or row.number is None or None in (row.region, row.period, row.outcome):
        return None
    name = "".join(fold(row.indicator).split())
    amount = (row.number, row.upper, row.unit, row.qualifier)
    return name, *amount, row.aspect, row.change, row.region, row.period, row.outcome
