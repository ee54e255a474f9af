"""Places of administration in a text, from provinces down to towns and streets.

The data are in `divisions/`. Provinces, cities and counties are read at once (a few milliseconds); towns only
when a text names one. Gazetteer knowledge serves to filter and rank; it is never an answer.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.corpus.divisions import Atlas, town_region
from rag.types import Level, Region

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
_STEM = r"(?P<stem>(?:(?![在于是向为与和及由我请的全各本该此每其县市区旗镇乡城])[\u4e00-\u9fff]){2,4}?)"
_UNLISTED = re.compile(
    rf"(?:(?<![\u4e00-\u9fff])|(?<=[在于是向为与和及由请])|(?<=代表)){_STEM}(?P<kind>自治县|自治旗|[县市区旗])"
    r"(?=第[一二三四五六七八九十]+届|人民|政府|人大|政协|统计局|财政局|发展和改革|国民经济|\s*(?:19|20)\d\d|二〇|[\u4e00-\u9fff]{2,3}(?:镇|乡|街道))"
)
_UNLISTED_AFTER = re.compile(rf"{_STEM}(?P<kind>自治县|自治旗|[县市区旗])(?![\u4e00-\u9fff]{{0,2}}[级城区])")
_NO_NAME = re.compile(
    r"郊|山$|景|社|园|老|灾|片|辖|校|库|示范|试[验点]|实验|开发|高新|经开|新$|保护|度假|自贸|保税|合作|先行"
    r"|商务|贫困|重点|先进|强$|大$|农业|产粮|都$|县级|地级|设区|省会|国家|中心|特$|直辖|部分|有关|相关|所有|其他|部门"
)
_VILLAGE = re.compile(r"[\u4e00-\u9fff]{1,4}?村(?![村民庄级干落镇委支])")


@dataclass(frozen=True, slots=True)
class Mention:
    """`text[start:end]` names `region`; names in a row (南昌市西湖区朝农街道) are one mention."""

    start: int
    end: int
    region: Region


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
        places = self._atlas.called(name)
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
        return any(len(pair) == 2 and pair in self._atlas.hiding_words for pair in (left, right))

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
        inside = [town for town in self._atlas.towns_called(name) if region.contains(town)]
        if len(inside) == 1:
            return Mention(mention.start, match.end(), inside[0])
        stem = name[: -len(match[0])]
        if (
            region.level is Level.COUNTY
            and 2 <= len(stem) <= 3
            and _is_han(stem)
            and not _NO_TOWN & set(stem)
        ):
            return Mention(mention.start, match.end(), town_region(region, name))
        return mention

    def _with_unlisted(self, text: str, mentions: list[Mention], known: Sequence[Region]) -> list[Mention]:
        """Adds counties and cities that the data lack: those of `known`, and names that stand as only a place's can.

        青禾县 in 青禾县第五届人民代表大会 is such a name; it lies in the place named right before it, if any.
        """
        strangers = {region.path[-1]: region for region in known if not self._atlas.called(region.path[-1])}
        found = list(mentions)
        for name, region in strangers.items():
            for match in re.finditer(re.escape(name), text):
                _add(found, self._extend(text, Mention(match.start(), match.end(), region)))
        ends = {mention.end: mention for mention in mentions}
        for match in _UNLISTED.finditer(text):
            if (
                match[0] not in strangers
                and not self._atlas.called(match[0])
                and not _NO_NAME.search(match["stem"])
            ):
                _add(found, self._extend(text, Mention(*match.span(), _county_region(None, match[0]))))
        for end, above in ends.items():
            after = _UNLISTED_AFTER.match(text, end)
            if (
                after
                and above.region.level in (Level.PROVINCE, Level.CITY)
                and not _NO_NAME.search(after["stem"])
            ):
                found.remove(above)
                region = _county_region(above.region, after[0])
                found.append(self._extend(text, Mention(above.start, after.end(), region)))
        return sorted(found, key=lambda mention: mention.start)

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
                towns = self._atlas.towns_called(text[start : match.end()])
                near = [town for town in towns if any(_related(town, region) for region in context)]
                chosen = near if near else towns
                if len(chosen) == 1:
                    found.append(_village_after(text, Mention(start, match.end(), chosen[0])))
                if towns:
                    break
        return tuple(sorted(found, key=lambda mention: mention.start))


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


def _village_after(text: str, mention: Mention) -> Mention:
    if mention.region.level not in (Level.TOWN, Level.STREET):
        return mention
    match = _VILLAGE.match(text, mention.end)
    if not match or _NO_TOWN & set(match[0][:-1]):
        return mention
    return Mention(mention.start, match.end(), Region((*mention.region.path, match[0]), Level.VILLAGE))


def _county_region(above: Region | None, name: str) -> Region:
    """A county by its name alone; a 市 is a city unless it lies in one."""
    level = (
        Level.CITY
        if name.endswith("市") and (above is None or above.level is Level.PROVINCE)
        else Level.COUNTY
    )
    return Region((*(above.path if above else ()), name), level)


def _add(mentions: list[Mention], mention: Mention) -> None:
    """Adds a mention unless another stands there."""
    if not any(other.start < mention.end and mention.start < other.end for other in mentions):
        mentions.append(mention)


def _is_han(text: str) -> bool:
    return all("\u4e00" <= character <= "\u9fff" for character in text)
