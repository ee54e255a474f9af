"""How much a line means what is asked, whatever its words: the cosine of the question and of the words shown."""

from collections.abc import Callable

from rag.answering.lines import Line
from rag.text import fold
from rag.types import Question

Compare = Callable[[str, str], float]
"""Cosine of a question and a text."""

# Cosine that a line usually has: English lies further from Chinese than Chinese does. Set by hand.
_USUAL, _USUAL_IN_ENGLISH = 0.90, 0.84
_LENGTH = 90
"""Characters of a heading and the words under it that are held against the question; set by hand."""


class Likeness:
    """Likeness of lines to one question."""

    def __init__(self, question: Question, compare: Compare) -> None:
        english = question.language == "en"
        self._asked = (fold(question.understood), question.gloss) if english else (question.gloss,)
        self._compare = compare
        self._usual = _USUAL_IN_ENGLISH if english else _USUAL

    def of(self, line: Line) -> float:
        """Cosine of the gloss (in English, mean with the question) and the words shown under their heading, above the usual."""
        heading = line.chunk.section[-1:]
        told = fold(" ".join((*heading, line.text)))[:_LENGTH]
        return sum(self._compare(asked, told) for asked in self._asked) / len(self._asked) - self._usual
