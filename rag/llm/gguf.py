"""A GGUF file looked at before it is loaded: whether it is one, what it holds, and whether it fits into memory."""

import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from rag.llm.troubles import trouble

MAGIC = b"GGUF"
VERSIONS = (2, 3)
OVERHEAD = 1.75
"""Memory that a model takes for each byte of its file, mapped and partly laid out anew, with 4,096 tokens of context:
measured 1.35 with a 0.5B of 4 bits, 1.73 with a 1.5B."""

_MEMINFO = Path("/proc/meminfo")
# Bytes of the plain types of a value, by their number in the format (ggml's docs/gguf.md); 8 is text, 9 an array.
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_TEXT = 8
_LONGEST = 1 << 16
# The first keys tell the name; the vocabulary that follows is long.
_KEYS_READ = 24


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A GGUF file: its `title` as it names itself (empty where it does not), and its size in bytes."""

    path: Path
    title: str
    size: int

    @property
    def needs(self) -> int:
        """Bytes of memory that it takes to run, about."""
        return int(self.size * OVERHEAD)


def read_model_file(path: Path) -> ModelFile:
    """Look at a file (ModelError when it is not there, no GGUF, or cut off)."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            return ModelFile(path, _read_title(file, path), size)
    except FileNotFoundError as error:
        raise trouble("no_file", path=path) from error
    except IsADirectoryError as error:
        raise trouble("folder", path=path) from error
    except OSError as error:
        raise trouble("unreadable", path=path, reason=error.strerror) from error


def check_memory(model: ModelFile) -> None:
    """Raise ModelError when a model takes more memory than is free. Where that is not known, nothing is said."""
    free = free_memory()
    if free is not None and model.needs > free:
        raise trouble("large", path=model.path, needs=model.needs / 1e9, free=free / 1e9)


def free_memory() -> int | None:
    """Bytes of memory that can be had without swapping; None where the system does not tell."""
    try:
        lines = _MEMINFO.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        pass
    try:  # not Linux: all the memory there is, which at least tells what can never fit
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def _read_title(file: BinaryIO, path: Path) -> str:
    if file.read(4) != MAGIC:
        raise trouble("no_gguf", path=path)
    try:
        version, _, keys = struct.unpack("<IQQ", file.read(20))
        if version not in VERSIONS:
            raise trouble("version", path=path, version=version, known=VERSIONS[-1])
        for _ in range(min(keys, _KEYS_READ)):
            key = _read_text(file)
            kind = struct.unpack("<I", file.read(4))[0]
            if key == "general.name" and kind == _TEXT:
                return " ".join(_read_text(file).split())
            _skip(file, kind)
    except (struct.error, ValueError) as error:
        raise trouble("damaged", path=path) from error
    return ""


def _read_text(file: BinaryIO) -> str:
    length = struct.unpack("<Q", file.read(8))[0]
    if length > _LONGEST:
        raise ValueError(f"a text of {length} bytes")
    data = file.read(length)
    if len(data) < length:
        raise ValueError("the file ends in a text")
    return data.decode("utf-8", "replace")


def _skip(file: BinaryIO, kind: int) -> None:
    if kind == _TEXT:
        _read_text(file)
    elif kind in _SIZES:
        file.read(_SIZES[kind])
    else:
        inner, count = struct.unpack("<IQ", file.read(12))
        if inner in _SIZES:
            file.seek(_SIZES[inner] * count, os.SEEK_CUR)
        else:
            for _ in range(count if inner == _TEXT else 0):
                _read_text(file)
