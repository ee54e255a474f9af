"""The right figure for the slot asked, from passages about invented counties that can be read here."""

import pytest

from rag.answering.extractive import extract
from rag.answering.slots.comparison import conclude, leads
from rag.mentions import Coverage
from rag.question import understand
from rag.types import Chunk, Hit, Kind, Level, Period, Region

PROVINCE = Region(("云南省",), Level.PROVINCE)
CITY = Region(("云南省", "曲靖市"), Level.CITY)
COUNTY = Region(("云南省", "大理白族自治州", "祥云县"), Level.COUNTY)
Y2022, Y2023, Y2024 = (Period(year, year, f"{year}年") for year in (2022, 2023, 2024))
COVERAGE = Coverage((PROVINCE, CITY, COUNTY), 2022, 2024, 2024)


def passage(
    text: str,
    id: int = 0,
    region: Region = PROVINCE,
    period: Period | None = Y2023,
    kind: Kind = Kind.RESULT,
    title: str = "政府工作报告",
    date: str = "2024-01-20",
) -> Hit:
    chunk = Chunk(id, "a.txt", 0, len(text), text, title, (), region, period, kind, date=date)
    return Hit(chunk, 2.0 - id)


def ask(question: str, *hits: Hit) -> str:
    """The lines of an answer, with labels, then what is concluded."""
    asked = understand(question, COVERAGE)
    lines = extract(asked, hits, lambda _: 1.0)
    shown = [f"{line.label}：{line.text}" if line.label else line.text for line in lines]
    return " / ".join([*shown, *filter(None, [conclude(lines, asked)])])


GROWTH = "地区生产总值增长4.1%，规模以上工业增加值增长5.4%，工业增加值增长5%，固定资产投资下降5.9%。"
SERIES = "城镇、农村居民人均可支配收入分别增长4.2%、7.1%。"
TRADES = "汽车制造业增长62.4%，装备制造业增长16.5%，制造业增长4.9%。"
PULLED = "新企业拉动规模以上工业增加值增长1.2个百分点，规模以上工业增加值增长6.7%。"
MONTHS = "1-6月投资增长3.1%；1-9月投资增长4.2%。"
POWER = "2021年至2023年，全省用电量分别为8.1亿、8.5亿和9.3亿千瓦时。"
AIR = "PM2.5平均浓度27微克/立方米，同比下降6.9%。"
FIRMS = "新登记经营主体12万户、总数达48万户，新增“小巨人”企业56家、总数达255家。"


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("云南省工业增加值增长多少？", GROWTH, "工业增加值增长5%"),
        ("云南省制造业增速是多少？", TRADES, "制造业增长4.9%"),
        ("云南省工业增加值增速？", PULLED, "规模以上工业增加值增长6.7%"),
        ("云南省2023年上半年投资增长多少？", MONTHS, "1-6月投资增长3.1%"),
        ("云南省2023年1到9月投资增长多少？", MONTHS, "1-9月投资增长4.2%"),
        ("云南省2022年用电量是多少？", POWER, "2022年…全省用电量分别为…8.5亿…千瓦时"),
        ("云南省规模以上工业增加值增长多少？", GROWTH, "规模以上工业增加值增长5.4%"),
        ("云南省农村居民收入增长了多少？", SERIES, "农村居民人均可支配收入分别增长…7.1%"),
        ("云南省城镇居民收入增长了多少？", SERIES, "城镇…居民人均可支配收入分别增长4.2%"),
        ("云南省PM2.5是多少？", AIR, "PM2.5平均浓度27微克/立方米"),
        ("云南省PM2.5下降了百分之几？", AIR, "PM2.5平均浓度…同比下降6.9%"),
        ("云南省经营主体总数是多少？", FIRMS, "新登记经营主体…总数达48万户"),
        ("云南省新登记了多少经营主体？", FIRMS, "新登记经营主体12万户"),
        ("云南省查办的案子里，调解成功多少件？", "受理案件513件，调解成功389件。", "调解成功389件"),
        ("云南省起诉了多少件案子？", "全年查办案件407件，提起公诉106件。", "提起公诉106件"),
        ("云南省给企业减了多少亿的负担？", "企业总数达48万户，为企业减负16亿元。", "为企业减负16亿元"),
        ("云南省总量是几千亿？", "总量增长4.1%，总量9000元，总量达1.3万亿元。", "总量达1.3万亿元"),
        (
            "云南省可再生能源装机占比多少？",
            "可再生能源装机容量20万千瓦，占总装机比重为46%，新增出租车占比83%。",
            "占总装机比重为46%",
        ),
        ("云南省直接给企业的钱累计有多少？", "直接给1.4万家企业兑现资金48亿元。", "企业兑现资金48亿元"),
        ("云南省研发投入占GDP的比重是多少？", "R&D经费支出占GDP比重1.9%。", "R&D经费支出占GDP比重1.9%"),
        (
            "云南省列了49个问题，改完多少个？",
            "反馈的49个问题已完成36个，披露的72个问题已完成整改67个。",
            "问题已完成36个",
        ),
        ("云南省财政收入目标增长多少？", "农村居民人均可支配收入增长7%。", ""),
        (
            "云南省每天能处理多少生活污水？",
            "垃圾分类工作列全国第2位，生活污水处理能力5万立方米。",
            "生活污水处理能力5万立方米",
        ),
        (
            "云南省新增公办幼儿园的园位是多少？",
            "新增公办幼儿园40所、园位1.07万个。",
            "新增公办幼儿园…园位1.07万个",
        ),
        ("云南省一天有多少客流？", "推出两元票制，客流3万人次。", "客流3万人次"),
        ("云南省数字经济占GDP的比重是多少？", "数字经济占规模以上工业比重8%，研发经费占GDP比重1.9%。", ""),
        ("云南省研发经费占全省生产总值的比重是多少？", "研发经费占GDP比重1.9%。", "研发经费占GDP比重1.9%"),
        ("云南省投资完成年计划的百分之几？", "投资增长8%，投资完成年计划的105%。", "投资完成年计划的105%"),
        (
            "云南省三次产业的比例是多少比多少比多少？",
            "产业结构调整为7:45:48，占比提高2%。",
            "产业结构调整为7:45:48",
        ),
        ("云南省给多少名女生接种了疫苗？", "为48万适龄女生接种疫苗。", "为48万适龄女生接种疫苗"),
        ("云南省交易了多少度绿电？", "绿电交易电量20亿千瓦时，增长8%。", "绿电交易电量20亿千瓦时"),
        ("云南省是连续第几年增产？", "粮食生产连续8年增产，居全国第3位。", "粮食生产连续8年增产"),
        (
            "云南省新增的车有多大比例是新能源的？",
            "新增520辆，新增新能源车占比达到83%。",
            "新增新能源车占比达到83%",
        ),
        ("商会给企业省下多少罚款？", "为189家企业减免处罚916万元。", "企业减免处罚916万元"),
        ("云南省的户籍人口城镇化率目前是多少", "户籍人口900万人，城镇化率达46%。", "城镇化率达46%"),
        (
            "云南省城乡居民收入增长多少？",
            "城乡居民人均可支配收入分别增长4.0%、6.0%。",
            "城乡居民人均可支配收入分别增长4.0%、6.0%",
        ),
        (
            "云南省农村居民收入增长多少？",
            "城乡居民人均可支配收入分别增长4.0%、6.0%。",
            "乡居民人均可支配收入分别增长…6.0%",
        ),
        (
            "云南省地区生产总值是多少，增长多少？",
            "生产粮食440亿斤，地区生产总值增长4.1%。",
            "地区生产总值增长4.1%",
        ),
        (
            "云南省森林覆盖率排第几？",
            "森林覆盖率稳定在63%、保持全国第2位，国家林长制考核列全国第1位。",
            "森林覆盖率稳定在…保持全国第2位",
        ),
        (
            "云南省水产总产量和蔬菜播种面积各是多少？",
            "蔬菜播种面积66万亩，水产总产量46万吨，冬种油菜89万亩。",
            "水产总产量：水产总产量46万吨 / 蔬菜播种面积：蔬菜播种面积66万亩",
        ),
        (
            "云南省查办案件多少件？提起公诉多少件？",
            "全年查办案件407件，提起公诉106件。",
            "全年查办案件407件 / 提起公诉106件",
        ),
        ("云南省有几家律师事务所？", "44家律师事务所与171家商会合作。", "44家律师事务所"),
    ],
)
def test_the_figure_of_the_indicator_asked_for(question: str, text: str, answer: str) -> None:
    assert ask(question, passage(text)) == answer


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("云南省地区生产总值是多少？", "地区生产总值增长4.1%。"),
        ("云南省医保参保人数有多少？", "医保参保率达99%。"),
        ("云南省企业数量是多少？", "企业利润率达9%。"),
        ("云南省森林覆盖率提高几个百分点？", "森林覆盖面积63万亩。"),
    ],
)
def test_a_figure_of_another_sort_is_no_answer(question: str, text: str) -> None:
    assert ask(question, passage(text)) == ""


def test_a_result_is_not_a_target() -> None:
    told = passage("粮食产量达300亿斤。", 0)
    planned = passage("粮食产量力争达310亿斤。", 1, period=Y2024, kind=Kind.PLAN)
    assert ask("云南省粮食产量目标是多少？", told, planned) == "粮食产量力争达310亿斤"
    assert ask("云南省粮食产量实际完成了多少？", planned, told) == "粮食产量达300亿斤"
    assert ask("云南省粮食产量实际完成了多少？", planned) == ""
    assert ask("云南省粮食产量目标是多少？", told) == ""


def test_target_and_result_of_one_question() -> None:
    hits = (
        passage("粮食产量达300亿斤。", 0),
        passage("粮食产量力争达310亿斤。", 1, kind=Kind.PLAN, date="2023-01-20"),
    )
    assert ask("云南省2023年粮食产量目标和实际各是多少？", *hits) == (
        "目标：粮食产量力争达310亿斤 / 实际：粮食产量达300亿斤 / 目标更多：310亿斤[1] − 300亿斤[2] = 10亿斤"
    )


def test_the_year_named_in_the_sentence_is_the_figures_year() -> None:
    hit = passage("2022年新建学校12所，2023年新建学校15所。")
    assert ask("云南省2022年新建学校多少所？", hit) == "2022年新建学校12所"
    assert ask("云南省2023年新建学校多少所？", hit) == "2023年新建学校15所"
    assert ask("云南省2021年新建学校多少所？", hit) == ""


def test_without_a_year_the_newest_counts_and_is_named() -> None:
    hits = (
        passage("新建学校12所。", 0, period=Y2022, date="2023-01-20"),
        passage("新建学校15所。", 1),
    )
    assert ask("云南省新建学校多少所？", *hits) == "2023年：新建学校15所"
    assert ask("云南省新建学校多少所？", hits[1]) == "新建学校15所"


def test_the_year_compared_with_is_not_asked_about() -> None:
    assert [slot.period for slot in understand("2022年PM2.5比上一年降了多少", COVERAGE).slots] == [Y2022]


def test_two_reports_that_differ_are_both_shown() -> None:
    hits = (passage("森林覆盖率63.1%。", 0), passage("森林覆盖率63.5%。", 1, title="生态报告"))
    assert ask("云南省2023年森林覆盖率是多少？", *hits) == (
        "《政府工作报告》：森林覆盖率63.1% / 《生态报告》：森林覆盖率63.5%"
    )


def test_a_part_of_the_place_is_another_place() -> None:
    hit = passage("曲靖市森林覆盖率50%，全省森林覆盖率63%。")
    assert ask("云南省森林覆盖率是多少？", hit) == "全省森林覆盖率63%"
    assert ask("曲靖市森林覆盖率是多少？", hit) == "曲靖市森林覆盖率50%"
    assert ask("祥云县森林覆盖率是多少？", hit) == ""


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        (
            "云南省重点项目有多少个、投了多少钱？",
            "103个重点项目开工，完成投资210亿元。",
            "103个重点项目开工 / 完成投资210亿元",
        ),
        (
            "云南省养老床位和托位各新增多少？",
            "新增托位300个、养老床位400个。",
            "养老床位：养老床位400个 / 托位：新增托位300个 / 养老床位更多：400个[1] − 300个[2] = 100个",
        ),
        (
            "云南省封山育林和造林加起来多少万亩？",
            "封山育林52.5万亩，造林188.5万亩。",
            "封山育林：封山育林52.5万亩 / 造林：造林188.5万亩 / 合计：52.5万亩[1] + 188.5万亩[2] = 241万亩",
        ),
    ],
)
def test_a_line_for_each_thing_asked(question: str, text: str, answer: str) -> None:
    assert ask(question, passage(text)) == answer


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        (
            "云南省2023年新增经营主体占总数的百分之几？",
            "新增经营主体12万户、总数达48万户。",
            "新增经营主体12万户 / 新增经营主体…总数达48万户 / 占比：12万户[1] ÷ 48万户[2] = 25%",
        ),
        (
            "云南省2023年调解成功率是多少？",
            "受理调解案件400件，调解成功300件。",
            "调解成功300件 / 受理调解案件400件 / 占比：300件[1] ÷ 400件[2] = 75%",
        ),
        (
            "按2023年的数推算，云南省2022年粮食总产多少？",
            "粮食总产430亿斤、增产9.5亿斤。",
            "2023年：粮食总产430亿斤 / 2023年：粮食总产…增产9.5亿斤 / 上一年：430亿斤[1] − 9.5亿斤[2] = 420.5亿斤",
        ),
        (
            "推算一下云南省2022年空气优良率是多少？",
            "空气优良率92.3%，上升6.5个百分点。",
            "2023年：空气优良率92.3% / 2023年：空气优良率…上升6.5个百分点 / 上一年：92.3%[1] − 6.5个百分点[2] = 85.8%",
        ),
        (
            "云南省2023年年初的贷款余额是多少？",
            "贷款余额达37亿元，较年初新增7.61亿元，其中消费贷款3亿元。",
            "贷款余额达37亿元 / 贷款余额…较年初新增7.61亿元 / 年初：37亿元[1] − 7.61亿元[2] = 29.39亿元",
        ),
        (
            "云南省2023年初的贷款余额是多少？",
            "贷款余额达37亿元，较年初减少7.61亿元。",
            "贷款余额达37亿元 / 贷款余额…较年初减少7.61亿元 / 年初：37亿元[1] + 7.61亿元[2] = 44.61亿元",
        ),
        (
            "云南省新增入规企业离全年目标还差几户？",
            "新增入规企业142户，其中工业86户，全年目标300户。",
            "全年目标300户 / 新增入规企业142户 / 差额：300户[1] − 142户[2] = 158户",
        ),
        (
            "云南省债务余额距限额还剩多少？",
            "核定债务限额70.12亿元，年末债务余额69.1908亿元。",
            "核定债务限额70.12亿元 / 年末债务余额69.1908亿元 / 差额：70.12亿元[1] − 69.1908亿元[2] = 9292万元",
        ),
        (
            "云南省40家上市公司占全国的20%，推算一下全国大概有几家？",
            "上市公司40家，占全国20%。",
            "上市公司40家 / 上市公司…占全国20% / 总数约为：40家[1] ÷ 20%[2] ≈ 200家",
        ),
        (
            "云南省重点项目平均每个投资多少？",
            "50个重点项目完成投资210亿元。",
            "重点项目完成投资210亿元 / 50个重点项目完成投资 / 平均：210亿元[1] ÷ 50个[2] = 4.2亿元",
        ),
    ],
)
def test_what_follows_from_two_figures_is_computed(question: str, text: str, answer: str) -> None:
    assert ask(question, passage(text)) == answer


def test_a_share_that_is_told_is_not_computed() -> None:
    hit = passage("新增经营主体12万户、总数达48万户，新增经营主体占总数的比重为26%。")
    assert ask("云南省新增经营主体占总数的百分之几？", hit) == "新增经营主体占总数的比重为26%"


def test_nothing_is_left_of_an_aim_that_is_passed_or_of_another_unit() -> None:
    asked = "云南省新增入规企业离全年目标还差几户？"
    assert "差额" not in ask(asked, passage("新增入规企业342户，全年目标300户。"))
    assert "差额" not in ask(asked, passage("新增入规企业产值142亿元，全年目标300户。"))


def test_the_start_of_a_year_that_is_told_is_not_computed() -> None:
    told = passage("年初贷款余额29亿元，年末贷款余额达37亿元，较年初新增8亿元。")
    assert ask("云南省2023年年初的贷款余额是多少？", told) == "年初贷款余额29亿元"


def test_the_name_comes_first_where_it_is_asked_which_is_higher() -> None:
    asked = understand("2023年云南省和曲靖市森林覆盖率哪个高？", COVERAGE)
    hits = (passage("森林覆盖率63%。", 0), passage("森林覆盖率51.5%。", 1, region=CITY))
    lines = extract(asked, hits, lambda _: 1.0)
    assert leads(asked)
    assert conclude(lines, asked) == "云南省更高：63%[1] − 51.5%[2] = 11.5个百分点"


def test_more_than_two_are_ranked() -> None:
    hits = (
        passage("森林覆盖率63%。", 0),
        passage("森林覆盖率51.5%。", 1, region=CITY),
        passage("森林覆盖率70%。", 2, region=COUNTY),
    )
    assert ask("云南省、曲靖市和祥云县森林覆盖率比较", *hits).endswith(
        "从高到低：祥云县70%[3]、云南省63%[1]、曲靖市51.5%[2]"
    )


def test_growth_between_two_years_is_computed() -> None:
    hits = (passage("新建学校10所。", 0, period=Y2022), passage("新建学校15所。", 1))
    assert ask("云南省2023年新建学校比2022年增长了百分之几？", *hits).endswith(
        "；15所[1] ÷ 10所[2] − 1 = 50%"
    )


def test_a_long_sentence_is_cited_around_its_figure() -> None:
    text = "推进工作，" * 40 + "森林覆盖率63.1%，" + "抓好落实，" * 40 + "成效明显。"
    hit = passage(text)
    [line] = extract(understand("云南省森林覆盖率是多少？", COVERAGE), (hit,), lambda _: 1.0)
    assert "森林覆盖率63.1%" in hit.chunk.text[line.start : line.end]
    assert line.end - line.start <= 300
