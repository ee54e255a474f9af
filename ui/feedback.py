"""What readers think of answers (thumbs, with a comment), kept in one SQLite file that processes may share."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rag.errors import GanwenError
from rag.types import Turn

FEEDBACK = Path(".ganwen") / "feedback.sqlite"
LONGEST_COMMENT = 2000
"""Characters of a comment."""
WAIT_SECONDS = 10
"""How long a writer waits for another one."""

_TABLE = """
CREATE TABLE IF NOT EXISTS opinions (
    id TEXT PRIMARY KEY, given TEXT NOT NULL, verdict TEXT NOT NULL CHECK (verdict IN ('up', 'down')),
    comment TEXT NOT NULL, question TEXT NOT NULL, history TEXT NOT NULL, answer TEXT NOT NULL,
    refused INTEGER NOT NULL, quotes TEXT NOT NULL, scope TEXT NOT NULL, backend TEXT NOT NULL,
    generation TEXT NOT NULL
) WITHOUT ROWID
"""
_COLUMNS = (
    "id, given, verdict, comment, question, history, answer, refused, quotes, scope, backend, generation"
)


class FeedbackError(GanwenError):
    """The opinions cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a source file, to the letter, that an answer cites as `n`."""

    n: int
    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one reader thinks of one answer: `verdict` up or down; another one of the same `id` takes its place.

    `scope` is what it was narrowed to, in words; `generation` names the index that the answer is from, `backend` what
    wrote it, `given` when (ISO, UTC).
    """

    id: str
    verdict: str
    comment: str
    question: str
    history: tuple[Turn, ...]
    answer: str
    refused: bool
    quotes: tuple[Quote, ...]
    scope: str
    backend: str
    generation: str
    given: str = ""


class Feedback:
    """The opinions in one file, which is made when the first one is given."""

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()

    def give(self, opinion: Opinion) -> None:
        """Keep an opinion (FeedbackError when it cannot be kept, or its comment is too long)."""
        if len(opinion.comment) > LONGEST_COMMENT:
            raise FeedbackError(f"A comment has at most {LONGEST_COMMENT} characters.")
        row = (
            opinion.id,
            datetime.now(UTC).isoformat(timespec="seconds"),
            opinion.verdict,
            opinion.comment,
            opinion.question,
            json.dumps([[turn.question, turn.answer] for turn in opinion.history], ensure_ascii=False),
            opinion.answer,
            int(opinion.refused),
            json.dumps([[quote.n, quote.file, quote.text] for quote in opinion.quotes], ensure_ascii=False),
            opinion.scope,
            opinion.backend,
            opinion.generation,
        )
        with self._open() as connection:
            connection.execute(
                f"INSERT OR REPLACE INTO opinions ({_COLUMNS}) VALUES ({', '.join('?' * 12)})", row
            )

    def take_back(self, id: str) -> None:
        """Forget an opinion, if there is one (FeedbackError)."""
        with self._open() as connection:
            connection.execute("DELETE FROM opinions WHERE id = ?", (id,))

    def read(self) -> tuple[Opinion, ...]:
        """Every opinion, the earliest first (FeedbackError); none where there is no file."""
        if not self._path.exists():
            return ()
        with self._open() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM opinions ORDER BY given, id").fetchall()
        return tuple(_read_row(row) for row in rows)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own for each use, in a transaction: threads and processes take turns."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=WAIT_SECONDS)) as connection, connection:
                connection.execute(_TABLE)
                yield connection
        except (OSError, sqlite3.Error) as error:
            raise FeedbackError(f"{self._path} cannot be used: {error}.") from error


def _read_row(row: Sequence[object]) -> Opinion:
    id, given, verdict, comment, question, history, answer, refused, quotes, scope, backend, generation = row
    return Opinion(
        id=str(id),
        verdict=str(verdict),
        comment=str(comment),
        question=str(question),
        history=tuple(Turn(asked, told) for asked, told in json.loads(str(history))),
        answer=str(answer),
        refused=bool(refused),
        quotes=tuple(Quote(n, file, text) for n, file, text in json.loads(str(quotes))),
        scope=str(scope),
        backend=str(backend),
        generation=str(generation),
        given=str(given),
    )
