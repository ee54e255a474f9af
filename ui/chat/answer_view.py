"""Questions and their answers as HTML: everything escaped, the marks `[n]` of citations as buttons."""

import re
from collections.abc import Sequence
from html import escape

from rag.assistant import BACKEND
from rag.types import Answer, Citation
from ui.chat.actions import render_actions
from ui.chat.answer_text import AnswerText
from ui.chat.conversation import Conversation, Exchange
from ui.chat.handling_texts import Handling
from ui.chat.holdings import render_held
from ui.chat.texts import Texts

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def render_exchanges(conversation: Conversation) -> str:
    """The conversation so far, oldest first."""
    return "".join(
        _render_exchange(turn, exchange, conversation) for turn, exchange in enumerate(conversation.exchanges)
    )


def _render_exchange(turn: int, exchange: Exchange, conversation: Conversation) -> str:
    texts = conversation.texts
    lang = _tell_language(exchange.question)
    scope = f'<p class="scope">{escape(exchange.scope)}</p>' if exchange.scope else ""
    return (
        f'<article class="exchange" data-exchange="{turn}">'
        f'<h2 class="question" lang="{lang}"><span class="sr-only">{escape(texts.you_asked)} </span>{escape(exchange.question)}</h2>'
        f"{scope}{_render_reply(turn, exchange, conversation)}</article>"
    )


def _render_reply(turn: int, exchange: Exchange, conversation: Conversation) -> str:
    texts, handling, active = conversation.texts, conversation.handling, _active(turn, conversation)
    growing = AnswerText(turn, handling)
    if exchange.error:
        return f'<div class="answer failed" role="alert"><p>{escape(exchange.error)}</p></div>'
    if exchange.stopped:
        shown = growing.render(exchange.text)
        return f'<div class="answer">{shown}</div><p class="meta">{escape(texts.stopped)}</p>'
    if exchange.answer is None:
        waiting = f'<p class="waiting" role="status">{escape(texts.answering)}<i></i><i></i><i></i></p>'
        shown = growing.render(exchange.text) if exchange.text else waiting
        return f'<div class="answer" data-pending>{shown}</div>{_render_note(exchange.note)}'
    answer, references = exchange.answer, exchange.references
    refused = " refused" if answer.refused else ""
    known = {citation.n for citation in answer.citations}
    shown = AnswerText(turn, handling, known, active, answer.checks).render(answer.text)
    held = render_held(texts, handling, exchange.held, turn) if exchange.held else ""
    told = handling.tell_withheld(answer.withheld) if answer.withheld else ""
    withheld = f'<p class="meta withheld">{escape(told)}</p>' if told else ""
    is_last = turn == len(conversation.exchanges) - 1
    return (
        f"{_render_understood(texts, answer)}"
        f'<div class="answer{refused}" lang="{_tell_language(answer.text)}">{shown}</div>'
        f"{held}{withheld}"
        f"{_render_references(turn, references, texts.closest if answer.refused else texts.sources, active, texts)}"
        f"{_render_note(answer.note)}"
        f'<p class="meta">{escape(_describe(exchange, answer, texts, handling))}</p>'
        f"{render_actions(turn, exchange, handling, is_last=is_last)}"
    )


def _tell_language(text: str) -> str:
    """What a text is read aloud and drawn as: Chinese where it holds any."""
    return "zh-CN" if _CHINESE.search(text) else "en"


def _describe(exchange: Exchange, answer: Answer, texts: Texts, handling: Handling) -> str:
    """How many figures were checked, the language model that wrote it, if one did, how long it took, and its age."""
    parts = [handling.checked.format(count=len(answer.checks))] if answer.checks else []
    parts += [answer.backend] if answer.backend != BACKEND else []
    parts.append(texts.seconds.format(seconds=f"{answer.seconds:.2f}"))
    parts += [handling.older] if exchange.older else []
    return " · ".join(parts)


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
