"""The tokens of a corpus, sorted in one file that is searched where it lies: opening it costs nothing, however large.

`tokens.tsv` holds a token a line in UTF-8, sorted by its bytes; the column of a token is the number of its line.
`offsets.npy` says where each line begins, and where the last one ends.
"""

import mmap
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TOKENS, OFFSETS = "tokens.tsv", "offsets.npy"
_REMEMBERED = 1 << 16


def write_vocabulary(folder: Path, tokens: Iterable[bytes]) -> None:
    """Write tokens that are sorted and distinct."""
    ends = [0]
    with (folder / TOKENS).open("wb") as file:
        for token in tokens:
            file.write(token + b"\n")
            ends.append(ends[-1] + len(token) + 1)
    np.save(folder / OFFSETS, np.array(ends, np.int64))


def as_bytes(token: str) -> bytes:
    """The bytes that a token is sorted by; a lone surrogate, which no report holds, has some too."""
    return token.encode("utf-8", "surrogatepass")


class Vocabulary(Mapping[str, int]):
    """The column of each token, found by bisection; threads may share it."""

    def __init__(self, tokens: bytes | mmap.mmap, offsets: NDArray[np.int64]) -> None:
        self._tokens, self._offsets = tokens, offsets
        self._column = lru_cache(_REMEMBERED)(self._find)

    @classmethod
    def load(cls, folder: Path, offsets: NDArray[np.int64], *, mapped: bool) -> "Vocabulary":
        """Open what `write_vocabulary` wrote; ValueError when the two files do not belong together."""
        with (folder / TOKENS).open("rb") as file:
            mapped = mapped and file.seek(0, 2) > 0  # nothing cannot be mapped
            file.seek(0)
            tokens = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if mapped else file.read()
        if len(offsets) == 0 or int(offsets[-1]) != len(tokens):
            raise ValueError(f"{TOKENS} and {OFFSETS} do not belong together")
        return cls(tokens, offsets)

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __iter__(self) -> Iterator[str]:
        return map(self.token, range(len(self)))

    def __getitem__(self, token: str) -> int:
        column = self._column(token)
        if column is None:
            raise KeyError(token)
        return column

    def token(self, column: int) -> str:
        """The token of a column."""
        return self._at(column).decode("utf-8", "surrogatepass")

    def _find(self, token: str) -> int | None:
        wanted, low, high = as_bytes(token), 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._at(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self._at(low) == wanted else None

    def _at(self, column: int) -> bytes:
        return self._tokens[int(self._offsets[column]) : int(self._offsets[column + 1]) - 1]
