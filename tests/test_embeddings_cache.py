import signal
import sqlite3
import subprocess
import sys
import time

import numpy as np
import pytest

from embeddings.cache import VectorCache
from embeddings.errors import EmbeddingError


def row(*numbers):
    return np.array(numbers, dtype=np.float32)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "vectors.sqlite"


def test_a_vector_comes_back_only_for_its_model_type_and_text(path):
    with VectorCache(path, 1) as cache:
        cache.put("e5", "float32", ["江西", "\ud800"], np.array([[1, 2], [3, 4]], dtype=np.float32))
    with VectorCache(path, 1) as cache:
        first, missing, second, again = cache.get("e5", "float32", ["江西", "湖南", "\ud800", "江西"])
        assert (first.tolist(), missing, second.tolist(), again.tolist()) == ([1, 2], None, [3, 4], [1, 2])
        assert first.dtype == np.float32
        assert cache.get("e5", "bfloat16", ["江西"]) == [None]
        assert cache.get("e", "5float32", ["江西"]) == [None]
        assert cache.get("e5", "float32", []) == []


def test_a_vector_put_again_is_replaced(path):
    with VectorCache(path, 1) as cache:
        cache.put("e5", "float32", ["a", "a"], np.array([[1], [2]], dtype=np.float32))
        cache.put("e5", "float32", ["a"], row(3)[None, :])
        assert cache.get("e5", "float32", ["a"])[0].tolist() == [3]


def test_thousands_at_once(path):
    texts = [str(number) for number in range(2100)]
    rows = np.arange(2100, dtype=np.float32)[:, None]
    with VectorCache(path, 5) as cache:
        cache.put("e5", "float32", texts, rows)
        assert [found.tolist() for found in cache.get("e5", "float32", texts)] == rows.tolist()


def test_when_full_what_was_used_longest_ago_goes_first(path):
    rows = np.ones((500, 384), dtype=np.float32)
    groups = {name: [f"{name}{number}" for number in range(500)] for name in "abcd"}
    with VectorCache(path, 3) as cache:
        for name in "ab":
            cache.put("e5", "float32", groups[name], rows)
        assert all(found is not None for found in cache.get("e5", "float32", groups["a"]))
        cache.put("e5", "float32", groups["c"], rows)
        held = {
            name: sum(found is not None for found in cache.get("e5", "float32", groups[name]))
            for name in "abcd"
        }
    assert held == {"a": 500, "b": 0, "c": 500, "d": 0}
    assert path.stat().st_size <= 3 * 1024 * 1024


def test_a_smaller_limit_shrinks_the_file(path):
    with VectorCache(path, 4) as cache:
        cache.put("e5", "float32", [str(n) for n in range(1000)], np.ones((1000, 384), dtype=np.float32))
    assert path.stat().st_size > 1024 * 1024
    VectorCache(path, 1).close()
    assert path.stat().st_size <= 1024 * 1024


def test_no_room_at_all_keeps_nothing_and_ends(path):
    with VectorCache(path, 0) as cache:
        cache.put("e5", "float32", ["a"], row(1)[None, :])
        assert cache.get("e5", "float32", ["a"]) == [None]


@pytest.mark.parametrize("damage", ["start", "middle"])
def test_a_broken_file_is_begun_anew(path, damage):
    with VectorCache(path, 8) as cache:
        cache.put("e5", "float32", [str(n) for n in range(500)], np.ones((500, 384), dtype=np.float32))
    data = bytearray(path.read_bytes())
    start = 0 if damage == "start" else 4096
    data[start:] = b"\xff" * (len(data) - start)
    path.write_bytes(data)
    with VectorCache(path, 8) as cache:
        assert cache.get("e5", "float32", ["7"]) == [None]
        cache.put("e5", "float32", ["7"], row(5)[None, :])
        assert cache.get("e5", "float32", ["7"])[0].tolist() == [5]


def test_a_place_that_cannot_be_written_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    with pytest.raises(EmbeddingError, match=r"vectors\.sqlite.*GANWEN_CACHE"):
        VectorCache(tmp_path / "file" / "vectors.sqlite", 1)
    (tmp_path / "folder.sqlite").mkdir()
    with pytest.raises(EmbeddingError, match=r"folder\.sqlite.*GANWEN_CACHE"):
        VectorCache(tmp_path / "folder.sqlite", 1)


def test_a_closed_cache_is_not_taken_for_a_broken_one(path):
    cache = VectorCache(path, 1)
    cache.put("e5", "float32", ["a"], row(1)[None, :])
    cache.close()
    cache.close()
    with pytest.raises(sqlite3.ProgrammingError):
        cache.get("e5", "float32", ["a"])
    with VectorCache(path, 1) as again:
        assert again.get("e5", "float32", ["a"])[0].tolist() == [1]


WRITER = """
import sys, numpy as np
from pathlib import Path
from embeddings.cache import VectorCache
cache = VectorCache(Path(sys.argv[1]), 500)
print("ready", flush=True)
for turn in range(1_000_000):
    texts = [f"{turn} {n}" for n in range(400)]
    cache.put("e5", "float32", texts, np.full((400, 384), turn, dtype=np.float32))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_kill_leaves_whole_rows(path):
    for wait in (0.05, 0.2):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE)
        with writer:
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(wait)
            writer.send_signal(signal.SIGKILL)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        whole = connection.execute("SELECT count(*) FROM vectors GROUP BY used").fetchall()
    connection.close()
    assert set(whole) == {(400,)}


def test_two_processes_share_one_file(path):
    with VectorCache(path, 1) as one, VectorCache(path, 1) as other:
        one.put("e5", "float32", ["a"], row(1)[None, :])
        other.put("e5", "float32", ["b"], row(2)[None, :])
        assert [found.tolist() for found in one.get("e5", "float32", ["a", "b"])] == [[1], [2]]
