"""BM25 weights of a corpus, counted in one pass over its texts and written a column a token, in bounded memory.

Tokens are numbered as they come and their numbers written to a scratch file. Once all are known they are
sorted, and every occurrence goes to the scratch file of its range of columns, a range small enough to be sorted
in memory: what is held is one block, one range and the distinct tokens, never the occurrences of the corpus.
"""

import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

from rag.vocabulary import as_bytes, write_vocabulary

K1, B = 1.2, 0.75
"""Lucene's BM25 with its usual constants (Robertson and Zaragoza, 2009)."""

DATA, INDICES, INDPTR, LENGTHS = "data.npy", "indices.npy", "indptr.npy", "lengths.npy"

BLOCK = 4_000_000
"""Occurrences held at a time: 16 MB as they come, 32 MB as they are sorted."""

_ROW_BITS = 32


class ColumnsWriter:
    """Takes the tokens of one text after the other and writes the columns into `folder` when it is left.

    data.npy      float32, the weight of each token in each text that has it, column after column
    indices.npy   int32, the row of each weight, ascending within a column
    indptr.npy    int64, where each column begins, and where the last one ends
    lengths.npy   int32, the number of tokens in each text
    and the vocabulary.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._scratch = folder, folder / "scratch"
        self._scratch.mkdir(parents=True)
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._lengths: list[int] = []
        self._pending: list[int] = []
        self._rows = [0]  # where each block begins
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

    def add(self, tokens: list[str]) -> None:
        """The tokens of the next row."""
        self._pending.extend(map(self._numbers.__getitem__, tokens))
        self._lengths.append(len(tokens))
        if len(self._pending) >= BLOCK:
            self._flush()

    def _flush(self) -> None:
        _write(self._occurrences, np.array(self._pending, np.int32))
        self._pending.clear()
        self._rows.append(len(self._lengths))

    def _finish(self) -> None:
        self._flush()
        tokens = sorted(map(as_bytes, self._numbers))
        write_vocabulary(self._folder, tokens)
        lengths = np.array(self._lengths, np.int32)
        np.save(self._folder / LENGTHS, lengths)
        columns = self._columns(tokens)
        del tokens
        ranges = self._divide(columns)
        self._write_columns(ranges, len(columns), lengths)

    def _columns(self, tokens: list[bytes]) -> NDArray[np.int32]:
        """The column of each number."""
        columns = np.empty(len(tokens), np.int32)
        numbers = [self._numbers[token.decode("utf-8", "surrogatepass")] for token in tokens]
        columns[numbers] = np.arange(len(tokens), dtype=np.int32)
        self._numbers.clear()
        return columns

    def _divide(self, columns: NDArray[np.int32]) -> int:
        """Write each occurrence, as its column and row in one number, to the file of its range; how many ranges."""
        total = np.zeros(len(columns), np.int64)
        for numbers, _ in self._blocks():
            total += np.bincount(numbers, minlength=len(columns))
        by_column = np.empty_like(total)
        by_column[columns] = total
        range_of = (np.cumsum(by_column) // BLOCK).astype(np.int32)
        ranges = int(range_of[-1]) + 1 if len(range_of) else 0
        with ExitStack() as stack:
            files = [stack.enter_context(self._range(number).open("wb")) for number in range(ranges)]
            for numbers, rows in self._blocks():
                pairs = columns[numbers].astype(np.int64)
                there = range_of[pairs]
                pairs <<= _ROW_BITS
                pairs |= rows
                for number in np.unique(there):
                    _write(files[number], pairs[there == number])
        return ranges

    def _blocks(self) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int64]]]:
        """The number and the row of every occurrence, a block at a time."""
        self._occurrences.seek(0)
        for first, last in zip(self._rows, self._rows[1:], strict=False):
            lengths = self._lengths[first:last]
            rows = np.repeat(np.arange(first, last, dtype=np.int64), lengths)
            yield np.frombuffer(self._occurrences.read(4 * len(rows)), np.int32), rows

    def _range(self, number: int) -> Path:
        return self._scratch / f"range-{number}"

    def _write_columns(self, ranges: int, columns: int, lengths: NDArray[np.int32]) -> None:
        average = float(lengths.mean()) if lengths.any() else 1.0
        length_part = K1 * (1 - B + B * lengths / average)
        held = np.zeros(columns, np.int64)
        with (
            _Array(self._folder / DATA, np.float32) as data,
            _Array(self._folder / INDICES, np.int32) as rows,
        ):
            for number in range(ranges):
                pairs = np.fromfile(self._range(number), np.int64)
                self._range(number).unlink()
                pairs, times = np.unique(pairs, return_counts=True)
                column, row = pairs >> _ROW_BITS, (pairs & ((1 << _ROW_BITS) - 1)).astype(np.int32)
                first = int(column[0])
                texts = np.bincount(column - first)
                held[first : first + len(texts)] += texts
                idf = np.log1p((len(lengths) - texts + 0.5) / (texts + 0.5))
                data.append(idf[column - first] * (times / (times + length_part[row])))
                rows.append(row)
        np.save(self._folder / INDPTR, np.concatenate([[0], np.cumsum(held)]))


class _Array:
    """A one-dimensional .npy file written piece by piece.

    Its header is written twice, since the length is known last: numpy makes room in it for any length.
    """

    def __init__(self, path: Path, kind: type[np.generic]) -> None:
        self._file, self._kind, self._length = path.open("wb"), np.dtype(kind), 0
        self._write_header()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._file:
            self._file.seek(0)
            self._write_header()

    def append(self, values: NDArray[Any]) -> None:
        _write(self._file, values.astype(self._kind, copy=False))
        self._length += len(values)

    def _write_header(self) -> None:
        header = {"descr": self._kind.str, "fortran_order": False, "shape": (self._length,)}
        np.lib.format.write_array_header_1_0(self._file, header)


def _write(file: IO[bytes], values: NDArray[Any]) -> None:
    file.write(np.ascontiguousarray(values).data)
