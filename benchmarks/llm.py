"""What a language model brings, and what checking it is worth: right answers, figures shown, seconds, memory.

    python -m benchmarks.llm [--dev FILE] [--limit N] MODEL...

MODEL is a GGUF file or the address of a server. Prints the Markdown of docs/benchmarks.md. What a model wrote is kept
in .ganwen/bench-llm, so that a run that was cut off goes on, and is scored twice: with the check and without.
"""

import argparse
import hashlib
import json
import random
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil

from eval.measures import Outcome, judge
from eval.questions import OWN_SET, EvalQuestion, read_questions
from eval.responses import read_response
from rag.answering.verification.formulas import is_conclusion
from rag.assistant import Assistant
from rag.llm.backend import Backend, Message, Piece, Stop
from rag.llm.checking import Fate
from rag.llm.draft import Draft, amounts
from rag.llm.grounding import choose_passages
from rag.llm.opening import open_backend
from rag.llm.prompting import NOT_TOLD, compose
from rag.llm.writing import BUDGET, Writing
from rag.serialise import answer_record
from rag.types import Answer, AnswerEvent, Citation

ROOT = Path(__file__).resolve().parent.parent
DEV = ROOT / "../shared/eval/dev.jsonl"
KEPT = ROOT / ".ganwen/bench-llm"
EACH, SEED = 30, 9
_MARK = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class Told:
    """What a model wrote to one prompt: `pieces` with their seconds, until the end, and the memory (MB) of the process by then."""

    prompt: str
    pieces: tuple[tuple[float, str], ...]
    seconds: float
    memory: float


@dataclass(frozen=True, slots=True)
class Scored:
    """One answer: its outcome, unsupported figures in it, sentences written and withheld, seconds to first words and end."""

    outcome: Outcome
    unsupported: int
    sentences: int = 0
    withheld: int = 0
    first: float | None = None
    seconds: float = 0.0


class Recorder:
    """A model whose words are kept with their times."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.name = backend.name
        self.pieces: list[tuple[float, str]] = []

    def stream(self, messages: Sequence[Message], most: int, stop: Stop) -> Iterator[Piece]:
        started = time.perf_counter()
        for piece in self._backend.stream(messages, most, stop):
            if piece.text:
                self.pieces.append((round(time.perf_counter() - started, 3), piece.text))
            yield piece


class Replay:
    """A model that says again what was kept."""

    def __init__(self, name: str, told: Told) -> None:
        self.name = name
        self._told = told

    def stream(self, *_: object) -> Iterator[Piece]:
        yield from (Piece(text) for _, text in self._told.pieces)


def main() -> None:
    """Ask what is not kept yet, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("models", nargs="+", metavar="MODEL")
    parser.add_argument("--index", type=Path, default=ROOT / ".ganwen/index")
    parser.add_argument("--dev", type=Path, default=DEV)
    parser.add_argument("--limit", type=int, help="ask so many questions of each set, for a first look")
    parser.add_argument("--show", action="store_true", help="show the answers of the tuning half")
    arguments = parser.parse_args()
    assistant = Assistant.open(arguments.index)
    questions = draw(arguments.dev, arguments.limit or EACH)
    print_header(len(questions))
    print_row("extractive alone", [score(q, assistant.ask(q.text, q.history)) for q in questions], 0.0)
    for named in arguments.models:
        measure(assistant, questions, named, arguments.show)


def draw(dev: Path, each: int) -> list[EvalQuestion]:
    """So many questions of the tuning half and of a set at hand, types as in their set, drawn with a fixed seed."""
    own = [q for q in read_questions(OWN_SET).questions if q.split == "tune"]
    sets = [own, list(read_questions(dev).questions)] if dev.exists() else [own]
    return [question for questions in sets for question in stratify(questions, each)]


def stratify(questions: Sequence[EvalQuestion], count: int) -> list[EvalQuestion]:
    """A sample in which each type has its share (by largest remainders); the same for the same seed."""
    by_type: dict[str, list[EvalQuestion]] = defaultdict(list)
    for question in questions:
        by_type[question.type.value].append(question)
    wanted = {name: min(count / len(questions), 1.0) * len(group) for name, group in by_type.items()}
    left = min(count, len(questions)) - sum(map(int, wanted.values()))
    more = sorted(wanted, key=lambda name: (int(wanted[name]) - wanted[name], name))[:left]
    return [
        question
        for name in sorted(by_type)
        for question in random.Random(f"{SEED} {name}").sample(
            by_type[name], int(wanted[name]) + (name in more)
        )
    ]


def measure(assistant: Assistant, questions: Sequence[EvalQuestion], named: str, show: bool) -> None:
    """Ask a model what is not kept, then score its words with the check and without."""
    backend = open_backend(named)
    path = KEPT / f"{re.sub(r'[^A-Za-z0-9.]+', '-', Path(named).name)}.jsonl"
    kept = read_kept(path)
    checked, unchecked, memory = [], [], 0.0
    for question in questions:
        written: list[tuple[Writing, Draft, Told]] = []

        def write(draft: Draft, written: list[Any] = written) -> Iterator[AnswerEvent]:
            told = kept.get(fingerprint(draft)) or ask(backend, draft, path)
            kept[told.prompt] = told
            writing = Writing(draft, Replay(backend.name, told))
            written.append((writing, draft, told))
            yield from writing.events()

        answer = assistant.ask(question.text, question.history, write=write)
        if not written:  # refused before the model was asked
            checked.append(score(question, answer))
            unchecked.append(checked[-1])
            continue
        writing, draft, told = written[0]
        first, memory = told.pieces[0][0] if told.pieces else None, max(memory, told.memory)
        withheld = sum(each.fate is Fate.WITHHELD for each in writing.checked)
        sentences = sum(each.fate is not Fate.EMPTY for each in writing.checked)
        times = {"first": first, "seconds": told.seconds}
        checked.append(replace(score(question, answer), sentences=sentences, withheld=withheld, **times))
        unchecked.append(replace(score(question, unchecked_answer(draft, told)), **times))
        if show and question.split == "tune":
            print_case(question, draft, writing, answer, checked[-1].outcome)
    print_row(f"{backend.name}, checked", checked, memory)
    print_row(f"{backend.name}, as it wrote", unchecked, memory)


def ask(backend: Backend, draft: Draft, path: Path) -> Told:
    """Ask the model, and keep what it said before going on."""
    recorder = Recorder(backend)
    started = time.perf_counter()
    *_, event = Writing(draft, recorder).events()
    if event.answer is not None and event.answer.note and not recorder.pieces:
        raise SystemExit(event.answer.note)
    told = Told(
        fingerprint(draft),
        tuple(recorder.pieces),
        round(time.perf_counter() - started, 3),
        round(psutil.Process().memory_info().rss / 1e6),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        line = {"prompt": told.prompt, "pieces": told.pieces, "seconds": told.seconds, "memory": told.memory}
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return told


def read_kept(path: Path) -> dict[str, Told]:
    """What was written before, by prompt; a last line that was cut off is left out."""
    kept = {}
    for line in path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else ():
        record = json.loads(line)
        pieces = tuple((seconds, text) for seconds, text in record["pieces"])
        kept[record["prompt"]] = Told(record["prompt"], pieces, record["seconds"], record["memory"])
    return kept


def fingerprint(draft: Draft) -> str:
    """Of all that the model is told."""
    messages = compose(draft, choose_passages(draft, BUDGET))
    return hashlib.sha256("\0".join(each.content for each in messages).encode()).hexdigest()[:16]


def unchecked_answer(draft: Draft, told: Told) -> Answer:
    """What the model wrote, taken at its word: its marks are the passages it was shown, whole."""
    text = "".join(text for _, text in told.pieces).strip()
    citations = [
        Citation(
            p.n, p.chunk.file, p.chunk.title, p.chunk.section, p.chunk.start, p.chunk.end, p.text,
            p.chunk.region, p.chunk.period, p.chunk.kind, p.chunk.page,
        )
        for p in choose_passages(draft, BUDGET)
        if f"[{p.n}]" in text
    ]  # fmt: skip
    return replace(draft.answer, text=text, citations=tuple(citations), refused=NOT_TOLD in text)


def score(question: EvalQuestion, answer: Answer) -> Scored:
    """The measures of an answer, and how many figures it shows that no cited span holds, nor the question or a formula."""
    outcome = judge(question, read_response(answer_record(answer)))
    lines = [line for line in answer.text.split("\n") if not is_conclusion(line)]
    known = amounts([*(c.text for c in answer.citations), answer.understood, question.text])
    shown = amounts([_MARK.sub(" ", line) for line in lines])
    return Scored(outcome, 0 if answer.refused else len(shown - known), seconds=answer.seconds)


def print_header(count: int) -> None:
    print(f"{count} questions.\n")
    print(
        "| answers | right | brief | cited | unsupported figures shown | refused | sentences withheld "
        "| first words, s | end, s | memory, MB |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    )


def print_row(name: str, scored: Sequence[Scored], memory: float) -> None:
    """A row of the table; seconds are medians over the questions that the model was asked."""
    told = [each.outcome for each in scored]
    asked = [each for each in scored if each.first is not None]
    sentences = sum(each.sentences for each in scored)
    cells = [
        name, *(share([getattr(each, measure) for each in told]) for measure in ("right", "brief", "cited")),
        str(sum(each.unsupported for each in scored)), str(sum(each.response.refused for each in told)),
        f"{sum(each.withheld for each in scored) / sentences:.2f}" if sentences else "",
        f"{statistics.median(each.first or 0.0 for each in asked):.1f}" if asked else "",
        f"{statistics.median(each.seconds for each in (asked or scored)):.2f}", f"{memory:.0f}" if memory else "",
    ]  # fmt: skip
    print("| " + " | ".join(cells) + " |", flush=True)


def share(values: Sequence[bool | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{sum(known) / len(known):.3f}" if known else ""


def print_case(
    question: EvalQuestion, draft: Draft, writing: Writing, answer: Answer, outcome: Outcome
) -> None:
    print(
        f"## {question.id} {question.type.value} {question.text} right {outcome.right} brief {outcome.brief}"
    )
    print(f"   draft {draft.answer.text!r}\n   raw   {writing.raw!r}")
    for each in writing.checked:
        print(f"      {each.fate.value} {each.fault or ''} {each.text}")
    print(f"   shown {answer.text!r}")


if __name__ == "__main__":
    main()
