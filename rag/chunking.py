"""Documents cut into passages: packed where paragraphs are short, split where they are long, never searched for.

A passage is one contiguous piece of one article. Every offset is carried along, so a sentence that stands
twice in a report is never mistaken for its twin.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile, tee, zip_longest
from typing import TYPE_CHECKING

from rag.corpus.table_lines import count_heads, find_cells, find_tables, is_table_rule, may_head_table
from rag.text import fold, repair
from rag.types import Article, Block, Chunk, Document, Form, Kind, Note

if TYPE_CHECKING:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

STRUCTURE = 23
"""Raise it when reading, structure, chunking or composing gives other passages, or mending other search texts, for the same file."""

LIMIT = 600
"""Most characters of a passage, as shown."""

AIM = 350
"""Characters that packing fills up to and splitting cuts down to."""

SMALL = AIM // 3
"""A piece shorter than this is left with its neighbour, where LIMIT allows."""

CHUNKING = f"structure {STRUCTURE}, at most {LIMIT}, aim {AIM}, small {SMALL}"

# Ends of lines, sentences, clauses and words, each with the closing marks that belong to it; figures stay whole.
_CLOSING = "[”’」』》）)】]*"
_SENTENCES = (
    r"\n+",
    rf"[。！？!?…]+{_CLOSING}",
    rf"[；;]+{_CLOSING}",
    rf"[，：](?!\d){_CLOSING}",
    r"[、,:](?!\d)",
    r"\s+",
    "",
)
_ROWS = (r"\n+", r"\|", *_SENTENCES)
_KINDS = {
    Kind.RESULT: "完成情况",
    Kind.ESTIMATE: "预计",
    Kind.PLAN: "目标计划",
    Kind.CUMULATIVE: "累计",
    Kind.NOTE: "名词解释",
    Kind.NARRATIVE: "",
}
# Headings up to this length leave room for a piece of AIM characters below them.
_LONGEST_LEAD = LIMIT - AIM
# A heading longer than this is a sentence of its own, and a path of such would drown the text below it.
_LONGEST_HEADING = 80


@dataclass(frozen=True, slots=True)
class _Piece:
    """A contiguous piece on its way to a passage: `text` is the repaired `start`..`end`.

    `block` gives its section, period and kind; the first `lead` characters are headings above that block.
    """

    start: int
    end: int
    text: str
    block: Block
    lead: int = 0
    header: str = ""


def chunk(document: Document, first_id: int = 0) -> tuple[Chunk, ...]:
    """The passages of a document in the order of their offsets, numbered from `first_id`."""
    found = [(piece, article) for article in document.articles for piece in _pieces(document, article)]
    found.sort(key=lambda pair: pair[0].start)
    return tuple(_to_chunk(document, *pair, id=first_id + i) for i, pair in enumerate(found))


def compose(chunk: Chunk) -> str:
    """What is embedded and searched by words, folded: the passage below a line that says what and whom it is about.

    Folded, because questions are: a Traditional report answers a Simplified question, and the other way round.
    """
    parts = [chunk.title, *chunk.section, chunk.region.name if chunk.region else ""]
    parts += [chunk.period.label if chunk.period else "", _KINDS[chunk.kind]]
    heading = "｜".join(part[:_LONGEST_HEADING] for part in dict.fromkeys(parts) if part)
    return fold("\n".join(part for part in (heading, chunk.header, chunk.text) if part))


def shared_section(sections: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The headings that all of them stand under."""
    levels = zip(*sections, strict=False)
    return tuple(names[0] for names in takewhile(lambda names: len(set(names)) == 1, levels))


def _to_chunk(document: Document, piece: _Piece, article: Article, id: int) -> Chunk:
    return Chunk(
        id=id,
        file=document.file,
        start=piece.start,
        end=piece.end,
        text=piece.text,
        title=article.title,
        section=piece.block.section,
        region=article.region,
        period=piece.block.period,
        kind=piece.block.kind,
        terms=_terms(piece, article.notes),
        date=article.date,
        page=max(1, bisect_right(document.pages, piece.start)) if document.pages else None,
        header=piece.header,
    )


def _terms(piece: _Piece, notes: Sequence[Note]) -> tuple[str, ...]:
    """Terms of the notes that the piece lies in, that are marked in it, or whose term stands in it."""
    folded = fold(piece.text) if notes else ""
    return tuple(
        dict.fromkeys(
            note.term
            for note in notes
            if (note.start < piece.end and piece.start < note.end)
            or any(piece.start < mark <= piece.end for mark in note.marks)
            or fold(note.term) in folded
        )
    )


def _pieces(document: Document, article: Article) -> Iterator[_Piece]:
    for span in article.spans:
        for piece in _pack(document, _with_headings(document, _parts(document, article.blocks, span))):
            yield from _split(document, piece)


def _parts(document: Document, blocks: Iterable[Block], span: tuple[int, int]) -> Iterator[_Piece]:
    """The blocks, as far as they lie in the span, that show anything."""
    for block in blocks:
        start, end = max(block.start, span[0]), min(block.end, span[1])
        if start < end:
            part = _piece(document, start, end, block)
            if part.text.strip():
                yield part


def _piece(document: Document, start: int, end: int, block: Block) -> _Piece:
    """The piece without dropped characters at its edges."""
    repaired = repair(document.text, start, end, document.drops)
    if repaired.text:
        start, end = repaired.span(0, len(repaired.text))
    return _Piece(start, end, repaired.text, block)


def _with_headings(document: Document, parts: Iterable[_Piece]) -> Iterator[_Piece]:
    """Each text with the headings right above it; headings with no text below stand alone.

    A line that only leads to the points below it (还面临不少困难：) counts as a heading of the first.
    """
    lead: _Piece | None = None
    for part, following in zip_longest(*_shifted(parts)):
        whole = _join(document, lead, part) if lead else None
        if lead and (whole is None or whole.lead > _LONGEST_LEAD):
            yield lead
            whole = None
        whole = whole or part
        if _leads(part, following) and len(whole.text) <= _LONGEST_LEAD:
            lead = whole
        else:
            yield whole
            lead = None
    if lead:
        yield lead


def _shifted(parts: Iterable[_Piece]) -> tuple[Iterator[_Piece], Iterator[_Piece]]:
    """The pieces, and the same from the second on."""
    first, second = tee(parts)
    next(second, None)
    return first, second


def _leads(part: _Piece, following: _Piece | None) -> bool:
    """Whether a piece is a heading, or a short line whose points are told in the sections right below it."""
    if part.block.form is Form.HEADING:
        return True
    own = part.block
    if following is None or {own.form, following.block.form} != {Form.PARAGRAPH} or len(part.text) > SMALL:
        return False
    below, depth = following.block, len(own.section)
    alike = (own.period, own.kind) == (below.period, below.kind)
    return alike and len(below.section) > depth and below.section[:depth] == own.section


def _join(document: Document, first: _Piece, second: _Piece) -> _Piece | None:
    """Both as one piece that is about the second's block, or None where something else stands between them."""
    if repair(document.text, first.end, second.start, document.drops).text.strip():
        return None
    whole = _piece(document, first.start, second.end, second.block)
    return replace(whole, lead=len(whole.text) - len(second.text) + second.lead)


def _pack(document: Document, pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    """Short pieces that follow each other and tell of the same part of the article become one."""
    pack: _Piece | None = None
    for piece in pieces:
        joined = _join_short(document, pack, piece) if pack else None
        if joined is None and pack is not None:
            yield pack
        pack = joined or piece
    if pack is not None:
        yield pack


def _join_short(document: Document, pack: _Piece, piece: _Piece) -> _Piece | None:
    if len(pack.text) + len(piece.text) > AIM or not _alike(pack.block, piece.block):
        return None
    joined = _join(document, pack, piece)
    if joined is None or len(joined.text) > AIM:
        return None
    section = shared_section([pack.block.section, piece.block.section])
    return replace(joined, lead=0, block=replace(piece.block, section=section))


def _alike(first: Block, second: Block) -> bool:
    """Whether two blocks may share a passage: running text of one section (two levels), period and kind."""
    return (
        {first.form, second.form} <= {Form.PARAGRAPH, Form.BYLINE}
        and _near(first.section, second.section)
        and first.period == second.period
        and first.kind == second.kind
    )


def _near(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether two sections are one on their upper two levels, or neighbours under one heading."""
    return first[:2] == second[:2] or (len(first) == len(second) > 1 and first[:-1] == second[:-1])


def _split(document: Document, piece: _Piece) -> Iterator[_Piece]:
    """A piece that is too long as several, the headings with the first; notes and tables are whole up to LIMIT."""
    form = piece.block.form
    if len(piece.text) <= (LIMIT if form in (Form.NOTE, Form.TABLE) else AIM):
        yield piece
        return
    repaired = repair(document.text, piece.start, piece.end, document.drops)
    position = 0
    header = ""
    for text in _cut(piece, _ROWS if form is Form.TABLE else _SENTENCES):
        start, end = repaired.span(position, position + len(text))
        yield _Piece(start, end, text, piece.block, header=header)
        position += len(text)
        header = _table_header(piece) if form is Form.TABLE else ""


def _cut(piece: _Piece, separators: tuple[str, ...]) -> list[str]:
    """The text in pieces of about AIM and at most LIMIT characters that add up to it."""
    texts = _splitter(separators).split_text(piece.text[piece.lead :])
    texts[0] = piece.text[: piece.lead] + texts[0]
    joined = texts[:1]
    for text in texts[1:]:
        small = min(len(joined[-1]), len(text)) < SMALL
        if small and len(joined[-1]) + len(text) <= LIMIT:
            joined[-1] += text
        else:
            joined.append(text)
    return joined


@lru_cache
def _splitter(separators: tuple[str, ...]) -> "RecursiveCharacterTextSplitter":
    # Half a second to import, and only a build needs it.
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    return RecursiveCharacterTextSplitter(
        list(separators),
        keep_separator="end",
        is_separator_regex=True,
        chunk_size=AIM,
        chunk_overlap=0,
        strip_whitespace=False,
    )


def _table_header(piece: _Piece) -> str:
    """Caption and head of a table, cut at AIM so that it cannot drown the rows below it."""
    lines = piece.text[piece.lead :].split("\n")
    rows, heads = find_tables([line.strip() for line in lines], [True] * len(lines))
    first = next((place for place in range(len(lines)) if rows[place] or heads[place]), -1)
    if first > 0 and not heads[first] and may_head_table(lines[first - 1].strip()):
        first -= 1  # the row is no head: that stands above it
    end = first + _count_head_lines([line.strip() for line in lines[first:]], heads[first:])
    return "\n".join(lines[:end]).strip()[:AIM] if first >= 0 else ""


def _count_head_lines(lines: Sequence[str], heads: Sequence[bool]) -> int:
    """How many of the lines of a table are its head, the rule below it among them; `heads` are those set in columns."""
    if not lines[0].startswith("|"):
        return max(1, len(list(takewhile(bool, heads))))
    rows = [place for place, line in enumerate(lines) if line and not is_table_rule(line)]
    count = count_heads([[lines[row][slice(*cell)] for cell in find_cells(lines[row])] for row in rows])
    return rows[count] if count < len(rows) else rows[count - 1] + 1
