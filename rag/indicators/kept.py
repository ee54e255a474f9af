"""The rows of the index that is current, read when they are first wanted and kept until the index changes."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from rag.current import Current
from rag.errors import GanwenError
from rag.indicators.extraction import Extraction, extract
from rag.store import Index
from rag.types import Chunk

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of an index, which stays open as long as anyone holds them."""

    index: Index
    extraction: Extraction


class _Reading:
    """The rows of one index in the making, in a thread of its own."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.done = 0
        self.table: Table | None = None
        self.error: GanwenError | None = None
        self._finished = threading.Event()
        threading.Thread(target=self._read, name="indicators", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Whether it is finished, within so many seconds."""
        return self._finished.wait(seconds)

    def _read(self) -> None:
        try:
            extraction = extract(self._counted(), self.index.document)
            self.table = Table(self.index, extraction)
        except GanwenError as error:
            self.error = error
        except Exception:
            _log.exception("The figures of the reports could not be read")
            self.error = GanwenError("The figures of the reports could not be read. The log says why.")
        finally:
            self._finished.set()

    def _counted(self) -> Iterator[Chunk]:
        for chunk in self.index.all_chunks():
            yield chunk
            self.done += 1


class Kept:
    """The rows of whatever index is current; threads may share it. Nothing is read before the first `get`."""

    def __init__(self, current: Current) -> None:
        self._current = current
        self._lock = threading.Lock()
        self._reading: _Reading | None = None
        self._table: Table | None = None

    def get(self, patience: float) -> Table | None:
        """The rows; those of the index before while a new one is read. None where neither is there in `patience` seconds.

        Raises GanwenError when they cannot be read; the next `get` tries again.
        """
        index = self._current.get().index
        with self._lock:
            if self._table is not None and self._table.index is index:
                return self._table
            if self._reading is None or self._reading.index is not index:
                self._reading = _Reading(index)
            reading, before = self._reading, self._table
        if not reading.wait(0 if before else patience):
            return before
        with self._lock:
            if self._reading is reading and reading.error is not None:
                self._reading = None
            if reading.table is not None:
                self._table = reading.table
        if reading.error is not None:
            raise reading.error
        return reading.table

    @property
    def progress(self) -> tuple[int, int]:
        """Passages read and all passages, of the reading that goes on."""
        reading = self._reading
        return (reading.done, len(reading.index)) if reading else (0, 0)
