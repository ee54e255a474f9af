"""A sentence-transformers model: loaded at its first use, run quietly, batch by batch."""

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import EmbeddingError

Task = Literal["query", "document"]

# 4 to 32 texts a batch ran equally fast on 2 cores, in float32 and in bfloat16.
BATCH = 16
# Every text is padded to a multiple of this many tokens, so that its vector does not depend on the texts that happen
# to be computed beside it. In bfloat16 some processors round a large batch otherwise than a small one (cosine .99998).
WIDTH = 32
_CONNECT_SECONDS = 10.0


class SentenceModel:
    """A model out of a folder, or by its name on a model hub; safe to use from several threads.

    `locate` gives the folder or name, and is called at the first use. `fixed_width` pads to WIDTH, for
    which the model must have a tokenizer of the usual kind.
    """

    def __init__(self, name: str, locate: Callable[[], str], numeric_type: str, *, fixed_width: bool) -> None:
        self._name = name
        self._locate = locate
        self._numeric_type = numeric_type
        self._fixed_width = fixed_width
        self._options = {"processing_kwargs": {"text": {"pad_to_multiple_of": WIDTH}}} if fixed_width else {}
        self._lock = threading.RLock()
        self._model: Any = None
        self._dim = 0

    def loaded(self) -> Any:
        """The SentenceTransformer itself. Raises EmbeddingError with the cause when it cannot be loaded."""
        with self._lock:
            if self._model is None:
                self._model = _load(self._name, self._locate(), self._numeric_type)
            return self._model

    @property
    def dim(self) -> int:
        """Numbers in a vector; loads the model."""
        if not self._dim:
            self._dim = self._run([""], "query").shape[1]
        return self._dim

    def characters(self) -> frozenset[str]:
        """The characters that are a piece of the vocabulary of their own, and the blank; loads the model."""
        return frozenset(piece for piece in self.loaded().tokenizer.get_vocab() if len(piece) == 1) | {" "}

    def count(self, text: str) -> int:
        """Tokens of a text, special ones included; loads the model."""
        with self._lock:  # a tokenizer refuses to be used by two threads at once
            return len(self.loaded().tokenizer(text)["input_ids"])

    def encode(
        self,
        texts: Sequence[str],
        task: Task,
        progress: Callable[[int], None] | None = None,
    ) -> NDArray[np.float32]:
        """Vectors of shape (len(texts), dim), L2-normalised; equal texts are computed once.

        `progress` is told after each batch how many of `texts` it has finished. Raises EmbeddingError when
        the model cannot be loaded or run.
        """
        places: dict[str, list[int]] = {}
        for place, text in enumerate(texts):
            places.setdefault(text, []).append(place)
        vectors: dict[str, NDArray[np.float32]] = {}
        for batch in _batches(self._widths(list(places), task)):
            vectors.update(zip(batch, self._run(batch, task), strict=True))
            if progress:
                progress(sum(len(places[text]) for text in batch))
        return np.stack([vectors[text] for text in texts]) if vectors else np.empty((0, self.dim), np.float32)

    def _widths(self, texts: list[str], task: Task) -> dict[str, int]:
        """What each text is padded to, in tokens; a model of unknown kind is taken to see characters."""
        if not self._fixed_width:
            lengths = [len(text) for text in texts]
        elif texts:
            with self._lock:
                model = self.loaded()
                prompted = [model.prompts[task] + text for text in texts]
                lengths = [len(ids) for ids in model.tokenizer(prompted)["input_ids"]]
        else:
            lengths = []
        return {text: -(-length // WIDTH) * WIDTH for text, length in zip(texts, lengths, strict=True)}

    def _run(self, batch: list[str], task: Task) -> NDArray[np.float32]:
        with self._lock:
            model = self.loaded()
            encode = model.encode_query if task == "query" else model.encode_document
            try:
                rows = encode(batch, batch_size=BATCH, show_progress_bar=False, **self._options)
            except (RuntimeError, ValueError, TypeError) as error:
                raise EmbeddingError(
                    f"The embedding model {self._name} cannot run: {_cause(error)}"
                ) from error
        rows = np.asarray(rows, dtype=np.float32)
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        normalised: NDArray[np.float32] = rows / np.maximum(norms, np.finfo(np.float32).tiny)
        return normalised


def _batches(widths: dict[str, int]) -> Iterator[list[str]]:
    """Longest first, texts of one width together, in an order that depends on nothing else."""
    ordered = sorted(widths, key=lambda text: (-widths[text], text))
    for _, group in groupby(ordered, key=widths.__getitem__):
        alike = list(group)
        yield from (alike[start : start + BATCH] for start in range(0, len(alike), BATCH))


def _load(name: str, folder_or_name: str, numeric_type: str) -> Any:
    try:
        _quieten()
        import torch
        from sentence_transformers import SentenceTransformer

        options = {"dtype": getattr(torch, numeric_type)}
        try:
            return SentenceTransformer(folder_or_name, local_files_only=True, model_kwargs=options)
        except Exception:
            if Path(folder_or_name).exists():
                raise
        _reach_hub()
        return SentenceTransformer(folder_or_name, model_kwargs=options)
    except Exception as error:  # what a model folder can raise has no common root
        raise EmbeddingError(
            f"Cannot load the embedding model {name}: {_cause(error)} Set GANWEN_EMBEDDING_MODEL to the name "
            'or folder of a sentence-transformers model, or to "bundled".'
        ) from error


def _quieten() -> None:
    """No bars, warnings or telemetry of the libraries below: what goes wrong comes as an exception."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    # Unset, the tokenizers library warns on stderr after any fork.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    for library in ("sentence_transformers", "huggingface_hub"):
        logging.getLogger(library).setLevel(logging.ERROR)


def _reach_hub() -> None:
    """Fails at once where loading by name would try again for over a minute; a download may show its bar."""
    from huggingface_hub import constants, get_session
    from huggingface_hub.utils.tqdm import enable_progress_bars

    try:
        get_session().head(constants.ENDPOINT, timeout=_CONNECT_SECONDS)
    except Exception as error:
        raise ConnectionError(
            f"there is no such folder and no local copy, and {constants.ENDPOINT} cannot be reached ({error})."
        ) from error
    enable_progress_bars()


def _cause(error: Exception) -> str:
    first, *_ = str(error).strip().splitlines() or [type(error).__name__]
    return first if first.endswith(".") else f"{first}."
