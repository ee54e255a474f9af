"""Two figures beside each other: what lies between them, in exact decimals with its formula."""

from collections.abc import Sequence
from decimal import Decimal

from rag.answering.lines import Line
from rag.answering.figures import Figure, find_figures
from rag.text import fold

_SHARES = frozenset({"%", "成", "‰", "个百分点"})


def conclude(lines: Sequence[Line]) -> str:
    """The difference of two labelled figures of one unit, with its formula; empty where there is none to tell."""
    if len(lines) != 2 or not all(line.label for line in lines):
        return ""
    figures = [_last_figure(line) for line in lines]
    first, second = figures
    if first is None or second is None or first.unit != second.unit or not first.unit:
        return ""
    if first.value == second.value:
        return f"{lines[0].label}与{lines[1].label}相同"
    high, low = (0, 1) if first.value > second.value else (1, 0)
    terms = [_show(figures[index]) + f"[{index + 1}]" for index in (high, low)]
    difference = abs(first.value - second.value)
    unit = "个百分点" if first.unit == "%" else first.unit
    return f"{lines[high].label}更高：{terms[0]} − {terms[1]} = {_show_value(difference, unit)}"


def _last_figure(line: Line) -> Figure | None:
    """The figure that the line was chosen for: what is shown ends with it."""
    figures = [figure for figure in find_figures(fold(line.text)) if figure.unit]
    return figures[-1] if figures else None


def _show(figure: Figure | None) -> str:
    return _show_value(figure.value, figure.unit) if figure else ""


def _show_value(value: Decimal, unit: str) -> str:
    """A value as reports write it: 1.2万亿元, 43万人, 0.5%."""
    for scale, word in ((10**12, "万亿"), (10**8, "亿"), (10**4, "万")):
        if unit not in _SHARES and value >= scale and value % (scale // 10_000) == 0:
            return f"{(value / scale).normalize():f}{word}{unit}"
    return f"{value.normalize():f}{unit}"
