"""`ganwen ask --llm` on a terminal: a real one (a pty), its screen drawn by a terminal emulator."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyte
import pytest

from rag.llm.backend import Stop
from tests.model_server import Asked, event, model_server, saying
from ui.live import _interrupts, wrap

FOREST = "2023年江西省森林覆盖率是多少？"
SAID = "2023年江西省森林覆盖率为63.1%。"
TOWN = "马回岭镇怎么抓党建带乡村振兴的？"
WAITING = "模型在写；按Ctrl+C"
PATIENCE = 60.0
# Tests that run in the background have a shell that ignores Ctrl+C, which processes inherit.
CLI = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "from ui.cli import main; raise SystemExit(main())"
)
# The terminal becomes the one of the process, so that Ctrl+C typed into it is a signal.
RUN = f"import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n{CLI}"


@dataclass
class Terminal:
    """A command at a terminal of so many columns and rows."""

    process: subprocess.Popen[bytes]
    master: int
    screen: pyte.Screen
    raw: bytes = b""

    def __post_init__(self) -> None:
        self._stream = pyte.ByteStream(self.screen)

    @property
    def text(self) -> str:
        """What stands on the screen, without blanks and breaks of rows."""
        return "".join("".join(row.split()) for row in self.screen.display)

    def wait(self, words: str) -> str:
        """The screen once these words stand on it."""
        end = time.monotonic() + PATIENCE
        while words not in self.text:
            assert time.monotonic() < end, f"{words!r} never came: {self.text}"
            assert self.read(), f"ended without {words!r}: {self.text}"
        return self.text

    def read(self) -> bool:
        """Read what comes within a tenth of a second; False at the end."""
        if not select.select([self.master], [], [], 0.1)[0]:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError:  # Linux says so at the end
            return False
        self.raw += data
        self._stream.feed(data)
        return bool(data)

    def type(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def end(self) -> int:
        """The exit code, once all is read."""
        while self.read():
            pass
        return self.process.wait(PATIENCE)


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        if terminal.process.poll() is None:
            terminal.process.kill()
            terminal.process.wait()
        os.close(terminal.master)


def begin(
    terminals: list[Terminal],
    root: Path,
    *arguments: str,
    columns: int = 60,
    rows: int = 30,
    term: str = "xterm",
) -> Terminal:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, *arguments],
        stdin=slave, stdout=slave, stderr=slave, cwd=root, env=own_environment() | {"TERM": term}, start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    terminals.append(Terminal(process, master, pyte.Screen(columns, rows)))
    return terminals[-1]


def own_environment() -> dict[str, str]:
    """Ours, without what concerns the tests alone."""
    return {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "LINES", "GANWEN_TEST_GGUF"}}


def whole(root: Path, *arguments: str) -> str:
    """What the same command writes where nobody watches."""
    done = subprocess.run(
        [sys.executable, "-c", CLI, *arguments], cwd=root, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout
    assert "\x1b" not in done.stdout
    return done.stdout


def letters(text: str) -> str:
    return "".join(text.split())


class Turns:
    """A model that says a sentence whenever it is let."""

    def __init__(self, *sentences: str) -> None:
        self._sentences = sentences
        self._turns = threading.Semaphore(0)

    def __call__(self, asked: Asked) -> Iterator[bytes]:
        for sentence in self._sentences:
            assert self._turns.acquire(timeout=PATIENCE)
            yield event(sentence)
        assert self._turns.acquire(timeout=PATIENCE)
        yield event(finish="stop")

    def go_on(self) -> None:
        self._turns.release()


def test_the_draft_stands_at_once_then_the_sentences_and_at_the_end_the_whole_answer(
    terminals: list[Terminal], seed_index: Path, root: Path
) -> None:
    command = ["ask", "--index", str(seed_index), TOWN]
    lines = whole(root, *command).split("\n\n")[0].split("\n")
    draft = letters("".join(lines))
    last, before = (re.sub(r"\[\d+\]$", "", line) for line in (lines[-1], lines[-2]))
    sentences = f"{last}。", f"{before}。", "完。"
    model = Turns(*sentences)
    with model_server(model) as server:
        terminal = begin(terminals, root, *command, "--llm", server.address)
        terminal.wait(f"{draft}（{WAITING}")
        model.go_on()
        model.go_on()
        shown = terminal.wait(letters(f"{last}[1]。"))
        assert draft[:20] not in shown
        model.go_on()
        terminal.wait(letters(f"{last}[1]。{before}[2]。"))
        model.go_on()
        assert terminal.end() == 0
    with model_server(saying("".join(sentences))) as server:
        unwatched = whole(root, *command, "--llm", server.address)
    assert terminal.raw.decode().replace("\r\n", "\n").endswith(f"\x1b[J{unwatched}")
    assert unwatched.startswith(f"{last}[1]。{before}[2]。")
    assert WAITING not in terminal.text


def test_a_small_terminal_shows_the_end_of_what_is_written_and_no_row_is_left_over(
    terminals: list[Terminal], seed_index: Path, root: Path
) -> None:
    command = ["ask", "--index", str(seed_index), TOWN]
    with model_server(saying("马回岭镇成立青年人才党支部。各党组织走访慰问，凝聚人心。", size=1)) as server:
        terminal = begin(terminals, root, *command, "--llm", server.address, columns=24, rows=6)
        terminal.screen = pyte.HistoryScreen(24, 6, history=1000)
        terminal.__post_init__()
        assert terminal.end() == 0
        unwatched = whole(root, *command, "--llm", server.address)
    history = ["".join(row[column].data for column in range(24)) for row in terminal.screen.history.top]
    assert letters("".join(history)) + terminal.text == letters(unwatched)


def test_ctrl_c_stops_the_model_and_leaves_the_reports_own_words(
    terminals: list[Terminal], seed_index: Path, root: Path
) -> None:
    def endless(_: Asked) -> Iterator[bytes]:
        while True:
            yield event("马回岭镇")
            time.sleep(0.05)

    command = ["ask", "--index", str(seed_index), TOWN]
    with model_server(endless) as server:
        terminal = begin(terminals, root, *command, "--llm", server.address)
        terminal.wait(f"马回岭镇（{WAITING}")
        terminal.type(b"\x03")
        assert terminal.end() == 0
        assert server.gone.wait(2)
    shown = terminal.raw.decode().replace("\r\n", "\n").rpartition("\x1b[J")[2]
    assert shown == f"ganwen: 模型已停下，以下是报告原文。\n{whole(root, *command)}"


def test_ctrl_c_ends_the_wait_for_a_server_that_says_nothing(
    terminals: list[Terminal], seed_index: Path, root: Path
) -> None:
    release = threading.Event()

    def hang(_: Asked) -> Iterator[bytes]:
        release.wait(PATIENCE)
        yield event("太晚")

    with model_server(hang) as server:
        terminal = begin(
            terminals, root, "ask", "--index", str(seed_index), "--llm", server.address,
            "What is the forest coverage of Jiangxi in 2023?",
        )  # fmt: skip
        terminal.wait("themodeliswriting;Ctrl+C")
        terminal.type(b"\x03")
        started = time.monotonic()
        assert terminal.end() == 0
        assert time.monotonic() - started < 3
        release.set()
    assert "63.1%" in terminal.text
    assert "Themodelwasstopped;thesearethereports'ownwords." in terminal.text


@pytest.mark.parametrize(("arguments", "term"), [(["--json"], "xterm"), ([], "dumb"), ([], "")])
def test_json_and_terminals_that_write_over_nothing_get_the_whole_answer_at_once(
    terminals: list[Terminal], seed_index: Path, root: Path, arguments: list[str], term: str
) -> None:
    command = ["ask", "--index", str(seed_index), FOREST, *arguments]
    with model_server(saying(SAID)) as server:
        terminal = begin(terminals, root, *command, "--llm", server.address, columns=2000, term=term)
        assert terminal.end() == 0
    shown = terminal.raw.decode()
    assert "\x1b" not in shown
    told = json.loads(shown)["answer"] if arguments else shown.split("\r\n")[0]
    assert told == "2023年江西省森林覆盖率为63.1%[1]。"


def test_a_model_that_cannot_be_asked_is_said_under_the_cleared_screen(
    terminals: list[Terminal], seed_index: Path, root: Path
) -> None:
    terminal = begin(
        terminals, root, "ask", "--index", str(seed_index), "--llm", "http://127.0.0.1:9/v1", FOREST
    )
    assert terminal.end() == 0
    assert terminal.text.startswith("ganwen:模型没能写完，以下是报告原文。")
    assert "森林覆盖率稳定在63.1%[1]" in terminal.text
    assert WAITING not in terminal.text


def test_what_a_model_writes_cannot_move_the_cursor(
    terminals: list[Terminal], seed_index: Path, root: Path
) -> None:
    with model_server(saying("2023年\x1b江西省\x07森林\u202e覆盖率为63.1%。")) as server:
        terminal = begin(terminals, root, "ask", "--index", str(seed_index), "--llm", server.address, FOREST)
        assert terminal.end() == 0
    assert terminal.raw.decode().rpartition("\x1b[J")[2].startswith("2023年江西省森林覆盖率为63.1%[1]。\r\n")


def test_rows_are_never_wider_than_the_terminal() -> None:
    assert wrap("覆盖率63.1%", 6) == ["覆盖率", "63.1%"]
    assert wrap("a“b”c", 4) == ["a“b", "”c"]
    assert wrap("一\n\n二", 1) == ["一", "", "二"]
    assert wrap("a\x1b[2J", 80) == ["a [2J"]
    assert wrap("e\u0301e", 1) == ["e\u0301", "e"]


def test_a_second_ctrl_c_stops_the_command() -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    stop = Stop()
    with _interrupts(stop):
        signal.raise_signal(signal.SIGINT)
        assert stop.is_set()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.signal(signal.SIGINT, before) is signal.default_int_handler


@pytest.fixture
def gguf() -> str:
    path = os.environ.get("GANWEN_TEST_GGUF")
    if not path:
        pytest.skip("GANWEN_TEST_GGUF names no GGUF file: no real model is stopped")
    return path


@pytest.mark.parametrize("begun", [False, True])
def test_ctrl_c_stops_a_real_model_while_it_reads_and_while_it_writes(
    terminals: list[Terminal], seed_index: Path, root: Path, gguf: str, begun: bool
) -> None:
    """The process ends well though llama.cpp was at work."""
    command = ["ask", "--index", str(seed_index), TOWN]
    own = whole(root, *command)
    terminal = begin(terminals, root, *command, "--llm", gguf)
    terminal.wait(letters(own.split("\n\n")[0]))
    drafted = time.monotonic()
    while time.monotonic() < drafted + 5 or (begun and terminal.text[:10] in letters(own)):
        assert time.monotonic() < drafted + 5 * PATIENCE
        assert terminal.read()
    terminal.type(b"\x03")
    assert terminal.end() == 0
    assert terminal.raw.decode().replace("\r\n", "\n").endswith(own)


def test_a_real_model_that_nobody_watches_is_interrupted_like_anything_else(
    seed_index: Path, root: Path, gguf: str
) -> None:
    command = [sys.executable, "-c", CLI, "ask", "--index", str(seed_index), "--llm", gguf, TOWN]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=root, env=own_environment(), **pipes) as process:
        time.sleep(15)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=PATIENCE) == (b"", b"")
    assert process.returncode == 130
