"""Footnotes for python-docx, which has none: the part that holds them, and a mark in the text for each."""

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Pt
from docx.text.paragraph import Paragraph

_SEPARATORS = (
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>'
)


class Footnotes:
    """The footnotes of one document, in the order of their marks."""

    def __init__(self, document: Document) -> None:
        text = document.styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH)
        text.font.size = Pt(9)
        mark = document.styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER)
        mark.font.superscript = True
        self._styles = text.style_id, mark.style_id
        self._document = document
        self._root = parse_xml(f"<w:footnotes {nsdecls('w')}>{_SEPARATORS}</w:footnotes>")
        self._count = 0

    def add(self, paragraph: Paragraph, text: str) -> None:
        """Put a mark at the end of a paragraph, and its footnote below."""
        self._count += 1
        run = paragraph.add_run()
        run.style = "footnote reference"
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), str(self._count))
        run._r.append(reference)
        self._root.append(self._note(text))

    def _note(self, text: str) -> BaseOxmlElement:
        text_style, mark_style = self._styles
        note = parse_xml(
            f'<w:footnote {nsdecls("w")} w:id="{self._count}"><w:p><w:pPr><w:pStyle w:val="{text_style}"/></w:pPr>'
            f'<w:r><w:rPr><w:rStyle w:val="{mark_style}"/></w:rPr><w:footnoteRef/></w:r>'
            '<w:r><w:t xml:space="preserve"/></w:r></w:p></w:footnote>'
        )
        note.findall(f".//{qn('w:t')}")[0].text = f" {text}"
        return note

    def finish(self) -> None:
        """Put the footnotes into the document; nothing is added after that."""
        from lxml import etree

        blob = etree.tostring(self._root, xml_declaration=True, encoding="UTF-8", standalone=True)
        part = self._document.part
        notes = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, blob, part.package)
        part.relate_to(notes, RELATIONSHIP_TYPE.FOOTNOTES)
