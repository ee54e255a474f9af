"""Many who ask at once, each again and again, and how long each waited: what the load tests measure with."""

import http.client
import json
import random
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.serving import Response, Server


@dataclass
class Load:
    """`seconds` an answer, every one; `errors` is what else came back."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """The time that this share of the answers did not exceed."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Page:
    """The chat page without its browser: it sends the events that the page's script sends, and waits as that does."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._session = secrets.token_hex(6)
        events = server.get("/config").json["dependencies"]
        self._ask = next(each for each in events if each["targets"][0][1] == "submit")
        self._answer = next(each for each in events if each["trigger_after"] == self._ask["id"])

    def ask(self, question: str) -> bytes:
        """What the page shows of the answer, with the status where it is none."""
        asked = self._send("/gradio_api/run/predict", self._ask, {"question": question})
        if asked.status != 200:
            return f"{asked.status}".encode()
        joined = self._send("/gradio_api/queue/join", self._answer, None)
        return self._read(joined.json["event_id"]) if joined.status == 200 else f"{joined.status}".encode()

    def _send(self, path: str, event: dict[str, Any], data: object) -> Response:
        sent = {
            "data": [None] * len(event["inputs"]),
            "event_data": data,
            "fn_index": event["id"],
            "session_hash": self._session,
            "trigger_id": self._ask["targets"][0][0],
        }
        return self._server.request("POST", path, sent)

    def _read(self, id: str) -> bytes:
        """The last of what came, until that event is done."""
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=60)
        try:
            connection.request("GET", f"/gradio_api/queue/data?session_hash={self._session}")
            response = connection.getresponse()
            shown = b""
            while line := response.readline():
                if not line.startswith(b"data: "):
                    continue
                message = json.loads(line.removeprefix(b"data: "))
                shown = line if message["msg"] in ("process_generating", "process_completed") else shown
                if message["msg"] in ("process_completed", "close_stream", "unexpected_error"):
                    return shown if message.get("success", True) else b"failed"
            return b"cut off"
        finally:
            connection.close()


def ask_together(server: Server, questions: Sequence[str], askers: int, every: float, seconds: float) -> Load:
    """Each of so many asks a question `every` so many seconds, one after the other, for so long.

    Every other one asks from the page, the rest as programs, whole and as streams.
    """
    load = Load()
    ends = time.monotonic() + seconds

    def run(number: int) -> None:
        chance = random.Random(number)
        page = Page(server) if number % 2 else None
        time.sleep(chance.random() * every)
        while (started := time.monotonic()) < ends:
            question = chance.choice(questions)
            if page is not None:
                shown, wanted = page.ask(question), b"process_"
            else:
                shown, wanted = server.ask(question, stream=number % 4 == 0).body, b'"citations"'
            load.seconds.append(time.monotonic() - started)
            if wanted not in shown:
                load.errors.append(repr(shown[:300]))
            time.sleep(max(0.0, started + every - time.monotonic()))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(askers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return load
