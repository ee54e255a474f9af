"""A model's text cut into sentences while it comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.llm.sentences import LONGEST, Sentences


def cut(text: str, size: int = 1) -> list[str]:
    sentences = Sentences()
    found = [
        each for start in range(0, len(text), size) for each in sentences.feed(text[start : start + size])
    ]
    return [*found, *sentences.finish()]


@pytest.mark.parametrize("size", [1, 2, 100])
@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("覆盖率63.1%[1]。优良率96.5%。[2]", ["覆盖率63.1%[1]。", "优良率96.5%。[2]"]),
        ("覆盖率63.1%。[1][2]优良", ["覆盖率63.1%。[1][2]", "优良"]),
        ("甲；乙！“好！”丙？", ["甲；", "乙！", "“好！”", "丙？"]),
        (
            "It is 63.1%[1]. It rose by 2.5 points. Good.",
            ["It is 63.1%[1].", "It rose by 2.5 points.", "Good."],
        ),
        ("- 甲\n- 乙\n\n1. 丙。\n2）丁", ["甲", "乙", "丙。", "丁"]),
        ("### 要点\n**甲**是`乙`。", ["要点", "甲是乙。"]),
        ("<think>先想想。63%？</think>甲。乙。", ["甲。", "乙。"]),
        ("<think>一直想", []),
        ("3 < 5。", ["3 < 5。"]),
        ("", []),
        ("。。。\n", ["。。。"]),
    ],
)
def test_sentences_are_whole_with_their_marks(text: str, sentences: list[str], size: int) -> None:
    assert cut(text, size) == sentences


def test_a_sentence_waits_for_the_marks_that_may_follow() -> None:
    sentences = Sentences()
    assert list(sentences.feed("覆盖率63.1%。")) == []
    assert list(sentences.feed("[1]")) == []
    assert list(sentences.feed("优")) == ["覆盖率63.1%。[1]"]


def test_text_without_an_end_is_cut_somewhere() -> None:
    assert [len(each) for each in cut("字" * (LONGEST + 50))] == [LONGEST + 1, 49]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("全省森林覆盖率稳定在", "全省森林覆盖率稳定在"),
        ("全省森林覆盖率稳定在63", "全省森林覆盖率稳定在"),
        ("推出了“一元", "推出了"),
        ("出台《条", "出台"),
        ("增长了百分之五", "增长了"),
        ("新增三家", "新增"),
        ("the GDP of", "the "),
        ("甲。覆盖率[1", "覆盖率"),
        ("<thi", ""),
        ("**全省", "全省"),
    ],
)
def test_of_an_unfinished_sentence_only_what_needs_no_check_is_shown(text: str, shown: str) -> None:
    sentences = Sentences()
    list(sentences.feed(text))
    assert sentences.unfinished == shown


def test_the_years_of_the_question_may_be_shown_at_once() -> None:
    sentences = Sentences("2023年森林覆盖率是多少？")
    list(sentences.feed("2023年森林覆盖率比2022年"))
    assert sentences.unfinished == "2023年森林覆盖率比"


@given(st.text(alphabet="甲乙。；1.[]%\n “”<think>/", max_size=60), st.integers(1, 7))
def test_however_it_is_cut_into_pieces_the_sentences_are_the_same(text: str, size: int) -> None:
    assert "".join(cut(text, size)) == "".join(cut(text, max(len(text), 1)))
