"""Bytes to text: UTF-8, UTF-16, UTF-32 and GB18030, strictly, or a clear refusal."""

import codecs
import re

from rag.errors import UnreadableFile

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 20_000
_REPLACEMENT = "\ufffd"
_FOREIGN = re.compile(r"[^\0-\x7f]")
# Signs, units, enclosed numbers, ideographs and full-width forms: what a Chinese report is made of.
_CHINESE = re.compile(r"[\xa0-\xff\u2000-\u22ff\u2460-\u24ff\u25a0-\u303f\u3200-\u9fff\uff00-\uffef]")


def decode(file: str, data: bytes) -> str:
    """The text of `data`, its byte order mark left out.

    Raises UnreadableFile for bytes that are neither UTF-8, UTF-16 or UTF-32 with a mark, nor GB18030.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(file, data[len(mark) :], encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _is_nearly_utf8(data):
            raise _damaged(file, "UTF-8", error.start) from error
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise _unknown(file) from error
    if not _is_chinese(text):
        raise _unknown(file)
    return text


def _strict(file: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _damaged(file, encoding.upper(), error.start) from error


def _is_nearly_utf8(data: bytes) -> bool:
    """Whether this is UTF-8 with damage: GB18030 would read most such bytes as rare characters.

    GB18030 text has nearly no valid UTF-8 sequence, so whole characters outnumber broken ones only here.
    """
    text = data[: 4 * _SAMPLE].decode("utf-8", errors="replace")
    broken = text.count(_REPLACEMENT)
    whole = sum(character > "\x7f" for character in text) - broken
    return whole > broken


def _is_chinese(text: str) -> bool:
    """Whether a text that decodes as GB18030 reads as Chinese.

    Big5 often decodes too, into kana, Greek and box drawings. Beyond ASCII the five seed reports are wholly
    made of these characters; put into Big5 and decoded as GB18030 at most 0.53 of each is.
    """
    sample = text[:_SAMPLE]
    return len(_CHINESE.findall(sample)) >= 0.75 * len(_FOREIGN.findall(sample))


def _damaged(file: str, encoding: str, position: int) -> UnreadableFile:
    return UnreadableFile(
        file,
        f"{encoding} text with a damaged byte at offset {position}. Get a whole copy, or save it again as UTF-8",
    )


def _unknown(file: str) -> UnreadableFile:
    return UnreadableFile(
        file, "its bytes are neither UTF-8, UTF-16 nor GB18030 text. Save it again as UTF-8"
    )
