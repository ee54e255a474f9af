"""Vectors already paid for, so that a text is embedded once by each model."""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import EmbeddingError

Row = NDArray[np.float32]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, row BLOB NOT NULL, used INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS by_use ON vectors (used);
"""
_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
# SQLite takes 999 or more parameters in a statement, by version.
_SLICE = 500
_BUSY_SECONDS = 30.0


class VectorCache:
    """One SQLite file of at most `max_mb` MiB; when it is full, the rows that were used longest ago go first.

    A transaction is written whole or not at all, so a kill loses at most the last one. A file that is no
    longer a database is thrown away and begun anew: what was in it can be computed again.
    Every method raises EmbeddingError when the file cannot be written.
    """

    def __init__(self, path: Path, max_mb: int) -> None:
        self._path = path
        self._max_bytes = max_mb * 1024 * 1024
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from error
        with self._mended():
            self._connect()

    def get(self, model: str, numeric_type: str, texts: Sequence[str]) -> list[Row | None]:
        """For each text its vector, float32 of shape (dim,), or None when it was never put or has gone."""
        keys = [_key(model, numeric_type, text) for text in texts]
        distinct = list(dict.fromkeys(keys))
        found: dict[bytes, Row] = {}
        for start in range(0, len(distinct), _SLICE):
            with self._mended(), self._transaction():
                found.update(self._read(distinct[start : start + _SLICE]))
        return [found.get(key) for key in keys]

    def put(self, model: str, numeric_type: str, texts: Sequence[str], rows: NDArray[np.float32]) -> None:
        """Keeps `rows`, shape (len(texts), dim), one for each text."""
        entries = [
            (_key(model, numeric_type, text), np.asarray(row, dtype="<f4").tobytes())
            for text, row in zip(texts, rows, strict=True)
        ]
        for start in range(0, len(entries), _SLICE):
            with self._mended(), self._transaction():
                self._write(entries[start : start + _SLICE])

    def close(self) -> None:
        """Closes the file; closing twice does no harm."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _connect(self) -> None:
        self._connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            self._connection.execute("PRAGMA auto_vacuum = FULL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.executescript(_SCHEMA)
            with self._transaction():
                self._evict()
        except sqlite3.Error:
            self._connection.close()
            raise

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            yield

    @contextmanager
    def _mended(self) -> Iterator[None]:
        """Begins a broken file anew, which leaves undone what was being done; translates every other error."""
        try:
            try:
                yield
            except sqlite3.DatabaseError as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _BROKEN:
                    raise
                self._connection.close()
                self._path.unlink()
                self._connect()
        except (sqlite3.OperationalError, OSError) as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> EmbeddingError:
        cause = getattr(error, "strerror", None) or error
        return EmbeddingError(
            f"Cannot use the vector cache at {self._path}: {cause}. "
            "Set GANWEN_CACHE to a folder that you can write to and that has room."
        )

    def _read(self, keys: list[bytes]) -> dict[bytes, Row]:
        marks = ",".join("?" * len(keys))
        found = self._connection.execute(
            f"SELECT key, row FROM vectors WHERE key IN ({marks})", keys
        ).fetchall()
        self._connection.execute(f"UPDATE vectors SET used = ? WHERE key IN ({marks})", (self._turn(), *keys))
        return {key: np.frombuffer(row, dtype="<f4").astype(np.float32) for key, row in found}

    def _write(self, entries: list[tuple[bytes, bytes]]) -> None:
        turn = self._turn()
        statement = "INSERT OR REPLACE INTO vectors (key, row, used) VALUES (?, ?, ?)"
        self._connection.executemany(statement, ((key, row, turn) for key, row in entries))
        self._evict()

    def _turn(self) -> int:
        """A number higher than that of any earlier use."""
        (last,) = self._connection.execute("SELECT max(used) FROM vectors").fetchone()
        return (last or 0) + 1

    def _evict(self) -> None:
        oldest = "SELECT key FROM vectors ORDER BY used, rowid LIMIT ?"
        while self._used_bytes() > self._max_bytes:
            gone = self._connection.execute(f"DELETE FROM vectors WHERE key IN ({oldest})", (_SLICE,))
            if gone.rowcount == 0:
                return

    def _used_bytes(self) -> int:
        pages, free, size = (
            int(self._connection.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * size


def _key(model: str, numeric_type: str, text: str) -> bytes:
    digest = hashlib.sha256()
    for part in (model, numeric_type, text):
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.digest()
