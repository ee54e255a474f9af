"""Bytes to text, one reader a format, behind `read_text`."""

from collections.abc import Callable
from importlib import import_module

from rag.corpus.readers.formats import INSTALL_OCR, objection, suffix
from rag.corpus.readers.reading import Reading
from rag.errors import UnreadableFile

__all__ = ["Reading", "read_text"]

# Modules are imported when a file of their format is met: a folder of txt files needs no PDF library.
_READERS = {
    ".txt": "plain",
    ".md": "plain",
    ".markdown": "plain",
    ".docx": "word",
    ".html": "web",
    ".htm": "web",
    ".xlsx": "sheets",
    ".xlsm": "sheets",
    ".pdf": "pdf",
    ".ofd": "ofd",
}
# Packages that are not named as their modules are.
_PACKAGES = {"docx": "python-docx"}
_BLANK = "\0 \t\r\n\f\v\u3000\xa0\u200b\ufeff"
_HINTS = {
    ".html": ". If a script writes the page, open it in a browser and save it as PDF",
    ".htm": ". If a script writes the page, open it in a browser and save it as PDF",
    ".ofd": f". If it holds pictures of pages, export it as PDF and install: {INSTALL_OCR}",
    ".docx": f". If it holds pictures of pages, save it as PDF and install: {INSTALL_OCR}",
}


def read_text(file: str, data: bytes) -> Reading:
    """The text of the file named `file` (its ending says the format) that holds the bytes `data`.

    Raises UnreadableFile: of no format that is read, damaged, protected, hostile, or without text.
    """
    reason = objection(file)
    if reason is not None:
        raise UnreadableFile(file, reason)
    try:
        read: Callable[[str, bytes], Reading] = import_module(f"{__name__}.{_READERS[suffix(file)]}").read
        reading = read(file, data)
    except UnreadableFile:
        raise
    except ImportError as error:
        module = (error.name or "").partition(".")[0]
        reason = f"{module} is missing, which reads it. Install: pip install {_PACKAGES.get(module, module)}"
        raise UnreadableFile(file, reason) from error
    except Exception as error:
        # A damaged file can raise anything out of a parser, and must not keep the others from being read.
        reason = f"a damaged file ({_first_line(error)}). Get a whole copy, or open it and save it again"
        raise UnreadableFile(file, reason) from error
    if not reading.text.strip(_BLANK):
        raise UnreadableFile(file, f"it holds no text{_HINTS.get(suffix(file), '')}")
    return reading


def _first_line(error: Exception) -> str:
    """The kind of an error and the start of what it says."""
    return f"{type(error).__name__}: {error}".partition("\n")[0].rstrip(": ")[:200]
