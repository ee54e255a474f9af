"""The figure that fills the slot asked for: how well each figure of a sentence suits what is asked, and when it told it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from rag.answering.figures import Figure, find_figures
from rag.answering.slots import aspects
from rag.answering.slots.asking import Ask
from rag.answering.slots.aspects import Aspect
from rag.answering.slots.bindings import Bound, bind
from rag.answering.slots.fitting import begun_by
from rag.answering.slots.peaks import is_of_no_peak
from rag.answering.slots.shares import is_another_share
from rag.answering.slots.unit_fit import UNIT_CLASH, fit_unit
from rag.breakdowns import names_other_part
from rag.lexical import tokenize
from rag.synonyms import name_groups, name_rivals, other_names
from rag.text import fold

# What a word of the question is worth by where it stands: among the words that name the figure, in the noun it
# counts, in the topic it carries on, in the caption of its table, earlier in the sentence, in the headings, elsewhere in
# the passage. Set by hand.
OWN, AFTER, TOPIC, CAPTION, EARLIER, HEADING, PASSAGE = 1.0, 0.95, 0.9, 0.8, 0.6, 0.45, 0.3
# The noun that the question counts, where it stands before a figure that has another noun after it.
BEFORE = 0.75
# A part of what was counted before (其中上市公司10家), where no part is asked for.
PART = -0.2
# Share of a part's own words by which a question names it. Set by hand, not tuned.
PART_NAMED = 0.5
# The figure of a kind (城镇居民, 出口) where none is asked for. Set by hand, not tuned.
UNASKED_KIND = -0.2
# What a change began from (由2.41缩小到2.21), where that is not asked for. Set by hand, not tuned.
BEGUN_FROM = -0.4
# The figure after one that the question itself gives (49个问题已完成36个). Set by hand, not tuned.
BESIDE_KNOWN = 0.3
# A word whose characters stand apart there (起诉 in 提起公诉), as a share of one that stands whole.
APART = 0.65
# A name that is told by another of the same, as a share of one that stands as it was said. Set by hand.
OTHERWISE = 0.8
# A figure whose name is the very one asked for (制造业, not 汽车制造业). Set by hand, not tuned.
VERY_NAME = 0.1
# What is done to the things counted, as the question says it right before 多少 (废止了多少件). Set by hand, not tuned.
DONE_TO = 0.15
# What a part does to the growth of the whole (拉动工业增长1.2个百分点), where that is not asked for. Set by hand, not tuned.
PULLED = -0.3
_REACH = 4
# A name that says more than the question (规模以上工业增加值 for 工业增加值) is worth up to this much less.
PRECISION = 0.25


# One word for a share is as good as another: 占比, 比重, 占总装机比重.
_SHARES = frozenset({"占比", "比重", "比例", "比率"})
_SHARE = re.compile(r"占比|占[^，,;；。\d]{1,10}?比[重例]|比[重例率]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its figures bound and where each word may be looked up; `is_cell` where a cell of a table tells it."""

    text: str
    folded: str
    bounds: tuple[Bound, ...]
    is_cell: bool = False

    @classmethod
    def read(cls, text: str, is_cell: bool = False) -> "Sentence":
        """A sentence of a passage, its figures bound to their words."""
        return cls(text, fold(text), bind(text), is_cell)


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure as an answer to an ask: what the ask's words (0..1) and the rest (unit, aspect) count for it.

    `covered` is the share of the ask's words (0..1) that stand with it or before it.
    """

    bound: Bound
    words: float
    score: float
    covered: float
    aspect: Aspect


_YEAR_TOLD = re.compile(r"(?:19|20)\d\d(?=年)")
_ASKS_START = re.compile(r"从|由|原来|原先|之前|此前|最初|起初|以前|本来")
# Parts of a date that a question gives (5月10日起), which say nothing of the figure after them.
_DATED = frozenset({"年", "月", "日", "号"})
# 降水日数（≥0.1毫米): from where on things are counted.
_LIMIT_SIGNS = frozenset("≥≤><≧≦")
# What was passed and then reached (突破50%、达53.6%) is as much as was reached.
_REACHED = re.compile(r"[、，,]\s*达到?了?(?=\d)")


@lru_cache(maxsize=512)
def read_sentence(text: str, is_cell: bool = False) -> Sentence:
    """A sentence read once, however many slots ask for it."""
    return Sentence.read(text, is_cell)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An ask with what its part of the question says of the figure, read once: its aspect, the figures it knows."""

    ask: Ask
    aspect: Aspect
    known: frozenset[tuple[Decimal, str]]
    needs_level: bool
    names: frozenset[str]
    name: str
    done: str


def want(ask: Ask, topic: str = "") -> Wanted:
    """What is wanted of a figure that answers an ask; `topic` is the folded question without its place and time."""
    known = frozenset((figure.value, figure.unit) for figure in find_figures(ask.part))
    needs_level = aspects.needs_level(ask.part) and ask.plan is not True
    name = _bare_name(_ASKING.sub(" ", topic))
    return Wanted(
        ask, aspects.asked(ask.part), known, needs_level, name_groups(ask.part), name, _done(ask.part)
    )


_DONE = re.compile(
    r"(?P<done>[\u4e00-\u9fff]{2})(?:了|过|掉)?(?:多少|几)(?=[个件项家户名人条座处起辆套份次])"
)


def _done(part: str) -> str:
    """The verb right before 多少 and a counter; empty where it says nothing by itself (完成, 新增)."""
    match = _DONE.search(part)
    return match["done"] if match and not PLAIN.search(match["done"]) else ""


_PULLS = re.compile(r"拉动|贡献")
_ASKING = re.compile(r"增速|增幅|涨幅|降幅|多少|多大|多高|几何|情况|怎么样|如何|[?？吗呢吧啊呀]")


def _bare_name(words: str) -> str:
    """A name without the words that say nothing of what it is: 全市规模以上工业增加值同比增长 -> 工业增加值."""
    return re.sub(r"规模以上|规上|\s", "", PLAIN.sub("", words))


def read_slots(
    wanted: Wanted, sentence: Sentence, headings: str, passage: str, caption: str = ""
) -> Iterator[Reading]:
    """Every figure of a sentence that may answer, with how well it does; `headings` and `passage` stand around it.

    `caption` is what the table counts that a cell is of.
    """
    if not sentence.bounds:
        return
    ask = wanted.ask
    places = _find_all(ask, sentence.folded)
    around = ((CAPTION, caption), (HEADING, headings), (PASSAGE, passage))
    elsewhere = {
        token: next((worth for worth, text in around if token in text), 0.0) for token in ask.weights
    }
    for preceding, bound in zip((None, *sentence.bounds), sentence.bounds, strict=False):
        figure = bound.figure
        unit = _fit_unit(wanted, sentence, bound)
        before = (preceding.figure.value, preceding.figure.unit) if preceding else (Decimal(), "")
        if unit <= UNIT_CLASH or (figure.value, figure.unit) in wanted.known:
            continue
        if sentence.folded[figure.start - 1 : figure.start] in _LIMIT_SIGNS:
            continue
        if figure.sense == ">" and _REACHED.match(sentence.folded[figure.end :]):
            continue
        if _is_of_other_kind(ask.part, f"{headings} {sentence.folded}"):
            continue
        aspect = aspects.told(bound, sentence.folded)
        if aspect is Aspect.CHANGE and (wanted.needs_level or wanted.aspect is Aspect.SHARE):
            continue
        own = sentence.folded[bound.own[0][0] : figure.start] if bound.own else ""
        topic = "".join(sentence.folded[start:end] for start, end in bound.topic)
        if figure.unit in aspects.SHARES and is_another_share(ask.part, own, topic):
            continue
        if figure.unit == "元" and _lacks_name(wanted, f"{headings} {sentence.folded}"):
            continue
        if names_other_part(ask.part, f"{topic} {own}"):
            continue
        if _is_of_other_name(wanted, f"{topic} {own}") or _is_of_other_end(ask.part, f"{topic} {own}"):
            continue
        if _is_of_whole(ask.part, sentence.folded, figure):
            continue
        if is_of_no_peak(ask.part, sentence.folded, bound):
            continue
        worth = {token: _worth(bound, token, places[token], ask, elsewhere[token]) for token in ask.weights}
        words = ask.weigh(worth.__getitem__)
        covered = ask.weigh({token: float(value > PASSAGE) for token, value in worth.items()}.__getitem__)
        named = ask.weigh({token: float(value >= TOPIC) for token, value in worth.items()}.__getitem__)
        part = PART if _is_unasked_part(own, ask) else 0.0
        part += UNASKED_KIND if not ask.choices and _is_of_unasked_kind(ask.part, f"{topic} {own}") else 0.0
        part += BEGUN_FROM if _begins_change(sentence.folded, figure, ask.part) else 0.0
        part += DONE_TO if wanted.done and wanted.done in own else 0.0
        part += VERY_NAME if wanted.name and _bare_name(own) == wanted.name else 0.0
        part += PULLED if "拉动" in own and not _PULLS.search(ask.part) else 0.0
        part += BESIDE_KNOWN if before in wanted.known and before[1] not in _DATED else 0.0
        score = part + unit + aspects.fit(wanted.aspect, aspect, ask.plan is True)
        words -= PRECISION * named * _excess(bound, sentence.folded, ask)
        yield Reading(bound, words, score, covered, aspect)


def _fit_unit(wanted: Wanted, sentence: Sentence, bound: Bound) -> float:
    """How the unit of a figure of a sentence suits what is asked, as `fit_unit`."""
    figure, folded = bound.figure, sentence.folded
    is_index = not figure.unit and _INDEX.search(bound.own_text(folded)) is not None
    is_bare = sentence.is_cell or is_index or (folded[figure.end - 1] in "万亿" and not figure.unit)
    after = folded[slice(*bound.after)].removeprefix(figure.unit)
    return fit_unit(wanted.ask.part, figure, wanted.aspect, after, is_bare=is_bare)


# A pure number: 集中度指数CR8为84.1.
_INDEX = re.compile(r"(?:指数|系数|比值|得分|评分)[a-z\d.]*(?:为|是|达到?|至)?$")
# Words of a question that make another statistic of it, and one of which a sentence then has.
_QUALIFIERS = tuple(
    (re.compile(asked), re.compile(told))
    for asked, told in (
        (
            "农村居民|农民(?=人均|收入|可支配|增收)",
            "农村|农民|村民|渔民|牧民|农户|乡村|农牧民|城乡(?!居民收入[比差]|收入|差距)",
        ),
        ("城镇居民|城市居民", "城镇|城市|城乡(?!居民收入[比差]|收入|差距)"),
        ("(?<!进)出口(?![处货])", "(?<!进)出口|外销"),
        ("(?<!出)进口(?!岸)", "进口(?!岸)"),
        ("户籍人口", "户籍"),
        ("城市低保|城镇低保", "城市|城镇|城乡"),
        ("农村低保", "农村|城乡"),
    )
)


def _is_of_other_kind(asked: str, told: str) -> bool:
    """Whether a question asks of farmers, of exports or the like, and a sentence with its headings tells of none."""
    return any(of.search(asked) and not named.search(told) for of, named in _QUALIFIERS)


def _is_of_unasked_kind(asked: str, told: str) -> bool:
    """Whether a figure's words name a kind (城镇居民, 出口) of which the question says nothing."""
    if any(named.search(asked) for _, named in _QUALIFIERS):
        return False
    return any(of.search(told) for of, _ in _QUALIFIERS)


def _is_unasked_part(own: str, ask: Ask) -> bool:
    """Whether a figure's own words say that it is a part of what was counted before, and the question names no such part."""
    _, joint, name = own.rpartition("其中")
    if not joint or joint in ask.part:
        return False
    tokens = [token for token in tokenize(PLAIN.sub(" ", name)) if len(token) > 1]
    return not tokens or sum(token in ask.weights for token in tokens) < PART_NAMED * len(tokens)


def _begins_change(folded: str, figure: Figure, part: str) -> bool:
    """Whether a figure is what a change began from (由2.41缩小到2.21), and the question does not ask for that."""
    begun = begun_by(folded, figure)
    if begun is None or _ASKS_START.search(part):
        return False
    return not any(year in part for year in _YEAR_TOLD.findall(begun))


_FOR_EACH = re.compile(r"[人户亩]均|平均(?:每|一)|每(?:个?人|户|亩)")
_EACH_TOLD = re.compile(r"[，,](?:平均)?[人户亩]均(?:约|达|为)?(?=\d)")


def _is_of_whole(asked: str, folded: str, figure: Figure) -> bool:
    """Whether a figure is the sum before what each got, which is asked for: 186万元 of 发放186万元，人均1.58万元."""
    if not _FOR_EACH.search(asked) or _FOR_EACH.search(folded[: figure.start]):
        return False
    return not folded.startswith("/", figure.end) and _EACH_TOLD.search(folded, figure.end) is not None


# The ends of a year, of which each has its own figure: 年初蓄水量, 年末蓄水量.
_ENDS_OF_YEAR = (
    (re.compile(r"年初|期初|\b(?:start|beginning) of\b"), re.compile(r"(?<![比较])(?:年初|期初)")),
    (re.compile(r"年末|年底|期末|\bend of\b"), re.compile(r"年末|年底|期末")),
)


def _is_of_other_end(asked: str, told: str) -> bool:
    """Whether a figure's words say the other end of the year than the question."""
    ends = [(bool(of.search(asked)), bool(named.search(told))) for of, named in _ENDS_OF_YEAR]
    return ends in ([(True, False), (False, True)], [(False, True), (True, False)])


def _is_of_other_name(wanted: Wanted, words: str) -> bool:
    """Whether a figure's words name statistics by their proper names, and none that the question names."""
    return bool(wanted.names) and name_rivals(name_groups(words), wanted.names)


# Statistics that a report names whenever it tells of them.
_PROPER = frozenset({"gdp", "社零", "固投", "财政收入", "财政支出", "cpi"})


def _lacks_name(wanted: Wanted, text: str) -> bool:
    """Whether a text around a sum does not name the statistic of which the question asks how much it is."""
    proper = wanted.names & _PROPER if wanted.aspect is Aspect.LEVEL else frozenset()
    told = name_groups(text) | ({"gdp"} if "经济总量" in text else frozenset())
    return bool(proper) and not proper & told


def _find_all(ask: Ask, folded: str) -> dict[str, tuple[tuple[int, float], ...]]:
    """Where each token of an ask stands in a sentence, as `_find`; one of a name also where another name of the same does."""
    places = {token: _find(token, folded) for token in ask.weights}
    for said, others in other_names(ask.part):
        also = tuple((place, OTHERWISE) for name in others for place in _places(name, folded))
        if also and said not in folded:
            places |= {token: (*places[token], *also) for token in tokenize(said) if token in places}
    return places


def _find(token: str, folded: str) -> tuple[tuple[int, float], ...]:
    """Where a token stands in a sentence, and how closely: 1 whole, APART with others between its two characters."""
    if token in _SHARES:
        return tuple((match.start(), 1.0) for match in _SHARE.finditer(folded))
    if len(token) != 2 or not "\u3400" <= token[0] <= "\u9fff":
        pattern = rf"(?<![a-z\d.]){re.escape(token)}(?![a-z\d])"
        return tuple((match.start(), 1.0) for match in re.finditer(pattern, folded))
    whole = _places(token, folded)
    if whole:
        return tuple((place, 1.0) for place in whole)
    apart = (
        place
        for place in _places(token[0], folded)
        if token[1] in folded[place + 2 : place + _REACH + 2].split("，")[0]
    )
    return tuple((place, APART) for place in apart)


def _places(piece: str, folded: str) -> list[int]:
    found, place = [], folded.find(piece)
    while place >= 0:
        found.append(place)
        place = folded.find(piece, place + 1)
    return found


def _worth(
    bound: Bound, token: str, places: tuple[tuple[int, float], ...], ask: Ask, elsewhere: float
) -> float:
    """What a token counts for a figure: by the best place it stands at."""
    if token in bound.alias:
        return OWN
    if token[0].isdigit():
        elsewhere = 0.0
    best = 0.0 if places else elsewhere
    for place, closeness in places:
        worth = _place_worth(bound, place, token in ask.context, token in ask.counted) * closeness
        # A number of the question describes what is counted (50亿元以上的项目): elsewhere it is another's.
        best = max(best, 0.0 if token[0].isdigit() and worth < TOPIC else worth)
    return best


def _place_worth(bound: Bound, place: int, is_context: bool, is_counted: bool) -> float:
    if any(start <= place < end for start, end in bound.rivals):
        return 0.0
    if any(start <= place < end for start, end in bound.own):
        counts_other = is_counted and bound.after[1] - bound.after[0] >= 2
        return EARLIER if is_context else BEFORE if counts_other else OWN
    if bound.after[0] <= place < bound.after[1]:
        return OWN if is_counted else AFTER
    if any(start <= place < end for start, end in bound.topic):
        return TOPIC
    if place < bound.figure.start:
        return TOPIC if is_context else EARLIER
    return EARLIER if bound.own_is_empty else PASSAGE


PLAIN = re.compile(
    r"[\d\W]|按?(?:不变|可比)价格?(?:计算)?|同比|预计|分别|[全本我][省市县区乡镇村国年]|累计|共|达到?|为|至|增长|增加|下降|提高|上升|提升|的|了|有|和|及|与|在|约|近|超过?|突破|稳定"
    r"|其中|已|全部|全社会|力争|实现|完成|新增|建成|总数|平均"
)


def _excess(bound: Bound, folded: str, ask: Ask) -> float:
    """The share (0..1) of the words that name a figure that the question does not have."""
    names = [folded[start:end] for start, end in (*bound.topic, *bound.own)]
    tokens = [token for name in names for token in tokenize(PLAIN.sub(" ", name))]
    if not tokens:
        return 0.0
    return sum(token not in ask.weights for token in tokens) / len(tokens)
