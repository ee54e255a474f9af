"""Runs on disk: begun, cut off and gone on with, and compared with each other."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from eval.compare import compare, comparison_record, find_falls, load_run, render_comparison
from eval.questions import EvalQuestion, Evidence, QuestionType
from eval.report import to_json
from eval.runner import score_records
from eval.runs import ANSWERS, FORMAT, HEADER, RUNS, Run, RunError, describe, locate, read_header

QUESTIONS = tuple(
    EvalQuestion(
        line=n,
        id=f"a{n}",
        type=QuestionType.NUMBER,
        text=f"第{n}座桥多长？",
        answers=(f"{n}米",),
        evidence=(Evidence("a.txt", f"长{n}米", 1),),
        split="held" if n == 4 else "tune",
    )
    for n in range(1, 6)
)


def _record(question: EvalQuestion, answer: str, seconds: float = 0.01) -> dict[str, Any]:
    place = {"file": "a.txt", "text": answer}
    return {
        "id": question.id, "answer": answer, "refused": False, "citations": [place],
        "passages": [place | {"score": 1.5}], "seconds": seconds,
    }  # fmt: skip


def _keep(folder: Path, wrong: Mapping[str, str], questions: tuple[EvalQuestion, ...] = QUESTIONS) -> Path:
    """A run in which every question but the `wrong` ones is answered rightly."""
    header = describe(questions, None, {})
    records = [_record(q, wrong.get(q.id, f"长{q.answers[0]}")) for q in questions]
    folder.mkdir(parents=True)
    report = to_json(score_records(questions, records), header)
    (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")
    return folder


def test_a_run_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    header = describe(QUESTIONS, None, {"split": "all"})
    begun = Run.open(tmp_path / "run", header)
    assert begun.answered == {}
    begun.add({"id": "a1", "answer": "一"})
    begun.add({"id": "a2", "answer": "\ud800"})
    with (tmp_path / "run" / ANSWERS).open("a", encoding="utf-8") as answers:
        answers.write('{"id": "a3", "ans')  # killed here
    resumed = Run.open(tmp_path / "run", replace(header, started="later"))
    assert list(resumed.answered) == ["a1", "a2"]
    assert resumed.header == header
    resumed.add({"id": "a3", "answer": "三"})
    assert list(Run.open(tmp_path / "run", header).answered) == ["a1", "a2", "a3"]
    assert Run.open(tmp_path / "run", header, fresh=True).answered == {}


def test_a_run_of_something_else_is_not_gone_on_with(tmp_path: Path) -> None:
    header = describe(QUESTIONS, None, {})
    Run.open(tmp_path / "run", header)
    with pytest.raises(
        RunError, match=r"holds a run with other questions and code. Choose another name: --run NAME"
    ):
        Run.open(tmp_path / "run", replace(header, questions="x", code="y"))
    assert Run.open(tmp_path / "run", replace(header, code="y"), fresh=True).header.code == "y"


def test_the_fingerprint_is_of_what_decides_the_answers() -> None:
    header = describe(QUESTIONS, None, {"split": "all"})
    assert header == replace(describe(QUESTIONS, None, {"split": "all"}), started=header.started)
    noted = tuple(replace(question, note="x", answers=("9",)) for question in QUESTIONS)
    assert describe(noted, None, {"split": "tune"}).fingerprint == header.fingerprint
    worded = (replace(QUESTIONS[0], text="?"), *QUESTIONS[1:])
    for other in (describe(worded, None, {}), replace(header, index="x"), replace(header, code="x")):
        assert other.fingerprint != header.fingerprint


def test_run_folders_that_cannot_be_read(tmp_path: Path) -> None:
    header = describe(QUESTIONS, None, {})
    with pytest.raises(RunError, match=r"No run.json in .*: no run is there"):
        read_header(tmp_path)
    Run.open(tmp_path / "run", header)
    answers = tmp_path / "run" / ANSWERS
    answers.write_text('{"id": "a1"}\nnonsense\n', encoding="utf-8")
    with pytest.raises(RunError, match=r"answers.jsonl, line 2: not a line of JSON .* --fresh --run run"):
        Run.open(tmp_path / "run", header)
    (tmp_path / "run" / HEADER).write_text(json.dumps(asdict(header) | {"format": 99}), encoding="utf-8")
    with pytest.raises(RunError, match=rf"another version \(format 99; this one reads {FORMAT}\)"):
        Run.open(tmp_path / "run", header)
    (tmp_path / "run" / HEADER).write_text(json.dumps({"format": FORMAT, "x": 1}), encoding="utf-8")
    with pytest.raises(RunError, match="is not the header of a run"):
        read_header(tmp_path / "run")
    (tmp_path / "run" / HEADER).write_bytes(b"\xff")
    with pytest.raises(RunError, match="is damaged"):
        read_header(tmp_path / "run")
    gone = Run.open(tmp_path / "gone", header)
    shutil.rmtree(tmp_path / "gone")
    with pytest.raises(RunError, match=r"Cannot write .*answers.jsonl: No such file"):
        gone.add({"id": "a1"})
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="cannot be used: Not a directory"):
        Run.open(tmp_path / "file" / "run", header)


def test_a_run_is_found_by_name_or_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert locate("before") == RUNS / "before"
    assert locate("kept/before") == Path("kept/before")
    (tmp_path / "before").mkdir()
    assert locate("before") == Path("before")


def test_runs_are_compared_question_by_question(tmp_path: Path) -> None:
    before = load_run(_keep(tmp_path / "before", {"a1": "9米", "a4": "9米"}))
    after = load_run(_keep(tmp_path / "after", {"a2": "9米", "a3": "9米", "a5": "9米"}))
    found = compare(before, after)
    assert (found.turned_right, found.turned_wrong) == (("a1", "a4"), ("a2", "a3", "a5"))
    right = next(change for change in found.changes if change.measure == "right")
    assert (right.first, right.second, right.better, right.worse) == (3 / 5, 2 / 5, 2, 3)
    assert right.p == 1.0
    assert right.fall == pytest.approx(0.2)
    text = render_comparison(found)
    assert "Turned wrong: 3.\n- a2 (number) 第2座桥多长？\n    before: 长2米\n    after: 9米" in text
    assert "Turned right: 2. Of these 1 are held and not shown." in text
    assert "第4座桥" not in text
    record = comparison_record(found)
    assert (record["turned_right"], record["held_turned_right"]) == (["a1"], 1)
    assert "第4座桥" not in json.dumps(record, ensure_ascii=False)


def test_a_fall_is_told_when_it_is_more_than_its_limit(tmp_path: Path) -> None:
    before = load_run(_keep(tmp_path / "before", {}))
    after = load_run(_keep(tmp_path / "after", {"a1": "9米"}))
    assert find_falls(compare(before, after), {"right": 0.2, "MRR": 0.5}) == ()
    assert find_falls(compare(before, after), {"right": 0.19}) == (
        "right is worse by 0.200 (1.000 to 0.800), more than 0.19",
    )
    assert find_falls(compare(after, before), {"right": 0.0}) == ()
    with pytest.raises(RunError, match=r"has the measure wrongness. There are: right, brief"):
        find_falls(compare(before, after), {"wrongness": 0.0})


def test_more_of_a_bad_measure_is_a_fall(tmp_path: Path) -> None:
    asked = tuple(replace(question, year="2023") for question in QUESTIONS)
    before = load_run(_keep(tmp_path / "before", {}, asked))
    after = load_run(_keep(tmp_path / "after", {"a1": "2021年9米"}, asked))
    assert find_falls(compare(before, after), {"wrong_year": 0.1}) == (
        "wrong_year is worse by 0.200 (0.000 to 0.200), more than 0.1",
    )
    change = next(change for change in compare(before, after).changes if change.measure == "wrong_year")
    assert (change.better, change.worse) == (0, 1)


def test_questions_that_were_worded_anew_are_left_out(tmp_path: Path) -> None:
    before = load_run(_keep(tmp_path / "before", {}))
    others = (replace(QUESTIONS[0], text="?"), *QUESTIONS[1:4], replace(QUESTIONS[4], id="b"))
    found = compare(before, load_run(_keep(tmp_path / "after", {}, others)))
    assert found.ids == ("a2", "a3", "a4")
    assert found.left_out == 3
    stranger = (replace(QUESTIONS[0], id="c"),)
    with pytest.raises(RunError, match="have no question in common"):
        compare(before, load_run(_keep(tmp_path / "stranger", {}, stranger)))


def test_reports_that_cannot_be_compared(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"No report.json in .*none: no run is there, or it did not finish"):
        load_run(tmp_path / "none")
    folder = _keep(tmp_path / "run", {})
    for record, message in (
        ({"format": 0}, r"another version \(format 0"),
        ({"format": FORMAT, "outcomes": [{"id": "a"}]}, "is not the report of a run"),
        ({"format": FORMAT}, "is not the report of a run"),
    ):
        (folder / "report.json").write_text(json.dumps(record), encoding="utf-8")
        with pytest.raises(RunError, match=message):
            load_run(folder)
