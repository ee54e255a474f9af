"""What is refused wrongly against what is answered wrongly, by threshold; and the weights that the gate was fitted to.

    python -m benchmarks.refusal [--dev FILE]

Prints the Markdown of docs/benchmarks.md. The weights are fitted on the tuning half and its rewordings: lines of their right
answers against lines found where nothing is told, where every passage with the evidence is taken away, and for
made-up attributes of things that the reports name.
"""

import argparse
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.matching import contains, holds_any
from eval.questions import OWN_SET, EvalQuestion, QuestionType, read_questions
from rag.answering.lines import Line
from rag.answering.refusal.nearest import TRIES
from rag.answering.refusal.refusing import refuse
from rag.answering.refusal.sufficiency import LEAST
from rag.assistant import Assistant
from rag.question import understand
from rag.types import Hit, Question

ROOT = Path(__file__).resolve().parent.parent
DEV = ROOT / "../shared/eval/dev.jsonl"
REWORDED = ROOT / "eval/questions/reworded.jsonl"
THRESHOLDS = (0.0, 0.05, 0.1, LEAST, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)
FOLDS, RIDGE = 10, 0.3
# Of these types a passage without the evidence often answers as well.
_SOFT = frozenset({QuestionType.SUMMARY, QuestionType.DEFINITION, QuestionType.LIST})
# An attribute with the words that a sentence telling it would hold.
_ATTRIBUTES = (
    ("{}的总投资是多少钱？", "元|投资"),
    ("{}的负责人是谁？", "负责人|主任|书记|由"),
    ("{}一共有多少名员工？", "人|名|员工"),
    ("{}是什么时候启动的？", r"\d年|\d月|以来|启动"),
    ("{}占地面积有多大？", "亩|平方|公顷"),
    ("{}的门票多少钱一张？", "元|门票"),
    ("{}的联系电话是多少？", "电话"),
    ("为什么{}被取消了？", "取消"),
    ("{}的设计单位是哪家？", "设计"),
)
_NAMED = re.compile(r"[“《]([\u4e00-\u9fff\d]{4,12})[”》]")
_MADE_UP, _SEED = 120, 5


@dataclass(frozen=True, slots=True)
class Case:
    """A line judged: what the signals say of it, whether it answers, and how much it counts when fitting."""

    vector: tuple[float, float, float]
    answers: bool
    weight: float
    group: str


def main() -> None:
    """Print the fit and the curve."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--index", type=Path, default=ROOT / ".ganwen/index")
    parser.add_argument("--dev", type=Path, default=DEV)
    arguments = parser.parse_args()
    assistant = Assistant.open(arguments.index)
    own = read_questions(OWN_SET).questions
    tune = [question for question in own if question.split == "tune"]
    told_anew = read_questions(REWORDED).questions
    print_fit([*read_cases(assistant, [*tune, *told_anew]), *made_up_cases(assistant)])
    sets = {"tuning half": tune, "held half": [question for question in own if question.split == "held"]}
    if arguments.dev.exists():
        sets["dev"] = list(read_questions(arguments.dev).questions)
    print_curve({name: [(q.answerable, best_score(assistant, q)) for q in qs] for name, qs in sets.items()})


def read_cases(assistant: Assistant, questions: Iterable[EvalQuestion]) -> Iterator[Case]:
    """Of each question the line found with and without the evidence."""
    for each in questions:
        question, hits = _find(assistant, each)
        lines = assistant.lookup.read(question, hits)
        if not each.answerable:
            yield from _judge(assistant, question, lines, "not told", 3.0)
            continue
        if holds_any(
            " ".join(line.text for line in lines), each.answers or [p for g in each.key_points for p in g]
        ):
            yield from _judge(assistant, question, lines, "answer", 1.0)
        if each.type not in _SOFT:
            rest = [hit for hit in hits if not _holds_answer(hit, each)]
            yield from _judge(
                assistant, question, assistant.lookup.read(question, rest), "evidence gone", 1.0
            )


def made_up_cases(assistant: Assistant) -> Iterator[Case]:
    """Attributes asked of things that the reports name, where no sentence with the name tells such an attribute."""
    texts = [chunk.text for chunk in assistant.index.all_chunks()]
    names = sorted({name for text in texts for name in _NAMED.findall(text)})
    random.Random(_SEED).shuffle(names)
    for place, name in enumerate(names[:_MADE_UP]):
        asking, telling = _ATTRIBUTES[place % len(_ATTRIBUTES)]
        sentences = (part for text in texts for part in re.split("[。；]", text) if name in part)
        if not any(re.search(telling, part) for part in sentences):
            question = understand(asking.format(name), assistant.coverage)
            lines = assistant.lookup.read(question, assistant.lookup.retriever.find(question))
            yield from _judge(assistant, question, lines, "made up", 0.5)


def best_score(assistant: Assistant, each: EvalQuestion) -> float:
    """The highest score of a line that fits, as the assistant reads: -1 where none does, or nothing is read."""
    question, hits = _find(assistant, each)
    judge, best = assistant.lookup.judge(question), -1.0
    if refuse(question, hits, assistant.coverage, judge) is not None:
        return best
    for _ in range(TRIES):
        lines = assistant.lookup.read(question, hits)
        best = max([best, *(judge.score(line) for line in lines if judge.fits(line))])
        hits = [hit for hit in hits if hit.chunk.id not in {line.chunk.id for line in lines}]
    return best


def print_fit(cases: Sequence[Case]) -> None:
    """The weights, and how often an answer scores above each kind of line that is none (out of fold)."""
    x = np.array([case.vector for case in cases])
    y = np.array([case.answers for case in cases], np.float64)
    w = np.array([case.weight for case in cases])
    folds = np.random.default_rng(_SEED).integers(FOLDS, size=len(cases))
    scores = np.zeros(len(cases))
    for fold in range(FOLDS):
        apart = folds == fold
        scores[apart] = _predict(x[apart], fit(x[~apart], y[~apart], w[~apart]))
    names = ("sentence", "likeness", "reading", "constant")
    print("Weights: " + ", ".join(f"{n} {v:.2f}" for n, v in zip(names, fit(x, y, w), strict=True)) + "\n")
    bare = fit(x[:, :2], y, w)
    print("Without the reader: " + ", ".join(f"{v:.2f}" for v in bare) + "\n")
    print("| lines that are no answer | number | an answer scores higher |\n|---|---:|---:|")
    for group in sorted({case.group for case in cases if not case.answers}):
        rows = scores[[case.group == group for case in cases]]
        above = np.mean(scores[y == 1][:, None] > rows[None, :])
        print(f"| {group} | {len(rows)} | {above:.3f} |")


def fit(x: NDArray[np.float64], y: NDArray[np.float64], w: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights of a ridge logistic regression with the constant last, by Newton's method; x has shape (cases, signals)."""
    x = np.column_stack([x, np.ones(len(x))])
    beta, ridge = np.zeros(x.shape[1]), np.eye(x.shape[1]) * RIDGE
    ridge[-1, -1] = 0.0
    # The cosine varies by tenths where the shares vary by whole ones.
    ridge[1, 1] = RIDGE / 100
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ beta))
        gradient = x.T @ (w * (p - y)) + ridge @ beta
        beta = beta - np.linalg.solve((x * (w * p * (1 - p))[:, None]).T @ x + ridge, gradient)
    return beta


def print_curve(sets: dict[str, list[tuple[bool, float]]]) -> None:
    """For each threshold the false refusals and the missed ones of each set."""
    print(
        "\n| least score | "
        + " | ".join(f"{name}: refused wrongly | answered wrongly" for name in sets)
        + " |"
    )
    print("|---:|" + "---:|" * 2 * len(sets))
    for least in sorted(set(THRESHOLDS)):
        cells = [f"{least:.2f}" + (" (ours)" if least == LEAST else "")]
        for scores in sets.values():
            told = [score < least for answerable, score in scores if answerable]
            untold = [score >= least for answerable, score in scores if not answerable]
            cells += [f"{np.mean(told):.3f}", f"{np.mean(untold):.3f}"]
        print("| " + " | ".join(cells) + " |")


def _find(assistant: Assistant, each: EvalQuestion) -> tuple[Question, Sequence[Hit]]:
    question = understand(each.text, assistant.coverage, each.history)
    return question, assistant.lookup.retriever.find(question)


def _judge(
    assistant: Assistant, question: Question, lines: Sequence[Line], group: str, weight: float
) -> Iterator[Case]:
    judge = assistant.lookup.judge(question)
    for line in [line for line in lines if judge.fits(line)][:1]:
        vector = (judge.share(line), judge.likeness(line), judge.reading(line) or 0.0)
        yield Case(vector, group == "answer", weight, group)


def _holds_answer(hit: Hit, each: EvalQuestion) -> bool:
    text = hit.chunk.text
    points = [*each.answers, *(point for points in each.key_points[:2] for point in points)]
    return holds_any(text, points) or any(contains(text, evidence.quote) for evidence in each.evidence)


def _predict(x: NDArray[np.float64], beta: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-np.column_stack([x, np.ones(len(x))]) @ beta))


if __name__ == "__main__":
    main()
