"""Years that a follow-up counts from the conversation: the year after, the one before that, 刚才那年."""

import re

from rag.mentions import Coverage, find_times
from rag.text import fold
from rag.types import Period

_COUNTS = {"一": 1, "1": 1, "两": 2, "二": 2, "2": 2, "三": 3, "3": 3}
_COUNT = f"(?P<%s>[{''.join(_COUNTS)}])年"
# 第二年 counts from the conversation only where it begins what is said (not in 连续第二年).
_OPENS = r"(?:^|(?<=[那到,，、 ])|(?<=那么))"
_AFTER = rf"再?(?:往|朝|向)?(?:后面?|往后)的?(?:再?[推数看])?{_COUNT % 'after'}(?![来以])|再?下一年(?!度)|(?<![首层批多两三几每])次年(?![均度轻])|{_OPENS}(?:来年(?!均)|隔年|(?:过了?)?一年(?:以|之)?后)|{_OPENS}第二年|紧接着的?(?:那|一)年|(?:转|翻)过年(?:来|去)?"
_BEFORE = (
    rf"再?(?:往|朝|向)前面?的?(?:[推数看])?{_COUNT % 'before'}|再前一年|再上一?年|(?:之前|前面)的?[那一]年|前一年|上一年(?!度)"
    rf"|{_OPENS}上年(?![末度同初底])"
)
_SAME = r"(?:(?:上面|刚才|前面|刚刚|之前)(?:说|问|提)?到?的?)?[这那]一?年(?![来以里头间末初底])|(?:上面|刚才|前面)说?的?年份?|(?<!比)同一年"
_CHINESE = re.compile(f"(?P<same>{_SAME})|(?P<next>{_AFTER})|(?P<previous>{_BEFORE})")
_END = r"(?=\s*(?:[?.,!]|$))"
_ENGLISH = re.compile(
    r"(?P<joint>\b(?:in|for|of|to|from|than|with|about|and|vs\.?|versus)\s+)?(?:"
    rf"(?P<next>the (?:next|following) year|the year after(?: that| it)?{_END}|(?:a|one) year later)"
    rf"|(?P<previous>the (?:previous|prior|preceding) year|the year before(?: that| it)?{_END}|(?:a|one) year (?:earlier|before){_END})"
    r"|(?P<same>(?:that|the same) year))"
)
# How much more than a year before: reports say so themselves (同比上升), for the year they tell of.
_CHANGE = re.compile(
    r"(?:比|较|同|与|跟|和)(?:上一?年|前一年)(?:同期)?(?:相比|比)?[^?,，]*(?:多少|几|百分之)"
)
# 那年 of its own is a year only where nothing says which (那年夏天 tells of a story).
_TELLS = re.compile(r"^(?:的?(?:春|夏|秋|冬|[0-9一二三四五六七八九十]+月))")


def last_asked(question: str, coverage: Coverage, before: Period | None) -> Period | None:
    """The span of the years that a question names, else the one asked about before it."""
    named = [mention.named for mention in find_times(fold(question), coverage)]
    if not named:
        return before
    first, last = min(period.first for period in named), max(period.last for period in named)
    return Period(first, last, f"{first}年" if first == last else f"{first}—{last}年")


def name_years(text: str, asked: Period | None, coverage: Coverage) -> str:
    """A question with the years that it counts from those `asked` about by their number: 后面一年呢 -> 2023年呢."""
    if asked is None:
        return text
    folded = fold(text)
    if _CHANGE.search(folded):
        return text
    for pattern in (_CHINESE, _ENGLISH):
        for match in reversed(list(pattern.finditer(folded))):
            year = _year(match, folded, asked, coverage)
            if year is not None:
                start = (
                    max(match.start(), match.end("joint")) if "joint" in match.groupdict() else match.start()
                )
                text = text[:start] + _written(year, match) + text[match.end() :]
    return text


def _year(match: re.Match[str], folded: str, asked: Period, coverage: Coverage) -> int | None:
    """The year meant; None where the question names another that it may count from."""
    times = find_times(folded, coverage)
    if match["same"]:
        told = (
            any(time.end == match.start() for time in times)
            or asked.first != asked.last
            or _TELLS.search(folded[match.end() :])
        )
        return None if told else asked.first
    if any(time.end <= match.start() or match.end() <= time.start for time in times):
        return None
    groups = match.groupdict()
    steps = _COUNTS[groups.get("after") or groups.get("before") or "一"]
    return asked.last + steps if match["next"] else asked.first - steps


def _written(year: int, match: re.Match[str]) -> str:
    """The year in the language of the words it stands for."""
    if "joint" not in match.groupdict():
        return f"{year}年"
    return f"{year}" if match["joint"] or not match.start() else f"in {year}"
