"""Why an answer counted as it did, in words, and which part of it was expected."""

from collections.abc import Iterator

from eval.matching import find_spans, holds_any, remove_marks
from eval.measures import RECALL_AT, Outcome
from eval.metrics import find_verdict
from eval.questions import QuestionType

Piece = tuple[str, bool]
"""A piece of an answer, and whether it is what was expected."""


def explain(outcome: Outcome) -> tuple[str, ...]:
    """What is wrong with an answer, the gravest first; nothing when all is well."""
    return tuple(_faults(outcome))


def mark_expected(outcome: Outcome) -> tuple[Piece, ...]:
    """The answer in pieces, those marked that are an accepted answer or a key point."""
    question, text = outcome.question, outcome.response.text
    wordings = [*question.answers, *(wording for point in question.key_points for wording in point)]
    pieces: list[Piece] = []
    position = 0
    for start, end in find_spans(text, wordings):
        pieces += [(text[position:start], False), (text[start:end], True)]
        position = end
    pieces.append((text[position:], False))
    return tuple(piece for piece in pieces if piece[0])


def _faults(outcome: Outcome) -> Iterator[str]:
    question, response = outcome.question, outcome.response
    if response.error:
        yield f"no answer: {response.error}"
        return
    if outcome.right is False:
        yield from _wrongs(outcome)
    if outcome.other_year:
        yield f"tells of another year than {question.year}"
    if outcome.other_region:
        yield f"tells of another place than {question.region}"
    if outcome.right:
        yield from _weaknesses(outcome)
    if question.answerable:
        yield from _misses(outcome)


def _wrongs(outcome: Outcome) -> Iterator[str]:
    question, response = outcome.question, outcome.response
    text = remove_marks(response.text)
    if not question.answerable:
        yield (
            "the refusal shows a figure that it does not cite"
            if response.refused
            else "answered, though nothing is told"
        )
    elif response.refused:
        yield "refused, though the answer is told"
    elif question.type is QuestionType.YESNO:
        yield f"says {find_verdict(text) or 'neither yes nor no'}, where {question.verdict} is expected"
    elif question.key_points:
        missing = [point[0] for point in question.key_points if not holds_any(text, point)]
        yield f"{len(missing)} of {len(question.key_points)} key points missing: {'; '.join(missing)}"
    else:
        yield "no accepted answer stands in it"


def _weaknesses(outcome: Outcome) -> Iterator[str]:
    if outcome.brief is False:
        yield "right, but late in a long answer"
    if outcome.sharp is False:
        yield "right, but beside a rival figure or another year"
    if outcome.figure is False:
        yield "right, but another figure of that unit comes first"


def _misses(outcome: Outcome) -> Iterator[str]:
    if outcome.cited is False and not outcome.response.refused:
        yield "evidence is missing from the citations"
    late = [rank for rank in outcome.ranks if rank is None or rank > RECALL_AT[-2]]
    if late:
        found = ", ".join("not found" if rank is None else f"rank {rank}" for rank in late)
        yield f"evidence is not in the first {RECALL_AT[-2]} passages: {found}"
