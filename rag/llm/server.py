"""A model behind an OpenAI-compatible server (llama.cpp, Ollama, LM Studio, vLLM), asked over HTTP."""

import contextlib
import http.client
import json
import socket
from collections.abc import Generator, Iterator, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from rag.errors import ModelError
from rag.llm.backend import Message, Piece, Put, Stop, pump
from rag.llm.replies import read_completion, read_events, say_status

CONNECT_SECONDS = 5.0
MODELS_BYTES = 1 << 20
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
            raise ModelError(f"{self.address} offers no model. Load one there, or name it: --llm-model NAME")
        return models[0]

    def list_models(self, timeout: float = CONNECT_SECONDS) -> tuple[str, ...]:
        """Names of the models that the server offers (ModelError)."""
        connection = self._connect(timeout)
        try:
            connection.request("GET", f"{self._root}/models", headers=self._headers)
            with contextlib.closing(connection.getresponse()) as response:
                body = response.read(MODELS_BYTES)
            if response.status != http.client.OK:
                raise ModelError(say_status(self.address, response.status, body, self._model))
            return tuple(str(each["id"]) for each in json.loads(body)["data"])
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(error) from error
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(
                f"{self.address} lists no models the way OpenAI's interface does. Is it the address of a model "
                "server? The usual one of llama.cpp is http://127.0.0.1:8080/v1"
            ) from error
        finally:
            connection.close()

    def stream(self, messages: Sequence[Message], most: int, stop: Stop) -> Generator[Piece]:
        """The model's text as it comes (ModelError)."""
        asked = {
            "model": self.model,
            "messages": [{"role": each.role, "content": each.content} for each in messages],
            "max_tokens": most,
            "temperature": 0,
            "seed": 0,
            "stream": True,
        }
        connection = self._connect(self._silence + CONNECT_SECONDS)
        line = connection.sock  # http.client lets go of it once the answer begins

        def produce(put: Put) -> None:
            try:
                self._ask(connection, asked, put)
            except (OSError, http.client.HTTPException) as error:
                raise self._unreachable(error) from error
            finally:
                connection.close()

        for text in pump(produce, stop, self._silence, lambda: _hang_up(line)):
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
            raise ModelError(
                say_status(self.address, response.status, response.read(MODELS_BYTES), self.model)
            )
        kind = response.headers.get_content_type()
        if kind == "text/html":
            raise ModelError(
                f"{self.address} answered with a web page, not with text of a model. "
                "The address of a model server mostly ends in /v1."
            )
        if kind == "application/json":  # a server that does not stream
            yield read_completion(response.read(MODELS_BYTES), self.address)
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
            raise self._unreachable(error) from error
        return connection

    def _unreachable(self, error: Exception) -> ModelError:
        if isinstance(error, ConnectionRefusedError):
            return ModelError(
                f"Nothing answers at {self.address}. Start the model server; `ganwen llm` lists what is there."
            )
        return ModelError(f"The language model at {self.address} broke off: {error or type(error).__name__}.")


def _split(address: str) -> tuple[bool, str, int, str]:
    """Whether it is https, the host, the port and the path up to `/v1`."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ModelError(f"{address} is not the address of a model server, such as http://127.0.0.1:8080/v1")
    secure = parts.scheme == "https"
    root = parts.path.rstrip("/").removesuffix("/chat/completions") or ROOT
    return secure, parts.hostname, port or (443 if secure else 80), root


def _hang_up(line: socket.socket) -> None:
    """End a connection that another thread reads from: its read returns, and the server stops writing."""
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
