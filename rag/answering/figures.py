"""Figures in a text: value, unit, and how exact; the one parser that answers, checks and tables share."""

import re
from dataclasses import dataclass
from decimal import Decimal

_MULTIPLIERS = {
    "十": 10,
    "百": 100,
    "千": 1_000,
    "万": 10_000,
    "亿": 100_000_000,
    "万亿": 10**12,
    "千亿": 10**11,
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

# Measure words and units of Chinese statistics, longest first; a unit not listed is the empty string.
_UNITS = (
    "个百分点|百分点|微克/立方米|毫克/立方米|毫克/升|吨/日|立方米/日|万千瓦时|千瓦时|千瓦|兆瓦|平方公里|平方千米|平方米|立方米"
    "|公里/小时|km/h|公里|千米|厘米|毫米|公顷|公斤|千克|小时|分钟|美元|欧元|人次|人民币|个工作日|天|摄氏度"
    "|元|亩|米|吨|斤|克|升|家|个|项|件|户|名|人|位|次|所|座|处|条|张|套|辆|台|部|艘|架|场|类|种|批|支|栋|间|只|头|株|棵|届|版"
    "|倍|成|岁|年|月|日|季度|期|枚|金|银|铜|块|款|起|宗|笔|单|篇|字|级|等|国|省|市|县|区|镇|乡|村|街道|床|园|站|公"
)
_NUMBER = r"(?<![\d.a-z])\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\d.a-z])\d+(?:\.\d+)?"
_CHINESE = r"[零〇一二两三四五六七八九十百千万亿]*[一二两三四五六七八九十百千万亿]"
_FIGURE = re.compile(
    rf"(?P<prefix>(?:约|近|超过|超|逾|达|不低于|不少于|预计|突破)?)"
    rf"(?P<sign>(?<![\da-z])-)?(?P<number>{_NUMBER}|{_CHINESE}(?={_UNITS}))"
    rf"(?P<scale>万亿|千亿|百万|[百千万亿])?(?P<more>余|多)?(?P<unit>[%‰]|{_UNITS})?(?P<suffix>左右|以上|以下|以内|余)?"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure at `start`..`end` of a text: `value` counts single units (14.7万名 is 147000 名).

    `bound` is the word that makes it inexact (左右, 以上, 超 ...), empty when it is exact.
    """

    start: int
    end: int
    value: Decimal
    unit: str
    bound: str


def find_figures(text: str) -> tuple[Figure, ...]:
    """Figures of a folded text (`rag.text.fold`), in order."""
    return tuple(_figure(match) for match in _FIGURE.finditer(text))


def _figure(match: re.Match[str]) -> Figure:
    number = match["number"]
    value = Decimal(number.replace(",", "")) if number[0].isdigit() else Decimal(parse_chinese(number))
    value *= _MULTIPLIERS.get(match["scale"] or "", 1)
    bound = match["prefix"] or match["suffix"] or match["more"] or ""
    return Figure(match.start(), match.end(), -value if match["sign"] else value, match["unit"] or "", bound)


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
