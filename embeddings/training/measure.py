"""Measures a reader on held-back questions: `python -m embeddings.training.measure --data FOLDER`."""

import argparse
import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from embeddings import reader_model
from embeddings.reader import TEMPERATURE, Reader, Reading
from embeddings.training.data import SEED, Question, load, near_passages, split

# As the official script of CMRC2018 has them: what is dropped before two answers are compared.
_DROPPED = set("-:_*^/\\~`+=，。：？！“”；’《》……·、「」（）－～『』 ")
_UNIT = re.compile(r"[a-z0-9.]+|.", re.DOTALL)
_SPANS = 10
_TIMED = 150


@dataclass(frozen=True, slots=True)
class Read:
    """A question with how its passage was read."""

    question: Question
    reading: Reading

    @property
    def answer(self) -> str:
        """The likeliest words, whether or not the passage is thought to answer."""
        spans = self.reading.spans
        return self.question.passage[spans[0].start : spans[0].end] if spans else ""


def exact(answer: str, accepted: Sequence[str]) -> bool:
    """Whether the answer is one of those accepted, case and punctuation aside."""
    return "".join(_units(answer)) in {"".join(_units(text)) for text in accepted}


def overlap(answer: str, accepted: Sequence[str]) -> float:
    """F1 of CMRC2018: over the longest common substring, in characters (runs of Latin letters and digits are one)."""
    return max((_overlap(_units(answer), _units(text)) for text in accepted), default=0.0)


def _units(text: str) -> list[str]:
    return _UNIT.findall("".join(letter for letter in text.lower().strip() if letter not in _DROPPED))


def _overlap(one: list[str], other: list[str]) -> float:
    best = 0
    lengths = [0] * (len(other) + 1)
    for unit in one:
        before = 0
        for place, against in enumerate(other, start=1):
            before, lengths[place] = lengths[place], before + 1 if unit == against else 0
            best = max(best, lengths[place])
    return 2 * best / (len(one) + len(other)) if best else 0.0


def area(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Area under the ROC curve: how often a positive scores above a negative."""
    above = np.array(positive)[:, None] - np.array(negative)
    return float((above > 0).mean() + (above == 0).mean() / 2)


def read(reader: Reader, questions: list[Question]) -> list[Read]:
    """Each question read over its own passage."""
    return [Read(q, reader.read(q.text, [q.passage], _SPANS)[0]) for q in questions]


def scores(reads: list[Read]) -> tuple[float, float]:
    """EM and F1 in per cent over the questions that have an answer, none refused."""
    answered = [
        (each.answer, [text for _, text in each.question.answers]) for each in reads if each.question.answers
    ]
    em = np.mean([exact(answer, accepted) for answer, accepted in answered])
    return 100 * float(em), 100 * float(np.mean([overlap(answer, accepted) for answer, accepted in answered]))


def temperature(reads: list[Read]) -> float:
    """The temperature under which what is true is likeliest, relative to the reader's own."""

    def surprise(heat: float) -> float:
        total = 0.0
        for each in reads:
            accepted = [text for _, text in each.question.answers]
            odds, right = [0.0], [not accepted]
            for span in each.reading.spans:
                odds.append(np.log(max(span.probability, 1e-30) / max(each.reading.none, 1e-30)) / heat)
                right.append(exact(each.question.passage[span.start : span.end], accepted))
            chances = np.exp(np.array(odds) - max(odds))
            total -= np.log(max(chances[right].sum() / chances.sum(), 1e-4))
        return total

    return float(min(np.geomspace(0.25, 8, 101), key=surprise))


def calibration_error(reads: list[Read], bins: int = 10) -> float:
    """Expected calibration error of the first span's probability, ten bins of equal size."""
    pairs = sorted(
        (each.reading.spans[0].probability, exact(each.answer, [text for _, text in each.question.answers]))
        for each in reads
        if each.reading.spans
    )
    parts = np.array_split(np.array(pairs, dtype=float), bins)
    return float(sum(len(part) * abs(part[:, 0].mean() - part[:, 1].mean()) for part in parts) / len(pairs))


def milliseconds(reader: Reader, folder: Path, questions: list[Question], at_once: int) -> float:
    """Median time a passage of 150 tokens, the question's aside; so many at once, the first round left out."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    passages = []
    for question in questions:
        pieces = tokenizer.encode(question.passage, add_special_tokens=False)
        if len(pieces.ids) >= _TIMED:
            passages.append(question.passage[: pieces.offsets[_TIMED - 1][1]])
    times = []
    for begin in range(0, len(passages) - at_once, at_once):
        started = time.perf_counter()
        reader.read(questions[begin].text, passages[begin : begin + at_once])
        times.append((time.perf_counter() - started) / at_once)
    return 1000 * float(np.median(times[1:]))


def report(folder: Path, data: Path, sample: int) -> None:
    """Prints every figure of the card, for the assembled reader in `folder`."""
    reader = Reader(folder)
    cmrc, squad = split(load(data, "cmrc2018_trial"))[1], split(load(data, "squad2_zh_dev"))[1]
    drcd = random.Random(SEED).sample(load(data, "drcd_test"), sample)
    reads = {
        name: read(reader, part) for name, part in (("CMRC", cmrc), ("DRCD test", drcd), ("SQuAD zh", squad))
    }
    for name, part in reads.items():
        em, f1 = scores(part)
        print(
            f"{name}: EM {em:.1f} F1 {f1:.1f}, {sum(bool(each.question.answers) for each in part)} questions"
        )
    none = [(bool(each.question.answers), each.reading.none) for each in reads["SQuAD zh"]]
    print(f"no answer, SQuAD zh: AUC {area([n for a, n in none if not a], [n for a, n in none if a]):.3f}")
    near = near_passages(cmrc + drcd, sorted({q.passage for q in cmrc + drcd}))
    lacking = [reader.read(q.text, [near[q.id][0]])[0].none for q in cmrc + drcd if near[q.id]]
    holding = [each.reading.none for each in reads["CMRC"] + reads["DRCD test"]]
    print(f"no answer, near passages: AUC {area(lacking, holding):.3f}")
    fitted, other = reads["SQuAD zh"][::2] + reads["CMRC"][::2], reads["SQuAD zh"][1::2] + reads["CMRC"][1::2]
    print(
        f"temperature {TEMPERATURE * temperature(fitted):.2f} would fit; calibration error {calibration_error(other):.3f}"
    )
    timed = (f"{milliseconds(reader, folder, drcd, count):.1f} ({count} at once)" for count in (1, 2, 5, 10))
    print(f"milliseconds a passage of {_TIMED} tokens: {', '.join(timed)}")


def main() -> None:
    """Entry of `python -m embeddings.training.measure`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public question sets")
    parser.add_argument("--weights", type=Path, default=reader_model.SHIPPED, help="what export wrote")
    parser.add_argument("--sample", type=int, default=500, help="questions of the DRCD test")
    arguments = parser.parse_args()
    report(reader_model.model_folder(shipped=arguments.weights), arguments.data, arguments.sample)


if __name__ == "__main__":
    main()
