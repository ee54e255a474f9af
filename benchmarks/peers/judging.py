"""Answers of the small model judged: right, cited, resting on evidence, and figures that stand nowhere."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from eval.matching import contains, remove_marks
from eval.metrics import is_cited, is_right
from eval.questions import EvalQuestion
from eval.responses import Response
from rag.answering.figures import Figure, find_figures
from rag.text import fold

SEED = 20231122

# The words in which models say that the passages do not tell, folded.
_UNTOLD = re.compile(
    r"(?:没有|未|并未|并没有|不)(?:明确|直接|具体)?(?:提到|提及|提供|说明|包含|给出|找到|涉及|披露|列出|显示)"
    r"|没有(?:相关|关于|足够|任何|具体|明确)|无法(?:确定|回答|得知|提供|找到|判断|给出|直接)|不(?:知道|清楚|确定|足以)"
    r"|don't know|do not know|does not|do not|doesn't|don't (?:have|see|find)|not (?:mention|provid|contain|specif|stat|given|avail)"
    r"|no (?:information|mention|specific|data)|cannot|can't|unable|unknown"
)
# Numbers of a list that the answer itself writes are no figures.
_ITEM = re.compile(r"^\s*(?:\d{1,2}[.、)](?!\d)|\(\d{1,2}\))", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer judged. `cited` and `given` are None where the reports do not tell.

    `cited` is that of our own evaluation (spans of at most 300 characters hold all evidence); `given`, that all evidence
    stands in the passages that the answer was drawn from; `loose` are figures in none of them, nor in the question.
    """

    question: EvalQuestion
    response: Response
    right: bool
    cited: bool | None
    given: bool | None
    loose: tuple[str, ...]


def judge(question: EvalQuestion, response: Response, refused: bool | None) -> Judged:
    """Judge an answer; where the peer does not say whether it refused (None), its words tell.

    Only of a question that the reports do not answer: an answer that holds what is asked for is right, whatever it adds.
    """
    if refused is None:
        says_no = not question.answerable and bool(_UNTOLD.search(fold(response.text)))
        response = replace(response, refused=says_no)
    # Where nothing is cited, a refusal may show figures of the passages it was given.
    lenient = response if response.citations else replace(response, citations=response.passages)
    return Judged(
        question,
        response,
        right=is_right(question, lenient),
        cited=is_cited(question, response) if question.answerable else None,
        given=_is_given(question, response) if question.answerable else None,
        loose=find_loose(question, response),
    )


def find_loose(question: EvalQuestion, response: Response) -> tuple[str, ...]:
    """The figures of an answer, as written, that stand neither in its sources nor in the question.

    Its sources are what it cites, else the passages that it was given. A figure stands there by value and unit; by its
    value alone where the answer or the source writes no unit that our parser knows. Either end of a range will do.
    """
    sources = response.citations or response.passages
    known = {end for text in (question.text, *(e.text for e in sources)) for end in _ends(fold(text))}
    amounts, values = {(end.measure, end.amount) for end in known}, {end.value for end in known}
    bare = {end.value for end in known if not end.measure}
    text = _ITEM.sub("", fold(remove_marks(response.text)))
    return tuple(
        text[figure.start : figure.end]
        for figure in find_figures(text)
        if not any(
            (end.measure, end.amount) in amounts or end.value in (bare if end.measure else values)
            for end in _both(figure)
        )
    )


@dataclass(frozen=True, slots=True)
class _End:
    """A figure, or an end of a range: the value as written, what its unit measures, and how much of that it is."""

    value: Decimal
    measure: str
    amount: Decimal


def _ends(text: str) -> tuple[_End, ...]:
    return tuple(end for figure in find_figures(text) for end in _both(figure))


def _both(figure: Figure) -> tuple[_End, ...]:
    measure, amount, upper, _ = figure.amount
    first = _End(figure.value, measure, amount)
    if figure.upper is None or upper is None:
        return (first,)
    return (first, _End(figure.upper, measure, upper))


def _is_given(question: EvalQuestion, response: Response) -> bool:
    return all(
        any(p.file == e.file and contains(p.text, e.quote) for p in response.passages for e in group)
        for group in question.groups
    )


def stratify(questions: Sequence[EvalQuestion], count: int) -> tuple[EvalQuestion, ...]:
    """`count` of the questions, drawn with a fixed seed: each type once, then in proportion; in the order of the set."""
    by_type: dict[str, list[EvalQuestion]] = defaultdict(list)
    for question in questions:
        by_type[question.type].append(question)
    draw = random.Random(SEED)
    for name in sorted(by_type):
        draw.shuffle(by_type[name])
    taken: Counter[str] = Counter()
    for _ in range(min(count, len(questions))):
        left = [name for name in sorted(by_type) if taken[name] < len(by_type[name])]
        taken[
            max(left, key=lambda n: (not taken[n], len(by_type[n]) * count / len(questions) - taken[n]))
        ] += 1
    chosen = {q.id for name, number in taken.items() for q in by_type[name][:number]}
    return tuple(question for question in questions if question.id in chosen)
