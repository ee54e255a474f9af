"""Years, places, titles and names in a claim, held against what it cites."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.answering.figures import find_figures
from rag.answering.verification.evidence import Evidence
from rag.corpus.periods import PeriodMention, find_periods
from rag.corpus.regions import gazetteer
from rag.mentions import short_name
from rag.text import fold
from rag.types import Level, Period, Question, Region

_COMPARED = re.compile(r"(?:比|较|与|同|恢复到|超过|相当于|对比)$")
_STAND_IN = re.compile(r"[全我本该](?P<level>[省市县区镇乡])(?![场域间民])")
_LEVELS = {
    "省": {Level.PROVINCE}, "市": {Level.CITY}, "县": {Level.COUNTY}, "区": {Level.COUNTY},
    "镇": {Level.TOWN}, "乡": {Level.TOWN},
}  # fmt: skip
_QUOTED = re.compile(r"《([^《》]{1,60})》|“([^“”]{1,40})”|「([^「」]{1,40})」")
# A name with digits or written in capitals: PM2.5, G60, 5G, GDP.
_CODE = re.compile(r"(?<![a-z\d])(?:[a-z]+[\d.]*\d[a-z\d]*|\d+[a-z]+)(?![a-z\d])")
_CAPITALS = re.compile(r"(?<![A-Za-z])[A-Z]{2,}(?![A-Za-z])")
# 没有2021年的数据 names what is not there.
_DENIED = re.compile(r"(?:没有|尚无|并无|不含)[\u4e00-\u9fff]{0,8}$")
# So many characters that stand alike around two names tell which of them is meant.
_TELLING = 6


@dataclass(frozen=True, slots=True)
class Misnomer:
    """What a claim names at `start`..`end` that its evidence does not: a `year`, a `region` or another `name`."""

    kind: str
    start: int
    end: int


def find_misnomers(text: str, shown: str, evidence: Evidence, question: Question) -> Iterator[Misnomer]:
    """Every year, place, title or name of a folded claim (`shown` as written) that the evidence does not bear out."""
    for mention in find_periods(text, evidence.year):
        if not _DENIED.search(text[: mention.start]) and not has_period(text, mention, evidence, question):
            yield Misnomer("year", mention.start, mention.end)
    yield from _places(text, evidence, question)
    asked = "".join(fold(question.understood).split())
    for match in _QUOTED.finditer(shown):
        words = "".join(fold(next(group for group in match.groups() if group)).split())
        if words not in evidence.everything and words not in asked:
            yield Misnomer("name", match.start(), match.end())
    codes = set(_CODE.findall(evidence.everything)) | set(_CODE.findall(asked))
    for match in _CODE.finditer(text):
        if match.group() not in codes and not find_figures(match.group()):
            yield Misnomer("name", match.start(), match.end())
    known = evidence.everything + asked
    for match in _CAPITALS.finditer(shown):
        if fold(match.group()) not in known:
            yield Misnomer("name", match.start(), match.end())


def has_period(text: str, mention: PeriodMention, evidence: Evidence, question: Question) -> bool:
    """Whether the evidence speaks of the years that a claim names.

    They stand in its sentence, or are those of its passage. Where neither tells, they are the only ones asked about.
    """
    told = [time.period for time in find_periods(evidence.sentence, evidence.year)]
    if any(place.time == mention.period.label for place in evidence.places):
        return True  # one of the years that a series runs over
    if any(_same(period, mention.period) for period in told):
        return _is_aligned(text, mention, evidence)
    if evidence.period is not None:
        return _same(evidence.period, mention.period)
    asked = {(slot.period.first, slot.period.last) for slot in question.slots if slot.period}
    return not told and asked == {(mention.period.first, mention.period.last)}


def _is_aligned(text: str, mention: PeriodMention, evidence: Evidence) -> bool:
    """Whether no other year of the span stands where the claim's stands; a label (2023年：) is not of the span."""
    label = re.match(r"\s*[:：]", text[mention.end :])
    if label or (evidence.period is not None and _same(evidence.period, mention.period)):
        return True
    others = [(time.start, time.end, _same(time.period, mention.period)) for time in evidence.times]
    return _stands(text, mention.start, mention.end, evidence.folded, others)


def _stands(text: str, start: int, end: int, span: str, others: Sequence[tuple[int, int, bool]]) -> bool:
    """Whether the name at `start`..`end` of a claim stands in words like those around the same name in the span.

    `others` are the names of the span: start, end, and whether it is the same one.
    """
    alike = [(_alike(text, start, end, span, a, b), same) for a, b, same in others]
    own = max((length for length, same in alike if same), default=0)
    other = max((length for length, same in alike if not same), default=0)
    return other < _TELLING or own >= other


def _alike(text: str, start: int, end: int, span: str, other_start: int, other_end: int) -> int:
    before = _common(text[:start][::-1], span[:other_start][::-1])
    return before + _common(text[end:], span[other_end:])


def _common(one: str, other: str) -> int:
    return next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _places(text: str, evidence: Evidence, question: Question) -> Iterator[Misnomer]:
    own = [region for region in (evidence.region, *(slot.region for slot in question.slots)) if region]
    mentions = [(m.start, m.end, m.region) for m in gazetteer().find(text, own)]
    labelled = next((r for r in own if text.startswith(fold(r.path[-1]))), None)
    if labelled is not None and (not mentions or mentions[0][0] > 0):
        mentions.append((0, len(labelled.path[-1]), labelled))
    for start, end, region in mentions:
        if not _DENIED.search(text[:start]) and not has_region(text, start, end, region, evidence, question):
            yield Misnomer("region", start, end)
    for match in _STAND_IN.finditer(text):
        level = evidence.region.level if evidence.region else None
        if match.group() not in evidence.everything and level not in _LEVELS[match["level"]]:
            yield Misnomer("region", match.start(), match.end())


def has_region(
    text: str, start: int, end: int, region: Region, evidence: Evidence, question: Question
) -> bool:
    """Whether the evidence speaks of a place that a claim names."""
    if evidence.region == region:
        return True
    name, short = fold(region.path[-1]), fold(short_name(region.path[-1]))
    if text[start:end] in evidence.everything or name in evidence.everything or short in evidence.everything:
        found = gazetteer().find(evidence.folded, [region])
        others = [(m.start, m.end, m.region == region) for m in found]
        return _stands(text, start, end, evidence.folded, others)
    asked = {slot.region for slot in question.slots}
    return evidence.region is None and asked == {region}


def spoken_period(text: str, position: int, evidence: Evidence) -> Period | None:
    """The years named last before a place of a text, those compared with (比2022年) left out."""
    named = [
        mention.period
        for mention in find_periods(text, evidence.year)
        if mention.end <= position and not _COMPARED.search(text[: mention.start])
    ]
    return named[-1] if named else None


def _same(one: Period, other: Period) -> bool:
    return (one.first, one.last) == (other.first, other.last)
