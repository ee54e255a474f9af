"""Answers that are no figures: a name, a meaning, a list, yes or no, a summary, each read in its own way."""

from collections.abc import Sequence

from rag.answering.lines import Line, Weigh
from rag.answering.phrases.extremes import asks_extreme, tell_extreme
from rag.answering.phrases.lists import admitted, list_items
from rag.answering.phrases.movers import tell_movers
from rag.answering.phrases.names import name
from rag.answering.phrases.scoring import Article, Fits, Scorer
from rag.answering.phrases.summary import summarise
from rag.answering.phrases.terms import define, explain, is_explained
from rag.answering.phrases.yesno import deciding
from rag.text import fold
from rag.types import AnswerKind, Hit, Question

# Passages that are read for the answer: on the tuning half all evidence stands in the first five.
READ = 6
# Passages among which the note of a term is looked for.
READ_NOTES = 12


def asks_term(question: Question, hits: Sequence[Hit], weigh: Weigh) -> bool:
    """Whether a note explains all that a question asks, whatever words it asks in (“四首”到底是哪四首)."""
    if question.kind is AnswerKind.YESNO or len(question.slots) > 1:
        return False
    if question.wants_figure and question.slots[0].period is not None:
        return False  # what a term was in a year is its figure
    return is_explained(question, Scorer(question, weigh), [hit.chunk for hit in hits[:READ_NOTES]])


def answer_extreme(question: Question, hits: Sequence[Hit], weigh: Weigh, fits: Fits) -> tuple[Line, ...]:
    """The clause that says what is first or last in what is asked; none where that is not asked, or not told."""
    if not asks_extreme(fold(question.understood)):
        return ()
    scorer = Scorer(question, weigh)
    return tell_extreme(scorer, scorer.read(hits, READ, fits))


def answer(
    question: Question, hits: Sequence[Hit], weigh: Weigh, fits: Fits, article: Article
) -> tuple[Line, ...]:
    """The lines that answer a question for no figure, in the order they are read; none when nothing fits."""
    scorer = Scorer(question, weigh)
    if question.kind is AnswerKind.TERM or asks_term(question, hits, weigh):
        lines = explain(question, scorer, [hit.chunk for hit in hits[:READ_NOTES]])
        if lines:
            return lines
    sentences = scorer.read(hits, READ, fits)
    match question.kind:
        case AnswerKind.TERM:
            return define(question, sentences)
        case AnswerKind.LIST:
            if moved := tell_movers(scorer, sentences):
                return moved
            return list_items(scorer, admitted(scorer, hits[:READ_NOTES], fits) or sentences, article)
        case AnswerKind.SUMMARY:
            return summarise(scorer, sentences, article)
        case AnswerKind.YESNO:
            return deciding(scorer, sentences)
        case _:
            return name(scorer, sentences)
