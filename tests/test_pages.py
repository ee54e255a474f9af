"""The pages beside the chat over real HTTP: what is shown and escaped, what is refused, and that nothing is lost."""

import io
import json
import re
import socket
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.runs import ANSWERS, FORMAT, HEADER, Header
from rag.corpus.sources import scan
from rag.errors import CorpusError
from tests.pages_site import ADDED, REPORTS, Site, serve_site
from ui.pages import jobs, receiving, trash
from ui.pages.documents import tell
from ui.pages.documents_texts import EN, ZH
from ui.pages.evaluation_texts import ZH as EVALUATION_ZH
from ui.pages.frame import PAGE_POLICY
from ui.pages.jobs import Job, State, Status
from ui.pages.names import MAX_BYTES, numbered, safe_name
from ui.pages.rebuild import PREPARING, rebuild
from ui.pages.refusal import Refused
from ui.pages.trash import KEPT_DAYS, Trash

pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")

PAGES = ("/documents", "/evaluation")
OURS = {"Sec-Fetch-Site": "same-origin"}
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve_site(tmp_path_factory.mktemp("site"), max_file_mb=1) as served:
        yield served


@pytest.fixture
def client(site: Site) -> Iterator[httpx.Client]:
    """A client of the site; afterwards its folder of reports must be as it was."""
    with httpx.Client(base_url=site.address, headers=OURS, timeout=60) as made:
        yield made
    for path in site.reports.iterdir():
        if path.name not in REPORTS:
            path.unlink()
    assert {path.name: path.read_text("utf-8") for path in site.reports.iterdir()} == REPORTS


def listing(site: Site) -> dict[str, bytes]:
    """Everything below the folder that holds the site, but the index and the kept runs."""
    root = site.home.parent
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_relative_to(site.home)
    }


def upload(client: httpx.Client, name: str, data: bytes, **query: str) -> httpx.Response:
    return client.post(
        "/documents/files",
        params={"lang": "en", **query},
        files={"file": (name, data, "text/plain")},
    )


def packed(members: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return data.getvalue()


def word(text: str) -> bytes:
    import docx

    document, data = docx.Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(data)
    return data.getvalue()


@pytest.mark.parametrize(
    "path", [*PAGES, "/documents/read?file=望湖县民生.md", "/evaluation/report?run=none"]
)
def test_pages_allow_no_script_but_their_own_files(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert response.headers["content-security-policy"] == PAGE_POLICY
    assert "unsafe" not in PAGE_POLICY
    assert not re.search(r"<script(?![^>]* src=\"/ganwen/pages/)", response.text)
    assert not re.search(r"<[^>]+ (style|on\w+)=", response.text)


def test_language_is_that_of_the_browser_or_the_one_picked(client: httpx.Client) -> None:
    chinese = client.get("/documents", headers={"Accept-Language": "zh-CN"}).text
    english = client.get("/documents?lang=en", headers={"Accept-Language": "zh-CN"}).text
    assert '<html lang="zh-CN">' in chinese
    assert "<h1>文档</h1>" in chinese
    assert '<html lang="en">' in english
    assert "<h1>Documents</h1>" in english
    assert 'href="/evaluation?lang=en"' in english


def test_table_tells_what_the_index_holds(client: httpx.Client) -> None:
    text = client.get("/documents?lang=en").text
    row = re.search(r"<tr>(?:(?!</tr>).)*望湖县2023年\.txt.*?</tr>", text, re.DOTALL)
    assert row is not None
    assert re.findall(r'<td class="number"[^>]*>(\d+)</td>', row[0])[0] == "1"
    assert "望湖县2023年政府工作报告" in row[0]
    assert "2 documents" in text


def test_no_way_out_where_there_is_no_token(client: httpx.Client) -> None:
    for page in ("/", *PAGES, "/indicators"):
        assert "/logout" not in client.get(page).text


def test_search_finds_files_and_titles(client: httpx.Client) -> None:
    assert "望湖县2023年.txt" not in client.get("/documents", params={"q": "民生"}).text
    assert "望湖县民生.md" in client.get("/documents", params={"q": "民生实事"}).text
    nothing = client.get("/documents", params={"q": HOSTILE}).text
    assert HOSTILE not in nothing
    assert "&lt;script&gt;" in nothing


CHANGING = ("documents/files", "documents/remove", "documents/restore", "documents/rebuild", "documents/stop",
            "evaluation/start", "evaluation/stop", "evaluation/remove", "evaluation/restore")  # fmt: skip


@pytest.mark.parametrize("path", CHANGING)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"},
    ],
)
def test_no_other_site_may_change_anything(site: Site, path: str, headers: dict[str, str]) -> None:
    before = listing(site)
    if path == "documents/files":
        response = httpx.post(f"{site.address}/{path}", headers=headers, files={"file": ("甲.txt", b"text")})
    else:
        response = httpx.post(f"{site.address}/{path}", headers=headers, json={"file": "望湖县民生.md"})
    assert response.status_code == 403
    assert response.json()["error"]
    assert listing(site) == before


@pytest.mark.parametrize("path", CHANGING)
def test_what_changes_something_is_no_link(client: httpx.Client, path: str) -> None:
    assert client.get(f"/{path}").status_code in (404, 405)


def test_own_origin_is_enough_where_a_browser_says_no_more(site: Site) -> None:
    response = httpx.post(f"{site.address}/documents/stop", headers={"Origin": site.address}, json={})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../../etc/cron.txt", "cron.txt"),
        ("..\\..\\windows\\win.txt", "win.txt"),
        ("/etc/passwd.txt", "passwd.txt"),
        ("C:\\boot.txt", "boot.txt"),
        (".ganwen.txt", "ganwen.txt"),
        ("~$锁.txt", "锁.txt"),
        ("con.txt", "_con.txt"),
        ("a\u202etxt.exe.txt", "atxt.exe.txt"),
        (HOSTILE + ".txt", "script__img src=x onerror=alert(2)_.txt"),
        ("报" * 300 + ".txt", "报" * 65 + ".txt"),
    ],
)
def test_names_are_made_safe(client: httpx.Client, site: Site, given: str, kept: str) -> None:
    before = set(listing(site))
    response = upload(client, given, ADDED.encode())
    assert response.status_code == 200, response.text
    assert response.json()["file"] == kept
    assert set(listing(site)) - before == {f"reports/{kept}"}
    shown = client.get("/documents").text
    assert "<script>" not in shown
    assert "<img" not in shown


@pytest.mark.parametrize("given", ["..", ".txt", "/", "...", "~$.txt"])
def test_names_that_name_nothing_are_refused(client: httpx.Client, site: Site, given: str) -> None:
    before = listing(site)
    assert upload(client, given, b"text").status_code in (400, 415)
    assert listing(site) == before


@given(st.text(max_size=300))
def test_safe_name_is_one_visible_part(name: str) -> None:
    safe = safe_name(name)
    assert not set(safe) & set('/\\<>:"|?*\0\n')
    assert not safe.startswith((".", "~$", " "))
    assert len(safe.encode()) <= MAX_BYTES
    assert safe_name(safe) == safe


def test_numbered_names_keep_their_ending() -> None:
    assert numbered("报告.docx", 2) == "报告 (2).docx"


FAKES: list[tuple[str, Callable[[], bytes], int]] = [
    ("程序.txt", lambda: b"MZ\x90\0" + bytes(100), 415),
    ("图.md", lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), 415),
    ("报告.pdf", lambda: b"this is no pdf", 415),
    ("报告.txt", lambda: b"%PDF-1.7\n1 0 obj\n", 415),
    ("报告.docx", lambda: b"plain text", 415),
    ("报告.docx", lambda: packed({"a.txt": b"text"}), 415),
    ("表.xlsx", lambda: word("正文"), 415),
    ("报告.txt", lambda: packed({"a.txt": b"text"}), 415),
    ("报告.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), 415),
    ("网页.html", lambda: b"\0\0\0<html>", 415),
    ("乱码.txt", lambda: bytes(range(128, 256)) * 9, 422),
    ("空.txt", lambda: b"", 422),
    ("半.docx", lambda: word("正文")[:-40], 422),
    ("运行.exe", lambda: b"MZ", 415),
    ("脚本.js", lambda: b"alert(1)", 415),
    ("无", lambda: b"text", 415),
    ("空.zip", lambda: packed({"a.exe": b"MZ"}), 422),
    ("坏.zip", lambda: b"PK\x03\x04 and no more", 422),
]


@pytest.mark.parametrize(("name", "make", "status"), FAKES)
def test_content_is_looked_at_not_its_type(
    client: httpx.Client, site: Site, name: str, make: Callable[[], bytes], status: int
) -> None:
    before = listing(site)
    response = upload(client, name, make())
    assert response.status_code == status, response.text
    assert name in response.json()["error"]
    assert listing(site) == before


@pytest.mark.parametrize("ending", ["docx", "xlsx", "ofd", "zip"])
def test_bombs_are_not_taken_in(client: httpx.Client, site: Site, ending: str) -> None:
    zeros = bytes(300 * 2**20)
    kind = {"docx": b"wordprocessingml", "xlsx": b"spreadsheetml"}.get(ending, b"OFD")
    member = "big.txt" if ending == "zip" else "word/document.xml"
    bomb = packed({"[Content_Types].xml": kind, "OFD.xml": b"OFD", member: zeros})
    assert len(bomb) < 2**20
    before = listing(site)
    response = upload(client, f"炸弹.{ending}", bomb)
    assert response.status_code == 422
    assert "unpack" in response.json()["error"] or "limit" in response.json()["error"]
    assert listing(site) == before


def test_reasons_are_told_in_the_language_of_the_page(client: httpx.Client, site: Site) -> None:
    (site.reports / "旧.doc").write_bytes(b"old")
    (site.reports / "损坏.docx").write_bytes(b"PK")
    assert "请先另存为 .docx" in client.get("/documents?lang=zh").text
    assert "an old Word file" in client.get("/documents?lang=en").text
    refused = upload(client, "乱码.txt", bytes(range(128, 256)) * 9, lang="zh")
    assert "请另存为 UTF-8" in refused.json()["error"]
    assert client.post("/documents/remove", json={"file": "旧.doc"}).status_code == 200
    assert client.post("/documents/remove", json={"file": "损坏.docx"}).status_code == 200


def test_entities_are_not_taken_in(client: httpx.Client) -> None:
    laughs = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    members = {"[Content_Types].xml": b"wordprocessingml", "word/document.xml": laughs}
    assert upload(client, "笑.docx", packed(members)).status_code == 422


def test_real_office_files_are_taken_in(client: httpx.Client) -> None:
    assert upload(client, "新.docx", word(ADDED)).status_code == 200
    assert upload(client, "一包.zip", packed({"县/报告.txt": ADDED.encode()})).status_code == 200
    assert "一包.zip/县/报告.txt" in client.get("/documents").text
    removed = client.post("/documents/remove", json={"file": "一包.zip"})
    assert removed.status_code == 200


def test_announced_length_over_the_limit_is_refused_before_it_is_sent(site: Site) -> None:
    host, port = site.address.removeprefix("http://").split(":")
    head = (
        f"POST /documents/files HTTP/1.1\r\nHost: {host}:{port}\r\nSec-Fetch-Site: same-origin\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 99999999999\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(head.encode() + b"--x\r\n")
        answer = connection.recv(65536)
    assert b" 413 " in answer.split(b"\r\n")[0]


def test_length_that_was_not_announced_is_counted(site: Site) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        for _ in range(400):
            sent += 2**18
            yield b"a" * 2**18

    headers = OURS | {"Content-Type": "multipart/form-data; boundary=x"}
    try:
        response = httpx.post(
            f"{site.address}/documents/files", headers=headers, content=endless(), timeout=30
        )
        assert response.status_code == 413
    except httpx.TransportError:  # cut off while still sending, as it should be
        pass
    assert sent < 60 * 2**20
    assert not [path for path in site.reports.iterdir() if path.name not in REPORTS]


def test_file_over_the_limit_is_refused(client: httpx.Client) -> None:
    response = upload(client, "大.txt", b"a" * (2**20 + 40_000))
    assert response.status_code == 413
    assert "1 MB" in response.json()["error"]


def test_sender_that_falls_silent_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "QUIET_SECONDS", 0.3)
    host, port = site.address.removeprefix("http://").split(":")
    head = (
        f"POST /documents/files HTTP/1.1\r\nHost: {host}:{port}\r\nSec-Fetch-Site: same-origin\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000\r\n\r\n--x\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(head.encode())
        answer = connection.recv(65536)
    assert b" 408 " in answer.split(b"\r\n")[0]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"file": 7}', "application/json", 400),
        (b"[" * 10_000, "application/json", 400),
        (b'{"file": "a"}', "text/plain", 415),
        (b"file=a", "application/x-www-form-urlencoded", 415),
        (b'{"file": "' + b"a" * 20_000 + b'"}', "application/json", 413),
    ],
)
def test_damaged_requests_are_told_so(client: httpx.Client, content: bytes, kind: str, status: int) -> None:
    response = client.post("/documents/remove", content=content, headers={"Content-Type": kind})
    assert response.status_code == status
    assert response.json()["error"]


@pytest.mark.parametrize("body", [b"", b"--x--\r\n", b"--x\r\nbroken", b"no form at all"])
def test_damaged_forms_are_told_so(client: httpx.Client, body: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert client.post("/documents/files", content=body, headers=headers).status_code == 400


def test_two_files_in_one_form_are_refused(client: httpx.Client) -> None:
    files = [("file", ("a.txt", b"a")), ("file", ("b.txt", b"b"))]
    assert client.post("/documents/files", files=files).status_code == 400


def test_the_same_content_is_not_taken_in_twice(client: httpx.Client) -> None:
    response = upload(client, "别名.txt", REPORTS["望湖县2023年.txt"].encode())
    assert response.status_code == 409
    assert response.json()["code"] == "exists_same"
    assert "望湖县2023年.txt" in response.json()["error"]


def test_a_name_that_is_taken_is_asked_about(client: httpx.Client, site: Site) -> None:
    name, old = "望湖县民生.md", REPORTS["望湖县民生.md"]
    asked = upload(client, name, ADDED.encode())
    assert (asked.status_code, asked.json()["code"]) == (409, "exists_other")
    assert (site.reports / name).read_text("utf-8") == old
    both = upload(client, name, ADDED.encode(), conflict="both")
    assert both.json()["file"] == "望湖县民生 (2).md"
    (site.reports / "望湖县民生 (2).md").unlink()
    assert upload(client, name, ADDED.encode(), conflict="replace").status_code == 200
    assert (site.reports / name).read_text("utf-8") == ADDED
    (site.reports / name).unlink()
    restore_last(client)
    assert (site.reports / name).read_text("utf-8") == old


def restore_last(client: httpx.Client) -> None:
    id = re.findall(r'data-restore="(\d[^"]+)"', client.get("/documents").text)[0]
    assert client.post("/documents/restore", json={"id": id}).status_code == 200


def test_removed_file_can_be_put_back(client: httpx.Client, site: Site) -> None:
    name = "望湖县民生.md"
    removed = client.post("/documents/remove", json={"file": name})
    assert removed.status_code == 200
    assert not (site.reports / name).exists()
    assert removed.json()["id"] in client.get("/documents").text
    (site.reports / name).write_text("other", encoding="utf-8")
    taken = client.post("/documents/restore", json={"id": removed.json()["id"]})
    assert (taken.status_code, taken.json()["code"]) == (409, "place_taken")
    (site.reports / name).unlink()
    assert client.post("/documents/restore", json={"id": removed.json()["id"]}).status_code == 200
    assert (site.reports / name).read_text("utf-8") == REPORTS[name]
    assert client.post("/documents/restore", json={"id": removed.json()["id"]}).status_code == 404


def test_page_says_until_when_a_removed_file_can_be_put_back(client: httpx.Client) -> None:
    client.post("/documents/remove", json={"file": "望湖县民生.md"})
    page = client.get("/documents?lang=zh").text
    until = f"{datetime.now(UTC) + timedelta(days=KEPT_DAYS - 1):%Y-%m-%d}"
    assert ZH.until.format(until=until) in page
    assert "最多留 30 天、总共 2 GB" in page
    assert "30 天内可以放回" in page
    assert EN.until.format(until=until) in client.get("/documents?lang=en").text
    restore_last(client)


def discard(folder: Path, name: str, days: float = 0, size: int = 1) -> tuple[Trash, str]:
    """The trash of a folder after a file of so many bytes was removed, so many days ago."""
    path = folder / name
    path.write_bytes(b"x" * size)
    bin = Trash(folder / "trash")
    id = bin.discard(folder, path, name)
    then = f"{datetime.now(UTC) - timedelta(days=days):%Y%m%d%H%M%S}-{id[-8:]}"
    record = bin.folder / id / "record.json"
    record.write_text(record.read_text("utf-8").replace(id, then), encoding="utf-8")
    (bin.folder / id).rename(bin.folder / then)
    return bin, then


def test_trash_lets_go_of_what_is_there_too_long(tmp_path: Path) -> None:
    _, old = discard(tmp_path, "旧.txt", days=KEPT_DAYS + 0.01)
    bin, young = discard(tmp_path, "新.txt", days=KEPT_DAYS - 0.01)
    (bin.folder / "99999999999999-00000000").mkdir()  # no time: none of ours
    assert [each.id for each in bin.entries(tmp_path)] == [young]
    assert sorted(path.name for path in bin.folder.iterdir()) == [young, "99999999999999-00000000"]
    with pytest.raises(Refused, match="not_removed"):
        bin.restore(tmp_path, old)
    assert bin.restore(tmp_path, young) == "新.txt"


def test_trash_lets_go_of_the_oldest_when_all_is_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "MOST_BYTES", 5000)
    for days, name in ((2, "丙"), (1, "乙"), (0, "甲")):
        bin, _ = discard(tmp_path, f"{name}.txt", days=days, size=1900)
    assert [each.file for each in bin.entries(tmp_path)] == ["甲.txt", "乙.txt"]
    bin, _ = discard(tmp_path, "大.txt", size=9000)  # alone too much: it was removed last
    assert [each.file for each in bin.entries(tmp_path)] == ["大.txt"]


@pytest.mark.parametrize(
    "file", ["../.ganwen/index/manifest.json", "/etc/passwd", "", ".", "..", "reports", "望湖县民生.md/", "a\0b", "./望湖县民生.md"]
)  # fmt: skip
def test_only_what_the_folder_lists_is_removed(client: httpx.Client, site: Site, file: str) -> None:
    before = listing(site)
    assert client.post("/documents/remove", json={"file": file}).status_code == 404
    assert listing(site) == before
    assert (site.home / "index" / "manifest.json").exists()


@pytest.mark.parametrize("id", ["", "..", "../index", "20260101000000-00000000", "/etc"])
def test_only_what_the_trash_lists_is_put_back(client: httpx.Client, id: str) -> None:
    assert client.post("/documents/restore", json={"id": id}).status_code == 404


def test_a_link_is_removed_not_what_it_leads_to(client: httpx.Client, site: Site) -> None:
    link = site.reports / "外面.txt"
    outside = site.home / "secret.txt"
    outside.write_text("secret", encoding="utf-8")
    link.symlink_to(outside)
    shown = client.get("/documents").text
    assert "外面.txt" in shown
    assert "secret" not in shown
    assert client.post("/documents/remove", json={"file": "外面.txt"}).status_code == 200
    assert outside.read_text("utf-8") == "secret"


@pytest.mark.parametrize("file", ["../secret", "/etc/passwd", "", "nothing.txt", HOSTILE])
def test_only_documents_of_the_index_are_read(client: httpx.Client, file: str) -> None:
    response = client.get("/documents/read", params={"file": file})
    assert response.status_code == 404
    assert "<script>" not in response.text


@pytest.mark.parametrize(
    ("start", "end"), [("-1", "5"), ("5", "5"), ("9", "3"), ("0", "9" * 40), ("a", "b"), ("²", "5"), ("", "")]
)
def test_spans_that_are_none_mark_nothing(client: httpx.Client, start: str, end: str) -> None:
    response = client.get("/documents/read", params={"file": "望湖县民生.md", "start": start, "end": end})
    assert response.status_code == 200
    assert "<mark" not in response.text


def test_every_leaf_of_the_tree_marks_its_own_text(client: httpx.Client, site: Site) -> None:
    from rag.store import Index

    with Index.open(site.home / "index", "multilingual-e5-small") as index:
        chunks = [chunk for chunk in index.all_chunks() if chunk.file == "望湖县2023年.txt"]
    page = client.get("/documents/read", params={"file": "望湖县2023年.txt"}).text
    for chunk in chunks:
        link = re.search(rf'href="([^"]*start={chunk.start}&amp;end={chunk.end}[^"]*)"', page)
        assert link is not None
        shown = client.get(link[1].replace("&amp;", "&")).text
        marked = "".join(re.findall(r"<mark[^>]*>(.*?)</mark>", shown))
        assert re.sub(r"\s", "", marked) == re.sub(r"\s", "", chunk.text)
    assert "二、2024年工作安排" in page


def test_rebuild_of_an_empty_folder_fails_and_keeps_the_index(client: httpx.Client, site: Site) -> None:
    ids = [client.post("/documents/remove", json={"file": name}).json()["id"] for name in REPORTS]
    assert client.post("/documents/rebuild", json={}).status_code == 202
    told = wait(client, "documents")
    assert told["status"] == "failed"
    assert "No report" in told["told"]
    assert "321.5" in client.get("/documents/read", params={"file": "望湖县2023年.txt"}).text
    for id in ids:
        assert client.post("/documents/restore", json={"id": id}).status_code == 200


def wait(client: httpx.Client, page: str) -> dict[str, Any]:
    """The state of the work of a page once it has ended."""
    ends = time.monotonic() + 200
    while (state := client.get(f"/{page}/progress").json())["status"] == "running":
        assert time.monotonic() < ends
        time.sleep(0.1)
    return dict(state)


def test_only_one_rebuild_at_a_time_and_it_can_be_stopped(client: httpx.Client) -> None:
    assert client.post("/documents/rebuild", json={}).status_code == 202
    second = client.post("/documents/rebuild", json={})
    assert (second.status_code, second.json()["code"]) == (409, "running")
    assert client.post("/documents/stop", json={}).status_code == 200
    assert client.get("/documents/progress").json()["status"] == "stopped"


def test_hostile_report_is_shown_as_text(client: httpx.Client, site: Site) -> None:
    text = f"{HOSTILE}县2023年政府工作报告\n\n2023年，{HOSTILE}生产总值1亿元。[点我](javascript:alert(3))\n"
    assert upload(client, "恶意.txt", text.encode()).status_code == 200
    client.post("/documents/rebuild", json={})
    assert wait(client, "documents")["status"] == "done"
    for page in ("/documents", "/documents/read?file=恶意.txt"):
        shown = client.get(page).text
        assert "<script>alert" not in shown
        assert "<img" not in shown
        assert 'href="javascript' not in shown
    client.post("/documents/remove", json={"file": "恶意.txt"})
    client.post("/documents/rebuild", json={})
    assert wait(client, "documents")["status"] == "done"
    assert client.get("/documents/read?file=恶意.txt").status_code == 404


def test_another_folder_than_the_index_was_built_from_cannot_be_changed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with (
        serve_site(tmp_path / "site", source=other) as served,
        httpx.Client(base_url=served.address, headers=OURS) as client,
    ):
        page = client.get("/documents?lang=en").text
        assert str(tmp_path / "site" / "reports") in page
        assert 'id="drop"' not in page
        assert "望湖县民生.md" in page
        assert client.post("/documents/rebuild", json={}).json()["code"] == "other_source"
        assert upload(client, "a.txt", ADDED.encode()).status_code == 409
        assert not list(other.iterdir())


def test_rebuild_prepares_between_the_last_report_and_the_first_passage(site: Site) -> None:
    told: list[tuple[str, int, int]] = []
    (site.reports / "新.txt").write_text("丙县2023年新建公园17个。", encoding="utf-8")
    rebuild(lambda *state: told.append(state), site.settings)
    (site.reports / "新.txt").unlink()
    assert [each for each in told if each[0] in ("read", PREPARING)] == [
        ("read", 1, 3),
        ("read", 2, 3),
        ("read", 3, 3),
        (PREPARING, 0, 0),
    ]
    preparing = State(Status.RUNNING, PREPARING, 0, 0)
    assert (tell(ZH, preparing), tell(EN, preparing)) == ("正在准备", "Preparing")
    rebuild(lambda *state: None, site.settings)


def test_pace_is_measured_from_the_first_that_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.0, 60.0, 62.0])  # a minute goes by before the first passages are embedded
    monkeypatch.setattr(jobs, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    job = Job()
    measured = []
    for done in (0, 0, 32, 96):
        job._state = job._measure("embed", done, 160)
        measured.append((job._state.rate, job._state.left))
    assert measured == [(0, None), (0, None), (0, None), (32, 2)]


def test_work_that_fails_says_why(site: Site, tmp_path: Path) -> None:
    job = Job()
    job.start(rebuild, site.settings.model_copy(update={"source": tmp_path / "none"}))
    ended = end(job)
    assert ended.status is Status.FAILED
    assert "No folder" in ended.error
    with pytest.raises(CorpusError):
        scan(tmp_path / "none")


def test_work_that_breaks_leaves_the_server_whole(site: Site) -> None:
    job = Job()
    job.start(rebuild, "no settings")
    assert end(job).status is Status.FAILED
    assert job.start(rebuild, site.settings)
    assert end(job).status is Status.DONE


def test_stopped_work_leaves_no_process() -> None:
    job = Job()
    job.start(rebuild, "no settings")
    process = job._process
    assert process is not None
    job.stop()
    assert job.state().status is Status.STOPPED
    assert not process.is_alive()
    job.stop()
    assert job.state().status is Status.STOPPED


def end(job: Job) -> Any:
    ends = time.monotonic() + 200
    while job.state().status is Status.RUNNING:
        assert time.monotonic() < ends
        time.sleep(0.05)
    return job.state()


def question(id: str, text: str, answer: str, split: str) -> str:
    return json.dumps(
        {
            "id": id, "type": "number", "language": "zh", "split": split, "question": text, "history": [],
            "answerable": True, "answers": [answer], "key_points": [],
            "evidence": [{"file": "望湖县2023年.txt", "quote": f"{answer}"}],
        },
        ensure_ascii=False,
    )  # fmt: skip


QUESTIONS = (
    question("q1", "2023年望湖县地区生产总值是多少？", "321.5亿元", "tune"),
    question("q2", "望湖县森林覆盖率是多少？", "66.1%", "held"),
)


def test_evaluation_runs_are_kept_and_hide_held_questions(client: httpx.Client, site: Site) -> None:
    (site.home / "questions").mkdir(exist_ok=True)
    (site.home / "questions" / "mine.jsonl").write_text("\n".join(QUESTIONS) + "\n", encoding="utf-8")
    asked = {"questions": "mine.jsonl", "split": "all", "sample": None, "name": "第一次"}
    assert client.post("/evaluation/start", json=asked).status_code == 202
    again = client.post("/evaluation/start", json=asked | {"name": "第二次"})
    assert (again.status_code, again.json()["code"]) == (409, "running")
    busy = client.post("/evaluation/remove", json={"run": "第一次"})
    assert (busy.status_code, busy.json()["code"]) == (409, "running")
    assert wait(client, "evaluation")["status"] == "done"
    page = client.get("/evaluation?lang=en").text
    assert "第一次" in page
    assert "100.0%" in page
    report = client.get("/evaluation/raw", params={"run": "第一次"})
    assert "sandbox allow-scripts" in report.headers["content-security-policy"]
    assert "地区生产总值是多少" in report.text
    assert "森林覆盖率是多少" not in report.text
    assert 'sandbox="allow-scripts"' in client.get("/evaluation/report", params={"run": "第一次"}).text
    taken = client.post("/evaluation/start", json=asked)
    assert (taken.status_code, taken.json()["code"]) == (409, "run_taken")
    assert client.post("/evaluation/start", json={"run": "第一次"}).json()["code"] == "is_finished"


def test_removed_run_can_be_put_back(client: httpx.Client, site: Site) -> None:
    keep_run(site, "旧的")
    before = listing(site)
    removed = client.post("/evaluation/remove", json={"run": "旧的"})
    assert (removed.status_code, removed.json()["told"]) == (200, EVALUATION_ZH.removed.format(run="旧的"))
    assert not (site.home / "runs" / "旧的").exists()
    page = client.get("/evaluation").text
    assert f'data-restore="{removed.json()["id"]}"' in page
    assert 'data-remove="旧的"' not in page
    assert removed.json()["id"] not in client.get("/documents").text
    keep_run(site, "旧的")
    taken = client.post("/evaluation/restore", json={"id": removed.json()["id"]})
    assert (taken.status_code, taken.json()["code"]) == (409, "place_taken")
    assert taken.json()["error"] == EVALUATION_ZH.refusals["place_taken"].format(file="旧的")
    rmtree(site.home / "runs" / "旧的")
    assert client.post("/evaluation/restore", json={"id": removed.json()["id"]}).status_code == 200
    assert (site.home / "runs" / "旧的" / ANSWERS).read_text("utf-8") == "{}\n"
    assert client.post("/evaluation/restore", json={"id": removed.json()["id"]}).status_code == 404
    rmtree(site.home / "runs" / "旧的")
    assert listing(site) == before


@pytest.mark.parametrize("run", ["", ".", "..", "../index", "/etc", "没有这次"])
def test_only_what_the_list_of_runs_names_is_removed(client: httpx.Client, site: Site, run: str) -> None:
    refused = client.post("/evaluation/remove", json={"run": run})
    assert (refused.status_code, refused.json()["code"]) == (404, "no_run")
    assert (site.home / "index" / "manifest.json").exists()


def keep_run(site: Site, name: str) -> None:
    """A run that was begun and has one answer."""
    folder = site.home / "runs" / name
    folder.mkdir(parents=True)
    header = asdict(Header(FORMAT, questions="", index="", code="", settings={}, versions={}))
    (folder / HEADER).write_text(json.dumps(header), encoding="utf-8")
    (folder / ANSWERS).write_text("{}\n", encoding="utf-8")


def test_stopped_evaluation_goes_on(client: httpx.Client, site: Site) -> None:
    (site.home / "questions").mkdir(exist_ok=True)
    (site.home / "questions" / "mine.jsonl").write_text("\n".join(QUESTIONS) + "\n", encoding="utf-8")
    client.post("/evaluation/start", json={"questions": "mine.jsonl", "name": "半次"})
    wait(client, "evaluation")
    (site.home / "runs" / "半次" / "report.json").unlink()
    answers = site.home / "runs" / "半次" / "answers.jsonl"
    first, _ = answers.read_bytes().splitlines(keepends=True)
    answers.write_bytes(first)
    assert 'data-go-on="半次"' in client.get("/evaluation").text
    assert client.post("/evaluation/start", json={"run": "半次"}).status_code == 202
    assert wait(client, "evaluation")["status"] == "done"
    assert answers.read_bytes().startswith(first)
    assert len(answers.read_bytes().splitlines()) == 2


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"questions": "../../etc/passwd"}, "no_set"),
        ({"questions": ["seeds"]}, "no_set"),
        ({}, "no_set"),
        ({"questions": "seeds", "name": "../x"}, "bad_run_name"),
        ({"questions": "seeds", "name": ".hidden"}, "bad_run_name"),
        ({"questions": "seeds", "name": "a/b"}, "bad_run_name"),
        ({"questions": "seeds", "name": "con"}, "bad_run_name"),
        ({"questions": "seeds", "name": HOSTILE}, "bad_run_name"),
        ({"questions": "seeds", "split": "other"}, "bad_split"),
        ({"questions": "seeds", "sample": 0}, "bad_sample"),
        ({"questions": "seeds", "sample": "5"}, "bad_sample"),
        ({"questions": "seeds", "sample": True}, "bad_sample"),
        ({"run": "../index"}, "no_run"),
    ],
)
def test_runs_that_cannot_be_are_refused(client: httpx.Client, asked: dict[str, object], code: str) -> None:
    response = client.post("/evaluation/start", json=asked)
    assert response.json()["code"] == code
    assert 400 <= response.status_code < 500


@pytest.mark.parametrize("run", ["../index", "/etc", "", "none", "..", HOSTILE])
def test_only_kept_runs_are_shown(client: httpx.Client, run: str) -> None:
    for path in ("/evaluation/report", "/evaluation/raw"):
        response = client.get(path, params={"run": run})
        assert response.status_code == 404
        assert "<script>" not in response.text


def test_questions_of_other_reports_are_told_so(client: httpx.Client, site: Site) -> None:
    (site.home / "questions").mkdir(exist_ok=True)
    other = QUESTIONS[0].replace("望湖县2023年.txt", "别处.txt")
    (site.home / "questions" / "other.jsonl").write_text(other + "\n", encoding="utf-8")
    client.post("/evaluation/start", json={"questions": "other.jsonl"})
    told = wait(client, "evaluation")
    assert told["status"] == "failed"
    assert "别处.txt" in told["told"]


def test_damaged_run_is_listed_with_its_fault(client: httpx.Client, site: Site) -> None:
    folder = site.home / "runs" / "坏的"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text("{", encoding="utf-8")
    page = client.get("/evaluation")
    assert page.status_code == 200
    assert 'data-remove="坏的"' in page.text
    assert "读不了，可以移除：" in page.text
    assert "ganwen eval" not in page.text
    assert client.post("/evaluation/remove", json={"run": "坏的"}).status_code == 200


def test_a_text_that_begins_as_a_picture_would_is_a_text(client: httpx.Client) -> None:
    added = upload(client, "体检.txt", "BMI与健康：望湖县2025年体检10万人。".encode())
    assert added.status_code in (200, 201), added.text
    assert client.post("/documents/remove", json={"file": "体检.txt"}).status_code == 200
