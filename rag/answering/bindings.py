"""Which words a figure belongs to: its own clause, its place in a series (分别), the topic it carries on."""

import re
from dataclasses import dataclass

from rag.answering.figures import Figure, find_figures
from rag.answering.sentences import split_clauses
from rag.text import fold

Range = tuple[int, int]

# Words that only say how a figure changed, adds up or ranks: a clause of nothing else carries on the topic before it.
_BARE = re.compile(
    r"同比|环比|比上年同期|比上一?年|较上一?年|比去年|较去年|较年初|比年初|比.{0,3}\d{4}年|较.{0,3}\d{4}年|实际|名义|均|也|又|再|并|其中|已|共|约|近|超过?|突破"
    r"|增长|增速|增幅|下降|降幅|降低|提高|上升|提升|减少|增加|回落|净增|新增|增产|减产|增收|扩大|缩小|压减|增至|降至"
    r"|总数|累计|总量|总额|合计|占比|比重|占|居|位|列|排名|达到?|为|至|到|分别|预计|[全本]?[省市县区乡镇国]|年均|连续|高于|低于|平均"
    r"|中部|地区|个百分点|第"
)
_SERIES = re.compile(r"分别|各自?(?=增|达|为|占|下)|依次")
# What may stand between two figures of one series.
_JOINED = re.compile(r"[\u4e00-\u9fff]{2,10}[与和及]")
_BETWEEN = re.compile(r"\s*(?:[、,，/和与及]|以及)?\s*(?:预计|约|近|超过?|逾)?\s*")
_ITEM = re.compile(r"(?:[、/]|[和与及](?!其)|以及)")
_BRACKETS = re.compile(r"\([^()]*\)")
_MEASURE = re.compile(
    r"(?:值|率|量|额|收入|支出|比重|占比|比例|面积|数|浓度|投资|总产|单产|价格|指数|规模|利润|能力|水平|人次|优势|标准|价格?|成本|时间|时限)$"
)
_MEASURED = 6
"""Characters of a measure with what it measures: 公益林补偿标准."""
_SCOPE = re.compile(
    r"(?:[全我本][省市县区乡镇]|地方|预计|年均|累计|新增|新建|新改扩?建|改造|更换|及|和|完成|实现|规模以上|规上|限额以上|限上|人均|平均)+"
)
_STOP = re.compile(r"[、，,；;。！？\n(（]|\d")
# What a text announces that it lists is no figure: 七个方面, 三是, 五项措施如下.
_HEADINGS = re.compile(r".(?:个?方面|是|要|大工程)")
# 万元GDP, 千家企业: a scale without a number.
_SCALE_ONLY = re.compile(r"[^\d一二两三四五六七八九十〇零]*$")
_RATIO = re.compile(r"(?<![\d.:])\d+(?:\.\d+)?(?:[:∶]\d+(?:\.\d+)?)+(?![\d.:])")
_HEDGE = re.compile(r"(?:预计|约|均|将|已|有望)+$")
_YEAR = re.compile(r"(?:19|20)\d\d年?")
RATIO = "比"
"""The unit of a ratio of several parts (7.5:45.9:46.6), whose value is its first part."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure of a folded sentence with the ranges of the sentence that say what it counts.

    `own` names it (its clause before it, or its item of a series with what all items share), `after` is the noun it
    counts, `topic` what an earlier figure was named by when `own` says nothing but 增长 or 总数; `rivals` are the
    items of the series that belong to its other figures. `bare` says that `own` names nothing by itself;
    `alias` is what a shortened item stands for (城镇 for the 城 of 城乡).
    """

    figure: Figure
    own: tuple[Range, ...]
    after: Range
    topic: tuple[Range, ...]
    rivals: tuple[Range, ...]
    clause: Range
    bare: bool = False
    alias: str = ""

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
    series = _find_series(folded, figures, clauses)
    found: list[Bound] = []
    qualifiers: set[int] = set()
    for index, figure in enumerate(figures):
        clause = next((each for each in clauses if each[0] <= figure.start < each[1]), (0, len(text)))
        if _qualifies(folded, figures, index, clause):
            qualifiers.add(index)
            continue
        after = (figure.end, _end_of_phrase(folded, figure.end, clause[1]))
        own, rivals, alias = series.get(index) or (
            (_own_range(folded, figures, index, clause, qualifiers),),
            (),
            "",
        )
        bare = index not in series and _is_bare("".join(folded[a:b] for a, b in (*own, after)))
        topic = _topic(found) if bare else ()
        found.append(Bound(figure, own, after, topic, rivals, clause, bare, alias))
    return tuple(found)


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
    return stop.start() if stop else end


_Place = tuple[tuple[Range, ...], tuple[Range, ...], str]


def _find_series(folded: str, figures: list[Figure], clauses: list[Range]) -> dict[int, _Place]:
    """For each figure of a series (A、B分别增长4.0%、6.0%), by its index: its own ranges, those of the others, and its alias."""
    found = {}
    for match in _SERIES.finditer(folded):
        run = _run(folded, figures, match.end())
        if len(run) < 2:
            continue
        head = next((c[0] for c in clauses if c[0] <= match.start() < c[1]), 0)
        if not folded[head : match.start()].strip("，, "):
            head = max((c[0] for c in clauses if c[1] <= head), default=0)
        end = head + len(_HEDGE.sub("", folded[head : match.start()]))
        verb = (end, figures[run[0]].start)
        items = _split_items(folded, head, end, len(run))
        for place, index in enumerate(run):
            own, rivals, alias = (
                (*share_out(folded, items, place), "") if items else _share_both(folded, head, end, place)
            )
            found[index] = ((*own, verb), rivals, alias)
    return found


def _run(folded: str, figures: list[Figure], start: int) -> list[int]:
    """Indices of the figures of one unit that follow 分别 with nothing but commas between them."""
    first = next((i for i, figure in enumerate(figures) if figure.start >= start), None)
    if first is None or re.search(r"[，,；;。]", folded[start : figures[first].start]):
        return []
    run = [first]
    for index in range(first + 1, len(figures)):
        before, figure = figures[index - 1], figures[index]
        if figure.unit != before.unit or not _BETWEEN.fullmatch(folded[before.end : figure.start]):
            break
        run.append(index)
    return run


def _split_items(folded: str, start: int, end: int, count: int) -> list[Range] | None:
    """The `count` things listed in a range, each cut at its separators; None where there are fewer."""
    cuts = list(_ITEM.finditer(folded, start, end))
    listed = [match for match in cuts if match.group() in "、/"]
    if (listed and len(listed) + 1 < count) or not listed:
        chosen = cuts
    else:
        last_comma = listed[-1].end()
        chosen = listed + [m for m in cuts if m.start() >= last_comma and len(listed) + 1 < count]
    chosen = chosen[-(count - 1) :]
    if len(chosen) < count - 1:
        return None
    edges = [start, *(edge for match in chosen for edge in (match.start(), match.end())), end]
    return list(zip(edges[::2], edges[1::2], strict=True))


def share_out(folded: str, items: list[Range], place: int) -> tuple[tuple[Range, ...], tuple[Range, ...]]:
    """The ranges that name the item at `place`: itself, what stands before the first and after the last for all."""
    head, tail = _shared_head(folded, items), _shared_tail(folded, items)
    cores = list(items)
    cores[0] = (head[1], cores[0][1])
    cores[-1] = (cores[-1][0], tail[0])
    own = tuple(r for r in (head, cores[place], tail) if r[0] < r[1])
    cores[0] = _without_modifier(folded, cores[0], cores[1])
    cores[-1] = _without_measure(folded, cores[0], cores[-1])
    return own, tuple(core for i, core in enumerate(cores) if i != place)


def _without_measure(folded: str, first: Range, last: Range) -> Range:
    """The last item without its measure, which may hold of all where the first has none (补偿标准)."""
    name = folded[slice(*last)]
    if not _MEASURE.search(name) or _MEASURE.search(folded[slice(*first)]):
        return last
    return (last[0], max(last[0] + 2, last[1] - _MEASURED))


def _without_modifier(folded: str, first: Range, second: Range) -> Range:
    """The first item as far as it is the second's kind: what stands before it may hold of both (新能源出租车、公交车)."""
    length = second[1] - second[0]
    alike = folded[first[1] - 1] == folded[second[1] - 1]
    return (max(first[0], first[1] - length), first[1]) if alike else first


def _share_both(folded: str, start: int, end: int, place: int) -> _Place:
    """城乡居民收入分别…: the town's first, then the country's."""
    both = folded.rfind("城乡", start, end)
    if both < 0 or place > 1:
        return ((start, end),), (), ""
    chosen, other = ((both, both + 1), (both + 1, both + 2))[:: 1 if place == 0 else -1]
    return (
        tuple(r for r in ((start, both), chosen, (both + 2, end)) if r[0] < r[1]),
        (other,),
        ("城镇", "农村")[place],
    )


def _shared_tail(folded: str, items: list[Range]) -> Range:
    """What the last item says for all: 居民收入 of 城镇、农村居民收入, 增加值 of 新兴产业、装备制造业增加值.

    It ends in a measure that the first item lacks, and begins after the character that both kinds end in, or where
    the first is a mere modifier (城镇) after as many characters.
    """
    first = _BRACKETS.sub("", folded[slice(*items[0])])
    start, end = items[-1]
    last = folded[start:end]
    measured = _MEASURE.search(last)
    if not first or not measured or _MEASURE.search(first):
        return (end, end)
    place = last.find(first[-1], 1)
    length = place + 1 if 0 < place < measured.start() else len(first) if len(first) <= 3 else len(last)
    return (start + length, end) if len(last) - length >= 2 else (end, end)


def _shared_head(folded: str, items: list[Range]) -> Range:
    """What the first item says for all: 新增 of 新增公交车、出租车."""
    start, end = items[0]
    match = _SCOPE.match(folded, start, end)
    return (start, match.end()) if match and end - match.end() >= 2 else (start, start)
