"""Documents and passages as rows of a table and back: plain text, numbers and JSON, so that others can read them."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from rag.types import Article, Block, Chunk, Document, Form, Kind, Level, Note, Period, Region

CHUNK_COLUMNS = [
    "id",
    "file",
    "start",
    "end",
    "text",
    "title",
    "section",
    "region",
    "period",
    "kind",
    "terms",
    "date",
    "page",
    "header",
]
DOCUMENT_COLUMNS = ["file", "text", "sha256", "drops", "pages", "articles"]


def chunk_row(chunk: Chunk) -> tuple[Any, ...]:
    """The values of CHUNK_COLUMNS."""
    return (
        chunk.id,
        chunk.file,
        chunk.start,
        chunk.end,
        chunk.text,
        chunk.title,
        _dump(chunk.section),
        chunk.region and region_text(chunk.region),
        chunk.period and period_text(chunk.period),
        chunk.kind.value,
        _dump(chunk.terms),
        chunk.date,
        chunk.page,
        chunk.header,
    )


def row_chunk(row: Sequence[Any]) -> Chunk:
    """The chunk of a row of CHUNK_COLUMNS."""
    id, file, start, end, text, title, section, region, period, kind, terms, date, page, header = row
    return Chunk(
        id=id,
        file=file,
        start=start,
        end=end,
        text=text,
        title=title,
        section=tuple(json.loads(section)),
        region=text_region(region),
        period=text_period(period),
        kind=Kind(kind),
        terms=tuple(json.loads(terms)),
        date=date,
        page=page,
        header=header,
    )


def document_row(document: Document) -> tuple[Any, ...]:
    """The values of DOCUMENT_COLUMNS."""
    return (
        document.file,
        document.text,
        document.sha256,
        _dump(document.drops),
        _dump(document.pages),
        _dump([_article_record(article) for article in document.articles]),
    )


def row_document(row: Sequence[Any]) -> Document:
    """The document of a row of DOCUMENT_COLUMNS."""
    file, text, sha256, drops, pages, articles = row
    return Document(
        file=file,
        text=text,
        sha256=sha256,
        drops=_pairs(json.loads(drops)),
        pages=tuple(json.loads(pages)),
        articles=tuple(_article(record) for record in json.loads(articles)),
    )


def region_text(region: Region) -> str:
    """A region as JSON: its level, then its path."""
    return _dump([region.level.value, *region.path])


@lru_cache(4096)
def text_region(text: str | None) -> Region | None:
    """The region of a `region_text`."""
    if text is None:
        return None
    level, *path = json.loads(text)
    return Region(tuple(path), Level(level))


def period_text(period: Period) -> str:
    """A period as JSON: first year, last year, label."""
    return _dump([period.first, period.last, period.label])


@lru_cache(4096)
def text_period(text: str | None) -> Period | None:
    """The period of a `period_text`."""
    return None if text is None else Period(*json.loads(text))


def _article_record(article: Article) -> dict[str, Any]:
    return {
        "title": article.title,
        "issuer": article.issuer,
        "author": article.author,
        "date": article.date,
        "region": article.region and region_text(article.region),
        "spans": article.spans,
        "blocks": [
            [
                block.start,
                block.end,
                block.form,
                block.section,
                block.period and period_text(block.period),
                block.kind,
            ]
            for block in article.blocks
        ],
        "notes": [[note.number, note.term, note.start, note.end, note.marks] for note in article.notes],
    }


def _article(record: dict[str, Any]) -> Article:
    return Article(
        title=record["title"],
        issuer=record["issuer"],
        author=record["author"],
        date=record["date"],
        region=text_region(record["region"]),
        spans=_pairs(record["spans"]),
        blocks=tuple(
            Block(start, end, Form(form), tuple(section), text_period(period), Kind(kind))
            for start, end, form, section, period, kind in record["blocks"]
        ),
        notes=tuple(
            Note(number, term, start, end, tuple(marks))
            for number, term, start, end, marks in record["notes"]
        ),
    )


def _pairs(values: Sequence[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in values)


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
