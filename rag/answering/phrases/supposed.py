"""Figures that a yes-or-no question supposes (超过60%了吗, 49个都完成了吗) held against those of a clause."""

import re
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from rag.answering.figures import Figure, find_figures
from rag.answering.lines import Line
from rag.lexical import tokenize
from rag.text import fold

_ABOVE = re.compile(r"超过?|突破|高于|高过|大于|多于|不止|以上|过了|逾|\b(exceed|more than|over|above)")
_REACHED = re.compile(r"达|到|够|满|\b(reach)")
_FALLEN = re.compile(r"降到|降至|降为|减到|减至|压到|控制在|跌到|跌破|以内")
_COMPARED = re.compile(r"[到至过破达满是为近足]")
_BELOW = re.compile(r"不到|不足|低于|少于|小于|以下|没到|\b(less than|below|under)\b")
_ALL_ASKED = re.compile(r"都|全部|全都|所有|每(?:个|家|一)|统统|\ball\b|\bevery\b")
_PART_DONE = re.compile(r"(?:已|其中|完成|办结|整改|解决|化解|销号)")
_HALF = re.compile(r"(?:过|一|达|超)半(?![年个])|半数")
_DATES = frozenset({"月", "日", "号", "季度", "届"})


def by_figures(asked: str, clause: str) -> bool | None:
    """What the figure that a question supposes comes to beside the clause's own of its unit, None without one."""
    for claim in claims(asked):
        told = _beside(claim, asked, clause)
        if told is None:
            continue
        above = _near(_ABOVE, asked, claim) or claim.bound in {"过", "超"}
        below = _near(_BELOW, asked, claim)
        fallen = _near(_FALLEN, asked, claim)
        over = told.value > claim.value or (told.value == claim.value and _more(told))
        under = told.value < claim.value or (told.value == claim.value and told.bound == "近")
        if above:
            return over and not (told.bound == "近" and told.value <= claim.value)
        if below or fallen:
            return under or (fallen and told.value == claim.value)
        if _near(_REACHED, asked, claim):
            return not under
        if told.value != claim.value:
            return False
    return None


def claims(asked: str) -> list[Figure]:
    """The figures that a question supposes: no dates, no bare numbers of a name."""
    return [
        figure
        for figure in _counted(asked)
        if figure.unit
        or figure.value >= 10_000
        or _COMPARED.search(asked[max(figure.start - 3, 0) : figure.start])
    ]


def _counted(text: str) -> list[Figure]:
    """The figures of a text that are no dates (17年 is one, 2023年 and 前一年 are none), people and shares in one unit each."""
    found = [f for f in find_figures(text) if f.unit not in _DATES and not _is_year(f, text)]
    halves = [Figure(m.start(), m.end(), Decimal(50), "%", m.group()[0]) for m in _HALF.finditer(text)]
    return sorted([_in_common_unit(f) for f in found] + halves, key=lambda f: f.start)


def _is_year(figure: Figure, text: str) -> bool:
    return figure.unit == "年" and (
        figure.value > 1000 or text[: figure.start].endswith(("前", "上", "后", "那"))
    )


def _in_common_unit(figure: Figure) -> Figure:
    """六成 as 60%, 三位 and 三人 as 三名."""
    if figure.unit == "成":
        return replace(figure, unit="%", value=figure.value * 10)
    return replace(figure, unit="名") if figure.unit in {"人", "位"} else figure


def _beside(claim: Figure, asked: str, clause: str) -> Figure | None:
    """The clause's figure to hold against a claim: of its unit (of any where it has none), with the question's words."""
    words = set(tokenize(asked))
    best: Figure | None = None
    most = (-1, False)
    before = 0
    for figure in _counted(clause):
        start = max(clause.rfind(mark, 0, figure.start) for mark in ",;。") + 1
        end = re.search(r"[,;。、]|$", clause[figure.end :])
        own = clause[max(start, before) : figure.end + (end.start() if end else 0)]
        shared = 2 * len(words & set(tokenize(own))) + len(
            words & set(tokenize(clause[before : figure.start]))
        )
        before = figure.end
        key = (shared, figure.value == claim.value)
        if (figure.unit == claim.unit or not claim.unit) and key > most:
            best, most = figure, key
    return best


def _near(words: re.Pattern[str], asked: str, claim: Figure) -> bool:
    """Whether one of the words stands right by the figure supposed."""
    return bool(words.search(asked[max(claim.start - 5, 0) : claim.end + 3]))


def _more(figure: Figure) -> bool:
    return figure.bound in {"超", "超过", "逾", "突破", "以上", "余", "多"}


def by_parts(asked: str, clause: str) -> bool | None:
    """All of them? 49个 of which 36 are done are not."""
    if not _ALL_ASKED.search(asked):
        return None
    if re.search(r"全部|均|全覆盖|所有|100%|都|件件", clause):
        return True
    figures = _counted(clause)
    for whole, part in pairwise(figures):
        between = clause[whole.end : part.start]
        if part.value < whole.value and _PART_DONE.search(between) and part.unit in {whole.unit, ""}:
            return False
    return None


def last_figure(line: Line) -> Figure | None:
    """The figure a line was chosen for: what is shown ends with it."""
    if line.figure is not None and line.of_row:
        return line.figure
    return next((figure for figure in reversed(find_figures(fold(line.text))) if figure.unit), None)
