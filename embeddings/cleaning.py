"""Texts as models are given them: the same for a question and for a passage, whichever engine runs.

The libraries that run the model differ on composed characters, on marks of special tokens in the text, on runs
of unknown characters and beyond 512 tokens. Here each is settled before any of them sees the text.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

# Characters in the longest piece of the vocabulary.
LONGEST_PIECE = 16
# More tokens than the prompt and the special tokens come to. Beyond them a text has at most one a character.
_AROUND = 16

_UNREADABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROLS = re.compile("[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]")
_BLANKS = re.compile("[\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]")
_SPECIAL_TOKEN = re.compile("<(?=/?(?:s|pad|unk|mask)>)")


def remove_unreadable(text: str) -> str:
    """The text without NUL, where C strings end, and without lone surrogates, which UTF-8 cannot hold."""
    return _UNREADABLE.sub("", text)


def normalise(text: str) -> str:
    """NFKC on one line, without control characters, and with nothing in it that reads as a special token."""
    text = unicodedata.normalize("NFKC", _CONTROLS.sub("", remove_unreadable(text)))
    return " ".join(_BLANKS.sub(" ", _SPECIAL_TOKEN.sub("< ", text)).split())


def fuse_unknown(text: str, known: frozenset[str]) -> str:
    """The text with each run of characters outside `known` cut to its first: one unknown token stands for it."""
    if known.issuperset(text):
        return text
    return "".join(
        character
        for before, character in zip(" " + text[:-1], text, strict=True)
        if character in known or before in known
    )


@dataclass(frozen=True, slots=True)
class Cleaner:
    """Cleans for one vocabulary: `known` are the characters it has a piece for, `count` counts the tokens of
    a text as the model is given it (prompt and special tokens included), of which it takes `limit`."""

    known: frozenset[str]
    count: Callable[[str], int]
    limit: int

    def __call__(self, text: str) -> str:
        """The text as both sides get it; it never reads as more than `limit` tokens."""
        return _cut(fuse_unknown(normalise(text), self.known), self.limit, self.count)


def _cut(text: str, limit: int, count: Callable[[str], int]) -> str:
    """The longest beginning that has at most `limit` tokens; what no `limit` tokens can reach is not counted."""
    text = text[: limit * LONGEST_PIECE]
    if len(text) + _AROUND <= limit or count(text) <= limit:
        return text
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if count(text[:middle]) <= limit:
            fits = middle
        else:
            too_long = middle
    return text[:fits]
