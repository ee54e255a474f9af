"""The choice of who writes, the words of a model as they come and the stop button, in a real Chromium."""

import itertools
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from rag.assistant import Assistant
from rag.llm.server import ServerBackend
from rag.settings import Settings
from tests.model_server import Asked, ModelServer, event, model_server
from tests.test_browser import PATIENCE_MS, QUESTION, Watch, open_page, watch
from ui.web import build_app, listen

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.test_browser import OpenPage

__all__ = ["open_page", "watch"]

# Gradio 6.31 counts its requests in a way that pandas 3 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")

SUMMARY = "马回岭镇怎么抓党建带乡村振兴的？"


def say(asked: Asked) -> Iterator[bytes]:
    """A figure at once; of anything else sentence after sentence, slowly and without end."""
    if QUESTION in asked["messages"][1]["content"]:
        yield event("2023年江西省森林覆盖率为63.1%。")
        yield event(finish="stop")
        return
    for number in itertools.count():
        yield event("马回岭镇" if number % 2 else "党建引领")
        time.sleep(0.05)


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    with model_server(say) as server:
        yield server


@pytest.fixture(scope="module")
def address(assistant: Assistant, model: ModelServer) -> Iterator[str]:
    """The chat with a model to choose, served as `ganwen serve --llm` does."""
    import uvicorn

    listener = listen("127.0.0.1", 0)
    settings = Settings(llm=model.address)
    config = uvicorn.Config(
        build_app(assistant, settings, ServerBackend(model.address, "small")),
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def ask(page: "Page", question: str) -> None:
    page.fill(".question-box", question)
    page.press(".question-box", "Enter")


def test_a_page_of_serve_with_a_model_shows_who_wrote(open_page: "OpenPage", watch: Watch) -> None:
    page = open_page()
    ask(page, QUESTION)
    page.wait_for_selector(".references", timeout=PATIENCE_MS)
    assert page.locator(".answer").inner_text().replace("\n", "") == "2023年江西省森林覆盖率为63.1%[1]。"
    assert "small (127.0.0.1:" in page.locator(".exchange .meta").last.inner_text()


def test_who_writes_can_be_changed_without_losing_the_conversation(open_page: "OpenPage") -> None:
    page = open_page()
    page.select_option(".writer", "")
    page.fill(".question-box", "还没写完")
    page.wait_for_timeout(500)
    assert page.locator(".writer").input_value() == ""
    assert page.locator(".question-box").input_value() == "还没写完"
    ask(page, QUESTION)
    page.wait_for_selector(".references", timeout=PATIENCE_MS)
    assert "small" not in page.locator(".exchange .meta").last.inner_text()


def test_the_stop_button_stops_the_model(open_page: "OpenPage", model: ModelServer) -> None:
    page = open_page()
    model.gone.clear()
    before = len(model.asked)
    ask(page, SUMMARY)
    while len(model.asked) == before:
        page.wait_for_timeout(50)
    page.click("[data-stop]")
    assert model.gone.wait(5)
    page.wait_for_selector("text=已停止", timeout=PATIENCE_MS)
    ask(page, QUESTION)
    page.wait_for_selector(".references", timeout=PATIENCE_MS)
