"""Runs a question set through an assistant, or scores a saved run, and sums up how it fared."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from eval.measures import Outcome, judge
from eval.questions import EvalQuestion, QuestionSet, check_quotes, read_questions
from eval.responses import Response, read_records, read_response
from eval.summary import Grouping, Summary, group, summarise
from rag.errors import QuestionError
from rag.serialise import answer_record
from rag.types import Answer, Turn

if TYPE_CHECKING:
    from rag.store import Index

SAMPLE_SEED = 20231122

Progress = Callable[[int, int], None]
"""Called after each question with how many are answered and how many there are."""
Record = dict[str, Any]
"""An answer as `ganwen ask --batch` writes it."""


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


def select(questions: QuestionSet, split: str = "all", sample: int | None = None) -> QuestionSet:
    """The questions of one split (`all` for every one), and of these a sample drawn with a fixed seed, in order.

    Raises QuestionError when the split has no question.
    """
    chosen = [q for q in questions.questions if split in ("all", q.split)]
    if not chosen:
        raise QuestionError(f"No question of the set is of the split {split}. To ask all: --split all")
    if sample is not None and sample < len(chosen):
        places = sorted(random.Random(SAMPLE_SEED).sample(range(len(chosen)), sample))
        chosen = [chosen[place] for place in places]
    return replace(questions, questions=tuple(chosen))


def check_evidence(questions: QuestionSet, index: "Index") -> QuestionSet:
    """The set without the questions whose evidence the index does not hold, each named as a problem.

    Raises QuestionError when none is left.
    """
    held = set(index.files)
    named = {evidence.file for question in questions.questions for evidence in question.evidence}
    checked = check_quotes(questions, {file: index.document(file).text for file in sorted(named & held)})
    if not checked.questions:
        raise QuestionError(f"The index holds the evidence of no question: {checked.problems[0]}.")
    return checked


def run(
    assistant: Asks,
    questions: Sequence[EvalQuestion],
    progress: Progress | None = None,
    problems: Sequence[str] = (),
    answered: Mapping[str, Record] | None = None,
    keep: Callable[[Record], None] | None = None,
) -> Report:
    """Ask the questions, at least one, that are not `answered` yet, and score all; earlier `problems` go into the report.

    One at a time, so that the seconds of one answer are not those of two; `keep` is given each record as it comes.
    """
    records: dict[str, Record] = {}
    for done, question in enumerate(questions, start=1):
        record = (answered or {}).get(question.id)
        if record is None:
            record = _ask(assistant, question)
            if keep:
                keep(record)
        records[question.id] = record
        if progress:
            progress(done, len(questions))
    return score_records(questions, records.values(), problems)


def evaluate_saved(answers: Path, path: Path, split: str = "all") -> Report:
    """Score the answers that `ganwen ask --batch` wrote to a file, against a file of questions.

    Raises QuestionError when either cannot be read or holds no question.
    """
    questions, records = select(read_questions(path), split), read_records(answers)
    problems = [f"{path.name}, {problem}" for problem in questions.problems]
    problems += [f"{answers.name}, {problem}" for problem in records.problems]
    return score_records(questions.questions, records.records, problems)


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


def _ask(assistant: Asks, question: EvalQuestion) -> Record:
    """The answer as a record of the batch contract, the same whether it is scored now or from a file."""
    try:
        return {"id": question.id} | answer_record(assistant.ask(question.text, question.history))
    except QuestionError as error:
        return {"id": question.id, "error": str(error)}
