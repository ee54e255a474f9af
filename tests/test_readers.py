"""Text out of txt, html, docx and xlsx files, whole and damaged. Places and figures are invented."""

import codecs
import datetime
import io
import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import msoffcrypto.format.ooxml
import openpyxl
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt

from rag.corpus.readers import Reading, read_text
from rag.corpus.readers.figures import shown
from rag.corpus.readers.markdown import raised
from rag.corpus.readers.numbering import chinese
from rag.corpus.readers.tables import Cell, blocks
from rag.errors import UnreadableFile

TEXT = "青溪县地区生产总值\r\n\r\n100.5亿元。\n"


def reason(file: str, data: bytes) -> str:
    with pytest.raises(UnreadableFile) as refused:
        read_text(file, data)
    assert refused.value.file == file
    return refused.value.reason


# txt and md


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
        TEXT.encode("gb18030"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16-le", "utf-16-be", "utf-32-le", "gb18030"],
)
@pytest.mark.parametrize("file", ["a.txt", "a.md", "A.TXT"])
def test_text_is_decoded_and_left_alone(file: str, data: bytes) -> None:
    assert read_text(file, data) == Reading(TEXT, (), markup=False)


def test_nul_bytes_stay_so_that_offsets_stay_true() -> None:
    assert read_text("a.txt", b"a\0b\r\nc").text == "a\0b\r\nc"


def test_the_seeds_read_the_same_in_every_encoding(seeds: Path) -> None:
    for path in sorted(seeds.glob("*.txt")):
        text = path.read_bytes().decode("utf-8")
        assert read_text("a.txt", text.encode("gb18030")).text == text
        assert read_text("a.txt", text.encode("utf-16")).text == text


def test_bytes_of_no_known_encoding_are_refused() -> None:
    unknown = "its bytes are neither UTF-8, UTF-16 nor GB18030 text. Save it again as UTF-8"
    assert reason("a.txt", bytes(range(128, 256))) == unknown
    assert reason("a.txt", "青溪縣今年的糧食產量是一百萬噸，比去年增長百分之五。".encode("big5")) == unknown
    assert reason("a.txt", "Le département a été créé à côté".encode("latin-1")) == unknown


def test_damaged_utf8_is_not_read_as_gb18030() -> None:
    data = "青溪县粮食总产量一百万吨。".encode()
    told = "UTF-8 text with a damaged byte at offset 9. Get a whole copy, or save it again as UTF-8"
    assert reason("a.txt", data[:9] + data[10:]) == told
    odd = codecs.BOM_UTF16_LE + "青".encode("utf-16-le") + b"\x2f"
    assert reason("a.txt", odd).startswith("UTF-16-LE text with a damaged byte at offset 2.")


@pytest.mark.parametrize("data", [b"\r\n \t", b"\0\0", codecs.BOM_UTF8, "\u3000\n".encode()])
def test_a_file_of_white_space_holds_no_text(data: bytes) -> None:
    assert reason("a.txt", data) == "it holds no text"


def test_other_formats_are_named() -> None:
    assert reason("a.wps", b"x") == "a WPS text. Open it in WPS Office and save it as .docx"


# tables


def test_merged_cells_and_a_header_of_two_rows_become_plain_rows() -> None:
    rows = [
        [Cell("表1 青溪县主要指标", columns=4)],
        [Cell("单位：亿元", columns=4)],
        [Cell("指标", rows=2), Cell("2023年", columns=2), Cell("备注", rows=2)],
        [Cell("总量"), Cell("增速")],
        [Cell("地区生产总值", rows=2), Cell("100"), Cell("5.5%"), Cell("初步|核算")],
        [Cell("98"), Cell("5.0%"), Cell("")],
        [Cell("二、财政", columns=4)],
        [Cell("收入"), Cell("10"), Cell("3%"), Cell("")],
        [Cell("注：按可比价格计算。", columns=4)],
    ]
    assert blocks(rows) == [
        "表1 青溪县主要指标",
        "单位：亿元",
        "| 指标 | 2023年 总量 | 2023年 增速 | 备注 |\n"
        "| 地区生产总值 | 100 | 5.5% | 初步\\|核算 |\n"
        "| 地区生产总值 | 98 | 5.0% |  |\n"
        "| 二、财政 |  |  |  |\n"
        "| 收入 | 10 | 3% |  |",
        "注：按可比价格计算。",
    ]


def test_empty_rows_and_columns_of_a_table_go() -> None:
    rows = [
        [Cell("甲"), Cell(""), Cell("乙")],
        [Cell(""), Cell(""), Cell("")],
        [Cell("1"), Cell(""), Cell("2")],
    ]
    assert blocks(rows) == ["| 甲 | 乙 |\n| 1 | 2 |"]
    assert blocks([]) == blocks([[Cell("")]]) == []


def test_a_long_text_in_a_merged_cell_stands_once() -> None:
    long = "详" * 101
    assert blocks([[Cell("甲"), Cell("乙")], [Cell(long, rows=2), Cell("1")], [Cell("2")]]) == [
        f"| 甲 | 乙 |\n| {long} | 1 |\n|  | 2 |"
    ]


def test_a_table_of_millions_of_cells_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 2000000 cells"):
        blocks([[Cell("甲", rows=3000, columns=1000)] for _ in range(3000)])


@pytest.mark.parametrize(
    ("before", "text", "written"),
    [
        ("行动计划", "13", "[^13]"),
        ("增长5.6%", "[3]", "[^3]"),
        ("率", "②", "[^2]"),
        ("面积120km", "2", "²"),
        ("用水10m", "3", "³"),
        ("10", "4", "⁴"),
        ("2023", "5", "[^5]"),
        ("Team", "2", "[^2]"),
        ("x", "th", "th"),
    ],
)
def test_raised_numbers_are_powers_or_marks_of_notes(before: str, text: str, written: str) -> None:
    assert raised(before, text) == written


# html

PAGE = """<html><head><meta charset="{charset}"><title>青溪县2023年统计公报-青溪县人民政府</title>
<style>p {{ color: red }}</style><script>document.write("恶意")</script></head><body>
<nav>网站导航</nav><ul><li><a href="/">首页</a></li><li><a href="/z">政务公开</a></li></ul>
<div style="display: none">隐藏文字</div><!-- 注释文字 -->
<div>青溪县2023年统计公报</div><p>来源：县统计局&nbsp;&nbsp;2024年3月1日</p>
<h2>一、综　合</h2>
<p>全年地区生产总值<b>100.5</b>亿元，
  增长5.5%<sup>[1]</sup>，面积120km<sup>2</sup>。<br>第二行 &lt;b&gt;</p>
<ol><li><p>第一项</p></li><li>第二项</li></ol>
<table><caption>表1 主要指标</caption>
<thead><tr><th rowspan="2">指标</th><th colspan="2">2023年</th></tr><tr><th>总量</th><th>增速</th></tr></thead>
<tr><td>地区生产总值</td><td>100.5</td><td>5.5%</td></tr></table>
<p><sup>[1]</sup> 按可比价格计算。</p><p># 不是标题</p><footer>版权所有</footer></body></html>"""
PAGE_TEXT = """# 青溪县2023年统计公报

来源：县统计局 2024年3月1日

## 一、综 合

全年地区生产总值100.5亿元，增长5.5%[^1]，面积120km²。
第二行 <b>

1. 第一项

2. 第二项

表1 主要指标

| 指标 | 2023年 总量 | 2023年 增速 |
| 地区生产总值 | 100.5 | 5.5% |

[^1]: 按可比价格计算。

＃ 不是标题
"""


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gbk", "gb18030", "utf-16"])
def test_a_page_is_read_as_a_reader_sees_it(charset: str) -> None:
    assert read_text("页.html", PAGE.format(charset=charset).encode(charset)) == Reading(
        PAGE_TEXT, (), markup=True
    )


def test_a_page_that_declares_a_wrong_encoding_is_read_all_the_same() -> None:
    for declared in ("gb2312", "utf-8", "iso-8859-1", "no-such-encoding"):
        for true in ("utf-8", "gb18030"):
            assert read_text("a.htm", PAGE.format(charset=declared).encode(true)).text == PAGE_TEXT


def test_traditional_pages_are_read_in_the_encoding_they_declare() -> None:
    page = "<meta charset=big5><p>青溪縣糧食總產量一百萬噸。</p>"
    assert read_text("a.html", page.encode("big5")).text == "青溪縣糧食總產量一百萬噸。\n"


def test_the_title_that_government_pages_keep_apart_becomes_the_heading() -> None:
    page = '<head><title>青溪县</title><meta name="ArticleTitle" content="青溪县2023年政府工作报告"></head><p>各位代表：</p>'
    assert read_text("a.html", page.encode()).text == "# 青溪县2023年政府工作报告\n\n各位代表：\n"
    page = page.replace("<p>", "<h1>政府工作报告</h1><p>")
    assert read_text("a.html", page.encode()).text == "# 政府工作报告\n\n各位代表：\n"


def test_the_menu_above_the_title_of_a_page_goes_and_nothing_else() -> None:
    page = "<title>某市外贸情况</title><ul><li>首页</li><li>政务公开</li><li>海关统计</li></ul><p>2024年4月18日</p><h1>某市外贸情况</h1><p>增长5%。</p>"
    assert read_text("a.html", page.encode()).text == "2024年4月18日\n\n# 某市外贸情况\n\n增长5%。\n"
    page = "<title>甲县公报</title><p>县长</p><p>李明</p><p>王平</p><p>张三</p><h1>二、工业</h1><p>发电量35.2亿千瓦时。</p>"
    assert "李明" in read_text("a.html", page.encode()).text


def test_a_table_that_lays_out_a_page_is_no_table() -> None:
    page = "<table><tr><td>左</td><td><h3>标题</h3><table><tr><td>甲</td><td>乙</td></tr></table>后</td></tr></table>"
    assert read_text("a.html", page.encode()).text == "左\n\n### 标题\n\n| 甲 | 乙 |\n\n后\n"


@pytest.mark.parametrize(
    "page", ["", "<html></html>", "<script>var a = 1</script>", "<body><noscript>开启脚本</noscript>"]
)
def test_a_page_of_scripts_holds_no_text(page: str) -> None:
    told = "it holds no text. If a script writes the page, open it in a browser and save it as PDF"
    assert reason("a.html", page.encode()) == told


def test_entities_of_a_page_are_not_expanded() -> None:
    page = '<!DOCTYPE html [<!ENTITY a "青溪"><!ENTITY f SYSTEM "file:///etc/passwd">]><p>甲&a;&f;乙</p>'
    text = read_text("a.html", page.encode()).text
    assert "root:" not in text
    assert "青溪" not in text.replace("]>", "")


def test_a_page_of_deep_boxes_is_read() -> None:
    assert read_text("a.html", ("<div>" * 1500 + "深" + "</div>" * 1500).encode()).text == "深\n"


# docx


def saved(document: Any) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def numbered(paragraph: Any, list_id: int, level: int = 0) -> None:
    xml = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'
    paragraph._p.get_or_add_pPr().append(parse_xml(xml))


def report() -> Any:
    """A Word report with what Word keeps out of the text of paragraphs: numbers, levels, raised marks."""
    document = docx.Document()
    levels = (("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."))
    xml = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for level, (form, text) in enumerate(levels)
    )
    numbering = document.part.numbering_part.element
    numbering.insert(
        0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{xml}</w:abstractNum>')
    )
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    document.add_heading("政府工作报告", 0)
    numbered(document.add_heading("2023年工作回顾", 1), 90)
    numbered(document.add_heading("经济", 2), 90, 1)
    paragraph = document.add_paragraph("实施“千家”行动计划")
    paragraph.add_run("1").font.superscript = True
    paragraph.add_run("3").font.superscript = True
    paragraph.add_run("，建成面积120km")
    paragraph.add_run("2").font.superscript = True
    paragraph.add_run("隐藏").font.hidden = True
    numbered(document.add_paragraph("粮食增产"), 90, 2)
    numbered(document.add_paragraph("油料增产"), 90, 2)
    numbered(document.add_heading("社会", 2), 90, 1)
    numbered(document.add_heading("2024年工作安排", 1), 90)
    numbered(document.add_heading("目标", 2), 90, 1)
    return document


def test_headings_numbers_and_raised_marks_of_word() -> None:
    assert read_text("报告.docx", saved(report())) == Reading(
        "# 政府工作报告\n\n## 一、2023年工作回顾\n\n### （一）经济\n\n"
        "实施“千家”行动计划[^13]，建成面积120km²\n\n1. 粮食增产\n\n2. 油料增产\n\n### （二）社会\n\n"
        "## 二、2024年工作安排\n\n### （一）目标\n",
        (),
        markup=True,
    )


def test_tables_of_word_keep_header_unit_and_merged_cells() -> None:
    document = docx.Document()
    document.add_paragraph("表1 主要指标")
    document.add_paragraph("单位：亿元")
    table = document.add_table(4, 4)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "指标"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "2023年"
    table.cell(0, 3).merge(table.cell(1, 3)).text = "备注"
    for row, texts in enumerate(
        [["", "总量", "增速", ""], ["生产总值", "100.5", "5.5%", "甲|乙"], ["收入", "10", "3%", ""]], 1
    ):
        for column, text in enumerate(texts):
            if text:
                table.cell(row, column).text = text
    document.add_paragraph("完")
    box = document.add_table(1, 1)
    box.cell(0, 0).text = "框中一段"
    box.cell(0, 0).add_paragraph("框中又一段")
    assert read_text("a.docx", saved(document)).text == (
        "表1 主要指标\n\n单位：亿元\n\n| 指标 | 2023年 总量 | 2023年 增速 | 备注 |\n"
        "| 生产总值 | 100.5 | 5.5% | 甲\\|乙 |\n| 收入 | 10 | 3% |  |\n\n完\n\n框中一段\n\n框中又一段\n"
    )


def test_a_title_set_by_hand_in_two_lines_is_one_heading() -> None:
    document = docx.Document()
    for text in ("青溪县人民政府", "关于2023年工作的报告"):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(text).font.size = Pt(22)
    document.add_paragraph("2024年1月").alignment = WD_ALIGN_PARAGRAPH.CENTER
    assert read_text("a.docx", saved(document)).text == "# 青溪县人民政府关于2023年工作的报告\n\n2024年1月\n"


def test_footnotes_stand_at_the_end_with_their_numbers() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("推进两库建设")
    paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="7"/></w:r>'))
    paragraph.add_run("。")
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    note = (
        "<w:p><w:r><w:footnoteRef/></w:r><w:r><w:t xml:space='preserve'> 两库：指蓄水库、</w:t></w:r></w:p>"
    )
    note += "<w:p><w:r><w:t>调节库。</w:t></w:r></w:p>"
    content = f"<w:footnotes {nsdecls('w')}><w:footnote w:id='7'>{note}</w:footnote></w:footnotes>"
    part = docx.opc.part.Part(
        docx.opc.packuri.PackURI("/word/footnotes.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml",
        content.encode(),
        document.part.package,
    )
    document.part.relate_to(part, f"{relations}/footnotes")
    assert read_text("a.docx", saved(document)).text == (
        "推进两库建设[^1]。\n\n## 注释\n\n[^1]: 两库：指蓄水库、 调节库。\n"
    )


def test_deleted_text_contents_pages_and_second_copies_are_left_out() -> None:
    document = docx.Document()
    ns = nsdecls("w") + ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    body = document.element.body
    box = "<w:txbxContent><w:p><w:r><w:t>框文</w:t></w:r></w:p></w:txbxContent>"
    copies = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    for xml in (
        f"<w:p {ns}><w:r><w:t>留</w:t></w:r><w:del><w:r><w:delText>删</w:delText><w:t>删</w:t></w:r></w:del>"
        "<w:ins><w:r><w:t>增</w:t><w:tab/><w:t>后</w:t><w:br/><w:t>行</w:t></w:r></w:ins></w:p>",
        f"<w:sdt {ns}><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>"
        "<w:sdtContent><w:p><w:r><w:t>目录行</w:t></w:r></w:p></w:sdtContent></w:sdt>",
        f"<w:sdt {ns}><w:sdtContent><w:p><w:r><w:t>控件文字</w:t></w:r></w:p></w:sdtContent></w:sdt>",
        f"<w:p {ns}><w:r><mc:AlternateContent>{copies}</mc:AlternateContent></w:r></w:p>",
    ):
        body.insert(len(body) - 1, parse_xml(xml))
    document.sections[0].header.paragraphs[0].text = "页眉"
    assert read_text("a.docx", saved(document)).text == "留增 后\n行\n\n控件文字\n\n框文\n"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (21, "二十一"),
        (105, "一百零五"),
        (1010, "一千零一十"),
        (12345, "12345"),
    ],
)
def test_numbers_in_chinese(number: int, text: str) -> None:
    assert chinese(number) == text


# xlsx


def sheet() -> Any:
    workbook = openpyxl.Workbook()
    page = workbook.active
    page.title = "1-1"
    page["A1"] = "青溪县主要指标"
    page.merge_cells("A1:D1")
    page["D2"] = "单位：亿元"
    page["A3"], page["B3"], page["D3"], page["B4"], page["C4"] = "指标", "2023年", "日期", "总量", "增速"
    for merged in ("A3:A4", "B3:C3", "D3:D4"):
        page.merge_cells(merged)
    page.append(["生产总值", 1234.567, 0.0625, datetime.date(2024, 3, 1)])
    page["B5"].number_format, page["C5"].number_format = "#,##0.0", "0.0%"
    page.append(["收入", 0.1 + 0.2, "#DIV/0!", True])
    page["A8"], page["A9"], page["B9"], page["A10"], page["B10"] = "表二", "乡镇", "人口", "白石乡", 12345
    hidden = workbook.create_sheet("隐")
    hidden["A1"] = "隐藏"
    hidden.sheet_state = "hidden"
    workbook.create_sheet("空")
    workbook.create_sheet("名单").append(["姓名", "职务"])
    return workbook


def test_sheets_become_tables_with_figures_as_shown() -> None:
    assert read_text("a.xlsx", saved(sheet())) == Reading(
        "# 青溪县主要指标\n\n单位：亿元\n\n| 指标 | 2023年 总量 | 2023年 增速 | 日期 |\n"
        "| 生产总值 | 1234.6 | 6.3% | 2024年3月1日 |\n| 收入 | 0.3 |  | TRUE |\n\n"
        "表二\n\n| 乡镇 | 人口 |\n| 白石乡 | 12345 |\n\n# 名单\n\n| 姓名 | 职务 |\n",
        (),
        markup=True,
    )


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (0.631, "0.0%", "63.1%"),
        (0.631, "0%", "63%"),
        (1234.5, "#,##0", "1235"),
        (12.345, '"约"0.0"万2人"', "约12.3万2人"),
        (3.10, "0.##", "3.1"),
        (-2.5, "0.0_);[Red](0.0)", "-2.5"),
        (1e-7, "General", "0.0000001"),
        (1e20, "General", "100000000000000000000"),
        (0.1 + 0.2, "General", "0.3"),
        (3, "0.00E+00", "3"),
        (datetime.datetime(2024, 3, 1), 'yyyy"年"m"月"', "2024年3月"),
        (datetime.datetime(2024, 3, 1), 'yyyy"年"', "2024年"),
    ],
)
def test_figures_and_dates_are_written_as_the_sheet_shows_them(
    value: Any, number_format: str, text: str
) -> None:
    assert shown(value, number_format) == text


def test_cells_far_apart_and_merged_columns_do_not_fill_memory() -> None:
    workbook = openpyxl.Workbook()
    workbook.active["A1"], workbook.active["XFD1048576"] = "甲", "乙"
    assert read_text("a.xlsx", saved(workbook)).text == "# 甲\n\n乙\n"
    data = rewritten(
        saved(sheet()), "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"A1:D1", b"A1:XFD1048576")
    )
    assert reason("a.xlsx", data).startswith(
        "a damaged file (ValueError: merged cells over 17179869190 places)"
    )


# damage, traps and locks


def rewritten(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The Office file `data` with one part changed, or added when it has none of that name."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {name: old.read(name) for name in old.namelist()}
        parts[part] = change(parts.get(part, b""))
        for name, content in parts.items():
            new.writestr(name, content)
    return stream.getvalue()


OFFICE = {
    "a.docx": (lambda: saved(report()), "word/document.xml"),
    "a.xlsx": (lambda: saved(sheet()), "xl/workbook.xml"),
}


@pytest.mark.parametrize("file", OFFICE)
def test_truncated_office_files_are_refused(file: str) -> None:
    data = OFFICE[file][0]()
    for length in (1, 100, len(data) // 2, len(data) - 10):
        assert reason(file, data[:length]) == (
            "a damaged file (File is not a zip file). Get a whole copy, or open it and save it again"
        )


@pytest.mark.parametrize("file", OFFICE)
def test_flipped_bytes_never_raise_anything_else(file: str) -> None:
    data = OFFICE[file][0]()
    refused = []
    for position in range(0, len(data), len(data) // 60):
        damaged = bytearray(data)
        damaged[position] ^= 0xFF
        try:
            read_text(file, bytes(damaged))
        except UnreadableFile as error:
            refused.append(error.file)
    assert len(refused) > 30
    assert set(refused) == {file}


@pytest.mark.parametrize("file", OFFICE)
def test_broken_xml_is_refused(file: str) -> None:
    make, part = OFFICE[file]
    told = reason(file, rewritten(make(), part, lambda xml: xml[: len(xml) // 2]))
    assert re.fullmatch(r"a damaged file \(\w+: .+\)\. Get a whole copy, or open it and save it again", told)


@pytest.mark.parametrize("file", OFFICE)
def test_bombs_are_not_unpacked(file: str) -> None:
    make, part = OFFICE[file]
    inflated = rewritten(make(), part, lambda xml: xml + b" " * 20_000_000)
    assert len(inflated) < 100_000
    told = (
        "not unpacked: a part of it unpacks to more than 100 times its size. If you trust it, save it as PDF"
    )
    assert reason(file, inflated) == told


def test_an_office_file_of_too_much_is_not_unpacked() -> None:
    stream = io.BytesIO(saved(report()))
    with zipfile.ZipFile(stream, "a") as package:
        package.writestr("media/large.bin", bytes(129 * 2**20))
    told = reason("a.docx", stream.getvalue())
    assert re.fullmatch(
        r"not unpacked: it unpacks to 1\d\d MB, over the limit of 128 MB\. If you trust it, .+", told
    )


@pytest.mark.parametrize("file", OFFICE)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_in_office_files_are_refused(file: str, encoding: str) -> None:
    make, part = OFFICE[file]
    xml = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    data = rewritten(make(), part, lambda _: xml.encode(encoding))
    assert (
        reason(file, data)
        == "it declares XML entities, as no office program does. If you trust it, save it as PDF"
    )


@pytest.mark.parametrize("file", OFFICE)
def test_a_locked_office_file_is_named(file: str) -> None:
    stream = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(OFFICE[file][0]())).encrypt("secret", stream)
    assert reason(file, stream.getvalue()) == "protected by a password. Open it and save a copy without one"


def test_an_old_office_file_under_a_new_name_is_named() -> None:
    data = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "WordDocument".encode("utf-16-le")
    assert (
        reason("a.docx", data) == "an old Office file under a new name. Open it and save it in the new format"
    )


def test_an_empty_document_holds_no_text() -> None:
    told = "it holds no text. If it holds pictures of pages, save it as PDF and install: pip install rapidocr onnxruntime"
    assert reason("a.docx", saved(docx.Document())) == told
    assert reason("a.xlsx", saved(openpyxl.Workbook())) == "it holds no text"


@pytest.mark.parametrize(
    ("file", "module", "package"),
    [("a.docx", "docx", "python-docx"), ("a.xlsx", "openpyxl", "openpyxl"), ("a.html", "lxml", "lxml")],
)
def test_a_missing_library_is_named_with_its_command(
    monkeypatch: pytest.MonkeyPatch, file: str, module: str, package: str
) -> None:
    data = OFFICE[file][0]() if file in OFFICE else PAGE.encode()
    monkeypatch.setitem(sys.modules, module, None)
    assert reason(file, data) == f"{module} is missing, which reads it. Install: pip install {package}"
