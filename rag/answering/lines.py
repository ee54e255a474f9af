"""A line of an answer: a piece of a passage, what of it is shown, and the figure it was chosen for."""

from collections.abc import Callable
from dataclasses import dataclass

from rag.answering.figures import Figure
from rag.lexical import inverse_frequency
from rag.types import Chunk, Period

MAX_SPAN = 300
"""Characters that a citation may span."""

Weigh = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of a passage that goes into the answer: `chunk.text[start:end]`, the span that is cited.

    `shown` is the part of it that answers (empty: all of it), with … for what is left out; `label` the slot it fills
    where several are asked; `around` the sentence it stands in. A line chosen for a figure has the `figure` (places
    are those of `around`), the `period` its words tell of and `covered`, the share (0..1) of the question's topic
    that the figure's own words and those before it hold; `role` what it is in a computation
    (`rag.answering.slots.derived`). With `of_row` the piece is a row of a table, and what is shown and `around` is what
    one of its figures tells.
    """

    chunk: Chunk
    start: int
    end: int
    score: float
    shown: str = ""
    label: str = ""
    around: str = ""
    figure: Figure | None = None
    period: Period | None = None
    covered: float = 1.0
    role: str = ""
    of_row: bool = False

    @property
    def text(self) -> str:
        """The words as shown: those of the piece, or the part of it that answers."""
        return " ".join((self.shown or self.chunk.text[self.start : self.end]).split())

    @property
    def source(self) -> str:
        """The whole piece, as the citation shows it."""
        return " ".join(self.chunk.text[self.start : self.end].split())


def weigh_tokens(frequency: Callable[[str], int], count: int) -> Weigh:
    """Inverse document frequency of a token, from its document frequency."""
    return lambda token: inverse_frequency(frequency(token), count)
