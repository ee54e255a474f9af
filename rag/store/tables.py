"""`corpus.sqlite`: the documents with their decoded texts, and the passages, row by row."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.chunking import compose
from rag.store.records import (
    CHUNK_COLUMNS,
    DOCUMENT_COLUMNS,
    chunk_row,
    document_row,
    period_text,
    region_text,
    row_chunk,
    row_document,
    text_period,
    text_region,
)
from rag.types import Chunk, Document, Filter, Period, Region

_CHUNKS = ", ".join(f'"{column}"' for column in CHUNK_COLUMNS)
_DOCUMENTS = ", ".join(DOCUMENT_COLUMNS)
_SCHEMA = """
CREATE TABLE documents (
    file TEXT PRIMARY KEY, text TEXT NOT NULL, sha256 TEXT NOT NULL,
    drops TEXT NOT NULL, pages TEXT NOT NULL, articles TEXT NOT NULL  -- JSON
);
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY, file TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    text TEXT NOT NULL, title TEXT NOT NULL, section TEXT NOT NULL, region TEXT, period TEXT,
    kind TEXT NOT NULL, terms TEXT NOT NULL, date TEXT, page INTEGER, header TEXT NOT NULL,
    key BLOB NOT NULL  -- sha256 of the composed text: passages with one key have one vector
);
"""
_INDICES = "".join(
    f"CREATE INDEX chunks_{column} ON chunks ({column});\n" for column in ("file", "region", "period", "kind")
)
_PAGE = 1000

KEY_BYTES = 32


def text_key(text: str) -> bytes:
    """What tells composed texts apart: their sha256."""
    return hashlib.sha256(text.encode("utf-8")).digest()


class TablesWriter:
    """Writes the tables of a new generation; `previous` holds those that unchanged documents are copied from.

    A file left half written is never read: it is finished and synced before a manifest names it.
    """

    def __init__(self, path: Path, previous: Path | None = None) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        if previous is not None:
            self._connection.execute("ATTACH ? AS previous", (str(previous),))
        self._connection.executescript(_SCHEMA + "BEGIN;")
        self.passages = 0

    def add(self, document: Document, chunks: Iterable[Chunk]) -> None:
        """Add a document with its passages, numbered on from the last."""
        values = ", ".join("?" * len(DOCUMENT_COLUMNS))
        self._connection.execute(f"INSERT INTO documents VALUES ({values})", document_row(document))
        rows = [(*chunk_row(chunk), text_key(compose(chunk))) for chunk in chunks]
        values = ", ".join("?" * (len(CHUNK_COLUMNS) + 1))
        self._connection.executemany(f"INSERT INTO chunks VALUES ({values})", rows)
        self.passages += len(rows)

    def copy(self, file: str) -> str:
        """Copy a document of the previous tables with its passages, numbered on from the last; its sha256."""
        self._connection.execute(
            "INSERT INTO documents SELECT * FROM previous.documents WHERE file = ?", (file,)
        )
        columns = ", ".join(f'"{column}"' for column in (*CHUNK_COLUMNS[1:], "key"))
        number = "? - 1 + row_number() OVER (ORDER BY id)"
        cursor = self._connection.execute(
            f"INSERT INTO chunks SELECT {number}, {columns} FROM previous.chunks WHERE file = ?",
            (self.passages, file),
        )
        self.passages += cursor.rowcount
        found = self._connection.execute("SELECT sha256 FROM documents WHERE file = ?", (file,)).fetchone()
        return str(found[0])

    def finish(self) -> None:
        """Index the tables and write out what is left."""
        self._connection.execute("COMMIT")
        self._connection.executescript(_INDICES)

    def close(self) -> None:
        """Close the file, finished or not."""
        self._connection.close()


class Tables:
    """Reads the tables of a generation; threads may share it."""

    def __init__(self, path: Path) -> None:
        # Immutable: no locks and no journal are looked for, which also lets a read-only folder be read.
        uri = f"{path.resolve().as_uri()}?immutable=1"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def chunks(self, rows: Sequence[int]) -> tuple[Chunk, ...]:
        """The passages of these rows, in the order given; IndexError for a row that is not there."""
        listed = json.dumps([int(row) for row in rows])
        found = self._fetch(
            f"SELECT {_CHUNKS} FROM chunks WHERE id IN (SELECT value FROM json_each(?))", listed
        )
        by_row = {row[0]: row_chunk(row) for row in found}
        try:
            return tuple(by_row[int(row)] for row in rows)
        except KeyError as error:
            raise IndexError(f"no passage {error}") from None

    def all_chunks(self) -> Iterator[Chunk]:
        """Every passage in order, a page at a time."""
        last = -1
        while page := self._fetch(
            f"SELECT {_CHUNKS} FROM chunks WHERE id > ? ORDER BY id LIMIT {_PAGE}", last
        ):
            for row in page:
                yield row_chunk(row)
            last = page[-1][0]

    def document(self, file: str) -> Document | None:
        """The document of a file, if it is there."""
        found = self._fetch(f"SELECT {_DOCUMENTS} FROM documents WHERE file = ?", file)
        return row_document(found[0]) if found else None

    def hashes(self) -> dict[str, str]:
        """The sha256 of each document's file, by file."""
        return dict(self._fetch("SELECT file, sha256 FROM documents"))

    def regions(self) -> tuple[Region, ...]:
        """Every region that a passage is about, the highest first, then by name."""
        found = (text_region(text) for (text,) in self._fetch("SELECT DISTINCT region FROM chunks"))
        return tuple(
            sorted((region for region in found if region), key=lambda each: (len(each.path), each.path))
        )

    def periods(self) -> tuple[Period, ...]:
        """Every period that a passage tells of, the earliest first."""
        found = (text_period(text) for (text,) in self._fetch("SELECT DISTINCT period FROM chunks"))
        return tuple(sorted((period for period in found if period), key=lambda each: (each.first, each.last)))

    def newest_date(self) -> str | None:
        """The latest date of an article, as ISO text."""
        newest: str | None = self._fetch("SELECT max(date) FROM chunks")[0][0]
        return newest

    def rows_allowed(self, filter: Filter) -> NDArray[np.int64]:
        """The rows that pass a filter, ascending."""
        wanted: dict[str, list[str]] = {}
        if filter.files:
            wanted["file"] = sorted(filter.files)
        if filter.regions:
            wanted["region"] = [
                region_text(own)
                for own in self.regions()
                if any(each.contains(own) for each in filter.regions)
            ]
        if filter.periods:
            wanted["period"] = [
                period_text(own)
                for own in self.periods()
                if any(each.overlaps(own) for each in filter.periods)
            ]
        if filter.kinds:
            wanted["kind"] = sorted(filter.kinds)
        clauses = "".join(f" AND {column} IN (SELECT value FROM json_each(?))" for column in wanted)
        rows = self._fetch(
            f"SELECT id FROM chunks WHERE true{clauses} ORDER BY id", *map(json.dumps, wanted.values())
        )
        return np.array([row for (row,) in rows], np.int64)

    def count(self) -> int:
        """How many passages there are."""
        return int(self._fetch("SELECT count(*) FROM chunks")[0][0])

    def ranges(self) -> dict[str, tuple[int, int]]:
        """The first row of each document that has passages, and how many it has, by file."""
        found = self._fetch("SELECT file, min(id), count(*) FROM chunks GROUP BY file")
        return {file: (first, count) for file, first, count in found}

    def keys(self) -> NDArray[np.uint8]:
        """The key of every passage in order, shape (passages, 32)."""
        pages = [np.empty((0, KEY_BYTES), np.uint8)]
        last = -1
        while page := self._fetch(f"SELECT id, key FROM chunks WHERE id > ? ORDER BY id LIMIT {_PAGE}", last):
            keys = b"".join(key for _, key in page)
            pages.append(np.frombuffer(keys, np.uint8).reshape(-1, KEY_BYTES))
            last = page[-1][0]
        return np.concatenate(pages)

    def _fetch(self, query: str, *values: Any) -> list[Any]:
        with self._lock, closing(self._connection.execute(query, values)) as cursor:
            return cursor.fetchall()
