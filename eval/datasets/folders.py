"""Sets that are folders: BEIR (corpus, queries, qrels), and docs.jsonl with queries.jsonl."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from eval.datasets.texts import Dataset, Shelf, find_language, find_sentence
from eval.lines import (
    BadLine,
    Problem,
    need_id,
    need_list,
    need_text,
    need_texts,
    parse_object,
    read_lines,
    take_text,
)
from eval.questions import EvalQuestion, Evidence, QuestionSet, QuestionType, collect
from rag.errors import QuestionError

MAX_MB = 1024
"""Of documents, read a line at a time: a million passages, a night of embedding."""
MAX_QUERIES_MB = 64
_SPLITS = ("test", "dev", "train")

Grades = dict[str, dict[str, int]]
"""How relevant documents are, by query and document; those of no relevance are left out."""


def read_beir(folder: Path) -> Dataset:
    """A BEIR folder: which documents a query is to find, with grades from `qrels/test.tsv`, else dev, else train.

    Queries that no line of the qrels judges are not asked. Raises QuestionError when nothing can be used.
    """
    shelf = Shelf()
    problems = _read_documents(folder / "corpus.jsonl", "_id", shelf)
    qrels = next((path for name in _SPLITS if (path := folder / "qrels" / f"{name}.tsv").is_file()), None)
    if qrels is None:
        raise QuestionError(f"{folder} has no judgements: qrels/{'.tsv, qrels/'.join(_SPLITS)}.tsv")
    grades, faults = _read_qrels(qrels)
    lines = _judged(read_lines(folder / "queries.jsonl", "queries", MAX_QUERIES_MB), grades)
    return _collect(folder, shelf, partial(_read_query, grades=grades), lines, (*problems, *faults))


def read_passages(folder: Path) -> Dataset:
    """A folder of docs.jsonl (`doc_id`, `text`) and queries.jsonl (`qid`, `question`, `answers`, `doc_ids`).

    Evidence are the sentences that `evidence` quotes, else those the `answer_spans` stand in, else the whole document.
    Raises QuestionError when nothing can be used.
    """
    shelf = Shelf()
    problems = _read_documents(folder / "docs.jsonl", "doc_id", shelf)
    lines = read_lines(folder / "queries.jsonl", "queries", MAX_QUERIES_MB)
    return _collect(folder, shelf, _read_question, lines, problems)


_ReadLine = Callable[[int, bytes, Shelf], EvalQuestion]


def _collect(
    folder: Path,
    shelf: Shelf,
    read: _ReadLine,
    lines: Iterator[tuple[int, bytes]],
    problems: tuple[Problem, ...],
) -> Dataset:
    readers = ((number, partial(read, number, line, shelf)) for number, line in lines)
    found = collect(folder, readers, "queries.jsonl, line")
    return Dataset(QuestionSet(found.questions, (*problems, *found.problems)), shelf.documents())


def _read_documents(path: Path, key: str, shelf: Shelf) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    for number, line in read_lines(path, "documents", MAX_MB):
        try:
            record = parse_object(line)
            id = need_id(record, key)
            if id in shelf.files:
                raise BadLine(f"document {id} is there already")
            title, text = take_text(record, "title").strip(), need_text(record, "text")
        except BadLine as error:
            problems.append(Problem(number, str(error), f"{path.name}, line"))
        else:
            shelf.add(id, text, title)
    return tuple(problems)


def _read_qrels(path: Path) -> tuple[Grades, tuple[Problem, ...]]:
    grades: Grades = {}
    problems: list[Problem] = []
    for number, line in read_lines(path, "judgements", MAX_QUERIES_MB):
        try:
            query, document, grade = line.decode("utf-8").rstrip("\r\n").split("\t")
            if int(grade) > 0:
                grades.setdefault(query, {})[document] = int(grade)
        except ValueError:
            if number > 1:  # the first line names the columns
                problems.append(
                    Problem(
                        number, "not query-id, corpus-id and score with tabs between", f"{path.name}, line"
                    )
                )
    return grades, tuple(problems)


def _judged(lines: Iterator[tuple[int, bytes]], grades: Grades) -> Iterator[tuple[int, bytes]]:
    """The lines of queries that are judged, and those that cannot be read."""
    for number, line in lines:
        try:
            judged = need_id(parse_object(line), "_id") in grades
        except BadLine:
            judged = True
        if judged:
            yield number, line


def _read_query(number: int, line: bytes, shelf: Shelf, grades: Grades) -> EvalQuestion:
    record = parse_object(line)
    id, text = need_id(record, "_id"), need_text(record, "text")
    relevant = grades[id]
    files = _find_files(relevant, shelf)
    return EvalQuestion(
        line=number,
        id=id,
        type=QuestionType.SEARCH,
        text=text,
        evidence=tuple(
            Evidence(file, "", group, grade)
            for group, (file, grade) in enumerate(zip(files, relevant.values(), strict=True), start=1)
        ),
        language=find_language(text),
    )


def _read_question(number: int, line: bytes, shelf: Shelf) -> EvalQuestion:
    record = parse_object(line)
    answers = need_texts(record.get("answers", []), "answers")
    id, text = need_id(record, "qid"), need_text(record, "question")
    if record.get("unanswerable", False):
        return EvalQuestion(number, id, QuestionType.UNANSWERABLE, text, language=find_language(text))
    files = _find_files(need_texts(record.get("doc_ids", []), "doc_ids"), shelf)
    if not files:
        raise BadLine('no "doc_ids": which documents tell the answer')
    return EvalQuestion(
        line=number,
        id=id,
        type=QuestionType.SPAN if answers else QuestionType.SEARCH,
        text=text,
        answers=answers,
        evidence=_find_evidence(record, answers, files, shelf),
        language=find_language(text),
    )


def _find_files(ids: Mapping[str, int] | tuple[str, ...], shelf: Shelf) -> list[str]:
    missing = [id for id in ids if id not in shelf.files]
    if missing:
        raise BadLine(f"no document {missing[0]}")
    return [shelf.files[id] for id in ids]


def _find_evidence(
    record: dict[str, Any], answers: tuple[str, ...], files: list[str], shelf: Shelf
) -> tuple[Evidence, ...]:
    if not answers:  # documents are asked for, each for itself
        return tuple(Evidence(file, "", group) for group, file in enumerate(files, start=1))
    quotes = need_texts(record.get("evidence", []), "evidence")
    found = [Evidence(file, quote, 1) for quote in quotes for file in files if quote in shelf.texts[file]]
    if quotes and not found:
        raise BadLine(f"“{quotes[0]}” does not stand in {files[0]}")
    if not found:
        found = [
            Evidence(file, find_sentence(shelf.texts[file], start, start + len(answer)), 1)
            for file in files
            for offset, answer in _read_spans(record)
            if shelf.texts[file].startswith(answer, start := shelf.bodies[file] + offset)
        ]
    return tuple(dict.fromkeys(found)) or tuple(Evidence(file, "", 1) for file in files)


def _read_spans(record: dict[str, Any]) -> list[tuple[int, str]]:
    """Answers with their offsets in the text."""
    spans = need_list(record.get("answer_spans", []), "answer_spans")
    try:
        return [(int(start), str(answer)) for start, answer in spans]
    except (TypeError, ValueError) as error:
        raise BadLine('"answer_spans" is not a list of [offset, "answer"]') from error
