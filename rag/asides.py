"""Follow-ups that ask another side of the old topic: an attribute, an amount, an action, a total."""

import re

from rag.mentions import ASKING, Coverage, find_regions, find_times
from rag.rewriting import is_english, keep_slots, own_words, stem, without
from rag.text import fold

ASKS = re.compile(r"多少|几|多[高大长久快](?!年)|百分之|第几|how (many|much)")
_EITHER = r"(?:上?升|下?降|涨|跌|增加?|减少?|变?[高低多少好差快慢大小])了?(?:一?些|一?点)?还是(?:上?升|下?降|涨|跌|增加?|减少?|变?[高低多少好差快慢大小])了?(?:一?些|一?点)?"
ATTRIBUTE_WORD = re.compile(
    rf"目标|计划|预期|(?:提高?|升高?|涨|降低?|增加?|减少?|达)到|定(?:下|在|到)?(?=的?目标|多少|$)|增速|增幅|占比|比重|排名|排第几|排|原因|实际|结果|完成|累计(?:数|额|量|总[数额量])?|{_EITHER}|准备|打算|要|建|有|是|在|的|了|各|还|又"
    r"|哪[一二两三四五六七八九十\d]+[个支家项条种位座所类块部]"
)
ATTRIBUTE = re.compile(
    rf"({_EITHER}|目标|计划|预期|(?:提高?|升高?|涨|降低?|达)到|定(?:下|在|到)?|增速|增幅|涨幅|降幅|占比|比重|比例|排名|排位|位次|排?第几|原因|实际|结果|完成|面积|总[数量额]"
    r"|(?:涨|提高|上调|调整|提标|降低?|改)?了?(?:之前|以前)|原[来先]|累计(?:数|额|量|总[数额量])?|具体|分别|哪些|有没有|没有|吗|变成|变为|到|由|哪个|部门|牵头|负责|主管|人数|数量|金额|投资|同比|环比"
    r"|单位|时间|地点|负责人|准备|打算|要|建|有|是|在|的|了|各|还|又|多少|几|什么|谁|哪[里儿年]|何时|增长|下降|情况|效果|意义|作用|中部|全[国省市]"
    r"|what|target|goal|growth|rate|share|rank|reason|plan|the|for|is|was|[?？,，、 ])+"
)
_MEASURE = r"[个项座处条公里亩家户人名辆台所件次分点支批届吨米元天年位倍块棵株头只张套场份间栋平方千万亿]"
# Actions and amounts that name no topic: what was built, spent or handed out was said before (花了多少, 领了多少次).
_ACTION = re.compile(
    rf"多少(?:钱|资金|经费|时间|{_MEASURE}{{0,2}})|几[十百千万亿]*{_MEASURE}{{0,2}}"
    r"|连续|已经|已|总共|一共|总计|共计|合计|累计|总[数量额]|现在|目前|到现在|至今|截至目前|打算|预计|大约|全部|每年|每次|平均|其中|他们|她们|它们|大家"
    r"|投资|投入|投|花费|花掉?|用掉?|拨付|拨|筹集|筹措|筹|支出|领取|领|发放|发|拿出?|收到?|卖出?|卖|赚|挣|补助?|补贴|奖励|奖"
    r"|建成|建好|新建|建设|建|修建|修好?|种|产|养|办理|办|做|受理|处理|解决|整治|完成|落实|安排|涉及|覆盖|惠及|受益|参加|参与"
    r"|新增|增加|增长|减少|提高|提升|上升|下降|达到?|占|剩下?|干|搞|开展?|举办|培训|培养|招|引进|签约?|落户|投产|开工|竣工|能|可以?|会|将|给|到|也|都|过|出|从|说|就|为|被|上|多|大"
)
_SPENT = re.compile(r"花|投|用|拨|支出|领|赚|挣|补|奖")
_TOTAL = re.compile(
    rf"^(?:总[数量额计]|总共|一共|共有|累计|合计)(?:是|有|为|达到?|到)?了?(?:多少|几)?{_MEASURE}{{0,2}}了?$"
    rf"|^(?:(?:到)?(?:现在|目前|如今)|至今|截至目前)?(?:总共|一共|总计|累计|合计|共)(?:已?经?有|是|达到?|为)?了?(?:多少|几){_MEASURE}{{0,2}}了?$"
)
_WHO_OR_WHEN = re.compile(r"是?(?:在|从|由)?(?:哪|何时|谁)|$")
_WHAT_IS = re.compile(r"^(?:what (?:is|was|are|were) )?(?:the )?", re.I)
_VALUE = re.compile(r"是?多少(?:$|[,，])")
# 昆明也建吗, 那边有没有过: a yes or no that leaves out what is built or had.
_DONE_TOO = re.compile(
    r"^(?P<said>(?:也|同样|是否也?|是不是也?)?(?:有|建设?|搞|做|办|推行?|实行|实施|开展|设立?|参加|参与|用|干|完成|出台|种|产)(?:了|过|成)?)(?P<asking>吗|么|没有?)$"
    r"|^(?:也)?(?:有没有|是否|是不是)也?(?:有|建设?|搞|做|办|推行?|实行|实施|开展|设立?|参加|参与|种|产)?(?:了|过)?$"
)
_QUOTED = re.compile(r"[“\"「『《][^”\"」』》]{1,40}[”\"」』》]")
_BEFORE_OBJECT = re.compile(
    r"^(?:(?:说|讲|提|指)(?:到|起|过)?的|里?所?(?:说|讲|提)的|的|[,，、 ])*(?:有|(?:新|又|再)?(?:建设?|开|设立?|办)成?|搞|做|推行|推出?|实行|实施|开展|出台|参加|种|产)?(?:了|过)?的?"
)
_ADDED = re.compile(
    r"新增加?|净增加?|新建成?|新设立?|新开工?|新引进|新认定|新培育|新落地|新签约|新成立|新招引|新获批|新投产|增加"
)
_OLD_SIDE = re.compile(
    r"(?:和|跟|与).{1,16}相比怎么样|为什么|还有哪些|(?:同比|环比|[比较]).{0,20}(?:多少|几).{0,6}"
)
_CLOSING = re.compile(r"(又|是)?(怎么样|如何|多少)?[呢吧啊呀]?$")
_TRAILING = re.compile(r"[呢吧啊呀]?[?？!！。 ]*$")
_NOUN = re.compile(
    r"(?:多少|几)[个项座处条公里亩家户人名辆台所件次]{0,2}(?P<noun>[\u4e00-\u9fff]{2,12})[?？]?$"
)
_OPEN = re.compile(r"(?:多少|几)[个项座处条公里亩家户人名辆台所件]{0,2}$")

# What stands beside the verb of a count, or in its place.
_ADVERB = re.compile(
    r"准备|打算|计划|现在|目前|至今|总共|一共|共计|合计|累计|各自|分别|[要又还再了新共有是各]"
)


def only_closes(folded: str) -> str:
    """What is left of a folded question without the words that close it (怎么样呢)."""
    return _CLOSING.sub("", folded)


def is_attribute(folded: str) -> bool:
    """Whether a folded question is only an attribute of what was asked about: 目标呢, 在中部排第几."""
    return ATTRIBUTE.fullmatch(only_closes(folded)) is not None


def own_topic(folded: str, coverage: Coverage) -> str:
    """What a folded question for an amount says besides amount, action, place and time."""
    return own_words(_ACTION.sub("", ATTRIBUTE_WORD.sub("", folded)), coverage)


def asks_amount(folded: str, base: str, coverage: Coverage) -> bool:
    """Whether a question asks an amount of the old topic: 准备投多少钱, 连续补偿多少年了."""
    return bool(ASKS.search(folded)) and not is_english(folded) and own_topic(folded, coverage) in fold(base)


def topic_of(base: str, coverage: Coverage) -> str:
    """The stem of a question without the side that was last asked of it: X，目标是多少？ -> X."""
    head, comma, tail = base.rpartition("，")
    side = fold(tail).strip("?？ ")
    is_side = is_attribute(side) or _OLD_SIDE.fullmatch(side) or asks_amount(side, head, coverage)
    return stem(head if comma and is_side and own_words(fold(head), coverage) else base)


def ask_side(named: str, base: str, coverage: Coverage) -> str:
    """The old topic asked for another of its sides: 目标呢 -> …，目标是多少？"""
    asked = _TRAILING.sub("", named)
    if is_english(base):
        return f"What is the {_WHAT_IS.sub('', asked)} for {stem(base)}?"
    topic, folded = topic_of(base, coverage), fold(asked)
    if _TOTAL.search(folded):
        # All there are, not only the new ones.
        for match in reversed(list(_ADDED.finditer(fold(topic)))):
            topic = topic[: match.start()] + topic[match.end() :]
    if not (ASKING.search(folded) or ASKS.search(folded) or re.search("还是|哪", folded)):
        asked = f"{asked.removesuffix('是')}是多少"
    return f"{topic}{'' if _VALUE.match(folded) else '，'}{asked}？"


def done_too(named: str, base: str, coverage: Coverage) -> str:
    """A yes or no with what it leaves out: 昆明也有国家公园吗 of 也有吗 after 昆明有哪些国家公园; empty for any other."""
    asked = named.rstrip("？?。！ ")
    match = _DONE_TOO.search(fold(asked))
    if match is None:
        return ""
    object_ = _bare_topic(base, coverage)
    start = match.start("asking") if match["asking"] else len(asked)
    return f"{keep_slots(base, coverage)}{asked[:start]}{object_}{asked[start:]}？" if object_ else ""


def _bare_topic(base: str, coverage: Coverage) -> str:
    """What a question is about without place, time and the action before it."""
    topic = stem(base)
    topic = topic[: len(_WHO_OR_WHEN.split(fold(topic), maxsplit=1)[0])]
    folded = fold(topic)
    topic = without(topic, (*find_regions(folded, coverage), *find_times(folded, coverage)))
    quoted = _QUOTED.search(topic)
    return topic[quoted.start() if quoted else len(topic) - len(_BEFORE_OBJECT.sub("", fold(topic))) :]


def noun_left_out(asked: str, base: str) -> str:
    """The noun that a count leaves out: 公路 for 要建多少公里 after 新建了多少公里公路; empty where it lacks none."""
    noun, folded = _NOUN.search(base), fold(asked)
    verb = _ADVERB.sub("", _OPEN.split(folded, maxsplit=1)[0])
    # 罚款多少 names what it asks for, 修了多少公里 does not.
    names_none = not folded.endswith("多少") or len(verb) < 2 or verb in fold(base)
    is_open = _OPEN.search(folded) and not _SPENT.search(folded) and names_none
    return noun["noun"] if noun and is_open else ""
