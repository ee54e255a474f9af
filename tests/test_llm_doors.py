"""A language model through the front doors: the command line, the evaluation, the chat."""

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rag.errors import ModelError
from rag.llm import finding
from rag.llm.backend import Piece
from rag.llm.finding import find_files, find_servers, try_model
from rag.llm.server import ServerBackend
from tests.model_server import Asked, ModelServer, Say, event, model_server, saying, sending
from tests.test_llm_local import ARCHITECTURE, NAME, a_gguf
from ui.chat.chat import Chat
from ui.chat.writers import FIND, Writers
from ui.cli import main

if TYPE_CHECKING:
    from rag.assistant import Assistant

FOREST = "2023年江西省森林覆盖率是多少？"
SAID = "2023年江西省森林覆盖率为63.1%。"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server(saying(SAID)) as running:
        yield running


def ask(index: Path, *arguments: str) -> list[str]:
    return ["ask", "--index", str(index), *arguments]


def test_ask_has_the_model_write_and_says_who_wrote(
    seed_index: Path, server: ModelServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(ask(seed_index, "--json", "--llm", server.address, FOREST)) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["answer"] == "2023年江西省森林覆盖率为63.1%[1]。"
    assert record["backend"].startswith("small (127.0.0.1:")
    assert (record["note"], len(record["citations"])) == ("", 1)


def test_the_model_may_be_named_in_the_settings(
    seed_index: Path, server: ModelServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANWEN_LLM", server.address)
    monkeypatch.setenv("GANWEN_LLM_MODEL", "other")
    monkeypatch.setenv("GANWEN_LLM_KEY", "secret")
    assert main(ask(seed_index, "--json", FOREST)) == 0
    assert json.loads(capsys.readouterr().out)["backend"].startswith("other (")
    assert server.keys == ["Bearer secret"]
    assert main(["settings"]) == 0
    assert "secret" not in capsys.readouterr().out
    assert main(ask(seed_index, "--json", "--llm", "none", FOREST)) == 0
    assert json.loads(capsys.readouterr().out)["backend"] == "extractive"


@pytest.mark.parametrize("named", ["nowhere.gguf", "pyproject.toml", "http://127.0.0.1:9/v1", "ftp://x"])
def test_a_model_that_cannot_be_had_leaves_the_answer_of_the_reports(
    seed_index: Path,
    named: str,
    root: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(root)
    assert main(ask(seed_index, "--json", "--llm", named, FOREST)) == 0
    out, said = capsys.readouterr()
    record = json.loads(out)
    assert "63.1%" in record["answer"]
    assert record["backend"] == "extractive"
    assert len(said.splitlines()) == 1
    assert "Traceback" not in said


PAGE = b"<!DOCTYPE html><html><body>It works!</body></html>"
HALF = event("森林覆盖率为63.1%。") + b'data: {"choices": [{"del'


def keep_silent(_: Asked) -> Iterator[bytes]:
    time.sleep(3)
    yield b""


def go_on(_: Asked) -> Iterator[bytes]:
    while True:
        yield event("啦" * 100)


@pytest.mark.parametrize(
    ("say", "settings", "chinese", "english"),
    [
        (sending(PAGE), {"kind": "text/html"}, "回的是网页", "answered with a web page"),
        (sending(PAGE), {}, "回的是网页", "answered with a web page"),
        (
            sending(b'{"message": {"content": "a"}}\n'),
            {},
            "不合 OpenAI 的对话接口",
            "OpenAI's chat interface",
        ),
        (
            sending(PAGE),
            {"kind": "application/json"},
            "不合 OpenAI 的对话接口",
            "the way OpenAI's chat interface",
        ),
        (sending(PAGE), {"status": 401}, "要密钥（401）", "wants a key (401)"),
        (sending(PAGE), {"status": 404}, "没有对话接口", "has no chat at this address"),
        (sending(PAGE), {"status": 500}, "模型服务出错（500）", "failed (500)"),
        (sending(HALF), {}, "一行没说完就断了", "in the middle of a line"),
        (sending(), {}, "没说完就断了", "broke off before the end"),
        (keep_silent, {}, "1 秒没有出声", "said nothing for 1 s"),
        (go_on, {}, "模型写个不停", "went on without end"),
    ],
)
def test_whatever_a_server_does_the_answer_stands_and_one_line_says_why(
    seed_index: Path,
    say: Say,
    settings: dict[str, Any],
    chinese: str,
    english: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In the language of the question, in no other."""
    monkeypatch.setenv("GANWEN_LLM_TIMEOUT", "1")
    with model_server(say, **settings) as server:
        for question, told in (
            (FOREST, chinese),
            ("What was the forest coverage of Jiangxi in 2023?", english),
        ):
            assert main(ask(seed_index, "--llm", server.address, "--llm-model", "small", question)) == 0
            answered, said = capsys.readouterr()
            assert "63.1%[1]" in answered.split("\n")[0]
            assert told in said
            assert said.startswith("ganwen: ")
            assert len(said.splitlines()) == 1
            is_chinese = re.search("[\u4e00-\u9fff]", said) is not None
            assert is_chinese == (told is chinese)
            assert "Traceback" not in said


def test_a_batch_is_written_by_the_model_line_by_line(
    seed_index: Path, server: ModelServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps({"id": 1, "question": FOREST}) + "\n", encoding="utf-8")
    assert main(ask(seed_index, "--batch", str(questions), "--llm", server.address)) == 0
    assert json.loads(capsys.readouterr().out)["backend"].startswith("small")


def test_eval_measures_the_model_and_keeps_its_run_apart(
    seed_index: Path,
    server: ModelServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    evidence = {"file": "000_d55d333f7c9e58df.txt", "quote": "森林覆盖率稳定在63.1%", "group": 1}
    line = {"id": "a", "type": "number", "question": FOREST, "answers": ["63.1%"], "evidence": [evidence]}
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps(line, ensure_ascii=False) + "\n", encoding="utf-8")
    command = ["eval", "--index", str(seed_index), "--questions", str(questions)]
    for arguments in ([], ["--llm", server.address]):
        assert main([*command, *arguments]) == 0
    capsys.readouterr()
    runs = sorted((tmp_path / ".ganwen/runs").glob("*/answers.jsonl"))
    backends = {json.loads(run.read_text(encoding="utf-8"))["backend"].split(" ")[0] for run in runs}
    assert backends == {"extractive", "small"}


def test_eval_does_not_measure_without_the_model_that_is_named(
    seed_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "--index", str(seed_index), "--llm", "nowhere.gguf"]) == 1
    assert "No model file at nowhere.gguf" in capsys.readouterr().err


def test_llm_lists_the_files_of_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "below").mkdir()
    path = a_gguf(tmp_path / "below" / "model.gguf", ARCHITECTURE, NAME)
    (tmp_path / "broken.gguf").write_bytes(b"no")
    assert main(["llm", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"{path}  Small Model 1B, 0.0 GB\n"
    assert main(["llm", str(tmp_path / "none")]) == 1
    assert "No folder" in capsys.readouterr().err


def test_a_file_is_listed_once_however_often_it_is_linked(tmp_path: Path) -> None:
    path = a_gguf(tmp_path / "a.gguf", ARCHITECTURE)
    (tmp_path / "b.gguf").symlink_to(path)
    assert [file.path for file in find_files(tmp_path)] == [path]


def test_servers_on_loopback_are_found_by_their_ports(server: ModelServer) -> None:
    port = int(server.address.split(":")[2].removesuffix("/v1"))
    (found,) = find_servers([port, 9])
    assert (found.address, found.models) == (server.address, ("small",))


def test_a_model_is_tested(server: ModelServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["llm", "--test", server.address]) == 0
    out, said = capsys.readouterr()
    assert out == f"{SAID}\n"
    assert "first word after 0." in said
    with model_server(saying("好\x1b[2J的"), models=("a\x1b]0;b",)) as sly:
        assert main(["llm", "--test", sly.address]) == 0
        assert capsys.readouterr().out == "好[2J的\n"
    with model_server(saying("")) as silent, pytest.raises(ModelError, match="answered with nothing"):
        try_model(ServerBackend(silent.address, "small"))


def test_the_flags_cost_nothing_where_no_model_is_named(seed_index: Path) -> None:
    code = (
        "import sys; from ui.cli import main; main(sys.argv[1:]);"
        "print(sorted(name for name in sys.modules if name.startswith(('rag.llm', 'http', 'xllamacpp'))))"
    )
    command = [sys.executable, "-c", code, "ask", "--index", str(seed_index), FOREST]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_page_begins_with_the_model_of_the_settings(assistant: "Assistant", server: ModelServer) -> None:
    chat = Chat(assistant, "zh", Writers(ServerBackend(server.address, "small"), "small"))
    session = chat.open(None, None)
    assert '<option value="small" selected>' in chat.draw(session.conversation)["banner"]
    chat.ask(session, FOREST)
    *_, last = chat.answer(session)
    answer = session.conversation.exchanges[0].answer
    assert answer is not None
    assert answer.text == "2023年江西省森林覆盖率为63.1%[1]。"
    assert f"{answer.backend} · " in last["log"]


def test_who_writes_is_chosen_on_the_page(assistant: "Assistant", server: ModelServer) -> None:
    chat = Chat(assistant, "zh", Writers(ServerBackend(server.address, "small"), "small"))
    session = chat.open(None, None)
    for writer, backend in (("", "extractive"), ("small", "small"), ("../../etc/passwd", "extractive")):
        chat.select(session, {"writer": writer})
        chat.ask(session, FOREST)
        list(chat.answer(session))
        answer = session.conversation.exchanges[-1].answer
        assert answer is not None
        assert answer.backend.split(" ")[0] == backend
    chat.select(session, {"writer": "small"})
    chat.clear(session)
    assert session.conversation.writer == "small"


def test_models_are_looked_for_only_when_asked_for(
    assistant: "Assistant", tmp_path: Path, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_gguf(tmp_path / "found.gguf", ARCHITECTURE)
    monkeypatch.setattr(finding, "FOLDERS", (str(tmp_path),))
    port = int(server.address.split(":")[2].removesuffix("/v1"))
    monkeypatch.setattr("ui.chat.writers.find_servers", lambda: find_servers([port]))
    chat = Chat(assistant, "zh")
    session = chat.open(None, None)
    assert "found.gguf" not in chat.draw(session.conversation)["banner"]
    shown = chat.select(session, {"writer": FIND})["banner"]
    assert "found.gguf" in shown
    assert "small ()" in shown
    chat.select(session, {"writer": "found.gguf"})
    chat.ask(session, FOREST)
    list(chat.answer(session))
    answer = session.conversation.exchanges[0].answer
    assert answer is not None
    assert "63.1%" in answer.text
    assert answer.note.startswith("模型没能写完")


def test_a_page_for_other_machines_looks_for_no_models(
    assistant: "Assistant", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_gguf(tmp_path / "found.gguf", ARCHITECTURE)
    monkeypatch.setattr(finding, "FOLDERS", (str(tmp_path),))
    chat = Chat(assistant, "zh", Writers(finds=False))
    session = chat.open(None, None)
    for picked in ({}, {"writer": FIND}):
        assert "<select" not in chat.select(session, picked)["banner"]


def test_the_place_in_the_queue_is_shown_while_the_answer_of_the_reports_stands(
    assistant: "Assistant",
) -> None:
    class Busy:
        name = "busy"

        def stream(self, *_: object) -> Iterator[Piece]:
            yield Piece(ahead=2)
            yield Piece(ahead=1)
            yield Piece(SAID)

    chat = Chat(assistant, "zh", Writers(Busy(), "busy"))
    session = chat.open(None, None)
    chat.ask(session, FOREST)
    logs = [parts["log"] for parts in chat.answer(session)]
    waiting = [log for log in logs if "排队等模型" in log]
    assert ["前面还有 2 个问题" in waiting[0], "前面还有 1 个问题" in waiting[1]] == [True, True]
    assert "稳定在63.1" in waiting[0]
    assert "排队" not in logs[-1]


def test_the_stop_button_stops_the_model(assistant: "Assistant") -> None:
    def endless(_: Asked) -> Iterator[bytes]:
        while True:
            yield event("马回岭镇")
            time.sleep(0.01)

    with model_server(endless) as server:
        chat = Chat(assistant, "zh", Writers(ServerBackend(server.address, "small"), "small"))
        session = chat.open(None, None)
        chat.ask(session, "马回岭镇怎么抓党建带乡村振兴的？")

        def stop_it() -> None:
            while not server.asked:
                time.sleep(0.01)
            chat.stop(session)

        threading.Thread(target=stop_it).start()
        list(chat.answer(session))
        assert server.gone.wait(2)
    assert session.conversation.exchanges[0].stopped
    assert "data-pending" not in chat.draw(session.conversation)["log"]
