"""Whether a line says what is asked: how much of the question stands by it, and whether it is of the kind asked."""

import math
import re
from dataclasses import dataclass
from functools import cached_property

from rag.answering.likeness import Likeness
from rag.answering.lines import Line
from rag.answering.phrases.claimed import supposes_way, without_way
from rag.answering.phrases.lists import without_faults
from rag.answering.refusal.content import find_content, find_covered, share_held
from rag.answering.refusal.english_content import EnglishWord, find_english_content, share_told
from rag.answering.refusal.fitness import (
    fits_figures,
    fits_kind,
    names_numbers,
    names_place,
    names_quoted,
    names_rate,
    names_subject,
    tells_names,
)
from rag.answering.refusal.reading import HIGHEST, LOWEST, SentenceReader
from rag.answering.slots.industries import asks_industry, tells_industries
from rag.breakdowns import is_of_other_part
from rag.mentions import Coverage, in_pinyin, names_region, unknown_place
from rag.question import find_kind, without_slots
from rag.synonyms import name_groups
from rag.text import fold
from rag.types import AnswerKind, Question

# Either way of two, and 两年各: what is asked of the topic, which no report says in these words.
_WAYS = "变?(?:上升|下降|[好坏差升降高低多少快慢增减涨跌])[了些]?"
_CHOICE = re.compile(rf"是?{_WAYS}还是{_WAYS}|[两三几]年(?=各|分别|都)")
_LATIN = re.compile(r"[a-z]")
_SHORTEST_SPELLED = 4
# Characters before a line in which its subject may stand.
_NEAR_BEFORE = 120


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal is worth, and the score from which on a line is an answer.

    Fitted by `benchmarks/refusal.py` (logistic regression) on the tuning half of our questions and its rewordings: their own answers
    against those found when every passage with the evidence is taken away, what is not told, and made-up attributes.
    Held apart from these and worthless there: the share that stands in the clause alone, that in the whole passage, and
    that of the words just before the asking word.
    """

    sentence: float
    likeness: float
    reading: float
    constant: float


WEIGHTS = Weights(2.9, 42.9, 0.5, -1.7)
WITHOUT_READER = Weights(3.9, 49.6, 0.0, -1.95)
# On the tuning half .20 and .25 refuse as many questions that are told (.082), .25 more of those that are not (.786 and
# .732); .30 begins to refuse more of what is told (docs/benchmarks.md).
LEAST = 0.25
# A cosine that lies further from the usual one counts as this far: twice as much gives the same answers on the tuning half.
_LIKENESS = 0.045


class Judge:
    """Judges lines against one question."""

    def __init__(
        self,
        question: Question,
        coverage: Coverage,
        likeness: Likeness | None,
        reader: SentenceReader | None = None,
    ) -> None:
        """`likeness` is left out where the model's cosines are not those that the weights were fitted to."""
        self._question = question
        self._folded = fold(question.understood)
        self._likeness, self._reader = likeness, reader
        self._topic = without_slots(self._folded, coverage)
        if supposes_way(question):
            # Which way it went is what the answer decides: the reports need not say it in these words.
            self._topic = without_way(self._topic)
        self._topic = _CHOICE.sub(" ", without_faults(self._topic))
        self._words = (
            find_english_content(self._topic, coverage.find_terms) if question.language == "en" else ()
        )
        self._contents = find_content(self._topic, coverage.frequency, coverage.passages)
        # A follow-up asks for what its own words ask for.
        own = fold(question.text)
        self._asked, self._kind = self._folded, question.kind
        if find_kind(own, question.slots) is AnswerKind.LIST:
            self._asked, self._kind = own, AnswerKind.LIST

    @property
    def has_no_words(self) -> bool:
        """Whether the question has no weighty word besides places and times."""
        return not (self._words or self._contents)

    @property
    def asks_nothing(self) -> bool:
        """Whether the question has no weighty word and no place or time: nothing can be found for it."""
        return self.has_no_words and all(
            slot.region is None and slot.period is None for slot in self._question.slots
        )

    @cached_property
    def _unknown_place(self) -> str:
        return unknown_place(self._topic)

    def accepts(self, line: Line, least: float = LEAST) -> bool:
        """Whether a line answers: it is of the kind asked for and enough of the question stands by it."""
        return self.fits(line) and self.is_enough(line, least)

    def is_enough(self, line: Line, least: float = LEAST) -> bool:
        """Whether the score reaches `least`; the cosine and the reading are computed only where they decide.

        The reading is the quicker, but opening the reader is not: the cosine comes first until that is done.
        """
        share = self.share(line)
        if self._tells_nothing_asked(line, share):
            return False
        likeness: tuple[float, ...] = (-_LIKENESS, _LIKENESS) if self._likeness else (0.0,)
        reading: tuple[float | None, ...] = (LOWEST, HIGHEST) if self._reader else (None,)
        for step in self._steps():
            scores = [self._score(share, each, read) for each in likeness for read in reading]
            if min(scores) >= least or max(scores) < least:
                return min(scores) >= least
            if step == "likeness":
                likeness = (self.likeness(line),)
            else:
                reading = (self.reading(line),)
        return self._score(share, likeness[0], reading[0]) >= least

    def _tells_nothing_asked(self, line: Line, share: float) -> bool:
        """Whether a figure stands in a sentence without a word of the question: the figure of something else."""
        chinese = self._question.language != "en"
        return chinese and self._wants_figure(line) and bool(self._contents) and share == 0

    def _steps(self) -> tuple[str, ...]:
        if self._reader is None:
            return ("likeness",)
        return ("reading", "likeness") if self._reader.is_open else ("likeness", "reading")

    def score(self, line: Line) -> float:
        """How surely a line answers the question, 0..1."""
        share = self.share(line)
        if self._tells_nothing_asked(line, share):
            return 0.0
        return self._score(share, self.likeness(line), self.reading(line))

    def reading(self, line: Line) -> float | None:
        """Log-odds, by the reader, that the line's sentence answers; None without a reader."""
        return self._reader.odds(self._question, _sentence(line)) if self._reader else None

    def likeness(self, line: Line) -> float:
        """Cosine of the question and the line's words, above what a line usually has; 0 without a model to tell."""
        return min(max(self._likeness.of(line), -_LIKENESS), _LIKENESS) if self._likeness else 0.0

    def share(self, line: Line) -> float:
        """Share of the question's weighty words that stands in the line's sentence with its headings, 0..1.

        The ratio of the three industries is called so many things that words do not tell whether it is meant.
        """
        if asks_industry(self._folded) and tells_industries(fold(line.text)):
            return 1.0
        told = f"{_sentence(line)} {_headings(line)}"
        english = self._question.language == "en"
        return share_told(self._words, told) if english else share_held(self._contents, told)

    def fits(self, line: Line) -> bool:
        """Whether a line is of the kind, dimension and place asked for, and knows the names and numbers supposed."""
        question, sentence = self._folded, _sentence(line)
        around = f"{'' if line.of_row else fold(line.chunk.text)} {sentence} {_headings(line)}"
        is_bare = line.of_row and line.figure is not None and not line.figure.unit
        if self._wants_figure(line) and not (is_bare or fits_figures(question, fold(line.text))):
            return False
        return (
            fits_kind(self._asked, self._kind, sentence, fold(line.source))
            and tells_names(self._asked, fold(line.text))
            and (self._question.language == "en" or names_quoted(self._topic, around))
            and (
                not self._wants_figure(line)
                or names_rate(self._topic, f"{_whole_sentence(line)} {_headings(line)}")
            )
            and not self._is_of_other_part(line, around)
            and self._names_subject(line)
            and (self._kind is not AnswerKind.ENTITY or names_place(self._asked, fold(line.text)))
            and (self._holds_against(line) or names_numbers(self._topic, around))
            and self._knows_names(around)
            and self._fits_place(line, sentence, around)
        )

    def _is_of_other_part(self, line: Line, around: str) -> bool:
        """Whether a figure is asked for one part of a statistic and the line tells it of another."""
        if line.figure is None and not self._question.wants_figure:
            return False
        own = fold(self._question.text)
        own = "" if own == self._folded else own
        if line.of_row:
            around = f"{around} {fold(line.chunk.header)} {fold(line.chunk.text)}"
        return is_of_other_part(self._topic, own, fold(line.text), around)

    def _names_subject(self, line: Line) -> bool:
        """Whether a figure stands near the body or site that a Chinese question begins with: in its sentence or one before."""
        is_figure = line.figure is not None or self._question.wants_figure
        if not is_figure or line.role or self._question.language == "en":
            return True
        before = line.chunk.text[: line.start].rpartition("\n")[2][-_NEAR_BEFORE:]
        near = f"{fold(before)} {_sentence(line)} {_headings(line)} {fold(line.source)}"
        return names_subject(self._topic, near)

    def _wants_figure(self, line: Line) -> bool:
        """Whether a line alone must be of the dimension asked: a part of a computation or a comparison need not."""
        return self._question.wants_figure and not line.label and not line.role

    def _holds_against(self, line: Line) -> bool:
        """Whether a line gives the figure that a number of a yes-or-no question is held against."""
        return self._kind is AnswerKind.YESNO and line.figure is not None

    def _knows_names(self, around: str) -> bool:
        """Whether every Latin word of a Chinese question (HPV) stands in the passage, but the names of statistics (GDP).

        Of an English one those that the reports write in Chinese characters of that sound (Qinyue, 秦岳).
        """
        if self._question.language == "en":
            return all(
                any(name in around for name in word.chinese) for word in self._words if _is_spelled(word)
            )
        latin = [
            content.text
            for content in self._contents
            if _LATIN.match(content.text) and not name_groups(content.text)
        ]
        return all(all(find_covered(word, around)) for word in latin)

    def _fits_place(self, line: Line, sentence: str, around: str) -> bool:
        """Whether a line about a wider place, or for a place that the reports are not about, names the place asked."""
        if self._unknown_place and self._unknown_place not in around:
            return False
        slots, told = self._question.slots, line.chunk.region
        asked = slots[0].region
        named = f"{sentence} {_headings(line)}"
        if self._question.places:
            where = named if asked is None else around
            if not any(names_region(where, place) for place in self._question.places):
                return False
        if len(slots) > 1 or asked is None or told is None or told == asked or not told.contains(asked):
            return True
        return names_region(named, asked)

    def _score(self, share: float, likeness: float, reading: float | None) -> float:
        weights = WITHOUT_READER if self._reader is None or reading is None else WEIGHTS
        total = (
            weights.sentence * share
            + weights.likeness * likeness
            + weights.reading * (reading or 0.0)
            + weights.constant
        )
        return 1 / (1 + math.exp(-total))


def _is_spelled(word: EnglishWord) -> bool:
    """Whether an English word is a Chinese name spelled by its sound."""
    return len(word.text) > _SHORTEST_SPELLED and any(in_pinyin(name) == word.text for name in word.chinese)


def _sentence(line: Line) -> str:
    return fold(line.around or line.source)


def _whole_sentence(line: Line) -> str:
    """The line's sentence with what stands before it up to a full stop: semicolons part what tells of one thing."""
    before = re.split(r"[。！？!?\n]", line.chunk.text[: line.start])[-1]
    return fold(before) + _sentence(line)


def _headings(line: Line) -> str:
    return fold(" ".join((line.chunk.title, *line.chunk.section, *line.chunk.terms)))
