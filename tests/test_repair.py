"""What is never shown, and sentences made whole."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus.lines import is_numbered_heading, merge, numbering, read_number, without
from rag.corpus.repair import find_paragraphs
from rag.corpus.signatures import sign_off

LONG = "全市上下全面贯彻会议精神，扎实推进各项重点工作，经济社会发展取得了"


def texts(text: str, pages: tuple[int, ...] = (), markup: bool = False) -> list[str]:
    return [paragraph.text for paragraph in find_paragraphs(text, pages, markup)[0]]


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        (f"{LONG}36\n\n个荣誉。\n", [f"{LONG}36个荣誉。"]),
        ("甲市&nbsp;&nbsp;12&nbsp;&nbsp;34\n", ["甲市&nbsp;&nbsp;12&nbsp;&nbsp;34"]),
        ("　　全年增长5%，好于预期。&nbsp;\n\n&nbsp;\n", ["全年增长5%，好于预期。"]),
        (f"{LONG}36\r\n\r\n　　个荣誉。\n", [f"{LONG}36个荣誉。"]),
        (f"{LONG}成效。\n\n下一段，说明别的情况。\n", [f"{LONG}成效。", "下一段，说明别的情况。"]),
        (f"{LONG}成效：\n\n一是抓项目，促增长。\n", [f"{LONG}成效：", "一是抓项目，促增长。"]),
        (f"{LONG}“好评”\n\n下一段，说明别的情况。\n", [f"{LONG}“好评”", "下一段，说明别的情况。"]),
        (f"{LONG}\n\n（二）抓投资，促增长。\n", [LONG, "（二）抓投资，促增长。"]),
        (f"{LONG}\n\n# 标题\n", [LONG, "标题"]),
        (f"{LONG}\n\n另一篇文章的标题\n", [LONG, "另一篇文章的标题"]),
        ("一、工作回顾\n去年，全县经济平稳运行。\n", ["一、工作回顾", "去年，全县经济平稳运行。"]),
        ("2024年政府工作报告\n县长 李明\n", ["2024年政府工作报告", "县长 李明"]),
        (
            f"# 标题\n\n> 市统计局 | 2025年3月11日\n\n{LONG}成效。\n",
            ["标题", "> 市统计局 | 2025年3月11日", f"{LONG}成效。"],
        ),
    ],
)
def test_cut_sentences_are_joined_and_nothing_else(text: str, paragraphs: list[str]) -> None:
    assert texts(text) == paragraphs


def test_paragraphs_of_a_reader_are_whole() -> None:
    items = f"{LONG}\n\n{LONG}\n\n"
    assert texts(items, markup=True) == [LONG, LONG]
    assert texts(items) == [LONG + LONG]
    assert texts(f"{LONG}，\n\n成效显著。\n", markup=True) == [f"{LONG}，成效显著。"]


def test_lines_broken_at_one_width_are_joined() -> None:
    sentence = "我们坚持稳字当头、稳中求进，着力稳增长、调结构、惠民生、防风险，经济社会保持平稳健康发展。"
    paragraph = sentence * 4
    lines = [paragraph[i : i + 30] for i in range(0, len(paragraph), 30)]
    block = "　　" + "\n".join(lines) + "\n"
    assert texts(block * 4) == [paragraph] * 4


def test_the_width_of_a_line_is_that_of_print() -> None:
    """Digits take half the width of a character, so a line of figures is as full as a shorter one of words."""
    line = "（一）2023年全市完成投资1250.6亿元、增长12.5%，其中工业投"
    block = f"　　同时，我们也清醒看到，发展中还存在不少困难和问题：一\n是产业层次仍然偏低，传统产业产值占规上工业比重高。\n　　{line}\n资600亿元。\n"
    assert (
        "同时，我们也清醒看到，发展中还存在不少困难和问题：一是产业层次仍然偏低，传统产业产值占规上工业比重高。"
        in texts(block * 4)
    )


def test_a_head_that_was_broken_within_its_cells_is_whole() -> None:
    rows = "市本级  31.74  70.36  24.38  167.52\n柳江  3.28  5.87  2.16  12.84\n"
    head = "管理部  实缴职工  缴存额  贷款\n发放额  年末贷款\n余额\n"
    assert texts(head + rows)[0].startswith("管理部  实缴职工  缴存额  贷款发放额  年末贷款余额")
    units = "单位性质  缴存单位\n（个）  占比\n（%）\n国有企业  587  7.15\n集体企业  94  1.14\n"
    assert texts(units)[0].startswith("单位性质  缴存单位（个）  占比（%）\n国有企业")
    stacked = "指标  2022年  2023年\n绝对值  比上年增长\n粮食  120.5  130.5  4.4\n油料  12.5  13.5  4.1\n"
    assert "2023年绝对值" not in texts(stacked)[0]
    of_units = "地区  生产总值\n（亿元）  增速  人口\n（%）  （万人）\n甲县  120.5  6.3  30.2\n乙县  110.5  6.1  31.2\n"
    assert "人口（%）" not in texts(of_units)[0]
    spanned = "地区  2023年\n          户数  人数\n甲县  120  350\n乙县  130  360\n"
    assert texts(spanned)[0].startswith("地区  2023年")
    assert "2023年户数" not in texts(spanned)[0]


def test_watermarks_headers_and_page_numbers_are_dropped() -> None:
    mark = "更多数据尽在某平台（http://www.example.cn/list）"
    assert texts(f"{mark}\n\n{mark}\n\n{mark}\n\n政府工作报告\n") == ["政府工作报告"]
    header = "\n某县人民政府公报\n— 7 —\n"
    page = f"{LONG}成{header}效。\n"
    assert texts(page * 3) == [f"{LONG}成效。"] * 3


def test_what_repeats_for_a_reason_stays() -> None:
    rows = "责任单位：市发展改革委\n推进项目建设，确保完成。\n"
    assert texts(rows * 4) == ["责任单位：市发展改革委", "推进项目建设，确保完成。"] * 4
    cells = "工业增加值\n\n增长\n\n"
    assert texts(cells * 4) == ["工业增加值", "增长"] * 4


def test_headers_of_pages_are_known_by_their_place() -> None:
    pages = [f"某县年鉴 第{n}卷\n\n{LONG}{'甲乙丙丁'[n]}等成效。\n\n{n + 11}\n" for n in range(4)]
    starts = tuple(sum(len(page) for page in pages[:n]) for n in range(4))
    assert texts("".join(pages), starts) == [f"{LONG}{name}等成效。" for name in "甲乙丙丁"]


def test_captions_where_an_image_was() -> None:
    page = f"# 标题\n\n{LONG}成效。\n\n\n\n工人在车间作业\n\n{LONG}好评。\n\n新村一角 李明摄\n\n{LONG}。\n"
    assert texts(page) == ["标题", f"{LONG}成效。", f"{LONG}好评。", f"{LONG}。"]


def test_marks_inside_lines() -> None:
    assert texts("[bookmark: _GoBack]现在**一是**报告工作。") == ["现在一是报告工作。"]
    assert texts("a\x00b\u200bc\ufeffd") == ["abcd"]
    assert texts("见[规划](https://a.cn/b)和![图](x.png)。") == ["见规划和。"]
    assert texts("## 二级标题\n") == ["二级标题"]
    assert texts("张**、李**获奖") == ["张**、李**获奖"]


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ("开创新局面。（刘滨 钱文龙）", "刘滨 钱文龙"),
        ("大民生。“罗观树说。（黄艳 邹万香文/图）", "黄艳 邹万香"),
        ("贡献力量。(钟莉)", "钟莉"),
        ("圆满成功！（本报记者 王小明 通讯员 李强）", "王小明 李强"),
        ("数据见附表。（单位：亿元）", None),
        ("持续向好。（国家级）", None),
        ("推进项目（李家坝）", None),
        ("", None),
    ],
)
def test_authors_at_the_end_of_a_piece(text: str, authors: str | None) -> None:
    assert sign_off(text) == authors


@pytest.mark.parametrize(
    ("text", "style", "value"),
    [
        ("一、2023年工作回顾", "han", 1),
        ("（十二）推进改革", "bracketed_han", 12),
        ("(二)加快", "bracketed_han", 2),
        ("3.在前", "arabic", 3),
        ("１、项目", "arabic", 1),
        ("（4）项目", "bracketed_arabic", 4),
        ("③项目", "circled", 3),
        ("第三章 总则", "chapter", 3),
        ("第一部分 回顾", "part", 1),
        ("二是抓投资", "first_of_all", 2),
    ],
)
def test_numbering(text: str, style: str, value: int) -> None:
    number = numbering(text)
    assert number is not None
    assert (number.style, number.value) == (style, value)


@pytest.mark.parametrize("text", ["3.5万人", "2023年", "一般公共预算", "十四五", "是否", ""])
def test_no_numbering(text: str) -> None:
    assert numbering(text) is None


def test_numbered_headings() -> None:
    assert is_numbered_heading("一、2023年工作回顾")
    assert is_numbered_heading("（一）坚持产业强市、制造业立市，经济基础不断夯实。")
    assert not is_numbered_heading("（一）经济运行回升向好。制定实施政策。")
    assert not is_numbered_heading("1.项目完成。")
    assert [read_number(digits) for digits in ("十", "二十一", "12", "⑫", "x")] == [10, 21, 12, 12, 0]


RANGES = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=12)


@given(RANGES)
def test_merged_ranges_are_sorted_apart_and_cover_the_same(ranges: list[tuple[int, int]]) -> None:
    merged = merge(ranges)
    assert all(a < b for a, b in merged)
    assert all(before[1] < after[0] for before, after in pairwise(merged))
    assert {i for a, b in merged for i in range(a, b)} == {i for a, b in ranges for i in range(a, b)}


@given(RANGES, st.integers(0, 30), st.integers(0, 30))
def test_without_leaves_out_the_ranges(ranges: list[tuple[int, int]], start: int, length: int) -> None:
    text = "".join(chr(0x4E00 + i) for i in range(70))
    dropped = {i for a, b in ranges for i in range(a, b)}
    kept = "".join(text[i] for i in range(start, start + length) if i not in dropped)
    assert without(text, start, start + length, merge(ranges)) == kept
