"""A GGUF file run in the process: what is said before it is loaded, who waits for whom, and a real one if there is one."""

import gc
import os
import struct
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.llm import gguf, local
from rag.llm.backend import Message, Piece, Stop
from rag.llm.gguf import ModelFile, check_memory, free_memory, read_model_file
from rag.llm.local import LocalBackend
from rag.llm.opening import open_backend
from rag.llm.server import ServerBackend
from rag.llm.turns import Queue

HELLO = (Message("user", "从一数到五十，用逗号隔开。"),)


def text(words: str) -> bytes:
    data = words.encode()
    return struct.pack("<Q", len(data)) + data


def a_gguf(path: Path, *pairs: bytes, version: int = 3) -> Path:
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", version, 0, len(pairs)) + b"".join(pairs))
    return path


ARCHITECTURE = text("general.architecture") + struct.pack("<I", 8) + text("qwen2")
NUMBERS = text("general.sizes") + struct.pack("<IIQ", 9, 4, 3) + struct.pack("<III", 1, 2, 3)
TAGS = text("general.tags") + struct.pack("<IIQ", 9, 8, 2) + text("zh") + text("en")
COUNT = text("general.count") + struct.pack("<IQ", 10, 7)
NAME = text("general.name") + struct.pack("<I", 8) + text("Small  Model\n1B")


def test_the_name_of_a_model_is_read_from_its_file(tmp_path: Path) -> None:
    path = a_gguf(tmp_path / "a.gguf", ARCHITECTURE, NUMBERS, TAGS, COUNT, NAME)
    assert read_model_file(path) == ModelFile(path, "Small Model 1B", path.stat().st_size)
    assert read_model_file(a_gguf(tmp_path / "b.gguf", ARCHITECTURE)).title == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No model file at"),
        (b"", "is not a GGUF file"),
        (b"PK\x03\x04 a zip", "is not a GGUF file"),
        (b"GGUF\x03", "is cut off or damaged"),
        (b"GGUF" + struct.pack("<IQQ", 1, 0, 0), "is a GGUF of version 1"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 5) + ARCHITECTURE[:12], "is cut off or damaged"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 5, 1 << 60), "is cut off or damaged"),
    ],
)
def test_a_file_that_is_no_model_is_said_before_anything_is_loaded(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "model.gguf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=said) as caught:
        open_backend(str(path))
    assert str(path) in str(caught.value)


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is a folder"):
        open_backend(str(tmp_path))


def test_a_model_too_large_for_memory_is_said_before_it_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_gguf(tmp_path / "large.gguf", ARCHITECTURE)
    monkeypatch.setattr(gguf, "free_memory", lambda: 1)
    with pytest.raises(ModelError, match=r"takes about 0\.0 GB of memory and 0\.0 GB are free"):
        LocalBackend(path)
    monkeypatch.setattr(gguf, "free_memory", lambda: None)
    check_memory(read_model_file(path))


def test_the_free_memory_is_that_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 9 kB\nMemAvailable:   2048 kB\n", encoding="ascii")
    monkeypatch.setattr(gguf, "_MEMINFO", meminfo)
    assert free_memory() == 2048 * 1024
    monkeypatch.setattr(gguf, "_MEMINFO", tmp_path / "none")
    everything = free_memory()
    assert everything is None or everything > 1 << 28


def test_without_the_package_its_installation_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "xllamacpp", None)
    with pytest.raises(ModelError, match=r"needs the package xllamacpp: pip install 'ganwen\[llm\]'"):
        LocalBackend(a_gguf(tmp_path / "a.gguf", ARCHITECTURE))


def test_an_address_is_a_server_and_anything_else_a_file(tmp_path: Path) -> None:
    assert isinstance(open_backend("http://127.0.0.1:8080/v1"), ServerBackend)
    assert isinstance(open_backend("https://example.org"), ServerBackend)
    with pytest.raises(ModelError, match="No model file at"):
        open_backend("127.0.0.1:8080")


def test_one_core_is_left_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(8), raising=False)
    assert local.count_threads() == 7
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(1), raising=False)
    assert local.count_threads() == 1


def test_turns_come_in_order_and_each_sees_how_many_are_before() -> None:
    queue = Queue()
    first, second, third = queue.enter(), queue.enter(), queue.enter()
    assert list(first.wait(Stop())) == []
    assert first.begin()
    seen: list[int] = []
    waiting = threading.Thread(target=lambda: seen.extend(third.wait(Stop())))
    waiting.start()
    while not seen:
        time.sleep(0.01)
    second.give_up()
    while len(seen) < 2:
        time.sleep(0.01)
    first.end()
    waiting.join(5)
    assert seen == [2, 1]
    assert third.begin()


def test_a_turn_that_was_begun_ends_only_when_its_work_does() -> None:
    queue = Queue()
    first, second = queue.enter(), queue.enter()
    assert first.begin()
    first.give_up()
    assert next(second.wait(Stop())) == 1
    first.end()
    assert list(second.wait(Stop())) == []


def test_a_stop_ends_the_wait_and_the_place() -> None:
    queue = Queue()
    first, second, third = queue.enter(), queue.enter(), queue.enter()
    first.begin()
    stop = Stop()
    stop.then(second.give_up)
    waiting = second.wait(stop)
    assert next(waiting) == 1
    stop.set()
    assert list(waiting) == []
    assert not second.begin()
    assert next(third.wait(Stop())) == 1


def test_a_turn_that_nobody_asks_after_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.llm.turns.FORGOTTEN_SECONDS", 0.05)
    queue = Queue()
    forgotten, waiting = queue.enter(), queue.enter()
    assert next(forgotten.wait(Stop()), None) is None
    assert next(waiting.wait(Stop())) == 1
    time.sleep(0.1)
    assert list(waiting.wait(Stop())) == []


@pytest.fixture(scope="module")
def real() -> LocalBackend:
    path = os.environ.get("GANWEN_TEST_GGUF")
    if not path:
        pytest.skip("GANWEN_TEST_GGUF names no GGUF file: no real model is run")
    return LocalBackend(Path(path))


def said(stream: Iterator[Piece]) -> str:
    return "".join(piece.text for piece in stream)


def test_a_real_model_says_the_same_twice(real: LocalBackend) -> None:
    first = said(real.stream(HELLO, 20, Stop()))
    assert len(first) > 5
    assert said(real.stream(HELLO, 20, Stop())) == first


def test_a_real_model_can_be_stopped_while_it_reads_and_while_it_writes(real: LocalBackend) -> None:
    long = (Message("user", "请总结：" + "全省森林覆盖率稳定在63.1%。" * 150),)
    for messages, most in ((long, 5), (HELLO, 2000)):
        stop = Stop()
        threading.Timer(1.0, stop.set).start()
        list(real.stream(messages, most, stop))
        started = time.perf_counter()
        assert said(real.stream((Message("user", "好"),), 1, Stop()))
        assert time.perf_counter() - started < 30


def test_a_real_model_shows_its_queue(real: LocalBackend) -> None:
    stop = Stop()
    first = real.stream(HELLO, 200, stop)
    next(first)
    second = real.stream(HELLO, 5, Stop())
    assert next(second) == Piece(ahead=1)
    stop.set()
    assert said(second)


def test_a_prompt_too_long_for_a_real_model_is_said(real: LocalBackend) -> None:
    with pytest.raises(ModelError, match="exceeds the available context size"):
        list(real.stream((Message("user", "今天天气，" * 3000),), 5, Stop()))


def test_a_real_model_that_nobody_holds_any_more_is_gone(real: LocalBackend) -> None:
    """What waits for the end of the process keeps none in memory: another may be chosen meanwhile."""
    other = LocalBackend(real._file.path)
    assert said(other.stream((Message("user", "好"),), 1, Stop()))
    kept = weakref.ref(other)
    del other
    gc.collect()
    assert kept() is None
