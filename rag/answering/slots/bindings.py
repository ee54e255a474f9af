"""Which words a figure belongs to: its own clause, its place in a series (分别), the topic it carries on."""

import re
from dataclasses import dataclass

from rag.answering.figures import LISTED, Figure, find_figures
from rag.answering.sentences import split_clauses
from rag.answering.slots.series import Place, Range, find_series
from rag.text import fold

# Words that only say how a figure changed, adds up or ranks: a clause of nothing else carries on the topic before it.
_BARE = re.compile(
    r"同比|环比|比上年同期|比上一?年|较上一?年|比去年|较去年|较年初|比年初|比.{0,3}\d{4}年|较.{0,3}\d{4}年|实际|名义|均|也|又|再|并|其中|已|共|约|近|超过?|突破"
    r"|增长|增速|增幅|下降|降幅|降低|提高|上升|提升|减少|增加|回落|净增|新增|增产|减产|增收|扩大|缩小|压减|增至|降至"
    r"|调整|优化|总数|累计|总量|总额|合计|占比|比重|占|居|位|列|排名|达到?|为|至|到|分别|预计|[全本]?[省市县区乡镇国]|年均|连续|高于|低于|平均|保持|稳居|跃居|跃升"
    r"|中部|地区|个百分点|第|按?(?:不变|可比)价格?(?:计算)?"
)
_JOINED = re.compile(r"[\u4e00-\u9fff]{2,10}[与和及]")
_LEAD = re.compile(r"[和与及](?=[^和与及]*$)")
_STOP = re.compile(r"[、，,；;。！？\n(（]|\d")
# What a text announces that it lists is no figure: 七个方面, 三是, 五项措施如下.
_HEADINGS = re.compile(r".(?:个?方面|是|要|大工程)")
# 万元GDP, 千家企业: a scale without a number.
_SCALE_ONLY = re.compile(r"[^\d一二两三四五六七八九十〇零]*$")
_RATIO = re.compile(r"(?<![\d.:])\d+(?:\.\d+)?(?:[:∶]\d+(?:\.\d+)?)+(?![\d.:])")
_YEAR = re.compile(r"(?:19|20)\d\d年?")
RATIO = "比"
"""The unit of a ratio of several parts (7.5:45.9:46.6), whose value is its first part."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure of a folded sentence with the ranges of the sentence that say what it counts.

    `own` names it (its clause before it, or its item of a series with what all items share), `after` is the noun it
    counts, `topic` what an earlier figure was named by when `own` says nothing but 增长 or 总数; `rivals` are the
    items of the series that belong to its other figures. `bare` says that `own` names nothing by itself;
    `alias` is what the words at `short` stand for (城镇 for the 城 of 城乡, 2021年 for 2020年至2024年).
    """

    figure: Figure
    own: tuple[Range, ...]
    after: Range
    topic: tuple[Range, ...]
    rivals: tuple[Range, ...]
    clause: Range
    bare: bool = False
    alias: str = ""
    short: Range = (0, 0)

    @property
    def own_is_empty(self) -> bool:
        """Whether nothing names it before it, so that what follows does (仅23天，新桥建成通车)."""
        return not self.topic and all(end - start < 2 for start, end in self.own)

    def own_text(self, folded: str) -> str:
        """The words that name it, joined."""
        return "".join(folded[start:end] for start, end in self.own)


def bind(text: str) -> tuple[Bound, ...]:
    """Every figure of a sentence, bound to its words; calendar years are none."""
    folded = fold(text)
    figures = _figures(folded)
    clauses = [(piece.start, piece.end) for piece in split_clauses(text)]
    series = find_series(folded, figures, clauses)
    found: list[Bound] = []
    qualifiers: set[int] = set()
    for index, figure in enumerate(figures):
        clause = next((each for each in clauses if each[0] <= figure.start < each[1]), (0, len(text)))
        if _qualifies(folded, figures, index, clause):
            qualifiers.add(index)
            continue
        after = _after(folded, figures, index, clause[1])
        if index + 1 < len(figures) and (shared := _shared_noun(folded, figure, figures[index + 1])):
            after = (figure.end, _end_of_phrase(folded, shared, clause[1]))
        named = series.get(index) or Place((_own_range(folded, figures, index, clause, qualifiers),), ())
        bare = index not in series and _is_bare("".join(folded[a:b] for a, b in (*named.own, after)))
        topic = _topic(found) if bare else ()
        found.append(
            Bound(figure, named.own, after, topic, named.rivals, clause, bare, named.alias, named.short)
        )
    return tuple(found)


_NUMBER = re.compile(r"\d[\d.,]*(?P<scale>[万亿]*)")


def _after(folded: str, figures: list[Figure], index: int, end: int) -> Range:
    """What stands behind a figure; where it leaves its unit to the last of its list, that unit and what follows it."""
    last = index
    while (
        last + 1 < len(figures)
        and figures[last].unit
        and figures[last].unit not in folded[figures[last].start : figures[last].end]
        and figures[last + 1].unit == figures[last].unit
        and LISTED.fullmatch(folded, figures[last].end, figures[last + 1].start)
    ):
        last += 1
    start, stop = figures[index].end, _end_of_phrase(folded, figures[last].end, end)
    if last > index and (number := _NUMBER.search(folded, figures[last].start)):
        own = _NUMBER.search(folded, figures[index].start)
        start = number.end() if own and own["scale"] else number.start("scale")
    return start, max(start, stop)


_SIDE_BY_SIDE = re.compile(r"、[\u4e00-\u9fff]{0,4}")
_OF_BOTH = re.compile(r"[\u4e00-\u9fff]{0,2}的(?=[\u4e00-\u9fff]{2})")


def _shared_noun(folded: str, figure: Figure, following: Figure) -> int:
    """Where the noun begins that two figures describe (每月500元、最长36个月的补贴); 0 where they share none."""
    if figure.unit == following.unit or not _SIDE_BY_SIDE.fullmatch(folded, figure.end, following.start):
        return 0
    match = _OF_BOTH.match(folded, following.end)
    return match.end() if match else 0


def _figures(folded: str) -> list[Figure]:
    ratios = [
        Figure(m.start(), m.end(), find_figures(m.group())[0].value, RATIO, "")
        for m in _RATIO.finditer(folded)
    ]
    others = [
        figure
        for figure in find_figures(folded)
        if not any(r.start < figure.end and figure.start < r.end for r in ratios)
        and not _HEADINGS.match(folded, figure.end - 1)
        and not _SCALE_ONLY.match(folded, figure.start, figure.end)
        and not _is_name(folded, figure)
        and not _YEAR.fullmatch(folded, figure.start, figure.end)
    ]
    return sorted((*ratios, *others), key=lambda figure: figure.start)


def _is_name(folded: str, figure: Figure) -> bool:
    """Whether a numeral is part of a name: 5G, 5+2, “1135”工程, 1-11月, 三公经费, 一级."""
    before, after = folded[figure.start - 1 : figure.start], folded[figure.end : figure.end + 1]
    if not figure.unit and (re.match(r"[a-z+”\"]", after) or before in {"+", "“", '"'} or after == "-"):
        return True
    return figure.unit in set("公级等字版") and not re.search(r"\d", folded[figure.start : figure.end])


def _own_range(folded: str, figures: list[Figure], index: int, clause: Range, qualifiers: set[int]) -> Range:
    """The words of the clause from the figure before, or from its beginning.

    What another figure counts is not among them (44家协会与171家商会). A date cuts nothing off, nor does what only describes (50亿元以上项目), nor a figure right before (310户1200人).
    """
    end = figures[index].start
    earlier = [
        figure
        for place, figure in enumerate(figures[:index])
        if figure.end > clause[0]
        and figure.unit not in {"年", "月", "日", "季度"}
        and place not in qualifiers
    ]
    while earlier and earlier[-1].end == end:
        end = earlier.pop().start
    start = earlier[-1].end if earlier else clause[0]
    return (end, end) if earlier and _JOINED.fullmatch(folded, start, end) else (start, end)


def _qualifies(folded: str, figures: list[Figure], index: int, clause: Range) -> bool:
    """Whether the figure only describes what a later one counts: 500万元及以上技改项目388个."""
    figure = figures[index]
    is_threshold = figure.bound in {"以上", "以下", "以内"} or bool(
        re.match(r"及其?以[上下]", folded[figure.end :])
    )
    follows = index + 1 < len(figures) and figures[index + 1].start < clause[1]
    between = folded[figure.end : figures[index + 1].start] if follows else ""
    return is_threshold and follows and bool(re.match(r"(?:及其?以[上下])?[\u4e00-\u9fff]", between))


def _is_bare(own: str) -> bool:
    return len(re.findall(r"[\u4e00-\u9fffa-z]", _BARE.sub("", own))) < 2


def _topic(found: list[Bound]) -> tuple[Range, ...]:
    """What the last figure with a name of its own was named by, and what it counted."""
    for bound in reversed(found):
        if not bound.bare:
            return (*bound.own, bound.after)
    return ()


def _end_of_phrase(folded: str, start: int, end: int) -> int:
    """Up to the next comma, enumeration comma, bracket or figure."""
    stop = _STOP.search(folded, start, end)
    if stop is None:
        return end
    # What leads to the next figure is that one's: 748元和每人每年7140元.
    lead = _LEAD.search(folded, start, stop.start()) if stop[0].isdigit() else None
    return lead.start() if lead else stop.start()
