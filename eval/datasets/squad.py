"""SQuAD files, and those of CMRC2018, DRCD and SQuAD 2 in the same or CMRC2018's first format."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from eval.datasets.texts import Dataset, Shelf, find_language, find_sentence
from eval.lines import BadLine, Problem, check_size, need_id, need_list, need_object, need_text
from eval.questions import EvalQuestion, Evidence, QuestionType, collect
from rag.errors import QuestionError

MAX_MB = 256
"""The training half of SQuAD has 40 MB; the file is held in memory whole."""


def read_squad(path: Path) -> Dataset:
    """The questions of a file and its paragraphs as documents. A question that cannot be used is named by its number.

    Raises QuestionError when the file cannot be read or holds no question that can be used.
    """
    shelf = Shelf()
    problems: list[Problem] = []
    questions = collect(path, _readers(_load(path), shelf, problems), "question")
    return Dataset(type(questions)(questions.questions, (*problems, *questions.problems)), shelf.documents())


def _load(path: Path) -> list[Any]:
    check_size(path, "questions", MAX_MB)
    try:
        data = json.loads(path.read_bytes().decode("utf-8-sig"))
        return need_list(data.get("data") if isinstance(data, dict) else data, "data")
    except OSError as error:
        raise QuestionError(f"Cannot read the questions in {path}: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, or no list of articles
        raise QuestionError(f"{path} is not a SQuAD file: {error}.") from error


def _readers(
    articles: list[Any], shelf: Shelf, problems: list[Problem]
) -> Iterator[tuple[int, Callable[[], EvalQuestion]]]:
    """What reads each question, with its number in the file."""
    number = 0
    for place, item in enumerate(articles, start=1):
        try:
            paragraphs = need_object(item, f"article {place} is")
            listed = need_list(paragraphs.get("paragraphs", [paragraphs]), "paragraphs")
        except BadLine as error:
            problems.append(Problem(place, str(error), "article"))
            continue
        for paragraph in listed:
            try:
                record = need_object(paragraph, "a paragraph is")
                context = need_text(record, "context" if "context" in record else "context_text")
                questions = need_list(record.get("qas"), "qas")
            except BadLine as error:
                problems.append(Problem(place, str(error), "article"))
                continue
            file = shelf.add(_name(record, len(shelf.texts) + 1), context, _title(paragraphs))
            for question in questions:
                number += 1
                yield number, partial(_read, number, question, file, context)


def _name(record: dict[str, Any], number: int) -> str:
    """What a paragraph is called: its id, if it has one."""
    id = record.get("id", record.get("context_id"))
    return id if isinstance(id, str) and id else f"paragraph-{number}"


def _title(article: dict[str, Any]) -> str:
    """The title of an article, without the underscores of its address."""
    title = article.get("title", "")
    return title.replace("_", " ").strip() if isinstance(title, str) else ""


def _read(number: int, item: Any, file: str, context: str) -> EvalQuestion:
    record = need_object(item, "a question is")
    text = need_text(record, "question" if "question" in record else "query_text")
    found = [_read_answer(answer, context) for answer in need_list(record.get("answers", []), "answers")]
    answerable = not record.get("is_impossible", False)
    if answerable and not found:
        raise BadLine("no answers")
    return EvalQuestion(
        line=number,
        id=need_id(record, "id" if "id" in record else "query_id"),
        type=QuestionType.SPAN if answerable else QuestionType.UNANSWERABLE,
        text=text,
        answers=tuple(dict.fromkeys(answer for answer, _ in found)) if answerable else (),
        evidence=tuple(Evidence(file, q, 1) for q in dict.fromkeys(q for _, q in found))
        if answerable
        else (),
        language=find_language(text),
    )


def _read_answer(item: Any, context: str) -> tuple[str, str]:
    """An accepted answer and the sentence it stands in."""
    record = {"text": item} if isinstance(item, str) else need_object(item, "an answer is")
    text = need_text(record, "text")
    start = record.get("answer_start", -1)
    if not isinstance(start, int) or context[start : start + len(text)] != text:
        start = context.find(text)  # some sets count bytes, or not at all
    if start < 0:
        raise BadLine(f"the answer “{text}” does not stand in its paragraph")
    return text, find_sentence(context, start, start + len(text))
