"""A line of an answer: the piece of a passage it rests on, and the part of it that is shown."""

from dataclasses import dataclass

from rag.types import Chunk

MAX_SPAN = 300
"""Characters of a cited span."""


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of a passage that goes into the answer: `chunk.text[start:end]`.

    `shown` is the part of it that answers (empty: all of it), `label` the slot it fills where several are asked,
    `around` the sentence it stands in.
    """

    chunk: Chunk
    start: int
    end: int
    score: float
    shown: str = ""
    label: str = ""
    around: str = ""

    @property
    def text(self) -> str:
        """The words as shown: those of the piece, or the part of it that answers."""
        return " ".join((self.shown or self.chunk.text[self.start : self.end]).split())

    @property
    def source(self) -> str:
        """The whole piece, as the citation shows it."""
        return " ".join(self.chunk.text[self.start : self.end].split())
