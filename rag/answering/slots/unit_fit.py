"""Whether a figure's unit is the one that a question names (多少万亩), implies (率, 人数, revenue) or rules out."""

import re

from rag.answering.figures import Figure, find_figures
from rag.answering.slots.aspects import SHARES, Aspect
from rag.answering.slots.bindings import RATIO
from rag.answering.units import measure

# A unit that the question names or implies; below 0, one of another dimension: no answer.
UNIT_MATCH, UNIT_CLASH = 0.25, -1.0
# Another counter of things (部 for 台): a slip of the questioner, or another thing; 个 may stand for any.
OTHER_COUNTER, ANY_COUNTER = -0.08, 0.1

_COUNTERS = frozenset(
    "家个项件户名人位次所座处条张套辆台部艘架场类种批支栋间只头株棵枚块届版款起宗笔篇国省市县区镇乡村床"
)
# 第几年 asks how many years it has been, 第几 alone for a rank.
_COUNT_ASKED = re.compile(r"(?:多少|(?<!第)几|哪几|第几(?=[年次届]))(?=[^\s，,。?？])")
# Nouns that the figure parser takes for measure words: they may as well begin a longer noun (多少国家级园区).
_NOUNS = frozenset("国省市县区镇乡村街园站公金银铜字级等版期")
_TIMES = frozenset({"年", "月", "日", "季度", "天", "小时", "分钟", "个工作日", "期", "届"})
_DATES = frozenset({"年", "月", "日", "季度", "号", "比", "届", "期", "字"})
_MONEY = frozenset({"元", "美元", "欧元"})
_MONEY_NOUNS = "(?:钱|资金|经费|款|罚款|罚金|贷款|善款|补贴|补助|补偿|奖金|奖励金|租金|工资|月薪|成本|费用?|税|债|人民币)"
_LENT = re.compile(r"[贷借拨捐罚存筹][^，,。?？]{0,4}(?:多少|几)款")
# 产值上亿的企业: what only describes the thing that is counted.
_NOT_DESCRIBING = "(?![^，,多]{0,6}的[^，,多]{0,4}(?:企业|公司|项目|产业|单位|村|户))"
_SUMMED = "(?:累计|总共|一共|合计|总计|大概|大约|到底|现在)*"
# Patterns of what asks for money, for how many came, for how many live somewhere.
MONEY_ASKED = rf"(?:多少|几)(?:块钱|角|毛钱?)|几块(?=[?？,，]|$)|多少[^人户名家企学项次个位\W\da-z]{{0,4}}(?:补贴|补助|津贴|奖金|奖励|资金|经费)(?!项目|政策|对象|标准的)|多少的?{_MONEY_NOUNS}|(?:钱|资金|经费){_SUMMED}了?(?:有|是|为|达到?)?了?多少(?=[?？,，]|$)"
VISITORS_ASKED = "多少(?:名|人次)?(?:客流|人流|游客|旅客|乘客|观众)"
PEOPLE_ASKED = (
    "人数|(?<!每千)(?<!每万)(?<!每百万)人口(?![^，,。?？]*(?:率|密度|年限|寿命|收入|比重|比例|性别比|占比))"
)
# What a question implies of the unit; the first that matches holds.
_DIMENSIONS: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (re.compile(r"第几(?![年次届])|排名|排在?(?:第|什么)"), frozenset({"位", "名", ""})),
    (re.compile(r"百分之|百分点|几个点|几成|占比|比例|比重"), SHARES),
    (
        re.compile(r"多大(?:年纪|年龄|岁数|岁)|(?:年纪|年龄|岁数)(?:是|有)?多[大少]"),
        frozenset({"岁", ""}),
    ),
    (
        re.compile(r"(?<!生产)(?<!容积)(?<![汇频])率(?:是|为|达到?|有|大概|目标|到)?(?:多少|多高|[?？]|$)"),
        SHARES,
    ),
    (re.compile(VISITORS_ASKED), frozenset({"人", "名", "位", "人次"})),
    (re.compile(r"美元[^,，。]{0,6}多少|折合?[成合为]?美元"), frozenset({"美元"})),
    (
        re.compile(
            rf"{MONEY_ASKED}|(?:金额|投资额|[口易款保存取放营售贷补]额|产值|余额|总额|投资(?=(?:是|为|有|达到?)?多少)){_NOT_DESCRIBING}"
        ),
        _MONEY,
    ),
    (re.compile(PEOPLE_ASKED), frozenset({"人", "名", "位", "人次", ""})),
    (re.compile(r"面积"), frozenset({"亩", "公顷", "平方公里", "平方千米", "平方米", "km2", "hm2", "m2"})),
    (re.compile(r"(?:多少|几)[万亿]*(?:立?方)?水(?=[?？,，]|$)"), frozenset({"立方米", "m3", "吨"})),
    (
        re.compile(r"浓度(?!达标)"),
        frozenset({"微克/立方米", "毫克/立方米", "毫克/升", "微克/升", "μg/m3", "mg/m3"}),
    ),
    (re.compile(r"里程"), frozenset({"公里", "千米"})),
    (re.compile(r"多久|多长时间|几年|年限|工期|周期|时长"), _TIMES),
    (re.compile(r"多长(?!时)"), frozenset({"公里", "米", "千米"})),
)
_RANK_ASKED = re.compile(r"第|排|名次|位次|位列|位居|几[号届批次]|\brank|\bplace|\bposition|\bwhich\b")
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
# How many of what is measured in a unit: years, yuan, kilometres.
_ENGLISH_UNITS: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (re.compile(r"\bhow many (?:\w+ )?(?:years|months|weeks|days|hours|minutes)\b"), _TIMES),
    (re.compile(r"\bhow many (?:\w+ )?(?:yuan|rmb|dollars)\b"), _MONEY),
    (re.compile(r"\bhow many (?:\w+ )?(?:kilomet(?:re|er)s|km)\b"), frozenset({"公里", "千米"})),
    (re.compile(r"\bhow many (?:\w+ )?(?:hectares|mu|acres)\b"), frozenset({"亩", "公顷"})),
    (re.compile(r"\bhow many (?:\w+ )?(?:tonnes|tons)\b"), frozenset({"吨"})),
    (re.compile(r"\bhow many percent(?:age points)?\b"), SHARES),
)
# A place that is called so: 助餐点, 网点.
_POINT_NAMED = re.compile(r"[\u4e00-\u9fff][^\W几个百分一两快慢早晚多少高低大小好差有]点")
_HOW_MANY = re.compile(r"\bhow many\b|\bnumber of\b")
# 占全国多少 asks for a share; 占地多少 does not.
_PART_ASKED = re.compile(r"占(?!地|用|有|道|据)[^，,。?？]{0,10}?(?:多少|几成|百分之几|多大)(?=[?？]?$)")
_POINTS = frozenset({"个百分点", "百分点"})
# 多少亿 names no unit, but how large a figure is expected; one of less than a tenth of it is of something else.
_MAGNITUDE_ASKED = re.compile(r"(?:多少|几)[十百千]*个?(万亿|亿|万)")
_MAGNITUDES = {"万亿": 10**12, "亿": 10**8, "万": 10**4}


def fit_unit(part: str, figure: Figure, wanted: Aspect, after: str = "", *, is_bare: bool = False) -> float:
    """How the figure's unit suits a folded question: what it names or implies counts for, another against.

    `after` is what follows the figure: a count may stand right before the noun counted (48万女生). `is_bare` where it
    need not say in which unit it counts: told by a cell of a table, or in 万.
    """
    unit = figure.unit
    if wanted is Aspect.RATIO:
        return UNIT_MATCH if unit == RATIO else UNIT_CLASH if unit else 0.0
    if wanted is Aspect.DONE:
        return UNIT_MATCH if unit in SHARES else UNIT_CLASH
    if figure.ordinal and not _RANK_ASKED.search(part):
        return UNIT_CLASH
    named = "元" if _LENT.search(part) else named_unit(part)
    if named and not unit:
        if is_bare:
            return 0.0
        return 0.0 if re.match(r"[\u4e00-\u9fff]", after) and named in _COUNTERS else UNIT_CLASH
    if named and named not in SHARES and len(named) > 1 and after.startswith(named):
        return UNIT_MATCH  # 54.9万吨标准煤 for 多少标准煤
    if named:
        return _fit_named(named, unit)
    if _is_too_small(part, figure):
        return UNIT_CLASH
    if not unit and _same_counter(part, after):
        return UNIT_MATCH
    if unit in SHARES and _NUMBER_ASKED.search(part):
        return UNIT_CLASH
    if (units := next((units for asks, units in _ENGLISH_UNITS if asks.search(part)), None)) is not None:
        return UNIT_MATCH if unit in units else UNIT_CLASH
    if _HOW_MANY.search(part):
        is_counted = bool(unit or is_bare or re.match(r"[\u4e00-\u9fff]", after))
        return UNIT_CLASH if unit in SHARES | _MONEY | _DATES or not is_counted else ANY_COUNTER
    if wanted is Aspect.CHANGE:
        return UNIT_MATCH if unit in SHARES else 0.0 if unit and unit not in _DATES else UNIT_CLASH
    if _PART_ASKED.search(part) and unit not in SHARES | {"分之"}:
        return UNIT_CLASH
    implied = next((units for pattern, units in (*_ENGLISH, *_DIMENSIONS) if pattern.search(part)), None)
    if implied is not None:
        return UNIT_MATCH if unit in implied else UNIT_CLASH
    if unit in _DATES:
        return UNIT_CLASH
    return (
        0.0
        if unit or is_bare or re.search(r"指数|系数|得分|评分|分值|均值|ph|第几|排名|倍|比", part)
        else UNIT_CLASH
    )


def _is_too_small(part: str, figure: Figure) -> bool:
    """Whether a figure is far below the magnitude that the question names: 482万 where it asks 多少亿."""
    match = _MAGNITUDE_ASKED.search(part)
    return match is not None and 10 * figure.value < _MAGNITUDES[match[1]]


def _same_counter(part: str, after: str) -> bool:
    """Whether a measure word that the figure parser does not know follows both 多少 and the figure (多少份, 79份)."""
    match = _COUNT_ASKED.search(part)
    return match is not None and after != "" and part[match.end() : match.end() + 1] == after[:1]


def named_unit(part: str) -> str:
    """The unit that a folded question names after 多少 or 几 (几个百分点, 多少万亩), else empty."""
    for match in _COUNT_ASKED.finditer(part):
        rest = part[match.end() : match.end() + 12]
        if re.match(r"个点(?![位线站])", rest):
            return "个" if _POINT_NAMED.search(part[: match.start()]) else "百分点"
        figures = find_figures("1" + rest)
        if figures and figures[0].start == 0 and figures[0].unit:
            return figures[0].unit
    return ""


def _fit_named(asked: str, unit: str) -> float:
    if asked in _POINTS or asked in SHARES:
        return UNIT_MATCH if unit in SHARES else UNIT_CLASH
    if measure(unit)[0] == measure(asked)[0] or (asked == "元" and unit in _MONEY):
        return UNIT_MATCH
    if asked == "个" and unit in _COUNTERS:
        return ANY_COUNTER
    if asked in _NOUNS:
        return 0.0
    people = {"人", "名", "位", "个"}
    if asked in people and unit in people:
        return UNIT_MATCH if unit != "个" or asked == "个" else ANY_COUNTER
    if asked == "人" and unit == "人次":
        return 0.0
    return OTHER_COUNTER if asked in _COUNTERS and unit in _COUNTERS else UNIT_CLASH
