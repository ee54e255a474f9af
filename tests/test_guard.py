"""What defends the server, attacked over real HTTP: tokens, other sites, paths, sizes, rates, slow and broken requests."""

import logging
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.errors import GanwenError
from rag.settings import Settings
from tests.serving import HELD, QUESTION, TOKEN, Holding, Response, Server, serving
from ui.guard import bodies, gate, patience
from ui.guard.access import Access
from ui.guard.gate import Busy, Gate
from ui.guard.headers import SECURITY
from ui.guard.listening import check_listening, is_loopback
from ui.guard.login import read_onward
from ui.guard.origin import is_foreign, is_own_host
from ui.guard.page_routes import is_open
from ui.guard.rates import Rates

# Gradio 6.31 counts its requests in a way that pandas 3 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")

HOST = b"Host: 127.0.0.1\r\n"


@pytest.fixture(scope="module")
def server(assistant: Assistant) -> Iterator[Server]:
    with serving(assistant) as running:
        yield running


@pytest.fixture
def guarded(assistant: Assistant) -> Iterator[Server]:
    with serving(assistant, token=TOKEN) as running:
        yield running


# Where it listens


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.9.1"])
def test_this_machine_needs_no_token(host: str) -> None:
    check_listening(Settings(host=host))
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "10.0.0.1", "no such host"])
def test_elsewhere_needs_one(host: str) -> None:
    with pytest.raises(
        GanwenError, match=rf"Not listening on {re.escape(host)} without a token.+GANWEN_TOKEN="
    ):
        check_listening(Settings(host=host))
    check_listening(Settings(host=host, token=TOKEN))


def test_a_short_token_is_none_and_is_not_shown() -> None:
    with pytest.raises(GanwenError, match="shorter than 12 characters") as raised:
        check_listening(Settings(token="hunter2"))
    assert "hunter2" not in str(raised.value)
    assert "hunter2" not in repr(Settings(token="hunter2"))


def test_serve_refuses_before_it_listens(
    root: Path, seed_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from ui.cli import main

    with socket.create_server(("127.0.0.1", 0)) as taken:  # it would say that the port is in use
        port = str(taken.getsockname()[1])
        assert main(["serve", "--host", "0.0.0.0", "--port", port, "--index", str(seed_index)]) == 1
    assert "ganwen: Not listening on 0.0.0.0 without a token" in capsys.readouterr().err


# Who may ask


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/models"),
        ("POST", "/v1/chat/completions"),
        ("GET", "/metrics"),
        ("GET", "/openapi.json"),
        ("POST", "/mcp"),
        ("GET", "/config"),
        ("GET", "/ganwen/page.css"),
        ("POST", "/gradio_api/queue/join"),
        ("GET", "/gradio_api/queue/data?session_hash=a"),
        ("GET", "//v1/models"),
        ("GET", "/healthz/../v1/models"),
        ("GET", "/login/../config"),
        ("GET", "/LOGIN"),
    ],
)
def test_nothing_is_answered_without_the_token(guarded: Server, method: str, path: str) -> None:
    reply = guarded.without_token().request(method, path, {} if method == "POST" else None)
    assert (reply.status, reply.code) == (401, "invalid_api_key")
    assert reply.headers["www-authenticate"] == 'Bearer realm="ganwen"'


def test_a_program_shows_the_token_and_is_answered(guarded: Server) -> None:
    assert guarded.ask(QUESTION).status == 200
    assert guarded.get("/metrics").status == 200
    assert guarded.get("/openapi.json").json["security"] == [{"token": []}]
    anyone = guarded.without_token()
    assert anyone.get("/healthz").status == anyone.get("/readyz").status == 200


@pytest.mark.parametrize(
    "shown",
    ["Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", TOKEN,
     f"Bearer {TOKEN.upper()}", "Bearer \xff\xfe", "Bearer " + "a" * 5000],
)  # fmt: skip
def test_a_wrong_token_is_refused(guarded: Server, shown: str) -> None:
    reply = guarded.without_token().get("/v1/models", Authorization=shown)
    assert reply.status == 401
    assert TOKEN.encode() not in reply.body


def test_who_tries_tokens_is_stopped_and_who_is_logged_in_is_not(guarded: Server) -> None:
    anyone = guarded.without_token()
    cookie = log_in(anyone, TOKEN).headers["set-cookie"].split(";")[0]
    tried = [anyone.get("/v1/models", Authorization=f"Bearer guess {n}").status for n in range(12)]
    assert tried == [401] * 10 + [429] * 2
    stopped = log_in(anyone, TOKEN)
    assert (stopped.status, stopped.code) == (429, "rate_limit_exceeded")
    assert 0 < int(stopped.headers["retry-after"]) <= 6
    assert anyone.get("/config", Cookie=cookie).status == 200


def log_in(server: Server, token: str, onward: str = "/") -> Response:
    form = f"token={token.replace(' ', '+')}".encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": server.address}
    return server.request("POST", f"/login?next={onward}", form, headers)


def test_a_browser_logs_in_and_out(guarded: Server) -> None:
    anyone = guarded.without_token()
    asked = anyone.get("/", Accept="text/html")
    assert (asked.status, asked.headers["location"]) == (303, "/login?next=%2F")
    deep = anyone.get("/documents/read?file=a.txt&lang=en", Accept="text/html")
    assert deep.headers["location"] == "/login?next=%2Fdocuments%2Fread%3Ffile%3Da.txt%26lang%3Den"
    page = anyone.get("/login?next=%2Fdocuments", Accept="text/html")
    assert page.status == 200
    assert b'action="/login?next=%2Fdocuments"' in page.body
    assert b"<script" not in page.body
    wrong = log_in(anyone, "wrong")
    assert wrong.status == 401
    assert "set-cookie" not in wrong.headers
    assert "令牌不对".encode() in wrong.body
    right = log_in(anyone, TOKEN, "%2Fdocuments")
    assert (right.status, right.headers["location"]) == (303, "/documents")
    cookie, *flags = right.headers["set-cookie"].split("; ")
    assert flags == ["Path=/", "HttpOnly", "SameSite=Lax"]
    assert TOKEN not in cookie
    assert anyone.get("/config", Cookie=cookie).status == 200
    assert anyone.get("/config", Cookie=cookie + "x").status == 401
    left = anyone.request("POST", "/logout", b"", {"Cookie": cookie})
    assert (left.status, left.headers["location"]) == (303, "/login")
    assert anyone.get("/config", Cookie=cookie).status == 401


def test_a_login_form_is_small_and_a_login_from_another_site_is_refused(guarded: Server) -> None:
    anyone = guarded.without_token()
    assert anyone.request("POST", "/login", b"token=" + b"a" * 5000).code == "too_large"
    reply = anyone.request("POST", "/login", f"token={TOKEN}".encode(), {"Origin": "http://evil.example"})
    assert (reply.status, reply.code) == (403, "cross_site")


@pytest.mark.parametrize(
    ("query", "onward"),
    [
        ("", "/"),
        ("next=%2Fdocuments", "/documents"),
        ("a=b&next=/x", "/x"),
        ("next=//evil.example", "/"),
        ("next=%2F%2Fevil.example", "/"),
        ("next=/%5Cevil.example", "/"),
        ("next=https://evil.example", "/"),
        ("next=%0d%0aSet-Cookie:a=b", "/"),
        ("next=/%0d%0aSet-Cookie:a=b", "/"),
        ("next=/%E4%B8%AD", "/"),
        ("next=", "/"),
    ],
)
def test_a_login_leads_nowhere_else(query: str, onward: str) -> None:
    assert read_onward(query) == onward


def test_sessions_end_and_are_not_kept_without_number(monkeypatch: pytest.MonkeyPatch) -> None:
    access = Access(TOKEN, 7860)
    first = access.begin()
    assert access.knows(first)
    assert not access.knows("")
    assert not access.knows("\udcff")
    monkeypatch.setattr("ui.guard.access.SESSIONS_KEPT", 3)
    others = [access.begin() for _ in range(3)]
    assert [access.knows(each) for each in (first, *others)] == [False, True, True, True]
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 8 * 24 * 3600)
    assert not any(access.knows(each) for each in others)


# Other sites


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:7860", "localhost:9000", "LOCALHOST", "[::1]:80", "127.9.9.9", "box.lan"]
)
def test_names_of_this_machine(host: str) -> None:
    assert is_own_host(host, "box.lan")


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:7860", "a@127.0.0.1", "", "[::1",
     "127.0.0.1/..", "192.168.1.7", "0.0.0.0", "127.1.evil"],
)  # fmt: skip
def test_a_name_that_was_made_to_lead_here_is_not_answered(server: Server, host: str) -> None:
    assert not is_own_host(host, "127.0.0.1")
    for path in ("/", "/v1/models", "/healthz", "/config"):
        reply = server.get(path, Host=host)
        assert (reply.status, reply.code) == (421, "wrong_host")


@pytest.mark.parametrize(
    ("method", "headers", "foreign"),
    [
        ("POST", {}, False),
        ("POST", {"origin": "http://127.0.0.1:1", "host": "127.0.0.1:1"}, False),
        (
            "POST",
            {"origin": "http://127.0.0.1:1", "host": "127.0.0.1:1", "sec-fetch-site": "same-origin"},
            False,
        ),
        ("POST", {"origin": "http://127.0.0.1:2", "host": "127.0.0.1:1"}, True),
        ("POST", {"origin": "http://evil.example", "host": "127.0.0.1:1"}, True),
        ("POST", {"origin": "null", "host": "127.0.0.1:1"}, True),
        ("POST", {"origin": "http://[", "host": "127.0.0.1:1"}, True),
        ("POST", {"sec-fetch-site": "cross-site"}, True),
        ("POST", {"sec-fetch-site": "same-site"}, True),
        (
            "POST",
            {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
            True,
        ),
        (
            "GET",
            {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
            False,
        ),
        (
            "GET",
            {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
            True,
        ),
        (
            "GET",
            {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"},
            True,
        ),
        ("GET", {"sec-fetch-site": "none"}, False),
        ("GET", {"origin": "http://evil.example", "host": "127.0.0.1:1"}, True),
    ],
)
def test_requests_of_other_sites(method: str, headers: dict[str, str], foreign: bool) -> None:
    assert is_foreign(method, headers) is foreign


@pytest.mark.parametrize(
    "path", ["/gradio_api/queue/join", "/gradio_api/cancel", "/v1/chat/completions", "/mcp", "/documents"]
)
def test_another_site_cannot_send_anything(server: Server, path: str) -> None:
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        reply = server.request("POST", path, {}, headers)
        assert (reply.status, reply.code) == (403, "cross_site")
    preflight = server.request(
        "OPTIONS", path, headers={"Origin": "http://localhost", "Access-Control-Request-Method": "POST"}
    )
    assert preflight.status == 403
    assert not [name for name in preflight.headers if name.startswith("access-control")]


# Paths


SECRET = b"root:"
TRAVERSALS = [
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/file=../../../../../../etc/passwd",
    "/gradio_api/file=%2e%2e/%2e%2e/etc/passwd",
    "/gradio_api/file=pyproject.toml",
    "/gradio_api/file=http://127.0.0.1:1/",
    "/gradio_api/file=http%3A%2F%2F127.0.0.1%3A1%2F",
    "/gradio_api/file/etc/passwd",
    "/gradio_api/proxy=http://127.0.0.1:1/",
    "/file=/etc/passwd",
    "/file/etc/passwd",
    "/static/../../../../../../../../etc/passwd",
    "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/assets/..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/assets//etc/passwd",
    "/svelte/../../../../../../etc/passwd",
    "/ganwen/../web.py",
    "/ganwen/%2e%2e/%2e%2e/web.py",
    "/ganwen/..%2f..%2fweb.py",
    "/ganwen//etc/passwd",
    "/ganwen/%00",
    "/ganwen/..\\..\\web.py",
    "/gradio_api/custom_component/a/client/b/../../../../etc/passwd",
    "/gradio_api/stream/a/b/1/playlist.m3u8",
    "/gradio_api/deep_link",
    "/gradio_api/runs",
    "/gradio_api/openapi.json",
    "/gradio_api/upload_progress?upload_id=a",
    "/gradio_api/dev/reload",
    "/gradio_api/vibe-code",
    "/monitoring",
    "/monitoring/summary",
    "/pwa_icon",
    "//etc/passwd",
    "/../../../../../../etc/passwd",
    "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/v1/models/../../../etc/passwd",
    "/v1/models/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
]


@pytest.mark.parametrize("path", TRAVERSALS)
def test_no_path_from_outside_is_opened(server: Server, path: str) -> None:
    for method in ("GET", "HEAD", "POST"):
        raw = (
            f"{method} {path} HTTP/1.1\r\n".encode("latin-1")
            + HOST
            + b"Content-Length: 0\r\nConnection: close\r\n\r\n"
        )
        received = server.send(raw)
        status = int(received.split()[1])
        assert 400 <= status < 500, received
        assert SECRET not in received
        assert b"def " not in received
        assert b"[project]" not in received


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/run/ask",
        "/gradio_api/call/ask",
        "/gradio_api/api/x",
        "/gradio_api/component_server",
        "/gradio_api/process_recording",
        "/gradio_api/vibe-edit",
        "/login",
        "/logout",
    ],
)
def test_what_the_page_does_not_use_is_not_there(server: Server, path: str) -> None:
    reply = server.request("POST", path, {})
    assert (reply.status, reply.code) == (404, "not_found")


def test_the_page_finds_what_it_needs(server: Server) -> None:
    page = server.get("/")
    assert page.status == 200
    linked = set(re.findall(rb'(?:src|href)="\.?(/?[\w./@-]+\.(?:js|css))"', page.body))
    assert linked
    assert {server.get("/" + path.decode().lstrip("/")).status for path in linked} == {200}
    assert server.get("/ganwen/page.css").status == 200
    assert is_open("/gradio_api/heartbeat/abc123")
    assert not is_open("/gradio_api/heartbeat/../x")
    assert not is_open("/static/a/../b")


# Sizes, rates, patience


def test_a_body_that_is_too_large_is_refused_before_it_is_read(server: Server) -> None:
    for path in ("/v1/chat/completions", "/gradio_api/cancel", "/mcp", "/nowhere"):
        head = b"POST " + path.encode() + b" HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
        chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
        received = server.send(head + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 17)
        assert (b" 413 " in received and b'"too_large"' in received) or (
            path == "/nowhere" and b" 404 " in received
        )
        received = server.send(head + b"Content-Length: 99999999999\r\n\r\n")
        assert b" 413 " in received
        assert b"at most 1 MiB" in received


def test_a_body_that_never_comes_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SILENT_SECONDS", 0.3)
    head = (
        b"POST /v1/chat/completions HTTP/1.1\r\n"
        + HOST
        + b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    )
    received = server.send(head + b"{")
    assert b" 408 " in received
    assert b'"too_slow"' in received
    assert b"(still open)" not in received


def test_a_body_that_drips_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SILENT_SECONDS", 0.3)
    head = (
        b"POST /v1/chat/completions HTTP/1.1\r\n"
        + HOST
        + b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as line:
        line.sendall(head)
        started = time.monotonic()
        for _ in range(40):
            line.sendall(b" ")
            time.sleep(0.05)
            line.settimeout(0.01)
            try:
                received = line.recv(65536)
                break
            except TimeoutError:
                continue
        else:
            pytest.fail("it was read to its end")
        assert b" 408 " in received
        assert time.monotonic() - started < 2


def test_a_head_that_never_ends_is_hung_up_on(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "HEAD_SECONDS", 0.3)
    for pieces in ((), (b"GET / HTTP/1.1\r\n",), (b"GET / HTTP/1.1\r\n" + HOST, b"A: b\r\n")):
        started = time.monotonic()
        assert server.send(*pieces) == b""
        assert 0.2 < time.monotonic() - started < 3
    assert server.get("/healthz").status == 200


@pytest.mark.parametrize(
    "raw",
    [b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"A" * 100_000,
     b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
     b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     b"GET / HTTP/1.1\r\n" + HOST + b"A: " + b"b" * 100_000 + b"\r\n\r\n"],
)  # fmt: skip
def test_what_is_not_http_is_refused(server: Server, raw: bytes) -> None:
    received = server.send(raw + b"\r\n\r\n", wait=3)
    assert not received or received.startswith(b"HTTP/1.1 4")
    assert b" 200 " not in received
    assert server.get("/healthz").status == 200


def test_a_websocket_is_not_opened(server: Server) -> None:
    upgrade = (
        b"GET / HTTP/1.1\r\n"
        + HOST
        + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    assert b" 101 " not in server.send(upgrade, wait=1)


def test_who_asks_too_often_is_told_when_to_come_again(assistant: Assistant) -> None:
    with serving(assistant, rate=3) as server:
        replies = [server.request("POST", "/v1/chat/completions", {}) for _ in range(5)]
        assert [reply.status for reply in replies] == [400, 400, 400, 429, 429]
        assert replies[-1].code == "rate_limit_exceeded"
        assert 0 < int(replies[-1].headers["retry-after"]) <= 20
        assert server.get("/v1/models").status == 200
        assert server.metric('ganwen_http_refusals_total{reason="rate_limit_exceeded"}') == 2


def test_a_bucket_fills_again_and_addresses_do_not_share_one(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    rates = Rates(2)
    assert [rates.take("a"), rates.take("a"), rates.take("a"), rates.take("b")] == [0, 0, 30, 0]
    now[0] += 29
    assert rates.take("a") == pytest.approx(1)
    now[0] += 1
    assert [rates.take("a"), rates.take("a")] == [0, 30]
    monkeypatch.setattr("ui.guard.rates.ADDRESSES_KEPT", 2)
    for address in "cde":
        rates.take(address)
    assert len(rates._buckets) == 2
    assert Rates(0).take("a") == 0


def test_the_gate_lets_them_in_by_turns_and_forgets_who_went_away(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    door = Gate(2, 2)
    first, second, third, fourth = (door.enter() for _ in range(4))
    assert [door.ahead(each) for each in (first, second, third, fourth)] == [0, 0, 1, 2]
    assert (door.running, door.length) == (2, 2)
    with pytest.raises(Busy, match="2 questions are waiting already"):
        door.enter()
    with first:
        pass
    assert [door.ahead(each) for each in (second, third, fourth)] == [0, 0, 1]
    now[0] += gate.FORGOTTEN_SECONDS + 1
    assert (door.running, door.length) == (2, 0)  # who is answered is not asked after so often
    assert door.ahead(fourth) == 1  # it comes back
    now[0] += gate.LOST_SECONDS
    assert door.ahead(fourth) == 0


# What is told


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 200), ("GET", "/v1/models", 200), ("GET", "/ganwen/page.css", 200), ("GET", "/nowhere", 404),
     ("POST", "/v1/chat/completions", 400), ("GET", "/gradio_api/file=a", 404), ("GET", "/theme.css", 200)],
)  # fmt: skip
def test_every_reply_bears_the_headers(server: Server, method: str, path: str, status: int) -> None:
    reply = server.request(method, path, {} if method == "POST" else None, {"Origin": server.address})
    assert reply.status == status
    assert {name: reply.headers[name.lower()] for name in SECURITY} == SECURITY
    assert not [name for name in reply.headers if name.startswith("access-control")]
    assert "server" not in reply.headers


def test_markup_in_a_question_stays_text(server: Server) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>[a](javascript:alert(1))是多少？"
    reply = server.ask(hostile)
    assert reply.headers["content-type"] == "application/json"
    assert reply.json["ganwen"]["understood"] == hostile


class Broken(Holding):
    def stream(self, *args: object, **kwargs: object) -> Iterator[object]:  # type: ignore[override]
        raise ZeroDivisionError("what only the log may tell")


def test_an_accident_is_told_without_its_cause_and_the_server_answers_on(
    assistant: Assistant, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(Broken(assistant)) as server:
        reply = server.ask(QUESTION)
        assert (reply.status, reply.code) == (500, "internal_error")
        assert b"ZeroDivision" not in reply.body
        assert reply.headers["x-content-type-options"] == "nosniff"
        stream = server.ask(QUESTION, stream=True)
        assert stream.status == 500
        assert server.get("/readyz").status == 200
        assert server.metric('ganwen_questions_total{outcome="failed"}') == 2
    assert "ZeroDivisionError" in caplog.text
    assert QUESTION not in caplog.text


def test_the_log_holds_no_question_unless_asked_for(
    assistant: Assistant, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ui.guard.logs import keep_logs

    gated, chat = logging.getLogger("ui.guard.gated"), logging.getLogger("ui.chat.chat")
    monkeypatch.setattr(gated, "level", logging.NOTSET)
    monkeypatch.setattr(chat, "filters", [])
    with serving(assistant) as server:
        keep_logs(questions=False)
        server.ask(QUESTION)
        server.ask("x" * 3000)
        chat.error("A question could not be answered: %s", QUESTION)
        assert QUESTION not in caplog.text
        assert "A question could not be answered: （问题不记录" in caplog.text
        monkeypatch.setattr(chat, "filters", [])
        keep_logs(questions=True)
        server.ask(QUESTION)
        assert "extractive, 1 citations, " in caplog.text
        assert QUESTION in caplog.text
        gated.setLevel(logging.NOTSET)


def test_held_answers_do_not_hold_up_pages(assistant: Assistant) -> None:
    from concurrent.futures import ThreadPoolExecutor

    holding = Holding(assistant)
    with serving(holding, answers=60, queue=10) as server, ThreadPoolExecutor(50) as pool:
        asked = [pool.submit(server.ask, HELD) for _ in range(50)]
        for _ in range(50):
            assert holding.begun.acquire(timeout=60)
        assert server.get("/ganwen/page.css").status == server.get("/v1/models").status == 200
        for _ in range(50):
            holding.go_on.release()
        assert {each.result().status for each in asked} == {200}
