"""Articles, sections, regions, dates: the seeds as read by eye, and invented reports of two other provinces."""

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.chunking import chunk
from rag.corpus.readers import Reading, read_text
from rag.corpus.structure import understand
from rag.text import repair
from rag.types import Article, Block, Document, Form, Kind

REPORTS = Path(__file__).parent / "reports"


def read(path: Path) -> Document:
    return understand(path.name, Reading(path.read_bytes().decode("utf-8")), "0")


def document(text: str) -> Document:
    return understand("a.txt", Reading(text), "0")


def shown(document: Document, start: int, end: int) -> str:
    return repair(document.text, start, end, document.drops).text


def block_of(document: Document, text: str) -> Block:
    """The only block whose shown text holds `text`."""
    found = [b for a in document.articles for b in a.blocks if text in shown(document, b.start, b.end)]
    assert len(found) == 1, text
    return found[0]


def row(article: Article) -> tuple[str, str | None, str | None, str | None]:
    region = article.region
    return (
        article.title,
        region.name if region else None,
        region.level.value if region else None,
        article.date,
    )


SEED_ARTICLES = {
    "000": [
        ("关于国家生态文明试验区(江西)建设情况的报告", "江西省", "省", "2024-01-24"),
        ("红谷滩区新联会焕发新活力", "江西省南昌市红谷滩区", "县", None),
        ("“党建链”引领“产业链”发展", "江西省南昌市南昌经开区", "县", None),
        ("助力学子返乡创业就业", "江西省南昌市西湖区朝农街道", "街道", None),
    ],
    "001": [("2024年江西省政府工作报告", "江西省", "省", "2024-01-23")],
    "002": [
        ("当好融湾排头兵 建设示范先行区", "江西省赣州市信丰县", "县", None),
        ("推进非公维权服务工作提质增效", "江西省宜春市", "市", None),
        ("乡风文明增颜值强气质", "江西省吉安市新干县潭丘乡", "乡镇", None),
        ("开展专项整治 优化干部作风", "江西省鹰潭市贵溪市东门街道", "街道", None),
        ("民主政治协商有效赋能基层治理", "江西省萍乡市安源区丹江街道", "街道", None),
        ("南昌有座花园式钢铁工厂", "江西省南昌市", "市", None),
        ("社区小基金托起群众大民生", "江西省赣州市兴国县", "县", None),
        ("聚力乡村振兴 绘就美丽画卷", "江西省九江市柴桑区马回岭镇", "乡镇", None),
    ],
    "003": [
        ("关于国家生态文明试验区(江西)建设情况的报告", "江西省", "省", "2023-01-12"),
        ("赣州经开区湖边镇激发干部队伍活力", "江西省赣州市赣州经开区湖边镇", "乡镇", None),
        ("农村发展党员积分量化管理见实效", "江西省南昌市新建区铁河乡", "乡镇", None),
        ("多措并举促消费市场回暖", "江西省赣州市南康区", "县", None),
    ],
    "004": [("政府工作报告", "江西省南昌市", "市", "2024-01-15")],
}


@pytest.fixture(scope="module")
def read_seeds(seeds: Path) -> dict[str, Document]:
    return {path.name[:3]: read(path) for path in sorted(seeds.glob("*.txt"))}


@pytest.mark.parametrize("file", SEED_ARTICLES)
def test_seed_articles(read_seeds: dict[str, Document], file: str) -> None:
    assert [row(article) for article in read_seeds[file].articles] == SEED_ARTICLES[file]


def test_seed_speakers_and_authors(read_seeds: dict[str, Document]) -> None:
    people = {
        file: [(a.issuer, a.author) for a in document.articles] for file, document in read_seeds.items()
    }
    assert people["000"] == [
        ("省发展和改革委员会", "王前虎"),
        (None, "钟莉"),
        (None, "夏志宏"),
        (None, "邓伟超"),
    ]
    assert people["001"] == [("江西省人民政府", "叶建春")]
    assert [author for _, author in people["002"]] == [
        "刘滨 钱文龙",
        "邹思明",
        "李福孙 李游",
        "潘奇 黄伯伟",
        "彭婉婷",
        "张宇亮",
        "黄艳 邹万香",
        "张筱婷",
    ]
    assert people["003"] == [
        ("省发展和改革委员会", "张和平"),
        (None, None),
        (None, "余中亮"),
        (None, "谢文军 陈晰璐"),
    ]
    assert people["004"] == [("南昌市人民政府", "万广明")]


def test_report_interrupted_by_two_pieces_is_one_article(read_seeds: dict[str, Document]) -> None:
    found = read_seeds["003"]
    report, first, second, bank = found.articles
    text = found.text
    assert [(text[a : a + 6], text[b - 6 : b]) for a, b in report.spans] == [
        ("关于国家生态", "权制度改革，"),
        ("(二)加快发", "的更大贡献。"),
    ]
    assert [(text[a : a + 6], text[b - 6 : b]) for a, b in first.spans + second.spans + bank.spans] == [
        ("赣州经开区湖", "争上岗，旨在"),
        ("农村发展党员", "。(余中亮)"),
        ("■ 农行提振", "军 陈晰璐)"),
    ]
    assert block_of(found, "朱亭通过竞争上岗") in first.blocks
    assert block_of(found, "在2022年疫情防控期间") in second.blocks
    assert block_of(found, "正确把握“双碳”工作的节奏") in report.blocks


def test_sections_of_the_seeds(read_seeds: dict[str, Document]) -> None:
    assert block_of(read_seeds["000"], "问题已完成36个，2018—2022年").section == (
        "一、2023年国家生态文明试验区建设情况",
        "(一)坚持系统治理，生态环境质量巩固提升",
        "三是筑牢生态环境安全底线",
    )
    assert block_of(read_seeds["000"], "全省统一的生态产品总值(GEP)核算平台正式启用").section == (
        "二、2024年国家生态文明试验区建设总体思路和工作安排",
        "聚焦“四个走前列”",
        "三是努力在生态产品价值实现上走前列",
    )
    assert block_of(read_seeds["001"], "PM2.5平均浓度29微克/立方米").section == (
        "一、2023年工作回顾",
        "（五）绿色发展提质增效",
    )
    assert block_of(read_seeds["001"], "确保粮食产量430亿斤以上").section == (
        "二、2024年工作安排",
        "（四）加快农业农村现代化建设步伐，推进乡村全面振兴",
        "全方位夯实粮食安全根基",
    )
    assert block_of(read_seeds["001"], "成绩的取得，根本在于").section == ("一、2023年工作回顾",)
    assert block_of(read_seeds["002"], "全县森林覆盖率达70.33%").section == (
        "信丰县扎实推进“八大行动”",
        "美丽信丰，靓丽呈现",
    )
    assert block_of(read_seeds["004"], "打造8条制造业标志性产业链").section == (
        "二、2024年工作安排",
        "（一）以科技创新引领现代化产业体系建设",
        "全面实施“8810”行动计划",
    )


@pytest.mark.parametrize(
    ("file", "text", "period", "kind"),
    [
        ("000", "森林覆盖率稳定在63.1%，保持全国第2位", "2023年", Kind.RESULT),
        ("000", "PM2.5平均浓度在完成国家考核任务的基础上", "2024年", Kind.PLAN),
        ("000", "煤炭消费占比达六成", "2023年", Kind.NARRATIVE),
        ("001", "地区生产总值增长4.1%", "2023年", Kind.RESULT),
        ("001", "地区生产总值增长5%左右", "2024年", Kind.PLAN),
        ("003", "全省PM2.5平均浓度27微克/立方米", "2022年", Kind.RESULT),
        ("003", "GDP总量排位前移至第15位", "2018—2022年", Kind.RESULT),
        ("003", "未来五年是全面建设社会主义现代化国家", "2023—2027年", Kind.PLAN),
        ("003", "推进萍乡产业转型升级示范区", "2023年", Kind.PLAN),
        ("003", "铁河乡组建起乡村两级党员干部", "2022年", Kind.RESULT),
        ("002", "去年新增就业人数1178人", "2023年", Kind.RESULT),
        ("002", "2024年，该县将持续聚焦", "2024年", Kind.PLAN),
        ("004", "PM2.5、空气质量优良率指标继续", "2023年", Kind.RESULT),
        ("004", "今年遴选了12件提请人大代表票决候选项目", "2024年", Kind.PLAN),
        ("004", "“六坝共筑”指赣江尾闾", None, Kind.NOTE),
    ],
)
def test_periods_and_kinds_of_the_seeds(
    read_seeds: dict[str, Document], file: str, text: str, period: str | None, kind: Kind
) -> None:
    block = block_of(read_seeds[file], text)
    assert (block.period.label if block.period else None, block.kind) == (period, kind)


def test_what_the_seeds_do_not_show(read_seeds: dict[str, Document]) -> None:
    everything = {
        file: "\n".join(shown(d, b.start, b.end) for a in d.articles for b in a.blocks)
        for file, d in read_seeds.items()
    }
    assert "ppmandata" not in everything["004"]
    assert "bookmark" not in everything["001"]
    assert "杨风胜摄" not in everything["002"]
    assert "西街社区球子岭、狮子厅路段施工后" not in everything["002"]
    assert "均林小区维修坍塌围墙" not in everything["002"]
    assert "**" not in everything["000"]
    assert "#" not in everything["000"]
    assert "招投标全流程电子化率100%" in everything["004"]


def test_the_plain_text_of_a_markdown_page_gives_the_same_articles(seeds: Path) -> None:
    for path in sorted(seeds.glob("00[023]*.txt")):
        text = path.read_text(encoding="utf-8").replace("**", "")
        plain = "\n".join(line.lstrip("# ") for line in text.split("\n"))
        assert [row(a) for a in document(plain).articles] == SEED_ARTICLES[path.name[:3]]


def test_a_county_report_in_plain_text() -> None:
    found = read(REPORTS / "qinghe.txt")
    assert [row(article) for article in found.articles] == [
        ("青禾县2024年政府工作报告", "四川省绵阳市青禾县", "县", "2024-02-06")
    ]
    assert (found.articles[0].issuer, found.articles[0].author) == ("青禾县人民政府", "罗明远")
    block = block_of(found, "建成标准厂房42万平方米")
    assert block.section == ("一、2023年工作回顾", "（一）工业提质增效")
    assert shown(found, block.start, block.end) == (
        "（一）工业提质增效。规模以上工业企业达86家，“双百”行动计划深入实施，技改投资增长21.5%，"
        "建成标准厂房42万平方米，园区亩均税收提高8%。累计引进项目57个。"
    )
    planned = block_of(found, "配套改造供水管网36公里")
    assert planned.section == ("二、2024年工作安排", "（一）聚力工业强县", "做强新材料产业")
    assert (planned.period and planned.period.label, planned.kind) == ("2024年", Kind.PLAN)
    after = block_of(found, "坚持依法行政")
    assert (after.section, after.kind) == (("三、加强政府自身建设",), Kind.PLAN)
    assert [(n.number, n.terms) for n in found.articles[0].notes] == [
        (1, ("“双百”行动计划",)),
        (2, ("三张清单",)),
        (3, ("15分钟医疗圈",)),
        (4, ("家庭医生签约", "家庭医生签约率")),
    ]


def test_a_newspaper_page_in_markdown() -> None:
    found = read(REPORTS / "page.md")
    assert [row(article) for article in found.articles] == [
        ("关于白泉区2022年法治政府建设情况的报告", "甘肃省天水市白泉区", "县", "2023-03-09"),
        ("麦积区甘泉镇花海引客来", "甘肃省天水市麦积区甘泉镇", "乡镇", None),
        ("秦安县叶堡镇积分管理见实效", "甘肃省天水市秦安县叶堡镇", "乡镇", None),
        ("贷款直达田间地头", "甘肃省天水市秦安县", "县", None),
    ]
    report = found.articles[0]
    assert (report.issuer, report.author) == ("区司法局", "马小川")
    assert [found.text[a : a + 4] for a, _ in report.spans] == ["关于白泉", "(三)强"]
    assert block_of(found, "重大合同64份").section == (
        "一、2022年工作情况",
        "(一)完善制度体系",
        "一是健全决策机制",
    )
    assert block_of(found, "举办法治讲座35场") in report.blocks
    joined = block_of(found, "积分成了村民的“存折”")
    assert (joined.period and joined.period.label, joined.kind) == ("2022年", Kind.RESULT)
    assert "村民兑换积分物品" not in shown(found, joined.start, joined.end)


def test_a_short_name_alone_makes_no_county_of_a_word() -> None:
    """太平 of 太平洋 and 中原 are counties' short names too: one counts where its full name or a place around it stands."""
    (article,) = document("洋流\n\n海岛位于太平洋西部，渔业稳定。").articles
    assert article.region is None
    (article,) = document("渔业\n\n大英渔业稳定。遂宁市给予支持。").articles
    assert article.region is not None
    assert article.region.path[-1] == "大英县"


def test_a_table_is_one_block_with_its_caption_and_unit() -> None:
    found = document(
        "# 二〇二三年统计公报\n\n## 二、农业\n\n2023年粮食产量稳定。\n\n表1 主要农产品产量\n单位：万吨\n"
        "| 指标 | 产量 |\n| 粮食 | 18.6 |\n| 油料 | 3.2 |\n\n注：数据为快报数。\n"
    )
    (table,) = [b for b in found.articles[0].blocks if b.form is Form.TABLE]
    assert shown(found, table.start, table.end) == (
        "表1 主要农产品产量\n单位：万吨\n| 指标 | 产量 |\n| 粮食 | 18.6 |\n| 油料 | 3.2 |"
    )
    assert table.section == ("二、农业",)
    assert table.period is not None
    assert table.period.label == "2023年"


def test_sections_by_markdown_alone() -> None:
    found = document(
        "# 甲镇简报\n\n## 概况\n\n全镇辖9个村。\n\n### 人口\n\n常住人口2.1万人。\n\n## 产业\n\n茶园1.2万亩。\n"
    )
    assert [(b.section, b.form) for b in found.articles[0].blocks] == [
        ((), Form.HEADING),
        ((), Form.HEADING),
        (("概况",), Form.PARAGRAPH),
        (("概况",), Form.HEADING),
        (("概况", "人口"), Form.PARAGRAPH),
        ((), Form.HEADING),
        (("产业",), Form.PARAGRAPH),
    ]


@pytest.mark.parametrize(
    ("date", "review", "plan"), [("2024年1月5日", 2023, 2024), ("2023年12月28日", 2023, 2024)]
)
def test_headings_without_years(date: str, review: int, plan: int) -> None:
    found = document(
        f"甲县工作情况的报告\n——{date}在甲县第三届人民代表大会第二次会议上\n各位代表：\n一、工作回顾\n"
        "一年来，财政收入达3亿元，增长6%。\n二、下一步打算\n（一）抓项目。新建厂房5万平方米。\n三、自身建设\n严守纪律。\n"
    )
    told = [
        (block_of(found, text).period, block_of(found, text).kind)
        for text in ("3亿元", "5万平方米", "严守纪律")
    ]
    assert [(period and period.first, kind) for period, kind in told] == [
        (review, Kind.RESULT),
        (plan, Kind.PLAN),
        (plan, Kind.PLAN),
    ]


def test_two_reports_in_one_plain_file() -> None:
    one = "甲县2023年政府工作报告\n——2023年1月5日在甲县第三届人民代表大会第二次会议上\n各位代表：\n现在报告工作，请予审议。\n"
    two = one.replace("甲县", "乙县").replace("2023年1月5日", "2024年1月6日")
    found = document(f"{one}一、2022年工作回顾\n经济平稳增长，财政收入达3亿元。\n\n{two}")
    assert [(a.title, a.date) for a in found.articles] == [
        ("甲县2023年政府工作报告", "2023-01-05"),
        ("乙县2023年政府工作报告", "2024-01-06"),
    ]


def test_line_ends_of_any_kind_and_characters_that_show_nothing() -> None:
    text = "甲县简报\r\n\r\n一、２０２３年工作回顾\r全县\x00克服不利影响，完成固定资产投资１２亿元，\u200b增长８％，带动就\r\n\r\n业３００人。\n"
    found = document(text)
    block = block_of(found, "资产投资１２亿元")
    assert (
        shown(found, block.start, block.end)
        == "全县克服不利影响，完成固定资产投资１２亿元，增长８％，带动就业３００人。"
    )
    assert block.period is not None
    assert (block.section, block.period.first) == (("一、２０２３年工作回顾",), 2023)


def test_a_text_without_a_title_or_any_text() -> None:
    assert document("").articles == ()
    assert document("\n \u3000\r\n\x00\n").articles == ()
    (article,) = document("近年来，甲乡坚持党建引领，群众满意度不断提高。").articles
    assert article.title == "近年来，甲乡坚持党建引领，群众满意度不断提高"


@pytest.mark.parametrize(
    "line",
    [
        "投资增长5.1%，项目推进" * 18_000,
        "一是二是三是" * 33_000,
        "**" * 100_000,
        "（" * 200_000,
        "“" * 200_000,
        "江西省" * 66_000,
        "2023年" * 40_000,
        "字" * 200_000,
        "。" * 200_000,
        "1" * 200_000,
        "# " * 100_000,
        "<" * 200_000,
        "<!--" * 50_000,
        "[" * 200_000,
        "| a " * 50_000,
        " " * 200_000 + "字",
        "\n" * 200_000 + "字",
    ],
    ids=lambda line: repr(line[:6]),
)
def test_a_line_of_200_000_characters(line: str) -> None:
    start = time.process_time()
    found = document(line)
    assert time.process_time() - start < 4
    assert "".join(found.text[a:b] for article in found.articles for a, b in article.spans)


PIECES = st.sampled_from(
    [
        *"一二三（）()0123456789１２ \t\n\r　#*|-。，：；！“”《》〔〕[]^①¹年月日省市县区乡镇街道村\x00\u200b\ufeff\x0c\u2028",
        "\r\n",
        "\n\n",
        "# ",
        "**",
        "一、",
        "（二）",
        "1.",
        "一是",
        "二是",
        "2023年",
        "去年",
        "十四五",
        "政府工作报告",
        "工作回顾",
        "工作安排",
        "——2024年1月24日在会议上",
        "各位代表：",
        "注释",
        "[bookmark: x]",
        "（刘滨 钱文龙）",
        "南昌市",
        "西湖区",
        "朝农街道",
        "省长 李明",
        "| a | b |",
        "单位：亿元",
        "[^1]",
        "[^1]: 指",
        "1.术语：指",
        "术语1",
        "https://a.cn",
        "全市完成投资12亿元，增长8%",
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=200),
    st.lists(st.integers(0, 300), max_size=6),
    st.booleans(),
)
def test_any_text_is_understood(text: str, pages: list[int], markup: bool) -> None:
    starts = tuple(sorted({0, *(page for page in pages if page < len(text))}))
    found = understand("a.txt", Reading(text, starts, markup), "0")
    assert all(0 <= a < b <= len(text) for a, b in found.drops)
    assert all(before[1] < after[0] for before, after in pairwise(found.drops))
    blocks = sorted((b.start, b.end) for a in found.articles for b in a.blocks)
    assert all(before[1] <= after[0] for before, after in pairwise(blocks))
    for article in found.articles:
        assert article.title.strip()
        for block in article.blocks:
            assert any(a <= block.start < block.end <= b for a, b in article.spans)
            assert all(section.strip() for section in block.section)
            repaired = repair(text, block.start, block.end, found.drops)
            assert repaired.text == "".join(text[offset] for offset in repaired.offsets)
        for note in article.notes:
            assert all(0 <= mark < len(text) for mark in note.marks)
    covered = set()
    for start, end in [*blocks, *found.drops]:
        covered.update(range(start, end))
    assert all(character.isspace() or offset in covered for offset, character in enumerate(text))


def test_reading_two_megabytes_a_second(seeds: Path) -> None:
    files = [(path.name, path.read_bytes()) for path in sorted(seeds.glob("*.txt"))]
    size = sum(len(data) for _, data in files)
    fastest = float("inf")
    for _ in range(4):
        start = time.process_time()
        for name, data in files:
            understand(name, read_text(name, data), "0")
        fastest = min(fastest, time.process_time() - start)
    assert size / fastest > 2_000_000


def test_no_passage_of_the_seeds_crosses_the_border_of_an_article(read_seeds: dict[str, Document]) -> None:
    for found in read_seeds.values():
        spans = [(a.title, start, end) for a in found.articles for start, end in a.spans]
        for passage in chunk(found):
            inside = [t for t, start, end in spans if start <= passage.start and passage.end <= end]
            assert inside == [passage.title]


def test_no_passage_of_the_capital_shows_the_number_of_a_note(read_seeds: dict[str, Document]) -> None:
    found = read_seeds["004"]
    marks = [
        (note.number, mark)
        for note in found.articles[0].notes
        for mark in note.marks
        if found.text.startswith(str(note.number), mark)
    ]
    assert [number for number, _ in marks] == list(range(1, 29))
    shown_offsets = {
        offset
        for passage in chunk(found)
        for offset in repair(found.text, passage.start, passage.end, found.drops).offsets
    }
    assert [number for number, mark in marks if mark in shown_offsets] == []


PAGE = """首页 > 政务公开 > 审计公开 > 工作报告
索引号：4309230021/2024-1187345
关于安化县2023年度县级预算执行和其他
财政收支的审计工作报告

——2024年9月26日在安化县第十八届人民代表大会常务委员会第二十四次会议上

主任、各位副主任、各位委员：

一、财政管理审计情况

税收收入74386万元（2022年71512万元），占一般公共预算收入的62.70%。

主要项目如下：
项目名称 概算 送审 审定
县第二芙蓉学校 9800 10215.43 9146.20
清塘铺镇污水处理厂 4350 4187.92 3862.37

二、审计建议

（一）严控债务风险。2024年底支付率不低于85%，暂付款余额压降至4亿元以内。
"""


def test_a_saved_page_with_its_trail_and_a_title_of_two_lines() -> None:
    found = document(PAGE)
    (article,) = found.articles
    assert article.title == "关于安化县2023年度县级预算执行和其他财政收支的审计工作报告"
    assert (article.date, article.region and article.region.path[-1]) == ("2024-09-26", "安化县")
    told, planned = block_of(found, "税收收入74386万元"), block_of(found, "暂付款余额压降至")
    assert told.period is not None
    assert told.period.label == "2023年"
    assert (planned.period and planned.period.label, planned.kind) == ("2024年", Kind.PLAN)


def test_a_table_behind_the_plan_is_no_part_of_it() -> None:
    text = (
        "青山市水务局\n2023年工作总结和2024年工作计划\n\n　　2023年，全市水务系统攻坚克难，各项工作取得新的成效。\n\n"
        "一、2023年工作情况\n　　建成水库3座，新增供水能力12万吨，完成投资8.6亿元。\n\n二、2024年工作计划\n　　新建水库5座，完成投资10亿元，力争年底前主体完工。\n\n"
        "附件1\n2023年各县供水情况表\n单位：万吨\n县  城区  乡村\n东河县  31.5  12.2\n西河县  28.4  10.6\n\n"
        "青山市水务局\n2024年1月22日\n（联系人：覃某，综合科）\n"
    )
    read = document(text)
    (article,) = read.articles
    assert article.title == "青山市水务局2023年工作总结和2024年工作计划"
    assert article.date == "2024-01-22"
    table = block_of(read, "东河县  31.5")
    assert (table.form, table.kind, table.period and table.period.label) == (
        Form.TABLE,
        Kind.RESULT,
        "2023年",
    )
    assert shown(read, table.start, table.end).startswith("2023年各县供水情况表")
    assert block_of(read, "新建水库5座").kind is Kind.PLAN


def test_the_sentence_that_leads_to_a_table_is_its_caption() -> None:
    read = document(
        "某市报告\n2024年1月9日\n\n　　审计项目10个。主要项目如下（单位：万元）：\n项目名称 概算 送审 审定\n东河防洪堤 18600 17842.60 16237.15\n西河公路 15200 14936.28 13681.50\n"
    )
    table = block_of(read, "东河防洪堤")
    assert shown(read, table.start, table.end).startswith("主要项目如下（单位：万元）：")
    assert shown(read, *(lambda b: (b.start, b.end))(block_of(read, "审计项目10个"))) == "审计项目10个。"


def test_what_a_page_has_about_its_text() -> None:
    text = (
        "无障碍浏览 | 进入关怀版 | 设为首页\n\n# 2023年青山市水资源公报 {#top}\n\n（2024年3月12日）\n\n"
        "[一、水量](#_1) [二、目标](#_2)\n\n## 一、水量 {#_1}\n\n全年水资源总量31亿立方米。&nbsp;\n\n\\- 2 -\n\n## 二、目标 {#_2}\n\n2024年用水总量控制在12亿立方米以内。\n"
    )
    read = document(text)
    (article,) = read.articles
    assert (article.title, article.date) == ("2023年青山市水资源公报", "2024-03-12")
    block = block_of(read, "全年水资源总量")
    assert (block.section, block.kind) == (("一、水量",), Kind.RESULT)
    assert shown(read, block.start, block.end) == "全年水资源总量31亿立方米。"


def test_a_salutation_with_a_narrow_colon_is_no_heading() -> None:
    text = (
        "2025年青山市政府工作报告\n\n各位代表:\n\n现在,我代表市人民政府作报告,请予审议。\n\n一、2024年工作回顾\n\n"
        "过去一年,全市粮食产量31万吨。\n\n二、2025年工作安排\n\n新建幼儿园15所。\n"
    )
    read = document(text)
    assert block_of(read, "请予审议").section == ()
    assert block_of(read, "粮食产量31万吨").section == ("一、2024年工作回顾",)


def test_a_body_and_a_date_parted_by_a_bar_are_a_byline() -> None:
    text = "# 青山市2024年能源消费情况\n\n> 青山市统计局 能源科 | 2025年3月11日\n\n2024年，能源消费平稳增长，结构优化。\n"
    read = document(text)
    assert read.articles[0].date == "2025-03-11"
    assert block_of(read, "能源消费平稳增长").form is Form.PARAGRAPH


def test_a_census_is_of_its_year() -> None:
    text = "某州第七次全国人口普查公报\n2021年6月11日\n\n一、总人口\n\n全州常住人口为3321413人。\n\n二、城乡情况\n\n城镇人口1594560人。\n"
    found = document(text)
    block = block_of(found, "城镇人口")
    assert (block.period and block.period.label, block.kind) == ("2020年", Kind.RESULT)
