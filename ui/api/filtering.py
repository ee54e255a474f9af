"""From names that a program sends to a filter: each name must be one that is known."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from rag.corpus.regions import gazetteer
from rag.mentions import Coverage
from rag.text import fold
from rag.types import Filter, Kind, Period, Region
from ui.api.failures import ApiError
from ui.api.schemas import Filters

_PERIOD = re.compile(r"((?:19|20)\d\d)年?(?:[-—–~～至到]+((?:19|20)\d\d)年?)?")


def read_filter(wanted: Filters | None, files: Iterable[str], coverage: Coverage) -> Filter | None:
    """The filter of a request; None for one that lets everything pass (ApiError)."""
    if wanted is None:
        return None
    known = tuple(files)
    found = Filter(
        files=frozenset(_read_document(name, known) for name in wanted.document or ()),
        regions=tuple(_read_region(name, coverage) for name in wanted.region or ()),
        periods=tuple(_read_period(name) for name in wanted.period or ()),
        kinds=frozenset(Kind(name) for name in wanted.kind or ()),
    )
    return None if found == Filter() else found


def _read_document(name: str, known: tuple[str, ...]) -> str:
    """A file of the index by its very name: a name is compared, never opened."""
    if name in known:
        return name
    near = get_close_matches(name, known, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"The corpus has {len(known):,} documents."
    raise ApiError(
        400, "unknown_document", f"There is no document {name} in the corpus. {hint}", "filter.document"
    )


def _read_region(name: str, coverage: Coverage) -> Region:
    """A place by its full name, or by the last part of it where only one place has that."""
    same = [region for region in coverage.regions if name in {region.name, region.path[-1]}]
    if len(same) == 1:
        return same[0]
    if len(same) > 1:
        names = ", ".join(region.name for region in same)
        raise ApiError(
            400, "ambiguous_region", f"{name} may be {names}. Give the whole name.", "filter.region"
        )
    folded = fold(name)
    for mention in gazetteer().find(folded, coverage.regions):
        if (mention.start, mention.end) == (0, len(folded)):
            return mention.region
    raise ApiError(
        400,
        "unknown_region",
        f"{name} is no place that is known. Give its name as in 江西省 or 南昌市.",
        "filter.region",
    )


def _read_period(name: str) -> Period:
    match = _PERIOD.fullmatch(name.strip())
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    if first > last:
        raise ApiError(
            400, "bad_period", f"{name} is no period. Give a year, 2023, or the first and last of several, 2021-2025.",
            "filter.period",
        )  # fmt: skip
    return Period(first, last, name)
