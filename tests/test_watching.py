"""`ganwen index --watch`: the index follows the folder, and what fails is tried again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest

from rag.errors import IndexMissing
from rag.store import Index
from tests.bags import build, write_reports
from ui.watching import concerns, follow


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """AssertionError when it does not hold within so many seconds."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def files(folder: Path) -> tuple[str, ...]:
    try:
        with Index.open(folder, "bag") as index:
            return index.files
    except IndexMissing:
        return ()


def test_the_index_follows_the_folder_it_lies_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.watching.SETTLED_MS", 200)
    source = write_reports(tmp_path / "reports", a="甲报告。\n")
    folder = source / "index"  # not hidden: a build changes the folder that is watched
    stop, built = Event(), []

    def rebuild() -> None:
        built.append(build(source, folder))

    rebuild()
    follower = Thread(target=follow, args=(source, folder, rebuild, stop))
    follower.start()
    try:
        time.sleep(0.5)
        write_reports(source / "2024", b="乙报告。\n")
        wait_until(lambda: files(folder) == ("2024/b.txt", "a.txt"))
        for path in source.glob("*.txt"):
            path.unlink()
        (source / "2024" / "b.txt").unlink()  # nothing is left to index: said, and the index stays
        time.sleep(1)
        assert files(folder) == ("2024/b.txt", "a.txt")
        write_reports(source, c="丙报告。\n")
        wait_until(lambda: files(folder) == ("c.txt",))
        time.sleep(1)
        count = len(built)
        time.sleep(1)
        assert len(built) == count  # its own writing is no reason to build again
    finally:
        stop.set()
        follower.join(20)
    assert not follower.is_alive()


def test_what_concerns_the_index(tmp_path: Path) -> None:
    source, index = tmp_path / "reports", tmp_path / "reports" / "index"
    assert concerns(source, index, source / "2023" / "a.txt")
    assert concerns(source, tmp_path / "index", source / "a.docx")
    for passed_over in ("index/lock", "index/g-1/corpus.sqlite", ".git/a.txt", "~$a.docx", "2023/.a.txt.swp"):
        assert not concerns(source, index, source / passed_over)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_the_command_follows_until_ctrl_c(root: Path, tmp_path: Path) -> None:
    source = write_reports(tmp_path / "reports", a="2024年甲县报告\n\n2023年，粮食产量12万吨。\n")
    index = tmp_path / "index"
    code = "import sys; from ui.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "index", "--watch", "--source", source, "--index", index]
    with subprocess.Popen(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(root)}, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        said = [process.stderr.readline() for _ in range(2)]
        assert "1 added" in said[0]
        assert said[1] == f"ganwen: watching {source}; Ctrl+C stops it\n"
        time.sleep(0.5)
        write_reports(source, b="2024年乙县报告\n\n2023年，粮食产量13万吨。\n")
        assert "1 added, 0 changed, 0 removed, 1 unchanged" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stderr.read() == ""
