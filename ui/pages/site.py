"""What the pages beside the chat are made from, and whose requests may change something."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rag.current import Current
from rag.settings import Settings
from ui.pages.refusal import Refused
from ui.pages.trash import Trash

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]
Say: TypeAlias = Callable[[Request, Refused], str]
"""Tells in the language of a request why it is refused."""


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages are made from: the settings, the assistant that answers now, the absolute folder of what is kept."""

    settings: Settings
    current: Current
    home: Path

    @property
    def trash(self) -> Trash:
        """Where what is removed from a page goes."""
        return Trash(self.home / "trash")


def changing_routes(page: str, handlers: Mapping[str, Handler], say: Say) -> list[Route]:
    """The addresses below a page that change something, by name: for pages of this site only, refusals told as JSON."""
    return [
        Route(f"/{page}/{name}", same_origin(_answering(handler, say)), methods=["POST"])
        for name, handler in handlers.items()
    ]


def _answering(handler: Handler, say: Say) -> Handler:
    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except Refused as refused:
            told = {"error": say(request, refused), "code": refused.code}
            return JSONResponse(told, refused.status, refused.headers)

    return answered


def same_origin(handler: Handler) -> Handler:
    """The handler for requests that change something: answered only when a page of this very site sends them.

    A browser says by itself where a request comes from (Sec-Fetch-Site, Origin), and no page can make it lie; what
    says neither is no browser with a page of ours, and is refused as well.
    """

    @wraps(handler)
    async def guarded(request: Request) -> Response:
        if not is_same_origin(request):
            reason = "This may be asked by Ganwen's own pages only. Open the page and do it there."
            return JSONResponse({"error": reason}, 403)
        return await handler(request)

    return guarded


def is_same_origin(request: Request) -> bool:
    """Whether a page of this site sent the request, as far as the browser tells."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site not in (None, "same-origin"):
        return False
    if origin is None:
        return site is not None
    return urlsplit(origin).netloc == request.headers.get("host")
