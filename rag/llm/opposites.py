"""Whether a sentence turns its source round: up for down, done for planned, denied for said."""

import re
from collections.abc import Sequence

from rag.answering.lines import Line
from rag.answering.sentences import split_clauses
from rag.llm.support import terms
from rag.text import fold
from rag.types import Kind

# A sentence that says one of these of what its source says another of turns it round; so does one that denies
# what the source does not deny, or the other way.
_OPPOSED = tuple(
    (re.compile(one), re.compile(other))
    for one, other in (
        (
            r"增长|上升|提高|增加|扩大|上涨|\b(?:rose|rise|grew|increase)",
            r"下降|降低|减少|回落|缩小|下滑|负增长",
        ),
        (
            r"下降|降低|减少|回落|缩小|下滑|\b(?:fell|fall|drop|decrease|decline)",
            r"增长|上升|提高|增加|扩大|上涨",
        ),
    )
)
_DENIAL = re.compile(r"未(?!来)|没有|尚无|并非|不再|\b(?:not|no|never)\b")
_AHEAD = re.compile(
    r"加快|推动|推进|争取|力争|将|计划|拟|有望|早日|确保|谋划|目标|准备|打算|创建|\b(?:will|plan|aim|target|to be|speed)"
)
_DONE = re.compile(r"已经?|完成了|实现了|建成了|\b(?:has|have|had|was|were)\b")


def is_turned_round(text: str, lines: Sequence[Line]) -> bool:
    """Whether a sentence says the opposite of its source, or calls done what the source has still ahead."""
    said = fold(text)
    told = fold(" ".join(_nearest_clause(line, text) for line in lines))
    if any(one.search(said) and other.search(told) and not one.search(told) for one, other in _OPPOSED):
        return True
    if bool(_DENIAL.search(said)) != bool(_DENIAL.search(told)) and not _is_english(said):
        return True
    if _DONE.search(told):
        return False
    if all(line.chunk.kind is Kind.PLAN for line in lines) and _DONE.search(said):
        return True
    return bool(_AHEAD.search(told)) and not _AHEAD.search(said)


def _nearest_clause(line: Line, text: str) -> str:
    """The clause of a line that a sentence speaks of: the one that shares most with it."""
    said = terms(text)
    clauses = [clause.text for clause in split_clauses(line.source)]
    return max(clauses, key=lambda clause: len(said & terms(clause)), default=line.source)


def _is_english(text: str) -> bool:
    return sum(c.isascii() and c.isalpha() for c in text) > len(text) / 2
