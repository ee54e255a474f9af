"""Speed and memory of the real command over the seed reports, as a Markdown table: `make bench`.

Cold is a new process each time, from its start to its end, the files it reads in the system's cache. Warm is one
process that answers every question of the project's own set, timed after one round of them. Indexing is `--full`:
no vector is taken from the cache, the model is unpacked already. Exits with 1 when a limit is missed.
"""

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import psutil

from eval.questions import OWN_SET, read_questions
from rag.assistant import Assistant

ROOT = Path(__file__).resolve().parent.parent
GANWEN = Path(sys.executable).with_name("ganwen")
COLD_RUNS = 5
HEAVY = ("torch", "sentence_transformers", "gradio", "langchain_text_splitters")


@dataclass(frozen=True, slots=True)
class Measure:
    """A row of the table: what was measured, the value, the most it may be, and the unit of both."""

    name: str
    value: float
    limit: float
    unit: str


@dataclass(frozen=True, slots=True)
class Run:
    """A finished process: seconds from its start to its end, its peak memory in MB."""

    seconds: float
    peak_mb: float


def main() -> int:
    questions = [question.text for question in read_questions(OWN_SET).questions]
    with tempfile.TemporaryDirectory() as name:
        index = Path(name) / "index"
        run("index", "--index", str(index))  # unpacks the model, if that was never done
        full = run("index", "--full", "--index", str(index))
        check_imports(index, questions[0])
        cold = [run("ask", questions[0], "--index", str(index)) for _ in range(COLD_RUNS)]
        warm = time_answers(index, questions)
    cuts = quantiles(warm, n=100, method="inclusive")
    measures = [
        Measure(
            f"`ganwen ask`, cold, median of {COLD_RUNS}", median(each.seconds for each in cold), 1.5, "s"
        ),
        Measure(f"answer, warm, p50 of {len(warm)}", cuts[49] * 1000, 60, "ms"),
        Measure("answer, warm, p95", cuts[94] * 1000, 200, "ms"),
        Measure("`ganwen index --full`, the seeds", full.seconds, 40, "s"),
        Measure("peak memory of `ganwen ask`", max(each.peak_mb for each in cold), 600, "MB"),
    ]
    print(render(measures))
    return int(any(measure.value > measure.limit for measure in measures))


def run(*arguments: str) -> Run:
    """Run `ganwen` to its end; its own words go to stderr."""
    started = time.perf_counter()
    process = subprocess.Popen([GANWEN, *arguments, *_source(arguments)], stdout=subprocess.DEVNULL, cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"ganwen {' '.join(arguments)} ended with {process.returncode}")
    kilobytes = usage.ru_maxrss / 1024 if sys.platform == "darwin" else usage.ru_maxrss
    return Run(seconds, kilobytes / 1024)


def _source(arguments: Sequence[str]) -> tuple[str, ...]:
    return ("--source", str(ROOT / "seeds")) if arguments[0] == "index" else ()


def check_imports(index: Path, question: str) -> None:
    """End here if a question imports what it should not."""
    code = (
        "import sys; from ui.cli import main; main(sys.argv[2:]);"
        "sys.exit(', '.join(set(sys.argv[1].split()) & set(sys.modules)) or 0)"
    )
    command = [sys.executable, "-c", code, " ".join(HEAVY), "ask", question, "--index", str(index)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise SystemExit(f"ganwen ask imports {done.stderr}")


def time_answers(index: Path, questions: Sequence[str]) -> list[float]:
    """Seconds of each answer in one process, after a round that is not counted."""
    assistant = Assistant.open(index)
    for question in questions:
        assistant.ask(question)
    times = []
    for question in questions:
        started = time.perf_counter()
        assistant.ask(question)
        times.append(time.perf_counter() - started)
    return times


def render(measures: Sequence[Measure]) -> str:
    """The table with the machine named above it."""
    rows = [f"| {m.name} | {m.value:,.2f} {m.unit} | {m.limit:,g} {m.unit} |" for m in measures]
    return "\n".join([machine(), "", "| | measured | limit |", "|---|---:|---:|", *rows])


def machine() -> str:
    """Processor, cores, memory, system and Python of this machine."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB of memory, {_system()}, "
        f"Python {platform.python_version()}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.platform(terse=True)


if __name__ == "__main__":
    sys.exit(main())
