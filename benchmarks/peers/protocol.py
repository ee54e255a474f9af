"""What a peer is asked and how it replies: a process of its own, one JSON object a line, standard library only.

    python -m benchmarks.peers.NAME.peer build --source FOLDER --store FOLDER --model FOLDER [--size CHARACTERS]
    python -m benchmarks.peers.NAME.peer serve ...the same... [--llm URL]

`build` reads the files, writes the store and replies {"passages": number of passages}. `serve` opens the store and
replies to each request that it reads: {"search": question, "k": 20} with {"passages": [{"file", "text"}, ...]},
{"answer": question} with {"answer": text, "passages": [...what the model was given...]}. What libraries print goes
to standard error, so that nothing comes between the replies.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TextIO

LLM_NAME = "local"
"""The name that peers give the model of the server, which has only one."""
MAX_TOKENS = 256
"""Most tokens of an answer, the same for every peer: a small model that repeats itself would not end."""
CONTEXT = 16_384
"""Tokens that the server's model reads and writes at most."""
PROMPTS = {"query": "query: ", "passage": "passage: "}
"""What the card of multilingual-e5 asks to stand before every question and every passage."""


@dataclass(frozen=True, slots=True)
class Options:
    """What every peer is given; `size` is None for its own documented splitter, `llm` the address of a server."""

    source: Path
    store: Path
    model: str
    size: int | None
    llm: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage found: the name of its file, and its text."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer and the passages that it was drawn from; what it cites, where it cites. `refused` is None if unsaid."""

    text: str
    passages: Sequence[Passage]
    citations: Sequence[Passage] = ()
    refused: bool | None = None


class Peer(Protocol):
    """What each peer can do."""

    def build(self) -> int:
        """Read, split, embed and store the files; the number of passages."""
        ...

    def open(self) -> None:
        """Load what `build` stored."""
        ...

    def search(self, question: str, k: int) -> Sequence[Passage]:
        """The k best passages, best first."""
        ...

    def answer(self, question: str) -> Reply:
        """The answer by the peer's own prompt, with as many passages as it takes by default."""
        ...


def main(make: Callable[[Options], Peer]) -> None:
    """Run a peer by its command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["build", "serve"])
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--size", type=int)
    parser.add_argument("--llm", default="")
    options = vars(parser.parse_args())
    command, replies = options.pop("command"), take_over_output()
    peer = make(Options(**options))
    if command == "build":
        _write(replies, {"passages": peer.build()})
        return
    peer.open()
    for line in sys.stdin:
        _write(replies, _reply(peer, json.loads(line)))


def take_over_output() -> TextIO:
    """Where replies go; whatever else is printed from now on goes to standard error."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return replies


def _reply(peer: Peer, request: dict[str, Any]) -> dict[str, Any]:
    if "search" in request:
        return {"passages": _records(peer.search(request["search"], request["k"]))}
    reply = peer.answer(request["answer"])
    return {
        "answer": reply.text,
        "passages": _records(reply.passages),
        "citations": _records(reply.citations),
        "refused": reply.refused,
    }


def _records(passages: Sequence[Passage]) -> list[dict[str, str]]:
    return [{"file": passage.file, "text": passage.text} for passage in passages]


def _write(replies: TextIO, reply: dict[str, Any]) -> None:
    replies.write(json.dumps(reply, ensure_ascii=False) + "\n")
    replies.flush()
