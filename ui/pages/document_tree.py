"""A document as a tree beside its text: articles, their sections, in these passages and notes, each a link to its text."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from rag.types import Article, Chunk, Document, Kind, Note
from ui.chat.document_view import render_document
from ui.pages.documents_texts import Words
from ui.pages.frame import Frame
from ui.pages.navigation import DOCUMENTS

SHOWN = 48
"""Characters of a passage that the tree shows."""


@dataclass(frozen=True, slots=True)
class _Tree:
    """What every part of the tree is drawn with: the span `chosen` is marked in the text and in the tree."""

    frame: Frame
    words: Words
    file: str
    chosen: tuple[int, int]

    def holds(self, start: int, end: int) -> bool:
        return self.chosen[0] < self.chosen[1] and start <= self.chosen[0] < end

    def link(self, start: int, end: int, inner: str) -> str:
        href = self.frame.link("documents/read", file=self.file, start=start, end=end)
        current = ' aria-current="true"' if (start, end) == self.chosen else ""
        return f'<a class="leaf" href="{escape(href)}#mark"{current}>{inner}</a>'


def render_reading(
    frame: Frame, words: Words, document: Document, chunks: Sequence[Chunk], chosen: tuple[int, int]
) -> str:
    """The body of the page: the tree, and the text with `chosen` (offsets in `document.text`) marked."""
    tree = _Tree(frame, words, document.file, chosen)
    shown = render_document(document, chosen, frame.texts.page)
    # No text of a document holds this: it is escaped.
    text = shown.html.replace("<mark>", '<mark id="mark">', 1)
    cut = f'<p class="meta">{escape(frame.texts.cut)}</p>' if shown.is_cut else ""
    title = next((article.title for article in document.articles if article.title), document.file)
    return (
        f'<div class="page-head"><div><a class="quiet back" href="{escape(frame.link(DOCUMENTS))}">‹ {escape(words.back)}</a>'
        f'<h1 lang="zh-CN">{escape(title)}</h1><p class="file">{escape(document.file)}</p></div></div>'
        f'<div class="reading"><nav class="tree panel" aria-label="{escape(words.structure)}" tabindex="0">'
        f"<h2>{escape(words.structure)}</h2>{_render_articles(tree, document, chunks)}</nav>"
        f'<section class="panel text" aria-label="{escape(words.text)}"><div class="document" id="text" lang="zh-CN" '
        f'tabindex="-1">{cut}{text}</div></section></div>'
    )


def _render_articles(tree: _Tree, document: Document, chunks: Sequence[Chunk]) -> str:
    only = len(document.articles) == 1
    items = "".join(
        _render_article(tree, article, _within(article, chunks), is_open=only or number == 0)
        for number, article in enumerate(document.articles)
    )
    return f'<ul class="nodes" lang="zh-CN">{items}</ul>'


def _within(article: Article, chunks: Sequence[Chunk]) -> tuple[Chunk, ...]:
    inside = (chunk for chunk in chunks if any(start <= chunk.start < end for start, end in article.spans))
    return tuple(sorted(inside, key=lambda chunk: chunk.start))


def _render_article(tree: _Tree, article: Article, chunks: Sequence[Chunk], *, is_open: bool) -> str:
    region = article.region.name if article.region else ""
    facts = [part for part in (region, article.date, tree.words.passages.format(count=len(chunks))) if part]
    told = [chunk for chunk in chunks if chunk.kind is not Kind.NOTE or not article.notes]
    chosen = any(tree.holds(start, end) for start, end in article.spans)
    opened = chosen or (is_open and tree.chosen == (0, 0))
    return (
        f'<li><details{" open" if opened else ""}><summary><span class="node">'
        f"{escape(article.title or tree.words.no_title)}</span>"
        f'<span class="meta">{escape(" · ".join(facts))}</span></summary>'
        f'<ul class="nodes">{_render_sections(tree, told, 0)}{_render_notes(tree, article.notes)}</ul></details></li>'
    )


def _render_sections(tree: _Tree, chunks: Sequence[Chunk], depth: int) -> str:
    """The passages below one heading: those without a further heading as leaves, the others in a node a heading."""
    parts: list[str] = []
    for name, group in groupby(chunks, lambda chunk: "".join(chunk.section[depth : depth + 1])):
        inside = tuple(group)
        if not name:
            parts.extend(_render_passage(tree, chunk) for chunk in inside)
            continue
        opened = any(tree.holds(chunk.start, chunk.end) for chunk in inside)
        parts.append(
            f'<li><details{" open" if opened else ""}><summary><span class="node">{escape(name)}</span>'
            f'<span class="meta">{len(inside)}</span></summary>'
            f'<ul class="nodes">{_render_sections(tree, inside, depth + 1)}</ul></details></li>'
        )
    return "".join(parts)


def _render_passage(tree: _Tree, chunk: Chunk) -> str:
    text = " ".join(chunk.text.split())
    shown = text[:SHOWN] + ("…" if len(text) > SHOWN else "")
    facts = (chunk.period.label if chunk.period else "", tree.frame.texts.kinds[chunk.kind])
    tags = "".join(f'<span class="tag">{escape(fact)}</span>' for fact in facts if fact)
    return f"<li>{tree.link(chunk.start, chunk.end, f'<span>{escape(shown)}</span>{tags}')}</li>"


def _render_notes(tree: _Tree, notes: Sequence[Note]) -> str:
    if not notes:
        return ""
    items = "".join(
        f"<li>{tree.link(note.start, note.end, f'<span>{note.number}. {escape(note.term)}</span>')}</li>"
        for note in notes
    )
    opened = " open" if any(tree.holds(note.start, note.end) for note in notes) else ""
    told = tree.words.notes.format(count=len(notes))
    return (
        f'<li><details{opened}><summary><span class="node" lang="{tree.frame.texts.lang}">{escape(told)}</span></summary>'
        f'<ul class="nodes">{items}</ul></details></li>'
    )
