"""pdf files: lines, headings, tables and pages; scanned pages by text recognition where it is installed."""

import io
import logging
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rag.corpus.readers import inflation, ocr, pdf_tables
from rag.corpus.readers.flow import Page, flow
from rag.corpus.readers.formats import INSTALL_OCR
from rag.corpus.readers.layout import Glyph, Line, borders, lines
from rag.corpus.readers.pdf_tables import Table
from rag.corpus.readers.reading import Reading
from rag.errors import UnreadableFile

# Some producers write the radical ⽔ (U+2F54) for the character 水, as both look the same on paper.
_RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
# A page with fewer characters holds a page number at most.
_FEWEST_CHARACTERS = 10
# What pdfminer gives for a glyph whose font does not say which character it is.
_UNKNOWN = "(cid:"
_PICTURE_SHARE = 0.5
_LEANING = 0.1  # rise of a line of text for its width: a scan that was laid in askew leans by less


def read(file: str, data: bytes) -> Reading:
    """The text of a pdf file, with its pages.

    Raises UnreadableFile for one that is locked, damaged or a trap, or most of whose pages are pictures
    while text recognition is not installed.
    """
    inflation.check(file, data)
    import pdfplumber
    from pdfplumber.utils.exceptions import PdfminerException

    # It tells of every odd colour and font on the standard error stream.
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            read_pages = [_page(page) for page in document.pages]
    except PdfminerException as error:
        raise UnreadableFile(file, _reason(error)) from error
    pages = [page for page in read_pages if page is not None]
    scanned = len(read_pages) - len(pages)
    if scanned > len(pages):
        reason = f"{scanned} of its {len(read_pages)} pages are pictures, or set in fonts that do not tell their characters"
        raise UnreadableFile(file, f"{reason}. To have them recognised: {INSTALL_OCR}")
    return flow([page or Page(1.0, 1.0, ()) for page in read_pages])


def _reason(error: Exception) -> str:
    cause = error.args[0] if error.args and isinstance(error.args[0], Exception) else error
    if "Password" in type(cause).__name__ or "Encryption" in type(cause).__name__:
        return "protected by a password. Open it and save a copy without one"
    return f"a damaged PDF ({type(cause).__name__}: {cause}). Get a whole copy, or print it to a new PDF"


def _page(page: Any) -> Page | None:
    """The lines and tables of a page; None for a picture of text that cannot be recognised here.

    On a page set sideways tables are read as lines, as their rules are not turned with the text.
    """
    glyphs, sideways = _glyphs(page)
    if _is_picture(page, glyphs):
        if not ocr.is_installed():
            return None
        glyphs = ocr.recognise(page)
    found = [] if sideways else pdf_tables.find(page, glyphs)
    taken = {id(glyph) for table in found for glyph in pdf_tables.inside(glyphs, table.box)}
    text = lines([glyph for glyph in glyphs if id(glyph) not in taken], borders(glyphs))
    width, height = float(page.width), float(page.height)
    page.close()
    return Page(*(height, width) if sideways else (width, height), tuple(_merged(text, found)))


def _glyphs(page: Any) -> tuple[list[Glyph], bool]:
    """The characters of a page, each once (bold is drawn twice), and whether they were set sideways.

    Those that lean are left out, as watermarks do. A space belongs to the character before it: spaces that
    pad a line are no part of its text.
    """
    from pdfplumber.utils.text import dedupe_chars

    level = [char for char in page.chars if _is_level(char["matrix"][1], char["matrix"][0])]
    upended = [char for char in page.chars if _is_level(char["matrix"][0], char["matrix"][1])]
    sideways = len(upended) > len(level)
    glyphs: list[Glyph] = []
    for char in dedupe_chars(upended if sideways else level, tolerance=1, extra_attrs=()):
        text = char["text"].translate(_RADICALS)
        glyph = Glyph(text, *_turned(char, page) if sideways else _box(char))
        if text.strip():
            glyphs.append(glyph)
        elif glyphs and _follows(glyphs[-1], glyph):
            glyphs[-1] = replace(glyphs[-1], text=glyphs[-1].text + " ")
    return glyphs, sideways


def _is_level(rise: float, run: float) -> bool:
    """Whether a line of text that rises so much on so long a run is level."""
    return abs(rise) <= _LEANING * abs(run)


def _box(char: Any) -> tuple[float, float, float, float]:
    return char["x0"], char["x1"], char["top"], char["bottom"]


def _turned(char: Any, page: Any) -> tuple[float, float, float, float]:
    """The box of a character on the page turned so that its text runs from left to right."""
    x0, x1, top, bottom = _box(char)
    if char["matrix"][1] > 0:
        return page.height - bottom, page.height - top, x0, x1
    return top, bottom, page.width - x1, page.width - x0


def _follows(before: Glyph, space: Glyph) -> bool:
    same_line = before.top < (space.top + space.bottom) / 2 < before.bottom
    return same_line and 0 <= space.x0 - before.x1 + before.size / 2 <= before.size


def _is_picture(page: Any, glyphs: Sequence[Glyph]) -> bool:
    """Whether a page is a picture of text: its characters are few or unknown, and an image covers half of it."""
    known = sum(not glyph.text.startswith(_UNKNOWN) for glyph in glyphs)
    if known >= _FEWEST_CHARACTERS and 2 * known >= len(glyphs):
        return False
    if len(glyphs) - known >= _FEWEST_CHARACTERS:
        return True
    largest = max(
        ((image["x1"] - image["x0"]) * (image["bottom"] - image["top"]) for image in page.images), default=0
    )
    return bool(largest >= _PICTURE_SHARE * page.width * page.height)


def _merged(text: Sequence[Line], found: Sequence[Table]) -> list[Line | Table]:
    """Lines and tables in reading order: a table stands before the first line below it in its column."""
    items: list[Line | Table] = []
    waiting = list(found)
    for line in text:
        while waiting and waiting[0].box[3] <= line.top + line.size / 2 and _share_column(waiting[0], line):
            items.append(waiting.pop(0))
        items.append(line)
    return items + waiting


def _share_column(table: Table, line: Line) -> bool:
    return table.box[0] < line.right and table.box[2] > line.left
