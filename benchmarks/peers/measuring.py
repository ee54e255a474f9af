"""What is measured of one peer: building, a cold start, warm searches, memory, what it finds and what it answers."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.peers.judging import Judged, judge
from benchmarks.peers.process import PeerError, PeerProcess
from eval.metrics import find_ranks
from eval.questions import EvalQuestion
from eval.responses import Excerpt, Response

K = 20
BUILD_LIMIT = 1800.0
OPEN_LIMIT = 300.0
SEARCH_LIMIT = 60.0
ANSWER_LIMIT = 900.0
COLD_RUNS = 3
# Asked before anything is timed, and not among the questions: nothing timed was seen by the process before.
_WARMING = tuple(f"{year}年的情况怎么样？" for year in range(2013, 2023))

Ranks = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Contender:
    """A row of the table: a peer with the command that runs it, at its own passage size or at ours."""

    name: str
    command: tuple[str, ...]
    setting: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds from the start of a process to its end (build) or to its first reply (cold), milliseconds warm, MB."""

    passages: int
    longest: int
    build_seconds: float
    build_mb: float
    cold_seconds: float
    warm_ms: tuple[float, ...]
    serve_mb: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What a contender costs and, for each set of questions, the ranks of their evidence."""

    costs: Costs
    ranks: dict[str, tuple[Ranks, ...]]


def build(contender: Contender, work: "Work") -> tuple[int, float, float]:
    """Build the store: passages, seconds of the whole process, peak MB. Raises PeerError."""
    with PeerProcess(work.command(contender, "build")) as process:
        passages = process.reply(BUILD_LIMIT).get("passages")
        if not isinstance(passages, int):
            raise PeerError("did not tell how many passages it stored")
        process.close()
        return passages, time.perf_counter() - process.started, process.peak_mb


@dataclass(frozen=True, slots=True)
class Work:
    """What all contenders share: the files, a folder for their stores, the model, the address of the LLM."""

    source: Path
    stores: Path
    model: str
    llm: str = ""

    def store(self, contender: Contender) -> Path:
        """The folder of a contender's store."""
        return self.stores / f"{contender.name}-{contender.size or 'own'}".lower()

    def command(self, contender: Contender, verb: str) -> list[str]:
        """The command line that runs a contender."""
        store = str(self.store(contender))
        paths = ["--source", str(self.source), "--store", store, "--model", self.model]
        size = ["--size", str(contender.size)] if contender.size else []
        return [*contender.command, verb, *paths, *size, *(["--llm", self.llm] if self.llm else [])]


def measure(contender: Contender, sets: dict[str, Sequence[EvalQuestion]], work: Work) -> Measured:
    """Build, start cold, then ask every question once. Raises PeerError at the first thing that fails."""
    passages, build_seconds, build_mb = build(contender, work)
    serve = work.command(contender, "serve")
    first = next(iter(sets.values()))[0].text
    cold = [_start_cold(serve, first) for _ in range(COLD_RUNS)]
    times: list[float] = []
    longest = 0
    ranks: dict[str, tuple[Ranks, ...]] = {}
    with PeerProcess(serve) as process:
        _search(process, _WARMING[0], OPEN_LIMIT)
        for text in _WARMING[1:]:
            _search(process, text, SEARCH_LIMIT)
        for name, questions in sets.items():
            found: list[Ranks] = []
            for question in questions:
                started = time.perf_counter()
                excerpts = _search(process, question.text, SEARCH_LIMIT)
                times.append((time.perf_counter() - started) * 1000)
                longest = max(longest, *(len(excerpt.text) for excerpt in excerpts))
                found.append(find_ranks(question, excerpts))
            ranks[name] = tuple(found)
        peak = process.peak_mb
    return Measured(
        Costs(passages, longest, build_seconds, build_mb, median(cold), tuple(times), peak), ranks
    )


def answer_all(
    contender: Contender, questions: Sequence[EvalQuestion], work: Work, told: Callable[[str], None]
) -> tuple[Judged, ...]:
    """Build, unless that was done, and answer each question, judged. Raises PeerError at the first thing that fails."""
    if not work.store(contender).exists():
        build(contender, work)
    judged: list[Judged] = []
    with PeerProcess(work.command(contender, "serve")) as process:
        _search(process, _WARMING[0], OPEN_LIMIT)
        for question in questions:
            started = time.perf_counter()
            reply = process.ask({"answer": question.text}, ANSWER_LIMIT)
            seconds = time.perf_counter() - started
            judged.append(judge(question, read_answer(reply, seconds), reply.get("refused")))
            told(question.id)
    return tuple(judged)


def _start_cold(command: Sequence[str], question: str) -> float:
    with PeerProcess(command) as process:
        _search(process, question, OPEN_LIMIT)
        return time.perf_counter() - process.started


def _search(process: PeerProcess, question: str, limit: float) -> tuple[Excerpt, ...]:
    excerpts = read_excerpts(process.ask({"search": question, "k": K}, limit), "passages")
    if not excerpts:
        raise PeerError(f"found nothing at all for “{question}”")
    return excerpts


def read_answer(reply: dict[str, Any], seconds: float) -> Response:
    """The answer in a reply. Raises PeerError when it is none."""
    text = reply.get("answer")
    if not isinstance(text, str):
        raise PeerError("replied without the text of an answer")
    return Response(
        text=text,
        refused=bool(reply.get("refused")),
        citations=read_excerpts(reply, "citations"),
        passages=read_excerpts(reply, "passages"),
        seconds=seconds,
    )


def read_excerpts(reply: dict[str, Any], key: str) -> tuple[Excerpt, ...]:
    """The passages or citations in a reply. Raises PeerError when they are not as the protocol has them."""
    items = reply.get(key)
    if not isinstance(items, list):
        raise PeerError(f"replied without {key}")
    excerpts = []
    for item in items:
        match item:
            case {"file": str(file), "text": str(text)}:
                excerpts.append(Excerpt(file, text))
            case _:
                raise PeerError(f"replied with {key} that have no file or no text")
    return tuple(excerpts)
