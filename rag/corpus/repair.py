"""What of a text is never shown, and its paragraphs with the sentences that page breaks cut made whole.

Dropped are Word bookmarks, Markdown marks, control characters, watermarks, page headers and numbers, tables of
contents, captions of images, and the line breaks inside a paragraph. Nothing is changed: a drop is a range of the original.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from rag.corpus.lines import (
    Line,
    Range,
    is_closed,
    is_numbered_heading,
    is_publication,
    is_title_like,
    merge,
    numbering,
    printed_width,
    split_lines,
    without,
)
from rag.corpus.signatures import is_signed
from rag.corpus.table_lines import find_cut_heads, find_tables, is_table_row

_INLINE = re.compile(
    r"\[bookmark:[^\]\r\n]{0,200}\]"
    r"|[\x00-\x08\x0e-\x1b\x7f\x80-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffc]+"
    r"|<!--(?:[^<-]|<(?!!--)|-(?!->)){0,2000}-->|!\[[^\]\r\n]{0,200}\]\([^)\r\n]{0,500}\)"
    r"|\{#[\w-]{1,40}\}|(?:(?<=\s)|(?m:^))&(?:nbsp|e[nm]sp);|&(?:nbsp|e[nm]sp);(?=\s|$)|\\(?=[-*_#>.+!~])"
    r"|</?(?:br|u|b|i|em|strong|sup|sub|font|center|span|div|p)\b[^<>\r\n]{0,100}>"
)
_BOLD = re.compile(r"(?:\*\*(?=[^\W_])|(?<![^\W_])\*\*(?=[^\s*]))([^*\r\n]{1,400}?)(?<!\s)\*\*(?!\*)")
_LINK = re.compile(r"\[([^\[\]\r\n]{1,200})\](\((?:https?:|/|\.|#|mailto:|javascript:)[^()\s]{0,300}\))")
# Blanks around the figures of running text (发放补贴 2.86 亿元), not those that set columns apart.
_LINE = re.compile(r"[^\n]+")
# A line of links to the headings of the text itself.
_LINKS = re.compile(r"(?m:^[ \t]*(?:[-*+][ \t]+)?(?:\[[^\]\r\n]{1,80}\]\(#[^)\s]{1,60}\)[ \t\u3000|·]*)+$)")
_STOP = re.compile(r"[，。；！？;]|(?<!\d),|,(?!\d)")
_WIDE_GAP = re.compile(r"\S[ \u3000]{2,}\S|\S\t")
_AROUND_NUMBER = re.compile(
    r"(?<=[\u4e00-\u9fff）)”%％]) (?=\d)|(?<=[\d%％]) (?=(?![百千万十](?![\s百千万亿]*[元人个家吨亩户美平立公名辆台次件套股]))[\u4e00-\u9fff（(“])"
)
# Thousands that a blank parts: 8 764家, 1 274亿元.
_GROUPED = re.compile(r"(?<=[\u4e00-\u9fff（(，、])\d{1,3}(?: \d{3}){1,3}(?=[\u4e00-\u9fff])")
_DATED = re.compile(r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日[)）]?$")
"""A line that ends in a day tells of the text (某市统计局 | 2025年3月11日)."""
_EACH = re.compile(r"(?:分别|各)[^，。；]{0,8}$")
_BEFORE_EACH = 16
_TABLE_RULE = re.compile(r"^\|?[\s:|-]*--[\s:|-]*\|?$")
_RULE = re.compile(r"^(?:[-*_=—]\s?){3,}$")
_PAGE_NUMBER = re.compile(
    r"^(?:[-—–－·~]\s*\d{1,4}\s*[-—–－·~]|第\s*\d{1,4}\s*页(?:\s*[/，,]?\s*共\s*\d{1,4}\s*页)?|Page\s+\d+(?: of \d+)?)$"
)
_ADDRESS = re.compile(r"https?://|www\.|\.(?:com|cn|net|org)\b|公众号|扫码|二维码|水印", re.IGNORECASE)
_CONTENTS = re.compile(r"^目\s*[录次]$|(?:…{2,}|[.．·]{5,}|[_＿]{5,}|-{6,}|—{4,})\s*[（(]?\d{1,4}[)）]?$")
"""A line of a table of contents: its head, or a heading with the page that it stands on."""
_CREDIT = re.compile(
    r"[\u4e00-\u9fff](?:[／/]?摄|供图|[图摄]片?[：:][\u4e00-\u9fff ]{2,12})$|^图\s*\d+(?:[-—.．]\d+)?[　 ：:、]"
)
_LIST_MARK = re.compile(r"[-*+•]\s+(?=\S)|>\s+(?=\S)")
_LEADING_BREAK = re.compile(r"^(?:——|■|□|◆|●|★|▲|【)")
_INDENT = 4
_RUNNING = 30
"""A line with a comma that is this long is running text and no title, even where titles bear no Markdown mark."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One or more lines that a reader sees as one: `text` is what it shows, `level` its Markdown heading level."""

    start: int
    end: int
    text: str
    level: int
    gap: int
    table: bool = False


def find_paragraphs(text: str, pages: Sequence[int], markup: bool) -> tuple[list[Paragraph], list[Range]]:
    """The paragraphs of `text` and the sorted, disjoint ranges that are never shown.

    `pages` are the offsets of pages. In `markup` that a reader wrote each line is a paragraph already, so only
    one that ends in a comma goes on.
    """
    inline = merge([*_inline_drops(text)])
    lines = split_lines(text, inline)
    noise = _noise(lines, pages)
    kept = [line for line, is_noise in zip(lines, noise, strict=True) if not is_noise]
    drops = inline + [
        (line.raw_start, line.end) for line, is_noise in zip(lines, noise, strict=True) if is_noise
    ]
    drops += [(line.raw_start, line.start) for line in kept if line.level]
    drops += [(line.start, line.start + mark.end()) for line, mark in _list_marks(kept)]
    kept, breaks = _join_heads(kept)
    drops += breaks
    kept = _mark_rows(kept)
    groups = _group(kept, _layout(kept, markup))
    drops += [
        (before.end, after.raw_start)
        for group in groups
        for before, after in pairwise(group)
        if not after.is_row
    ]
    merged = merge(drops)
    return [_paragraph(text, group, merged) for group in groups], merged


def _join_heads(lines: Sequence[Line]) -> tuple[list[Line], list[Range]]:
    """The lines with the heads of tables made whole that were broken within their cells, and the breaks."""
    cut = {
        head.start: head
        for head in find_cut_heads([line.text for line in lines], _right_below(lines))
        if not any(lines[number].indented for number in head[1:])
    }
    whole: list[Line] = []
    breaks: list[Range] = []
    number = 0
    while number < len(lines):
        pieces = [lines[place] for place in cut.get(number, range(number, number + 1))]
        breaks += [(one.end, other.raw_start) for one, other in pairwise(pieces)]
        text = "".join(piece.text for piece in pieces)
        whole.append(replace(pieces[0], end=pieces[-1].end, text=text))
        number += len(pieces)
    return whole, breaks


def _right_below(lines: Sequence[Line]) -> list[bool]:
    """Whether each line has the next right below it."""
    return [below.gap == 1 for below in lines[1:]] + [False]


def _mark_rows(lines: Sequence[Line]) -> list[Line]:
    """The lines with the rows of tables marked, and the one or two above set in columns that name them."""
    texts = [line.text for line in lines]
    are_rows, heads = find_tables(texts, _right_below(lines))
    return [
        replace(line, is_row=is_row or is_head)
        for line, is_row, is_head in zip(lines, are_rows, heads, strict=True)
    ]


def _inline_drops(text: str) -> Iterator[Range]:
    yield from (match.span() for match in _INLINE.finditer(text))
    for line in _LINE.finditer(text):
        if " " in line[0] and "|" not in line[0] and _STOP.search(line[0]) and not _WIDE_GAP.search(line[0]):
            yield from ((line.start() + place, line.start() + place + 1) for place in _spare_blanks(line[0]))
    if "**" in text:
        for match in _BOLD.finditer(text):
            yield match.start(), match.start() + 2
            yield match.end() - 2, match.end()
    if "](#" in text:
        yield from (match.span() for match in _LINKS.finditer(text))
    if "](" in text:
        for match in _LINK.finditer(text):
            yield match.start(), match.start() + 1
            yield match.end(1), match.end()


def _spare_blanks(line: str) -> Iterator[int]:
    """Where the blanks around the figures of a line stand, and those between the thousands of one."""
    yield from (blank.start() for blank in _AROUND_NUMBER.finditer(line))
    for number in _GROUPED.finditer(line):
        start, end = number.span()
        if not _EACH.search(line[max(start - _BEFORE_EACH, 0) : start]):
            yield from (place for place in range(start, end) if line[place] == " ")


def _list_marks(lines: Sequence[Line]) -> Iterator[tuple[Line, re.Match[str]]]:
    for line in lines:
        if line.text[0] in "-*+•>" and (mark := _LIST_MARK.match(line.text)):
            yield line, mark


def _paragraph(text: str, group: Sequence[Line], drops: Sequence[Range]) -> Paragraph:
    first, last = group[0], group[-1]
    table = first.is_row or last.is_row
    shown = first.text if len(group) == 1 else without(text, first.start, last.end, drops).strip()
    return Paragraph(first.start, last.end, shown, first.level, first.gap, table)


def _noise(lines: Sequence[Line], pages: Sequence[int]) -> list[bool]:
    """For each line, whether it is a watermark, a page header or number, a rule or a caption."""
    repeated = _repeated(lines) | _page_edges(lines, pages)
    has_markdown = any(line.level for line in lines)
    contents = [len(line.text) <= 80 and _CONTENTS.search(line.text) is not None for line in lines] + [False]
    usual_gap = median(line.gap for line in lines[1:]) if len(lines) > 1 else 1
    noise = []
    for position, line in enumerate(lines):
        text = line.text
        is_contents = contents[position] and (contents[position - 1] or contents[position + 1])
        if position in repeated or is_contents or (len(text) <= 80 and _is_mark(text)):
            noise.append(True)
        else:
            after_gap = line.gap >= max(4, usual_gap + 2) and (has_markdown or _is_between(lines, position))
            noise.append(not line.level and _is_caption(text, after_gap))
    return noise


def _is_mark(text: str) -> bool:
    return bool(_PAGE_NUMBER.match(text) or _RULE.match(text) or _TABLE_RULE.match(text))


def _is_caption(text: str, after_gap: bool) -> bool:
    """A short line with a photographer's name, or one that stands where an image was (a gap of many lines)."""
    if not is_title_like(text) or numbering(text) or _LEADING_BREAK.match(text):
        return False
    return after_gap or bool(_CREDIT.search(text))


def _is_between(lines: Sequence[Line], position: int) -> bool:
    """Whether a line stands between the end of a signed piece and the title of the next."""
    return (
        0 < position < len(lines) - 1
        and is_signed(lines[position - 1].text)
        and is_title_like(lines[position + 1].text)
        and lines[position + 1].gap < lines[position].gap
    )


def _repeated(lines: Sequence[Line]) -> set[int]:
    """Lines that stand three times or more as watermarks or headers do: in a row, mid-sentence, or with an address."""
    counts = Counter(line.text for line in lines if 4 <= len(line.text) <= 60)
    often = {
        text
        for text, count in counts.items()
        if count >= 3 and not text.startswith("|") and not numbering(text)
    }
    places: dict[str, list[int]] = {text: [] for text in often}
    if not often:
        return set()
    for position, line in enumerate(lines):
        if line.text in places:
            places[line.text].append(position)
    found: set[int] = set()
    for text, positions in places.items():
        if _ADDRESS.search(text) or positions[2] == positions[0] + 2:
            found.update(positions)
        elif is_title_like(text) and _stands_as_header(lines, positions):
            found.update(p for p in positions if p > 1 or _cuts_sentence(lines, p))
    return found


def _stands_as_header(lines: Sequence[Line], positions: Sequence[int]) -> bool:
    """Whether half of the places of a line are in the middle of sentences; one is enough for the file's first line."""
    cuts = sum(_cuts_sentence(lines, position) for position in positions)
    return 2 * cuts >= len(positions) or (positions[0] == 0 and cuts > 0)


def _cuts_sentence(lines: Sequence[Line], position: int) -> bool:
    """Whether the line before is running text that does not end, or a page number stands beside the line."""
    before = lines[position - 1].text if position else ""
    after = lines[position + 1].text if position + 1 < len(lines) else ""
    if _PAGE_NUMBER.match(before) or _PAGE_NUMBER.match(after):
        return True
    return len(before) >= _RUNNING and not is_closed(before)


def _page_edges(lines: Sequence[Line], pages: Sequence[int]) -> set[int]:
    """First and last lines of pages that say the same, but for digits, on half of the pages; bare page numbers."""
    if len(pages) < 3:
        return set()
    edges: list[tuple[int, str]] = []
    numbers: set[int] = set()
    starts = [*pages[1:], float("inf")]
    page_lines: list[list[int]] = [[] for _ in pages]
    page = 0
    for position, line in enumerate(lines):
        while line.raw_start >= starts[page]:
            page += 1
        page_lines[page].append(position)
    for positions in page_lines:
        for position in {*positions[:2], *positions[-2:]}:
            edges.append((position, re.sub(r"\d+", "#", lines[position].text)))
            if position in (positions[0], positions[-1]) and re.fullmatch(r"\d{1,4}", lines[position].text):
                numbers.add(position)
    counts = Counter(text for _, text in edges if len(text) <= 60)
    often = {
        text for text, count in counts.items() if count >= max(3, len(pages) / 2) and not is_table_row(text)
    }
    return {position for position, text in edges if text in often} | (numbers if len(numbers) >= 3 else set())


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a text sets its paragraphs.

    `width` is that of its lines in print where they are broken, else 0; `indented` says that paragraphs begin with a space;
    running text of at least `shortest` characters may have been cut, None says that no line was.
    """

    width: int
    indented: bool
    shortest: int | None


def _layout(lines: Sequence[Line], markup: bool) -> _Layout:
    indented = sum(line.indented for line in lines) >= max(2, len(lines) / 10)
    if markup:
        return _Layout(0, indented, None)
    return _Layout(_wrap_width(lines), indented, 0 if any(line.level for line in lines) else _RUNNING)


def _group(lines: Sequence[Line], layout: _Layout) -> list[list[Line]]:
    """The lines of each paragraph."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and _continues(groups[-1], line, layout):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _continues(group: Sequence[Line], line: Line, layout: _Layout) -> bool:
    """Whether `line` goes on with the paragraph that the lines of `group` begin."""
    before = group[-1]
    if before.is_row or line.is_row:
        return before.is_row and line.is_row and line.gap == 1
    if before.level or line.level or (layout.indented and line.indented) or _LEADING_BREAK.match(line.text):
        return False
    if is_publication(before.text) or is_publication(line.text):
        return False
    number = numbering(line.text)
    if number is not None and number.style != "first_of_all":
        return False
    if layout.width and _width(before) >= 0.85 * layout.width and line.gap == 1:
        return layout.indented or not is_closed(before.text)
    if is_closed(before.text) or is_title_like(line.text) or is_numbered_heading(before.text):
        return False
    if line.gap > 1 and _DATED.search(before.text):
        return False
    if before.text[-1] in "，、（(“《":
        return True
    if layout.shortest is None:
        return False
    return len(group) > 1 or (not is_title_like(before.text) and len(before.text) >= layout.shortest)


def _wrap_width(lines: Sequence[Line]) -> int:
    """The printed width at which every line of the text was broken; 0 when its lines are whole paragraphs."""
    if len(lines) < 12:
        return 0
    widths = sorted(_width(line) for line in lines)
    width = widths[int(0.9 * (len(widths) - 1))]
    full = sum(1 for each in widths if 0.85 * width <= each <= 1.1 * width)
    return width if 32 <= width <= 240 and full >= 0.4 * len(widths) else 0


def _width(line: Line) -> int:
    """How wide a line is printed, its indent included."""
    return printed_width(line.text) + (_INDENT if line.indented else 0)
