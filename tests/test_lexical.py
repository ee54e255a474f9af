import random
from pathlib import Path

import bm25s
import numpy as np
import pytest

from rag.columns import BLOCK, K1, B, ColumnsWriter
from rag.lexical import Lexical, index_terms, tokenize

TEXTS = ["全省森林覆盖率63.1%", "空气优良天数比率96.5%", "森林公园", "PM2.5平均浓度29微克"]


def write(texts: list[str], folder: Path) -> None:
    """An index on the disk."""
    with ColumnsWriter(folder, len(texts)) as writer:
        for row, text in enumerate(texts):
            writer.add(row, index_terms(text))


def test_tokens_are_bigrams_and_whole_words() -> None:
    assert tokenize("PM2.5浓度29，森林") == ["pm2.5", "浓度", "29", "森林"]
    assert tokenize("增长4.1％ 1+N G60科创") == ["增长", "4.1%", "1", "n", "g60", "科创"]
    assert tokenize("省") == ["省"]


def test_traditional_and_full_width_give_the_same_tokens() -> None:
    assert tokenize("森林覆蓋率６３.１％") == tokenize("森林覆盖率63.1%")


def test_search_finds_by_bigrams_characters_and_numbers() -> None:
    lexical = Lexical.build(TEXTS)
    assert lexical.search("森林覆盖率是多少", 5)[0].tolist() == [0, 2, 1]
    assert lexical.search("96.5%", 5)[0].tolist() == [1]


def test_a_slip_in_one_character_leaves_the_others_to_find_it() -> None:
    lexical = Lexical.build(["林长制", "河湖", "空气"])
    assert lexical.search("林常制", 5)[0].tolist() == [0]
    assert index_terms("林长制30%") == ["林", "长", "制", "林长", "长制", "30%"]


def test_score_is_bm25_as_published() -> None:
    """Lucene's form: idf * tf / (tf + k1 * (1 - b + b * length / average)), idf = ln(1 + (N - n + .5) / (n + .5))."""
    lexical = Lexical.build(["ab ab", "ab", "cd"])
    idf = np.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    expected = idf * 2 / (2 + 1.2 * (1 - 0.75 + 0.75 * 2 / (4 / 3)))
    assert lexical.scores("ab")[0] == pytest.approx(expected, rel=1e-5)


def test_only_allowed_rows_and_ties_by_row() -> None:
    lexical = Lexical.build(["甲乙", "甲乙", "甲乙"])
    assert lexical.search("甲乙", 2)[0].tolist() == [0, 1]
    assert lexical.search("甲乙", 2, np.array([1, 2]))[0].tolist() == [1, 2]
    assert lexical.search("甲乙", 2, np.array([], dtype=np.int64))[0].tolist() == []


def test_saved_and_loaded_it_scores_the_same(tmp_path: Path) -> None:
    lexical = Lexical.build(TEXTS)
    write(TEXTS, tmp_path / "lexical")
    loaded = Lexical.load(tmp_path / "lexical")
    assert len(loaded) == 4
    assert loaded.scores("森林 29").tolist() == lexical.scores("森林 29").tolist()
    assert isinstance(loaded.data, np.memmap)
    assert not (tmp_path / "lexical" / "scratch").exists()


@pytest.mark.parametrize("texts", [[], ["", "！？"]])
def test_texts_without_a_token_find_nothing(texts: list[str], tmp_path: Path) -> None:
    write(texts, tmp_path)
    loaded = Lexical.load(tmp_path)
    assert len(loaded) == len(texts)
    assert loaded.search("森林", 5)[0].tolist() == []


def test_document_frequency() -> None:
    lexical = Lexical.build(TEXTS)
    assert lexical.document_frequency("森林") == 2
    assert lexical.document_frequency("没有") == 0


def random_texts(count: int) -> list[str]:
    """Texts of words drawn from a few hundred, some of them empty; the same each time."""
    draw = random.Random(0)
    words = [chr(0x4E00 + number) * 2 for number in range(300)] + ["pm2.5", "63.1%", "12", "g60"]
    return [
        " ".join(draw.choices(words, weights=range(1, len(words) + 1), k=draw.randrange(60)))
        for _ in range(count)
    ]


@pytest.mark.parametrize("block", [BLOCK, 500])
def test_the_weights_are_those_of_bm25s(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether one block and one range hold everything, or many do."""
    monkeypatch.setattr("rag.columns.BLOCK", block)
    texts = random_texts(400)
    lexical = Lexical.build(texts)
    reference = bm25s.BM25(method="lucene", k1=K1, b=B)
    reference.index([index_terms(text) for text in texts], create_empty_token=False, show_progress=False)
    assert set(lexical.vocabulary) == set(reference.vocab_dict)
    for token, number in reference.vocab_dict.items():
        expected = np.zeros(len(texts))
        piece = slice(reference.scores["indptr"][number], reference.scores["indptr"][number + 1])
        expected[reference.scores["indices"][piece]] = reference.scores["data"][piece]
        column = lexical.vocabulary[token]
        own = slice(int(lexical.indptr[column]), int(lexical.indptr[column + 1]))
        found = np.zeros(len(texts))
        found[lexical.indices[own]] = lexical.data[own]
        np.testing.assert_allclose(found, expected, rtol=1e-6)
        assert lexical.document_frequency(token) == np.count_nonzero(expected)


def test_rows_ascend_within_a_column_and_columns_follow_their_tokens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.columns.BLOCK", 700)
    write(random_texts(300), tmp_path)
    lexical = Lexical.load(tmp_path)
    tokens = (tmp_path / "tokens.tsv").read_text(encoding="utf-8").splitlines()
    assert tokens == sorted(tokens, key=str.encode) == list(lexical.vocabulary)
    assert [lexical.vocabulary[token] for token in tokens] == list(range(len(tokens)))
    for first, last in zip(lexical.indptr, lexical.indptr[1:], strict=False):
        assert np.all(np.diff(lexical.indices[first:last]) > 0)
        assert last > first


def test_what_is_no_token_is_in_no_vocabulary() -> None:
    vocabulary = Lexical.build(["甲乙"]).vocabulary
    assert list(vocabulary) == ["乙", "甲", "甲乙"]
    assert [vocabulary.get(token) for token in ("丙", "乙乙", "", "甲乙丙", "\ud800")] == [None] * 5


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    write(TEXTS, tmp_path)
    for name in ("tokens.tsv", "indptr.npy", "indices.npy"):
        whole = (tmp_path / name).read_bytes()
        write(TEXTS[:2], tmp_path / name[:3])
        (tmp_path / name).write_bytes((tmp_path / name[:3] / name).read_bytes())
        with pytest.raises(ValueError, match=r"belong together|of one length"):
            Lexical.load(tmp_path)
        (tmp_path / name).write_bytes(whole)


@pytest.mark.parametrize("block", [BLOCK, 300])
def test_rows_taken_over_give_the_bytes_of_an_index_from_nothing(
    block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some rows go, others move, and new ones come between them."""
    monkeypatch.setattr("rag.columns.BLOCK", block)
    old = [*random_texts(200), "只此一处"]
    write(old, tmp_path / "old")
    kept = dict(enumerate(range(0, 200, 3)))
    texts = [old[row] for row in kept.values()] + ["新的 pm2.5", "", *random_texts(7)]
    order = random.Random(1).sample(range(len(texts)), len(texts))
    with ColumnsWriter(tmp_path / "new", len(texts)) as writer:
        rows = np.full(len(old), -1)
        for new, row in kept.items():
            rows[row] = order[new]
        for new in range(len(kept), len(texts)):
            writer.add(order[new], index_terms(texts[new]))
        writer.take(tmp_path / "old", rows)
    write([text for _, text in sorted(zip(order, texts, strict=True))], tmp_path / "fresh")
    assert "只此" not in Lexical.load(tmp_path / "new").vocabulary
    names = sorted(path.name for path in (tmp_path / "fresh").iterdir())
    assert len(names) == 7
    for name in names:
        assert (tmp_path / "new" / name).read_bytes() == (tmp_path / "fresh" / name).read_bytes(), name
