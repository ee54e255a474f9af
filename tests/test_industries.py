"""The three industries as a ratio: the one asked for, of the year asked for."""

import pytest

from rag.answering.refusal.fitness import fits_figures
from rag.answering.slots.bindings import bind
from rag.answering.slots.figure_lines import extract_figures
from rag.answering.slots.industries import asks_industry, tells_industries
from rag.mentions import Coverage
from rag.question import understand
from rag.text import fold
from rag.types import Chunk, Hit, Kind, Level, Period, Region

CITY = Region(("山东省", "潍坊市"), Level.CITY)
Y2023 = Period(2023, 2023, "2023年")
COVERAGE = Coverage((CITY,), 2022, 2024, 2024)
RATIO = "三次产业结构由上年的9.1∶40.5∶50.4调整为8.7∶40.1∶51.2。"


def ask(question: str, text: str = RATIO) -> list[str]:
    chunk = Chunk(
        0, "a.txt", 0, len(text), text, "2023年统计公报", (), CITY, Y2023, Kind.RESULT, date="2024-03"
    )
    lines = extract_figures(understand(question, COVERAGE), (Hit(chunk, 1.0),), lambda _: 1.0, None)
    return [line.text for line in lines]


@pytest.mark.parametrize(
    "question",
    [
        "第三产业占GDP的比重是多少？",
        "二产占比多少",
        "三次产业结构是多少",
        "三产结构比",
        "What is the ratio of primary, secondary and tertiary industry?",
    ],
)
def test_asked_in_many_words(question: str) -> None:
    assert asks_industry(fold(question))
    assert fits_figures(fold(question), fold(RATIO))


@pytest.mark.parametrize("question", ["第三产业增加值是多少？", "产业工人有多少？", "三产融合怎么做？"])
def test_not_asked(question: str) -> None:
    assert not asks_industry(fold(question))


def test_the_year_before_is_what_it_changed_from() -> None:
    assert ask("潍坊2023年第三产业占GDP的比重是多少？") == ["三次产业结构由上年的…调整为8.7∶40.1∶51.2"]
    assert ask("潍坊2022年第三产业占GDP的比重是多少？") == ["三次产业结构由上年的9.1∶40.5∶50.4"]
    assert ask("潍坊2021年第三产业占GDP的比重是多少？") == []


def test_a_share_told_by_itself_comes_first() -> None:
    text = f"第三产业增加值3882亿元，占生产总值的比重为51.2%。{RATIO}"
    [line] = ask("潍坊2023年第三产业占GDP的比重是多少？", text)
    assert line.endswith("51.2%")
    assert "调整" not in line


def test_three_industries_are_no_figure() -> None:
    assert [bound.figure.unit for bound in bind("三次产业结构为8:40:52")] == ["比"]
    assert not tells_industries(fold("男女比例为8:40:52"))
