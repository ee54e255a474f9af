"""The assistant over the index that is current now: a new index is taken up between two questions, without a restart."""

import logging
import threading

from rag.assistant import Assistant
from rag.errors import GanwenError

_log = logging.getLogger(__name__)


class Current:
    """Holds an assistant, and another one from the moment that its index was rebuilt; threads may share it.

    An assistant answers from one index from first to last, and that index stays on the disk as long as anyone
    holds the assistant: a question that was begun before the change ends as it began.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._opening = threading.Lock()
        self._said = ""

    def get(self) -> Assistant:
        """The assistant to ask now. While a new index is opened, and if it cannot be, the one that was there."""
        if not self._assistant.index.is_current() and self._opening.acquire(blocking=False):
            try:
                self._renew()
            finally:
                self._opening.release()
        return self._assistant

    def _renew(self) -> None:
        if self._assistant.index.is_current():  # another thread was quicker
            return
        try:
            self._assistant = self._assistant.reopened()
        except GanwenError as error:
            if str(error) != self._said:
                _log.warning("Answers go on from the index as it was: %s", error)
            self._said = str(error)
        else:
            self._said = ""
