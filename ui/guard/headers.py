"""What every response tells the browser: to load nothing from elsewhere, to be framed nowhere, to guess no types."""

CONTENT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'"
)
"""The browser itself refuses any other host. Gradio compiles its page's templates, hence `unsafe-eval`."""

SECURITY = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    # Not `no-referrer`: with that a browser hides the origin of a form from the server that it came from.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

RAW = tuple((name.lower().encode(), value.encode()) for name, value in SECURITY.items())

_CROSS_ORIGIN = b"access-control-"
_POLICY = b"content-security-policy"


def secure(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Response headers with ours in place of theirs, and without those that would let other sites read it.

    A page may bring a content policy of its own, since it can know that it needs less.
    """
    has_policy = any(name.lower() == _POLICY for name, _ in headers)
    added = tuple((name, value) for name, value in RAW if not (has_policy and name == _POLICY))
    ours = {name for name, _ in added}
    kept = [
        (name, value)
        for name, value in headers
        if name.lower() not in ours and not name.lower().startswith(_CROSS_ORIGIN)
    ]
    return [*kept, *added]
