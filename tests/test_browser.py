"""The chat page in a real Chromium, over a real assistant and a real server on a free port."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from rag.assistant import Assistant
from rag.llm.draft import Write
from rag.settings import Settings
from rag.types import Answer, AnswerEvent, Citation, Filter, Turn
from ui.chat.texts import EN, ZH
from ui.web import build_app, listen

# Gradio 6.31 counts its requests in a way that pandas 3 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    OpenPage = Callable[..., Page]

PATIENCE_MS = 20_000
PAUSE = 0.4
"""Seconds between the steps of what is read out: long enough to see each, short enough to wait for."""

QUESTION = "2023年江西省森林覆盖率是多少？"
READ_OUT = "请读两段原文。"
FOLLOW_UP = "那2022年呢？"


class Reader(Assistant):
    """The real assistant, but that to one question it reads out two passages, slowly, as a slow model would."""

    def __init__(self, real: Assistant) -> None:
        self.real = real
        self.index, self.lookup = real.index, real.lookup
        self.answers: list[Answer] = []

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filter: Filter | None = None,
        write: Write | None = None,
    ) -> Answer:
        return self.real.ask(question, history, filter)

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filter: Filter | None = None,
        write: Write | None = None,
    ) -> Iterator[AnswerEvent]:
        answer = self.real.ask(question, history, filter)
        if question == READ_OUT:
            answer = self._read_out(answer)
            for end in range(10, len(answer.text), 10):
                yield AnswerEvent(answer.text[:end])
                time.sleep(PAUSE)
        self.answers.append(answer)
        yield AnswerEvent(answer.text, answer)

    def _read_out(self, answer: Answer) -> Answer:
        """The passage that had most to be mended, and the first one of another document."""
        chunks = tuple(self.index.all_chunks())
        mended = max(chunks, key=lambda chunk: chunk.end - chunk.start - len(chunk.text))
        other = next(chunk for chunk in chunks if chunk.file != mended.file)
        assert mended.end - mended.start > len(mended.text)
        return replace(
            answer,
            text=f"{mended.text[:20]}[1]\n{other.text[:20]}[2]",
            refused=False,
            citations=tuple(
                Citation(n, chunk.file, chunk.title, chunk.section, chunk.start, chunk.end, chunk.text)
                for n, chunk in enumerate((mended, other), start=1)
            ),
        )


@dataclass
class Watch:
    """What a page asked for and complained about."""

    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def reader(assistant: Assistant) -> Reader:
    return Reader(assistant)


@pytest.fixture(scope="module")
def address(reader: Reader) -> Iterator[str]:
    import asyncio

    import uvicorn

    listener = listen("127.0.0.1", 0)
    started = threading.Event()
    servers: list[uvicorn.Server] = []

    async def run() -> None:
        app = build_app(reader, Settings())
        servers.append(uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1)))
        started.set()
        await servers[0].serve(sockets=[listener])

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    started.wait()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    servers[0].should_exit = True
    thread.join(timeout=20)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def open_page(browser: "Browser", address: str, watch: Watch) -> Iterator["OpenPage"]:
    """Opens the page in a fresh context; in the end it must have asked no other host and complained of nothing."""
    contexts: list[BrowserContext] = []

    def opened(path: str = "", **options: object) -> "Page":
        context = browser.new_context(
            **{"locale": "zh-CN", "viewport": {"width": 1280, "height": 800}} | options
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: watch.hosts.add(urlsplit(request.url).netloc))
        page.on("console", lambda message: _note(watch, message.type, message.text))
        page.on("pageerror", lambda error: watch.complaints.append(str(error)))
        page.on("dialog", lambda dialog: _note(watch, "error", f"dialog: {dialog.message}"))
        page.goto(address + path)
        page.wait_for_selector(".welcome")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert watch.hosts <= {urlsplit(address).netloc, ""}
    assert watch.complaints == []


def _note(watch: Watch, kind: str, text: str) -> None:
    if kind in ("error", "warning"):
        watch.complaints.append(f"{kind}: {text}")


def ask(page: "Page", question: str) -> None:
    """Type a question, send it and wait for the whole answer."""
    turn = page.locator(".exchange").count()
    page.fill(".question-box", question)
    page.press(".question-box", "Enter")
    page.wait_for_selector(f'[data-exchange="{turn}"] .meta')


def marked(page: "Page") -> str:
    """The highlighted text of the source view, blanks aside."""
    return squeeze("".join(page.locator(".source mark").all_text_contents()))


def squeeze(text: str) -> str:
    return re.sub(r"\s", "", text)


def is_in_view(page: "Page", selector: str, frame: str) -> bool:
    """Whether the first such element begins within its frame, where the reader sees it."""
    inner, outer = (page.locator(each).first.bounding_box() for each in (selector, frame))
    assert inner is not None
    assert outer is not None
    return bool(outer["y"] <= inner["y"] < outer["y"] + outer["height"])


def test_first_view_says_what_the_corpus_covers(open_page: "OpenPage", assistant: Assistant) -> None:
    page = open_page()
    assert page.title() == ZH.page_title
    covers = page.locator(".covers").inner_text()
    assert f"{len(assistant.index.files)} 份文件" in covers
    assert f"{len(assistant.index)} 个段落" in covers
    assert page.locator(".entry").count() == len(assistant.index.files)
    assert page.locator(".example").count() >= 2
    assert page.evaluate("document.documentElement.lang") == "zh-CN"


def test_example_question_is_answered(open_page: "OpenPage") -> None:
    page = open_page()
    question = page.locator(".example").first.inner_text()
    page.click(".example >> nth=0")
    page.wait_for_selector(".references")
    assert page.locator(".question").inner_text().endswith(question)


def test_answer_streams_in(open_page: "OpenPage") -> None:
    page = open_page()
    page.evaluate(
        """() => {
          window.lengths = [];
          const log = document.querySelector(".log");
          new MutationObserver(() => {
            const length = document.querySelector(".answer")?.textContent.length ?? 0;
            if (length !== window.lengths.at(-1)) window.lengths.push(length);
          }).observe(log, { childList: true, subtree: true, characterData: true });
        }"""
    )
    ask(page, READ_OUT)
    waiting, *growing = page.evaluate("window.lengths")
    assert waiting == len(ZH.answering)
    assert len(growing) >= 3
    assert growing == sorted(growing)


def test_clicked_mark_shows_the_cited_text_in_its_document(open_page: "OpenPage", reader: Reader) -> None:
    page = open_page()
    ask(page, READ_OUT)
    cited = reader.answers[-1].citations
    assert len({citation.file for citation in cited}) == 2
    assert marked(page) == squeeze(cited[0].text)
    for citation in (cited[-1], cited[0]):
        page.click(f'.answer .mark[data-n="{citation.n}"]')
        page.wait_for_selector(f'.answer .mark[data-n="{citation.n}"][aria-pressed="true"]')
        assert marked(page) == squeeze(citation.text)
        assert is_in_view(page, ".source mark", ".source-body")
        assert page.locator(".source-head .file").inner_text() == citation.file
    check_references(page, cited)


def check_references(page: "Page", cited: Sequence[Citation]) -> None:
    for reference, citation in zip(page.locator(".reference").all(), cited, strict=True):
        shown = reference.inner_text()
        assert squeeze(citation.text) in squeeze(shown)
        assert citation.file in shown
        assert citation.title in shown


def test_mark_out_of_view_is_scrolled_to_again(open_page: "OpenPage") -> None:
    page = open_page()
    ask(page, QUESTION)
    page.evaluate("document.querySelector('.source-body').scrollTop = 0")
    page.click(".answer .mark")
    assert is_in_view(page, ".source mark", ".source-body")


def test_second_question_follows_the_first(open_page: "OpenPage", reader: Reader) -> None:
    page = open_page()
    ask(page, QUESTION)
    ask(page, FOLLOW_UP)
    assert page.locator(".exchange").count() == 2
    assert reader.answers[-1].understood != FOLLOW_UP
    assert reader.answers[-1].understood in page.locator(".understood").inner_text()
    assert is_in_view(page, '[data-exchange="1"] .question', ".log")
    assert marked(page) == squeeze(reader.answers[-1].citations[0].text)
    page.click('[data-exchange="0"] .mark')
    page.wait_for_selector('[data-exchange="0"] .mark[aria-pressed="true"]')
    assert marked(page) == squeeze(reader.answers[-2].citations[0].text)


def test_document_can_be_read_and_left(open_page: "OpenPage") -> None:
    page = open_page()
    file = page.locator(".entry .file").last.inner_text()
    page.click(".entry >> nth=-1")
    page.wait_for_selector(".document")
    assert page.locator(".source-head .file").inner_text() == file
    assert page.locator(".document p").count() > 10
    page.click(".source-head [data-shelf]")
    page.wait_for_selector(".entries")


def test_new_conversation(open_page: "OpenPage") -> None:
    page = open_page()
    ask(page, QUESTION)
    page.click("[data-new]")
    page.wait_for_selector(".welcome")
    assert page.locator(".exchange").count() == 0
    assert page.evaluate("document.activeElement.className") == "question-box"
    ask(page, QUESTION)
    assert page.locator(".exchange").count() == 1


def test_answer_can_be_stopped(open_page: "OpenPage") -> None:
    page = open_page()
    page.fill(".question-box", READ_OUT)
    page.press(".question-box", "Enter")
    page.wait_for_selector(".answer[data-pending] p:not(.waiting)")
    page.click(".stop")
    page.wait_for_selector(f'.exchange .meta:text("{ZH.stopped}")')
    shown = page.locator(".answer").inner_text()
    page.wait_for_timeout(1000 * PAUSE * 3)
    assert page.locator(".answer").inner_text() == shown
    ask(page, QUESTION)
    assert page.locator(".references").count() == 1


def test_english_where_the_browser_asks_for_it(open_page: "OpenPage") -> None:
    page = open_page(locale="en-US")
    assert page.title() == EN.page_title
    assert page.locator(".welcome h2").inner_text() == EN.welcome
    assert page.get_attribute(".question-box", "placeholder") == EN.ask
    assert page.evaluate("document.documentElement.lang") == "en"
    assert not re.search(r"[\u4e00-\u9fff]", page.locator(".hint").inner_text())


def test_chinese_where_the_browser_asks_for_neither(open_page: "OpenPage") -> None:
    assert open_page(locale="fr-FR").title() == ZH.page_title


def test_language_changes_without_losing_the_conversation(open_page: "OpenPage") -> None:
    page = open_page()
    ask(page, QUESTION)
    page.click("[data-language]")
    page.wait_for_selector('.ganwen[lang="en"]')
    page.wait_for_function(f"document.title === {json.dumps(EN.page_title)}")  # set after the page is drawn
    assert page.locator(".references h3").inner_text() == EN.sources
    page.reload()
    page.wait_for_selector(".references")
    assert page.locator(".references h3").inner_text() == EN.sources
    page.click("[data-new]")
    page.wait_for_selector(".welcome")
    assert page.locator(".welcome h2").inner_text() == EN.welcome


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_can_be_read(open_page: "OpenPage", scheme: str) -> None:
    """Contrast of WCAG 2.2 level AA, 4.5 to 1, for everything written, the highlighted text included."""
    page = open_page(color_scheme=scheme)
    ask(page, QUESTION)
    paper = page.evaluate("getComputedStyle(document.querySelector('.ganwen')).backgroundColor")
    assert (luminance(paper) > 0.5) is (scheme == "light")
    for selector in (
        ".question", ".answer p", ".meta", ".hint", ".references h3", ".quote", ".path", ".tag", ".file", ".mark",
        ".source mark", ".document p", ".quiet", ".brand",
    ):  # fmt: skip
        colour, ground = page.locator(selector).first.evaluate(
            """element => {
              const ground = node => {
                const colour = getComputedStyle(node).backgroundColor;
                return colour === "rgba(0, 0, 0, 0)" ? ground(node.parentElement) : colour;
              };
              return [getComputedStyle(element).color, ground(element)];
            }"""
        )
        assert contrast(colour, ground) >= 4.5, selector


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of `rgb(r, g, b)` (WCAG 2.2)."""
    channels = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_narrow_screen(open_page: "OpenPage", reader: Reader) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    assert not page.locator(".source").is_visible()
    ask(page, QUESTION)
    assert not page.locator(".source").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.tap(".answer .mark")
    page.wait_for_selector('[data-sheet="true"] .source mark')
    page.wait_for_timeout(400)  # the sheet slides in
    assert marked(page) == squeeze(reader.answers[-1].citations[0].text)
    assert is_in_view(page, ".source mark", ".source-body")
    box = page.locator(".source").bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 390)
    page.tap(".source [data-close]")
    page.wait_for_selector(".source", state="hidden")
    page.tap(".banner [data-shelf]")
    page.wait_for_selector('[data-sheet="true"] .entry')
    page.keyboard.press("Escape")
    page.wait_for_selector(".source", state="hidden")


def test_enter_sends_and_shift_enter_does_not(open_page: "OpenPage") -> None:
    page = open_page()
    page.fill(".question-box", "2023年江西省")
    page.press(".question-box", "Shift+Enter")
    page.keyboard.insert_text("森林覆盖率是多少？")
    assert page.input_value(".question-box") == "2023年江西省\n森林覆盖率是多少？"
    assert page.locator(".exchange").count() == 0
    page.press(".question-box", "Enter")
    page.wait_for_selector(".references")
    assert page.input_value(".question-box") == ""


@pytest.mark.parametrize("key_code", [13, 229])
def test_enter_that_ends_a_composition_does_not_send(open_page: "OpenPage", key_code: int) -> None:
    page = open_page()
    page.focus(".question-box")
    page.evaluate(
        """() => {
          window.keys = [];
          document.addEventListener("keydown", e => window.keys.push([e.key, e.isComposing, e.keyCode]), true);
        }"""
    )
    tools = page.context.new_cdp_session(page)
    tools.send("Input.imeSetComposition", {"text": "jiangxi", "selectionStart": 7, "selectionEnd": 7})
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": key_code}
    tools.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
    tools.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
    assert page.evaluate("window.keys") == [["Enter", True, key_code]]
    tools.send("Input.insertText", {"text": "江西省森林覆盖率是多少？"})
    page.wait_for_timeout(300)
    assert page.locator(".exchange").count() == 0
    assert page.input_value(".question-box") == "江西省森林覆盖率是多少？"
    page.keyboard.press("Enter")
    page.wait_for_selector(".references")
    assert page.locator(".exchange").count() == 1


def test_empty_question_is_not_sent(open_page: "OpenPage") -> None:
    page = open_page()
    page.fill(".question-box", " \n ")
    page.press(".question-box", "Enter")
    page.click(".send")
    page.wait_for_timeout(300)
    assert page.locator(".exchange").count() == 0


def test_hostile_question_is_shown_as_text(open_page: "OpenPage") -> None:
    page = open_page()
    hostile = '<img src="http://203.0.113.1/x" onerror="alert(1)"><script>alert(2)</script>${alert(3)} {{4}} `\\` 森林覆盖率'
    ask(page, hostile)
    assert page.locator(".question").inner_text().endswith(hostile)
    assert page.locator(".ganwen img, .ganwen script").count() == 0


def test_question_that_is_too_long_is_said(open_page: "OpenPage") -> None:
    page = open_page()
    page.fill(".question-box", "很长" * 10_000)
    page.press(".question-box", "Enter")
    page.wait_for_selector(".answer.failed")
    assert "不超过" in page.locator(".answer.failed").inner_text()
    ask_again = page.locator(".question-box")
    assert ask_again.is_editable()


def test_page_works_by_keyboard(open_page: "OpenPage") -> None:
    page = open_page()
    page.focus(".example >> nth=0")
    page.keyboard.press("Enter")
    page.wait_for_selector(".references")
    page.focus(".reference >> nth=0")
    page.evaluate("document.querySelector('.source-body').scrollTop = 0")
    page.keyboard.press("Space")
    page.wait_for_timeout(300)
    assert is_in_view(page, ".source mark", ".source-body")


def test_lost_connection_is_said_and_the_question_kept(open_page: "OpenPage", watch: Watch) -> None:
    page = open_page()
    page.context.set_offline(True)
    page.fill(".question-box", QUESTION)
    page.press(".question-box", "Enter")
    page.wait_for_selector(f'.notice:text("{ZH.connection_lost}")')
    assert page.input_value(".question-box") == QUESTION
    assert page.locator(".send").is_visible()
    watch.complaints.clear()  # the browser tells of the request that failed
