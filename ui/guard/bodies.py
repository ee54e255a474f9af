"""Bodies of requests: no larger than is read, no slower than anyone sends them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ui.guard.refusals import SLOW, Refusal, too_large

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

MOST_BYTES = 2**20
"""A question and its whole conversation are far smaller."""
CONVERSATION_BYTES = 8 * MOST_BYTES
"""Of a conversation that a page kept, with its answers and their sources."""
SILENT_SECONDS = 15.0
"""Silence in the middle of a body after which it is given up."""
SLOWEST = 8 * 1024
"""Bytes a second that a body must come with, on the whole, after the first seconds."""


class Unreadable(Exception):
    """A body that is not read to its end, and why; never leaves the guard."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class Body:
    """The body of one request, counted while the application reads it.

    `failure` says why it was not read to its end, `is_gone` that nobody waits for the reply.
    """

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self.most = most
        self._bytes = 0
        self._begun = time.monotonic()
        self._ended = False
        self.is_gone = False
        self.failure: Refusal | None = None

    async def receive(self) -> Message:
        """The next message, as the application asks for it (Unreadable)."""
        try:
            # After the end there is only the other side's hanging up to wait for, whenever that is.
            message = await asyncio.wait_for(self._receive(), None if self._ended else SILENT_SECONDS)
        except TimeoutError:
            raise self._fail(SLOW) from None
        if message["type"] != "http.request":
            self.is_gone = self._ended = True
            return message
        self._bytes += len(message.get("body", b""))
        self._ended = not message.get("more_body", False)
        if self._bytes > self.most:
            raise self._fail(too_large(self.most))
        late = time.monotonic() - self._begun - SILENT_SECONDS
        if not self._ended and late > 0 and self._bytes < late * SLOWEST:
            raise self._fail(SLOW)
        return message

    def _fail(self, refusal: Refusal) -> Unreadable:
        self.failure = refusal
        self._ended = True
        return Unreadable(refusal)
