"""Figures beside each other: what lies between them, their share or rank, in exact decimals with the formula."""

import re
from collections.abc import Collection, Sequence
from decimal import ROUND_HALF_UP, Decimal

from rag.answering.figures import Figure, find_figures
from rag.answering.lines import Line
from rag.answering.units import measure
from rag.answering.wording import say
from rag.text import fold
from rag.types import Question

_SHARES = frozenset({"%", "成", "‰", "个百分点", "百分点"})
_BREAK, _GAP = ("；", "; "), ("", " ")
_COUNTED = re.compile(r"[家个项件户名人位次所座处条张套辆台部艘架场亩吨斤元]$")
_RATIO = re.compile(r"几倍|多少倍|倍数|\bhow many times\b")
_GROWTH = re.compile(
    r"(?:增长|增|涨|降|下降|减少?|变化)了?(?:百分之|多大幅度)|增幅|涨幅|降幅|\bpercent(?:age)?\b(?! point)"
)
_SUM = re.compile(r"加起来|一共|总共|加一起|之和|合计|总和|共计|\bcombined\b|\baltogether\b")
_FELL = re.compile(
    r"下降|减少|回落|下滑|降低|下跌|负增长|降幅|降了|减产|[^\d]-\d|\b(?:fell|fall|declined?|dropped|decreased?)\b"
)
_ROSE = re.compile(r"增长|上升|提高|增加|提升|上涨|增产")
LOWEST = re.compile(r"最[低小少慢差弱]|垫底|末位|从[低小少]|\b(?:lowest|least|fewest|smallest|slowest)\b")
_WHICH = re.compile(
    r"哪|谁|更|高还是低|多还是少|好还是坏|一样|\bwhich\b|\bhigher\b|\blower\b|\bmore\b|\bless\b"
)
# What a level less its change is called.
_BEFORE = {"grew": "before", "fell": "before", "grew since start": "start", "fell since start": "start"}


def leads(question: Question) -> bool:
    """Whether the conclusion is what is asked for (哪个高), so that it comes first."""
    return _WHICH.search(fold(question.understood)) is not None


def conclude(lines: Sequence[Line], question: Question | None = None) -> str:
    """What follows from the figures of two or more lines, with its formula; empty where nothing does."""
    figures = [line.figure or _last_figure(line) for line in lines]
    known = [figure for figure in figures if figure is not None]
    if len(known) != len(lines) or len(known) < 2:
        return ""
    language = question.language if question else "zh"
    if lines[0].role:
        return _derived(lines, known, language)
    labels = {line.label for line in lines}
    if (
        "" in labels or len(labels) == 1 or not _alike(known)
    ):  # two things of one year are not set against each other
        return ""
    asked = fold(question.understood) if question else ""
    if falling := {index for index, line in enumerate(lines) if _falls(line)}:
        return _with_falls(lines, known, falling, asked, language)
    if _SUM.search(asked):
        return _sum(known, language)
    return _compare_or_rank(lines, known, asked, language)


def _compare_or_rank(lines: Sequence[Line], figures: Sequence[Figure], asked: str, language: str) -> str:
    return (_rank if len(lines) > 2 else _compare)(lines, figures, asked, language)


def _falls(line: Line) -> bool:
    """Whether a line tells by how much something went down, so that its figure counts below zero."""
    folded = fold(line.text)
    return bool(_FELL.search(folded)) and not _ROSE.search(folded)


def _with_falls(
    lines: Sequence[Line], figures: Sequence[Figure], falling: set[int], asked: str, language: str
) -> str:
    """What follows where some went down: as ever where all did and falls are asked for, else at most their order."""
    if len(falling) == len(lines) and _FELL.search(asked):
        return _compare_or_rank(lines, figures, asked, language)
    if len(lines) < 3 or language == "en" or _SUM.search(asked):
        return ""
    return _rank(lines, figures, asked, language, falling)


def _alike(figures: Sequence[Figure]) -> bool:
    """Whether figures may be set against each other: one unit, or all of them counts of things."""
    units = {figure.unit for figure in figures}
    return len(units) == 1 or all(_COUNTED.search(unit) and measure(unit)[0] == unit for unit in units)


def _last_figure(line: Line) -> Figure | None:
    """The figure that a line without one ends with."""
    figures = [figure for figure in find_figures(fold(line.text)) if figure.unit]
    return figures[-1] if figures else None


def _compare(lines: Sequence[Line], figures: Sequence[Figure], asked: str, language: str) -> str:
    """Which is higher and by how much; for two years whether it rose."""
    if figures[0].value == figures[1].value:
        return say(language, "same", a=lines[0].label, b=lines[1].label)
    high, low = (0, 1) if figures[0].value > figures[1].value else (1, 0)
    terms = [f"{_show(figures[index])}[{index + 1}]" for index in (high, low)]
    difference = _show_value(figures[high].value - figures[low].value, _difference_unit(figures[high]))
    more = "more" if _COUNTED.search(figures[high].unit) else "higher"
    text = f"{say(language, more, a=lines[high].label)}{terms[0]} − {terms[1]} = {difference}"
    order = _by_year(lines)
    if order is not None:
        text += say(
            language, "rose" if order[1] == high else "fell", a=lines[order[1]].label, b=lines[order[0]].label
        )
        if _GROWTH.search(asked) and figures[0].unit not in _SHARES and figures[order[0]].value > 0:
            text += f"{_BREAK[language == 'en']}{_growth(figures, order)}"
    if _RATIO.search(asked) and figures[low].value > 0:
        times = say(language, "times", x=_round(figures[high].value / figures[low].value))
        text += f"{_BREAK[language == 'en']}{terms[0]} ÷ {terms[1]} = {times}"
    return text


def _by_year(lines: Sequence[Line]) -> tuple[int, int] | None:
    """Places of the earlier and the later of two lines labelled by years; None where they are not."""
    years = [re.findall(r"(?:19|20)\d\d", line.label) for line in lines]
    if not all(len(found) == 1 for found in years) or years[0] == years[1]:
        return None
    return (0, 1) if years[0] < years[1] else (1, 0)


def _growth(figures: Sequence[Figure], order: tuple[int, int]) -> str:
    """The relative change from the earlier year to the later."""
    first, last = order
    change = (figures[last].value / figures[first].value - 1) * 100
    terms = [f"{_show(figures[index])}[{index + 1}]" for index in (last, first)]
    return f"{terms[0]} ÷ {terms[1]} − 1 = {_round(change)}%"


def _sum(figures: Sequence[Figure], language: str) -> str:
    terms = " + ".join(f"{_show(figure)}[{number}]" for number, figure in enumerate(figures, start=1))
    total = sum((figure.value for figure in figures), Decimal(0))
    return f"{say(language, 'sum')}{terms} = {_show_value(total, figures[0].unit)}"


def _rank(
    lines: Sequence[Line],
    figures: Sequence[Figure],
    asked: str,
    language: str,
    falling: Collection[int] = (),
) -> str:
    """All of them in order, the lowest first where that is asked for; those `falling` count below zero, and say so."""
    sign = 1 if LOWEST.search(asked) else -1
    values = [-figure.value if index in falling else figure.value for index, figure in enumerate(figures)]
    order = sorted(range(len(lines)), key=lambda index: (sign * values[index], index))
    gaps = ["下降" if index in falling else _GAP[language == "en"] for index in range(len(lines))]
    listed = say(language, "list").join(
        f"{lines[index].label}{gaps[index]}{_show(figures[index])}[{index + 1}]" for index in order
    )
    return say(language, "rank_up" if sign > 0 else "rank") + listed


def _derived(lines: Sequence[Line], figures: Sequence[Figure], language: str) -> str:
    """A figure computed from two by their roles."""
    first, second = figures[0], figures[1]
    terms = (f"{_show(first)}[1]", f"{_show(second)}[2]")
    match lines[1].role:
        case "whole":
            share = _round(first.value / second.value * 100)
            return f"{say(language, 'share')}{terms[0]} ÷ {terms[1]} = {share}%"
        case "share":
            whole = (first.value / (second.value / 100)).quantize(Decimal(1), ROUND_HALF_UP)
            return f"{say(language, 'whole')}{terms[0]} ÷ {terms[1]} ≈ {_show_value(whole, first.unit)}"
        case "count":
            each = _show_value(_cut(first.value / second.value), first.unit)
            return f"{say(language, 'average')}{terms[0]} ÷ {terms[1]} = {each}"
        case "reached":
            left = _show_value(first.value - second.value, first.unit)
            return f"{say(language, 'left')}{terms[0]} − {terms[1]} = {left}"
        case "grew" | "grew since start" as role:
            before = _show_value(first.value - second.value, first.unit)
            return f"{say(language, _BEFORE[role])}{terms[0]} − {terms[1]} = {before}"
        case "fell" | "fell since start" as role:
            before = _show_value(first.value + second.value, first.unit)
            return f"{say(language, _BEFORE[role])}{terms[0]} + {terms[1]} = {before}"
        case _:
            return ""


def _difference_unit(figure: Figure) -> str:
    return "个百分点" if figure.unit == "%" else figure.unit


def _show(figure: Figure) -> str:
    return _show_value(figure.value, figure.unit)


def _cut(value: Decimal) -> Decimal:
    """A value to four digits, or to the unit where it has more."""
    if value >= 10_000:
        scale = Decimal(10) ** (value.adjusted() - 3)
        return (value / scale).quantize(Decimal(1), ROUND_HALF_UP) * scale
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _round(value: Decimal) -> str:
    """Two decimals, rounded half up, without empty ones."""
    rounded = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{rounded.normalize():f}"


def _show_value(value: Decimal, unit: str) -> str:
    """A value as reports write it: 1.2万亿元, 43万人, 0.5%."""
    for scale, word in ((10**12, "万亿"), (10**8, "亿"), (10**4, "万")):
        if unit not in _SHARES and value >= scale and value % (scale // 10_000) == 0:
            return f"{(value / scale).normalize():f}{word}{unit}"
    return f"{value.normalize():f}{unit}"
