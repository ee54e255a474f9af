"""The numbers that Word puts before paragraphs (一、 （一） 1.) and does not keep in their text."""

import string
from collections import defaultdict
from collections.abc import Callable
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_DIGITS = "〇一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"))
_SMALL_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def chinese(number: int) -> str:
    """A number of 0 to 9999 in Chinese: 10 is 十, 21 is 二十一, 105 is 一百零五; others in digits."""
    if not 0 <= number < 10_000:
        return str(number)
    if number < 20:
        return _DIGITS[number] if number < 10 else "十" + (_DIGITS[number % 10] if number % 10 else "")
    text = ""
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit:
            text += _DIGITS[digit] + _UNITS[power]
        elif text and not text.endswith("零"):
            text += "零"
    return text.rstrip("零")


def _letters(number: int) -> str:
    count, index = divmod(number - 1, 26)
    return string.ascii_uppercase[index] * (count + 1)


def _roman(number: int) -> str:
    text = ""
    for value, sign in (*_ROMAN, *_SMALL_ROMAN):
        text += sign * (number // value)
        number %= value
    return text


def _circled(number: int) -> str:
    return chr(ord("①") + number - 1) if 1 <= number <= 20 else str(number)


_FORMATS: dict[str, Callable[[int], str]] = {
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "chineseLegalSimplified": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "ideographDigital": lambda number: "".join(_DIGITS[int(digit)] for digit in str(number)),
    "japaneseDigitalTenThousand": chinese,
    "ideographTraditional": lambda number: _STEMS[(number - 1) % len(_STEMS)],
    "ideographZodiac": lambda number: _BRANCHES[(number - 1) % len(_BRANCHES)],
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalZero": lambda number: f"{number:02d}",
    "upperLetter": _letters,
    "lowerLetter": lambda number: _letters(number).lower(),
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
}


class Numbering:
    """The lists of one document, counted on as its paragraphs go by."""

    def __init__(self, definitions: Any) -> None:
        """`definitions` is the root of word/numbering.xml, or None when the document has no lists."""
        self._abstract: dict[str, Any] = {}
        self._lists: dict[str, Any] = {}
        self._counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        if definitions is not None:
            self._abstract = {
                each.get(_W + "abstractNumId"): each for each in definitions.iter(_W + "abstractNum")
            }
            self._lists = {each.get(_W + "numId"): each for each in definitions.iter(_W + "num")}

    def label(self, list_id: str, level: int) -> str:
        """The number of the next paragraph of this list and level (0..8), as Word shows it; may be empty."""
        if list_id not in self._lists or not 0 <= level < _LEVELS:
            return ""
        key = self._key(list_id)
        counts = self._counts[key]
        counts[level] = counts[level] + 1 if level in counts else self._start(list_id, level)
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]
        definition = self._level(list_id, level)
        if definition is None or _value(definition, "numFmt") == "bullet":
            return ""
        label = _value(definition, "lvlText")
        for each in range(level + 1):
            if f"%{each + 1}" in label:
                label = label.replace(f"%{each + 1}", self._number(list_id, each, counts))
        return label

    def _number(self, list_id: str, level: int, counts: dict[int, int]) -> str:
        number = counts.get(level, self._start(list_id, level))
        definition = self._level(list_id, level)
        form = _value(definition, "numFmt") if definition is not None else ""
        return "" if form == "none" else _FORMATS.get(form, str)(number)

    def _key(self, list_id: str) -> str:
        """Lists of one definition count on together, unless one starts anew."""
        restarts = any(True for _ in self._lists[list_id].iter(_W + "startOverride"))
        return list_id if restarts else "of " + _value(self._lists[list_id], "abstractNumId")

    def _start(self, list_id: str, level: int) -> int:
        for override in self._lists[list_id].findall(_W + "lvlOverride"):
            if override.get(_W + "ilvl") == str(level) and override.find(_W + "startOverride") is not None:
                return _whole(_value(override, "startOverride"))
        definition = self._level(list_id, level)
        return _whole(_value(definition, "start")) if definition is not None else 1

    def _level(self, list_id: str, level: int) -> Any:
        """The definition of a level: the list's own, else that of its abstract list; None where there is none."""
        abstract = self._abstract.get(_value(self._lists[list_id], "abstractNumId"))
        own = [each.find(_W + "lvl") for each in self._lists[list_id].findall(_W + "lvlOverride")]
        shared = [] if abstract is None else abstract.findall(_W + "lvl")
        for definition in (*own, *shared):
            if definition is not None and definition.get(_W + "ilvl") == str(level):
                return definition
        return None


def _value(element: Any, child: str) -> str:
    """The `w:val` of a child, or empty."""
    found = element.find(_W + child)
    return "" if found is None else found.get(_W + "val", "")


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= 4 else 1
