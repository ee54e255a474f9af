"""The routes of Gradio that the chat page uses. It brings many more (files, uploads, proxies, code): they do not exist here."""

import re
from typing import TYPE_CHECKING

from ui.guard.exchange import App, Receive, Scope, Send
from ui.guard.refusals import CLOSED

if TYPE_CHECKING:
    from fastapi import FastAPI

_OPEN = re.compile(
    r"/|/config/?|/theme\.css|/favicon\.ico|/robots\.txt|/manifest\.json"
    r"|/(?:static|assets)/[\w./+@-]+"
    r"|/gradio_api/(?:info|app_id|theme\.css|startup-events|run/predict|queue/join|queue/data|cancel|reset/?)"
    r"|/gradio_api/heartbeat/\w+"
)


def is_open(path: str) -> bool:
    """Whether the page needs this path. What goes up a folder does not."""
    return bool(_OPEN.fullmatch(path)) and ".." not in path


def narrow_gradio(app: "FastAPI") -> None:
    """Let only the open routes of the mounted Gradio page through."""
    import gradio as gr
    from starlette.routing import Mount

    for route in app.router.routes:
        if isinstance(route, Mount) and isinstance(route.app, gr.routes.App):
            route.app = _Narrow(route.app)


class _Narrow:
    """The mounted page, of which only the open routes are there."""

    def __init__(self, gradio: App) -> None:
        self._gradio = gradio

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_open(scope["path"].removeprefix(scope.get("root_path", ""))):
            await self._gradio(scope, receive, send)
            return
        headers, content = CLOSED.response()
        await send({"type": "http.response.start", "status": CLOSED.status, "headers": headers})
        await send({"type": "http.response.body", "body": content})
