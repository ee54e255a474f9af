"""A child process that replies to JSON lines: started, asked within a limit, its memory measured, its failures named."""

import json
import os
import queue
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
_SHOWN = 200
# Nothing is fetched, nobody is told, and waiting threads sleep: alike for all.
ENVIRONMENT = {
    "PYTHONUTF8": "1",
    "OMP_WAIT_POLICY": "passive",
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "true",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
}


class PeerError(Exception):
    """A peer could not be installed, died, printed something else than a reply, or took too long."""


class PeerProcess:
    """A running child; `started` is the clock (time.perf_counter) just before it was started."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (close closes it)
        self.started = time.perf_counter()
        self._child = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **ENVIRONMENT, **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._peak, self._stop = 0, threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._read, self._watch)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> "PeerProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def peak_mb(self) -> float:
        """The most memory that it had (resident set), in MB, looked at every 20 ms."""
        with suppress(psutil.Error):  # it has ended
            self._look()
        return self._peak / 2**20

    def ask(self, request: Mapping[str, Any], limit: float) -> dict[str, Any]:
        """The reply to a request. Raises PeerError when none comes within `limit` seconds."""
        assert self._child.stdin is not None
        with suppress(OSError):  # it died; what it says of that is read below
            self._child.stdin.write(json.dumps(request, ensure_ascii=False) + "\n")
            self._child.stdin.flush()
        return self.reply(limit)

    def reply(self, limit: float) -> dict[str, Any]:
        """Its next reply. Raises PeerError when none comes within `limit` seconds."""
        try:
            line = self._lines.get(timeout=limit)
        except queue.Empty:
            self._child.kill()
            raise PeerError(f"gave no reply within {limit:g} s") from None
        if line is None:
            code = self._child.wait()
            raise PeerError(f"ended with exit code {code}: {self._last_error()}")
        try:
            reply = json.loads(line)
        except ValueError:
            reply = None
        if not isinstance(reply, dict):
            raise PeerError(f"printed “{line.strip()[:_SHOWN]}” instead of a reply")
        return reply

    def close(self) -> None:
        """End it: its input ends; killed when it does not go within ten seconds."""
        assert self._child.stdin is not None
        with suppress(OSError):  # what was not yet written to a dead process
            self._child.stdin.close()
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._stop.set()
        for thread in self._threads:
            thread.join()
        assert self._child.stdout is not None
        self._child.stdout.close()
        self._errors.close()

    def _read(self) -> None:
        assert self._child.stdout is not None
        for line in self._child.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def _watch(self) -> None:
        with suppress(psutil.Error):  # it has ended
            while not self._stop.is_set():
                self._look()
                self._stop.wait(0.02)

    def _look(self) -> None:
        self._peak = max(self._peak, psutil.Process(self._child.pid).memory_info().rss)

    def _last_error(self) -> str:
        self._errors.seek(0)
        lines = [line for line in self._errors.read().decode("utf-8", "replace").splitlines() if line.strip()]
        return lines[-1].strip()[:_SHOWN] if lines else "it said nothing"
