"""Question sets: one JSON object a line, each line checked, each fault named by its line.

The format is told in `eval/questions/README.md`. Keys that are not known are left alone, so that a set can carry more.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from eval.lines import (
    BadLine,
    Problem,
    choose,
    need_list,
    need_text,
    need_texts,
    parse_object,
    read_lines,
    take_text,
)
from rag.errors import QuestionError
from rag.types import Turn

OWN_SET = Path(__file__).parent / "questions" / "seeds.jsonl"
"""The project's own questions, over the reports it ships with."""

MAX_MB = 64
"""A line has about 1 KB, so this is some 60,000 questions: hours of asking. Larger files are taken for a mistake."""

LANGUAGES = frozenset({"zh", "zh-Hant", "en"})
HELD = "held"
SPLITS = frozenset({"", "tune", HELD})
VERDICTS = frozenset({"yes", "no"})


class QuestionType(StrEnum):
    """What a question asks for. The last two are of public sets only: a run of words, and no more than documents."""

    NUMBER = "number"
    ENTITY = "entity"
    DEFINITION = "definition"
    LIST = "list"
    YESNO = "yesno"
    TEMPORAL = "temporal"
    REGION = "region"
    COMPARE = "compare"
    MULTIHOP = "multihop"
    UNANSWERABLE = "unanswerable"
    SUMMARY = "summary"
    SPAN = "span"
    SEARCH = "search"


WRITTEN = frozenset(QuestionType) - {QuestionType.SPAN, QuestionType.SEARCH}
"""The types that a question of our own format may have."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verbatim piece of a file. Quotes of one group are alternatives; different groups are all needed.

    An empty quote stands for the whole file, as in sets that judge documents; `grade` is how relevant it is.
    """

    file: str
    quote: str
    group: int
    grade: int = 1


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """A question with what is expected of its answer; `line` is where it stands in its file, counted from 1.

    `answers` are accepted short answers, any one will do; `key_points` are all needed, each a choice of wordings.
    `verdict` is yes or no for yesno, else empty. `split` is tune, held, or empty where a set is not split.
    """

    line: int
    id: str
    type: QuestionType
    text: str
    answers: tuple[str, ...] = ()
    key_points: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    history: tuple[Turn, ...] = ()
    language: str = "zh"
    style: str = ""
    region: str = ""
    year: str = ""
    verdict: str = ""
    split: str = ""
    note: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the reports hold the answer."""
        return self.type is not QuestionType.UNANSWERABLE

    @property
    def held(self) -> bool:
        """Whether nobody who tunes may look at it."""
        return self.split == HELD

    @property
    def groups(self) -> tuple[tuple[Evidence, ...], ...]:
        """Evidence by group, in order of group number."""
        numbers = sorted({evidence.group for evidence in self.evidence})
        return tuple(tuple(e for e in self.evidence if e.group == number) for number in numbers)


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """The questions of a file that can be used, in order, and what is wrong with its other lines."""

    questions: tuple[EvalQuestion, ...]
    problems: tuple[Problem, ...]


def read_questions(path: Path) -> QuestionSet:
    """The questions of a file.

    Raises QuestionError when it cannot be read, is larger than MAX_MB, or holds no usable question.
    """
    lines = read_lines(path, "questions", MAX_MB)
    return collect(path, ((number, partial(_read_question, number, line)) for number, line in lines))


def collect(
    path: Path, readers: Iterable[tuple[int, Callable[[], EvalQuestion]]], unit: str = "line"
) -> QuestionSet:
    """The questions that the readers give; those that raise BadLine, or whose id was there, become problems.

    Raises QuestionError when none is left.
    """
    questions: list[EvalQuestion] = []
    problems: list[Problem] = []
    places: dict[str, int] = {}
    for number, read in readers:
        try:
            question = read()
            if question.id in places:
                raise BadLine(f"id {question.id} stands already on {unit} {places[question.id]}")
        except BadLine as error:
            problems.append(Problem(number, str(error), unit))
        else:
            places[question.id] = number
            questions.append(question)
    if not questions:
        first = f" The first fault: {problems[0]}." if problems else " It is empty."
        raise QuestionError(f"{path} holds no question that can be used.{first}")
    return QuestionSet(tuple(questions), tuple(problems))


def check_quotes(questions: QuestionSet, texts: Mapping[str, str]) -> QuestionSet:
    """The set without the questions whose evidence is not in `texts` (file to decoded text), each named as a problem.

    The quote of a held question is not told.
    """
    kept: list[EvalQuestion] = []
    problems = list(questions.problems)
    for question in questions.questions:
        missing = [fault for e in question.evidence if (fault := _missing(e, texts, question.held))]
        if missing:
            problems.append(Problem(question.line, f"{question.id}: {'; '.join(missing)}"))
        else:
            kept.append(question)
    return replace(questions, questions=tuple(kept), problems=tuple(sorted(problems, key=lambda p: p.line)))


def _missing(evidence: Evidence, texts: Mapping[str, str], held: bool) -> str:
    """Why evidence cannot be found, or nothing."""
    if evidence.file not in texts:
        return f"no file {evidence.file}"
    if evidence.quote in texts[evidence.file]:
        return ""
    return f"{'a quote' if held else f'“{evidence.quote}”'} does not stand in {evidence.file}"


def _read_question(number: int, line: bytes) -> EvalQuestion:
    record = parse_object(line)
    question = EvalQuestion(
        line=number,
        id=need_text(record, "id"),
        type=QuestionType(choose(record, "type", WRITTEN, None)),
        text=need_text(record, "question"),
        answers=need_texts(record.get("answers", []), "answers"),
        key_points=tuple(
            _read_point(point) for point in need_list(record.get("key_points", []), "key_points")
        ),
        evidence=tuple(_read_evidence(item) for item in need_list(record.get("evidence", []), "evidence")),
        history=tuple(_read_turn(item) for item in need_list(record.get("history", []), "history")),
        language=choose(record, "lang", LANGUAGES, "zh"),
        style=take_text(record, "style"),
        region=take_text(record, "region"),
        year=take_text(record, "year"),
        verdict=choose(record, "verdict", VERDICTS | {""}, ""),
        split=choose(record, "split", SPLITS, ""),
        note=take_text(record, "note"),
    )
    _check_whole(question)
    return question


def _check_whole(question: EvalQuestion) -> None:
    """What is asked for is given: nothing for unanswerable, else an answer and evidence; a verdict for yesno alone."""
    given = bool(question.answers or question.key_points)
    if not question.answerable and (given or question.evidence):
        raise BadLine("an unanswerable question has no answers, key_points or evidence")
    if question.answerable and not given:
        raise BadLine("neither answers nor key_points")
    if question.answerable and not question.evidence:
        raise BadLine("no evidence: quote the words of a file that answer it")
    if (question.type is QuestionType.YESNO) != bool(question.verdict):
        raise BadLine('a yesno question has a "verdict" of yes or no, and no other question has one')


def _read_point(item: Any) -> tuple[str, ...]:
    wordings = need_texts(item, "key_points")
    if not wordings:
        raise BadLine('"key_points" holds something that is not a text')
    return wordings


def _read_evidence(item: Any) -> Evidence:
    if not isinstance(item, dict):
        raise BadLine('evidence is not {"file": "…", "quote": "…", "group": 1}')
    group = item.get("group", 1)
    if not isinstance(group, int) or isinstance(group, bool) or group < 1:
        raise BadLine(f"evidence group {group!r} is not a number from 1 up")
    return Evidence(need_text(item, "file"), need_text(item, "quote"), group)


def _read_turn(item: Any) -> Turn:
    if not isinstance(item, dict):
        raise BadLine('history is not a list of {"question": "…", "answer": "…"}')
    return Turn(need_text(item, "question"), need_text(item, "answer"))
