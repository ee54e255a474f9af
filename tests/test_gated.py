"""The assistant behind the gate: shared by all doors, counted, told when it must wait."""

import threading
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.current import Current
from rag.errors import QuestionError
from rag.store import Index
from tests.bags import BagEncoder, build, write_reports
from tests.serving import HELD, QUESTION, Holding
from ui.guard.gate import Busy, Gate
from ui.guard.gated import Gated
from ui.guard.tally import Tally


def test_doors_that_follow_the_index_share_what_they_open(tmp_path: Path) -> None:
    def write(percent: str) -> None:
        text = f"2024年南昌市政府工作报告\n\n2023年，全市森林覆盖率达到{percent}%。\n"
        build(write_reports(tmp_path / "reports", report=text), tmp_path / "index")

    write("21.5")
    encoder = BagEncoder()
    gated = Gated(Assistant(Index.open(tmp_path / "index", encoder.name), encoder), Gate(1, 1), Tally())
    chat, api = Current(gated), Current(gated)
    assert chat.get() is api.get() is gated
    write("22.7")
    assert chat.get() is api.get() is not gated
    write("23.9")
    assert chat.get() is api.get()
    assert "23.9%" in chat.get().ask("2023年南昌市森林覆盖率是多少？").text
    write("24.1")
    late = Current(gated)  # those between are held by nobody any more
    newest = late.get()
    assert newest is chat.get() is api.get()


def test_what_became_of_questions_is_counted(assistant: Assistant) -> None:
    tally = Tally()
    gated = Gated(assistant, Gate(1, 0), tally)
    *_, told = gated.stream(QUESTION)
    assert told.answer is not None
    with pytest.raises(QuestionError):
        list(gated.stream(""))
    begun = gated.stream(QUESTION)
    next(begun)
    with pytest.raises(Busy):
        list(gated.stream(QUESTION))
    begun.close()  # type: ignore[attr-defined]
    gated.ask(QUESTION)  # the server's own question
    assert tally.questions == {"answered": 1, "unusable": 1, "turned_away": 1, "stopped": 1}
    assert [count for _, count in tally.times()][-1] == 1
    assert gated.gate.running == 0


def test_those_who_wait_are_told_in_their_language(assistant: Assistant) -> None:
    holding = Holding(assistant)
    gated = Gated(holding, Gate(1, 2), Tally())
    first = threading.Thread(target=lambda: list(gated.stream(HELD)))
    first.start()
    assert holding.begun.acquire(timeout=20)
    chinese, english = (
        gated.stream(QUESTION),
        gated.stream("What was the forest coverage of Jiangxi in 2023?"),
    )
    assert next(chinese).note == "排队：前面还有 1 个问题"
    assert next(english).note == "In the queue; questions before this one: 2"
    holding.go_on.release()
    first.join()
    *_, told = chinese
    assert told.answer is not None
    assert "63.1%" in told.answer.text
    *_, told = english
    assert told.answer is not None
