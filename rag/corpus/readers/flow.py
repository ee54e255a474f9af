"""Lines and tables of pages to one text: running heads out, headings marked, cut lines and pages joined."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from rag.corpus.lines import numbering
from rag.corpus.readers import markdown, tables
from rag.corpus.readers.layout import Line, seam
from rag.corpus.readers.pdf_tables import Table
from rag.corpus.readers.reading import Reading

# Page numbers and running heads stand within this share of the page from its upper or lower edge: GB/T 9704
# leaves 37 mm of 297 mm above the text and 35 mm below.
_EDGE = 0.125
_REPEATS = 3
_LETTER = re.compile(r"[^\W\d_]")
_PAGE_NUMBER = re.compile(r"[\W_]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/／,，共]+\s*\d{1,4}\s*页?)?[\W_]*")
# A heading is set this much larger than the text, a footnote this much smaller.
_LARGER = 1.15
_SMALLER = 0.87
_LONGEST_HEADING = 80
_LOOSE = 1.5  # a gap between lines that many times the usual one parts paragraphs
_NARROW = 0.8  # text of less than this share of its usual width does not show where its lines end,
_RIGHT = 0.7  # and no text ends left of this share of the page
_SENTENCE_END = tuple("。！？；：.!?;:")


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its width and height in points, and its lines and tables in reading order."""

    width: float
    height: float
    items: tuple[Line | Table, ...]


@dataclass(slots=True)
class _Block:
    """A block in the making: pieces of text with the page each stands on; `level` of a heading, else 0."""

    level: int
    pieces: list[tuple[int, str]]

    def add(self, page: int, line: Line) -> None:
        """Join a line to the block."""
        self.pieces.append((page, seam(self.pieces[-1][1], line.text) + line.text))


def flow(pages: Sequence[Page]) -> Reading:
    """The text of all pages, and where each page starts in it."""
    pages = _without_running(pages)
    return _written(list(_blocks(pages)), len(pages))


def _without_running(pages: Sequence[Page]) -> list[Page]:
    """The pages without page numbers, and without lines that stand at the edge of at least three pages.

    Rows of figures, which look alike without their digits, are no running heads.
    """
    seen = Counter(key for page in pages for key in {_key(line) for line in _at_edge(page)})
    running = {key for key, count in seen.items() if count >= _REPEATS and len(_LETTER.findall(key[0])) > 2}
    cleaned = []
    for page in pages:
        dropped = {
            id(line) for line in _at_edge(page) if _key(line) in running or _PAGE_NUMBER.fullmatch(line.text)
        }
        cleaned.append(
            Page(page.width, page.height, tuple(item for item in page.items if id(item) not in dropped))
        )
    return cleaned


def _at_edge(page: Page) -> list[Line]:
    upper, lower = _EDGE * page.height, (1 - _EDGE) * page.height
    return [line for line in _lines(page) if line.bottom <= upper or line.top >= lower]


def _key(line: Line) -> tuple[str, int]:
    """What is the same of a running head on every page: its text without figures, and its height on the page."""
    return re.sub(r"\d+", "#", line.text), round(line.top / 5)


def _blocks(pages: Sequence[Page]) -> Iterator[_Block]:
    """Blocks in reading order; footnotes come before the paragraph that runs on to the next page."""
    measures = _Measures(pages)
    block: _Block | None = None
    above: Line | Table | None = None
    header = ""
    for number, page in enumerate(pages):
        items, footnotes = measures.parted(page)
        for item in items:
            if block and isinstance(item, Line) and measures.goes_on(above, item, block.level):
                block.add(number, item)
            else:
                if block is not None:
                    yield block
                block = None
                if isinstance(item, Line):
                    block = _Block(measures.level(item), [(number, item.text)])
                else:
                    table = _table(item, header if isinstance(above, Table) else "")
                    header = _header(table)
                    yield from (_Block(0, [(number, text)]) for text in table)
            above = item
        yield from (_Block(0, [(number, line.text)]) for line in footnotes)
    if block is not None:
        yield block


def _table(table: Table, header: str) -> list[str]:
    """The blocks of a table; one that goes on from the page before gets the header it had there."""
    blocks = tables.blocks(table.rows, table.header_rows)
    own = _header(blocks)
    if header and own and own != header and _columns(own) == _columns(header):
        return [f"{header}\n{block}" if block.startswith("|") else block for block in blocks]
    return blocks


def _header(blocks: Sequence[str]) -> str:
    return next((block.partition("\n")[0] for block in blocks if block.startswith("|")), "")


def _columns(row: str) -> int:
    return row.replace(r"\|", "").count("|")


class _Measures:
    """What is usual in a document: the size of its text, the gap between its lines, the sizes of headings."""

    def __init__(self, pages: Sequence[Page]) -> None:
        sizes: Counter[float] = Counter()
        for page in pages:
            for line in _lines(page):
                sizes[_rounded(line.size)] += len(line.text)
        self._body = sizes.most_common(1)[0][0] if sizes else 0.0
        larger = sorted((size for size in sizes if size >= _LARGER * self._body), reverse=True)
        self._levels = {size: index for index, size in enumerate(larger, start=1)}
        gaps = [
            below.top - above.bottom
            for page in pages
            for above, below in pairwise(_lines(page))
            if below.left == above.left and below.top > above.top
        ]
        widths = [line.right - line.left for page in pages for line in _lines(page) if not line.in_columns]
        self._width = median(widths or [0.0])
        self._page_width = median([page.width for page in pages if page.items] or [0.0])
        self._gap = median(gaps or [0.0])

    def level(self, line: Line) -> int:
        """The level of a heading by its size, largest first; 0 for text."""
        return self._levels.get(_rounded(line.size), 0) if len(line.text) <= _LONGEST_HEADING else 0

    def parted(self, page: Page) -> tuple[Sequence[Line | Table], Sequence[Line]]:
        """The items of a page, and the lines in small type at its foot."""
        end = len(page.items)
        while end and self._is_small(page.items[end - 1]):
            end -= 1
        return page.items[:end], [item for item in page.items[end:] if isinstance(item, Line)]

    def goes_on(self, above: Line | Table | None, below: Line, level: int) -> bool:
        """Whether a line belongs to the block of the line above it, which may stand on the page before."""
        if not isinstance(above, Line) or self.level(below) != level:
            return False
        size = max(above.size, below.size)
        gap = below.top - above.bottom
        if gap >= 0 and gap > _LOOSE * max(self._gap, 0.3 * size) + (size if level else 0):
            return False
        if level:
            return gap >= 0 and numbering(below.text) is None
        right = self._borders(above)[1]
        if above.x1 < right - 1.5 * size or abs(above.size - below.size) > 0.1 * size:
            return False
        return not above.text.endswith(_SENTENCE_END) or below.x0 <= self._borders(below)[0] + 0.8 * size

    def _borders(self, line: Line) -> tuple[float, float]:
        """The borders of the text around a line; a page of a few short lines does not show its right one."""
        if line.in_columns:
            return line.left, line.right
        shown = line.right if line.right - line.left >= _NARROW * self._width else line.left + self._width
        return line.left, max(shown, _RIGHT * self._page_width)

    def _is_small(self, item: Line | Table) -> bool:
        return isinstance(item, Line) and item.size <= _SMALLER * self._body


def _lines(page: Page) -> list[Line]:
    return [item for item in page.items if isinstance(item, Line)]


def _rounded(size: float) -> float:
    """A size to the half point: the sizes of one style differ by less from line to line."""
    return round(size * 2) / 2


def _written(blocks: Sequence[_Block], count: int) -> Reading:
    """The text of the blocks, and for each of `count` pages the offset of the first piece on it or behind it."""
    texts: list[str] = []
    starts = [-1] * count
    length = 0
    for block in blocks:
        body = "".join(text for _, text in block.pieces)
        written = markdown.heading(block.level, body) if block.level else body
        if not block.level and not body.startswith("|"):
            written = markdown.paragraph(body)
        position = length + len(written) - len(body)
        for page, text in block.pieces:
            starts[page] = position if starts[page] < 0 else min(position, starts[page])
            position += len(text)
        texts.append(written)
        length += len(written) + 2
    text = markdown.join(texts)
    following = len(text)
    for page in reversed(range(count)):
        following = starts[page] = min(following, starts[page]) if starts[page] >= 0 else following
    return Reading(text, (0, *starts[1:]), markup=True)
