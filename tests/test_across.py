"""Questions over all places or years of the reports, answered by the rows of the table of indicators."""

import pytest

from rag.assistant import Assistant
from rag.indicators.across import read_across
from rag.question import understand
from rag.types import Filter, Turn

REPORT = """# {place}人民政府工作报告

（{next}年1月10日在{place}第五届人民代表大会上）

一、{year}年工作回顾

{year}年，全县地区生产总值达到{gdp}亿元，增长{growth}%。森林覆盖率达到{forest}%。粮食总产{grain}万吨。

二、{next}年目标任务

{next}年，全县地区生产总值增长{aim}%以上。
"""
FIGURES = {
    ("四川省绵阳市青禾县", 2022): (118.2, 5.1, 61.2, 20.4, 6),
    ("四川省绵阳市青禾县", 2023): (125.6, 6.3, 61.9, 20.9, 7),
    ("四川省绵阳市云岭县", 2023): (98.4, 7.8, 70.3, 11.2, 8),
    ("四川省绵阳市白川县", 2023): (210.7, 4.9, 35.5, 40.6, 5.5),
}


@pytest.fixture(scope="module")
def counties(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    from embeddings.encoder import load_encoder
    from rag.store import build_index

    folder = tmp_path_factory.mktemp("counties")
    source = folder / "reports"
    source.mkdir()
    for (place, year), (gdp, growth, forest, grain, aim) in FIGURES.items():
        text = REPORT.format(
            place=place, year=year, next=year + 1, gdp=gdp, growth=growth, forest=forest, grain=grain, aim=aim
        )
        (source / f"{place}{year}.md").write_text(text, encoding="utf-8")
    build_index(source, folder / "index", load_encoder())
    return Assistant.open(folder / "index")


@pytest.mark.parametrize(
    ("question", "order", "first"),
    [
        ("哪个县2023年GDP最高？", ("白川县", "青禾县", "云岭县"), "210.7亿元"),
        ("哪个县2023年的地区生产总值最低？", ("云岭县", "青禾县", "白川县"), "98.4亿元"),
        ("各县2023年GDP增速排名", ("云岭县", "青禾县", "白川县"), "7.8%"),
        ("各地森林覆盖率分别是多少？", ("云岭县", "青禾县", "白川县"), "70.3%"),
        ("2024年各县GDP增长目标对比", ("云岭县", "青禾县", "白川县"), "8%"),
        ("绵阳市哪些县2023年GDP超过100亿元？", ("白川县", "青禾县"), "210.7亿元"),
        ("哪些县的森林覆盖率低于40%？", ("白川县",), "35.5%"),
    ],
)
def test_places_side_by_side(counties: Assistant, question: str, order: tuple[str, ...], first: str) -> None:
    answer = counties.ask(question)
    assert not answer.refused
    labelled = [
        line for line in answer.text.split("\n") if "：" in line and "从" not in line and "−" not in line
    ]
    assert [line.split("：")[0] for line in labelled] == list(order)
    assert first in labelled[0]
    assert [citation.region.path[-1] for citation in answer.citations if citation.region] == list(order)
    assert len(answer.checks) >= len(order)


def test_the_highest_is_said_first(counties: Assistant) -> None:
    answer = counties.ask("哪个县2023年GDP最高？")
    assert answer.text.startswith("从高到低：白川县210.7亿元[1]、青禾县125.6亿元[2]、云岭县98.4亿元[3]\n")
    answer = counties.ask("哪个县2023年GDP最低？")
    assert answer.text.startswith("从低到高：云岭县98.4亿元[1]、青禾县125.6亿元[2]、白川县210.7亿元[3]\n")


@pytest.mark.parametrize(
    "question", ["青禾县近几年粮食总产怎么变化？", "青禾县2022年到2023年粮食总产的变化趋势"]
)
def test_years_side_by_side(counties: Assistant, question: str) -> None:
    lines = counties.ask(question).text.split("\n")
    assert lines[0].startswith("2022年：")
    assert "20.4万吨" in lines[0]
    assert lines[1].startswith("2023年：")
    assert "20.9万吨[2] − 20.4万吨[1] = 5000吨（2023年比2022年上升）" in lines[2]


@pytest.mark.parametrize(
    ("question", "order"),
    [
        ("Which county had the highest GDP in 2023?", ("Baichuan", "Qinghe", "Yunling")),
        ("Which counties have a forest coverage rate above 60%?", ("Yunling", "Qinghe")),
        ("Which place's GDP grew fastest in 2023?", ("Yunling", "Qinghe", "Baichuan")),
        ("What was the GDP in 2023?", ("Baichuan", "Qinghe", "Yunling")),
    ],
)
def test_in_english(counties: Assistant, question: str, order: tuple[str, ...]) -> None:
    lines = [line for line in counties.ask(question).text.split("\n") if "达到" in line]
    assert [line.split(":")[0] for line in lines] == list(order)


@pytest.mark.parametrize(
    ("question", "order"),
    [
        ("粮食总产最高的县", ("白川县", "青禾县", "云岭县")),
        ("青禾县2023年粮食总产在三个县里排第几？", ("白川县", "青禾县", "云岭县")),
        ("森林覆盖率最高的县是哪个？", ("云岭县", "青禾县", "白川县")),
        ("森林覆盖率高于60%的县有哪些？", ("云岭县", "青禾县")),
        ("GDP超过200亿的县有哪些？", ("白川县",)),
        ("哪些县2023年GDP在100亿元以上？", ("白川县", "青禾县")),
        ("青禾县哪一年GDP最高？", ("2022年", "2023年")),
        ("有几个县GDP超过100亿元？", ("白川县", "青禾县")),
        ("哪个县2023年GDP增速没有达到5%？", ("白川县",)),
        ("2023年粮食总产前三名的县", ("白川县", "青禾县", "云岭县")),
        ("2023年粮食总产是多少？", ("白川县", "青禾县", "云岭县")),
        ("2022年GDP是多少？", ("青禾县",)),
    ],
)
def test_an_open_place_is_every_place(counties: Assistant, question: str, order: tuple[str, ...]) -> None:
    lines = [line for line in counties.ask(question).text.split("\n") if "达到" in line or "总产" in line]
    assert [line.split("：")[0] for line in lines] == list(order)


def test_two_places_named_in_english(counties: Assistant) -> None:
    answer = counties.ask(
        "How much higher is Yunling county's forest cover than Baichuan's, in percentage points?"
    )
    assert answer.text.startswith("Yunling is higher: 70.3%[1] − 35.5%[2] = 34.8")


def test_sums_over_all_places(counties: Assistant) -> None:
    answer = counties.ask("三个县2023年GDP加起来是多少？")
    assert answer.text.endswith("合计：210.7亿元[1] + 125.6亿元[2] + 98.4亿元[3] = 434.7亿元")


def test_what_is_asked_of_the_place_that_is_first(counties: Assistant) -> None:
    answer = counties.ask("GDP最高的县森林覆盖率是多少？")
    assert answer.text.startswith("从高到低：白川县210.7亿元[1]")
    assert answer.text.endswith("白川县：森林覆盖率达到35.5%[4]")


@pytest.mark.parametrize(
    ("follow_up", "first"),
    [
        ("那最低的呢？", "从低到高：云岭县98.4亿元[1]、青禾县125.6亿元[2]、白川县210.7亿元[3]"),
        ("那森林覆盖率呢？", "从高到低：云岭县70.3%[1]、青禾县61.9%[2]、白川县35.5%[3]"),
        ("那合计呢？", "白川县：全县地区生产总值达到210.7亿元[1]"),
        ("2022年呢？", "报告里只有青禾县的这项数字，比不出高低：全县地区生产总值达到118.2亿元[1]"),
    ],
)
def test_follow_ups(counties: Assistant, follow_up: str, first: str) -> None:
    question = "哪个县2023年GDP最高？"
    history = (Turn(question, counties.ask(question).text),)
    assert counties.ask(follow_up, history).text.split("\n")[0] == first


def test_one_place_alone_is_no_order(counties: Assistant) -> None:
    answer = counties.ask("哪个县2022年GDP最高？")
    assert answer.refused
    assert answer.text == "报告里只有青禾县的这项数字，比不出高低：全县地区生产总值达到118.2亿元[1]"
    assert answer.citations[0].region == answer.passages[0].chunk.region


def test_one_year_alone_is_no_order(counties: Assistant) -> None:
    told = "报告里只有2023年的这项数字，比不出高低：全县地区生产总值达到98.4亿元[1]"
    assert counties.ask("云岭县GDP最高是哪一年？").text == told


def test_what_no_place_tells_has_no_highest(counties: Assistant) -> None:
    for question in (
        "哪个县粮食产量高于20万吨但GDP低于130亿元？",
        "哪个县2023年财政总收入最高？",
        "哪个镇的GDP最高？",
        "各市GDP排名",
    ):
        assert counties.ask(question).refused, question


def test_a_filter_narrows_the_rows(counties: Assistant) -> None:
    files = frozenset(file for file in counties.index.files if "白川" not in file)
    answer = counties.ask("哪个县2023年GDP最高？", filter=Filter(files=files))
    assert "白川" not in answer.text
    assert "青禾县更多：125.6亿元[1] − 98.4亿元[2] = 27.2亿元" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "青禾县2023年GDP是多少？",
        "青禾县和云岭县2023年GDP哪个高？",
        "哪个县率先完成了改革？",
        "近几年青禾县做了哪些工作？",
        "各地要做好防汛工作吗？",
    ],
)
def test_other_questions_are_left_to_their_own_way(counties: Assistant, question: str) -> None:
    assert read_across(understand(question, counties.coverage), counties.coverage) is None


@pytest.mark.parametrize(
    ("question", "opening"),
    [
        ("青禾县2023年粮食总产比上年高吗？", "是，"),
        ("青禾县2023年的GDP比前一年低吗？", "否，"),
        ("白川县2023年GDP比去年多吗？", "是，"),
    ],
)
def test_against_the_year_before(counties: Assistant, question: str, opening: str) -> None:
    answer = counties.ask(question)
    assert not answer.refused
    assert answer.text.startswith(opening)


UPS_AND_DOWNS = """# {place}人民政府工作报告

（2024年1月10日在{place}第五届人民代表大会上）

一、2023年工作回顾

2023年，地区生产总值{gdp}亿元。固定资产投资{way}{investment}%。一般公共预算收入完成{revenue}。

二、2024年目标任务

2024年，地区生产总值增长6%以上。
"""
PLACES = {
    "四川省": (60132.9, "增长", 2.4, "5529亿元"),
    "四川省绵阳市": (4038.7, "增长", 5.0, "180.5亿元"),
    "四川省宜宾市": (3806.6, "下降", 2.0, "299.6亿元"),
    "四川省绵阳市青禾县": (125.6, "增长", 11.2, "5.92亿元"),
    "四川省绵阳市云岭县": (98.4, "下降", 5.3, "46100万元"),
    "四川省宜宾市白泉县": (140.2, "下降", 20.1, "61200万元"),
}


@pytest.fixture(scope="module")
def levels(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    from embeddings.encoder import load_encoder
    from rag.store import build_index

    folder = tmp_path_factory.mktemp("levels")
    (folder / "reports").mkdir()
    for place, (gdp, way, investment, revenue) in PLACES.items():
        text = UPS_AND_DOWNS.format(place=place, gdp=gdp, way=way, investment=investment, revenue=revenue)
        (folder / "reports" / f"{place}.md").write_text(text, encoding="utf-8")
    build_index(folder / "reports", folder / "index", load_encoder())
    return Assistant.open(folder / "index")


@pytest.mark.parametrize(
    ("question", "order"),
    [
        ("各县2023年固定资产投资增速排名", ("青禾县", "云岭县", "白泉县")),
        ("哪个县固定资产投资降幅最大？", ("白泉县", "云岭县")),
        ("哪些县2023年固定资产投资下降超过10%？", ("白泉县",)),
        ("四川省哪个地方2023年GDP最高？", ("白泉县", "青禾县", "云岭县")),
        ("四川省各市2023年GDP排名", ("绵阳市", "宜宾市")),
        ("青禾县2023年GDP在绵阳市各县里排第几？", ("青禾县", "云岭县")),
        ("三个县2023年一般公共预算收入加起来是多少？", ("白泉县", "青禾县", "云岭县")),
        ("2023年GDP是多少？", ()),
    ],
)
def test_levels_signs_and_units(levels: Assistant, question: str, order: tuple[str, ...]) -> None:
    lines = [line for line in levels.ask(question).text.split("\n") if "：" in line and "[2]、" not in line]
    shown = [line.split("：")[0] for line in lines if "−" not in line and "合计" not in line]
    assert tuple(shown) == order


def test_a_fall_counts_below_zero(levels: Assistant) -> None:
    answer = levels.ask("各县2023年固定资产投资增速排名")
    assert answer.text.endswith("从高到低：青禾县11.2%[1]、云岭县下降5.3%[2]、白泉县下降20.1%[3]")
    answer = levels.ask("青禾县和白泉县2023年固定资产投资增速差多少？")
    assert "20.1%[" not in answer.text.split("\n")[-1] or "−" not in answer.text


def test_a_sum_over_fewer_places_than_there_are_is_none(levels: Assistant) -> None:
    assert (
        "合计：6.12亿元[1] + 5.92亿元[2] + 4.61亿元[3] = 16.65亿元"
        in levels.ask("三个县2023年一般公共预算收入加起来是多少？").text
    )
    assert levels.ask("五个县2023年一般公共预算收入加起来是多少？").refused


def test_another_statistic_is_not_ranked_for_it(levels: Assistant) -> None:
    assert levels.ask("哪个县2023年人均GDP最高？").refused


def test_a_level_alone_is_no_yes(levels: Assistant) -> None:
    assert not levels.ask("白泉县2023年GDP比上年高吗？").text.startswith("是")
