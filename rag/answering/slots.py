"""The figure that fills the slot asked for: how well each figure of a sentence suits what is asked, and when it told it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.answering import aspects
from rag.answering.asking import Ask
from rag.answering.aspects import SHARES, Aspect
from rag.answering.bindings import Bound, bind
from rag.answering.figures import Figure, find_figures
from rag.lexical import tokenize
from rag.text import fold

# What a word of the question is worth by where it stands: among the words that name the figure, in the noun it
# counts, in the topic it carries on, earlier in the sentence, in the headings, elsewhere in the passage. Set by hand.
OWN, AFTER, TOPIC, EARLIER, HEADING, PASSAGE = 1.0, 0.95, 0.9, 0.6, 0.45, 0.3
# The noun that the question counts, where it stands before a figure that has another noun after it.
BEFORE = 0.75
# A part of what was counted before (其中上市公司10家), where no part is asked for.
PART = -0.2
# A word whose characters stand apart there (起诉 in 提起公诉), as a share of one that stands whole.
APART = 0.65
_REACH = 4
# A unit that the question names or implies; below 0, one of another dimension: no answer.
UNIT_MATCH, UNIT_CLASH = 0.25, -1.0
# Another counter of things (部 for 台): a slip of the questioner, or another thing; 个 may stand for any.
OTHER_COUNTER, ANY_COUNTER = -0.08, 0.1
# A name that says more than the question (规模以上工业增加值 for 工业增加值) is worth up to this much less.
PRECISION = 0.25

_COUNTERS = frozenset(
    "家个项件户名人位次所座处条张套辆台部艘架场类种批支栋间只头株棵枚块届版款起宗笔篇国省市县区镇乡村床"
)
_COUNT_ASKED = re.compile(r"(?:多少|(?<!第)几|哪几)(?=[^\s，,。?？])")
# Nouns that the figure parser takes for measure words: they may as well begin a longer noun (多少国家级园区).
_NOUNS = frozenset("国省市县区镇乡村街园站公金银铜字级等版期")
_TIMES = frozenset({"年", "月", "日", "季度", "天", "小时", "分钟", "个工作日", "期", "届"})
_DATES = frozenset({"年", "月", "日", "季度", "号", "比", "届", "期", "字"})
_MONEY = frozenset({"元", "美元", "欧元"})
# What a question implies of the unit; the first that matches holds.
_DIMENSIONS: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (re.compile(r"第几|排名|排在?(?:第|什么)"), frozenset({"位", "名", ""})),
    (re.compile(r"百分之|百分点|几个点|几成|占比|比例|比重"), SHARES),
    (re.compile(r"率(?:是|为|达到?|有|大概|目标|到)?(?:多少|多高|[?？]|$)"), SHARES),
    (re.compile(r"多少钱|多少资金|多少经费|金额|投资额|产值|余额|总额"), _MONEY),
    (re.compile(r"人数|人口"), frozenset({"人", "名", "位", "人次", ""})),
    (re.compile(r"面积"), frozenset({"亩", "公顷", "平方公里", "平方千米", "平方米"})),
    (re.compile(r"里程"), frozenset({"公里", "千米"})),
    (re.compile(r"多久|多长时间|几年"), _TIMES),
    (re.compile(r"多长(?!时)"), frozenset({"公里", "米", "千米"})),
)
# 院士数, 企业数量: a number of things, no share.
_NUMBER_ASKED = re.compile(
    r"(?<![指系倍基岁分])数量?(?:总共|一共|各|分别|是|有|为|达到?|一样)*(?:多少|[,，?？]|$)"
)
# What an English question says of the unit.
_ENGLISH: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (re.compile(r"\b(?:percent|percentage|share|proportion|rate|ratio|coverage)\b"), SHARES),
    (re.compile(r"\bhow long\b(?!.{0,12}\b(?:pipe|road|network|line|rail))"), _TIMES | {"公里", "米"}),
    (re.compile(r"\b(?:how long|how far|kilomet(?:re|er)s?|length)\b"), frozenset({"公里", "米", "千米"})),
    (
        re.compile(
            r"\b(?:revenue|income|value|spending|expenditure|loans?|funds?|investment|money|yuan|worth|budget|cost|sales|paid|lent)\b"
        ),
        _MONEY,
    ),
)
_HOW_MANY = re.compile(r"\bhow many\b|\bnumber of\b")
_NAMED = {"元": _MONEY, "千米": frozenset({"公里", "千米"})}
_POINTS = frozenset({"个百分点", "百分点"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its figures bound and where each word may be looked up."""

    text: str
    folded: str
    bounds: tuple[Bound, ...]

    @classmethod
    def read(cls, text: str) -> "Sentence":
        """A sentence of a passage, its figures bound to their words."""
        return cls(text, fold(text), bind(text))


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


@lru_cache(maxsize=512)
def read_sentence(text: str) -> Sentence:
    """A sentence read once, however many slots ask for it."""
    return Sentence.read(text)


def read_slots(ask: Ask, sentence: Sentence, headings: str, passage: str) -> Iterator[Reading]:
    """Every figure of a sentence that may answer, with how well it does; `headings` and `passage` stand around it."""
    if not sentence.bounds:
        return
    places = {token: _find(token, sentence.folded) for token in ask.weights}
    elsewhere = {
        token: HEADING if token in headings else PASSAGE if token in passage else 0.0 for token in ask.weights
    }
    known = {(figure.value, figure.unit) for figure in find_figures(ask.part)}
    wanted = aspects.asked(ask.part)
    for bound in sentence.bounds:
        figure = bound.figure
        unit = fit_unit(ask.part, figure, wanted, sentence.folded[figure.end : bound.after[1]])
        if unit <= UNIT_CLASH or (figure.value, figure.unit) in known:
            continue
        aspect = aspects.told(bound, sentence.folded)
        if aspect is Aspect.CHANGE and aspects.needs_level(ask.part) and ask.plan is not True:
            continue
        worth = {token: _worth(bound, token, places[token], ask, elsewhere[token]) for token in ask.weights}
        words = ask.weigh(worth.__getitem__)
        covered = ask.weigh(lambda token, worth=worth: float(worth[token] > PASSAGE))
        named = ask.weigh(lambda token, worth=worth: float(worth[token] >= TOPIC))
        own = sentence.folded[bound.own[0][0] : bound.figure.start] if bound.own else ""
        part = PART if "其中" in own and "其中" not in ask.part else 0.0
        score = part + unit + aspects.fit(wanted, aspect, ask.plan is True)
        words -= PRECISION * named * _excess(bound, sentence.folded, ask)
        yield Reading(bound, words, score, covered, aspect)


def _find(token: str, folded: str) -> tuple[tuple[int, float], ...]:
    """Where a token stands in a sentence, and how closely: 1 whole, APART with others between its two characters."""
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
    r"[\d\W]|同比|预计|分别|[全本我][省市县区乡镇村国年]|累计|共|达到?|为|至|增长|增加|下降|提高|上升|提升|的|了|有|和|及|与|在|约|近|超过?|突破|稳定"
    r"|其中|已|全部|力争|实现|完成|新增|建成|总数|平均"
)


def _excess(bound: Bound, folded: str, ask: Ask) -> float:
    """The share (0..1) of the words that name a figure that the question does not have."""
    names = [folded[start:end] for start, end in (*bound.topic, *bound.own)]
    tokens = [token for name in names for token in tokenize(PLAIN.sub(" ", name))]
    if not tokens:
        return 0.0
    return sum(token not in ask.weights for token in tokens) / len(tokens)


def fit_unit(part: str, figure: Figure, wanted: Aspect, after: str = "") -> float:
    """How the figure's unit suits a folded question: what it names or implies counts for, another against.

    `after` is what follows the figure: a count may stand right before the noun counted (48万女生).
    """
    unit = figure.unit
    if wanted is Aspect.RATIO:
        return UNIT_MATCH if unit == "比" else UNIT_CLASH
    named = named_unit(part)
    if named and not unit:
        return 0.0 if re.match(r"[\u4e00-\u9fff]", after) and named in _COUNTERS else UNIT_CLASH
    if named:
        return _fit_named(named, unit)
    if not unit and _same_counter(part, after):
        return UNIT_MATCH
    if unit in SHARES and _NUMBER_ASKED.search(part):
        return UNIT_CLASH
    if _HOW_MANY.search(part):
        return UNIT_CLASH if unit in SHARES | _MONEY | _DATES or not unit else ANY_COUNTER
    if wanted is Aspect.CHANGE:
        return UNIT_MATCH if unit in SHARES else 0.0 if unit and unit not in _DATES else UNIT_CLASH
    implied = next((units for pattern, units in (*_ENGLISH, *_DIMENSIONS) if pattern.search(part)), None)
    if implied is not None:
        return UNIT_MATCH if unit in implied else UNIT_CLASH
    if unit in _DATES:
        return UNIT_CLASH
    return 0.0 if unit or re.search(r"指数|第几|排名|倍|比", part) else UNIT_CLASH


def _same_counter(part: str, after: str) -> bool:
    """Whether a measure word that the figure parser does not know follows both 多少 and the figure (多少份, 79份)."""
    match = _COUNT_ASKED.search(part)
    return match is not None and after != "" and part[match.end() : match.end() + 1] == after[:1]


def named_unit(part: str) -> str:
    """The unit that a folded question names after 多少 or 几 (几个百分点, 多少万亩), else empty."""
    for match in _COUNT_ASKED.finditer(part):
        rest = part[match.end() : match.end() + 12]
        if re.match(r"个点", rest):
            return "百分点"
        figures = find_figures("1" + rest)
        if figures and figures[0].start == 0 and figures[0].unit:
            return figures[0].unit
    return ""


def _fit_named(asked: str, unit: str) -> float:
    if asked in _POINTS or asked in SHARES:
        return UNIT_MATCH if unit in SHARES else UNIT_CLASH
    if asked in _NAMED:
        return UNIT_MATCH if unit in _NAMED[asked] else UNIT_CLASH
    if unit == asked:
        return UNIT_MATCH
    if asked == "个" and unit in _COUNTERS:
        return ANY_COUNTER
    if asked in _NOUNS:
        return 0.0
    people = {"人", "名", "位", "个"}
    if asked in people and unit in people:
        return UNIT_MATCH
    return OTHER_COUNTER if asked in _COUNTERS and unit in _COUNTERS else UNIT_CLASH
