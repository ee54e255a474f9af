"""The documents and evaluation pages in a real Chromium: upload, rebuild, ask, remove, evaluate, and who can use them."""

from collections.abc import Iterator
from shutil import rmtree
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.pages_site import ADDED, Site, serve_site
from tests.test_browser import ask
from tests.test_pages import HOSTILE, QUESTIONS, keep_run
from ui.pages.documents_texts import ZH
from ui.pages.evaluation_texts import ZH as EVALUATION_ZH

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")

ALL_PAGES = ("", "documents", "indicators", "evaluation")
PATIENCE_MS = 120_000
"""A rebuild starts a process that loads a model, on whatever processor there is."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve_site(tmp_path_factory.mktemp("site")) as served:
        yield served


@pytest.fixture
def page(browser: "Browser", site: Site) -> Iterator["Page"]:
    """A page that in the end must have asked no other host, and complained of nothing but refused requests."""
    yield from open_in(browser, site)


def open_in(browser: "Browser", site: Site, **options: object) -> Iterator["Page"]:
    context = browser.new_context(**{"locale": "zh-CN", "viewport": {"width": 1280, "height": 800}} | options)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    hosts: set[str] = set()
    complaints: list[str] = []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("console", lambda said: said.type in ("error", "warning") and complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
    yield page
    context.close()
    assert hosts <= {urlsplit(site.address).netloc, ""}
    assert [each for each in complaints if "status of 4" not in each] == []


def rebuild(page: "Page") -> str:
    """Rebuild, wait, and what is then said."""
    page.click("#rebuild")
    page.wait_for_selector("#rebuild[disabled]")
    page.wait_for_selector("#rebuild:not([disabled])")
    return page.locator("#work .told").inner_text()


def upload(page: "Page", name: str, text: str) -> None:
    page.set_input_files("#files", {"name": name, "mimeType": "text/plain", "buffer": text.encode()})


def test_added_file_is_asked_about_removed_and_put_back(page: "Page", site: Site) -> None:
    page.goto(f"{site.address}/documents")
    upload(page, "青石县2022年.txt", ADDED)
    page.wait_for_selector(f'#sent :text("{ZH.added.format(file="青石县2022年.txt")}")')
    page.wait_for_selector(".standing.new")
    assert "新增 1" in rebuild(page)
    page.wait_for_selector('tr:has-text("2022年青石县政府工作报告") .standing.indexed')
    page.click("nav.pages a >> nth=0")
    page.wait_for_selector(".welcome")
    ask(page, "2022年青石县茶叶总产量是多少？")
    assert "4.8万吨" in page.locator(".answer").inner_text()
    assert "青石县2022年.txt" in page.locator(".references").inner_text()

    page.click("nav.pages a >> nth=1")
    page.click('tr:has-text("青石县") [data-remove]')
    assert "青石县2022年.txt" in page.locator("#ask h2").inner_text()
    page.press("#ask", "Escape")
    assert (site.reports / "青石县2022年.txt").exists()
    page.click('tr:has-text("青石县") [data-remove]')
    page.click("#ask button[value=yes]")
    page.wait_for_selector(".standing.gone")
    assert "移除 1" in rebuild(page)
    page.wait_for_selector('tr:has-text("青石县")', state="detached")
    page.click(".trash [data-restore]")
    page.wait_for_selector(".standing.new")
    assert (site.reports / "青石县2022年.txt").read_text("utf-8") == ADDED
    (site.reports / "青石县2022年.txt").unlink()


def test_chat_leads_to_the_button_when_reports_changed(page: "Page", site: Site) -> None:
    (site.reports / "新来的.txt").write_text("戊县2023年新建公园17个。", encoding="utf-8")
    page.goto(f"{site.address}/?lang=en")
    page.click(".stale a")
    page.wait_for_selector("#rebuild")
    assert page.url == f"{site.address}/documents?lang=en"
    (site.reports / "新来的.txt").unlink()


def test_dropped_files_are_added_one_by_one(page: "Page", site: Site) -> None:
    page.goto(f"{site.address}/documents")
    page.evaluate(
        """() => {
          const carried = new DataTransfer();
          carried.items.add(new File(["青石县有茶园三万亩。"], "拖来的.txt", { type: "text/plain" }));
          carried.items.add(new File(["MZ"], "程序.docx", { type: "application/msword" }));
          for (const kind of ["dragenter", "dragover", "drop"])
            document.getElementById("drop").dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true }));
        }"""
    )
    page.wait_for_selector("#sent li.failed")
    page.wait_for_selector('tr:has-text("拖来的.txt")')
    assert (site.reports / "拖来的.txt").read_text("utf-8") == "青石县有茶园三万亩。"
    assert "程序.docx" in page.locator("#sent li.failed").inner_text()
    assert not (site.reports / "程序.docx").exists()
    (site.reports / "拖来的.txt").unlink()


def test_file_over_the_limit_is_not_even_sent(page: "Page", site: Site) -> None:
    page.goto(f"{site.address}/documents")
    page.evaluate("document.getElementById('drop').dataset.limit = '0.00001'")
    upload(page, "大.txt", ADDED)
    page.wait_for_selector("#sent li.failed")
    assert "大.txt" in page.locator("#sent").inner_text()
    assert not (site.reports / "大.txt").exists()


def test_name_that_is_taken_is_asked_about(page: "Page", site: Site) -> None:
    page.goto(f"{site.address}/documents")
    upload(page, "望湖县民生.md", ADDED)
    page.click(f'#sent button:text("{ZH.keep_both}")')
    page.wait_for_selector('tr:has-text("望湖县民生 (2).md")')
    assert (site.reports / "望湖县民生 (2).md").read_text("utf-8") == ADDED
    (site.reports / "望湖县民生 (2).md").unlink()


def test_hostile_names_and_titles_are_text(page: "Page", site: Site) -> None:
    page.goto(f"{site.address}/documents")
    upload(page, f"{HOSTILE}.md", f"# {HOSTILE}\n\n{HOSTILE}县2023年产茶3万吨。\n")
    page.wait_for_selector(".standing.new")
    rebuild(page)
    page.wait_for_selector(".standing.new", state="detached")
    page.click("tr:has-text('alert(2)') a.open")
    page.wait_for_selector(".tree")
    page.click(".tree a.leaf")
    page.wait_for_selector("#text mark")
    assert "<script>alert(1)</script>" in page.locator("#text").inner_text()
    assert page.locator("#text img, .tree img, #text script").count() == 0
    next(path for path in site.reports.iterdir() if "alert" in path.name).unlink()


def test_tree_shows_the_text_of_what_is_clicked(page: "Page", site: Site) -> None:
    page.goto(f"{site.address}/documents")
    page.click('tr:has-text("望湖县2023年.txt") a.open')
    page.click('.tree summary:has-text("二、2024年工作安排")')
    leaf = page.locator('.tree a.leaf:visible:has-text("增长目标")')
    leaf.click()
    page.wait_for_selector("#text mark")
    assert "增长目标为6%左右" in "".join(page.locator("#text mark").all_text_contents())
    assert leaf.get_attribute("aria-current") == "true"
    assert "start=" in page.url
    page.reload()
    assert page.locator('.tree a.leaf[aria-current="true"]').is_visible()


def test_evaluation_runs_and_its_report_opens(page: "Page", site: Site) -> None:
    (site.home / "questions").mkdir(exist_ok=True)
    (site.home / "questions" / "mine.jsonl").write_text("\n".join(QUESTIONS) + "\n", encoding="utf-8")
    page.goto(f"{site.address}/evaluation")
    assert EVALUATION_ZH.empty in page.locator("#runs").inner_text()
    page.select_option("[name=questions]", "mine.jsonl")
    page.fill("[name=sample]", "")
    page.fill("[name=name]", "网页上的")
    page.click("#begin")
    page.wait_for_selector('a.run:text("网页上的")')
    assert "2/2" in page.locator("#work .told").inner_text()
    page.click('a.run:text("网页上的")')
    report = page.frame_locator("iframe.report")
    report.locator("details").first.wait_for()
    assert "地区生产总值" in report.locator("#questions").inner_text()
    assert "森林覆盖率" not in report.locator("#questions").inner_text()
    frame = page.frames[1]
    assert frame.evaluate("window.origin") == "null"


def test_run_is_removed_after_a_question_and_put_back(page: "Page", site: Site) -> None:
    keep_run(site, "旧的一次")
    page.goto(f"{site.address}/evaluation")
    page.click('tr:has-text("旧的一次") [data-remove]')
    assert page.locator("#ask h2").inner_text() == EVALUATION_ZH.remove_ask.format(run="旧的一次")
    page.press("#ask", "Escape")
    assert (site.home / "runs" / "旧的一次").exists()
    page.click('tr:has-text("旧的一次") [data-remove]')
    page.click("#ask button[value=yes]")
    page.wait_for_selector('tr:has-text("旧的一次")', state="detached")
    assert page.locator("#said").inner_text() == EVALUATION_ZH.removed.format(run="旧的一次")
    assert not (site.home / "runs" / "旧的一次").exists()
    page.click('.trash li:has-text("旧的一次") [data-restore]')
    page.wait_for_selector('tr:has-text("旧的一次")')
    assert page.locator(".trash").count() == 0
    rmtree(site.home / "runs" / "旧的一次")


def test_no_pace_is_told_while_a_rebuild_prepares(page: "Page", site: Site) -> None:
    page.goto(f"{site.address}/documents")
    page.evaluate(
        """() => {
          window.told = [];
          new MutationObserver(() => window.told.push([document.querySelector("#work .told").textContent,
            document.querySelector("#work progress").matches(":indeterminate")])).observe(
            document.getElementById("work"), { childList: true, subtree: true, attributes: true });
        }"""
    )
    upload(page, "丁县.txt", "2023年，丁县新建公园17个。")
    page.wait_for_selector(".standing.new")
    rebuild(page)
    told = page.evaluate("window.told")
    preparing = [each for each in told if each[0].startswith(ZH.starting)]
    assert preparing
    assert [each for each in preparing if each[0] != ZH.starting or not each[1]] == []
    (site.reports / "丁县.txt").unlink()
    rebuild(page)


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_banner_of_the_narrowest_phone_holds_every_page_and_button_once(
    browser: "Browser", site: Site, locale: str
) -> None:
    for page in open_in(browser, site, locale=locale, viewport={"width": 320, "height": 640}):
        for path in ALL_PAGES:
            page.goto(f"{site.address}/{path}")
            page.wait_for_selector("main.main" if path else ".covers")
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
            buttons = page.locator(".banner :is(a, button, select):visible").all()
            for button in buttons:
                box = button.bounding_box()
                assert box is not None
                assert 0 <= box["x"] <= box["x"] + box["width"] <= 320, (path, button.inner_text())
                assert button.evaluate("each => each.scrollWidth <= each.clientWidth"), (
                    path,
                    button.inner_text(),
                )
            words = [button.inner_text() for button in buttons]
            assert len(set(words)) == len(words) >= 5, path


@pytest.mark.parametrize("width", [320, 1280, 1920])
def test_every_page_begins_at_the_same_place(browser: "Browser", site: Site, width: int) -> None:
    for page in open_in(browser, site, viewport={"width": width, "height": 800}):
        begins = set()
        for path in (*ALL_PAGES[1:], "documents/read?file=望湖县2023年.txt"):
            page.goto(f"{site.address}/{path}")
            begins.add(page.locator(".main h1").evaluate("each => each.getBoundingClientRect().left"))
        assert len(begins) == 1


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
)
def test_no_serious_fault_for_those_who_cannot_see(
    browser: "Browser", site: Site, width: int, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    options = {"viewport": {"width": width, "height": 844}, "color_scheme": scheme}
    for page in open_in(browser, site, **options):
        for path in ("", "documents", "documents/read?file=望湖县2023年.txt&start=20&end=60", "evaluation"):
            page.goto(f"{site.address}/{path}")
            page.wait_for_selector(".welcome" if not path else ".main")
            faults = [
                (fault["id"], [node["html"] for node in fault["nodes"]])
                for fault in Axe().run(page).response["violations"]
                if fault["impact"] in ("serious", "critical")
            ]
            assert faults == [], path
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, path
