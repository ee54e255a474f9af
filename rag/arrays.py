"""One-dimensional .npy files that are written piece by piece and mapped into memory when they are read."""

from pathlib import Path
from threading import Lock
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

# numpy parses the header of a file with `ast`, which in Python 3.11 fails when two threads do so at once
# (SystemError: AST constructor recursion depth mismatch).
_LOADING = Lock()


def load_array(path: Path, *, mapped: bool = True) -> NDArray[Any]:
    """What a file holds; ValueError when it is no such file, OSError when it cannot be read."""
    with _LOADING:
        try:
            array: NDArray[Any] = np.load(path, mmap_mode="r" if mapped else None)
        except EOFError as error:
            raise ValueError(f"{path.name} is empty") from error
        return array


def write_values(file: IO[bytes], values: NDArray[Any]) -> None:
    """Write the bytes of an array, with no header."""
    file.write(np.ascontiguousarray(values).data)


class ArrayWriter:
    """Takes the values piece by piece, and finishes the file when it is left.

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
        """Write more values."""
        write_values(self._file, values.astype(self._kind, copy=False))
        self._length += len(values)

    def _write_header(self) -> None:
        header = {"descr": self._kind.str, "fortran_order": False, "shape": (self._length,)}
        np.lib.format.write_array_header_1_0(self._file, header)
