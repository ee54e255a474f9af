"""Places of administration in a text, from provinces down to towns and streets.

The data are in `divisions/`. Provinces, cities and counties are read at once (a few milliseconds); towns only
when a text names one. Gazetteer knowledge serves to filter and rank; it is never an answer.
"""

import gzip
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from rag.types import Level, Region

_DATA = Path(__file__).parent / "divisions"
_LEVELS = {2: Level.PROVINCE, 4: Level.CITY, 6: Level.COUNTY}
_RANKS = {level: rank for rank, level in enumerate(Level)}

_TOWN = re.compile(r"街道|镇(?!域|区)|乡(?![村镇土愁亲贤情民])|苏木")
_LONGEST_TOWN = 10
_NO_TOWN = frozenset(
    "所各每全某该本我其此这那的有在和与及等对从到将把被于是为个条多几两主要重点城区市县省镇乡村基层社农"
)
_ZONE = re.compile(
    r"(?P<stem>[\u4e00-\u9fff]{0,3}?)(?P<kind>经济技术开发区|经济开发区|经开区|高新技术产业开发区|高新技术开发区|高新区"
    r"|综合保税区|综保区|工业园区|产业园区|开发区|新区)"
)
_SHORT_ZONES = {
    "经济技术开发区": "经开区",
    "经济开发区": "经开区",
    "高新技术产业开发区": "高新区",
    "高新技术开发区": "高新区",
    "综合保税区": "综保区",
}
_VILLAGE = re.compile(r"[\u4e00-\u9fff]{1,4}?村(?![村民庄级干落镇委支])")


@dataclass(frozen=True, slots=True)
class Mention:
    """`text[start:end]` names `region`; names in a row (南昌市西湖区朝农街道) are one mention."""

    start: int
    end: int
    region: Region


@dataclass(frozen=True, slots=True)
class _Place:
    region: Region
    short: str
    is_word: bool


class Gazetteer:
    """Looks names of places up and finds them in a text."""

    def __init__(self) -> None:
        self._places = dict(_read_places())
        self._by_name: dict[str, list[_Place]] = defaultdict(list)
        for place in self._places.values():
            self._by_name[place.region.path[-1]].append(place)
            if place.short:
                self._by_name[place.short].append(place)
            if place.region.path[-1].endswith("自治州"):
                self._by_name[f"{place.short}州"].append(place)
        self._by_path = {place.region.path: place.region for place in self._places.values()}
        self._heads: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self._by_name, key=len, reverse=True):
            self._heads[name[:2]].append(name)
        self._hiding = (_DATA / "words.txt").read_text(encoding="utf-8")

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
        return self._with_lone_towns(text, mentions, known)

    def resolve(self, name: str, within: Region | None = None) -> Region | None:
        """The place called exactly `name`; the one inside `within` where that is given, else the highest.

        None when there is none, or when several of one level bear the name. Inside a known county a name
        that ends in 街道, 镇 or 乡, and inside a known place a development zone, resolve by rule.
        """
        places = [
            p.region for p in self._by_name.get(name, ()) if within is None or within.contains(p.region)
        ]
        if not places:
            places = [r for r in self._towns_called(name) if within is None or within.contains(r)]
        if places:
            return _highest(places)
        if within is None:
            mentions = self.find(name)
            return mentions[0].region if [(m.start, m.end) for m in mentions] == [(0, len(name))] else None
        mention = self._extend(name, Mention(0, 0, within))
        return mention.region if mention.end == len(name) else None

    def short_name(self, region: Region) -> str:
        """The name without its suffix: 南昌 for 江西省南昌市; the last name itself where there is none."""
        place = next((p for p in self._by_name.get(region.path[-1], ()) if p.region == region), None)
        return place.short if place and place.short else region.path[-1]

    def around(self, region: Region) -> Region | None:
        """The place that `region` lies in; None for a province."""
        path = region.path[:-1]
        if not path or path in self._by_path:
            return self._by_path.get(path)
        if region.level is Level.VILLAGE:
            return Region(path, Level.STREET if path[-1].endswith("街道") else Level.TOWN)
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
        places = self._by_name[name]
        if before is not None:
            inside = [
                p.region for p in places if before.region.contains(p.region) and p.region != before.region
            ]
            if inside:
                return _highest(inside)
        near = [p for p in places if any(_related(p.region, region) for region in context)]
        if name == places[0].short and self._is_hidden(text, start, start + len(name)):
            return None
        if all(place.is_word for place in places):
            close = [region for region in context if len(region.path) > 1]
            return _highest([p.region for p in near if any(_related(p.region, region) for region in close)])
        highest = _highest([p.region for p in places])
        return _highest([p.region for p in near]) or highest

    def _is_hidden(self, text: str, start: int, end: int) -> bool:
        """Whether a short name's first or last character makes a common word with its neighbour."""
        left, right = text[max(start - 1, 0) : start + 1], text[end - 1 : end + 1]
        return any(len(pair) == 2 and pair in self._hiding for pair in (left, right))

    def _extend(self, text: str, mention: Mention) -> Mention:
        """The mention with the zone, town and village that follow it directly."""
        for step in (self._zone_after, self._town_after, _village_after):
            mention = step(text, mention)
        return mention

    def _zone_after(self, text: str, mention: Mention) -> Mention:
        match = _ZONE.match(text, mention.end)
        region = mention.region
        if not match or region.level not in (Level.CITY, Level.COUNTY) or _NO_TOWN & set(match["stem"]):
            return mention
        if match["stem"] and match["kind"] in ("开发区", "工业园区", "产业园区"):
            return mention
        kind = _SHORT_ZONES.get(match["kind"], match["kind"])
        name = f"{match['stem'] or self.short_name(region)}{kind}"
        return Mention(mention.start, match.end(), Region((*region.path, name), Level.COUNTY))

    def _town_after(self, text: str, mention: Mention) -> Mention:
        """A town or street right after its county: one of the data, else by its suffix."""
        region = mention.region
        if region.level not in (Level.CITY, Level.COUNTY):
            return mention
        match = _TOWN.search(text, mention.end, mention.end + _LONGEST_TOWN)
        if not match:
            return mention
        name = text[mention.end : match.end()]
        inside = [town for town in self._towns_called(name) if region.contains(town)]
        if len(inside) == 1:
            return Mention(mention.start, match.end(), inside[0])
        stem = name[: -len(match[0])]
        if (
            region.level is Level.COUNTY
            and 2 <= len(stem) <= 3
            and _is_han(stem)
            and not _NO_TOWN & set(stem)
        ):
            return Mention(mention.start, match.end(), _town_region(region, name))
        return mention

    def _with_lone_towns(
        self, text: str, mentions: list[Mention], known: Sequence[Region]
    ) -> tuple[Mention, ...]:
        """Adds towns that do not stand right after their county."""
        context = [*known, *(mention.region for mention in mentions)]
        found = list(mentions)
        for match in _TOWN.finditer(text):
            if any(m.start < match.end() and match.start() < m.end for m in found):
                continue
            for length in range(min(_LONGEST_TOWN, match.end()), len(match[0]) + 1, -1):
                start = match.end() - length
                towns = self._towns_called(text[start : match.end()])
                near = [town for town in towns if any(_related(town, region) for region in context)]
                chosen = near if near else towns
                if len(chosen) == 1:
                    found.append(_village_after(text, Mention(start, match.end(), chosen[0])))
                if towns:
                    break
        return tuple(sorted(found, key=lambda mention: mention.start))

    @lru_cache(maxsize=4096)  # noqa: B019 - one gazetteer lives as long as the process
    def _towns_called(self, name: str) -> tuple[Region, ...]:
        """Towns and streets of that full name, anywhere."""
        if len(name) < 2 or not _TOWN.search(name):
            return ()
        return tuple(_town_region(self._places[code].region, name) for code in self._town_codes(name))

    def _town_codes(self, name: str) -> Iterator[str]:
        """Codes of the counties whose line holds the name."""
        position = self._towns.find(f" {name} ")
        while position >= 0:
            line = self._towns.rfind("\n", 0, position) + 1
            yield self._towns[line : self._towns.index(" ", line)]
            position = self._towns.find(f" {name} ", position + 1)

    @cached_property
    def _towns(self) -> str:
        return gzip.decompress((_DATA / "towns.txt.gz").read_bytes()).decode("utf-8")


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The one gazetteer, read on first use."""
    return Gazetteer()


def _read_places() -> Iterator[tuple[str, _Place]]:
    names: dict[str, str] = {}
    for line in (_DATA / "counties.tsv").read_text(encoding="utf-8").splitlines():
        code, name, short, word = line.split("\t")
        names[code] = name
        above = (names[code[:n]] for n in (2, 4) if n < len(code) and code[:n] in names)
        yield code, _Place(Region((*above, name), _LEVELS[len(code)]), short, bool(word))


def _highest(regions: Sequence[Region]) -> Region | None:
    """The one of highest level; None when there is none or several."""
    if not regions:
        return None
    top = min(_RANKS[region.level] for region in regions)
    highest = [region for region in regions if _RANKS[region.level] == top]
    return highest[0] if len(highest) == 1 else None


def _related(region: Region, other: Region) -> bool:
    return region.contains(other) or other.contains(region)


def _town_region(county: Region, name: str) -> Region:
    return Region((*county.path, name), Level.STREET if name.endswith("街道") else Level.TOWN)


def _village_after(text: str, mention: Mention) -> Mention:
    if mention.region.level not in (Level.TOWN, Level.STREET):
        return mention
    match = _VILLAGE.match(text, mention.end)
    if not match or _NO_TOWN & set(match[0][:-1]):
        return mention
    return Mention(mention.start, match.end(), Region((*mention.region.path, match[0]), Level.VILLAGE))


def _is_han(text: str) -> bool:
    return all("\u4e00" <= character <= "\u9fff" for character in text)
