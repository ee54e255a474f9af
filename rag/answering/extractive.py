"""The words of the reports that answer best: figures by their slot, all else by the kind of phrase asked for."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from rag.answering.likeness import Likeness
from rag.answering.lines import Line, Weigh
from rag.answering.phrases import kinds
from rag.answering.phrases.claimed import (
    against_year_before,
    by_how_much,
    how_much_done,
    levels_of_years,
    since_last_year,
    supposes_figure,
    supposes_way,
    target_and_result,
    two_years,
    way_told,
)
from rag.answering.phrases.scoring import Article
from rag.answering.phrases.verdict import RESULT, TARGET, share_done
from rag.answering.slots.figure_lines import asks_figures, extract_figures, label_slot
from rag.answering.slots.fitting import fits_slot
from rag.text import fold
from rag.types import AnswerKind, Hit, Question

Figures = Callable[[Question], tuple[Line, ...]]
"""What reads the figures that answer a question."""

# Share of the question's words by which a figure decides a yes or no; set by hand, not tuned.
SURE, VERY_SURE = 0.5, 0.8


def extract(
    question: Question,
    hits: Sequence[Hit],
    weigh: Weigh,
    article: Article = lambda chunk: (chunk,),
    likeness: Likeness | None = None,
) -> tuple[Line, ...]:
    """Lines that answer the question, in the order they are read; none when no passage tells of it.

    `article` gives the passages around one, for answers that run over several; `likeness` how near a line is in meaning.
    """
    read = partial(extract_figures, hits=hits, weigh=weigh, likeness=likeness)
    if lines := _extreme(question, hits, weigh):
        return lines
    if asks_figures(question) and not kinds.asks_term(question, hits, weigh):
        return _of_two_years(question, read) or read(question)
    if lines := _deciding_figures(question, read):
        return lines
    if question.kind is AnswerKind.COMPARISON and len(question.slots) > 1:
        return _one_each(question, hits, weigh, article)
    return kinds.answer(question, hits, weigh, partial(_fits_any, question), article)


def _extreme(question: Question, hits: Sequence[Hit], weigh: Weigh) -> tuple[Line, ...]:
    """The clause that names what is highest or lowest of one time and place, where a report says so."""
    if question.kind is not AnswerKind.COMPARISON or len(question.slots) > 1:
        return ()
    return kinds.answer_extreme(question, hits, weigh, partial(_fits_any, question))


def _of_two_years(question: Question, read: Figures) -> tuple[Line, ...]:
    """A level and its change on the year before, or the levels of two years of which the difference is asked.

    None where the reports do not give both.
    """
    if both := against_year_before(question):
        level, change = (read(asked)[:1] for asked in both)
        return (*level, *change) if level and change and level[0].figure != change[0].figure else ()
    asked = levels_of_years(question)
    if asked is None:
        asked = since_last_year(question)
        if asked is None or _tells_change(read(question)[:1]):
            return ()
    lines = _sure(read(asked), SURE)
    units = {line.figure.unit for line in lines if line.figure}
    return lines if len(lines) == 2 and len(units) == 1 and not lines[0].role else ()


def _are_of_one_unit(one: Line, other: Line) -> bool:
    """Whether two lines tell different figures of one unit."""
    figures = one.figure, other.figure
    return (
        figures[0] is not None
        and figures[1] is not None
        and figures[0].unit == figures[1].unit
        and (one.start, one.text) != (other.start, other.text)
    )


def _tells_change(lines: Sequence[Line]) -> bool:
    """Whether a figure that was found says itself by how much something changed."""
    return any(way_told(fold(line.text)) for line in _sure(lines, SURE))


def _deciding_figures(question: Question, read: Figures) -> tuple[Line, ...]:
    """The figures that decide a yes-or-no question: the one of which it supposes a value, or those of two years."""
    if asked := supposes_figure(question):
        return _sure(read(asked)[:1], SURE)
    if supposes_way(question) and (asked := two_years(question)):
        lines = _sure(read(asked), VERY_SURE)
        if len(lines) == len(asked.slots) and not lines[0].role:
            return lines
    if asked := how_much_done(question):
        lines = _sure(read(asked)[:1], SURE)
        if lines and share_done(fold(lines[0].text)) is not None:
            return lines
    if both := target_and_result(question):
        target, result = (_sure(read(asked)[:1], SURE) for asked in both)
        if target and result and _are_of_one_unit(target[0], result[0]):
            return replace(target[0], label=TARGET), replace(result[0], label=RESULT)
    if asked := by_how_much(question):
        lines = _sure(read(asked)[:1], SURE)
        return lines if lines and way_told(fold(lines[0].text)) else ()
    return ()


def _sure(lines: Sequence[Line], least: float) -> tuple[Line, ...]:
    """The lines whose figure has at least this share of the question's words."""
    return tuple(line for line in lines if line.covered >= least)


def _one_each(question: Question, hits: Sequence[Hit], weigh: Weigh, article: Article) -> tuple[Line, ...]:
    """The name that fills each slot, labelled; a line that fills two slots stands once."""
    lines: dict[tuple[int, int, int], Line] = {}
    for slot in question.slots:
        asked = replace(question, kind=AnswerKind.ENTITY, slots=(slot,))
        found = kinds.answer(asked, hits, weigh, partial(_fits_any, asked), article)
        for line in found[:1]:
            place = line.chunk.id, line.start, line.end
            lines.setdefault(place, replace(line, label=label_slot(question, slot)))
    return tuple(lines.values())


def _fits_any(question: Question, line: Line) -> bool:
    return any(fits_slot(slot, line, is_figure=False) for slot in question.slots)
