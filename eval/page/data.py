"""What the browser of questions shows, as JSON that can stand inside a page: texts only, never markup."""

import json
from collections.abc import Sequence
from typing import Any

from eval.measures import Outcome
from eval.reasons import explain, mark_expected
from eval.responses import Excerpt

PASSAGES = 5
"""Passages shown of each question, besides those that hold its evidence."""
MAX_PASSAGE = 600


class _Texts:
    """Excerpts, each kept once however many questions show it."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self._places: dict[Excerpt, int] = {}

    def place(self, excerpt: Excerpt) -> int:
        key = Excerpt(excerpt.file, excerpt.text[:MAX_PASSAGE], excerpt.title, excerpt.region, excerpt.period)
        if key not in self._places:
            self._places[key] = len(self.rows)
            self.rows.append(
                [key.file, key.title, " · ".join(filter(None, (key.region, key.period))), key.text]
            )
        return self._places[key]


def render_data(outcomes: Sequence[Outcome]) -> str:
    """The questions as JSON in which nothing ends a script element."""
    texts = _Texts()
    questions = [_describe(outcome, texts) for outcome in outcomes]
    data = json.dumps(
        {"questions": questions, "texts": texts.rows}, ensure_ascii=False, separators=(",", ":")
    )
    # Inside strings alone these characters occur, and there an escape means the same.
    for character in "<>&\u2028\u2029":
        data = data.replace(character, f"\\u{ord(character):04x}")
    return data


def _describe(outcome: Outcome, texts: _Texts) -> dict[str, Any]:
    question, response = outcome.question, outcome.response
    holding = {rank for rank in outcome.ranks if rank is not None}
    shown = sorted({*range(1, PASSAGES + 1), *holding})
    return {
        "id": question.id,
        "type": question.type.value,
        "language": question.language,
        "split": question.split,
        "question": question.text,
        "history": [[turn.question, turn.answer] for turn in question.history],
        "expected": _expected(outcome),
        "evidence": [[e.file, e.quote] for e in question.evidence],
        "note": question.note,
        "answer": [list(piece) for piece in mark_expected(outcome)],
        "right": outcome.right,
        "refused": response.refused,
        "faults": list(explain(outcome)),
        "ms": round(1000 * response.seconds),
        "citations": [texts.place(citation) for citation in response.citations],
        "passages": [
            [
                rank,
                texts.place(response.passages[rank - 1]),
                round(response.passages[rank - 1].score, 3),
                rank in holding,
            ]
            for rank in shown
            if rank <= len(response.passages)
        ],
    }


def _expected(outcome: Outcome) -> str:
    """What an answer has to say, in words."""
    question = outcome.question
    if not question.answerable:
        return "a refusal: the reports do not tell"
    parts = [f"{question.verdict}"] if question.verdict else []
    parts += [" / ".join(question.answers)] if question.answers else []
    parts += [" + ".join(" / ".join(point) for point in question.key_points)] if question.key_points else []
    return "; or ".join(parts) or "the documents below"
