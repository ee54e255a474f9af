"""`ganwen eval` and `ganwen eval compare`: from flags to a run that is kept, its report, and an exit code."""

import json
import tempfile
from argparse import Namespace
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.questions import OWN_SET, QuestionSet, read_questions
from eval.runner import Asks, Report, check_evidence, evaluate_saved, run, select
from eval.runs import RUNS, Header, Run, describe, locate, write_whole
from rag.settings import NO_MODEL
from ui.opening import open_assistant, open_model, read_settings
from ui.output import print_json, print_result, say

if TYPE_CHECKING:
    from eval.datasets import Dataset
    from rag.assistant import Assistant
    from rag.settings import Settings

VECTOR_CACHE_MB = 512
FELL = 1
"""The exit code when a measure fell by more than its limit."""

Progress = Callable[[str, int, int], None]


def run_eval(arguments: Namespace) -> int:
    """`ganwen eval`: measure the answers to a set of questions, compare two runs, or list what readers marked."""
    if arguments.action == "candidates":
        from ui.candidates import run_candidates

        return run_candidates(arguments)
    if arguments.action == "compare":
        return _compare(arguments)
    from ui.progress import ProgressBars

    with ExitStack() as stack:
        progress = stack.enter_context(
            ProgressBars(
                read=("Reading documents", "files"),
                embed=("Embedding passages", "passages"),
                sentences=("Embedding their sentences", "passages"),
                index=("Writing the index", "passages"),
                answer=("Answering", "questions"),
            )
        )
        if arguments.answers:
            report, kept = _score_saved(arguments)
        else:
            report, kept = measure(arguments, read_settings(arguments), stack, progress)
    _write(report, kept, arguments)
    return 0


def measure(
    arguments: Namespace, settings: "Settings", stack: ExitStack, progress: Progress
) -> tuple[Report, Run]:
    """Ask the questions, those that a kept run has not answered yet; `progress` is told how many are."""
    path = arguments.dataset or arguments.questions or OWN_SET
    if arguments.dataset:
        assistant, questions = _open_dataset(arguments, settings, stack, progress)
    else:
        questions = select(read_questions(path), arguments.split, arguments.sample)
        assistant = open_assistant(settings)
    questions = check_evidence(questions, assistant.index)
    asked = _with_model(assistant, settings)
    header = describe(questions.questions, assistant.index.manifest, _settings(arguments, path, settings))
    if settings.llm != NO_MODEL:  # another model is another run
        header = replace(header, index=f"{header.index} {settings.llm} {settings.llm_model}".strip())
    kept = Run.open(_folder(arguments, path, header), header, arguments.fresh)
    if kept.answered:
        say(f"{len(kept.answered):,} answers are there already in {kept.folder}; --fresh asks again")
    report = run(
        asked,
        questions.questions,
        lambda done, total: progress("answer", done, total),
        [f"{path.name}, {problem}" for problem in questions.problems],
        kept.answered,
        kept.add,
    )
    return report, kept


def _with_model(assistant: "Assistant", settings: "Settings") -> Asks:
    """The assistant, its answers written by the language model if one is named (ModelError)."""
    model = open_model(settings)
    if model is None:
        return assistant
    from rag.llm.author import Author

    return Author(assistant, model)


def _open_dataset(
    arguments: Namespace, settings: "Settings", stack: ExitStack, progress: Progress
) -> tuple["Assistant", QuestionSet]:
    """An assistant over a temporary index of what the set brings; the vectors stay in the cache."""
    from embeddings.cache import VectorCache
    from embeddings.encoder import load_encoder
    from eval.datasets import read_dataset
    from eval.datasets.texts import build
    from rag.answering.refusal.reading import SentenceReader
    from rag.assistant import Assistant

    dataset: Dataset = read_dataset(arguments.dataset)
    questions = select(dataset.questions, arguments.split, arguments.sample)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ganwen-eval-")))
    encoder = load_encoder(settings.embedding_model, settings.cache)
    with closing(VectorCache(settings.cache / "vectors.sqlite", VECTOR_CACHE_MB)) as cache:
        index = build(dataset.documents, folder, encoder, cache, progress)
    stack.callback(index.close)
    return Assistant(index, encoder, SentenceReader(settings.cache)), questions


def _score_saved(arguments: Namespace) -> tuple[Report, Run]:
    """Score what `ganwen ask --batch` wrote."""
    path = arguments.questions or OWN_SET
    report = evaluate_saved(arguments.answers, path, arguments.split)
    settings = {"questions": _show_path(path), "split": arguments.split, "answers": str(arguments.answers)}
    header = describe((outcome.question for outcome in report.outcomes), None, settings)
    header = replace(header, index=f"answers {_hash(arguments.answers)}")
    return report, Run.open(_folder(arguments, path, header), header, arguments.fresh)


def _settings(arguments: Namespace, path: Path, settings: "Settings") -> dict[str, Any]:
    index = "temporary, of the set's own documents" if arguments.dataset else str(settings.index)
    sample = {"sample": arguments.sample} if arguments.sample else {}
    model = {"llm": settings.llm, "llm_model": settings.llm_model} if settings.llm != NO_MODEL else {}
    return {"questions": _show_path(path), "split": arguments.split, **sample, "index": index, **model}


def _show_path(path: Path) -> str:
    """A path as seen from here, where it is below."""
    return path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else str(path)


def _folder(arguments: Namespace, path: Path, header: Header) -> Path:
    """The folder that is asked for, or one named after the set and what the answers come from."""
    if arguments.run:
        return locate(arguments.run)
    name = path.stem if path.is_file() else path.resolve().name
    split = "" if arguments.split == "all" else f"-{arguments.split}"
    return RUNS / f"{name}{split}-{header.fingerprint[:8]}"


def _write(report: Report, kept: Run, arguments: Namespace) -> None:
    """Keep the report and print it."""
    text, record = keep_report(report, kept, arguments.show_held)
    if arguments.json:
        print_json(record)
    else:
        print_result(text.rstrip("\n"))
    say(f"the report: {kept.folder / 'report.html'}")


def keep_report(report: Report, kept: Run, show_held: bool = False) -> tuple[str, dict[str, Any]]:
    """Keep the report in its three forms beside the answers; as text and as JSON values (RunError)."""
    from eval.page import render_page
    from eval.report import render, to_json

    text, record = render(report, show_held), to_json(report, kept.header, show_held)
    page = render_page(report, kept.header, kept.folder.name, show_held)
    write_whole(kept.folder / "report.md", text)
    write_whole(kept.folder / "report.json", json.dumps(record, ensure_ascii=False) + "\n")
    write_whole(kept.folder / "report.html", page)
    return text, record


def _compare(arguments: Namespace) -> int:
    """`ganwen eval compare A B`: what changed; exit code FELL when a measure fell by more than its limit."""
    from eval.compare import compare, comparison_record, find_falls, load_run, render_comparison

    comparison = compare(load_run(locate(arguments.first)), load_run(locate(arguments.second)))
    falls = find_falls(comparison, dict(arguments.limit or ()))
    if arguments.json:
        print_json(comparison_record(comparison))
    else:
        print_result(render_comparison(comparison))
    for fall in falls:
        say(fall)
    return FELL if falls else 0


def _hash(path: Path) -> str:
    from rag.store.manifest import hash_file

    return hash_file(path)[:16]
