"""Follow-ups over an invented conversation: the question as understood stands alone."""

import pytest

from rag.followup import is_follow_up, resolve
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
