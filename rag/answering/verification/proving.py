"""The proof of one figure: its value, unit, words, year and place in the span that its line cites."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag.answering.figures import Figure, find_figures
from rag.answering.slots.fitting import year_begun
from rag.answering.verification.alignment import MARGIN, find_spoken, is_unclear
from rag.answering.verification.claims import Claim
from rag.answering.verification.contexts import Place, blank, find_places, is_grade
from rag.answering.verification.evidence import Evidence
from rag.answering.verification.naming import spoken_period
from rag.corpus.periods import PeriodMention, find_periods
from rag.mentions import names_region, short_name
from rag.text import fold
from rag.types import Period, Question

# A year or quarter of a series over several.
_TIME = re.compile(r"(?:19|20)\d\d年|[一二三四]季度")
_DENIALS = ("不是", "并非", "没有", "并未", "未达", "不到", "而非")


class Fault(StrEnum):
    """What is wrong with a figure or name of an answer."""

    NOT_IN_SPAN = "not_in_span"
    WRONG_UNIT = "wrong_unit"
    WRONG_BOUND = "wrong_bound"
    OTHER_INDICATOR = "other_indicator"
    WRONG_YEAR = "wrong_year"
    WRONG_REGION = "wrong_region"
    WRONG_RESULT = "wrong_result"
    NO_CITATION = "no_citation"


@dataclass(frozen=True, slots=True)
class Proof:
    """The figure at `start`..`end` of the answer stands at `span_start`..`span_end` of citation `n`'s text.

    `n` is 0 where it stands in the question.
    """

    start: int
    end: int
    n: int
    span_start: int
    span_end: int


class Prover:
    """Checks the figures of one claim."""

    def __init__(self, claim: Claim, question: Question) -> None:
        self._claim = claim
        self._question = question
        self._asked = fold(question.understood)
        text = claim.text
        self._times = find_periods(text, None)
        figures = find_figures(text)
        self._contexts = dict(zip(figures, blank(text, figures), strict=True))
        self._places = find_places(text, figures)
        self.figures = [figure for figure in figures if not self._is_year(figure)]

    def _is_year(self, figure: Figure) -> bool:
        """Calendar years are names of periods, not figures; bare by a word (2022版) they are both."""
        return not figure.unit.strip("年") and any(
            time.start <= figure.start < time.end and not self._is_bare(time) for time in self._times
        )

    def _is_bare(self, time: PeriodMention) -> bool:
        """Whether nothing but four digits stands there, and a word right before or after."""
        text = self._claim.text
        is_touched = text[time.start - 1 : time.start].isalpha() or bool(_noun(text, time.end))
        return text[time.start : time.end].isdigit() and is_touched

    def check(self, index: int, source: Evidence) -> Proof | Fault:
        """The proof of a figure in a source, or why there is none."""
        figure = self.figures[index]
        if figure.unit == "季度" and any(place.time == self._shown(figure) for place in source.places):
            return Proof(self._claim.start + figure.start, self._claim.start + figure.end, 0, 0, 0)
        same = [place for place in source.places if self._same(figure, place.figure, source)]
        if not same:
            return self._of_question(figure, source)
        if self._names_item(figure):
            return self._proof(figure, same[0], source)
        spoken = find_spoken(self._contexts[figure], source.places, self._question.topic)
        best = max(score for _, score in spoken)
        score = max(score for place, score in spoken if place in same)
        alike = [place for place, own in spoken if place in same and own == score]
        # A row of a table says the same words for each of its years (一级医院): the year that the line says counts.
        chosen = next((p for p in alike if self._slot_fault(figure, p, source) is None), alike[0])
        rivals = [other for place, other in spoken if place.figure.amount != chosen.figure.amount]
        if score < best - MARGIN or (self._contexts[figure].is_bare and score <= max(rivals, default=-1.0)):
            return Fault.OTHER_INDICATOR
        if is_unclear(self._contexts[figure], chosen, spoken, self._asked, alone=len(self.figures) == 1):
            return Fault.OTHER_INDICATOR
        if not _same_bound(figure, chosen.figure):
            return Fault.WRONG_BOUND
        if self._has_other_threshold(index, chosen.figure, source):
            return Fault.OTHER_INDICATOR
        if fault := self._slot_fault(figure, chosen, source):
            return fault
        return self._proof(figure, chosen, source)

    def _proof(self, figure: Figure, place: Place, source: Evidence) -> Proof:
        start, end = self._claim.start + figure.start, self._claim.start + figure.end
        told = place.figure
        return Proof(start, end, source.n, told.start - source.shift, told.end - source.shift)

    def _has_other_threshold(self, index: int, told: Figure, source: Evidence) -> bool:
        """Whether the line counts what lies above another limit than the source: 50亿元以上项目161个 for 20亿元以上."""
        before = self.figures[index - 1] if index else None
        other = _threshold(source.sentence, [place.figure for place in source.places], told)
        own = _threshold(self._claim.text, [before] if before else [], self.figures[index])
        return own is not None and other is not None and own.amount != other.amount

    def _same(self, figure: Figure, told: Figure, source: Evidence) -> bool:
        """Whether a figure of the cited words says the same; without a known unit the noun after it must be the same."""
        cited = source.shift <= told.start and told.end <= source.shift + len(source.folded)
        if not cited or figure.amount != told.amount:
            return False
        if figure.unit:
            return True
        noun, other = _noun(self._claim.text, figure.end), _noun(source.sentence, told.end)
        return noun == other or not noun or not noun.strip("、和与及:")

    def _of_question(self, figure: Figure, source: Evidence) -> Proof | Fault:
        """A figure of the question may be repeated where the source has none to set against it.

        10件 of the question does not stand for 10个 of the source.
        """
        start, end = self._claim.start + figure.start, self._claim.start + figure.end
        values = {value for told in source.figures for value in (told.value, _mantissa(source.folded, told))}
        has_value = figure.value in values or _mantissa(self._claim.text, figure) in values
        has_rival = has_value or any(told.amount[0] == figure.amount[0] for told in source.figures)
        is_asked = figure.amount in {each.amount for each in find_figures(self._asked)}
        is_denied = self._claim.text[: figure.start].rstrip().endswith(_DENIALS)
        if is_asked and (is_denied or not has_rival):
            return Proof(start, end, 0, 0, 0)
        return Fault.WRONG_UNIT if has_value and figure.upper is None else Fault.NOT_IN_SPAN

    def _names_item(self, figure: Figure) -> bool:
        """Whether a numeral begins the name of what a later figure counts: 一级残疾人23817人."""
        text = self._claim.text
        is_first = not text[: figure.start].strip() or text[: figure.start].rstrip()[-1] in "：:，,"
        return is_first and figure != self.figures[-1] and is_grade(text, figure)

    def _shown(self, figure: Figure) -> str:
        return self._claim.text[figure.start : figure.end]

    def _said_time(self, figure: Figure) -> str:
        """The year or quarter that the line says of a figure: its own of a series quoted whole, else the last before it."""
        if own := next((each.time for each in self._places if each.figure == figure), ""):
            return own
        said = _TIME.findall(self._claim.text[: figure.start])
        return said[-1] if said else ""

    def _slot_fault(self, figure: Figure, place: Place, source: Evidence) -> Fault | None:
        """Whether the figure is of another year or place than the line says or, where it says none, is asked."""
        told = place.figure
        if place.time:
            return None if self._said_time(figure) == place.time else Fault.WRONG_YEAR
        period = spoken_period(source.sentence, told.start, source) or source.period
        stated = spoken_period(self._claim.text, figure.start, source)
        if stated and period and (stated.first, stated.last) != (period.first, period.last):
            return Fault.WRONG_YEAR
        if not self._question.wants_figure:
            return None
        # A year in the sentence may belong to another noun (2018—2022年披露的72个问题): the passage's counts too.
        begun = year_begun(source.sentence, told, source.period)
        told_of = [each for each in (period, source.period, begun) if each is not None]
        if stated is None and told_of and not any(self._asks_period(each, source) for each in told_of):
            return Fault.WRONG_YEAR
        return None if self._asks_region(source) else Fault.WRONG_REGION

    def _asks_period(self, told: Period, source: Evidence) -> bool:
        asked = [slot.period for slot in self._question.slots]
        return any(
            period is None
            or period.overlaps(told)
            or any(str(year) in source.sentence for year in (period.first, period.last))
            for period in asked
        )

    def _asks_region(self, source: Evidence) -> bool:
        """Whether the source tells of a place asked about, or its sentence or the line names a place of its own."""
        told = source.region
        for slot in self._question.slots:
            asked = slot.region
            if asked is None or told is None or asked == told:
                return True
            is_named = short_name(fold(asked.path[-1])) in source.everything
            if is_named or (told.contains(asked) and names_region(source.everything, asked)):
                return True
        own = fold(told.path[-1]) if told else ""
        return short_name(own) in self._claim.text


def _threshold(text: str, figures: Sequence[Figure], figure: Figure) -> Figure | None:
    """The limit (20亿元以上) that stands before a figure with nothing but the noun of both between them."""
    before = max((f for f in figures if f.end <= figure.start), key=lambda f: f.start, default=None)
    if before is None or before.bound not in {"以上", "以下", "以内"}:
        return None
    return before if re.fullmatch(r"[\u4e00-\u9fff]{1,12}", text[before.end : figure.start]) else None


def _same_bound(figure: Figure, told: Figure) -> bool:
    """左右 may be left out, 以上 and 近 may not; none may be put in."""
    return figure.sense == told.sense or (not figure.sense and told.sense == "~")


def _noun(text: str, end: int) -> str:
    rest = text[end:]
    return rest[:1] if rest[:1].isalnum() and not rest[:1].isdigit() else ""


def _mantissa(text: str, figure: Figure) -> str:
    """The digits as written, without scale and unit."""
    return "".join(c for c in text[figure.start : figure.end] if c.isdigit() or c == ".")
