"""The long fault tests of the index, with the real model, the real command and processes of their own: `make soak`."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from embeddings.encoder import load_encoder
from rag.assistant import Assistant
from rag.errors import IndexStoreError
from rag.store import verify
from rag.store.manifest import LOCK

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")

QUESTION = "2023年全省森林覆盖率是多少？"
MOMENTS, FLIPS, SWAPS, READERS = 50, 200, 10, 20
MAIN = "import sys; from ui.cli import main; sys.exit(main(sys.argv[1:]))"
READER = """
import json, sys, time
from pathlib import Path
from rag.assistant import Assistant
from rag.current import Current
current = Current(Assistant.open(Path(sys.argv[1])))
seen, until = [], Path(sys.argv[2])
while not until.exists():
    answer = current.get().ask(sys.argv[3])
    seen.append([answer.text, [[each.file, each.text] for each in answer.citations]])
    time.sleep(0.5)
print(json.dumps(seen, ensure_ascii=False))
"""


def start(root: Path, source: Path, folder: Path, *flags: str) -> subprocess.Popen[str]:
    """`ganwen index` over these reports, under way."""
    command = [sys.executable, "-c", MAIN, "index", "--source", source, "--index", folder, *flags]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, text=True)


def answer(folder: Path) -> tuple[str, tuple[str, ...]]:
    """The answer of the index to the question, and what it cites."""
    told = Assistant.open(folder).ask(QUESTION)
    return told.text, tuple(each.text for each in told.citations)


@pytest.fixture(scope="module")
def versions(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The seeds, and the seeds with other figures: no answer of one is an answer of the other."""
    folders = [tmp_path_factory.mktemp("reports") / name for name in ("as-they-are", "changed")]
    for folder in folders:
        shutil.copytree(seeds, folder)
    for path in folders[1].glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("63.1%", "64.2%").replace("63.10%", "64.2%"), encoding="utf-8")
    return folders


@pytest.fixture(scope="module")
def built(root: Path, versions: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "index"
    assert start(root, versions[0], folder).wait() == 0
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Iterator[Path]:
    """An index of the first version."""
    shutil.copytree(built, tmp_path / "index")
    yield tmp_path / "index"
    shutil.rmtree(tmp_path)


@pytest.mark.timeout(3600)
def test_kill_9_at_moments_of_a_measured_build(root: Path, versions: list[Path], folder: Path) -> None:
    """Every vector is computed anew each time, so that most kills hit the model at work."""
    old = answer(folder)
    started = time.perf_counter()
    assert start(root, versions[1], folder, "--full").wait() == 0
    seconds, new = time.perf_counter() - started, answer(folder)
    assert old != new
    kept = folder.with_name("kept")
    assert start(root, versions[0], folder).wait() == 0
    shutil.copytree(folder, kept)
    seen = []
    for moment in range(MOMENTS):
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)
        process = start(root, versions[1], folder, "--full")
        time.sleep(seconds * (moment + 0.5) / MOMENTS)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert verify(folder) == ()
        seen.append(answer(folder))
    assert set(seen) <= {old, new}
    assert seen[0] == old
    assert start(root, versions[1], folder).wait() == 0
    assert answer(folder) == new
    assert len(list(folder.glob("g-*"))) == 1


@pytest.mark.timeout(3600)
def test_one_bit_flipped_anywhere(folder: Path) -> None:
    """`verify` names the file each time; opening refuses, since an index of this size is checked whole."""
    draw, encoder = random.Random(0), load_encoder()
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name == LOCK or not path.stat().st_size:
            continue
        whole = bytearray(path.read_bytes())
        for _ in range(FLIPS):
            place, bit = draw.randrange(len(whole)), 1 << draw.randrange(8)
            whole[place] ^= bit
            path.write_bytes(whole)
            assert [problem.file for problem in verify(folder)] == [path.relative_to(folder).as_posix()]
            with pytest.raises(IndexStoreError):
                Assistant.open(folder)
            whole[place] ^= bit
        path.write_bytes(whole)
    assert verify(folder, encoder) == ()


@pytest.mark.timeout(3600)
def test_processes_that_answer_while_the_index_is_swapped(
    root: Path, versions: list[Path], folder: Path
) -> None:
    stop = folder.with_name("stop")
    answers = {0: answer(folder)}
    command = [sys.executable, "-c", READER, folder, stop, QUESTION]

    def read(_: int) -> list[tuple[str, tuple[str, ...]]]:
        environment = {**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8")
        assert (done.returncode, done.stderr) == (0, "")
        return [(text, tuple(cited for _, cited in cites)) for text, cites in json.loads(done.stdout)]

    with ThreadPoolExecutor(READERS) as pool:
        reading = [pool.submit(read, number) for number in range(READERS)]
        try:
            for swap in range(1, SWAPS + 1):
                assert start(root, versions[swap % 2], folder).wait() == 0
                answers[swap % 2] = answer(folder)
        finally:
            stop.touch()
        seen = {each for process in reading for each in process.result()}
    assert seen == set(answers.values())
    assert len(seen) == 2
