from dataclasses import replace

import pytest

from rag.errors import QuestionError
from rag.mentions import Coverage
from rag.question import find_kind, understand
from rag.text import fold
from rag.types import AnswerKind, Level, Period, Region, Slot

PROVINCE = Region(("云南省",), Level.PROVINCE)
CITY = Region(("云南省", "大理白族自治州"), Level.CITY)
OTHER = Region(("云南省", "曲靖市"), Level.CITY)
COUNTY = Region(("云南省", "大理白族自治州", "祥云县"), Level.COUNTY)
COVERAGE = Coverage((PROVINCE, CITY, COUNTY), 2021, 2024, 2024)
Y2022, Y2023 = Period(2022, 2022, "2022年"), Period(2023, 2023, "2023年")


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("2023年云南省森林覆盖率是多少？", AnswerKind.FIGURE),
        ("新增了几个园区", AnswerKind.FIGURE),
        ("How many parks were built?", AnswerKind.FIGURE),
        ("哪位干部获奖？", AnswerKind.ENTITY),
        ("主任叫什么", AnswerKind.ENTITY),
        ("“八有”指的是什么？", AnswerKind.TERM),
        ("什么是无废城市？", AnswerKind.TERM),
        ("“1135”行动计划，几个数字分别代表什么？", AnswerKind.TERM),
        ("“十百千万”工程怎么理解？", AnswerKind.TERM),
        ("总量是几千亿？", AnswerKind.FIGURE),
        ("出台了哪三部条例？", AnswerKind.LIST),
        ("Name the eleven cities of the province.", AnswerKind.LIST),
        ("目标完成了吗？", AnswerKind.YESNO),
        ("Was it the first province?", AnswerKind.YESNO),
        ("省里和祥云县哪个定得高？", AnswerKind.COMPARISON),
        ("积分制是怎么搞的", AnswerKind.SUMMARY),
    ],
)
def test_kind_of_answer(question: str, kind: AnswerKind) -> None:
    assert find_kind(fold(question)) is kind


def test_slots_are_regions_by_periods() -> None:
    question = understand("祥云县PM2.5，2023年跟2022年比怎么样", COVERAGE)
    assert question.slots == (Slot(COUNTY, Y2023), Slot(COUNTY, Y2022))
    assert question.kind is AnswerKind.COMPARISON


def test_the_inner_of_two_regions_is_asked_about() -> None:
    assert understand("云南祥云的粮食产量", COVERAGE).slots == (Slot(COUNTY, None),)


def test_the_province_by_a_loose_word() -> None:
    assert understand("全省粮食产量多少", COVERAGE).slots == (Slot(PROVINCE, None),)


def test_a_region_in_english() -> None:
    assert understand("How much grain did Xiangyun grow in 2023?", COVERAGE).slots == (Slot(COUNTY, Y2023),)


def test_the_month_of_a_report_is_not_the_period() -> None:
    question = understand("2023年1月那份报告里说连着搞了多少年？", COVERAGE)
    assert (question.report, question.slots) == ("2023-01", (Slot(),))


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("23年粮食产量多少", "2023年"),
        ("云南省24年的粮食目标是多少", "2024年"),
        ("这两年光伏挺火的，23年装了多少", "2023年"),
        ("粮食连续22年增产吗", None),
        ("这个项目干了23年", None),
        ("这所学校办学23年", None),
        ("23年党龄的有多少人", None),
        ("23年前粮食产量多少", None),
        ("35年粮食产量多少", None),
        ("防洪标准23年一遇的堤防", None),
    ],
)
def test_a_year_as_it_is_spoken(question: str, label: str | None) -> None:
    assert [slot.period and slot.period.label for slot in understand(question, COVERAGE).slots] == [label]


def test_the_head_of_a_province_speaks_of_the_province() -> None:
    assert understand("省长承认了哪些不足", COVERAGE).slots == (Slot(PROVINCE, None),)
    assert understand("省长江大保护做了什么", COVERAGE).slots == (Slot(None, None),)
    assert understand("请问省长是谁", COVERAGE).slots == (Slot(PROVINCE, None),)
    assert understand("大理副市长是谁", COVERAGE).slots == (Slot(CITY, None),)


def test_the_month_of_a_report_in_english() -> None:
    question = understand("How much grain was grown, as told in the January 2023 work report?", COVERAGE)
    assert (question.report, question.slots) == ("2023-01", (Slot(None, None),))
    question = understand("What was GDP in March 2023 per the monthly report?", COVERAGE)
    assert (question.report, question.slots[0].period) == (None, Y2023)


def test_target_or_result() -> None:
    assert understand("2024年粮食产量目标是多少", COVERAGE).plan is True
    assert understand("2023年实际完成多少亩", COVERAGE).plan is False
    assert understand("2023年粮食产量多少", COVERAGE).plan is None


def test_language() -> None:
    assert [understand(q, COVERAGE).language for q in ("覆盖率？", "覆蓋率？", "What is the rate?")] == [
        "zh",
        "zh-Hant",
        "en",
    ]


def test_words_that_only_ask_are_not_searched() -> None:
    assert understand("请问森林覆盖率是多少？", COVERAGE).search == "森林覆盖率 ?"
    assert understand("试验区于何年获批？", COVERAGE).search == "试验区于 获批?"
    assert understand("大会是什么时候召开的？", COVERAGE).search == "大会是 召开的?"
    assert understand("任何地方都可以办理吗？", COVERAGE).search == "任何地方都可以办理 ?"
    assert understand("如何处理垃圾？", COVERAGE).search == "处理垃圾?"
    assert understand("如何时时监测？", COVERAGE).search == "时时监测?"
    assert understand("有何年度目标？", COVERAGE).search == "有何年度目标?"
    assert understand("哪年度预算最多？", COVERAGE).search == "哪年度预算最多?"


@pytest.mark.parametrize("text", ["", "  \n", "\0"])
def test_an_empty_question(text: str) -> None:
    with pytest.raises(QuestionError, match="empty"):
        understand(text, COVERAGE)


def test_a_question_too_long() -> None:
    with pytest.raises(QuestionError, match="20,000 characters; at most 2,000"):
        understand("多" * 20_000, COVERAGE)


HANGZHOU = Region(("浙江省", "杭州市"), Level.CITY)


def test_a_place_only_mentioned_is_no_second_slot() -> None:
    question = understand("云南在杭州亚运会上得了几块金牌", COVERAGE)
    assert (question.slots, question.places) == ((Slot(PROVINCE, None),), (HANGZHOU,))


def test_a_place_compared_stays_a_slot() -> None:
    regions = [slot.region for slot in understand("祥云县和杭州的粮食产量比较", COVERAGE).slots]
    assert regions == [COUNTY, HANGZHOU]


def test_a_lone_outside_place_that_a_passage_names_is_a_word() -> None:
    naming = Coverage((PROVINCE,), 2021, 2024, 2024, frequency=lambda token: int(token == "杭州"))
    question = understand("杭州签订的协议是什么", naming)
    assert (question.slots, question.places) == ((Slot(),), (HANGZHOU,))
    assert understand("杭州签订的协议是什么", COVERAGE).slots == (Slot(HANGZHOU, None),)


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("2023年全省新建和改建了多少个厕所", PROVINCE),
        ("云南新建了多少公里铁路", PROVINCE),
        ("在云南省内跨市看病要备案吗", PROVINCE),
        ("祥云县长叫什么名字", COUNTY),
    ],
)
def test_what_only_looks_like_a_place(text: str, region: Region) -> None:
    assert [slot.region for slot in understand(text, COVERAGE).slots] == [region]


def test_the_name_of_an_office_stays_whole() -> None:
    assert "市长" in understand("杭州市长是谁", COVERAGE).topic


def test_a_district_is_not_its_city() -> None:
    nanchang = Region(("江西省", "南昌市"), Level.CITY)
    slots = understand("南昌市新建区有多少人", Coverage((nanchang,), 2021, 2024, 2024)).slots
    assert [slot.region.path for slot in slots if slot.region] == [("江西省", "南昌市", "新建区")]


def test_the_gloss_puts_english_into_the_words_of_the_reports() -> None:
    def translate(english: str) -> str:
        return " ".join(
            {"forest": "森林/林地", "coverage": "覆盖率"}.get(word, "") for word in english.split()
        )

    coverage = replace(COVERAGE, translate=translate)
    assert understand("How large is the forest coverage of it?", coverage).gloss == "森林覆盖率是多少?"


def test_the_gloss_has_the_names_that_the_reports_use() -> None:
    coverage = replace(COVERAGE, frequency=lambda token: int(token != "gdp"))
    assert understand("2023年GDP增速是多少？", coverage).gloss == "2023年生产总值增速是多少?"
    assert understand("2023年生产总值增速是多少？", coverage).gloss == "2023年生产总值增速是多少?"


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Did Nanjing's GDP grow in 2023?", AnswerKind.YESNO),
        ("Trade shrank, but did exports grow?", AnswerKind.YESNO),
        ("办理需要几天？", AnswerKind.FIGURE),
        ("概括一下主要几条", AnswerKind.SUMMARY),
        ("请帮我总结一下对外开放做了哪些、成绩怎么样", AnswerKind.SUMMARY),
        ("总结大会有哪些人参加？", AnswerKind.LIST),
        ("概括存在哪些困难", AnswerKind.LIST),
        ("够没够上年度目标？", AnswerKind.YESNO),
        ("你知不知道2023年GDP是多少？", AnswerKind.FIGURE),
        ("我说的是2023年花了多少钱？", AnswerKind.FIGURE),
    ],
)
def test_kind_by_how_it_is_put(question: str, kind: AnswerKind) -> None:
    assert find_kind(fold(question)) is kind


def test_words_that_only_ask_to_be_told_in_short_are_not_searched_for() -> None:
    assert understand("请总结一下云南省2023年的对外开放", COVERAGE).search == "云南省2023年的对外开放"
    asked = understand("云南省2023年怎么改进信息公开？帮我简单概括一下。", COVERAGE)
    assert asked.understood == "云南省2023年怎么改进信息公开？"
    assert "总结" in understand("总结大会在哪里开的？", COVERAGE).search


def test_what_is_not_meant_is_left_out() -> None:
    question = understand("2023年云南省森林覆盖率是多少？别给我2024年的目标", COVERAGE)
    assert [slot.period for slot in question.slots] == [Y2023]
    assert understand("2023年，别墅有多少套？", COVERAGE).understood == "2023年，别墅有多少套？"


def test_places_and_years_that_take_turns_are_pairs() -> None:
    asked = understand("2022年的云南省和2023年的祥云县，收入各是多少？", COVERAGE).slots
    assert len(asked) == 4  # the one holds the other
    coverage = replace(COVERAGE, regions=(CITY, OTHER))
    asked = understand("2022年的大理州和2023年的曲靖市，收入各是多少？", coverage).slots
    assert asked == (Slot(CITY, Y2022), Slot(OTHER, Y2023))


def test_a_place_in_a_longer_name_is_none() -> None:
    coverage = replace(COVERAGE, frequency=lambda _: 1)
    assert understand("大理机场去年有多少旅客？", coverage).slots[0].region is None
    assert understand("大理上市公司有多少家？", coverage).slots[0].region == CITY


def test_english_names_of_counties_and_cities() -> None:
    assert understand("What was the GDP of Xiangyun County?", COVERAGE).slots[0].region == COUNTY
    assert understand("What was the GDP of Qujing?", COVERAGE).slots[0].region == OTHER


@pytest.mark.parametrize(
    ("asked", "understood"),
    [
        (
            "您好，我在写论文，导师嫌数据少。想问问云南省2023年森林覆盖率是多少？",
            "云南省2023年森林覆盖率是多少？",
        ),
        ("写稿要核个数：2023年头六个月收入多大？", "2023年头六个月收入多大？"),
        ("我在写云南省的材料：2023年森林覆盖率是多少？", "云南省2023年森林覆盖率是多少？"),
        ("我省怎么样？想问森林覆盖率是多少？", "我省怎么样？想问森林覆盖率是多少？"),
        ("2023年森林覆盖率是多少？我要算提高了几个点", "2023年森林覆盖率是多少？"),
        ("我在写2022年的材料。云南省森林覆盖率是多少？", "2022年云南省森林覆盖率是多少？"),
        ("我只关心2022年；森林覆盖率是多少？", "我只关心2022年；森林覆盖率是多少？"),
        ("2022年产量是多少？我想比一下2023年的产量", "2022年产量是多少？我想比一下2023年的产量"),
        ("森林覆盖率是多少？说要点就行", "森林覆盖率是多少？"),
    ],
)
def test_what_an_asker_tells_of_himself_is_left_out(asked: str, understood: str) -> None:
    assert understand(asked, COVERAGE).understood == understood
