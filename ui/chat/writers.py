"""The language models that a page may choose: the one of the settings, and those found on this machine when asked for."""

import threading
from collections.abc import Callable

from rag.errors import ModelError
from rag.llm.backend import Backend, Stop
from rag.llm.draft import Write
from rag.llm.finding import find_files, find_servers
from rag.llm.opening import open_backend
from rag.llm.writing import fail_with, write_with

FIND = "find"
"""The choice that looks for models."""


class Writers:
    """Models by name, each opened when it first writes; pages share them."""

    def __init__(self, backend: Backend | None = None, name: str = "", finds: bool = True) -> None:
        """With the `backend` of the settings under a `name`, which new pages begin with (`first`), or with none.

        `finds` says whether a page may look for others: those of this machine are no business of another one's.
        """
        self.finds = finds
        self._open: dict[str, Callable[[], Backend]] = {}
        self._opened: dict[str, Backend] = {}
        self._lock = threading.Lock()
        self.first = name if backend is not None else ""
        if backend is not None:
            self._open[name] = lambda: backend

    @property
    def names(self) -> tuple[str, ...]:
        """The models to choose from."""
        return tuple(self._open)

    def choose(self, wanted: str, now: str) -> str:
        """The model that writes after `wanted` was picked; looking for others leaves it as it is `now`."""
        if wanted == FIND:
            if self.finds:
                self._find()
            return now
        return wanted if wanted in self._open else ""

    def write(self, name: str, stop: Stop) -> Write | None:
        """How the model of that name writes; None for none."""
        if name not in self._open:
            return None
        try:
            with self._lock:
                if name not in self._opened:
                    self._opened[name] = self._open[name]()
        except ModelError as error:
            return fail_with(error)
        return write_with(self._opened[name], stop)

    def _find(self) -> None:
        for server in find_servers():
            for model in server.models:
                self._add(f"{model} ({server.program})", server.address, model)
        for file in find_files():
            self._add(file.path.name, str(file.path), "")

    def _add(self, name: str, named: str, model: str) -> None:
        self._open.setdefault(name, lambda: open_backend(named, model))
