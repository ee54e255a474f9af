"""What of an article a summary tells of: the part under the heading that the question names, else a short article whole."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.answering.phrases.scoring import HEADING, Article, Scorer, Sentence
from rag.answering.sentences import Piece, split_sentences
from rag.types import Chunk, Kind

# An article without numbered headings and up to this length (characters) is told as a whole where none is asked for.
WHOLE_ARTICLE = 2_200
# A heading with this much of the question's topic (by weight) is what it asks of; set by hand.
HEADED = 0.5
# Sentences that say which articles and passages are looked at.
LOOKED_AT = 10
# What a plan loses where none is asked for, or a result where one is.
WRONG_KIND = 0.3
# How the headings of a report are numbered, outermost first; one without a number stands below the first three.
_STYLES = tuple(
    re.compile(style)
    for style in (
        r"[一二三四五六七八九十]{1,3}、",
        r"[（(][一二三四五六七八九十]{1,3}[）)]",
        r"\d{1,2}[.．、](?!\d)",
    )
)
_ITEM = re.compile(r"[一二三四五六七八九十]{1,3}(?:是|要)(?!否)|第[一二三四五六七八九十][，、]")
# The longest numbered heading, and a first sentence that heads its paragraph in a report with headings.
LONGEST_HEAD = 60
_LEAD = re.compile(r"[^，,。；;：:\d]{4,24}。")
_UNNUMBERED, _ITEMS, _BODY = 4, 5, 9
# Rows of tables and lines of fields (成文日期：…  浏览次数：…) tell nothing in a summary.
_FIELD = re.compile(r"(?:^|\s)[\u4e00-\u9fff]{2,6}[：:]")


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence of a passage, placed in it, and the headings within paragraphs that it stands under."""

    chunk: Chunk
    piece: Piece
    headings: str = ""


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph with its heading (a first sentence that heads it, or empty) and the heading's depth."""

    chunk: Chunk
    sentences: tuple[Piece, ...]
    heading: str
    depth: int


def find_scope(scorer: Scorer, sentences: Sequence[Sentence], article: Article) -> list[Part]:
    """The sentences to tell from, in reading order; no headings are among them."""
    home = _home(scorer, sentences)
    whole = [each for each in article(home) if each.kind is not Kind.NOTE or home.kind is Kind.NOTE]
    paragraphs = [paragraph for chunk in whole for paragraph in _paragraphs(chunk)]
    chosen = _under_heading(scorer, paragraphs)
    if not chosen:
        short = sum(len(each.text) for each in whole) <= WHOLE_ARTICLE
        plain = not any(_depth(heading) < _UNNUMBERED for chunk in whole for heading in chunk.section)
        chosen = [
            paragraph
            for paragraph in paragraphs
            if (short and plain) or paragraph.chunk.section == home.section
        ]
    return [
        Part(each.chunk, piece, each.heading or chosen[0].heading)
        for each in chosen
        for piece in each.sentences
        if not _is_row(piece.text.strip())
    ]


def _is_row(text: str) -> bool:
    return text.startswith("|") or (len(_FIELD.findall(text)) > 1 and not re.search(r"[，。；]", text))


def _home(scorer: Scorer, sentences: Sequence[Sentence]) -> Chunk:
    """The passage whose article and section the best sentences stand in."""
    worth: dict[tuple[str, str, tuple[str, ...]], float] = defaultdict(float)
    first: dict[tuple[str, str, tuple[str, ...]], Chunk] = {}
    asks_plan = scorer.question.plan is True
    for sentence in sentences[:LOOKED_AT]:
        chunk = sentence.chunk
        key = (chunk.file, chunk.title, chunk.section)
        first.setdefault(key, chunk)
        wrong = WRONG_KIND * ((chunk.kind is Kind.PLAN) != asks_plan)
        worth[key] = max(worth[key], sentence.score - wrong) + 0.1 * sentence.score
    return first[max(worth, key=lambda key: worth[key])]


def _paragraphs(chunk: Chunk) -> Iterable[_Paragraph]:
    """The paragraphs of a passage with what heads each; a paragraph that only repeats a heading has no sentences."""
    start = 0
    headings = {_bare(heading) for heading in (chunk.title, *chunk.section)}
    for line in chunk.text.splitlines(keepends=True):
        pieces = [Piece(p.text, p.start + start, p.end + start) for p in split_sentences(line)]
        start += len(line)
        if not pieces:
            continue
        first = pieces[0].text.strip()
        depth = _depth(first)
        numbered = depth < _UNNUMBERED and len(first) <= LONGEST_HEAD
        lead = bool(chunk.section) and len(pieces) > 1 and _LEAD.fullmatch(first) is not None
        is_head = numbered or lead or depth == _ITEMS or _bare(first) in headings
        depth = depth if is_head else _BODY
        body = tuple(p for p in pieces[is_head and depth != _ITEMS :] if _bare(p.text) not in headings)
        yield _Paragraph(chunk, body, first if is_head else "", depth)


def _depth(heading: str) -> int:
    if _ITEM.match(heading):
        return _ITEMS
    return next((depth for depth, style in enumerate(_STYLES, start=1) if style.match(heading)), _UNNUMBERED)


def _under_heading(scorer: Scorer, paragraphs: Sequence[_Paragraph]) -> list[_Paragraph]:
    """The paragraphs under the heading that holds most of the topic, up to the next of its depth; none where none does."""
    best, most = -1, 0.0
    for place, paragraph in enumerate(paragraphs):
        is_title = _bare(paragraph.heading) == _bare(paragraph.chunk.title)
        own = 0.0 if is_title else scorer.topic_share(paragraph.heading)
        if own < HEADED or not _fits_period(scorer, paragraph.chunk):
            continue
        above = scorer.topic_share(" ".join((*paragraph.chunk.section, paragraph.heading))) - own
        worth = own + HEADING * above - 0.01 * paragraph.depth
        if worth > most:
            best, most = place, worth
    if best < 0:
        return []
    depth = paragraphs[best].depth
    end = next(
        (
            i
            for i in range(best + 1, len(paragraphs))
            if paragraphs[i].heading and paragraphs[i].depth <= depth
        ),
        len(paragraphs),
    )
    return list(paragraphs[best:end])


def _fits_period(scorer: Scorer, chunk: Chunk) -> bool:
    periods = [slot.period for slot in scorer.question.slots if slot.period is not None]
    return not periods or chunk.period is None or any(chunk.period.overlaps(period) for period in periods)


def _bare(text: str) -> str:
    return text.strip(" \n\u3000。：:（）()")
