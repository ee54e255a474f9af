"""Conversations as files: footnotes, references, nothing that becomes markup, and a route that only gives back what it got."""

import asyncio
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rag.assistant import Assistant
from rag.settings import Settings
from rag.types import Answer, Basis, Check, Citation, Kind, Level, Period, Region
from ui.chat.conversation import Conversation, Exchange
from ui.chat.handling_texts import EN, ZH
from ui.chat.holdings import Held
from ui.chat.keeping import dump
from ui.chat.sources import Source
from ui.chat.texts import EN as TEXTS_EN
from ui.chat.texts import ZH as TEXTS_ZH
from ui.export.markdown import escape_markdown, render_markdown
from ui.export.route import MOST_BYTES, PATH, render
from ui.export.word import render_docx

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")

JIANGXI = Region(("江西省",), Level.PROVINCE)
YEAR = Period(2023, 2023, "2023年")
HOSTILE = "# [x](http://203.0.113.1) <img src=x onerror=alert(1)> *a* `b` |c| $d$ &amp; \x00\x08\ud7ff"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def cite(n: int, text: str, file: str = "a.txt", page: int | None = None) -> Citation:
    return Citation(n, file, "政府工作报告", (), 0, 5, text, JIANGXI, YEAR, Kind.RESULT, page)


def conversation() -> tuple[Exchange, ...]:
    answer = Answer(
        "高多少？", "2023年：29微克[1]\n2022年：27微克[2]，见[1][9]", False, "", "extractive",
        (cite(1, "PM2.5为29微克", page=3), cite(2, "PM2.5为27微克", "b.txt")), (), 0.1, "PM2.5高多少？", "",
        (Check(6, 10, Basis.SPAN, 1),), ("wrong_year",),
    )  # fmt: skip
    refused = Answer(
        "云南呢？", "报告里没有云南省的这项内容。", True, "no_such_region", "extractive", (), (), 0.1
    )
    sources = (Source("江西省人民政府", "", "2024-01-23"), Source())
    return (
        Exchange("高多少？", answer=answer, sources=sources, scope="范围：江西省"),
        Exchange("云南呢？", answer=refused, held=Held(years=(2022, 2023), places=("江西省",))),
        Exchange("又呢？", text="半句", stopped=True),
    )


def test_markdown_has_footnotes_and_references() -> None:
    text = render_markdown(conversation(), TEXTS_ZH, ZH)
    assert "## 高多少？\n" in text
    assert "\n2023年：29微克[^1]\n\n2022年：27微克[^2]，见[^1]\\[9\\]\n" in text
    assert "[^1]: 江西省人民政府. 政府工作报告\\[R\\]. 2024-01-23: 3. a.txt. “PM2.5为29微克”\n" in text
    assert "[^2]: 政府工作报告\\[R\\]. b.txt. “PM2.5为27微克”\n" in text
    assert (
        "## 参考文献\n\n1. 江西省人民政府. 政府工作报告\\[R\\]. 2024-01-23. a.txt.\n2. 政府工作报告\\[R\\]. b.txt.\n"
        in text
    )
    for said in (
        "范围：江西省",
        "理解为：PM2.5高多少？",
        "年份对不上（1 处）",
        "报告涉及的地区：江西省。",
        "2022—2023年",
        "已停止。",
    ):
        assert said in text
    assert "References" in render_markdown(conversation(), TEXTS_EN, EN)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("# 头", "\\# 头"), ("- 项", "\\- 项"), ("3. 项", "3\\. 项"), ("> 引", "&gt; 引"), ("a*b_c`d`", "a\\*b\\_c\\`d\\`"),
        ("[x](y)", "\\[x\\](y)"), ("<b>&lt;", "&lt;b&gt;&amp;lt;"), ("一\n二", "一 二"), ("63.1%", "63.1%"), ("---", "\\---"), ("a\\", "a\\\\"),
    ],
)  # fmt: skip
def test_markdown_is_escaped(text: str, escaped: str) -> None:
    assert escape_markdown(text) == escaped


def read_docx(blob: bytes) -> tuple[str, str]:
    """What a docx says in its text, and in its footnotes."""
    with zipfile.ZipFile(io.BytesIO(blob)) as package:
        return tuple(  # type: ignore[return-value]
            re.sub(r"<[^>]*>", "", re.sub(r"</w:p>", "\n", package.read(f"word/{name}.xml").decode()))
            for name in ("document", "footnotes")
        )


def test_docx_has_real_footnotes_and_references() -> None:
    import docx
    from docx.opc.constants import RELATIONSHIP_TYPE

    blob = render_docx(conversation(), TEXTS_ZH, ZH)
    document = docx.Document(io.BytesIO(blob))
    marks = [mark.get(f"{W}id") for mark in document.element.body.iter(f"{W}footnoteReference")]
    assert marks == ["1", "2", "3"]
    part = document.part.part_related_by(RELATIONSHIP_TYPE.FOOTNOTES)
    ids = re.findall(r'<w:footnote [^>]*w:id="(-?\d+)"', part.blob.decode())
    assert ids == ["-1", "0", "1", "2", "3"]
    text, notes = read_docx(blob)
    assert "2023年：29微克\n2022年：27微克，见[9]\n" in text
    assert (
        "参考文献\n[1] 江西省人民政府. 政府工作报告[R]. 2024-01-23. a.txt.\n[2] 政府工作报告[R]. b.txt.\n"
        in text
    )
    assert " 江西省人民政府. 政府工作报告[R]. 2024-01-23: 3. a.txt. “PM2.5为29微克”\n" in notes
    assert [p.style.name for p in document.paragraphs if p.style].count("Heading 2") == 4


def test_real_answers_are_exported_in_both_forms(assistant: Assistant, tmp_path: Path) -> None:
    from ui.chat.chat import Chat
    from ui.feedback import Feedback

    chat = Chat(assistant, "zh", feedback=Feedback(tmp_path / "f"))
    session = chat.open(None, None)
    for question in ("2023年PM2.5比2022年高多少？", "湖南省2023年森林覆盖率是多少？"):
        chat.ask(session, question)
        list(chat.answer(session))
    record = chat.draw(session.conversation)["record"]
    text = render("md", record, "zh-CN").decode()
    assert "PM2.5平均浓度29微克/立方米[^1]" in text
    assert "江西省人民政府. 2024年江西省政府工作报告\\[R\\]. 2024-01-23. 001" in text
    assert text.count("\n> ") == 3  # the closest passages of the refusal
    body, notes = read_docx(render("docx", record, "zh-CN"))
    assert "PM2.5平均浓度29微克/立方米" in body
    assert notes.count("[R]") == 7


def test_hostile_text_breaks_neither_form() -> None:
    answer = Answer(
        HOSTILE,
        f"{HOSTILE}[1]",
        False,
        "",
        "x",
        (replace(cite(1, HOSTILE), title=HOSTILE),),
        (),
        0.1,
        HOSTILE,
    )
    exchange = Exchange(HOSTILE, answer=answer, sources=(Source(HOSTILE, HOSTILE, HOSTILE),))
    text = render_markdown([exchange], TEXTS_ZH, ZH)
    assert "<img" not in text
    assert "](http" not in text.replace("\\](http", "")
    body, notes = read_docx(render_docx([exchange], TEXTS_ZH, ZH))
    assert "onerror" in body
    assert "onerror" in notes
    assert "\x00" not in body


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> "TestClient":
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    from ui.web import build_app

    async def build() -> FastAPI:
        return build_app(assistant, Settings())

    return TestClient(asyncio.run(build()), base_url="http://127.0.0.1")


@pytest.mark.parametrize(("form", "start"), [("md", b"# "), ("docx", b"PK")])
def test_the_route_gives_back_what_it_got_and_nothing_else(
    client: "TestClient", form: str, start: bytes
) -> None:
    record = dump(Conversation("zh", conversation()))
    response = client.post(PATH, json={"form": form, "record": record, "language": "zh-CN"})
    assert response.status_code == 200
    assert response.content.startswith(start)
    assert re.fullmatch(
        rf"attachment; filename\*=UTF-8''ganwen-[\d-]+\.{form}", response.headers["content-disposition"]
    )
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize(
    ("sent", "headers", "status"),
    [
        (b"{}", {}, 415), (b"{}", {"Content-Type": "text/plain"}, 415), (b"{", {"Content-Type": "application/json"}, 400),
        (b"[]", {"Content-Type": "application/json"}, 400), (b'{"form": "exe"}', {"Content-Type": "application/json"}, 400),
        (b'{"form": ["md"]}', {"Content-Type": "application/json"}, 400),
        (b'{"form": "md", "record": "x"}', {"Content-Type": "application/json"}, 400),
        (b"[" * 200_000, {"Content-Type": "application/json"}, 400),
        (b" " * (MOST_BYTES + 1), {"Content-Type": "application/json"}, 413),
    ],
)  # fmt: skip
def test_bad_requests_are_refused_with_a_reason(
    client: "TestClient", sent: bytes, headers: dict[str, str], status: int
) -> None:
    response = client.post(PATH, content=sent, headers=headers)
    assert response.status_code == status
    assert response.text.endswith(".")
    # The rest of a body that is too long is not waited for.
    assert response.headers.get("connection") == ("close" if status == 413 else None)


def test_the_route_only_takes_posts(client: "TestClient") -> None:
    assert client.get(PATH).status_code in {404, 405}
