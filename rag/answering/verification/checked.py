"""Which figures of a finished answer stood their check, and what each was checked against."""

import re
from collections.abc import Iterable, Sequence

from rag.answering.figures import Figure, find_figures
from rag.answering.lines import Line
from rag.answering.tables import tell_row
from rag.answering.verification.evidence import Evidence
from rag.answering.verification.formulas import is_conclusion
from rag.answering.verification.proving import Proof
from rag.answering.verification.verifying import Verification, verify
from rag.corpus.periods import find_periods
from rag.text import fold
from rag.types import Basis, Check, Question

_MARK = re.compile(r"\[\d{1,3}\]")
_DIGIT = re.compile(r"\d")
_QUOTED = re.compile(r"[“‘「『\"].*[”’」』\"]")


def evidence_of(lines: Iterable[Line]) -> tuple[Evidence, ...]:
    """The evidence of an answer that cites these lines, numbered from 1; a row of a table is told by its head."""
    return tuple(
        Evidence.of_chunk(number, told or line.source, line.chunk, told or line.around)
        for number, line in enumerate(lines, start=1)
        for told in (tell_row(line.chunk, line.start) if line.of_row else "",)
    )


def find_checks(
    answer: str, evidence: Sequence[Evidence], questions: Iterable[Question]
) -> tuple[Check, ...]:
    """The figures of an answer's text that are borne out for one of the questions it answers, in order."""
    found: dict[tuple[int, int], Check] = {}
    for question in questions:
        for check in _of_question(answer, verify(answer, evidence, question)):
            found.setdefault((check.start, check.end), check)
    return tuple(found[place] for place in sorted(found))


def _of_question(answer: str, verification: Verification) -> Iterable[Check]:
    failed = verification.failed_lines
    for proof in verification.proofs:
        if _is_told(answer, proof) and answer.count("\n", 0, proof.start) not in failed:
            yield Check(proof.start, proof.end, Basis.SPAN if proof.n else Basis.QUESTION, proof.n)
    start = 0
    for number, line in enumerate(answer.split("\n")):
        if is_conclusion(line) and number not in failed:
            for figure in _computed(line):
                yield Check(start + figure.start, start + figure.end, Basis.FORMULA)
        start += len(line) + 1


def _is_told(answer: str, proof: Proof) -> bool:
    """Whether a reader would look it up: 第一个 counts nothing, and digits alone in quotes (“8810”) are a name."""
    words, around = answer[proof.start : proof.end], answer[max(proof.start - 1, 0) : proof.end + 1]
    return bool(_DIGIT.search(words)) and not (words.isdigit() and _QUOTED.fullmatch(around))


def _computed(line: str) -> Iterable[Figure]:
    """The figures of a conclusion: neither its marks nor the years it names."""
    bare = fold(_MARK.sub(lambda mark: " " * len(mark.group()), line))
    years = [(time.start, time.end) for time in find_periods(bare, None)]
    for figure in find_figures(bare):
        if not any(start <= figure.start < end for start, end in years):
            yield figure
