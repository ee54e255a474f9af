"""A document as HTML, with one span marked. Nothing of it is interpreted: every character is escaped."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from rag.text import RepairedText, repair
from rag.types import Block, Document, Form

WINDOW = 120_000
"""Characters shown of a longer document, around its mark: as much as a browser lays out in a moment."""

_HASHES = re.compile(r"#{1,6}[ \t]+")
_LINE = re.compile(r"[^\r\n]+")
_ROW = re.compile(r"[ \t]*(\|.*?)\|?[ \t]*")
_CELL = re.compile(r"\|[ \t]*((?:\\.|[^|\\]|\\$)*?)[ \t]*(?=\||$)")
_RULE = re.compile(r"[\s|:-]*-[\s|:-]*")


@dataclass(frozen=True, slots=True)
class DocumentHtml:
    """The document, or only the part of it around the mark when it `is_cut`."""

    html: str
    is_cut: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block, or a line that stands in no block (`block` None); `opens` when an article begins with it."""

    start: int
    end: int
    block: Block | None = None
    opens: bool = False


def render_document(document: Document, mark: tuple[int, int], page_label: str) -> DocumentHtml:
    """The repaired text of a document, with what `mark` (offsets in `document.text`) covers in `<mark>`.

    A mark that runs over several blocks is one `<mark>` in each; an empty range marks nothing. `page_label` names
    a page, such as "Page {page}".
    """
    low, high = _window(len(document.text), mark)
    parts: list[str] = []
    page = bisect_right(document.pages, low)
    for piece in _pieces(document):
        if piece.end <= low or high <= piece.start:
            continue
        reached = bisect_right(document.pages, piece.start)
        if reached > page:
            parts.append(f'<div class="page-number">{escape(page_label.format(page=reached))}</div>')
            page = reached
        parts.append(_render_piece(document, piece, mark))
    return DocumentHtml("".join(parts), (low, high) != (0, len(document.text)))


def _window(length: int, mark: tuple[int, int]) -> tuple[int, int]:
    if length <= WINDOW:
        return 0, length
    low = max(0, min(mark[0] - WINDOW // 2, length - WINDOW))
    return low, low + WINDOW


def _pieces(document: Document) -> Iterator[_Piece]:
    """Every line of the document once, in order: the blocks, and between them the lines that are in no block."""
    blocks = sorted(
        (
            _Piece(block.start, block.end, block, opens=block is article.blocks[0])
            for article in document.articles
            for block in article.blocks
        ),
        key=lambda piece: piece.start,
    )
    position = 0
    for piece in blocks:
        yield from _lines(document.text, position, piece.start)
        yield piece
        position = max(position, piece.end)
    yield from _lines(document.text, position, len(document.text))


def _lines(text: str, start: int, end: int) -> Iterator[_Piece]:
    for match in _LINE.finditer(text, start, max(start, end)):
        yield _Piece(match.start(), match.end())


def _render_piece(document: Document, piece: _Piece, mark: tuple[int, int]) -> str:
    repaired = repair(document.text, piece.start, piece.end, document.drops)
    if not repaired.text.strip():
        return ""
    marked = (bisect_left(repaired.offsets, mark[0]), bisect_left(repaired.offsets, mark[1]))
    form = piece.block.form if piece.block else None
    if form is Form.TABLE:
        return _render_table(repaired, marked)
    tag = _heading_tag(piece, piece.block) if piece.block and form is Form.HEADING else "p"
    hashes = _HASHES.match(repaired.text)
    shown = _marked(repaired.text, hashes.end() if hashes else 0, len(repaired.text), marked)
    classes = " ".join(([form.value] if form else ["loose"]) + ["opens"] * piece.opens)
    return f'<{tag} class="{classes}">{shown}</{tag}>'


def _heading_tag(piece: _Piece, block: Block) -> str:
    """`h3` for the title of an article, below the page's own headings; a heading in it is one deeper a level."""
    return "h3" if piece.opens else f"h{min(4 + len(block.section), 6)}"


def _render_table(repaired: RepairedText, marked: tuple[int, int]) -> str:
    """Rows of `| a | b |` as a table, what stands above them as its caption, what stands among or below as wide rows."""
    rows: list[str] = []
    captions: list[str] = []
    width = 1
    for line in _LINE.finditer(repaired.text):
        row = _ROW.fullmatch(line[0])
        if row is None:
            shown = _marked(repaired.text, *line.span(), marked)
            if rows:
                rows.append(f'<td colspan="{width}">{shown}</td>')
            else:
                captions.append(shown)
        elif not _RULE.fullmatch(line[0]):
            cells = [
                _marked(repaired.text, *cell.span(1), marked)
                for cell in _CELL.finditer(
                    repaired.text, line.start() + row.start(1), line.start() + row.end(1)
                )
            ]
            width = max(width, len(cells))
            rows.append("".join(f"<td>{cell}</td>" for cell in cells))
    caption = f"<caption>{'<br>'.join(captions)}</caption>" if captions else ""
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<div class="table"><table>{caption}{body}</table></div>'


def _marked(text: str, start: int, end: int, marked: tuple[int, int]) -> str:
    """`text[start:end]` escaped, with what of it lies in `marked` in a `<mark>`."""
    low, high = max(start, marked[0]), min(end, marked[1])
    if low >= high or not text[low:high].strip():
        return escape(text[start:end])
    return f"{escape(text[start:low])}<mark>{escape(text[low:high])}</mark>{escape(text[high:end])}"
