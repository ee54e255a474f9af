"""Runs a question set through an assistant, or scores a saved run, and reports."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from eval.questions import EvalQuestion, check_quotes, read_questions
from eval.responses import Response, read_records, read_response
from eval.summary import Grouping, Outcome, Summary, group, judge, summarise
from rag.errors import QuestionError
from rag.serialise import answer_record
from rag.types import Answer, Turn

if TYPE_CHECKING:
    from rag.assistant import Assistant

Progress = Callable[[int, int], None]
"""Called after each question with how many are answered and how many there are."""


class Asks(Protocol):
    """What is evaluated: something that answers a question after an earlier conversation."""

    def ask(self, question: str, history: Sequence[Turn] = ...) -> Answer:
        """The answer (QuestionError for a question that cannot be used)."""
        ...


@dataclass(frozen=True, slots=True)
class Report:
    """One outcome a question, their measures together and by trait, and what went wrong on the way."""

    total: Summary
    groupings: tuple[Grouping, ...]
    outcomes: tuple[Outcome, ...]
    problems: tuple[str, ...]


def evaluate(assistant: "Assistant", path: Path, progress: Progress | None = None) -> Report:
    """Ask every question of a file whose evidence the index holds, and score the answers.

    Raises QuestionError when the file holds no question that can be used. Lines that cannot be are named in the report.
    """
    questions = read_questions(path)
    held = set(assistant.index.files)
    named = {evidence.file for question in questions.questions for evidence in question.evidence}
    texts = {file: assistant.index.document(file).text for file in sorted(named & held)}
    checked = check_quotes(questions, texts)
    if not checked.questions:
        raise QuestionError(f"The index holds the evidence of no question in {path}: {checked.problems[0]}.")
    problems = tuple(f"{path.name}, {problem}" for problem in checked.problems)
    return run(assistant, checked.questions, progress, problems)


def evaluate_saved(answers: Path, path: Path) -> Report:
    """Score the answers that `ganwen ask --batch` wrote to a file, against a file of questions.

    Raises QuestionError when either cannot be read or holds no question.
    """
    questions, records = read_questions(path), read_records(answers)
    problems = [f"{path.name}, {problem}" for problem in questions.problems]
    problems += [f"{answers.name}, {problem}" for problem in records.problems]
    return score_records(questions.questions, records.records, problems)


def run(
    assistant: Asks,
    questions: Sequence[EvalQuestion],
    progress: Progress | None = None,
    problems: Sequence[str] = (),
) -> Report:
    """Ask the questions, at least one, and score the answers; earlier `problems` go into the report."""
    records: list[dict[str, Any]] = []
    for question in questions:
        records.append(_ask(assistant, question))
        if progress:
            progress(len(records), len(questions))
    return score_records(questions, records, problems)


def score_records(
    questions: Sequence[EvalQuestion], records: Iterable[Mapping[str, Any]], problems: Sequence[str] = ()
) -> Report:
    """Score saved answers: records of `ganwen ask --batch`, matched to the questions, at least one, by id.

    A question without a record counts as answered with nothing, and is named in the report.
    """
    by_id = {record.get("id"): record for record in records}
    found = list(problems)
    outcomes: list[Outcome] = []
    for question in questions:
        record = by_id.get(question.id)
        response = read_response(record) if record is not None else Response(error="no answer was recorded")
        if response.error:
            found.append(f"{question.id}: {response.error}")
        outcomes.append(judge(question, response))
    return Report(summarise("all", outcomes), group(outcomes), tuple(outcomes), tuple(found))


def _ask(assistant: Asks, question: EvalQuestion) -> dict[str, Any]:
    """The answer as a record of the batch contract, the same whether it is scored now or from a file."""
    try:
        return {"id": question.id} | answer_record(assistant.ask(question.text, question.history))
    except QuestionError as error:
        return {"id": question.id, "error": str(error)}
