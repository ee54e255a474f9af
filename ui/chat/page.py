"""The frame of the chat page as HTML: top bar, first view, field to type in, list of documents, source view."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from rag.types import Citation, Document, Region
from ui.chat.answer_text import render_mark
from ui.chat.answer_view import render_path, render_tags
from ui.chat.conversation import Conversation
from ui.chat.document_view import render_document
from ui.chat.sources import stands
from ui.chat.survey import Entry, Survey
from ui.chat.texts import TEXTS, Texts
from ui.chat.writers import FIND, Writers
from ui.pages.navigation import CHAT, render_leave, render_navigation

REGIONS_SHOWN = 6
TITLES_SHOWN = 4
DOCUMENTS_SHOWN = 200

_NEW = '<svg class="only-phone" viewBox="0 0 20 20" aria-hidden="true"><path d="M10 4v12M4 10h12"/></svg>'
_SEND, _STOP, _CLOSE, _BACK, _KEPT = (
    f'<svg viewBox="0 0 20 20" aria-hidden="true"><path d="{path}"/></svg>'
    for path in (
        "M10 16V4M4.5 9.5 10 4l5.5 5.5",
        "M6 6h8v8H6z",
        "M5 5l10 10M15 5 5 15",
        "M12 5l-5 5 5 5",
        "M4 6.5V3.5M4 6.5h3M4 6.5A7 7 0 1 1 3 10M10 6.5V10l2.5 2",
    )
)


@dataclass(frozen=True, slots=True)
class Notice:
    """What is said before the first question; `words` after it lead to `link`. Nothing where `text` is empty."""

    text: str = ""
    link: str = ""
    words: str = ""


def render_banner(texts: Texts, writers: Writers, writer: str, *, has_token: bool = False) -> str:
    """The bar at the top: name, pages, who writes, sources (on a narrow screen), the other language, conversations kept,
    a new one, and the way out where the server has a token."""
    language = TEXTS[texts.other_language].other_language
    return (
        f'<h1 class="brand"><span class="seal" aria-hidden="true" lang="zh-CN">赣</span><span class="name">{escape(texts.name)}</span></h1>'
        f"{render_navigation(language, CHAT, '.')}"
        '<div class="actions">'
        f"{_render_writers(texts, writers, writer)}"
        f'<button type="button" class="quiet only-narrow" data-shelf>{escape(texts.documents)}</button>'
        f'<button type="button" class="quiet" data-language="{texts.other_language}">'
        f"{escape(texts.other_language_name)}</button>"
        f'<button type="button" class="quiet icon" data-kept aria-label="{escape(texts.kept)}" title="{escape(texts.kept)}">'
        f"{_KEPT}</button>"
        f'<button type="button" class="quiet" data-new title="{escape(texts.new_chat)}">{_NEW}'
        f'<span class="not-phone">{escape(texts.new_chat)}</span></button>'
        f"{render_leave(language, '.') if has_token else ''}</div>"
    )


def _render_writers(texts: Texts, writers: Writers, writer: str) -> str:
    """What writes the answers: the reports' own words, or a language model; the last choice looks for others."""
    choices = [("", texts.own_words), *((name, name) for name in writers.names)]
    choices += [(FIND, texts.find_models)] if writers.finds else []
    if len(choices) == 1:
        return ""
    options = "".join(
        f'<option value="{escape(value)}"{" selected" if value == writer else ""}>{escape(label)}</option>'
        for value, label in choices
    )
    return f'<select class="quiet writer" aria-label="{escape(texts.writer)}">{options}</select>'


def render_composer(texts: Texts, filters: str = "", notice: str = "") -> str:
    """Where questions are typed, with the row of filters below. What a lost connection is said with stands ready."""
    return (
        '<div class="field">'
        f'<textarea class="question-box" rows="1" aria-label="{escape(texts.ask)}" '
        f'placeholder="{escape(texts.ask)}" autocomplete="off" spellcheck="false" enterkeyhint="send"></textarea>'
        f'<button type="button" class="send" data-send aria-label="{escape(texts.send)}" title="{escape(texts.send)}">'
        f"{_SEND}</button>"
        f'<button type="button" class="stop" data-stop aria-label="{escape(texts.stop)}" title="{escape(texts.stop)}">'
        f"{_STOP}</button>"
        "</div>"
        f'<div class="below">{filters}<p class="hint">{escape(texts.ask_hint)}</p></div>'
        f'<p class="notice" role="alert" data-text="{escape(texts.connection_lost)}">{escape(notice)}</p>'
    )


def render_welcome(texts: Texts, covered: Survey, examples: Sequence[str], notice: Notice) -> str:
    """What is seen before the first question: what the corpus covers, a notice if there is one, what to ask."""
    buttons = "".join(
        f'<li><button type="button" class="example" data-ask>{escape(question)}</button></li>'
        for question in examples
    )
    asking = f'<h3>{escape(texts.examples)}</h3><ul class="examples">{buttons}</ul>' if buttons else ""
    return (
        f'<section class="welcome"><h2>{escape(texts.welcome)}</h2><p class="lead">{escape(texts.welcome_note)}</p>'
        f'<p class="covers">{_describe_coverage(texts, covered)}</p>{_render_notice(notice)}{asking}</section>'
    )


def _render_notice(notice: Notice) -> str:
    if not notice.text:
        return ""
    link = f'<a href="{escape(notice.link)}">{escape(notice.words)}</a>' if notice.link else ""
    return f'<p class="stale">{escape(notice.text)}{link}</p>'


def _describe_coverage(texts: Texts, covered: Survey) -> str:
    counts = texts.covers.format(documents=len(covered.entries), passages=covered.passages)
    parts = [counts]
    if covered.regions:
        parts.append(texts.covers_regions.format(regions=_name_regions(texts, covered.regions)))
    if covered.years:
        parts.append(texts.covers_years.format(years=_name_years(texts, covered.years)))
    return "".join(f"<span>{escape(part)}</span>" for part in parts)


def _name_regions(texts: Texts, regions: Sequence[Region]) -> str:
    names = texts.between_regions.join(region.path[-1] for region in regions[:REGIONS_SHOWN])
    return names + (texts.more_regions.format(count=len(regions)) if len(regions) > REGIONS_SHOWN else "")


def _name_years(texts: Texts, years: Sequence[int]) -> str:
    span = str(years[0]) if len(years) == 1 else f"{years[0]}—{years[-1]}"
    return texts.years.format(years=span)


def render_shelf(texts: Texts, covered: Survey) -> str:
    """Every document with its titles, to open and read."""
    items = "".join(_render_entry(texts, entry) for entry in covered.entries[:DOCUMENTS_SHOWN])
    left = len(covered.entries) - DOCUMENTS_SHOWN
    rest = f'<p class="meta">{escape(texts.documents_left.format(count=left))}</p>' if left > 0 else ""
    return (
        f'<div class="source-head"><h2>{escape(texts.documents)}</h2>{_render_close(texts)}</div>'
        f'<div class="source-body shelf" data-key="shelf"><p class="meta">{escape(texts.documents_note)}</p>'
        f'<ul class="entries">{items}</ul>{rest}</div>'
    )


def _render_entry(texts: Texts, entry: Entry) -> str:
    titles = "".join(f"<span>{escape(title)}</span>" for title in entry.titles[:TITLES_SHOWN])
    left = len(entry.titles) - TITLES_SHOWN
    more = f'<span class="more">{escape(texts.titles_left.format(count=left))}</span>' if left > 0 else ""
    facts = [texts.passages.format(count=entry.passages)]
    if entry.years:
        facts.insert(0, _name_years(texts, entry.years))
    return (
        f'<li><button type="button" class="entry" data-file="{escape(entry.file)}">'
        f'<span class="titles" lang="zh-CN">{titles}{more}</span>'
        f'<span class="facts">{"".join(f"""<span class="tag">{escape(fact)}</span>""" for fact in facts)}</span>'
        f'<span class="file">{escape(entry.file)}</span></button></li>'
    )


def _render_close(texts: Texts) -> str:
    label = escape(texts.close)
    return (
        f'<button type="button" class="quiet icon only-narrow" data-close aria-label="{label}" title="{label}">'
        f"{_CLOSE}</button>"
    )


def render_source(conversation: Conversation, document: Document) -> str:
    """The document that the conversation's place names, its cited span marked."""
    texts, place = conversation.texts, conversation.place
    cited = place.citation if place else None
    is_there = cited is not None and stands(cited, document)
    mark = (cited.start, cited.end) if cited and is_there else (0, 0)
    shown = render_document(document, mark, texts.page)
    cut = f'<p class="meta">{escape(texts.cut)}</p>' if shown.is_cut else ""
    moved = _render_moved(conversation.handling.moved, cited) if cited and not is_there else ""
    return (
        '<div class="source-head">'
        f'<button type="button" class="quiet back" data-shelf>{_BACK}{escape(texts.back)}</button>'
        f'<span class="file" title="{escape(document.file)}">{escape(document.file)}</span>{_render_close(texts)}</div>'
        f"{_render_chips(conversation)}"
        f'<div class="source-body document" lang="zh-CN" tabindex="0" role="region" '
        f'aria-label="{escape(texts.source)}" data-key="{escape(document.file)} {mark[0]} {mark[1]}">'
        f"{moved}{cut}{shown.html}</div>"
    )


def _render_moved(said: str, cited: Citation) -> str:
    return f'<div class="moved"><p class="meta">{escape(said)}</p><p>{escape(cited.text)}</p></div>'


def render_gone(conversation: Conversation, cited: Citation) -> str:
    """What a kept answer cites of a file that the index no longer holds."""
    texts = conversation.texts
    return (
        '<div class="source-head">'
        f'<button type="button" class="quiet back" data-shelf>{_BACK}{escape(texts.back)}</button>'
        f'<span class="file">{escape(cited.file)}</span>{_render_close(texts)}</div>{_render_chips(conversation)}'
        f'<div class="source-body document" lang="zh-CN" tabindex="0" role="region" '
        f'aria-label="{escape(texts.source)}" data-key="{escape(cited.file)}">'
        f"{_render_moved(texts.missing.format(file=cited.file), cited)}</div>"
    )


def _render_chips(conversation: Conversation) -> str:
    """The references of the exchange being read, to step through them, and where the marked one stands."""
    place = conversation.place
    if place is None or place.turn is None or place.citation is None:
        return ""
    chips = "".join(
        render_mark(place.turn, reference.n, reference.n == place.citation.n)
        for reference in conversation.exchanges[place.turn].references
    )
    tags = render_tags(place.citation, conversation.texts)
    return (
        f'<div class="chips" lang="zh-CN"><span class="marks">{chips}</span><span class="facts">{tags}</span>'
        f"{render_path(place.citation)}</div>"
    )
