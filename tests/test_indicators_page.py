"""The page of indicators: over HTTP against a real server, and in a real Chromium."""

import asyncio
import csv
import io
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

import pytest

from rag.assistant import Assistant
from rag.indicators.extraction import Extraction, extract
from rag.settings import Settings
from ui.pages.indicators import routes
from ui.pages.indicators.table import PAGE_ROWS
from ui.pages.indicators.texts import EN, ZH
from ui.web import build_app, listen

# Gradio 6.31 counts its requests in a way that pandas 3 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENCE_MS = 20_000
HOSTILE = """# <script>alert(1)</script>县2023年政府工作报告

2024年1月15日

## 一、2023年工作回顾

=cmd|' /C calc'!A0"><img src=x onerror=alert(2)>覆盖率63.1%，@SUM(A1)<b>增加值</b>增长5.5%。

| 指标 | 2022年 | 2023年 |
| --- | --- | --- |
| +cmd<svg onload=alert(3)>产量（万吨） | 33.5 | -34.1 |
"""


class Answered:
    """What the server answered: status, headers and body."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


def serve(assistant: Assistant) -> Iterator[str]:
    """The address of a real server over an assistant, as long as the caller holds on."""
    import uvicorn

    listener = listen("127.0.0.1", 0)
    started = threading.Event()
    servers: list[uvicorn.Server] = []

    async def run() -> None:
        app = build_app(assistant, Settings())
        servers.append(uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1)))
        started.set()
        await servers[0].serve(sockets=[listener])

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert started.wait(60)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    servers[0].should_exit = True
    thread.join(timeout=20)


@pytest.fixture(scope="module")
def address(assistant: Assistant) -> Iterator[str]:
    yield from serve(assistant)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over an index of one report full of markup and formulas."""
    from embeddings.encoder import load_encoder
    from rag.store import build_index

    source = tmp_path_factory.mktemp("hostile")
    (source / "报告.md").write_text(HOSTILE, encoding="utf-8")
    folder = tmp_path_factory.mktemp("index") / "index"
    build_index(source, folder, load_encoder())
    assistant = Assistant.open(folder)
    yield from serve(assistant)
    assistant.index.close()


@pytest.fixture(scope="module")
def told(assistant: Assistant) -> Extraction:
    return extract(assistant.index.all_chunks(), assistant.index.document)


def get(address: str, path: str = "indicators", **query: object) -> Answered:
    request = urllib.request.Request(
        f"{address}{path}?{urlencode(query)}", headers={"Accept-Language": "zh-CN"}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return Answered(response.status, dict(response.headers), response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answered(error.code, dict(error.headers), error.read())


def names(page: str) -> list[str]:
    return re.findall(r'<span class="name">(.*?)</span>', page)


def test_first_page_shows_the_first_rows_and_says_how_many_figures_there_are(
    address: str, told: Extraction
) -> None:
    page = get(address)
    assert page.status == 200
    assert page.text.count("<tr data-source=") == PAGE_ROWS
    assert names(page.text)[0] == told.rows[0].indicator
    assert ZH.rows.format(count=len(told.rows)) in page.text
    left = told.left.total()
    repeats = sum(len(row.repeats) for row in told.rows)
    counted = ZH.counted.format(figures=told.figures, told=told.figures - left, repeats=repeats, left=left)
    assert counted in page.text
    assert "unsafe" not in page.headers["content-security-policy"]


def test_last_page_holds_the_rest(address: str, told: Extraction) -> None:
    pages = -(-len(told.rows) // PAGE_ROWS)
    page = get(address, page=pages)
    assert page.text.count("<tr data-source=") == len(told.rows) - (pages - 1) * PAGE_ROWS


def test_search_filters_and_order_narrow_the_same_rows(address: str, told: Extraction) -> None:
    page = get(address, q="森林覆盖率", region="江西省", outcome="plan").text
    assert names(page) == ["森林覆盖率"]
    shares = [row for row in told.rows if row.unit == "%" and row.signed is not None]
    page = get(address, unit="%", sort="number", direction="down").text
    assert names(page)[0] == max(shares, key=lambda row: row.signed or 0).indicator
    assert 'aria-sort="descending"' in page


def test_nothing_found_says_so(address: str) -> None:
    page = get(address, q="没有这样的指标")
    assert page.status == 200
    assert ZH.none in page.text
    assert "<table" not in page.text


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("indicators", {"page": "0"}),
        ("indicators", {"page": "9999"}),
        ("indicators", {"page": "one"}),
        ("indicators", {"page": "1" * 40}),
        ("indicators", {"page": "１"}),
        ("indicators", {"sort": "drop table"}),
        ("indicators", {"direction": "sideways"}),
        ("indicators", {"region": "../../etc/passwd"}),
        ("indicators", {"period": "1066"}),
        ("indicators", {"outcome": "x"}),
        ("indicators", {"unit": "furlong"}),
        ("indicators", {"file": "/etc/passwd"}),
        ("indicators", {"q": "长" * 201}),
        ("indicators/plot", {}),
        ("indicators/plot", {"indicator": "没有这样的指标"}),
        ("indicators/plot", {"indicator": "森林覆盖率", "measure": "x"}),
        ("indicators/plot", {"indicator": "森林覆盖率", "measure": "吨|level"}),
        ("indicators/plot", {"indicator": "森林覆盖率", "over": "moon"}),
        ("indicators/plot", {"indicator": "森林覆盖率", "over": "region", "period": "1066"}),
        ("indicators/rows.csv", {"region": "x"}),
        ("indicators/rows.xlsx", {"sort": "x"}),
    ],
)
def test_parameter_that_means_nothing_is_refused_with_its_name(
    address: str, path: str, query: dict[str, object]
) -> None:
    page = get(address, path, **query)
    assert page.status == 400
    assert ZH.bad in page.text
    assert re.search(
        r"<p>(page|sort|direction|region|period|outcome|unit|file|q|start|indicator|measure|over)\b",
        page.text,
    )
    assert "root:" not in page.text


def test_each_row_leads_to_its_figure_marked_in_the_source(
    address: str, told: Extraction, assistant: Assistant
) -> None:
    for row in told.rows[:: len(told.rows) // 8]:
        span = row.span
        page = get(address, "documents/read", file=span.file, start=span.start, end=span.end).text
        marked = "".join(re.findall("<mark[^>]*>(.*?)</mark>", page))
        source = assistant.index.document(span.file).text[span.start : span.end]
        assert "".join(marked.split()) == "".join(source.split())


def test_page_speaks_english_too(address: str) -> None:
    page = get(address, lang="en").text
    assert EN.lead in page
    assert ZH.lead not in page


def test_csv_holds_the_chosen_rows(address: str, told: Extraction) -> None:
    answer = get(address, "indicators/rows.csv", region="江西省南昌市")
    assert answer.body.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["content-disposition"]
    head, *lines = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))
    assert tuple(head) == ZH.file_columns
    chosen = [row for row in told.rows if row.region and row.region.name == "江西省南昌市"]
    assert [(line[0], line[1]) for line in lines] == [(row.indicator, row.value) for row in chosen]


def test_xlsx_holds_numbers_as_numbers(address: str, told: Extraction) -> None:
    from openpyxl import load_workbook

    answer = get(address, "indicators/rows.xlsx", unit="%")
    sheet = load_workbook(io.BytesIO(answer.body)).active
    assert sheet is not None
    head, *lines = list(sheet.iter_rows(values_only=True))
    assert head == ZH.file_columns
    chosen = [row for row in told.rows if row.unit == "%"]
    assert [line[3] for line in lines] == [float(row.number) for row in chosen if row.number is not None]
    assert all(isinstance(line[3], int | float) for line in lines)


def test_no_text_of_a_report_is_markup_or_a_formula(hostile: str) -> None:
    from openpyxl import load_workbook

    page = get(hostile).text
    source = get(hostile, "documents/read", file="报告.md", start=0, end=200).text
    for shown in (page, source):
        assert not re.search(r"<(?:img|svg|b)\b|<script>alert", shown)
    assert page.count("<tr data-source=") >= 3
    lines = list(
        csv.reader(io.StringIO(get(hostile, "indicators/rows.csv").body.decode("utf-8-sig"), newline=""))
    )
    texts = [cell for line in lines for place, cell in enumerate(line) if place not in (3, 4)]
    assert not [cell for cell in texts if cell.startswith(("=", "+", "-", "@"))]
    assert any(cell.startswith("'") for cell in texts)
    sheet = load_workbook(io.BytesIO(get(hostile, "indicators/rows.xlsx").body)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert -34.1 * 10000 in [cell.value for cell in cells if cell.data_type == "n"]


def test_words_of_a_search_come_back_as_text(address: str) -> None:
    page = get(address, q='"><script>alert(1)</script>').text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_rows_are_not_read_before_the_page_is_asked_for(assistant: Assistant) -> None:
    import subprocess
    import sys

    code = "import sys; import ui.cli, rag.assistant; print([name for name in sys.modules if 'indicators.extraction' in name])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_page_says_how_far_the_reading_is_and_shows_the_rows_by_itself(
    assistant: Assistant, browser: "Browser", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "PATIENCE", 0.0)
    for address in serve(assistant):
        answer = get(address, "indicators/rows.csv")
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert ZH.reading in get(address).text
        with Tab(browser, address, "indicators") as page:
            page.wait_for_selector("table.indicators")


class Tab:
    """A page in a fresh context; in the end it must have asked no other host and complained of nothing."""

    def __init__(self, browser: "Browser", address: str, path: str, **options: object) -> None:
        self._address = address
        self._context = browser.new_context(
            **{"locale": "zh-CN", "viewport": {"width": 1280, "height": 800}} | options  # type: ignore[arg-type]
        )
        self._context.set_default_timeout(PATIENCE_MS)
        self.hosts: set[str] = set()
        self.complaints: list[str] = []
        self.page: Page = self._context.new_page()
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self._note("error", str(error)))
        self.page.on("dialog", lambda dialog: self._note("error", dialog.message))
        self.page.goto(address + path)

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(f"{kind}: {text}")

    def __enter__(self) -> "Page":
        return self.page

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._context.close()
        if error is None:
            assert self.hosts <= {urlsplit(self._address).netloc, ""}
            assert self.complaints == []


def test_a_click_on_any_cell_shows_the_marked_source(browser: "Browser", address: str) -> None:
    with Tab(browser, address, "indicators?q=PM2.5") as page:
        row = page.locator("tr[data-source]").first
        told = row.locator("a.value").inner_text()
        for cell in range(1, 7):
            row.locator("td, th").nth(cell).click()
            page.wait_for_selector("dialog[open] mark")
            assert "".join(page.locator("dialog mark").all_text_contents()) == told
            frame, mark = (
                page.locator("[data-body]").bounding_box(),
                page.locator("dialog mark").first.bounding_box(),
            )
            assert frame is not None
            assert mark is not None
            assert frame["y"] <= mark["y"] < frame["y"] + frame["height"]
            page.keyboard.press("Escape")
            page.wait_for_selector("dialog", state="hidden")


def test_keyboard_alone_reaches_the_source_and_comes_back(browser: "Browser", address: str) -> None:
    with Tab(browser, address, "indicators?q=PM2.5") as page:
        page.locator("a.value").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("dialog[open] mark")
        assert page.evaluate("document.activeElement.matches('[data-body]')")
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.matches('a.value')")


def test_choosing_a_filter_and_an_order(browser: "Browser", address: str) -> None:
    with Tab(browser, address, "indicators") as page:
        page.select_option("select[name=region]", "江西省南昌市")
        page.wait_for_url("**region=**")
        page.wait_for_load_state()
        assert set(page.locator("td.place").all_inner_texts()) == {"江西省南昌市"}
        page.fill("input[name=q]", "生产总值")
        page.press("input[name=q]", "Enter")
        page.wait_for_url("**q=**")
        assert page.locator("tr[data-source]").count() == 2
        assert "file=" not in page.url
        page.locator("a.sort").nth(1).click()
        page.wait_for_url("**sort=number**")
        assert page.locator("a.value").all_inner_texts() == ["4.0%左右", "5.0%左右"]


def test_plot_of_an_indicator_over_periods_and_regions(browser: "Browser", address: str) -> None:
    with Tab(browser, address, "indicators?q=" + quote("森林覆盖率")) as page:
        page.locator(".plot-link").first.click()
        page.wait_for_selector("svg.plot")
        points = page.locator("tr[data-source]").count()
        assert points >= 3
        assert page.locator("svg .dot").count() == points
        assert page.locator("svg .dot.hollow").count() == 1
        page.locator(".tabs a").nth(1).click()
        page.wait_for_url("**over=region**")
        page.wait_for_selector("svg .bar")
        bars = page.locator("svg .bar").count()
        assert bars == page.locator("tr[data-source]").count() == 2


def test_page_works_without_scripts(browser: "Browser", address: str) -> None:
    with Tab(browser, address, "indicators?q=PM2.5", java_script_enabled=False) as page:
        page.locator("a.value").first.click()
        page.wait_for_selector("#text mark")
        page.go_back()
        page.select_option("select[name=unit]", "%")
        page.click("form.filters button")
        assert "unit=%25" in page.url


def test_nothing_of_a_report_runs_in_the_browser(browser: "Browser", hostile: str) -> None:
    with Tab(browser, hostile, "indicators") as page:
        assert page.locator("tr[data-source]").count() >= 3
        page.locator("tr[data-source] td").nth(2).click()
        page.wait_for_selector("dialog[open] mark")
        assert page.locator("dialog :is(script, img, svg, b)").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    [
        "indicators",
        "indicators?q=zzz",
        "indicators/plot?indicator=" + quote("森林覆盖率"),
        "indicators/plot?over=region&indicator=" + quote("森林覆盖率"),
    ],
)
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_are_accessible(browser: "Browser", address: str, path: str, scheme: str, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    viewport = {"width": width, "height": 844}
    with Tab(browser, address, path, color_scheme=scheme, viewport=viewport) as page:
        found = axe.Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_source_beside_its_row_is_accessible(browser: "Browser", address: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    with Tab(browser, address, "indicators?q=PM2.5") as page:
        page.locator("tr[data-source] td").nth(2).click()
        page.wait_for_selector("dialog[open] mark")
        found = [each for each in axe.Axe().run(page).response["violations"] if each["impact"] != "moderate"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
