from decimal import Decimal

import pytest

from rag.answering.lines import Line
from rag.answering.phrases.claimed import supposes_figure, supposes_way, two_years
from rag.answering.phrases.verdict import decide, share_done
from rag.answering.phrases.within import compare_within
from rag.answering.phrases.yesno import opening, word
from rag.mentions import Coverage
from rag.question import understand
from rag.text import fold
from rag.types import Chunk, Kind

COVERAGE = Coverage((), 2022, 2024, 2024)


def line(text: str, kind: Kind = Kind.RESULT) -> Line:
    chunk = Chunk(0, "a.txt", 0, len(text), text, "政府工作报告", (), None, None, kind)
    return Line(chunk, 0, len(text), 1.0, around=text)


@pytest.mark.parametrize(
    ("question", "clause", "verdict"),
    [
        ("它是全国第一个获批的吗？", "成为全国首个获批的省份", True),
        ("工业增速有没有跑赢全省平均？", "工业增加值增长4.3%，低于全省0.7个百分点", False),
        ("工业增速有没有跑赢全省平均？", "工业增加值增长5.3%，高于全省0.7个百分点", True),
        ("能耗下降目标完成了没有？", "能耗比上年下降2.8%，未完成下降3.8%的年度目标", False),
        ("是不是没有完成能耗下降目标？", "能耗比上年下降2.8%，未完成下降3.8%的年度目标", True),
        ("能耗下降目标完成了没有？", "能耗比上年下降3.9%，完成了年度目标", True),
        ("专项资金比上年增加了吗？", "安排专项资金60亿元，与上年持平", False),
        ("专项资金比上年减少了吗？", "安排专项资金60亿元，与上年持平", False),
        ("财政收入没完成目标吗？", "财政收入45亿元,下降1.2%,未完成年度预期目标", True),
        ("财政收入目标没达到吗？", "财政收入45亿元,下降1.2%,未完成年度预期目标", True),
        ("财政收入完成没完成目标？", "财政收入45亿元,下降1.2%,未完成年度预期目标", False),
        ("财政收入目标完成了没有？", "财政收入45亿元,下降1.2%,未完成年度预期目标", False),
        ("收入超过2019年了吗？", "接待游客1.3亿人次,收入104亿元,分别为2019年的94.4%和108.9%", True),
        ("游客数超过2019年了吗？", "接待游客1.3亿人次,收入104亿元,分别为2019年的94.4%和108.9%", False),
        (
            "游客数超过2019年了吗？",
            "接待游客1.3亿人次,超过2019年,住宿收入10亿元,餐饮收入20亿元,分别为2019年的94%和98%",
            True,
        ),
        ("游客数超过2019年了吗？", "接待游客1.3亿人次，收入104亿元，分别为2019年的94.4%和78.9%", False),
        ("游客数超过2019年了吗？", "接待游客1.3亿人次，收入104亿元，分别为2019年的104.4%和108.9%", True),
        ("运动会是不是在争取承办？", "积极申办全国运动会", True),
        ("它是全国第一个获批的吗？", "成为全国第4个获批的省份", False),
        ("它是全国头一家吗？", "成为我省首家、国内第三家获评的企业", False),
        ("它是全省头一家吗？", "成为我省首家、国内第三家获评的企业", True),
        ("Was it the first?", "成为全国第4个获批的省份", False),
        ("投资涨了没有？", "固定资产投资下降5.9%", False),
        ("投资涨了没有？", "固定资产投资增长5.9%", True),
        ("坐地铁要掏钱吗？", "免费乘坐市内的地铁线路", False),
        ("大桥已经通车了吗？", "争取大桥早日建成通车", False),
        ("目标完成了吗？", "如期实现传播阻断目标", True),
        ("医保还得先备案吗？", "实现省内异地就医免备案", False),
        ("问题都解决了吗？", "问题尚未解决", False),
        ("反馈的问题全都改完了吗？", "反馈的49个问题已完成36个", False),
        ("反馈的问题全都改完了吗？", "反馈的49个问题全部整改", True),
        ("拿的是金奖吧？", "参赛作品喜获短视频组银奖", False),
        ("实验室是建在曲靖吗？", "首家省实验室——滇池实验室启动建设", False),
        ("覆盖率超过60%了吗？", "森林覆盖率65.04%", True),
        ("覆盖率超过60%了吗？", "森林覆盖率近60%", False),
        ("覆盖率是不是70%？", "森林覆盖率65.04%", False),
        ("覆盖率是不是65.04%？", "森林覆盖率65.04%", True),
        ("浓度降到20了吗？", "PM2.5浓度22微克/立方米", False),
        ("失业率目标是5%吗？", "居民收入增长5%，调查失业率5.5%左右", False),
        ("占比过半了吗？", "清洁能源占比达六成", True),
        ("参加的超过200人吗？", "共有116名选手参加", False),
        ("连续提高满20年了吗？", "低保标准连续17年提高", False),
        ("有没有建成的码头？", "建成码头3个", True),
        ("公众安全感是全省第一吗？", "公众安全感稳居全省第一方阵", False),
        ("获批全省首个工作站了吗？", "获批全市首个工作站", False),
        ("低保标准提高了吗？", "低保标准逐年提高", True),
        ("大桥建成了吗？", "水库建成投用，大桥加快建设", False),
        ("水库建成了吗？", "水库建成投用，大桥加快建设", True),
        ("这项活动是教育局牵头的吗？", "由省委组织部牵头推进", False),
        ("这项活动是组织部牵头的吗？", "由省委组织部牵头推进", True),
        ("除了祥云，还有别的县入选吗？", "祥云是全市唯一入选的县", False),
        ("现在是不是不用先备案了？", "实现省内异地就医免备案", True),
        ("去外地看病，要不要先备案？", "实现省内异地就医免备案", False),
        ("固投是正增长吗？", "工业增加值增长5.4%，固定资产投资下降5.9%", False),
        ("困难家庭是不是全都安排上了？", "困难家庭安置率100%", True),
        ("看病还需要备案吗？", "实现省内异地就医免备案", False),
        ("客流恢复到2019年的水平了吗？", "客流恢复缓慢,仅为2019年的74.1%", False),
        ("客流恢复到2019年的水平了吗？", "客流恢复到2019年同期的105.8%", True),
        ("财政收入达到2023年目标了吗？", "财政收入320亿元,为2022年的98.5%,超额完成2023年目标", True),
        ("旅游收入恢复到2019年水平了吗？", "旅游收入较2019年增长12.4%,入境游客恢复到2019年的54%", True),
        ("7个中心都建成了吗？", "7个中心全部开工建设", False),
        ("7个中心都开工了吗？", "7个中心全部开工建设", True),
        ("Were all seven centres completed?", "7个中心全部开工建设", False),
    ],
)
def test_verdict(question: str, clause: str, verdict: bool) -> None:
    assert decide(understand(question, COVERAGE), line(clause)) is verdict


def test_a_plan_is_not_done() -> None:
    question = understand("水库建成了吗？", COVERAGE)
    assert decide(question, line("建成水库2座", Kind.PLAN)) is False
    assert decide(question, line("建成水库2座")) is True


@pytest.mark.parametrize(
    ("question", "clause", "verdict"),
    [
        ("城镇居民收入涨得比农村快吗", "城镇、农村居民收入分别增长4.2%、7.1%", False),
        ("农村居民收入涨得比城镇快吗", "城镇、农村居民收入分别增长4.2%、7.1%", True),
        ("工业增加值增速比投资增速高吗", "工业增加值增长5.4%，固定资产投资下降5.9%", True),
        ("收入比上年高吗", "收入增长4.2%", None),
        ("小麦产量比水稻高吗", "小麦产量3万吨", None),
    ],
)
def test_two_things_compared_in_one_clause(question: str, clause: str, verdict: bool | None) -> None:
    assert compare_within(fold(question), fold(clause)) is verdict


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("远安的经费每年有500万元吗", "远安的经费每年多少万元"),
        ("2023年经济增速超过5%了吗？", "2023年生产总值增速多少"),
        ("新增上市公司是不是5家？", "新增上市公司多少家"),
        ("新增企业有没有超过6000家", "新增企业多少家"),
        ("大桥通车了吗", None),
        ("新增上市公司多少家", None),
    ],
)
def test_a_figure_supposed_is_asked_for(question: str, figure: str | None) -> None:
    asked = supposes_figure(understand(question, COVERAGE))
    assert (asked.understood if asked else None) == figure


@pytest.mark.parametrize(
    ("question", "way"),
    [
        ("2023年浓度是不是下降了", "下降"),
        ("2023年浓度比上年上升了吗", "增长"),
        ("Did the concentration fall in 2023?", "下降"),
        ("2023年浓度达标了吗", ""),
    ],
)
def test_the_way_supposed(question: str, way: str) -> None:
    assert supposes_way(understand(question, COVERAGE)) == way


def test_the_way_is_told_by_the_year_before() -> None:
    asked = two_years(understand("2023年PM2.5浓度下降了吗", COVERAGE))
    assert asked is not None
    assert asked.understood == "2023年pm2.5浓度 是多少"
    assert [slot.period.first for slot in asked.slots if slot.period] == [2023, 2022]
    assert two_years(understand("PM2.5浓度下降了吗", COVERAGE)) is None


def test_two_years_are_compared_by_their_lines() -> None:
    lines = [line("PM2.5浓度29微克/立方米"), line("PM2.5浓度27微克/立方米")]
    assert opening(understand("2023年PM2.5浓度比2022年高吗？", COVERAGE), lines) == "是，"
    assert opening(understand("2023年PM2.5浓度比2022年低吗？", COVERAGE), lines) == "否，"


def test_only_a_yes_or_no_question_gets_the_word() -> None:
    assert opening(understand("水库有多少座？", COVERAGE), [line("建成水库2座")]) == ""
    assert opening(understand("水库建成了吗？", COVERAGE), []) == ""


def test_the_first_word_is_in_the_language_asked() -> None:
    assert [word("zh", True), word("zh-Hant", False), word("en", False)] == ["是，", "否，", "No, "]


def test_a_rate_of_completion_below_the_whole_is_not_done() -> None:
    assert share_done("新建高标准农田竣工率仅75.9%") == Decimal("75.9")
    assert share_done("整改率达100%") == 100
    assert share_done("城镇化率75.9%") is None
