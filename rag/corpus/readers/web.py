"""html pages: headings, paragraphs, tables and note marks; no scripts, styles, menus or hidden parts."""

import codecs
import re
from collections.abc import Iterator
from typing import Any

from rag.corpus.readers import markdown, tables
from rag.corpus.readers.decoding import decode
from rag.corpus.readers.reading import Reading

_UNSEEN = frozenset(
    {"script", "style", "head", "nav", "footer", "aside", "template", "noscript", "iframe", "object"}
    | {"embed", "svg", "math", "canvas", "audio", "video", "button", "select", "textarea", "input"}
    | {"dialog", "rt", "rp", "del"}
)
_INLINE = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "dfn", "em", "font", "i"}
    | {"img", "ins", "kbd", "label", "mark", "q", "ruby", "s", "samp", "small", "span", "strike"}
    | {"strong", "sub", "time", "tt", "u", "var", "wbr", "br", "sup"}
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = frozenset({"ul", "ol", "menu"})
_CELLS = ("td", "th")
_LAYOUT = frozenset({"table", *_HEADINGS})
_HEAD_BYTES = 4096
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_INVISIBLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
# Pages declare what their server was set to; only these are ever true of a page that is neither UTF-8 nor GB18030.
_ENCODINGS = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "x-gbk"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs"), "big5hkscs"),
    "hz-gb-2312": "hz",
}
_WHITE = re.compile(r"[ \t\r\n\f]+")
# Between two characters of Chinese a line end of the source is no space.
_CHINESE = r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
_FOLDED_LINE = re.compile(rf"(?<={_CHINESE})\n(?={_CHINESE})")
_LONGEST_SPAN = 1000
# Where pages keep the date of publication, and where a line may tell it: at the top of the page, in few words.
_DATE_FIELDS = ("pubdate", "publishdate", "article:published_time")
_DATE = re.compile(r"((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_ITEM = re.compile(r"(?:[-*+]\s+)?[\u4e00-\u9fff]{2,6}")
_FEWEST_ITEMS = 3
"""Items of a menu that stand above a title, one after another."""
_TOP, _LONGEST_DATE_LINE = 4, 120

_Block = tuple[int | None, str]


def read(file: str, data: bytes) -> Reading:
    """The text of an html page. Raises UnreadableFile for bytes of an unknown encoding."""
    from lxml import etree

    text = _decode(file, data).replace("\0", "")
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True
    )
    root = etree.fromstring(text.encode("utf-8", errors="ignore"), parser) if text.strip() else None
    if root is None:
        return Reading("", markup=True)
    title = _title(root)
    blocks = _with_date(_without_menu(_with_title(list(_Page(root).blocks()), title), title), _date(root))
    return Reading(markdown.join(_written(level, text) for level, text in blocks), markup=True)


def _decode(file: str, data: bytes) -> str:
    """The text of a page: in the encoding of Chinese that it declares if its bytes agree, else as any text file."""
    declared = _CHARSET.search(data[:_HEAD_BYTES])
    encoding = _ENCODINGS.get(declared[1].decode().lower()) if declared else None
    if encoding is not None and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        for candidate in ("utf-8-sig", encoding):
            try:
                return data.decode(candidate)
            except UnicodeDecodeError:
                continue
    return decode(file, data)


def _title(root: Any) -> str:
    """The title of the article: the field that Chinese government pages keep for it, else that of the page."""
    for meta in root.iter("meta"):
        if (meta.get("name") or "").lower() == "articletitle" and (meta.get("content") or "").strip():
            return markdown.tidy(meta.get("content"))
    title = next(root.iter("title"), None)
    return "" if title is None else markdown.tidy("".join(title.itertext()).replace("\n", " "))


def _with_title(blocks: list[_Block], title: str) -> list[_Block]:
    """The blocks with a heading 1, where the page has none: the block that is the title, or starts it, or the title."""
    if not title or not blocks or any(level == 1 for level, _ in blocks):
        return blocks
    for index, (level, text) in enumerate(blocks):
        flat = " ".join(text.split())
        if flat == title or (len(flat) >= 6 and re.match(rf"{re.escape(flat)}\s*[-_—|–]", title)):
            return [*blocks[:index], (1, flat), *blocks[index + 1 :]]
        if level is None and len(flat) > 2 * len(title):
            break
    return [(1, title), *blocks]


def _without_menu(blocks: list[_Block], title: str) -> list[_Block]:
    """The blocks without the items of a menu above the heading that is the page's title: a few words each (政务公开)."""
    place = next((index for index, (level, text) in enumerate(blocks) if level == 1 and text in title), 0)
    above = [
        block for block in blocks[:place] if block[0] is not None or not _ITEM.fullmatch(block[1].strip())
    ]
    return [*above, *blocks[place:]] if place - len(above) >= _FEWEST_ITEMS else blocks


def _date(root: Any) -> str:
    """The date of publication (YYYY-MM-DD) that a page keeps in its head, else nothing."""
    for meta in root.iter("meta"):
        if (meta.get("name") or meta.get("property") or "").lower() in _DATE_FIELDS:
            match = _DATE.match((meta.get("content") or "").strip())
            if match:
                return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"
    return ""


def _with_date(blocks: list[_Block], date: str) -> list[_Block]:
    """The blocks with a line that tells the date below the title, where no line of the page's top tells one."""
    title = next((index for index, (level, _) in enumerate(blocks) if level == 1), None)
    if not date or title is None:
        return blocks
    above = [text for _, text in blocks[: title + 1 + _TOP] if len(text) <= _LONGEST_DATE_LINE]
    if any(_DATE.search(text) for text in above):
        return blocks
    return [*blocks[: title + 1], (None, f"发布时间：{date}"), *blocks[title + 1 :]]


def _written(level: int | None, text: str) -> str:
    return text if level is None else markdown.heading(level, text)


class _Page:
    """Walks a page once and gathers the text between the borders of blocks."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._pieces: list[str] = []
        self._counts: list[int | None] = []
        self._number = ""

    def blocks(self) -> Iterator[_Block]:
        """Headings, paragraphs and tables in reading order."""
        from lxml import etree

        walk = etree.iterwalk(self._root, events=("start", "end"))
        for event, element in walk:
            name = element.tag if isinstance(element.tag, str) else ""
            seen = name and not _is_unseen(element, name)
            if event == "end":
                if seen:
                    yield from self._close(name)
                self._pieces.append(element.tail or "")
            elif not seen:
                walk.skip_subtree()
            elif name == "sup":
                before = next((piece for piece in reversed(self._pieces) if piece), "")
                self._pieces.append(markdown.raised(before, "".join(element.itertext())))
                walk.skip_subtree()
            elif name == "table" and _is_data(element):
                yield from self._flush()
                yield from ((None, block) for block in _table(element))
                walk.skip_subtree()
            else:
                yield from self._open(element, name)

    def _open(self, element: Any, name: str) -> Iterator[_Block]:
        if name not in _INLINE:
            yield from self._flush()
        if name in _LISTS:
            self._counts.append(0 if name == "ol" else None)
        elif name == "li" and self._counts and self._counts[-1] is not None:
            self._counts[-1] += 1
            self._number = f"{self._counts[-1]}. "
        self._pieces.append("\v" if name == "br" else element.text or "")

    def _close(self, name: str) -> Iterator[_Block]:
        if name not in _INLINE:
            yield from self._flush(_HEADINGS.get(name))
        if name in _LISTS:
            self._counts.pop()
        elif name == "li":
            self._number = ""

    def _flush(self, level: int | None = None) -> Iterator[_Block]:
        text = _flowing("".join(self._pieces))
        self._pieces.clear()
        if text:
            yield (None, markdown.paragraph(self._number + text)) if level is None else (level, text)
            self._number = ""


def _flowing(text: str) -> str:
    """Text as a browser flows it: white space made one space, lines ended at `<br>` only."""
    text = _WHITE.sub(lambda match: "\n" if "\n" in match[0] else " ", text)
    lines = (_FOLDED_LINE.sub("", line).replace("\n", " ") for line in text.split("\v"))
    return markdown.tidy("\n".join(lines))


def _is_unseen(element: Any, name: str) -> bool:
    """Whether an element is no part of what is read: scripts, menus, what is hidden, lists of links only."""
    if name in _UNSEEN or element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    if element.get("role") == "navigation" or _INVISIBLE.search(element.get("style") or ""):
        return True
    return name in _LISTS and _is_menu(element)


def _is_menu(element: Any) -> bool:
    """Whether all words of a list are links."""
    words = "".join("".join(element.itertext()).split())
    linked = "".join(
        "".join("".join(link.itertext()).split()) for link in element.iter("a") if link.get("href")
    )
    return bool(words) and words == linked


def _is_data(table: Any) -> bool:
    """Whether a table holds data; one that holds tables, headings or a single column lays out the page."""
    if table.get("role") == "presentation" or any(each.tag in _LAYOUT for each in table.iterdescendants()):
        return False
    return any(len([cell for cell in row if cell.tag in _CELLS]) > 1 for row in table.iter("tr"))


def _table(table: Any) -> Iterator[str]:
    caption = next(table.iter("caption"), None)
    if caption is not None:
        yield markdown.paragraph(_cell_text(caption))
    rows = [[_cell(each) for each in row if each.tag in _CELLS] for row in table.iter("tr")]
    head = next(table.iter("thead"), None)
    header_rows = sum(1 for _ in head.iter("tr")) if head is not None else None
    yield from tables.blocks(rows, header_rows)


def _cell(element: Any) -> tables.Cell:
    return tables.Cell(_cell_text(element), _span(element, "rowspan"), _span(element, "colspan"))


def _span(element: Any, name: str) -> int:
    value = (element.get(name) or "").strip()
    return max(1, min(int(value), _LONGEST_SPAN)) if value.isdecimal() else 1


def _cell_text(element: Any) -> str:
    """The text of a cell or caption in one line."""
    page = _Page(element)
    return " ".join(text.replace("\n", " ") for _, text in page.blocks())
