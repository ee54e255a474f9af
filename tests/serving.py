"""The server of the tests: the real application on a free port of loopback, and requests to it byte for byte."""

import asyncio
import http.client
import json
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from rag.assistant import Assistant
from rag.llm.backend import Backend
from rag.llm.draft import Write
from rag.settings import Settings
from rag.types import AnswerEvent, Filter, Turn

TOKEN = "a token for the tests, long enough"
QUESTION = "2023年江西省森林覆盖率是多少？"
HELD = "这个问题先不答。"


@dataclass(frozen=True)
class Response:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of an error in OpenAI's shape, which must have all its parts."""
        assert sorted(self.json["error"]) == ["code", "message", "param", "type"]
        assert self.json["error"]["message"]
        return str(self.json["error"]["code"])


@dataclass(frozen=True)
class Server:
    """`token` is shown with every request; empty for none."""

    port: int
    token: str = ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def without_token(self) -> "Server":
        return replace(self, token="")

    def request(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] = {}, timeout: float = 60
    ) -> Response:
        """One request on a connection of its own; a body that is not bytes is sent as JSON."""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None and not isinstance(body, bytes):
            sent["Content-Type"] = "application/json"
            body = json.dumps(body, ensure_ascii=False).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, {**sent, **headers})
            response = connection.getresponse()
            named = {name.lower(): value for name, value in response.getheaders()}
            return Response(response.status, named, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Response:
        return self.request("GET", path, headers=headers)

    def ask(self, *texts: str, **fields: Any) -> Response:
        """The texts are said by user and assistant in turn."""
        messages = [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate(texts)]
        return self.request("POST", "/v1/chat/completions", {"messages": messages, **fields})

    def metric(self, name: str) -> float:
        """A count of `/metrics`, its labels in the name; 0 where there is none yet."""
        for line in self.get("/metrics").body.decode().splitlines():
            if line.startswith(f"{name} "):
                return float(line.split()[-1])
        return 0.0

    def send(self, *pieces: bytes, wait: float = 5) -> bytes:
        """What comes back for these bytes until the server hangs up, or nothing more comes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as line:
            received = b""
            try:
                with suppress(ConnectionError):  # it may answer and hang up before all is sent
                    for piece in pieces:
                        line.sendall(piece)
                while piece := line.recv(65536):
                    received += piece
            except ConnectionResetError:  # hung up with bytes left that it had not read
                pass
            except TimeoutError:
                received += b"(still open)"
            return received


@contextmanager
def serving(assistant: Assistant, model: Backend | None = None, **settings: Any) -> Iterator[Server]:
    """A server that runs while the block does, as `ganwen serve` runs it."""
    import uvicorn

    from ui.guard.patience import configure
    from ui.web import build_app, listen

    listener = listen("127.0.0.1", 0)
    started = threading.Event()
    servers: list[uvicorn.Server] = []

    async def run() -> None:
        app = build_app(assistant, Settings(**settings), model)
        servers.append(uvicorn.Server(configure(app, "critical")))
        asyncio.get_running_loop().call_soon(started.set)
        await servers[0].serve(sockets=[listener])

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    started.wait()
    yield Server(listener.getsockname()[1], settings.get("token", ""))
    servers[0].should_exit = True
    thread.join(timeout=20)
    assert not thread.is_alive()


class Holding(Assistant):
    """The real assistant, but that it answers `HELD` only when it is told to go on; other questions at once."""

    def __init__(self, real: Assistant) -> None:
        self.real = real
        self.index = real.index
        self.lookup = real.lookup
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0)

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filter: Filter | None = None,
        write: Write | None = None,
    ) -> Any:
        return self.real.ask(question, history, filter)

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filter: Filter | None = None,
        write: Write | None = None,
    ) -> Iterator[AnswerEvent]:
        if question == HELD:
            self.begun.release()
            assert self.go_on.acquire(timeout=60)
        yield from self.real.stream(question, history, filter, write)
