"""How names of places are built: what follows a county's name, and names that no list holds.

Lists of divisions lack development zones, villages, new streets and invented places; these rules tell them by
their suffix and by what stands around them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.corpus.divisions import Atlas, town_region
from rag.types import Level, Region

TOWN = re.compile(r"街道|镇(?!域|区)|乡(?![村镇土愁亲贤情民])|苏木")
LONGEST_TOWN = 10
"""Characters of the longest name of a town that is looked for."""
_FUNCTION = (
    "所各每全某该本我其此这那的有在和与及等对从到将把被于是为个条多几两主要重点城区市县省镇乡村基层社农"
)
_NO_TOWN = frozenset(_FUNCTION)
TOWN_STEM = re.compile(rf"(?:(?![{_FUNCTION}])[\u4e00-\u9fff]){{2,3}}")
_HOME = re.compile("[返还离家故思]乡$")
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
_OFFICES = (
    r"第[一二三四五六七八九十]+届|人民|政府|人大|政协|统计局|财政局|发展和改革|国民经济|\s*(?:19|20)\d\d|二〇"
    r"|[\u4e00-\u9fff]{2,3}(?:镇|乡|街道)"
)
_STEM = r"(?P<stem>(?:(?![在于是向为与和及由我请的全各本该此每其省县市区旗镇乡城])[\u4e00-\u9fff]){2,4}?)"
_UNLISTED = re.compile(
    rf"(?:(?<![\u4e00-\u9fff])|(?<=[在于是向为与和及由请])|(?<=代表)){_STEM}(?P<kind>自治县|自治旗|[县市区旗])"
    rf"(?={_OFFICES})"
)
_UNLISTED_AFTER = re.compile(
    rf"(?<=[省市州区盟]){_STEM}(?P<kind>自治县|自治旗|[县市旗](?![级城区域市县])|区(?={_OFFICES}))"
)
_NO_NAME = re.compile(
    r"郊|山$|[哪几某]|个$|景|社|园|老|灾|片|辖|校|库|示范|试[验点]|实验|开发|高新|经开|新$|保护|度假|自贸|保税|合作|先行"
    r"|商务|贫困|重点|先进|强$|大$|农业|产粮|都$|县级|地级|设区|省会|国家|中心|特$|直辖|部分|有关|相关|所有|其他|部门|人民|政府|建设|经济|文明"
)
_VILLAGE = re.compile(r"[\u4e00-\u9fff]{1,4}?村(?![村民庄级干落镇委支])")


@dataclass(frozen=True, slots=True)
class Mention:
    """`text[start:end]` names `region`; names in a row (南昌市西湖区朝农街道) are one mention."""

    start: int
    end: int
    region: Region


def zone_after(text: str, mention: Mention, short: str) -> Mention:
    """The mention with a development zone right after it: 南昌经济技术开发区 is 南昌经开区, at a county's level."""
    match = _ZONE.match(text, mention.end)
    region = mention.region
    if not match or region.level not in (Level.CITY, Level.COUNTY) or _NO_TOWN & set(match["stem"]):
        return mention
    if match["stem"] and match["kind"] in ("开发区", "工业园区", "产业园区"):
        return mention
    kind = _SHORT_ZONES.get(match["kind"], match["kind"])
    return Mention(
        mention.start, match.end(), Region((*region.path, f"{match['stem'] or short}{kind}"), Level.COUNTY)
    )


def town_after(text: str, mention: Mention, atlas: Atlas) -> Mention:
    """The mention with a town or street right after its county: one of the list, else by its suffix."""
    region = mention.region
    match = TOWN.search(text, mention.end, mention.end + LONGEST_TOWN)
    if not match or region.level not in (Level.CITY, Level.COUNTY):
        return mention
    name = text[mention.end : match.end()]
    listed = [town for town in atlas.towns_called(name) if region.contains(town)]
    if len(listed) == 1:
        return Mention(mention.start, match.end(), listed[0])
    stem = name.removesuffix(match[0])
    if region.level is Level.COUNTY and TOWN_STEM.fullmatch(stem) and not _HOME.search(name):
        return Mention(mention.start, match.end(), town_region(region, name))
    return mention


def village_after(text: str, mention: Mention) -> Mention:
    """The mention with a village right after its town."""
    if mention.region.level not in (Level.TOWN, Level.STREET):
        return mention
    match = _VILLAGE.match(text, mention.end)
    if not match or _NO_TOWN & set(match[0][:-1]):
        return mention
    return Mention(mention.start, match.end(), Region((*mention.region.path, match[0]), Level.VILLAGE))


def county_after(text: str, mention: Mention) -> Mention | None:
    """The mention with an unlisted county or city right after its province or city: 绵阳市青禾县."""
    match = _UNLISTED_AFTER.match(text, mention.end)
    if not match or _NO_NAME.search(match["stem"]):
        return None
    return Mention(mention.start, match.end(), _county(mention.region, match[0]))


def counties_in(text: str) -> Iterator[Mention]:
    """Names that stand as only a county's or city's can: 青禾县 in 青禾县第五届人民代表大会."""
    for match in _UNLISTED.finditer(text):
        if not _NO_NAME.search(match["stem"]):
            yield Mention(match.start(), match.end(), _county(None, match[0]))


def known_in(text: str, regions: Sequence[Region]) -> Iterator[Mention]:
    """Where the text names one of `regions`, by its last name or, of a county or city, by that without suffix."""
    for region in regions:
        name = region.path[-1]
        stem = re.sub("[县市区旗]$", "", name) if region.level in (Level.CITY, Level.COUNTY) else name
        for match in re.finditer(f"{re.escape(name)}|{re.escape(stem if len(stem) > 1 else name)}", text):
            yield Mention(match.start(), match.end(), region)


def _county(above: Region | None, name: str) -> Region:
    """A county by its name alone; a 市 is a city unless it lies in one."""
    is_city = name.endswith("市") and (above is None or above.level is Level.PROVINCE)
    return Region((*(above.path if above else ()), name), Level.CITY if is_city else Level.COUNTY)
