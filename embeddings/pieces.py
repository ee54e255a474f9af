"""Texts to tokens by the tokenizers library, without the second that it takes to load the whole vocabulary.

How a text splits depends on no piece that it does not hold: a tokenizer of those it holds splits it the same.
"""

from typing import Any

from embeddings.bundled import unigram
from embeddings.cleaning import LONGEST_PIECE
from embeddings.weights import Weights

_BLANK = "\u2581"
# The name of the unknown token: no text spells it, since normalisation removes the character.
_UNKNOWN = "\x01"


class Pieces:
    """The vocabulary of the bundled model, 250,000 pieces."""

    def __init__(self, weights: Weights) -> None:
        self._ids = {piece: id for id, piece in enumerate(weights.pieces_utf8())}
        self._special = frozenset({weights.bos, weights.pad, weights.eos, weights.unk})
        self._unknown = weights.unk
        self._scores = weights.scores
        self._lowest = int(weights.scores.argmin())  # the price of an unknown character follows from it
        self._normalise = unigram([_UNKNOWN], [0.0], 0).normalizer.normalize_str

    def split(self, text: str) -> list[int]:
        """The ids of a text's tokens, without special ones."""
        held = self._held(_BLANK + self._normalise(text).replace(" ", _BLANK))
        names = [_UNKNOWN, *held.values()]
        tokenizer: Any = unigram(names, [0.0, *self._scores[list(held)].tolist()], 0)
        ids = [self._unknown, *held]
        return [ids[place] for place in tokenizer.encode(text, add_special_tokens=False).ids]

    def _held(self, text: str) -> dict[int, str]:
        """The pieces that stand in a text, by their ids, and the one of the lowest score."""
        found: dict[int, str] = {}
        for start in range(len(text)):
            for end in range(start + 1, min(start + LONGEST_PIECE, len(text)) + 1):
                id = self._ids.get(text[start:end].encode())
                if id is not None and id not in self._special:
                    found[id] = text[start:end]
        if self._lowest not in found:
            found[self._lowest] = 2 * _UNKNOWN
        return found
