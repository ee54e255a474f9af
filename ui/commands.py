"""What each command does: one function a command, from its flags to its exit code."""

import sys
import time
from argparse import Namespace
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from ui.inspection import run_corpus, run_settings, run_verify
from ui.opening import find_model, load_model, open_asker, open_assistant, read_settings
from ui.output import print_json, print_result, say

if TYPE_CHECKING:
    from embeddings.cache import VectorCache
    from embeddings.encoder import Encoder
    from rag.assistant import Assistant
    from rag.llm.author import Author
    from rag.settings import Settings
    from rag.store import BuildReport
    from rag.types import Answer, Citation

VECTOR_CACHE_MB = 1024
"""Room for about 600,000 vectors of 384 dimensions: those of some 120,000 passages and of their sentences."""


def run_index(arguments: Namespace) -> int:
    """`ganwen index`: build the index or bring it up to date, once or whenever the reports change."""
    from embeddings.cache import VectorCache
    from embeddings.encoder import load_encoder

    settings = read_settings(arguments)
    encoder = load_encoder(settings.embedding_model, settings.cache)
    with closing(VectorCache(settings.cache / "vectors.sqlite", VECTOR_CACHE_MB)) as cache:
        report = _build(settings, encoder, cache, full=arguments.full)
        _say_report(report)
        if arguments.watch:
            _follow(settings, encoder, cache, report)
    return 0


def _build(settings: "Settings", encoder: "Encoder", cache: "VectorCache", *, full: bool) -> "BuildReport":
    from rag.store import build_index
    from ui.progress import ProgressBars

    with ProgressBars(
        read=("Reading reports", "files"),
        embed=("Embedding passages", "passages"),
        sentences=("Embedding their sentences", "passages"),
        index=("Writing the index", "passages"),
    ) as progress:
        return build_index(
            settings.source,
            settings.index,
            encoder,
            cache=cache,
            max_file_mb=settings.max_file_mb,
            full=full,
            progress=progress,
        )


def _say_report(report: "BuildReport") -> None:
    for skipped in report.skipped:
        say(f"skipped {skipped.file}: {skipped.reason}")
    say(f"{report}, in {report.seconds:.1f} s")


def _follow(settings: "Settings", encoder: "Encoder", cache: "VectorCache", report: "BuildReport") -> None:
    from ui.watching import follow

    def update() -> None:
        nonlocal report
        last, report = report, _build(settings, encoder, cache, full=False)
        if report.added or report.changed or report.removed or report.skipped != last.skipped:
            _say_report(report)

    say(f"watching {settings.source}; Ctrl+C stops it")
    follow(settings.source, settings.index, update)


def run_ask(arguments: Namespace) -> int:
    """`ganwen ask`: one question, or a file of them."""
    return _ask_batch(arguments) if arguments.batch else _ask_one(arguments)


def _ask_one(arguments: Namespace) -> int:
    asker = open_asker(read_settings(arguments))
    answer = asker.ask(arguments.question) if arguments.json else _watch(asker, arguments.question)
    if answer.note:
        say(answer.note)
    if arguments.json:
        from rag.serialise import answer_record

        print_json(answer_record(answer))
    else:
        print_result(show_answer(answer))
    return 0


def _watch(asker: "Assistant | Author", question: str) -> "Answer":
    """The answer; on a terminal, what a language model writes of it is seen on the way."""
    from rag.assistant import Assistant

    if not isinstance(asker, Assistant):
        from ui.live import ask_watched, is_watched

        if is_watched():
            return ask_watched(asker, question)
    return asker.ask(question)


def _ask_batch(arguments: Namespace) -> int:
    from rag.serialise import answer_record
    from ui.batch import answer_batch, read_batch
    from ui.output import check_output, open_output
    from ui.progress import ProgressBars

    if arguments.output:
        check_output(arguments.output, arguments.batch)
    lines = read_batch(arguments.batch)
    assistant = open_asker(read_settings(arguments))
    with ExitStack() as stack:
        # Opened last, so that earlier answers are not emptied when nothing can be asked.
        output = stack.enter_context(open_output(arguments.output)) if arguments.output else sys.stdout
        progress = stack.enter_context(ProgressBars(answer=("Answering", "questions")))
        started = time.perf_counter()
        report = answer_batch(lines, assistant.ask, answer_record, output, progress)
    say(
        f"answered {report.answered:,} questions in {time.perf_counter() - started:.1f} s"
        + (f"; {report.failed:,} lines could not be used" if report.failed else "")
    )
    return 0


def run_eval(arguments: Namespace) -> int:
    """`ganwen eval`: measure the answers to a set of questions, or compare two runs of it."""
    from ui import evaluation  # what measures is not needed by a question

    return evaluation.run_eval(arguments)


def run_serve(arguments: Namespace) -> int:
    """`ganwen serve`: the chat page."""
    settings = read_settings(arguments)
    assistant, model = open_assistant(settings), load_model(find_model(settings))
    from ui.web import serve  # after the index, so that a missing one is said without waiting for the page

    serve(assistant, settings, model)
    return 0


def run_llm(arguments: Namespace) -> int:
    """`ganwen llm`: the language models of this machine, or a test of one."""
    from ui.models import run_llm as run

    return run(arguments)


def show_answer(answer: "Answer") -> str:
    """An answer as plain text: what it says, then each citation with its place, what it is about and its words."""
    lines = [answer.text]
    for citation in answer.citations:
        place = " › ".join(part for part in (citation.title, *citation.section) if part)
        lines += ["", f"[{citation.n}] {citation.file}:{citation.start}-{citation.end}  {place}"]
        lines += [f"    ({about})"] if (about := _about(citation)) else []
        lines += [f"    {line}" for line in citation.text.splitlines()]
    return "\n".join(lines)


def _about(citation: "Citation") -> str:
    """The region and the period that a citation tells of, and the page it stands on, as far as they are known."""
    region = citation.region.name if citation.region else ""
    period = citation.period.label if citation.period else ""
    page = f"p. {citation.page}" if citation.page else ""
    return " · ".join(part for part in (region, period, page) if part)


COMMANDS: Mapping[str, Callable[[Namespace], int]] = {
    "index": run_index,
    "ask": run_ask,
    "eval": run_eval,
    "serve": run_serve,
    "corpus": run_corpus,
    "llm": run_llm,
    "settings": run_settings,
    "verify": run_verify,
}
