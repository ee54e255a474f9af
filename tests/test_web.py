"""The chat page without a browser: what it says, how it escapes, what it marks, where it listens."""

import asyncio
import html
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.assistant import Assistant
from rag.errors import EmbeddingError, GanwenError
from rag.llm.draft import Write
from rag.question import MAX_CHARACTERS
from rag.settings import Settings
from rag.store import Changes, Index
from rag.text import repair
from rag.types import (
    Answer,
    AnswerEvent,
    Article,
    Block,
    Chunk,
    Citation,
    Document,
    Filter,
    Form,
    Hit,
    Kind,
    Level,
    Period,
    Region,
    Turn,
)
from ui.chat import document_view
from ui.chat.answer_view import render_exchanges
from ui.chat.chat import PARTS, Chat
from ui.chat.conversation import Conversation, Exchange, Place
from ui.chat.document_view import render_document
from ui.chat.examples import suggest_questions
from ui.chat.page import Notice, render_shelf, render_source, render_welcome
from ui.chat.survey import Entry, Survey, survey
from ui.chat.texts import EN, TEXTS, ZH, choose_language
from ui.guard.headers import CONTENT_POLICY
from ui.web import build_app, listen

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

HOSTILE = "<script>alert(1)</script>&\"'<b>${1+1}{{7*7}}"
JIANGXI = Region(("江西省",), Level.PROVINCE)
NANCHANG = Region(("江西省", "南昌市"), Level.CITY)
YEAR = Period(2023, 2023, "2023年")


def block(start: int, end: int, form: Form = Form.PARAGRAPH, section: tuple[str, ...] = ()) -> Block:
    return Block(start, end, form, section, YEAR, Kind.RESULT)


def document(
    text: str, *blocks: Block, drops: tuple[tuple[int, int], ...] = (), pages: tuple[int, ...] = ()
) -> Document:
    article = Article("报告", None, None, None, JIANGXI, ((0, len(text)),), blocks, ())
    return Document("报告.txt", text, "", drops, pages, (article,) if blocks else ())


def citation(n: int = 1, text: str = "覆盖率63.1%", start: int = 0, end: int = 8) -> Citation:
    return Citation(n, "报告.txt", "报告", ("一、回顾",), start, end, text, JIANGXI, YEAR, Kind.RESULT)


def answer(text: str, *citations: Citation, refused: bool = False, passages: tuple[Hit, ...] = ()) -> Answer:
    return Answer("问", text, refused, "", "extractive", citations, passages, 0.25, "问")


def show(*exchanges: Exchange, language: str = "zh") -> str:
    return render_exchanges(Conversation(language, exchanges))


@pytest.mark.parametrize(
    ("wanted", "setting", "header", "language"),
    [
        (None, "auto", None, "zh"),
        (None, "auto", "", "zh"),
        (None, "auto", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, "auto", "en-US,en;q=0.9", "en"),
        (None, "auto", "en;q=0.5, zh;q=0.7", "zh"),
        (None, "auto", "fr-FR, en;q=0.3", "en"),
        (None, "auto", "fr-FR, de;q=0.3", "zh"),
        (None, "auto", "en;q=0", "zh"),
        (None, "auto", "*;q=0.1, ;;;, 中文", "zh"),
        (None, "zh", "en-US", "zh"),
        (None, "en", "zh-CN", "en"),
        ("en", "zh", "zh-CN", "en"),
        ("xx", "auto", "en-GB", "en"),
    ],
)
def test_language(wanted: str | None, setting: str, header: str | None, language: str) -> None:
    assert choose_language(wanted, setting, header) == language


def test_both_languages_say_everything_with_the_same_blanks() -> None:
    blank = re.compile(r"{(\w+)}")
    for name in ZH.__dataclass_fields__:
        chinese, english = getattr(ZH, name), getattr(EN, name)
        if isinstance(chinese, MappingProxyType):
            assert chinese.keys() == english.keys() == set(Kind)
        else:
            assert chinese, name
            assert english, name
            assert set(blank.findall(chinese)) == set(blank.findall(english)), name


def test_document_shows_its_parts_without_what_was_dropped() -> None:
    text = "# 报告\n省长 某某\n一、回顾\n覆盖率达6\n\n3.1%。\n尾行"
    at = text.index
    shown = document(
        text,
        block(0, 4, Form.HEADING),
        block(5, 10, Form.BYLINE),
        block(11, 15, Form.HEADING, ()),
        block(at("覆"), at("。") + 1, Form.PARAGRAPH, ("一、回顾",)),
        drops=((at("\n\n"), at("3.1")),),
    )
    assert render_document(shown, (at("率"), at("%") + 1), "").html == (
        '<h3 class="heading opens">报告</h3><p class="byline">省长 某某</p><h4 class="heading">一、回顾</h4>'
        '<p class="paragraph">覆盖<mark>率达63.1%</mark>。</p><p class="loose">尾行</p>'
    )


def test_mark_over_two_blocks_and_page_numbers() -> None:
    shown = document("甲乙\n丙丁", block(0, 2), block(3, 5), pages=(0, 3))
    assert render_document(shown, (1, 4), "第 {page} 页").html == (
        '<p class="paragraph opens">甲<mark>乙</mark></p><div class="page-number">第 2 页</div>'
        '<p class="paragraph"><mark>丙</mark>丁</p>'
    )


def test_table_becomes_rows_and_its_cited_cell_is_marked() -> None:
    text = "表1 单位：亿元\n| 年份 | 收入 |\n| --- | --- |\n| 2023 | 1<2 |\n|  | 甲\\|乙"
    shown = document(text, block(0, len(text), Form.TABLE))
    assert render_document(shown, (text.index("1<2"), text.index("1<2") + 3), "").html == (
        '<div class="table"><table><caption>表1 单位：亿元</caption><tr><td>年份</td><td>收入</td></tr>'
        "<tr><td>2023</td><td><mark>1&lt;2</mark></td></tr><tr><td></td><td>甲\\|乙</td></tr></table></div>"
    )


def test_document_text_is_escaped() -> None:
    assert render_document(document(HOSTILE, block(0, len(HOSTILE))), (0, 8), "").html == (
        '<p class="paragraph opens"><mark>&lt;script&gt;</mark>alert(1)&lt;/script&gt;&amp;&quot;&#x27;'
        "&lt;b&gt;${1+1}{{7*7}}</p>"
    )


def test_long_document_shows_the_part_around_the_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_view, "WINDOW", 20)
    text = "\n".join(f"第{n:03}行" for n in range(100))
    marked = text.index("第050行")
    shown = render_document(document(text), (marked, marked + 5), "")
    assert shown.is_cut
    assert re.findall(r"第\d+行", shown.html) == ["第048行", "第049行", "第050行", "第051行"]
    assert "<mark>第050行</mark>" in shown.html
    assert not render_document(document(text[:20]), (0, 0), "").is_cut


def test_lines_below_the_rows_of_a_table_stay_below() -> None:
    text = "表1\n| 甲 | 乙 |\n注：丙\n| 1 | 2 |"
    assert render_document(document(text, block(0, len(text), Form.TABLE)), (0, 0), "").html == (
        '<div class="table"><table><caption>表1</caption><tr><td>甲</td><td>乙</td></tr>'
        '<tr><td colspan="2">注：丙</td></tr><tr><td>1</td><td>2</td></tr></table></div>'
    )


@given(st.data())
def test_every_mark_covers_exactly_its_span(data: st.DataObject) -> None:
    """Whatever the text, its blocks and its drops: the shown text is the repaired one, the mark is its piece."""
    text = data.draw(st.text(st.sampled_from("甲乙1<&>\n |#-\\"), min_size=1, max_size=40))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    form = data.draw(st.sampled_from((Form.PARAGRAPH, Form.TABLE)))
    blocks = [block(a, b, form) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    drop = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    shown = document(text, *blocks, drops=((drop[0], drop[1]),) if drop[0] < drop[1] else ())
    drawn = render_document(shown, (start, end), "").html
    repaired = repair(text, 0, len(text), shown.drops)
    assert _squeeze(_text(drawn)) == _squeeze(repaired.text)
    marked = "".join(_text(piece) for piece in re.findall(r"<mark>(.*?)</mark>", drawn, re.DOTALL))
    kept = "".join(c for c, at in zip(repaired.text, repaired.offsets, strict=True) if start <= at < end)
    assert _squeeze(marked) == _squeeze(kept)


def _text(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def _squeeze(text: str) -> str:
    """Without blanks, the hashes of headings and the lines of tables, which are drawn and not written."""
    return re.sub(r"[\s#|-]", "", text)


def test_marks_are_buttons_and_anything_else_is_text() -> None:
    shown = show(Exchange("问", answer=answer("覆盖率63.1%[1]，见[2][1]\n<b>[x]", citation())))
    button = '<button type="button" class="mark" data-turn="0" data-n="1" aria-pressed="false">[1]</button>'
    assert (
        f'<p>覆盖率63.1<span class="tied">%{button}</span>，<span class="tied">见[2]{button}</span></p>'
        in shown
    )
    assert "<p>&lt;b&gt;[x]</p>" in shown


def test_citation_says_file_title_section_region_period_and_text() -> None:
    shown = show(Exchange("问", answer=answer("覆盖率[1]", citation())))
    assert _text(shown) == (
        "问题 问覆盖率[1]出处1覆盖率63.1%报告 › 一、回顾江西省2023年结果报告.txt0.25 秒导出对话MarkdownWord"
    )
    english = show(Exchange("Q", answer=answer("覆盖率[1]", citation())), language="en")
    assert "Sources1覆盖率63.1%报告 › 一、回顾江西省2023年result报告.txt0.25 s" in _text(english)


def test_everything_from_outside_is_escaped() -> None:
    cited = Citation(1, HOSTILE, HOSTILE, (HOSTILE,), 0, 5, HOSTILE, Region((HOSTILE,), Level.CITY), YEAR)
    told = replace(answer(f"{HOSTILE}[1]", cited), understood=HOSTILE)
    conversation = Conversation("zh", (Exchange(HOSTILE, answer=told), Exchange(HOSTILE, error=HOSTILE)))
    source = replace(document(HOSTILE, block(0, len(HOSTILE))), file=HOSTILE)
    covered = Survey((Entry(HOSTILE, (HOSTILE,), 1, (2023,)),), (Region((HOSTILE,), Level.CITY),), (2023,), 1)
    drawn = (
        render_exchanges(conversation)
        + render_source(replace(conversation, place=Place(HOSTILE, 0, cited)), source)
        + render_shelf(ZH, covered)
        + render_welcome(ZH, covered, [HOSTILE], Notice(HOSTILE, HOSTILE, HOSTILE))
    )
    assert "<script" not in drawn
    assert "<b>" not in drawn
    assert drawn.count("&lt;script&gt;") >= 15
    assert not re.search(r'(?<!=)"\'', drawn)  # the quotation marks of the hostile text never stand bare


def test_answer_in_the_making_is_shown_as_far_as_it_has_come() -> None:
    assert "data-pending" in show(Exchange("问"))
    assert "正在查找" in show(Exchange("问"))
    growing = show(Exchange("问", text="覆盖率[1]"))
    assert "覆盖<span" in growing
    assert "正在查找" not in growing
    assert "<button" not in growing
    assert "data-pending" not in show(Exchange("问", text="覆盖率", stopped=True))
    assert "已停止" in show(Exchange("问", text="覆盖率", stopped=True))


def test_follow_up_says_how_it_was_understood() -> None:
    told = replace(answer("无", refused=True), question="那南昌呢？", understood="南昌市覆盖率是多少？")
    assert "理解为：南昌市覆盖率是多少？" in show(Exchange("那南昌呢？", answer=told))
    assert "理解为" not in show(Exchange("问", answer=answer("无", refused=True)))


def test_refusal_offers_the_closest_passages() -> None:
    hits = tuple(
        Hit(Chunk(n, "报告.txt", n, n + 2, f"段落{n}", "报告", (), JIANGXI, YEAR, Kind.PLAN), 1.0)
        for n in range(5)
    )
    refused = Exchange("问", answer=answer("报告里没有。", refused=True, passages=hits))
    assert [each.text for each in refused.references] == ["段落0", "段落1", "段落2"]
    assert "最接近的段落" in show(refused)
    opened = Conversation("zh", (refused,)).opened(0, 2)
    assert opened.place == Place("报告.txt", 0, refused.references[1])


def test_conversation_opens_the_first_citation_and_ignores_what_is_not_there() -> None:
    asked = Conversation("zh").asked("一").asked("二")
    told = asked.told(Exchange("二", answer=answer("甲[2]", citation(2), citation(3))))
    assert told.place == Place("报告.txt", 1, citation(2))
    assert told.opened(1, 3).place == Place("报告.txt", 1, citation(3))
    for turn, n in ((0, 2), (1, 9), (2, 2), (-1, 2)):
        assert told.opened(turn, n) is told


def test_history_holds_answered_questions_only() -> None:
    exchanges = (
        Exchange("一", answer=answer("甲")),
        Exchange("二", error="坏"),
        Exchange("三", text="半", stopped=True),
        Exchange("四"),
    )
    assert Conversation("zh", exchanges).history == (Turn("一", "甲"),)


def test_welcome_says_what_the_corpus_covers() -> None:
    regions = tuple(Region(("江西省", f"{n}市"), Level.CITY) for n in range(8))
    covered = Survey((Entry("a.txt", ("甲",), 3, (2023,)),), (JIANGXI, *regions), (2022, 2023), 3)
    assert _text(render_welcome(ZH, covered, ["问一？"], Notice())).endswith(
        "1 份文件，3 个段落涉及江西省、0市、1市、2市、3市、4市等 9 个地区主要讲 2022—2023年可以这样问问一？"
    )
    assert _text(render_welcome(EN, replace(covered, regions=(), years=()), [], Notice("Old"))).endswith(
        "Documents: 1, passages: 3Old"
    )


def test_shelf_lists_documents_and_says_how_many_more() -> None:
    entries = tuple(Entry(f"{n:03}.txt", tuple(f"题{i}" for i in range(6)), 2, ()) for n in range(201))
    shown = render_shelf(ZH, Survey(entries, (), (), 402))
    assert shown.count("data-file=") == 200
    assert "另有 1 份文件" in shown
    assert _text(shown[shown.index('data-file="000.txt"') :]).startswith(
        'data-file="000.txt">题0题1题2题3另有 2 篇2 段000.txt'
    )


class Scripted(Assistant):
    """An assistant over a real index that gives the events, or the error, it is told to."""

    def __init__(self, real: Assistant, *events: AnswerEvent, error: Exception | None = None) -> None:
        self.index = real.index
        self.real, self.events, self.error = real, events, error
        self.history: Sequence[Turn] = ()

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
        self.history = history
        yield from self.events
        if self.error:
            raise self.error


def test_real_answer_grows_and_opens_its_source(assistant: Assistant) -> None:
    chat = Chat(assistant, "auto")
    session = chat.open(None, "zh-CN")
    assert chat.ask(session, " 2023年江西省森林覆盖率是多少？ ").keys() == {"log", "talk"}
    *growing, whole = chat.answer(session)
    assert all(parts.keys() == {"log", "talk"} for parts in growing)
    assert whole.keys() == set(PARTS)
    told = session.conversation.exchanges[0].answer
    assert told is not None
    assert _squeeze(_text(growing[0]["log"])) in _squeeze(_text(whole["log"]))
    marked = "".join(re.findall(r"<mark>(.*?)</mark>", whole["source"]))
    assert _squeeze(html.unescape(marked)) == _squeeze(told.citations[0].text)


def test_first_view_says_that_reports_changed_and_how_to_update(
    assistant: Assistant, seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = Chat(assistant, "zh")
    assert 'class="stale"' not in chat.draw(Conversation("zh"))["log"]
    monkeypatch.chdir(tmp_path)  # where the seeds are not the folder that is set
    monkeypatch.setattr(Index, "changes", lambda index: Changes(("新.txt",), ("旧.txt",), ()))
    command = f"ganwen index --source {seeds} --index {assistant.index.folder}"
    shown = html.unescape(chat.draw(Conversation("zh"))["log"])
    assert f"报告在建立索引之后有改动（2 个文件），回答仍按旧索引。更新：{command}</p>" in shown


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "到文档页重建索引"), ("en", "Rebuild it on the documents page")]
)
def test_first_view_leads_to_the_button_that_rebuilds(
    assistant: Assistant, seeds: Path, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    chat = Chat(assistant, language, source=seeds)
    monkeypatch.setattr(Index, "changes", lambda index: Changes(("新.txt",), (), ()))
    shown = chat.draw(Conversation(language))["log"]
    assert f'<a href="./documents?lang={language}">{words}</a></p>' in shown
    assert "ganwen index" not in shown


def test_history_goes_with_the_question(assistant: Assistant) -> None:
    chat = Chat(scripted := Scripted(assistant, AnswerEvent("甲", answer("甲"))), "auto")
    session = chat.open(None, None)
    for question in ("一", "二"):
        chat.ask(session, question)
        list(chat.answer(session))
    assert scripted.history == (Turn("一", "甲"),)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (EmbeddingError("The model is damaged."), "没能回答：The model is damaged."),
        (ZeroDivisionError(), "没能回答：程序出了意外，详情写在运行 ganwen serve 的窗口里。"),
    ],
)
def test_error_is_said_and_the_next_question_answered(
    assistant: Assistant, error: Exception, said: str
) -> None:
    chat = Chat(scripted := Scripted(assistant, AnswerEvent("半"), error=error), "auto")
    session = chat.open(None, None)
    chat.ask(session, "一")
    assert said in list(chat.answer(session))[-1]["log"]
    scripted.events, scripted.error = (AnswerEvent("甲", answer("甲")),), None
    chat.ask(session, "二")
    assert session.conversation.history == ()
    assert "<p>甲</p>" in list(chat.answer(session))[-1]["log"]


@pytest.mark.parametrize("question", ["字" * 20_000, "\x00"])
def test_question_that_cannot_be_used_is_said_in_the_language_of_the_page(
    assistant: Assistant, question: str
) -> None:
    chat = Chat(assistant, "auto")
    session = chat.open(None, None)
    chat.ask(session, question)
    (parts,) = chat.answer(session)
    assert f"问题里要有字，而且不超过 {MAX_CHARACTERS} 个" in parts["log"]


@pytest.mark.parametrize("question", ["", "  \n", None, 7, ["问"]])
def test_nothing_asked_changes_nothing(assistant: Assistant, question: object) -> None:
    chat = Chat(assistant, "auto")
    session = chat.open(None, None)
    assert chat.ask(session, question) == {}
    assert list(chat.answer(session)) == []
    assert session.conversation == Conversation("zh")


def test_stopped_answer_stays_as_it_was(assistant: Assistant) -> None:
    chat = Chat(Scripted(assistant, AnswerEvent("半"), AnswerEvent("整", answer("整"))), "auto")
    session = chat.open(None, None)
    chat.ask(session, "一")
    steps = chat.answer(session)
    next(steps)
    assert "已停止" in chat.stop(session)["log"]
    list(steps)
    assert session.conversation.exchanges == (Exchange("一", text="半", stopped=True),)
    assert chat.stop(session)["log"] == show(Exchange("一", text="半", stopped=True))


def test_a_slow_event_does_not_cover_what_a_quick_one_has_shown(assistant: Assistant) -> None:
    chat = Chat(assistant, "zh")
    session = chat.open(None, None)
    slow = session.change(lambda now: now)
    drawn = chat.draw(slow)  # as long as this takes, the question after it is quicker
    asked = chat.ask(session, "省长是谁？")
    assert "省长是谁？" in asked["log"]
    assert session.show(slow, drawn).keys() == drawn.keys() - {"log", "talk"}
    assert session.show(session.conversation, drawn).keys() == drawn.keys()


def test_new_conversation_is_not_filled_by_the_old_answer(assistant: Assistant) -> None:
    chat = Chat(Scripted(assistant, AnswerEvent("半"), AnswerEvent("整", answer("整"))), "auto")
    session = chat.open(None, "en")
    chat.ask(session, "一")
    steps = chat.answer(session)
    next(steps)
    assert 'class="welcome"' in chat.clear(session)["log"]
    list(steps)
    assert session.conversation == Conversation("en")


def test_selecting(assistant: Assistant) -> None:
    chat = Chat(assistant, "auto")
    session = chat.open(None, None)
    file = assistant.index.files[0]
    assert 'class="source-body document"' in chat.select(session, {"file": file})["source"]
    assert session.conversation.place == Place(file)
    assert chat.select(session, {"language": "en"})["lang"] == "en"
    assert session.conversation == Conversation("en", place=Place(file))
    for picked in ({"file": "../../etc/passwd"}, {"turn": "0", "n": 1}, {"language": "xx"}, {}):
        session.change(lambda _: Conversation("en", place=Place(file)))
        assert 'data-key="shelf"' in chat.select(session, picked)["source"]
    session.change(lambda _: Conversation("en", place=Place(file)))
    assert 'class="source-body document"' in chat.select(session, {"turn": 5, "n": 1})["source"]


def test_survey_counts_what_the_index_holds(assistant: Assistant) -> None:
    covered = survey(assistant.index)
    assert tuple(entry.file for entry in covered.entries) == assistant.index.files
    assert sum(entry.passages for entry in covered.entries) == covered.passages == len(assistant.index)
    assert all(entry.titles for entry in covered.entries)
    assert len(set(covered.regions)) == len(covered.regions)
    assert [len(region.path) for region in covered.regions] == sorted(
        len(region.path) for region in covered.regions
    )
    assert {2022, 2023} <= set(covered.years)


def test_years_mentioned_once_are_not_what_the_corpus_is_about() -> None:
    class Shelf:
        files = ("a.txt",)

        def all_chunks(self) -> Iterator[Chunk]:
            for n in range(40):
                year = 1949 if n == 7 else 2023
                period = Period(2021, 2025, "2021—2025年") if n == 8 else Period(year, year, f"{year}年")
                region = NANCHANG if n < 30 else JIANGXI
                yield Chunk(
                    n, "a.txt", n, n + 1, "字", "甲" if n < 20 else "乙", (), region, period, Kind.RESULT
                )

    covered = survey(Shelf())  # type: ignore[arg-type]
    assert covered == Survey(
        (Entry("a.txt", ("甲", "乙"), 40, (2023,)),),
        (JIANGXI, NANCHANG),
        (2023,),
        40,
        (2023, 1949),
        (Kind.RESULT,),
        ((JIANGXI, (2023,)), (NANCHANG, (2023,))),
    )


@pytest.mark.parametrize("language", TEXTS)
def test_example_questions_are_answered_from_the_reports(assistant: Assistant, language: str) -> None:
    questions = suggest_questions(assistant, language)
    assert 2 <= len(questions) <= 5
    assert len(set(questions)) == len(questions)
    assert not any(assistant.ask(question).refused for question in questions)
    assert suggest_questions(assistant, language) == questions


def test_port_in_use_names_the_next_free_one() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(GanwenError) as raised:
            listen("127.0.0.1", port)
        match = re.fullmatch(
            rf"Port {port} is in use\. Try --port (\d+), or set GANWEN_PORT=\1\.", str(raised.value)
        )
        assert match
        with listen("127.0.0.1", int(match[1])) as second:
            assert second.getsockname()[1] == int(match[1]) > port


def test_address_that_is_not_of_this_machine() -> None:
    with pytest.raises(
        GanwenError, match=r"Cannot listen on 192\.0\.2\.1, port 7860: .+ Set --host and --port\."
    ):
        listen("192.0.2.1", 7860)


def test_listens_on_this_machine_only_unless_told_otherwise() -> None:
    with listen(Settings().host, 0) as listener:
        assert listener.family is socket.AF_INET
        assert listener.getsockname()[0] == "127.0.0.1"


@pytest.fixture
def client(assistant: Assistant) -> "TestClient":
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    async def build() -> FastAPI:  # Gradio makes an event loop, and leaves it open, where none runs
        return build_app(assistant, Settings())

    return TestClient(asyncio.run(build()), base_url="http://127.0.0.1")


def test_server_sends_the_page_and_its_policy(client: "TestClient") -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert page.headers["content-security-policy"] == CONTENT_POLICY
    assert "http" not in CONTENT_POLICY
    assert client.get("/ganwen/page.css").headers["content-type"].startswith("text/css")
    assert client.get("/favicon.ico").headers["content-type"].startswith("image/svg+xml")
    for path in ("/docs", "/redoc", "/ganwen/../web.py", "/ganwen/%2e%2e/chat.py"):
        assert client.get(path).status_code == 404, path
    assert client.get("/gradio_api/info").json() == {"named_endpoints": {}, "unnamed_endpoints": {}}
    config = client.get("/config").json()
    assert config["analytics_enabled"] is False
    assert not config["show_error"]


@pytest.mark.parametrize("data", [None, [], "x", {"question": 5}, {"question": "省长是谁？"}, {"kept": {}}])
def test_events_of_any_shape_are_answered_without_the_insides(client: "TestClient", data: object) -> None:
    events = client.get("/config").json()["dependencies"]
    for event in events:
        if event["queue"] or not event["backend_fn"]:
            continue
        sent = {
            "data": [None] * len(event["inputs"]),
            "event_data": data,
            "fn_index": event["id"],
            "session_hash": "abc",
        }
        reply = client.post("/gradio_api/run/predict", json=sent)
        assert reply.status_code == 200, reply.text
        assert " at 0x" not in reply.text


def test_page_is_not_paid_for_until_it_is_served() -> None:
    code = "import sys, ui.web; print(*sorted({'gradio', 'torch', 'uvicorn', 'fastapi', 'pandas', 'mcp', 'prometheus_client'} & sys.modules.keys()))"
    root = Path(__file__).resolve().parent.parent
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert result.stdout == "\n"
