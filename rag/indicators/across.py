"""What a question asks over all places or all years of the reports: 哪个县最高, 各地排名, 哪些市超过5%, 近几年怎么变化."""

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from rag.answering.figures import find_figures, parse_chinese
from rag.answering.lines import Line
from rag.answering.slots.aspects import Aspect, asked
from rag.answering.slots.comparison import LOWEST
from rag.followup import MOST
from rag.lexical import tokenize
from rag.mentions import Coverage, unknown_place
from rag.text import fold
from rag.types import AnswerKind, Level, Question, Region

_PLACES = r"地方|地区|区域|城市|设区市|地级市|市州|市县区?|县市区?|区县|县区|旗区|区旗|各地|乡镇街道|乡镇|镇街|街道|省份|[省市县区镇乡州旗]"
_MOST = MOST.pattern
_WHICH_PLACE = re.compile(
    rf"(?:哪一?个|哪[些几]个?|各个?|所有|全部|每个|几个|多少个|[两三四五六七八九十\d]+个)(?P<kind>{_PLACES})"
    rf"|各(?P<each>地)(?![方区])|的(?P<last>{_PLACES})(?:都?有|都?是|叫)?(?:哪|谁|什么|几)"
    rf"|(?:[名位]|{_MOST})的(?P<first>{_PLACES})(?=[是有?]|$)"
    r"|\b(?:which|what) (?P<english>places?|regions?|areas?|provinces?|cit(?:y|ies)|count(?:y|ies)|districts?|towns?)\b"
)
_TOP = re.compile(
    rf"^(?P<described>.{{2,40}}?{_MOST}的)(?:那个)?(?P<kind>{_PLACES})[，,的]?(?P<asked>[^是有，,?？]{{2,}}.*)$"
)
_ORDERED = re.compile(
    rf"{_MOST}|排名|(?:排在?|位居|位列)?第几|排行|排序|名次|第一|首位|居首|领先|垫底|末位|从[高低大小多少][到至]|对比|比较|分别|各[是有为占]"
    r"|前[一二三四五六七八九十\d]+[名位]|平均|总和|合计|之和|加起来|加总"
    r"|\b(?:highest|lowest|most|least|largest|smallest|biggest|fastest|slowest|fewest|best|worst|ranking)\b"
)
_LIMITS: tuple[tuple[str, Callable[[Decimal, Decimal], bool]], ...] = (
    (r"[没未](?:有|能)?(?:达到?|超过?|突破|到)", operator.lt),
    (r"不超过|不高于|不多于|以下|以内|之内|\bat most", operator.le),
    (r"不低于|不少于|达到|以上|\bat least", operator.ge),
    (
        r"超过?|高于|大于|多于|快于|突破|\b(?:above|over|more than|higher than|exceed(?:s|ed|ing)?)",
        operator.gt,
    ),
    (r"低于|小于|少于|慢于|不足|不到|\b(?:below|under|less than|lower than|fewer than)", operator.lt),
)
_LIMIT = "|".join(words for words, _ in _LIMITS)
_LARGE = 10_000
"""A number without a unit is a limit from here on (超过200亿)."""
_YEARS = re.compile(
    r"(?:最?近|过去|这)(?:几|些|[两二三四五六七八九十\d]+)年|历年|逐年|连年|各年度?|每年"
    r"|(?:19|20)\d\d年?(?:到|至|[-—~])(?:19|20)?\d\d年|\bover the years\b|\bin recent years\b|\byear by year\b"
)
_CHANGES = re.compile(
    r"变化|趋势|走势|变动|怎么变|如何变|怎样变|升降|涨跌|增减|上升还是|下降还是|变[好差多少高低]|走[高低]|分别|各[是有为]"
    r"|\b(?:changed?|trend|develop(?:ed)?)\b"
)
_BEST_YEAR = re.compile(
    rf"哪一?年.*{_MOST}|{_MOST}的?(?:是|在)?(?:哪一?年|年份)|\bwhich year\b.*\b(?:highest|lowest)\b"
)
_LEVELS = {
    "省": (Level.PROVINCE,), "市": (Level.CITY,), "县": (Level.COUNTY,), "区": (Level.COUNTY,),
    "州": (Level.CITY,), "旗": (Level.COUNTY,),
    "乡": (Level.TOWN, Level.STREET), "镇": (Level.TOWN, Level.STREET), "街": (Level.STREET, Level.TOWN),
    "pr": (Level.PROVINCE,), "ci": (Level.CITY,), "co": (Level.COUNTY,), "di": (Level.COUNTY,),
    "to": (Level.TOWN, Level.STREET),
}  # fmt: skip
_CITIES, _ANY = re.compile("城市|设区市|地级市"), re.compile("地方|地区|区域|地")
_GROWTH = re.compile(
    r"增速|增幅|涨幅|降幅|增长率|增长(?!点|极)|下降(?!还)|[增涨降]得|\b(?:grew|growth|grow|rose)\b"
)
_LEFT = re.compile(r"在(?=\s|$)|(?<=\s)(?:里|中|内|之中|当中)(?=\s|$)")
_POINTS = re.compile(r"(?:多少|几)?个?百分点|\bpercentage points?\b")
# What of a question names no indicator, beside its places, times and what it compares.
_SMALL = re.compile(
    rf"(?:{_LIMIT}|在)\s*\d[\d.]*\s*[%万亿]*[元斤吨亩人家个]?(?:以[上下内])?|[的了各?,]|[是有为](?=\s|$)|情况|报告[里中]|数据|目标|计划|预期|同比|比上年"
)
# English words that name no indicator, as they are translated.
_TRANSLATED = re.compile(
    rf"(?:{_PLACES}|县[域城].?|都市.?|场所.?|最.|一品|以[上下]|超额|增长|发展|[转变]化|转变|年度?|每年|常年度|\d.*)"
)
_TELLS_ORDER = re.compile(r"最|第[一二三四五六七八九十\d]|首[位个次]|居|领先|排[名在]")
# A sentence that lists the places beyond a limit: 占比超过六成的有遵义市、安顺市.
_LISTS_PLACES = re.compile(
    r"(?:超过?|突破|高于|低于|不足|不到|以上|以下|达到?)[^，,。；;]{0,12}(?:有|为|是|包括)[^，,。；;]{2,12}、"
)
_EACH = re.compile(r"分别|各[是有为]")
# What stands before 哪些镇 where things are looked for: 分别落在, 各位于.
_ASKS_WHERE = re.compile(
    r"(?:落|坐落?|建|设|放|开|分布|布局)(?:在|到|于)了?$|位于了?$|落户了?$|属于?了?$|来自了?$"
)
_NUMBERED = re.compile(r"(\d+|[一两二三四五六七八九十])个")
_FALLS = re.compile(r"下降|降幅|减少|下滑|下跌|回落|\b(?:fell|decline[ds]?|dropped)\b")


class Over(StrEnum):
    """What the rows differ in."""

    PLACES = "places"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Limit:
    """A side of a figure: over or under so much of a unit, or of any where it has none (超过200亿)."""

    lies: Callable[[Decimal, Decimal], bool]
    value: Decimal
    unit: str

    def passes(self, number: Decimal, unit: str) -> bool:
        """Whether a number in a unit lies on this side."""
        return self.unit in {"", unit} and self.lies(number, self.value)


@dataclass(frozen=True, slots=True)
class Across:
    """What is asked: the rows of one indicator over places (of `levels`, of any when empty) or over years.

    `names` are the tokens of the indicator's names, the one said first; of an English question those of each
    translation of its words. `limit` is what a number is to lie over or under (超过5%). `ordered` tells that the rows are
    to be set against each other: not where a question only leaves its place open (森林覆盖率是多少), and not where it
    asks how something changed, which a sentence may tell too. `each` is set where all are to be told (分别), of any level;
    `count` is how many places there are said to be (三个县), `falling` that falls are compared, by their size (降幅最大).
    """

    over: Over
    levels: frozenset[Level]
    aspect: Aspect
    lowest: bool
    words: str
    names: tuple[frozenset[str], ...]
    ordered: bool = True
    limit: Limit | None = None
    each: bool = False
    count: int = 0
    falling: bool = False


def read_across(question: Question, coverage: Coverage) -> Across | None:
    """What a question asks over all places or years; None where it does not."""
    folded = fold(question.understood)
    which, limits = _WHICH_PLACE.search(folded), _limits(folded)
    spoken, ordered = "", True
    if len({slot.region for slot in question.slots}) > 1 or len(limits) > 1:
        return None
    changes = _YEARS.search(folded) and _CHANGES.search(folded)
    if which and changes:
        return None  # over both, which no list of rows tells
    if which and _ASKS_WHERE.search(folded[: which.start()]) and not MOST.search(folded):
        which = None  # where things are, no order of the places
    if which and (_ORDERED.search(folded) or limits):
        over, spoken = Over.PLACES, next(kind for kind in which.groups() if kind)
    elif _BEST_YEAR.search(folded):
        over = Over.YEARS
    elif changes:
        over, ordered = Over.YEARS, False
    elif _leaves_open(question, coverage):
        over, ordered = Over.PLACES, False
    else:
        return None
    words = _indicator(question, spoken)
    names = _names(words, folded, question.language)
    aspect = Aspect.CHANGE if _GROWTH.search(folded) else asked(folded)
    lowest = LOWEST.search(folded) is not None
    limit = limits[0] if limits and over is Over.PLACES else None
    if not names:
        return None
    return Across(
        over,
        _levels(spoken),
        aspect,
        lowest,
        words,
        names,
        ordered,
        limit,
        each=_EACH.search(folded) is not None,
        count=_count(which) if which else 0,
        falling=_FALLS.search(folded) is not None,
    )


def read_named(question: Question) -> Across | None:
    """What a comparison asks of the places or years that it names; None for any other question."""
    if question.kind is not AnswerKind.COMPARISON or len(question.slots) < 2:
        return None
    folded = fold(question.understood)
    over = Over.PLACES if len({slot.region for slot in question.slots}) > 1 else Over.YEARS
    words = _indicator(question, "")
    names = _names(words, folded, question.language)
    aspect = Aspect.CHANGE if _GROWTH.search(folded) else asked(_POINTS.sub("", folded))
    return Across(over, frozenset(), aspect, False, words, names) if names else None


def _leaves_open(question: Question, coverage: Coverage) -> bool:
    """Whether a figure is asked of no place, where the reports are of several places side by side."""
    if split_top(question.understood) or unknown_place(question.topic):
        return False
    bare = len(question.slots) == 1 and question.slots[0].region is None and not question.places
    return bare and question.kind is AnswerKind.FIGURE and _is_headless(coverage.regions)


@lru_cache(maxsize=8)
def _is_headless(regions: tuple[Region, ...]) -> bool:
    """Whether none of the regions holds all the others."""
    return len(regions) > 1 and not any(all(one.contains(other) for other in regions) for one in regions)


def _count(which: re.Match[str]) -> int:
    """How many places a question says there are."""
    said = _NUMBERED.match(which[0])
    if said is None:
        return 0
    return int(said[1]) if said[1].isdigit() else parse_chinese(said[1])


def split_top(question: str) -> tuple[str, str] | None:
    """A question of the place that is first in something: which place that is, and what is asked of it; else None.

    GDP最高的县森林覆盖率是多少 -> GDP最高的是哪个县？ and 森林覆盖率是多少
    """
    match = _TOP.match(question)
    return (f"{match['described']}是哪个{match['kind']}？", match["asked"]) if match else None


def _levels(spoken: str) -> frozenset[Level]:
    if spoken.isascii():
        return frozenset(_LEVELS.get(spoken[:2], ()))
    kinds = _ANY.sub("", _CITIES.sub("市", spoken))
    return frozenset(level for kind in kinds for level in _LEVELS.get(kind, ()))


def _indicator(question: Question, spoken: str) -> str:
    """The words of a question that name what is compared."""
    if question.language == "en":
        each = (
            word for word in question.topic.split() if not any(map(_TRANSLATED.fullmatch, word.split("/")))
        )
        return " ".join(each)
    words = (
        re.sub(rf"(?:[两三四五六七八九十\d]+个)?{re.escape(spoken)}", " ", question.topic, count=1)
        if spoken
        else question.topic
    )
    for pattern in (_SMALL, _ORDERED, _YEARS, _CHANGES, _GROWTH, _LEFT):
        words = pattern.sub(" ", words)
    return " ".join(words.split())


def _names(words: str, folded: str, language: str) -> tuple[frozenset[str], ...]:
    """The tokens of what is named: of the words said, then of each other name for them; in English of any translation."""
    if language == "en":
        return tuple(
            tokens for word in words.replace("/", " ").split() if (tokens := frozenset(tokenize(word)))
        )
    names = [name for name in words.split() if len(name) > 1]
    said = frozenset(token for name in names if name in folded for token in tokenize(name))
    others = (frozenset(tokenize(name)) for name in names if name not in folded)
    return tuple(tokens for tokens in (said, *others) if tokens)


def _limits(folded: str) -> list[Limit]:
    """The limits that a question names (超过5%, 100亿元以上)."""
    found = []
    for figure in find_figures(folded):
        said = folded[max(figure.start - 10, 0) : figure.start].rstrip() + figure.bound
        lies = next((lies for words, lies in _LIMITS if re.search(f"(?:{words})$", said)), None)
        if lies is not None and not figure.ordinal and (figure.unit or figure.value >= _LARGE):
            found.append(Limit(lies, figure.value, figure.unit))
    return found


def is_ordered(across: Across, lines: Sequence[Line]) -> bool:
    """Whether lines found otherwise can say what is highest: a sentence that tells an order, or names and no figures."""
    return not across.ordered or any(
        not find_figures(fold(line.text))
        or _TELLS_ORDER.search(line.text)
        or (across.over is Over.PLACES and _LISTS_PLACES.search(line.text))
        for line in lines
    )
