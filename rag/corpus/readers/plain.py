"""Text and Markdown files: their decoded text, untouched."""

from rag.corpus.readers.decoding import decode
from rag.corpus.readers.reading import Reading


def read(file: str, data: bytes) -> Reading:
    """The decoded text. Raises UnreadableFile for bytes of an unknown encoding."""
    return Reading(decode(file, data))
