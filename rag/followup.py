"""Follow-up questions: what they leave out is taken from the conversation before, so that each stands alone."""

import re
from collections.abc import Sequence

from rag.asides import (
    ASKS,
    ATTRIBUTE_WORD,
    ask_side,
    asks_amount,
    done_too,
    is_attribute,
    noun_left_out,
    only_closes,
    own_topic,
    topic_of,
)
from rag.counted_years import last_asked, name_years
from rag.mentions import ASKING, Coverage, Mention, find_regions, find_times
from rag.rewriting import (
    carry_over,
    is_english,
    keep_slots,
    own_words,
    put_in_place,
    replace_slots,
    stem,
    subject,
    without,
)
from rag.text import fold
from rag.types import Period, Region, Turn

_MORE = re.compile(
    r"^(请|能不能|能否|可否|能|可以|麻烦)?(你|您)?(再|还|展开|进一步|继续|详细|具体|多)*(说|讲|介绍|谈|展开|解释|描述|补充|细说)+(一?下|得|的|说|讲)?"
    r"(再|更)?(详细|具体|仔细|细致?|多|清楚)?(一?点儿?|一?些|一?下)?(吗|吧|呢|看)?$|^(详细|具体|细节|展开|继续)(一?点儿?|一?些|的|呢|吗|情况)*$"
    r"|^(please )?(tell|explain|say|give)( me| us)?( a bit| some)? (more|in (more )?detail)( about (it|that|this))?( details?)?$"
    r"|^(more details?|go on|elaborate|in more detail|continue)( please)?$"
)
_OTHERS = re.compile(
    r"^(还有|还有什么|还有哪些|还有别的|还有其他的?|其他的|别的|另外)(吗|呢|么)?$|^(what|anything|any others?) ?else$"
)
_LISTS = re.compile(r"哪些|哪[几两三四五六七八九十]|有什么|包括什么|\bwhich\b|\blist\b")
_WHY = re.compile(
    r"^(那|这|这是|那是|又)?(是)?(为什么|为何|为啥|怎么会这?样|怎么回事|什么原因|啥原因|原因(呢|是什么|何在)?)(呢|呀|啊)?$|^(but )?why( is (that|this|it))?( so)?$"
)
_COMPARED = re.compile(
    r"^(那么?)?(如果|要是)?(和|跟|与|同|比起|相比于?|比|较)(?P<with>.{1,16}?)(相比|比较|对比|比起来|比)?(怎么样|怎样|如何|高还是低|多还是少|谁[高多低少]|[高低多少大小好快慢])?[吗呢]?$"
    r"|^(and |how about |(?:and )?how (?:does|did) (?:it|that|this) |(?:and )?(?:was|is|were|are) (?:it|that|this|they) (?:higher|lower|more|fewer|less|bigger|smaller|better) )?(compared? (with|to)|versus|vs\.?|than)(?P<other> .{1,30})$"
)
_ROUND = re.compile(
    r"^(?:那么?)?再?(?:上|下|前|后|这|第[一二三四五六七八九十])一?[届轮期批次](?:的)?[呢吗]?$"
)
_HOW_MANY = re.compile(r"how (?:many|much)(?: (?:was|were|is|are) (?:it|they|there|that))?")
_ANY_TOO = re.compile(r"^(?:do|does|did|has|have|is|are)\b.{0,20}\b(?:any|ones?|it|them|some|too|as well)$")
# What is asked, after what it is to be compared with: 跟2022年比，2023年是多少.
_AGAINST = re.compile(
    r"^(?:那么?)?(?:和|跟|与|同|比起|相比于?|较)(?P<with>[^,，?]{1,16}?)(?:相比|比较|对比|比起来|相较|比)[,，]\s*(?P<then>.{3,})$"
)
_COUNTRY = re.compile(
    r"全国|上一?年|前一年|去年|前年|同期|平均|中部|其他|别的|周边|the (country|nation)|national|last year|average"
)
_LEANING = re.compile(
    r"^(单说|只说|光说|就说|那么?(?!些|个|边|里|儿|支|项|年|次|时|天|场)|还有|另外|换[成到做作]|如果(?:是|换成)?|要是(?:换成)?|再(?=说|讲|问|来)|再说|and|but|so|then|what about|how about)[,，]?\s*"
)
# 那最低的呢, after 哪个县2023年GDP最高; the topic between what is compared and how (那粮食产量呢).
MOST = re.compile(r"最[高低大小多少快慢好差强弱](?!不?超过|只?能|不?可以|不?允许|不得|的?(?:额度|限额|限价))")
"""What is first of several; what is at most allowed (最多能提, 最高额度) is not."""
_RANKS = re.compile(rf"{MOST.pattern}|排名|排行|排序|分别(?:是|有|为)?多少|各(?:是|有|为)多少")
_MOST_TOO = re.compile(
    rf"^(?:那么?)?(?:哪一?个(?:地方|[省市县区镇乡])?|谁)?(?P<most>{MOST.pattern})的?(?:是|又是)?(?:哪里|哪儿|哪?一?个?(?:地方|[省市县区镇乡])?)?[呢吗]?$"
)
_SUM_TOO = re.compile(r"^(?:那么?)?(?P<sum>加起来|合计|总和|一共|总共)(?:是|有)?多?少?[呢吗]?$")
_COMPARES = re.compile(
    r"^(?P<head>.*?(?:哪一?个|哪些|各)(?:地方|地区|城市|设区市|县市区?|县区|区县|乡镇|街道|[省市县区镇乡])(?:(?:19|20)\d\d年)?的?)"
    rf"(?P<topic>.+?)(?P<tail>(?:{MOST.pattern}|排名|超过|高于|低于|分别).*)$"
)
# What stands for a place, a thing or people named before.
_THERE = re.compile(r"^(那边|那里|那儿|这边|这里|这儿|当地|该[省市县区乡镇]|(?:in |over )?there)的?")
_THING = re.compile(
    r"^((?P<pronoun>它们?|其中|其(?![他它余实次])|(?:what (?:is|was|are|were) )?its?(?![a-z]))|(?:这|那|该)(?![年天次时场])[个项些]?(?:指标|数字|数据|工作)?)的?"
)
# What is left of 什么时候 and its like when the asking word is taken out.
_WHEN_WHERE = re.compile(r"(?:是?在)?(?:时候|何时|哪一?[年天]|哪[里儿]|地方)(?=[\u4e00-\u9fff]{0,6}$)")
# A question without a subject asks of the one before: 是哪三支, 分别叫什么.
_NO_SUBJECT = re.compile(r"^(?:具体|分别|都|各自|主要)?(?:是|有|包括|叫)(?:了)?(?:哪|什么|啥|谁)")
_PEOPLE = re.compile(r"^(?P<who>他们?|她们?|这(?:些|群|批)人(?![才口员民工数类均力])(?P<many>们?))的?")
# What follows a place among whose parts a rank is asked for.
_RANKED = re.compile(r"(?:里|内|中|当中|范围内)?的?(?:排|位居|居|位列|名列|位次|第几|能?进前)")
_AGAIN = re.compile(r"又(?=是|在|有|怎|为|叫)")
_PART_OF_IT = re.compile(r"^(?:那么?)?(?:这|那)?(?:其中|当中|里面|里头)")
_SLOT_FIRST = re.compile(r"^(?:那么?|还有)?(?P<slot>[^，,？?]{2,12}?)呢[，,]\s*(?P<then>.{3,})$")
_TOO = re.compile("也(?=是|有|在|要|会|能)")
_LATIN = re.compile(r"[a-z0-9][a-z0-9'.-]*")
LONGEST = 40
# A question with no more own words than this has no topic of its own (南昌今年准备建多少亩).
FEWEST = 2
# A longer question is too much of its own to take place and time from the one before.
SHORT = 20
# 呢 after so many own words and an asking word ends a question of its own (为什么今年夏天雨这么多呢).
_ENOUGH = 6


def resolve(text: str, history: Sequence[Turn], coverage: Coverage) -> str:
    """A question that stands alone: a follow-up completed from all turns before it, any other as it is."""
    return readings(text, history, coverage)[0]


def readings(text: str, history: Sequence[Turn], coverage: Coverage) -> tuple[str, ...]:
    """The ways in which a question may stand alone, the likeliest first: for where the reports answer only another."""
    if not history:
        return (text,)
    previous = history[0].question
    asked = last_asked(previous, coverage, None)
    for turn in history[1:]:
        previous = _next(name_years(turn.question, asked, coverage), previous, coverage)
        asked = last_asked(previous, coverage, asked)
    named = name_years(_slot_in_place(_with_count(text, previous), coverage), asked, coverage)
    if is_english(text) != is_english(previous) and not _only_slots(named, coverage):
        return (text,)  # words of one language fit into no question of another
    found = (_next(named, previous, coverage), _joined(named, previous, coverage))
    if _PART_OF_IT.match(named):
        found = found[::-1]  # which part is asked for must not be lost
    return tuple(dict.fromkeys(reading for reading in found if reading))


def _slot_in_place(text: str, coverage: Coverage) -> str:
    """A follow-up that names its place or time first without that break: 延安呢，财政收入也是正增长吗."""
    match = _SLOT_FIRST.match(text)
    if match is None or not _only_slots(match["slot"], coverage):
        return text
    if len(own_topic(fold(match["then"]), coverage)) < FEWEST:
        return text
    return f"{match['slot']}{_TOO.sub('', match['then'], count=1)}"


_COUNT = re.compile(r"(?:多少|几)[\u4e00-\u9fff]{0,2}?(?:[个家座所条种项处件户名人亩台辆只头]|公里|吨|元|$)")


def _with_count(text: str, previous: str) -> str:
    """A follow-up that asks of a part without saying how: 其中真正建完的呢 as 其中真正建完的有多少处."""
    count = _COUNT.search(previous)
    if count is None or not _PART_OF_IT.match(text) or ASKS.search(fold(text)):
        return text
    part = re.sub(r"呢?[?？。 ]*$", "", text)
    return f"{part}有{count.group()}？" if part.endswith("的") else text


def _only_slots(text: str, coverage: Coverage) -> bool:
    """Whether a follow-up names a place or a time and nothing else: 那2022年呢, and in Nanchang?"""
    folded = fold(text)
    places, times = _asked_places(folded, coverage), find_times(folded, coverage)
    rest = _bare(fold(_rest(text, places, times)))
    return bool(places or times) and rest.strip("呢吗 ") == ""


def _joined(text: str, previous: str, coverage: Coverage) -> str:
    """The follow-up after the topic of the question before, with its own places and times in place of the old ones.

    Empty where it asks nothing of its own, or is too long to lean on another.
    """
    folded = fold(text)
    if _size(folded) > LONGEST or not (ASKING.search(folded) or ASKS.search(folded)):
        return ""
    places, times = _asked_places(folded, coverage), find_times(folded, coverage)
    base = replace_slots(text, previous, places, times, coverage)
    rest = _rest(text, places, times)
    if not only_closes(_bare(fold(rest))):
        return ""
    if is_english(text):
        return f"{stem(base)}: {rest}"
    return f"{_WHEN_WHERE.sub('', topic_of(base, coverage))}，{rest}"


def _next(text: str, previous: str, coverage: Coverage) -> str:
    """A question after one that stands alone."""
    if match := _AGAINST.search(fold(text)):
        named = fold(text)[slice(*match.span("with"))]
        if _names(named, coverage):
            then = _next(text[match.start("then") :], previous, coverage)
            return f"{text[: match.start('then')]}{then}"
    if (most := _MOST_TOO.match(_bare(fold(text)))) and _RANKS.search(previous):
        return _RANKS.sub(most["most"], previous, count=1)
    if summed := _SUM_TOO.match(_bare(fold(text))):
        return f"{topic_of(previous, coverage)}{summed['sum']}是多少？"
    if is_follow_up(text, coverage):
        return complete(text, previous, coverage)
    folded = fold(text)
    bare = not find_regions(folded, coverage) and not find_times(folded, coverage)
    if bare and _size(folded) <= SHORT and ASKS.search(folded):
        if asks_amount(folded, previous, coverage):
            return f"{topic_of(previous, coverage)}，{text}"
        return carry_over(text, previous, coverage)
    return text


def is_follow_up(text: str, coverage: Coverage) -> bool:
    """Whether a short question leans on the one before it: 那2022年呢, 它的目标是多少, 在中部排第几."""
    folded = _bare(fold(text))
    if not folded or _size(folded) > LONGEST:
        return False
    if any(pattern.search(folded) for pattern in (_MORE, _OTHERS, _WHY, _COMPARED, _ROUND, _ANY_TOO)):
        return True
    places = _asked_places(folded, coverage)
    own = own_words(ATTRIBUTE_WORD.sub("", folded), coverage)
    if not (places and places[0].start == 0) and any(
        pattern.search(folded) for pattern in (_LEANING, _THERE, _THING, _PEOPLE)
    ):
        return True
    if folded.endswith("呢"):
        return len(own) <= _ENOUGH or not ASKING.search(folded[:-1])
    if ASKS.search(folded) and not is_english(folded) and not own_topic(folded, coverage):
        return True
    rest = (
        _bare(fold(_rest(text, places, find_times(fold(text), coverage)))) if not folded.isascii() else folded
    )
    if is_attribute(rest):
        return True
    asks = not own or ASKING.search(folded) or ASKS.search(folded)
    return len(own) <= FEWEST and bool(asks)


def _size(folded: str) -> int:
    """Length of a folded question in characters, a Latin word as two of them."""
    return len(_LATIN.sub("zz", folded).replace(" ", ""))


def complete(text: str, previous: str, coverage: Coverage) -> str:
    """The previous question with what the follow-up names put in place of its own.

    A place or time takes the place of the old one; a new topic (水产呢) that of the old topic; an attribute
    (它的目标是多少) is asked of it.
    """
    folded = _bare(fold(text))
    base = stem(previous)
    english = is_english(previous)
    if _OTHERS.search(folded) and _LISTS.search(fold(previous)):
        return f"Which other {base}?" if english else f"{base}，还有哪些？"
    if _MORE.search(folded) or _OTHERS.search(folded):
        return f"Describe {base} in detail." if english else f"{base}具体怎么样？"
    if _WHY.search(folded):
        return f"Why: {base}?" if english else f"{base}，为什么？"
    if _ROUND.search(folded):
        return f"{topic_of(previous, coverage)}，{text}"
    if _COMPARED.search(folded) and ASKS.search(folded) and _names(folded, coverage):
        return (
            f"{previous.rstrip('？?。 ')}, {text}" if english else f"{topic_of(previous, coverage)}，{text}"
        )
    if other := _compared_with(text, folded, coverage):
        asked = previous.rstrip("？?。 ")
        return f"{asked} compared with {other}?" if english else f"{asked}，和{other}相比怎么样？"
    return _fill(text, previous, coverage)


def _bare(folded: str) -> str:
    return folded.strip(" \t?？!！。.,，、")


def _compared_with(text: str, folded: str, coverage: Coverage) -> str:
    """What the follow-up compares with (和全国比呢): a place, a time or an average; empty where it does not."""
    match = _COMPARED.search(folded)
    if match is None:
        return ""
    start, end = match.span("with" if match["with"] else "other")
    named = folded[start:end]
    if not _names(named, coverage):
        return ""
    shift = fold(text).find(folded)
    return text[shift + start : shift + end].strip()


def _names(named: str, coverage: Coverage) -> bool:
    """Whether this is something to compare with: a place, a time, an average."""
    return bool(find_regions(named, coverage) or find_times(named, coverage) or _COUNTRY.search(named))


_POINTED = re.compile(
    r"^(?:那么?)?(?:这|那|该)(?:些|个|家|所|座|条|种|项|支|批)?(?P<noun>[\u4e00-\u9fff]{1,3}?)(?=一共|总共|共|是|有|指|怎|的|叫|分别|都|也|还|又)"
)


def _named_again(text: str, previous: str) -> str:
    """A follow-up with the full name of what it points at: 这些学校 as 特殊教育学校; empty where the question before has none."""
    folded = fold(text)
    match = _POINTED.search(folded)
    if match is None:
        return ""
    before = re.compile(
        rf"(?:几|多少|哪)[个家所座条种项支批件些]?(?P<counted>[\u4e00-\u9fff]{{2,12}}?{match['noun']})|(?:[年的有]|^)(?P<name>[^，,。？?年的有几多少]{{2,14}}?{match['noun']})(?=[是有达到为提多几，,?？]|$)"
    )
    named = before.search(fold(previous))
    if named is None:
        return ""
    return f"{named['counted'] or named['name']}{text[match.end() :]}"


def _fill(text: str, previous: str, coverage: Coverage) -> str:
    """The previous question with the follow-up's places, times, topic or attribute."""
    folded = fold(text)
    places, times = _asked_places(folded, coverage), find_times(folded, coverage)
    if not places and not times and (named := _named_again(text, previous)):
        return carry_over(named, previous, coverage)
    base = replace_slots(text, previous, places, times, coverage)
    rest = _rest(text, places, times)
    bare = _bare(fold(rest))
    if people := _PEOPLE.search(bare):
        after = rest if people["who"].endswith("们") and people["many"] is None else rest[people.end() :]
        return f"{subject(base)}{after.rstrip('？? ')}？"
    there, thing = _THERE.search(bare), _THING.search(bare)
    pointed = there or thing
    named = rest[pointed.end() :].lstrip() if pointed else rest
    bare = _bare(fold(named))
    if places and (done := done_too(named, base, coverage)):
        return done
    if _ANY_TOO.search(bare) and places:
        return base
    closed = only_closes(bare)
    own = own_topic(bare, coverage)
    if _NO_SUBJECT.search(bare) or (thing and not there and own and own in fold(base)):
        return ask_side(named, base, coverage)
    if _HOW_MANY.fullmatch(bare):
        return base
    if len(closed) < 2 and not ASKING.sub("", bare).strip():
        return base
    if is_attribute(bare) or (thing and thing["pronoun"] and not there and not bare.endswith("呢")):
        return ask_side(named, base, coverage)
    if ASKING.search(closed) or ASKS.search(bare):
        return _ask_anew(named, base, coverage)
    topic = re.sub(r"[呢吧啊呀]?[?？!！。 ]*$", "", named)
    if compares := _COMPARES.match(base):
        return f"{compares['head']}{topic}{compares['tail']}"
    return put_in_place(topic, base, coverage)


def _asked_places(folded: str, coverage: Coverage) -> tuple[Mention[Region], ...]:
    """The places that a follow-up asks about: not the one among which it asks for a rank (在全省排第几)."""
    return tuple(
        mention for mention in find_regions(folded, coverage) if not _RANKED.match(folded, mention.end)
    )


def _rest(text: str, places: Sequence[Mention[Region]], times: Sequence[Mention[Period]]) -> str:
    """What a follow-up says besides places, times and the words it leans with."""
    rest = without(text, (*places, *times)).strip()
    if match := _LEANING.search(fold(rest)):
        rest = rest[match.end() :]
    rest = re.sub(r"^(?:省会|首府|省城)(?=[的呢吗]*[?？]?$)", "", rest) if places else rest
    rest = re.sub(r"^(?:整个|全体|截[至止]|到|光是?|单是?|只看)(?=[的呢吗]*[?？]?$)", "", rest)
    rest = re.sub(r"[，,、]\s*的?$|^['’]s\s+", "", rest)
    rest = re.sub(r"\s+(?:in|for|of|at)\s*(?=\?|$)", "", rest)
    return re.sub(r"^(在|于|对于?|关于|for|in|the)?\s*[的,，、 ]+|^(in|for)(?=\?|$)", "", rest).strip()


def _ask_anew(named: str, base: str, coverage: Coverage) -> str:
    """A question of its own words for the old place and time; a count without its noun takes the old one (建多少亩)."""
    asked = _AGAIN.sub("", named).rstrip("？? ")
    if is_english(asked):
        return carry_over(asked[:1].upper() + asked[1:] + "?", base, coverage)
    own = own_words(ATTRIBUTE_WORD.sub("", fold(asked)), coverage)
    if len(own) <= FEWEST and (noun := noun_left_out(asked, base)):
        asked += noun
    elif (own and own in fold(base)) or asks_amount(fold(asked), base, coverage):
        return ask_side(asked, base, coverage)
    return f"{keep_slots(base, coverage)}{asked}？"
