"""A summary: the telling clauses of the section or article that the question is about, or the cause it asks for."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.answering.clauses import clause_runs, to_line
from rag.answering.figures import find_figures
from rag.answering.line import Line
from rag.answering.scoring import HEADING, Scorer, Sentence
from rag.answering.sentences import Piece, split_sentences, trim
from rag.lexical import tokenize
from rag.text import fold
from rag.types import Chunk

# Characters of a summary as shown, and of one line of it.
LENGTH, LONGEST_LINE = 390, 78
MOST_LINES = 6
# An article up to this length (characters) is told as a whole, a longer one by the section in question.
WHOLE_ARTICLE = 2_200
# What figures and names of their own are worth in a line, and what a second line of one passage costs.
CONCRETE, CROWDED = 0.3, 0.12
_WHY = re.compile(r"为什么|为何|为啥|原因|怎么会|\bwhy\b")
_CAUSE = re.compile(r"因为|由于|主要(?:是|在于)|原因|得益于|旨在|之所以|为了|源于|在于|受.{2,16}影响|归功于|缘于|以便")
_OWN_NAME = re.compile(r"[“《][^”》]{2,24}[”》]")

Article = Callable[[Chunk], Sequence[Chunk]]


@dataclass(frozen=True, slots=True)
class _Told:
    """A line that may go into the summary."""

    line: Line
    worth: float
    tokens: frozenset[str]


def summarise(scorer: Scorer, sentences: Sequence[Sentence], article: Article) -> tuple[Line, ...]:
    """Lines in reading order, at most LENGTH characters of them; none when no sentence fits."""
    if not sentences:
        return ()
    if _WHY.search(scorer.folded) and (cause := _cause(sentences)):
        return cause
    chunks = _scope(sentences, article)
    told = [_tell(scorer, chunk, piece, place == 0) for chunk in chunks for place, piece in enumerate(_parts(chunk))]
    return tuple(each.line for each in _choose(told))


def _cause(sentences: Sequence[Sentence]) -> tuple[Line, ...]:
    """The clauses that tell the cause, from the best sentences that do."""
    for sentence in sentences[:8]:
        if match := _CAUSE.search(sentence.text):
            runs = [run for run in clause_runs(sentence.piece, 2 * LONGEST_LINE) if _within(match, sentence, run)]
            if runs:
                return (to_line(sentence, max(runs, key=lambda run: len(run.text))),)
    return ()


def _within(match: re.Match[str], sentence: Sentence, run: Piece) -> bool:
    start = sentence.piece.start + match.start()
    return run.start <= start and start + len(match.group()) <= run.end


def _scope(sentences: Sequence[Sentence], article: Article) -> list[Chunk]:
    """The passages to tell of: a short article, else the section that its best sentences stand in."""
    worth: dict[tuple[str, str, tuple[str, ...]], float] = defaultdict(float)
    homes: dict[tuple[str, str, tuple[str, ...]], list[Chunk]] = {}
    for sentence in sentences[:10]:
        chunk = sentence.chunk
        whole = list(article(chunk))
        short = sum(len(each.text) for each in whole) <= WHOLE_ARTICLE
        key = (chunk.file, chunk.title, () if short else chunk.section)
        homes[key] = whole if short else [each for each in whole if each.section == chunk.section]
        worth[key] = max(worth[key], sentence.score) + 0.1 * sentence.score
    best = max(worth, key=lambda key: worth[key])
    return homes[best]


def _parts(chunk: Chunk) -> list[Piece]:
    """The sentences of a passage without its headings."""
    return [piece for piece in split_sentences(chunk.text) if not piece.text.endswith("\n") or len(piece.text) > 40]


def _tell(scorer: Scorer, chunk: Chunk, piece: Piece, leads: bool) -> _Told:
    """The run of clauses of a sentence that tells most, and its worth."""
    context = scorer.covered(" ".join((chunk.title, *chunk.section)))
    runs = list(clause_runs(piece, LONGEST_LINE)) or [piece]
    run = max(runs, key=lambda each: scorer.share(scorer.covered(each.text)) + CONCRETE * _concrete(each.text) - 0.001 * len(each.text))
    own = scorer.covered(piece.text)
    worth = scorer.share(own) + HEADING * scorer.share(context - own) + CONCRETE * _concrete(run.text) + 0.05 * leads
    line = to_line(Sentence(chunk, piece, round(worth, 6)), run)
    return _Told(line, worth, frozenset(tokenize(run.text)))


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
        if len(trim(Piece(best.line.text, 0, len(best.line.text))).text) <= room:
            chosen.append(best)
            room -= len(best.line.text) + 1
    return sorted(chosen, key=lambda each: (each.line.chunk.start, each.line.start))


def _gain(told: _Told, chosen: Sequence[_Told]) -> float:
    beside = sum(each.line.chunk.id == told.line.chunk.id for each in chosen)
    known = frozenset().union(*(each.tokens for each in chosen)) if chosen else frozenset()
    repeated = len(told.tokens & known) / max(len(told.tokens), 1)
    return told.worth - CROWDED * beside - 0.4 * repeated
