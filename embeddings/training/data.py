"""Questions of the public sets, split into training and held-back parts, as windows of tokens."""

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bm25s
import opencc
from tokenizers import Tokenizer

SEED = 20261122
# Parts that are never trained on, in per cent of the documents (of the titles, where a title has many documents).
HELD = {"cmrc2018_trial": 20, "squad2_zh_dev": 12, "drcd_dev": 0, "drcd_test": 100}
CLS, PAD, SEP = 0, 1, 2
QUESTION_TOKENS = 64
# Lengths of whole windows while training, drawn one by one: most passages to be read are short.
LENGTHS = (160, 224, 224, 320)


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a text; `answers` are (first character, answer), none where the text holds no answer."""

    id: str
    text: str
    document: str
    passage: str
    answers: tuple[tuple[int, str], ...]
    source: str


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens of `<s> question </s></s> passage </s>`; start and end of the answer in them, both 0 without one."""

    tokens: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Encoded:
    """Tokens of a text, each with its first character and the one after its last."""

    ids: list[int]
    offsets: list[tuple[int, int]]


def load(folder: Path, source: str) -> list[Question]:
    """Every question of the set `source`, in Simplified characters, one character for one."""
    simplify = opencc.OpenCC("t2s").convert
    documents = {line["doc_id"]: line for line in _lines(folder / source / "docs.jsonl")}
    texts = {id: simplify(line["text"]) for id, line in documents.items()}
    questions = []
    for line in _lines(folder / source / "queries.jsonl"):
        id = line["doc_ids"][0]
        answers = tuple((start, simplify(text)) for start, text in line["answer_spans"])
        for start, text in answers:
            if texts[id][start : start + len(text)] != text:
                raise ValueError(
                    f"{source} {line['qid']}: the answer does not stand at {start} of its document"
                )
        title = documents[id].get("title") if source == "squad2_zh_dev" else None
        questions.append(
            Question(line["qid"], simplify(line["question"]), title or id, texts[id], answers, source)
        )
    return questions


def split(questions: list[Question]) -> tuple[list[Question], list[Question]]:
    """The questions to train on and those held back, by a seeded hash of the document."""
    held = [question for question in questions if _percent(question.document) < HELD[question.source]]
    kept = [question for question in questions if _percent(question.document) >= HELD[question.source]]
    return kept, held


def training_questions(folder: Path) -> list[Question]:
    """The training part of every set but the DRCD test, which stays unseen."""
    sources = ("drcd_dev", "cmrc2018_trial", "squad2_zh_dev")
    return [question for source in sources for question in split(load(folder, source))[0]]


class Windows:
    """The training windows of each epoch, the same for the same seed."""

    def __init__(self, questions: list[Question], tokenizer: Tokenizer, seed: int = SEED) -> None:
        self._seed = seed
        self._answerable = [question for question in questions if question.answers]
        self._refused = [question for question in questions if not question.answers]
        self._texts = {text: _encode(tokenizer, text) for text in {q.passage for q in questions}}
        self._asked = {
            text: _encode(tokenizer, text).ids[:QUESTION_TOKENS] for text in {q.text for q in questions}
        }
        self._near = near_passages(self._answerable, sorted(self._texts))

    def epoch(self, number: int) -> list[Window]:
        """The windows of an epoch in random order.

        The sets written by people are read whole each time; of the machine-translated one every second question
        and every fourth that has no answer, by turns. A fifth of the windows asks a question of a near passage
        that lacks its answer.
        """
        draw = random.Random(f"{self._seed} {number}")
        asked = [
            q for q in self._answerable if q.source != "squad2_zh_dev" or (_percent(q.id) + number) % 2 == 0
        ]
        refused = [q for q in self._refused if (_percent(q.id) + number) % 4 == 0]
        pairs = [(question, question.passage) for question in asked + refused]
        near = [q for q in asked if self._near[q.id]]
        near = draw.sample(near, min(len(near), len(pairs) // 4))
        pairs += [(question, draw.choice(self._near[question.id])) for question in near]
        draw.shuffle(pairs)
        return [self._window(question, passage, draw) for question, passage in pairs]

    def _window(self, question: Question, passage: str, draw: random.Random) -> Window:
        asked = self._asked[question.text]
        encoded = self._texts[passage]
        room = draw.choice(LENGTHS) - len(asked) - 4
        first, last = 0, -1
        if question.answers and passage == question.passage:
            first, last = token_span(encoded.offsets, *draw.choice(question.answers))
        latest = max(0, min(first, len(encoded.ids) - room)) if last >= 0 else max(0, len(encoded.ids) - room)
        earliest = min(latest, max(0, last + 1 - room))
        begin = draw.randint(earliest, latest)
        tokens = encoded.ids[begin : begin + room]
        before = len(asked) + 3
        if last < 0:
            start = end = 0
        else:
            start, end = before + first - begin, before + min(last - begin, len(tokens) - 1)
        return Window((CLS, *asked, SEP, SEP, *tokens, SEP), start, end)


def batches(windows: list[Window], tokens: int) -> list[list[Window]]:
    """Batches of at most `tokens` tokens with padding, of windows of like length, in the order of the windows."""
    result = []
    for begin in range(0, len(windows), 1024):
        near = sorted(windows[begin : begin + 1024], key=lambda window: len(window.tokens))
        batch: list[Window] = []
        made = []
        for window in near:
            if batch and (len(batch) + 1) * len(window.tokens) > tokens:
                made.append(batch)
                batch = []
            batch.append(window)
        made.append(batch)
        random.Random(begin).shuffle(made)
        result += made
    return result


def token_span(offsets: list[tuple[int, int]], start: int, text: str) -> tuple[int, int]:
    """The first and last token that hold characters of the answer `text` at `start`."""
    touched = [i for i, (a, b) in enumerate(offsets) if b > start and a < start + len(text) and b > a]
    return touched[0], touched[-1]


def _encode(tokenizer: Tokenizer, text: str) -> Encoded:
    encoding = tokenizer.encode(text, add_special_tokens=False)
    return Encoded(encoding.ids, encoding.offsets)


def near_passages(questions: list[Question], passages: list[str], k: int = 5) -> dict[str, list[str]]:
    """For each question the nearest passages by BM25 over character pairs that hold none of its answers."""
    index = bm25s.BM25()
    index.index([_pairs(passage) for passage in passages], show_progress=False)
    found, _ = index.retrieve(
        [_pairs(q.text) for q in questions], k=min(3 * k, len(passages)), show_progress=False
    )
    near = {}
    for question, row in zip(questions, found, strict=True):
        texts = [passages[i] for i in row]
        lacking = [text for text in texts if not any(answer in text for _, answer in question.answers)]
        near[question.id] = lacking[:k]
    return near


def _pairs(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(max(1, len(text) - 1))]


def _percent(name: str) -> int:
    return int(hashlib.sha256(f"{SEED} {name}".encode()).hexdigest(), 16) % 100


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)
