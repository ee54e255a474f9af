"""The chat in the browser (`ganwen serve`): a Gradio page over one assistant. Nothing on it comes from another host."""

import errno
import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.assistant import Assistant
from rag.errors import GanwenError
from rag.settings import Settings
from ui.chat.chat import PARTS, Chat
from ui.chat.conversation import Session
from ui.chat.writers import Writers
from ui.export.route import add_export
from ui.guard.guard import protect
from ui.guard.listening import check_listening, is_loopback
from ui.guard.logs import keep_logs
from ui.service import open_service

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

    from rag.llm.backend import Backend

PORTS_TRIED = 100
ANSWERS_AT_ONCE = 32
"""Of one page or several; more than are answered at once, so that those who wait see their place in the queue."""

SCRIPTS = ("store.js", "page.js", "tools.js", "keeping.js")
"""The page's script, in pieces that share one scope."""

_ASSETS = Path(__file__).parent / "chat" / "assets"


def serve(assistant: Assistant, settings: Settings, model: "Backend | None" = None) -> None:
    """Serve the chat until Ctrl+C. Raises GanwenError when the address cannot be listened on."""
    check_listening(settings)
    listener = listen(settings.host, settings.port)
    app = build_app(assistant, settings, model)
    keep_logs(settings.log_questions)

    import uvicorn

    from ui.guard.patience import configure

    logging.getLogger("uvicorn.error").addFilter(_is_worth_saying)
    print(f"Ganwen answers at {_url(settings.host, settings.port)} (Ctrl+C stops it)", flush=True)
    uvicorn.Server(configure(app)).run(sockets=[listener])


def _is_worth_saying(record: logging.LogRecord) -> bool:
    """All that the server logs but that it closed open pages, which is what Ctrl+C asks for."""
    return "timeout graceful shutdown exceeded" not in record.getMessage()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on an address.

    Raises GanwenError that names the next free port when this one is in use.
    """
    try:
        return _bind(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise GanwenError(f"Port {port} is in use. {_suggest_port(host, port)}") from error
        reason = error.strerror or error
        raise GanwenError(
            f"Cannot listen on {host}, port {port}: {reason}. Set --host and --port."
        ) from error


def _bind(host: str, port: int) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    return socket.create_server(address[:2], family=family)


def _suggest_port(host: str, port: int) -> str:
    for other in range(port + 1, min(port + PORTS_TRIED, 65536)):
        try:
            _bind(host, other).close()
        except OSError:
            continue
        return f"Try --port {other}, or set GANWEN_PORT={other}."
    return "Choose another with --port."


def _url(host: str, port: int) -> str:
    """Where a browser on this machine finds the page; an address that means every address is not one to open."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def build_app(assistant: Assistant, settings: Settings, model: "Backend | None" = None) -> "FastAPI":
    """The chat and the pages beside it as an application that any ASGI server can run."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.staticfiles import StaticFiles

    from ui.api.doors import attach_api
    from ui.pages.attach import attach_pages

    service = open_service(assistant, settings, model)
    app = FastAPI(openapi_url=None)
    chat = Chat(
        service.assistant,
        settings.language,
        Writers(model, service.writer, is_loopback(settings.host)),
        source=settings.source.resolve(),
        has_token=settings.token is not None,
    )
    attach_pages(app, settings, chat.current)
    app.mount("/ganwen", StaticFiles(directory=_ASSETS))
    add_export(app)
    attach_api(app, service)
    gr.mount_gradio_app(
        app,
        _build_blocks(chat),
        path="/",
        app_kwargs={"openapi_url": None},
        enable_monitoring=False,
        favicon_path=str(_ASSETS / "favicon.svg"),
        footer_links=[],
        # Not as `css`, which Gradio rewrites: it does not know `:is()` and drops `:root`.
        head='<link rel="stylesheet" href="ganwen/tools.css"><link rel="stylesheet" href="ganwen/page.css">',
        max_file_size=1,  # the page takes no files
        mcp_server=False,
        pwa=False,
        run_history=False,
        show_error=False,
        ssr_mode=False,
        theme=gr.themes.Base(font=["sans-serif"], font_mono=["monospace"]),
    )
    protect(app, settings, service.tally)
    return app


def _read_asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")


def _build_blocks(chat: Chat) -> "gr.Blocks":
    """One HTML component is the whole page; its script triggers the events that are wired here."""
    import gradio as gr

    def resume(session: Session | None, request: gr.Request) -> Session:
        """The page's session; a new one for a page that outlived the server it was opened from."""
        return session or chat.open(request.query_params.get("lang"), request.headers.get("accept-language"))

    def open_page(kept: str | None, request: gr.Request) -> Any:
        session = resume(None, request)
        return gr.update(**(chat.clear(session, kept) if kept else chat.draw(session.conversation))), session

    def ask(session: Session | None, event: gr.EventData, request: gr.Request) -> Any:
        session, data = resume(session, request), _sent(event)
        return gr.update(**chat.ask(session, data.get("question"), widen=data.get("widen") is True)), session

    def answer(session: Session) -> Iterator[Any]:
        for parts in chat.answer(session):
            yield gr.update(**parts)

    def select(session: Session | None, event: gr.EventData, request: gr.Request) -> Any:
        session = resume(session, request)
        return gr.update(**chat.select(session, _sent(event))), session

    def stop(session: Session | None, request: gr.Request) -> Any:
        session = resume(session, request)
        return gr.update(**chat.stop(session)), session

    def clear(session: Session | None, event: gr.EventData, request: gr.Request) -> Any:
        session, data = resume(session, request), _sent(event)
        return gr.update(**chat.clear(session, data.get("kept"), data.get("talk"))), session

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    # A request and its response: an event that joins Gradio's stream while that is being closed is lost.
    at_once: dict[str, Any] = quiet | {"queue": False, "trigger_mode": "multiple"}
    with gr.Blocks(title="赣问 Ganwen", analytics_enabled=False, fill_width=True) as blocks:
        session = gr.State()
        html = gr.HTML(
            html_template=_read_asset("page.html"),
            js_on_load="\n".join(map(_read_asset, SCRIPTS)),
            apply_default_css=False,
            **dict.fromkeys(PARTS, ""),
        )
        both = [html, session]
        # In the place of its value comes the conversation that the tab was in.
        blocks.load(open_page, html, both, js=_find_kept(), **at_once)
        asked = html.submit(ask, session, both, **at_once)
        # Few at a time, since each uses every core; those that wait for a language model see their place in its queue.
        answered = asked.then(answer, session, html, concurrency_limit=ANSWERS_AT_ONCE, **quiet)
        answered.then(None, js="() => document.dispatchEvent(new Event('ganwen-answered'))", **quiet)
        html.select(select, session, both, **at_once)
        html.stop(stop, session, both, cancels=[answered], **at_once)
        html.clear(clear, session, both, cancels=[answered], **at_once)
    return blocks


def _find_kept() -> str:
    """The script that finds the conversation that the tab was in; Gradio may run it before any other of the page."""
    return f"() => {{\n{_read_asset('store.js')}\nreturn ganwenStore.record();\n}}"


def _sent(event: "gr.EventData") -> dict[str, Any]:
    """What the page's script sent with an event; whoever else sends one may send anything."""
    return event._data if isinstance(event._data, dict) else {}
