"""The passages that a model is shown: those that the draft rests on, then the best others, within a budget of tokens."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.answering.lines import Line
from rag.answering.orders import split_told
from rag.answering.sentences import split_sentences
from rag.llm.draft import Draft
from rag.types import Chunk

_HAN = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")
# What a passage costs beside its words: its number, title, place, time and kind.
_HEADER_TOKENS = 30


@dataclass(frozen=True, slots=True)
class Passage:
    """Passage `n` of a prompt: `chunk.text[start:end]`."""

    n: int
    chunk: Chunk
    start: int
    end: int

    @property
    def text(self) -> str:
        """Its words, on one line, without sentences that give orders."""
        told = "".join(piece.text for piece in split_told(self.chunk.text[self.start : self.end]))
        return " ".join(told.split())


def choose_passages(draft: Draft, budget: int) -> tuple[Passage, ...]:
    """The passages for a draft, of about `budget` tokens together, at least the first.

    Where code's own answer decides the facts these are the sentences it rests on: more would only mislead. Else they
    are whole passages, those of the draft first.
    """
    pieces = _sentences_of(draft) if draft.is_exact else _wholes_of(draft)
    passages: list[Passage] = []
    for chunk, start, end in dict.fromkeys(pieces):
        passage = Passage(len(passages) + 1, chunk, start, end)
        if not passage.text:
            continue
        budget -= count_tokens(passage.text) + _HEADER_TOKENS
        if budget < 0 and passages:
            break
        passages.append(passage)
    return tuple(passages)


def find_passage(line: Line, passages: tuple[Passage, ...]) -> int | None:
    """The number of the passage that holds a line of the draft."""
    for passage in passages:
        if passage.chunk.id == line.chunk.id and passage.start <= line.start and line.end <= passage.end:
            return passage.n
    return None


def count_tokens(text: str) -> int:
    """About how many tokens a text has, rather too many: one a Han character, one for three of any others."""
    han = len(_HAN.findall(text))
    return han + (len(text) - han + 2) // 3


def _sentences_of(draft: Draft) -> Iterator[tuple[Chunk, int, int]]:
    for line in draft.lines:
        inside = [
            piece
            for piece in split_sentences(line.chunk.text)
            if piece.start < line.end and line.start < piece.end
        ]
        if inside:
            yield line.chunk, min(inside[0].start, line.start), max(inside[-1].end, line.end)


def _wholes_of(draft: Draft) -> Iterator[tuple[Chunk, int, int]]:
    for chunk in (*(line.chunk for line in draft.lines), *(hit.chunk for hit in draft.hits)):
        yield chunk, 0, len(chunk.text)
