"""A model behind an OpenAI-compatible server (llama.cpp, Ollama, LM Studio, vLLM), asked over HTTP."""

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from rag.llm.backend import Message, Piece, Put, Stop, pump
from rag.llm.replies import find_trouble, read_completion, read_events
from rag.llm.troubles import broken, trouble

CONNECT_SECONDS = 5.0
REPLY_BYTES = 1 << 20
ROOT = "/v1"


class ServerBackend:
    """One model of one server. Nothing is asked of the server before the first question."""

    def __init__(self, address: str, model: str = "", key: str = "", silence: float = 60.0) -> None:
        """`address` up to `/v1`, which may be left out; without a `model` the server's first one is asked (ModelError)."""
        self.address = address
        self._model = model
        self._key = key
        self._silence = silence
        self._secure, self._host, self._port, self._root = _split(address)

    @property
    def name(self) -> str:
        """The model's name and where it is."""
        return f"{self.model} ({self._host}:{self._port})"

    @cached_property
    def model(self) -> str:
        """The name of the model asked (ModelError)."""
        if self._model:
            return self._model
        models = self.list_models()
        if not models:
            raise trouble("no_model", address=self.address)
        return models[0]

    def list_models(self, timeout: float = CONNECT_SECONDS) -> tuple[str, ...]:
        """Names of the models that the server offers, told within about `timeout` seconds (ModelError)."""
        connection = self._connect(timeout)
        try:
            connection.request("GET", f"{self._root}/models", headers=self._headers)
            with contextlib.closing(connection.getresponse()) as response:
                body = _read_within(response, timeout)
            if response.status != http.client.OK:
                raise find_trouble(self.address, response.status, body, self._model)
            return tuple(str(each["id"]) for each in json.loads(body)["data"])
        except (OSError, http.client.HTTPException) as error:
            raise broken(self.address, error) from error
        except (ValueError, KeyError, TypeError) as error:
            raise trouble("no_list", address=self.address) from error
        finally:
            connection.close()

    def stream(self, messages: Sequence[Message], most: int, stop: Stop) -> Generator[Piece]:
        """The model's text as it comes (ModelError)."""
        asked = {
            "messages": [{"role": each.role, "content": each.content} for each in messages],
            "max_tokens": most,
            "temperature": 0,
            "seed": 0,
            "stream": True,
        }
        line = _Line()

        def produce(put: Put) -> None:
            # Here and not before: whoever stops it need not wait for a server that is slow to take the call.
            asked["model"] = self.model
            connection = self._connect(self._silence + CONNECT_SECONDS)
            try:
                line.hold(connection.sock)
                self._ask(connection, asked, put)
            except (OSError, http.client.HTTPException) as error:
                raise broken(self.address, error) from error
            finally:
                connection.close()

        for text in pump(produce, stop, self._silence, line.hang_up):
            yield Piece(text)

    def _ask(self, connection: http.client.HTTPConnection, asked: dict[str, Any], put: Put) -> None:
        body = json.dumps(asked, ensure_ascii=False).encode("utf-8", "replace")
        headers = self._headers | {"Content-Type": "application/json"}
        connection.request("POST", f"{self._root}/chat/completions", body, headers)
        with contextlib.closing(connection.getresponse()) as response:
            for text in self._read(response):
                if put(text):
                    return

    def _read(self, response: http.client.HTTPResponse) -> Iterator[str]:
        if response.status != http.client.OK:
            raise find_trouble(self.address, response.status, response.read(REPLY_BYTES), self.model)
        kind = response.headers.get_content_type()
        if kind == "text/html":
            raise trouble("web_page", address=self.address)
        if kind == "application/json":  # a server that does not stream
            yield read_completion(response.read(REPLY_BYTES), self.address)
        else:
            yield from read_events(response, self.address)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._key}"} if self._key else {}

    def _connect(self, timeout: float) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=min(timeout, CONNECT_SECONDS))
        try:
            connection.connect()
            if connection.sock is not None:
                connection.sock.settimeout(timeout)
        except OSError as error:
            raise broken(self.address, error) from error
        return connection


def _split(address: str) -> tuple[bool, str, int, str]:
    """Whether it is https, the host, the port and the path up to `/v1`."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise trouble("no_address", address=address)
    secure = parts.scheme == "https"
    root = parts.path.rstrip("/").removesuffix("/chat/completions") or ROOT
    return secure, parts.hostname, port or (443 if secure else 80), root


class _Line:
    """The connection of one question, which another thread may hang up: its read returns, and the server stops writing."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # Ctrl+C may hang up while the same thread does
        self._socket: socket.socket | None = None
        self._hung_up = False

    def hold(self, connected: socket.socket) -> None:
        """Take a connection; it ends at once where it is not wanted any more."""
        with self._lock:
            self._socket = connected
        if self._hung_up:
            self.hang_up()

    def hang_up(self) -> None:
        """End it, or the one that is still to come."""
        self._hung_up = True
        with self._lock, contextlib.suppress(OSError):
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)


def _read_within(response: http.client.HTTPResponse, seconds: float) -> bytes:
    """What a server answers; TimeoutError when it takes longer, however often it says a little."""
    end, body = time.monotonic() + seconds, b""
    while len(body) < REPLY_BYTES and (data := response.read1(REPLY_BYTES)):
        body += data
        if time.monotonic() > end:
            raise TimeoutError
    return body
