"""When the reports do not tell: a reason code and a sentence, decided from the question and what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag.mentions import Coverage
from rag.types import Hit, Question


class Reason(StrEnum):
    """Why there is no answer."""

    NO_SUCH_REGION = "no_such_region"
    NO_SUCH_PERIOD = "no_such_period"
    NOT_IN_REPORTS = "not_in_reports"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason code and the sentence shown."""

    reason: Reason
    text: str


NOTHING_FOUND = Refusal(Reason.NOT_IN_REPORTS, "报告里没有找到与这个问题有关的内容。")


def refuse(question: Question, hits: Sequence[Hit], coverage: Coverage) -> Refusal | None:
    """A refusal where the reports cannot hold the answer: another region, another year, or nothing found."""
    regions = [slot.region for slot in question.slots if slot.region is not None]
    outside = [r for r in regions if not any(r.contains(own) or own.contains(r) for own in coverage.regions)]
    if regions and len(outside) == len(regions) and coverage.regions:
        return Refusal(Reason.NO_SUCH_REGION, f"报告里没有{outside[0].name}的内容。")
    periods = [slot.period for slot in question.slots if slot.period is not None]
    first, last = coverage.first_year, coverage.last_year
    if (
        periods
        and first is not None
        and last is not None
        and all(p.last < first or p.first > last for p in periods)
    ):
        return Refusal(
            Reason.NO_SUCH_PERIOD, f"报告里没有{periods[0].label}的内容，只涉及{first}至{last}年。"
        )
    if not hits:
        return NOTHING_FOUND
    return None
