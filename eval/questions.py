"""Question sets: one JSON object a line, each line checked, each fault named by its line.

The format is told in `eval/questions/README.md`. Keys that are not known are left alone, so that a set can carry more.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from rag.errors import QuestionError
from rag.types import Turn

OWN_SET = Path(__file__).parent / "questions" / "seeds.jsonl"
"""The project's own questions, over the reports it ships with."""

MAX_MB = 64
"""A line has about 1 KB, so this is some 60,000 questions: hours of asking. Larger files are taken for a mistake."""

LANGUAGES = frozenset({"zh", "zh-Hant", "en"})
SPLITS = frozenset({"", "tune", "held"})
VERDICTS = frozenset({"yes", "no"})


class QuestionType(StrEnum):
    """What a question asks for."""

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


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verbatim piece of a file. Quotes of one group are alternatives; different groups are all needed."""

    file: str
    quote: str
    group: int


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
    def groups(self) -> tuple[tuple[Evidence, ...], ...]:
        """Evidence by group, in order of group number."""
        numbers = sorted({evidence.group for evidence in self.evidence})
        return tuple(tuple(e for e in self.evidence if e.group == number) for number in numbers)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one line of a file, counted from 1."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """The questions of a file that can be used, in order, and what is wrong with its other lines."""

    questions: tuple[EvalQuestion, ...]
    problems: tuple[Problem, ...]


class _BadLine(ValueError):
    """One line cannot be used; its text says why."""


def read_questions(path: Path) -> QuestionSet:
    """The questions of a file.

    Raises QuestionError when it cannot be read, is larger than MAX_MB, or holds no usable question.
    """
    questions: list[EvalQuestion] = []
    problems: list[Problem] = []
    lines: dict[str, int] = {}
    for number, line in _read_lines(path):
        try:
            question = _read_question(number, line)
            if question.id in lines:
                raise _BadLine(f"id {question.id} stands already on line {lines[question.id]}")
        except _BadLine as error:
            problems.append(Problem(number, str(error)))
        else:
            lines[question.id] = number
            questions.append(question)
    if not questions:
        first = f" The first fault: {problems[0]}." if problems else " It is empty."
        raise QuestionError(f"{path} holds no question that can be used.{first}")
    return QuestionSet(tuple(questions), tuple(problems))


def check_quotes(questions: QuestionSet, texts: Mapping[str, str]) -> QuestionSet:
    """The set without the questions whose evidence is not in `texts` (file to decoded text), each named as a problem."""
    kept: list[EvalQuestion] = []
    problems = list(questions.problems)
    for question in questions.questions:
        missing = [fault for evidence in question.evidence if (fault := _missing(evidence, texts))]
        if missing:
            problems.append(Problem(question.line, f"{question.id}: {'; '.join(missing)}"))
        else:
            kept.append(question)
    return replace(questions, questions=tuple(kept), problems=tuple(sorted(problems, key=lambda p: p.line)))


def _missing(evidence: Evidence, texts: Mapping[str, str]) -> str:
    """Why evidence cannot be found, or nothing."""
    if evidence.file not in texts:
        return f"no file {evidence.file}"
    return (
        ""
        if evidence.quote in texts[evidence.file]
        else f"“{evidence.quote}” does not stand in {evidence.file}"
    )


def _read_lines(path: Path) -> Iterable[tuple[int, bytes]]:
    """Lines that are not blank, with their numbers."""
    try:
        megabytes = path.stat().st_size / 2**20
        if megabytes > MAX_MB:
            raise QuestionError(f"{path} has {megabytes:,.0f} MB; at most {MAX_MB} MB are read. Split it.")
        data = path.read_bytes()
    except OSError as error:
        raise QuestionError(f"Cannot read the questions in {path}: {error.strerror}.") from error
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def _read_question(number: int, line: bytes) -> EvalQuestion:
    record = _read_object(line)
    question = EvalQuestion(
        line=number,
        id=_need_text(record, "id"),
        type=_read_type(record),
        text=_need_text(record, "question"),
        answers=_texts(record.get("answers", []), "answers"),
        key_points=tuple(
            _texts(point, "key_points") for point in _list(record.get("key_points", []), "key_points")
        ),
        evidence=tuple(_read_evidence(item) for item in _list(record.get("evidence", []), "evidence")),
        history=tuple(_read_turn(item) for item in _list(record.get("history", []), "history")),
        language=_choice(record, "lang", LANGUAGES, "zh"),
        style=_text(record, "style"),
        region=_text(record, "region"),
        year=_text(record, "year"),
        verdict=_choice(record, "verdict", VERDICTS | {""}, ""),
        split=_choice(record, "split", SPLITS, ""),
        note=_text(record, "note"),
    )
    _check_whole(question)
    return question


def _check_whole(question: EvalQuestion) -> None:
    """What is asked for is given: nothing for unanswerable, else an answer and evidence; a verdict for yesno alone."""
    given = bool(question.answers or question.key_points)
    if not question.answerable and (given or question.evidence):
        raise _BadLine("an unanswerable question has no answers, key_points or evidence")
    if question.answerable and not given:
        raise _BadLine("neither answers nor key_points")
    if question.answerable and not question.evidence:
        raise _BadLine("no evidence: quote the words of a file that answer it")
    if (question.type is QuestionType.YESNO) != bool(question.verdict):
        raise _BadLine('a yesno question has a "verdict" of yes or no, and no other question has one')


def _read_object(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _BadLine(f"not a line of JSON in UTF-8: {error}") from error
    if not isinstance(record, dict):
        raise _BadLine("not a JSON object")
    return record


def _read_type(record: Mapping[str, Any]) -> QuestionType:
    return QuestionType(_choice(record, "type", frozenset(QuestionType), None))


def _read_evidence(item: Any) -> Evidence:
    if not isinstance(item, dict):
        raise _BadLine('evidence is not {"file": "…", "quote": "…", "group": 1}')
    group = item.get("group", 1)
    if not isinstance(group, int) or isinstance(group, bool) or group < 1:
        raise _BadLine(f"evidence group {group!r} is not a number from 1 up")
    return Evidence(_need_text(item, "file"), _need_text(item, "quote"), group)


def _read_turn(item: Any) -> Turn:
    if not isinstance(item, dict):
        raise _BadLine('history is not a list of {"question": "…", "answer": "…"}')
    return Turn(_need_text(item, "question"), _need_text(item, "answer"))


def _choice(record: Mapping[str, Any], key: str, choices: Iterable[str], default: str | None) -> str:
    value = record.get(key, default)
    if not isinstance(value, str) or value not in frozenset(choices):
        wanted = ", ".join(sorted(choice for choice in choices if choice))
        raise _BadLine(f"{key} {value!r} is not one of: {wanted}")
    return value


def _need_text(record: Mapping[str, Any], key: str) -> str:
    text = _text(record, key)
    if not text.strip():
        raise _BadLine(f'no "{key}" with text in it')
    return text


def _text(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key, "")
    if not isinstance(value, str):
        raise _BadLine(f'"{key}" is not a text')
    return value


def _list(value: Any, key: str) -> list[Any]:
    if not isinstance(value, list):
        raise _BadLine(f'"{key}" is not a list')
    return value


def _texts(value: Any, key: str) -> tuple[str, ...]:
    items = _list(value, key)
    if not all(isinstance(item, str) and item.strip() for item in items) or (
        key == "key_points" and not items
    ):
        raise _BadLine(f'"{key}" holds something that is not a text')
    return tuple(items)
