"""Every figure and name of an answer held against the words it cites: proven, or a problem that says why not.

One check for every backend. A figure stands in a span that its own line cites, with the same value and unit and
by the same words, or in the question, or follows from such figures by a formula shown (`formulas`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.answering.figures import find_figures
from rag.answering.verification.claims import Claim, find_claims
from rag.answering.verification.evidence import Evidence
from rag.answering.verification.formulas import check_conclusion, is_conclusion
from rag.answering.verification.naming import find_misnomers
from rag.answering.verification.proving import Fault, Proof, Prover
from rag.corpus.periods import find_periods
from rag.text import fold
from rag.types import Question


@dataclass(frozen=True, slots=True)
class Problem:
    """What at `start`..`end` of the answer, on `line` (from 0), is not borne out, and why."""

    fault: Fault
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Verification:
    """What was proven and what was not."""

    proofs: tuple[Proof, ...]
    problems: tuple[Problem, ...]

    @property
    def failed_lines(self) -> frozenset[int]:
        """Lines of the answer (from 0) that hold a problem."""
        return frozenset(problem.line for problem in self.problems)


def verify(answer: str, evidence: Sequence[Evidence], question: Question) -> Verification:
    """Check an answer with marks `[n]` against the evidence of its marks."""
    by_mark = {each.n: each for each in evidence}
    lines = answer.split("\n")
    concluding = {number for number, line in enumerate(lines) if is_conclusion(line)}
    proofs: list[Proof] = []
    problems: list[Problem] = []
    for claim in find_claims(answer):
        if claim.line not in concluding:
            proven, wrong = _check(claim, answer, by_mark, question)
            proofs += proven
            problems += wrong
    shown = {n: tuple(fold(answer[p.start : p.end]) for p in proofs if p.n == n) for n in by_mark}
    for number in sorted(concluding):
        if not check_conclusion(number, lines, shown, by_mark, question):
            start = sum(len(line) + 1 for line in lines[:number])
            problems.append(Problem(Fault.WRONG_RESULT, number, start, start + len(lines[number])))
    return Verification(tuple(proofs), tuple(problems))


def _check(
    claim: Claim, answer: str, evidence: Mapping[int, Evidence], question: Question
) -> tuple[list[Proof], list[Problem]]:
    sources = [evidence[n] for n in claim.marks if n in evidence]
    if not sources or len(sources) < len(claim.marks):
        return _uncited(claim, question)
    return _cited(claim, answer[claim.start : claim.end], sources, question)


def _uncited(claim: Claim, question: Question) -> tuple[list[Proof], list[Problem]]:
    """What no citation stands for may only repeat the question."""
    proofs: list[Proof] = []
    problems: list[Problem] = []
    asked = fold(question.understood)
    amounts = {figure.amount for figure in find_figures(asked)}
    named = [mention.period for mention in find_periods(asked, None)]
    periods = {(p.first, p.last) for p in (*named, *(slot.period for slot in question.slots)) if p}
    times = [(m.start, m.end, (m.period.first, m.period.last)) for m in find_periods(claim.text, None)]
    for figure in find_figures(claim.text):
        start, end = claim.start + figure.start, claim.start + figure.end
        period = next((period for a, b, period in times if a <= figure.start < b), None)
        if (figure.amount in amounts or period in periods) and not claim.marks:
            proofs.append(Proof(start, end, 0, 0, 0))
        else:
            problems.append(Problem(Fault.NO_CITATION, claim.line, start, end))
    return proofs, problems


def _cited(
    claim: Claim, shown: str, sources: Sequence[Evidence], question: Question
) -> tuple[list[Proof], list[Problem]]:
    """Each figure and name is borne out by one of the sources; what is wrong is said of the first."""
    proofs: list[Proof] = []
    problems: list[Problem] = []
    prover = Prover(claim, question)
    for index, figure in enumerate(prover.figures):
        results = [prover.check(index, source) for source in sources]
        proof = next((result for result in results if isinstance(result, Proof)), None)
        if proof is not None:
            proofs.append(proof)
            continue
        fault = next(result for result in results if isinstance(result, Fault))
        problems.append(Problem(fault, claim.line, claim.start + figure.start, claim.start + figure.end))
    misnomers = [set(find_misnomers(claim.text, shown, source, question)) for source in sources]
    for misnomer in sorted(set.intersection(*misnomers), key=lambda each: each.start):
        fault = _FAULTS[misnomer.kind]
        problems.append(Problem(fault, claim.line, claim.start + misnomer.start, claim.start + misnomer.end))
    return proofs, problems


_FAULTS = {"year": Fault.WRONG_YEAR, "region": Fault.WRONG_REGION, "name": Fault.NOT_IN_SPAN}
