"""RGB files: a query a line with passages that tell its answer and passages that only look as if they did."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from eval.datasets.texts import Dataset, Shelf, find_language
from eval.lines import BadLine, need_id, need_list, need_text, need_texts, parse_object, read_lines
from eval.questions import EvalQuestion, Evidence, QuestionType, collect

MAX_MB = 256
_PASSAGES = ("positive", "negative", "positive_wrong")


def read_rgb(path: Path) -> Dataset:
    """The queries of a file, and all passages of all of them as documents.

    Every part of an answer is needed, in any of its wordings, as the set's own script judges. `positive_wrong`, false
    copies of the positive passages, are documents as well. Raises QuestionError when nothing can be used.
    """
    shelf = Shelf()
    questions = collect(path, _readers(path, shelf))
    return Dataset(questions, shelf.documents())


def _readers(path: Path, shelf: Shelf) -> Iterator[tuple[int, Callable[[], EvalQuestion]]]:
    for number, line in read_lines(path, "questions", MAX_MB):
        yield number, partial(_read, number, line, shelf)


def _read(number: int, line: bytes, shelf: Shelf) -> EvalQuestion:
    record = parse_object(line)
    passages = {key: _flatten(record.get(key, []), key) for key in _PASSAGES}
    if not passages["positive"]:
        raise BadLine('no "positive" passage that tells the answer')
    text, id = need_text(record, "query"), need_id(record, "id")
    points = _read_points(record)
    files = {key: [_put(passage, shelf) for passage in each] for key, each in passages.items()}
    return EvalQuestion(
        line=number,
        id=id,
        type=QuestionType.SPAN,
        text=text,
        answers=points[0] if len(points) == 1 else (),
        key_points=points if len(points) > 1 else (),
        evidence=tuple(Evidence(file, "", 1) for file in dict.fromkeys(files["positive"])),
        language=find_language(text),
    )


def _read_points(record: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
    answer = record.get("answer")
    points = [answer] if isinstance(answer, str) else need_list(answer, "answer")
    read = tuple(need_texts([point] if isinstance(point, str) else point, "answer") for point in points)
    if not read or not all(read):
        raise BadLine('no "answer" with text in it')
    return read


def _flatten(value: Any, key: str) -> list[str]:
    """Passages, which sets about several facts list by fact."""
    items = need_list(value, key)
    nested = [item if isinstance(item, list) else [item] for item in items]
    return list(need_texts([passage for items in nested for passage in items], key))


def _put(passage: str, shelf: Shelf) -> str:
    """The file of a passage, the same for the same words."""
    return shelf.files.get(passage) or shelf.add(passage, passage)
