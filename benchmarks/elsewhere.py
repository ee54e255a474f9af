"""Answers about reports of elsewhere (eval/elsewhere), each collection in an index of its own.

    python -m benchmarks.elsewhere

Prints the Markdown of docs/benchmarks.md: the measures of the questions tuned on and of those held back.
"""

import argparse
import tempfile
from pathlib import Path

from embeddings.encoder import Encoder, load_encoder
from eval.measures import Outcome
from eval.questions import read_questions
from eval.report import show_share
from eval.runner import run
from eval.summary import summarise
from rag.answering.refusal.reading import SentenceReader
from rag.assistant import Assistant
from rag.store import Index, build_index

COLLECTIONS = Path(__file__).resolve().parent.parent / "eval/elsewhere"
SHOWN = ("right", "brief", "sharp", "cited", "refused", "false_refusals", "wrong_year", "wrong_region")


def main() -> None:
    """Print the table."""
    argparse.ArgumentParser(description=__doc__.split("\n")[0]).parse_args()
    encoder = load_encoder()
    folders = sorted(path.parent for path in COLLECTIONS.glob("*/questions.jsonl"))
    outcomes = [outcome for folder in folders for outcome in ask(folder, encoder)]
    print(f"| half | questions | {' | '.join(SHOWN)} |\n|---|---:|{'---:|' * len(SHOWN)}")
    for name, is_held in (("tuned on", False), ("held", True)):
        half = summarise(name, [each for each in outcomes if each.question.held is is_held])
        shares = (show_share(half.shares[measure].value) for measure in SHOWN)
        print(f"| {name} | {half.questions} | {' | '.join(shares)} |")


def ask(folder: Path, encoder: Encoder) -> tuple[Outcome, ...]:
    """The outcome of every question about the reports of a folder (QuestionError, IndexStoreError)."""
    with tempfile.TemporaryDirectory() as temporary:
        build_index(folder / "reports", Path(temporary), encoder)
        with Index.open(Path(temporary), encoder.name) as index:
            questions = read_questions(folder / "questions.jsonl")  # quoted as the file is, tags and all
            return run(Assistant(index, encoder, SentenceReader()), questions.questions).outcomes


if __name__ == "__main__":
    main()
