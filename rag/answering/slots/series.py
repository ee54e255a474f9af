"""Series of figures (A、B、C分别增长4.0%、6.0%、7.1%): which item each belongs to, and what all items share."""

import re
from dataclasses import dataclass, replace

from rag.answering.figures import Figure

Range = tuple[int, int]

_SERIES = re.compile(r"分别|各自?(?=增|达|为|占|下)|依次")
# What may stand between two figures of one series.
_BETWEEN = re.compile(r"\s*(?:[、,，/和与及]|以及)?\s*(?:预计|约|近|超过?|逾)?\s*(?:每[人户亩月年天]){0,2}")
_EACH = re.compile(r"(?:每[人户亩月年天]){1,2}$")
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
_HEDGE = re.compile(r"(?:预计|约|均|将|已|有望)+$")


@dataclass(frozen=True, slots=True)
class Place:
    """A figure's place in its series: the ranges that name it, those of the other items, what a short form stands for."""

    own: tuple[Range, ...]
    rivals: tuple[Range, ...]
    alias: str = ""


def find_series(folded: str, figures: list[Figure], clauses: list[Range]) -> dict[int, Place]:
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
        verb = (end, _lead(folded, end, figures[run[0]].start)[0])
        items = _split_items(folded, head, end, len(run))
        for place, index in enumerate(run):
            named = _place(folded, items, (head, end), place, verb)
            lead = _lead(folded, end, figures[index].start)
            found[index] = replace(named, own=(*named.own, lead)) if lead[0] < lead[1] else named
    return found


def _lead(folded: str, start: int, end: int) -> Range:
    """What stands right before a figure of a series and is its own: 每人每年."""
    match = _EACH.search(folded[start:end])
    return (start + match.start(), end) if match else (end, end)


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


def _place(folded: str, items: list[Range] | None, whole: Range, place: int, verb: Range) -> Place:
    if items is None:
        return _place_in_both(folded, whole, place, verb)
    own, rivals = share_out(folded, items, place)
    return Place((*own, verb), rivals)


def _place_in_both(folded: str, whole: Range, place: int, verb: Range) -> Place:
    """城乡居民收入分别…: the town's first, then the country's; any other list too short is named whole."""
    start, end = whole
    both = folded.rfind("城乡", start, end)
    if both < 0 or place > 1:
        return Place((whole, verb), ())
    chosen, other = ((both, both + 1), (both + 1, both + 2))[:: 1 if place == 0 else -1]
    own = tuple(r for r in ((start, both), chosen, (both + 2, end)) if r[0] < r[1])
    return Place((*own, verb), (other,), ("城镇", "农村")[place])


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
