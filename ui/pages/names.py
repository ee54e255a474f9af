"""Safe names for files that come from outside: one part, nothing hidden, nothing that any system reads otherwise."""

import re
import unicodedata

from rag.corpus.readers.formats import is_ignored, suffix

MAX_BYTES = 200
"""Most file systems take 255; some room is left for the number of a second file of the same name."""

# What Windows forbids; control and format characters are taken out by their category below.
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def safe_name(name: str) -> str:
    """The last part of a name, made safe; empty when nothing is left to name a file by.

    Characters that are not seen (controls, direction marks) are left out, those that a system forbids become `_`.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(character for character in last if unicodedata.category(character) not in _UNSEEN)
    plain = _FORBIDDEN.sub("_", " ".join(seen.split())).lstrip(".~$ ").rstrip(". ")
    if _DEVICES.match(plain) or is_ignored(plain):
        plain = f"_{plain}"
    ending = suffix(plain)
    stem = plain[: len(plain) - len(ending)]
    return _cut(stem, MAX_BYTES - len(ending.encode())) + plain[len(stem) :] if stem.strip("_ ") else ""


def numbered(name: str, number: int) -> str:
    """The name of a further file of the same name: 报告 (2).docx."""
    ending = suffix(name)
    return f"{name[: len(name) - len(ending)]} ({number}){name[len(name) - len(ending) :]}"


def _cut(text: str, limit: int) -> str:
    """The beginning of a text, of at most so many bytes of UTF-8."""
    return text.encode()[: max(limit, 0)].decode(errors="ignore").rstrip()
