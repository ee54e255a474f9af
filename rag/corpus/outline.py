"""What a corpus holds, told as records (for `--json`), as a table and as a tree."""

from collections.abc import Iterable, Mapping, Sequence

from rag.types import Article, Chunk, Document

Record = dict[str, object]


def describe(document: Document, chunks: Iterable[Chunk]) -> list[Record]:
    """One record for each article of the document, in their order.

    `region` and `level` are None where no place is known, `date` is YYYY-MM-DD or None; `periods` are labels
    (2023年), earliest first; `sections` are the paths of headings, outermost first, each once; `passages` counts
    the chunks; `notes` are the terms that notes explain; `spans` are [start, end] offsets into the text.
    """
    starts = [chunk.start for chunk in chunks if chunk.file == document.file]
    return [_record(article, starts) for article in document.articles]


def describe_file(document: Document, chunks: Iterable[Chunk]) -> Record:
    """The file's name and the records of its articles."""
    return {"file": document.file, "articles": describe(document, chunks)}


def table(records: Sequence[Mapping[str, object]]) -> str:
    """A Markdown table of files and articles out of the records of `describe_file`."""
    lines = [
        "| 文件 | 文章 | 地区 | 层级 | 日期 | 时期 | 章节 | 段落 | 注释 |",
        "|---|---|---|---|---|---|---:|---:|---:|",
    ]
    for record in records:
        articles = record["articles"]
        assert isinstance(articles, list)
        for number, article in enumerate(articles):
            cells = [
                str(record["file"]) if number == 0 else "",
                article["title"],
                article["region"] or "",
                article["level"] or "",
                article["date"] or "",
                "、".join(article["periods"]),
                str(len(article["sections"])),
                str(article["passages"]),
                str(len(article["notes"])),
            ]
            lines.append(f"| {' | '.join(cell.replace('|', '｜') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def tree(document: Document, chunks: Iterable[Chunk]) -> str:
    """The file, its articles and their headings as a tree, with what is known of each article."""
    lines = [document.file]
    records = describe(document, chunks)
    for number, (article, record) in enumerate(zip(document.articles, records, strict=True), 1):
        is_last = number == len(records)
        known = [str(v) for v in (record["region"], record["level"], record["date"]) if v]
        facts = " · ".join([*known, f"{record['passages']} passages"])
        lines.append(f"{'└─' if is_last else '├─'} {article.title} ({facts})")
        indent = "   " if is_last else "│  "
        lines += [f"{indent}{line}" for line in _branches(_sections(article))]
        lines += [f"{indent}[{note.number}] {note.term}" for note in article.notes]
    return "\n".join(lines) + "\n"


def _record(article: Article, starts: Sequence[int]) -> Record:
    region = article.region
    periods = {block.period for block in article.blocks if block.period is not None}
    return {
        "title": article.title,
        "region": region.name if region else None,
        "level": region.level.value if region else None,
        "date": article.date,
        "periods": [
            period.label for period in sorted(periods, key=lambda period: (period.first, period.last))
        ],
        "sections": [list(path) for path in _sections(article)],
        "passages": sum(1 for start in starts if any(first <= start < last for first, last in article.spans)),
        "notes": [note.term for note in article.notes],
        "spans": [list(span) for span in article.spans],
    }


def _sections(article: Article) -> list[tuple[str, ...]]:
    """Every path of headings above a block, outer paths before the inner ones, each once."""
    paths: dict[tuple[str, ...], None] = {}
    for block in article.blocks:
        for depth in range(1, len(block.section) + 1):
            paths.setdefault(block.section[:depth])
    return list(paths)


def _branches(paths: Sequence[tuple[str, ...]]) -> list[str]:
    last = {path[:-1]: path for path in paths}
    lines = []
    for path in paths:
        stems = ["   " if last[path[: depth - 1]] == path[:depth] else "│  " for depth in range(1, len(path))]
        lines.append(f"{''.join(stems)}{'└─' if last[path[:-1]] == path else '├─'} {path[-1]}")
    return lines
