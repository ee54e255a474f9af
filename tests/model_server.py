"""A model server of the kind the tests need: real HTTP on loopback, its answers told beforehand."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Asked = dict[str, Any]
Say = Callable[[Asked], Iterator[bytes]]


@dataclass
class ModelServer:
    """What the server was asked (`asked`, `keys`), and what it does next: `say` gives the bytes of an answer."""

    say: Say
    address: str = ""
    status: int = 200
    kind: str = "text/event-stream"
    models: Sequence[str] = ("small",)
    asked: list[Asked] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)
    """Set when a reader hung up before the end."""


def event(text: str = "", finish: str | None = None) -> bytes:
    """A server-sent event with a piece of text, as OpenAI's interface has it."""
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}
    return f"data: {json.dumps({'choices': [choice]}, ensure_ascii=False)}\n\n".encode()


def saying(text: str, size: int = 3, pause: float = 0.0) -> Say:
    """Says a text in pieces of `size` characters."""

    def say(_: Asked) -> Iterator[bytes]:
        for start in range(0, len(text), size):
            yield event(text[start : start + size])
            time.sleep(pause)
        yield event(finish="stop")
        yield b"data: [DONE]\n\n"

    return say


def sending(*pieces: bytes) -> Say:
    """Sends just these bytes."""
    return lambda _: iter(pieces)


@contextmanager
def model_server(say: Say, **settings: Any) -> Iterator[ModelServer]:
    """A server that runs while the block does."""
    state = ModelServer(say, **settings)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"data": [{"id": name} for name in state.models]}).encode()
            self._begin("application/json", state.status, len(body))
            self.wfile.write(body)

        def do_POST(self) -> None:
            state.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            state.keys.append(self.headers.get("Authorization"))
            self._begin(state.kind, state.status, None)
            try:
                for piece in state.say(state.asked[-1]):
                    self.wfile.write(piece)
                    self.wfile.flush()
            except OSError:
                state.gone.set()

        def _begin(self, kind: str, status: int, length: int | None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            if length is not None:
                self.send_header("Content-Length", str(length))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.address = f"http://127.0.0.1:{server.server_address[1]}/v1"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
