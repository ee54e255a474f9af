"""An exported conversation as a docx file with footnotes."""

import io
import re
from collections.abc import Sequence

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph

from ui.chat.conversation import Exchange
from ui.chat.handling_texts import Handling
from ui.chat.texts import Texts
from ui.export.contents import Part, collect, list_references
from ui.export.footnotes import Footnotes

_BODY, _HEADS = "宋体", "黑体"
_GREY = RGBColor(0x5C, 0x61, 0x69)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_docx(exchanges: Sequence[Exchange], texts: Texts, handling: Handling) -> bytes:
    """The conversation as the bytes of a docx file."""
    document = docx.Document()
    _set_fonts(document)
    footnotes = Footnotes(document)
    document.core_properties.title = texts.page_title
    document.core_properties.author = texts.name
    document.add_heading(texts.page_title, level=1)
    for section in collect(exchanges, texts, handling):
        document.add_heading(_clean(section.question), level=2)
        for about in section.about:
            _add_remark(document, about)
        for parts in section.paragraphs:
            _add_parts(document.add_paragraph(), parts, footnotes)
        if section.closest:
            _add_remark(document, texts.closest)
        for part in section.closest:
            _add_parts(document.add_paragraph(style="List Bullet"), [part], footnotes)
        for remark in section.remarks:
            _add_remark(document, remark)
    references = list_references(exchanges)
    if references:
        document.add_heading(handling.references, level=2)
    for n, reference in enumerate(references, start=1):
        document.add_paragraph(f"[{n}] {_clean(reference)}")
    footnotes.finish()
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _set_fonts(document: Document) -> None:
    """Chinese faces that every office program knows; headings in black."""
    for name, face, size in (("Normal", _BODY, 11), ("Heading 1", _HEADS, 18), ("Heading 2", _HEADS, 13)):
        style = document.styles[name]
        style.font.size = Pt(size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:ascii"), "Times New Roman")
        fonts.set(qn("w:hAnsi"), "Times New Roman")
        fonts.set(qn("w:eastAsia"), face)


def _add_remark(document: Document, text: str) -> None:
    run = document.add_paragraph().add_run(_clean(text))
    run.font.size, run.font.color.rgb = Pt(9), _GREY


def _add_parts(paragraph: Paragraph, parts: Sequence[Part], footnotes: Footnotes) -> None:
    for part in parts:
        paragraph.add_run(_clean(part.text))
        for note in part.notes:
            footnotes.add(paragraph, _clean(note))


def _clean(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _NOT_XML.sub("", text)
