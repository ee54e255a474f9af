"""Figures in a text: value, unit, and how exact; the one parser that answers, checks and tables share."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rag.answering.units import UNITS, measure

_MULTIPLIERS = {
    "十": 10,
    "百": 100,
    "千": 1_000,
    "万": 10_000,
    "亿": 100_000_000,
    "万亿": 10**12,
    "千亿": 10**11,
    "百亿": 10**10,
    "千万": 10**7,
    "百万": 10**6,
}
_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
# Words that make a figure inexact, by what they say of it: about so much, more, less.
_ABOUT = "约|大约|大概|左右|上下|预计"
_MORE = "超过|超|逾|高于|大于|多于|不低于|不少于|不下|至少|突破|余|多|以上"
_LESS = "接近|将近|近|不足|不到|不超过|不高于|低于|小于|少于|至多|最多|以下|以内|之内"
_SENSES = {
    word: sense for sense, words in (("~", _ABOUT), (">", _MORE), ("<", _LESS)) for word in words.split("|")
}

_UNIT = "|".join(UNITS)
# Digits that a letter touches are a name (5G, PM2.5), no figure.
_NUMBER = r"(?<![\d.a-z])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\d.]*\d|(?!km|hm2|mm|m[23]|mg/|μg/)[a-zμ])"
_DIGIT = "零〇一二两三四五六七八九"
# A bare 百 or 万 counts nothing (万元GDP) unless a bound stands before it (突破万亿元); 零部件, 零件 and 三次产业 are words.
_NUMERAL = rf"(?!零[部件工]|三次产业)(?:[{_DIGIT}十]|(?<=[超过破近达到])[百千万亿])[{_DIGIT}十百千万亿]*(?:点[{_DIGIT}]+)?"
_SUFFIX = "左右|上下|以上|以下|以内|之内|余"
_PREFIX = sorted({*_SENSES, "达"} - {"多", *_SUFFIX.split("|")}, key=lambda word: (-len(word), word))
_FIGURE = re.compile(
    rf"(?P<prefix>(?:{'|'.join(_PREFIX)})?)(?P<ordinal>第?)"
    rf"(?:(?P<whole>\d+|[百千万]|{_NUMERAL})分之(?P<part>{_NUMBER}|{_NUMERAL})"
    rf"|(?P<half>一半|半数)"
    rf"|(?P<sign>(?<![\da-z%‰])-)?(?P<number>{_NUMBER}|{_NUMERAL}(?=[余多]?(?:{_UNIT}|%)))"
    rf"…?(?P<scale>万亿|千亿|百亿|千万|百万|[百千万亿])?(?P<more>余|多)?(?P<late>(?<=[余多])(?:万亿|[万亿]))?(?:[ …]?(?P<unit>[%‰]|{_UNIT}))?)"
    rf"(?P<suffix>{_SUFFIX})?"
)
_DASH = re.compile(r"\s*(?:[-—–~]{1,2}|至|到)\s*")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure at `start`..`end` of a text: `value` counts single units (14.7万名 is 147000 名).

    `bound` is the word that makes it inexact (左右, 以上, 超 ...), empty when it is exact. `upper` is the other end of
    a range (3%—5%), `ordinal` set for a place in an order (第2位). Parts of a whole (三分之一) have the unit 分之.
    """

    start: int
    end: int
    value: Decimal
    unit: str
    bound: str
    upper: Decimal | None = None
    ordinal: bool = False

    @property
    def amount(self) -> tuple[str, Decimal, Decimal | None, bool]:
        """What two figures that say the same share: what is measured, and how much of it in base units."""
        name, factor = measure(self.unit)
        upper = None if self.upper is None else self.upper * factor
        return name, self.value * factor, upper, self.ordinal

    @property
    def sense(self) -> str:
        """What `bound` says of it: `~` about so much, `>` more, `<` less, empty for exact."""
        return _SENSES.get(self.bound, "")


_FOOTNOTE = re.compile(r"[\[〔]\d{1,2}[\]〕]")


def find_figures(text: str) -> tuple[Figure, ...]:
    """Figures of a folded text (`rag.text.fold`), in order; the two ends of a range are one figure."""
    figures: list[Figure] = []
    for match in _FIGURE.finditer(text):
        if _FOOTNOTE.fullmatch(text[max(match.start() - 1, 0) : match.end() + 1]):
            continue  # the mark of a footnote: 生产总值[2]341亿元
        figure = _figure(match)
        merged = _join(figures[-1], figure, text) if figures else None
        if merged is None:
            figures.append(figure)
        else:
            figures[-1] = merged
    return tuple(_share_units(figures, text))


LISTED = re.compile(r"\s*(?:[、，,和与及]|以及)\s*")
"""What stands between two figures of a list."""
_IN_TURN = re.compile(r"(?:分别|依次)[^，,；;。\d]{0,8}$")
_SCALE = re.compile(r"(?<=\d)(?:万亿|[万亿])")


def _share_units(figures: Sequence[Figure], text: str) -> list[Figure]:
    """The figures, those that leave unit and scale to the last of their list with them: 91.5万、54.9万和13.7万吨, 0.8和1.4个百分点."""
    shared, scale = list(figures), ""
    for at in reversed(range(len(shared) - 1)):
        one, last = shared[at], shared[at + 1]
        own, others = (_SCALE.search(text, each.start, each.end) for each in (one, last))
        scale = others[0] if others else scale if text[last.end - 1].isdigit() else ""
        if one.unit or one.ordinal or one.upper is not None or not last.unit or last.ordinal:
            continue
        if LISTED.fullmatch(text, one.end, last.start) and _is_measured(shared, at, text):
            times = 1 if own else _MULTIPLIERS.get(scale, 1)
            shared[at] = replace(one, unit=last.unit, value=one.value * times)
    return shared


def _is_measured(figures: Sequence[Figure], at: int, text: str) -> bool:
    """Whether a figure without a unit measures something: it has a scale, decimals, or is told in turn (分别为38、68微克)."""
    figure = figures[at]
    if text[figure.end - 1] in "万亿" or "." in text[figure.start : figure.end]:
        return True
    while at and not figures[at].unit and LISTED.fullmatch(text, figures[at - 1].end, figures[at].start):
        at -= 1
    return _IN_TURN.search(text[: figures[at].start]) is not None


def _figure(match: re.Match[str]) -> Figure:
    bound = match["prefix"] if match["prefix"] in _SENSES else ""
    bound = bound or match["suffix"] or match["more"] or ""
    start, end = match.span()
    if match["half"]:
        return Figure(start, end, Decimal("0.5"), "分之", bound)
    if match["whole"]:
        return _fraction(match, bound)
    # 100余万元 says the scale after the word for more.
    scale = _MULTIPLIERS.get(match["scale"] or "", 1) * _MULTIPLIERS.get(match["late"] or "", 1)
    value = _value(match["number"]) * scale
    value = -value if match["sign"] else value
    figure = Figure(start, end, value, match["unit"] or "", bound, ordinal=bool(match["ordinal"]))
    low, high = _neighbours(match["number"])
    return replace(figure, value=low, upper=high) if high is not None else figure


def _fraction(match: re.Match[str], bound: str) -> Figure:
    """百分之五 is 5%, 千分之三 3‰; the rest (三分之一) is a part of a whole."""
    part = _value(match["part"])
    unit = {"百": "%", "100": "%", "千": "‰"}.get(match["whole"], "分之")
    if unit == "分之":
        whole = _MULTIPLIERS["万"] if match["whole"] == "万" else _value(match["whole"])
        part = part / whole if whole else part
    return Figure(match.start(), match.end(), part, unit, bound)


def _neighbours(numeral: str) -> tuple[Decimal, Decimal | None]:
    """Two digits beside each other that rise (七八个, 三五年) are the ends of a range."""
    if (
        len(numeral) == 2
        and all(c in _DIGITS for c in numeral)
        and 0 < _DIGITS[numeral[0]] < _DIGITS[numeral[1]]
    ):
        return Decimal(_DIGITS[numeral[0]]), Decimal(_DIGITS[numeral[1]])
    return Decimal(0), None


def _join(first: Figure, second: Figure, text: str) -> Figure | None:
    """The range from `first` to `second` where only a dash stands between; None where they are two figures.

    The first end takes unit and scale from the second when it has none: 3—5万元.
    """
    sign = int(second.value < 0)
    if first.upper is not None or first.bound or not _DASH.fullmatch(text[first.end : second.start + sign]):
        return None
    value, upper = first.value, abs(second.value)
    if not first.unit and second.unit and not second.ordinal:
        scale = re.search(r"\d([百千万亿]+)", text[second.start : second.end])
        if scale and not re.search(r"[百千万亿]", text[first.start : first.end]):
            value *= _MULTIPLIERS.get(scale.group(1), 1)
    elif first.unit != second.unit:
        return None
    if not second.unit or value >= upper:
        return None
    return replace(
        second, start=first.start, value=value, upper=upper, ordinal=first.ordinal or second.ordinal
    )


def _value(number: str) -> Decimal:
    return Decimal(number.replace(",", "")) if number[0].isdigit() else _read_numeral(number)


def _read_numeral(numeral: str) -> Decimal:
    whole, _, rest = numeral.partition("点")
    decimals = "".join(str(_DIGITS[c]) for c in rest)
    return Decimal(f"{parse_chinese(whole)}.{decimals}" if decimals else parse_chinese(whole))


def parse_chinese(numeral: str) -> int:
    """Value of a Chinese numeral: 三十六 -> 36, 二〇二三 -> 2023, 两亿三千万 -> 230000000."""
    if not any(c in _SCALES for c in numeral):
        return int("".join(str(_DIGITS[c]) for c in numeral))
    total = section = digit = 0
    for character in numeral:
        if character in _DIGITS:
            digit = _DIGITS[character]
            continue
        scale = _SCALES[character]
        if scale == 100_000_000:
            total, section, digit = max(total + section + digit, 1) * scale, 0, 0
        elif scale == 10_000:
            total, section, digit = total + max(section + digit, 1) * scale, 0, 0
        else:
            section += (digit or 1) * scale
            digit = 0
    return total + section + digit
