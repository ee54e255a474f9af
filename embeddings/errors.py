"""The root of every error that Ganwen raises on purpose; `rag.errors` draws the whole tree."""


class GanwenError(Exception):
    """Root of the tree. Front doors catch only this; its text says what, where and what to do next."""


class EmbeddingError(GanwenError):
    """A model cannot be loaded, unpacked or run."""


class ReaderError(EmbeddingError):
    """The reader is missing, damaged or cannot be run; answers go on without it."""
