"""Rows and heads of tables of every make, and what looks like them and is none."""

import time

import pytest

from eval.matching import normalise
from rag.answering.figures import find_figures
from rag.answering.phrases.verdict import is_reached
from rag.answering.slots.fitting import year_begun
from rag.answering.table_rows import read_head, read_rows
from rag.answering.tables import read_tables
from rag.corpus.lines import is_publication
from rag.corpus.periods import year_looked_back_on, years
from rag.corpus.repair import find_paragraphs
from rag.corpus.table_lines import find_tables, is_table_row, may_head_table
from rag.question import find_kind
from rag.types import AnswerKind, Chunk, Kind, Level, Region


@pytest.mark.parametrize(
    "line",
    [
        "| 甲市 | 12 |",
        "甲市    8034   1002.4   80.5",
        "全省      176171 1023.9   1803.8",
        "全  市    108600    34820",
        "资阳区 63.15 5.21 48.21 32.46 4.36",
        "南  县 108.77 8.96 52.64",
        "粮食播种面积 万亩 560.91 562.38 562.5以上",
        "高标准农田新建 万亩 28.0 24.5(计划) 19.8",
    ],
)
def test_a_row(line: str) -> None:
    assert is_table_row(line)


@pytest.mark.parametrize(
    "line",
    [
        "联系电话：0851 8682 1234",
        "居民收入分别增长5.6% 7.8% 9.1%",
        "日期 2024 01 15",
        "全市共有普通高中 87 所，招生 7.24 万人",
        "开会 签到 12",
        "联系电话 0791 8621 0000",
        "附件 1 2 3",
        "总结 … … …",
        "赣府字 〔2023〕 5 10 200",
        "工  作  报  告",
        "目    录",
    ],
)
def test_no_row(line: str) -> None:
    assert not is_table_row(line)


def test_a_head_of_two_lines_names_each_column() -> None:
    text = (
        "地  区          城镇新增就业    职业技能培训    企业职工养老保险\n"
        "                  (人)      (人次)       参保(万人)\n"
        "甲市             13624          9836           36.42\n"
    )
    (rows,) = read_rows(text)
    assert [cell.text for cell in rows.head] == [
        "地  区",
        "城镇新增就业(人)",
        "职业技能培训(人次)",
        "企业职工养老保险参保(万人)",
    ]
    assert [[cell.text for cell in row.cells] for row in rows.rows] == [["甲市", "13624", "9836", "36.42"]]


def test_a_second_head_begins_a_second_table() -> None:
    text = "地区  旅游收入（亿元）  游客（万人次）\n甲区  100.5  520\n地区  教育支出（亿元）  学生（万人）\n甲区  31.7  7.1"
    first, second = read_rows(text)
    assert first.head[1].text == "旅游收入（亿元）"
    assert second.head[1].text == "教育支出（亿元）"


def test_years_are_heads() -> None:
    (rows,) = read_rows("| 项目 | 2022 | 2023 |\n| 茶园面积 | 12.1 | 13.4 |")
    assert [cell.text for cell in rows.head] == ["项目", "2022", "2023"]


def test_a_name_of_one_letter_and_its_unit_are_two_cells() -> None:
    assert may_head_table("产品  单位  产量  增长")
    (rows,) = read_rows("产品  单位  产量  增长\n煤  吨  100  2.5")
    assert [cell.text for cell in rows.rows[0].cells] == ["煤", "吨", "100", "2.5"]


def test_contents_are_dropped_and_a_row_with_no_figure_is_not() -> None:
    text = "目  录\n一、概述 ………… 1\n二、水量 ………… 2\n\n一、概述\n正文在此。\n"
    paragraphs, _ = find_paragraphs(text, [], markup=False)
    assert [paragraph.text for paragraph in paragraphs] == ["一、概述", "正文在此。"]
    table = "地区  甲  乙\n甲市  12  34\n其他  ……  12\n乙市  5  6\n"
    (paragraph,), _ = find_paragraphs(table, [], markup=False)
    assert paragraph.table


def test_blanks_around_figures_are_dropped_where_they_make_no_other_number() -> None:
    text = "发放补贴 2.86 亿元，入围 2023 百强企业，占 31 %。"
    (paragraph,), _ = find_paragraphs(text, [], markup=False)
    assert "发放补贴2.86亿元" in paragraph.text
    assert "2023 百强企业" in paragraph.text


def test_the_mark_of_a_footnote_is_no_figure_and_a_figure_in_brackets_is() -> None:
    assert [figure.value for figure in find_figures("生产总值[2]341亿元")] == [341 * 10**8]
    assert [figure.value for figure in find_figures("新增企业[37家]")] == [37]


def test_a_target_for_what_is_reduced_is_met_by_more() -> None:
    three, four = (find_figures(text)[0] for text in ("3.0%", "3.5%"))
    assert is_reached("单位gdp能耗降低率达到目标了吗", three, four)
    assert not is_reached("中心城区pm2.5达到目标了吗", three, four)


def test_what_a_change_began_from_long_ago_is_not_of_the_year_before() -> None:
    (figure, _) = find_figures("养老床位由3000张增加到8000张")
    assert year_begun("养老床位由3000张增加到8000张", figure, years(2023)) == years(2022)
    text = "养老床位从五年前的3000张增加到8000张"
    figure = next(each for each in find_figures(text) if each.value == 3000)
    assert year_begun(text, figure, years(2023)) is None


def test_measures_by_which_a_statistic_rose_are_no_figure() -> None:
    assert find_kind("增加农民收入的措施") is not AnswerKind.FIGURE
    assert find_kind("贵州省本级科技支出2023决算") is AnswerKind.FIGURE


def test_rows_between_single_spaces_have_the_head_above_them() -> None:
    text = "指标 单位 2022年实绩 2024年目标\n粮食总产量 亿斤 45.11 45.62 45.8\n"
    assert not [rows.head for rows in read_rows(text) if rows.head]  # one column more than the head names
    text = "指标 单位 2022年实绩 2023年实绩 2024年目标\n粮食总产量 亿斤 45.11 45.62 45.8以上\n"
    (rows,) = read_rows(text)
    assert [cell.text for cell in rows.head] == ["指标", "单位", "2022年实绩", "2023年实绩", "2024年目标"]
    assert [cell.text for cell in rows.rows[0].cells] == ["粮食总产量", "亿斤", "45.11", "45.62", "45.8以上"]


def _told(text: str, date: str = "2024-02-01", kind: Kind = Kind.RESULT) -> list[str]:
    region = Region(("湖南省", "益阳市"), Level.CITY)
    chunk = Chunk(0, "a.txt", 0, len(text), text, "某市报告", (), region, None, kind, date=date)
    return [figure.told for figure in read_tables(chunk)]


def test_a_change_has_the_name_in_its_own_head() -> None:
    told = _told("| 地区 | GDP（亿元） | 同比±% | 位次 | 投资±% |\n| 桃江县 | 268.3 | 5.2 | 6 | -1.4 |")
    assert told == [
        "桃江县GDP为268.3亿元",
        "桃江县GDP比上年增长5.2%",
        "桃江县GDP增速位次第6位",
        "桃江县投资比上年下降1.4%",
    ]
    told = _told("| 指标 | 单位 | 上半年 | 同比±% | 一季度同比±% |\n| 生产总值 | 亿元 | 1936.4 | 5.6 | 5.4 |")
    assert told[1:] == ["生产总值上半年比上年增长5.6%", "生产总值一季度比上年增长5.4%"]


def test_heads_of_several_rows_with_cells_over_several_columns() -> None:
    told = _told(
        "| （勾稽关系） | | 申请人情况 | 申请人情况 | 申请人情况 |\n|---|---|---|---|---|\n| | | 自然人 | 法人 | |\n"
        "| | | | 企业 | 其他 |\n| 一、本年新收申请 | | 187 | 16 | 2 |\n| 三、办理结果 | （一）予以公开 | 71 | 7 | 1 |"
    )
    assert told[:3] == ["本年新收申请自然人187", "本年新收申请法人企业16", "本年新收申请法人其他2"]
    assert told[3:] == ["办理结果予以公开自然人71", "办理结果予以公开法人企业7", "办理结果予以公开法人其他1"]


def test_a_table_within_a_table_has_its_own_head() -> None:
    told = _told(
        "|第（一）项|第（一）项|第（一）项|\n|-|-|-|\n|信息内容|本年制发件数|现行有效件数|\n|规范性文件|12|87|\n"
        "|第（八）项| | |\n|信息内容|本年收费金额（单位：万元）| |\n|行政事业性收费|18642.37| |"
    )
    assert told == [
        "2024年规范性文件制发件数12",
        "规范性文件现行有效件数87",
        "2024年行政事业性收费收费金额18642.37万元",
    ]


def test_rows_are_named_by_all_the_cells_below_one_head() -> None:
    caption = "表1 2023年居民人均可支配收入\n单位：元、%\n"
    told = _told(
        f"{caption}| 指标 | 指标 | 2023年 | 2022年 | 比上年增长 |\n| 城镇居民 | 工资性收入 | 28906 | 27614 | 4.7 |"
    )
    assert told == [
        "2023年城镇居民工资性收入28906元",
        "2022年城镇居民工资性收入27614元",
        "2023年城镇居民工资性收入比上年增长4.7%",
    ]
    told = _told(f"{caption}| 片区 | 区县 | 全体居民 | 城镇居民绝对额 |\n| 东部 | 桃江县 | 57812 | 57813 |")
    assert told == ["2023年桃江县全体居民人均可支配收入57812元", "2023年桃江县城镇居民人均可支配收入57813元"]


@pytest.mark.parametrize(
    ("units", "told"),
    [
        ("单位：公顷；%；万立方米", ["桃江县土地面积191公顷", "桃江县蓄积量58万立方米", "桃江县覆盖率55%"]),
        ("面积单位：亩；单位：万元", ["桃江县土地面积191亩", "桃江县蓄积量58万元", "桃江县覆盖率55"]),
        ("单位：人、件", ["桃江县土地面积191", "桃江县蓄积量58", "桃江县覆盖率55"]),
    ],
)
def test_of_several_units_each_figure_has_the_one_that_measures_it(units: str, told: list[str]) -> None:
    caption = f"表1 各县情况（{units}）\n"
    assert _told(f"{caption}| 县市 | 土地面积 | 蓄积量 | 覆盖率 |\n| 桃江县 | 191 | 58 | 55 |") == told


def test_what_has_no_unit_of_the_table() -> None:
    told = _told("单位：人\n| 县市 | 男 | 性别比 |\n| 桃江县 | 404,962 | 103.48 |")
    assert told == ["桃江县男性404,962人", "桃江县性别比103.48"]
    told = _told("表7 储备物资（年末数）\n| 品名 | 单位 | 2023年 |\n| 救灾帐篷 | 顶 | 2,160 |")
    assert told == ["2023年救灾帐篷2,160"]
    assert _told("| 单位 | 场次 | 人数 |\n| 县水务局 | 3 | 96 |") == ["县水务局场次3", "县水务局人数96"]


def test_years_of_two_digits_and_rows_of_a_year() -> None:
    told = _told("| 院别 | 逮捕23 | 22年 | 同比 |\n| 市检察院 | 28 | 31 | -9.7 |")
    assert told == ["2023年市检察院逮捕28", "2022年市检察院逮捕31", "2023年市检察院逮捕比上年下降9.7%"]
    told = _told("表2 2023年营造林（单位：公顷）\n| 区县 | 合计 |\n| 2022年合计 | 16,556 |")
    assert told == ["2022年全市营造林16,556公顷"]


def test_rows_of_words_and_figures_between_single_spaces() -> None:
    text = (
        "重大项目进展表（单位：亿元）\n序号 项目名称 所在地 总投资 2023年完成 状态\n1 夜游综合体 阳朔县 6.80 1.92 竣工\n"
        "2 慢行绿道（二期） 阳朔县 2.35 1.10 竣工\n合计 9.15 3.02"
    )
    head = read_head("\n".join(text.split("\n")[:2]))
    assert [cell.text for cell in head[0]][:2] == ["序号", "项目名称"]
    rows = next(iter(read_rows(text))).rows
    assert [row.cells[1].text for row in rows] == ["夜游综合体", "慢行绿道（二期）", "9.15"]
    assert not any(row.is_head for row in rows)


def test_rows_of_years() -> None:
    told = _told("| 年份 | GDP（亿元） | 增速（%） |\n| 2021 | 2019.3 | 8.2 |\n| 2022 | 2100.1 | 4.6 |")
    assert told == [
        "2021年GDP为2019.3亿元",
        "2021年GDP比上年增长8.2%",
        "2022年GDP为2100.1亿元",
        "2022年GDP比上年增长4.6%",
    ]
    assert _told("| 月份 | 客流（万人次） |\n| 1 | 12 |\n| 2 | 14 |") == []


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (
            "| 项目 | 内容 | 投资（万元） |\n| 水库 | 新建 | 80 |\n| 二、交通 | | |\n| 公路 | 改建 | 待定 |\n| 桥梁 | 新建 | 30 |",
            ["水库投资80万元", "桥梁投资30万元"],
        ),
        (
            "| 区县 | 初中 | | 备注 |\n| 桃江县 | 待定 | 未报 | 待核 |\n| 安化县 | 12 | 13 | |",
            ["安化县初中12", "安化县13"],
        ),
        (
            "| 险种 | 缴费15年 | 缴费20年 |\n| 养老金（元） | 850 | 1200 |",
            ["养老金缴费15年850元", "养老金缴费20年1200元"],
        ),
        (
            "| 县市 | 总分 | 2022年排名 | 2023年排名 |\n| 桃江县 | 91 | 4 | 3 |",
            ["桃江县总分91", "2022年桃江县总分位次第4位", "2023年桃江县总分位次第3位"],
        ),
        ("| 指标 | 2023年(比上年±%) |\n| 失业率 | 4.5(0.2) |", []),
    ],
)
def test_what_only_looks_like_a_head_or_a_year(table: str, told: list[str]) -> None:
    assert _told(table) == told


@pytest.mark.parametrize("name", ["低保人员补助支出", "接待游客收入", "人员经费", "就业补助资金"])
def test_the_last_word_of_a_name_says_its_unit(name: str) -> None:
    assert _told(f"单位：万元、人\n| 指标 | 2023年 |\n| {name} | 3500 |") == [f"2023年{name}3500万元"]


@pytest.mark.parametrize(
    "lines",
    [
        "1 张三 男 汉族\n2 李四 女 汉族\n3 王五 男 苗族",
        "城关镇 王建国 0737 8882001\n桃花江镇 李卫东 0737 8882002",
        "8 月 15 日 上午 开幕\n8 月 16 日 上午 分组",
        "王小明 男 1965 汉族 大学\n李四海 男 1970 汉族 硕士",
    ],
)
def test_lists_of_names_and_telephones_are_no_tables(lines: str) -> None:
    texts = lines.split("\n")
    assert find_tables(texts, [True] * len(texts)) == ([False] * len(texts), [False] * len(texts))


def test_a_menu_of_many_items_is_read_in_no_time() -> None:
    line = " | ".join(["首页", "新闻动态", "政务公开", "办事服务", "互动交流", "县情"] * 4)
    started = time.perf_counter()
    assert not is_publication(line)
    assert is_publication("无障碍浏览 | 进入关怀版 | 设为首页 | 今天")
    assert time.perf_counter() - started < 0.05


def test_two_units_beside_a_table_are_of_figures_and_shares() -> None:
    told = _told(
        "表1　常住人口　单位：人、%\n| 县市 | 2020年人口 | 2010年人口 | 比重 2020年 |\n| 桃江县 | 796,318 | 751,206 | 23.98 |"
    )
    assert told == ["2020年桃江县人口796,318人", "2010年桃江县人口751,206人", "2020年桃江县人口比重23.98%"]
    told = _told("表3　城乡居民收支（元）\n| 项目 | 全体 | 城镇 |\n| 人均可支配收入 | 19842 | 24936 |")
    assert told == ["人均可支配收入全体19842元", "人均可支配收入城镇24936元"]


def test_only_what_is_called_a_target_lies_ahead_of_the_report() -> None:
    table = "| 指标 | 单位 | 2022年 | 2023年 |\n| 年末常住人口 | 万人 | 329.48 | 327.35 |"
    assert _told(table, "2021-06-11") == ["2022年年末常住人口329.48万人", "2023年年末常住人口327.35万人"]
    aims = table.replace("2023年", "2023年目标")
    assert _told(aims, "2021-06-11")[1] == "2023年目标年末常住人口327.35万人"


def test_thousands_that_a_blank_parts_are_one_number() -> None:
    (paragraph,), _ = find_paragraphs(
        "登记合作社8 764家，收入1 274亿元，2023 126名代表到会。", [], markup=False
    )
    assert paragraph.text == "登记合作社8764家，收入1274亿元，2023 126名代表到会。"
    (paragraph,), _ = find_paragraphs("三个园区分别投资150 200 300万元。", [], markup=False)
    assert paragraph.text == "三个园区分别投资150 200 300万元。"


@pytest.mark.parametrize("line", ["123 " * 50_000, "合计 " + "123 " * 50_000 + "。"])
def test_a_long_line_of_numbers_is_read_in_no_time(line: str) -> None:
    started = time.perf_counter()
    find_paragraphs(line, [], markup=False)
    normalise(line)
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    ("line", "is_page"),
    [
        ("首页 > 政务公开 > 审计公开", True),
        ("当前位置：首页 > 法院公开 > 工作报告", True),
        ("某县人民政府门户网站 > 政府信息公开", True),
        ("浏览次数：1846", True),
        ("字号：[大] [中] [小]    打印    关闭", True),
        ("浏览量：全年网站浏览量1200万次", False),
        ("位置：县城东部，面积120亩", False),
        ("公开范围：全县15个部门的预决算公开率100%", False),
        ("坚持问题导向＞目标导向＞结果导向", False),
        ("全县生产总值增速＞全市＞全省", False),
    ],
)
def test_what_stands_about_a_saved_page(line: str, is_page: bool) -> None:
    assert is_publication(line) is is_page


def test_tabs_set_out_names_and_heads_over_several_columns() -> None:
    told = _told(
        "表3　医保收支　（单位：亿元）\n地  区\t职工医保\t\t居民医保\n\t收入\t支出\t收入\t支出\n全  市\t528.36\t436.82\t46.93\t45.18\n"
        "合  计\t530.10\t440.20\t47.10\t46.20\n"
    )
    assert told[1:3] == ["全市职工医保支出436.82亿元", "全市居民医保收入46.93亿元"]
    told = _told(
        "表4　就诊情况\n\t人次（万）\t次均费用（元）\t机构（家）\n三级医院\t92.36\t18427\t24\n二级医院\t66.07\t10652\t61\n"
    )
    assert told[:2] == ["三级医院人次92.36万人次", "三级医院次均费用18427元"]


def test_few_columns_between_single_spaces_need_many_rows() -> None:
    rows = "海曙区 17.86 13.92\n江北区 8.43 5.86\n镇海区 9.27 6.71\n北仑区 13.58 9.64\n鄞州区 27.74 22.38\n"
    assert _told(f"地区 耕地面积 永久基本农田\n{rows}")[:2] == [
        "海曙区耕地面积17.86",
        "海曙区永久基本农田13.92",
    ]
    assert _told("组长 副组长 成员\n张三 1 2\n李四 2 3\n") == []


def test_the_end_of_a_year_and_how_much_of_a_budget_is_done() -> None:
    told = _told(
        "| 科目 | 2022年末余额 | 预算数 | 执行数 | 完成% |\n| 一般债务 | 16.8 | 18.1 | 18.5 | 102.2 |"
    )
    assert told[0] == "2022年一般债务年末余额16.8"
    assert told[-1] == "一般债务完成率102.2%"


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("2024年一季度某市外贸情况", 2024),
        ("2023年省级决算的报告", 2023),
        ("2024年政府工作报告", None),
        ("2024年上半年工作要点", None),
        ("2024年11-12月情况", None),
    ],
)
def test_the_year_that_a_title_looks_back_on(title: str, year: int | None) -> None:
    assert year_looked_back_on(title, 2024) == year


def test_initial_schools_are_no_beginning_of_a_year() -> None:
    assert (
        _told("| 地区 | 2023年初中在校生数（万人） |\n| 惠民县 | 1.32 |\n| 阳信县 | 1.21 |")[0]
        == "2023年惠民县初中在校生数1.32万人"
    )
    assert _told("| 项目 | 单位 | 目标 | 完成 |\n| 新增停车位 | 个 | 5000 | 5230 |")[-1] == "新增停车位5230个"


@pytest.mark.parametrize(
    "lines",
    [
        "姓名 职务 年龄\n王小明 县长 52\n李大海 书记 55\n张伟 主任 48\n刘芳 局长 46\n",
        "单位 地点 班次\n东关镇 大院 3\n西关镇 广场 4\n南关镇 车站 5\n北关镇 学校 6\n",
    ],
)
def test_rosters_are_no_tables(lines: str) -> None:
    assert not any(paragraph.table for paragraph in find_paragraphs(lines, (), markup=False)[0])


def test_tabs_and_wide_gaps_in_one_row_both_part_it() -> None:
    assert (
        _told("指标\t2022年  2023年\n公立医院数（家）\t12  13\n医院床位数（张）\t1520  1685\n")[1]
        == "2023年公立医院数13家"
    )


def test_a_long_line_of_letters_between_tabs_is_read_in_no_time() -> None:
    started = time.process_time()
    find_paragraphs("字\t" * 20_000, (), markup=False)
    assert time.process_time() - started < 2
