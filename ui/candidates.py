"""`ganwen eval candidates`: answers that readers marked in the chat, as questions for an author to finish.

Each line has what is known, in the shape of `eval/questions/README.md`; the author gives the type, the accepted answers
and the evidence that is not there yet. What the reader said and saw stands under `chat`, which question sets pass over.
"""

import json
import sys
from argparse import Namespace
from contextlib import nullcontext
from typing import Any

from rag.question import detect_language
from rag.text import fold
from ui.feedback import FEEDBACK, Feedback, Opinion
from ui.output import check_output, open_output, say, write_line


def run_candidates(arguments: Namespace) -> int:
    """Write a line for each marked answer, the earliest first."""
    if arguments.output:
        check_output(arguments.output, FEEDBACK)
    opinions = Feedback(FEEDBACK).read()
    wanted = [each for each in opinions if arguments.verdict in (None, each.verdict)]
    with open_output(arguments.output) if arguments.output else nullcontext(sys.stdout) as output:
        for opinion in wanted:
            write_line(output, json.dumps(make_candidate(opinion), ensure_ascii=False))
    say(f"{len(wanted):,} of {len(opinions):,} marked answers in {FEEDBACK}")
    return 0


def make_candidate(opinion: Opinion) -> dict[str, Any]:
    """One candidate. A refusal that a reader calls good is unanswerable; the quotes of a good answer are its evidence."""
    is_good = opinion.verdict == "up"
    candidate: dict[str, Any] = {"id": f"chat-{opinion.id[:12]}", "question": opinion.question}
    if is_good and opinion.refused:
        candidate["type"] = "unanswerable"
    if opinion.history:
        candidate["history"] = [{"question": t.question, "answer": t.answer} for t in opinion.history]
    if is_good and not opinion.refused and opinion.quotes:
        candidate["evidence"] = [
            {"file": quote.file, "quote": quote.text, "group": group}
            for group, quote in enumerate(opinion.quotes, start=1)
        ]
    candidate["lang"] = detect_language(opinion.question, fold(opinion.question))
    candidate["chat"] = {
        "verdict": opinion.verdict,
        "comment": opinion.comment,
        "answer": opinion.answer,
        "refused": opinion.refused,
        "scope": opinion.scope,
        "backend": opinion.backend,
        "given": opinion.given,
    }
    return candidate
