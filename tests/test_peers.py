"""The driver of the peers' benchmark, without the peers: real child processes, small enough to read."""

import sys
import time
from pathlib import Path

import pytest

from benchmarks.peers import environments
from benchmarks.peers.__main__ import measure_all
from benchmarks.peers.judging import find_loose, judge, stratify
from benchmarks.peers.measuring import (
    Contender,
    Costs,
    Measured,
    Work,
    answer_all,
    read_answer,
    read_excerpts,
)
from benchmarks.peers.process import PeerError, PeerProcess
from benchmarks.peers.report import (
    Failed,
    answer_table,
    cost_table,
    passage_record,
    percentile95,
    recall_table,
)
from eval.questions import EvalQuestion, Evidence, QuestionType
from eval.responses import Excerpt, Response

PEERS = ("langchain", "llamaindex", "haystack", "txtai")

# A peer that stores the lines of its files and finds those that share most characters with a question.
TINY = """
import json
from benchmarks.peers.protocol import Passage, Reply, main
class Tiny:
    def __init__(self, options):
        self.options = options
    def build(self):
        print("noise of a library")
        files = sorted(self.options.source.iterdir())
        lines = [(f.name, line) for f in files for line in f.read_text(encoding="utf-8").splitlines()]
        self.options.store.mkdir(parents=True)
        (self.options.store / "lines.json").write_text(json.dumps(lines))
        return len(lines)
    def open(self):
        self.lines = json.loads((self.options.store / "lines.json").read_text())
    def search(self, question, k):
        print("more noise")
        best = sorted(self.lines, key=lambda line: -len(set(question) & set(line[1])))
        return [Passage(*line) for line in best[:k]]
    def answer(self, question):
        found = self.search(question, 1)
        return Reply(found[0].text + "，共99个", found)
main(Tiny)
"""


def child(code: str) -> PeerProcess:
    return PeerProcess([sys.executable, "-c", code])


def question(**changes: object) -> EvalQuestion:
    told: dict[str, object] = {
        "line": 1,
        "id": "q1",
        "type": QuestionType.NUMBER,
        "text": "森林覆盖率是多少？",
        "answers": ("63.1%",),
        "evidence": (Evidence("a.txt", "森林覆盖率63.1%", 1),),
    }
    return EvalQuestion(**{**told, **changes})  # type: ignore[arg-type]


def response(text: str, *passages: str, citations: tuple[str, ...] = ()) -> Response:
    return Response(
        text=text,
        passages=tuple(Excerpt("a.txt", passage) for passage in passages),
        citations=tuple(Excerpt("a.txt", citation) for citation in citations),
        seconds=2.0,
    )


@pytest.fixture
def work(tmp_path: Path) -> Work:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.txt").write_text("空气优良天数比率96.5%\n森林覆盖率63.1%\n", encoding="utf-8")
    (source / "b.txt").write_text("总面积\n森林面积是多少？无人说\n", encoding="utf-8")
    return Work(source, tmp_path / "stores", "no-model")


def test_a_child_replies_and_its_memory_is_seen() -> None:
    code = "import sys\nfor line in sys.stdin: print('{\"heard\": ' + line.strip() + '}', flush=True)"
    with child(code) as process:
        assert process.ask({"search": "哪里？"}, 10) == {"heard": {"search": "哪里？"}}
        assert process.ask({"k": 2}, 10) == {"heard": {"k": 2}}
        assert process.peak_mb > 1


def test_a_child_that_dies_is_told_with_its_last_word() -> None:
    code = "import sys\nprint('first', file=sys.stderr)\nsys.exit('no model there')"
    with child(code) as process, pytest.raises(PeerError) as caught:
        process.ask({"search": "x"}, 10)
    assert str(caught.value) == "ended with exit code 1: no model there"


def test_a_child_that_dies_silently_is_told_too() -> None:
    with (
        child("import os; os._exit(7)") as process,
        pytest.raises(PeerError, match="code 7: it said nothing"),
    ):
        process.reply(10)


@pytest.mark.parametrize("printed", ["Loading weights: 100%", "[1, 2]", '"text"', "{broken", "3"])
def test_what_is_no_reply_is_shown(printed: str) -> None:
    with child(f"print({printed!r})") as process, pytest.raises(PeerError) as caught:
        process.reply(10)
    assert str(caught.value) == f"printed “{printed}” instead of a reply"


def test_a_child_that_hangs_is_killed_at_the_limit() -> None:
    began = time.perf_counter()
    with child("import time\nwhile True: time.sleep(60)") as process:
        with pytest.raises(PeerError, match=r"gave no reply within 0\.3 s"):
            process.ask({"search": "x"}, 0.3)
        with pytest.raises(PeerError, match="ended with exit code -9"):
            process.reply(10)
    assert time.perf_counter() - began < 5


def test_a_peer_is_measured_over_its_own_process(work: Work) -> None:
    contender = Contender("Tiny", (sys.executable, "-c", TINY))
    broken = Contender("Broken", (sys.executable, "-c", "raise SystemExit('no module named peer')"))
    missing = Contender("Missing", ())
    asked = question()
    elsewhere = question(id="q2", evidence=(Evidence("b.txt", "森林覆盖率63.1%", 1),))
    rows = measure_all(
        (broken, missing, contender),
        {missing: Failed("cannot be installed: no such version")},
        {"set": (asked, elsewhere)},
        work,
    )
    assert rows[broken] == Failed("ended with exit code 1: no module named peer")
    assert rows[missing] == Failed("cannot be installed: no such version")
    tiny = rows[contender]
    assert isinstance(tiny, Measured)
    assert tiny.ranks == {"set": ((2,), (None,))}
    assert (tiny.costs.passages, tiny.costs.longest, len(tiny.costs.warm_ms)) == (4, 13, 2)
    assert min(tiny.costs.build_seconds, tiny.costs.cold_seconds, tiny.costs.serve_mb) > 0
    assert passage_record(tiny, {"set": (asked, elsewhere)})["scores"] == {
        "set": {"recall@1": 0.0, "recall@5": 0.5, "recall@20": 0.5, "MRR": 0.25}
    }


def test_answers_are_asked_for_and_judged(work: Work) -> None:
    told: list[str] = []
    (judged,) = answer_all(
        Contender("Tiny", (sys.executable, "-c", TINY)),
        [question(text="空气优良天数比率？", answers=("96.5%",))],
        work,
        told.append,
    )
    assert judged.response.text == "空气优良天数比率96.5%，共99个"
    assert (judged.right, judged.cited, judged.given, judged.loose) == (True, False, False, ("99个",))
    assert told == ["q1"]


@pytest.mark.parametrize(
    "reply",
    [
        {},
        {"passages": "none"},
        {"passages": ["text"]},
        {"passages": [{"file": "a.txt"}]},
        {"passages": [{"file": None, "text": "x"}]},
    ],
)
def test_a_reply_without_passages_is_no_reply(reply: dict[str, object]) -> None:
    with pytest.raises(PeerError, match="passages"):
        read_excerpts(reply, "passages")


def test_a_reply_without_an_answer_is_no_reply() -> None:
    with pytest.raises(PeerError, match="without the text of an answer"):
        read_answer({"passages": [], "citations": []}, 1.0)


@pytest.mark.parametrize(
    ("text", "loose"),
    [
        ("是63.1%", ()),
        ("是６３.１％，2023年", ()),
        ("约63.1%，比上年高0.4个百分点", ("0.4个百分点",)),
        ("1. 新增66.4万人\n2. 共664000人\n3. 66万人", ("66万人",)),
        ("3%到5%之间", ()),
        ("2024年的数", ("2024年",)),
        ("63.1公里", ("63.1公里",)),
        ("by 63.1 points", ()),
        ("增长5%", ()),
        ("没有说到。", ()),
    ],
)
def test_figures_that_stand_nowhere(text: str, loose: tuple[str, ...]) -> None:
    asked = question(text="2023年森林覆盖率是多少？")
    given = response(text, "森林覆盖率63.1%，新增66.4万人", "增长3%—5%")
    assert find_loose(asked, given) == loose


def test_figures_of_passages_that_are_not_cited_stand_nowhere_where_something_is_cited() -> None:
    assert find_loose(question(), response("63.1%，29人", "29人", citations=("63.1%",))) == ("29人",)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("文中没有提到这一数字。", True),
        ("I don't know.", True),
        ("The documents do not mention it.", True),
        ("是63.1%。", False),
        ("没有提到，但可能是12.5%。", False),
        ("没有提到，只说了63.1%。", True),
    ],
)
def test_a_refusal_is_read_from_words_where_the_peer_does_not_tell(text: str, right: bool) -> None:
    asked = question(type=QuestionType.UNANSWERABLE, answers=(), evidence=())
    judged = judge(asked, response(text, "森林覆盖率63.1%"), None)
    assert (judged.right, judged.cited, judged.given) == (right, None, None)


def test_what_holds_the_answer_is_right_whatever_else_it_says() -> None:
    judged = judge(question(), response("没有提到更多，只说森林覆盖率63.1%", "全省森林覆盖率63.1%"), None)
    assert (judged.right, judged.cited, judged.given) == (True, False, True)
    assert not judge(question(), response("63.1%", "森林覆盖率63.1%"), True).response.citations
    cited = judge(question(), response("63.1%[1]", citations=("森林覆盖率63.1%",)), False)
    assert (cited.right, cited.cited, cited.given) == (True, True, False)


def test_the_sample_has_every_type_and_keeps_to_proportion() -> None:
    questions = [question(id=f"n{i}") for i in range(20)]
    questions += [question(id=f"l{i}", type=QuestionType.LIST) for i in range(12)]
    questions += [question(id="c", type=QuestionType.COMPARE)]
    sample = stratify(questions, 6)
    assert [sum(q.type == kind for q in sample) for kind in ("number", "list", "compare")] == [3, 2, 1]
    assert sample == stratify(questions, 6)
    assert [q.id for q in sample] == [q.id for q in questions if q in sample]
    assert stratify(questions[:2], 6) == tuple(questions[:2])


def test_tables_show_what_was_measured_and_what_failed() -> None:
    costs = Costs(1234, 600, 12.34, 1500.4, 9.87, (10.0, 20.0, 30.0), 900.6)
    tiny, broken = Contender("Tiny", (), "600 characters", 600), Contender("Broken", ())
    rows: dict[Contender, Measured | Failed] = {
        tiny: Measured(costs, {"set": ((1,), (None,))}),
        broken: Failed("ended with\nexit code 1: a | b"),
    }
    failed = "| Broken | failed: ended with exit code 1: a / b |"
    assert list(cost_table(rows))[2:] == [
        "| Tiny, 600 characters | 1,234 | 600 | 12.3 s | 1,500 MB | 9.9 s | 20 ms | 29 ms | 901 MB |",
        failed,
    ]
    assert list(recall_table(rows, {"set": (question(), question(id="q2"))})) == [
        "| | set (2): recall@1 | @5 | @20 | MRR |",
        "|---|---:|---:|---:|---:|",
        "| Tiny, 600 characters | 0.500 | 0.500 | 0.500 | 0.500 |",
        failed,
    ]
    assert percentile95((7.0,)) == 7.0


def test_the_table_of_answers_counts() -> None:
    answered = judge(question(), response("63.1%，99个和98个", "森林覆盖率63.1%"), None)
    refused = judge(
        question(type=QuestionType.UNANSWERABLE, answers=(), evidence=()), response("不知道"), None
    )
    row = list(answer_table({Contender("Tiny", ()): (answered, refused)}))[2]
    assert row == "| Tiny | 2 | 2 | 0 of 1 | 1 of 1 | 2 | 1 | 2.00 s | 2.00 s |"


@pytest.mark.parametrize("name", PEERS)
def test_every_peer_is_pinned_and_short(name: str, root: Path) -> None:
    pins = environments.versions(name)
    assert pins["torch"] == "2.13.0"
    assert all(version[0].isdigit() for version in pins.values())
    code = (root / "benchmarks" / "peers" / name / "peer.py").read_text(encoding="utf-8")
    compile(code, name, "exec")
    assert len([line for line in code.splitlines() if line.strip()]) < 80


def test_an_environment_that_stands_is_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments, "FOLDER", tmp_path)
    (tmp_path / "server").mkdir()
    wanted = (environments.HERE / "server" / "requirements.txt").read_text(encoding="utf-8")
    (tmp_path / "server" / "ready").write_text(wanted, encoding="utf-8")
    assert environments.ensure("server") == tmp_path / "server" / "bin" / "python"


def test_an_installation_that_fails_is_told_with_the_first_cause() -> None:
    code = (
        "import sys; sys.exit('ERROR: No matching distribution found for haystack-ai==99\\nnotice: new pip')"
    )
    with pytest.raises(PeerError, match=r"^cannot be installed: ERROR: No matching distribution found"):
        environments._run(sys.executable, "-c", code)
