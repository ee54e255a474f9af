"""Reports of elsewhere: their question sets, and answers that need what the seeds have none of (tables, parts, other places)."""

from collections import Counter
from pathlib import Path

import pytest

from embeddings.encoder import load_encoder
from eval.matching import contains
from eval.questions import read_questions
from eval.splits import assign_splits
from rag.answering.refusal.reading import SentenceReader
from rag.assistant import Assistant
from rag.question import understand
from rag.store import Index, build_index
from rag.types import Turn

FOLDERS = sorted(path.parent for path in Path("eval/elsewhere").glob("*/questions.jsonl"))


QUESTIONS = {
    "first": 230,
    "second": 230,
    "third": 182,
    "fourth": 176,
    "fifth": 156,
    "sixth": 120,
    "seventh": 120,
    "eighth": 120,
    "ninth": 82,
}


def _open(name: str, folder: Path) -> Assistant:
    encoder = load_encoder()
    build_index(Path("eval/elsewhere", name, "reports"), folder, encoder)
    return Assistant(Index.open(folder, encoder.name), encoder, SentenceReader())


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return _open("first", tmp_path_factory.mktemp("index"))


@pytest.fixture(scope="module")
def third(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return _open("third", tmp_path_factory.mktemp("index"))


@pytest.fixture(scope="module")
def fourth(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return _open("fourth", tmp_path_factory.mktemp("index"))


@pytest.fixture(scope="module")
def sixth(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return _open("sixth", tmp_path_factory.mktemp("index"))


@pytest.fixture(scope="module")
def seventh(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return _open("seventh", tmp_path_factory.mktemp("index"))


@pytest.fixture(scope="module")
def eighth(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return _open("eighth", tmp_path_factory.mktemp("index"))


@pytest.fixture(scope="module")
def fifth(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return _open("fifth", tmp_path_factory.mktemp("index"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_quote_stands_in_its_report(folder: Path) -> None:
    read = read_questions(folder / "questions.jsonl")
    texts = {path.name: path.read_text(encoding="utf-8") for path in (folder / "reports").iterdir()}
    assert not read.problems
    assert (len(texts), len(read.questions)) == (6, QUESTIONS[folder.name])
    missing = [
        (question.id, evidence.quote)
        for question in read.questions
        for evidence in question.evidence
        if not contains(texts[evidence.file], evidence.quote)
    ]
    assert missing == []
    assert {evidence.file for question in read.questions for evidence in question.evidence} == set(texts)


def test_the_held_half_is_that_of_the_hash() -> None:
    questions = [q for folder in FOLDERS for q in read_questions(folder / "questions.jsonl").questions]
    assert max(Counter(question.id for question in questions).values()) == 1
    for fresh_ids in ("fg", "mn", "st", "uv", "wx", "yz", "ij"):
        fresh = [question for question in questions if question.id[0] in fresh_ids]
        splits = assign_splits((question.id, question.type) for question in fresh)
        assert {question.id: question.split for question in fresh} == splits
    assert {question.split for question in questions if question.id[0] not in "fgijmnrstuvwxyz"} == {"tune"}


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("坊子区2023年GDP多少亿？", "2023年坊子区地区生产总值341.72亿元"),
        ("潍坊2023年生产了多少智能可穿戴设备？", "3415.7万台"),
        ("潍坊2023年特殊教育学校有多少学生在读？", "0.36万人"),
        ("潍坊高新区2023年生产总值多少亿？", "2023年高新区地区生产总值704.28亿元"),
        ("濰坊市2023年鮮果價格比前一年漲了百分之幾？", "增长5.2%"),
        ("宁夏打算2025年把能源综合生产能力提到多少？", "7600万吨标准煤"),
        ("宁夏森林覆盖率2020年是多少？", "15.8%"),
        ("2023年深圳湾口岸过了多少跨境旅客？", "深圳湾口岸2750万人次"),
        ("按规划到2025年盐池县滩羊要养到多少只？", "盐池县350万只"),
        ("宁夏劳动年龄人口平均受教育年限在2020年实际是几年？别给我2025年的目标", "10.4年"),
        ("河北省本级2023年国有资本经营预算收入完成多少？", "18.6亿元"),
        ("What forest coverage rate does Guyuan city in Ningxia aim to reach by 2025?", "32%"),
    ],
)
def test_a_figure_of_a_table_or_of_a_part(first: Assistant, question: str, told: str) -> None:
    answer = first.ask(question)
    assert not answer.refused
    assert told in answer.text
    assert answer.checks


def test_a_row_is_cited_as_it_stands(first: Assistant) -> None:
    (citation,) = first.ask("坊子区2023年GDP多少亿？").citations
    text = Path("eval/elsewhere/first/reports", citation.file).read_text(encoding="utf-8")
    assert text[citation.start : citation.end] == "| 坊子区 | 341.72 | 6.4 |"


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("2023年深圳东部盐田港区的集装箱吞吐量比上年是涨的吧？", "否"),
        ("云南2023年GDP增速达到年初定的目标了吗？", "否"),
    ],
)
def test_yes_or_no_about_a_part_or_a_target(first: Assistant, question: str, word: str) -> None:
    assert first.ask(question).text.startswith(word)


def test_what_is_told_of_the_whole_is_not_told_of_a_town(first: Assistant) -> None:
    assert first.ask("永兴镇2022年地区生产总值是多少？").refused


@pytest.mark.parametrize(
    ("question", "told"),
    [
        # The result beside the plan, how much of it is done, sums of parts.
        ("贵州省2023年省级资源税最终决算数是多少？", "33.48亿元"),
        ("2023年贵州资源税预算是多少？", "31.20亿元"),
        ("2023年贵州资源税预算数是多少？", "31.20亿元"),
        ("从2023年省对下转移支付合计来看，遵义市拿了多少？", "545.65亿元"),
        # Figures set in columns of spaces.
        ("2023年末铜仁市大中型水库年末蓄水量是多少？", "18.16亿m3"),
        ("2023年安顺市年降水量是多少毫米？", "1121.9"),
        ("贵阳市2023年农业用水占全市总用水的百分之几？", "32.99%"),
        # What a change began from is of the year before.
        ("2022年贵州城乡居民医保财政给每个人每年补多少钱？", "610元"),
        ("陕西城乡居民收入差距，2022年是几比一？", "2.70"),
        # The growth of the level beside it.
        ("陕西2023年对韩国出口额增长了多少？", "18.5%"),
        # A difference of two figures.
        ("贵州省级国有资本经营预算2023年收入比支出多出多少亿？", "16.32亿元"),
        # What is first or last, told by the clause that says so.
        ("陕西十个设区市里面，2023年空气优良天数垫底的是哪个市？", "咸阳市"),
        ("贵州2023年单站年降水量最大的是哪个站？", "排调站"),
        ("平陆运河那三个枢纽都叫什么名字？", "马道、企石、青年"),
    ],
)
def test_accounts_and_bulletins(third: Assistant, question: str, told: str) -> None:
    answer = third.ask(question)
    assert not answer.refused
    assert told in answer.text


@pytest.mark.parametrize(
    ("question", "told"),
    [
        # A head of two lines, rows that go on in the next passage, a name set wide.
        ("如皋市2023年扶持创业多少人？", "4630人"),
        ("海门区2023年职业技能培训多少人次？", "8691人次"),
        ("2023年盘锦优良天数有多少天？", "321天"),
        # Two rows of heads in a web page; the year of the row's own figure.
        ("山西一级医院2023年床位数是多少？", "21056张"),
        ("山西一级医院2023年的床位数比上一年多了几张？", "679张"),
        # Blanks around the figures of running text.
        ("2023年南通失业保险稳岗返还总共发给企业多少钱？", "2.86亿元"),
        ("盘锦2023年近岸海域优良水质面积比例是多少？", "41.6%"),
    ],
)
def test_tables_of_other_makes(fourth: Assistant, question: str, told: str) -> None:
    answer = fourth.ask(question)
    assert not answer.refused
    assert told in answer.text


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("2023年贵州省级的企业所得税达到预算了吗？", "否"),
        ("2023年贵州资源税收入有没有完成预算？", "是"),
        ("2023年延安市财政收入是正增长吗？", "否"),
    ],
)
def test_yes_or_no_by_a_row(third: Assistant, question: str, word: str) -> None:
    assert third.ask(question).text.startswith(word)


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("襄阳市2023年地区生产总值增速达到年初目标了吗？", "否"),
        ("襄阳2023年高新技术企业数完成计划了吗？", "是"),
        ("襄阳2023年中心城区PM2.5达到目标了吗？", "否"),
    ],
)
def test_a_target_beside_its_result(fourth: Assistant, question: str, word: str) -> None:
    answer = fourth.ask(question)
    assert answer.text.startswith(word)
    assert "目标：" in answer.text
    assert "实际：" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "What was the permanent resident population of Xi'an at the end of 2023?",
        "2023年陕西对德国出口额有多少？",
    ],
)
def test_a_row_of_something_else_is_no_answer(third: Assistant, question: str) -> None:
    assert third.ask(question).refused


def test_a_place_that_has_its_own_sentence_after_it(third: Assistant) -> None:
    history = [Turn("安康市2023年一般公共预算收入增长了多少？", "增长6.0%。")]
    assert third.ask("延安呢，财政收入也是正增长吗？", history).text.startswith("否")


def test_a_table_of_contents_and_a_row_are_no_articles(third: Assistant) -> None:
    (article,) = third.index.document("guizhou-shuiziyuan-2023.txt").articles
    assert article.title == "贵州省水资源公报2023年"
    assert article.region is not None
    assert article.region.name == "贵州省"
    told = " ".join(chunk.text for chunk in third.index.all_chunks())
    assert "……" not in told


@pytest.mark.parametrize(
    ("question", "told"),
    [
        # Rows between single spaces, two units beside a table, the census by its number.
        ("益阳2024年生猪出栏目标是多少？", "370万头左右"),
        ("恩施州2010年有多少土家族？", "1,502,947人"),
        # Thousands parted by a blank, in English too.
        ("How many farmers' cooperatives are on the register in Yiyang as of 2023?", "8764家"),
        # What the asker tells of himself, another name of a time of the year.
        ("写稿要核个数：2023年头六个月滁州的经济总量多大？", "1846.2亿元"),
        # Several figures where each is asked for.
        ("宝鸡高新区四大产业2024年各自要做到多少产值？", "石油装备与机床达到178亿元"),
        # No figures of places, but a sentence that says where most are.
        ("恩施州的侗族主要住哪儿，哪个县最多？", "宣恩县"),
        ("益阳农业局讲农田项目“竣工”，到底做到哪一步才算数？", "通过县级初验"),
    ],
)
def test_a_court_an_audit_a_census_and_others(fifth: Assistant, question: str, told: str) -> None:
    answer = fifth.ask(question)
    assert not answer.refused
    assert told in answer.text


def test_a_place_whose_short_name_is_none_beside_the_next_word(fifth: Assistant) -> None:
    history = [Turn("七普时恩施州城镇化率多少？", "48.01%。")]
    answer = fifth.ask("来凤呢", history)
    assert "来凤县城镇化率52.04%" in answer.text


def test_a_share_of_what_was_to_be_done_decides(fifth: Assistant) -> None:
    assert fifth.ask("安化2023年新建高标准农田的任务干完了没有？").text.startswith("否")


@pytest.mark.parametrize(
    "question",
    ["小岗村上半年的旅游收入有多少？", "What net profit did Qinyue Titanium report for 2023?"],
)
def test_whose_figure_is_not_told(fifth: Assistant, question: str) -> None:
    assert fifth.ask(question).refused


@pytest.mark.parametrize(
    ("question", "told"),
    [
        # Rows named by several cells, the caption's name for what is counted.
        ("2023年重庆城镇居民的工资性收入是多少？", "28906元"),
        ("渝中区2023年居民人均可支配收入是多少？", "57812元"),
        # A table within a table, heads of three rows.
        ("如东县2023年行政事业性收费收了多少万元？", "18642.37万元"),
        ("如东县2023年行政复议结果纠正多少件？", "行政复议结果纠正2"),
        # Annexes behind a plan tell of the year before; years of two digits, levels without a unit.
        ("凉州区检察院2022年起诉多少人？", "934"),
        ("龙脊云上瑶乡度假区总投资多少？", "12.60亿元"),
        # A figure right before another, and thousands with a comma.
        ("黄山市的专业森林消防队有多少人？", "19支486人"),
        ("黄山市半专业队有多少人？", "84支1,932人"),
        # What each got, the day of the most, the level of the year before.
        ("武威司法救助金平均一个人拿多少钱？", "人均1.58万元"),
        ("桂林2023年游客最多的一天来了多少人？", "89.6万人次"),
        ("“如东发布”公众号2022年底有多少粉丝？", "16.95万"),
        ("洋口镇2023年收到几件公开申请？", "洋口镇7件"),
    ],
)
def test_tables_and_figures_beside_each_other(sixth: Assistant, question: str, told: str) -> None:
    answer = sixth.ask(question)
    assert not answer.refused
    assert told in answer.text


def test_which_of_two_without_a_unit_and_a_verdict_on_it(sixth: Assistant) -> None:
    assert (
        "古浪县更高：118[2] − 104[1] = 14"
        in sixth.ask("2022年民勤和古浪两个县批捕的人数各是多少，谁多？").text
    )
    assert sixth.ask("民勤县2023年起诉的人是不是比前一年少了？").text.startswith("是")


def test_a_term_is_explained_within_brackets(sixth: Assistant) -> None:
    assert "行刑反向衔接，指对作出不起诉决定" in sixth.ask("“行刑反向衔接”是什么意思？").text


@pytest.mark.parametrize(
    ("question", "told"),
    [
        # Heads broken within their cells; R&D is one word, and so is 研发.
        ("融水管理部2023年实缴职工有多少？", "1.95万人"),
        ("2023年柳州外商投资企业缴存单位有多少？", "118个"),
        ("2023年四川省泸州市R&D经费是多少？", "29.6亿元"),
        ("Which city in Sichuan had the highest R&D intensity in 2023?", "Mianyang 5.65%"),
        # How many with how much, thresholds, days of the question.
        ("柳州2023年发放个人住房贷款多少亿元？", "0.86万笔、31.27亿元"),
        ("柳州2023年发放异地贷款多少笔？", "312笔"),
        ("2023年5月10日上调以前，柳州各县每户每年租房最多能提多少公积金？", "9600元"),
        # A year in the name of a bulletin, one beside its figure, the words of a caption.
        ("照四川省2023年科技经费投入统计公报里的历年数据，2021年全省的研发投入强度是多少？", "2.09%"),
        ("呼伦贝尔2022年全市平均降水量是多少毫米？", "412.7毫米"),
        ("2022年山东各级法院新收的专利类一审民事案件有几件？", "2143件"),
        ("2023年末遵义老百姓存款有多少？", "3684.27亿元"),
        # Where things are is no order of places; lines of one printed width; a target missed.
        ("诸暨2024年新建的6个小微企业园分别落在哪些镇？", "牌头镇2个"),
        ("诸暨2024年政府工作报告坦承了哪些困难和问题？", "一是产业层次仍然偏低"),
        ("山东清理非正常专利申请，2023年撤回的进度达到年初定的目标了吗？", "否，撤回进度未达到"),
    ],
)
def test_provident_fund_climate_and_others(seventh: Assistant, question: str, told: str) -> None:
    answer = seventh.ask(question)
    assert not answer.refused
    assert told in answer.text


@pytest.mark.parametrize(
    ("question", "told"),
    [
        # Tables between tabs: names set wide, heads over several columns, a scale in brackets.
        ("昆山市2023年末参加居民医保的有多少人？", "56.31万人"),
        ("2023年常熟市职工医保支出多少？", "43.18亿元"),
        ("2023年苏州三级医院职工医保住院次均费用是多少？", "18427元"),
        # Three columns between single spaces, a page below its menu, a quarter of a year.
        ("宁波镇海区永久基本农田有多少？", "6.71万亩"),
        ("2024年一季度青岛橡胶轮胎出口额有多少？", "74.3亿元"),
        ("2023年大同人均GDP折合成美元是多少？", "8612美元"),
        ("2023年德化县公务用车购置费预算是多少？", "420万元"),
    ],
)
def test_medical_insurance_customs_and_others(eighth: Assistant, question: str, told: str) -> None:
    answer = eighth.ask(question)
    assert not answer.refused
    assert told in answer.text


@pytest.mark.parametrize("question", ["大同规上工业利润多少？", "我在写稿，大同规上工业的利润有多少？"])
def test_a_place_begins_a_clause_whatever_follows(eighth: Assistant, question: str) -> None:
    (slot,) = understand(question, eighth.coverage).slots
    assert slot.region is not None
    assert slot.region.path[-1] == "大同市"


def test_a_page_is_not_called_by_its_menu(eighth: Assistant, seventh: Assistant) -> None:
    (article,) = eighth.index.document("qingdao-waimao-2024q1.html").articles
    assert article.title == "2024年一季度青岛市外贸进出口情况新闻发布会"
    (article,) = seventh.index.document("hulunbuir-qihou-2023.html").articles
    assert article.title == "2023年呼伦贝尔市气候公报"
    (article,) = seventh.index.document("shandong-zhishichanquan-2023.md").articles
    assert article.title == "2023年山东省知识产权保护状况"
