"""Zip files, and the Office files that are zip files, opened with limits on what they unpack to."""

import zipfile
from collections.abc import Iterable
from typing import BinaryIO

MAX_MEMBERS = 10_000
MAX_UNPACKED_MB = 512
# Apache POI refuses parts that inflate by more (ZipSecureFile: ratio 0.01 from 100 KB on): reports do not.
MAX_RATIO = 100
_RATIO_MATTERS_FROM = 100 * 1024
_ENCRYPTED = 0x1
_NAME_IS_UTF8 = 0x800

# What a damaged, foreign or hostile zip file raises when it is opened or a member of it is read.
ERRORS = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)


def bomb(members: Iterable[zipfile.ZipInfo]) -> str | None:
    """Why these members together are too much to unpack, or None.

    `zipfile` never yields more than the size a member declares, so declared sizes bound what is read.
    """
    sizes = [member.file_size for member in members]
    if len(sizes) > MAX_MEMBERS:
        return f"it holds {len(sizes)} files, over the limit of {MAX_MEMBERS}"
    if sum(sizes) > MAX_UNPACKED_MB * 2**20:
        return f"it unpacks to {sum(sizes) / 2**20:.0f} MB, over the limit of {MAX_UNPACKED_MB} MB"
    return None


def is_inflated(member: zipfile.ZipInfo) -> bool:
    """Whether a member unpacks to so many times its size that it is no report."""
    return member.file_size > max(_RATIO_MATTERS_FROM, MAX_RATIO * member.compress_size)


def is_encrypted(member: zipfile.ZipInfo) -> bool:
    """Whether a password is needed to read a member."""
    return bool(member.flag_bits & _ENCRYPTED)


def member_name(member: zipfile.ZipInfo) -> str:
    """The path of a member as its maker wrote it, made safe: `/` between parts, no part that climbs or is empty.

    Names without the UTF-8 flag are read as UTF-8 (macOS), else GB18030 (Windows in China), else code page 437.
    """
    name = member.orig_filename.partition("\0")[0]
    if not member.flag_bits & _NAME_IS_UTF8:
        name = file_name(name.encode("cp437"), otherwise=name)
    parts = name.replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", ".", "..") and not part.endswith(":"))


def file_name(raw: bytes, otherwise: str) -> str:
    """A name out of the bytes that a system keeps: UTF-8, else GB18030, else as given."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return otherwise


def open_archive(file: BinaryIO | str) -> zipfile.ZipFile:
    """A zip file, or one of ERRORS."""
    return zipfile.ZipFile(file)
