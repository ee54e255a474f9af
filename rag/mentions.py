"""Places and times named in a question, against what the corpus covers."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Generic, TypeVar

from rag.bilingual import Term
from rag.corpus.periods import find_periods
from rag.corpus.placenames import TOWN
from rag.corpus.regions import gazetteer
from rag.lexical import tokenize
from rag.text import fold
from rag.types import Level, Period, Region

T = TypeVar("T", Region, Period)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a corpus covers, as far as questions need it: its regions, its years, the year of its newest report.

    `frequency` gives in how many passages a token (`rag.lexical.tokenize`) stands, `translate` the corpus's words for
    an English question, `find_terms` each of them with its place in it; `passages` is how many there are.
    """

    regions: tuple[Region, ...]
    first_year: int | None
    last_year: int | None
    newest_report: int | None
    frequency: Callable[[str], int] = field(default=lambda _: 0, compare=False, repr=False)
    translate: Callable[[str], str] = field(default=lambda english: english, compare=False, repr=False)
    find_terms: Callable[[str], Sequence[Term]] = field(default=lambda _: (), compare=False, repr=False)
    passages: int = field(default=0, compare=False)

    def covers(self, region: Region) -> bool:
        """Whether the corpus is about this place, a place around it or a part of it."""
        return any(region.contains(own) or own.contains(region) for own in self.regions)

    def names(self, region: Region) -> bool:
        """Whether a passage may name this place, by its short name."""
        return all(self.frequency(token) for token in tokenize(short_name(region.path[-1])))


@dataclass(frozen=True, slots=True)
class Mention(Generic[T]):
    """What is named at `start`..`end` of a folded question."""

    start: int
    end: int
    named: T


# Words that ask and never stand in a report; they are taken out of the words to search for.
ASKING = re.compile(
    r"(?:[这那]一?(?:块|方面|件事|项工作))?(?:准备|打算|计划)(?:怎么样?|如何|咋)(?:做|办|搞|干|推进|抓)?|请问|请告诉我|告诉我|我想知道|想问一?下|帮我|麻烦|能不能|是不是|是否|有没有|是多少|有多少|多少|百分之几|几成"
    r"|是什么意思|什么意思|啥意思|什么样|是什么|什么|是啥|啥|指的是|是指|怎么解释|怎么样|怎么|怎样|如何|为什么|哪一?个|哪些|哪几[个项条]?"
    r"|哪[里儿位座条家项]|谁|吗|呢|吧|了没有?|分别|具体|到底|究竟|大概|一共|总共"
)
_LOOSE_REGION = re.compile(
    r"全省|我省|省里|本省|(?:(?<![\u4e00-\u9fff])|(?<=问))省长(?=[在说讲提作的是，,?？]|承认|报告|$)|全市|我市|(?<![区个州各])市里|全县|县里|\bthe (?:whole |entire )?province(?=\b(?! of))"
)
# The year before the one that is asked about is only compared with; in English a year may end a sentence.
_YEAR_BEFORE = re.compile(r"(?:比|较|同|与|跟|和)(?:上一?年|前一年)(?:同期)?$")
_LATIN_YEAR = re.compile(r"(?<![\d.])(?:19|20)\d\d(?=[.?!,;]?(?:\s|$))")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# A year as it is spoken (23年江西…); a number of years is told by what stands around it.
_SPOKEN_YEAR = re.compile(
    r"([0-3]\d)年(?![来内间之后里多就才了过]|以[来上下内后]|前(?![一二三]?季)|左右|一遇|期限|历史|经验|时间|长达|没有?间断|[党教工驾]龄)"
)
# Before it stands nothing, the end of a clause or a place; after one more of them a list goes on (22年、23年).
_OPENS = re.compile(r"(?:^|[,，。;；:：?？!！(（\s]|[0-3]\d年[、和与跟比到至])$")
_SUFFIX = re.compile(r"(?<=..)(省|市|自治区|自治州|地区|盟|县|区|镇|乡|街道)$")


_PLACE_AHEAD = re.compile(r"\s*([\u4e00-\u9fff]{2,6}?(?:街道|[市县区镇乡]))")


def unknown_place(topic: str) -> str:
    """A place at the beginning of a topic without places: one of several of its name (永兴镇); empty where none is."""
    match = _PLACE_AHEAD.match(topic)
    return match[1] if match and gazetteer().has_name(match[1]) else ""


def find_regions(folded: str, coverage: Coverage) -> tuple[Mention[Region], ...]:
    """Regions named, in order: the corpus's own by full or short name, any other that the gazetteer knows.

    全省 and 省里 mean the corpus's province when it has just one; 市里 its city; likewise below. In English the
    corpus's regions are known by their pinyin, and every province by its name. A place whose short name only begins a
    longer name (深圳湾口岸) is left out.
    """
    return tuple(m for m in find_place_names(folded, coverage) if not _begins_name(folded, m, coverage))


def find_place_names(folded: str, coverage: Coverage) -> tuple[Mention[Region], ...]:
    """The same with those that begin a longer name."""
    mentions: list[Mention[Region]] = []
    # Only the upper levels help to choose between namesakes: a county's short name is often a word (新建).
    known = [region for region in coverage.regions if region.level in {Level.PROVINCE, Level.CITY}]
    named = [
        *_own_regions(folded, coverage),
        *_drop_words(
            folded, [Mention(m.start, m.end, m.region) for m in gazetteer().find(folded, known)], coverage
        ),
        *_romanised_regions(folded, coverage),
        *_lowest_places(folded, coverage),
    ]
    named += [
        m
        for m in _clause_beginnings(folded, coverage)
        if not any(other.start <= m.end and m.start <= other.end for other in named)
    ]
    # 全市 after 贵阳市 is of Guiyang, whatever city the corpus is about.
    levels = {mention.named.level for mention in named}
    candidates = named + [m for m in _loose_regions(folded, coverage) if m.named.level not in levels]
    # The longest first: 南昌市新建区 is not 南昌市.
    for candidate in sorted(candidates, key=lambda mention: mention.start - mention.end):
        if not any(candidate.start < m.end and m.start < candidate.end for m in mentions):
            mentions.append(_without_office(folded, _without_phrase(folded, candidate)))
    return tuple(sorted(mentions, key=lambda mention: mention.start))


_LOWEST = frozenset({Level.TOWN, Level.STREET})


def _lowest_places(folded: str, coverage: Coverage) -> list[Mention[Region]]:
    """Towns and streets of the corpus's own counties, of which there may be namesakes elsewhere."""
    if not TOWN.search(folded):
        return []
    found = gazetteer().find(folded, coverage.regions)
    return [Mention(m.start, m.end, m.region) for m in found if m.region.level in _LOWEST]


# What a place's short name is only the beginning of: 深圳湾口岸, 西湖万达广场, 北京证券交易所.
_FACILITY = re.compile(
    r"(?:湾|口岸|湿地|流域|景区|灌区|自然保护区|国家公园|机场|大学(?!生)|大桥|交易所|海关(?!总))"
    r"|(?!.{0,4}(?:城市|森林|上市|国有|民营|公立|综合|三甲|民办|公办|社会))[^的有在内各全新增建成年多少几哪个家座所和与及、，,\W\d]{1,5}?(?:湾|口岸|机场|大学(?!生)|学院|大桥|交易所|广场|公园|集团|公司|博物馆|医院|银行|港区|港域)"
)
_ENGLISH_FACILITY = re.compile(r" (?:[a-z]+ )?(?:stock exchange|university|airport|bay)(?![a-z])")


def _begins_name(folded: str, mention: Mention[Region], coverage: Coverage) -> bool:
    """Whether a short name of a place is the first part of a longer name that the reports have."""
    if _ENGLISH_FACILITY.match(folded, mention.end):
        return True
    name = mention.named.path[-1]
    if folded[mention.end - len(name) : mention.end] == name:
        return False
    longer = _FACILITY.match(folded, mention.end)
    if longer is None:
        return False
    run = folded[mention.end - 1 : longer.end()]
    return all(coverage.frequency(first + second) for first, second in pairwise(run))


# 南昌市长, 信丰县委, 江西省政府: the last letter of the name belongs to the office.
_OFFICE = re.compile(r"(?<=[省市县区镇乡村])(长(?![期远效途江三])|委(?!员|托|派)|政府|本级|级(?!别))")


_WITHIN = re.compile(r"[内外跨各全两某]")


def _without_phrase(folded: str, mention: Mention[Region]) -> Mention[Region]:
    """A mention without what only looks like a name after it: 江西省 of 江西省内跨市看病."""
    name, around = mention.named.path[-1], mention.named.path[-2:-1]
    start = mention.end - len(name)
    if not around or start <= mention.start or not _WITHIN.match(name) or folded[start : mention.end] != name:
        return mention
    outer = gazetteer().around(mention.named)
    if outer is None or gazetteer().resolve(name, outer) is not None:
        return mention
    return Mention(mention.start, start, outer)


def _without_office(folded: str, mention: Mention[Region]) -> Mention[Region]:
    """A mention that leaves the name of an office whole: 南昌 of 南昌市长."""
    if mention.end - mention.start > 2 and _OFFICE.match(folded, mention.end):
        return Mention(mention.start, mention.end - 1, mention.named)
    return mention


# Short names of counties that CC-CEDICT has as words too, beyond those that the gazetteer marks (新建: newly built).
_WORDS_TOO = (
    "滨海 无极 海港 竞秀 兴隆 围场 故城 平顺 盐湖 河曲 青山 康平 太平 盘山 榆树 龙潭 梨树 江源 鸡冠 滨江 江山 路桥 临海 马尾 新建"
    " 兴国 天桥 河口 平原 牡丹 上街 湖滨 卧龙 商城 双峰 福田 盐田 凌云 罗城 长寿 朝天 石渠 安宁 大关 古城 祥云 城关 未央 白水 丹凤"
    " 平川 山丹 康乐 离岛"
)
WORDS_TOO = frozenset(_WORDS_TOO.split())
"""The same, one by one."""
# What is made or grown somewhere bears the place in its name, and is found elsewhere too: 庐山柚, 普洱茶.
_PRODUCT = re.compile(
    r"[柚茶橙橘桔柑梨枣酒醋瓷绣豆鸭鸡鹅鱼蟹藕莲粉](?![\u4e00-\u9fff]?(?:场|厂|区|县|镇|乡))"
)
_PLACE_ENDS = re.compile(r"$|[^\u4e00-\u9fff]|[年的在有是县区]|今|去|现")


def _drop_words(
    folded: str, mentions: Sequence[Mention[Region]], coverage: Coverage
) -> Iterator[Mention[Region]]:
    """The mentions that are places here: a word such as 新建 is one where it stands apart or the reports tell of it."""
    for mention in mentions:
        name = folded[mention.end - 2 : mention.end]
        is_word = name in WORDS_TOO and name != mention.named.path[-1]
        if mention.named not in coverage.regions and _PRODUCT.match(folded, mention.end):
            continue
        if not is_word or mention.named in coverage.regions or _PLACE_ENDS.match(folded, mention.end):
            yield mention
        elif mention.end - mention.start > 2:
            before = gazetteer().find(folded[mention.start : mention.end - 2])
            yield from (Mention(mention.start, mention.end - 2, each.region) for each in before[:1])


def _own_regions(folded: str, coverage: Coverage) -> list[Mention[Region]]:
    """The corpus's own regions by full name, so that one the gazetteer lacks is known too.

    Below the county a name without its suffix counts from three characters on (two are often a word).
    """
    mentions = []
    for region in coverage.regions:
        full = fold(region.path[-1])
        short = short_name(full) if region.level in _BELOW_COUNTY else full
        for name in (full, short) if len(short) > 2 else (full,):
            start = folded.find(name)
            if start >= 0:
                mentions.append(Mention(start, start + len(name), region))
                break
    return mentions


def _clause_beginnings(folded: str, coverage: Coverage) -> Iterator[Mention[Region]]:
    """The corpus's own cities and counties by their short names where a clause begins with one, whatever follows: 大同规上工业."""
    for region in coverage.regions:
        name = fold(short_name(region.path[-1]))
        if region.path[-1][-1:] in "市县州盟旗" and len(name) > 1 and name not in WORDS_TOO:
            match = re.search(rf"(?:^|[,，。?？!！:：;；\s])(?P<name>{re.escape(name)})(?!全)", folded)
            if match and _is_alone(folded, match.end("name"), coverage):
                yield Mention(match.start("name"), match.end("name"), region)


def _is_alone(folded: str, end: int, coverage: Coverage) -> bool:
    """Whether the reports have no word that goes on beyond a name (惠民资金), and no other place does (惠民镇)."""
    following = folded[end : end + 1]
    return following not in set("省市县区旗盟州镇乡村") and not coverage.frequency(
        folded[end - 1] + following
    )


_BELOW_COUNTY = frozenset({Level.TOWN, Level.STREET, Level.VILLAGE})


# The peoples that an autonomous place is named after, as many of them as it bears.
_PEOPLES = (
    "(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌"
    "|撒拉|毛南|仡佬|锡伯|普米|塔吉克|怒|裕固|京|独龙|鄂伦春|鄂温克|赫哲|布朗|阿昌|保安|各)族"
)
_AUTONOMOUS = re.compile(rf"(?<=..)(?:{_PEOPLES})+自治[州县旗]$")


def short_name(name: str) -> str:
    """A region's name without its suffix, when at least two characters stay: 南昌市 -> 南昌, 黔南布依族苗族自治州 -> 黔南."""
    return _SUFFIX.sub("", _AUTONOMOUS.sub("", name))


def names_region(folded: str, region: Region) -> bool:
    """Whether a folded text names a place, a zone also without its city (高新区 of 潍坊高新区)."""
    name = region.path[-1]
    around = short_name(region.path[-2]) if len(region.path) > 1 else ""
    bare = name.removeprefix(around)
    return fold(short_name(name)) in folded or (
        around != "" and bare != name and len(bare) > 2 and fold(bare) in folded
    )


def _loose_regions(folded: str, coverage: Coverage) -> list[Mention[Region]]:
    mentions = []
    for match in _LOOSE_REGION.finditer(folded):
        level = next((character for character in match.group() if character in "省市县"), "省")
        own = [region for region in coverage.regions if region.level.value == level]
        if len(own) == 1:
            mentions.append(Mention(match.start(), match.end(), own[0]))
    return mentions


# The provinces as English writes them: all but a few in pinyin.
_PROVINCES = {
    "anhui": "安徽省", "beijing": "北京市", "chongqing": "重庆市", "fujian": "福建省", "gansu": "甘肃省",
    "guangdong": "广东省", "guangxi": "广西壮族自治区", "guizhou": "贵州省", "hainan": "海南省", "hebei": "河北省",
    "heilongjiang": "黑龙江省", "henan": "河南省", "hong kong": "香港特别行政区", "hubei": "湖北省", "hunan": "湖南省",
    "inner mongolia": "内蒙古自治区", "jiangsu": "江苏省", "jiangxi": "江西省", "jilin": "吉林省", "liaoning": "辽宁省",
    "macao": "澳门特别行政区", "macau": "澳门特别行政区", "ningxia": "宁夏回族自治区", "qinghai": "青海省",
    "shaanxi": "陕西省", "shandong": "山东省", "shanghai": "上海市", "shanxi": "山西省", "sichuan": "四川省",
    "taiwan": "台湾省", "tianjin": "天津市", "tibet": "西藏自治区", "xinjiang": "新疆维吾尔自治区",
    "xizang": "西藏自治区", "yunnan": "云南省", "zhejiang": "浙江省",
}  # fmt: skip


def province_in_english(name: str) -> str:
    """A province's name in English (山西省: Shanxi); empty for any other."""
    return next((english.title() for english, chinese in _PROVINCES.items() if chinese == name), "")


_PROVINCE = re.compile(rf"(?<![a-z])({'|'.join(_PROVINCES)})(?![a-z])")
_LATIN_WORD = re.compile(r"[a-z]{4,}")


def in_pinyin(name: str) -> str:
    """A name in pinyin without tones, in one word and lower case: nanchang."""
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(name))


def _romanised_regions(folded: str, coverage: Coverage) -> list[Mention[Region]]:
    """Regions as English writes them: the corpus's own by pinyin in one word (Nanchang), then every province."""
    words = {match.group(): match for match in _LATIN_WORD.finditer(folded)}
    if not words:
        return []
    mentions = [*_romanised_zones(folded, coverage)]
    for region in coverage.regions:
        match = words.get(in_pinyin(short_name(region.path[-1])))
        if match:
            mentions.append(Mention(match.start(), match.end(), region))
    for match in _PROVINCE.finditer(folded):
        region = Region((_PROVINCES[match.group()],), Level.PROVINCE)
        mentions.append(Mention(match.start(), match.end(), region))
    return [*mentions, *_other_romanised(folded, coverage)]


_ENGLISH_PLACE = re.compile(
    r"(?<![a-z–—-])(?P<name>[a-z]{2,}(?:['’][a-z]{2,})?)(?P<kind> (?:district|county|city|prefecture))?(?![a-z–—-])"
)


def _other_romanised(folded: str, coverage: Coverage) -> Iterator[Mention[Region]]:
    """Cities, and counties called so, that are no region of the corpus (Yuhang District, Changsha), by their pinyin.

    Of namesakes the one within a region of the corpus, or around it; none where that leaves several.
    """
    names = _in_pinyin(frozenset(region.path[0] for region in coverage.regions))
    for match in _ENGLISH_PLACE.finditer(folded):
        word = re.sub("['’]", "", match["name"])
        found = names.get(word, ()) if len(word) > 3 or match["kind"] else ()
        if not match["kind"] and any(region in coverage.regions for region in found):
            continue  # the corpus's own, said once more
        if match["kind"] in {" county", " district"}:
            found = tuple(region for region in found if region.level is Level.COUNTY)
        found = tuple(
            r for r in found if r not in coverage.regions and (match["kind"] or r.level is Level.CITY)
        )
        near = tuple(region for region in found if coverage.covers(region)) or found
        cities = tuple(region for region in near if region.level is Level.CITY)
        if len(chosen := cities or near) == 1:
            yield Mention(match.start(), match.end(), chosen[0])


@lru_cache(maxsize=4)
def _in_pinyin(provinces: frozenset[str]) -> dict[str, tuple[Region, ...]]:
    """Cities of the country and counties of some provinces by their short names in pinyin."""
    named: dict[str, list[Region]] = defaultdict(list)
    for region in gazetteer().cities_and_counties(provinces):
        named[in_pinyin(gazetteer().short_name(region))].append(region)
    return {name: tuple(regions) for name, regions in named.items()}


# How English calls what stands behind a zone's name.
_ZONES = (
    (
        re.compile(r"(?:经济技术开发区|经济开发区|经开区)$"),
        r"economic(?: and technological)?(?: development)? zone",
    ),
    (re.compile(r"(?:高新技术产业开发区|高新区)$"), r"high-?tech(?: industrial)?(?: development)? zone"),
    (re.compile(r"新区$"), r"new (?:area|district)"),
)


def _romanised_zones(folded: str, coverage: Coverage) -> list[Mention[Region]]:
    """The corpus's development zones as English writes them (Nanchang Economic Development Zone)."""
    mentions = []
    for region in coverage.regions:
        for suffix, english in _ZONES:
            stem = suffix.sub("", region.path[-1])
            if stem == region.path[-1]:
                continue
            match = re.search(rf"(?<![a-z]){in_pinyin(stem)} {english}(?![a-z])", folded)
            if match:
                mentions.append(Mention(match.start(), match.end(), region))
    return mentions


def find_times(folded: str, coverage: Coverage) -> tuple[Mention[Period], ...]:
    """Periods named, in order; 今年 is the year of the newest report, a bare year counts too."""
    found = [
        Mention(m.start, m.end, m.period)
        for m in find_periods(folded, coverage.newest_report)
        if not (m.relative and _YEAR_BEFORE.search(folded[: m.end]))
    ]
    bare = _YEAR if not found else _LATIN_YEAR
    found += [
        Mention(m.start(), m.end(), Period(int(m.group()), int(m.group()), f"{m.group()}年"))
        for m in bare.finditer(folded)
        if not any(other.start < m.end() and m.start() < other.end for other in found)
    ]
    found += [
        spoken
        for spoken in _spoken_years(folded, coverage)
        if not any(other.start < spoken.end and spoken.start < other.end for other in found)
    ]
    return tuple(sorted(found, key=lambda mention: mention.start))


def _spoken_years(folded: str, coverage: Coverage) -> Iterator[Mention[Period]]:
    """Years of the reports named by two digits: 23年江西…, 南昌23年…, not 办学23年."""
    for match in _SPOKEN_YEAR.finditer(folded):
        year, before = 2000 + int(match[1]), folded[: match.start()]
        if not (coverage.first_year or year + 1) <= year <= (coverage.last_year or 0):
            continue
        if _OPENS.search(before) or any(m.end == len(before) for m in find_regions(folded, coverage)):
            yield Mention(match.start(), match.end(), Period(year, year, f"{year}年"))
