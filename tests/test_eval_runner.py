"""A question set through an assistant whose answers are known, a saved run, and the reports of both."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from eval.measures import judge
from eval.questions import Evidence, read_questions
from eval.report import render, to_json
from eval.responses import read_records, read_response
from eval.runner import Report, check_evidence, evaluate_saved, run, score_records, select
from eval.summary import group
from rag.errors import QuestionError
from rag.serialise import answer_record
from rag.types import Answer, Chunk, Citation, Hit, Kind, Turn

TEXT = "全省森林覆盖率稳定在63.1%。PM2.5平均浓度29微克/立方米。"
QUESTIONS = [
    {
        "id": "a1",
        "type": "number",
        "question": "森林覆盖率？",
        "answers": ["63.1%"],
        "evidence": [{"file": "a.txt", "quote": "森林覆盖率稳定在63.1%", "group": 1}],
        "split": "tune",
    },
    {"id": "a2", "type": "unanswerable", "question": "GDP是多少？", "lang": "zh-Hant", "split": "held"},
    {
        "id": "a3",
        "type": "entity",
        "question": "那PM2.5呢？",
        "history": [{"question": "森林覆盖率？", "answer": "63.1%"}],
        "answers": ["29"],
        "evidence": [{"file": "a.txt", "quote": "PM2.5平均浓度29微克", "group": 1}],
        "split": "held",
    },
    {
        "id": "a4",
        "type": "entity",
        "question": "谁说的？",
        "answers": ["张三"],
        "evidence": [{"file": "b.txt", "quote": "张三", "group": 1}],
    },
]


def _hit(text: str) -> Hit:
    return Hit(Chunk(0, "a.txt", 0, len(text), text, "报告", (), None, None, Kind.RESULT), 1.0)


def _answer(question: str, text: str, cited: str = "", refused: bool = False, seconds: float = 0.5) -> Answer:
    citations = (Citation(1, "a.txt", "报告", (), 0, len(cited), cited),) if cited else ()
    return Answer(question, text, refused, "", "extractive", citations, (_hit("别的"), _hit(TEXT)), seconds)


class _Assistant:
    """Answers forest cover rightly, refuses the rest; follow-ups break it."""

    index = SimpleNamespace(
        files=("a.txt",), document=lambda file: SimpleNamespace(text={"a.txt": TEXT}[file])
    )

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        if history:
            assert history == (Turn("森林覆盖率？", "63.1%"),)
            raise QuestionError("too hard")
        if "森林" in question:
            return _answer(question, "63.1%[1]", "森林覆盖率稳定在63.1%")
        return _answer(question, "报告里没有。", refused=True, seconds=0.25)


def evaluate(path: Path) -> Report:
    questions = check_evidence(read_questions(path), _Assistant.index)  # type: ignore[arg-type]
    return run(_Assistant(), questions.questions, problems=[f"set.jsonl, {p}" for p in questions.problems])


def shares(report: Report, *names: str) -> list[tuple[float, int]]:
    return [(report.total.shares[name].count, report.total.shares[name].total) for name in names]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "set.jsonl"
    path.write_text("\n".join(json.dumps(q, ensure_ascii=False) for q in QUESTIONS), encoding="utf-8")
    return path


def test_evaluate_scores_every_question_whose_evidence_is_held(path: Path) -> None:
    report = evaluate(path)
    assert report.problems == ("set.jsonl, line 4: a4: no file b.txt", "a3: too hard")
    assert [outcome.right for outcome in report.outcomes] == [True, True, False]
    assert [outcome.brief for outcome in report.outcomes] == [True, None, False]
    assert [outcome.sharp for outcome in report.outcomes] == [True, None, None]
    assert [outcome.ranks for outcome in report.outcomes] == [(2,), (), (None,)]
    assert shares(report, "right", "brief", "sharp", "figure") == [(2, 3), (1, 2), (1, 1), (1, 1)]
    assert shares(report, "cited", "precision", "exact", "F1") == [(1, 2), (1, 1), (1, 2), (1, 2)]
    assert shares(report, "refused", "refusal_precision", "false_refusals") == [(1, 1), (1, 1), (0, 2)]
    assert shares(report, "recall@1", "recall@5", "recall@20", "MRR") == [(0, 2), (1, 2), (1, 2), (0.5, 2)]
    assert (report.total.p50.value, report.total.p95.value) == (0.25, 0.5)


def test_a_run_goes_on_from_the_answers_it_has(path: Path) -> None:
    questions = read_questions(path).questions[:3]
    seen: list[tuple[int, int]] = []
    kept: list[dict[str, object]] = []
    whole = run(_Assistant(), questions, lambda done, total: seen.append((done, total)), keep=kept.append)
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert [record["id"] for record in kept] == ["a1", "a2", "a3"]
    later: list[dict[str, object]] = []
    again = run(_Assistant(), questions, answered={r["id"]: r for r in kept[:2]}, keep=later.append)  # type: ignore[misc]
    assert later == kept[2:]
    assert again == whole


def test_a_split_and_a_sample_are_chosen(path: Path) -> None:
    questions = read_questions(path)
    assert [q.id for q in select(questions, "held").questions] == ["a2", "a3"]
    assert select(questions).questions == questions.questions
    sample = [q.id for q in select(questions, sample=2).questions]
    assert len(sample) == 2
    assert sample == sorted(sample) == [q.id for q in select(questions, sample=2).questions]
    assert select(questions, sample=9).questions == questions.questions
    with pytest.raises(QuestionError, match="No question of the set is of the split tune"):
        select(select(questions, "held"), "tune")


def test_groups_by_type_language_turn_and_split(path: Path) -> None:
    report = evaluate(path)
    groups = {
        g.trait: {s.name: (s.questions, s.shares["right"].count) for s in g.summaries}
        for g in report.groupings
    }
    assert groups == {
        "type": {"number": (1, 1), "unanswerable": (1, 1), "entity": (1, 0)},
        "language": {"zh": (2, 1), "zh-Hant": (1, 1)},
        "turn": {"first": (2, 2), "follow-up": (1, 0)},
        "split": {"tune": (1, 1), "held": (2, 1)},
        "document": {},
    }


def test_a_set_over_other_files_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.jsonl"
    path.write_text(json.dumps(QUESTIONS[3], ensure_ascii=False), encoding="utf-8")
    with pytest.raises(QuestionError, match=r"holds the evidence of no question: line 1: a4: no file b.txt"):
        evaluate(path)


def test_a_saved_run_scores_like_a_live_one(path: Path, tmp_path: Path) -> None:
    questions = read_questions(path).questions[:2]
    saved = tmp_path / "answers.jsonl"
    records = [{"id": q.id} | answer_record(_Assistant().ask(q.text)) for q in questions]
    lines = [json.dumps(record, ensure_ascii=False) for record in records[::-1]]
    saved.write_text("\n".join([*lines, '{"id": "a1', "[]", ""]), encoding="utf-8")
    read = read_records(saved)
    assert [problem.line for problem in read.problems] == [3, 4]
    assert score_records(questions, read.records) == run(_Assistant(), questions)


def test_a_saved_file_is_scored_against_its_questions(path: Path, tmp_path: Path) -> None:
    questions = read_questions(path).questions
    saved = tmp_path / "answers.jsonl"
    records = [{"id": q.id} | answer_record(_Assistant().ask(q.text)) for q in questions[:2]]
    saved.write_text("\n".join([*(json.dumps(record) for record in records), "[]"]), encoding="utf-8")
    report = evaluate_saved(saved, path)
    assert report.outcomes[:2] == run(_Assistant(), questions[:2]).outcomes
    assert "answers.jsonl, line 3: not a JSON object" in report.problems
    assert f"{questions[2].id}: no answer was recorded" in report.problems


def test_an_answer_that_is_missing_or_broken_counts_as_wrong(path: Path) -> None:
    questions = read_questions(path).questions[:3]
    broken = {"id": "a2", "answer": "没有", "refused": True}
    report = score_records(questions, [{"id": None, "line": 3, "error": "no question"}, broken])
    assert shares(report, "right", "recall@20") == [(0, 3), (0, 2)]
    assert report.problems == (
        "a1: no answer was recorded",
        "a2: the record is not one of ganwen ask --json: KeyError 'citations'",
        "a3: no answer was recorded",
    )
    assert read_response({"error": "too long"}).error == "too long"


def test_files_of_answers_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="Cannot read the answers"):
        read_records(tmp_path / "none.jsonl")


def test_documents_with_enough_questions_are_a_group(path: Path) -> None:
    outcomes = evaluate(path).outcomes
    both = replace(outcomes[0].question, evidence=(*outcomes[0].question.evidence, Evidence("b.txt", "x", 2)))
    outcomes = (*outcomes[:1] * 4, *outcomes[2:], judge(both, outcomes[0].response))
    documents = group(outcomes)[-1]
    assert [(s.name, s.questions, s.shares["right"].count) for s in documents.summaries] == [("a.txt", 6, 5)]


def test_the_report_reads_as_a_markdown_table(path: Path) -> None:
    text = render(evaluate(path), show_held=True)
    groups, total = (part.splitlines() for part in text.split("\n\n")[:2])
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in groups]
    assert rows[0] == [
        "questions",
        "right",
        "brief",
        "sharp",
        "cited",
        "precision",
        "refused",
        "false_refusals",
        "wrong_year",
        "wrong_region",
        "recall@1",
        "recall@5",
        "recall@20",
        "MRR",
        "nDCG@10",
    ]
    assert rows[2][:8] == ["all", "3", "0.667", "0.500", "1.000", "0.500", "1.000", "1.000"]
    assert rows[5] == ["unanswerable", "1", "1.000", *"----", "1.000", *"--------"]
    assert set("".join(rows[1])) == {"-", ":"}
    assert len({len(line) for line in groups}) == len({len(line) for line in total}) == 1
    assert "| right " in text
    assert "| seconds p50 " in text
    assert "wrong_year" not in text.split("\n\n")[1]  # no question names a year
    assert "Wrong: 1 of 3.\n- a3 (entity) 那PM2.5呢？ -> (nothing)" in text
    assert text.endswith("Problems:\n- set.jsonl, line 4: a4: no file b.txt\n- a3: too hard\n")


def test_held_questions_are_counted_and_not_shown(path: Path) -> None:
    report = evaluate(path)
    text = render(report)
    assert "Wrong: 1 of 3. Of these 1 are held and not shown." in text
    assert "PM2.5" not in text
    record = to_json(report)
    assert "PM2.5" not in json.dumps(record, ensure_ascii=False)
    assert [("question" in outcome) for outcome in record["outcomes"]] == [True, False, False]
    assert record["outcomes"][2]["parts"]["right"] == [0.0, 1.0]


def test_the_json_report_has_every_question(path: Path) -> None:
    record = to_json(evaluate(path))
    assert json.loads(json.dumps(record)) == record
    right = record["total"]["right"]
    assert (right["value"], right["count"], right["total"]) == (2 / 3, 2, 3)
    assert right["low"] < 2 / 3 < right["high"]
    assert record["groups"]["type"]["unanswerable"]["cited"]["value"] is None
    assert record["measures"]["wrong_year"]["rises"] is False
    outcome = record["outcomes"][0]
    assert (outcome["id"], outcome["type"], outcome["split"], outcome["ranks"]) == (
        "a1",
        "number",
        "tune",
        [2],
    )
    assert outcome["parts"]["precision"] == [1, 1]
    assert outcome["expected"] == [["63.1%", True], ["[1]", False]]
    assert outcome["faults"] == []
