"""Places of administration in a text, from provinces down to towns and streets.

The data are in `divisions/`. Provinces, cities and counties are read at once (a few milliseconds); towns only
when a text names one. Gazetteer knowledge serves to filter and rank; it is never an answer.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from rag.corpus.divisions import Atlas, town_region
from rag.corpus.placenames import (
    LONGEST_TOWN,
    TOWN,
    TOWN_STEM,
    Mention,
    counties_in,
    county_after,
    known_in,
    town_after,
    village_after,
    zone_after,
)
from rag.types import Level, Region

_RANKS = {level: rank for rank, level in enumerate(Level)}
_WATERS = frozenset("湖河江海岭水溪")
_BEFORE = re.compile(r"(?:^|[^\u4e00-\u9fff]|[在与和及从到至由往赴于])$")
_AFTER = re.compile(r"$|[^\u4e00-\u9fff]|[年的在有是与和及至到县市区旗呢吗吧]")
# What makes a word of 县 with what follows: 县城, 县级.
_OF_COUNTIES = frozenset("域城级里内委长政乡直区")
_STAND_IN = re.compile(r"[全我本该](?:经开|高新)?(?P<kind>省|市|州|盟|县|旗|区|街道|镇|乡|村)(?![场域间])")


class Gazetteer:
    """Looks names of places up and finds them in a text."""

    def __init__(self) -> None:
        self._atlas = Atlas()
        self._heads: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self._atlas.names(), key=len, reverse=True):
            self._heads[name[:2]].append(name)

    def find(self, text: str, known: Sequence[Region] = ()) -> tuple[Mention, ...]:
        """The places that `text` names, in order.

        A name that several places bear is taken for the one in, or around, a place named before it or in
        `known`, then for the highest (南昌 is the city, not the county); failing that it is left out. A short
        name that is also a word (万年) or part of one (创新干部) is left out unless such a place stands by it.
        """
        mentions: list[Mention] = []
        position = 0
        for start, name in self._names(text):
            if start < position:
                continue
            before = mentions[-1] if mentions and mentions[-1].end == start else None
            region = self._choose(text, start, name, before, [*known, *(m.region for m in mentions)])
            if region is None:
                continue
            end = start + len(name)
            if before is not None and before.region.contains(region):
                start = mentions.pop().start
            mention = self._extend(text, Mention(start, end, region))
            mentions.append(mention)
            position = mention.end
        mentions = self._with_unlisted(text, mentions, known)
        return self._with_lone_towns(text, mentions, known)

    def resolve(self, name: str, within: Region | None = None) -> Region | None:
        """The place called exactly `name`; the one inside `within` where that is given, else the highest.

        None when there is none, or when several of one level bear the name. Inside a known county a name
        that ends in 街道, 镇 or 乡, and inside a known place a development zone, resolve by rule.
        """
        places = [p.region for p in self._atlas.called(name) if within is None or within.contains(p.region)]
        if not places:
            places = [r for r in self._atlas.towns_called(name) if within is None or within.contains(r)]
        if places:
            return _highest(places)
        if within is None:
            mentions = self.find(name)
            return mentions[0].region if [(m.start, m.end) for m in mentions] == [(0, len(name))] else None
        mention = self._extend(name, Mention(0, 0, within))
        return mention.region if mention.end == len(name) else None

    def has_name(self, name: str) -> bool:
        """Whether some place is called so in full."""
        named = any(place.region.path[-1] == name for place in self._atlas.called(name))
        return named or bool(self._atlas.towns_called(name))

    def cities_and_counties(self, provinces: Collection[str]) -> Iterator[Region]:
        """Every city of the country, and the counties of these provinces, each once."""
        for name in self._atlas.names():
            for place in self._atlas.called(name):
                region = place.region
                is_own = region.level is Level.COUNTY and region.path[0] in provinces
                if region.path[-1] == name and (region.level is Level.CITY or is_own):
                    yield region

    def short_name(self, region: Region) -> str:
        """The name without its suffix: 南昌 for 江西省南昌市; the last name itself where there is none."""
        place = self._atlas.at(region.path)
        return place.short if place and place.short else region.path[-1]

    def around(self, region: Region) -> Region | None:
        """The place that `region` lies in; None for a province."""
        path = region.path[:-1]
        if not path:
            return None
        if place := self._atlas.at(path):
            return place.region
        if region.level is Level.VILLAGE:
            return town_region(Region(path[:-1], Level.COUNTY), path[-1])
        return Region(path, Level.COUNTY)

    def _names(self, text: str) -> Iterator[tuple[int, str]]:
        """Names of provinces, cities and counties by their start; the longest at each place."""
        heads = self._heads
        for start in [i for i in range(len(text) - 1) if text[i : i + 2] in heads]:
            for name in heads[text[start : start + 2]]:
                if text.startswith(name, start):
                    yield start, name
                    break

    def _choose(
        self, text: str, start: int, name: str, before: Mention | None, context: Sequence[Region]
    ) -> Region | None:
        """The place that `name` at `start` stands for; None when it is unclear or no place at all."""
        places = self._atlas.called(name)
        if before is not None:
            inside = [p.region for p in places if before.region.contains(p.region)]
            if chosen := _highest([region for region in inside if region != before.region]):
                return chosen
        near = [place for place in places if any(_related(place.region, region) for region in context)]
        chosen = _highest([place.region for place in near or places])
        is_full = len(name) > 2 and chosen is not None and chosen.path[-1] == name
        if is_full and any(place.short for place in places):
            return chosen
        if chosen is None or self._is_hidden(text, start, start + len(name), before):
            return None
        if not near and self._gives_way(text, start, name, context):
            return None
        return chosen if self._stands_alone(text, start, name, bool(near), context) else None

    def _is_hidden(self, text: str, start: int, end: int, before: Mention | None) -> bool:
        """Whether a short name's first or last character makes a common word with its neighbour."""
        if text[end - 1 : end + 1] == "新区" and start and "\u4e00" <= text[start - 1] <= "\u9fff":
            return True  # 雄安新区 is not 安新
        left, right = text[max(start - 1, 0) : start + 1], text[end - 1 : end + 1]
        if before is None and left in self._atlas.lands:
            return True  # 黄河源头 is not 河源; what stands in 山东北京 is no 东北
        return not self._atlas.hiding_words.isdisjoint((left, right))

    def _gives_way(self, text: str, start: int, name: str, context: Sequence[Region]) -> bool:
        """Whether a name that begins inside this one and goes beyond it fits the context: 鄱阳湖南昌湖区."""
        for inner in range(start + 1, start + len(name)):
            for other in self._heads.get(text[inner : inner + 2], ()):
                if inner + len(other) > start + len(name) and text.startswith(other, inner):
                    places = self._atlas.called(other)
                    if any(_related(place.region, region) for place in places for region in context):
                        return True
        return False

    def _stands_alone(
        self, text: str, start: int, name: str, is_near: bool, context: Sequence[Region]
    ) -> bool:
        """Whether a short name is a place's here.

        Provinces and cities are. A county is not where it names water (鄱阳湖), is not unless the characters
        around it bound it where it is also a word, or belongs to another part of the country than the context.
        """
        place = min(self._atlas.called(name), key=lambda place: _RANKS[place.region.level])
        end = start + len(name)
        is_county = place.region.level is Level.COUNTY
        if is_county and text[end : end + 1] in _WATERS:
            return False
        if len(name) == 2 and name[1] == "县" and _BEFORE.search(text[max(0, start - 1) : start]):
            return text[end : end + 1] not in _OF_COUNTIES  # 杞县资助 beside 县城
        if place.is_word or (is_county and context and not is_near):
            is_bounded = _BEFORE.search(text[max(0, start - 1) : start]) and _AFTER.match(text, end)
            return bool(is_bounded) and (is_near or not place.is_word or place.region.path[-1] == name)
        return True

    def _extend(self, text: str, mention: Mention) -> Mention:
        """The mention with the zone, town and village that follow it directly."""
        mention = zone_after(text, mention, self.short_name(mention.region))
        mention = town_after(text, mention, self._atlas)
        return village_after(text, mention)

    def _with_unlisted(self, text: str, mentions: list[Mention], known: Sequence[Region]) -> list[Mention]:
        """Adds places that the data lack: those of `known`, and names that stand as only a county's or city's can."""
        found = list(mentions)
        for mention in mentions:
            if mention.region.level in (Level.PROVINCE, Level.CITY):
                longer = county_after(text, mention)
                is_apart = longer and not any(mention.start < m.start < longer.end for m in mentions)
                if longer is not None and is_apart:
                    found[found.index(mention)] = self._extend(text, longer)
        strangers = [region for region in known if not self._atlas.called(region.path[-1])]
        for mention in [*known_in(text, strangers), *counties_in(text)]:
            is_new = not any(other.start < mention.end and mention.start < other.end for other in found)
            if is_new and not self._atlas.called(text[mention.start : mention.end]):
                found.append(self._extend(text, mention))
        return sorted(found, key=lambda mention: mention.start)

    def _with_lone_towns(
        self, text: str, mentions: list[Mention], known: Sequence[Region]
    ) -> tuple[Mention, ...]:
        """Adds towns that do not stand right after their county."""
        context = [*known, *(mention.region for mention in mentions)]
        named = {region.path[-1]: region for region in context}
        found = list(mentions)
        for match in TOWN.finditer(text):
            if any(m.start < match.end() and match.start() < m.end for m in found):
                continue
            for length in range(min(LONGEST_TOWN, match.end()), len(match[0]) + 1, -1):
                start = match.end() - length
                name = text[start : match.end()]
                towns = [named[name]] if name in named else list(self._atlas.towns_called(name))
                near = [town for town in towns if any(_related(town, region) for region in context)]
                chosen = near or [town for town in towns if TOWN_STEM.match(name) and not context]
                if len(chosen) == 1:
                    found.append(village_after(text, Mention(start, match.end(), chosen[0])))
                if towns:
                    break
        return tuple(sorted(found, key=lambda mention: mention.start))


def stand_ins(text: str, region: Region) -> tuple[Mention, ...]:
    """The words of `text` that stand for `region` or a place around it: 该县, 我市, 全省, said by a county's report."""
    return tuple(
        Mention(match.start(), match.end(), stood_for)
        for match in _STAND_IN.finditer(text)
        if (stood_for := _nearest(region, match["kind"])) is not None
    )


def _nearest(region: Region, suffix: str) -> Region | None:
    """The place itself, or the nearest around it, whose name ends so."""
    here: Region | None = region
    while here is not None and not here.path[-1].endswith(suffix):
        here = gazetteer().around(here)
    return here


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The one gazetteer, read on first use."""
    return Gazetteer()


def _highest(regions: Sequence[Region]) -> Region | None:
    """The one of highest level; None when there is none or several."""
    if not regions:
        return None
    top = min(_RANKS[region.level] for region in regions)
    highest = [region for region in regions if _RANKS[region.level] == top]
    return highest[0] if len(highest) == 1 else None


def _related(region: Region, other: Region) -> bool:
    return region.contains(other) or other.contains(region)
