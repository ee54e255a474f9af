"""One invented county's report as docx, html and pdf, and its figures as xlsx, all the way to passages."""

from collections.abc import Callable
from io import BytesIO

import pytest
from docx import Document as Word
from openpyxl import Workbook
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from rag.chunking import chunk
from rag.corpus.readers import read_text
from rag.corpus.structure import understand
from rag.types import Chunk, Document, Kind

TITLE = "云岭县2024年政府工作报告"
PLACE = "云南省楚雄彝族自治州云岭县"
LINES = (
    "——2024年1月18日在云南省楚雄彝族自治州云岭县第九届人民代表大会第三次会议上",
    "# 一、2023年工作回顾",
    "## （一）产业发展",
    "全县建成“一县一业”[1]示范基地12个，蔬菜产量达38.6万吨，增长5.2%。",
    "表1 2023年财政收支完成情况",
    "单位：亿元",
    "| 项目 | 完成数 |",
    "| 一般公共预算收入 | 6.3 |",
    "# 二、2024年工作安排",
    "今年新建冷库15座，改造农村公路120公里。",
    "# 名词解释",
    "1.“一县一业”：指一个县发展一个主导产业。",
)


def as_docx() -> bytes:
    paper = Word()
    paper.add_heading(TITLE, 0)
    table = None
    for line in LINES:
        if line.startswith("|"):
            cells = line.strip("| ").split(" | ")
            if table is None:
                table = paper.add_table(0, len(cells))
            for cell, text in zip(table.add_row().cells, cells, strict=True):
                cell.text = text
        elif line.startswith("#"):
            paper.add_heading(line.lstrip("# "), line.count("#"))
        else:
            paper.add_paragraph(line)
    file = BytesIO()
    paper.save(file)
    return file.getvalue()


def as_html() -> bytes:
    parts = [f"<h1>{TITLE}</h1>"]
    for line in LINES:
        if line.startswith("|"):
            cells = "".join(f"<td>{cell}</td>" for cell in line.strip("| ").split(" | "))
            parts.append(f"<tr>{cells}</tr>")
        elif line.startswith("#"):
            level = line.count("#") + 1
            parts.append(f"<h{level}>{line.lstrip('# ')}</h{level}>")
        else:
            parts.append(f"<p>{line}</p>")
    first, last = (n for n, part in enumerate(parts) if part.startswith("<tr>"))
    parts[first], parts[last] = f"<table>{parts[first]}", f"{parts[last]}</table>"
    return f"<html><head><meta charset='utf-8'></head><body>{''.join(parts)}</body></html>".encode()


def as_pdf() -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    file = BytesIO()
    canvas = Canvas(file)
    top = 790
    for size, line in ((20, TITLE), *((16 if line[0] == "#" else 11, line.lstrip("# ")) for line in LINES)):
        canvas.setFont("STSong-Light", size)
        if line.startswith("|"):
            for column, text in enumerate(line.strip("| ").split(" | ")):
                canvas.rect(60 + 150 * column, top - 6, 150, 20)
                canvas.drawString(64 + 150 * column, top, text)
            top -= 20
        else:
            canvas.drawString(60, top, line)
            top -= 32
    canvas.save()
    return file.getvalue()


def understood(file: str, data: bytes) -> tuple[Document, tuple[Chunk, ...]]:
    document = understand(file, read_text(file, data), "0")
    return document, chunk(document)


@pytest.mark.parametrize(("file", "write"), [("a.docx", as_docx), ("a.html", as_html), ("a.pdf", as_pdf)])
def test_the_same_report_in_every_format(file: str, write: Callable[[], bytes]) -> None:
    document, chunks = understood(file, write())
    (article,) = document.articles
    assert (article.title, article.date) == (TITLE, "2024-01-18")
    assert article.region is not None
    assert (article.region.name, article.region.level.value) == (PLACE, "县")
    assert [(note.term, len(note.marks)) for note in article.notes] == [("“一县一业”", 1)]
    told = [
        next(each for each in chunks if text in each.text)
        for text in ("38.6万吨", "一般公共预算收入", "15座")
    ]
    review, plan = "一、2023年工作回顾", "二、2024年工作安排"
    assert [(each.section, each.period and each.period.label, each.kind) for each in told] == [
        ((review, "（一）产业发展"), "2023年", Kind.RESULT),
        ((review, "（一）产业发展"), "2023年", Kind.RESULT),
        ((plan,), "2024年", Kind.PLAN),
    ]
    assert "“一县一业”示范基地12个" in told[0].text
    assert told[0].terms == ("“一县一业”",)
    for words in (
        "表1 2023年财政收支完成情况",
        "单位：亿元",
        "| 项目 | 完成数 |",
        "| 一般公共预算收入 | 6.3 |",
    ):
        assert words in told[1].text
    assert {each.page for each in chunks} == ({1} if file == "a.pdf" else {None})


def test_a_sheet_of_figures() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        (f"{PLACE}2023年主要指标",),
        ("单位：亿元",),
        ("指标", "2022年", "2023年"),
        ("生产总值", 80.1, 86.5),
    ):
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    file = BytesIO()
    book.save(file)
    (article,), (only,) = (found := understood("a.xlsx", file.getvalue()))[0].articles, found[1]
    assert article.region is not None
    assert (article.title, article.region.name) == (f"{PLACE}2023年主要指标", PLACE)
    assert only.text.endswith("单位：亿元\n\n| 指标 | 2022年 | 2023年 |\n| 生产总值 | 80.1 | 86.5 |")
    assert (only.period and only.period.label, only.kind) == ("2022—2023年", Kind.RESULT)
