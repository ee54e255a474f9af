"""Follow-ups over an invented conversation: the question as understood stands alone."""

import pytest

from rag.followup import is_follow_up, readings, resolve
from rag.mentions import Coverage
from rag.question import understand
from rag.types import AnswerKind, Level, Period, Region, Slot, Turn

PROVINCE = Region(("云南省",), Level.PROVINCE)
CITY = Region(("云南省", "昆明市"), Level.CITY)
COUNTY = Region(("云南省", "大理白族自治州", "祥云县"), Level.COUNTY)
COVERAGE = Coverage((PROVINCE, CITY, COUNTY), 2021, 2024, 2024)
FORESTS = "2023年云南省森林覆盖率是多少？"
ENGLISH = "What was the forest coverage of Yunnan in 2023?"


def after(previous: str, text: str) -> str:
    return resolve(text, [Turn(previous, "")], COVERAGE)


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("那2022年呢？", "2022年云南省森林覆盖率是多少？"),
        ("祥云县呢", "2023年祥云县森林覆盖率是多少？"),
        ("祥云县2022年的呢？", "2022年祥云县森林覆盖率是多少？"),
        ("它的目标是多少", "2023年云南省森林覆盖率，目标是多少？"),
        ("目标呢，2024年的", "2024年云南省森林覆盖率，目标是多少？"),
        ("那么昆明的目标是多少呢？", "2023年昆明森林覆盖率，目标是多少？"),
        ("同比增长多少", "2023年云南省森林覆盖率，同比增长多少？"),
        ("全国排第几？", "2023年云南省森林覆盖率，全国排第几？"),
        ("再说详细点", "2023年云南省森林覆盖率具体怎么样？"),
        ("能详细说说吗？", "2023年云南省森林覆盖率具体怎么样？"),
        ("还有呢", "2023年云南省森林覆盖率具体怎么样？"),
        ("为什么呢？", "2023年云南省森林覆盖率，为什么？"),
        ("和全国比呢", "2023年云南省森林覆盖率是多少，和全国相比怎么样？"),
        ("比祥云县高吗", "2023年云南省森林覆盖率是多少，和祥云县相比怎么样？"),
        ("那边呢", "2023年云南省森林覆盖率是多少？"),
        ("粮食产量呢", "2023年云南省粮食产量多少？"),
        ("新增了多少家企业？", "2023年云南省新增了多少家企业？"),
        ("What about 2022?", "2022年云南省森林覆盖率是多少？"),
        ("and Kunming?", "2023年Kunming森林覆盖率是多少？"),
    ],
)
def test_after_a_question_for_a_figure(text: str, understood: str) -> None:
    assert after(FORESTS, text) == understood


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("What about 2022?", "What was the forest coverage of Yunnan in 2022?"),
        ("And in Kunming?", "What was the forest coverage of Kunming in 2023?"),
        ("What is its target?", "What is the target for the forest coverage of Yunnan in 2023?"),
        ("And grain output?", "What was grain output in Yunnan in 2023?"),
        ("Why?", "Why: the forest coverage of Yunnan in 2023?"),
        ("Tell me more", "Describe the forest coverage of Yunnan in 2023 in detail."),
        ("compared with 2022?", "What was the forest coverage of Yunnan in 2023 compared with 2022?"),
        ("那2022年呢", "What was the forest coverage of Yunnan in 2022?"),
    ],
)
def test_after_an_english_question(text: str, understood: str) -> None:
    assert after(ENGLISH, text) == understood


@pytest.mark.parametrize(
    ("previous", "text", "understood"),
    [
        ("云南省2023年出台了哪些条例？", "还有别的吗？", "云南省2023年出台了条例，还有哪些？"),
        ("“十个一”行动是什么意思？", "“百千万”呢？", "“百千万”是什么意思？"),
        ("祥云县的“十个一”行动是什么意思？", "它包括哪些内容？", "祥云县的“十个一”行动，包括哪些内容？"),
        ("“三五”计划第一个三指什么？", "第二个五呢", "“三五”计划第二个五指什么？"),
        ("祥云县的李大哥宣讲队是干嘛的？", "李大姐那支呢？", "祥云县的李大姐是干嘛的？"),
        ("云南运动员成都大运会拿了几块奖牌？", "全国大运会呢", "云南运动员全国大运会拿了几块奖牌？"),
        ("王小明是谁？", "他们村有多少人？", "王小明他们村有多少人？"),
        ("王小明是谁？", "他有什么打算？", "王小明有什么打算？"),
        ("2023年云南省新建了多少公里公路？", "祥云县今年要建多少公里？", "今年祥云县要建多少公里公路？"),
        ("昆明有多少个友好城市？", "具体是哪些城市？", "昆明友好城市，具体是哪些城市？"),
        ("昆明和祥云的森林覆盖率哪个高？", "2022年呢", "2022年昆明和祥云的森林覆盖率哪个高？"),
    ],
)
def test_after_other_questions(previous: str, text: str, understood: str) -> None:
    assert after(previous, text) == understood


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("后面一年多少", "2024年云南省森林覆盖率是多少？"),
        ("次年呢？", "2024年云南省森林覆盖率是多少？"),
        ("再往前一年呢", "2022年云南省森林覆盖率是多少？"),
        ("再往前两年呢", "2021年云南省森林覆盖率是多少？"),
        ("那上一年的呢", "2022年云南省森林覆盖率是多少？"),
        ("再上一年", "2022年云南省森林覆盖率是多少？"),
        ("昆明前一年呢", "2022年昆明森林覆盖率是多少？"),
        ("And the year before?", "2022年云南省森林覆盖率是多少？"),
        ("the next year?", "2024年云南省森林覆盖率是多少？"),
        ("和前一年比呢", "2023年云南省森林覆盖率是多少，和2022年相比怎么样？"),
        ("比上年好了几个点", "2023年云南省森林覆盖率，比上年好了几个点"),
        ("比昆明高多少", "2023年云南省森林覆盖率，比昆明高多少"),
        (
            "跟上面这年比，2024年是多少，升了还是降了？",
            "跟2023年比，2024年云南省森林覆盖率是多少，升了还是降了？",
        ),
        ("和刚才那年比，2021年的呢", "和2023年比，2021年云南省森林覆盖率是多少？"),
        ("换成昆明呢", "2023年昆明森林覆盖率是多少？"),
        ("一年后呢", "2024年云南省森林覆盖率是多少？"),
        ("2024年有没有增长？", "2024年云南省森林覆盖率，有没有增长？"),
        ("比前一年多了多少", "2023年云南省森林覆盖率，比前一年多了多少"),
        ("近五年来年均增长多少次年会？", "近五年来年均增长多少次年会？"),
        ("去年呢", "去年云南省森林覆盖率是多少？"),
        ("上一届呢", "2023年云南省森林覆盖率，上一届呢"),
        ("连续第二年增长了吗，昆明的粮食产量", "连续第二年增长了吗，昆明的粮食产量"),
        ("那年夏天的洪水后来怎么治理的？", "那年夏天的洪水后来怎么治理的？"),
    ],
)
def test_years_count_from_the_year_last_asked_about(text: str, understood: str) -> None:
    assert after(FORESTS, text) == understood


def test_a_year_is_counted_from_the_turn_that_named_one() -> None:
    history = [Turn(FORESTS, ""), Turn("祥云县主任叫什么名字？", "")]
    assert resolve("再往前一年呢", history, COVERAGE) == "2022年祥云县主任叫什么名字？"
    assert resolve("再往前一年呢", history[1:], COVERAGE) != "2022年祥云县主任叫什么名字？"


@pytest.mark.parametrize(
    ("previous", "text", "understood"),
    [
        (
            "2022年云南省建了多少个文化广场？",
            "准备投多少钱？",
            "2022年云南省建文化广场，准备投多少钱？",
        ),
        (
            "2022年云南省建了多少个文化广场？",
            "昆明花了多少？",
            "2022年昆明建文化广场，花了多少？",
        ),
        (
            "2022年雲南省新建了多少個文化廣場？",
            "總共有多少個了？",
            "2022年雲南省文化廣場，總共有多少個了？",
        ),
        ("祥云县的奖学金怎么发？", "领了多少次", "祥云县的奖学金发，领了多少次？"),
        ("2023年云南有哪些国家公园？", "具体是哪些", "2023年云南有国家公园，具体是哪些？"),
        ("2023年云南有哪些国家公园？", "昆明也有吗", "2023年昆明也有国家公园吗？"),
        ("2022年云南省新建了多少个文化广场？", "昆明也建了没有", "2022年昆明也建了文化广场没有？"),
        ("昆明的“五个一”工程是哪年开始的？", "祥云有没有搞", "祥云有没有搞“五个一”工程？"),
        ("雲南說的「五個一」行動是什麼？", "昆明也搞嗎？", "昆明也搞「五個一」行動嗎？"),
        ("雲南省的“五個一”行動是什麼？", "昆明那邊呢？", "昆明的“五個一”行動是什麼？"),
        ("云南省2022年修了多少公里公路？", "修了多少公里铁路？", "云南省2022年修了多少公里铁路？"),
        ("云南省2022年新增了多少家上市公司？", "总数呢？", "云南省2022年上市公司，总数是多少？"),
        ("云南省2022年查处了多少件违法案件？", "罚款多少？", "云南省2022年罚款多少？"),
        ("云南省2022年GDP是多少？", "在全省排第几？", "云南省2022年GDP，在全省排第几？"),
        ("2023年昆明森林覆盖率是多少？", "那整个云南呢", "2023年云南森林覆盖率是多少？"),
        ("昆明城镇居民人均收入多少？", "农村的呢", "昆明农村居民人均收入多少？"),
        ("云南2022年新建了多少个公园？", "绿道呢", "云南2022年新建绿道多少个？"),
        ("昆明什么时候开通地铁？", "祥云高铁站呢", "祥云高铁站什么时候开通地铁？"),
        ("昆明的“1256”计划是什么意思？", "“25”呢", "昆明的“1256”计划中的“25”指什么？"),
        ("云南报告里有哪些困难？", "教育方面呢", "云南教育方面报告里有哪些困难？"),
        ("云南有多少支服务队？", "是哪三支", "云南服务队，是哪三支？"),
        ("云南今年新落地多少家企业？", "一共多少家了？", "云南今年企业，一共多少家了？"),
        ("2023年云南调解了多少案件？", "成功率多高？", "2023年云南成功率多高？"),
        ("2023年昆明新增多少就业？", "失业率呢", "2023年昆明失业率多少？"),
        ("王小明现在是什么职务？", "他今年多大年纪", "今年王小明多大年纪？"),
    ],
)
def test_an_amount_or_an_action_keeps_the_topic(previous: str, text: str, understood: str) -> None:
    assert after(previous, text) == understood


def test_a_side_takes_the_place_of_the_side_asked_before() -> None:
    history = [Turn("到2023年云南的湿地补偿资金累计筹集了多少？", ""), Turn("连续补偿多少年了？", "")]
    assert (
        resolve("再往前一年，累计数是？", history, COVERAGE)
        == "到2022年云南的湿地补偿资金累计筹集，累计数是多少？"
    )


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        (
            "And how many teachers who left the city found new work?",
            "How many teachers who left the city found new work in Yunnan in 2023?",
        ),
        ("And the year before?", "How many new schools did Yunnan build in 2022?"),
        ("what about Kunming in 2021?", "How many new schools did Kunming build in 2021?"),
        ("Does Kunming have any?", "How many new schools did Kunming build in 2023?"),
        (
            "How does it compare with the year before?",
            "How many new schools did Yunnan build in 2023 compared with 2022?",
        ),
        ("And how many in 2022?", "How many new schools did Yunnan build in 2022?"),
        (
            "Was it higher than the year before?",
            "How many new schools did Yunnan build in 2023 compared with 2022?",
        ),
        ("What was the target?", "What is the target for new schools did Yunnan build in 2023?"),
        ("And the year before last?", None),
    ],
)
def test_an_english_follow_up_keeps_place_and_time(text: str, understood: str | None) -> None:
    found = after("How many new schools did Yunnan build in 2023?", text)
    assert found == understood if understood else "2022" not in found


def test_slots_are_folded_over_the_whole_history() -> None:
    history = [Turn(text, "") for text in (FORESTS, "昆明呢", "2022年呢", "它的目标是多少")]
    assert resolve("那边的粮食产量呢", history, COVERAGE) == "2022年昆明粮食产量多少？"


@pytest.mark.parametrize(
    "text",
    [
        "祥云县主任叫什么名字？",
        "什么是无废城市？",
        "2021年昆明引进了多少名人才？",
        "为什么今年夏天昆明的雨水这么多呢？",
        "从上报到完工，村口那条路的积水问题一共花了几天才解决？",
        "谢谢",
        "你好",
    ],
)
def test_a_new_topic_drops_the_history(text: str) -> None:
    assert after(FORESTS, text) == text


@pytest.mark.parametrize(
    ("previous", "text", "found"),
    [
        (
            "2022年云南省查处了多少件环境案件？",
            "罚没了多少钱？",
            ("2022年云南省罚没了多少钱？", "2022年云南省查处环境案件，罚没了多少钱？"),
        ),
        (
            "祥云县的小枣怎么样？",
            "怎么运下山？",
            ("怎么运下山？", "祥云县的小枣，怎么运下山？"),
        ),
        (FORESTS, "那2022年呢？", ("2022年云南省森林覆盖率是多少？",)),
        (FORESTS, "谢谢", ("谢谢",)),
    ],
)
def test_a_question_of_its_own_may_still_be_of_the_old_topic(
    previous: str, text: str, found: tuple[str, ...]
) -> None:
    assert readings(text, [Turn(previous, "")], COVERAGE) == found


def test_a_place_whose_name_begins_like_a_pronoun_leads_no_follow_up() -> None:
    naqu = Coverage((Region(("西藏自治区", "那曲市"), Level.CITY),), 2023, 2024, 2024)
    assert not is_follow_up("那曲市草原综合植被盖度达到多少？", naqu)


def test_the_slots_and_kind_of_a_follow_up() -> None:
    question = understand("跟2022年比怎么样", COVERAGE, [Turn(FORESTS, "")])
    y2022, y2023 = Period(2022, 2022, "2022年"), Period(2023, 2023, "2023年")
    assert question.slots == (Slot(PROVINCE, y2023), Slot(PROVINCE, y2022))
    assert question.kind is AnswerKind.COMPARISON


@pytest.mark.parametrize(
    ("text", "language"), [("那2022年呢？", "zh"), ("那邊呢", "zh-Hant"), ("And 2022?", "en")]
)
def test_a_follow_up_has_its_own_language(text: str, language: str) -> None:
    assert understand(text, COVERAGE, [Turn(FORESTS, "")]).language == language


def test_a_long_conversation_is_no_deep_one() -> None:
    history = [Turn(FORESTS, "")] + [Turn("昆明呢", "")] * 2_000
    assert resolve("2022年呢", history, COVERAGE) == "2022年昆明森林覆盖率是多少？"


@pytest.mark.parametrize(
    ("previous", "text", "understood"),
    [
        (ENGLISH, "那2022年呢？", "What was the forest coverage of Yunnan in 2022?"),
        (FORESTS, "And in 2022?", "2022年云南省森林覆盖率是多少？"),
        (ENGLISH, "云南省2023年经济怎么样？", "云南省2023年经济怎么样？"),
        (FORESTS, "How many firms were added?", "How many firms were added?"),
    ],
)
def test_words_of_one_language_go_into_no_question_of_another(
    previous: str, text: str, understood: str
) -> None:
    assert after(previous, text) == understood


def test_a_chinese_follow_up_to_an_english_question_is_one_in_english() -> None:
    assert understand("那2022年呢？", COVERAGE, [Turn(ENGLISH, "")]).language == "en"
