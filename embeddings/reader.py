"""The reader: a question and passages in; the words that answer it, and the odds that none do, out.

Each passage is read together with the question by a small transformer (`reader_model`), in windows where it is
long. Windows are read side by side, each by one thread: on 2 cores that is quicker than batches, which need padding, and
than two threads for one window (embeddings/training/README.md). A span's odds are taken against "no answer" in its own window, so that they compare across windows and
passages: odds = exp((start + end - 2 none) / TEMPERATURE).
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import ReaderError
from embeddings.reader_model import model_folder
from embeddings.sessions import session_options, threads

WINDOW = 384
"""Tokens of a window: `<s> question </s></s> passage </s>`."""
QUESTION = 64
"""Tokens of a question that are read, as in training; what is over is cut."""
OVERLAP = 96
"""Tokens that a window shares with the next, at least."""
ANSWER = 80
"""Tokens of the longest answer; 95 of 100 answers of CMRC2018 are shorter."""
TEMPERATURE = 2.2
"""Divides log-odds so that a probability is a rate of being right; fitted on held-back questions of CMRC2018 trial
and SQuAD 2.0 zh (`embeddings.training.measure`)."""

_CLS, _SEP = 0, 2
_BEST = 20
_IMPOSSIBLE = -1e9


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start:end` of the passage and the probability, 0..1, that they are the answer."""

    start: int
    end: int
    probability: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The likeliest spans of a passage, best first, and the probability, 0..1, that it holds no answer."""

    spans: tuple[Span, ...]
    none: float


@dataclass(frozen=True, slots=True)
class _Window:
    passage: int
    tokens: list[int]
    first: int  # place of the passage's first token in the window
    offsets: list[tuple[int, int]]


class Reader:
    """Reads passages; safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Opens the assembled model in `folder`. Raises ReaderError when it cannot be run."""
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as error:
            raise ReaderError(
                f"The reader cannot run: {error}. Install it: pip install onnxruntime"
            ) from error
        options = session_options(threads=1)
        # The graph is written as it should run. Left on, one step would put together what is slower together.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        try:
            self._session: Any = onnxruntime.InferenceSession(
                str(folder / "graph.onnx"), options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # the libraries' own errors have no common root
            raise ReaderError(
                f"The reader at {folder} cannot be opened: {error}. Delete that folder."
            ) from error

    @classmethod
    def open(cls, cache: Path | None = None) -> Self:
        """The shipped reader, assembled in the user's cache at its first use. Raises ReaderError."""
        return cls(model_folder(cache))

    def read(self, question: str, passages: Sequence[str], spans: int = 3) -> list[Reading]:
        """A reading of each passage, in their order, with at most `spans` spans that do not overlap."""
        found: list[list[tuple[float, int, int]]] = [[] for _ in passages]
        windows = self._windows(question, passages)
        for window, scores in zip(windows, self._run_each(windows), strict=True):
            found[window.passage] += _spans(window, scores)
        return [
            _reading(passage, candidates, spans) for passage, candidates in zip(passages, found, strict=True)
        ]

    def _windows(self, question: str, passages: Sequence[str]) -> list[_Window]:
        asked, *read = self._tokenizer.encode_batch([question, *passages], add_special_tokens=False)
        head = [_CLS, *asked.ids[:QUESTION], _SEP, _SEP]
        room = WINDOW - len(head) - 1
        windows = []
        for passage, encoding in enumerate(read):
            offsets = encoding.offsets
            for begin, end in _pieces(len(encoding.ids), room):
                tokens = [*head, *encoding.ids[begin:end], _SEP]
                windows.append(_Window(passage, tokens, len(head), offsets[begin:end]))
        return windows

    def _run_each(self, windows: Sequence[_Window]) -> list[NDArray[np.float32]]:
        """Scores (tokens, 3) of each window: of start, of end and, on the first token, of no answer."""
        if len(windows) < 2:
            return [self._run(window) for window in windows]
        with ThreadPoolExecutor(min(threads(), len(windows))) as side_by_side:
            return list(side_by_side.map(self._run, windows))

    def _run(self, window: _Window) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = self._session.run(None, {"tokens": np.array([window.tokens])})[0][0]
        return scores


def _pieces(length: int, room: int) -> Iterator[tuple[int, int]]:
    """Windows of one length over `length` tokens, as few as will do, each sharing OVERLAP with the next."""
    if length == 0:
        return
    count = 1 if length <= room else -(-(length - OVERLAP) // (room - OVERLAP))
    width = -(-(length + (count - 1) * OVERLAP) // count)
    for number in range(count):
        begin = (length - width) * number // max(1, count - 1)
        yield begin, begin + width


def _spans(window: _Window, scores: NDArray[np.float32]) -> list[tuple[float, int, int]]:
    """The best spans of a window with their log-odds against "no answer"."""
    own = scores[window.first : window.first + len(window.offsets)].astype(np.float64)
    starts = np.argsort(-own[:, 0], kind="stable")[:_BEST]
    ends = np.argsort(-own[:, 1], kind="stable")[:_BEST]
    odds = own[starts, 0][:, None] + own[ends, 1][None, :] - 2.0 * float(scores[0, 2])
    apart = ends[None, :] - starts[:, None]
    odds[(apart < 0) | (apart >= ANSWER)] = _IMPOSSIBLE
    return [
        (float(odds[i, j]) / TEMPERATURE, window.offsets[starts[i]][0], window.offsets[ends[j]][1])
        for i, j in zip(*np.nonzero(odds > _IMPOSSIBLE), strict=True)
    ]


def _reading(passage: str, candidates: list[tuple[float, int, int]], count: int) -> Reading:
    """Probabilities out of log-odds; a span that two windows hold counts once, by its better odds."""
    best: dict[tuple[int, int], float] = {}
    for odds, start, end in candidates:
        start, end = _trim(passage, start, end)
        if start < end:
            best[start, end] = max(odds, best.get((start, end), odds))
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    top = max([0.0, *best.values()])
    total = np.exp(-top) + sum(np.exp(odds - top) for odds in best.values())
    spans: list[Span] = []
    for (start, end), odds in ranked:
        if len(spans) < count and all(end <= other.start or start >= other.end for other in spans):
            spans.append(Span(start, end, float(np.exp(odds - top) / total)))
    return Reading(tuple(spans), float(np.exp(-top) / total))


def _trim(passage: str, start: int, end: int) -> tuple[int, int]:
    """The span without what a token may hold beside the answer: blanks, stops, one half of a pair of brackets."""
    changed = True
    while changed and start < end:
        first, last, inside = passage[start], passage[end - 1], passage[start:end]
        left = first in _AROUND or _PAIRS.get(first, first) not in inside
        right = (last in _AROUND and not inside.endswith(_WORDS)) or _OPENS.get(last, last) not in inside
        start, end = start + left, end - right
        changed = left or right
    return start, max(start, end)


_AROUND = " \t\r\n\u3000，。、；：,;:！？!?的"
_WORDS = ("目的", "标的")
_PAIRS = {
    "“": "”",
    "‘": "’",
    "（": "）",
    "(": ")",
    "《": "》",
    "「": "」",
    "『": "』",
    "【": "】",
    "〔": "〕",
    "〈": "〉",
}
_OPENS = {closing: opening for opening, closing in _PAIRS.items()}
