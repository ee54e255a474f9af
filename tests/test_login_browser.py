"""The way in, in a real Chromium: a browser without the token sees the login page only, and with it the whole chat."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from rag.assistant import Assistant
from tests.serving import HELD, QUESTION, TOKEN, Holding, Server, serving
from tests.test_browser import PATIENCE_MS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Gradio 6.31 counts its requests in a way that pandas 3 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")


@pytest.fixture(scope="module")
def holding(assistant: Assistant) -> Holding:
    return Holding(assistant)


@pytest.fixture(scope="module")
def server(holding: Holding) -> Iterator[Server]:
    with serving(holding, token=TOKEN, answers=1) as running:
        yield running


@pytest.fixture
def page(browser: "Browser") -> Iterator["Page"]:
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def log_in(page: "Page", server: Server) -> None:
    page.goto(server.address)
    page.fill("#token", TOKEN)
    page.click("button")
    page.wait_for_selector(".welcome")


def ask(page: "Page", question: str) -> None:
    page.fill(".question-box", question)
    page.press(".question-box", "Enter")


def test_the_token_opens_the_chat_and_its_own_routes_work(server: Server, page: "Page") -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    asked: list[str] = []
    page.goto(server.address)
    assert page.url == f"{server.address}/login?next=%2F"
    assert page.evaluate("document.activeElement.id") == "token"
    page.fill("#token", "a wrong token")
    page.press("#token", "Enter")
    assert (
        page.locator("[role=alert]").inner_text()
        == "令牌不对，请再输入一次。\nThat token is wrong; enter it again."
    )
    page.on("response", lambda response: asked.append(f"{response.status} {response.url}"))
    page.fill("#token", TOKEN)
    page.press("#token", "Enter")
    page.wait_for_selector(".welcome")
    assert page.url == f"{server.address}/"
    ask(page, QUESTION)
    page.wait_for_selector(".references")
    assert "63.1%" in page.locator(".answer").last.inner_text()
    assert complaints == []
    assert [each for each in asked if not each.startswith(("200 ", "303 ", "304 "))] == []
    assert "ganwen_" not in page.evaluate("document.cookie")  # no script can read it


@pytest.mark.parametrize("path", ["", "documents", "indicators", "evaluation"])
def test_every_page_has_a_way_out(server: Server, page: "Page", path: str) -> None:
    log_in(page, server)
    page.goto(f"{server.address}/{path}?lang=en")
    assert page.locator(".banner .leave").inner_text() == "Log out"
    page.goto(f"{server.address}/{path}?lang=zh")
    page.click('.banner .leave button:has-text("退出")')
    page.wait_for_selector("#token")
    assert page.url == f"{server.address}/login"
    page.goto(f"{server.address}/{path}")
    assert page.locator("#token").count() == 1


def test_narrowest_phone_shows_the_way_out(server: Server, page: "Page") -> None:
    log_in(page, server)
    page.set_viewport_size({"width": 320, "height": 640})
    for language in ("zh", "en"):
        page.goto(f"{server.address}/?lang={language}")
        page.wait_for_selector(".covers")
        box = page.locator(".leave button").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 320
        new = page.locator("[data-new]").bounding_box()
        assert new is not None
        assert box["y"] == new["y"]  # in one row with the other buttons
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_page_that_waits_shows_its_place(
    server: Server, holding: Holding, page: "Page", browser: "Browser"
) -> None:
    log_in(page, server)
    other = browser.new_context(locale="zh-CN").new_page()
    log_in(other, server)
    ask(page, HELD)
    assert holding.begun.acquire(timeout=20)
    ask(other, QUESTION)
    other.wait_for_selector("text=排队：前面还有 1 个问题")
    holding.go_on.release()
    other.wait_for_selector(".references")
    page.wait_for_selector(".exchange .meta")
    other.context.close()


def test_another_site_can_neither_frame_nor_send(server: Server, page: "Page") -> None:
    """A page of another site (another port is one) in a browser that is logged in here."""
    import http.server
    import threading

    log_in(page, server)
    hostile = f"""<!doctype html><title>hostile</title><iframe src="{server.address}/" id="frame"></iframe>
<script>
const tries = [
  fetch("{server.address}/config", {{credentials: "include"}}),
  fetch("{server.address}/v1/chat/completions", {{method: "POST", credentials: "include", mode: "no-cors",
    headers: {{"Content-Type": "text/plain"}}, body: '{{"messages":[{{"role":"user","content":"?"}}]}}'}}),
];
Promise.allSettled(tries).then(all => document.title = all.map(
  each => each.status === "rejected" ? "rejected" : each.value.type).join(" "));
</script>""".encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(hostile)

        def log_message(self, *_: object) -> None:
            pass

    before = server.metric('ganwen_http_refusals_total{reason="cross_site"}')
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        page.goto(f"http://127.0.0.1:{site.server_address[1]}/")
        page.wait_for_function("document.title.includes('rejected')")
        assert page.title() == "rejected rejected"
        assert page.frame_locator("#frame").locator(".welcome").count() == 0
        site.shutdown()
    assert server.metric('ganwen_http_refusals_total{reason="cross_site"}') - before >= 3
    assert server.metric('ganwen_http_requests_total{area="v1",status="403"}') >= 1
