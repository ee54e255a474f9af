"""The measures, each a pure function of a question and what was answered. `eval/questions/README.md` tells them in words."""

import math
import re
from collections.abc import Sequence
from decimal import Decimal

from eval.matching import begins_with, contains, holds_any, normalise, remove_marks
from eval.questions import EvalQuestion, Evidence, QuestionType
from eval.responses import Excerpt, Response
from rag.answering.figures import find_figures
from rag.corpus.table_lines import is_table_row

BRIEF = 120
"""Characters within which a short answer has to come."""
BRIEF_LONG = 400
"""The same for a list, definition, summary or comparison."""
MAX_CITED = 300
"""Characters of a cited span; a longer one does not point at its evidence."""
MAX_PASSAGE = 600
"""Characters at which passages are cut, so that larger ones find no more."""

_LONG = frozenset({QuestionType.LIST, QuestionType.DEFINITION, QuestionType.SUMMARY, QuestionType.COMPARE})
# Multihop is not among them: an answer that is computed shows what it was computed from.
_FIGURES = frozenset({QuestionType.NUMBER, QuestionType.TEMPORAL, QuestionType.REGION})
_VERDICTS = {
    "yes": ("是", "是的", "对", "对的", "有", "有的", "会", "会的", "能", "能的", "可以", "要", "需要", "已经", "正确", "yes"),
    "no": ("不是", "否", "不", "不对", "没有", "没", "不会", "不能", "不可以", "不用", "不要", "不需要", "并非", "不正确", "no"),
}  # fmt: skip
_FIRST_WORD = re.compile(r"\s*(?P<word>[^\W\d_]+)")
_SCALES = (1, 10**4, 10**8)
"""What a head may say of all figures below it: 万元, 亿元."""
_YEAR = re.compile(r"(?<![\d.])(?:19|20)\d\d(?=年|[-—–~至到/])|(?<=[-—–~至到/])(?:19|20)\d\d(?![\d.])")


def is_right(question: EvalQuestion, response: Response) -> bool:
    """Whether it is answered: an accepted answer or every key point stands in the text; refused where nothing is told.

    A yesno question is judged by the answer's first word alone. A refusal offers figures only if it cites them.
    """
    if not question.answerable:
        return response.refused and not _has_loose_figure(question, response)
    return not response.refused and _answers(question, remove_marks(response.text))


def is_brief(question: EvalQuestion, response: Response) -> bool:
    """Whether an answerable question is right within the first BRIEF characters (BRIEF_LONG for the long types)."""
    limit = BRIEF_LONG if question.type in _LONG else BRIEF
    return not response.refused and _answers(question, remove_marks(response.text)[:limit])


def asks_figure(question: EvalQuestion) -> bool:
    """Whether the answer is a figure: the question is of such a type, and its first accepted answer is written in digits."""
    return question.type in _FIGURES and bool(question.answers) and bool(_figures(question.answers[0]))


def is_sharp(question: EvalQuestion, response: Response) -> bool:
    """Whether a figure question is right with no rival figure of the same unit and no other year beside it.

    Figures and years that the question itself names are no rivals.
    """
    text = remove_marks(response.text)
    return is_right(question, response) and not _rivals(question, text) and not _other_years(question, text)


def is_cited(question: EvalQuestion, response: Response) -> bool:
    """Whether every group of evidence stands in a cited span."""
    return not response.refused and all(
        any(_carries(question, citation, evidence) for citation in response.citations for evidence in group)
        for group in question.groups
    )


def has_figure(question: EvalQuestion, response: Response) -> bool:
    """Whether the first figure shown in the unit asked for is an accepted one, by value: 14.7万 is 147000."""
    accepted = {figure for answer in question.answers for figure in _figures(answer)}
    units = {unit for _, unit in accepted}
    shown = [figure for figure in _figures(remove_marks(response.text)) if figure[1] in units]
    return not response.refused and bool(shown) and shown[0] in accepted


def count_supporting(question: EvalQuestion, response: Response) -> int:
    """Number of citations that carry evidence: precision is their share of all citations."""
    return sum(
        any(_carries(question, citation, evidence) for evidence in question.evidence)
        for citation in response.citations
    )


def find_ranks(question: EvalQuestion, passages: Sequence[Excerpt]) -> tuple[int | None, ...]:
    """For each group of evidence the rank, from 1, of the first passage it stands in, cut at MAX_PASSAGE; or None.

    Where documents are asked for, each counts once, at its first passage.
    """
    if question.type is QuestionType.SEARCH:
        first = {passage.file: passage for passage in reversed(passages)}
        passages = [first[file] for file in dict.fromkeys(passage.file for passage in passages)]
    cut = [(passage.file, normalise(passage.text[:MAX_PASSAGE])) for passage in passages]
    return tuple(_find_rank(group, cut) for group in question.groups)


def recall(question: EvalQuestion, ranks: Sequence[int | None], k: int) -> float:
    """Recall@k of one question: whether every group of evidence stands in the first k passages.

    Where documents are asked for, the share of the relevant ones among the first k.
    """
    found = [rank is not None and rank <= k for rank in ranks]
    return sum(found) / len(found) if question.type is QuestionType.SEARCH else float(all(found))


def reciprocal_rank(ranks: Sequence[int | None]) -> float:
    """1 / rank of the first passage with any evidence, 0 when there is none; its mean is the MRR."""
    found = [rank for rank in ranks if rank is not None]
    return 1 / min(found) if found else 0.0


def gain(question: EvalQuestion, ranks: Sequence[int | None], k: int = 10) -> float:
    """nDCG@k of one question: the sum of grade / log2(rank + 1) over that of the best order.

    Each group of evidence counts once, at the first passage that holds it; at most 1, where one passage holds several.
    """
    grades = [max(evidence.grade for evidence in group) for group in question.groups]
    places = [rank for rank in ranks if rank is not None and rank <= k]
    gains = [grade for grade, rank in zip(grades, ranks, strict=True) if rank is not None and rank <= k]
    best = _discounted(sorted(grades, reverse=True)[:k], range(1, k + 1))
    return min(_discounted(gains, places) / best, 1.0) if best else 0.0


def find_verdict(text: str) -> str:
    """The yes or no that a text's first word says, else empty."""
    word = _first_word(text)
    return next((verdict for verdict, words in _VERDICTS.items() if word in words), "")


def _answers(question: EvalQuestion, text: str) -> bool:
    if question.type is QuestionType.YESNO:
        verdict = find_verdict(text)
        return (
            verdict == question.verdict
            if verdict
            else any(begins_with(text, word) for word in question.answers)
        )
    if holds_any(text, question.answers):
        return True
    return bool(question.key_points) and all(holds_any(text, point) for point in question.key_points)


def _discounted(gains: Sequence[int], ranks: Sequence[int]) -> float:
    return sum(each / math.log2(rank + 1) for each, rank in zip(gains, ranks, strict=False))


def _first_word(text: str) -> str:
    """The first run of letters, as far as the first comma, stop or blank."""
    match = _FIRST_WORD.match(remove_marks(text))
    return normalise(match["word"]) if match else ""


def _carries(question: EvalQuestion, citation: Excerpt, evidence: Evidence) -> bool:
    """Whether a cited span holds the quote, or is a part of it that holds all that the quote tells of the answer."""
    if citation.file != evidence.file or len(citation.text) > MAX_CITED:
        return False
    if contains(citation.text, evidence.quote):
        return True
    told = [point for point in (*question.key_points, question.answers) if holds_any(evidence.quote, point)]
    return (
        bool(normalise(citation.text))
        and contains(evidence.quote, citation.text)
        and bool(told)
        and all(holds_any(citation.text, point) for point in told)
    )


def _find_rank(group: Sequence[Evidence], passages: Sequence[tuple[str, str]]) -> int | None:
    quotes = [(evidence.file, normalise(evidence.quote)) for evidence in group]
    for rank, (file, text) in enumerate(passages, start=1):
        if any(file == quoted and quote in text for quoted, quote in quotes):
            return rank
    return None


def _figures(text: str) -> tuple[tuple[str, str], ...]:
    """Figures written in digits, as (value, unit); calendar years are left out."""
    text = normalise(text)
    years = {match.start() for match in _YEAR.finditer(text)}
    found = [(text[figure.start : figure.end], figure) for figure in find_figures(text)]
    return tuple(
        (f"{figure.value.normalize():f}", figure.unit)
        for shown, figure in found
        if any(character.isdigit() for character in shown)
        and not any(figure.start <= year < figure.end for year in years)
    )


def _rivals(question: EvalQuestion, text: str) -> bool:
    """Whether a text holds another figure of the unit asked for than those accepted or named in the question."""
    accepted = {figure for answer in question.answers for figure in _figures(answer)}
    units = {unit for _, unit in accepted if unit} or {""}
    values = {value for value, _ in accepted} | {value for value, _ in _figures(question.text)}
    return any(unit in units and value not in values for value, unit in _figures(text))


def _other_years(question: EvalQuestion, text: str) -> bool:
    """Whether a text names a year that neither the question nor an accepted answer does."""
    known = " ".join((question.text, *question.answers))
    asked = set(_YEAR.findall(normalise(known))) | set(
        re.findall(r"(?:19|20)\d\d", f"{known} {question.year}")
    )
    return bool(asked) and bool(set(_YEAR.findall(normalise(text))) - asked)


def _has_loose_figure(question: EvalQuestion, response: Response) -> bool:
    """Whether a refusal shows a figure that is neither cited nor in the question; dates of what is held are free.

    A cell of a table holds a figure without its unit and scale, which stand in the head.
    """
    known = {
        figure for text in (question.text, *(c.text for c in response.citations)) for figure in _figures(text)
    }
    shown = {
        (value, unit) for value, unit in _figures(remove_marks(response.text)) if unit not in {"月", "日"}
    }
    cells = {figure for c in response.citations if is_table_row(c.text) for figure in _figures(c.text)}
    bare = {Decimal(value) * scale for value, unit in cells if not unit for scale in _SCALES}
    return any((value, unit) not in known and Decimal(value) not in bare for value, unit in shown)
