"""Which of several things went up or down: those of a run of clauses that say so (衣着上涨0.9%，居住下降0.1%)."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rag.answering.lines import MAX_SPAN, Line
from rag.answering.phrases.scoring import Scorer, Sentence
from rag.answering.sentences import Piece, split_clauses, split_sentences
from rag.text import fold
from rag.types import Chunk

_FELL = r"下降|下跌|下滑|回落|减少|降低|负增长|跌|降"
_ROSE = r"上涨|上升|增长|增加|提高|回升|涨|升"
# Either way: how it is asked for, and how reports tell it.
_WAYS = (
    (re.compile(rf"{_FELL}|便宜"), re.compile(_FELL)),
    (re.compile(rf"{_ROSE}|贵了"), re.compile(_ROSE)),
)
_WHICH = re.compile(r"哪(?:几|些|两|三|四|五)(?:大)?(?:[类项个种样]|行业|指标|产品|商品|领域|门类)|哪些")
_MOST = re.compile(r"最|第[一二三]|居首|多少")
_ITEM = re.compile(
    rf"(?:其中[，,:：]?|分(?:类别|行业|门类)看[，,]?)?(?P<name>(?!全[年国省市县区])[^\s，,；;。\d]{{2,18}}?)(?:价格|增加值|投资)?(?:比上年|同比|分别)?(?P<way>{_FELL}|{_ROSE})\d[\d.]*(?:%|个百分点)"
)
# Fewer things side by side are no breakdown.
LEAST = 3
# Characters before a sentence in which what it breaks down is named.
_BEFORE = 60
# A run with less of the question's topic (by weight) breaks down something else; set by hand, not tuned.
LEAST_TOPIC = 0.3


def tell_movers(scorer: Scorer, sentences: Sequence[Sentence]) -> tuple[Line, ...]:
    """The clauses of a breakdown that tell of the way asked for; none where none is asked, or no report breaks it down."""
    way = _way_asked(scorer.folded)
    if way is None:
        return ()
    found: list[tuple[float, Line]] = []
    for chunk in dict.fromkeys(sentence.chunk for sentence in sentences):
        for piece in split_sentences(chunk.text):
            around = chunk.text[max(piece.start - _BEFORE, 0) : piece.end]
            share = scorer.topic_share(around)
            line = _line(chunk, piece, way, around)
            if line is not None and share >= LEAST_TOPIC:
                found.append((share, line))
    return (max(found, key=lambda each: each[0])[1],) if found else ()


def _way_asked(folded: str) -> re.Pattern[str] | None:
    """What tells the way that a folded question asks for; None where it asks for no way, or for both."""
    which = _WHICH.search(folded)
    if which is None or _MOST.search(folded):
        return None
    ways = [told for words, told in _WAYS if words.search(folded, which.end())]
    return ways[0] if len(ways) == 1 else None


def _line(chunk: Chunk, piece: Piece, way: re.Pattern[str], around: str) -> Line | None:
    """The items of a sentence that went that way, with … for the others; None where it is no breakdown."""
    items = list(_items(piece))
    moved = [clause for clause, told in items if way.fullmatch(told)]
    if len(items) < LEAST or not moved or moved[-1].end - moved[0].start > MAX_SPAN:
        return None
    parts = [moved[0].text]
    for before, clause in pairwise(moved):
        parts.append(f"{'，' if clause.start - before.end <= 1 else '…'}{clause.text}")
    start, end = moved[0].start, moved[-1].end
    return Line(chunk, start, end, 1.0, "".join(parts), around=around)


def _items(piece: Piece) -> Iterator[tuple[Piece, str]]:
    """The clauses of a sentence that say of one thing which way it went, placed in the passage, and the word for it."""
    for clause in split_clauses(piece.text):
        text = clause.text.strip("，,；;。、 \n")
        match = _ITEM.fullmatch(fold(text))
        if match:
            start = piece.start + clause.start + clause.text.index(text)
            yield Piece(text, start, start + len(text)), match["way"]
