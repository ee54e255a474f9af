"""Finds the figures of passages that fill a slot of a question, and how each is shown and cited."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rag.answering.figures import Figure
from rag.answering.likeness import Likeness
from rag.answering.lines import Line
from rag.answering.refusal.fitness import fits_figures, names_numbers
from rag.answering.sentences import Piece
from rag.answering.slots.asking import Ask
from rag.answering.slots.aspects import Aspect, Outcome
from rag.answering.slots.bindings import Bound
from rag.answering.slots.fitting import (
    is_plan,
    leaves_out,
    period_fit,
    plan_fit,
    region_fit,
    told_or_begun,
    told_period,
)
from rag.answering.slots.months import find_months, fit_months
from rag.answering.slots.pages import Page
from rag.answering.slots.reading import PLAIN, Reading, Sentence, read_sentence, read_slots, want
from rag.answering.slots.showing import cite, show
from rag.answering.tables import TableFigure
from rag.lexical import tokenize
from rag.text import fold
from rag.types import Chunk, Hit, Question, Slot

# Passages that are read for a figure: the tuning half needs five; with ten no answer of it changed and dev refused less.
READ = 10
# What a passage's own rank is worth against covering every word of the question; set by hand, not tuned.
RANK_WEIGHT = 0.35
# Figures of which the place is looked up, best first; the lookup costs more than all else.
LOOKED_UP = 12
# What the cosine of a figure's words is worth beside its score; figures further behind the best than a cosine makes good
# are not compared, nor more than three. Of 0, 2, 3, 4, 6 and 8 the tuning half and its rewordings have most right
# with 3 and 4; comparing more than three changed no answer.
LIKENESS, CLOSE, COMPARED = 3.0, 0.1, 3
# How much less a figure may score that tells the same for another place or time as the surest one. Set by hand, not tuned.
SAME = 0.25
# Share of the shorter name's tokens that two figures of one indicator have in common. Set by hand, not tuned.
SAME_NAME = 0.6
# Share of the question's words by one figure from which on those with none are left out. Set by hand, not tuned.
NAMED = 0.4
# A row of a table that is of the very place asked for, or named in the question. Set by hand, not tuned.
VERY_ROW = 0.2
# A row of which the question has no word is another, or has a long name that people say otherwise. Set by hand, not tuned.
LONG_NAME, OTHER_ROW = 6, -0.3
# A figure of another report than the one that the question names. Set by hand, not tuned.
OTHER_REPORT = -0.4
# A figure of a dimension that the question does not ask for (笔 for 贷款). Set by hand, not tuned.
OTHER_DIMENSION = -0.3
# The words of a question that no passage holds lend their weight to the others, up to this factor.
MOST_SCALED = 2.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A figure that may answer: where it stands, how it reads, and the line it would give; the `row` of a table it is of."""

    line: Line
    reading: Reading
    sentence: Sentence
    planned: bool
    row: TableFigure | None


SHARPER = Decimal("1.2")
"""How many times a figure that is said to be passed the exact one may be; set by hand, not tuned."""


class FigureFinder:
    """Finds figures for one question in its passages."""

    def __init__(self, question: Question, hits: Sequence[Hit], likeness: Likeness | None = None) -> None:
        """`likeness`, where the model can tell it, decides between figures that the words leave close together."""
        self._question = question
        self._likeness = likeness
        self._folded, self._topic = fold(question.understood), fold(question.topic)
        self._tokens = frozenset(tokenize(self._folded))
        self._pages = tuple(Page.read(hit.chunk) for hit in hits[: READ * len(question.slots)])
        years = [int(hit.chunk.date[:4]) for hit in hits if hit.chunk.date]
        self._newest = max(years, default=None)

    def sentences(self) -> Iterator[tuple[Chunk, Piece, Sentence]]:
        """Every sentence of the passages, with its figures."""
        for page in self._pages:
            for piece in page.pieces:
                yield page.chunk, piece, read_sentence(piece.text)

    def fits(self, slot: Slot, chunk: Chunk, piece: Piece, bound: Bound) -> bool:
        """Whether a figure tells of the slot's place and time."""
        told, is_own = told_period(piece.text, bound, chunk)
        return (
            period_fit(slot.period, told, is_own, chunk) is not None
            and region_fit(slot.region, self._folded, piece.text, bound, chunk) is not None
        )

    def names(self, figure: str) -> bool:
        """Whether the question itself gives a figure, as a report writes it."""
        return figure.lstrip("约近超达") in self._folded

    def best_of_each(self, slots: Sequence[Slot], ask: Ask) -> tuple[tuple[Line, ...], ...]:
        """The line of the best figure of each slot; of several periods the newest, two where the sources differ on it.

        Figures of one name where the best ones leave it open which is meant.
        """
        found = [self._put_likeliest_first(self.find(slot, ask)) for slot in slots]
        firsts = [candidates[0] for candidates in found if candidates]
        surest = max(firsts, key=lambda first: first.line.score, default=None)
        if surest is not None:
            found = [_put_same_first(candidates, surest) for candidates in found]
        return tuple(self._line_of(each, slot) for each, slot in zip(found, slots, strict=True))

    def _line_of(self, candidates: tuple[Candidate, ...], slot: Slot) -> tuple[Line, ...]:
        if not candidates:
            return ()
        best = self._newest_of(candidates, slot)
        best = next((each for each in candidates if _is_sharper(each, best)), best)
        rival = next((each for each in candidates if _contradicts(best, each)), None)
        if rival is None:
            return (best.line,)
        return tuple(
            replace(each.line, label=f"《{each.line.chunk.title}》", role="differs") for each in (best, rival)
        )

    def _put_likeliest_first(self, candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        """The candidates that stand close to the first ordered by their meaning too, then the others."""
        if self._likeness is None or len(candidates) < 2:
            return candidates
        least = candidates[0].line.score - CLOSE
        close = [each for each in candidates[:COMPARED] if each.line.score >= least]
        if len(close) < 2:
            return candidates
        worth = {id(each): each.line.score + LIKENESS * self._likeness.of(each.line) for each in close}
        close.sort(key=lambda each: -round(worth[id(each)], 6))
        return (*close, *candidates[len(close) :])

    def find(self, slot: Slot, ask: Ask) -> tuple[Candidate, ...]:
        """The figures that tell of the slot and of what is asked, best first."""
        rough = sorted(self._read(slot, ask), key=_order)[:LOOKED_UP]
        found = []
        for candidate in rough:
            fit = self._fit_region(slot, candidate)
            if fit is not None:
                line = replace(candidate.line, score=round(candidate.line.score + fit, 6))
                found.append(replace(candidate, line=line))
        return tuple(sorted(_of_head(_named(found), ask.head), key=_order))

    def _fit_region(self, slot: Slot, candidate: Candidate) -> float | None:
        """As `region_fit`; a row of a table is of the place that the table says."""
        if candidate.row is not None and candidate.row.region == slot.region:
            return 0.0
        line = candidate.line
        return region_fit(slot.region, self._folded, line.around, candidate.reading.bound, line.chunk)

    def _read(self, slot: Slot, ask: Ask) -> Iterator[Candidate]:
        scale = self._scale(ask)
        wanted = want(ask, self._topic)
        for rank, page in enumerate(self._pages):
            for piece in page.pieces:
                row = page.rows.get(piece)
                sentence = read_sentence(piece.text, row is not None)
                if row is not None and not names_numbers(self._topic, sentence.folded):
                    continue  # another row of the table
                if row is not None and not ask.weights.keys() & set(tokenize(fold(row.told))):
                    continue  # a column of something else
                is_named = row is None or self._names_row(row, ask)
                if row is not None and not is_named and len(row.name) < LONG_NAME:
                    continue
                if page.is_elsewhere(row, slot.region, self._folded):
                    continue
                is_of_place = row is not None and row.region is not None and row.region == slot.region
                if not is_of_place and leaves_out(slot.region, piece.text, page.chunk):
                    continue
                caption = fold(row.subject) if row is not None else ""
                for reading in read_slots(wanted, sentence, page.headings, page.folded, caption):
                    candidate = self._candidate(slot, ask, page.chunk, piece, row, sentence, reading)
                    if candidate is not None:
                        score = candidate.line.score + scale * reading.words + RANK_WEIGHT / (1 + rank)
                        score += VERY_ROW * page.is_named(row, slot.region, self._folded)
                        score += 0.0 if is_named else OTHER_ROW
                        score += (
                            0.0 if self._fits_dimension(reading.bound.figure, sentence) else OTHER_DIMENSION
                        )
                        yield replace(candidate, line=replace(candidate.line, score=round(score, 6)))

    def _fits_dimension(self, figure: Figure, sentence: Sentence) -> bool:
        """Whether a figure is of a dimension that the question asks for; a cell without a unit may be of any."""
        if sentence.is_cell and not figure.unit:
            return True
        told = sentence.folded[figure.start : figure.end]
        return fits_figures(self._folded, told if figure.unit in told else told + figure.unit)

    def _names_row(self, row: TableFigure, ask: Ask) -> bool:
        """Whether the question has a word of what a row is of (资源税, 美国); rows of places and months are judged by these."""
        tokens = {token for token in tokenize(fold(row.name)) if len(token) > 1}
        if not tokens or not row.indicator.startswith(row.name) or find_months(fold(row.name)):
            return True
        return bool(tokens & (ask.weights.keys() | self._tokens)) or any(
            _in_order(token, fold(row.name)) for token in ask.weights
        )

    def _scale(self, ask: Ask) -> float:
        """What the words count for: more where only some of them stand in any passage, for the rest decide nothing."""
        found = sum(
            weight
            for token, weight in ask.weights.items()
            if any(token in page.folded for page in self._pages)
        )
        return min(1 / found, MOST_SCALED) if found else 1.0

    def _candidate(
        self,
        slot: Slot,
        ask: Ask,
        chunk: Chunk,
        piece: Piece,
        row: TableFigure | None,
        sentence: Sentence,
        reading: Reading,
    ) -> Candidate | None:
        """The figure as a candidate; None where it tells of another time, or is a target where a result is asked."""
        told, is_own = told_period(piece.text, reading.bound, chunk)
        begun, _ = told_or_begun(piece.text, reading.bound, chunk)
        told = begun if slot.period == begun else told
        planned = is_plan(piece.text, chunk, told)
        if row is not None and row.outcome is not None:
            planned = row.outcome is Outcome.PLAN
        if row is not None and slot.period and told and not slot.period.overlaps(told):
            return None
        period = period_fit(slot.period, told, is_own, chunk)
        months = self._fit_months(ask, chunk, sentence, reading.bound)
        plan = plan_fit(self._wanted(slot, ask), planned, piece.text, slot, self._newest)
        if period is None or plan is None or months is None:
            return None
        if self._question.report and not (chunk.date or "").startswith(self._question.report):
            plan += OTHER_REPORT
        span = cite(piece, reading.bound)
        line = Line(
            chunk,
            span.start,
            span.end,
            reading.score + period + plan + months,
            piece.text if row is not None else show(piece.text, reading.bound, both="城乡" in self._folded),
            around=piece.text,
            figure=reading.bound.figure,
            period=told,
            covered=round(reading.covered, 6),
            of_row=row is not None,
        )
        return Candidate(line, reading, sentence, planned, row)

    def _fit_months(self, ask: Ask, chunk: Chunk, sentence: Sentence, bound: Bound) -> float | None:
        """As `fit_months`; a quarter of a series over several is told by its own name."""
        told = sentence.folded[: bound.figure.start]
        if bound.alias:
            told = (
                sentence.folded[: bound.short[0]]
                + bound.alias
                + sentence.folded[bound.short[1] : bound.figure.start]
            )
        return fit_months(ask.part, told, fold(" ".join((chunk.title, *chunk.section))))

    def _wanted(self, slot: Slot, ask: Ask) -> bool | None:
        """Target or result: of several years the past ones are asked for as they came out (2023年增长和2024年目标)."""
        periods = {each.period for each in self._question.slots}
        past = slot.period is not None and self._newest is not None and slot.period.last < self._newest
        return None if ask.plan is True and len(periods) > 1 and past else ask.plan

    def _newest_of(self, candidates: Sequence[Candidate], slot: Slot) -> Candidate:
        """The best candidate; where no period is asked and a later one tells of the very same, that."""
        best = candidates[0]
        if slot.period is not None or self._question.report or best.line.period is None:
            return best
        later = [
            each
            for each in candidates
            if each.line.period is not None
            and each.planned == best.planned
            and each.line.period.last > best.line.period.last
            and tells_same(best, each)
        ]
        chosen = later[0] if later else best
        rivals = {
            each.line.period.last for each in candidates if each.line.period and tells_same(chosen, each)
        }
        if len(rivals) > 1 and chosen.line.period:
            return replace(chosen, line=replace(chosen.line, label=chosen.line.period.label))
        return chosen


def _in_order(short: str, name: str) -> bool:
    """Whether the letters of a short name stand in a long one in their order: 个税 in 个人所得税."""
    letters = iter(name)
    return len(short) > 1 and all(letter in letters for letter in short)


def _put_same_first(candidates: tuple[Candidate, ...], surest: Candidate) -> tuple[Candidate, ...]:
    """The candidates with one of the very same indicator first, where it stands close to the best."""
    if not candidates or tells_same(candidates[0], surest):
        return candidates
    least = candidates[0].line.score - SAME
    same = [each for each in candidates if each.line.score >= least and tells_same(each, surest)]
    return (*same[:1], *(each for each in candidates if each not in same[:1]))


def _named(found: Sequence[Candidate]) -> Sequence[Candidate]:
    """Without the figures that no word of the question stands by, where much of it stands by another."""
    most = max((each.line.covered for each in found), default=0.0)
    return [each for each in found if each.line.covered > 0 or most < NAMED]


def _of_head(found: Sequence[Candidate], head: str) -> Sequence[Candidate]:
    """The figures whose own words hold the noun that is asked about, where there are any; else all."""
    named = [each for each in found if head and head in "".join(_own(each))]
    return named or found


def _own(candidate: Candidate) -> tuple[str, ...]:
    """The runs of words that name a figure, and the noun that it counts."""
    bound, folded = candidate.reading.bound, candidate.sentence.folded
    return tuple(folded[start:end] for start, end in (*bound.topic, *bound.own, bound.after))


def _contradicts(one: Candidate, other: Candidate) -> bool:
    """Whether another report gives another value for the very same: name, place, time, target or result."""
    first, second = one.line, other.line
    return (
        first.chunk.title != second.chunk.title
        and first.chunk.region == second.chunk.region
        and first.period == second.period
        and one.planned == other.planned
        and one.reading.bound.figure.value != other.reading.bound.figure.value
        and one.reading.bound.figure.unit == other.reading.bound.figure.unit
        and one.reading.aspect is other.reading.aspect
        and _names(one) == _names(other) != frozenset()
    )


def tells_same(one: Candidate, other: Candidate) -> bool:
    """Whether two figures are of one indicator: the same unit and aspect, named by nearly the same words."""
    names, others = _names(one), _names(other)
    alike = len(names & others) >= SAME_NAME * min(len(names), len(others)) > 0
    units = one.reading.bound.figure.unit == other.reading.bound.figure.unit
    aspects = {one.reading.aspect, other.reading.aspect}
    return alike and units and (len(aspects) == 1 or aspects == {Aspect.LEVEL, Aspect.TOTAL})


def _names(candidate: Candidate) -> frozenset[str]:
    """Tokens of the words that name a figure."""
    return frozenset(token for run in _own(candidate) for token in tokenize(PLAIN.sub(" ", run)))


def _order(candidate: Candidate) -> tuple[float, int, int]:
    return (-candidate.line.score, candidate.line.chunk.id, candidate.reading.bound.figure.start)


def _is_sharper(each: Candidate, best: Candidate) -> bool:
    """Whether a figure tells exactly what the best one only says to be passed (53.6% where that says 突破50%)."""
    exact, rough = each.line.figure, best.line.figure
    if exact is None or rough is None or rough.sense != ">" or exact.sense or exact.unit != rough.unit:
        return False
    is_near = rough.value < exact.value <= rough.value * SHARPER
    told = each.line.period == best.line.period and each.line.chunk.region == best.line.chunk.region
    return is_near and told and each.reading.covered >= best.reading.covered and each.planned == best.planned
