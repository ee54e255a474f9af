"""`ganwen eval` in real processes: runs kept and gone on with, sets of other formats, comparisons and exit codes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

GANWEN = Path(sys.executable).with_name("ganwen")
REPORT = """清溪县2023年政府工作报告

一、2023年工作回顾

全县粮食产量12.6万吨，比上年增长3.2%。森林覆盖率达到71.5%。
"""


def ganwen(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [str(GANWEN), *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=240)


def _question(id: str, text: str, answer: str, quote: str, split: str = "tune") -> dict[str, Any]:
    evidence = [{"file": "a.txt", "quote": quote}]
    return {
        "id": id,
        "type": "number",
        "question": text,
        "answers": [answer],
        "evidence": evidence,
        "split": split,
    }


GRAIN = _question("1", "清溪县2023年粮食产量是多少？", "12.6万吨", "全县粮食产量12.6万吨")
FOREST = _question("2", "清溪县2023年森林覆盖率是多少？", "71.5%", "森林覆盖率达到71.5%", "held")


def _write(path: Path, *records: Any) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an index of one report and a set of two questions about it."""
    folder = tmp_path_factory.mktemp("eval")
    (folder / "seeds").mkdir()
    (folder / "seeds" / "a.txt").write_text(REPORT, encoding="utf-8")
    assert ganwen("index", cwd=folder).returncode == 0
    _write(folder / "set.jsonl", GRAIN, FOREST)
    return folder


def test_a_run_is_kept_and_gone_on_with(folder: Path) -> None:
    done = ganwen("eval", "--questions", "set.jsonl", "--run", "kept", cwd=folder)
    assert done.returncode == 0, done.stderr
    run = folder / ".ganwen" / "runs" / "kept"
    assert sorted(path.name for path in run.iterdir()) == [
        "answers.jsonl", "report.html", "report.json", "report.md", "run.json",
    ]  # fmt: skip
    assert (run / "report.md").read_text("utf-8") == done.stdout
    assert f"the report: {run.relative_to(folder) / 'report.html'}" in done.stderr
    header = json.loads((run / "run.json").read_text("utf-8"))
    assert header["settings"]["questions"] == "set.jsonl"
    lines = (run / "answers.jsonl").read_text("utf-8").splitlines(keepends=True)
    assert [json.loads(line)["id"] for line in lines] == ["1", "2"]

    (run / "answers.jsonl").write_text(lines[0] + lines[1][:40], encoding="utf-8")
    again = ganwen("eval", "--questions", "set.jsonl", "--run", "kept", cwd=folder)
    assert "1 answers are there already" in again.stderr
    kept = (run / "answers.jsonl").read_text("utf-8").splitlines(keepends=True)
    assert kept[0] == lines[0]
    assert _timeless(kept[1]) == _timeless(lines[1])

    _write(folder / "other.jsonl", GRAIN)
    wrong = ganwen("eval", "--questions", "other.jsonl", "--run", "kept", cwd=folder)
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "holds a run with other questions" in wrong.stderr


def _timeless(line: str) -> dict[str, Any]:
    return {key: value for key, value in json.loads(line).items() if key != "seconds"}


def test_held_questions_are_shown_on_demand_only(folder: Path) -> None:
    hidden = ganwen("eval", "--questions", "set.jsonl", "--split", "held", "--json", cwd=folder)
    assert hidden.returncode == 0, hidden.stderr
    assert json.loads(hidden.stdout)["total"]["questions"] == 1
    assert "森林" not in hidden.stdout + hidden.stderr
    run = next((folder / ".ganwen" / "runs").glob("set-held-*"))
    for name in ("report.html", "report.json", "report.md"):
        assert "森林" not in (run / name).read_text("utf-8")
    shown = ganwen("eval", "--questions", "set.jsonl", "--split", "held", "--json", "--show-held", cwd=folder)
    assert FOREST["question"] in shown.stdout
    assert FOREST["question"] in (run / "report.html").read_text("utf-8")


def test_runs_are_compared(folder: Path) -> None:
    _write(folder / "strict.jsonl", GRAIN | {"answers": ["13万吨"]}, FOREST)
    for name, questions in (("before", "set.jsonl"), ("after", "strict.jsonl")):
        done = ganwen("eval", "--questions", questions, "--run", name, cwd=folder)
        assert done.returncode == 0, done.stderr
    done = ganwen("eval", "compare", "before", "after", "--limit", "right=0.4", cwd=folder)
    assert done.returncode == 1
    assert "Turned wrong: 1.\n- 1 (number)" in done.stdout
    assert done.stderr == "ganwen: right is worse by 0.500 (1.000 to 0.500), more than 0.4\n"
    done = ganwen("eval", "compare", "before", "after", "--limit", "right=0.5", "--json", cwd=folder)
    assert done.returncode == 0
    assert json.loads(done.stdout)["turned_wrong"] == ["1"]
    assert ganwen("eval", "compare", "before", "nowhere", cwd=folder).stderr.startswith(
        "ganwen: No report.json in"
    )


def test_a_set_with_documents_of_its_own(tmp_path: Path) -> None:
    _write(
        tmp_path / "docs.jsonl",
        {"doc_id": "d1", "title": "清溪县", "text": "清溪县粮食产量12.6万吨。"},
        {"doc_id": "d2", "title": "石桥县", "text": "石桥县粮食产量8.4万吨。"},
    )
    ask = {"qid": "q", "question": "石桥县粮食产量是多少？", "answers": ["8.4万吨"], "doc_ids": ["d2"]}
    _write(tmp_path / "queries.jsonl", ask | {"answer_spans": [[7, "8.4万吨"]]})
    done = ganwen("eval", "--dataset", ".", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["total"]["recall@1"]["value"] == 1.0
    assert record["run"]["settings"]["documents"] == 2
    again = ganwen("eval", "--dataset", ".", "--json", cwd=tmp_path)
    assert "1 answers are there already" in again.stderr  # an index built anew is the same index
    assert json.loads(again.stdout)["total"] == record["total"]


def test_faults_of_a_set_are_named_and_the_rest_goes_on(folder: Path) -> None:
    path = _write(
        folder / "bad.jsonl", GRAIN, FOREST | {"type": "riddle"}, GRAIN, GRAIN | {"id": "9", "evidence": []}
    )
    done = ganwen("eval", "--questions", path.name, "--json", cwd=folder)
    assert done.returncode == 0
    record = json.loads(done.stdout)
    assert record["total"]["questions"] == 1
    assert [problem.split(":")[0] for problem in record["problems"]] == [
        f"bad.jsonl, line {n}" for n in (2, 3, 4)
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--sample", "0"), "0 is not a number from 1 up"),
        (("--split", "all", "--dataset", "x", "--questions", "y"), "--dataset brings its own questions"),
        (("--answers", "x", "--sample", "3"), "--answers asks nothing"),
        (("compare", "a", "b", "--limit", "right"), "right is not MEASURE=AMOUNT"),
        (("compare", "a"), "the following arguments are required: B"),
    ],
)
def test_flags_that_do_not_go_together(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = ganwen("eval", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
