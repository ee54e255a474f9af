"""One request as the guard reads it, and its reply as the guard sends it."""

import unicodedata
from collections.abc import Awaitable, Callable, MutableMapping
from functools import cached_property
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl

from ui.guard import login
from ui.guard.bodies import Body, Unreadable
from ui.guard.headers import secure
from ui.guard.refusals import too_large
from ui.guard.tally import Tally

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

AREAS = frozenset(
    {"v1", "mcp", "chat", "gradio_api", "ganwen", "static", "assets", "documents", "indicators", "evaluation"}
)
"""Parts of the server that requests are counted by; a path itself is never a name of a count, nor in the log."""

HEAD_BYTES = 32 * 1024
"""Of all headers; a browser's cookies for this machine are the most of them."""


class Head:
    """What a request says before its body."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: str = scope["query_string"].decode("latin-1")
        self.scheme: str = scope["scheme"]
        self.address: str = scope["client"][0] if scope.get("client") else ""

    @cached_property
    def headers(self) -> dict[str, str]:
        """Headers by name in small letters; of one that stands twice, the last."""
        return {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in self.scope["headers"]
        }

    @property
    def area(self) -> str:
        """The part of the server it is for."""
        first = self.path.split("/", 2)[1] if self.path.startswith("/") else ""
        return first if first in AREAS else "page" if not first else "other"

    @property
    def is_sound(self) -> bool:
        """Whether its path has no control characters, which no route expects, and its headers are not endless."""
        size = sum(len(name) + len(value) for name, value in self.scope["headers"])
        return size <= HEAD_BYTES and not any(unicodedata.category(c) == "Cc" for c in self.path)

    @property
    def length(self) -> int:
        """How many bytes of body are announced; 0 where nothing is."""
        announced = self.headers.get("content-length", "")
        return int(announced) if announced.isdecimal() and announced.isascii() else 0

    @property
    def bearer(self) -> bytes | None:
        """The token that a program shows."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip().encode("latin-1") if scheme.lower() == "bearer" else None

    @property
    def logs_in(self) -> bool:
        """Whether a browser sends the token."""
        return self.path == login.PATH and self.method == "POST"

    @property
    def logs_out(self) -> bool:
        """Whether a browser gives up its session."""
        return self.path == login.LEAVE and self.method == "POST"

    @property
    def wants_page(self) -> bool:
        """Whether a person waits for it, in a browser."""
        return self.method == "GET" and "text/html" in self.headers.get("accept", "")

    def cookie(self, name: str) -> str:
        """The value of a cookie; empty where there is none."""
        try:
            cookies = SimpleCookie(self.headers.get("cookie", ""))
        except CookieError:
            return ""
        return cookies[name].value if name in cookies else ""


class Reply:
    """The reply to one request: every header of the guard is on it, and it is counted once."""

    def __init__(self, send: Send, head: Head, body: Body, tally: Tally) -> None:
        self._send = send
        self._head = head
        self._body = body
        self._tally = tally
        self.begun = False

    async def send(self, message: Message) -> None:
        """A message of the application; none where the body it answers to was not read to its end."""
        if self._body.failure is not None and not self.begun:
            return
        if message["type"] == "http.response.start":
            self.begun = True
            self._tally.request(self._head.area, message["status"])
            message = {**message, "headers": secure(list(message.get("headers", ())))}
        await self._send(message)

    async def whole(self, status: int, headers: list[tuple[bytes, bytes]], content: bytes) -> None:
        """A reply of the guard itself."""
        self.begun = True
        self._tally.request(self._head.area, status)
        await self._send({"type": "http.response.start", "status": status, "headers": secure(headers)})
        await self._send({"type": "http.response.body", "body": content})

    async def page(self, status: int, content: bytes) -> None:
        """A page of the guard itself."""
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", str(len(content)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await self.whole(status, headers, content)

    async def lead(self, where: str, cookie: str = "") -> None:
        """On to another page."""
        headers = [
            (b"location", where.encode("ascii")),
            (b"content-length", b"0"),
            (b"cache-control", b"no-store"),
        ]
        headers += [(b"set-cookie", cookie.encode("ascii"))] if cookie else []
        await self.whole(303, headers, b"")


async def read_token(body: Body) -> bytes:
    """The token that a login form sends (Unreadable)."""
    content = b""
    while True:
        message = await body.receive()
        content += bytes(message.get("body", b""))
        if len(content) > login.FORM_BYTES:
            raise Unreadable(too_large(login.FORM_BYTES))
        if not message.get("more_body", False):
            break
    fields = dict(parse_qsl(content.decode("utf-8", "surrogateescape"), errors="surrogateescape"))
    token: str = fields.get("token", "")
    return token.encode("utf-8", "surrogateescape")
