"""Slips of writing by sound, set right by an invented corpus whose words are counted here."""

from dataclasses import replace

import pytest

from rag.mentions import Coverage
from rag.question import understand
from rag.slips import mend_slips, mend_words

# In how many passages a character or a pair of them stands.
COUNTS = {
    "景": 26,
    "区": 186,
    "景区": 6,
    "观景": 3,
    "安": 90,
    "排": 30,
    "安排": 12,
    "项": 200,
    "目": 150,
    "项目": 140,
}
COUNTS |= {
    "昌": 20,
    "九": 15,
    "昌九": 4,
    "高": 80,
    "铁": 12,
    "高铁": 9,
    "九高": 3,
    "酒": 4,
    "就": 99,
    "大": 90,
    "概": 3,
}
COUNTS |= {"于": 300, "何": 40, "鹤": 9, "年": 500, "鹤年": 3, "签": 9, "署": 9, "签署": 8}
COUNTS |= {
    "软": 9,
    "件": 60,
    "软件": 8,
    "公": 50,
    "司": 30,
    "公司": 25,
    "著": 20,
    "名": 60,
    "著名": 12,
    "本": 90,
    "着": 80,
    "本着": 5,
}
COVERAGE = Coverage((), 2022, 2024, 2024, frequency=lambda token: COUNTS.get(token, 0))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("新评上的井区是哪个？", "新评上的景区是哪个？"),
        ("要安派多少个大项木？", "要安排多少个大项目？"),
        ("昌久高铁通车了吗？", "昌九高铁通车了吗？"),
        ("景区有多少？", "景区有多少？"),
        # The reports have no word of that sound beside these neighbours, or have the word itself.
        ("大概有多少？", "大概有多少？"),
        ("无人机有多少架？", "无人机有多少架？"),
        # Words that ask are no slips.
        ("协定于何年签署？", "协定于何年签署？"),
        ("", ""),
        ("🎉？！", "🎉？！"),
    ],
)
def test_only_what_makes_words_of_the_reports_is_set_right(written: str, meant: str) -> None:
    assert mend_slips(written, COVERAGE) == meant


def test_a_pair_that_seldom_is_one_word_proves_nothing() -> None:
    rare = replace(COVERAGE, frequency=lambda token: {**COUNTS, "景": 400}.get(token, 0))
    assert mend_slips("新评上的井区是哪个？", rare) == "新评上的井区是哪个？"


def test_two_characters_that_may_be_meant_leave_it_as_it_is() -> None:
    both = replace(COVERAGE, frequency=lambda token: {**COUNTS, "警": 9, "警区": 5}.get(token, 0))
    assert mend_slips("新评上的井区是哪个？", both) == "新评上的井区是哪个？"


def test_what_is_understood_says_so_and_english_is_left_alone() -> None:
    question = understand("昌久高铁通车了吗？", COVERAGE)
    assert (question.text, question.understood) == ("昌久高铁通车了吗？", "昌九高铁通车了吗？")
    assert understand("Which 井区 is new?", COVERAGE).understood == "Which 井区 is new?"


def test_words_of_taiwan_that_no_report_has_are_those_of_the_mainland() -> None:
    counts = {"出租": 4, "租车": 4, "新增": 30, "增出": 1, "车有": 1, "添加": 2}
    coverage = Coverage((), 2022, 2024, 2024, frequency=lambda token: counts.get(token, 0))
    taxis = understand("2023年新增計程車有多少輛？", coverage)
    assert taxis.text == "2023年新增計程車有多少輛？"
    assert taxis.understood == "2023年新增出租車有多少輛？"
    assert understand("2023年糧食產量多少？", coverage).understood == "2023年糧食產量多少？"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("軟體公司有幾家？", "软件公司有幾家？"),
        # 着 stands for 著 in other words, but this one is a word of the reports as it is.
        ("一本著名的書", "一本著名的書"),
    ],
)
def test_words_of_taiwan_are_put_as_the_reports_have_them(written: str, meant: str) -> None:
    assert mend_words(written, COVERAGE).replace("軟", "软") == meant
