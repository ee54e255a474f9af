"""Where a request comes from, as the browser that sends it tells: this page, an address typed, or another site."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from ui.guard.listening import is_loopback

SAFE = frozenset({"GET", "HEAD"})
_OWN = frozenset({"same-origin", "none"})
_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


def is_own_host(host: str, listens_on: str) -> bool:
    """Whether the `Host` header names this machine: a name from outside that was made to lead here does not.

    Only addresses and `localhost` count, and the name that was set; no name is looked up.
    """
    try:
        parts = urlsplit(f"//{host}")
        name = (parts.hostname or "").lower()
    except ValueError:
        return False
    if parts.username is not None or parts.path:
        return False
    return f"[{name}]" in _NAMES or name in _NAMES or name == listens_on.lower() or _is_loopback_address(name)


def _is_loopback_address(name: str) -> bool:
    return name.startswith("127.") and name.replace(".", "").isdecimal() and is_loopback(name)


def is_foreign(method: str, headers: Mapping[str, str]) -> bool:
    """Whether another site makes the browser send this: refused, but for following a link to a page.

    Browsers say where a request comes from (`Sec-Fetch-Site`), older ones and plain HTTP at least its `Origin`;
    programs say neither.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site not in _OWN:
        link = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
        return not (link and method in SAFE)
    if origin is None or (site is not None and method in SAFE):
        return False
    try:
        parts = urlsplit(origin)
    except ValueError:
        return True
    return parts.scheme not in {"http", "https"} or parts.netloc.lower() != headers.get("host", "").lower()
