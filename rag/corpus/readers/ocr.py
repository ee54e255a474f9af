"""Text recognition for scanned pages, by the optional package rapidocr, which carries its models."""

from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from statistics import median
from typing import Any
from unicodedata import east_asian_width

from rag.corpus.readers.layout import Glyph

# The models shrink pictures to 2,000 dots a side, so more would be drawn for nothing.
_DOTS = 2_000
_POINTS_AN_INCH = 72
# A heading's characters are this much larger or smaller than those of the text; GB/T 9704 makes it 1.375.
_USUAL = (0.75, 1.25)
# Shorter pieces do not tell the size of their characters.
_FEWEST = 4


def is_installed() -> bool:
    """Whether scanned pages can be recognised here."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def recognise(page: Any) -> list[Glyph]:
    """The lines that stand on the picture of a pdfplumber page, one glyph for each piece of a line."""
    scale = float(max(page.width, page.height)) / _DOTS
    found = _engine()(page.to_image(resolution=_POINTS_AN_INCH / scale).original.convert("RGB"))
    if found.boxes is None or found.txts is None:
        return []
    glyphs = []
    for box, text in zip(found.boxes, found.txts, strict=True):
        xs, ys = [float(x) * scale for x, _ in box], [float(y) * scale for _, y in box]
        glyphs.append(Glyph(text, min(xs), max(xs), min(ys), max(ys)))
    return _with_type_sizes(glyphs)


@lru_cache(maxsize=1)
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "error"})


def _with_type_sizes(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Pieces as high as their characters are wide, and those of nearly the usual size all of one height.

    The boxes themselves do not tell: one with a raised number in it is half as high again.
    """
    if not glyphs:
        return []
    usual = median(_character_width(glyph) for glyph in glyphs)
    return [_with_height(glyph, _height(glyph, usual)) for glyph in glyphs]


def _height(glyph: Glyph, usual: float) -> float:
    width = _character_width(glyph)
    is_usual = len(glyph.text) < _FEWEST or _USUAL[0] <= width / usual <= _USUAL[1]
    return usual if is_usual else width


def _character_width(glyph: Glyph) -> float:
    """Points that a Chinese character takes in a piece; one of another script takes half of it."""
    widths = sum(1.0 if east_asian_width(character) in "WF" else 0.5 for character in glyph.text)
    return (glyph.x1 - glyph.x0) / max(widths, 0.5)


def _with_height(glyph: Glyph, height: float) -> Glyph:
    middle = (glyph.top + glyph.bottom) / 2
    return Glyph(glyph.text, glyph.x0, glyph.x1, middle - height / 2, middle + height / 2)
