"""Who may ask: whoever shows the token, as a program (`Authorization: Bearer`) or as a browser that logged in with it."""

import hashlib
import hmac
import secrets
import time

from ui.guard.rates import Rates

SESSION_SECONDS = 7 * 24 * 3600
SESSIONS_KEPT = 10_000
WRONG_TRIES = 10
"""Wrong tokens that one address may show a minute."""


class Access:
    """The token and the sessions of the browsers that showed it. A restart of the server ends the sessions."""

    def __init__(self, token: str, port: int) -> None:
        self.cookie = (
            f"ganwen_{port}"  # cookies do not tell ports apart: two servers on one machine would share it
        )
        self._token = _digest(token.encode())
        self._sessions: dict[bytes, float] = {}
        self._wrong = Rates(WRONG_TRIES)

    def blocked(self, address: str) -> float:
        """Seconds until this address may show a token again; 0 when it may now."""
        return self._wrong.wait(address)

    def accepts(self, shown: bytes, address: str) -> bool:
        """Whether this is the token; a wrong one counts against the address. Takes as long whatever is shown."""
        right = hmac.compare_digest(_digest(shown), self._token)
        if not right:
            self._wrong.take(address)
        return right

    def begin(self) -> str:
        """A new session, as the cookie that stands for it."""
        now = time.time()
        self._sessions = {key: end for key, end in self._sessions.items() if end > now}
        while len(self._sessions) >= SESSIONS_KEPT:
            self._sessions.pop(next(iter(self._sessions)))
        session = secrets.token_urlsafe(32)
        self._sessions[_digest(session.encode())] = now + SESSION_SECONDS
        return session

    def knows(self, session: str) -> bool:
        """Whether a cookie stands for a session that has not ended. Looked up by its hash, so time tells nothing."""
        return self._sessions.get(_digest(session.encode("utf-8", "surrogateescape")), 0.0) > time.time()

    def end(self, session: str) -> None:
        """Log out."""
        self._sessions.pop(_digest(session.encode("utf-8", "surrogateescape")), None)


def _digest(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()
