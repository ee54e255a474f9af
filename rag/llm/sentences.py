"""A model's text cut into sentences while it comes, and what may be seen of one that is not finished."""

import re
import unicodedata
from collections.abc import Iterator

# The end of a sentence with the marks [n] that follow it. A dot ends one only before a blank: 63.1 is whole.
_END = re.compile(
    r"(?:[。！？；!?;]+[”’」』）)]*|(?<=[^\s\d])\.(?=\s|\[|$)|(?<=\d)\.(?=\s)|\n)(?:\s*\[\d{1,3}\])*[。；.]?\s*"
)
_THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL)
_TAG = "<think>"
_BULLET = re.compile(r"^\s*(?:[-*•·#>]+\s+|[(（]?\d{1,2}(?:[)）]|[.．、](?!\d))\s*)+")
_DECORATION = re.compile(r"\*\*|__|`")
# From the first of these on, an unfinished sentence waits for its check: a digit, a quote, a name in capitals or
# with digits, a mark, a numeral with a unit.
_DOUBTFUL = re.compile(
    r"[\d０-９“”《》「」『』\"\[\]【】<>]|[A-Z]{2}|[零一二两三四五六七八九十百千万亿半][^，。、的\s]?"
)
_YEAR = re.compile(r"(?<![\d.])(?:19|20)\d\d(?=年)")

LONGEST = 400
"""Characters without an end of a sentence that are taken for one."""


class Sentences:
    """Takes pieces of text, gives whole sentences."""

    def __init__(self, asked: str = "") -> None:
        """Years of the question `asked` need no check."""
        self._years = set(_YEAR.findall(asked))
        self._text = ""
        self._taken = 0

    def feed(self, piece: str) -> Iterator[str]:
        """The sentences that a further piece completes. One is whole when more than its marks follows it.

        Control characters are left out.
        """
        self._text += "".join(filter(is_plain, piece))
        yield from self._cut(is_last=False)

    def finish(self) -> Iterator[str]:
        """The rest, however it ends."""
        yield from self._cut(is_last=True)

    @property
    def unfinished(self) -> str:
        """What may be shown already of the sentence in the making: its words up to the first that needs a check."""
        rest = _clean(self._said()[self._taken :])
        known = [match.span() for match in _YEAR.finditer(rest) if match.group() in self._years]
        doubtful = (
            match.start()
            for match in _DOUBTFUL.finditer(rest)
            if not any(start <= match.start() < end for start, end in known)
        )
        return rest[: next(doubtful, len(rest))]

    def _said(self) -> str:
        """The text without what the model thinks aloud, nor the beginning of a tag that may open it."""
        said = _THOUGHT.sub("", self._text)
        for size in range(min(len(_TAG) - 1, len(said)), 0, -1):
            if said.endswith(_TAG[:size]):
                return said[:-size]
        return said

    def _cut(self, is_last: bool) -> Iterator[str]:
        said = self._said()
        while self._taken < len(said):
            match = _END.search(said, self._taken)
            if match and (is_last or match.end() < len(said)) and said[match.end() : match.end() + 1] != "[":
                end = match.end()
            elif is_last or len(said) - self._taken > LONGEST:
                end = len(said)
            else:
                return
            sentence = _clean(said[self._taken : end])
            self._taken = end
            if sentence:
                yield sentence


def _clean(text: str) -> str:
    """A sentence without list marks and decoration, on one line."""
    return " ".join(_DECORATION.sub("", _BULLET.sub("", text)).split())


def is_plain(character: str) -> bool:
    """Not one that moves a terminal's cursor or turns the direction of writing."""
    return character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
