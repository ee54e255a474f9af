"""The reader as a judge of sentences: real weights, damage, and the gate that computes it only where it decides."""

import logging
from pathlib import Path

import pytest

from embeddings import reader_model
from embeddings.errors import ReaderError
from embeddings.reader import Reader
from rag.answering.likeness import Likeness
from rag.answering.lines import Line
from rag.answering.refusal.reading import HIGHEST, LOWEST, SentenceReader
from rag.answering.refusal.sufficiency import Judge
from rag.mentions import Coverage
from rag.question import understand
from rag.types import Chunk, Kind

COVERAGE = Coverage((), 2022, 2024, 2024)
QUESTION = understand("新建公园多少个？", COVERAGE)


def line(text: str, id: int = 0) -> Line:
    chunk = Chunk(id, "a.txt", 0, len(text), text, "报告", (), None, None, Kind.RESULT)
    return Line(chunk, 0, len(text), 1.0, around=text)


@pytest.fixture(scope="module")
def reader() -> SentenceReader:
    return SentenceReader()


def test_a_sentence_that_answers_has_better_odds(reader: SentenceReader) -> None:
    told = reader.odds(QUESTION, "全市新建公园12个,改造老旧小区36个")
    other = reader.odds(QUESTION, "城镇居民人均可支配收入增长5%")
    assert told is not None
    assert other is not None
    assert LOWEST <= other < 0 < told <= HIGHEST


def test_without_the_reader_it_says_so_once_and_answers_go_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    missing = tmp_path / "nothing"
    monkeypatch.setattr(
        Reader, "open", lambda cache: Reader(reader_model.model_folder(cache, shipped=missing))
    )
    with pytest.raises(ReaderError):
        Reader.open(tmp_path)
    broken = SentenceReader(tmp_path)
    with caplog.at_level(logging.WARNING):
        assert [broken.odds(QUESTION, "新建公园12个") for _ in range(2)] == [None, None]
    assert [record.getMessage()[:35] for record in caplog.records] == ["Answers are judged without the read"]
    bare, none = Judge(QUESTION, COVERAGE, None, broken), Judge(QUESTION, COVERAGE, None)
    told = line("全市新建公园12个，改造老旧小区36个。")
    assert bare.score(told) == none.score(told)
    assert bare.accepts(told)


@pytest.mark.parametrize("cosine", [0.86, 0.9, 0.93])
def test_the_gate_decides_as_the_whole_score_does(reader: SentenceReader, cosine: float) -> None:
    judge = Judge(QUESTION, COVERAGE, Likeness(QUESTION, lambda _asked, _text: cosine), reader)
    texts = [
        "全市新建公园12个。",
        "新建学校12所。",
        "公园里有12个人。",
        "居民收入增长5%。",
        "公园建设12个项目开工。",
    ]
    for number, text in enumerate(texts):
        told = line(text, number)
        for least in (0.1, 0.25, 0.5, 0.75):
            assert judge.is_enough(told, least) == (judge.score(told) >= least)


def test_the_figure_of_a_sentence_without_a_word_of_the_question_is_none_whatever_the_model_says() -> None:
    asked = understand("税收收入是多少元？", COVERAGE)
    judge = Judge(asked, COVERAGE, Likeness(asked, lambda _asked, _text: 0.99))
    assert not judge.accepts(line("全市生产总值达到3600亿元。"))
    assert judge.accepts(line("全市税收收入达到360亿元。"))
