"""The clauses of a sentence that answer: those that share most with the question and hold what it asks for."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.answering.lines import MAX_SPAN, Line
from rag.answering.phrases.scoring import Scorer, Sentence, row_line
from rag.answering.sentences import Piece, split_clauses, trim
from rag.answering.tables import is_row
from rag.text import fold
from rag.types import Kind

# The longest run of clauses shown as a short answer, so that it is read at a glance.
SHORT = 110
# A sentence up to this length, and a note that fits a span, is cited whole around the clauses shown.
WHOLE_SENTENCE = 160
# What holding the kind of thing asked for is worth, and what a character of the run costs; beside a share of at most 1.
HELD, CHARACTER = 0.25, 0.002
# Sentences that are looked at, best first.
LOOKED_AT = 12

_SAID_OF = re.compile(r"\s*(?:是|为|系|均为|也是|居|位居|位列|成为|低于|高于|快于|慢于|不及)")
# What may stand between it and its subject: 甲业142.6万吨，增长5.4%，是拉动增长的最主要行业.
_MOVED_ONLY = re.compile(r"\s*(?:同比|比上年)?(?:增长|下降|上升|提高|减少|增加)[\d.]+[^，,。]{1,4}[，,]?\s*")


@dataclass(frozen=True, slots=True)
class _Run:
    """A run of clauses of a sentence and how well it answers."""

    sentence: Sentence
    piece: Piece
    score: float


def best_clauses(
    scorer: Scorer, sentences: Sequence[Sentence], kind: re.Pattern[str] | None, named: str = ""
) -> tuple[Line, ...]:
    """The best run of clauses as a line; `kind` is what an answer of the kind asked for looks like, where known.

    What stands in `named` (the folded question) is no answer of that kind.
    """
    runs = [run for sentence in sentences[:LOOKED_AT] if (run := _best_run(scorer, sentence, kind, named))]
    if not runs:
        return ()
    best = max(runs, key=lambda run: (run.score, -run.sentence.chunk.id, -run.piece.start))
    return (to_line(best.sentence, with_subject(best.sentence.piece, best.piece)),)


def with_subject(sentence: Piece, run: Piece) -> Piece:
    """A run of clauses that begins with what is said of something (是最主要的行业), grown to the clause that names it."""
    clauses = split_clauses(sentence.text)
    first = next((n for n, clause in enumerate(clauses) if sentence.start + clause.start >= run.start), 0)
    if not _SAID_OF.match(run.text):
        return run
    while first:
        first -= 1
        if not _MOVED_ONLY.fullmatch(clauses[first].text):
            break
    start = sentence.start + clauses[first].start
    whole = Piece(sentence.text[clauses[first].start : run.end - sentence.start], start, run.end)
    return whole if len(whole.text) <= WHOLE_SENTENCE else run


def clause_runs(sentence: Piece, longest: int = SHORT) -> Iterable[Piece]:
    """Runs of up to four neighbouring clauses, placed as the sentence is; longer ones than `longest` only alone."""
    clauses = split_clauses(sentence.text)
    for first in range(len(clauses)):
        for last in range(first, min(first + 4, len(clauses))):
            start, end = clauses[first].start, clauses[last].end
            if end - start > longest and last > first:
                break
            yield Piece(sentence.text[start:end], sentence.start + start, sentence.start + end)


def to_line(sentence: Sentence, run: Piece) -> Line:
    """The line that shows a run of clauses and cites its sentence where that is short, else the run.

    A short note is shown whole.
    """
    if is_row(sentence.piece, sentence.chunk):
        return row_line(sentence, run.text.strip(" ，,"))
    shown, whole = trim(run), sentence.piece
    left = len(whole.text) - len(whole.text.lstrip())
    start, end = whole.start + left, whole.start + len(whole.text.rstrip())
    if end - start > (MAX_SPAN if sentence.chunk.kind is Kind.NOTE else WHOLE_SENTENCE):
        start, end = shown.start, min(shown.end, shown.start + MAX_SPAN)
    if sentence.chunk.kind is Kind.NOTE and end - start <= SHORT:
        shown = Piece(sentence.chunk.text[start:end], start, end)
    text = shown.text[:MAX_SPAN] if (shown.start, shown.end) != (start, end) else ""
    return Line(sentence.chunk, start, end, sentence.score, text, around=sentence.text)


def _best_run(scorer: Scorer, sentence: Sentence, kind: re.Pattern[str] | None, named: str) -> _Run | None:
    """The run that shares most with the question, holds the kind of thing asked for, and says something new."""
    best: _Run | None = None
    worth = 0.0
    for piece in clause_runs(sentence.piece):
        if not scorer.adds(piece.text):
            continue
        held = HELD * _holds(kind, piece.text, named)
        score = scorer.share(scorer.covered(piece.text)) + held - CHARACTER * len(piece.text)
        if best is None or score > worth:
            best, worth = _Run(sentence, piece, sentence.score + held), score
    return best


def _holds(kind: re.Pattern[str] | None, text: str, named: str) -> bool:
    """Whether a text holds a thing of a kind that is not named already."""
    if kind is None:
        return False
    return any(match.group().strip(",。;:、“”( \n") not in named for match in kind.finditer(fold(text)))
