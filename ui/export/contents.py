"""What both forms of an exported conversation say: each exchange in its order, and the reports it cites."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.types import Citation
from ui.chat.conversation import Exchange
from ui.chat.handling_texts import Handling
from ui.chat.holdings import tell_held
from ui.chat.sources import Source, refer
from ui.chat.texts import Texts

_MARK = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class Part:
    """A run of words, and the texts of the footnotes that follow it."""

    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One exchange: the question, what is said about it before and after the answer, the answer by paragraphs.

    `closest` are the passages that came nearest to a refused question, each with its footnote.
    """

    question: str
    about: tuple[str, ...]
    paragraphs: tuple[tuple[Part, ...], ...]
    closest: tuple[Part, ...]
    remarks: tuple[str, ...]


def collect(exchanges: Sequence[Exchange], texts: Texts, handling: Handling) -> tuple[Section, ...]:
    """The sections of an export, in the words of one language."""
    return tuple(_section(exchange, texts, handling) for exchange in exchanges)


def _section(exchange: Exchange, texts: Texts, handling: Handling) -> Section:
    answer = exchange.answer
    about = [handling.asked_on.format(date=f"{exchange.asked:%Y-%m-%d %H:%M}"), exchange.scope]
    remarks: list[str] = []
    if answer is None:
        text = exchange.text or exchange.error
        remarks += [texts.stopped] if exchange.stopped else []
    else:
        text = answer.text
        if answer.understood and answer.understood != answer.question:
            about.append(texts.understood.format(question=answer.understood))
        remarks += tell_held(texts, handling, exchange.held) if exchange.held else []
        remarks += [handling.tell_withheld(answer.withheld)] if answer.withheld else []
        remarks += [answer.note]
        remarks += [handling.checked.format(count=len(answer.checks))] if answer.checks else []
    notes = {
        citation.n: f"{refer(citation, source)} “{citation.text}”" for citation, source in _cited(exchange)
    }
    marked = answer is not None and bool(answer.citations)
    return Section(
        question=" ".join(exchange.question.split()),
        about=tuple(filter(None, about)),
        paragraphs=tuple(
            tuple(_split(line, notes if marked else {})) for line in text.splitlines() if line.strip()
        ),
        closest=()
        if marked
        else tuple(Part(citation.text, (refer(citation, source),)) for citation, source in _cited(exchange)),
        remarks=tuple(filter(None, remarks)),
    )


def _cited(exchange: Exchange) -> Iterator[tuple[Citation, Source]]:
    references = exchange.references
    sources = exchange.sources if len(exchange.sources) == len(references) else (Source(),) * len(references)
    yield from zip(references, sources, strict=True)


def _split(line: str, notes: dict[int, str]) -> Iterator[Part]:
    """The words of a line up to each mark, with the footnotes of the marks that follow them; other marks are words."""
    words = ""
    found: list[str] = []
    position = 0
    for mark in _MARK.finditer(line):
        between = line[position : mark.start()]
        note = notes.get(int(mark[1]))
        if found and (between or note is None):
            yield Part(words, tuple(found))
            words, found = "", []
        words += between if note is not None else between + mark.group()
        found += [note] if note is not None else []
        position = mark.end()
    rest = line[position:]
    if found and rest:
        yield Part(words, tuple(found))
        yield Part(rest)
    else:
        yield Part(words + rest, tuple(found))


def list_references(exchanges: Sequence[Exchange]) -> tuple[str, ...]:
    """Each report that is cited, once, in the order of its first citation (GB/T 7714, without pages)."""
    references = (refer(c, source, with_page=False) for each in exchanges for c, source in _cited(each))
    return tuple(dict.fromkeys(references))
