"""What there is where a question was refused: the years that the reports mainly tell of, and the places."""

from dataclasses import dataclass
from html import escape

from rag.assistant import Assistant
from rag.errors import QuestionError
from rag.question import understand
from rag.types import Answer, Filter, Region
from ui.chat.handling_texts import Handling
from ui.chat.survey import Survey
from ui.chat.texts import Texts

PLACES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Held:
    """What the reports hold near a refused question.

    `years` are the main ones of the `place` asked about, or of all (then `place` is empty); `places` stand for
    those that there are, where the one asked about is none of them. `filtered` says whether a filter was set, and
    `allowed` how many passages passed it.
    """

    place: str = ""
    years: tuple[int, ...] = ()
    places: tuple[str, ...] = ()
    filtered: bool = False
    allowed: int = 0


def find_held(assistant: Assistant, answer: Answer, covered: Survey, filter: Filter) -> Held:
    """What is there instead of an answer to a refused question."""
    allowed = assistant.index.rows_allowed(filter)
    region = _find_region(assistant, answer) or (filter.regions[0] if len(filter.regions) == 1 else None)
    of_region = dict(covered.years_by_region)
    known = region is None or region in of_region
    return Held(
        place=region.path[-1] if region is not None and known else "",
        years=of_region[region] if region is not None and known else covered.years,
        places=() if known else tuple(each.path[-1] for each in covered.regions[:PLACES_SHOWN]),
        filtered=allowed is not None,
        allowed=len(assistant.index) if allowed is None else len(allowed),
    )


def _find_region(assistant: Assistant, answer: Answer) -> Region | None:
    try:
        question = understand(answer.understood or answer.question, assistant.coverage)
    except QuestionError:
        return None
    return next((slot.region for slot in question.slots if slot.region), None) or next(
        iter(question.places), None
    )


def render_held(texts: Texts, handling: Handling, held: Held, turn: int) -> str:
    """What is there; under a filter also a button that asks without."""
    widen = (
        f'<button type="button" class="quiet widen" data-widen="{turn}">{escape(handling.widen)}</button>'
        if held.filtered
        else ""
    )
    said = tell_held(texts, handling, held)
    sentences = "".join(f"<span>{escape(sentence)}</span>" for sentence in said)
    return f'<p class="held">{sentences}{widen}</p>' if sentences else ""


def tell_held(texts: Texts, handling: Handling, held: Held) -> list[str]:
    """What is there, in a sentence each; under a filter first, that nothing else was searched."""
    said: list[str] = []
    if held.filtered:
        said.append(handling.only_within if held.allowed else handling.nothing_allowed)
    if held.places:
        said.append(handling.held_places.format(places=handling.between.join(held.places)))
    if held.years:
        years = texts.years.format(years=name_years(held.years, handling.between))
        said.append(handling.held_years.format(place=held.place or handling.everywhere, years=years))
    return said


def name_years(years: tuple[int, ...], between: str) -> str:
    """Years as runs: 2018—2020、2023."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return between.join(str(run[0]) if len(run) == 1 else f"{run[0]}—{run[-1]}" for run in runs)
