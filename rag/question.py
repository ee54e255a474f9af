"""What is asked: kind of answer, regions, periods, target or result, named terms, and the words to search for."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise, product

from rag.english import MONTHS, NUMBERS
from rag.errors import QuestionError
from rag.followup import readings
from rag.mentions import ASKING, Coverage, Mention, find_regions, find_times
from rag.slips import mend_slips, mend_words
from rag.synonyms import expand, reword
from rag.text import fold
from rag.types import AnswerKind, Period, Question, Region, Slot, Turn

MAX_CHARACTERS = 2_000

# How people ask to be told in short.
_PLEASE = r"(?:请|麻烦|帮[我忙]|给我|能否|能不能|可以|[你您]|简单|简要|大致|地)*"
_IN_SHORT = rf"{_PLEASE}(?:概括|总结|归纳|梳理|简述|概述)(?:一下|下)?"
_TELL = rf"^{_IN_SHORT}(?!性|大会|会议?|报告|表彰|经验|的|出)[,，]?"
# The first pattern that matches decides. Folded text: half-width, lower case, Simplified.
_KINDS: tuple[tuple[AnswerKind, str], ...] = (
    (
        AnswerKind.TERM,
        r"是指|指的是|全[名称](?:叫|是|为)|指什么|指啥|何谓|什么意思|啥意思|含义|定义|(?:怎么|如何|怎样)(?:解释|理解)|什么是|说的是(?=什么|啥|哪)|代表(?:着|的是)?(?:什么|啥)(?:意思)?(?=[?]?$)|是什么(?=[?]?$)|是啥(?=[?]?$)"
        r"|(?:怎样|怎么样?|如何|什么样|哪一?步|什么程度)[^,，?？]{0,6}才?(?:算|叫做?)(?:是|数)?(?=[?？]?$)"
        r"|讲的是|怎么一?回事|(?:干|做)(?:什么|啥|嘛|吗)(?:用)?的(?=[?]?$)|是(?:个|一个|一种)?(?:什么|啥|怎样的?)(?:样的)?(?:工程|计划|行动|模式|政策|机制|体系|制度|概念|东西|平台|项目|方案|贷款|名词|说法|口号|称号)(?=[?]?$)"
        r"|^what(?: is|'s| are) (?:an? |the ?)?[\"“‘']|^what(?: is|'s) an? |\bmeans?\b|\bmeaning\b|\bstands? for\b|\bdefinition\b",
    ),
    (
        AnswerKind.COMPARISON,
        r"相比|对比|比较|比(?!例|重|率|上|去|前|年初).{1,12}(?:高|低|快|慢|大|小|多(?!少)|(?<!多)少)|跟.{1,12}比|和.{1,12}比|与.{1,12}比|差多少|相差"
        r"|哪个.{0,6}(高|低|大|小|多|少|快|慢)(?=些|一|点|的|于|过|[?,]|$)|谁.{0,4}(高|低|多|少|快|慢)(?=些|一|点|的|于|过|[?,]|$)"
        r"|更(高|低|多|少|快|慢|好|差)|一样(?=多|高|大|吗)|\bcompare|\bvs\b|\bversus\b|\bhigher\b|\blower\b|\bdifference\b|\b(more|less|fewer|faster) than\b(?! [\d$])",
    ),
    (
        AnswerKind.YESNO,
        r"(?!知不知|时不时|动不动|要不要说)([\u4e00-\u9fff])[没不]\1(?!断)|(吗|吧|(?<!什)么)(?=[?!]?$|[?!,(])|没有?(?=[?!]?$)|是不是|是否|有没有|能不能|会不会|可不可以|要不要|用不用|需不需要|该不该|对不对|了没有?(?=[?]?$)|\b对吗"
        r"|^(?:is|was|are|were|did|does|do|has|have|had|can|could|will)\b|, (?:but |and |so )?(?:is|was|are|were|did|does|do|has|have|had|can|could|will) (?![a-z]+ing,)",
    ),
    (
        AnswerKind.LIST,
        r"(?:分别|各自)(?!是多|有多)[^,，。?？多几]{0,6}(?:在|位于)?(?:哪[里儿]|什么地方)",
    ),
    (
        AnswerKind.FIGURE,
        r"百分之几|几成|几比[一几]|(?:占比|比重|结构比)(?:是|为)?(?:怎样|怎么样|如何)|结构比(?=[?]?$)|第几|多少|多大|多高|多长|多久|多快|(?<!哪)(?<!主要)(?<!重要)几(?=[个家项名人年月天条座件次所户位倍级类块元斤吨米亩公张台辆只份宗起处支十百千万亿])",
    ),
    (
        AnswerKind.FIGURE,
        r"\bhow (many|much|large|big|high|long|fast)\b|\bwhat (?:[a-z]+ ){0,3}(percentage|share|proportion|rate|number|index|score|ratio|amount|total)\b"
        r"|\bwhat (is|was|are|were)\b.*\b(value|output|growth|rate|target|share|coverage|concentration|index|total|amount|income|revenue"
        r"|population|area|length|number|level|inflation|ratio|yield|gdp)\b",
    ),
    (
        AnswerKind.SUMMARY,
        rf"{_TELL}(?![^,?]{{0,24}}(?:困难|问题|不足|短板|挑战))"
        r"|(做|干|办|采取|开展|推出|出台|搞)(?:了|过)?(?:些|了些|哪些|什么|啥)+(?:具体)?(?:事情?|工作|措施|举措|实事|动作|努力|名堂|文章|探索|功夫|安排)?(?=[?]?$)"
        r"|什么样的(?:人|干部|村|地方|单位)|(?:有|取得|获得|做出|采取|推出)(?:了|过|的)?(?:哪些|什么|啥)[^,?]{0,8}?(?:成绩|成效|成果|进展|举措|措施|做法|变化|亮点|动作|经验|作为|突破|收获)",
    ),
    (
        AnswerKind.LIST,
        r"(?:概括|总结|归纳|梳理|简述)[^,?]{0,24}(?:困难|问题|不足|短板|挑战)|(?:都|分别|各自?)叫(?:什么|啥)"
        r"|哪些|哪(几|两|二|三|四|五|六|七|八|九|十|\d)|有哪|分别是|包括什么|都有什么|(?:什么|啥)(?:样的)?(?:困难|问题|不足|短板|挑战)(?=[?]?$)|\blist\b"
        rf"|\b(?:which|name|what are)\b.{{0,30}}\b(?:{'|'.join(NUMBERS)})\b"
        r"|\bwhat (?:difficulties|problems|challenges|shortcomings|weaknesses)\b|\bwhich \w+s\b",
    ),
    (
        AnswerKind.SUMMARY,
        r"怎么样?|如何|怎样|咋|概括|总结|介绍|说说|[讲谈聊]讲|[讲谈聊说]一?[讲谈聊说]|讲述|简述|归纳|梳理|什么情况|为什么|为何|\bhow\b|\bwhy\b|\bsummar|\bdescribe\b",
    ),
    (AnswerKind.ENTITY, r"谁|哪|什么|啥|叫|何时|何地|\bwho\b|\bwhere\b|\bwhen\b|\bwhich\b|\bwhat\b|\bname\b"),
    (
        AnswerKind.FIGURE,
        r"(率|值|量|比重|比例|占比|增速|增幅|涨幅|总额|收入|面积|规模|目标|数|增长)(是|为|了)?呢?[?。]?$"
        r"|^(?!.*(?:措施|做法|举措|原因|重点|内容|政策|思路|经验|情况|问题))[^?吗呢吧]*(?:支出|收入|产值|生产总值|增加值|总额|余额|产量|面积|人数|人口|决算|预算)[^?吗呢吧]{0,12}[?。]?$",
    ),
)

_PLAN = re.compile(
    r"目标|(?<!完成)(?<!完成年)(?<!完成全年)计划(?!经济|的)|打算|准备|力争|预期|(?<!完成)(?:年初|调整)预算|(?<!完成)预算[数额]|(?<!完成)(?<!公共)预算(?=(?:总共|一共)?(?:是|为|有|定|安排)?了?多少)|安排(?!了)|规划到|要(增长|达到|完成|新增|建|做到|修|打造)|想(把|要|做)|将(要)?"
    r"|\b(target|plan|plans|planned|aims?|goal|intends?|will)\b"
)
_RESULT = re.compile(r"实际|完成了|已经|达到了|做到了|实现了|\b(actual|actually|achieved)\b")
_REPORT_DATE = re.compile(
    r"((?:19|20)\d\d)年(?:(?:(\d{1,2})月|初)(?=.{0,12}(?:报告|汇报|会上|作的|做的))"
    r"|(?=[^，,。多几]{0,12}(?<!年度)(?:报告|汇报)(?:里|中|上|说|提|讲|指出|显示|承认|坦[言承陈]|认为|列举|总结|反映|披露|写[了道到]?)))"
)
_OF_REPORTS = "government|work|annual|progress|ecology|ecological|environmental|budget|economic|statistical|provincial|city|county"
_ENGLISH_REPORT_DATE = re.compile(
    rf"\bthe ({'|'.join(MONTHS)}) ((?:19|20)\d\d) (?:(?:{_OF_REPORTS}) ){{0,3}}report\b"
)
# The year of a bulletin says which one is meant, where another year is named too: 2023年公报里的历年数据，2021年.
_TITLED = re.compile(
    r"(?:19|20)\d\d年[^，,。?？多几年]{0,20}(?:公报|年报|年度报告|年鉴|白皮书|简报|快报)(?=里|中|上|说|提|讲|指出|显示|披露|的|，|,)"
)
_QUOTED = re.compile(r"[“\"「『《]([^”\"」』》]{1,40})[”\"」』》]")


def understand(text: str, coverage: Coverage, history: Sequence[Turn] = ()) -> Question:
    """Read a question against what the corpus covers; a follow-up takes what it leaves out from the history.

    QuestionError when it is empty or too long.
    """
    return understand_each(text, coverage, history)[0]


def understand_each(text: str, coverage: Coverage, history: Sequence[Turn] = ()) -> tuple[Question, ...]:
    """The readings of a question, the likeliest first; only a follow-up may have several (QuestionError)."""
    text = clean(text)
    language = detect_language(text, fold(text))
    meant = mend_words(text, coverage) if language == "zh-Hant" else text
    meant = meant if language == "en" else mend_slips(meant, coverage)
    bare = _NOT_MEANT.sub("", meant)
    bare = _HOW_TO_TELL.sub("", without_background(bare, coverage))
    meant = bare if bare.strip("，,？? ") else meant
    return tuple(
        _understand(text, language, reading, coverage) for reading in readings(meant, history, coverage)
    )


# How the answer is wanted, after the question: 把两边数字都列一下.
_HOW_TO_TELL = re.compile(
    rf"(?<=[？?，,。；;])\s*{_IN_SHORT}[。.!！]?$"
    r"|(?<=[？?，,。])\s*(?:请|麻烦)?(?:把|将)?(?:两边|两者|两个|双方|各自|具体|分别)?的?(?:数字|数据|数|金额)(?:都|也|分别)?(?:列|说|给|写|报)(?:一下|出来|清楚|明白|上)*[。.]?$"
    r"|(?<=[？?，,。])\s*(?:只|就|请|麻烦)*[说讲列给]{1,2}(?:一下)?(?:要点|重点|大概|几点|个?数|结论)(?:就行|即可|就好|就可以|吧)*[。.]?$"
    r"|(?<=[？?。])\s*(?:我|本人|我们)(?:要|想|好|得|准备)?(?:拿来)?(?:算|写|核|比|用|做)[^？?\d年]{1,24}$"
)
# How people begin who first tell of themselves, and what leads from that to the question.
_OF_ONESELF = re.compile(
    r"^(?:[您你]好|老师|大家好|请教)|^(?:我们?|本人)(?:正?在|是(?!不)|[写做编]|准备|研究|整理|导师|老师|领导)|^(?:正?在|要|想|帮)?(?:我|忙)?(?:写|做|赶|准备|整理|核|查|编)(?:一?[篇份个下]|稿|论文|材料|报道|课题|研究|作业|要|着|点)"
)
_LEADS_ON = re.compile(
    r"^(?:所以|就|我)?(?:[想请]|麻烦|帮忙|拜托)*(?:[您你]|帮我|我)?(?:问|核实|确认|知道|了解|查|看看)*(?:一下|问|下)?[,，:：]?\s*"
)
_FEWEST_LEFT = 8


def without_background(text: str, coverage: Coverage) -> str:
    """A question without what its asker first tells of himself (我在写论文，…。想问问…), whose place and time it keeps where it has none."""
    if not _OF_ONESELF.match(text):
        return text
    for end in (match.end() for match in re.finditer(r"[。：:；;！!]\s*", text)):
        said, rest = text[:end], text[end:]
        rest = rest[_LEADS_ON.match(rest).end() :]  # type: ignore[union-attr]
        if _asks(said) or len(rest) < _FEWEST_LEFT:
            return text
        if _asks(rest):
            times = () if find_times(fold(rest), coverage) else find_times(fold(said), coverage)
            places = () if find_regions(fold(rest), coverage) else find_regions(fold(said), coverage)
            where = "".join(text[place.start : place.end] for place in places[-1:])
            when = "".join(text[time.start : time.end] for time in times[-1:])
            return f"{where}{when}{rest}"
    return text


_ASKS = re.compile(r"[?？]|多少|几(?!个[数问])|多[大高长久快]|哪|谁|什么|啥|吗|怎|如何|为何|百分之")


def _asks(text: str) -> bool:
    return _ASKS.search(text) is not None


# What is said to be not meant, in brackets or at the end: （不是60岁以上）, ，不算市县.
_NOT_MEANT = re.compile(
    r"\s*\((?:not|rather than|excluding) [^()]*\)|[(（](?:不[是算含]|不包括|不要|别|而非)[^()（）]*[)）]|(?<=[,，?？])(?:不[是算含](?!不)|不包括|不要|别(?![墅的称名人处家院]))[^,，?？]*$"
)
# The growth of the economy is that of its output: 全省经济增速, not 数字经济增速.
_ECONOMY = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=[年的省市县区州国])(?<!夜市)(?<!城市)(?<!都市))经济(?:总量)?(?=增速|增长率|增长(?:了|目标|多少|是|速度)|增幅|总量(?:是|有|达))"
)


def _understand(text: str, language: str, understood: str, coverage: Coverage) -> Question:
    """A question by what it is understood as."""
    understood = _ECONOMY.sub("生产总值", understood)
    folded = fold(understood)
    report = _report_month(folded)
    regions = _asked_regions(folded, coverage)
    undated = _REPORT_DATE.sub("", folded)
    undated = _ENGLISH_REPORT_DATE.sub("report", undated) if report else undated
    periods = _asked_periods(undated, coverage)
    if len(periods) > 1 and _TITLED.search(folded) and not _EACH.search(folded):
        periods = _asked_periods(_TITLED.sub("", undated), coverage) or periods
    fewest = 1 if _LATELY.search(folded) and not _BESIDE.search(folded) else 3
    periods = tuple(each for each in periods if not any(_is_frame(each, other, fewest) for other in periods))
    slots = _pair_slots(folded, coverage) or tuple(
        Slot(region, period) for region, period in product(regions or (None,), periods or (None,))
    )
    spoken = detect_language(understood, folded)
    if spoken == "en":  # 那2022年呢, after an English question
        language = spoken
    kind = find_kind(folded, slots)
    return Question(
        text=text,
        search=_words(folded, spoken, coverage),
        topic=_words(without_slots(folded, coverage), spoken, coverage),
        language=language,
        kind=kind,
        slots=slots,
        terms=tuple(dict.fromkeys(match.group(1) for match in _QUOTED.finditer(understood))),
        plan=_asks_plan(folded),
        report=report,
        understood=understood,
        gloss=_gloss(folded, kind, coverage) if spoken == "en" else reword(folded, coverage.frequency),
        places=tuple(
            dict.fromkeys(
                mention.named
                for mention in find_regions(folded, coverage)
                if mention.named not in regions and not coverage.covers(mention.named)
            )
        ),
    )


def _asked_periods(folded: str, coverage: Coverage) -> tuple[Period, ...]:
    """The times named, each once, but for those said not to be meant."""
    return tuple(
        {
            (m.named.first, m.named.last): m.named
            for m in find_times(folded, coverage)
            if not _EXCLUDED.search(folded[: m.start])
        }.values()
    )


# 这两年挺火，23年生产了多少; but 这两年和2023年相比.
_LATELY, _BESIDE = re.compile("[这近]两年"), re.compile("[和与跟比]|分别|其中|累计|合计")


def _is_frame(period: Period, other: Period, fewest: int) -> bool:
    """Whether a span whose ends lie at least `fewest` years apart only says what another stands in: “十四五”规划里，到2025年."""
    inside = period.first <= other.first and other.last <= period.last
    return inside and period.last - period.first >= fewest and other.first == other.last


def _pair_slots(folded: str, coverage: Coverage) -> tuple[Slot, ...]:
    """Places that each have a year of their own (2022年的甲县和2023年的乙市); none where they do not take turns."""
    places, times = _places(folded, coverage), find_times(folded, coverage)
    if _REPORT_DATE.search(folded) or any(_EXCLUDED.search(folded[: m.start]) for m in times):
        return ()
    if len(places) != 2 or len(times) != 2:
        return ()
    (one, other), (first, second) = places, times
    if one.named.contains(other.named) or other.named.contains(one.named) or first.named == second.named:
        return ()
    is_after = one.start > first.start
    if is_after != (other.start > second.start) or max(one.start, first.start) > min(
        other.start, second.start
    ):
        return ()
    return tuple(Slot(place.named, time.named) for place, time in zip(places, times, strict=True))


def _words(folded: str, language: str, coverage: Coverage) -> str:
    """The words to search for, in Chinese, with other names of what they count."""
    words = coverage.translate(folded) if language == "en" else search_words(folded)
    return expand(words, coverage.frequency)


# How Chinese asks for each kind of answer.
_ENDINGS = {
    AnswerKind.FIGURE: "是多少？",
    AnswerKind.COMPARISON: "是多少？",
    AnswerKind.ENTITY: "是什么？",
    AnswerKind.TERM: "是什么意思？",
    AnswerKind.LIST: "有哪些？",
    AnswerKind.SUMMARY: "怎么样？",
    AnswerKind.YESNO: "吗？",
}


def _gloss(folded: str, kind: AnswerKind, coverage: Coverage) -> str:
    """An English question word by word in the likeliest words of the reports, and how Chinese asks for its kind."""
    words = coverage.translate(folded).split()
    return fold("".join(word.split("/")[0] for word in words) + _ENDINGS[kind])


def clean(text: str) -> str:
    """The question without control characters and outer blanks; QuestionError when nothing is left or it is long."""
    text = "".join(" " if unicodedata.category(c) in {"Cc", "Cs"} else c for c in text).strip()
    if not text:
        raise QuestionError('The question is empty. Ask something, such as: ganwen ask "森林覆盖率是多少？"')
    if len(text) > MAX_CHARACTERS:
        raise QuestionError(
            f"The question has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read. Ask in fewer words."
        )
    return text


def find_kind(folded: str, slots: tuple[Slot, ...] = (Slot(),)) -> AnswerKind:
    """Kind of answer a folded question wants; several slots make it a comparison where it asks for each of them."""
    kind = next((kind for kind, pattern in _KINDS if re.search(pattern, folded.strip())), AnswerKind.ENTITY)
    whole = kind in {AnswerKind.TERM, AnswerKind.YESNO, AnswerKind.LIST} and not _EACH.search(folded)
    return AnswerKind.COMPARISON if len(slots) > 1 and not whole else kind


# What asks for a value of each place or time named, even in a list.
_EACH = re.compile(r"分别|各自|各有|各是|比|高于|低于|多于|少于|快于|慢于|\beach\b|\brespectively\b")


def is_yes_or_no(folded: str) -> bool:
    """Whether a folded question wants a yes or no, a comparison among them (2023年比2022年高吗)."""
    return re.search(dict(_KINDS)[AnswerKind.YESNO], folded.strip()) is not None


# What asks when, and no more: a report that has these words does not answer for it. 何 may end a word, 时 and 年 begin one.
_WHEN = re.compile(
    r"(?:(?:什么|啥)时[候后]|哪一?年(?![度份代轻])|(?<![任几如为有缘])何(?:时(?![限期间段隔时])|年(?![度份代年])))(?:的时候)?"
)


def search_words(folded: str) -> str:
    """The question without the words that only ask."""
    asked = _WHEN.sub(" ", re.sub(_TELL, " ", folded))
    return " ".join(ASKING.sub(" ", asked).split()) or folded


def without_slots(folded: str, coverage: Coverage) -> str:
    """The question with a blank for each place and time it names."""
    regions, times = _places(folded, coverage), find_times(folded, coverage)
    for start, end in [*((m.start, m.end) for m in regions), *((m.start, m.end) for m in times)]:
        folded = folded[:start] + " " * (end - start) + folded[end:]
    return folded


def detect_language(text: str, folded: str) -> str:
    """`en` when Latin letters outnumber Han characters, `zh-Hant` when folding changed a Han character, else `zh`."""
    han = sum("\u3400" <= c <= "\u9fff" for c in text)
    latin = sum(c.isascii() and c.isalpha() for c in text)
    if latin > 2 * han:
        return "en"
    changed = any(a != b and "\u3400" <= a <= "\u9fff" for a, b in zip(text, folded, strict=True))
    return "zh-Hant" if changed else "zh"


def _asked_regions(folded: str, coverage: Coverage) -> tuple[Region, ...]:
    """The regions asked about; where one lies within another (江西的信丰), only the inner one.

    Both are asked about when they are compared or named side by side (江西和信丰). A place that the reports are not
    about is asked about when it is compared, or when it stands alone and no passage names it; else it is a word like
    any other (江西在杭州亚运会上).
    """
    mentions = _places(folded, coverage)
    regions = tuple(dict.fromkeys(mention.named for mention in mentions))
    beside = (len(regions) > 1 and _EACH_OF.search(folded) is not None) or any(
        (_AND.fullmatch(between) and not (between.strip() == "," and b.named.contains(a.named)))
        or re.search("比|高于|低于|超过", between)
        for a, b in pairwise(mentions)
        for between in (folded[a.end : b.start],)
    )
    if len(regions) > 2 and not _AND.fullmatch(folded[mentions[0].end : mentions[1].start]):
        # 宁夏规划中，石嘴山和中卫: where they stand, which is not compared
        first, *others = regions
        regions = tuple(others) if all(first.contains(other) for other in others) else regions
    kind = find_kind(folded)
    if not (kind is AnswerKind.COMPARISON or (beside and kind is AnswerKind.FIGURE)) and coverage.regions:
        own = tuple(region for region in regions if coverage.covers(region))
        regions = own or tuple(region for region in regions if not coverage.names(region))
    if beside or kind is AnswerKind.COMPARISON:
        return regions
    return tuple(r for r in regions if not any(r != other and r.contains(other) for other in regions))


def _places(folded: str, coverage: Coverage) -> tuple[Mention[Region], ...]:
    """The places a question names, but for one in what is counted after another was named (某镇种了多少亩庐山茶)."""
    mentions = tuple(m for m in find_regions(folded, coverage) if not _EXCLUDED.search(folded[: m.start]))
    asked = re.search(r"多少|几|哪些|哪种", folded)
    if not asked or not any(mention.end <= asked.start() for mention in mentions):
        return mentions
    return tuple(
        mention
        for mention in mentions
        if mention.end <= asked.start()
        or re.search(r"[，,。?？、和与跟]", folded[asked.end() : mention.start])
    )


# A place or year that is named only to say that it is not meant: 不是昆明的, not the 2024 target.
_EXCLUDED = re.compile(
    r"(?:(?<!是)不是|不单单?说?|不光是?|不只是?|不仅是?|而非|并非|不算|不含|不包括|(?<![分特区级类性识鉴])别(?:拿|给我?|说|算|用|要|提)?|(?<!要)不要)(?:指|看|问|说|光|拿|给我?|用|跟|和|把)?$|\b(?:not|excluding|rather than)(?: just| only)?(?: the| for| in| of)?\s*$"
)
_EACH_OF = re.compile(r"分别|各自|各[有是为增新占多建]|\beach\b|\brespectively\b")
_AND = re.compile(r"\s*(和|与|、|跟|同|及|以及|还有|,|or|and)\s*")


def _report_month(folded: str) -> str | None:
    named = _ENGLISH_REPORT_DATE.findall(folded)
    if len(named) == 1:
        return f"{named[0][1]}-{MONTHS.index(named[0][0]) + 1:02d}"
    match = _REPORT_DATE.search(folded)
    if not match:
        return None
    return f"{match.group(1)}-{int(match.group(2)):02d}" if match.group(2) else match.group(1)


def _asks_plan(folded: str) -> bool | None:
    plan, result = bool(_PLAN.search(folded)), bool(_RESULT.search(folded))
    return None if plan == result else plan
