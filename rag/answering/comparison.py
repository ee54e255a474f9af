"""Figures beside each other: what lies between them, their share or rank, in exact decimals with the formula."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from rag.answering.figures import Figure, find_figures
from rag.answering.lines import Line
from rag.text import fold
from rag.types import Question

_SHARES = frozenset({"%", "成", "‰", "个百分点", "百分点"})
_PEOPLE = frozenset({"人", "名", "位"})
_COUNTED = re.compile(r"[家个项件户名人位次所座处条张套辆台部艘架场亩吨斤元]$")
_RATIO = re.compile(r"几倍|多少倍|倍数|\bhow many times\b")
_GROWTH = re.compile(r"(?:增长|增|涨|降|下降|减少?|变化)了?(?:百分之|多大幅度)|增幅|涨幅|降幅|\bpercent(?:age)?\b(?! point)")
_SUM = re.compile(r"加起来|加一起|之和|合计|总和|共计|\bcombined\b|\baltogether\b")
_WHICH = re.compile(
    r"哪|谁|更|高还是低|多还是少|好还是坏|一样|\bwhich\b|\bhigher\b|\blower\b|\bmore\b|\bless\b"
)


def leads(question: Question) -> bool:
    """Whether the conclusion is what is asked for (哪个高), so that it comes first."""
    return _WHICH.search(fold(question.understood)) is not None


def conclude(lines: Sequence[Line], question: Question | None = None) -> str:
    """What follows from the figures of two or more lines, with its formula; empty where nothing does."""
    figures = [line.figure or _last_figure(line) for line in lines]
    known = [figure for figure in figures if figure is not None]
    if len(known) != len(lines) or len(known) < 2:
        return ""
    if lines[0].role:
        return _derived(lines, known)
    if not all(line.label for line in lines) or not _alike(known):
        return ""
    asked = fold(question.understood) if question else ""
    if _SUM.search(asked):
        return _sum(known)
    return _rank(lines, known) if len(known) > 2 else _compare(lines, known, asked)


def _alike(figures: Sequence[Figure]) -> bool:
    units = {"人" if figure.unit in _PEOPLE else figure.unit for figure in figures}
    return len(units) == 1 and units != {""}


def _last_figure(line: Line) -> Figure | None:
    """The figure that a line without one ends with."""
    figures = [figure for figure in find_figures(fold(line.text)) if figure.unit]
    return figures[-1] if figures else None


def _compare(lines: Sequence[Line], figures: Sequence[Figure], asked: str) -> str:
    """Which is higher and by how much; for two years whether it rose."""
    if figures[0].value == figures[1].value:
        return f"{lines[0].label}与{lines[1].label}相同"
    high, low = (0, 1) if figures[0].value > figures[1].value else (1, 0)
    terms = [f"{_show(figures[index])}[{index + 1}]" for index in (high, low)]
    difference = _show_value(figures[high].value - figures[low].value, _difference_unit(figures[high]))
    more = "更多" if _COUNTED.search(figures[high].unit) else "更高"
    text = f"{lines[high].label}{more}：{terms[0]} − {terms[1]} = {difference}"
    if trend := _trend(lines, figures):
        text += f"（{trend}）"
    if _RATIO.search(asked) and figures[low].value > 0:
        text += f"；{terms[0]} ÷ {terms[1]} = {_round(figures[high].value / figures[low].value)}倍"
    if _GROWTH.search(asked) and trend:
        text += f"；{_growth(lines, figures)}"
    return text


def _by_year(lines: Sequence[Line]) -> tuple[int, int] | None:
    """Places of the earlier and the later of two lines labelled by years; None where they are not."""
    years = [re.findall(r"(?:19|20)\d\d", line.label) for line in lines]
    if not all(len(found) == 1 for found in years) or years[0] == years[1]:
        return None
    return (0, 1) if years[0] < years[1] else (1, 0)


def _trend(lines: Sequence[Line], figures: Sequence[Figure]) -> str:
    order = _by_year(lines)
    if order is None:
        return ""
    first, last = order
    rose = figures[last].value > figures[first].value
    return f"{lines[last].label}比{lines[first].label}{'上升' if rose else '下降'}"


def _growth(lines: Sequence[Line], figures: Sequence[Figure]) -> str:
    """The relative change from the earlier year to the later."""
    order = _by_year(lines)
    if order is None or figures[order[0]].value <= 0 or figures[0].unit in _SHARES:
        return ""
    first, last = order
    change = (figures[last].value / figures[first].value - 1) * 100
    terms = [f"{_show(figures[index])}[{index + 1}]" for index in (last, first)]
    return f"{terms[0]} ÷ {terms[1]} − 1 = {_round(change)}%"


def _sum(figures: Sequence[Figure]) -> str:
    terms = " + ".join(f"{_show(figure)}[{number}]" for number, figure in enumerate(figures, start=1))
    total = sum((figure.value for figure in figures), Decimal(0))
    return f"合计：{terms} = {_show_value(total, figures[0].unit)}"


def _rank(lines: Sequence[Line], figures: Sequence[Figure]) -> str:
    order = sorted(range(len(lines)), key=lambda index: (-figures[index].value, index))
    listed = "、".join(f"{lines[index].label}{_show(figures[index])}[{index + 1}]" for index in order)
    return f"从高到低：{listed}"


def _derived(lines: Sequence[Line], figures: Sequence[Figure]) -> str:
    """A figure computed from two by their roles."""
    first, second = figures[0], figures[1]
    terms = (f"{_show(first)}[1]", f"{_show(second)}[2]")
    match lines[1].role:
        case "whole":
            return f"占比：{terms[0]} ÷ {terms[1]} = {_round(first.value / second.value * 100)}%"
        case "share":
            whole = (first.value / (second.value / 100)).quantize(Decimal(1), ROUND_HALF_UP)
            return f"总数约为：{terms[0]} ÷ {terms[1]} ≈ {_show_value(whole, first.unit)}"
        case "count":
            return f"平均：{terms[0]} ÷ {terms[1]} = {_show_value(_cut(first.value / second.value), first.unit)}"
        case "grew":
            return f"上一年：{terms[0]} − {terms[1]} = {_show_value(first.value - second.value, first.unit)}"
        case "fell":
            return f"上一年：{terms[0]} + {terms[1]} = {_show_value(first.value + second.value, first.unit)}"
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
