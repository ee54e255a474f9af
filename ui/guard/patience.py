"""Connections that say nothing: hung up on, so that they take no place from others."""

import asyncio
from typing import TYPE_CHECKING

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from fastapi import FastAPI

CONNECTIONS = 1000
"""Open at once; each open page holds two."""
GRACE_SECONDS = 1
"""How long Ctrl+C waits for open pages: each holds a connection that ends only with its page."""
HEAD_SECONDS = 10.0
"""How long a browser or program may take to say what it wants."""


def configure(app: "FastAPI", log_level: str = "warning") -> uvicorn.Config:
    """How an application is served."""
    return uvicorn.Config(
        app,
        http=Patient,
        ws="none",
        limit_concurrency=CONNECTIONS,
        log_level=log_level,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


class Patient(H11Protocol):
    """HTTP as uvicorn speaks it, but that the head of a request must come within `HEAD_SECONDS`."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Go on waiting while a head is unfinished; one letter now and then is no sign of life."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._unwatch()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._unwatch()
        elif self._timer is None:
            self._timer = self.loop.call_later(HEAD_SECONDS, self._hang_up)

    def _unwatch(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _hang_up(self) -> None:
        self._timer = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.close()
