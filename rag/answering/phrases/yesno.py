"""Yes or no: the clauses that decide such a question, and the word that its answer begins with."""

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.answering.lines import Line
from rag.answering.phrases.claimed import asks_year_before, way_told
from rag.answering.phrases.clauses import best_clauses
from rag.answering.phrases.scoring import Scorer, Sentence
from rag.answering.phrases.supposed import last_figure
from rag.answering.phrases.verdict import FIRST_ASKED, RESULT, TARGET, decide, is_reached
from rag.answering.phrases.within import compare_within
from rag.lexical import tokenize
from rag.question import is_yes_or_no
from rag.synonyms import name_groups
from rag.text import fold
from rag.types import AnswerKind, Kind, Question

# What decides a question beside its own words: a figure, which way it went, whether it is done.
_DECIDING: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(asked), re.compile(answer))
    for asked, answer in (
        (
            r"(?:达到|达成|完成|实现|没到)[^,。?]{0,12}(?:目标|任务|计划|预期)|(?:目标|任务|计划|预期)[^,。?]{0,6}(?:达到|达成|完成|实现)",
            r"(?:未|没有?)能?(?:达到|达成|完成|实现)[^,，。]{0,14}(?:目标|任务|计划|预期)|(?:目标|任务|计划)的\d|(?:低于|高于|超过|不及)[^,，。]{0,8}(?:目标|预期|计划|任务)",
        ),
        (
            r"(?:恢复|回|赶|追|超)[到上过]?[^,。?]{0,4}(?:19|20)\d\d年",
            r"(?:为|到|至|于)(?:19|20)\d\d年(?:同期|全年)?的?\d[\d.]*%",
        ),
        (
            r"跑赢|(?:高于|低于|快于|慢于|超过|领先|落后于?|好于|优于)[^,。]{0,4}(?:全[国省市区县]|平均)",
            r"(?:高于|低于|快于|慢于|超过|领先|落后|好于|优于|高出)[^,。]{0,6}(?:全[国省市区县]|平均)",
        ),
        (
            r"涨|跌|降|升|增|减|提高|扩大|(?:比|较).{1,8}(?:高|低|多|少|快|慢|大|小|好|差)|\b(?:rise|rose|grow|grew|fall|fell|drop|increase|decrease|decline)",
            r"上升|下降|增长|增加|减少|提高|降低|新增|净增|回升|回落|扩大|持平|压减|同比|翻番|逐年",
        ),
        (r"首|头一|第[一二三四五六七八九十\d]|唯一|最(?!美)", r"首|第[一二三四五六七八九十\d]|唯一|率先|最"),
        (
            r"\d(?![\da年月日级])|超过|突破|达到|[一二两三四五六七八九十]成",
            r"\d[\d.,]*(?:%|万|亿|(?![年月日])[\u4e00-\u9fff])",
        ),
        (
            r"都|全部|所有|完成|实现|通车|开通|建成|开工|投产|落实|兑现|解决|整改|批",
            r"已(?!成立)|全部|完成|实现|办结|通车|开通|建成|开工|投产|投用|兑现|争取|力争|加快|推进|未|尚|获批|\d+[\u4e00-\u9fff]",
        ),
        (r"免费|收费|花钱|自费|要钱|付费|备案|门票", r"免|无需|不用|自费|收费"),
    )
)
# A line with less of the question's words (by number, its grammar counted) is shown without a verdict.
LEAST_WORDS = 0.15
# What explains a term, or plans, seldom decides whether something was done; set by hand, not tuned.
NOTE_COST, PLAN_COST = 0.25, 0.1
_GREATER = re.compile(
    r"高|多|大|快|好|长|涨|升|增|超过|\b(?:higher|more|greater|larger|bigger|faster|longer|exceed|rise|rose|grow|grew|increase)"
)
_LESS = re.compile(
    r"低|少|小|慢|差|短|跌|降|减|\b(?:lower|less|fewer|smaller|slower|shorter|below|fall|fell|drop|decrease|decline)"
)


def deciding(scorer: Scorer, sentences: Sequence[Sentence]) -> tuple[Line, ...]:
    """The clauses that decide a yes-or-no question."""
    kind = next((answer for asked, answer in _DECIDING if asked.search(scorer.folded)), None)
    costs = {Kind.NOTE: NOTE_COST} if scorer.question.plan else {Kind.NOTE: NOTE_COST, Kind.PLAN: PLAN_COST}
    weighed = [replace(each, score=each.score - costs.get(each.chunk.kind, 0.0)) for each in sentences]
    return best_clauses(scorer, sorted(weighed, key=lambda each: -each.score), kind)


def word(question_language: str, verdict: bool) -> str:
    """The first word of the answer, in the question's language."""
    if question_language == "en":
        return "Yes, " if verdict else "No, "
    return "是，" if verdict else "否，"


def opening(question: Question, lines: Sequence[Line]) -> str:
    """The word that the answer to a yes-or-no question begins with; empty where the lines do not decide it."""
    if not lines or not is_yes_or_no(fold(question.understood)):
        return ""
    if question.kind is AnswerKind.YESNO and len(lines) == 1 and not _bears_on(question, lines[0]):
        return ""
    told = "".join(fold(line.text) for line in lines)
    if len(lines) == 1 and asks_year_before(question) and not (way_told(told) or "持平" in told):
        return ""  # a level alone says nothing of the year before
    if (reached := _reaches(question, lines)) is not None:
        return word(question.language, reached)
    if question.kind is AnswerKind.COMPARISON or len(lines) == 2:
        asked = fold(question.understood)
        if len(lines) == 1 and FIRST_ASKED.search(asked):
            return word(question.language, decide(question, lines[0]))
        decided = _by_comparison(asked, lines)
        return "" if decided is None else word(question.language, decided)
    return word(question.language, decide(question, lines[0])) if question.kind is AnswerKind.YESNO else ""


def _reaches(question: Question, lines: Sequence[Line]) -> bool | None:
    """Whether the second of two lines, a result, reaches the target of the first; None of any other lines."""
    if [line.label for line in lines] != [TARGET, RESULT]:
        return None
    target, result = (line.figure for line in lines)
    return None if target is None or result is None else is_reached(fold(question.understood), target, result)


def _bears_on(question: Question, line: Line) -> bool:
    """Whether a line holds enough of the question's words to decide it; translated words say little of that."""
    words = set(tokenize(question.topic))
    about = set(tokenize(" ".join((line.source, line.around, *line.chunk.section))))
    if question.language == "en" or len(words & about) >= LEAST_WORDS * len(words):
        return True
    return bool(name_groups(fold(question.topic)) & name_groups(fold(line.around)))


def _by_comparison(asked: str, lines: Sequence[Line]) -> bool | None:
    """Whether the first of two things compared has the higher (or lower) figure, as the question supposes."""
    figures = [figure for line in lines if (figure := last_figure(line)) is not None]
    if len(lines) == 1:
        return compare_within(asked, fold(lines[0].around))
    if len(lines) != 2 or len(figures) != 2 or figures[0].unit != figures[1].unit:
        return None
    first, second = figures[0].value, figures[1].value
    if _LESS.search(asked):
        return first < second
    return first > second if _GREATER.search(asked) else None
