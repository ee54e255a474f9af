"""Looks a question up: the passages found for each of its needs, and the lines that answer it or the refusal."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

from embeddings.bundled import NAME as BUNDLED_MODEL
from embeddings.encoder import Encoder
from rag.answering.extractive import extract
from rag.answering.likeness import Likeness
from rag.answering.lines import Line, Weigh, weigh_tokens
from rag.answering.orders import blank_orders
from rag.answering.refusal.nearest import read_accepted
from rag.answering.refusal.reading import SentenceReader
from rag.answering.refusal.refusing import Reason, Refusal, explain, refuse, refuse_order
from rag.answering.refusal.sufficiency import Judge
from rag.answering.verification.proven import keep_proven
from rag.answering.verification.proving import Fault
from rag.answering.wording import name_slot
from rag.compound import place_named, split_described, split_needs
from rag.indicators.across import Across, Over, is_ordered, read_across, read_named, split_top
from rag.mentions import Coverage, find_regions
from rag.question import understand, understand_each
from rag.retrieval import Retriever
from rag.store import Index
from rag.text import fold
from rag.types import AnswerKind, Chunk, Filter, Hit, Question, Region, Turn

SURE = 0.5
"""Score from which a line surely answers a reading of a follow-up that is not the likeliest. Of .25 to .8 the follow-ups
of the tuning half have 28 or 29 of 37 right; with .8 most of what another reading wins is refused again."""
_FIRST = re.compile(r"最|第一|首位|居首")
AROUND = 60
"""Passages before and after one that are read as its article, for lists and summaries; set by hand, not tuned."""


@dataclass(frozen=True, slots=True)
class Found:
    """A question or a part of one, the passages found for it, what they come to, and the whole as understood.

    `withheld` says of each line that was left out what is not borne out in it.
    """

    question: Question
    hits: tuple[Hit, ...]
    result: tuple[Line, ...] | Refusal
    understood: str
    withheld: tuple[Fault, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that answer; none where it is refused."""
        return () if isinstance(self.result, Refusal) else self.result


class Lookup:
    """Looks questions up in one index."""

    def __init__(self, index: Index, encoder: Encoder, reader: SentenceReader | None) -> None:
        """`reader` judges the lines that words and meaning leave in doubt; without it they are judged by those alone."""
        self._index = index
        self._is_bundled = encoder.name == BUNDLED_MODEL
        self._reader = reader
        self.retriever = Retriever(index, encoder, read=reader.odds_each if reader else None)

    @cached_property
    def coverage(self) -> Coverage:
        """Regions and years of the corpus."""
        return self._index.coverage()

    @cached_property
    def weigh(self) -> Weigh:
        """How rare a token is in the reports."""
        lexical = self._index.lexical
        return weigh_tokens(lexical.document_frequency, len(lexical))

    def find(self, question: str, history: Sequence[Turn], filter: Filter | None) -> tuple[Found, ...]:
        """What is found for a question: for each of its needs where it has two, else for its first reading answered."""
        likeliest, *others = understand_each(question, self.coverage, history)
        if others and self.judge(likeliest).has_no_words:
            likeliest, *others = *others, likeliest  # what is asked of it was said before
        if both := self._find_both(likeliest, filter):
            return both
        if both := self._find_of_top(likeliest, filter):
            return both
        across = read_across(likeliest, self.coverage)
        if across and (compared := self._compare(likeliest, across, filter)):
            return (compared,)
        first = self._look_up(likeliest, filter)
        if across and not is_ordered(across, first.lines):
            if told := self._look_up_named(likeliest, filter):
                return (told,)
            return (replace(first, result=refuse_order(likeliest)),)
        if len(first.lines) < len(likeliest.slots) and (filled := self._fill(likeliest, first, filter)):
            return (filled,)
        if first.lines:
            return (_label_places(first) if across and across.over is Over.PLACES else first,)
        for understood in others:
            other = self._look_up(understood, filter)
            if isinstance(first.result, Refusal) and first.result.reason is Reason.UNCLEAR_QUESTION:
                first = other  # what its own words leave unclear is refused as what they mean
            judge = self.judge(understood)
            if any(judge.accepts(line, SURE) for line in other.lines):
                return (other,)
        return self._find_described(likeliest, filter) or (first,)

    def _find_both(self, question: Question, filter: Filter | None) -> tuple[Found, ...]:
        """What answers each of the two needs of a question; empty where it has one, or one is not told."""
        parts = split_needs(question.understood, self.coverage)
        if not parts:
            return ()
        found = [self._look_up_part(question, part, filter) for part in parts[:2]]
        if len(parts) > 2 and found[0].lines and not found[1].lines:
            found[1] = self._look_up_part(question, parts[2], filter)
        if found[0].lines == found[1].lines:
            return (found[0],) if found[0].lines else ()
        return tuple(found) if all(each.lines for each in found) else ()

    def _compare(self, question: Question, across: Across, filter: Filter | None) -> Found | None:
        """What the rows of the table tell of all places or years; None where they do not."""
        from rag.indicators.side_by_side import compare_rows  # where no question needs it, none waits for it

        compared = compare_rows(question, across, self._index, self.weigh, filter or Filter())
        lines, withheld = keep_proven(compared.lines, compared.question)
        if not lines or (not across.ordered and len(lines) < compared.least):
            return None
        hits = self.retriever.find(question, filter)
        if len(lines) < compared.least:
            return Found(question, hits, refuse_order(question, lines[0]), question.understood, withheld)
        return Found(compared.question, hits, lines, question.understood, withheld)

    def _fill(self, question: Question, found: Found, filter: Filter | None) -> Found | None:
        """What the rows of the table tell of each place and year that a comparison names; None where they do not."""
        named = read_named(question)
        if named is None:
            return None
        from rag.indicators.side_by_side import fill_slots

        rows = fill_slots(question, named, self._index, self.weigh, filter or Filter())
        lines, withheld = keep_proven(rows, question)
        if len(lines) < len(question.slots):
            return None
        return replace(found, result=lines, withheld=withheld)

    def _find_of_top(self, question: Question, filter: Filter | None) -> tuple[Found, ...]:
        """What is asked of the place that is first in something: first which place it is, then the answer."""
        split = split_top(question.understood)
        which = understand(split[0], self.coverage) if split else None
        across = read_across(which, self.coverage) if which else None
        first = self._compare(which, across, filter) if which and across else None
        if split is None or first is None or not first.lines:
            return ()
        place = first.question.slots[0].region
        second = self._look_up_part(question, f"{place.path[-1] if place else ''}{split[1]}", filter)
        whole = replace(first, understood=question.understood)
        return (whole, _label_places(second, place)) if second.lines else ()

    def _find_described(self, question: Question, filter: Filter | None) -> tuple[Found, ...]:
        """What is asked of a place that the question only describes: first which place it is, then the answer."""
        split = split_described(question.understood, self.coverage)
        if split is None:
            return ()
        which, level, asked = split
        first = self._look_up_part(question, which, filter)
        place = next((p for line in first.lines if (p := place_named(line.text, level, self.coverage))), None)
        if place is None:
            return ()
        second = self._look_up_part(question, f"{place.path[-1]}{asked}", filter)
        return (first, second) if second.lines else ()

    def _look_up_named(self, question: Question, filter: Filter | None) -> Found | None:
        """The sentence that surely names what is first, where no figures tell it (主要分布在宣恩县); None where none does."""
        if not _FIRST.search(question.understood):
            return None
        found = self._look_up(replace(question, kind=AnswerKind.ENTITY), filter)
        judge = self.judge(found.question)
        asked = {slot.region for slot in question.slots}
        sure = (line for line in found.lines if judge.accepts(line, SURE))
        named = (mention.named for line in sure for mention in find_regions(fold(line.text), self.coverage))
        return found if any(region not in asked for region in named) else None

    def _look_up_part(self, whole: Question, part: str, filter: Filter | None) -> Found:
        """A part of a question looked up as a question of its own; what is shown as understood is the whole."""
        asked = replace(understand(part, self.coverage), text=whole.text)
        return replace(self._look_up(asked, filter), understood=whole.understood)

    def _look_up(self, question: Question, filter: Filter | None) -> Found:
        hits = self.retriever.find(question, filter)
        told = tuple(replace(hit, chunk=blank_orders(hit.chunk)) for hit in hits)
        reading = _Reading(self, filter or Filter())
        result = self._answer(question, told, reading)
        return Found(question, hits, result, question.understood, reading.withheld)

    def _answer(
        self, question: Question, hits: Sequence[Hit], reading: "_Reading"
    ) -> tuple[Line, ...] | Refusal:
        judge = self.judge(question)
        reason = refuse(question, hits, self.coverage, judge)
        lines = () if reason else read_accepted(question, hits, reading.read, judge.accepts)
        if lines:
            return lines
        return explain(
            question,
            hits,
            self.coverage,
            judge,
            partial(self.read, filter=reading.filter),
            self.judge,
            reason,
        )

    def read(self, question: Question, hits: Sequence[Hit], filter: Filter | None = None) -> tuple[Line, ...]:
        """The lines of these passages that answer best and that their words bear out, judged by nobody yet."""
        return self.prove(question, hits, filter or Filter())[0]

    def prove(
        self, question: Question, hits: Sequence[Hit], filter: Filter
    ) -> tuple[tuple[Line, ...], tuple[Fault, ...]]:
        """As `read`, and what is wrong with each line that is left out."""
        article = partial(self._article, filter=filter)
        return keep_proven(extract(question, hits, self.weigh, article, self._likeness(question)), question)

    def judge(self, question: Question) -> Judge:
        """Who judges lines against a question."""
        return Judge(question, self.coverage, self._likeness(question), self._reader)

    def _likeness(self, question: Question) -> Likeness | None:
        """How near lines are in meaning; none where the model is not the one that its worth was measured with."""
        return Likeness(question, self.retriever.compare) if self._is_bundled else None

    def _article(self, chunk: Chunk, filter: Filter) -> tuple[Chunk, ...]:
        """The passages of a passage's article, as far as they stand near it and pass the filter."""
        rows = range(max(chunk.id - AROUND, 0), min(chunk.id + AROUND, len(self._index)))
        near = self._index.chunks(rows)
        return tuple(
            blank_orders(each)
            for each in near
            if (each.file, each.title) == (chunk.file, chunk.title) and filter.allows(each)
        )


def _label_places(found: Found, place: Region | None = None) -> Found:
    """The same with each line labelled by the place that it tells of, or by `place`."""
    if isinstance(found.result, Refusal):
        return found
    language = found.question.language
    labelled = (
        line
        if line.label and not place
        else replace(line, label=name_slot(language, place or line.chunk.region, None))
        for line in found.result
    )
    return replace(found, result=tuple(labelled))


@dataclass(slots=True)
class _Reading:
    """Reads passages within a filter; `withheld` is what the reading that counted left out, and why."""

    lookup: Lookup
    filter: Filter
    withheld: tuple[Fault, ...] = ()

    def read(self, question: Question, hits: Sequence[Hit]) -> tuple[Line, ...]:
        """As `Lookup.read`; the last reading is the one that the answer comes from."""
        lines, self.withheld = self.lookup.prove(question, hits, self.filter)
        return lines
