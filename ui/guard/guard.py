"""The guard at the door: every request passes it before any page sees it, and every response on its way out."""

import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

from rag.settings import Settings
from ui.guard import login, refusals
from ui.guard.access import Access
from ui.guard.bodies import CONVERSATION_BYTES, MOST_BYTES, Body, Unreadable
from ui.guard.exchange import App, Head, Receive, Reply, Scope, Send, read_token
from ui.guard.origin import SAFE, is_foreign, is_own_host
from ui.guard.page_routes import narrow_gradio
from ui.guard.rates import Rates
from ui.guard.refusals import Refusal, too_large
from ui.guard.tally import Tally

if TYPE_CHECKING:
    from fastapi import FastAPI

PUBLIC = frozenset({"/healthz", "/readyz", "/favicon.ico"})
"""What is answered without a token, beside the way in: that the server lives."""
UPLOADS = ("/documents/",)
"""Where files are taken."""
CONVERSATIONS = ("/chat/", "/gradio_api/run/predict")
"""Where a page sends a whole kept conversation; anywhere else a body is small."""
FORMS_MB = 1
"""What a form has beside its file, in megabytes."""

_log = logging.getLogger(__name__)


def protect(app: "FastAPI", settings: Settings, tally: Tally) -> None:
    """Put the guard before every route of an application, once all of them are there."""
    narrow_gradio(app)
    app.add_middleware(Guard, settings=settings, tally=tally)


class Guard:
    """An ASGI middleware; the order of its checks is that of `_turn_away`, then who asks."""

    def __init__(self, app: App, settings: Settings, tally: Tally) -> None:
        self._app = app
        self._tally = tally
        self._listens_on = settings.host
        self._upload_bytes = int((settings.max_file_mb + FORMS_MB) * 2**20)
        self._rates = Rates(settings.rate)
        self._access = Access(settings.token.get_secret_value(), settings.port) if settings.token else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let the application answer it."""
        if scope["type"] == "websocket":  # no page has any
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] == "http":
            head = Head(scope)
            body = Body(receive, self._most_bytes(head.path))
            await self._answer(head, body, Reply(send, head, body, self._tally))
        else:
            await self._app(scope, receive, send)

    def _most_bytes(self, path: str) -> int:
        if path.startswith(UPLOADS):
            return self._upload_bytes
        return CONVERSATION_BYTES if path.startswith(CONVERSATIONS) else MOST_BYTES

    async def _answer(self, head: Head, body: Body, reply: Reply) -> None:
        try:
            if (refusal := self._turn_away(head, body.most)) is not None:
                await self._refuse(head, refusal, reply)
            elif self._access is not None and (head.path == login.PATH or head.logs_out):
                await self._pass_door(self._access, head, body, reply)
            elif self._access is not None and not self._is_known(self._access, head):
                await self._ask_for_token(head, reply)
            else:
                await self._app(head.scope, body.receive, reply.send)
        except Unreadable as error:
            await self._refuse(head, error.refusal, reply)
            return
        except Exception:
            if body.is_gone:  # nobody is there to be told
                return
            if body.failure is None:
                _log.exception("%s %s could not be answered", head.method, head.area)
            if reply.begun:  # all that is left is to break off
                raise
            await self._refuse(head, body.failure or refusals.FAILED, reply)
            return
        if body.failure is not None and not reply.begun:
            await self._refuse(head, body.failure, reply)

    def _turn_away(self, head: Head, most: int) -> Refusal | None:
        """Why a request goes no further, whoever sends it."""
        if not head.is_sound:
            return refusals.UNSOUND
        if self._access is None and not is_own_host(head.headers.get("host", ""), self._listens_on):
            return refusals.HOST
        if is_foreign(head.method, head.headers):
            return refusals.FOREIGN
        if head.method not in SAFE and (wait := self._rates.take(head.address)):
            return refusals.too_many(wait)
        shows_token = head.logs_in or head.bearer is not None
        if self._access is not None and shows_token and (wait := self._access.blocked(head.address)):
            return refusals.too_many(wait)
        return too_large(most) if head.length > most else None

    @staticmethod
    def _is_known(access: Access, head: Head) -> bool:
        if head.path in PUBLIC or access.knows(head.cookie(access.cookie)):
            return True
        return head.bearer is not None and access.accepts(head.bearer, head.address)

    async def _ask_for_token(self, head: Head, reply: Reply) -> None:
        if head.wants_page:
            wanted = f"{head.path}?{head.query}" if head.query else head.path
            await reply.lead(f"{login.PATH}?next={quote(wanted, safe='')}")
        else:
            await self._refuse(head, refusals.NO_TOKEN, reply)

    async def _pass_door(self, access: Access, head: Head, body: Body, reply: Reply) -> None:
        """In with the token, or out."""
        cookie = f"{access.cookie}=%s; Path=/; HttpOnly; SameSite=Lax" + "; Secure" * (head.scheme == "https")
        onward = login.read_onward(head.query)
        if head.logs_out:
            access.end(head.cookie(access.cookie))
            await reply.lead(login.PATH, cookie % "" + "; Max-Age=0")
        elif not head.logs_in:
            await reply.page(200, login.render(onward))
        elif access.accepts(await read_token(body), head.address):
            await reply.lead(onward, cookie % access.begin())
        else:
            self._note(head, refusals.NO_TOKEN)
            await reply.page(401, login.render(onward, wrong=True))

    async def _refuse(self, head: Head, refusal: Refusal, reply: Reply) -> None:
        self._note(head, refusal)
        headers, content = refusal.response()
        # What was not read of the body would be taken for the next request.
        await reply.whole(refusal.status, [*headers, (b"connection", b"close")], content)

    def _note(self, head: Head, refusal: Refusal) -> None:
        self._tally.refusal(refusal.code)
        _log.info("%s %s of %s: %d %s", head.method, head.area, head.address, refusal.status, refusal.code)
