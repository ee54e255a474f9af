"""BM25 weights of a corpus, counted in one pass over its texts and written a column a token, in bounded memory.

Tokens are numbered as they come and every occurrence is written to a scratch file. Once all tokens are known they
are sorted, and each occurrence goes to the scratch file of its range of columns, a range small enough to be sorted
in memory: what is held is one block, one range and the distinct tokens, never the occurrences of the corpus.
"""

import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from rag.arrays import ArrayWriter, load_array, write_values
from rag.vocabulary import OFFSETS, Vocabulary, as_bytes, write_vocabulary

K1, B = 1.2, 0.75
"""Lucene's BM25 with its usual constants (Robertson and Zaragoza, 2009)."""

DATA, INDICES, INDPTR = "data.npy", "indices.npy", "indptr.npy"
TIMES, LENGTHS = "times.npy", "lengths.npy"

BLOCK = 4_000_000
"""Occurrences held at a time, 32 MB of them."""

_ROW_BITS = 32
_ROW = (1 << _ROW_BITS) - 1
_MOST_TIMES = np.iinfo(np.uint16).max


class ColumnsWriter:
    """Takes the tokens of one text after the other, in any order, and writes the columns when it is left.

    In `folder` are then, for `count` texts:
    data.npy      float32, the weight of each token in each text that has it, column after column
    indices.npy   int32, the row of each weight, ascending within a column
    indptr.npy    int64, where each column begins, and where the last one ends
    times.npy     uint16, how often each token stands in each text that has it: what a later build takes over
    lengths.npy   int32, the number of tokens in each text
    and the vocabulary.
    """

    def __init__(self, folder: Path, count: int) -> None:
        self._folder, self._scratch = folder, folder / "scratch"
        self._scratch.mkdir(parents=True)
        self._numbers: defaultdict[str, int] = defaultdict(_counter())
        self._lengths = np.zeros(count, np.int32)
        self._pending: list[int] = []
        self._pending_rows: list[int] = []
        self._blocks: list[int] = []  # occurrences in each
        self._occurrences = (self._scratch / "occurrences").open("w+b")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self._occurrences.close()
            shutil.rmtree(self._scratch, ignore_errors=True)

    def add(self, row: int, tokens: list[str]) -> None:
        """The tokens of a row."""
        self._pending.extend(map(self._numbers.__getitem__, tokens))
        self._pending_rows.append(row)
        self._lengths[row] = len(tokens)
        if len(self._pending) >= BLOCK:
            self._flush()

    def take(self, folder: Path, rows: NDArray[np.int64]) -> None:
        """The tokens of texts that another writer wrote: its row i is row `rows[i]` here, or left out if that is -1."""
        indices, indptr, times, lengths, offsets = (
            load_array(folder / name) for name in (INDICES, INDPTR, TIMES, LENGTHS, OFFSETS)
        )
        self._lengths[rows[rows >= 0]] = lengths[rows >= 0]
        vocabulary = Vocabulary.load(folder, offsets, mapped=True)
        first = 0
        while first < len(vocabulary):
            last = max(first + 1, int(np.searchsorted(indptr, indptr[first] + BLOCK, side="right")) - 1)
            piece = slice(int(indptr[first]), int(indptr[last]))
            column = np.repeat(np.arange(first, last), np.diff(indptr[first : last + 1]))
            row = rows[indices[piece]]
            there = row >= 0
            used, places = np.unique(column[there], return_inverse=True)
            numbers = np.array([self._numbers[vocabulary.token(each)] for each in used.tolist()], np.int64)
            repeated = times[piece][there]
            self._write_block(np.repeat(numbers[places], repeated), np.repeat(row[there], repeated))
            first = last

    def _flush(self) -> None:
        rows = np.array(self._pending_rows, np.int64)
        self._write_block(np.array(self._pending, np.int64), np.repeat(rows, self._lengths[rows]))
        self._pending.clear()
        self._pending_rows.clear()

    def _write_block(self, numbers: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
        write_values(self._occurrences, numbers << _ROW_BITS | rows)
        self._blocks.append(len(numbers))

    def _finish(self) -> None:
        self._flush()
        tokens = sorted(map(as_bytes, self._numbers))
        write_vocabulary(self._folder, tokens)
        np.save(self._folder / LENGTHS, self._lengths)
        columns = self._columns(tokens)
        del tokens
        self._write_columns(self._divide(columns), len(columns))

    def _columns(self, tokens: list[bytes]) -> NDArray[np.int64]:
        """The column of each number."""
        columns = np.empty(len(tokens), np.int64)
        numbers = [self._numbers[token.decode("utf-8", "surrogatepass")] for token in tokens]
        columns[numbers] = np.arange(len(tokens))
        self._numbers.clear()
        return columns

    def _divide(self, columns: NDArray[np.int64]) -> int:
        """Write each occurrence, as its column and row in one number, to the file of its range; how many ranges."""
        total = np.zeros(len(columns), np.int64)
        for both in self._read_blocks():
            total += np.bincount(both >> _ROW_BITS, minlength=len(columns))
        by_column = np.empty_like(total)
        by_column[columns] = total
        range_of = np.cumsum(by_column) // BLOCK
        ranges = int(range_of[-1]) + 1 if len(range_of) else 0
        with ExitStack() as stack:
            files = [stack.enter_context(self._range(number).open("wb")) for number in range(ranges)]
            for both in self._read_blocks():
                column = columns[both >> _ROW_BITS]
                there = range_of[column]
                pairs = column << _ROW_BITS | both & _ROW
                for number in np.unique(there):
                    write_values(files[number], pairs[there == number])
        return ranges

    def _read_blocks(self) -> Iterator[NDArray[np.int64]]:
        """The number and the row of every occurrence, a block at a time."""
        self._occurrences.seek(0)
        return (np.frombuffer(self._occurrences.read(8 * length), np.int64) for length in self._blocks)

    def _range(self, number: int) -> Path:
        return self._scratch / f"range-{number}"

    def _write_columns(self, ranges: int, columns: int) -> None:
        average = float(self._lengths.mean()) if self._lengths.any() else 1.0
        length_part = K1 * (1 - B + B * self._lengths / average)
        held = np.zeros(columns, np.int64)
        with ExitStack() as stack:
            data, rows, counts = (
                stack.enter_context(ArrayWriter(self._folder / name, kind))
                for name, kind in ((DATA, np.float32), (INDICES, np.int32), (TIMES, np.uint16))
            )
            for number in range(ranges):
                pairs = np.fromfile(self._range(number), np.int64)
                self._range(number).unlink()
                pairs, times = np.unique(pairs, return_counts=True)
                times = np.minimum(times, _MOST_TIMES)
                column, row = pairs >> _ROW_BITS, pairs & _ROW
                first = int(column[0])
                texts = np.bincount(column - first)
                held[first : first + len(texts)] += texts
                idf = np.log1p((len(self._lengths) - texts + 0.5) / (texts + 0.5))
                data.append(idf[column - first] * (times / (times + length_part[row])))
                rows.append(row)
                counts.append(times)
        np.save(self._folder / INDPTR, np.concatenate([[0], np.cumsum(held)]))


def _counter() -> Any:
    """0, 1, 2 ... from one call to the next."""
    return count().__next__
