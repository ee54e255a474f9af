from dataclasses import replace

import numpy as np
import pytest

from embeddings.errors import EmbeddingError
from embeddings.partition import EXACT
from embeddings.vectors import Vectors

ROWS = np.array([[1, 0], [0, 1], [0.6, 0.8], [1, 0], [-1, 0], [1, 0]], dtype=np.float32)
EAST = np.array([1, 0], dtype=np.float32)


def found(vectors, *arguments):
    rows, scores = vectors.search(*arguments)
    assert rows.dtype == np.int64
    assert scores.dtype == np.float32
    return rows.tolist(), [round(score, 6) for score in scores.tolist()]


@pytest.fixture
def vectors():
    return Vectors.build(ROWS)


def test_best_rows_come_first_and_equal_ones_by_row(vectors):
    assert found(vectors, EAST, 6) == ([0, 3, 5, 2, 1, 4], [1, 1, 1, 0.6, 0, -1])


def test_of_equal_rows_at_the_end_the_first_are_kept(vectors):
    assert found(vectors, EAST, 1) == ([0], [1])
    assert found(vectors, EAST, 2) == ([0, 3], [1, 1])


def test_there_are_never_more_rows_than_there_are(vectors):
    assert found(vectors, EAST, 50)[0] == [0, 3, 5, 2, 1, 4]
    assert found(vectors, EAST, 0) == ([], [])


def test_only_allowed_rows_are_found(vectors):
    assert found(vectors, EAST, 2, np.array([5, 4, 3, 2])) == ([3, 5], [1, 1])
    assert found(vectors, EAST, 1, np.array([5, 3])) == ([3], [1])
    assert found(vectors, EAST, 9, np.array([4, 1])) == ([1, 4], [0, -1])


def test_nothing_allowed_finds_nothing(vectors):
    assert found(vectors, EAST, 3, np.array([], dtype=np.int64)) == ([], [])


def test_a_thousand_equal_rows_keep_their_order():
    vectors = Vectors.build(np.tile(EAST, (1000, 1)))
    assert found(vectors, EAST, 150)[0] == list(range(150))
    assert found(vectors, EAST, 20, np.arange(500, 1000))[0] == list(range(500, 520))


def test_search_agrees_with_numpy_on_random_rows():
    random = np.random.default_rng(7)
    rows = random.standard_normal((500, 24)).astype(np.float32)
    query = random.standard_normal(24).astype(np.float32)
    expected = np.argsort(-(rows @ query), kind="stable")
    rows_found, scores = Vectors.build(rows).search(query, 40)
    assert rows_found.tolist() == expected[:40].tolist()
    np.testing.assert_allclose(scores, (rows @ query)[expected[:40]], rtol=1e-5)


def test_saved_rows_are_the_same_when_loaded(tmp_path, vectors):
    path = tmp_path / "向量.faiss"
    vectors.save(path)
    loaded = Vectors.load(path)
    assert (len(loaded), loaded.dim) == (6, 2)
    assert loaded.rows(np.array([2, 0, 2])).tolist() == ROWS[[2, 0, 2]].tolist()
    assert found(loaded, EAST, 4, np.array([0, 2, 4])) == ([0, 2, 4], [1, 0.6, -1])


def test_rows_stay_readable_when_the_file_is_replaced(tmp_path, vectors):
    path = tmp_path / "vectors.faiss"
    vectors.save(path)
    loaded = Vectors.load(path)
    path.unlink()
    assert loaded.rows(np.array([5])).tolist() == [[1, 0]]


def test_no_rows_are_an_index_too(tmp_path):
    path = tmp_path / "empty.faiss"
    Vectors.build(np.empty((0, 3), dtype=np.float32)).save(path)
    loaded = Vectors.load(path)
    assert (len(loaded), loaded.dim) == (0, 3)
    assert found(loaded, np.ones(3, dtype=np.float32), 5) == ([], [])
    assert loaded.rows(np.empty(0, dtype=np.int64)).shape == (0, 3)


@pytest.mark.parametrize("row", [-1, 6])
def test_a_row_that_is_not_there_is_refused(vectors, row):
    with pytest.raises(IndexError, match=r"0\.\.5"):
        vectors.rows(np.array([0, row]))
    with pytest.raises(IndexError, match=r"0\.\.5"):
        vectors.search(EAST, 1, np.array([0, row]))


@pytest.mark.parametrize("content", [b"", b"not an index at all", None])
def test_a_file_that_is_no_index_is_refused_with_what_to_do(tmp_path, vectors, content):
    path = tmp_path / "vectors.faiss"
    vectors.save(path)
    path.write_bytes(path.read_bytes()[:60] if content is None else content)
    with pytest.raises(EmbeddingError, match=r"vectors\.faiss.*ganwen index"):
        Vectors.load(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(EmbeddingError, match=r"none\.faiss"):
        Vectors.load(tmp_path / "none.faiss")


def test_a_full_disk_is_an_error(vectors):
    from pathlib import Path

    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(OSError, match="No space left"):
        vectors.save(full)


@pytest.fixture(scope="module")
def clustered():
    """5,000 rows of 32 dimensions around 50 centres, and 100 questions of the same kind."""
    random = np.random.default_rng(3)
    centres = random.standard_normal((50, 32))
    drawn = centres[random.integers(0, 50, 5100)] + 0.7 * random.standard_normal((5100, 32))
    drawn = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
    return drawn[:5000], drawn[5000:]


@pytest.fixture
def many(clustered, monkeypatch, tmp_path):
    """More rows than are searched exactly, saved and loaded."""
    monkeypatch.setattr("embeddings.vectors.EXACT_UP_TO", 1000)
    monkeypatch.setattr("embeddings.partition.SLICE", 999)
    built = Vectors.build(clustered[0])
    built.save(tmp_path / "many.faiss")
    return Vectors.load(tmp_path / "many.faiss", built.plan)


def test_many_rows_are_found_among_a_part_of_them(many, clustered):
    rows, queries = clustered
    assert (many.plan.lists, many.plan.recall >= 0.99) == (128, True)
    assert many.plan.probes < many.plan.lists
    found_exactly = 0
    for query in queries:
        expected = np.argsort(-(rows @ query), kind="stable")[:10]
        ours, scores = many.search(query, 10)
        np.testing.assert_allclose(scores, rows[ours] @ query, rtol=1e-5)
        found_exactly += len(set(expected.tolist()) & set(ours.tolist()))
    assert found_exactly >= 0.98 * 10 * len(queries)


def test_many_rows_come_back_bit_for_bit_and_build_the_same_file(many, clustered, tmp_path):
    assert np.array_equal(many.rows(np.arange(5000)), clustered[0])
    np.save(tmp_path / "rows.npy", clustered[0])
    Vectors.build(np.load(tmp_path / "rows.npy", mmap_mode="r")).save(tmp_path / "again.faiss")
    assert (tmp_path / "again.faiss").read_bytes() == (tmp_path / "many.faiss").read_bytes()


@pytest.mark.parametrize("allowed", [np.arange(0, 5000, 7), np.array([3, 4999])])
def test_of_many_rows_few_allowed_ones_are_searched_exactly(many, clustered, allowed):
    rows, queries = clustered
    for query in queries[:20]:
        expected = allowed[np.argsort(-(rows[allowed] @ query), kind="stable")][:10]
        assert many.search(query, 10, allowed)[0].tolist() == expected.tolist()


def test_of_many_rows_only_allowed_ones_are_found_and_all_of_them_if_asked(many, clustered):
    allowed = np.arange(100, 5000)
    rows, _ = many.search(clustered[1][0], 60, allowed)
    assert (len(rows), rows.min() >= 100) == (60, True)
    rows, _ = many.search(clustered[1][0], 5000, allowed)
    assert sorted(rows.tolist()) == allowed.tolist()
    assert len(many.search(clustered[1][0], 9999)[0]) == 5000


def test_equal_rows_among_many_keep_their_order(monkeypatch):
    monkeypatch.setattr("embeddings.vectors.EXACT_UP_TO", 1000)
    vectors = Vectors.build(np.tile(EAST, (1500, 1)))
    assert found(vectors, EAST, 50)[0] == list(range(50))


def test_another_plan_than_the_file_has_is_refused(many, tmp_path):
    for plan in (EXACT, replace(many.plan, probes=many.plan.probes + 1)):
        with pytest.raises(EmbeddingError, match="not searched as planned"):
            Vectors.load(tmp_path / "many.faiss", plan)
