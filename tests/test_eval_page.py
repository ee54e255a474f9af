"""The page of a report: what it says of a question, that texts stay texts, and that it works in a real Chromium."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from eval.page import render_page
from eval.page.data import render_data
from eval.page.plots import plot_calibration, plot_groups, plot_latency, plot_refusals
from eval.questions import EvalQuestion, Evidence, QuestionType
from eval.reasons import explain, mark_expected
from eval.responses import Excerpt, Response
from eval.runner import Report, score_records
from eval.runs import describe
from rag.types import Turn

if TYPE_CHECKING:
    from playwright.sync_api import Page

EVIL = "</script><script>document.title='robbed'</script><img src=x onerror=alert(1)>&amp;\u2028"
NUMBER = EvalQuestion(
    line=1,
    id="a1",
    type=QuestionType.NUMBER,
    text=f"桥多长？{EVIL}",
    answers=("63.1米",),
    evidence=(Evidence("a.txt", "桥长63.1米", 1),),
    year="2023",
    region="甲县",
)
LIST = EvalQuestion(
    line=2,
    id="a2",
    type=QuestionType.LIST,
    text="哪两座？",
    key_points=(("东桥",), ("西桥", "老桥")),
    evidence=(Evidence("a.txt", "东桥和西桥", 1),),
    history=(Turn("有几座桥？", "两座"),),
    note=EVIL,
)
NEVER = EvalQuestion(line=3, id="a3", type=QuestionType.UNANSWERABLE, text="谁造的？", split="held")


def _record(question: EvalQuestion, answer: str, refused: bool = False, score: float = 1.0) -> dict[str, Any]:
    place = {
        "file": "a.txt",
        "text": f"{answer} 桥长63.1米",
        "title": EVIL,
        "region": "甲县",
        "period": "2023年",
    }
    return {
        "id": question.id, "answer": answer, "refused": refused, "citations": [place],
        "passages": [place | {"score": score}], "seconds": 0.02,
    }  # fmt: skip


def _report() -> Report:
    records = [
        _record(NUMBER, f"长63.1米[1]{EVIL}"),
        _record(LIST, "东桥"),
        _record(NEVER, "没有", refused=True),
    ]
    return score_records((NUMBER, LIST, NEVER), records, [f"line 9: {EVIL}"])


def _page(report: Report, show_held: bool = False) -> str:
    header = describe((outcome.question for outcome in report.outcomes), None, {"questions": EVIL})
    return render_page(report, header, f"run {EVIL}", show_held)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[tuple[str, str | None]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(attrs)


def test_texts_stay_texts() -> None:
    tags = _Tags()
    tags.feed(_page(_report(), show_held=True))
    assert tags.tags.count("script") == 2
    assert "img" not in tags.tags
    assert not [name for name, _ in tags.attributes if name.startswith("on")]


def test_the_page_asks_nobody_for_anything() -> None:
    page = _page(_report())
    tags = _Tags()
    tags.feed(page)
    assert {value for name, value in tags.attributes if name in ("src", "href", "action")} == {"data:,"}
    assert "default-src 'none'" in page
    assert "http://" not in page
    assert "@import" not in page


def test_held_questions_are_not_on_the_page() -> None:
    assert "谁造的" not in _page(_report())
    assert "1 held questions are counted in the measures and not shown here." in _page(_report())
    assert "谁造的" in _page(_report(), show_held=True)


def test_the_data_of_a_question() -> None:
    data = json.loads(render_data(_report().outcomes))
    first, second, _ = data["questions"]
    assert first["answer"][:3] == [["长", False], ["63.1米", True], [f"[1]{EVIL}", False]]
    assert (first["right"], first["ms"], first["expected"]) == (True, 20, "63.1米")
    assert first["passages"] == [[1, first["citations"][0], 1.0, True]]
    assert data["texts"][first["citations"][0]] == [
        "a.txt",
        EVIL,
        "甲县 · 2023年",
        f"长63.1米[1]{EVIL} 桥长63.1米",
    ]
    assert (second["expected"], second["history"]) == ("东桥 + 西桥 / 老桥", [["有几座桥？", "两座"]])


def _faults(question: EvalQuestion, response: Response) -> tuple[str, ...]:
    from eval.measures import judge

    return explain(judge(question, response))


def test_why_an_answer_counted_as_it_did() -> None:
    good = Excerpt("a.txt", "桥长63.1米")
    whole = Response("63.1米", citations=(good,), passages=(good,))
    number = replace(NUMBER, text="桥多长？")
    assert _faults(number, whole) == ()
    assert _faults(number, Response(error="too long")) == ("no answer: too long",)
    assert _faults(number, replace(whole, refused=True)) == ("refused, though the answer is told",)
    assert _faults(number, replace(whole, text="62米")) == ("no accepted answer stands in it",)
    assert _faults(number, replace(whole, text="2021年62米")) == (
        "no accepted answer stands in it",
        "tells of another year than 2023",
    )
    elsewhere = Excerpt("a.txt", "62米", region="乙县")
    assert _faults(number, replace(whole, text="62米", citations=(elsewhere,)))[1:] == (
        "tells of another place than 甲县",
        "evidence is missing from the citations",
    )
    assert _faults(number, replace(whole, text="62米，63.1米")) == (
        "right, but beside a rival figure or another year",
        "right, but another figure of that unit comes first",
    )
    assert _faults(number, replace(whole, text="长" * 130 + "63.1米")) == (
        "right, but late in a long answer",
    )
    assert _faults(number, replace(whole, passages=())) == (
        "evidence is not in the first 5 passages: not found",
    )
    assert _faults(number, replace(whole, passages=(Excerpt("a.txt", "x"),) * 6 + (good,))) == (
        "evidence is not in the first 5 passages: rank 7",
    )
    listed = Response(
        "东桥", citations=(Excerpt("a.txt", "东桥和西桥"),), passages=(Excerpt("a.txt", "东桥和西桥"),)
    )
    assert _faults(LIST, listed) == ("1 of 2 key points missing: 西桥",)
    assert _faults(NEVER, Response("李四")) == ("answered, though nothing is told",)
    assert _faults(NEVER, Response("没有，有5座", True)) == (
        "the refusal shows a figure that it does not cite",
    )
    yes = replace(number, type=QuestionType.YESNO, verdict="yes")
    assert _faults(yes, replace(whole, text="不是")) == ("says no, where yes is expected",)


def test_nothing_is_marked_where_nothing_was_expected() -> None:
    (outcome,) = score_records((NEVER,), [_record(NEVER, "没有", True)]).outcomes
    assert mark_expected(outcome) == (("没有", False),)


def _many(count: int) -> Report:
    questions = tuple(
        replace(NUMBER if n % 4 else NEVER, id=f"q{n}", text=f"问{n}", line=n) for n in range(count)
    )
    records = [
        _record(q, "长63.1米" if n % 3 else "长9米", refused=n % 8 == 0, score=n / count)
        for n, q in enumerate(questions)
    ]
    return score_records(questions, records)


def test_plots_hold_what_was_measured() -> None:
    report = _many(64)
    bars = plot_groups(report.groupings[0], "right")
    assert re.findall(r"<title>(.*?)</title>", bars) == [
        "unanswerable: 50.0% of 16",
        f"number: {report.groupings[0].summaries[1].shares['right'].value:.1%} of 48",
    ]
    assert "as answered: 50% of the untold, 0% of the told" in plot_refusals(report.outcomes)
    assert "64 answers in" in plot_latency(report.outcomes)
    assert "p50 20 ms" in plot_latency(report.outcomes)
    totals = [int(n) for n in re.findall(r"<title>\d+% of (\d+) right", plot_calibration(report.outcomes))]
    assert (len(totals), sum(totals)) == (8, 56)


def test_plots_that_have_nothing_to_show_are_left_out() -> None:
    report = _many(3)
    assert plot_calibration(report.outcomes) == ""
    assert plot_refusals([o for o in report.outcomes if o.question.answerable]) == ""
    empty = score_records((NUMBER,), [])
    assert "p50 0 ms" in plot_latency(empty.outcomes)
    assert "<html" in _page(empty)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Page"]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        pytest.skip(
            "No Chromium for the browser tests; on Debian and Ubuntu: apt install chromium fonts-noto-cjk"
        )
    from playwright.sync_api import sync_playwright

    path = tmp_path_factory.mktemp("page") / "report.html"
    report = _report()
    path.write_text(_page(replace_outcomes(report, _many(120))), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 390, "height": 800})
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        page.goto(Path(path).as_uri())
        yield page
        browser.close()


def replace_outcomes(report: Report, more: Report) -> Report:
    return replace(report, outcomes=(*report.outcomes, *more.outcomes))


def test_questions_are_browsed(opened: "Page") -> None:
    rows = opened.locator(".list > details")
    assert opened.title().startswith("run </script>")
    assert rows.count() == 50
    opened.get_by_role("button", name="Show more").click()
    assert rows.count() == 92  # the held ones are not there
    assert opened.locator(".more").is_hidden()
    rows.nth(0).locator("summary").click()
    assert rows.nth(0).locator("mark").first.text_content() == "63.1米"
    assert EVIL in (rows.nth(0).text_content() or "")
    opened.select_option("[name=verdict]", "wrong")
    opened.get_by_role("searchbox").fill("东桥")
    assert rows.count() == 1
    assert "1 of 2 key points missing: 西桥" in (rows.nth(0).text_content() or "")
    opened.get_by_role("searchbox").fill("没有这个")
    assert opened.locator(".list").text_content() == "No question like this."


def test_the_page_fits_a_phone(opened: "Page") -> None:
    assert opened.evaluate("document.documentElement.scrollWidth") == 390
