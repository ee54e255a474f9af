"""What names the rows of a table: the cells that say what a row is of, its place, its year and the unit of its figures."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from rag.answering.table_heads import IN_BRACKETS, NAMES, PLACES, Column, find_place
from rag.answering.table_rows import NUMBER, Cell
from rag.answering.table_units import find_unit, is_unit_name
from rag.corpus.periods import find_periods, years
from rag.text import fold
from rag.types import Chunk, Period, Region

Pair = tuple[Cell, Column]
"""A cell and its column."""

HAN = re.compile(r"[\u4e00-\u9fff]")
CHANGE_CELL = re.compile(
    r"(?:增长|提高|增加|上升|(?P<fell>下降|降低|减少))(?P<value>\d+(?:\.\d+)?%?(?:左右|以上|以内)?)"
)
"""How much something moved, told in the cell itself: 增长6.5%左右."""
MARKS = re.compile(
    r"^[一二三四五六七八九十\d]+[、.．]\s*|^[（(][一二三四五六七八九十\d]+[)）]|^(?:其中|[#＃*△])[:：]?\s*"
)
"""What stands before a name: its number, 其中."""
_BEST_NAMES = re.compile(r"(?:主要)?(?:指标|项目|产品|商品|品种)(?:名称)?|名称")
_SPREAD = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
# Rows of sums, and what else stands beside a row's name: a footnote's mark.
_ALL = re.compile(r"(?:合\s*计|总\s*计|小\s*计)$")
_FOOTNOTE = re.compile(r"[\[［〔](?:注\s*)?\d{1,2}[\]］〕]|[①-⑳]")
# A row of an age, which is that of people: 16—59岁（含不满60周岁）.
_AGES = re.compile(r"\d+(?:[—–~-]\d+)?岁(?:及以[上下]|以[上下])?$")
# The head of a column of years that rows are of, and the fewest letters of a head that says all.
_YEARS = re.compile(r"年[份度]|时间|")
_YEAR = re.compile(r"(?:19|20)\d\d年?")
_WHOLE_NAME = 4
_YEAR_OF_SUM = re.compile(r"(?:19|20)\d\d年(?=[合总小]\s*计)")


@dataclass(frozen=True, slots=True)
class RowName:
    """What the cells that name a row (`labels`) say: its name, the unit of its figures, the place it is of.

    `place` is set where the name itself is a place, `period` where the row is of a year.
    """

    name: str
    unit: str
    place: Region | None
    region: Region | None
    is_of_places: bool
    period: Period | None
    labels: tuple[Cell, ...]

    @property
    def names_place(self) -> bool:
        """Whether the row's name is a place, one that is known or not."""
        return self.place is not None or self.is_of_places

    @property
    def is_placeless(self) -> bool:
        """Whether a place should stand where its name stands, and none that is known does."""
        return self.is_of_places and self.place is None


def read_name(pairs: Sequence[Pair], subject: str, chunk: Chunk) -> RowName | None:
    """What names a row of a passage's table; `subject` is what the table counts. None where nothing does, or it repeats the head."""
    labels = _find_labels(pairs, chunk)
    unit = next((cell.text.strip() for cell, column in pairs if column.is_unit), "")
    unit = unit if is_unit_name(unit) else ""
    if not labels:
        return _read_nameless(pairs, unit)
    if NAMES.fullmatch("".join("".join(cell.text.split()) for cell, _ in labels)):
        return None
    parts = [_FOOTNOTE.sub("", MARKS.sub("", _SPREAD.sub("", label.text.strip()))) for label, _ in labels]
    name = "".join(dict.fromkeys(parts))
    if bracket := find_unit(name):
        name, unit = name.replace(bracket[0], ""), bracket["unit"]
    if _AGES.search(IN_BRACKETS.sub("", name)) and not any("人" in column.name for _, column in pairs):
        name = f"{name}人口"
    name, period = _part_year(name)
    of_places = any(PLACES.fullmatch(column.name) for _, column in labels)
    if _ALL.fullmatch(name) and of_places and chunk.region is not None:
        name = f"全{chunk.region.level.value}"
    elif _ALL.search(name):
        name = _ALL.sub("", name) or subject or name
    places = (place for cell, _ in pairs if (place := find_place(cell.text, chunk)) is not None)
    cells = tuple(cell for cell, _ in labels)
    return RowName(name, unit, find_place(name, chunk), next(places, None), of_places, period, cells)


def _read_nameless(pairs: Sequence[Pair], unit: str) -> RowName | None:
    """The name of a row of figures alone: one of a year, or the only one that its heads, which say all, can have."""
    first, column = pairs[0]
    if _YEARS.fullmatch(column.words) and _YEAR.fullmatch(first.text):
        return RowName("", unit, None, None, False, years(int(first.text[:4])), (first,))
    says_all = all(len(HAN.findall(column.name)) >= _WHOLE_NAME for _, column in pairs)
    is_whole = says_all and all(NUMBER.fullmatch(fold(cell.text)) for cell, _ in pairs)
    return RowName("", unit, None, None, False, None, ()) if is_whole else None


def _find_labels(pairs: Sequence[Pair], chunk: Chunk) -> list[Pair]:
    """The cells that name a row, with their columns: of 指标 or 名称, of a place, else the first; and those of the same head."""
    names = [
        (cell, column)
        for cell, column in pairs
        if HAN.search(cell.text)
        and not (column.is_unit and is_unit_name(cell.text))
        and not CHANGE_CELL.fullmatch(fold(cell.text))
    ]
    places = (pair for pair in names if PLACES.fullmatch(pair[1].name) and find_place(pair[0].text, chunk))
    best = (pair for pair in names if _BEST_NAMES.fullmatch(pair[1].words))
    first = next(best, None) or next(places, None) or next(iter(names), None)
    if first is None:
        return []
    after = names[names.index(first) + 1 :]
    return [first, *takewhile(lambda pair: pair[1].words in {"", first[1].words}, after)]


def _part_year(name: str) -> tuple[str, Period | None]:
    """The name of a row of sums without the year that it begins with (2022年合计), and that year."""
    match = _YEAR_OF_SUM.match(name)
    mentions = find_periods(name, None) if match else ()
    return (name[match.end() :], mentions[0].period) if match and mentions else (name, None)
