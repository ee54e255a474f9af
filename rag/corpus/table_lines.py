"""The lines of tables as texts hold them: rows between strokes, tabs, wide gaps or single spaces, and the heads above them."""

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.corpus.lines import PUNCTUATION, Range

_TABBED = re.compile(r"[^\s].*?\t\s*[^\s].*?\t\s*[^\s]")
# What parts the cells of a row that is set in columns; a figure is often only a space away from a longer one.
_GAP = re.compile(r"(?<=\S)(?:[ \u3000]*\t[ \t\u3000]*|[ \u3000]{2,}|(?<=[\d%‰])[ \u3000](?=[-+－−]?\d))")
_TABS = re.compile(r"(?<=\S)[ \u3000]*\t[ \t\u3000]*")
_WIDE_GAP = re.compile(r"(?<=\S)(?:[ \u3000]*\t[ \t\u3000]*|[ \u3000]{2,})(?=\S)")
_SINGLE_GAP = re.compile(r"(?<=\S)[ \u3000]+(?=\S)")
_COUNTERS = frozenset("吨个家人元件台辆米亩户只头套万亿度")
_SPREAD = re.compile(r"[\u4e00-\u9fff](?:\s+[\u4e00-\u9fff])*")
_STROKE = re.compile(r"(?<!\\)\|")
_FIGURE = re.compile(
    r"[-+－−]?\d[\d,，]*(?:\.\d+)?[%％‰]?(?:[(（]\d[\d,，]*(?:\.\d+)?[%％]?[)）])?|[-—－–…/]+"
)
_FIGURE_CELL = re.compile(rf"(?:{_FIGURE.pattern})(?:左右|以上|以内|以下|[(（][\u4e00-\u9fff]{{2,4}}[)）])?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_HEAD_ROWS = 3
_LEADING_ZERO = re.compile(r"0\d")
_TELEPHONE = re.compile(r"1\d{10}|\d{7,8}")
_TELLING_FIGURE = re.compile(r"\d[.,，]\d|\d{3}")
_NO_ROW = re.compile(r"电话|传真|邮编|附件|热线|第\d+页|〔|^[（(\[]")
_SUM_ROW = re.compile(rf"(?:[合总小]\s*计|全\s*[国省市州县区])(?:\s+(?:{_FIGURE.pattern}))+")
_SENTENCE_MARK = re.compile(r"[，。；：！？:;!?]")
_SPACED_FIGURE = re.compile(r"\s[-+]?\d")
_TABLE_RULE = re.compile(r"[\s|:]*-[\s|:-]*")
_HEAD_LINES, _HEAD_PIECES = 2, 12
_ROWS_ALIKE, _ROWS_OF_FEW = 2, 4
"""Rows made alike that make a table below a head of words; more of them where they have three cells only."""
_FEWEST_CELLS, _LONGEST_CELL, _LONGEST_ROW, _LONGEST_LINE = 3, 20, 600, 100


def is_table_row(text: str) -> bool:
    """Whether a line is a row of a Markdown table, has three cells or more between tabs, or figures set in columns."""
    if text.startswith("|"):
        return text.count("|") >= 2
    if "\t" in text and _TABBED.search(text):
        return True
    if len(text) > _LONGEST_ROW or not _SINGLE_GAP.search(text):
        return False
    cells = [text[start:end] for start, end in find_cells(text)]
    if re.search("[:：]", cells[0]):
        return False
    if not _WIDE_GAP.search(text) or _is_closely_set(cells):
        return _is_closely_set(cells)
    figures = sum(_FIGURE.fullmatch(cell) is not None for cell in cells)
    return len(cells) >= _FEWEST_CELLS and figures >= _FEWEST_CELLS - 1 and 2 * figures >= len(cells)


def _is_closely_set(cells: Sequence[str]) -> bool:
    """Whether cells that only a space parts are those of a row: a name, perhaps a unit, and figures alone."""
    figures = [_FIGURE_CELL.fullmatch(cell) is not None for cell in cells]
    first = figures.index(True) if True in figures else 0
    if not 1 <= first <= 2 or _YEAR.fullmatch(cells[first]):
        return False  # a date, or a head of years
    if any(_SPACED_FIGURE.search(cell) or _NO_ROW.search(cell) for cell in cells[:first]):
        return False
    if not any(_TELLING_FIGURE.search(cell) for cell in cells[first:]) or any(
        _LEADING_ZERO.match(cell) for cell in cells
    ):
        return False  # items of a list, a telephone number
    return all(figures[first:]) and len(cells) - first >= _FEWEST_CELLS


def may_head_table(text: str) -> bool:
    """Whether a line may name the columns of the rows below it: short words in columns."""
    if len(text) > _LONGEST_ROW:
        return False
    cells = [text[start:end] for start, end in find_cells(text)]
    if not (text.startswith("|") or _WIDE_GAP.search(text)) and any(
        _FIGURE.fullmatch(cell) and not _YEAR.fullmatch(cell) for cell in cells
    ):
        return False
    return len(cells) >= _FEWEST_CELLS and all(
        len(cell) <= _LONGEST_CELL and not PUNCTUATION.search(cell) for cell in cells
    )


def find_tables(texts: Sequence[str], joined: Sequence[bool]) -> tuple[list[bool], list[bool]]:
    """Which lines are rows of tables, and which, one or two above a row, name its columns; `joined` where the next is right below."""
    are_rows = [is_table_row(text) for text in texts]
    makes = [_make(text) for text in texts]
    for place, make in enumerate(makes):
        if make and not make.strip("字"):
            for row in _rows_below(texts, makes, joined, place):
                are_rows[row] = True
    for place, text in enumerate(texts[1:], start=1):
        are_rows[place] = are_rows[place] or (
            are_rows[place - 1] and joined[place - 1] and _SUM_ROW.fullmatch(text) is not None
        )
    return are_rows, _find_heads(texts, are_rows, joined)


def _rows_below(texts: Sequence[str], makes: Sequence[str], joined: Sequence[bool], head: int) -> range:
    """The lines below a head of words that are made alike, of words and figures; none where there are too few of them."""
    end = head + 1
    while end < len(makes) and joined[end - 1] and "0" in makes[end] and makes[end] == makes[head + 1]:
        end += 1
    columns = len(makes[head])
    if columns > _FEWEST_CELLS:
        alike = end - head > _ROWS_ALIKE and len(makes[head + 1]) == columns
    else:
        told = sum(_TELLING_FIGURE.search(text) is not None for text in texts[head + 1 : end])
        alike = end - head > _ROWS_OF_FEW and makes[head + 1] == "字00" and 2 * told > end - head
    return range(head + 1, end if alike else head + 1)


def _make(text: str) -> str:
    """How the cells of a line follow each other that only a space parts, a letter for each: 0 a figure, 字 a word."""
    if len(text) > _LONGEST_LINE or "|" in text or _WIDE_GAP.search(text) or _SENTENCE_MARK.search(text):
        return ""
    cells = _SINGLE_GAP.split(text)
    if len(cells) < _FEWEST_CELLS or max(map(len, cells)) > _LONGEST_CELL or not _HAN.search(text):
        return ""
    if any(_LEADING_ZERO.match(cell) or _TELEPHONE.fullmatch(cell) for cell in cells):
        return ""
    return "".join("0" if _FIGURE.fullmatch(cell) else "字" for cell in cells)


def _find_heads(texts: Sequence[str], are_rows: Sequence[bool], joined: Sequence[bool]) -> list[bool]:
    heads = [False] * (len(texts) + 1)
    for _ in range(_HEAD_LINES):
        for place, text in enumerate(texts[:-1]):
            is_above = joined[place] and (are_rows[place + 1] or heads[place + 1])
            if is_above and not _WIDE_GAP.search(text):
                is_above = len(find_cells(text)) == len(find_cells(texts[place + 1]))
            heads[place] = (
                is_above and not are_rows[place] and not text.startswith("|") and may_head_table(text)
            )
    return heads[:-1]


def find_cut_heads(texts: Sequence[str], joined: Sequence[bool]) -> list[range]:
    """The lines of heads whose cells were broken where they are (缴存单位/（个）  占比/（%）), as many as the rows have cells when whole."""
    firsts = (
        row
        for row, text in enumerate(texts)
        if len(text) <= _LONGEST_ROW and _WIDE_GAP.search(text) and is_table_row(text)
        if not (row and is_table_row(texts[row - 1]))
    )
    heads = (_cut_head(texts, joined, row) for row in firsts)
    return [head for head in heads if head is not None]


def _cut_head(texts: Sequence[str], joined: Sequence[bool], row: int) -> range | None:
    """All lines right above a row that may be pieces of its head, where they make one; None where they do not."""
    start = row
    while start > max(row - _HEAD_PIECES, 0) and joined[start - 1] and _may_be_cut(texts[start - 1]):
        start -= 1
    while start < row and not _WIDE_GAP.search(texts[start]):
        start += 1  # a caption
    pieces = [len(find_cells(text)) for text in texts[start:row]]
    if len(pieces) < 2 or sum(pieces) - len(pieces) + 1 != len(find_cells(texts[row])):
        return None
    # Heads one above the other have two cells or more in each line, and no line that begins with a unit.
    goes_on = pieces[-1] == 1 or any(text[0] in "（(" for text in texts[start + 1 : row])
    return range(start, row) if goes_on and texts[start][0] not in "（(" else None


def _may_be_cut(text: str) -> bool:
    """Whether a line may be a piece of a head: short words and no figures."""
    if len(text) > _LONGEST_LINE or text.startswith("|") or PUNCTUATION.search(text):
        return False
    cells = [text[slice(*cell)] for cell in find_cells(text)]
    return all(len(cell) <= _LONGEST_CELL and not _FIGURE.fullmatch(cell) for cell in cells)


def count_heads(rows: Sequence[Sequence[str]]) -> int:
    """How many of the first rows of a Markdown table, cut into cells, are its head: those below cells that span columns too."""
    count = 1
    while count < min(len(rows), _HEAD_ROWS) and _goes_on(rows[count - 1], rows[count]):
        count += 1
    return count if count < len(rows) else 1


def _goes_on(head: Sequence[str], below: Sequence[str]) -> bool:
    """Whether a row of words parts the cells of the head above it; one with a name of its own is a row like the others."""
    is_below = not below[0] or below[0] == head[0] or (len(head) > 1 and head[0] == head[1])
    return is_below and _spans_columns(head) and is_row_of_words(below)


def _spans_columns(cells: Sequence[str]) -> bool:
    """Whether a cell of a head is empty or the same as the one before it."""
    return any(not cell for cell in cells[1:]) or any(one == other for one, other in pairwise(cells))


def is_row_of_words(cells: Sequence[str]) -> bool:
    """Whether a row has words beside its name and no figures."""
    return any(_HAN.search(cell) for cell in cells[1:]) and not any(_FIGURE.fullmatch(cell) for cell in cells)


def is_table_rule(text: str) -> bool:
    """Whether a line only parts the head of a Markdown table from its rows."""
    return _TABLE_RULE.fullmatch(text) is not None


def find_cells(row: str) -> list[Range]:
    """Where the cells of a row stand: between strokes, tabs or wide gaps, else (a name and figures) between single spaces."""
    if row.startswith("|"):
        bounds = [match.start() for match in _STROKE.finditer(row)]
        bounds += [len(row)] if row[bounds[-1] + 1 :].strip() else []
        between = [(start + 1, end) for start, end in pairwise(bounds)]
    elif _is_tabbed(row):
        between = _cut(row, _TABS)
    else:
        between = _cut(row, _GAP if _WIDE_GAP.search(row) else _SINGLE_GAP)
        if not _is_closely_set([row[slice(*cell)].strip() for cell in between]):
            closely = _cut(row, _SINGLE_GAP)
            between = closely if _is_closely_set([row[slice(*cell)] for cell in closely]) else between
    return [_trimmed(row, start, end) for start, end in between]


def _is_tabbed(row: str) -> bool:
    """Whether tabs alone part the cells of a row: what stands between them is whole, or a word that is set wide (全  市)."""
    if "\t" not in row.strip() or len(row) > _LONGEST_ROW:
        return False
    cells = [row[slice(*cell)] for cell in _cut(row, _TABS)]
    return all(
        not _GAP.search(cell) or (len(cell) <= _LONGEST_CELL and _SPREAD.fullmatch(cell)) for cell in cells
    )


def _cut(row: str, gap: re.Pattern[str]) -> list[Range]:
    gaps = [match.span() for match in gap.finditer(row.rstrip())]
    starts, ends = [0, *(end for _, end in gaps)], [*(start for start, _ in gaps), len(row.rstrip())]
    return _spread_words(row, list(zip(starts, ends, strict=True)))


def _spread_words(row: str, cells: Sequence[Range]) -> list[Range]:
    """Cells with a word that is set wide (地  区, 合  计) as one of them."""
    joined: list[Range] = []
    for start, end in cells:
        is_letter = end - start == 1 and "\u4e00" <= row[start] <= "\u9fff" and row[start] not in _COUNTERS
        is_short = bool(joined) and joined[-1][1] - joined[-1][0] <= _LONGEST_CELL
        if is_letter and is_short and len(joined) == 1 and _SPREAD.fullmatch(row[slice(*joined[-1])]):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _trimmed(row: str, start: int, end: int) -> Range:
    while start < end and row[start].isspace():
        start += 1
    while start < end and row[end - 1].isspace():
        end -= 1
    return start, end
