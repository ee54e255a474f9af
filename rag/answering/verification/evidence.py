"""What an answer's line rests on: the cited words with their region, period and headings."""

from dataclasses import dataclass
from functools import cached_property

from rag.answering.figures import Figure, find_figures
from rag.answering.verification.contexts import Place, find_places
from rag.corpus.periods import PeriodMention, find_periods
from rag.text import fold
from rag.types import Chunk, Citation, Period, Region


@dataclass(frozen=True)
class Evidence:
    """The cited span of mark `[n]`: `text` as shown, `around` the sentence it stands in, `headings` above it.

    `period` and `region` are those of its passage; `year` is the year the report was given (今年 in its mouth).
    Not slotted, so that what is read from the text is read once.
    """

    n: int
    text: str
    region: Region | None = None
    period: Period | None = None
    headings: tuple[str, ...] = ()
    around: str = ""
    year: int | None = None

    @classmethod
    def of_citation(cls, citation: Citation) -> "Evidence":
        """The evidence that a finished citation holds."""
        headings = (citation.title, *citation.section)
        return cls(citation.n, citation.text, citation.region, citation.period, headings)

    @classmethod
    def of_chunk(cls, n: int, text: str, chunk: Chunk, around: str = "") -> "Evidence":
        """The evidence that a piece of a passage gives; `around` is the sentence it stands in."""
        year = int(chunk.date[:4]) if chunk.date else None
        headings = (chunk.title, *chunk.section)
        return cls(n, text, chunk.region, chunk.period, headings, " ".join(around.split()), year)

    @cached_property
    def folded(self) -> str:
        """The cited words, folded."""
        return fold(self.text)

    @cached_property
    def sentence(self) -> str:
        """The folded sentence, or the cited words where they are more than it."""
        around = fold(self.around)
        return around if self.folded in around else self.folded

    @cached_property
    def everything(self) -> str:
        """All words that may name what the line names: the span, its sentence and the headings, without blanks."""
        return "".join(fold(" ".join((self.sentence, self.text, *self.headings))).split())

    @cached_property
    def shift(self) -> int:
        """Where the cited words begin in the sentence."""
        return self.sentence.find(self.folded)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The figures of the sentence with their words, so that a series cut by the span is still one."""
        return find_places(self.sentence, find_figures(self.sentence))

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Figures of the cited words."""
        return find_figures(self.folded)

    @cached_property
    def times(self) -> tuple[PeriodMention, ...]:
        """Years and spans of years that the cited words name."""
        return find_periods(self.folded, self.year)
