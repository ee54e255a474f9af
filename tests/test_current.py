"""A server takes up a new index between two questions: no restart, no error, no answer from two indexes."""

import gc
import logging
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.current import Current
from rag.store import Index
from rag.store.manifest import read_manifest
from tests.bags import BagEncoder, build, generations, write_reports
from ui.chat.chat import Chat

QUESTION = "2023年南昌市森林覆盖率是多少？"


def write_version(folder: Path, percent: str) -> Path:
    """Reports of a city that all tell of one percentage."""
    text = "2024年南昌市政府工作报告\n\n{}2023年，全市森林覆盖率达到{}%。\n"
    reports = {f"r{i}": text.format("我们植树造林。\n\n" * i, percent) for i in range(3)}
    return write_reports(folder, **reports)


def open_assistant(folder: Path) -> Assistant:
    encoder = BagEncoder()
    return Assistant(Index.open(folder, encoder.name), encoder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build(write_version(tmp_path / "reports", "21.5"), tmp_path / "index")
    return tmp_path / "index"


def test_a_new_index_answers_the_next_question_and_lets_the_old_one_go(folder: Path, tmp_path: Path) -> None:
    current = Current(open_assistant(folder))
    assert "21.5%" in current.get().ask(QUESTION).text
    assert current.get() is current.get()
    old = read_manifest(folder).generation
    build(write_version(tmp_path / "reports", "22.7"), folder)
    assert "22.7%" in current.get().ask(QUESTION).text
    gc.collect()
    build(write_version(tmp_path / "reports", "23.9"), folder)
    assert old not in generations(folder)


def test_an_answer_that_was_begun_ends_in_the_index_it_began_in(folder: Path, tmp_path: Path) -> None:
    current = Current(open_assistant(folder))
    events = current.get().stream(QUESTION)
    next(events)
    build(write_version(tmp_path / "reports", "22.7"), folder)
    current.get()
    *_, last = events
    assert last.answer is not None
    assert {citation.text for citation in last.answer.citations if "%" in citation.text}
    assert all("22.7" not in citation.text for citation in last.answer.citations)


def test_an_index_that_cannot_be_opened_is_said_once_and_the_old_one_answers_on(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    current = Current(open_assistant(folder))
    build(write_version(tmp_path / "reports", "22.7"), folder)
    vectors = read_manifest(folder).folder(folder) / "vectors.faiss"
    whole = vectors.read_bytes()
    vectors.write_bytes(b"\0" + whole[1:])
    with caplog.at_level(logging.WARNING):
        assert all("21.5%" in current.get().ask(QUESTION).text for _ in range(3))
    assert [record.message.count("vectors.faiss is not what was written") for record in caplog.records] == [1]
    vectors.write_bytes(whole)
    assert "22.7%" in current.get().ask(QUESTION).text
    shutil.rmtree(folder)
    assert "22.7%" in current.get().ask(QUESTION).text


def test_twenty_askers_get_no_error_and_no_mixed_answer_while_the_index_is_swapped_ten_times(
    folder: Path, tmp_path: Path
) -> None:
    percents = ["21.5", "22.7"]
    sources = [write_version(tmp_path / percent, percent) for percent in percents]
    current = Current(open_assistant(folder))
    swapping = True

    def ask(_: int) -> set[str]:
        seen = set()
        while swapping or not seen:
            answer = current.get().ask(QUESTION)
            texts = [answer.text, *(each.text for each in answer.citations)]
            texts += [hit.chunk.text for hit in answer.passages]
            told = {percent for percent in percents for text in texts if percent in text}
            assert len(told) == 1
            seen |= told
            time.sleep(0.005)
        return seen

    with ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(ask, number) for number in range(20)]
        try:
            for number in range(10):
                build(sources[(number + 1) % 2], folder)
                time.sleep(0.05)
        finally:
            swapping = False
        assert set().union(*(each.result() for each in asked)) == set(percents)
    assert "21.5%" in current.get().ask(QUESTION).text


def test_the_page_answers_from_the_new_index_and_shows_each_source_as_it_was_answered_from(
    folder: Path, tmp_path: Path
) -> None:
    chat = Chat(open_assistant(folder), "zh")
    session = chat.open(None, None)
    chat.ask(session, QUESTION)
    *_, first = chat.answer(session)
    assert "21.5%" in first["source"]
    build(write_version(tmp_path / "reports", "22.7"), folder)
    chat.ask(session, QUESTION)
    *_, second = chat.answer(session)
    assert "<mark>" in second["source"]
    assert ("22.7%" in second["source"], "21.5%" in second["source"]) == (True, False)
    earlier = chat.select(session, {"turn": 0, "n": 1})
    assert ("21.5%" in earlier["source"], "22.7%" in earlier["source"]) == (True, False)
    listed = chat.select(session, {"file": "r0.txt"})
    assert "22.7%" in listed["source"]


def test_a_document_that_is_gone_from_the_new_index_is_no_longer_shown(folder: Path, tmp_path: Path) -> None:
    chat = Chat(open_assistant(folder), "zh")
    session = chat.open(None, None)
    assert "21.5%" in chat.select(session, {"file": "r2.txt"})["source"]
    (tmp_path / "reports" / "r2.txt").unlink()
    build(tmp_path / "reports", folder)
    shown = chat.draw(session.conversation)["source"]
    assert "21.5%" not in shown
    assert "r2.txt" not in shown
    assert "r1.txt" in shown
