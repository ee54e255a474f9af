"""Answers from passages that can be read here: invented counties, one question each."""

import pytest

from rag.answering.extractive import extract
from rag.answering.likeness import Likeness
from rag.answering.lines import Line
from rag.answering.refusal.refusing import Reason, refuse
from rag.answering.refusal.sufficiency import Judge
from rag.answering.slots.comparison import conclude
from rag.answering.slots.fitting import fits_slot
from rag.mentions import Coverage
from rag.question import understand
from rag.types import Chunk, Hit, Kind, Level, Period, Region, Slot

PROVINCE = Region(("云南省",), Level.PROVINCE)
COUNTY = Region(("云南省", "大理白族自治州", "祥云县"), Level.COUNTY)
Y2022, Y2023 = Period(2022, 2022, "2022年"), Period(2023, 2023, "2023年")
COVERAGE = Coverage((PROVINCE, COUNTY), 2022, 2024, 2024)


def passage(
    text: str, id: int = 0, region: Region = COUNTY, period: Period | None = Y2023, kind: Kind = Kind.RESULT
) -> Hit:
    chunk = Chunk(id, "a.txt", 0, len(text), text, "政府工作报告", (), region, period, kind)
    return Hit(chunk, 2.0 - id)


def ask(question: str, *hits: Hit) -> list[str]:
    return [line.text for line in extract(understand(question, COVERAGE), hits, lambda _: 1.0)]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("2023年祥云县查办了多少件案件？", "全年查办案件407件"),
        ("2023年祥云县提起公诉多少件？", "提起公诉106件"),
    ],
)
def test_the_figure_that_stands_with_the_words_asked_for(question: str, answer: str) -> None:
    assert ask(question, passage("全年查办案件407件，提起公诉106件。")) == [answer]


def test_what_was_reached_and_not_what_was_passed() -> None:
    rough = passage("可再生能源装机占比突破50%，新增绿色工厂70家。")
    exact = passage("能耗指数达到1.3，可再生能源装机占比突破50%、达53.6%。", 1)
    shown = "可再生能源装机占比突破50%、达53.6%"
    assert ask("2023年祥云县可再生能源装机占比是多少？", rough, exact) == [shown]
    assert ask("2023年祥云县可再生能源装机占比是多少？", exact, rough) == [shown]
    assert ask("2023年祥云县可再生能源装机占比是多少？", rough) == ["可再生能源装机占比突破50%"]


def test_a_figure_stops_before_the_next_of_its_series() -> None:
    assert ask("祥云县新增学位多少个", passage("新增学位3900个、园位107个。")) == ["新增学位3900个"]


def test_a_share_is_not_answered_with_a_count() -> None:
    assert ask("祥云县绿化占比是多少？", passage("绿化项目36个。")) == []


def test_the_figure_of_the_province_is_not_the_countys() -> None:
    hit = passage("森林覆盖率63.1%。", region=PROVINCE)
    assert ask("云南省森林覆盖率是多少？", hit) == ["森林覆盖率63.1%"]
    assert ask("祥云县森林覆盖率是多少？", hit) == []


def test_a_wider_report_that_names_the_county_may_answer() -> None:
    line = Line(
        passage("祥云县森林覆盖率70%。", region=PROVINCE).chunk, 0, 12, 1.0, around="祥云县森林覆盖率70%。"
    )
    assert fits_slot(Slot(COUNTY, None), line, is_figure=True)


def test_the_figure_of_another_year_is_not_this_years() -> None:
    assert ask("2022年祥云县森林覆盖率是多少？", passage("森林覆盖率63.1%。")) == []


def test_two_years_give_a_line_each() -> None:
    hits = (passage("PM2.5浓度29微克/立方米。", 0), passage("PM2.5浓度27微克/立方米。", 1, period=Y2022))
    assert ask("祥云县2022年和2023年PM2.5浓度分别是多少？", *hits) == [
        "PM2.5浓度27微克/立方米",
        "PM2.5浓度29微克/立方米",
    ]


def test_sentences_that_say_the_same_count_once() -> None:
    hits = (passage("出台条例、办法、规定。", 0), passage("出台条例、办法、规定，", 1))
    assert ask("祥云县出台了哪些条例？", *hits) == ["出台条例、办法、规定"]


def test_a_note_answers_whole() -> None:
    hit = passage("13.“八有”：指有机构、有经费、有机制。", kind=Kind.NOTE, period=None)
    assert ask("“八有”指的是什么？", hit) == ["“八有”：指有机构、有经费、有机制"]


def test_nothing_in_common_is_no_answer() -> None:
    assert ask("门票多少钱一张？", passage("森林覆盖率63.1%。")) == []


def test_a_line_cites_the_sentence_and_shows_the_clause() -> None:
    hit = passage("工作有力。全年查办案件407件，提起公诉106件。")
    [line] = extract(understand("提起公诉多少件", COVERAGE), (hit,), lambda _: 1.0)
    assert hit.chunk.text[line.start : line.end] == "全年查办案件407件，提起公诉106件"
    assert line.text == "提起公诉106件"


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("湖南省2023年森林覆盖率是多少？", Reason.NO_SUCH_REGION),
        ("祥云县2015年森林覆盖率是多少？", Reason.NO_SUCH_PERIOD),
    ],
)
def test_another_region_or_year_is_refused(question: str, reason: Reason) -> None:
    assert refused(question, (passage("森林覆盖率63.1%。"),)) is reason


def refused(question: str, hits: tuple[Hit, ...]) -> Reason | None:
    understood = understand(question, COVERAGE)
    return refuse(
        understood,
        hits,
        COVERAGE,
        Judge(understood, COVERAGE, Likeness(understood, lambda _asked, _text: 0.9)),
    )


def test_no_passage_is_refused() -> None:
    assert refused("森林覆盖率", ()) is Reason.NOT_IN_REPORTS


def test_what_may_be_told_is_not_refused() -> None:
    assert refused("祥云县森林覆盖率", (passage("森林覆盖率63.1%。"),)) is None


def compare(first: str, second: str) -> str:
    hits = (passage(first, 0, period=Y2022), passage(second, 1))
    question = understand("祥云县2022年和2023年PM2.5浓度分别是多少？", COVERAGE)
    return conclude(extract(question, hits, lambda _: 1.0))


def test_the_difference_of_two_figures_is_computed_with_its_formula() -> None:
    assert compare("PM2.5浓度27微克/立方米。", "PM2.5浓度29.5微克/立方米。") == (
        "2023年更高：29.5微克/立方米[2] − 27微克/立方米[1] = 2.5微克/立方米（2023年比2022年上升）"
    )


def test_percentages_differ_by_points() -> None:
    hits = (passage("粮食增长6.5%左右。", 0, period=Y2022), passage("粮食增长7.0%。", 1))
    question = understand("祥云县2022年和2023年粮食增长多少？", COVERAGE)
    assert conclude(extract(question, hits, lambda _: 1.0)) == (
        "2023年更高：7%[2] − 6.5%[1] = 0.5个百分点（2023年比2022年上升）"
    )


def test_equal_figures_are_called_equal() -> None:
    assert compare("PM2.5浓度29微克/立方米。", "PM2.5浓度29微克/立方米。") == "2022年与2023年相同"


def test_what_lies_between_two_years_is_told_by_their_levels() -> None:
    hits = (
        passage("新能源装机占比28.6%，水质优良比例提高1.1个百分点。", 0),
        passage("新能源装机占比26.1%。", 1, period=Y2022),
    )
    asked = understand("祥云县新能源装机占比2023年比2022年提高了几个百分点？", COVERAGE)
    lines = extract(asked, hits, lambda _: 1.0)
    assert [line.text for line in lines] == ["新能源装机占比28.6%", "新能源装机占比26.1%"]


def test_a_level_is_held_against_the_year_before_by_its_change() -> None:
    asked = understand("2023年祥云县粮食总产是多少，和上年相比怎么样？", COVERAGE)
    lines = extract(asked, (passage("粮食总产555.4亿斤、增产7.2亿斤。"),), lambda _: 1.0)
    assert [line.text for line in lines] == ["粮食总产555.4亿斤", "粮食总产…增产7.2亿斤"]
