"""Where a page sends its conversation to get it back as a file.

The conversation comes with the request and nothing is looked up: a file holds what its own page had, and no one else's.
"""

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from rag.errors import QuestionError
from ui.chat.handling_texts import HANDLING
from ui.chat.keeping import LONGEST, restore
from ui.chat.texts import CHINESE, ENGLISH, TEXTS

if TYPE_CHECKING:
    from fastapi import FastAPI, Request, Response

PATH = "/chat/export"
MOST_BYTES = 4 * LONGEST
MEDIA = {
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class BadRequest(Exception):
    """What a request is refused for: an HTTP status and a reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def add_export(app: "FastAPI") -> None:
    """Let an application answer `POST /chat/export` with `{"form": "md" | "docx", "record": …, "language": …}`."""
    app.add_route(PATH, _export, methods=["POST"])


async def _export(request: "Request") -> "Response":
    from fastapi.concurrency import run_in_threadpool
    from fastapi.responses import PlainTextResponse, Response

    try:
        asked = await _read(request)
        form = asked.get("form")
        if not isinstance(form, str) or form not in MEDIA:
            raise BadRequest(400, f"form is one of {', '.join(MEDIA)}.")
        blob = await run_in_threadpool(render, form, asked.get("record"), asked.get("language"))
    except BadRequest as error:
        return PlainTextResponse(str(error), error.status)
    except QuestionError as error:
        return PlainTextResponse(str(error), 400)
    name = f"ganwen-{date.today():%Y-%m-%d}.{form}"
    return Response(
        blob,
        media_type=MEDIA[form],
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Cache-Control": "no-store"},
    )


async def _read(request: "Request") -> dict[str, Any]:
    """The JSON object of a request, no longer than a kept conversation may be."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise BadRequest(415, "Send application/json.")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise BadRequest(413, f"At most {MOST_BYTES} bytes.")
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest(400, "This is no JSON.") from error
    if not isinstance(asked, dict):
        raise BadRequest(400, "Send a JSON object.")
    return asked


def render(form: str, record: object, language: object) -> bytes:
    """A kept conversation as a file (QuestionError when it is none)."""
    exchanges = restore(record, "")
    chosen = ENGLISH if isinstance(language, str) and language.startswith(ENGLISH) else CHINESE
    texts, handling = TEXTS[chosen], HANDLING[chosen]
    if form == "docx":
        from ui.export.word import render_docx

        return render_docx(exchanges, texts, handling)
    from ui.export.markdown import render_markdown

    return render_markdown(exchanges, texts, handling).encode("utf-8", "replace")
