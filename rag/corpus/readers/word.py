"""docx files: headings by style, list numbers, tables, footnotes; no pictures, headers or deleted text."""

import io
from collections.abc import Iterator
from typing import Any

from rag.corpus.readers import markdown, office, tables
from rag.corpus.readers.numbering import Numbering
from rag.corpus.readers.reading import Reading
from rag.corpus.readers.word_styles import TITLE, Styles, W

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Deleted and moved text, properties, phonetic guides, the second copy of a drawing, and boxes (read apart).
_UNSEEN = frozenset({W + "del", W + "moveFrom", W + "pPr", W + "rt", W + "txbxContent", _FALLBACK})
_SPACES = {W + "tab": " ", W + "ptab": " ", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-"}
_NOTES = {W + "footnoteReference": "footnote", W + "endnoteReference": "endnote"}
_ON = ("", "1", "true", "on")

_Block = tuple[int | None, str]


def read(file: str, data: bytes) -> Reading:
    """The text of a docx file. Raises UnreadableFile for one that is locked, old, damaged or a trap."""
    office.check(file, data)
    import docx

    document = docx.Document(io.BytesIO(data))
    blocks = _with_titles_joined(list(_Body(document).blocks()))
    shift = 1 if any(level == TITLE for level, _ in blocks) else 0
    return Reading(markdown.join(_written(level, text, shift) for level, text in blocks), markup=True)


def _with_titles_joined(blocks: list[_Block]) -> list[_Block]:
    """A title set in several centred lines is one title."""
    joined: list[_Block] = []
    for level, text in blocks:
        if level == TITLE and joined and joined[-1][0] == TITLE:
            joined[-1] = (TITLE, joined[-1][1] + text)
        else:
            joined.append((level, text))
    return joined


def _written(level: int | None, text: str, shift: int) -> str:
    return text if level is None else markdown.heading(level + shift, text)


class _Body:
    """Walks the body of a document once, counting its lists and notes on."""

    def __init__(self, document: Any) -> None:
        self._root = document.element.body
        parts = {
            rel.reltype.rpartition("/")[2]: rel for rel in document.part.rels.values() if not rel.is_external
        }
        self._styles = Styles(document.styles.element)
        self._numbering = Numbering(_root(parts.get("numbering")))
        self._note_parts = {kind: _root(parts.get(kind + "s")) for kind in _NOTES.values()}
        self._numbers: dict[tuple[str, str], int] = {}

    def blocks(self) -> Iterator[_Block]:
        """Title, headings, paragraphs and tables in reading order, then the notes under a heading of their own."""
        yield from self._children(self._root)
        if self._numbers:
            yield 2, "注释"
        for (kind, identity), number in list(self._numbers.items()):
            yield None, markdown.note(number, self._note(kind, identity))

    def _children(self, parent: Any) -> Iterator[_Block]:
        for child in parent:
            if child.tag == W + "p":
                yield from self._paragraph(child)
            elif child.tag == W + "tbl":
                yield from self._table(child)
            elif isinstance(child.tag, str) and child.tag not in _UNSEEN and not _is_contents_page(child):
                yield from self._children(child)

    def _paragraph(self, paragraph: Any) -> Iterator[_Block]:
        if self._styles.is_contents(paragraph):
            return
        text = markdown.tidy(self._inline(paragraph))
        if text:
            level = self._styles.level(paragraph)
            text = self._label(paragraph) + text
            yield level, markdown.paragraph(text) if level is None else text
        for box in paragraph.iter(W + "txbxContent"):
            if not any(parent.tag in _UNSEEN for parent in box.iterancestors()):
                yield from self._children(box)

    def _label(self, paragraph: Any) -> str:
        place = self._styles.list_place(paragraph)
        label = self._numbering.label(*place) if place else ""
        return label + " " if label.isascii() and label else label

    def _inline(self, parent: Any) -> str:
        """The visible text of a paragraph or another holder of runs, with marks where notes are cited.

        Word cuts a raised 13 into runs as it likes, so raised runs in a row are read as one.
        """
        text = small = ""
        for child in parent:
            if child.tag in _UNSEEN or not isinstance(child.tag, str) or child.tag == W + "rPr":
                continue
            piece = self._piece(child)
            if _is_raised(child):
                small += piece
            elif piece:
                text, small = text + markdown.raised(text, small) + piece, ""
        return text + markdown.raised(text, small)

    def _piece(self, child: Any) -> str:
        if child.tag in (W + "t", _MATH + "t"):
            return child.text or ""
        if child.tag in _NOTES:
            return self._mark(_NOTES[child.tag], child.get(W + "id", ""))
        if child.tag in _SPACES:
            return _SPACES[child.tag]
        return "" if _is_hidden(child) else self._inline(child)

    def _mark(self, kind: str, identity: str) -> str:
        number = self._numbers.setdefault((kind, identity), len(self._numbers) + 1)
        return markdown.mark(number)

    def _note(self, kind: str, identity: str) -> str:
        notes = self._note_parts[kind]
        for note in () if notes is None else notes.iter(W + kind):
            if note.get(W + "id") == identity:
                return " ".join(self._inline(paragraph) for paragraph in note.iter(W + "p"))
        return ""

    def _table(self, table: Any) -> Iterator[_Block]:
        rows = [
            [(cell, _columns(cell)) for cell in _within(row, W + "tc")] for row in _within(table, W + "tr")
        ]
        if all(len(row) <= 1 for row in rows):
            for row in rows:
                for cell, _ in row:
                    yield from self._children(cell)
            return
        for block in tables.blocks([self._cells(rows, index) for index in range(len(rows))]):
            yield None, block

    def _cells(self, rows: list[list[tuple[Any, int]]], index: int) -> list[tables.Cell]:
        cells = []
        column = 0
        for cell, columns in rows[index]:
            if index == 0 or not _goes_on(cell):
                height = 1 + _rows_below(rows[index + 1 :], column)
                cells.append(tables.Cell(self._cell_text(cell), height, columns))
            column += columns
        return cells

    def _cell_text(self, cell: Any) -> str:
        return " ".join(filter(None, (self._inline(each).strip() for each in cell.iter(W + "p"))))


def _root(relationship: Any) -> Any:
    """The root element of the part that a relationship leads to; None where there is none."""
    if relationship is None:
        return None
    from docx.oxml import parse_xml

    return parse_xml(relationship.target_part.blob)


def _is_hidden(run: Any) -> bool:
    hidden = run.find(f"{W}rPr/{W}vanish")
    return hidden is not None and hidden.get(W + "val", "") in _ON


def _is_raised(run: Any) -> bool:
    position = run.find(f"{W}rPr/{W}vertAlign")
    return position is not None and position.get(W + "val") == "superscript"


def _is_contents_page(element: Any) -> bool:
    gallery = element.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return gallery is not None and gallery.get(W + "val") == "Table of Contents"


def _within(parent: Any, tag: str) -> Iterator[Any]:
    """The children of that tag, also those in content controls and tracked changes; not those of inner tables."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif isinstance(child.tag, str) and child.tag not in (W + "tbl", W + "tc", *_UNSEEN):
            yield from _within(child, tag)


def _columns(cell: Any) -> int:
    span = cell.find(f"{W}tcPr/{W}gridSpan")
    return 1 if span is None else max(1, min(int(span.get(W + "val", 1)), 1000))


def _goes_on(cell: Any) -> bool:
    """Whether this cell is the lower part of a merged one."""
    merge = cell.find(f"{W}tcPr/{W}vMerge")
    return merge is not None and merge.get(W + "val", "continue") == "continue"


def _rows_below(rows: list[list[tuple[Any, int]]], column: int) -> int:
    """Over how many of `rows` the cell that starts at `column` above them goes on."""
    for count, row in enumerate(rows):
        start = 0
        for cell, columns in row:
            if start == column and _goes_on(cell):
                break
            start += columns
        else:
            return count
    return len(rows)
