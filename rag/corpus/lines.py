"""The lines of a text as the other rooms of the corpus see them: where they stand, what they show, how they are numbered."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

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
PUNCTUATION = re.compile(r"[，。；：！？…,;!?|]|[.．]$")
"""What running text has and a title has not."""
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
    r"(?:进入)?(?:(?:网站)?首\s*页$|主页$|无障碍|关怀版|长者|设为首页|加入收藏|登录|注册|繁[體体]|手机版|English)"
)
_LONGEST_NUMBER, _LONGEST_MENU = 12, 100
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


def printed_width(text: str) -> int:
    """Columns of print: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def is_title_like(text: str) -> bool:
    """Whether a line is short and without the punctuation of running text: a title, a caption, a byline."""
    return len(text) <= _LONGEST_TITLE and not PUNCTUATION.search(text)


def is_publication(text: str) -> bool:
    """Whether a line tells when, where or by whom a text was published (发布时间：2023-11-05 来源：…), or where the page lies."""
    return _is_menu(text) or any(pattern.match(text) for pattern in (_PUBLISHED, _TRAIL, _PAGE_TOOLS))


def _is_menu(text: str) -> bool:
    """Whether a line is what a page offers beside its text: 无障碍浏览 | 设为首页."""
    if (
        len(text) > _LONGEST_MENU
        or not _MENU_MARK.search(text)
        or PUNCTUATION.search(_MENU_MARK.sub("", text))
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
