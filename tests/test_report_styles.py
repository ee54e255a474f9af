"""Reports as other offices set them: no numbers, digits for dates, figures with notes, running heads, newspapers."""

from rag.corpus.readers import Reading, read_text
from rag.corpus.structure import understand
from rag.text import repair
from rag.types import Article, Block, Document, Form, Kind


def document(text: str) -> Document:
    return understand("a.txt", Reading(text), "0")


def shown(document: Document, start: int, end: int) -> str:
    return repair(document.text, start, end, document.drops).text


def block_of(document: Document, text: str) -> Block:
    """The only block whose shown text holds `text`."""
    found = [b for a in document.articles for b in a.blocks if text in shown(document, b.start, b.end)]
    assert len(found) == 1, text
    return found[0]


def told(document: Document, text: str) -> tuple[tuple[str, ...], str | None, Kind]:
    block = block_of(document, text)
    return block.section, block.period and block.period.label, block.kind


def place(article: Article) -> str | None:
    return article.region and article.region.name


def test_plain_headings_without_numbers_hold_all_that_stands_below_them() -> None:
    found = document(
        "政府工作报告\n——2024年2月20日在蓬溪县第十九届人民代表大会第四次会议上\n\n各位代表：\n2023年工作回顾\n"
        "过去一年，全县生产总值增长6.5%。\n新增就业3210人，比上年增加12.3%。\n（一）生态。森林覆盖率达45.2%，有所提高。\n"
        "2024年工作安排\n今年，生产总值增长6.5%左右。\n新建高标准农田3.5万亩，改造老旧小区12个。\n"
    )
    assert told(found, "3210人") == (("2023年工作回顾",), "2023年", Kind.RESULT)
    assert told(found, "45.2%") == (("2023年工作回顾", "（一）生态"), "2023年", Kind.RESULT)
    assert told(found, "3.5万亩") == (("2024年工作安排",), "2024年", Kind.PLAN)


def test_half_width_punctuation() -> None:
    found = document(
        "鄂托克前旗政府工作报告\r\n(2023年12月28日)\r\n\r\n一,2023年工作回顾\r\n２０２３年,生产总值完成１８６．５亿元,增长6.8%.\n"
        "(一)生态建设.完成造林12万亩,植被盖度达到52%.\r二,2024年工作打算\n生产总值增长7%以上,力争8%.\n"
    )
    assert found.articles[0].date == "2023-12-28"
    assert told(found, "１８６．５亿元") == (("一,2023年工作回顾",), "2023年", Kind.RESULT)
    assert told(found, "12万亩") == (("一,2023年工作回顾", "(一)生态建设"), "2023年", Kind.RESULT)
    assert told(found, "7%以上") == (("二,2024年工作打算",), "2024年", Kind.PLAN)


def test_a_bureau_signs_with_the_date_below_the_title() -> None:
    (article,) = document(
        "2023年国民经济和社会发展统计公报\n\n陕西省蓝田县统计局　2024年4月8日\n\n一、综合\n年末常住人口49.35万人，有所增加。\n"
    ).articles
    assert (article.date, article.issuer) == ("2024-04-08", "陕西省蓝田县统计局")
    assert place(article) == "陕西省西安市蓝田县"


def test_the_date_of_a_news_page_in_digits() -> None:
    for line in (
        "发布时间：2023-11-05 10:20 来源：青海日报",
        "2023/11/5 来源:青海日报",
        "来源：青海日报 2023年11月5日",
    ):
        found = document(
            f"# 湟源县推进乡村振兴\n\n{line}\n\n今年以来，湟源县投入资金1200万元，带动农户增收。\n"
        )
        assert found.articles[0].date == "2023-11-05"
        assert told(found, "1200万元") == ((), "2023年", Kind.RESULT)
    assert document("# 甲县简报\n\n编号 12-11-05\n\n投入资金1200万元。\n").articles[0].date is None


def test_the_date_that_a_page_keeps_in_its_head() -> None:
    page = (
        "<html><head><title>湟源县推进乡村振兴</title><meta name='PubDate' content='2023-11-05 10:20'></head>"
        "<body><h1>湟源县推进乡村振兴</h1>{}<p>今年以来，湟源县投入资金1200万元，带动农户增收。</p></body></html>"
    )
    for line, date in (("", "2023-11-05"), ("<p>发布时间：2023-11-04</p>", "2023-11-04")):
        reading = read_text("a.html", page.format(line).encode())
        (article,) = understand("a.html", reading, "0").articles
        assert (article.title, article.date) == ("湟源县推进乡村振兴", date)


def test_a_table_of_several_years_tells_of_all_of_them() -> None:
    found = document(
        "# 彭州市主要经济指标\n\n主要指标完成情况（单位：亿元）\n\n"
        "| 指标 | 2022年 | 2023年 |\n| 生产总值 | 600.1 | 640.5 |\n| 固定资产 | 2015 | 2019 |\n"
    )
    (table,) = [block for block in found.articles[0].blocks if block.form is Form.TABLE]
    assert shown(found, table.start, table.end).startswith("主要指标完成情况（单位：亿元）\n\n| 指标")
    assert (table.period and table.period.label, table.kind) == ("2022—2023年", Kind.RESULT)


def test_years_in_the_first_column_of_a_table() -> None:
    found = document("# 甲县粮食产量\n\n单位：万吨\n| 年份 | 产量 |\n| 2020年 | 12.1 |\n| 2021年 | 2015 |\n")
    (table,) = [block for block in found.articles[0].blocks if block.form is Form.TABLE]
    assert table.period is not None
    assert table.period.label == "2020—2021年"


def test_a_running_head_that_opens_the_file_cuts_no_sentence_and_begins_no_article() -> None:
    head = "内部资料 注意保存"
    found = document(
        f"{head}\n政府工作报告\n——2023年1月6日在习水县第十八届人民代表大会第三次会议上\n{head}\n各位代表：\n一、过去五年工作回顾\n"
        f"五年来，我们始终坚持发展第一要务，全县地区生产总值从2017年的168亿元增加到\n{head}\n\n- 2 -\n232亿元，年均增长7.1%。\n"
    )
    assert [article.title for article in found.articles] == ["政府工作报告"]
    block = block_of(found, "年均增长7.1%")
    assert "增加到232亿元，年均增长7.1%。" in shown(found, block.start, block.end)


def test_titles_with_a_colon_on_a_newspaper_page_of_plain_text() -> None:
    found = document(
        "潍坊：坊子区打造智慧农业高地\n\n今年以来，坊子区建设智慧大棚320座，亩均增收2100元。\n（刘志强 王丽）\n\n"
        "寿光市稻田镇推进人居环境整治\n\n稻田镇整治村庄42个，改造户厕1200个。（张建国）\n\n"
        "昌乐县乔官镇：西瓜甜了好日子\n\n6月12日，乔官镇的西瓜大棚达到3.5万亩，年产值12亿元。\n（孙晓梅）\n"
    )
    assert [(a.title, place(a), a.author) for a in found.articles] == [
        ("潍坊：坊子区打造智慧农业高地", "山东省潍坊市坊子区", "刘志强 王丽"),
        ("寿光市稻田镇推进人居环境整治", "山东省潍坊市寿光市稻田镇", "张建国"),
        ("昌乐县乔官镇：西瓜甜了好日子", "山东省潍坊市昌乐县乔官镇", "孙晓梅"),
    ]


def test_marks_of_notes_behind_figures() -> None:
    found = document(
        "习水县2022年工作报告\n\n一、回顾\n白酒产业产值达到190亿元1。环境优良率达98%2，新增企业35家，其中大型3家。\n\n名词解释\n"
        "1.白酒产业产值：规模以上企业产值。\n2.环境优良率：达标天数的比例。\n3.大型：年产值超亿元。\n"
    )
    block = block_of(found, "190亿元")
    assert shown(found, block.start, block.end) == (
        "白酒产业产值达到190亿元。环境优良率达98%，新增企业35家，其中大型3家。"
    )


def test_a_table_between_tabs_is_a_table_of_its_article() -> None:
    found = document(
        "融水苗族自治县2022年财政决算报告\n\n一、预算执行情况\n\n一般公共预算收入5.62亿元，有所增加。\n\n单位：万元\n"
        "项目\t预算数\t决算数\n增值税\t12000\t12500\n\n二、债务情况\n\n政府债务余额32.5亿元，比上年增加2.1亿元。\n"
    )
    (article,) = found.articles
    (table,) = [block for block in article.blocks if block.form is Form.TABLE]
    assert shown(found, table.start, table.end) == "单位：万元\n项目\t预算数\t决算数\n增值税\t12000\t12500"
    assert told(found, "增值税") == (("一、预算执行情况",), "2022年", Kind.RESULT)
    assert told(found, "32.5亿元") == (("二、债务情况",), "2022年", Kind.RESULT)


def test_notes_that_end_a_text_without_a_heading() -> None:
    found = document(
        "# 2023年朝阳区教育工作总结\n\n培训教师1.2万人次[1]，普惠率[2]达到92%。\n\n[1] 含线上培训。\n\n[2] 普惠率：普惠园幼儿占比。\n"
    )
    assert "培训教师1.2万人次，普惠率达到92%。" in shown(found, 0, len(found.text))
    assert [(n.number, n.term) for n in found.articles[0].notes] == [(1, "培训教师1.2万人次"), (2, "普惠率")]
    listed = document("# 甲县总结\n\n主要做法有两条。\n\n①抓项目，新增35个。\n\n②抓招商，引资6亿元。\n")
    assert listed.articles[0].notes == ()


def test_who_signs_below_a_text() -> None:
    found = document("# 关于法治建设情况的报告\n\n受理行政复议35件。\n\n大姚县人民政府\n\n2024年3月1日\n")
    assert (found.articles[0].issuer, found.articles[0].date) == ("大姚县人民政府", "2024-03-01")
