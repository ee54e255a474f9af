"""Passages read for figures: their sentences, and what each figure of their tables tells."""

import re
from dataclasses import dataclass

from rag.answering.sentences import Piece
from rag.answering.tables import TableFigure, told_rows, told_sentences
from rag.text import fold
from rag.types import Chunk, Region


@dataclass(frozen=True, slots=True)
class Page:
    """A passage read for figures: its sentences, and what is folded of it once."""

    chunk: Chunk
    pieces: tuple[Piece, ...]
    headings: str
    folded: str
    rows: dict[Piece, TableFigure]

    @classmethod
    def read(cls, chunk: Chunk) -> "Page":
        """A passage parted into sentences and rows."""
        headings = fold(" ".join((chunk.title, *chunk.section)))
        return cls(chunk, told_sentences(chunk), headings, fold(chunk.header + chunk.text), told_rows(chunk))

    def is_named(self, row: TableFigure | None, asked: Region | None, folded: str) -> bool:
        """Whether a row of a table is of the very place asked for, or a folded question has its whole name."""
        if row is None:
            return False
        name = "".join(fold(row.name).split())
        is_place = asked is not None and row.region == asked and row.name in asked.path[-1]
        return is_place or (len(name) > 1 and name in folded)

    def is_elsewhere(self, row: TableFigure | None, asked: Region | None, folded: str) -> bool:
        """Whether a row of a table is of another place than a folded question asks for, one that is known or not."""
        if row is None or asked is None:
            return False
        if row.region is None:
            return (
                self.chunk.region is not None and not _ALL.search(row.name) and fold(row.name) not in folded
            )
        return row.region != asked and not row.region.contains(asked)


_ALL = re.compile(r"合计|总计|[全本][国省市县区]|平均")
