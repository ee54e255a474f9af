"""Text out of pdf and ofd files: lines joined, headings, tables, columns, pages, scans; whole, damaged and locked."""

import io
import random
import sys
import zipfile
import zlib
from collections.abc import Sequence
from typing import Any

import pypdfium2
import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from rag.corpus.readers import inflation, read_text
from rag.errors import UnreadableFile

WIDTH, HEIGHT = 595, 842
LEFT, BODY, LEADING, LINE = 80, 16, 28, 27
FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))


class Paper:
    """A pdf in the making; places are points from the upper left corner, as on a page one reads."""

    def __init__(self, **options: Any) -> None:
        self.stream = io.BytesIO()
        self.canvas = Canvas(self.stream, pagesize=(WIDTH, HEIGHT), **options)

    def write(self, x: float, y: float, text: str, size: float = BODY, centred: bool = False) -> None:
        self.canvas.setFont(FONT, size)
        draw = self.canvas.drawCentredString if centred else self.canvas.drawString
        draw(x, HEIGHT - y, text)

    def paragraph(self, y: float, text: str, indent: int = 2) -> float:
        """Write a paragraph from height `y` in lines of 27 characters, and give the height below it."""
        position = 0
        while position < len(text):
            room = LINE - indent
            self.write(LEFT + indent * BODY, y, text[position : position + room])
            position, indent, y = position + room, 0, y + LEADING
        return y

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        self.canvas.line(x0, HEIGHT - y0, x1, HEIGHT - y1)

    def turn(self) -> None:
        self.canvas.showPage()

    def data(self) -> bytes:
        self.canvas.save()
        return self.stream.getvalue()


FIRST = "青溪县全年地区生产总值一百亿元，比上年增长百分之五点五，其中第一产业增加值二十亿元。"
SECOND = "粮食总产量三十万吨，油料总产量五万吨，新建高标准农田六万亩，改造低产茶园一万亩，建成水库二座，新修渠道三百里。"


def test_lines_are_joined_and_headings_found_by_their_size() -> None:
    paper = Paper()
    paper.write(WIDTH / 2, 100, "青溪县人民政府", 22, centred=True)
    paper.write(WIDTH / 2, 130, "工作报告", 22, centred=True)
    y = paper.paragraph(200, FIRST)
    paper.write(LEFT + 2 * BODY, y, "一、农业")
    paper.paragraph(y + LEADING, SECOND)
    reading = read_text("a.pdf", paper.data())
    assert reading.text == f"# 青溪县人民政府工作报告\n\n{FIRST}\n\n一、农业\n\n{SECOND}\n"
    assert reading.pages == (0,)
    assert reading.markup


def test_a_paragraph_that_runs_on_to_the_next_page_is_one_without_page_numbers_and_running_heads() -> None:
    paper = Paper()
    for number, text in enumerate([SECOND[:LINE], SECOND[LINE:], FIRST], 1):
        paper.write(LEFT, 50, "青溪县年鉴", 9)
        paper.write(WIDTH / 2, 800, f"— {number} —", 12, centred=True)
        paper.paragraph(120, text, indent=0 if number < 3 else 2)
        paper.turn()
    reading = read_text("a.pdf", paper.data())
    assert reading.text == f"{SECOND}\n\n{FIRST}\n"
    assert reading.pages == (0, LINE, len(SECOND) + 2)


def test_rows_of_figures_at_the_edge_of_pages_are_no_running_heads() -> None:
    paper = Paper()
    for number in range(3):
        paper.write(LEFT, 60, "乡镇 人口 面积")
        paper.write(LEFT, 780, f"{number + 1}1 {number}2 万人")
        paper.turn()
    assert read_text("a.pdf", paper.data()).text == "11 02 万人\n\n21 12 万人\n\n31 22 万人\n"


def test_footnotes_stay_on_their_page_and_out_of_the_paragraph() -> None:
    paper = Paper()
    paper.paragraph(120, SECOND[:LINE], indent=0)
    paper.write(LEFT, 740, "1", 6)
    paper.write(LEFT + 6, 744, "亩：土地面积单位。", 10)
    paper.turn()
    paper.paragraph(120, SECOND[LINE:], indent=0)
    paper.paragraph(250, FIRST)
    reading = read_text("a.pdf", paper.data())
    assert reading.text == f"[^1]: 亩：土地面积单位。\n\n{SECOND}\n\n{FIRST}\n"
    assert reading.pages == (0, reading.text.index(SECOND[LINE:]))


def test_empty_pages_keep_their_number() -> None:
    paper = Paper()
    paper.turn()
    paper.paragraph(120, FIRST)
    paper.turn()
    paper.turn()
    paper.paragraph(120, SECOND)
    reading = read_text("a.pdf", paper.data())
    assert reading.pages == (0, 0, len(FIRST) + 2, len(FIRST) + 2)
    assert reading.text[reading.pages[3] :] == f"{SECOND}\n"


def test_raised_numbers_spaces_and_watermarks() -> None:
    paper = Paper()
    paper.write(LEFT, 120, "面积120km")
    end = LEFT + pdfmetrics.stringWidth("面积120km", FONT, BODY)
    paper.write(end, 113, "2", 10)
    paper.write(end + 5, 120, "，行动计划")
    paper.write(end + 5 + 5 * BODY, 113, "13", 10)
    paper.write(LEFT, 160, "政  府  办  公  室")
    paper.write(LEFT, 200, "GDP growth rate")
    paper.canvas.rotate(30)
    paper.write(300, 500, "内部资料")
    assert (
        read_text("a.pdf", paper.data()).text
        == "面积120km²，行动计划[^13]\n\n政府办公室\n\nGDP growth rate\n"
    )


@pytest.mark.parametrize("turn", [90, -90])
def test_a_page_set_sideways_is_read(turn: int) -> None:
    paper = Paper()
    paper.canvas.translate(*(WIDTH, 0) if turn > 0 else (0, HEIGHT))
    paper.canvas.rotate(turn)
    for number, text in enumerate(("青溪县乡镇收入情况", "白石乡 一百万元")):
        paper.canvas.setFont(FONT, BODY)
        paper.canvas.drawString(100, WIDTH - 100 - 40 * number, text)
    assert read_text("a.pdf", paper.data()).text == "青溪县乡镇收入情况\n\n白石乡 一百万元\n"


def test_a_turned_page_is_read() -> None:
    paper = Paper(pageCompression=0)
    paper.canvas.setPageRotation(90)
    paper.canvas.rotate(90)
    paper.canvas.setFont(FONT, BODY)
    paper.canvas.drawString(100, -100, "青溪县乡镇收入情况")
    assert read_text("a.pdf", paper.data()).text == "青溪县乡镇收入情况\n"


def test_bold_drawn_twice_is_read_once() -> None:
    paper = Paper()
    paper.write(LEFT, 120, "青溪县")
    paper.write(LEFT + 0.4, 120, "青溪县")
    assert read_text("a.pdf", paper.data()).text == "青溪县\n"


def test_two_columns_are_read_one_after_the_other() -> None:
    paper = Paper()
    paper.write(WIDTH / 2, 80, "青溪县公报", 20, centred=True)
    left = [f"左栏第{number:02d}行乡镇经济稳步增长的情况说明如" for number in range(12)]
    right = [f"右栏第{number:02d}行农业生产连年丰收的情况说明如" for number in range(12)]
    for number, (before, after) in enumerate(zip(left, right, strict=True)):
        paper.write(60, 120 + 16 * number, before, 10)
        paper.write(320, 125 + 16 * number, after, 10)
    assert read_text("a.pdf", paper.data()).text == f"# 青溪县公报\n\n{''.join(left)}{''.join(right)}\n"


TABLE = [["指标", "2023年", "增速"], ["生产总值", "100.5", "5.5%"], ["收入", "10", "3%"]]
ROWS = "| 指标 | 2023年 | 增速 |\n| 生产总值 | 100.5 | 5.5% |\n| 收入 | 10 | 3% |"


def draw_table(paper: Paper, top: float, rows: Sequence[Sequence[str]], rules: str) -> None:
    """A table of columns 100 points wide and rows 24 high: ruled `all` around, at `three` heights, or `inside`."""
    bottom, right = top + 24 * len(rows), LEFT + 100 * len(rows[0])
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            paper.write(LEFT + 4 + 100 * column, top + 24 * number + 17, text, 12)
    heights = (
        [top, top + 24, bottom] if rules == "three" else [top + 24 * row for row in range(len(rows) + 1)]
    )
    for height in heights:
        paper.rule(LEFT, height, right, height)
    uprights = {"all": range(len(rows[0]) + 1), "inside": range(1, len(rows[0])), "three": range(0)}[rules]
    for column in uprights:
        paper.rule(LEFT + 100 * column, top, LEFT + 100 * column, bottom)


@pytest.mark.parametrize("rules", ["all", "inside", "three"])
def test_tables_stand_where_they_are_with_their_unit(rules: str) -> None:
    paper = Paper()
    paper.paragraph(80, SECOND)
    paper.write(LEFT, 200, "单位：亿元", 12)
    draw_table(paper, 210, TABLE, rules)
    paper.paragraph(330, SECOND)
    assert read_text("a.pdf", paper.data()).text == f"{SECOND}\n\n单位：亿元\n\n{ROWS}\n\n{SECOND}\n"


def test_two_tables_of_one_width_stay_apart() -> None:
    paper = Paper()
    draw_table(paper, 100, TABLE, "three")
    paper.write(LEFT, 200, "表2")
    draw_table(paper, 210, TABLE, "three")
    paper.write(LEFT, 310, "表3")
    draw_table(paper, 320, TABLE, "inside")
    assert read_text("a.pdf", paper.data()).text == f"{ROWS}\n\n表2\n\n{ROWS}\n\n表3\n\n{ROWS}\n"


def test_merged_cells_of_a_ruled_table() -> None:
    paper = Paper()
    for y, x0, x1 in ((100, 80, 380), (124, 180, 380), (148, 80, 380), (172, 80, 380)):
        paper.rule(x0, y, x1, y)
    for x, y0, y1 in ((80, 100, 172), (180, 100, 172), (280, 124, 172), (380, 100, 172)):
        paper.rule(x, y0, x, y1)
    for x, y, text in (
        *((84, 128, "指标"), (220, 117, "2023年"), (184, 141, "总量"), (284, 141, "增速")),
        *((84, 165, "生产总值"), (184, 165, "100.5"), (284, 165, "5.5%")),
    ):
        paper.write(x, y, text, 12)
    text = "| 指标 | 2023年 总量 | 2023年 增速 |\n| 生产总值 | 100.5 | 5.5% |\n"
    assert read_text("a.pdf", paper.data()).text == text


def test_a_table_that_runs_on_has_its_header_on_every_page() -> None:
    paper = Paper()
    draw_table(paper, 600, TABLE, "all")
    paper.turn()
    draw_table(paper, 100, [["支出", "20", "4%"], ["结余", "1", "0%"]], "all")
    paper.paragraph(200, SECOND)
    reading = read_text("a.pdf", paper.data())
    rest = "| 指标 | 2023年 | 增速 |\n| 支出 | 20 | 4% |\n| 结余 | 1 | 0% |"
    assert reading.text == f"{ROWS}\n\n{rest}\n\n{SECOND}\n"
    assert reading.pages == (0, len(ROWS) + 2)


# scans


def scan(data: bytes) -> bytes:
    """The pages of a pdf as pictures in a pdf, as a scanner makes them."""
    paper = Paper()
    for page in pypdfium2.PdfDocument(data):
        paper.canvas.drawImage(ImageReader(page.render(scale=150 / 72).to_pil()), 0, 0, WIDTH, HEIGHT)
        paper.turn()
    return paper.data()


def printed() -> bytes:
    paper = Paper()
    paper.write(WIDTH / 2, 100, "青溪县人民政府工作报告", 22, centred=True)
    paper.paragraph(200, SECOND)
    paper.turn()
    paper.paragraph(120, FIRST)
    return paper.data()


def test_scanned_pages_are_recognised() -> None:
    pytest.importorskip("rapidocr", reason="needs: pip install rapidocr onnxruntime")
    reading = read_text("a.pdf", scan(printed()))
    assert reading.text == f"# 青溪县人民政府工作报告\n\n{SECOND}\n\n{FIRST}\n"
    assert reading.pages == (0, reading.text.index(FIRST))


def test_a_scan_is_named_with_the_command_where_recognition_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    told = "2 of its 2 pages are pictures, or set in fonts that do not tell their characters. "
    assert reason(scan(printed())) == f"{told}To have them recognised: pip install rapidocr onnxruntime"


def test_a_picture_page_among_pages_of_text_does_not_keep_them_from_being_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    paper = Paper()
    paper.canvas.drawImage(
        ImageReader(pypdfium2.PdfDocument(printed())[0].render().to_pil()), 0, 0, WIDTH, HEIGHT
    )
    paper.turn()
    paper.paragraph(120, FIRST)
    reading = read_text("a.pdf", paper.data())
    assert (reading.text, reading.pages) == (f"{FIRST}\n", (0, 0))


# damage, traps and locks


def reason(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as refused:
        read_text("a.pdf", data)
    assert refused.value.file == "a.pdf"
    return refused.value.reason


def test_a_truncated_pdf_is_refused() -> None:
    data = printed()
    for length in (0, 10, len(data) // 2, len(data) - 300):
        assert reason(data[:length]).startswith("a damaged PDF (")
        assert reason(data[:length]).endswith("). Get a whole copy, or print it to a new PDF")


def test_flipped_bytes_never_raise_anything_else() -> None:
    data = printed()
    positions = random.Random(1).sample(range(len(data)), 60)
    outcomes = set()
    for position in positions:
        damaged = bytearray(data)
        damaged[position] ^= 0xFF
        try:
            outcomes.add(bool(read_text("a.pdf", bytes(damaged)).text))
        except UnreadableFile as error:
            outcomes.add(error.file)
    assert outcomes <= {True, "a.pdf"}


def test_a_locked_pdf_is_named() -> None:
    paper = Paper(encrypt=StandardEncryption("secret", strength=128))
    paper.paragraph(120, FIRST)
    assert reason(paper.data()) == "protected by a password. Open it and save a copy without one"


def test_a_pdf_without_text_is_named() -> None:
    paper = Paper()
    paper.turn()
    assert reason(paper.data()) == "it holds no text"


@pytest.mark.parametrize("times", [1, 2])
def test_a_stream_that_unpacks_to_too_much_is_refused(times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflation, "MAX_STREAM_MB", 8)
    stream = bytes(9 * 2**20)
    for _ in range(times):
        stream = zlib.compress(stream, 9)
    data = printed().replace(b"endobj", b"endobj\n99 0 obj <<>> stream\n" + stream + b"\nendstream endobj", 1)
    assert reason(data) == "a part of it unpacks to more than 8 MB. If you trust it, print it to a new PDF"


# ofd


def ofd(pages: Sequence[Sequence[tuple[float, float, float, str]]]) -> bytes:
    """An ofd file; a page is a list of texts with their x, baseline and size in millimetres."""
    ns = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    area = "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
    parts = {
        "OFD.xml": f"<ofd:OFD {ns}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {ns}><ofd:CommonData>{area}</ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
    }
    for number, page in enumerate(pages):
        texts = "".join(
            f'<ofd:TextObject ID="9{index}" Boundary="0 0 210 297" Size="{size}">'
            f'<ofd:TextCode X="{x}" Y="{y}" DeltaX="g {len(text) - 1} {size}">{text}</ofd:TextCode></ofd:TextObject>'
            for index, (x, y, size, text) in enumerate(page)
        )
        content = f'<ofd:Content><ofd:Layer ID="1">{texts}</ofd:Layer></ofd:Content>'
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = f"<ofd:Page {ns}>{content}</ofd:Page>"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, text in parts.items():
            package.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return stream.getvalue()


def published() -> bytes:
    size = 5.5
    title = [(60.0, 40.0, 7.7, "青溪县人民政府工作报告")]
    half = len(SECOND) // 2 + 1
    above, below = (28.0, 70.0, size, SECOND[:half]), (28.0, 40.0, size, SECOND[half:])
    return ofd([[*title, above], [below, (28.0 + 2 * size, 50.0, size, FIRST[:20])]])


def test_ofd_files_are_read_with_their_pages() -> None:
    reading = read_text("a.ofd", published())
    start = "# 青溪县人民政府工作报告\n\n"
    assert reading.text == f"{start}{SECOND}\n\n{FIRST[:20]}\n"
    assert reading.pages == (0, len(start) + len(SECOND) // 2 + 1)


def test_damaged_and_empty_ofd_files_are_named() -> None:
    for data, told in (
        (published()[:-30], "a damaged file (File is not a zip file). Get a whole copy"),
        (
            published().replace(b"OFD.xml", b"XFD.xml"),
            "a damaged file (OFDFormatError: not an OFD file: OFD.xml is",
        ),
        (
            ofd([[]]),
            "it holds no text. If it holds pictures of pages, export it as PDF and install: pip install",
        ),
    ):
        with pytest.raises(UnreadableFile) as refused:
            read_text("a.ofd", data)
        assert refused.value.reason.startswith(told)


def test_without_its_package_an_ofd_file_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ofdkit", None)
    with pytest.raises(UnreadableFile) as refused:
        read_text("a.ofd", published())
    assert refused.value.reason == "ofdkit is missing, which reads it. Install: pip install ofdkit"
