import sys
from pathlib import Path

import numpy as np
import pytest

from rag.lexical import Lexical, index_terms, tokenize

TEXTS = ["全省森林覆盖率63.1%", "空气优良天数比率96.5%", "森林公园", "PM2.5平均浓度29微克"]


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
    lexical.save(tmp_path / "lexical")
    loaded = Lexical.load(tmp_path / "lexical")
    assert len(loaded) == 4
    assert loaded.scores("森林 29").tolist() == lexical.scores("森林 29").tolist()
    assert isinstance(loaded.data, np.memmap)


@pytest.mark.parametrize("texts", [[], ["", "！？"]])
def test_texts_without_a_token_find_nothing(texts: list[str], tmp_path: Path) -> None:
    Lexical.build(texts).save(tmp_path)
    loaded = Lexical.load(tmp_path)
    assert len(loaded) == len(texts)
    assert loaded.search("森林", 5)[0].tolist() == []


def test_document_frequency() -> None:
    lexical = Lexical.build(TEXTS)
    assert lexical.document_frequency("森林") == 2
    assert lexical.document_frequency("没有") == 0


def test_asking_needs_no_bm25s() -> None:
    assert "rag.lexical" in sys.modules
    source = Path(sys.modules["rag.lexical"].__file__ or "").read_text(encoding="utf-8")
    assert "\nimport bm25s" not in source
