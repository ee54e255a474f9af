"""Questions with two needs: each part that asks, and the place that a part only describes (率先试点的那个市)."""

import re

from rag.asides import ASKS
from rag.followup import readings
from rag.mentions import ASKING, Coverage, find_regions, find_times
from rag.rewriting import is_english, own_words
from rag.text import fold
from rag.types import Level, Region, Turn

_BREAK = re.compile(r"[，,；;？?](?=.{3,})")
# What asks nothing of its own after a comma: a tag, an order how to answer, a comparison of what stands before it.
_TAG = re.compile(
    r"^(?:请|麻烦|要|捡|拣|简单|简要|具体|用|只|别|不要|注意|谢谢|对吗|对不对|对吧|是吗|是吧|好吗|可以吗|行吗|有吗|有没有|是不是|是否"
    r"|占|比|较|差|相差|高|低|多|少|快|慢|升|降|涨|跌|增|减|哪个|哪一?[个样]|谁|一共|总共|合计|分别|各|和|跟|与|同比)"
)
_EACH = re.compile(r"分别|各[是有自为占增]|比|相差|加起来|合计|哪个更?[高低多少大小快慢]")
_DESCRIBED = re.compile(
    r"^(?P<described>.{6,60}?的?)(?:那[个座家]|这[个座])?(?P<kind>城市|市|县|区|镇|乡|街道|村|社区)[，,](?P<asked>.{4,})$"
)
_LEVELS = {
    "市": Level.CITY, "城市": Level.CITY, "县": Level.COUNTY, "区": Level.COUNTY, "镇": Level.TOWN, "乡": Level.TOWN,
    "街道": Level.STREET, "村": Level.VILLAGE, "社区": Level.VILLAGE,
}  # fmt: skip


def split_needs(question: str, coverage: Coverage) -> tuple[str, ...]:
    """The two parts of a question that each ask something else, the second one made to stand alone; else none.

    夜校办成了哪些事，惠及多少人 -> 夜校办成了哪些事？ and 夜校办成了事，惠及多少人？
    """
    if is_english(question):
        return ()
    folded = fold(question)
    for match in _BREAK.finditer(folded):
        first, second = question[: match.start()].strip(), question[match.end() :].strip()
        if not (_asks(first) and _asks(second)) or _TAG.match(fold(second)) or _EACH.search(folded):
            continue
        if _counts(first) and _counts(second) and not _names_slot(second, coverage):
            continue
        whole = f"{first}？"
        then = readings(second, [Turn(whole, "")], coverage)
        return (whole, *then)
    return ()


def _asks(part: str) -> bool:
    folded = fold(part)
    return bool(ASKING.search(folded) or ASKS.search(folded))


def _counts(part: str) -> bool:
    return ASKS.search(fold(part)) is not None


def _names_slot(part: str, coverage: Coverage) -> bool:
    folded = fold(part)
    return bool(find_regions(folded, coverage) or find_times(folded, coverage))


def split_described(question: str, coverage: Coverage) -> tuple[str, Level, str] | None:
    """A question for the place that a question only describes, its level, and what is asked of that place; else None.

    率先试点的那个市，今年要建什么 -> 率先试点的是哪个市？ and 今年要建什么
    """
    match = _DESCRIBED.match(question)
    if match is None or is_english(question) or _asks(match["described"]) or not _asks(match["asked"]):
        return None
    level = _LEVELS[match["kind"]]
    named = [mention.named for mention in find_regions(fold(question), coverage)]
    described = match["described"]
    if any(region.level is level for region in named) or len(own_words(fold(described), coverage)) < 4:
        return None
    noun = match["kind"] if match["kind"] == "城市" and not described.endswith("的") else ""
    return f"{described}{noun}是哪个{match['kind'].removeprefix('城')}？", level, match["asked"]


def place_named(text: str, level: Level, coverage: Coverage) -> Region | None:
    """The first place of a level that a line names."""
    return next((m.named for m in find_regions(fold(text), coverage) if m.named.level is level), None)
