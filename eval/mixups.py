"""Answers of another year or place than asked: told by the years and places that the answer's own lines name."""

import re

from eval.matching import normalise, remove_marks
from eval.questions import EvalQuestion
from eval.responses import Excerpt, Response

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SPAN = re.compile(r"((?:19|20)\d\d)年?[-—–~至到]+((?:19|20)\d\d)")
# A place is often told by its name alone: 南昌 for 南昌市.
_LEVEL = re.compile(r"(?:自治区|自治州|自治县|特别行政区|[省市县区镇乡村])$")


def is_other_year(question: EvalQuestion, response: Response) -> bool | None:
    """Whether an answer tells of other years only than the question asks about; None where that cannot be said.

    Its years are those in its text, else the periods of its citations.
    """
    asked = _years(question.year)
    if not asked or not _is_answered(response):
        return None
    told = _years(remove_marks(response.text)) or _years(" ".join(c.period for c in response.citations))
    return bool(told) and not told & asked


def is_other_region(question: EvalQuestion, response: Response) -> bool | None:
    """Whether no citation of an answer is of, or names, a place the question asks about; None where that cannot be said."""
    asked = [region.strip() for region in question.region.split("/") if region.strip()]
    placed = [citation for citation in response.citations if citation.region]
    if not asked or not placed or not _is_answered(response):
        return None
    return not any(_tells_of(citation, region) for citation in response.citations for region in asked)


def _is_answered(response: Response) -> bool:
    return bool(response.text) and not response.refused


def _years(text: str) -> frozenset[int]:
    """The years a text names, those between the ends of a span with them."""
    text = normalise(text)
    years = {int(year) for year in _YEAR.findall(text)}
    for first, last in _SPAN.findall(text):
        years.update(range(int(first), int(last) + 1))
    return frozenset(years)


def _tells_of(citation: Excerpt, region: str) -> bool:
    """Whether a cited line is of this very place, or names it."""
    if citation.region.endswith(region) or region.endswith(citation.region):
        return True
    name = _LEVEL.sub("", region)
    name = name if len(name) > 1 else region
    return name in citation.text or region in citation.title
