"""Where the server may listen: on this machine as it is, elsewhere only with a token."""

import ipaddress
import socket

from rag.errors import GanwenError
from rag.settings import Settings

SHORTEST_TOKEN = 12
"""Characters of a token; at ten wrong tries a minute (`access`), a random one of so many is never found."""


def is_loopback(host: str) -> bool:
    """Whether an address, or every address that a name stands for, is this machine's own."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        return all(ipaddress.ip_address(str(entry[4][0]).split("%")[0]).is_loopback for entry in found)
    except (OSError, UnicodeError, ValueError):  # nobody can listen there; whoever tries says why
        return False


def check_listening(settings: Settings) -> None:
    """Raise GanwenError unless the server may listen at the address of the settings."""
    if settings.token is not None:
        if len(settings.token.get_secret_value()) < SHORTEST_TOKEN:
            raise GanwenError(f"The token is shorter than {SHORTEST_TOKEN} characters. {_HOW}")
    elif not is_loopback(settings.host):
        raise GanwenError(
            f"Not listening on {settings.host} without a token: anyone who reaches it could ask. {_HOW}"
        )


_HOW = (
    "Set one, in the environment or in ganwen.toml: "
    "export GANWEN_TOKEN=$(python3 -c 'import secrets; print(secrets.token_urlsafe(24))')"
)
