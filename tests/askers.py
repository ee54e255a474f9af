"""Many who ask at once, each again and again, and how long each waited: what the load tests measure with."""

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.serving import Server


@dataclass
class Load:
    """`seconds` an answer, every one; `errors` is what else came back."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """The time that this share of the answers did not exceed."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ask_together(server: Server, questions: Sequence[str], askers: int, every: float, seconds: float) -> Load:
    """Each of so many asks a question `every` so many seconds, one after the other, for so long."""
    load = Load()
    ends = time.monotonic() + seconds

    def run(number: int) -> None:
        chance = random.Random(number)
        time.sleep(chance.random() * every)
        while (started := time.monotonic()) < ends:
            reply = server.ask(chance.choice(questions), stream=number % 2 == 0)
            load.seconds.append(time.monotonic() - started)
            if reply.status != 200 or b"citations" not in reply.body:
                load.errors.append(f"{reply.status} {reply.body[:200]!r}")
            time.sleep(max(0.0, started + every - time.monotonic()))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(askers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return load
