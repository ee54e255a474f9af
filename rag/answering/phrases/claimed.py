"""A yes-or-no question about a figure (超过5%了吗, 下降了没有), put as the question for that figure."""

import re
from dataclasses import replace

from rag.answering.figures import Figure, find_figures
from rag.answering.phrases.supposed import claims
from rag.text import fold
from rag.types import AnswerKind, Period, Question, Slot

_ASKS_WHETHER = re.compile(
    r"是不是|有没有|是否|会不会|能不能|对不对|对吗|没有(?=[?]?$)|[了过]?没(?=[?]?$)|了?[吗吧么](?=[?]?$)|[?]$"
)
# Words by a figure that say how it is to compare with the one told.
_BESIDE = r"(?:是不是|有没有|是否|已经?|真的|都|就|只|仅|能|要|达到?|到|是|为|有|在|了|过|超过?|突破|高于|高过|大于|多于|低于|少于|小于|不到|不足|不止|不少于|满|够|近|约|超出)*"
_AFTER = r"(?:以上|以下|以内|左右|之内|多|余)?了?"
_WENT = (
    (
        re.compile(r"\b(?:rise|rose|risen|grow|grew|grown|increased?|go up|went up)\b|上升|上涨|涨|升高?|增长|增加|提高|变高|变多|扩大|(?<=年)(?:还|更|要)?[高多大](?=[了些]?(?:[吗没?\s]|$))"),
        "增长",
    ),
    (
        re.compile(r"\b(?:fall|fell|fallen|dropp?(?:ed)?|decreased?|declined?|go down|went down)\b|下降|下跌|跌|降低?|减少|变低|变少|缩小|下滑|减产|(?<=年)(?:还|更|要)?[低少小](?=[了些]?(?:[吗没?\s]|$))"),
        "下降",
    ),
)  # fmt: skip
_WENT_ASKED = re.compile(
    r"(?:比|较|同比)[^,，]{0,10}(?:上一?年|去年|前年|前一年)|了(?:没有?|吗|吧|么)?[?]?$|(?:是不是|是否|有没有|有所|是)[^,，]{0,4}(?:了|的)?|\bdid\b|\bhas\b|\bhave\b"
)


# How much lies between two years, and what asks for a rate of growth instead, of which each year has its own.
_BETWEEN = re.compile(
    r"了?(?:多少|几)个?(?:百分)?点|了?多少(?=[?]?$)|\bby how (?:many percentage points|much)\b(?: did)?"
)
_RATE_ASKED = re.compile(r"增速|增幅|涨幅|降幅|增长率|增长(?=目标|预期)|\brate of growth\b|\bgrowth\b")
_BETTER = re.compile(r"改善|好转|变[好差]|恶化")
_ON_YEAR = re.compile("比(?:上一?|去|前一?)年(?:同期)?")
_YEAR_BEFORE = re.compile(
    r"(?:和|跟|与|同|比)(?:上一?年|去年|前一年)(?:同期)?(?:相比|比较|比)?(?:怎么样|怎样|如何)?\s*[?]?$"
)
_ALL_DONE = re.compile(r"(?:都|全部?|全都)[^，,。？?]{0,8}(?:完|好|成|掉|到位)")
_REACHED = re.compile(
    r"(?:是否|有没有|有无)?(?:达到|完成|实现|超[过出]?|达成|没有?(?:达到|完成))了?(?:年初|全年|年度)?的?(?P<plan>预算|目标|计划|任务)"
)
# 下降目标完成了没有 asks of the target, not by how much it fell.
_TARGET_REACHED = re.compile(r"(?:目标|任务|计划|预期)[^,。?]{0,6}(?:达到|达成|完成|实现)")
_MORE_THAN_BEFORE = re.compile(
    r"[比较](?:上一?年|去年|前一年)(?:同期|末)?(?:又|还)?(?:[多少高低]|增加|减少|增|减|上升|下降|提高)了?(?:多少|几)[\u4e00-\u9fff]{0,4}(?=[?？]?$)"
)
_REACHED_ENGLISH = re.compile(
    r"\b(?:hit|meet|met|reach(?:ed)?|achieve[d]?|attain(?:ed)?|fulfill?(?:ed)?)\b.{0,40}\b(?:targets?|goals?|plans?)\b"
)
_POINTS = re.compile(r"百分点|百分比|点$|^[上升增长下降提高涨跌/]+$")


def supposes_figure(question: Question) -> Question | None:
    """The question for the figure of which a yes-or-no question supposes a value; None where it supposes none.

    远安的经费每年有500万元吗 -> 远安的经费每年多少万元
    """
    folded = fold(question.understood)
    found = claims(folded)
    if question.kind is not AnswerKind.YESNO or question.language == "en" or len(found) != 1:
        return None
    claim = found[0]
    if _ALL_DONE.search(folded):  # the figure is of the whole, and what part of it is done is asked
        return None
    figure = folded[claim.start : claim.end]
    taken = re.compile(_BESIDE + re.escape(figure) + _AFTER)
    asked = _ASKS_WHETHER.sub("", taken.sub(f"多少{_counter(claim, folded)}", folded, count=1))
    if "多少" not in asked:
        return None
    return replace(
        question,
        kind=AnswerKind.FIGURE,
        understood=asked,
        search=question.search.replace(figure, " "),
        topic=question.topic.replace(figure, " "),
    )


def _counter(claim: Figure, folded: str) -> str:
    """The unit that the question counts in, with its scale; none for shares and bare numbers."""
    written = re.sub(
        r"^[^\d一二三四五六七八九十百千万亿]*[\d.,一二三四五六七八九十]+", "", folded[claim.start : claim.end]
    )
    return written if claim.unit and claim.unit not in {"%", "‰", "成"} else ""


def supposes_way(question: Question) -> str:
    """Which way a yes-or-no question supposes that something went (增长, 下降); empty where it supposes none."""
    folded = _plain_ways(question.understood)
    if question.kind is not AnswerKind.YESNO or not _WENT_ASKED.search(folded):
        return ""
    return way_told(folded) or way_told(re.split(r"[,，]", folded)[-1])


def levels_of_years(question: Question) -> Question | None:
    """The question for the level in each of two years where it asks how much lies between them; None for any other.

    占比2023年比2022年提高了几个百分点 -> 占比2023年比2022年是多少
    """
    years = {slot.period for slot in question.slots}
    folded = fold(question.understood)
    if question.kind is not AnswerKind.COMPARISON or len(years) != 2 or not _BETWEEN.search(folded):
        return None
    if not any(words.search(folded) for words, _ in _WENT) or _RATE_ASKED.search(folded):
        return None
    return replace(
        question,
        understood=f"{_BETWEEN.sub('', without_way(folded))}是多少",
        search=_without_points(question.search),
        topic=_without_points(question.topic),
    )


def against_year_before(question: Question) -> tuple[Question, Question] | None:
    """The questions for a level and for its change where it is to be held against the year before; None for any other.

    2023年粮食总产是多少，和上年相比怎么样 -> 2023年粮食总产是多少 and 2023年粮食总产同比增长多少
    """
    folded = fold(question.understood)
    match = _YEAR_BEFORE.search(folded)
    if question.kind is not AnswerKind.COMPARISON or len(question.slots) != 1 or match is None:
        return None
    topic = folded[: match.start()].rstrip("，, ")
    if not topic or not re.search("多少|几", topic):
        return None
    stem = re.sub(r"(?:是|有|为)?(?:多少|几).{0,3}$", "", topic)
    asked = replace(
        question,
        kind=AnswerKind.FIGURE,
        understood=topic,
        search=_YEAR_BEFORE.sub(" ", question.search),
        topic=_YEAR_BEFORE.sub(" ", question.topic),
    )
    return asked, replace(asked, understood=f"{stem}同比增长多少")


def since_last_year(question: Question) -> Question | None:
    """The question for the level in a year and the one before where it asks how much more it was; None for any other.

    床位数2023年比上一年多了几张 -> 床位数2023年是多少, of 2023 and of 2022
    """
    folded = fold(question.understood)
    match = _MORE_THAN_BEFORE.search(folded)
    both = two_years(question) if match else None
    if match is None or both is None:
        return None
    asked = [words.replace(match[0], " ") for words in (question.search, question.topic)]
    stem = folded[: match.start()].rstrip("，, ")
    return replace(both, understood=f"{stem}是多少", search=asked[0], topic=asked[1])


def _without_points(words: str) -> str:
    """Words to search for without those of a change, in English each with its translations."""
    kept = (word for word in without_way(words).split() if not _POINTS.search(word))
    return " ".join(kept)


def two_years(question: Question) -> Question | None:
    """The question for the figures of the year asked about and of the year before it; None without one year."""
    slot = question.slots[0]
    if len(question.slots) != 1 or slot.period is None or slot.period.first != slot.period.last:
        return None
    year = slot.period.first
    return replace(
        question,
        kind=AnswerKind.COMPARISON,
        understood=without_way(_ASKS_WHETHER.sub("", fold(question.understood))) + "是多少",
        search=without_way(question.search),
        topic=without_way(question.topic),
        slots=tuple(Slot(slot.region, Period(each, each, f"{each}年")) for each in (year, year - 1)),
    )


def how_much_done(question: Question) -> Question | None:
    """The question for the share done of what a yes-or-no question supposes to be reached; None where it supposes none.

    企业所得税达到预算了吗 -> 企业所得税完成预算的百分之多少
    """
    folded = fold(question.understood)
    reached = _REACHED.search(folded)
    if question.kind is not AnswerKind.YESNO or reached is None or find_figures(folded[reached.start() :]):
        return None
    stem = _ASKS_WHETHER.sub("", folded[: reached.start()]).strip("，, ")
    return replace(question, kind=AnswerKind.FIGURE, understood=f"{stem}完成{reached['plan']}的百分之多少")


def target_and_result(question: Question) -> tuple[Question, Question] | None:
    """The questions for a target and for its result where a yes-or-no question supposes it reached; else None."""
    folded = fold(question.understood)
    reached = _REACHED.search(folded) or _REACHED_ENGLISH.search(folded)
    if (
        question.kind is not AnswerKind.YESNO
        or reached is None
        or any(each.unit for each in find_figures(folded[reached.start() :]))
    ):
        return None
    stem = _ASKS_WHETHER.sub("", folded[: reached.start()]).strip("，, ")
    asked = replace(question, kind=AnswerKind.FIGURE)
    if question.language == "en":
        return replace(asked, plan=True), replace(asked, plan=False)
    return (
        replace(asked, plan=True, understood=f"{stem}目标是多少"),
        replace(asked, plan=False, understood=f"{stem}是多少"),
    )


def by_how_much(question: Question) -> Question | None:
    """The question for the change on the year before, of which a yes-or-no question supposes a way; else None."""
    folded = _plain_ways(question.understood)
    if _TARGET_REACHED.search(folded):
        return None
    way = supposes_way(question) or (
        "上升" if question.kind is AnswerKind.YESNO and _BETTER.search(folded) else ""
    )
    on_year = _ON_YEAR.search(folded) or not re.search("比|超|高于|低于|到", folded)
    if not way or question.language == "en" or not on_year:
        return None
    bare = _BETTER.sub("", without_way(_ASKS_WHETHER.sub("", folded)))
    stem = _ON_YEAR.sub("", bare)
    return replace(
        question,
        kind=AnswerKind.FIGURE,
        understood=f"{stem.strip()}同比{way}多少",
        search=_BETTER.sub("", without_way(question.search)),
        topic=_BETTER.sub("", without_way(question.topic)),
    )


def asks_year_before(question: Question) -> bool:
    """Whether a yes-or-no question sets something against the year before: its level alone decides nothing."""
    return by_how_much(question) is not None and _ON_YEAR.search(fold(question.understood)) is not None


def _plain_ways(text: str) -> str:
    """A text folded, with the plain words for growth above and below nothing."""
    return fold(text).replace("正增长", "增长").replace("负增长", "下降")


def way_told(folded: str) -> str:
    """Which way a folded text says that something went (增长, 下降); empty where it says none, or both."""
    ways = [way for words, way in _WENT if words.search(folded)]
    return ways[0] if len(ways) == 1 else ""


def without_way(folded: str) -> str:
    """A folded text without the words that say which way something went."""
    for words, _ in _WENT:
        folded = words.sub(" ", folded)
    return re.sub(r" 了|比 *(?:上一?年|去年|前一?年)", " ", folded)
