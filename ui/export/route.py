"""Where a page sends its conversation to get it back as a file.

The conversation comes with the request and nothing is looked up: a file holds what its own page had, and no one else's.
"""

from datetime import date
from typing import TYPE_CHECKING

from rag.errors import QuestionError
from ui.chat.handling_texts import HANDLING
from ui.chat.keeping import LONGEST, restore
from ui.chat.texts import CHINESE, ENGLISH, TEXTS
from ui.pages.receiving import receive_object
from ui.pages.refusal import Refused

if TYPE_CHECKING:
    from fastapi import FastAPI, Request, Response

PATH = "/chat/export"
MOST_BYTES = 4 * LONGEST
MEDIA = {
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


_REASONS = {
    "unknown_form": f"form is one of {', '.join(MEDIA)}.",
    "bad_json": "Send a JSON object, as application/json.",
    "too_large": f"At most {MOST_BYTES} bytes.",
    "too_slow": "The sender was silent for too long.",
    "bad_form": "The request is not whole.",
}


def add_export(app: "FastAPI") -> None:
    """Let an application answer `POST /chat/export` with `{"form": "md" | "docx", "record": …, "language": …}`."""
    app.add_route(PATH, _export, methods=["POST"])


async def _export(request: "Request") -> "Response":
    from fastapi.concurrency import run_in_threadpool
    from fastapi.responses import PlainTextResponse, Response

    try:
        asked = await receive_object(request, MOST_BYTES)
        form = asked.get("form")
        if not isinstance(form, str) or form not in MEDIA:
            raise Refused("unknown_form", 400)
        blob = await run_in_threadpool(render, form, asked.get("record"), asked.get("language"))
    except Refused as refused:
        return PlainTextResponse(_REASONS[refused.code], refused.status, refused.headers)
    except QuestionError as error:
        return PlainTextResponse(str(error), 400)
    name = f"ganwen-{date.today():%Y-%m-%d}.{form}"
    return Response(
        blob,
        media_type=MEDIA[form],
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Cache-Control": "no-store"},
    )


def render(form: str, record: object, language: object) -> bytes:
    """A kept conversation as a file (QuestionError when it is none)."""
    exchanges = restore(record, "").exchanges
    chosen = ENGLISH if isinstance(language, str) and language.startswith(ENGLISH) else CHINESE
    texts, handling = TEXTS[chosen], HANDLING[chosen]
    if form == "docx":
        from ui.export.word import render_docx

        return render_docx(exchanges, texts, handling)
    from ui.export.markdown import render_markdown

    return render_markdown(exchanges, texts, handling).encode("utf-8", "replace")
