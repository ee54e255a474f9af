"""What an answer concludes from its own figures, computed again in exact decimals with the formula shown."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from rag.answering.figures import Figure, find_figures
from rag.answering.verification.evidence import Evidence
from rag.answering.verification.naming import find_misnomers
from rag.text import fold
from rag.types import Question

_MARK = re.compile(r"\[(\d{1,3})\]")
_FORMULA = re.compile(r"\[\d{1,3}\]\s*[-−–+×*÷/]\s*[^\[\]]+\[\d{1,3}\][^\[\]]*[=≈]")
_SAME = re.compile(r"\s*(?P<one>[^\[\]，。]+?)(?:与|和)(?P<other>[^\[\]，。]+?)相同[。]?\s*")
# What two years' figures come to, after their difference: （2023年比2022年上升）.
_TREND = re.compile(
    r"\s*\((?:(?P<later>[^()]+?)比(?P<earlier>[^()]+?)(?P<way>上升|下降)|(?P<up>up|down) in (?P<in>[^()]+?) from (?P<from>[^()]+?))\)\s*$"
)
_OPERATORS = {"-": "-", "−": "-", "–": "-", "+": "+", "×": "×", "*": "×", "÷": "÷", "/": "÷"}
_LESS = re.compile(r"更低|更少|更慢|更小")
Shown = Mapping[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Term:
    operator: str
    figure: Figure
    n: int


def is_conclusion(line: str) -> bool:
    """Whether a line computes (29%[1] − 27%[2] = 2个百分点) or calls two slots equal (2022年与2023年相同)."""
    return bool(_FORMULA.search(line) or _SAME.fullmatch(line))


def check_conclusion(
    number: int, lines: Sequence[str], shown: Shown, evidence: Mapping[int, Evidence], question: Question
) -> bool:
    """Whether line `number` follows from the figures that the other lines show.

    `shown` are the proven figures, folded, by their mark. What stands before the first term (2023年更高：) must be of
    its citation.
    """
    if same := _SAME.fullmatch(lines[number]):
        return _are_same(same["one"], same["other"], lines)
    folded = fold(lines[number])
    trend = _TREND.search(folded)
    folded = folded[: trend.start()] if trend else folded
    match = re.fullmatch(r"(?P<terms>[^=≈]*)(?P<equals>[=≈])(?P<result>[^=≈]*)", folded)
    parsed = _parse(match["terms"]) if match else None
    if match is None or parsed is None:
        return False
    head, terms = parsed
    results = find_figures(match["result"])
    if len(results) != 1 or any(not _is_shown(term, shown, evidence) for term in terms):
        return False
    if trend and not _is_trend(trend, terms, lines):
        return False
    if any(find_misnomers(head, head, evidence[terms[0].n], question)):
        return False
    value = _compute(terms, results[0])
    if value is None or (_LESS.search(head) and value > 0):
        return False
    rounded = match["equals"] == "≈" or any(term.operator == "÷" for term in terms)
    return _equal(value, results[0].value, rounded)


def _is_trend(trend: re.Match[str], terms: Sequence[_Term], lines: Sequence[str]) -> bool:
    """Whether the figure of the one line named went up or down from that of the other, as said."""
    values = {term.n: term.figure.amount for term in terms}
    later, earlier = (
        next((int(m.group(1)) for line in lines if (m := _labelled(label, line))), 0)
        for label in (trend["later"] or trend["in"], trend["earlier"] or trend["from"])
    )
    if later not in values or earlier not in values or values[later][0] != values[earlier][0]:
        return False
    goes_up = values[later][1] > values[earlier][1]
    return values[later] != values[earlier] and goes_up == ((trend["way"] or trend["up"]) in {"上升", "up"})


def _labelled(label: str, line: str) -> re.Match[str] | None:
    """The last mark of a line with this label."""
    folded = fold(line)
    return re.search(r".*\[(\d{1,3})\]", folded) if re.match(rf"{re.escape(label)}\s*:", folded) else None


def _are_same(one: str, other: str, lines: Sequence[str]) -> bool:
    """Whether the lines of two labels end with the same figure."""
    ends = []
    for label in (one.strip(), other.strip()):
        line = next((line for line in lines if line.startswith(f"{label}：")), "")
        figures = [f for f in find_figures(fold(_MARK.sub("", line))) if f.unit]
        ends.append(figures[-1].amount if figures else None)
    return ends[0] is not None and ends[0] == ends[1]


def _parse(text: str) -> tuple[str, tuple[_Term, ...]] | None:
    """The words before the first figure and the terms `figure[n]`; None where something else stands between."""
    pieces = _MARK.split(text)
    if pieces[-1].strip() or len(pieces) < 5:
        return None
    head, terms = "", []
    for place, (piece, n) in enumerate(zip(pieces[:-1:2], pieces[1::2], strict=True)):
        sign = re.match(r"\s*([-−–+×*÷/])\s*", piece) if place else None
        body = piece[sign.end() :] if sign else piece
        figures = find_figures(body)
        if not figures or (place and (sign is None or len(figures) > 1)) or body[figures[-1].end :].strip():
            return None
        before = body[: figures[-1].start]
        if place and before.strip():
            return None
        head = head if place else before
        terms.append(_Term(_OPERATORS[sign.group(1)] if sign else "+", figures[-1], int(n)))
    return head, tuple(terms)


def _is_shown(term: _Term, shown: Shown, evidence: Mapping[int, Evidence]) -> bool:
    """Whether a term is a figure shown for its mark, or where none is shown, one of its span; limits are no terms."""
    if term.n not in evidence:
        return False
    known = [f for text in shown.get(term.n, ()) for f in find_figures(text)] or list(
        evidence[term.n].figures
    )
    return any(f.amount == term.figure.amount and f.sense in {"", "~"} for f in known)


def _compute(terms: Sequence[_Term], result: Figure) -> Decimal | None:
    """The value in the unit of the result; None where the units do not go together.

    Shares differ by percentage points; one figure divided by another of its kind is a share or a number of times.
    """
    measures = [term.figure.amount[0] for term in terms]
    values = [term.figure.amount[1] for term in terms]
    operators = {term.operator for term in terms[1:]}
    name, size = result.amount[0], result.amount[1] / result.value if result.value else Decimal(1)
    if measures[0] == name == "share" and set(measures[1:]) == {"points"} and operators <= {"+", "-"}:
        # 83.6% and 1.2 points more or less are a share again.
        moved = sum(
            (-v if t.operator == "-" else v for t, v in zip(terms[1:], values[1:], strict=True)), Decimal(0)
        )
        return (values[0] + moved / 100) / size
    if (
        operators == {"÷"}
        and len(terms) == 2
        and measures[1] == "share"
        and name == measures[0]
        and values[1]
    ):
        # A part and its share tell the whole.
        return values[0] / values[1] / size
    if len(set(measures)) > 1:
        return None
    if operators <= {"+", "-"}:
        total = sum((-v if t.operator == "-" else v for t, v in zip(terms, values, strict=True)), Decimal(0))
        if measures[0] == "share" and "-" in operators:
            return total * 100 if name == "points" else None
        return total / size if name == measures[0] else None
    if operators == {"÷"} and len(terms) == 2 and values[1] and name in {"share", "倍", ""}:
        return values[0] / values[1] / size
    return None


def _equal(value: Decimal, shown: Decimal, rounded: bool) -> bool:
    """Whether the figure shown is the value, to as many places as are shown where it is rounded."""
    if not rounded:
        return value == shown
    exponent = shown.as_tuple().exponent
    places = Decimal(1).scaleb(exponent) if isinstance(exponent, int) and exponent < 0 else Decimal(1)
    return value.quantize(places, ROUND_HALF_UP) == shown
