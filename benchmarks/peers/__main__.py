"""Ganwen beside LangChain, LlamaIndex, Haystack and txtai: the same files, model and questions, in one run.

    python -m benchmarks.peers [--dev FILE] [--gguf MODEL.gguf] [--only passages|answers] [--peers NAME ...]

Each peer runs in an environment of its own, installed at the first run, as its own guides have it (its code stands in
`benchmarks/peers/NAME/peer.py`); only the models are ours. Then once more with passages of our size. Questions are
those of the tuning half that need no conversation before them, since none of the peers' guides searches with one.
With a model file, sampled questions are answered by each peer's own prompt through one llama.cpp server; Ganwen
answers them without a language model. Prints Markdown; the same as JSON is kept under .ganwen/benchmarks.
"""

import argparse
import json
import shlex
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.peers.environments import ensure, versions
from benchmarks.peers.judging import Judged, stratify
from benchmarks.peers.measuring import OPEN_LIMIT, Contender, Measured, Work, answer_all, measure
from benchmarks.peers.process import ROOT, PeerError, PeerProcess
from benchmarks.peers.report import (
    Failed,
    Sets,
    answer_records,
    answer_table,
    cost_table,
    label,
    passage_record,
    recall_table,
)
from benchmarks.speed import machine
from embeddings.bundled import model_folder
from eval.questions import OWN_SET, EvalQuestion, read_questions
from rag.chunking import LIMIT

DEV = ROOT / "../shared/eval/dev.jsonl"
RESULTS = ROOT / ".ganwen" / "benchmarks"
ANSWERS = 15
# What the row of a peer's own settings says of them; their files tell the rest.
OWN = {
    "LangChain": "own: 1000 characters",
    "LlamaIndex": "own: 1024 tokens",
    "Haystack": "own: 400 characters",
    "txtai": "own: lines",
}


def main() -> int:
    options = parse()
    sets = read_sets(options.dev)
    began = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        work = Work(ROOT / "seeds", Path(folder), str(model_folder()))
        contenders, failed = install(options.peers)
        passages: dict[Contender, Measured | Failed] = {}
        answers: dict[Contender, Sequence[Judged] | Failed] = {}
        if options.only != "answers":
            passages = measure_all(contenders, failed, sets, work)
        if options.only != "passages" and options.gguf:
            answers = answer_sample(contenders, failed, options.gguf, work)
    command = shlex.join(["python", "-m", "benchmarks.peers", *sys.argv[1:]])
    for line in render(began, command, passages, answers, sets, options):
        print(line)
    keep(began, command, passages, answers, sets)
    return int(any(isinstance(row, Failed) for row in (*passages.values(), *answers.values())))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--dev", type=Path, default=DEV if DEV.exists() else None, help="one more question set"
    )
    parser.add_argument("--gguf", type=Path, help="a small chat model; without it nothing is generated")
    parser.add_argument("--only", choices=["passages", "answers"], help="one half of the run")
    parser.add_argument("--peers", nargs="+", choices=list(OWN), default=list(OWN), help="default: all")
    options = parser.parse_args()
    if options.gguf and not options.gguf.is_file():
        parser.error(f"there is no model file at {options.gguf}")
    if options.only == "answers" and not options.gguf:
        parser.error("answers need a model: --gguf MODEL.gguf")
    return options


def read_sets(dev: Path | None) -> dict[str, tuple[EvalQuestion, ...]]:
    """Sets of questions whose evidence can be found, by the names of their columns."""
    sets = {"tuning half": [q for q in read_questions(OWN_SET).questions if q.split == "tune"]}
    if dev:
        sets[dev.stem] = list(read_questions(dev).questions)
    return {
        name: tuple(q for q in questions if q.answerable and not q.history)
        for name, questions in sets.items()
    }


def install(names: Sequence[str]) -> tuple[list[Contender], dict[Contender, Failed]]:
    """Ganwen and each peer twice, and those that cannot be installed."""
    ours = (sys.executable, "-m", "benchmarks.peers.ganwen.peer")
    contenders, failed = [Contender("Ganwen", ours, f"at most {LIMIT} characters")], {}
    for name in names:
        folder, reason = name.lower(), ""
        try:
            command = (str(ensure(folder)), "-m", f"benchmarks.peers.{folder}.peer")
        except PeerError as error:
            command, reason = (), str(error)
        pair = (
            Contender(name, command, OWN[name]),
            Contender(name, command, f"{LIMIT} characters", LIMIT),
        )
        contenders += pair
        if reason:
            failed |= dict.fromkeys(pair, Failed(reason))
    return contenders, failed


def measure_all(
    contenders: Sequence[Contender], failed: Mapping[Contender, Failed], sets: Sets, work: Work
) -> dict[Contender, Measured | Failed]:
    """Each contender measured, one after the other; one that fails leaves the others alone."""
    rows: dict[Contender, Measured | Failed] = {}
    for contender in contenders:
        _say(label(contender))
        try:
            rows[contender] = failed.get(contender) or measure(contender, sets, work)
        except PeerError as error:
            rows[contender] = Failed(str(error))
        row = {contender: rows[contender]}
        for table in (cost_table(row), recall_table(row, sets)):  # so that a run cut short is not lost
            _say(list(table)[-1])
    return rows


def answer_sample(
    contenders: Sequence[Contender], failed: Mapping[Contender, Failed], model: Path, work: Work
) -> dict[Contender, Sequence[Judged] | Failed]:
    """A sample of the tuning half answered by each peer as its guide has it, all by one server."""
    asked = [q for q in read_questions(OWN_SET).questions if q.split == "tune" and not q.history]
    sample = stratify(asked, ANSWERS)
    rows: dict[Contender, Sequence[Judged] | Failed] = {}
    own = [contender for contender in contenders if contender.size is None]
    try:
        with serving(model) as address:
            generating = replace(work, llm=address)
            for contender in own:
                _say(f"{label(contender)}, answers")
                try:
                    rows[contender] = failed.get(contender) or answer_all(contender, sample, generating, _say)
                except PeerError as error:
                    rows[contender] = Failed(str(error))
                    _say(str(error))
    except PeerError as error:  # the server itself
        return rows | {c: Failed(f"the server of the language model {error}") for c in own if c not in rows}
    return rows


@contextmanager
def serving(model: Path) -> Iterator[str]:
    """The address of a llama.cpp server with the model, as long as the block runs (PeerError)."""
    python = ensure("server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with PeerProcess([str(python), "-m", "benchmarks.peers.server.serve", str(model), str(port)]) as server:
        yield str(server.reply(OPEN_LIMIT)["address"])


def render(
    began: datetime,
    command: str,
    passages: Mapping[Contender, Measured | Failed],
    answers: Mapping[Contender, Sequence[Judged] | Failed],
    sets: Sets,
    options: argparse.Namespace,
) -> Iterator[str]:
    """The page, a line at a time."""
    yield f"{began:%Y-%m-%d %H:%M} UTC, {machine()}"
    yield f"\n`{command}`\n"
    for name in options.peers:
        yield f"- {name}: {', '.join(f'{package} {version}' for package, version in versions(name.lower()).items())}"
    if passages:
        yield ""
        yield from cost_table(passages)
        yield ""
        yield from recall_table(passages, sets)
    if answers:
        yield f"\nAnswers by `{options.gguf.name}` (Ganwen: no language model)\n"
        yield from answer_table(answers)
    elif not options.gguf:
        yield "\nNo answers were generated: name a small chat model with `--gguf MODEL.gguf`."


def keep(
    began: datetime,
    command: str,
    passages: Mapping[Contender, Measured | Failed],
    answers: Mapping[Contender, Sequence[Judged] | Failed],
    sets: Sets,
) -> None:
    """Write the run as JSON under RESULTS, named by its time."""
    record: dict[str, Any] = {
        "date": began.isoformat(timespec="seconds"),
        "machine": machine(),
        "command": command,
        "versions": {name: versions(name.lower()) for name in (*OWN, "server")},
        "passages": {label(contender): passage_record(row, sets) for contender, row in passages.items()},
        "answers": {label(contender): answer_records(row) for contender, row in answers.items()},
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"peers-{began:%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
    _say(f"Kept as {path}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
