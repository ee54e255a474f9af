"""The lines of a text as the other rooms of the corpus see them: where they stand, what they show, how they are numbered."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

Range = tuple[int, int]

_LINE = re.compile(r"[^\s\x00][^\r\n\f\v\u2028\u2029]*")
_BREAK = re.compile(r"\r\n|[\r\n\f\v\u2028\u2029]")
_MARKDOWN_HEADING = re.compile(r"(#{1,6})(?:[ \t\u3000]+|(?=[\u4e00-\u9fff“《（【]))")

_HAN_NUMBER = "一二三四五六七八九十"
_NUMBERING = re.compile(
    rf"第[{_HAN_NUMBER}百\d]{{1,4}}(?:部分|篇)(?P<part>)"
    rf"|第[{_HAN_NUMBER}百\d]{{1,4}}章(?P<chapter>)"
    rf"|第[{_HAN_NUMBER}百\d]{{1,4}}节(?P<division>)"
    rf"|(?P<han>[{_HAN_NUMBER}]{{1,3}})(?:[、,，]|[．.](?!\d))"
    rf"|[（(](?P<bracketed_han>[{_HAN_NUMBER}]{{1,3}})[)）][、．.]?"
    r"|(?P<arabic>\d{1,3})(?:、|[.．](?!\d)|[)）])"
    r"|[（(](?P<bracketed_arabic>\d{1,3})[)）]"
    r"|(?P<circled>[①-⑳])"
    rf"|(?P<first_of_all>[{_HAN_NUMBER}])(?:是|要)(?!否)"
)
_STYLES = (
    "part",
    "chapter",
    "division",
    "han",
    "bracketed_han",
    "arabic",
    "bracketed_arabic",
    "circled",
    "first_of_all",
)
RANKS = {style: rank for rank, style in enumerate(_STYLES)}
"""Depth of a numbering style among others: 一、 stands above （一）, that above 1. and 一是."""

_INNER_STOP = re.compile(r"[。！？；](?=.)|[:：](?=.{16})|(?<=[\u4e00-\u9fff])[.．](?=[\u4e00-\u9fff])")
_CLOSED = re.compile(r"[。！？；：…!?;:.．|][”’\"'）)」』】》\]]*$|[”’\"）)」』】》\]]$")
_PUNCTUATION = re.compile(r"[，。；：！？…,;!?|]|[.．]$")
_PUBLISHED = re.compile(
    r"^(?:(?:发布|发稿|发文|更新|成文|印发|公布|刊发)?(?:时间|日期)|(?:信息|文章|稿件)?来源|作者|责任编辑|编辑|发布机构|发文机关)\s*[：:][^。；]{1,100}$"
)
# What stands about a saved page: where it lies on the site, what to do with it, under which number it is filed.
_TRAIL = re.compile(
    r"^(?:[^>›»＞。；：:]{0,8}[：:]\s*)?(?:首\s*页|主页|[^>›»＞。；，]{0,20}(?:首页|网站?|门户))(?:\s*(?:>{1,2}|›|»|＞)\s*[^>›»＞。；]{1,20}){1,8}$"
)
_PAGE_TOOLS = re.compile(
    r"^(?:您?的?(?:现在|当前|所在)的?(?:所在)?位置\s*[：:]"
    r"|(?:【?\s*字[号体](?:大小)?|索引号|发文字号|信息(?:分类|有效性|索引)|公开(?:方式|范围|类别)|主题(?:词|分类))\s*[：:][^。；，\d]{0,16}(?=\s{2}|$)"
    r"|索引号\s*[：:]\s*[\w/-]{4,40}|(?:浏览|阅读|点击)(?:次数|量|数)?\s*[：:]\s*[\d,，]*\s*(?:次|$))[^。；，]{0,100}$"
)
_MENU_MARK = re.compile(r"[|｜]")
_PAGE_TOOL = re.compile(
    r"(?:进入)?(?:无障碍|关怀版|长者|设为首页|加入收藏|登录|注册|繁[體体]|手机版|English)"
)
_TABBED = re.compile(r"[^\s].*?\t\s*[^\s].*?\t\s*[^\s]")
# What parts the cells of a row that is set in columns; a figure is often only a space away from a longer one.
_GAP = re.compile(r"(?<=\S)(?:[ \u3000]*\t[ \t\u3000]*|[ \u3000]{2,}|(?<=[\d%‰])[ \u3000](?=[-+－−]?\d))")
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
_HEAD_LINES = 2
_FEWEST_CELLS, _LONGEST_CELL, _LONGEST_ROW = 3, 20, 600
_LONGEST_NUMBER, _LONGEST_LINE, _LONGEST_MENU = 12, 100, 100
_LONGEST_HEADING = 60
_LONGEST_TITLE = 42
_LONGEST_KICKER = 12


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: `text` is what it shows, `level` its Markdown heading level or 0.

    `start` is behind the Markdown mark, `raw_start` before it; `gap` is the number of line breaks before it; `is_row`
    is set where it is part of a table.
    """

    raw_start: int
    start: int
    end: int
    text: str
    level: int
    gap: int
    indented: bool
    is_row: bool = False


@dataclass(frozen=True, slots=True)
class Numbering:
    """The number that a line begins with: its style (a key of RANKS), its value, the length of its text."""

    style: str
    value: int
    length: int


def split_lines(text: str, drops: Sequence[Range]) -> list[Line]:
    """The lines of `text` that show something when the sorted `drops` (marks inside lines) are left out."""
    lines = []
    end_before = 0
    for match in _LINE.finditer(text):
        raw_start, end = match.start(), match.start() + len(match[0].rstrip("\x00 \t\u3000\xa0"))
        while end > raw_start and text[end - 1].isspace():
            end -= 1
        mark = _MARKDOWN_HEADING.match(text, raw_start, end)
        start = mark.end() if mark else raw_start
        shown = without(text, start, end, drops).strip()
        if not shown:
            continue
        between = text[end_before:raw_start]
        gap = len(_BREAK.findall(between)) if end_before else 0
        indented = between.endswith(("\u3000\u3000", "    ", "\t")) or between.endswith("  ")
        lines.append(Line(raw_start, start, end, shown, len(mark[1]) if mark else 0, gap, indented))
        end_before = end
    return lines


def without(text: str, start: int, end: int, drops: Sequence[Range]) -> str:
    """`text[start:end]` with the sorted ranges left out."""
    position = bisect_left(drops, (start, start))
    if position and drops[position - 1][1] > start:
        position -= 1
    if position >= len(drops) or drops[position][0] >= end:
        return text[start:end]
    pieces = []
    for drop_start, drop_end in drops[position:]:
        if drop_start >= end:
            break
        pieces.append(text[start : max(start, drop_start)])
        start = max(start, drop_end)
    pieces.append(text[start : max(start, end)])
    return "".join(pieces)


def merge(ranges: Sequence[Range]) -> list[Range]:
    """The ranges sorted, with those that touch or overlap made one, and empty ones left out."""
    merged: list[Range] = []
    for start, end in sorted(ranges):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def numbering(text: str) -> Numbering | None:
    """How `text` is numbered at its beginning, if it is."""
    return _numbering(text[:_LONGEST_NUMBER])


@lru_cache(maxsize=8192)
def _numbering(text: str) -> Numbering | None:
    match = _NUMBERING.match(text)
    if match is None or match.lastgroup is None:
        return None
    digits = match[match.lastgroup] or re.sub(r"\D", "", match[0]) or match[0][1:-1].removesuffix("部")
    return Numbering(match.lastgroup, read_number(digits), match.end())


def read_number(digits: str) -> int:
    """The value of 十二, 12, １２ or ⑫; 0 when it is none of these."""
    if digits.isdecimal():
        return int(digits)
    if len(digits) == 1 and "①" <= digits <= "⑳":
        return ord(digits) - ord("①") + 1
    tens, _, ones = digits.rpartition("十")
    if "十" in digits:
        return 10 * (_HAN_NUMBER.find(tens) + 1 if tens else 1) + (_HAN_NUMBER.find(ones) + 1 if ones else 0)
    return _HAN_NUMBER.find(digits) + 1 if len(digits) == 1 else 0


def is_closed(text: str) -> bool:
    """Whether a paragraph may end here: after a full stop, a colon, a closing quotation mark or bracket."""
    return _CLOSED.search(text, max(0, len(text) - 8)) is not None


def is_title_like(text: str) -> bool:
    """Whether a line is short and without the punctuation of running text: a title, a caption, a byline."""
    return len(text) <= _LONGEST_TITLE and not _PUNCTUATION.search(text)


def is_publication(text: str) -> bool:
    """Whether a line tells when, where or by whom a text was published (发布时间：2023-11-05 来源：…), or where the page lies."""
    return _is_menu(text) or any(pattern.match(text) for pattern in (_PUBLISHED, _TRAIL, _PAGE_TOOLS))


def _is_menu(text: str) -> bool:
    """Whether a line is what a page offers beside its text: 无障碍浏览 | 设为首页."""
    if (
        len(text) > _LONGEST_MENU
        or not _MENU_MARK.search(text)
        or _PUNCTUATION.search(_MENU_MARK.sub("", text))
    ):
        return False
    return any(_PAGE_TOOL.match(item.strip()) for item in _MENU_MARK.split(text))


def is_headline(text: str) -> bool:
    """Whether a line is a newspaper's title: one with a colon between its parts too (某镇：西瓜甜了好日子)."""
    before, colon, after = text.replace(":", "：").partition("：")
    if not colon:
        return is_title_like(text)
    return 2 <= len(before) <= _LONGEST_KICKER < 2 * len(after) and is_title_like(before + after)


def is_numbered_heading(text: str) -> bool:
    """Whether a numbered line is a heading by itself: short, with no sentence end before its own."""
    number = numbering(text)
    if number is None or len(text) > _LONGEST_HEADING or _INNER_STOP.search(text):
        return False
    if number.style == "first_of_all" or not text[number.length :].strip():
        return False
    return not _CLOSED.search(text) or (
        text.endswith("。") and number.style in ("han", "bracketed_han", "part")
    )


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
        len(cell) <= _LONGEST_CELL and not _PUNCTUATION.search(cell) for cell in cells
    )


def find_tables(texts: Sequence[str], joined: Sequence[bool]) -> tuple[list[bool], list[bool]]:
    """Which lines are rows of tables, and which, one or two above a row, name its columns; `joined` where the next is right below."""
    are_rows = [is_table_row(text) for text in texts]
    makes = [_make(text) for text in texts]
    for place, make in enumerate(makes):
        if make and not make.strip("字"):
            for row in _rows_below(makes, joined, place):
                are_rows[row] = True
    for place, text in enumerate(texts[1:], start=1):
        are_rows[place] = are_rows[place] or (
            are_rows[place - 1] and joined[place - 1] and _SUM_ROW.fullmatch(text) is not None
        )
    return are_rows, _find_heads(texts, are_rows, joined)


def _rows_below(makes: Sequence[str], joined: Sequence[bool], head: int) -> range:
    """The lines below a head of words that are made alike, of words and figures; none where there are fewer than two."""
    end = head + 1
    while end < len(makes) and joined[end - 1] and "0" in makes[end] and makes[end] == makes[head + 1]:
        end += 1
    alike = end - head > 2 and len(makes[head + 1]) == len(makes[head])
    return range(head + 1, end if alike else head + 1)


def _make(text: str) -> str:
    """How the cells of a line follow each other that only a space parts, a letter for each: 0 a figure, 字 a word."""
    if len(text) > _LONGEST_LINE or "|" in text or _WIDE_GAP.search(text) or _SENTENCE_MARK.search(text):
        return ""
    cells = _SINGLE_GAP.split(text)
    if len(cells) <= _FEWEST_CELLS or max(map(len, cells)) > _LONGEST_CELL or not _HAN.search(text):
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
    else:
        between = _cut(row, _GAP if _WIDE_GAP.search(row) else _SINGLE_GAP)
        if not _is_closely_set([row[slice(*cell)].strip() for cell in between]):
            closely = _cut(row, _SINGLE_GAP)
            between = closely if _is_closely_set([row[slice(*cell)] for cell in closely]) else between
    return [_trimmed(row, start, end) for start, end in between]


def _cut(row: str, gap: re.Pattern[str]) -> list[Range]:
    gaps = [match.span() for match in gap.finditer(row.rstrip())]
    starts, ends = [0, *(end for _, end in gaps)], [*(start for start, _ in gaps), len(row.rstrip())]
    return _spread_words(row, list(zip(starts, ends, strict=True)))


def _spread_words(row: str, cells: Sequence[Range]) -> list[Range]:
    """Cells with a word that is set wide (地  区, 合  计) as one of them."""
    joined: list[Range] = []
    for start, end in cells:
        is_letter = end - start == 1 and "\u4e00" <= row[start] <= "\u9fff" and row[start] not in _COUNTERS
        if is_letter and len(joined) == 1 and _SPREAD.fullmatch(row[slice(*joined[-1])]):
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
