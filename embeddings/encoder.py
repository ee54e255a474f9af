"""Texts to vectors, by the bundled model or any other of sentence-transformers."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings import bundled
from embeddings.cleaning import Cleaner, remove_unreadable
from embeddings.engine import Engine
from embeddings.errors import EmbeddingError
from embeddings.models import SentenceModel
from embeddings.processor import computes_bfloat16

BUNDLED = "bundled"
_SAMPLE_BYTES = 65536


class Encoder(Protocol):
    """What turns texts into vectors that an inner product compares. Raises EmbeddingError when it cannot."""

    @property
    def name(self) -> str:
        """What tells this model from every other."""

    @property
    def dim(self) -> int:
        """Numbers in a vector."""

    @property
    def numeric_type(self) -> str:
        """What passages are computed in: "float32" or "bfloat16"."""

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Shape (len(texts), dim), L2-normalised; `progress` is told how many texts were newly finished."""

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), dim), L2-normalised."""


def load_encoder(name: str = BUNDLED, cache: Path | None = None) -> Encoder:
    """The encoder called `name`: "bundled", or the name or folder of a sentence-transformers model.

    Nothing heavy happens before the first text. `cache` is where the bundled model is unpacked, else see
    `bundled.cache_folder`. Raises EmbeddingError for a folder that is not there.
    """
    return BundledEncoder(cache) if name == BUNDLED else OtherEncoder(name)


class BundledEncoder:
    """multilingual-e5-small: questions by onnxruntime, passages by sentence-transformers.

    Where the package of weights is not installed, sentence-transformers takes the questions too, from a folder
    unpacked elsewhere. Both are given the same texts, cleaned and cut to 512 tokens. Safe to use from several threads.
    """

    name = bundled.NAME
    dim = bundled.DIM

    def __init__(self, cache: Path | None = None, numeric_type: str | None = None) -> None:
        self.numeric_type = numeric_type or ("bfloat16" if computes_bfloat16() else "float32")
        self._model = SentenceModel(
            self.name, lambda: str(bundled.model_folder(cache)), self.numeric_type, fixed_width=True
        )
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._cleaner: Cleaner | None = None

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Shape (len(texts), 384), L2-normalised; `progress` is told how many texts were newly finished."""
        cleaner = self._prepared()
        return self._model.encode([cleaner(text) for text in texts], "document", progress)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), 384), L2-normalised."""
        cleaner = self._prepared()
        cleaned = [cleaner(text) for text in texts]
        if self._engine is None:
            return self._model.encode(cleaned, "query")
        return self._engine.encode(cleaned)

    def _prepared(self) -> Cleaner:
        """The cleaner; the first call opens the engine, or the model where there is none."""
        with self._lock:
            if self._cleaner is None:
                self._engine = Engine.open()
                if self._engine is None:
                    self._cleaner = Cleaner(
                        self._model.characters(), self._count_by_model, bundled.MAX_TOKENS
                    )
                else:
                    self._cleaner = Cleaner(self._engine.characters, self._engine.count, bundled.MAX_TOKENS)
            return self._cleaner

    def _count_by_model(self, text: str) -> int:
        return self._model.count(bundled.QUERY_PROMPT + text)


class OtherEncoder:
    """Any model of sentence-transformers, in float32, with the prompts that it brings along.

    `name` is its name on the hub; for a folder, the folder's own name and a fingerprint of its files, so
    that a model trained anew at the same place is another model.
    """

    numeric_type = "float32"

    def __init__(self, name: str) -> None:
        folder = Path(name).expanduser()
        if name.strip() and folder.is_dir():
            self.name, located = f"{folder.resolve().name}@{_fingerprint(folder)}", str(folder)
        elif not name.strip() or folder.is_absolute() or name.startswith((".", "~")):
            raise EmbeddingError(
                f"There is no model folder at {name!r}. Set GANWEN_EMBEDDING_MODEL to one that exists."
            )
        else:
            self.name, located = name, name
        self._model = SentenceModel(name, lambda: located, self.numeric_type, fixed_width=False)

    @property
    def dim(self) -> int:
        """Numbers in a vector; loads the model."""
        return self._model.dim

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Shape (len(texts), dim), L2-normalised; `progress` is told how many texts were newly finished."""
        return self._model.encode([remove_unreadable(text) for text in texts], "document", progress)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), dim), L2-normalised."""
        return self._model.encode([remove_unreadable(text) for text in texts], "query")


def _fingerprint(folder: Path) -> str:
    """Twelve hexadecimal digits over the names, sizes, first and last bytes of a folder's files.

    Training changes every weight, so that both ends of a file of weights tell it from an earlier one.
    """
    digest = hashlib.sha256()
    try:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            size = path.stat().st_size
            digest.update(f"{path.relative_to(folder).as_posix()}\0{size}\0".encode())
            with path.open("rb") as file:
                digest.update(file.read(_SAMPLE_BYTES))
                file.seek(max(0, size - _SAMPLE_BYTES))
                digest.update(file.read(_SAMPLE_BYTES))
    except OSError as error:
        raise EmbeddingError(f"Cannot read the model folder {folder}: {error}.") from error
    return digest.hexdigest()[:12]
