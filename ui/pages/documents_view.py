"""The documents page as HTML: what can be done, the reports as a table, the trash. Every name and title is escaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from rag.types import Chunk, Document
from ui.chat.survey import main_years
from ui.pages.documents_texts import Words
from ui.pages.frame import Frame
from ui.pages.jobs import State, Status
from ui.pages.reasons import tell_reason
from ui.pages.removing import render_dialog, render_remove, render_trash
from ui.pages.shelf import Row, Standing
from ui.pages.trash import Removed

TITLES_SHOWN, REGIONS_SHOWN = 3, 3


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table; `document` and `chunks` are what the index holds of it, if it does."""

    row: Row
    document: Document | None = None
    chunks: tuple[Chunk, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the lines of one of its `pages`, and what is true of the whole folder.

    `others` names the folder that the index was built from when it is not that of the settings (`folder`).
    """

    lines: tuple[Line, ...]
    searched: str
    found: int
    page: int
    pages: int
    documents: int
    passages: int
    pending: int
    folder: str
    others: str
    trash: str
    removed: tuple[Removed, ...]
    limit_mb: float
    state: State


def render_documents(frame: Frame, words: Words, view: View) -> str:
    """The body of the page."""
    trash = "" if view.others else render_trash(words, view.removed, view.trash)
    return (
        f'<div class="page-head"><div><h1>{escape(words.title)}</h1><p class="lead">{escape(words.lead)}</p></div></div>'
        f'<noscript><p class="alert">{escape(words.needs_script)}</p></noscript>'
        f"{_render_tools(frame, words, view)}"
        f'<div id="corpus" data-pending="{view.pending}">{_render_standing(words, view)}{_render_find(frame, words, view)}'
        f"{_render_table(frame, words, view)}{_render_pager(frame, words, view)}{trash}</div>"
        f"{render_dialog(words)}"
    )


def _render_tools(frame: Frame, words: Words, view: View) -> str:
    """Where files are dropped and the index is rebuilt; words and addresses that the script needs stand in attributes."""
    if view.others:
        told = words.other_source.format(built=view.others, folder=view.folder)
        return f'<p class="alert calm">{escape(told)}</p>'
    limit = f"{view.limit_mb:g}"
    running = view.state.status is Status.RUNNING
    return (
        f'<section class="panel drop" id="drop" data-limit="{limit}" data-sending="{escape(words.sending)}" '
        f'data-lost="{escape(words.lost)}" data-large="{escape(words.too_large_here)}" '
        f'data-both="{escape(words.keep_both)}" data-replace="{escape(words.replace)}" '
        f'data-files="{escape(frame.link("documents/files"))}" data-remove="{escape(frame.link("documents/remove"))}" '
        f'data-restore="{escape(frame.link("documents/restore"))}" '
        f'data-rebuild="{escape(frame.link("documents/rebuild"))}" data-stop="{escape(frame.link("documents/stop"))}" '
        f'data-progress="{escape(frame.link("documents/progress"))}">'
        f'<div class="row"><span class="soft wide-only">{escape(words.drop)}</span>'
        f'<button type="button" class="button" id="pick">{escape(words.add)}</button>'
        f'<input type="file" id="files" multiple hidden aria-label="{escape(words.add)}">'
        f'<span class="gap"></span>'
        f'<button type="button" class="button primary" id="rebuild"{" disabled" if running else ""}>{escape(words.rebuild)}</button></div>'
        f'<p class="meta">{escape(words.limits.format(limit=limit))}</p>'
        '<ul class="sent" id="sent" aria-live="polite"></ul>'
        f'<div id="work" class="work" data-running="{str(running).lower()}"{"" if running else " hidden"}>'
        f'<div class="row"><span class="told" role="status"></span><span class="gap"></span>'
        f'<button type="button" class="button small" id="stop">{escape(words.stop)}</button></div>'
        f'<progress aria-label="{escape(words.rebuild)}"></progress></div></section>'
    )


def _render_standing(words: Words, view: View) -> str:
    if view.others:
        return ""
    if view.pending:
        return f'<p class="alert">{escape(words.pending.format(count=view.pending))}</p>'
    if not view.documents:
        return ""
    told = words.up_to_date.format(documents=view.documents, passages=view.passages)
    return f'<p class="soft told-standing">{escape(told)}</p>'


def _render_find(frame: Frame, words: Words, view: View) -> str:
    if view.pages < 2 and not view.searched and view.found < 2:
        return ""
    count = (
        f'<span class="meta">{escape(words.found.format(count=view.found))}</span>' if view.searched else ""
    )
    return (
        f'<form class="row find" method="get" role="search"><input class="input" type="search" name="q" '
        f'value="{escape(view.searched)}" placeholder="{escape(words.find)}" aria-label="{escape(words.find)}" maxlength="100">'
        f'<input type="hidden" name="lang" value="{frame.language}">{count}</form>'
    )


def _render_table(frame: Frame, words: Words, view: View) -> str:
    if view.searched and not view.found:
        return f'<div class="empty"><p>{escape(words.none_found.format(words=view.searched))}</p></div>'
    if not view.lines:
        return f'<div class="empty"><strong>{escape(words.empty)}</strong><p>{escape(words.empty_note)}</p></div>'
    numbers = (1, 4)
    heads = "".join(
        f'<th scope="col"{" class=number" if n in numbers else ""}>{escape(name)}</th>'
        for n, name in enumerate(words.columns)
    )
    body = "".join(_render_line(frame, words, line, not view.others) for line in view.lines)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(words.title)}"><table class="data documents">'
        f'<thead><tr>{heads}<th><span class="sr-only">{escape(words.actions)}</span></th></tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _render_line(frame: Frame, words: Words, line: Line, may_change: bool) -> str:
    row = line.row
    name = f'<span class="file">{escape(row.file)}</span>'
    labels = [f'data-label="{escape(column)}"' for column in words.columns]  # shown where columns do not fit
    if line.document is None:
        about = f'<td class="name">{name}{_reason(frame, row)}</td>' + "<td></td>" * 4
    else:
        href = escape(frame.link("documents/read", file=row.file))
        about = (
            f'<td class="name"><a class="open" href="{href}">{_render_titles(words, line.document)}{name}</a>'
            f"{_reason(frame, row)}</td>"
            f'<td class="number" {labels[1]}>{len(line.document.articles)}</td>'
            f'<td class="regions" {labels[2]}>{_render_regions(line.chunks)}</td>'
            f'<td class="nowrap" {labels[3]}>{escape(show_years(line.chunks))}</td>'
            f'<td class="number" {labels[4]}>{len(line.chunks)}</td>'
        )
    return (
        f'<tr>{about}<td class="nowrap"><span class="tag standing {row.standing}">{escape(words.standings[row.standing])}</span></td>'
        f'<td class="nowrap">{_render_remove(words, row) if may_change and row.standing is not Standing.GONE else ""}</td></tr>'
    )


def _reason(frame: Frame, row: Row) -> str:
    if not row.reason:
        return ""
    told = escape(tell_reason(row.reason, frame.language))
    return f'<span class="reason" title="{escape(row.reason)}">{told}</span>'


def _render_titles(words: Words, document: Document) -> str:
    titles = list(dict.fromkeys(article.title for article in document.articles if article.title))
    shown = "".join(f"<span>{escape(title)}</span>" for title in titles[:TITLES_SHOWN] or [words.no_title])
    left = len(titles) - TITLES_SHOWN
    more = f'<span class="more">{escape(words.more.format(count=left))}</span>' if left > 0 else ""
    return f'<span class="titles" lang="zh-CN">{shown}{more}</span>'


def _render_regions(chunks: Sequence[Chunk]) -> str:
    names = list(dict.fromkeys(chunk.region.path[-1] for chunk in chunks if chunk.region is not None))
    if not names:
        return ""
    more = f" +{len(names) - REGIONS_SHOWN}" if len(names) > REGIONS_SHOWN else ""
    return f'<span lang="zh-CN" title="{escape("、".join(names))}">{escape("、".join(names[:REGIONS_SHOWN]))}{more}</span>'


def show_years(chunks: Sequence[Chunk]) -> str:
    """The years that passages mainly tell of, such as 2022—2024."""
    years = main_years(chunks)
    if not years:
        return ""
    return str(years[0]) if len(years) == 1 else f"{years[0]}—{years[-1]}"


def _render_remove(words: Words, row: Row) -> str:
    whole = row.removable
    label = words.remove_whole.format(file=whole)
    shown = words.remove if whole == row.file else label
    return render_remove(whole, label, words.remove_ask.format(file=whole), shown)


def _render_pager(frame: Frame, words: Words, view: View) -> str:
    if view.pages < 2:
        return ""

    def step(page: int, name: str) -> str:
        if not 1 <= page <= view.pages:
            return ""
        query: dict[str, str | int] = {"page": page} | ({"q": view.searched} if view.searched else {})
        return f'<a class="button small" href="{escape(frame.link("documents", **query))}">{escape(name)}</a>'

    told = words.page.format(page=view.page, pages=view.pages)
    return (
        f'<nav class="pager" aria-label="{escape(told)}">{step(view.page - 1, words.previous)}<span>{escape(told)}</span>'
        f"{step(view.page + 1, words.next)}</nav>"
    )
