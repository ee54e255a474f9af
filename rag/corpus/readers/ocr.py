"""Text recognition for scanned pages, by the optional package rapidocr, which carries its models."""

from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from statistics import median
from typing import Any

from rag.corpus.readers.layout import Glyph

INSTALL = "pip install 'ganwen[ocr]'"
# The models look at pictures of at most 2,000 dots a side: an A4 page is 1,980 dots high at this resolution.
_DOTS_AN_INCH = 170
_POINTS_AN_INCH = 72
# Boxes around lines of one type size differ by less than this from the usual height; those of headings by more.
_USUAL = (0.7, 1.4)


def is_installed() -> bool:
    """Whether scanned pages can be recognised here."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def recognise(page: Any) -> list[Glyph]:
    """The lines that stand on the picture of a pdfplumber page, one glyph for each piece of a line."""
    found = _engine()(page.to_image(resolution=_DOTS_AN_INCH).original.convert("RGB"))
    if found.boxes is None or found.txts is None:
        return []
    scale = _POINTS_AN_INCH / _DOTS_AN_INCH
    glyphs = []
    for box, text in zip(found.boxes, found.txts, strict=True):
        xs, ys = [float(x) * scale for x, _ in box], [float(y) * scale for _, y in box]
        glyphs.append(Glyph(text, min(xs), max(xs), min(ys), max(ys)))
    return _levelled(glyphs)


@lru_cache(maxsize=1)
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "error"})


def _levelled(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Glyphs of one type size given one height, so that only true headings are larger than the text."""
    usual = median(glyph.size for glyph in glyphs)
    return [_with_height(glyph, usual) if _is_usual(glyph.size / usual) else glyph for glyph in glyphs]


def _is_usual(ratio: float) -> bool:
    return _USUAL[0] <= ratio <= _USUAL[1]


def _with_height(glyph: Glyph, height: float) -> Glyph:
    middle = (glyph.top + glyph.bottom) / 2
    return Glyph(glyph.text, glyph.x0, glyph.x1, middle - height / 2, middle + height / 2)
