"""Streams of a pdf file that would unpack to more than memory holds, found before a parser unpacks them."""

import re
import zlib
from collections.abc import Iterable, Iterator

from rag.errors import UnreadableFile

# A scan of an A3 page in colour at 600 dots an inch takes 209 MB; no text or font comes near.
MAX_STREAM_MB = 256
_STREAM = re.compile(rb"stream\r?\n")
_STEP = 2**20


def check(file: str, data: bytes) -> None:
    """Raise UnreadableFile when a deflated stream, or one deflated twice, unpacks to more than the limit."""
    for match in _STREAM.finditer(data):
        end = data.find(b"endstream", match.end())
        stream = memoryview(data)[match.end() : end if end >= 0 else len(data)]
        if _is_too_long(_inflated([stream])) or _is_too_long(_inflated(_inflated([stream]))):
            raise UnreadableFile(
                file,
                f"a part of it unpacks to more than {MAX_STREAM_MB} MB. If you trust it, print it to a new PDF",
            )


def _is_too_long(pieces: Iterable[bytes]) -> bool:
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > MAX_STREAM_MB * 2**20:
            return True
    return False


def _inflated(pieces: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    """What deflated pieces unpack to, a megabyte at a time; nothing from where they are not deflated."""
    inflate = zlib.decompressobj()
    try:
        for piece in pieces:
            rest: bytes | memoryview = piece
            while rest and not inflate.eof:
                yield inflate.decompress(rest, _STEP)
                rest = inflate.unconsumed_tail
    except zlib.error:
        return
