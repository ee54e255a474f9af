"""The figure that fills the slot asked for: of all figures in a sentence, the one that stands with the question's words."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rag.answering.figures import Figure, find_figures
from rag.answering.sentences import Piece, split_clauses
from rag.lexical import tokenize
from rag.text import fold

# What a word of the question is worth by where it stands: before the figure in its own clause, after it there,
# earlier in the sentence (a topic holds on through the clauses after it), in the headings, elsewhere in the passage.
# Set by hand, not tuned.
OWN, AFTER, EARLIER, HEADING, PASSAGE = 1.0, 0.8, 0.6, 0.45, 0.3
# A unit that the question names or implies; below 0, one of another dimension: no answer.
UNIT_MATCH, UNIT_CLASH = 0.25, -1.0

_COUNTERS = frozenset("家个项件户名人位次所座处条张套辆台部艘架场类种批支栋间只头株棵")
_SHARES = frozenset({"%", "‰", "百分点", "个百分点", "成"})
_UNIT_ASKED = re.compile(
    r"(?:多少|几|哪几)(个百分点|平方公里|公里|小时|分钟|[家个项件户名人位次所座处条张套辆台部艘架场类种批支栋间只头株棵亩吨斤元天年])"
)
# What a question implies of the unit; the first that matches holds (the growth of a sum is a share, no sum).
_DIMENSIONS: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (
        re.compile(
            r"增长|增速|增幅|涨幅|降幅|涨了?(多少|几)|降了?(多少|几)|压减|\b(grow|grew|growth|rise|rose|fell|cut)\b"
        ),
        _SHARES,
    ),
    (
        re.compile(r"百分之|百分点|几成|占比|比例|比重|率|\b(share|percentage|percent|proportion|rate)\b"),
        _SHARES,
    ),
    (re.compile(r"多少钱|多少资金|金额|投资额|产值|余额|总额"), frozenset({"元", "美元", "欧元"})),
    (re.compile(r"第几|排名"), frozenset({"位", "名"})),
    (re.compile(r"多久|多长时间"), frozenset({"年", "月", "天", "小时", "分钟", "个工作日"})),
)


@dataclass(frozen=True, slots=True)
class SlotReading:
    """A figure as an answer: `shown` is the clause up to it, `span` the sentence's words that it rests on."""

    score: float
    figure: Figure
    shown: Piece
    span: Piece


def read_slots(
    question: str, sentence: Piece, context: str, passage: str, weights: Mapping[str, float]
) -> Iterator[SlotReading]:
    """Every figure of a sentence with how well it answers a folded question, 0 and up.

    `context` is the headings above, `weights` the worth of each token of the question (summing to 1).
    """
    folded = fold(sentence.text)
    heading, around = set(tokenize(context)), set(tokenize(passage))
    previous = 0
    for figure in find_figures(folded):
        clause = _clause_at(sentence.text, figure.start)
        start = max(clause.start, previous)
        own, after = set(tokenize(folded[start : figure.end])), set(tokenize(folded[figure.end : clause.end]))
        places = (
            (own, OWN),
            (after, AFTER),
            (set(tokenize(folded[:start])), EARLIER),
            (heading, HEADING),
            (around, PASSAGE),
        )
        score = sum(
            weight * next((worth for tokens, worth in places if token in tokens), 0.0)
            for token, weight in weights.items()
        )
        previous = figure.end
        fit = fit_unit(question, figure)
        if fit >= 0 and (figure.unit or _wants_bare(question)):
            shown, span = _pieces(sentence, start, clause, figure, own & weights.keys())
            yield SlotReading(score + fit, figure, shown, span)


def fit_unit(question: str, figure: Figure) -> float:
    """How the figure's unit suits a folded question: what it names or implies counts for, another against."""
    asked = _UNIT_ASKED.search(question)
    if asked:
        unit = asked.group(1)
        if figure.unit == unit or (unit in _COUNTERS and figure.unit in _COUNTERS and unit == "个"):
            return UNIT_MATCH
        return 0.0 if unit in _COUNTERS and figure.unit in _COUNTERS else UNIT_CLASH
    implied = next((units for pattern, units in _DIMENSIONS if pattern.search(question)), None)
    if implied is not None:
        return UNIT_MATCH if figure.unit in implied else UNIT_CLASH
    return UNIT_CLASH if figure.unit in {"年", "月", "日", "季度", "号"} else 0.0


def _wants_bare(question: str) -> bool:
    """A rank or an index may stand without a unit."""
    return bool(re.search(r"第几|排名|指数|比", question))


def _clause_at(text: str, position: int) -> Piece:
    return next(clause for clause in split_clauses(text) if clause.start <= position < clause.end)


def _pieces(
    sentence: Piece, start: int, clause: Piece, figure: Figure, matched: set[str]
) -> tuple[Piece, Piece]:
    """What is shown (the clause up to the figure and the word after it) and what it rests on.

    A clause without a word of the question rests on the sentence before it, where its topic stands.
    """
    end = _end_of_phrase(sentence.text, figure.end, clause.end)
    begin = start if sentence.text[start : figure.start].strip("、，,：: ") else clause.start
    lead = begin if matched else 0
    return _piece(sentence, begin, end), _piece(sentence, lead, end)


def _end_of_phrase(text: str, figure_end: int, clause_end: int) -> int:
    """The figure with the noun it counts: up to the next comma, enumeration comma or figure."""
    stop = re.search(r"[、，,；;。！？\n]|\d", text[figure_end:clause_end])
    return figure_end + stop.start() if stop else clause_end


def _piece(sentence: Piece, start: int, end: int) -> Piece:
    text = sentence.text[start:end]
    cut = len(text) - len(text.lstrip("、，,；; \n"))
    return Piece(text[cut:], sentence.start + start + cut, sentence.start + end)
