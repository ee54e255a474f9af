"""What travels between rooms: frozen, slotted dataclasses, and nothing else.

Offsets are code points of a file's decoded text, with no newline translation; `end` is exclusive.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """Level of government, highest first."""

    COUNTRY = "国"
    PROVINCE = "省"
    CITY = "市"
    COUNTY = "县"
    TOWN = "乡镇"
    STREET = "街道"
    VILLAGE = "村"


class Kind(StrEnum):
    """What a passage tells: what was reached, is expected, is planned, is counted over years, explains, narrates."""

    RESULT = "result"
    ESTIMATE = "estimate"
    PLAN = "plan"
    CUMULATIVE = "cumulative"
    NOTE = "note"
    NARRATIVE = "narrative"


class AnswerKind(StrEnum):
    """What kind of answer a question wants."""

    FIGURE = "figure"
    ENTITY = "entity"
    TERM = "term"
    LIST = "list"
    YESNO = "yesno"
    COMPARISON = "comparison"
    SUMMARY = "summary"


class Form(StrEnum):
    """Shape of a block on the page."""

    HEADING = "heading"
    BYLINE = "byline"
    PARAGRAPH = "paragraph"
    TABLE = "table"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Span:
    """A contiguous piece of one file: `decoded_text[start:end]` is what the source view highlights."""

    file: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Region:
    """A place of administration: its full names from the province down, such as ("江西省", "南昌市")."""

    path: tuple[str, ...]
    level: Level

    @property
    def name(self) -> str:
        """Full name, such as 江西省南昌市."""
        return "".join(self.path)

    def contains(self, other: "Region") -> bool:
        """Whether `other` is this place or lies within it."""
        return other.path[: len(self.path)] == self.path


@dataclass(frozen=True, slots=True)
class Period:
    """The years `first`..`last` (both included) that a text tells of, and how to name them (2023年, 2021—2025年)."""

    first: int
    last: int
    label: str

    def overlaps(self, other: "Period") -> bool:
        """Whether the two share a year."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, table or note of an article: one contiguous piece with its place in the article.

    `section` is the path of headings above it, outermost first, as shown to a reader.
    """

    start: int
    end: int
    form: Form
    section: tuple[str, ...]
    period: Period | None
    kind: Kind


@dataclass(frozen=True, slots=True)
class Note:
    """A numbered explanation at the end of a report (`start`..`end`), its term, and where the text refers to it.

    `marks` are offsets: of the note's number where one stands in the text, else of the last character of its
    term. `terms` are all the terms it defines, the first being `term`.
    """

    number: int
    term: str
    start: int
    end: int
    marks: tuple[int, ...]
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """A piece with a title, a region and a date; interrupted by another piece it has several `spans`."""

    title: str
    issuer: str | None
    author: str | None
    date: str | None
    region: Region | None
    spans: tuple[tuple[int, int], ...]
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read: its decoded text, what of it is never shown, and the articles found in it.

    `file` is the path relative to the corpus folder, with `/`. `drops` are sorted, disjoint ranges
    (line breaks of a cut page, watermarks, footnote marks, bookmarks): the text without them is the
    repaired text. `pages` holds the offset where each page starts, and is empty when there are no pages.
    """

    file: str
    text: str
    sha256: str
    drops: tuple[tuple[int, int], ...]
    pages: tuple[int, ...]
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not read, and why, with what to do next."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage: one contiguous piece of one article, of at most 600 characters as shown (`text`, repaired).

    `id` is its row in the index. `terms` are the terms of notes that it explains or bears a mark of.
    `header` is the header of the table whose later rows it holds; it is read with the text but not part of the span.
    """

    id: int
    file: str
    start: int
    end: int
    text: str
    title: str
    section: tuple[str, ...]
    region: Region | None
    period: Period | None
    kind: Kind
    terms: tuple[str, ...] = ()
    date: str | None = None
    page: int | None = None
    header: str = ""

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.file, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk found for a question; a higher score is better."""

    chunk: Chunk
    score: float


@dataclass(frozen=True, slots=True)
class Filter:
    """What the user allows. An empty field allows everything; a filter that matches nothing finds nothing."""

    files: frozenset[str] = frozenset()
    regions: tuple[Region, ...] = ()
    periods: tuple[Period, ...] = ()
    kinds: frozenset[Kind] = frozenset()

    def allows(self, chunk: Chunk) -> bool:
        """Whether the chunk passes every field."""
        return (
            (not self.files or chunk.file in self.files)
            and (not self.regions or _any_contains(self.regions, chunk.region))
            and (not self.periods or _any_overlaps(self.periods, chunk.period))
            and (not self.kinds or chunk.kind in self.kinds)
        )


def _any_contains(regions: Iterable[Region], region: Region | None) -> bool:
    return region is not None and any(allowed.contains(region) for allowed in regions)


def _any_overlaps(periods: Iterable[Period], period: Period | None) -> bool:
    return period is not None and any(allowed.overlaps(period) for allowed in periods)


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a table that a question asks to fill: a region and a period, either of them open."""

    region: Region | None = None
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question as understood.

    `text` is what was asked, cleaned; `search` its content words, folded, with follow-ups resolved; `topic` those
    without places and times; `terms` the quoted or named terms in it. `slots` has one entry a region or period asked about, at least one.
    `plan` says whether a target (True) or a result (False) is asked, or neither is said. `report` is the month of
    a report the question names (such as 2023-01), which is not the period it asks about. `places` are regions it names
    that the reports are not about and no slot asks for: only a sentence that names one can answer. `gloss` is what meaning
    is compared with and the reader is asked: `understood` with the reports' own names of things, of an English question
    word by word in their words.
    """

    text: str
    search: str
    topic: str
    language: str
    kind: AnswerKind
    slots: tuple[Slot, ...]
    terms: tuple[str, ...]
    plan: bool | None
    report: str | None
    understood: str
    gloss: str
    places: tuple[Region, ...] = ()

    @property
    def wants_figure(self) -> bool:
        """Whether its kind is answered by figures: one, or several beside each other."""
        return self.kind in {AnswerKind.FIGURE, AnswerKind.COMPARISON}


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the conversation and the answer it got."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Citation:
    """The mark `[n]` of an answer: a span of a source file and its text as shown to a reader."""

    n: int
    file: str
    title: str
    section: tuple[str, ...]
    start: int
    end: int
    text: str
    region: Region | None = None
    period: Period | None = None
    kind: Kind = Kind.NARRATIVE
    page: int | None = None


class Basis(StrEnum):
    """What a figure of an answer was checked against: the span it cites, the question, or its formula, computed again."""

    SPAN = "span"
    QUESTION = "question"
    FORMULA = "formula"


@dataclass(frozen=True, slots=True)
class Check:
    """The figure at `start`..`end` of an answer's text stood its check; `n` is the citation it stands in, else 0."""

    start: int
    end: int
    basis: Basis
    n: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its citations and the passages found for it, those it cites first, then best first.

    `understood` is the question as it was understood, follow-ups resolved. `reason` is a code when `refused`,
    else empty. `seconds` is the time spent answering, start-up not counted. `backend` names what wrote it, `note` says
    what went wrong with a language model that was to. `checks` are the figures that were checked, in order; `withheld`
    has a code for each line or sentence that did not stand its check and is not shown.
    """

    question: str
    text: str
    refused: bool
    reason: str
    backend: str
    citations: tuple[Citation, ...]
    passages: tuple[Hit, ...]
    seconds: float
    understood: str = ""
    note: str = ""
    checks: tuple[Check, ...] = ()
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """A step of an answer in the making: `text` is the answer so far; the last event holds the `answer`.

    `note` says what it waits for.
    """

    text: str
    answer: Answer | None = field(default=None)
    note: str = ""
