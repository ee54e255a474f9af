"""From a file's text to its articles: the one way in is `understand`."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rag.corpus.articles import NOTES_HEADING, is_date_line, split_articles
from rag.corpus.blocks import BlockWriter, Setting
from rag.corpus.lines import Range, is_title_like, merge, without
from rag.corpus.metadata import (
    Head,
    find_author,
    find_date,
    find_region,
    find_signer,
    find_speaker,
    read_head,
)
from rag.corpus.notes import RawNote, link_notes, read_endnotes, read_footnotes, read_notes
from rag.corpus.periods import find_periods, heading_kind, year_looked_back_on
from rag.corpus.regions import gazetteer
from rag.corpus.repair import Paragraph, find_paragraphs
from rag.types import Article, Document, Kind, Region

if TYPE_CHECKING:
    from rag.corpus.readers import Reading

_SPOKEN_YEAR = re.compile(r"(?:^|[。；\n])[*　 ]*(?:截至)?((?:19|20)\d\d)年(?=[，、以是初])", re.MULTILINE)
_REPORT_SEASON = 6
_CLOSING_LINES = 4
"""A report given up to June looks back on the year before."""


def understand(file: str, reading: "Reading", sha256: str) -> Document:
    """The document that a reading holds: its articles with their blocks and notes, and what is never shown.

    `file` is the path relative to the corpus folder. Any text is understood; one that shows nothing has no
    articles.
    """
    text = reading.text
    paragraphs, drops = find_paragraphs(text, reading.pages, reading.markup)
    numbered = split_articles(paragraphs)
    groups = [[paragraphs[number] for number in numbers] for numbers in numbered]
    heads = [read_head(group) for group in groups]
    dates = [_date(group, head) for group, head in zip(groups, heads, strict=True)]
    year = next((int(date[:4]) for date in dates if date), None) or _latest_year(text)
    articles: list[Article] = []
    for numbers, group, head, date in zip(numbered, groups, heads, dates, strict=True):
        known = [region for article in articles if article.region for region in _with_around(article.region)]
        article, marks = _article(text, drops, group, head, date, year, known)
        article = replace(article, spans=_runs(paragraphs, numbers))
        articles.append(article)
        drops = merge([*drops, *marks])
    return Document(file, text, sha256, tuple(drops), reading.pages, tuple(articles))


def _article(
    text: str,
    drops: list[Range],
    group: list[Paragraph],
    head: Head,
    date: str | None,
    year: int | None,
    known: Sequence[Region],
) -> tuple[Article, list[Range]]:
    """One article, and the ranges of its footnote marks."""
    body, notes_heading, raw_notes, rest = _part_notes(group[head.length :])
    body, footnotes = read_footnotes(body)
    raw_notes = [*footnotes, *raw_notes]
    notes, marks = link_notes(text, raw_notes, [*group[: head.length], *body, *rest])
    drops = merge([*drops, *marks])
    body, rest = _without_marks(text, body, drops, marks), _without_marks(text, rest, drops, marks)
    top = _without_marks(text, group[: head.length], drops, marks)
    title = "".join(top[number].text for number in head.titles) or head.title
    lines = [paragraph.text for number, paragraph in enumerate(top) if number not in head.titles]
    texts = [paragraph.text for paragraph in [*body, *rest]]
    region = find_region(title, [*lines, *_subtitles(body)], texts, known)
    issuer, author = find_speaker(lines, region)
    issuer = issuer or find_signer(_closing(group, head)[-2:])
    writer = BlockWriter(text, drops, _setting(title, date, year, group))
    writer.head(top, head.titles)
    writer.body(body)
    writer.notes(notes_heading, raw_notes)
    writer.body(rest)
    article = Article(
        title, issuer, author or find_author(texts), date, region, (), writer.blocks, tuple(notes)
    )
    return article, marks


def _part_notes(
    paragraphs: list[Paragraph],
) -> tuple[list[Paragraph], list[Paragraph], list[RawNote], list[Paragraph]]:
    """Text before the notes, the headings of the notes, the notes, and text between those headings and note 1."""
    for number in range(len(paragraphs) - 1, 0, -1):
        if not (len(paragraphs[number].text) <= 40 and NOTES_HEADING.search(paragraphs[number].text)):
            continue
        notes = read_notes(paragraphs[number + 1 :])
        if notes:
            first = number
            while first > 1 and re.match(r"附(?:件|录)?\s*\d?[：:]?$", paragraphs[first - 1].text):
                first -= 1
            used = sum(len(parts) for _, parts in notes)
            between = paragraphs[number + 1 : len(paragraphs) - used]
            return paragraphs[:first], paragraphs[first : number + 1], notes, between
    notes = read_endnotes(paragraphs)
    return paragraphs[: len(paragraphs) - len(notes)], [], notes, []


def _without_marks(
    text: str, paragraphs: list[Paragraph], drops: Sequence[Range], marks: Sequence[Range]
) -> list[Paragraph]:
    """The paragraphs with their footnote marks left out of what they show."""
    if not marks:
        return paragraphs
    starts = [start for start, _ in marks]
    return [
        replace(p, text=without(text, p.start, p.end, drops).strip())
        if bisect_left(starts, p.start) < bisect_left(starts, p.end)
        else p
        for p in paragraphs
    ]


def _subtitles(body: Sequence[Paragraph]) -> list[str]:
    """Headings that stand between the title and the text."""
    texts = []
    for paragraph in body[:2]:
        if not paragraph.level or not is_title_like(paragraph.text):
            break
        texts.append(paragraph.text)
    return texts


def _date(group: Sequence[Paragraph], head: Head) -> str | None:
    lines = [
        paragraph.text for number, paragraph in enumerate(group[: head.length]) if number not in head.titles
    ]
    return find_date(lines, _closing(group, head)[-1:])


def _closing(group: Sequence[Paragraph], head: Head) -> list[str]:
    """The last lines of an article, up to the date below it: whom to call may stand after that."""
    below = [paragraph.text for paragraph in group[head.length :][-_CLOSING_LINES:]]
    dates = [place for place, text in enumerate(below) if is_date_line(text)]
    return below[: dates[-1] + 1] if dates else below


def _setting(title: str, date: str | None, year: int | None, group: Sequence[Paragraph]) -> Setting:
    """The years that the words of an article are resolved against."""
    named = find_periods(title, None)
    if date is not None:
        report_year: int | None = int(date[:4])
        is_early = int(date[5:7]) <= _REPORT_SEASON
    else:
        report_year = named[0].period.first if named else year
        is_early = heading_kind(title) is not Kind.RESULT
    review = year_looked_back_on(title, report_year)
    if review is None:
        review = report_year - 1 if report_year is not None and is_early else report_year
    plain = not any(paragraph.level for paragraph in group)
    return Setting(title, report_year, review, plain)


def _latest_year(text: str) -> int | None:
    """The latest year that a sentence of the text begins with: about when it was written."""
    return max((int(year) for year in _SPOKEN_YEAR.findall(text)), default=None)


def _with_around(region: Region) -> list[Region]:
    regions = [region]
    while (around := gazetteer().around(regions[-1])) is not None:
        regions.append(around)
    return regions


def _runs(paragraphs: Sequence[Paragraph], numbers: Sequence[int]) -> tuple[Range, ...]:
    """The contiguous pieces of the file that an article's paragraphs fill, with no other article's between them."""
    runs: list[Range] = []
    for before, number in zip([None, *numbers], numbers, strict=False):
        if before is not None and number == before + 1:
            runs[-1] = (runs[-1][0], paragraphs[number].end)
        else:
            runs.append((paragraphs[number].start, paragraphs[number].end))
    return tuple(runs)
