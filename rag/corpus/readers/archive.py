"""Zip files, and the Office files that are zip files: what they would unpack to, and safe names for what they hold."""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Sequence

MAX_MEMBERS = 10_000
# The limit of Apache POI's ZipSecureFile. Below 10 MB it does not matter: a form that says one thing in every row
# inflates by more, and does no harm.
MAX_RATIO = 100
_RATIO_MATTERS_FROM = 10 * 2**20
_ENCRYPTED = 0x1
_NAME_IS_UTF8 = 0x800

# What a damaged, foreign or hostile zip file raises when it is opened or a member of it is read.
ERRORS = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(NotImplementedError, RuntimeError, EOFError, OSError, ValueError, KeyError),
)


def bomb(members: Sequence[zipfile.ZipInfo], max_mb: int) -> str | None:
    """Why these members are too many, or would together unpack to more than `max_mb` megabytes; else None.

    `zipfile` never yields more than the size a member declares, so declared sizes bound what is read.
    """
    if len(members) > MAX_MEMBERS:
        return f"it holds {len(members)} files, over the limit of {MAX_MEMBERS}"
    size = sum(member.file_size for member in members)
    if size > max_mb * 2**20:
        return f"it unpacks to {size / 2**20:.0f} MB, over the limit of {max_mb} MB"
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
