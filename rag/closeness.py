"""How much of a question stands in one sentence: words told together mean more than words scattered over a passage."""

import re
from collections.abc import Callable

from rag.lexical import inverse_frequency, tokenize
from rag.text import fold
from rag.types import Chunk

_SENTENCE = re.compile(r"[^。!?;\n]+")
_DIGIT = re.compile(r"\d")


def find_sentences(folded: str) -> list[str]:
    """The sentences of a folded text; lines end them too."""
    return _SENTENCE.findall(folded)


class Closeness:
    """The words of one question, each with its weight."""

    def __init__(self, words: str, frequency: Callable[[str], int], count: int, wants_figure: bool) -> None:
        """Weigh the words by inverse document frequency among `count` passages."""
        self._wants_figure = wants_figure
        tokens = dict.fromkeys(tokenize(words))
        rows = {token: frequency(token) for token in tokens}
        weights = {token: inverse_frequency(row, count) for token, row in rows.items() if row}
        total = sum(weights.values())
        self._weights = [(token, weight / total) for token, weight in weights.items()]

    def of(self, chunk: Chunk) -> float:
        """The share of the question's weight that the best sentence of the passage holds, 0..1.

        Where a figure is asked only sentences with a figure count.
        """
        return max(
            (
                sum(weight for token, weight in self._weights if token in sentence)
                for sentence in find_sentences(fold(chunk.text))
                if not self._wants_figure or _DIGIT.search(sentence)
            ),
            default=0.0,
        )
