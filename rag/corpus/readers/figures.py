"""Figures and dates as a spreadsheet shows them: the number format is half of what 0.631 says."""

import datetime
import re
from decimal import ROUND_HALF_UP, Context, Decimal

_Value = int | float | datetime.datetime | datetime.date | datetime.time
# Colours and conditions in brackets, widths of padding, fill characters: nothing of them is shown as text.
_UNSEEN = re.compile(r"\[[^\]]*\]|_.|\*.")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.([0#?]*))?(%?)")
_GENERAL = ("general", "@", "")
_PRECISION = 11
_HOLE = "\0"
# Excel rounds halves away from zero; no float has more digits than this.
_WIDE = Context(prec=700, rounding=ROUND_HALF_UP)


def shown(value: _Value, number_format: str) -> str:
    """`value` as its Excel number format shows it; no marks between thousands, dates as 2024年3月1日."""
    if isinstance(value, datetime.date):
        return _date(value, number_format)
    if isinstance(value, datetime.time):
        return value.isoformat()
    section = _UNSEEN.sub("", number_format.split(";")[0])
    literals = [quoted or escaped for quoted, escaped in _LITERAL.findall(section)]
    bare = _LITERAL.sub(_HOLE, section)
    digits = _DIGITS.search(bare)
    if bare.strip().lower() in _GENERAL or digits is None or "E" in bare.upper() or "/" in bare:
        return _plain(value)
    figure = _number(value, digits[1] or "", digits[2])
    pieces = f"{bare[: digits.start()]}{figure}{bare[digits.end() :]}".split(_HOLE)
    return "".join(piece + literal for piece, literal in zip(pieces, [*literals, ""], strict=True)).strip()


def _number(value: int | float, decimals: str, percent: str) -> str:
    """A number with the decimals that its format asks for: `0` always, `#` where not zero."""
    exact = Decimal(repr(value)).scaleb(2 if percent else 0, _WIDE)
    text = f"{exact.quantize(Decimal(1).scaleb(-len(decimals)), context=_WIDE):f}"
    for _ in range(len(decimals) - decimals.count("0")):
        text = text.removesuffix("0").removesuffix(".")
    return text + percent


def _plain(value: int | float) -> str:
    """A number in the format General: at most eleven digits, as Excel shows, never with an exponent."""
    if isinstance(value, int):
        return str(value)
    text = f"{value:.{_PRECISION}g}"
    return text if "e" not in text else f"{value:.{_PRECISION}f}".rstrip("0").rstrip(".")


def _date(value: datetime.date, number_format: str) -> str:
    """A date, as far as the format goes into it: year, month, day."""
    letters = _LITERAL.sub("", _UNSEEN.sub("", number_format)).lower()
    if "d" in letters or "m" not in letters:
        return (
            f"{value.year}年{value.month}月{value.day}日"
            if "d" in letters or "y" not in letters
            else f"{value.year}年"
        )
    return f"{value.year}年{value.month}月" if "y" in letters else f"{value.month}月"
