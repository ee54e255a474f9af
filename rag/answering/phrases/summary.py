"""A summary: the telling clauses of the section or article that the question is about, or the cause it asks for."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answering.figures import find_figures
from rag.answering.lines import MAX_SPAN, Line
from rag.answering.phrases.clauses import clause_runs, to_line
from rag.answering.phrases.scoring import HEADING, PASSAGE, Article, Scorer, Sentence
from rag.answering.sentences import Piece, split_clauses, split_sentences
from rag.lexical import tokenize
from rag.text import fold
from rag.types import Chunk, Kind

# Characters of a summary as shown, of one line of it before there is room to spare, and lines. Of 5 and 6 lines, 45 and
# 70 characters, 6 and 45 had most of the tuning half and of our own further questions right (of 34: 24; 21 with 5, 70).
LENGTH, LONGEST_LINE = 390, 45
MOST_LINES = 6
# Shorter sentences (此外, a reporter's name) tell nothing.
SHORTEST = 10
# An article up to this length (characters) is told as a whole, a longer one by the section in question.
WHOLE_ARTICLE = 2_200
# What figures and names of their own are worth in a line, what a second line of one passage costs, and a plan where
# none is asked for (or a result where one is).
CONCRETE, CROWDED, WRONG_KIND = 0.3, 0.12, 0.3
_WHY = re.compile(r"为什么|为何|为啥|原因|怎么会|\bwhy\b")
_CAUSE = re.compile(
    r"因为|由于|主要(?:是|在于)|原因|得益于|旨在|之所以|为了|源于|在于|受.{2,16}影响|归功于|缘于|以便"
)
_OWN_NAME = re.compile(r"[“《][^”》]{2,24}[”》]")


_Key = tuple[str, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Told:
    """A sentence with its worth, the run of clauses of it that is shown, and its tokens."""

    sentence: Sentence
    run: Piece
    tokens: frozenset[str]


def summarise(scorer: Scorer, sentences: Sequence[Sentence], article: Article) -> tuple[Line, ...]:
    """Lines in reading order, at most LENGTH characters of them; none when no sentence fits."""
    if not sentences:
        return ()
    if _WHY.search(scorer.folded) and (cause := _cause(sentences)):
        return cause
    told = [
        _tell(scorer, chunk, piece) for chunk in _scope(scorer, sentences, article) for piece in _parts(chunk)
    ]
    return tuple(to_line(each.sentence, each.run) for each in _choose(told))


def _cause(sentences: Sequence[Sentence]) -> tuple[Line, ...]:
    """The clauses that tell the cause, from the best sentences that do."""
    for sentence in sentences[:8]:
        if match := _CAUSE.search(sentence.text):
            runs = [
                run for run in clause_runs(sentence.piece, 2 * LONGEST_LINE) if _within(match, sentence, run)
            ]
            if runs:
                return (to_line(sentence, max(runs, key=lambda run: len(run.text))),)
    return ()


def _within(match: re.Match[str], sentence: Sentence, run: Piece) -> bool:
    start = sentence.piece.start + match.start()
    return run.start <= start and start + len(match.group()) <= run.end


def _scope(scorer: Scorer, sentences: Sequence[Sentence], article: Article) -> list[Chunk]:
    """The passages to tell of: a short article, else the section that its best sentences stand in."""
    worth: dict[_Key, float] = defaultdict(float)
    homes: dict[_Key, list[Chunk]] = {}
    articles: dict[int, tuple[Chunk, ...]] = {}
    asks_plan = scorer.question.plan is True
    for sentence in sentences[:10]:
        chunk = sentence.chunk
        if chunk.id not in articles:
            articles |= dict.fromkeys((each.id for each in article(chunk)), tuple(article(chunk)))
        whole = articles[chunk.id]
        short = sum(len(each.text) for each in whole) <= WHOLE_ARTICLE
        key = (chunk.file, chunk.title, () if short else chunk.section)
        homes[key] = [each for each in whole if short or each.section == chunk.section]
        wrong = WRONG_KIND * ((chunk.kind is Kind.PLAN) != asks_plan)
        worth[key] = max(worth[key], sentence.score - wrong) + 0.1 * sentence.score
    return homes[max(worth, key=lambda key: worth[key])]


def _parts(chunk: Chunk) -> list[Piece]:
    """The sentences of a passage that are no headings and say something."""
    headings = {_bare(heading) for heading in (chunk.title, *chunk.section)}
    return [
        piece
        for piece in split_sentences(chunk.text)
        if len(_bare(piece.text)) >= SHORTEST and _bare(piece.text) not in headings
    ]


def _bare(text: str) -> str:
    return text.strip(" \n\u3000。：:（）()")


def _tell(scorer: Scorer, chunk: Chunk, piece: Piece) -> _Told:
    """The run of clauses of a sentence that tells most, and its worth."""
    runs = list(clause_runs(piece, LONGEST_LINE)) or [piece]
    run = max(runs, key=lambda each: _tells(scorer, each.text) + 0.002 * min(len(each.text), LONGEST_LINE))
    own = scorer.topic_share(piece.text)
    headings = max(scorer.topic_share(" ".join((*chunk.section, piece.text))) - own, 0.0)
    passage = max(scorer.topic_share(" ".join((*chunk.section, chunk.text))) - own - headings, 0.0)
    worth = own + HEADING * headings + PASSAGE * passage + CONCRETE * _concrete(piece.text)
    return _Told(Sentence(chunk, piece, round(worth, 6)), run, frozenset(tokenize(piece.text)))


def _tells(scorer: Scorer, text: str) -> float:
    return scorer.topic_share(text) + CONCRETE * _concrete(text)


def _concrete(text: str) -> float:
    """How concrete a text is, 0 to 1: figures with a unit and names in quotes."""
    found = sum(bool(figure.unit) for figure in find_figures(fold(text))) + len(_OWN_NAME.findall(text))
    return min(found, 3) / 3


def _choose(told: Sequence[_Told]) -> list[_Told]:
    """The lines worth most, each less for every line of its passage and for words that are told already."""
    chosen: list[_Told] = []
    rest = list(told)
    room = LENGTH
    while rest and len(chosen) < MOST_LINES:
        best = max(rest, key=lambda each: _gain(each, chosen))
        rest.remove(best)
        if len(best.run.text) <= room:
            chosen.append(best)
            room -= len(best.run.text) + 1
    return sorted(_fill(chosen, room), key=lambda each: (each.sentence.chunk.start, each.run.start))


def _fill(chosen: Sequence[_Told], room: int) -> list[_Told]:
    """The lines, each in its turn with one more clause of its sentence, as long as there is room."""
    lines = list(chosen)
    growing = True
    while growing:
        growing = False
        for place, told in enumerate(lines):
            wider = _grow(told, room)
            room -= len(wider.run.text) - len(told.run.text)
            growing = growing or wider is not told
            lines[place] = wider
    return lines


def _grow(told: _Told, room: int) -> _Told:
    """The line with the clause after it, else with the one before it, where there is room; else as it is."""
    base, text = told.sentence.piece.start, told.sentence.text
    start, end = told.run.start - base, told.run.end - base
    for clause in sorted(split_clauses(text), key=lambda clause: clause.start != end):
        if clause.start == end or clause.end == start:
            first, last = min(start, clause.start), max(end, clause.end)
            if last - first - len(told.run.text) <= room and last - first <= MAX_SPAN:
                return replace(told, run=Piece(text[first:last], base + first, base + last))
    return told


def _gain(told: _Told, chosen: Sequence[_Told]) -> float:
    beside = sum(each.sentence.chunk.id == told.sentence.chunk.id for each in chosen)
    known = frozenset().union(*(each.tokens for each in chosen)) if chosen else frozenset()
    repeated = len(told.tokens & known) / max(len(told.tokens), 1)
    return told.sentence.score - CROWDED * beside - 0.4 * repeated
