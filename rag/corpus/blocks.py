"""The blocks of an article: headings, paragraphs, tables and notes, each with its section, period and kind."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from rag.corpus.articles import ANNEX, NOTES_HEADING, SALUTATION, is_byline, is_date_line
from rag.corpus.lines import RANKS, Range, is_numbered_heading, is_title_like, numbering, without
from rag.corpus.notes import RawNote
from rag.corpus.periods import (
    dominant_kind,
    find_periods,
    heading_kind,
    heading_period,
    named_period,
    opening_period,
    year_looked_back_on,
    years,
)
from rag.corpus.repair import Paragraph
from rag.corpus.sections import Heading, Path, item_heading, items, leading, own_line, run_in
from rag.corpus.signatures import is_signed
from rag.corpus.table_lines import find_cells, is_table_row
from rag.types import Block, Form, Kind, Period

_UNIT_LINE = re.compile(r"^[（(]?\s*(?:计量)?单位\s*[：:]|^附?表\s*\d|^续表")
_UNIT_IN_BRACKETS = re.compile(r"[（(]\s*(?:计量)?单位\s*[：:][^（）()]{1,20}[)）]$")
# The end of a sentence that leads to the table below it: 主要项目如下（单位：万元）：
_LEADS_TO_TABLE = re.compile(
    r"(?:[（(]\s*(?:计量)?单位\s*[：:][^（）()]{1,20}[)）]|如下(?:表|所示)?)\s*[：:]?$"
)
_ANNEXED = re.compile(r"附[件表图录]\s*[\d一二三四五六七八九十]")
_SENTENCE_END = re.compile(r"[。；！？]")
_DIFFICULTIES = re.compile(
    r"清醒地?(?:认识|看到)|也要看到|还面临|还存在|存在的?(?:主要)?(?:问题|困难)|困难和(?:问题|挑战)"
)
_CLOSING = re.compile(r"^各位(?:代表|委员)[！!，,]|^(?:这些)?成绩的取得|^这些成绩")
_LONGEST_SUBHEADING = 30
_LONGEST_CAPTION = 60
_FIGURE_CELL = re.compile(r"(?:\||\s\s|\t)\s*[-+]?\d[\d,，.]*%?\s*(?:\||\s|$)")


@dataclass(frozen=True, slots=True)
class Setting:
    """What the blocks of an article are judged by.

    `report_year` is the year it was given, `review_year` the year it looks back on; None where unknown.
    """

    title: str
    report_year: int | None
    review_year: int | None
    plain: bool


class BlockWriter:
    """Writes the blocks of one article, paragraph after paragraph."""

    def __init__(self, text: str, drops: Sequence[Range], setting: Setting) -> None:
        self._text, self._drops, self._setting = text, drops, setting
        self._years = (setting.report_year, setting.review_year)
        self._path = Path()
        self._blocks: list[Block] = []
        self._reviewed: Period | None = None
        self._carried: Period | None = None
        self._told: Period | None = None
        self._run_in: tuple[float, int, bool] | None = None
        self._title_kind = heading_kind(setting.title)
        reviewed = _year(setting.review_year) if self._title_kind is Kind.RESULT else None
        self._title_period = heading_period(setting.title, *self._years) or reviewed
        self._looked_back = _year(year_looked_back_on(setting.title, setting.report_year))
        self._has_parts = False

    def head(self, paragraphs: Sequence[Paragraph], titles: Sequence[int]) -> None:
        """Writes the title and the lines about it."""
        for number, paragraph in enumerate(paragraphs):
            form = Form.HEADING if number in titles else Form.BYLINE
            self._add(paragraph.start, paragraph.end, form, (), None, Kind.NARRATIVE)

    def body(self, paragraphs: Sequence[Paragraph]) -> None:
        """Writes headings, paragraphs and tables."""
        paragraphs = list(self._part_captions(paragraphs))
        self._has_parts = self._has_parts or any(
            heading_kind(p.text) is not None
            for n, p in enumerate(paragraphs)
            if self._is_heading(paragraphs, n)
        )
        if not self._has_parts and self._told is None:
            self._told = named_period("\n".join(p.text for p in paragraphs), *self._years)
        for number, last, leads in self._stretches(paragraphs):
            paragraph = paragraphs[number]
            if last == number and _is_closing_date(paragraphs, number):
                self._add(paragraph.start, paragraph.end, Form.BYLINE, (), None, Kind.NARRATIVE)
            elif paragraphs[last].table:
                self._table(paragraph.start, paragraphs[last].end)
            elif self._is_heading(paragraphs, number):
                self._heading(paragraph)
            else:
                self._paragraph(paragraph, leads)

    def notes(self, heading: Sequence[Paragraph], notes: Sequence[RawNote]) -> None:
        """Writes the headings of the notes, each note as one block."""
        texts: list[str] = []
        for paragraph in heading:
            self._add(paragraph.start, paragraph.end, Form.HEADING, tuple(texts), None, Kind.NOTE)
            texts.append(paragraph.text.rstrip("：:"))
        for _, parts in notes:
            self._add(parts[0].start, parts[-1].end, Form.NOTE, tuple(texts), None, Kind.NOTE)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What was written, in the order of the text."""
        return tuple(sorted(self._blocks, key=lambda block: block.start))

    def _part_captions(self, paragraphs: Sequence[Paragraph]) -> Iterator[Paragraph]:
        """The paragraphs; where the last sentence of one leads to a table below it, that sentence by itself."""
        for paragraph, below in zip_longest(paragraphs, paragraphs[1:]):
            ends = [match.end() for match in _SENTENCE_END.finditer(paragraph.text)]
            raw = self._text[paragraph.start : paragraph.end]
            if (
                below
                and below.table
                and not paragraph.table
                and ends
                and _leads_to_table(paragraph.text[ends[-1] :])
            ):
                cut = paragraph.start + [match.end() for match in _SENTENCE_END.finditer(raw)][-1]
                yield replace(paragraph, end=cut, text=paragraph.text[: ends[-1]])
                yield replace(paragraph, start=cut, text=paragraph.text[ends[-1] :], level=0, gap=0)
            else:
                yield paragraph

    def _stretches(self, paragraphs: Sequence[Paragraph]) -> Iterator[tuple[int, int, bool]]:
        """Each paragraph's number, the number of the last that belongs with it, and whether its lead-in counts."""
        leads = self._lead_flags(paragraphs)
        number = 0
        while number < len(paragraphs):
            last = _table_end(paragraphs, number)
            yield number, last, leads[number]
            number = last + 1

    def _lead_flags(self, paragraphs: Sequence[Paragraph]) -> list[bool]:
        flags: list[bool] = []
        stretch: list[str] = []
        for number, paragraph in enumerate(paragraphs):
            if self._is_heading(paragraphs, number) or numbering(paragraph.text):
                flags += [*leading(stretch), False]
                stretch = []
            else:
                stretch.append(paragraph.text)
        return flags + leading(stretch)

    def _is_heading(self, paragraphs: Sequence[Paragraph], number: int) -> bool:
        paragraph = paragraphs[number]
        after = paragraphs[number + 1] if number + 1 < len(paragraphs) else None
        if paragraph.level:
            return True
        if paragraph.table or after is None:
            return False
        if _is_annex(paragraph.text):
            return True
        if is_numbered_heading(paragraph.text):
            own, next_number = numbering(paragraph.text), numbering(after.text)
            return own is not None and (next_number is None or next_number.style != own.style)
        return (
            self._setting.plain
            and len(paragraph.text) <= _LONGEST_SUBHEADING
            and is_title_like(paragraph.text)
            and not _is_salutation(paragraph.text)
            and not is_signed(paragraph.text)
            and not is_byline(paragraph.text)
            and not after.table
            and not is_title_like(after.text)
        )

    def _heading(self, paragraph: Paragraph) -> None:
        if _is_annex(paragraph.text):
            self._path.headings = ()
        heading = own_line(self._shown(paragraph.start, paragraph.end), paragraph.level, self._path)
        self._enter(heading)
        section = self._path.texts[:-1]
        period, kind = self._inherited(paragraph.text)
        self._add(paragraph.start, paragraph.end, Form.HEADING, section, period, kind or Kind.NARRATIVE)

    def _enter(self, heading: Heading) -> None:
        """Goes below a heading, with the time and kind that it sets."""
        kind = heading_kind(heading.text) if heading.rank < RANKS["bracketed_han"] or heading.level else None
        period = heading_period(heading.text, *self._years)
        self._path.enter(replace(heading, period=period, kind=kind))
        above, entered = self._path.headings[:-1], self._path.headings[-1]
        if entered.period is None and not any(outer.kind or outer.period for outer in above):
            self._path.headings = (*above, replace(entered, period=self._year_of(entered.kind)))
        if kind is Kind.RESULT and self._path.headings[-1].period is not None:
            self._reviewed = self._path.headings[-1].period

    def _year_of(self, kind: Kind | None) -> Period | None:
        """The year of a heading that names none: results are of the year looked back on, plans of the one after."""
        if kind is Kind.RESULT:
            return _year(self._setting.review_year)
        if kind is Kind.PLAN:
            return years(self._reviewed.last + 1) if self._reviewed else _year(self._setting.report_year)
        return None

    def _paragraph(self, paragraph: Paragraph, leads: bool) -> None:
        raw = self._text[paragraph.start : paragraph.end]
        starts = items(raw)
        first_end = paragraph.start + starts[0] if starts else paragraph.end
        narrates = bool(_DIFFICULTIES.search(paragraph.text[:60])) or _is_salutation(paragraph.text)
        opening = opening_period(paragraph.text, *self._years)
        if first_end > paragraph.start:
            shown = self._shown(paragraph.start, first_end)
            heading = run_in(shown, raw, self._path, leads)
            self._step(shown, heading)
            self._statement(paragraph.start, first_end, Form.PARAGRAPH, opening, narrates)
        for start, end in zip(starts, [*starts[1:], len(raw)], strict=False):
            start, end = paragraph.start + start, paragraph.start + end
            self._path.enter(item_heading(self._shown(start, end)))
            self._statement(start, end, Form.PARAGRAPH, opening, narrates)

    def _step(self, shown: str, heading: Heading | None) -> None:
        """Goes below the heading that a paragraph begins with, or leaves those that it does not belong to.

        Where （一） and （二） were one paragraph each, a paragraph without a number after （八） is not part of it.
        """
        number = numbering(shown)
        before, self._run_in = self._run_in, None
        if heading is not None:
            self._enter(heading)
            if number is not None:
                follows = before is not None and before[0] == heading.rank and before[1] == number.value - 1
                self._run_in = (heading.rank, number.value, follows)
            return
        self._path.leave_run_ins()
        if before is not None and before[2]:
            self._path.leave(before[0])
        if _CLOSING.match(shown) and self._path.headings:
            self._path.leave(self._path.headings[0].rank + 1)

    def _statement(
        self, start: int, end: int, form: Form, opening: Period | None = None, narrates: bool = False
    ) -> None:
        shown = self._shown(start, end)
        period, kind = self._inherited(shown, opening)
        if kind is not None and narrates and kind is not Kind.PLAN:
            kind = Kind.NARRATIVE
        elif kind is not None or not self._has_parts:
            kind = dominant_kind(shown, kind)
        self._add(start, end, form, self._path.texts, period, kind or Kind.NARRATIVE)

    def _table(self, start: int, end: int) -> None:
        """A table tells of all the years that its caption, its header and the first cells of its rows name."""
        above = self._path.headings
        is_apart = bool(_ANNEXED.match(self._shown(start, end))) and any(h.kind is Kind.PLAN for h in above)
        if is_apart:
            self._path.headings = ()  # a table behind the text is no part of the plan that it ends with
        self._statement(start, end, Form.TABLE)
        self._path.headings = above
        mentions = find_periods(_labels(self._shown(start, end)), *self._years)
        named = [mention.period for mention in mentions if not mention.relative]
        table = self._blocks.pop()
        if len(set(named)) > 1:
            spanned = years(min(period.first for period in named), max(period.last for period in named))
            table = replace(table, period=spanned)
        if is_apart and table.period is None:
            table = replace(table, period=_year(self._setting.review_year))
        if table.kind is Kind.NARRATIVE and _FIGURE_CELL.search(self._shown(start, end)):
            table = replace(table, kind=Kind.RESULT)
        self._blocks.append(table)

    def _inherited(self, shown: str, opening: Period | None = None) -> tuple[Period | None, Kind | None]:
        """Period and kind from the paragraph's first words, the headings above it, the title, or the text before it."""
        period = next((h.period for h in reversed(self._path.headings) if h.period is not None), None)
        kind = next((heading.kind for heading in self._path.headings if heading.kind is not None), None)
        if self._has_parts and self._title_kind is Kind.RESULT:
            return opening or period or self._title_period, kind or self._title_kind
        if self._has_parts:
            return opening or period, kind
        if self._title_kind is not None:
            return opening or period or self._title_period, self._title_kind
        if self._looked_back is not None:
            return opening or period or self._looked_back, None
        if opening is not None:
            self._carried = opening
        return opening or named_period(shown, *self._years) or period or self._carried or self._told, None

    def _shown(self, start: int, end: int) -> str:
        return without(self._text, start, end, self._drops).strip()

    def _add(
        self, start: int, end: int, form: Form, section: tuple[str, ...], period: Period | None, kind: Kind
    ) -> None:
        while end > start and self._text[end - 1].isspace():
            end -= 1
        while start < end and self._text[start].isspace():
            start += 1
        if start < end:
            self._blocks.append(Block(start, end, form, section, period, kind))


def _table_end(paragraphs: Sequence[Paragraph], number: int) -> int:
    """Number of the table that `number`, or a caption or unit line at `number`, belongs to; else `number`."""
    last = number
    while last < min(len(paragraphs) - 1, number + 2) and _is_caption(paragraphs[last]):
        last += 1
    return last if paragraphs[last].table else number


def _is_caption(paragraph: Paragraph) -> bool:
    text = _UNIT_IN_BRACKETS.sub("", paragraph.text)
    if paragraph.table or paragraph.level or len(text) > _LONGEST_CAPTION or NOTES_HEADING.search(text):
        return False
    if _UNIT_LINE.match(text):
        return True
    return numbering(text) is None and (is_title_like(text) or _leads_to_table(paragraph.text))


def _leads_to_table(text: str) -> bool:
    """Whether a sentence says what the table below it holds."""
    return (
        len(text) <= _LONGEST_CAPTION
        and not _SENTENCE_END.search(text)
        and bool(_LEADS_TO_TABLE.search(text))
    )


def _labels(table: str) -> str:
    """What the cells of a table are named by; a figure in a cell (2015) is no year."""
    lines = [line.strip() for line in table.split("\n")]
    first = next((number for number, line in enumerate(lines) if is_table_row(line)), len(lines))
    names = (line[slice(*find_cells(line)[0])] for line in lines[first + 1 :] if is_table_row(line))
    return "\n".join((*lines[: first + 1], *names))


def _is_closing_date(paragraphs: Sequence[Paragraph], number: int) -> bool:
    """Whether a paragraph is the date below a text."""
    return number == len(paragraphs) - 1 and is_date_line(paragraphs[number].text)


def _is_annex(text: str) -> bool:
    """Whether a line heads what is annexed to a text, and so belongs to none of its parts."""
    return len(text) <= _LONGEST_SUBHEADING and bool(ANNEX.match(text))


def _is_salutation(text: str) -> bool:
    return len(text) <= 30 and bool(SALUTATION.match(text))


def _year(year: int | None) -> Period | None:
    return None if year is None else years(year)
