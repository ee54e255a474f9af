"""Names, meanings, lists and summaries from an invented county's report, which can be read here."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from rag.answering.extractive import extract
from rag.answering.lines import MAX_SPAN, Line
from rag.answering.phrases.scoring import Scorer
from rag.mentions import Coverage
from rag.question import find_kind, understand
from rag.text import fold
from rag.types import AnswerKind, Chunk, Hit, Kind, Level, Period, Region

COUNTY = Region(("云南省", "大理白族自治州", "祥云县"), Level.COUNTY)
TOWN = Region((*COUNTY.path, "云南驿镇"), Level.TOWN)
COVERAGE = Coverage((COUNTY, TOWN), 2022, 2024, 2024)
Y2023 = Period(2023, 2023, "2023年")
REPORT = "祥云县政府工作报告"


def chunks(*texts: str, section: tuple[str, ...] = (), kind: Kind = Kind.RESULT) -> list[Chunk]:
    """Passages of one article, one after another."""
    made: list[Chunk] = []
    for text in texts:
        start = made[-1].end if made else 0
        made.append(
            Chunk(len(made), "a.txt", start, start + len(text), text, REPORT, section, COUNTY, Y2023, kind)
        )
    return made


def ask(question: str, passages: Sequence[Chunk]) -> tuple[Line, ...]:
    """The lines for a question: the passages are found in their order, and are one article."""
    hits = [Hit(chunk, 2.0 - chunk.id / 10) for chunk in passages]
    return extract(understand(question, COVERAGE), hits, lambda _: 1.0, lambda _: passages)


def texts(question: str, *passages: str, kind: Kind = Kind.RESULT) -> list[str]:
    return [line.text for line in ask(question, chunks(*passages, kind=kind))]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("油茶党支部的书记是谁？", "蔡家村油茶党支部书记杨文清说，今年收成好"),
        ("“金花”行动由谁部署？", "“金花”行动由省公安厅统一部署开展"),
        ("杨丽芳是哪个村的？", "涌现出下庄村党员杨丽芳零彩礼嫁女等典型"),
        ("李安安在哪所学校念书？", "目前就读于大理大学，中文名叫做李安安"),
        ("招聘会什么时候举行的？", "2月3日在龙翔广场举行招聘会"),
        (
            "全国首部管湖泊总磷的法规叫什么名字？",
            "发布施行《洱海总磷防治条例》，成为全国首部着眼湖泊总磷防治的法规",
        ),
    ],
)
def test_a_name_is_of_the_kind_asked_for(question: str, answer: str) -> None:
    passage = (
        "杨丽芳家庭被评为全国“最美家庭”，涌现出下庄村党员杨丽芳零彩礼嫁女等典型。"
        "“多亏了技术支持，”蔡家村油茶党支部书记杨文清说，今年收成好。油茶党支部带动村民，油茶2000亩。"
        "“金花”行动由省公安厅统一部署开展。“金花”行动成效明显。"
        "她来自国外，目前就读于大理大学，中文名叫做李安安。为做好就业，2月3日在龙翔广场举行招聘会。招聘会举行顺利。"
        "县人大高度重视，发布施行《洱海总磷防治条例》，成为全国首部着眼湖泊总磷防治的法规。"
    )
    [shown] = texts(question, passage)
    assert answer in shown or shown in answer
    assert len(shown) <= 120


def note(text: str) -> list[Chunk]:
    return chunks(text, kind=Kind.NOTE)


EIGHT = "3.“8610”计划：第一个“8”指磷化工、光伏8条产业链。“6”指水泥、药材6个集群。“10”指营收年均增长10%。"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("“8610”计划是什么意思？", EIGHT[2:-1]),
        ("8610计划里的6指什么？", "“6”指水泥、药材6个集群"),
        ("「8610」計劃是什麼計劃？", EIGHT[2:-1]),
        ("8610计划里的6和10指什么？", "“6”指水泥、药材6个集群。“10”指营收年均增长10%"),
    ],
)
def test_a_note_answers_whole_or_by_the_part_asked(question: str, answer: str) -> None:
    assert [line.text for line in ask(question, note(EIGHT))] == [answer]


def test_a_note_is_found_by_its_term_without_the_last_word() -> None:
    text = "27.EOD模式：生态环境导向的开发模式。"
    assert [line.text for line in ask("What is an EOD model?", note(text))] == [text[3:-1]]
    assert [line.text for line in ask("EOD是什么模式", note(text))] == [text[3:-1]]


def test_a_list_whose_note_holds_it_is_the_note() -> None:
    text = "5.六有：指有机构、有经费、有场地、有装备、有制度、有台账。"
    assert [line.text for line in ask("应急的“六有”是有哪六样？", note(text))] == [text[2:-1]]


def test_a_long_note_comes_in_spans_that_fit() -> None:
    text = "1.十件实事：" + "。".join(f"2023年实事之{i}为" + "修路" * 20 for i in range(10)) + "。"
    lines = ask("十件实事是什么意思？", note(text))
    assert len(lines) == 2
    assert max(line.end - line.start for line in lines) <= MAX_SPAN
    assert all(a.end <= b.start for a, b in pairwise(lines))


def test_the_text_defines_what_no_note_does() -> None:
    passage = "围绕“双30”目标推进建设。紧扣“双30”（人口30万、面积30平方公里）目标，决战城市崛起。"
    assert texts("“双30”是指什么？", passage) == ["紧扣“双30”（人口30万、面积30平方公里）目标，决战城市崛起"]


def test_a_list_in_one_sentence_by_the_number_asked_for() -> None:
    passage = "打造粮油、果蔬、畜牧、水产、茶叶产业。打造粮油、果蔬、畜牧3个产业链。"
    assert texts("打造哪3个产业链？", passage) == ["打造粮油、果蔬、畜牧3个产业链"]


def test_items_that_are_numbered_over_several_passages() -> None:
    passages = (
        "一年来，重点推进了三个方面的工作。",
        "(一)坚持系统治理。修路10公里。一是修桥。二是铺路。",
        "(二)坚持绿色转型。减碳10%。",
        "(三)坚持改革创新。改革3项。",
    )
    assert texts("重点推进了哪三个方面的工作？", *passages) == [
        "(一)坚持系统治理",
        "(二)坚持绿色转型",
        "(三)坚持改革创新",
    ]


def test_items_below_the_heading_that_is_asked_for() -> None:
    passages = chunks(
        "三、2024年三件实事\n\n1.新建幼儿园15所。\n2.改造小区12个。\n3.加装电梯60部。",
        section=("三、2024年三件实事",),
    )
    found = [line.text for line in ask("三件实事有哪些？", passages)]
    assert found == ["1.新建幼儿园15所", "2.改造小区12个", "3.加装电梯60部"]


def test_items_of_one_sentence_after_its_colon() -> None:
    passage = "工作还存在一些问题，主要是：需求不足，投资不强；创新不够，人才偏少；部分企业困难。将努力解决。"
    assert texts("政府工作存在哪些问题？", passage) == [
        "工作还存在一些问题，主要是：需求不足，投资不强；创新不够，人才偏少；部分企业困难"
    ]


def test_items_tied_by_semicolons() -> None:
    passage = "组建三支服务队，共有队员20名。其中，调解队化解纠纷30起；巡防队守护平安；宣传队弘扬新风。"
    assert texts("服务队有哪三支？", passage) == [
        "其中，调解队化解纠纷30起",
        "巡防队守护平安",
        "宣传队弘扬新风",
    ]


def test_a_number_announced_that_is_not_the_one_asked_for_is_another_list() -> None:
    passages = ("重点推进了三个方面的工作。", "(一)甲事办成。(二)乙事办成。(三)丙事办成。")
    assert len(texts("推进了哪四个方面的工作？", *passages)) == 1


def test_a_summary_tells_figures_in_reading_order_and_keeps_its_length() -> None:
    passages = (
        "就业服务。为深入贯彻落实，坚持不断提升服务能力。全年举办就业招聘会30场，提供岗位2万个。",
        "加强就业培训，培训就业人员5000人次，发放补贴300万元。",
    )
    shown = texts("祥云县就业服务做得怎么样？", *passages)
    assert shown[-1] == "加强就业培训，培训就业人员5000人次，发放补贴300万元"
    assert "全年举办就业招聘会30场，提供岗位2万个" in shown
    assert sum(map(len, shown)) <= 400


def test_a_summary_tells_of_what_stands_under_the_heading_asked_for() -> None:
    passages = (
        "二、主要工作\n（一）打好蓝天保卫战。淘汰老旧车12.6万辆，查处露天焚烧案件1230起。\n"
        "（二）打好碧水保卫战。整治排污口1.24万个，建成污水处理厂936座。",
        "退垸还湖3.2万亩，治理总磷。\n（三）打好净土保卫战。修复污染地块56个。",
    )
    assert texts("祥云县打好碧水保卫战做了哪些工作", *passages) == [
        "整治排污口1.24万个，建成污水处理厂936座",
        "退垸还湖3.2万亩，治理总磷",
    ]


def test_a_summary_tells_no_rows_and_no_fields_of_a_page() -> None:
    passages = (
        "成文日期：2024-01-26  浏览次数：1387\n全年公开信息320条，办结申请56件。\n| 信息公开申请 | 56 | 件 |",
        "改进信息公开：3月底前配齐专人，办理用时控制在10天以内。",
    )
    shown = texts("祥云县信息公开工作做得怎么样？", *passages)
    assert "全年公开信息320条，办结申请56件" in shown
    assert not any("浏览次数" in line or "|" in line for line in shown)
    assert any("3月底前配齐专人" in line for line in shown)


def test_the_faults_that_a_report_admits_are_listed() -> None:
    passages = (
        "着力补短板、强弱项，提升城市品质。",
        "我们也清醒认识到，还面临不少困难：一是经济总量不大。二是财政收支矛盾突出。",
    )
    for question in ("祥云县还有哪些短板？", "报告承认了什么困难"):
        assert texts(question, *passages) == ["一是经济总量不大", "二是财政收支矛盾突出"]


def test_why_is_answered_by_the_cause() -> None:
    passage = "主要指标增速不及预期，主要是因为外部不确定因素增多，冲击仍未修复。指标增速位居前列。"
    [shown] = texts("为什么指标增速不及预期？", passage)
    assert "主要是因为外部不确定因素增多" in shown


def test_what_is_said_of_something_is_shown_with_it() -> None:
    told = "甲业用能142万吨，增长5.4%，是拉动用能增长的最主要行业；乙业用能90万吨，下降2%。"
    assert texts("哪个行业拉动了用能增长？", told) == [
        "甲业用能142万吨，增长5.4%，是拉动用能增长的最主要行业"
    ]
    told = "汽车业下降21.7%，为降幅最大的行业；电气业增长62.4%，为增速最快的行业。"
    assert texts("哪个行业降幅最大？", told) == ["汽车业下降21.7%，为降幅最大的行业"]


def test_yes_or_no_rests_on_the_clause_that_decides() -> None:
    passage = "祥云大桥是重点项目，位于城东。争取祥云大桥早日建成通车。"
    [shown] = texts("祥云大桥通车了吗？", passage)
    assert shown == "争取祥云大桥早日建成通车"


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("千企百展是什么工程", AnswerKind.TERM),
        ("巡防队是干嘛的", AnswerKind.TERM),
        ("镇里在产业上做了啥", AnswerKind.SUMMARY),
        ("科技创新上有哪些成绩？", AnswerKind.SUMMARY),
        ("签了协议没有", AnswerKind.YESNO),
        ("超过5000亿了吗（2022年）", AnswerKind.YESNO),
        ("有哪些优惠活动", AnswerKind.LIST),
        ("创新方面取得了哪些成绩", AnswerKind.SUMMARY),
        ("讲讲祥云小枣的故事", AnswerKind.SUMMARY),
        ("报告承认了什么困难", AnswerKind.LIST),
        ("What difficulties does the report admit?", AnswerKind.LIST),
    ],
)
def test_what_kind_of_answer_is_wanted(question: str, kind: AnswerKind) -> None:
    assert find_kind(fold(question)) is kind


def test_the_mayor_is_asked_for_not_the_mayors_region() -> None:
    question = understand("祥云县长是谁", COVERAGE)
    assert question.slots[0].region == COUNTY
    assert "县长" in question.topic


def test_a_share_does_not_hang_on_the_order_of_the_words() -> None:
    scorer = Scorer(
        understand("祥云县2023年粮食烤烟核桃花卉产量各是多少？", COVERAGE),
        lambda token: 1 / (1 + ord(token[0]) % 7),
    )
    words = sorted(scorer.covered("祥云县2023年粮食烤烟核桃花卉产量"))
    assert len(words) > 8
    assert len({scorer.share(words[turn:] + words[:turn]) for turn in range(len(words))}) == 1


PRICES = "全年居民消费价格比上年上涨0.1%。其中，食品烟酒类下降0.4%，衣着类上涨0.9%，居住类下降0.1%，交通通信类下降1.6%。"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (
            "2023年居民消费价格按八大类看，哪几类下降？",
            ["食品烟酒类下降0.4%…居住类下降0.1%，交通通信类下降1.6%"],
        ),
        ("2023年居民消费价格里哪几类便宜了？", ["食品烟酒类下降0.4%…居住类下降0.1%，交通通信类下降1.6%"]),
        ("2023年居民消费价格里有哪几类上涨了？", ["衣着类上涨0.9%"]),
    ],
)
def test_which_went_down_or_up(question: str, told: list[str]) -> None:
    assert texts(question, PRICES) == told


@pytest.mark.parametrize(
    "question",
    [
        "2023年居民消费价格哪几类涨跌不同？",
        "2023年居民消费价格哪几类下降最多？",
        "2023年粮食产量哪些乡镇下降？",
    ],
)
def test_neither_way_or_another_topic_lists_no_movers(question: str) -> None:
    assert not any("…居住类" in text for text in texts(question, PRICES))
