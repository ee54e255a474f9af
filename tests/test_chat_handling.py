"""What is done with answers on the chat page, without a browser: filters, checks, refusals, thumbs, kept conversations."""

import html
import json
import multiprocessing
import re
import sqlite3
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from rag.assistant import Assistant
from rag.errors import QuestionError
from rag.types import Answer, Basis, Check, Citation, Filter, Kind, Level, Period, Region, Turn
from ui.candidates import make_candidate
from ui.chat.answer_view import render_exchanges
from ui.chat.chat import Chat
from ui.chat.conversation import Conversation, Exchange, Session
from ui.chat.filters import OFFERED, add, remove, render_filters
from ui.chat.handling_texts import EN, UNKNOWN_FAULT, ZH
from ui.chat.holdings import name_years
from ui.chat.keeping import LONGEST, dump, restore
from ui.chat.sources import Source, find_sources, refer
from ui.chat.survey import Entry, Survey, survey
from ui.chat.texts import ZH as TEXTS_ZH
from ui.feedback import LONGEST_COMMENT, Feedback, FeedbackError, Opinion, Quote

HOSTILE = "<script>alert(1)</script>&\"'<b>${1+1}{{7*7}}"
JIANGXI = Region(("江西省",), Level.PROVINCE)
NANCHANG = Region(("江西省", "南昌市"), Level.CITY)
QUESTION = "2023年江西省森林覆盖率是多少？"


def cite(n: int = 1, text: str = "覆盖率63.1%") -> Citation:
    return Citation(
        n, "报告.txt", "政府工作报告", ("一、回顾",), 0, len(text), text, JIANGXI, None, Kind.RESULT, 3
    )


def tell(text: str, *citations: Citation, **changes: object) -> Answer:
    answer = Answer("问", text, False, "", "extractive", citations, (), 0.25, "问")
    return replace(answer, **changes)  # type: ignore[arg-type]


def show(exchange: Exchange, language: str = "zh") -> str:
    return render_exchanges(Conversation(language, (exchange,)))


def chat_of(assistant: Assistant, folder: Path) -> tuple[Chat, Session]:
    chat = Chat(assistant, "zh", feedback=Feedback(folder / "feedback.sqlite"))
    return chat, chat.open(None, None)


def ask(chat: Chat, session: Session, question: str, *, widen: bool = False) -> Exchange:
    chat.ask(session, question, widen=widen)
    list(chat.answer(session))
    return session.conversation.exchanges[-1]


def test_both_languages_say_everything_with_the_same_blanks() -> None:
    blank = re.compile(r"{(\w+)}")
    for name in ZH.__dataclass_fields__:
        chinese, english = getattr(ZH, name), getattr(EN, name)
        if isinstance(chinese, MappingProxyType):
            assert chinese.keys() == english.keys()
        else:
            assert set(blank.findall(chinese)) == set(blank.findall(english)), name
            assert chinese.strip(), name
            assert english.strip(), name


# Checked figures and withheld lines


def test_a_checked_figure_says_what_was_checked_and_stays_with_its_mark() -> None:
    text = "达63.1%[1]，问50%\n1 + 1 = 2个"
    checks = (
        Check(1, 6, Basis.SPAN, 1),
        Check(11, 14, Basis.QUESTION),
        Check(23, 25, Basis.FORMULA),
    )
    shown = show(Exchange("问", answer=tell(text, cite(), checks=checks)))
    assert re.search(
        r'<p>达<span class="tied"><span class="checked" title="[^"]*出处 \[1\][^"]*">63.1%</span><button',
        shown,
    )
    assert '<span class="checked" title="已核对：这个数是问题里说的">50%</span>' in shown
    assert '<span class="checked" title="已核对：按算式重新算过">2个</span></p>' in shown
    assert "✓ 3 个数字核对过 · 0.25 秒" in shown


def test_checks_that_do_not_fit_the_text_change_nothing_of_it() -> None:
    odd = (
        Check(0, 99, Basis.SPAN, 1),
        Check(3, 1, Basis.SPAN, 1),
        Check(1, 3, Basis.SPAN, 1),
        Check(2, 4, Basis.SPAN),
    )
    shown = show(Exchange("问", answer=tell("一二三四[1]", cite(), checks=odd)))
    (paragraph,) = re.findall(r'<div class="answer"[^>]*><p>(.*?)</p>', shown)
    assert re.sub(r"<[^>]*>", "", paragraph) == "一二三四[1]"


def test_what_was_withheld_is_counted_by_its_reason_and_never_told() -> None:
    answer = tell("甲[1]", cite(), withheld=("wrong_year", "wrong_year", "not_in_span", "of_tomorrow"))
    assert (
        "有 4 处没通过核对，没有显示：年份对不上（2 处）；原文里没有这个数字或名称（1 处）；与原文对不上（1 处）。"
        in show(Exchange("问", answer=answer))
    )
    assert "(4): another year (2); " in show(Exchange("Q", answer=answer), "en")
    assert UNKNOWN_FAULT in ZH.faults
    assert "没通过核对" not in show(Exchange("问", answer=tell("甲[1]", cite())))


# Filters


@pytest.fixture(scope="module")
def covered(assistant: Assistant) -> Survey:
    return survey(assistant.index)


def test_filters_offer_what_the_corpus_covers(covered: Survey, assistant: Assistant) -> None:
    shown = render_filters(TEXTS_ZH, ZH, covered, Filter())
    values = {
        field: re.findall(r'<option value="([^"]+)"', block)
        for field, block in re.findall(r'data-filter="(\w+)"(.*?)</select>', shown)
    }
    assert values["file"] == list(assistant.index.files)
    assert "江西省/南昌市" in values["region"]
    assert {"2022", "2023"} <= set(values["year"])
    assert values["year"] == sorted(values["year"], reverse=True)
    assert set(values["kind"]) <= {kind.value for kind in Kind}
    assert "chip" not in shown


def test_long_lists_are_cut() -> None:
    entries = tuple(Entry(f"{n:03}.txt", ("题",), 1, ()) for n in range(OFFERED + 5))
    shown = render_filters(TEXTS_ZH, ZH, Survey(entries, (), (), 1), Filter())
    assert shown.count("<option") == OFFERED + 1
    assert 'data-filter="region"' not in shown


def test_values_are_added_once_taken_off_and_unknown_ones_left_out(covered: Survey) -> None:
    filter = Filter()
    file = covered.entries[0].file
    steps = (("file", file), ("region", "江西省/南昌市"), ("year", "2023"), ("kind", "plan"))
    for field, value in (*steps, *steps):
        filter = add(filter, field, value, covered)
    assert filter == Filter(
        frozenset({file}), (NANCHANG,), (Period(2023, 2023, "2023年"),), frozenset({Kind.PLAN})
    )
    odd = (
        ("file", "../../etc/passwd"),
        ("region", "云南省"),
        ("year", "1066"),
        ("kind", "x"),
        ("hue", "red"),
        ("year", "x"),
    )
    for field, value in odd:
        assert add(filter, field, value, covered) == filter
        assert remove(filter, field, value) == filter
    shown = html.unescape(render_filters(TEXTS_ZH, ZH, covered, filter))
    assert shown.count('class="chip"') == 4
    assert 'aria-label="去掉筛选：江西省 › 南昌市"' in shown
    assert f'<option value="{file}"' not in shown
    for field, value in steps:
        filter = remove(filter, field, value)
    assert filter == Filter()


def test_a_filter_narrows_the_answer_and_stands_with_it(assistant: Assistant, tmp_path: Path) -> None:
    chat, session = chat_of(assistant, tmp_path)
    file = "004_d698cca8952d26ee.txt"
    composer = chat.select(session, {"filter": "file", "value": file})["composer"]
    assert f'data-unfilter="file" data-value="{file}"' in composer
    exchange = ask(chat, session, QUESTION)
    assert exchange.answer is not None
    assert {reference.file for reference in exchange.references} == {file}
    assert exchange.scope.startswith("范围：")
    chat.select(session, {"unfilter": "file", "value": file})
    assert session.conversation.filter == Filter()
    assert "范围：" in chat.draw(session.conversation)["log"]  # what was asked under it still says so
    assert not ask(chat, session, QUESTION).scope


def test_a_filter_that_matches_nothing_says_so_and_can_be_widened(
    assistant: Assistant, tmp_path: Path
) -> None:
    chat, session = chat_of(assistant, tmp_path)
    town = next(region for region in survey(assistant.index).regions if region.level is Level.COUNTY)
    chat.select(session, {"filter": "region", "value": "/".join(town.path)})
    chat.select(session, {"filter": "file", "value": "001_9ec3a814245b7342.txt"})
    allowed = assistant.index.rows_allowed(session.conversation.filter)
    assert allowed is not None
    assert len(allowed) == 0
    exchange = ask(chat, session, QUESTION)
    assert exchange.answer is not None
    assert (exchange.answer.refused, exchange.answer.passages) == (True, ())
    shown = chat.draw(session.conversation)["log"]
    assert ZH.nothing_allowed in shown
    assert 'data-widen="0"' in shown
    wide = ask(chat, session, QUESTION, widen=True)
    assert wide.answer is not None
    assert not wide.answer.refused
    assert session.conversation.filter == Filter()


# Refusals


def test_a_refusal_tells_the_years_of_the_place_asked_about(assistant: Assistant, tmp_path: Path) -> None:
    chat, session = chat_of(assistant, tmp_path)
    exchange = ask(chat, session, "2015年江西省森林覆盖率是多少？")
    assert exchange.held is not None
    assert exchange.held.place == "江西省"
    assert {2022, 2023} <= set(exchange.held.years)
    assert not exchange.held.filtered
    assert "江西省的内容，报告里主要讲 " in chat.draw(session.conversation)["log"]


def test_a_refusal_for_a_place_not_there_tells_the_places(assistant: Assistant, tmp_path: Path) -> None:
    chat, session = chat_of(assistant, tmp_path)
    exchange = ask(chat, session, "湖南省2023年森林覆盖率是多少？")
    assert exchange.held is not None
    assert (exchange.held.place, exchange.held.places[:2]) == ("", ("江西省", "南昌市"))
    assert "报告涉及的地区：江西省、南昌市" in chat.draw(session.conversation)["log"]


def test_an_answer_says_nothing_of_what_else_there_is(assistant: Assistant, tmp_path: Path) -> None:
    chat, session = chat_of(assistant, tmp_path)
    assert ask(chat, session, QUESTION).held is None
    assert 'class="held"' not in chat.draw(session.conversation)["log"]


def test_years_are_told_as_runs() -> None:
    assert name_years((2018, 2019, 2020, 2022, 2024, 2025), "、") == "2018—2020、2022、2024—2025"


# Sources and references


def test_a_reference_leaves_out_what_is_not_known() -> None:
    known = Source("江西省人民政府", "叶建春", "2024-01-23")
    assert refer(cite(), known) == "江西省人民政府. 政府工作报告[R]. 2024-01-23: 3. 报告.txt."
    assert refer(cite(), known, with_page=False) == "江西省人民政府. 政府工作报告[R]. 2024-01-23. 报告.txt."
    assert refer(cite(), Source(author="刘滨 钱文龙")) == "刘滨, 钱文龙. 政府工作报告[R]. 3. 报告.txt."
    assert refer(replace(cite(), title="", page=None), Source()) == "报告[R]. 报告.txt."


def test_sources_are_those_of_the_article_cited(assistant: Assistant) -> None:
    answer = assistant.ask("2023年PM2.5比2022年高多少？")
    assert [source.issuer for source in find_sources(assistant.index, answer.citations)] == [
        "江西省人民政府",
        "省发展和改革委员会",
    ]


# Kept conversations


def test_a_kept_conversation_comes_back_as_it_was(assistant: Assistant, tmp_path: Path) -> None:
    chat, session = chat_of(assistant, tmp_path)
    ask(chat, session, QUESTION)
    ask(chat, session, "湖南省2023年森林覆盖率是多少？")
    chat.select(session, {"of": 0, "verdict": "up"})
    before = session.conversation
    record = chat.draw(before)["record"]
    parts = chat.clear(session, record)
    after = session.conversation
    said = f'<p class="meta remark" role="status">{ZH.thanks}</p>'
    assert parts["log"] == render_exchanges(replace(before, place=None)).replace(said, "")
    assert [each.id for each in after.exchanges] == [each.id for each in before.exchanges]
    assert after.exchanges[0].verdict == "up"
    assert parts["record"] == record
    follow_up = ask(chat, session, "那2022年呢？")
    assert follow_up.answer is not None
    assert follow_up.answer.understood != "那2022年呢？"


def test_a_question_without_its_answer_is_not_kept() -> None:
    assert dump(Conversation("zh")) == ""
    assert dump(Conversation("zh").asked("问")) == ""
    kept = dump(Conversation("zh", (Exchange("一", answer=tell("甲")), Exchange("二"))))
    assert [each.question for each in restore(kept, "").exchanges] == ["一"]


@pytest.mark.parametrize(
    "damage",
    [
        None, 7, "", "{", "[]", '{"version": 2, "exchanges": []}', '{"version": 1, "exchanges": []}',
        '{"version": 1, "exchanges": [{}]}', "[" * 100_000, "x" * (LONGEST + 1),
    ],
)  # fmt: skip
def test_what_is_no_kept_conversation_is_refused(damage: object) -> None:
    with pytest.raises(QuestionError):
        restore(damage, "")


def test_a_conversation_goes_on_within_its_filter_as_far_as_the_corpus_has_it(
    assistant: Assistant, tmp_path: Path
) -> None:
    chat, session = chat_of(assistant, tmp_path)
    chat.select(session, {"filter": "region", "value": "江西省/南昌市"})
    chat.select(session, {"filter": "year", "value": "2023"})
    chat.select(session, {"filter": "kind", "value": "result"})
    chosen = session.conversation.filter
    asked = Conversation("zh", (Exchange("问", answer=tell("甲")),), filter=chosen)
    assert chat.clear(session, dump(asked))["composer"].count('class="chip"') == 3
    assert session.conversation.filter == chosen
    gone = replace(chosen, files=frozenset({"没有这份.txt"}), periods=(Period(1900, 1900, "1900年"),))
    chat.clear(session, dump(replace(asked, filter=gone)))
    assert session.conversation.filter == replace(chosen, periods=())
    older = json.loads(dump(asked))
    del older["filter"]  # as it was kept before filters were
    chat.clear(session, json.dumps(older))
    assert session.conversation.filter == Filter()


def test_a_damaged_conversation_is_said_and_the_page_stays_usable(
    assistant: Assistant, tmp_path: Path
) -> None:
    chat, session = chat_of(assistant, tmp_path)
    record = json.loads(dump(Conversation("zh", (Exchange("问", answer=tell("甲")),))))
    record["exchanges"][0]["answer"]["citations"] = [{"n": "x"}]
    assert ZH.kept_unreadable in chat.clear(session, json.dumps(record))["composer"]
    assert session.conversation.exchanges == ()
    assert ask(chat, session, QUESTION).answer is not None
    assert ZH.kept_unreadable not in chat.draw(session.conversation)["composer"]


def test_what_a_kept_conversation_holds_is_escaped_and_bounded(assistant: Assistant, tmp_path: Path) -> None:
    """Whoever writes into a browser's store can write anything: markup, places that are not there."""
    far = replace(cite(text=HOSTILE), file=HOSTILE, title=HOSTILE, section=(HOSTILE,), start=-5, end=10**12)
    answer = tell(f"{HOSTILE}[1]", far, checks=(Check(-3, 10**9, Basis.SPAN, 1),), note=HOSTILE, backend=HOSTILE,
                  understood=HOSTILE, withheld=(HOSTILE,))  # fmt: skip
    exchange = Exchange(
        HOSTILE,
        answer=answer,
        scope=HOSTILE,
        comment=HOSTILE,
        verdict="down",
        sources=(Source(HOSTILE, HOSTILE, HOSTILE),),
    )
    chat, session = chat_of(assistant, tmp_path)
    parts = chat.clear(session, dump(Conversation("zh", (exchange,))))
    opened = chat.select(session, {"turn": 0, "n": 1})
    drawn = "".join(parts[name] + opened[name] for name in ("banner", "log", "composer", "source"))
    assert drawn.count("&lt;script&gt;") >= 10
    assert "<script" not in drawn
    assert "<b>" not in drawn


def test_an_answer_of_an_older_index_says_so_and_shows_the_words_it_cited(
    assistant: Assistant, tmp_path: Path
) -> None:
    chat, session = chat_of(assistant, tmp_path)
    exchange = ask(chat, session, QUESTION)
    assert exchange.answer is not None
    same = chat.clear(session, dump(session.conversation))
    assert ZH.older not in same["log"]
    assert "<mark>" in chat.select(session, {"turn": 0, "n": 1})["source"]

    changed = replace(exchange.answer.citations[0], text="当时的另一句话")
    older = replace(
        exchange, answer=replace(exchange.answer, citations=(changed,)), generation="of yesterday"
    )
    assert ZH.older in chat.clear(session, dump(Conversation("zh", (older,))))["log"]
    source = chat.select(session, {"turn": 0, "n": 1})["source"]
    assert "<mark>" not in source
    assert ZH.moved in source
    assert "当时的另一句话" in source

    gone = replace(changed, file="gone.txt")
    older = replace(older, answer=replace(exchange.answer, citations=(gone,)))
    chat.clear(session, dump(Conversation("zh", (older,))))
    source = chat.select(session, {"turn": 0, "n": 1})["source"]
    assert "索引里没有这份文件：gone.txt" in source
    assert "当时的另一句话" in source


# Thumbs


def opinion(id: str, **changes: object) -> Opinion:
    blank = Opinion(id, "up", "", "问", (), "答", False, (), "", "extractive", "g")
    return replace(blank, **changes)  # type: ignore[arg-type]


def test_thumbs_are_kept_changed_and_taken_back(assistant: Assistant, tmp_path: Path) -> None:
    chat, session = chat_of(assistant, tmp_path)
    store = Feedback(tmp_path / "feedback.sqlite")
    ask(chat, session, QUESTION)
    ask(chat, session, "那2022年呢？")
    assert store.read() == ()
    assert ZH.thanks in chat.select(session, {"of": 1, "verdict": "up"})["log"]
    chat.select(session, {"of": 1, "verdict": "down"})
    chat.select(session, {"of": 1, "comment": " 年份不对 "})
    (kept,) = store.read()
    exchange = session.conversation.exchanges[1]
    assert exchange.answer is not None
    assert (kept.id, kept.verdict, kept.comment) == (exchange.id, "down", "年份不对")
    assert (kept.question, kept.answer) == ("那2022年呢？", exchange.answer.text)
    assert [turn.question for turn in kept.history] == [QUESTION]
    document = assistant.index.document(kept.quotes[0].file)
    assert kept.quotes[0].text in document.text
    chat.select(session, {"of": 1, "verdict": "down"})
    assert store.read() == ()
    assert session.conversation.exchanges[1].verdict == ""


@pytest.mark.parametrize(
    "picked",
    [
        {"of": 9, "verdict": "up"}, {"of": -1, "verdict": "up"}, {"of": "0", "verdict": "up"}, {"of": 0, "verdict": "best"},
        {"of": 0, "verdict": None}, {"of": 0, "comment": "no thumb yet"}, {"of": 0},
    ],
)  # fmt: skip
def test_an_odd_thumb_changes_nothing(
    assistant: Assistant, tmp_path: Path, picked: dict[str, object]
) -> None:
    chat, session = chat_of(assistant, tmp_path)
    ask(chat, session, QUESTION)
    before = session.conversation
    chat.select(session, picked)
    assert session.conversation == before
    assert not (tmp_path / "feedback.sqlite").exists()


def test_a_comment_that_is_too_long_is_refused_and_the_thumb_stays(
    assistant: Assistant, tmp_path: Path
) -> None:
    chat, session = chat_of(assistant, tmp_path)
    ask(chat, session, QUESTION)
    chat.select(session, {"of": 0, "verdict": "up"})
    shown = chat.select(session, {"of": 0, "comment": "长" * (LONGEST_COMMENT + 1)})["log"]
    assert ZH.too_long.format(limit=LONGEST_COMMENT) in shown
    assert [each.comment for each in Feedback(tmp_path / "feedback.sqlite").read()] == [""]
    with pytest.raises(FeedbackError):
        Feedback(tmp_path / "feedback.sqlite").give(opinion("a", comment="长" * (LONGEST_COMMENT + 1)))


def test_a_store_that_cannot_be_written_is_said(assistant: Assistant, tmp_path: Path) -> None:
    (tmp_path / "feedback.sqlite").write_bytes(
        b"this is no database, only some bytes that stand in its place" * 9
    )
    chat, session = chat_of(assistant, tmp_path)
    ask(chat, session, QUESTION)
    assert "没能记下：" in html.unescape(chat.select(session, {"of": 0, "verdict": "up"})["log"])
    assert session.conversation.exchanges[0].verdict == ""


def _write_many(path: Path, writer: int) -> None:
    store = Feedback(path)
    for n in range(40):
        store.give(opinion(f"{writer}-{n}", comment=f"{writer}"))


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "feedback.sqlite"
    processes = [
        multiprocessing.get_context("spawn").Process(target=_write_many, args=(path, writer))
        for writer in range(3)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert len(Feedback(path).read()) == 120
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_candidates_hold_what_is_known_and_leave_the_rest_to_the_author() -> None:
    good = opinion(
        "0123456789abcdef",
        history=(Turn("一", "甲"),),
        quotes=(Quote(1, "a.txt", "原文"),),
        given="2026-01-02T03:04:05+00:00",
    )
    assert make_candidate(good) == {
        "id": "chat-0123456789ab",
        "question": "问",
        "history": [{"question": "一", "answer": "甲"}],
        "evidence": [{"file": "a.txt", "quote": "原文", "group": 1}],
        "lang": "zh",
        "chat": {
            "verdict": "up", "comment": "", "answer": "答", "refused": False, "scope": "", "backend": "extractive",
            "given": "2026-01-02T03:04:05+00:00",
        },
    }  # fmt: skip
    refused = make_candidate(opinion("b", refused=True, question="Where?"))
    assert (refused["type"], refused["lang"], "evidence" in refused) == ("unanswerable", "en", False)
    bad = make_candidate(opinion("c", verdict="down", quotes=(Quote(1, "a.txt", "原文"),)))
    assert "evidence" not in bad
    assert "type" not in make_candidate(replace(opinion("d", verdict="down"), refused=True))


def test_candidates_of_a_good_refusal_can_be_read_as_they_are(tmp_path: Path) -> None:
    from eval.questions import read_questions

    lines = [make_candidate(opinion("b" * 20, refused=True)), make_candidate(opinion("c" * 20))]
    file = tmp_path / "candidates.jsonl"
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    questions = read_questions(file)
    assert [question.id for question in questions.questions] == ["chat-bbbbbbbbbbbb"]
    assert [problem.line for problem in questions.problems] == [2]


def test_candidates_are_listed_at_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ui.cli import main

    monkeypatch.chdir(tmp_path)
    assert main(["eval", "candidates"]) == 0
    assert capsys.readouterr().out == ""
    store = Feedback(Path(".ganwen") / "feedback.sqlite")
    store.give(opinion("a" * 20))
    store.give(opinion("b" * 20, verdict="down", comment="不对"))
    assert main(["eval", "candidates", "--verdict", "down", "--output", "c.jsonl"]) == 0
    (line,) = Path("c.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["chat"]["comment"] == "不对"
    assert main(["eval", "candidates"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_the_time_of_a_question_goes_with_it() -> None:
    exchange = Exchange("问", answer=tell("甲"))
    (back,) = restore(dump(Conversation("zh", (exchange,))), "").exchanges
    assert isinstance(back.asked, datetime)
    assert back.asked == exchange.asked
