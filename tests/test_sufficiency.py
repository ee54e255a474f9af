"""The weighty words of a question, and what kind of text can answer it."""

import pytest

from rag.answering.refusal.content import find_content, find_covered, share_held
from rag.answering.refusal.english_content import find_english_content, share_told
from rag.answering.refusal.fitness import fits_figures, fits_kind, names_numbers, names_subject
from rag.bilingual import Term
from rag.types import AnswerKind

KNOWN = {"森林": 4, "林覆": 2, "覆盖": 9, "盖率": 5, "客流": 1}


def _frequency(token: str) -> int:
    return KNOWN.get(token, 0)


def test_asking_words_weigh_nothing() -> None:
    assert [content.text for content in find_content("请问森林覆盖率大概是多少?", _frequency, 100)] == [
        "森林覆盖率"
    ]
    assert find_content("那具体是什么情况呢", _frequency, 100) == ()


def test_a_rarer_word_weighs_more() -> None:
    (content,) = find_content("客流覆盖", _frequency, 100)
    assert content.weights[0] == content.weights[1] > content.weights[2] == content.weights[3]


def test_a_name_that_no_report_has_weighs_more_than_an_everyday_word() -> None:
    (name,) = find_content("慕尼黑", _frequency, 100)
    (word,) = find_content("旧楼", _frequency, 100)
    assert min(name.weights) == 4 * max(word.weights)


def test_words_are_covered_by_pairs_and_by_other_names() -> None:
    assert find_covered("森林覆盖率", "园区覆盖率达85%") == [False, False, True, True, True]
    assert find_covered("看病", "异地就医") == [True, True]
    assert find_covered("gdp", "地区生产总值增长5%") == [True]
    assert find_covered("hpv", "疫苗接种") == [False]


def test_share_held() -> None:
    contents = find_content("森林覆盖率", _frequency, 100)
    assert share_held(contents, "森林覆盖率达63.1%") == 1.0
    assert 0.5 < share_held(contents, "园区覆盖率达85%") < 0.7
    assert share_held(contents, "粮食") == 0.0
    assert share_held((), "粮食") == 1.0


def test_english_words_by_their_translations() -> None:
    def find_terms(english: str) -> list[Term]:
        start = english.index("forest")
        return [Term("森林", 1.0, start, start + len("forest"))]

    words = find_english_content("what is the forest fee", find_terms)
    assert [word.text for word in words] == ["forest", "fee"]
    assert share_told(words, "森林覆盖率") == pytest.approx(1 / 1.4)
    assert share_told(words, "粮食") == 0.0


@pytest.mark.parametrize(
    ("question", "text", "fits"),
    [
        ("生产总值一共多少亿", "生产总值增长4.0%", False),
        ("生产总值增长多少", "生产总值增长4.0%", True),
        ("生产总值目标是多少", "生产总值增长4.0%", True),
        ("医保参保人数有多少", "参保率99.85%", False),
        ("参保率是多少", "参保率99.85%", True),
        ("财政收入长了多少", "财政收入增长9.3%", True),
        ("大桥有多长", "举办2次马拉松", False),
        ("管网有多长", "管网2.43万公里", True),
        ("新增就业多少万人", "完成计划的112.3%", False),
        ("建了多少座书房", "40座书房", True),
        ("有几家企业", "企业达32家", True),
        ("处理多少生活污水", "收集率提升10.23个百分点", False),
        ("项目有多少个、投了多少钱", "项目103个", True),
        ("how many medals", "收获11金", True),
        ("处分了多少名干部", "推动问题整改22个", False),
        ("处分了几位干部", "处分干部22人", True),
        ("招聘了多少人", "招聘社工22个", True),
    ],
)
def test_the_dimension_asked(question: str, text: str, fits: bool) -> None:
    assert fits_figures(question, text) is fits


@pytest.mark.parametrize(
    ("question", "kind", "text", "fits"),
    [
        ("市长是谁", AnswerKind.ENTITY, "市长李明华主持会议", True),
        ("市长是谁", AnswerKind.ENTITY, "副秘书长在会上说了话", False),
        ("什么时候启动的", AnswerKind.ENTITY, "2023年5月启动", True),
        ("什么时候启动的", AnswerKind.ENTITY, "行动有序推进", False),
        ("有哪些城市", AnswerKind.LIST, "友好城市达40个", False),
        ("有哪些城市", AnswerKind.LIST, "包括大阪、首尔和河内", True),
        ("上市公司都叫什么名字", AnswerKind.ENTITY, "上市公司18家、总数达30家", False),
        ("为什么没通过复审", AnswerKind.SUMMARY, "成功通过复审", False),
        ("为什么没通过复审", AnswerKind.SUMMARY, "因卫生不达标，没有通过复审", True),
    ],
)
def test_the_kind_asked(question: str, kind: AnswerKind, text: str, fits: bool) -> None:
    assert fits_kind(question, kind, text, text) is fits


def test_numbers_supposed_must_be_told() -> None:
    assert names_numbers("新增的30家公司", "总数达30家")
    assert not names_numbers("为什么升到50", "平均浓度29微克")
    assert not names_numbers("为什么升到50", "平均浓度150微克")


@pytest.mark.parametrize(
    ("question", "text", "names"),
    [
        ("省财政厅厅长是谁?", "省交通运输厅厅长李明华说,铁路带来了客流", False),
        ("省交通厅厅长是谁?", "省交通运输厅厅长李明华说,铁路带来了客流", True),
        ("作报告的省发改委主任是谁?", "省发展和改革委员会主任王明", True),
        ("县委书记是谁?", "县委书记王明表示", True),
    ],
)
def test_the_body_of_the_office_asked(question: str, text: str, names: bool) -> None:
    assert fits_kind(question, AnswerKind.ENTITY, text, text) is names


def test_the_line_below_a_title_tells_of_the_meeting_alone() -> None:
    byline = "——2024年1月21日在河北省第十四届人民代表大会第二次会议上"
    assert not fits_kind("那排第二的是哪儿", AnswerKind.ENTITY, byline, byline)
    assert fits_kind("这次会议是什么时候开的", AnswerKind.ENTITY, byline, byline)


def test_whose_figure_is_asked_for_must_stand_by_it() -> None:
    assert not names_subject("老君山景区门票卖了多少钱", "龙门石窟门票收入4.1亿元")
    assert names_subject("老君山景区接待多少人", "老君山接待414万人次")
    assert names_subject("门票收入是多少", "龙门石窟门票收入4.1亿元")
    for asked in (
        "有多少所小学",
        "建了几座水库",
        "去年新建学校多少所",
        "扩大学位多少个",
        "农村危房改造补助多少",
    ):
        assert names_subject(asked, "全县共有56所")
