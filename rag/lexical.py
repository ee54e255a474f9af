"""BM25 over tokens that suit Chinese: characters and their bigrams; numbers, percentages and Latin words whole.

The weights are computed when the index is built and kept as sparse columns (one a token, `rag.columns`).
A question sums the columns of its tokens straight from the memory-mapped arrays.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from rag.arrays import load_array
from rag.columns import DATA, INDICES, INDPTR, LENGTHS, ColumnsWriter
from rag.text import fold
from rag.vocabulary import OFFSETS, Vocabulary

_HAN = r"[\u3400-\u9fff\U00020000-\U0003ffff]"
_OTHER = rf"(?:(?!{_HAN})[^\W_])+"
_WORD = re.compile(rf"(?P<han>{_HAN}+)|{_OTHER}(?:[.\-&]{_OTHER})*%?")


def tokenize(text: str) -> list[str]:
    """Tokens of a text, folded: Han runs as overlapping bigrams (a lone character as itself), other words whole."""
    tokens: list[str] = []
    for match in _WORD.finditer(fold(text)):
        word = match.group()
        tokens.extend([word] if match["han"] is None or len(word) == 1 else _bigrams(word))
    return tokens


def index_terms(text: str) -> list[str]:
    """What is counted in passages and questions: the tokens, and every Han character by itself.

    Characters find what bigrams miss: another word order, a shorter name, a slip of one character.
    """
    terms: list[str] = []
    for match in _WORD.finditer(fold(text)):
        word = match.group()
        if match["han"] is None:
            terms.append(word)
        else:
            terms.extend(word)
            terms.extend(_bigrams(word))
    return terms


def inverse_frequency(frequency: int, count: int) -> float:
    """Inverse document frequency of a term that `frequency` of `count` passages hold (Robertson's, as BM25 uses it)."""
    return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))


def _bigrams(word: str) -> list[str]:
    return [word[i : i + 2] for i in range(len(word) - 1)]


@dataclass(frozen=True, slots=True, eq=False)
class Lexical:
    """A BM25 index: the column of token t is `data[indptr[t]:indptr[t+1]]` at rows `indices[...]`."""

    vocabulary: Mapping[str, int]
    data: NDArray[np.float32]
    indices: NDArray[np.int32]
    indptr: NDArray[np.int64]
    count: int

    def __len__(self) -> int:
        return self.count

    @classmethod
    def build(cls, texts: Sequence[str]) -> "Lexical":
        """Index the texts; row i is `texts[i]`. An index for the disk is written by `rag.columns`."""
        with TemporaryDirectory() as name:
            with ColumnsWriter(Path(name), len(texts)) as writer:
                for row, text in enumerate(texts):
                    writer.add(row, index_terms(text))
            return cls._open(Path(name), mapped=False)

    @classmethod
    def load(cls, folder: Path) -> "Lexical":
        """Open what a ColumnsWriter wrote, mapped into memory; ValueError when the files do not belong together."""
        return cls._open(folder, mapped=True)

    @classmethod
    def _open(cls, folder: Path, *, mapped: bool) -> "Lexical":
        data, indices, indptr, lengths, offsets = (
            load_array(folder / name, mapped=mapped) for name in (DATA, INDICES, INDPTR, LENGTHS, OFFSETS)
        )
        vocabulary = Vocabulary.load(folder, offsets, mapped=mapped)
        if not len(data) == len(indices) == indptr[-1] or len(indptr) != len(vocabulary) + 1:
            raise ValueError("the columns of the lexical search are not of one length")
        return cls(vocabulary, data, indices, indptr, len(lengths))

    def scores(self, text: str) -> NDArray[np.float32]:
        """BM25 score of every row for a text, shape (rows,); 0 where no term is shared. A term counts once."""
        scores = np.zeros(self.count, np.float32)
        for token in dict.fromkeys(index_terms(text)):
            column = self.vocabulary.get(token)
            if column is not None:
                piece = slice(int(self.indptr[column]), int(self.indptr[column + 1]))
                scores[self.indices[piece]] += self.data[piece]
        return scores

    def document_frequency(self, term: str) -> int:
        """How many rows hold a term (as `index_terms` gives it)."""
        column = self.vocabulary.get(term)
        return 0 if column is None else int(self.indptr[column + 1] - self.indptr[column])

    def best(
        self, scores: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The k best rows of `scores` above 0, best first (ties by row), with their scores; only `allowed` rows."""
        rows = np.flatnonzero(scores > 0) if allowed is None else allowed[scores[allowed] > 0]
        if len(rows) > k:
            rows = rows[scores[rows] >= np.partition(scores[rows], -k)[-k]]
        order = np.lexsort((rows, -scores[rows]))[:k]
        return rows[order], scores[rows[order]]

    def search(
        self, text: str, k: int, allowed: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The best k rows that share a token with the text, best first, with their scores; only `allowed` rows."""
        return self.best(self.scores(text), k, allowed)
