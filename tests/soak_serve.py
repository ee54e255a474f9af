"""The long load: fifty who ask the served chat for a minute, as `ganwen serve` runs it. By `make soak` only."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.askers import ask_together
from tests.serving import Server
from tests.starting import serve_process
from tests.test_serve_load import QUESTIONS

ASKERS, EVERY, SECONDS = 50, 5.0, 60.0
SLOWEST = 2.5
"""Seconds that 95 of 100 answers may take on two cores."""
GROWTH = 30 * 2**20
"""Bytes of memory by which the second half of a load may exceed the first."""


@pytest.fixture
def process(seed_index: Path) -> Iterator[tuple["subprocess.Popen[str]", Server]]:
    with serve_process(seed_index) as started:
        yield started[0], started[1]


def test_fifty_askers_for_a_minute(process: tuple["subprocess.Popen[str]", Server]) -> None:
    running, server = process
    memory = psutil.Process(running.pid)
    ask_together(server, QUESTIONS, ASKERS, EVERY, 10)
    warm = memory.memory_info().rss
    load = ask_together(server, QUESTIONS, ASKERS, EVERY, SECONDS)
    after = memory.memory_info().rss
    print(
        f"\n{len(load.seconds)} answers on {os.cpu_count()} cores: median {load.percentile(0.5):.3f} s, "
        f"p95 {load.percentile(0.95):.3f} s, longest {max(load.seconds):.3f} s; memory {warm >> 20} -> {after >> 20} MiB"
    )
    assert load.errors == []
    assert len(load.seconds) >= ASKERS * (SECONDS / EVERY - 1)
    assert load.percentile(0.95) <= SLOWEST
    assert after - warm <= GROWTH
    assert server.metric("ganwen_answers_running") == server.metric("ganwen_queue_length") == 0
