"""Passages found side by side become one: what stands together in a report is shown together."""

from collections.abc import Sequence
from dataclasses import replace

from rag.chunking import LIMIT, shared_section
from rag.store import Index
from rag.text import repair
from rag.types import Chunk, Hit, Kind


def join_found(hits: Sequence[Hit], index: Index) -> tuple[Hit, ...]:
    """The hits, each grown by the passages right beside it that were found too, up to LIMIT characters.

    A joined one stands at the place of its best part, whose id and score it keeps.
    """
    left = {hit.chunk.id: hit.chunk for hit in hits}
    return tuple(
        replace(hit, chunk=_grow(left.pop(hit.chunk.id), left, index))
        for hit in hits
        if hit.chunk.id in left  # else a better one took it in
    )


def _grow(chunk: Chunk, left: dict[int, Chunk], index: Index) -> Chunk:
    """The passage with what stands beside it among those left, the better ones first; they are taken out."""
    parts, whole = [chunk], chunk
    while True:
        beside = (left[row] for row in left if row in (parts[0].id - 1, parts[-1].id + 1))
        for other in beside:
            wider = sorted((*parts, other), key=lambda part: part.id)
            if (joined := _join(wider, index)) is not None:
                parts, whole = wider, replace(joined, id=chunk.id)
                del left[other.id]
                break
        else:
            return whole


def _join(parts: Sequence[Chunk], index: Index) -> Chunk | None:
    """Passages that follow each other as one piece of one part of an article; None where they are none, or too long."""
    first, last = parts[0], parts[-1]
    if not _are_of_one_part(parts) or sum(len(part.text) for part in parts) > LIMIT:
        return None
    document = index.document(first.file)
    text = repair(document.text, first.start, last.end, document.drops).text
    if len(text) > LIMIT or _letters(text) != "".join(_letters(part.text) for part in parts):
        return None
    return replace(
        first,
        end=last.end,
        text=text,
        section=shared_section([part.section for part in parts]),
        kind=first.kind if len({part.kind for part in parts}) == 1 else Kind.NARRATIVE,
        terms=tuple(dict.fromkeys(term for part in parts for term in part.terms)),
    )


def _are_of_one_part(parts: Sequence[Chunk]) -> bool:
    """Whether passages tell of one place and time in one article, and no result beside a plan; a note is whole by itself."""
    of = {(part.file, part.title, part.date, part.region, part.period) for part in parts}
    kinds = {part.kind for part in parts}
    return len(of) == 1 and Kind.NOTE not in kinds and len(kinds - {Kind.NARRATIVE}) < 2


def _letters(text: str) -> str:
    return "".join(text.split())
