"""An answer cut into claims: the words up to a mark `[n]`, with the marks that stand for them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.text import fold

_MARKS = re.compile(r"(?:\s*\[\d{1,3}\])+")
_NUMBER = re.compile(r"\d+")
_SENTENCE_END = re.compile(r"[。！？!?]\s*")
# The number of a list's item is no figure: 1. …, （2）…
_BULLET = re.compile(r"^\s*(?:[-*•]\s*)?[(（]?(\d{1,2})(?:[)）]|[.．、](?!\d))\s*")


@dataclass(frozen=True, slots=True)
class Claim:
    """`text` (folded, marks blanked, as long as the answer) stands at `start`..`end` of the answer, on `line`.

    `marks` are the citations it rests on: those that follow it, else those before it in its sentence.
    """

    line: int
    start: int
    end: int
    text: str
    marks: tuple[int, ...]


def find_claims(answer: str) -> tuple[Claim, ...]:
    """The claims of an answer, in order; what stands without a word is none."""
    claims: list[Claim] = []
    start = item = 0
    for number, line in enumerate(answer.split("\n")):
        bullet = _BULLET.match(line)
        numbered = bullet is not None and int(bullet.group(1)) == item + 1
        item += numbered
        claims.extend(_of_line(line, number, start, bullet.end() if bullet and numbered else 0))
        start += len(line) + 1
    return tuple(claim for claim in claims if re.search(r"\w", claim.text))


def _of_line(line: str, number: int, offset: int, start: int) -> Iterator[Claim]:
    marks: tuple[int, ...] = ()
    for match in _MARKS.finditer(line):
        marks = tuple(int(n) for n in _NUMBER.findall(match.group()))
        yield Claim(number, offset + start, offset + match.start(), fold(line[start : match.start()]), marks)
        start = match.end()
    rest = line[start:]
    if _SENTENCE_END.match(rest):
        marks = ()
    yield Claim(number, offset + start, offset + len(line), fold(rest), marks)
