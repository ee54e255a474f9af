"""Answers over invented spans: what is proven, and what is wrong with the rest."""

import pytest

from rag.answering.verification.evidence import Evidence
from rag.answering.verification.verifying import Fault, verify
from rag.mentions import Coverage
from rag.question import understand
from rag.types import Level, Period, Region

PROVINCE = Region(("云南省",), Level.PROVINCE)
COUNTY = Region(("云南省", "大理白族自治州", "祥云县"), Level.COUNTY)
Y2022, Y2023 = Period(2022, 2022, "2022年"), Period(2023, 2023, "2023年")
COVERAGE = Coverage((PROVINCE, COUNTY), 2022, 2024, 2024)
ASKED = "祥云县2023年的数字是多少？"


def faults(answer: str, *spans: str, asked: str = ASKED, period: Period | None = Y2023) -> list[Fault]:
    evidence = [
        Evidence(n, span, COUNTY, period, ("政府工作报告",), year=2024)
        for n, span in enumerate(spans, start=1)
    ]
    return [problem.fault for problem in verify(answer, evidence, understand(asked, COVERAGE)).problems]


SERIES = "工业、农业增加值分别增长4.0%、6.0%"
BUSES = "新增及更换公交车、出租车（含网约车）中新能源车占比分别达92.3%、89.34%"
YEARS = "2021年至2023年，用电量分别为8.1亿、8.5亿和9.3亿千瓦时"
QUARTERS = "一至三季度发电量分别为58亿、71亿和89亿千瓦时，同比分别增长7.4%、2.1%和下降0.7%"
POWER = "风电、光伏发电分别为74亿和138亿千瓦时，同比分别增长31%和68%"
INCOME = "城乡居民人均可支配收入分别增长5.0%、7.0%"
GRAIN = "粮食总产439.7亿斤、增产9.3亿斤，PM2.5平均浓度29微克/立方米"


@pytest.mark.parametrize(
    ("answer", "span"),
    [
        ("工业、农业增加值分别增长4.0%、6.0%[1]", SERIES),
        ("农业增长6.0%[1]", SERIES),
        ("公交车中新能源车占比92.3%[1]", BUSES),
        ("出租车…中新能源车占比分别达89.34%[1]", BUSES),
        ("农村居民收入增长7.0%[1]", INCOME),
        ("2022年…用电量分别为…8.5亿…千瓦时[1]", YEARS),
        ("2022年：2022年用电量8.5亿千瓦时[1]", YEARS),
        ("2021年至2023年，用电量分别为8.1亿、8.5亿和9.3亿千瓦时[1]", YEARS),
        ("二季度发电量分别为…71亿…千瓦时[1]", QUARTERS),
        ("三季度发电量…同比分别…下降0.7%[1]", QUARTERS),
        ("风电…同比分别增长31%[1]", POWER),
        ("光伏发电…同比分别增长…68%[1]", POWER),
        ("粮食总产比上年增产9.3亿斤[1]", GRAIN),
        ("2023年，祥云县PM2.5浓度为29微克/立方米[1]。", GRAIN),
        ("粮食总产2198.5万吨[1]", GRAIN),
        ("共收到十二条意见[1]", "收到意见12条"),
        ("占全县近三分之一[1]", "占全县近三分之一"),
        ("煤炭消费占比达60%[1]", "煤炭消费占比达六成"),
        ("林地20公顷[1]", "林地300亩"),
        ("增长5%至6%[1]", "增长5%—6%"),
        ("增长5%[1]", "增长5%左右"),
    ],
)
def test_what_the_span_says_is_proven(answer: str, span: str) -> None:
    assert faults(answer, span) == []


@pytest.mark.parametrize(
    ("answer", "span", "fault"),
    [
        ("工业增加值增长6.0%[1]", SERIES, Fault.OTHER_INDICATOR),
        ("农业增长4.0%[1]", SERIES, Fault.OTHER_INDICATOR),
        ("增加值增长6.0%[1]", SERIES, Fault.OTHER_INDICATOR),
        ("公交车中新能源车占比89.34%[1]", BUSES, Fault.OTHER_INDICATOR),
        ("农村居民收入增长5.0%[1]", INCOME, Fault.OTHER_INDICATOR),
        ("2022年…用电量分别为…9.3亿…千瓦时[1]", YEARS, Fault.WRONG_YEAR),
        ("用电量分别为…9.3亿…千瓦时[1]", YEARS, Fault.WRONG_YEAR),
        ("2022年…用电量分别为…8.5万…千瓦时[1]", YEARS, Fault.WRONG_UNIT),
        ("二季度发电量分别为…58亿…千瓦时[1]", QUARTERS, Fault.WRONG_YEAR),
        ("二季度发电量…同比分别增长7.4%[1]", QUARTERS, Fault.WRONG_YEAR),
        ("风电…同比分别增长68%[1]", POWER, Fault.OTHER_INDICATOR),
        ("光伏发电分别为74亿千瓦时[1]", POWER, Fault.OTHER_INDICATOR),
        ("粮食总产9.3亿斤[1]", GRAIN, Fault.OTHER_INDICATOR),
        ("粮食总产439.8亿斤[1]", GRAIN, Fault.NOT_IN_SPAN),
        ("粮食总产439.7亿吨[1]", GRAIN, Fault.WRONG_UNIT),
        ("粮食总产439.7万斤[1]", GRAIN, Fault.WRONG_UNIT),
        ("上升4.4%[1]", "上升4.4个百分点", Fault.WRONG_UNIT),
        (
            "50亿元以上项目161个[1]",
            "50亿元以上项目54个，20亿元以上项目161个",
            Fault.OTHER_INDICATOR,
        ),
        ("占比84%[1]", "占比在84%以上", Fault.WRONG_BOUND),
        ("占比84%以下[1]", "占比在84%以上", Fault.WRONG_BOUND),
        ("增长5%以上[1]", "增长5%左右", Fault.WRONG_BOUND),
        ("增长5%至7%[1]", "增长5%—6%", Fault.NOT_IN_SPAN),
        ("2022年：粮食总产439.7亿斤[1]", GRAIN, Fault.WRONG_YEAR),
        ("云南省粮食总产439.7亿斤[1]", GRAIN, Fault.WRONG_REGION),
        ("全省粮食总产439.7亿斤[1]", GRAIN, Fault.WRONG_REGION),
        ("PM10平均浓度29微克/立方米[1]", GRAIN, Fault.NOT_IN_SPAN),
        ("粮食总产439.7亿斤", GRAIN, Fault.NO_CITATION),
        ("粮食总产439.7亿斤[2]", GRAIN, Fault.NO_CITATION),
        ("按照《粮食条例》，总产439.7亿斤[1]", GRAIN, Fault.NOT_IN_SPAN),
    ],
)
def test_what_the_span_does_not_say_is_a_problem(answer: str, span: str, fault: Fault) -> None:
    assert fault in faults(answer, span)


def test_a_figure_of_another_year_named_beside_it() -> None:
    span = "2022年产量27万吨，2023年产量29万吨"
    assert faults("2023年产量29万吨[1]", span) == []
    assert Fault.WRONG_YEAR in faults("2022年产量29万吨[1]", span)


def test_years_compared_with_are_not_the_figures_own() -> None:
    assert faults("2023年：产量增长5%[1]", "产量比2020年增长5%") == []


def test_a_place_of_the_same_span_is_told_by_its_words() -> None:
    span = "大理市入选国家公交都市建设示范城市，保山市入选国家海绵城市"
    assert faults("大理市入选国家公交都市建设示范城市[1]", span) == []
    assert faults("保山市入选国家公交都市建设示范城市[1]", span) == [Fault.WRONG_REGION]


def test_a_figure_of_another_year_than_asked() -> None:
    assert faults("产量29万吨[1]", "产量29万吨", period=Y2022) == [Fault.WRONG_YEAR]


def test_a_year_of_another_noun_is_not_the_figures() -> None:
    span = "2018—2022年披露的72个问题已完成整改67个"
    assert faults("披露的72个问题已完成整改67个[1]", span) == []


def test_the_proof_says_where_the_figure_stands() -> None:
    evidence = [Evidence(1, GRAIN, COUNTY, Y2023)]
    answer = "粮食增产9.3亿斤[1]"
    [proof] = verify(answer, evidence, understand(ASKED, COVERAGE)).proofs
    assert (answer[proof.start : proof.end], proof.n) == ("9.3亿斤", 1)
    assert GRAIN[proof.span_start : proof.span_end] == "9.3亿斤"


def test_each_figure_rests_on_the_mark_after_it() -> None:
    spans = ("PM2.5浓度27微克/立方米", "PM2.5浓度29微克/立方米")
    assert faults("PM2.5浓度27微克/立方米[1]，后为29微克/立方米[2]。", *spans) == []
    assert Fault.NOT_IN_SPAN in faults("PM2.5浓度29微克/立方米[1]，后为27微克/立方米[2]。", *spans)


def test_the_question_may_be_repeated_but_not_borne_out_by_itself() -> None:
    asked = "祥云县2023年PM2.5升到50微克/立方米了吗？"
    span = "PM2.5浓度29微克/立方米"
    assert faults("不是50微克/立方米，是29微克/立方米[1]", span, asked=asked) == []
    assert faults("PM2.5浓度50微克/立方米[1]", span, asked=asked) == [Fault.NOT_IN_SPAN]


def test_the_question_does_not_give_a_value_of_the_span_another_unit() -> None:
    asked = "祥云县2023年还有10件没办结吗？"
    assert faults("10个乡镇设立中心[1]", "10个乡镇设立中心", asked=asked) == []
    assert faults("10件乡镇设立中心[1]", "10个乡镇设立中心", asked=asked) == [Fault.WRONG_UNIT]
    assert faults("10件没办结[1]", "全县乡镇设立中心", asked=asked) == []


def test_what_is_not_there_may_be_named() -> None:
    asked = "祥云县2021年PM2.5浓度是多少？"
    assert faults("没有2021年的数据；有2023年：29微克/立方米[1]", "PM2.5浓度29微克/立方米", asked=asked) == []


COMPARED = "祥云县2022年和2023年PM2.5浓度分别是多少？"
LINES = "2022年：PM2.5浓度27微克/立方米[1]\n2023年：PM2.5浓度29微克/立方米[2]\n"
HIGHER = "2023年更高：29微克/立方米[2] − 27微克/立方米[1] = 2微克/立方米"
SPANS = ("2022年PM2.5浓度27微克/立方米", "PM2.5浓度29微克/立方米")


@pytest.mark.parametrize(
    ("conclusion", "problems"),
    [
        (HIGHER, []),
        (f"{HIGHER}（2023年比2022年上升）", []),
        (f"{HIGHER}（2023年比2022年下降）", [Fault.WRONG_RESULT]),
        (f"{HIGHER}（2022年比2023年上升）", [Fault.WRONG_RESULT]),
        (f"{HIGHER}（2023年比2021年上升）", [Fault.WRONG_RESULT]),
        ("2023年更高：29微克/立方米[2] − 27微克/立方米[1] = 3微克/立方米", [Fault.WRONG_RESULT]),
        ("2023年更高：29微克/立方米[2] − 26微克/立方米[1] = 3微克/立方米", [Fault.WRONG_RESULT]),
        ("2023年更高：29微克/立方米[2] − 27微克/立方米[1] = 2毫克/立方米", [Fault.WRONG_RESULT]),
        ("2022年更高：29微克/立方米[2] − 27微克/立方米[1] = 2微克/立方米", [Fault.WRONG_RESULT]),
        ("2023年更低：29微克/立方米[2] − 27微克/立方米[1] = 2微克/立方米", [Fault.WRONG_RESULT]),
        ("29微克/立方米[2] ÷ 27微克/立方米[1] = 107.4%", []),
        ("29微克/立方米[2] ÷ 27微克/立方米[1] ≈ 1.07倍", []),
        ("29微克/立方米[2] ÷ 27微克/立方米[1] = 107.5%", [Fault.WRONG_RESULT]),
        ("2022年与2023年相同", [Fault.WRONG_RESULT]),
    ],
)
def test_a_formula_is_computed_again(conclusion: str, problems: list[Fault]) -> None:
    assert faults(LINES + conclusion, *SPANS, asked=COMPARED) == problems


def test_shares_differ_by_points() -> None:
    lines = "2022年：增长6.5%左右[1]\n2023年：增长7.0%[2]\n2023年更高：7%[2] − 6.5%[1] = 0.5"
    spans = ("2022年粮食增长6.5%左右", "粮食增长7.0%")
    assert faults(lines + "个百分点", *spans, asked=COMPARED) == []
    assert faults(lines + "%", *spans, asked=COMPARED) == [Fault.WRONG_RESULT]


def test_what_is_called_equal_is_equal() -> None:
    lines = "2022年：27微克/立方米[1]\n2023年：27微克/立方米[2]\n2022年与2023年相同"
    assert faults(lines, SPANS[0], "PM2.5浓度27微克/立方米", asked=COMPARED) == []
