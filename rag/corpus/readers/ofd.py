"""ofd files (GB/T 33190, in which Chinese authorities publish): lines, headings and pages."""

from typing import Any

from rag.corpus.readers import office
from rag.corpus.readers.flow import Page, flow
from rag.corpus.readers.layout import Glyph, borders, lines
from rag.corpus.readers.reading import Reading

_POINTS_A_MILLIMETRE = 72 / 25.4
# Chinese characters stand by 0.88 of their size above the baseline, as font makers draw them.
_ASCENT = 0.88


def read(file: str, data: bytes) -> Reading:
    """The text of an ofd file, with its pages; tables are read as lines, as ofdkit does not give their rules.

    Raises UnreadableFile for one that is damaged or a trap.
    """
    office.check(file, data)
    import ofdkit

    with ofdkit.open(data) as document:
        return flow([_page(page) for page in document.pages])


def _page(page: Any) -> Page:
    glyphs = [_glyph(run) for run in page.runs if run.text.strip() and run.size > 0]
    width, height = (side * _POINTS_A_MILLIMETRE for side in (page.width, page.height))
    return Page(width, height, tuple(lines(glyphs, borders(glyphs))))


def _glyph(run: Any) -> Glyph:
    top = run.y - _ASCENT * run.size
    box = (run.x, run.x + run.width, top, top + run.size)
    return Glyph(run.text, *(side * _POINTS_A_MILLIMETRE for side in box))
