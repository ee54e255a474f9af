"""What kills, full disks, forbidden folders and second builders do to the index: nothing that shows."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="forks, limits and signals of POSIX")

# Each script runs in a process of its own, which never computes itself but forks: what a fork does dies with it.
PRELUDE = """
import json, os, resource, shutil, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from bags import BagEncoder, build, write_reports
from rag.cedict import read_entries
from rag.chunking import chunk
from rag.corpus import read
from rag.corpus.sources import scan
from rag.errors import IndexStoreError
from rag.store import Index, verify

root = Path(sys.argv[2])
folder = root / "index"
old = write_reports(root / "old", a="旧的报告\\n\\n旧的内容。\\n", b="旧的附件\\n\\n旧的。\\n")
new = write_reports(root / "new", a="新的报告\\n\\n新的内容。\\n", c="新的附件\\n\\n新的。\\n")

chunk(read(scan(old)[0][0]))  # what is loaded once is loaded here, not in each fork
read_entries()

def forked(work):
    "The exit code of a fork that does the work: what it returns, 0 for nothing, 99 for an error."
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            code = work() or 0
        except Exception as error:
            print(repr(error), file=sys.stderr)
        finally:
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

OLD, NEW = 1, 2

def look():
    "Which index is there, when it is whole."
    assert verify(folder, BagEncoder()) == ()
    with Index.open(folder, "bag") as index:
        texts = "".join(chunk.text for chunk in index.all_chunks())
        assert ("旧" in texts) != ("新" in texts)
        return OLD if "旧" in texts else NEW

def update():
    build(new, folder)
"""


def run(script: str, tmp_path: Path) -> Any:
    """What the script prints as JSON in the end."""
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + script, str(Path(__file__).parent), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)


@pytest.mark.parametrize("end", ["os._exit(9)", "raise KeyboardInterrupt"])
def test_a_builder_stopped_before_any_of_its_file_operations_leaves_the_old_index_or_the_new(
    end: str, tmp_path: Path
) -> None:
    """Ctrl+C takes away what was begun as well."""
    seen = run(
        """
EVENTS = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.scandir", "sqlite3.connect"}

def die_at(moment):
    count = 0
    def hook(event, arguments):
        nonlocal count
        if event in EVENTS and ("index" in str(arguments) or event in ("os.remove", "os.rmdir")):
            count += 1
            if count == moment:
                """
        + end
        + """
    sys.addaudithook(hook)
    try:
        update()
    except KeyboardInterrupt:
        return 9

forked(lambda: build(old, folder) and None)
shutil.copytree(folder, root / "kept")
seen = []
for moment in range(1, 1000):
    shutil.rmtree(folder)
    shutil.copytree(root / "kept", folder)
    code = forked(lambda: die_at(moment))
    if code == 0:
        break
    assert code == 9, code
    seen.append([forked(look), len(list(folder.glob("g-*")))])
    if moment % 5 == 0:  # the next build is whole and clears up what was left
        assert forked(update) == 0
        assert (forked(look), len(list(folder.glob("g-*")))) == (NEW, 1)
print(json.dumps(seen))
""",
        tmp_path,
    )
    answers = [answers for answers, _ in seen]
    assert len(seen) >= 50
    assert answers == sorted(answers)  # old up to one moment, new from there on
    assert set(answers) == {1, 2}
    left = {generations for answers, generations in seen if answers == 1}
    assert left == ({1, 2} if "exit" in end else {1})


@pytest.mark.parametrize(("name", "moments"), [("SIGKILL", 50), ("SIGINT", 12)])
def test_a_builder_stopped_at_moments_spread_over_a_measured_build_leaves_one_whole_index(
    name: str, moments: int, tmp_path: Path
) -> None:
    """Ctrl+C takes what was begun away as well; kill -9 cannot, and the next build does."""
    seen = run(
        f"MOMENTS, SIGNAL = {moments}, {name!r}"
        """
import signal, time

def begin():
    shutil.rmtree(folder)
    shutil.copytree(root / "kept", folder)
    pid = os.fork()
    if pid == 0:
        try:
            update()
        except BaseException:
            os._exit(3)
        os._exit(0)
    return pid

def time_update():
    started = time.perf_counter()
    assert os.waitpid(begin(), 0)[1] == 0
    return time.perf_counter() - started

forked(lambda: build(old, folder) and None)
shutil.copytree(folder, root / "kept")
seconds = min(time_update() for _ in range(3))
seen = []
for moment in range(MOMENTS):
    pid = begin()
    time.sleep(seconds * (moment + 0.5) / MOMENTS)
    os.kill(pid, getattr(signal, SIGNAL))
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert code in (0, 3, -9), code
    seen.append([forked(look), len(list(folder.glob("g-*")))])
    if moment % 10 == 0:
        assert forked(update) == 0
        assert (forked(look), len(list(folder.glob("g-*")))) == (NEW, 1)
print(json.dumps(seen))
""",
        tmp_path,
    )
    assert len(seen) == moments
    assert seen[0][0] == 1
    assert {answers for answers, _ in seen} <= {1, 2}
    begun_and_left = max(left for answers, left in seen if answers == 1) - 1
    assert begun_and_left == (1 if name == "SIGKILL" else 0)


def test_what_a_killed_build_has_paid_for_is_not_paid_again(tmp_path: Path) -> None:
    paid = run(
        """
import signal
from embeddings.cache import VectorCache
from rag.store import build_index
from bags import long_report

class Killed(BagEncoder):
    def encode_passages(self, texts, progress=None):
        if self.embedded:  # the batch before is in the cache
            os.kill(os.getpid(), signal.SIGKILL)
        return super().encode_passages(texts, progress)

write_reports(new, c=long_report(600))

def work(encoder):
    with VectorCache(root / "cache.sqlite", max_mb=10) as cache:
        report = build_index(new, folder, encoder, cache=cache)
        (root / "embedded").write_text(str(report.embedded))

assert forked(lambda: build(old, folder) and None) == 0
assert forked(lambda: work(Killed())) == -9
assert forked(look) == OLD
assert forked(lambda: work(BagEncoder())) == 0
assert forked(look) == NEW
print((root / "embedded").read_text())
""",
        tmp_path,
    )
    assert 600 - 256 <= paid <= 602 - 256


def mount_small_disk(folder: Path, megabytes: int) -> None:
    """A disk of its own at the folder; skips the test where that is not allowed."""
    folder.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("a small disk is mounted by root on Linux only")
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"a small disk may not be mounted: {done.stderr.strip()}")


def test_a_small_disk_that_fills_up_leaves_the_old_index(tmp_path: Path) -> None:
    mount_small_disk(tmp_path / "disk", 8)
    try:
        seen = run(
            """
from embeddings.cache import VectorCache
from embeddings.errors import EmbeddingError
from rag.store import build_index
from bags import long_report

folder = root / "disk" / "index"
write_reports(new, c=long_report(300))

def leave(kilobytes):
    filler = root / "disk" / "filler"
    filler.unlink(missing_ok=True)
    free = os.statvfs(root / "disk")
    filler.write_bytes(bytes(max(0, free.f_bavail * free.f_frsize - 1024 * kilobytes)))

def update():
    with VectorCache(root / "disk" / "cache.sqlite", max_mb=10) as cache:
        build_index(new, folder, BagEncoder(), cache=cache)

def update_on_a_full_disk():
    try:
        update()
    except IndexStoreError as error:
        assert "cannot be written" in str(error) and "untouched" in str(error), error
        return 3
    except EmbeddingError as error:
        assert "Cannot use the vector cache" in str(error) and "has room" in str(error), error
        return 4

assert forked(lambda: build(old, folder) and None) == 0
seen = []
for kilobytes in [0, 40, 100, 150, 200, 300, 400, 600, 800, 1000, 4000]:
    leave(kilobytes)
    seen.append([forked(update_on_a_full_disk), forked(look), len(list(folder.glob("g-*")))])
print(json.dumps(seen))
""",
            tmp_path,
        )
    finally:
        subprocess.run(["umount", "--lazy", str(tmp_path / "disk")], check=True)
    assert seen[0] == [4, 1, 1]
    assert seen[-1] == [0, 2, 1]
    assert [3, 1, 1] in seen
    assert {tuple(each) for each in seen} <= {(4, 1, 1), (3, 1, 1), (0, 2, 1)}


def test_a_first_build_that_is_killed_leaves_no_index_and_the_next_one_clears_up(tmp_path: Path) -> None:
    assert run(
        """
def die():
    def hook(event, arguments):
        if event == "os.rename" and "manifest" in str(arguments):
            os._exit(9)
    sys.addaudithook(hook)
    build(old, folder)

assert forked(die) == 9
left = len(list(folder.glob("g-*")))
assert forked(update) == 0
print(json.dumps([left, (root / "index/manifest.json").exists(), len(list(folder.glob("g-*"))), forked(look)]))
""",
        tmp_path,
    ) == [1, True, 1, 2]


def test_a_full_disk_is_said_and_leaves_the_old_index(tmp_path: Path) -> None:
    codes = run(
        """
def update_within(limit):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        update()
    except IndexStoreError as error:
        assert "cannot be written" in str(error) and "untouched" in str(error), error
        assert len(list(folder.glob("g-*"))) == 1
        return 3

assert forked(lambda: build(old, folder) and None) == 0
codes = []
for limit in [0, 100, 1000, *range(4000, 60000, 4000)]:
    codes.append([forked(lambda: update_within(limit)), forked(look)])
print(json.dumps(codes))
""",
        tmp_path,
    )
    assert codes[0] == [3, 1]
    assert codes[-1] == [0, 2]
    assert sorted(codes, key=lambda each: each[1]) == codes
    assert {tuple(each) for each in codes} == {(3, 1), (0, 2)}


def test_a_folder_that_may_not_be_written_still_answers(tmp_path: Path) -> None:
    assert (
        run(
            """
import tempfile
with tempfile.TemporaryDirectory() as name:
    place = Path(name)  # pytest's own folders are closed to other users
    folder = place / "index"
    shutil.copytree(new, place / "reports")
    assert forked(lambda: build(old, folder) and None) == 0
    for path in [place, *place.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)

    def update_as_nobody():
        look()  # while modules may still be imported
        if os.geteuid() == 0:
            os.setuid(65534)
        try:
            build(place / "reports", folder)
        except IndexStoreError as error:
            assert "Permission denied" in str(error), error
            return look()

    code = forked(update_as_nobody)
    for path in [place, *place.rglob("*")]:
        path.chmod(0o755)
print(json.dumps(code))
""",
            tmp_path,
        )
        == 1
    )


def test_a_second_builder_is_told_who_builds_and_a_dead_one_holds_nothing(tmp_path: Path) -> None:
    told, holder, after = run(
        """
import signal, time
from rag.errors import IndexLocked
from rag.store.locks import building

folder.mkdir()
ready, done = os.pipe()
pid = os.fork()
if pid == 0:
    with building(folder):
        os.write(done, b"1")
        time.sleep(60)
os.read(ready, 1)
try:
    build(new, folder)
except IndexLocked as error:
    told = str(error)
os.kill(pid, signal.SIGKILL)
os.waitpid(pid, 0)
print(json.dumps([told, pid, forked(update) or forked(look)]))
""",
        tmp_path,
    )
    assert (
        told
        == f"Process {holder} is building the index at {tmp_path / 'index'}. Wait for it to end, or stop it."
    )
    assert after == 2


def test_opening_imports_nothing_that_only_a_build_needs(tmp_path: Path) -> None:
    assert (
        run(
            """
assert forked(lambda: build(old, folder) and None) == 0
heavy = ["torch", "transformers", "sentence_transformers", "langchain_text_splitters", "gradio"]
def names():
    import subprocess
    code = (
        "import sys; from pathlib import Path; from rag.store import Index;"
        f"index = Index.open(Path({str(folder)!r}), 'bag'); index.chunk(0); index.document('a.txt');"
        f"print([name for name in [*{heavy!r}, 'bm25s', 'scipy', 'pydantic'] if name in sys.modules])"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
print(json.dumps(names()))
""",
            tmp_path,
        )
        == "[]"
    )
