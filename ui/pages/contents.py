"""Whether the content of a file is what its name says, before it joins the reports: its bytes are looked at, not its type."""

import io
import re
import zipfile
from pathlib import Path

from rag.corpus.readers import archive, inflation, office
from rag.corpus.readers.decoding import decode
from rag.corpus.readers.formats import ARCHIVE, NAMES, READ, suffix
from rag.corpus.sources import scan
from rag.errors import CorpusError, UnreadableFile
from ui.pages.refusal import Refused

_PACKAGES = {
    ".docx": ("[Content_Types].xml", b"wordprocessingml"),
    ".xlsx": ("[Content_Types].xml", b"spreadsheetml"),
    ".xlsm": ("[Content_Types].xml", b"ms-excel.sheet.macroEnabled"),
    ".ofd": ("OFD.xml", b"OFD"),
}
"""Formats that are zip files: a member that each has, and what stands in it."""

# What begins files that no report is: programs, pictures, sound, packed files, old Office files, databases.
_BINARY = (
    *(
        b"MZ",
        b"\x7fELF",
        b"\xcf\xfa\xed\xfe",
        b"\xca\xfe\xba\xbe",
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"GIF8",
        b"BM",
    ),
    *(
        b"\x1f\x8b",
        b"BZh",
        b"\xfd7zXZ",
        b"7z\xbc\xaf",
        b"Rar!",
        b"\xd0\xcf\x11\xe0",
        b"SQLite format 3",
        b"ID3",
    ),
    *(b"OggS", b"RIFF", b"\0asm", b"{\\rtf"),
)
_PDF, _ZIP = b"%PDF-", (b"PK\x03\x04", b"PK\x05\x06")
NOTHING_INSIDE = "里面没有能读的报告 (it holds no report that can be read)"
_PDF_WITHIN = 1024
"""A reader of pdf files looks for the mark in so many bytes (ISO 32000-1, implementation note 13)."""


def check_content(path: Path, max_file_mb: float) -> None:
    """Raise Refused unless a file, alone in its folder, can be one of the reports by its name and its content."""
    name = path.name
    if suffix(name) not in READ | {ARCHIVE}:
        raise Refused("wrong_type", 415, file=name, types=NAMES)
    data = path.read_bytes()
    if not data:
        raise Refused("empty", 422, file=name)
    found = _sniff(data)
    if found != _expected(name):
        raise Refused("not_what_it_says", 415, file=name, ending=suffix(name))
    try:
        _check_inside(name, data)
        scan(path.parent, max_file_mb)
    except UnreadableFile as error:
        raise Refused("unreadable", 422, file=name, reason=error.reason) from error
    except CorpusError as error:  # of a zip file: nothing in it can be read
        raise Refused("unreadable", 422, file=name, reason=_reason(name, error)) from error


def _reason(name: str, error: CorpusError) -> str:
    """Why nothing in a zip file can be read, without the folders of the server."""
    told = re.search(rf"{re.escape(name)}(?:/[^:]*)?: (.*)", str(error), re.DOTALL)
    return told[1] if told else NOTHING_INSIDE


def _expected(name: str) -> str:
    ending = suffix(name)
    if ending == ".pdf":
        return "pdf"
    return "zip" if ending in _PACKAGES or ending == ARCHIVE else "text"


def _sniff(data: bytes) -> str:
    """What the first bytes say: pdf, zip, another binary format, or nothing but text."""
    if data.startswith(_ZIP):
        return "zip"
    if _PDF in data[:_PDF_WITHIN]:
        return "pdf"
    return "binary" if data.startswith(_BINARY) and not _reads_as_text(data[:_PDF_WITHIN]) else "text"


def _reads_as_text(start: bytes) -> bool:
    """Whether a mark of a binary format is the beginning of a text (BMI, RIFF): nothing near it but text."""
    return start[:3].isalnum() and not any(byte < 32 and byte not in b"\t\n\r\f" for byte in start)


def _check_inside(name: str, data: bytes) -> None:
    """Raise UnreadableFile for a trap, Refused where the inside is of another format."""
    ending = suffix(name)
    if ending == ".pdf":
        inflation.check(name, data)
    elif ending in _PACKAGES:
        office.check(name, data)
        _check_package(name, data, *_PACKAGES[ending])
    elif ending != ARCHIVE and "\0" in decode(name, data):
        raise Refused("not_what_it_says", 415, file=name, ending=ending)


def _check_package(name: str, data: bytes, member: str, holds: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            is_of_format = holds in package.read(member)
    except archive.ERRORS:
        is_of_format = False
    if not is_of_format:
        raise Refused("not_what_it_says", 415, file=name, ending=suffix(name))
