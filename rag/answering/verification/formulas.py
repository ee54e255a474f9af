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
# What ends a difference of two years: （2023年比2022年上升）, (up in 2023 from 2022).
_DIRECTION = re.compile(
    r"\s*[（(](?:(?P<one>[^（）()]+?)比(?P<other>[^（）()]+?)(?P<way>上升|下降)"
    r"|(?P<up>up|down) in (?P<here>[^()]+?) from (?P<there>[^()]+?))[）)]\s*$"
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
    formula, direction = lines[number], _DIRECTION.search(lines[number])
    if direction:
        formula = formula[: direction.start()]
        if not _moves(direction, lines):
            return False
    match = re.fullmatch(r"(?P<terms>[^=≈]*)(?P<equals>[=≈])(?P<result>[^=≈]*)", fold(formula))
    parsed = _parse(match["terms"]) if match else None
    if match is None or parsed is None:
        return False
    head, terms = parsed
    results = find_figures(match["result"])
    if len(results) != 1 or any(not _is_shown(term, shown, evidence) for term in terms):
        return False
    if any(find_misnomers(head, head, evidence[terms[0].n], question)):
        return False
    value = _compute(terms, results[0])
    if value is None or (_LESS.search(head) and value > 0):
        return False
    rounded = match["equals"] == "≈" or any(term.operator == "÷" for term in terms)
    return _equal(value, results[0].value, rounded)


def _are_same(one: str, other: str, lines: Sequence[str]) -> bool:
    """Whether the lines of two labels end with the same figure."""
    first, second = _amount_of(one, lines), _amount_of(other, lines)
    return first is not None and first == second


def _moves(direction: re.Match[str], lines: Sequence[str]) -> bool:
    """Whether the figure of the one label lies above (上升) or below (下降) that of the other."""
    first = _amount_of(direction["one"] or direction["here"], lines)
    second = _amount_of(direction["other"] or direction["there"], lines)
    if first is None or second is None or first[0] != second[0]:
        return False
    is_up = (direction["way"] or direction["up"]) in {"上升", "up"}
    return first[1] > second[1] if is_up else first[1] < second[1]


def _amount_of(label: str, lines: Sequence[str]) -> tuple[str, Decimal, Decimal | None, bool] | None:
    """The amount (`Figure.amount`) that the line of a label ends with."""
    starts = tuple(f"{label.strip()}{colon}" for colon in "：:")
    line = next((line for line in lines if line.startswith(starts)), "")
    figures = [f for f in find_figures(fold(_MARK.sub("", line))) if f.unit]
    return figures[-1].amount if figures else None


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
