"""`ganwen serve` as a process of its own, from its start to its first answer."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.serving import Server

START = "import sys; from ui.cli import main; sys.exit(main())"
PATIENCE_SECONDS = 60


@contextmanager
def serve_process(
    index: Path, *flags: str, **environment: str
) -> Iterator[tuple["subprocess.Popen[str]", Server, float]]:
    """The process, the server and the seconds that it took until it answered; ended with the block."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-c", START, "serve", "--port", str(port), "--index", str(index), *flags]
    started = time.monotonic()
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    server = Server(port)
    try:
        while time.monotonic() - started < PATIENCE_SECONDS and process.poll() is None:
            try:
                if server.get("/readyz").status == 200:
                    break
            except OSError:
                time.sleep(0.05)
        yield process, server, time.monotonic() - started
    finally:
        process.terminate()
        process.communicate(timeout=20)
