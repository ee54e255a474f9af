"""Which paragraphs of a file belong to which article.

A file can hold several: newspaper pages carry other pieces after a report or in the middle of it, and a report
goes on where the piece that interrupts it has ended. A piece ends with its author in brackets; a report is
recognised by its numbered headings, beside which an unnumbered one is another piece's title.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.corpus.lines import (
    is_closed,
    is_headline,
    is_numbered_heading,
    is_publication,
    is_title_like,
    numbering,
)
from rag.corpus.regions import gazetteer
from rag.corpus.repair import Paragraph
from rag.corpus.signatures import is_signed, sign_off
from rag.types import Region

SALUTATION = re.compile(r"^(?:各位|尊敬的|同志们|主任、|主席[，、])[^。]{0,30}[：:]?$")
_DATE = r"(?:\d{4}|[一二][九〇○零][〇○零一二三四五六七八九]{2})\s*年\s*[\d一二三四五六七八九十]{1,3}\s*月\s*[\d一二三四五六七八九十]{1,3}\s*日"
_DIGIT_DATE = r"(?:19|20)\d\d([-/.])\d{1,2}\1\d{1,2}(?!\d)"
DATE_LINE = re.compile(rf"^[—\-–（(\s]*(?:(?:\d{{4}}年)?{_DATE}|{_DIGIT_DATE})[^。；]{{0,60}}$")
# 某市统计局 能源科 | 2025年3月11日
_BODY_AND_DATE = re.compile(rf"^[^，。；：,;:\d]{{2,40}}[|｜][ 　]*(?:{_DATE}|{_DIGIT_DATE})$")
NOTES_HEADING = re.compile(
    r"(?:名词|术语|名词术语|有关内容|有关名词|相关名词|报告》)?(?:注释|名词解释|术语解释|名词注释|注解|名词说明)[：:）)]?$|^注[：:]?$"
)
ANNEX = re.compile(
    r"^附(?:件|录|表|注)?\s*[\d一二三四五]{0,2}[：:]?$|^附(?:件|录)\s*[\d一二三四五]{0,2}[：:　 ]"
)
_SECTION_WORDS = re.compile(
    r"^.{0,12}(?:回顾|总结|安排|打算|建议|情况|问题|举措|措施|思路|目标|任务|要求|展望|成效|前言|引言|概述|概况|结语|摘要|目录|附表|参考文献)$"
)
TITLE_END = re.compile(
    r"(?:报告|公报|意见|通知|方案|规划|讲话|总结|要点|计划|汇报|说明|决定|通报|办法|条例|纲要|公告|草案|白皮书)(?:[（(].{1,12}[)）])?$"
)
_HEAD_LENGTH = 8
_SHORTEST_TITLE = 9
"""Headings of the first level that are shorter (产业发展) are parts of a text whose title is of that level too."""
_DATELINE = 80
_LONGEST_DATE, _LINES_BELOW = 20, 4
ISSUER = re.compile(
    r"^[^，。；：\d]{2,40}(?:局|厅|委员会|政府|办公室|办公厅|总队|调查队|中心|研究院|法院|检察院|委|部)$"
)
"""A line that is the name of a body."""


@dataclass(slots=True)
class Draft:
    """An article in the making: the numbers of its paragraphs, in order, and what was seen of it so far."""

    paragraphs: list[int]
    title_level: int
    plain: bool
    has_body: bool = False
    closed: bool = False
    cut: bool = False
    numbers: dict[str, int] = field(default_factory=dict)


def split_articles(paragraphs: Sequence[Paragraph]) -> list[list[int]]:
    """The numbers of the paragraphs of each article, articles in the order in which they begin."""
    has_markdown = any(paragraph.level for paragraph in paragraphs)
    drafts: list[Draft] = []
    current: Draft | None = None
    for number, paragraph in enumerate(paragraphs):
        if current is None or _starts_article(paragraphs, number, current, has_markdown):
            head = _kickers(paragraphs, current)
            current = Draft([*head, number], paragraph.level, not has_markdown)
            drafts.append(current)
        else:
            current = _resumed(paragraph, current, drafts)
            current.paragraphs.append(number)
        _note(paragraph, current)
    return [draft.paragraphs for draft in drafts if draft.paragraphs]


def is_date_line(text: str) -> bool:
    """Whether a line is a date and nothing else."""
    return len(text) <= _LONGEST_DATE and bool(DATE_LINE.match(text))


def is_byline(text: str) -> bool:
    """Whether a line of an article's head tells who spoke where and when, or when and where it was published."""
    is_dated = bool(DATE_LINE.match(text) or _BODY_AND_DATE.match(text))
    return text.startswith(("——", "--", "—")) or is_dated or is_publication(text)


def _note(paragraph: Paragraph, draft: Draft) -> None:
    """Keeps what the next paragraphs are judged by."""
    text = paragraph.text
    number = numbering(text)
    if number is not None:
        draft.numbers[number.style] = number.value
    signed = is_signed(text)
    if paragraph.level or is_byline(text) or (is_title_like(text) and not signed):
        if number is not None:
            draft.has_body, draft.cut, draft.closed = True, False, False
        return
    draft.has_body = True
    draft.closed = signed
    draft.cut = not is_closed(text) and not paragraph.table


def _starts_article(paragraphs: Sequence[Paragraph], number: int, current: Draft, has_markdown: bool) -> bool:
    """Whether the paragraph is the title of another article than the current one."""
    paragraph = paragraphs[number]
    if not current.has_body or not _may_be_title(paragraph, has_markdown) or _signs(paragraphs, number):
        return False
    if paragraph.level > current.title_level > 0 and _SECTION_WORDS.match(_close_up(paragraph.text)):
        return False
    if current.closed or _opens_report(paragraphs, number):
        return True
    if not is_title_like(paragraph.text) and not paragraph.level:
        return False
    if _SECTION_WORDS.match(_close_up(paragraph.text)):
        return False
    signed = _is_signed(paragraphs, number, has_markdown)
    ranks_with_title = 0 < paragraph.level <= current.title_level
    if current.cut and (current.numbers or ranks_with_title or signed):
        return _is_followed_by_body(paragraphs, number)
    if ranks_with_title and _is_other_piece(paragraphs, number, current):
        return _is_followed_by_body(paragraphs, number)
    return signed and bool(current.numbers or ranks_with_title)


def _close_up(heading: str) -> str:
    """A heading without the blanks that set its characters apart (前　言)."""
    return "".join(heading.split())


def _signs(paragraphs: Sequence[Paragraph], number: int) -> bool:
    """Whether a line is the name of the body that signs, its date below it, with no text after that."""
    if not ISSUER.match(paragraphs[number].text) or number + 1 == len(paragraphs):
        return False
    date, *rest = paragraphs[number + 1 :]
    return is_date_line(date.text) and len(rest) < _LINES_BELOW


def _is_other_piece(paragraphs: Sequence[Paragraph], number: int, current: Draft) -> bool:
    """Whether a heading as high as the article's title is a title too: by its level, its words or its place."""
    text = paragraphs[number].text
    if (paragraphs[number].level == 1 and len(text) >= _SHORTEST_TITLE) or TITLE_END.search(text):
        return True
    own, other = _place(paragraphs, [number, number + 1]), _place(paragraphs, current.paragraphs[:3])
    return own is not None and other is not None and not own.contains(other) and not other.contains(own)


def _place(paragraphs: Sequence[Paragraph], numbers: Sequence[int]) -> Region | None:
    """The first place that the beginnings of these paragraphs name."""
    texts = (paragraphs[number].text[:_DATELINE] for number in numbers if number < len(paragraphs))
    return next((mentions[0].region for text in texts if (mentions := gazetteer().find(text))), None)


def _may_be_title(paragraph: Paragraph, has_markdown: bool) -> bool:
    text = paragraph.text
    if (
        paragraph.table
        or numbering(text)
        or NOTES_HEADING.search(text)
        or ANNEX.match(text)
        or is_byline(text)
    ):
        return False
    if has_markdown:
        return paragraph.level > 0
    return is_headline(text) and not is_signed(text) and len(text) >= 4


def _opens_report(paragraphs: Sequence[Paragraph], number: int) -> bool:
    """Whether a date with a meeting, or a salutation, follows before any running text."""
    for paragraph in paragraphs[number + 1 : number + 1 + _HEAD_LENGTH]:
        if DATE_LINE.match(paragraph.text) or (
            SALUTATION.match(paragraph.text) and paragraph.text.endswith(("：", ":"))
        ):
            return True
        if numbering(paragraph.text) or not is_title_like(paragraph.text):
            return False
    return False


def _is_followed_by_body(paragraphs: Sequence[Paragraph], number: int) -> bool:
    """Whether running text follows the would-be title, after at most some more lines of a head."""
    for paragraph in paragraphs[number + 1 : number + 1 + _HEAD_LENGTH]:
        if is_numbered_heading(paragraph.text):
            return True
        if not is_title_like(paragraph.text):
            return not paragraph.table
    return False


def _is_signed(paragraphs: Sequence[Paragraph], number: int, has_markdown: bool) -> bool:
    """Whether the text from the would-be title to the next one holds a signature of its author."""
    for paragraph in paragraphs[number + 1 :]:
        if sign_off(paragraph.text):
            return True
        if _may_be_title(paragraph, has_markdown) or paragraph.level:
            return False
    return False


def _kickers(paragraphs: Sequence[Paragraph], current: Draft | None) -> list[int]:
    """Lines above a title (■ 系列之二) that were taken for the end of the article before; they are taken from it."""
    kickers: list[int] = []
    while current is not None and len(current.paragraphs) > 1:
        last = paragraphs[current.paragraphs[-1]]
        is_kicker = (
            is_title_like(last.text)
            and not last.level
            and not is_signed(last.text)
            and last.text[0] in "■□◆●★▲"
        )
        if not is_kicker:
            break
        kickers.insert(0, current.paragraphs.pop())
    return kickers


def _resumed(paragraph: Paragraph, current: Draft, drafts: Sequence[Draft]) -> Draft:
    """The article that the paragraph belongs to: the current one, or an earlier one that it interrupted.

    An earlier article goes on where its numbering does, or, after the current one was signed, where its text
    was cut.
    """
    number = numbering(paragraph.text)
    if number is not None and number.value > 1 and current.numbers.get(number.style) != number.value - 1:
        for draft in reversed(drafts):
            if draft is not current and draft.numbers.get(number.style) == number.value - 1:
                return draft
    if current.closed and not paragraph.level and not is_title_like(paragraph.text):
        for draft in reversed(drafts):
            if draft is not current and draft.cut:
                return draft
    return current
