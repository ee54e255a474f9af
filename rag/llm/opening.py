"""From what the user names to a language model: a file is run here, an address is asked."""

from pathlib import Path

from rag.llm.backend import Backend
from rag.llm.local import LocalBackend
from rag.llm.server import ServerBackend


def open_backend(named: str, model: str = "", key: str = "", silence: float = 60.0) -> Backend:
    """The model at an address (with its name there, and a key) or in a GGUF file (ModelError).

    It counts as gone when it says nothing for `silence` seconds.
    """
    if named.startswith(("http://", "https://")):
        return ServerBackend(named, model, key, silence)
    return LocalBackend(Path(named).expanduser(), silence)
