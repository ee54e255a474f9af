"""Questions with two needs, over an invented province: what each part asks, and a place that is only described."""

import pytest

from rag.compound import place_named, split_described, split_needs
from rag.mentions import Coverage
from rag.types import Level, Region

PROVINCE = Region(("云南省",), Level.PROVINCE)
CITY = Region(("云南省", "昆明市"), Level.CITY)
COVERAGE = Coverage((PROVINCE, CITY), 2021, 2024, 2024)


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        (
            "昆明的夜校办成了哪些事，惠及多少人？",
            "昆明的夜校办成了哪些事？",
            "昆明的夜校办成了事，惠及多少人？",
        ),
        ("昆明2023年新增就业多少人，全省呢", "昆明2023年新增就业多少人？", "全省2023年新增就业多少人？"),
        ("“金花”行动是做什么的，由谁牵头？", "“金花”行动是做什么的？", "“金花”行动是做的，由谁牵头？"),
        (
            "昆明创成了什么示范市，今年要建成什么？",
            "昆明创成了什么示范市？",
            "今年昆明创成了示范市，要建成什么？",
        ),
    ],
)
def test_two_needs_are_two_questions(question: str, first: str, second: str) -> None:
    assert split_needs(question, COVERAGE)[:2] == (first, second)


@pytest.mark.parametrize(
    "question",
    [
        "昆明2023年GDP是多少？",
        "昆明和云南的森林覆盖率分别是多少，哪个高？",
        "昆明粮食总产是多少，占全省的比重是多少",
        "昆明2023年改造了多少小区，投了多少钱？",
        "昆明森林覆盖率是70%，对吗？",
        "昆明怎么建枢纽，捡重点说",
        "What was its growth, and who leads it?",
    ],
)
def test_one_need_is_not_split(question: str) -> None:
    assert split_needs(question, COVERAGE) == ()


def test_a_place_may_be_described() -> None:
    split = split_described("率先把湿地纳入考核的那个市，2024年要建哪条经济带？", COVERAGE)
    assert split == ("率先把湿地纳入考核的是哪个市？", Level.CITY, "2024年要建哪条经济带？")
    assert place_named("昆明率先把湿地纳入考核", Level.CITY, COVERAGE) == CITY
    assert place_named("率先把湿地纳入考核", Level.CITY, COVERAGE) is None
    for question in (
        "昆明市，2024年要建哪条经济带？",
        "湿地最多的是哪个市，要建什么？",
        "2024年要建哪条经济带？",
    ):
        assert split_described(question, COVERAGE) is None
