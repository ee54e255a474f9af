"""What model servers answer with: events, whole completions, and refusals in many shapes, each said in one line."""

import json
from collections.abc import Iterator
from typing import Any, Protocol

from rag.errors import ModelError
from rag.llm.troubles import trouble

MAX_LINE = 1 << 20
"""Bytes of one event; a longer line is no event."""
SHOWN = 200
"""Characters shown of what a server says went wrong."""
# Of server-sent events; a comment has no name.
_FIELDS = frozenset({"", "data", "event", "id", "retry"})


class Lines(Protocol):
    """What can be read line by line, as an HTTP response can."""

    def readline(self, limit: int = ..., /) -> bytes:
        """The next line, at most `limit` bytes; empty at the end."""
        ...


def read_events(response: Lines, address: str) -> Iterator[str]:
    """The text of a stream of server-sent events, piece by piece; a piece may be empty (ModelError)."""
    ended = False
    while line := response.readline(MAX_LINE + 1):
        if line.lstrip().startswith(b"<"):
            raise trouble("web_page", address=address)
        if not line.endswith(b"\n"):
            raise trouble("half_line", address=address)
        name, _, data = line.decode("utf-8", "replace").strip().partition(":")
        if name not in _FIELDS:
            raise _foreign(address)
        if name != "data":
            yield ""  # a comment to keep the line open, or the end of an event
            continue
        if data.strip() == "[DONE]":
            return
        text, is_last = _read_event(data, address)
        ended = ended or is_last
        yield text
    if not ended:
        raise trouble("half_answer", address=address)


def read_completion(body: bytes, address: str) -> str:
    """The text of a whole answer, from a server that does not stream (ModelError)."""
    record = _parse(body.decode("utf-8", "replace"), address)
    try:
        return str(record["choices"][0]["message"]["content"] or "")
    except (KeyError, IndexError, TypeError) as error:
        raise _foreign(address) from error


def _read_event(data: str, address: str) -> tuple[str, bool]:
    """The text of an event and whether it is the last one with text."""
    record = _parse(data, address)
    choices = record.get("choices")
    if not isinstance(choices, list):
        raise _foreign(address)
    if not choices:  # some servers end with one that only counts tokens
        return "", False
    try:
        return str(choices[0]["delta"].get("content") or ""), bool(choices[0].get("finish_reason"))
    except (KeyError, TypeError, AttributeError) as error:
        raise _foreign(address) from error


def _parse(text: str, address: str) -> dict[str, Any]:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _foreign(address) from error
    if not isinstance(record, dict):
        raise _foreign(address)
    if record.get("error"):
        raise trouble("complained", address=address, reason=_complaint(record["error"]))
    return record


def _foreign(address: str) -> ModelError:
    return trouble("foreign", address=address)


def find_trouble(address: str, status: int, body: bytes, model: str) -> ModelError:
    """What a status other than 200 means, and what to do about it."""
    if status in {401, 403}:
        name = "key"
    elif status == 404:
        name = "not_found"
    elif 300 <= status < 400:
        name = "elsewhere"
    else:
        name = "server_failed" if status >= 500 else "declined"
    return trouble(name, address=address, status=status, said=_said(body), model=model)


def _said(body: bytes) -> str:
    """What the server says of it, as a clause; nothing where that is a page."""
    text = body.decode("utf-8", "replace").strip()
    try:
        record = json.loads(text)
    except ValueError:
        return "" if not text or text.startswith("<") else f": {_short(text)}"
    error = record.get("error") if isinstance(record, dict) else None
    return f": {_complaint(error)}" if error else ""


def _complaint(error: Any) -> str:
    return _short(str(error.get("message", error) if isinstance(error, dict) else error))


def _short(text: str) -> str:
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return words if len(words) <= SHOWN else f"{words[:SHOWN]}…"
