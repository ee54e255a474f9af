"""The real `ganwen` command in real processes: what it prints, where, and its exit codes."""

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from rag.errors import GanwenError, QuestionError
from rag.types import Answer, Turn
from ui.batch import BatchLine, BatchReport, answer_batch, read_batch
from ui.cli import main
from ui.output import open_output
from ui.progress import ProgressBars

GANWEN = Path(sys.executable).with_name("ganwen")
COMMANDS = ("index", "ask", "eval", "serve", "corpus", "settings", "verify")
QUESTION = "清溪县2023年粮食产量是多少？"
REPORT = """清溪县2023年政府工作报告

一、2023年工作回顾

全县粮食产量12.6万吨，比上年增长3.2%。森林覆盖率达到71.5%。

二、2024年工作安排

粮食产量力争达到13万吨。
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to work in: `reports/` of every encoding and every kind of bad file, and the index of them."""
    folder = tmp_path_factory.mktemp("work")
    reports = folder / "reports"
    reports.mkdir()
    (reports / "utf8.txt").write_text(REPORT, encoding="utf-8")
    (reports / "gb.txt").write_bytes(
        REPORT.replace("清溪县", "石桥县").replace("12.6", "8.4").encode("gb18030")
    )
    (reports / "utf16.txt").write_bytes(
        REPORT.replace("清溪县", "松岭县").replace("12.6", "5.1").encode("utf-16")
    )
    (reports / "noise.txt").write_bytes(bytes(range(128, 256)) * 3 + b"\xff\x00\xfe" * 50)
    (reports / "empty.txt").write_bytes(b"")
    (reports / "large.txt").write_text(REPORT * 800, encoding="utf-8")
    (folder / "ganwen.toml").write_text('source = "reports"\nmax_file_mb = 0.1\n', encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def indexed(folder: Path) -> subprocess.CompletedProcess[str]:
    """`ganwen index` in that folder."""
    return ganwen("index", cwd=folder)


@pytest.fixture(scope="module")
def small(folder: Path, indexed: subprocess.CompletedProcess[str]) -> Path:
    """The folder with its index built."""
    assert indexed.returncode == 0, indexed.stderr
    return folder


def ganwen(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command."""
    return subprocess.run(
        [str(GANWEN), *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def as_nobody(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user who may read nothing of root's; libraries are loaded before the switch."""
    code = (
        "import contextlib, encodings.ascii, io, os, sys, embeddings.cache, embeddings.encoder, rag.store, rag.corpus.readers,"
        " rag.corpus.structure, ui.commands, ui.progress, ui.cli\n"
        "with contextlib.redirect_stdout(io.StringIO()): ui.cli.main(['settings'])\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "sys.exit(ui.cli.main(sys.argv[1:]))"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


# Typing


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_with_examples(command: str, tmp_path: Path) -> None:
    done = ganwen(command, "--help", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"examples:\n  ganwen {command}" in done.stdout


def test_without_a_command_the_help_is_shown(tmp_path: Path) -> None:
    done = ganwen(cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert all(f"\n    {command} " in done.stderr for command in COMMANDS)


def test_version(tmp_path: Path) -> None:
    assert ganwen("--version", cwd=tmp_path).stdout == "ganwen 0.1.0\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask"], "give one question"),
        (["ask", "问", "--batch", "q.jsonl"], "give one question"),
        (["ask", "问", "--output", "a.jsonl"], "--output goes with --batch FILE"),
        (["serve", "--port", "many"], "argument --port: invalid int value: 'many'"),
        (["aks", "问"], "invalid choice: 'aks'"),
        (
            ["ask", "What", "is", "it?"],
            "too much: is it?. What holds blanks goes in quotes\nHelp: ganwen ask",
        ),
        (["ask", "问", "--jso"], "there is no --jso here, but -h, --help, --json, --batch,"),
        (["eval", "--quest=x", "--fres"], "there is no --quest or --fres here"),
        (
            ["llm", "--llm", "x"],
            "there is no --llm here, but -h, --help, --test, --llm-model\nHelp: ganwen llm",
        ),
        (["llm", "--llm-model", "x"], "--llm-model goes with --test"),
        (["llm", "models", "--test", "x"], "give a folder to list, or --test"),
    ],
)
def test_a_command_typed_wrongly(arguments: list[str], message: str, tmp_path: Path) -> None:
    done = ganwen(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("ganwen: ")
    assert message in done.stderr
    assert done.stderr.rstrip().endswith("--help")


# Errors


def check_error(done: subprocess.CompletedProcess[str], *parts: str) -> None:
    """One line on stderr that holds the parts, nothing on stdout, exit code 1."""
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith("ganwen: ")
    assert [part for part in parts if part not in done.stderr] == []


def test_no_index(tmp_path: Path) -> None:
    check_error(ganwen("ask", QUESTION, cwd=tmp_path), ".ganwen/index", "ganwen index")


@pytest.mark.parametrize("command", ["serve", "corpus", "verify", "eval"])
def test_no_index_for_other_commands(command: str, tmp_path: Path) -> None:
    check_error(ganwen(command, "--index", "nowhere", cwd=tmp_path), "nowhere", "ganwen index")


def test_a_folder_of_reports_that_is_missing_or_empty(tmp_path: Path) -> None:
    check_error(ganwen("index", "--source", "reports", cwd=tmp_path), "reports")
    (tmp_path / "reports").mkdir()
    check_error(ganwen("index", "--source", "reports", cwd=tmp_path), "reports")
    assert not (tmp_path / ".ganwen").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="switching to another user needs root")
def test_a_folder_of_reports_without_permission(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir(mode=0o700)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache").chmod(0o777)
    _open_to_all(tmp_path)
    done = as_nobody("index", "--source", "reports", cwd=tmp_path, GANWEN_CACHE=str(tmp_path / "cache"))
    check_error(done, "No permission to read reports")


@pytest.mark.skipif(os.geteuid() != 0, reason="switching to another user needs root")
def test_a_cache_that_cannot_be_written(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir(mode=0o755)
    (tmp_path / "index").mkdir()
    (tmp_path / "index").chmod(0o777)
    _open_to_all(folder)
    _open_to_all(tmp_path)
    done = as_nobody(
        "index", "--index", str(tmp_path / "index" / "i"), cwd=folder, GANWEN_CACHE=str(tmp_path / "cache")
    )
    check_error(done, str(tmp_path / "cache"), "GANWEN_CACHE")


def _open_to_all(folder: Path) -> None:
    """Let every user pass through the folders above, which pytest makes for one user only."""
    for above in (folder, *folder.parents):
        if above.owner() == folder.owner() and above != Path("/") and not above.stat().st_mode & 0o001:
            above.chmod(0o755)


def test_a_mistake_in_ganwen_toml(tmp_path: Path) -> None:
    (tmp_path / "ganwen.toml").write_text("indx = 'x'", encoding="utf-8")
    check_error(
        ganwen("ask", QUESTION, cwd=tmp_path), "Unknown setting indx in ganwen.toml. Did you mean index?"
    )


@pytest.mark.parametrize("question", ["", " \n\t　"])
def test_an_empty_question(question: str, small: Path) -> None:
    check_error(ganwen("ask", question, cwd=small), "The question is empty")


def test_a_question_of_20000_characters(small: Path) -> None:
    check_error(ganwen("ask", "粮食产量" * 5_000, cwd=small), "20,000", "2,000")


def test_ctrl_c_is_quiet(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "questions.jsonl")
    process = subprocess.Popen(
        [str(GANWEN), "ask", "--batch", "questions.jsonl"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with (tmp_path / "questions.jsonl").open("wb"):  # returns when the command has opened it to read
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=30) == (b"", b"")
    assert process.returncode == 130


def test_a_reader_that_has_gone_is_no_error(small: Path) -> None:
    process = subprocess.Popen(
        [str(GANWEN), "ask", QUESTION], cwd=small, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=30) == 1


# Indexing


def test_bad_files_are_named_and_the_rest_is_indexed(indexed: subprocess.CompletedProcess[str]) -> None:
    assert (indexed.returncode, indexed.stdout) == (0, "")
    *skipped, report = indexed.stderr.splitlines()
    assert [line.split(": ")[1] for line in skipped] == [
        "skipped empty.txt",
        "skipped large.txt",
        "skipped noise.txt",
    ]
    assert "MAX_FILE_MB" in skipped[1]
    assert report.startswith("ganwen: 3 reports, ")


def test_every_encoding_is_answered_from(small: Path) -> None:
    for county, amount, file in (("石桥县", "8.4万吨", "gb.txt"), ("松岭县", "5.1万吨", "utf16.txt")):
        record = json.loads(ganwen("ask", "--json", f"{county}2023年粮食产量是多少？", cwd=small).stdout)
        assert amount in record["answer"]
        assert record["citations"][0]["file"] == file


def test_a_second_run_writes_nothing_anew(small: Path) -> None:
    files = [path for path in (small / ".ganwen" / "index").rglob("*") if path.is_file()]
    before = {path: path.stat().st_mtime_ns for path in files if path.name != "lock"}
    done = ganwen("index", cwd=small)
    assert done.returncode == 0
    assert {path: path.stat().st_mtime_ns for path in before} == before


# Asking


def test_an_answer_as_text(small: Path) -> None:
    done = ganwen("ask", QUESTION, cwd=small)
    assert (done.returncode, done.stderr) == (0, "")
    answer, *citations = done.stdout.split("\n\n")
    assert "12.6万吨" in answer
    assert "[1]" in answer
    assert citations[0].splitlines()[0].startswith("[1] utf8.txt:")
    assert citations[0].splitlines()[0].endswith("  清溪县2023年政府工作报告 › 一、2023年工作回顾")
    assert citations[0].splitlines()[1] == "    (清溪县 · 2023年)"


def test_an_answer_as_json(small: Path) -> None:
    done = ganwen("ask", "--json", QUESTION, cwd=small)
    record = json.loads(done.stdout)
    assert {
        "question", "answer", "refused", "reason", "backend", "citations", "passages", "seconds",
    } <= set(record)  # fmt: skip
    assert (record["question"], record["refused"], record["reason"]) == (QUESTION, False, "")
    citation = record["citations"][0]
    assert {"n", "file", "title", "section", "start", "end", "text"} <= set(citation)
    source = (small / "reports" / citation["file"]).read_text(encoding="utf-8")
    assert source[citation["start"] : citation["end"]] == citation["text"]
    assert "12.6万吨" in citation["text"]
    for passage in record["passages"]:
        assert {"file", "title", "section", "start", "end", "text", "score"} <= set(passage)
        assert 0 < len(passage["text"]) <= 600
    scores = [passage["score"] for passage in record["passages"]]
    assert scores == sorted(scores, reverse=True)


def test_chinese_is_utf8_in_any_locale(small: Path) -> None:
    done = ganwen("ask", QUESTION, cwd=small, LC_ALL="C", PYTHONIOENCODING="ascii")
    assert "12.6万吨" in done.stdout


def test_a_question_that_is_not_utf8_still_gives_json(small: Path) -> None:
    done = subprocess.run(
        [os.fsencode(GANWEN), b"ask", b"--json", QUESTION.encode() + b"\xff"], cwd=small, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    assert "12.6万吨" in json.loads(done.stdout.decode("utf-8"))["answer"]


def test_changes_since_the_index_was_built_are_said(small: Path) -> None:
    added = small / "reports" / "later.txt"
    added.write_text(REPORT, encoding="utf-8")
    try:
        done = ganwen("ask", QUESTION, cwd=small)
    finally:
        added.unlink()
    assert "12.6万吨" in done.stdout
    assert done.stderr == (
        "ganwen: warning: the reports changed since the index was built (1 added). Update it: ganwen index\n"
    )


def test_the_update_is_said_as_it_would_be_typed_elsewhere(small: Path, tmp_path: Path) -> None:
    index = small / ".ganwen" / "index"
    added = small / "reports" / "later.txt"
    added.write_text(REPORT, encoding="utf-8")
    try:
        done = ganwen("ask", QUESTION, "--index", str(index), cwd=tmp_path)
    finally:
        added.unlink()
    assert done.stderr.endswith(f"Update it: ganwen index --source {small / 'reports'} --index {index}\n")


def test_reports_that_are_gone_are_still_answered_from(small: Path) -> None:
    (small / "reports").rename(small / "moved")
    try:
        done = ganwen("ask", QUESTION, cwd=small)
    finally:
        (small / "moved").rename(small / "reports")
    assert "12.6万吨" in done.stdout
    assert done.stderr.startswith(
        "ganwen: warning: the reports that the index was built from cannot be looked at. No folder "
    )
    assert done.stderr.count("\n") == 1


# Progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_a_bar_for_each_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with ProgressBars(read=("Reading", "files"), embed=("Embedding", "passages")) as progress:
        progress("read", 2, 2)
        progress("embed", 1, 3)
        progress("embed", 3, 3)
    shown = terminal.getvalue()
    assert "Reading: 100%" in shown
    assert "Embedding: 100%" in shown
    assert "3/3" in shown
    assert re.search(r"3/3 \[.*passages/s\]", shown)


def test_where_nobody_watches_a_line_is_said_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    log, clock = io.StringIO(), iter([0.0, 10.0, 30.0, 59.0, 60.0, 4100.0])
    monkeypatch.setattr(sys, "stderr", log)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    with ProgressBars(read=("Reading", "files"), embed=("Embedding", "passages")) as progress:
        for done in (1, 11, 30, 31):
            progress("read", done, 1000)
        progress("embed", 5, 9)
    assert log.getvalue().splitlines() == [
        "ganwen: Reading: 11 of 1,000 files, 0.5 a second, 32:58 left",
        "ganwen: Reading: 31 of 1,000 files, 0.6 a second, 26:55 left",
        "ganwen: Embedding: 5 of 9 passages",
    ]


# Batch


def test_batch(small: Path, tmp_path: Path) -> None:
    questions, answers = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
    lines = [
        json.dumps({"id": "a", "question": QUESTION, "type": "number"}, ensure_ascii=False),
        "not json",
        "",
        json.dumps({"id": 7}),
        json.dumps({"id": "long", "question": "粮" * 20_000}),
        json.dumps(
            {
                "id": "b",
                "question": "那森林覆盖率呢？",
                "history": [{"question": QUESTION, "answer": "12.6万吨"}],
            }
        ),
    ]
    questions.write_text("\n".join(lines), encoding="utf-8")
    done = ganwen("ask", "--batch", str(questions), "--output", str(answers), cwd=small)
    assert (done.returncode, done.stdout) == (0, "")
    records = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
    assert [record["id"] for record in records] == ["a", None, None, "long", "b"]
    assert [record.get("line") for record in records] == [None, 2, 4, 5, None]
    assert "12.6万吨" in records[0]["answer"]
    assert records[2] == {"id": None, "line": 4, "error": 'no "question" with text in it'}
    assert "20,000" in records[3]["error"]
    assert "71.5%" in records[4]["answer"]
    assert done.stderr.splitlines()[-1].startswith("ganwen: answered 2 questions in ")
    assert len(done.stderr.splitlines()) <= 12


def test_batch_without_output_prints_the_answers(small: Path, tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text(json.dumps({"id": 1, "question": QUESTION}), encoding="utf-8")
    done = ganwen("ask", "--batch", str(tmp_path / "q.jsonl"), cwd=small)
    assert json.loads(done.stdout)["id"] == 1


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("missing/answers.jsonl", "No folder missing to write answers.jsonl in"),
        (".", "--output . is a folder"),
        ("questions.jsonl", "is the file of questions itself"),
    ],
)
def test_an_output_that_cannot_be_written_is_said_before_anything(
    output: str, message: str, tmp_path: Path
) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps({"question": QUESTION}), encoding="utf-8")
    before = questions.read_bytes()
    # There is no index here: were it looked for first, the error would be another one.
    check_error(ganwen("ask", "--batch", "questions.jsonl", "--output", output, cwd=tmp_path), message)
    assert questions.read_bytes() == before


def test_earlier_answers_are_kept_when_there_is_no_index(tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_text(json.dumps({"question": QUESTION}), encoding="utf-8")
    (tmp_path / "answers.jsonl").write_text("earlier\n", encoding="utf-8")
    done = ganwen("ask", "--batch", "questions.jsonl", "--output", "answers.jsonl", cwd=tmp_path)
    check_error(done, "No index")
    assert (tmp_path / "answers.jsonl").read_text(encoding="utf-8") == "earlier\n"


def test_a_file_of_questions_that_is_missing(tmp_path: Path) -> None:
    check_error(ganwen("ask", "--batch", "q.jsonl", cwd=tmp_path), "Cannot read the questions in q.jsonl")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"\xff\xfe", "not a line of JSON in UTF-8"),
        (b"[" * 100_000, "not a line of JSON in UTF-8"),
        (b'{"id": NaN, "question": "q"}', "not a line of JSON in UTF-8"),
        (b"[1]", "not a JSON object"),
        (b'{"question": 1}', 'no "question"'),
        (b'{"question": "  "}', 'no "question"'),
        (b'{"question": "q", "history": "h"}', '"history" is not a list'),
        (b'{"question": "q", "history": [{"question": "q"}]}', '"history" is not a list'),
        (b'{"question": "q", "history": 5}', '"history" is not a list'),
    ],
)
def test_a_bad_line(line: bytes, error: str, tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"id": "first", "question": "q"}\r\n' + line + b"\n")
    first, second = read_batch(path)
    assert first == BatchLine(1, "first", "q")
    assert (second.number, second.id, second.question) == (2, None, "")
    assert second.error.startswith(error)


class _Output:
    """Remembers what was flushed by the time of each question."""

    def __init__(self) -> None:
        self.flushed: list[str] = []
        self._written = ""

    def write(self, text: str) -> None:
        self._written += text

    def flush(self) -> None:
        self.flushed, self._written = [*self.flushed, self._written], ""


def test_each_answer_is_flushed_before_the_next_question() -> None:
    output: Any = _Output()
    seen: list[int] = []

    def ask(question: str, history: tuple[Turn, ...]) -> Answer:
        seen.append(len(output.flushed))
        if question == "bad":
            raise QuestionError("cannot be asked")
        return Answer(question, "答", False, "", "test", (), (), 0.0)

    lines = [BatchLine(1, "a", "q"), BatchLine(2, "b", "bad"), BatchLine(3, "c", "\ud800")]
    report = answer_batch(lines, ask, lambda answer: {"question": answer.question}, output)
    assert seen == [0, 1, 2]
    assert report == BatchReport(answered=2, failed=1)
    assert output.flushed == [
        '{"id": "a", "question": "q"}\n',
        '{"id": "b", "line": 2, "error": "cannot be asked"}\n',
        '{"id": "c", "question": "\ud800"}\n',
    ]


def test_a_full_disk_is_said() -> None:
    full = Path("/dev/full")
    with (
        pytest.raises(GanwenError, match=r"^Cannot write to /dev/full: No space left on device\.$"),
        open_output(full) as output,
    ):
        answer_batch([BatchLine(1, error="bad")], _never, vars, output)


def test_a_full_disk_behind_stdout_is_said(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([GANWEN, "settings"], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert done.stderr == b"ganwen: Cannot write to <stdout>: No space left on device.\n"


def _never(question: str, history: tuple[Turn, ...]) -> Answer:
    raise AssertionError("not asked")


# Looking


def test_settings_say_where_each_came_from(small: Path) -> None:
    done = ganwen("settings", cwd=small, GANWEN_PORT="8001")
    lines = done.stdout.splitlines()
    assert "source = reports  (ganwen.toml): folder of reports to read" in lines
    assert "port = 8001  (GANWEN_PORT): port that the chat listens on" in lines
    assert "host = 127.0.0.1  (default): address that the chat listens on" in lines


def test_a_mistyped_variable_is_a_warning(small: Path) -> None:
    done = ganwen("settings", cwd=small, GANWEN_SORCE="elsewhere")
    assert done.returncode == 0
    assert done.stderr == "ganwen: warning: GANWEN_SORCE sets nothing. Did you mean GANWEN_SOURCE?\n"


def test_corpus_lists_every_document(small: Path) -> None:
    done = ganwen("corpus", cwd=small)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split("|")[1].strip() for line in done.stdout.splitlines()[2:]] == [
        "gb.txt",
        "utf16.txt",
        "utf8.txt",
    ]
    records = json.loads(ganwen("corpus", "--json", cwd=small).stdout)
    assert [record["file"] for record in records] == ["gb.txt", "utf16.txt", "utf8.txt"]


def test_corpus_shows_one_document(small: Path) -> None:
    assert "清溪县2023年政府工作报告" in ganwen("corpus", "utf8.txt", cwd=small).stdout
    record = json.loads(ganwen("corpus", "utf8.txt", "--json", cwd=small).stdout)
    assert record["articles"][0]["title"] == "清溪县2023年政府工作报告"
    assert record["articles"][0]["sections"] == [["一、2023年工作回顾"], ["二、2024年工作安排"]]
    check_error(ganwen("corpus", "other.txt", cwd=small), "other.txt is not in the index")


def test_verify_names_the_file_that_is_not_whole(small: Path, tmp_path: Path) -> None:
    shutil.copytree(small / ".ganwen" / "index", tmp_path / "index")
    assert ganwen("verify", "--index", str(tmp_path / "index"), cwd=small).stdout.endswith("is whole.\n")
    corpus = next((tmp_path / "index").glob("g-*/corpus.sqlite"))
    with corpus.open("r+b") as file:
        file.seek(200)
        file.write(b"\xff")
    check_error(
        ganwen("verify", "--index", str(tmp_path / "index"), cwd=small), "corpus.sqlite", "ganwen index"
    )


def test_eval_measures_a_question_set(small: Path, tmp_path: Path) -> None:
    line = {
        "id": "1",
        "type": "number",
        "question": QUESTION,
        "answers": ["12.6万吨"],
        "evidence": [{"file": "utf8.txt", "quote": "全县粮食产量12.6万吨"}],
    }
    (tmp_path / "set.jsonl").write_text(json.dumps(line), encoding="utf-8")
    done = ganwen("eval", "--questions", str(tmp_path / "set.jsonl"), "--json", cwd=small)
    assert done.returncode == 0, done.stderr
    right = json.loads(done.stdout)["total"]["right"]
    assert (right["value"], right["count"], right["total"]) == (1.0, 1, 1)
    text = ganwen("eval", "--questions", str(tmp_path / "set.jsonl"), cwd=small).stdout
    assert text.startswith("| ")
    assert "Wrong: 0 of 1." in text


def test_main_returns_the_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["ask", QUESTION]) == 1
    assert "ganwen index" in capsys.readouterr().err
