"""How much a line means what is asked, whatever its words: the cosine of the question and of the words shown, and what the reader makes of them."""

from collections.abc import Callable

from rag.answering.lines import Line
from rag.answering.sentence_reader import SentenceReader
from rag.text import fold
from rag.types import Question

Compare = Callable[[str, str], float]
"""Cosine of a question and a text."""

# Cosine that a line usually has: English lies further from Chinese than Chinese does. Set by hand.
_USUAL, _USUAL_IN_ENGLISH = 0.90, 0.84
# What a cosine and the reader's log-odds are worth beside the score of a figure. Of cosines times 2, 3, 4 and odds times 0 to .2
# the tuning halves of all folders have most first figures right with these (391 of 415; 387 without the reader); read are the
# words shown, which is better than their sentence.
LIKENESS, READING = 3.0, 0.0
_LENGTH = 90
"""Characters of a heading and the words under it that are held against the question; set by hand."""


class Likeness:
    """Likeness of lines to one question."""

    def __init__(self, question: Question, compare: Compare, reader: SentenceReader | None = None) -> None:
        english = question.language == "en"
        self._asked = (fold(question.understood), question.gloss) if english else (question.gloss,)
        self._question, self._compare, self._reader = question, compare, reader
        self._usual = _USUAL_IN_ENGLISH if english else _USUAL

    def of(self, line: Line) -> float:
        """Cosine of the gloss (in English, mean with the question) and the words shown under their heading, above the usual."""
        heading = line.chunk.section[-1:]
        told = fold(" ".join((*heading, line.text)))[:_LENGTH]
        return sum(self._compare(asked, told) for asked in self._asked) / len(self._asked) - self._usual

    def worth(self, line: Line) -> float:
        """What the meaning of the words shown is worth beside their score: their cosine, and the reader's odds that they answer."""
        odds = self._reader.odds(self._question, fold(line.text)) if self._reader else None
        return LIKENESS * self.of(line) + READING * (odds or 0.0)
