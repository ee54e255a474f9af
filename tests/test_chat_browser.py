"""What is done with answers on the chat page, in a real Chromium: filters, thumbs, copies, exports, kept conversations, keys."""

import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from rag.assistant import Assistant
from rag.settings import Settings
from tests import test_browser
from tests.test_browser import QUESTION, Watch, ask, marked, squeeze
from ui.chat.handling_texts import EN, ZH
from ui.feedback import Feedback, Opinion
from ui.web import build_app, listen

# Gradio 6.31 counts its requests in a way that pandas 3 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")

if TYPE_CHECKING:
    from playwright.sync_api import Page

    OpenPage = Callable[..., Page]

watch, open_page = test_browser.watch, test_browser.open_page

DIFFERENCE = "2023年PM2.5比2022年高多少？"
REFUSED = "2015年江西省森林覆盖率是多少？"
HOSTILE = '<img src="http://203.0.113.1/x" onerror="alert(1)"><script>alert(2)</script> 森林覆盖率'
STORE = "ganwen-chats"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server runs: opinions are kept below it."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def address(assistant: Assistant, folder: Path) -> Iterator[str]:
    import asyncio

    import uvicorn

    listener = listen("127.0.0.1", 0)
    started = threading.Event()
    servers: list[uvicorn.Server] = []

    async def run() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            app = build_app(assistant, Settings())
        servers.append(uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1)))
        started.set()
        await servers[0].serve(sockets=[listener])

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    started.wait()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    servers[0].should_exit = True
    thread.join(timeout=20)


def opinions(folder: Path) -> tuple[Opinion, ...]:
    return Feedback(folder / ".ganwen" / "feedback.sqlite").read()


def kept(page: "Page") -> list[dict[str, Any]]:
    return json.loads(page.evaluate(f"localStorage.getItem('{STORE}') ?? '[]'"))  # type: ignore[no-any-return]


def open_kept(page: "Page") -> None:
    page.click("[data-kept]")
    page.wait_for_selector("dialog[open]")


def focused(page: "Page") -> str:
    """Classes and data of what has the focus."""
    return str(
        page.evaluate(
            "document.activeElement.className + ' ' + JSON.stringify({...document.activeElement.dataset})"
        )
    )


def test_checked_figures_bear_a_tick_that_is_not_part_of_the_answer(open_page: "OpenPage") -> None:
    page = open_page()
    ask(page, DIFFERENCE)
    ticked = page.locator(".answer .checked")
    assert ticked.all_text_contents() == [
        "29微克/立方米",
        "27微克/立方米",
        "29微克/立方米",
        "27微克/立方米",
        "2微克/立方米",
    ]
    assert ticked.first.evaluate("e => getComputedStyle(e, '::after').content").startswith('"✓"')
    assert ticked.first.get_attribute("title") == ZH.checked_span.format(n=1)
    assert ticked.last.get_attribute("title") == ZH.checked_formula
    assert "✓" not in page.locator(".answer").inner_text()
    assert ZH.checked.format(count=5) in page.locator(".exchange > .meta").first.inner_text()


def test_what_is_withheld_is_explained(open_page: "OpenPage") -> None:
    page = open_page(locale="en-US")
    ask(page, "How many tailings ponds were closed in Jiangxi in 2022?")
    assert EN.faults["wrong_year"] in page.locator(".withheld").inner_text()


def test_a_refusal_tells_what_there_is(open_page: "OpenPage") -> None:
    page = open_page()
    ask(page, REFUSED)
    assert "63.1%" in page.locator(".answer.refused").inner_text()
    assert "江西省的内容，报告里主要讲" in page.locator(".held").inner_text()
    assert page.locator(".widen").count() == 0


def test_filters_are_chips_that_narrow_the_answer_and_can_be_removed(open_page: "OpenPage") -> None:
    page = open_page()
    page.select_option('[data-filter="region"]', "江西省/南昌市")
    page.wait_for_selector(".chip")
    page.select_option('[data-filter="year"]', "2023")
    page.wait_for_selector(".chip >> nth=1")
    assert page.locator(".chip").all_inner_texts() == ["江西省 › 南昌市", "2023年"]
    assert page.locator('[data-filter="region"]').input_value() == ""
    ask(page, "空气质量怎么样？")
    assert page.locator(".scope").inner_text() == "范围：江西省 › 南昌市、2023年"
    for tags in page.locator(".reference .facts").all():
        assert {"南昌市", "2023年"} <= set(tags.locator(".tag").all_inner_texts())
    page.click(".chip >> nth=0")
    page.wait_for_selector('[data-unfilter="region"]', state="detached")
    assert page.locator(".chip").all_inner_texts() == ["2023年"]


def test_a_filter_that_matches_nothing_finds_nothing_until_it_is_taken_off(open_page: "OpenPage") -> None:
    page = open_page()
    page.select_option('[data-filter="region"]', "江西省/南昌市")
    page.wait_for_selector(".chip")
    page.select_option('[data-filter="file"]', "001_9ec3a814245b7342.txt")
    page.wait_for_selector(".chip >> nth=1")
    ask(page, QUESTION)
    assert page.locator(".answer.refused").count() == 1
    assert ZH.nothing_allowed in page.locator(".held").inner_text()
    assert page.locator(".reference").count() == 0
    page.click(".widen")
    page.wait_for_selector('[data-exchange="1"] .references')
    assert "63.1%" in page.locator('[data-exchange="1"] .answer').inner_text()
    assert page.locator(".chip").count() == 0
    assert page.locator('[data-exchange="1"] .scope').count() == 0


def test_an_answer_is_copied_with_its_sources(open_page: "OpenPage") -> None:
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, QUESTION)
    page.click("[data-copy]")
    page.wait_for_selector(f'.notice:text("{ZH.copied}")')
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{QUESTION}\n\n")
    assert "63.1%[1]" in copied
    assert "[1] 省发展和改革委员会. 关于国家生态文明试验区(江西)建设情况的报告[R]. 2024-01-24. 000_" in copied
    assert squeeze(page.locator(".quote").inner_text()) in squeeze(copied)


def test_copying_works_where_the_clipboard_is_closed(open_page: "OpenPage") -> None:
    """As on a page that another machine serves without https."""
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, QUESTION)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('closed')); }")
    page.click("[data-copy]")
    page.wait_for_selector(f'.notice:text("{ZH.copied}")')
    assert "63.1%[1]" in page.evaluate("navigator.clipboard.readText()")


def test_the_conversation_is_exported_in_both_forms(open_page: "OpenPage") -> None:
    page = open_page()
    ask(page, QUESTION)
    ask(page, REFUSED)
    assert page.locator("[data-export]").count() == 2  # by the last answer only
    with page.expect_download() as download:
        page.click('[data-export="md"]')
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert download.value.suggested_filename.endswith(".md")
    assert f"## {QUESTION}" in text
    assert "63.1%[^1]" in text
    assert f"## {ZH.references}" in text
    with page.expect_download() as download:
        page.click('[data-export="docx"]')
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as package:
        assert "63.1%" in package.read("word/document.xml").decode()
        assert "[R]. 2024-01-24" in package.read("word/footnotes.xml").decode()


def test_an_export_holds_nothing_of_another_page(open_page: "OpenPage") -> None:
    one, other = open_page(), open_page()
    ask(one, QUESTION)
    ask(other, "什么是8810行动计划？")
    with other.expect_download() as download:
        other.click('[data-export="md"]')
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "8810" in text
    assert "63.1%" not in text


def test_an_export_that_fails_is_said(open_page: "OpenPage", watch: Watch) -> None:
    page = open_page()
    ask(page, QUESTION)
    page.context.set_offline(True)
    page.click('[data-export="md"]')
    page.wait_for_selector(f'.notice:text("{ZH.failed}")')
    page.context.set_offline(False)
    watch.complaints.clear()  # the browser tells of the request that failed


def test_a_thumb_with_its_comment_is_kept_and_taken_back(open_page: "OpenPage", folder: Path) -> None:
    page = open_page()
    before = len(opinions(folder))
    ask(page, QUESTION)
    page.click('[data-verdict="down"]')
    page.wait_for_selector('[data-verdict="down"][aria-pressed="true"]')
    page.wait_for_function("document.activeElement.className === 'comment'")
    page.keyboard.type("年份不对")
    page.click("[data-save]")
    page.wait_for_function("document.querySelector('.comment').textContent === '年份不对'")
    assert page.locator(".remark").inner_text() == ZH.thanks
    (kept_opinion,) = opinions(folder)[before:]
    assert (kept_opinion.verdict, kept_opinion.comment, kept_opinion.question) == (
        "down",
        "年份不对",
        QUESTION,
    )
    page.click('[data-verdict="up"]')
    page.wait_for_selector('[data-verdict="up"][aria-pressed="true"]')
    assert opinions(folder)[-1].verdict == "up"
    page.click('[data-verdict="up"]')
    page.wait_for_selector(".opinion", state="detached")
    assert len(opinions(folder)) == before


def test_conversations_are_kept_opened_and_deleted(open_page: "OpenPage") -> None:
    page = open_page()
    open_kept(page)
    assert ZH.kept_none in page.locator("dialog").inner_text()
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")
    ask(page, QUESTION)
    ask(page, "那2022年呢？")
    shown = page.locator(".log .answer").all_inner_texts()
    page.click("[data-new]")
    page.wait_for_selector(".welcome")
    ask(page, "什么是8810行动计划？")
    assert [(chat["title"], chat["count"]) for chat in kept(page)] == [
        ("什么是8810行动计划？", 1),
        (QUESTION, 2),
    ]

    page.reload()
    page.wait_for_selector('.question:has-text("什么是8810行动计划？")')
    open_kept(page)
    page.click(f'.kept-open:has-text("{QUESTION}")')
    page.wait_for_selector('[data-exchange="1"] .references')
    assert page.locator(".log .answer").all_inner_texts() == shown
    page.click('[data-exchange="0"] .mark')
    page.wait_for_selector(".source mark")
    assert "63.1%" in marked(page)
    ask(page, "那南昌呢？")  # it goes on, as the same conversation
    first, _ = kept(page)
    assert (first["title"], first["count"]) == (QUESTION, 3)

    open_kept(page)
    page.click(".kept-delete >> nth=0")
    assert [chat["title"] for chat in kept(page)] == ["什么是8810行动计划？"]
    page.click(".kept-delete-all")
    assert len(kept(page)) == 1
    page.click(".kept-delete-all")
    assert kept(page) == []
    assert ZH.kept_none in page.locator("dialog").inner_text()
    assert "kept-close" in focused(page)


def test_a_tab_comes_back_to_its_conversation_and_its_filters(open_page: "OpenPage") -> None:
    page = open_page()
    page.evaluate("sessionStorage.setItem('seen', '')")
    page.add_init_script(
        """new MutationObserver(() => {
          if (document.querySelector(".welcome")) sessionStorage.setItem("seen", "welcome");
        }).observe(document, { childList: true, subtree: true });"""
    )
    ask(page, QUESTION)
    page.select_option('[data-filter="year"]', "2022")
    page.wait_for_selector(".chip")
    before = kept(page)
    for other in ("documents", "indicators", "evaluation"):
        page.click(f'nav.pages a[href*="{other}"]')
        page.wait_for_selector("main.main")
        page.click("nav.pages a >> nth=0")
        page.wait_for_selector(".references")
    page.reload()
    page.wait_for_selector(".references")
    assert page.locator(".question").inner_text().endswith(QUESTION)
    assert page.locator(".chip").all_inner_texts() == ["2022年"]
    assert page.evaluate("sessionStorage.getItem('seen')") == ""  # the welcome did not even flash
    assert kept(page) == before
    ask(page, "那南昌呢？")  # it goes on, as the same conversation and within its filter
    assert page.locator(".scope").inner_text() == "范围：2022年"
    assert [(chat["title"], chat["count"]) for chat in kept(page)] == [(QUESTION, 2)]

    page.click("[data-new]")
    page.wait_for_selector(".welcome")
    page.reload()
    page.wait_for_selector(".welcome")
    assert page.locator(".exchange, .chip").count() == 0
    assert len(kept(page)) == 1


def test_another_tab_begins_anew(open_page: "OpenPage") -> None:
    page = open_page()
    ask(page, QUESTION)
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector(".welcome")
    ask(other, DIFFERENCE)
    assert [chat["title"] for chat in kept(page)] == [DIFFERENCE, QUESTION]


def test_a_conversation_that_is_gone_or_damaged_is_let_go_of(open_page: "OpenPage") -> None:
    page = open_page()
    ask(page, QUESTION)
    page.evaluate(f"localStorage.removeItem('{STORE}')")
    page.reload()
    page.wait_for_selector(".welcome")
    ask(page, DIFFERENCE)
    forged = [kept(page)[0] | {"record": '{"version": 1}'}]
    page.evaluate(f"chats => localStorage.setItem('{STORE}', JSON.stringify(chats))", forged)
    page.reload()
    page.wait_for_selector(f'.notice:text("{ZH.kept_unreadable}")')
    page.reload()
    page.wait_for_selector(".welcome")
    assert page.locator(".notice").inner_text() == ""
    ask(page, QUESTION)
    assert [chat["title"] for chat in kept(page)] == [QUESTION, DIFFERENCE]


def test_what_is_kept_is_never_markup(open_page: "OpenPage") -> None:
    page = open_page()
    ask(page, HOSTILE)
    open_kept(page)
    assert page.locator(".kept-title").inner_text().startswith("<img src=")
    assert page.locator("dialog img, dialog script").count() == 0
    page.click(".kept-open")
    page.wait_for_selector("dialog[open]", state="detached")
    page.wait_for_selector(".exchange")
    assert page.locator(".ganwen img, .ganwen script").count() == 0


def test_a_store_that_was_tampered_with_harms_nothing(open_page: "OpenPage") -> None:
    page = open_page()
    for broken in ("{", "7", '[null, 3, {"record": 7}]'):
        page.evaluate(f"text => localStorage.setItem('{STORE}', text)", broken)
        open_kept(page)
        assert page.locator(".kept-row").count() == 0
        page.keyboard.press("Escape")
    forged = [
        {"id": "x", "title": "<b>forged</b>", "count": "<i>1</i>", "changed": 0, "record": '{"version": 1}'}
    ]
    page.evaluate(f"chats => localStorage.setItem('{STORE}', JSON.stringify(chats))", forged)
    open_kept(page)
    assert page.locator("dialog b, dialog i").count() == 0
    page.click(".kept-open")
    page.wait_for_selector(f'.notice:text("{ZH.kept_unreadable}")')
    ask(page, QUESTION)
    assert page.locator(".references").count() == 1


def test_a_full_store_lets_the_oldest_go(open_page: "OpenPage") -> None:
    page = open_page()
    chats = [
        {"id": f"{n}", "title": f"{n}", "count": 1, "changed": n, "record": "x" * 500_000} for n in range(9)
    ]
    page.evaluate(f"chats => localStorage.setItem('{STORE}', JSON.stringify(chats))", chats)
    page.evaluate(
        "() => { try { for (let n = 0; ; n++) localStorage.setItem('other' + n, 'x'.repeat(1000)); } catch {} }"
    )
    ask(page, QUESTION)
    assert kept(page)[0]["title"] == QUESTION
    assert [chat["id"] for chat in kept(page)[1:]] == [f"{n}" for n in range(len(kept(page)) - 1)]
    assert 2 <= len(kept(page)) < 10


def test_answers_are_stopped_by_opening_a_kept_conversation(open_page: "OpenPage") -> None:
    page = open_page()
    ask(page, QUESTION)
    page.click("[data-new]")
    page.wait_for_selector(".welcome")
    page.fill(".question-box", "2023年江西省经济怎么样？")
    page.press(".question-box", "Enter")
    open_kept(page)
    page.click(f'.kept-open:has-text("{QUESTION}")')
    page.wait_for_selector(f'[data-exchange="0"] .question:has-text("{QUESTION}")')
    page.wait_for_timeout(1500)
    assert page.locator(".exchange").count() == 1
    assert page.locator(".send").is_visible()


def test_everything_is_reached_by_keys(open_page: "OpenPage") -> None:
    page = open_page()
    page.focus(".example >> nth=0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("[...document.querySelectorAll('.example')].indexOf(document.activeElement)") == 1
    ask(page, DIFFERENCE)
    page.press(".question-box", "ArrowUp")
    assert page.input_value(".question-box") == DIFFERENCE
    page.fill(".question-box", "")

    page.focus(".reference >> nth=0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector('.answer .mark[data-n="2"][aria-pressed="true"]')
    page.focus("[data-copy]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.className === 'comment'")
    page.keyboard.type("好")
    page.keyboard.press("Control+Enter")
    page.wait_for_function("document.querySelector('.comment').textContent === '好'")

    page.focus('[data-filter="kind"]')
    page.keyboard.press("ArrowDown")
    page.wait_for_selector(".chip")
    page.focus(".chip")
    page.keyboard.press("Enter")
    page.wait_for_selector(".chip", state="detached")
    assert '"filter":"kind"' in focused(page)

    page.focus("[data-kept]")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    assert "kept-open" in focused(page)
    page.keyboard.press("Delete")
    assert kept(page) == []
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")
    assert '"kept"' in focused(page)  # back where it was opened


def test_the_focus_is_seen(open_page: "OpenPage") -> None:
    page = open_page()
    ask(page, QUESTION)
    page.click('[data-verdict="up"]')
    page.wait_for_selector(".opinion")
    page.select_option('[data-filter="kind"]', index=1)
    page.wait_for_selector(".chip")
    page.focus(".question-box")
    page.keyboard.press("Shift+Tab")  # from here on the focus counts as moved by keys
    for selector in (
        "[data-copy]",
        "[data-verdict]",
        "[data-save]",
        "[data-export]",
        ".filter",
        ".chip",
        "[data-kept]",
    ):
        page.focus(selector)
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", selector


@pytest.mark.parametrize(
    "options",
    [{}, {"color_scheme": "dark"}, {"locale": "en-US"}, {"viewport": {"width": 390, "height": 844}}],
)
def test_no_serious_accessibility_fault(open_page: "OpenPage", options: dict[str, Any]) -> None:
    page = open_page(**options)
    check_accessible(page, "the first view")
    page.select_option('[data-filter="kind"]', index=1)
    page.wait_for_selector(".chip")
    page.click(".chip")
    ask(page, DIFFERENCE)
    page.click('[data-verdict="up"]')
    page.wait_for_selector(".remark")
    page.select_option('[data-filter="region"]', index=1)
    page.wait_for_selector(".chip")
    ask(page, REFUSED)
    check_accessible(page, "answers")
    open_kept(page)
    check_accessible(page, "kept conversations")


@pytest.mark.parametrize("wait", range(0, 36, 4))
def test_what_is_done_in_quick_succession_is_all_done(open_page: "OpenPage", wait: int) -> None:
    page = open_page()
    page.select_option('[data-filter="kind"]', index=1)
    page.wait_for_selector(".chip")
    page.click(".chip")
    page.wait_for_timeout(wait)  # about as long as an event takes: the next one may come while it ends
    ask(page, DIFFERENCE)
    assert page.locator(".chip").count() == 0
    assert page.locator(".scope").count() == 0
    for field in ("kind", "region", "year"):
        page.select_option(f'[data-filter="{field}"]', index=1)
    page.wait_for_function("document.querySelectorAll('.chip').length === 3")


def check_accessible(page: "Page", where: str) -> None:
    violations = Axe().run(page).response["violations"]
    grave = [each for each in violations if each["impact"] in {"serious", "critical"}]
    assert [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in grave] == [], where


def test_a_phone_shows_all_of_it_without_scrolling_sideways(open_page: "OpenPage") -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.select_option('[data-filter="region"]', "江西省/南昌市")
    page.wait_for_selector(".chip")
    ask(page, DIFFERENCE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for selector in (".chip", ".filter >> nth=3", "[data-copy]", "[data-kept]", "[data-new]"):
        box = page.locator(selector).first.bounding_box()
        assert box is not None, selector
        assert box["x"] >= 0, selector
        assert box["x"] + box["width"] <= 390, selector
    page.tap("[data-kept]")
    page.wait_for_selector("dialog[open]")
    box = page.locator("dialog").bounding_box()
    assert box is not None
    assert box["width"] <= 390 - 2 * 16
