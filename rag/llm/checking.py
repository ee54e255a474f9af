"""One sentence of the model held against the passages: kept with what it rests on, shown as not verified, or withheld."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag.answering.lines import Line
from rag.answering.orders import gives_orders
from rag.answering.sentences import split_clauses
from rag.answering.verification.checked import evidence_of
from rag.answering.verification.proving import Fault
from rag.answering.verification.verifying import verify
from rag.llm.draft import Draft, amounts, find_amounts
from rag.llm.grounding import Passage
from rag.llm.opposites import is_turned_round
from rag.llm.prompting import NOT_TOLD, tells_rules
from rag.llm.support import Support, Supporter
from rag.text import fold
from rag.types import AnswerKind

SUPPORTED = 0.6
"""Share of what a sentence says beyond its topic that must stand in one place for it to count as said there."""
SUPPORTED_FACT = 0.75
"""The same for a figure or a name in quotes where code's own answer does not decide the facts."""
LEAST_CLAUSE = 5
"""Characters of a clause that is looked for by itself."""
RELATED = 0.3
"""With less than this it speaks of something else, and is not shown even as not verified."""
TRIED = 6
"""Places tried for a sentence, best first."""

_MARK = re.compile(r"\s*[\[【](\d{1,3})[\]】]")
_NAMED = re.compile(r"《[^《》]+》|“[^“”]+”|「[^「」]+」|\"[^\"]+\"")
_YEAR = re.compile(r"(?<![\d.])(?:19|20)\d\d(?![\d.]*\d|%)")
_TIMES = frozenset({"年", "个月", "月", "周", "天", "日", "小时"})
_WORD = re.compile(r"[^\W\d_]")
_VERDICT = re.compile(
    r"^(?:(?P<yes>是的?|对的?|有的?|会|能|可以|yes)|(?P<no>不是|否|不对|没有|不会|不能|并非|no))[，,。.！!]\s*",
    re.IGNORECASE,
)
_VERDICT_BEGUN = re.compile(r"^(?:是|对|有|会|能|可以|不|否|没|并非|yes\b|no\b)", re.IGNORECASE)


class Fate(StrEnum):
    """What becomes of a sentence."""

    KEPT = "kept"
    UNVERIFIED = "unverified"
    WITHHELD = "withheld"
    EMPTY = "empty"


class Reason(StrEnum):
    """Why a sentence is withheld, where no figure or name of it is at fault."""

    NO_SUCH_MARK = "no_such_mark"
    RULES_TOLD = "rules_told"
    NOT_TOLD = "not_told"
    OTHER_FIGURE = "other_figure"
    OTHER_VERDICT = "other_verdict"
    NOTHING_NEW = "nothing_new"
    TURNED_ROUND = "turned_round"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence without marks, the lines it rests on, and why it was withheld if it was."""

    text: str
    fate: Fate
    lines: tuple[Line, ...] = ()
    fault: Reason | Fault | None = None


class Checker:
    """Checks the sentences of one answer."""

    def __init__(self, draft: Draft, passages: Sequence[Passage]) -> None:
        self._draft = draft
        self._numbers = {passage.n: passage.chunk.id for passage in passages}
        self._supporter = Supporter(draft, passages)
        own = [draft.answer.text]
        told = [*own, *(_tell_years(each) for each in passages)]
        self._years = set(_YEAR.findall(fold(" ".join(told))))
        self._allowed = amounts(own) | _find_supposed(draft) if draft.is_exact else amounts(told)

    def show_early(self, unfinished: str) -> str:
        """What may be seen of a sentence in the making: words of the question and the passages, no order."""
        part = self._supporter.known_part(unfinished)
        return "" if gives_orders(part) or _VERDICT_BEGUN.match(part) else part

    def check(self, sentence: str) -> Checked:
        """What becomes of a sentence, as the model wrote it."""
        marks = {int(n) for n in _MARK.findall(sentence)}
        text = " ".join(_MARK.sub("", sentence).split())
        verdict = _VERDICT.match(text)
        text = text[verdict.end() :] if verdict else text
        if not _WORD.search(text) and not any(find_amounts(text)):
            return Checked(text, Fate.EMPTY)
        if (fault := self._refuse(text, marks, verdict)) is not None:
            return Checked(text, Fate.WITHHELD, fault=fault)
        return self._place(text, marks)

    def _refuse(self, text: str, marks: set[int], verdict: re.Match[str] | None) -> Reason | Fault | None:
        """What is wrong with a sentence whatever the passages say."""
        if not marks <= self._numbers.keys():
            return Reason.NO_SUCH_MARK
        if tells_rules(text):
            return Reason.RULES_TOLD
        if NOT_TOLD in fold(text):
            return Reason.NOT_TOLD
        opening = _VERDICT.match(self._draft.opening)
        if verdict and opening and bool(verdict["yes"]) != bool(opening["yes"]):
            return Reason.OTHER_VERDICT
        if not amounts([text]) <= self._allowed:
            return Reason.OTHER_FIGURE
        if not set(_YEAR.findall(fold(text))) <= self._years:
            return Fault.WRONG_YEAR
        decided = not self._draft.is_exact or self._draft.question.kind is AnswerKind.YESNO
        if not decided and not self._supporter.adds(text):
            return Reason.NOTHING_NEW
        return None

    def _place(self, text: str, marks: set[int]) -> Checked:
        """The sentence with the place that bears it out, or of each of its clauses one."""
        whole = self._find_place(text, marks)
        if whole.line is not None:
            return Checked(text, Fate.KEPT, (whole.line,))
        places = [self._find_place(clause, marks) for clause in _clauses(text)]
        lines = tuple(dict.fromkeys(place.line for place in places if place.line is not None))
        apart = len(places) > 1 and all(place.line is not None for place in places)
        if apart and self._find_fault(text, lines) is None:
            return Checked(text, Fate.KEPT, lines)
        if whole.share >= RELATED and not marks and not _holds_fact(text):
            return Checked(text, Fate.UNVERIFIED)
        return Checked(text, Fate.WITHHELD, fault=whole.fault)

    def _find_place(self, text: str, marks: set[int]) -> "_Place":
        """The best line that bears a text out and says enough of it; without one, how near the best came."""
        open_fact = not self._draft.is_exact and _holds_fact(text)
        needed = SUPPORTED_FACT if open_fact else SUPPORTED
        fault: Reason | Fault | None = None
        most = 0.0
        for rank, support in enumerate(self._order(self._supporter.find(text), marks)):
            line = self._supporter.narrow(support.line, text)
            found = self._find_fault(text, (line,))
            if found is None and support.share >= needed:
                return _Place(line, support.share)
            most = max(most, support.share)
            fault = fault or (found if rank == 0 or support.share >= RELATED else None)
        # What a place speaks against is not shown as merely unverified.
        return _Place(None, 0.0 if fault else most, fault or Reason.UNSUPPORTED)

    def _order(self, supports: Sequence[Support], marks: set[int]) -> list[Support]:
        """The best places first; of those that are as good, the ones that the model named."""
        named = {self._numbers[n] for n in marks}
        return sorted(supports, key=lambda each: (-round(each.rank, 1), each.line.chunk.id not in named))[
            :TRIED
        ]

    def _find_fault(self, text: str, lines: Sequence[Line]) -> Reason | Fault | None:
        evidence = evidence_of(lines)
        marked = f"{text.rstrip('。.；;！!')}{''.join(f'[{each.n}]' for each in evidence)}"
        problems = verify(marked, evidence, self._draft.question).problems
        if problems:
            return problems[0].fault
        return Reason.TURNED_ROUND if is_turned_round(text, lines) else None


def _find_supposed(draft: Draft) -> frozenset[object]:
    """The figures of a question that an exact answer may repeat; the others are no facts.

    Those that what the answer rests on holds too, spans of time (一年), and all of them where code says yes.
    """
    asked = draft.question.understood
    opening = _VERDICT.match(draft.opening)
    if opening and opening["yes"]:
        return amounts([asked])
    spans = {figure.amount for figure, _ in find_amounts(asked) if figure.unit in _TIMES}
    return amounts([asked]) & amounts([f"{line.source} {line.around}" for line in draft.lines]) | spans


def _tell_years(passage: Passage) -> str:
    """A passage with the years that it tells of."""
    period = passage.chunk.period
    return f"{passage.text} {period.first} {period.last} {period.label}" if period else passage.text


@dataclass(frozen=True, slots=True)
class _Place:
    line: Line | None
    share: float
    fault: Reason | Fault | None = None


def _holds_fact(text: str) -> bool:
    return bool(_NAMED.search(text)) or any(find_amounts(text))


def _clauses(text: str) -> list[str]:
    """The clauses of a sentence, those of a word or two with the next."""
    clauses: list[str] = []
    for clause in split_clauses(text):
        short = bool(clauses) and len(clauses[-1]) < LEAST_CLAUSE
        clauses[-1:] = [clauses[-1] + clause.text] if short else [*clauses[-1:], clause.text]
    return clauses
