"""Runs the evaluation as `ganwen eval` does: the work of a background process."""

from argparse import Namespace
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rag.settings import NO_MODEL, Settings
from ui.pages.jobs import Progress, Result


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured: a file of questions, one split of it or `all`, a sample of so many or None, kept in `folder`."""

    questions: Path
    split: str
    sample: int | None
    folder: Path


def measure(progress: Progress, settings: Settings, plan: Plan) -> Result:
    """Ask, score and keep the report, held questions never shown; the run's name and how many of how many were right.

    The reports' own words are measured: a second language model would not fit beside that of the server.
    Raises QuestionError, RunError, IndexStoreError and EmbeddingError.
    """
    from ui import evaluation

    arguments = Namespace(
        dataset=None,
        questions=plan.questions,
        split=plan.split,
        sample=plan.sample,
        run=str(plan.folder),
        fresh=False,
    )
    with ExitStack() as stack:
        report, kept = evaluation.measure(
            arguments, settings.model_copy(update={"llm": NO_MODEL}), stack, progress
        )
    evaluation.keep_report(report, kept)
    right = report.total.shares["right"]
    return {"run": plan.folder.name, "right": int(right.count), "total": right.total}
