"""Question sets: faults named by line, and the project's own set held against its reports."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from eval.matching import holds_any
from eval.questions import (
    MAX_MB,
    OWN_SET,
    WRITTEN,
    EvalQuestion,
    Evidence,
    Problem,
    QuestionSet,
    QuestionType,
    check_quotes,
    read_questions,
)
from eval.splits import assign_splits
from rag.errors import QuestionError
from rag.types import Turn

SEEDS = Path(__file__).parent.parent / "seeds"
GOOD: dict[str, Any] = {
    "id": "a1",
    "type": "number",
    "question": "几座桥？",
    "answers": ["三座"],
    "evidence": [{"file": "a.txt", "quote": "建了三座桥", "group": 1}],
}


def _write(folder: Path, *records: Any) -> Path:
    path = folder / "set.jsonl"
    path.write_text(
        "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8"
    )
    return path


def test_every_key_of_a_question_is_read(tmp_path: Path) -> None:
    record = GOOD | {
        "type": "yesno",
        "key_points": [["甲", "乙"]],
        "history": [{"question": "前问", "answer": "前答"}],
        "region": "南昌市",
        "year": "2023",
        "lang": "zh-Hant",
        "style": "typo",
        "verdict": "no",
        "split": "held",
        "note": "旁注",
        "unknown": 1,
    }
    assert read_questions(_write(tmp_path, record)).questions == (
        EvalQuestion(
            line=1,
            id="a1",
            type=QuestionType.YESNO,
            text="几座桥？",
            answers=("三座",),
            key_points=(("甲", "乙"),),
            evidence=(Evidence("a.txt", "建了三座桥", 1),),
            history=(Turn("前问", "前答"),),
            language="zh-Hant",
            style="typo",
            region="南昌市",
            year="2023",
            verdict="no",
            split="held",
            note="旁注",
        ),
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": ""}, 'no "id" with text in it'),
        ({"question": " "}, 'no "question" with text in it'),
        ({"question": 7}, '"question" is not a text'),
        ({"type": "riddle"}, "type 'riddle' is not one of: compare, definition,"),
        ({"type": None}, "type None is not one of"),
        ({"type": "search"}, "type 'search' is not one of"),
        ({"lang": "fr"}, "lang 'fr' is not one of: en, zh, zh-Hant"),
        ({"answers": []}, "neither answers nor key_points"),
        ({"answers": "三座"}, '"answers" is not a list'),
        ({"key_points": [[]]}, '"key_points" holds something that is not a text'),
        ({"evidence": []}, "no evidence: quote the words"),
        ({"evidence": ["建了三座桥"]}, "evidence is not {"),
        ({"evidence": [{"file": "a.txt", "quote": ""}]}, 'no "quote" with text in it'),
        ({"evidence": [{"file": "a.txt", "quote": "桥", "group": 0}]}, "evidence group 0 is not a number"),
        ({"type": "unanswerable"}, "an unanswerable question has no answers"),
        ({"type": "yesno"}, 'a yesno question has a "verdict"'),
        ({"verdict": "yes"}, 'a yesno question has a "verdict"'),
        ({"history": ["前问"]}, "history is not a list of"),
        ({"split": "train"}, "split 'train' is not one of: held, tune"),
    ],
)
def test_a_fault_is_named_by_its_line_and_the_rest_goes_on(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    questions = read_questions(_write(tmp_path, GOOD, GOOD | {"id": "a2"} | change, GOOD | {"id": "a3"}))
    assert [question.id for question in questions.questions] == ["a1", "a3"]
    assert [problem.line for problem in questions.problems] == [2]
    assert message in questions.problems[0].message


def test_broken_lines_and_a_second_id(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    good = json.dumps(GOOD, ensure_ascii=False).encode()
    path.write_bytes(b"\xef\xbb\xbf" + good + b"\r\n\n{cut\n[1]\n\xff\n" + b"[" * 100_000 + b"\n" + good)
    questions = read_questions(path)
    assert [question.line for question in questions.questions] == [1]
    assert [str(problem).split(":")[0] for problem in questions.problems] == [
        "line 3",
        "line 4",
        "line 5",
        "line 6",
        "line 7",
    ]
    assert questions.problems[1].message == "not a JSON object"
    assert questions.problems[4].message == "id a1 stands already on line 1"


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="No such file"):
        read_questions(tmp_path / "none.jsonl")
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    with pytest.raises(QuestionError, match="It is empty"):
        read_questions(empty)
    with pytest.raises(QuestionError, match=r"The first fault: line 1: no .id."):
        read_questions(_write(tmp_path, {}))
    huge = tmp_path / "huge.jsonl"
    with huge.open("wb") as file:
        file.truncate(2**30)
    with pytest.raises(QuestionError, match=f"has 1,024 MB; at most {MAX_MB} MB"):
        read_questions(huge)


def test_a_question_whose_quote_is_missing_is_left_out(tmp_path: Path) -> None:
    elsewhere = {"id": "a2", "evidence": [{"file": "b.txt", "quote": "建了三座桥", "group": 1}]}
    misquoted = {"id": "a3", "evidence": [{"file": "a.txt", "quote": "建了3座桥", "group": 1}]}
    questions = read_questions(_write(tmp_path, GOOD, GOOD | elsewhere, GOOD | misquoted))
    checked = check_quotes(questions, {"a.txt": "去年建了三座桥。"})
    assert checked == QuestionSet(
        questions.questions[:1],
        (Problem(2, "a2: no file b.txt"), Problem(3, "a3: “建了3座桥” does not stand in a.txt")),
    )


def test_the_quote_of_a_held_question_is_not_told(tmp_path: Path) -> None:
    questions = read_questions(_write(tmp_path, GOOD | {"split": "held"}))
    checked = check_quotes(questions, {"a.txt": "去年没有建桥。"})
    assert checked == QuestionSet((), (Problem(1, "a1: a quote does not stand in a.txt"),))


def test_splits_part_each_type_in_halves_and_never_move() -> None:
    questions = [(f"q{n}", "number" if n % 3 else "list") for n in range(204)]
    splits = assign_splits(questions)
    assert Counter((type, splits[id]) for id, type in questions) == {
        ("number", "tune"): 68,
        ("number", "held"): 68,
        ("list", "tune"): 34,
        ("list", "held"): 34,
    }
    firsts = Counter(splits[id] for id, _ in questions[1:60:6])
    assert 0 < firsts["tune"] < 10  # the hash decides, not the place in the file
    assert assign_splits(questions[:101]) == {id: splits[id] for id, _ in questions[:101]}


@pytest.fixture(scope="module")
def own() -> QuestionSet:
    return read_questions(OWN_SET)


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {path.name: path.read_bytes().decode("utf-8") for path in SEEDS.iterdir()}


def test_every_quote_of_our_own_set_stands_in_its_file(own: QuestionSet, texts: dict[str, str]) -> None:
    assert check_quotes(own, texts).problems == ()


def test_our_own_set_covers_what_it_should(own: QuestionSet, texts: dict[str, str]) -> None:
    questions = own.questions
    types = Counter(question.type for question in questions)
    assert len(questions) >= 200
    assert min(types[type] for type in WRITTEN) >= 10
    assert types[QuestionType.UNANSWERABLE] >= 40
    assert sum(bool(question.history) for question in questions) >= 25
    languages = Counter(question.language for question in questions)
    assert 0.08 <= languages["en"] / len(questions) <= 0.12
    assert 0.06 <= languages["zh-Hant"] / len(questions) <= 0.10
    assert sum(question.style == "typo" for question in questions) >= 10
    files = Counter(evidence.file for question in questions for evidence in question.evidence)
    assert set(files) == set(texts)
    assert min(files.values()) >= 30


def test_what_is_accepted_stands_in_a_quote(own: QuestionSet) -> None:
    def quoted(question: EvalQuestion, wordings: tuple[str, ...]) -> bool:
        return any(holds_any(evidence.quote, wordings) for evidence in question.evidence)

    plain = [
        question for question in own.questions if question.answerable and "computed" not in question.note
    ]
    loose = [q.id for q in plain if q.answers and not q.verdict and not quoted(q, q.answers)]
    loose += [q.id for q in plain for point in q.key_points if not quoted(q, point)]
    assert loose == []


def test_our_own_splits_are_those_of_the_hash(own: QuestionSet) -> None:
    splits = assign_splits((question.id, question.type) for question in own.questions)
    assert {question.id: question.split for question in own.questions} == splits


def test_unanswerable_and_computed_questions_say_why(own: QuestionSet) -> None:
    assert [q.id for q in own.questions if not q.answerable and not q.note] == []
    assert len({q.text for q in own.questions if not q.history}) == sum(not q.history for q in own.questions)
