"""What docx, xlsx and ofd files have in common: they are zip files of XML, and may be traps, locked or old."""

import io
import zipfile

from rag.corpus.readers import archive
from rag.errors import UnreadableFile

_OLD_CONTAINER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
# A parsed tree takes ten times its text; a sheet of 500,000 cells unpacks to 20 MB.
_MAX_UNPACKED_MB = 128
_XML = (".xml", ".rels", ".vml")
# No Office program writes a document type; one that is there defines entities, which only an attack needs.
_DECLARATIONS = tuple(
    f"<!{word}".encode(code) for word in ("DOCTYPE", "ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be")
)


def check(file: str, data: bytes) -> None:
    """Raise UnreadableFile unless `data` is a zip file of XML that is safe to unpack and parse."""
    if data.startswith(_OLD_CONTAINER):
        raise UnreadableFile(file, _old_reason(data))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_members(file, package)
    except archive.ERRORS as error:
        raise UnreadableFile(
            file, f"a damaged file ({error}). Get a whole copy, or open it and save it again"
        ) from error


def _old_reason(data: bytes) -> str:
    if _LOCKED in data:
        return "protected by a password. Open it and save a copy without one"
    return "an old Office file under a new name. Open it and save it in the new format"


def _check_members(file: str, package: zipfile.ZipFile) -> None:
    members = package.infolist()
    reason = archive.bomb(members, _MAX_UNPACKED_MB)
    if reason is None and any(map(archive.is_inflated, members)):
        reason = f"a part of it unpacks to more than {archive.MAX_RATIO} times its size"
    if reason is not None:
        raise UnreadableFile(file, f"not unpacked: {reason}. If you trust it, save it as PDF")
    for member in members:
        if member.filename.lower().endswith(_XML):
            content = package.read(member)
            if any(declaration in content for declaration in _DECLARATIONS):
                raise UnreadableFile(
                    file,
                    "it declares XML entities, as no office program does. If you trust it, save it as PDF",
                )
