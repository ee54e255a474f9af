"""A summary: the telling clauses of the section or article that the question is about, or the cause it asks for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answering.figures import find_figures
from rag.answering.lines import MAX_SPAN, Line
from rag.answering.phrases.clauses import clause_runs, to_line
from rag.answering.phrases.scope import Part, find_scope
from rag.answering.phrases.scoring import HEADING, PASSAGE, Article, Scorer, Sentence, as_line
from rag.answering.sentences import Piece, split_clauses
from rag.lexical import tokenize
from rag.text import fold

# Characters of a summary as shown, of one line of it before there is room to spare, and lines. Of 5 and 6 lines, 45 and
# 70 characters, 6 and 45 had most of the tuning half and of our own further questions right (of 34: 24; 21 with 5, 70).
LENGTH, LONGEST_LINE = 390, 45
MOST_LINES = 7
# Shorter sentences (此外, a reporter's name) tell nothing.
SHORTEST = 10
# What figures and names of their own are worth in a line, and what a line loses that is somebody's own words.
CONCRETE, SPOKEN = 0.3, 0.3
_WHY = re.compile(r"为什么|为何|为啥|原因|怎么会|\bwhy\b")
_CAUSE = re.compile(
    r"因为|由于|主要(?:是|在于)|原因|得益于|旨在|之所以|为了|源于|在于|受.{2,16}影响|归功于|缘于|以便"
)
_SPOKEN = re.compile(r"“[^”]{12,}”?[。！]?$|“.{12,}[。！]”?$")
_OWN_NAME = re.compile(r"[“《][^”》]{2,24}[”》]")


@dataclass(frozen=True, slots=True)
class _Told:
    """A sentence with its worth, the run of clauses of it that is shown, and its tokens."""

    sentence: Sentence
    run: Piece
    tokens: frozenset[str]
    headings: str = ""


def summarise(scorer: Scorer, sentences: Sequence[Sentence], article: Article) -> tuple[Line, ...]:
    """Lines in reading order, at most LENGTH characters of them; none when no sentence fits."""
    if not sentences:
        return ()
    if _WHY.search(scorer.folded) and (cause := _cause(sentences)):
        return cause
    part = [each for each in sentences if scorer.names_part(each.text, each.chunk)]
    if part and not any(scorer.is_of_place(each.chunk) for each in sentences):
        return _of_part(part)
    told = [
        _tell(scorer, part)
        for part in find_scope(scorer, sentences, article)
        if len(part.piece.text.strip()) >= SHORTEST
    ]
    return tuple(_line(each) for each in _choose(told))


def _of_part(sentences: Sequence[Sentence]) -> tuple[Line, ...]:
    """What a wider report says of a place: the sentences that name it, in reading order."""
    best = sorted(sentences[:MOST_LINES], key=lambda each: (each.chunk.id, each.piece.start))
    lines: list[Line] = []
    for line in map(as_line, best):
        if lines and sum(each.end - each.start for each in (*lines, line)) > LENGTH:
            break
        lines.append(line)
    return tuple(lines)


def _line(told: _Told) -> Line:
    """The line that shows it; the heading within its paragraph is told with its sentence."""
    line = to_line(told.sentence, told.run)
    return replace(line, around=f"{told.headings}{line.around}")


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


def _tell(scorer: Scorer, part: Part) -> _Told:
    """The run of clauses of a sentence that tells most, and its worth."""
    chunk, piece = part.chunk, part.piece
    runs = list(clause_runs(piece, LONGEST_LINE)) or [piece]
    run = max(runs, key=lambda each: _tells(scorer, each.text) + 0.002 * min(len(each.text), LONGEST_LINE))
    own = scorer.topic_share(piece.text)
    headings = max(scorer.topic_share(" ".join((*chunk.section, piece.text))) - own, 0.0)
    passage = max(scorer.topic_share(" ".join((*chunk.section, chunk.text))) - own - headings, 0.0)
    worth = own + HEADING * headings + PASSAGE * passage + CONCRETE * _concrete(piece.text)
    worth -= SPOKEN * bool(_SPOKEN.match(piece.text.strip()))
    return _Told(Sentence(chunk, piece, round(worth, 6)), run, frozenset(tokenize(piece.text)), part.headings)


def _tells(scorer: Scorer, text: str) -> float:
    return scorer.topic_share(text) + CONCRETE * _concrete(text)


def _concrete(text: str) -> float:
    """How concrete a text is, 0 to 1: figures with a unit and names in quotes."""
    found = sum(bool(figure.unit) for figure in find_figures(fold(text))) + len(_OWN_NAME.findall(text))
    return min(found, 3) / 3


def _choose(told: Sequence[_Told]) -> list[_Told]:
    """The lines worth most, each less for words that are told already."""
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
    known = frozenset().union(*(each.tokens for each in chosen)) if chosen else frozenset()
    repeated = len(told.tokens & known) / max(len(told.tokens), 1)
    return told.sentence.score - 0.4 * repeated
