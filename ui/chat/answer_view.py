"""Questions and their answers as HTML: everything escaped, the marks `[n]` of citations as buttons."""

import re
from collections.abc import Container, Sequence
from html import escape

from rag.assistant import BACKEND
from rag.types import Answer, Citation
from ui.chat.conversation import Conversation, Exchange
from ui.chat.texts import Texts

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_MARK = re.compile(r"\[(\d{1,3})\]")
_MARKS = re.compile(rf"(?P<before>\S?)(?P<marks>(?:{_MARK.pattern})+)")


def render_exchanges(conversation: Conversation) -> str:
    """The conversation so far, oldest first."""
    return "".join(
        _render_exchange(turn, exchange, conversation) for turn, exchange in enumerate(conversation.exchanges)
    )


def _render_exchange(turn: int, exchange: Exchange, conversation: Conversation) -> str:
    texts = conversation.texts
    lang = "zh-CN" if _CHINESE.search(exchange.question) else "en"
    return (
        f'<article class="exchange" data-exchange="{turn}">'
        f'<h2 class="question" lang="{lang}"><span class="sr-only">{escape(texts.you_asked)} </span>{escape(exchange.question)}</h2>'
        f"{_render_reply(turn, exchange, conversation)}</article>"
    )


def _render_reply(turn: int, exchange: Exchange, conversation: Conversation) -> str:
    texts, active = conversation.texts, _active(turn, conversation)
    if exchange.error:
        return f'<div class="answer failed" role="alert"><p>{escape(exchange.error)}</p></div>'
    if exchange.stopped:
        shown = _render_answer(turn, exchange.text, (), active)
        return f'<div class="answer">{shown}</div><p class="meta">{escape(texts.stopped)}</p>'
    if exchange.answer is None:
        waiting = f'<p class="waiting" role="status">{escape(texts.answering)}<i></i><i></i><i></i></p>'
        shown = _render_answer(turn, exchange.text, (), active) if exchange.text else waiting
        return f'<div class="answer" data-pending>{shown}</div>{_render_note(exchange.note)}'
    answer, references = exchange.answer, exchange.references
    refused = " refused" if answer.refused else ""
    shown = _render_answer(turn, answer.text, {citation.n for citation in answer.citations}, active)
    return (
        f"{_render_understood(texts, answer)}"
        f'<div class="answer{refused}" lang="zh-CN">{shown}</div>'
        f"{_render_references(turn, references, texts.closest if answer.refused else texts.sources, active, texts)}"
        f"{_render_note(answer.note)}"
        f'<p class="meta">{escape(_describe(answer, texts))}</p>'
    )


def _describe(answer: Answer, texts: Texts) -> str:
    """The language model that wrote it, if one did, and how long it took."""
    seconds = texts.seconds.format(seconds=f"{answer.seconds:.2f}")
    return seconds if answer.backend == BACKEND else f"{answer.backend} · {seconds}"


def _render_note(note: str) -> str:
    return f'<p class="meta note" role="status">{escape(note)}</p>' if note else ""


def _active(turn: int, conversation: Conversation) -> int | None:
    """The reference of this exchange that the source view shows."""
    place = conversation.place
    return place.citation.n if place and place.citation and place.turn == turn else None


def _render_understood(texts: Texts, answer: Answer) -> str:
    if not answer.understood or answer.understood == answer.question:
        return ""
    return f'<p class="understood">{escape(texts.understood.format(question=answer.understood))}</p>'


def _render_answer(turn: int, text: str, known: Container[int], active: int | None) -> str:
    """Paragraphs of escaped text; a mark `[n]` of a known citation is a button, any other is text."""
    paragraphs = [line for line in text.splitlines() if line.strip()]
    return "".join(f"<p>{_render_marks(turn, line, known, active)}</p>" for line in paragraphs)


def _render_marks(turn: int, text: str, known: Container[int], active: int | None) -> str:
    """The text escaped; marks stay on the line of the character they follow."""
    parts: list[str] = []
    position = 0
    for run in _MARKS.finditer(text):
        parts.append(escape(text[position : run.start()]))
        marks = (int(n) for n in _MARK.findall(run["marks"]))
        shown = "".join(render_mark(turn, n, n == active) if n in known else f"[{n}]" for n in marks)
        parts.append(f'<span class="tied">{escape(run["before"])}{shown}</span>')
        position = run.end()
    return "".join(parts) + escape(text[position:])


def render_mark(turn: int, n: int, active: bool) -> str:
    """The mark `[n]` as a button that opens the source; `active` when it is open."""
    pressed = "true" if active else "false"
    return f'<button type="button" class="mark" data-turn="{turn}" data-n="{n}" aria-pressed="{pressed}">[{n}]</button>'


def _render_references(
    turn: int, references: Sequence[Citation], heading: str, active: int | None, texts: Texts
) -> str:
    if not references:
        return ""
    items = "".join(_render_reference(turn, citation, citation.n == active, texts) for citation in references)
    return f'<section class="references"><h3>{escape(heading)}</h3><ol>{items}</ol></section>'


def _render_reference(turn: int, citation: Citation, active: bool, texts: Texts) -> str:
    return (
        f'<li><button type="button" class="reference" data-turn="{turn}" data-n="{citation.n}" '
        f'aria-pressed="{"true" if active else "false"}" title="{escape(texts.open_source.format(n=citation.n))}">'
        f'<span class="number">{citation.n}</span><span class="body" lang="zh-CN">'
        f'<span class="quote">{escape(citation.text)}</span>{render_path(citation)}'
        f'<span class="facts">{render_tags(citation, texts)}<span class="file">{escape(citation.file)}</span></span>'
        f"</span></button></li>"
    )


def render_path(citation: Citation) -> str:
    """Title and section of a citation, outermost first."""
    path = dict.fromkeys(part for part in (citation.title, *citation.section) if part)
    return f'<span class="path">{escape(" › ".join(path))}</span>'


def render_tags(citation: Citation, texts: Texts) -> str:
    """Region, period, kind and page of a citation, as far as they are known."""
    facts = (
        citation.region.path[-1] if citation.region else "",
        citation.period.label if citation.period else "",
        texts.kinds[citation.kind],
        texts.page.format(page=citation.page) if citation.page is not None else "",
    )
    return "".join(f'<span class="tag">{escape(fact)}</span>' for fact in facts if fact)
