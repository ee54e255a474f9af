"""Series of figures (A、B、C分别增长4.0%、6.0%、7.1%): which item each belongs to, and what all items share."""

import re
from dataclasses import dataclass, replace
from itertools import takewhile

from rag.answering.figures import Figure
from rag.corpus.periods import find_periods

Range = tuple[int, int]

_SERIES = re.compile(r"分别|各自?(?=增|达|为|占|下)|依次")
# What may stand between two figures of one series.
_BETWEEN = re.compile(
    r"\s*(?:(?:[、和与及]|以及)(?:增长|上升|提高|增加|上涨|下降|降低|减少|回落|下跌)|[、,，/和与及]|以及)?\s*(?:预计|约|近|超过?|逾)?\s*(?:每[人户亩月年天]){0,2}"
)
_MOVED = re.compile(r"(?:增长|上升|提高|增加|上涨|下降|降低|减少|回落|下跌)$")
# What leads to a series that goes on with what the one before it, or the figures before it, are of.
_GOES_ON = re.compile(
    r"(?:[，,\s]|同比|环比|同口径|[比较](?:上年|上一年|去年|年初|上年末|上年同期|\d{4}年(?:末|底)?|上季度?)|均|也|又|实际|名义|增[长幅速]|降幅|占比|比重|占全[省市县区国]的?)*"
)
# What leads to how the items of the series before it moved.
_MOVES = re.compile(
    r"[，,](?:同比|环比|[比较](?:上年|去年|上年末|上年同期))?(?:名义|实际)?(?:均|各)?(?:增长|上升|提高|增加|上涨|下降|降低|减少|回落|下跌)(?:了|约)?"
)
_QUARTERS = re.compile(r"([一二三1-3])(?:季度)?(?:至|到|-|—|–|~){1,2}([二三四2-4])季度")
_OF_QUARTERS = "一二三四"
_DATES = frozenset({"年", "月", "日", "季度"})
_SHARES = frozenset({"%", "‰", "百分点", "个百分点"})
_PLACES = "省市县区旗州盟镇乡"
_MARKS = re.compile(r"[\s，,、；;]*(?:其中[，,]?)?")
_BREAK = re.compile(r"[;；:：。]")
_EACH = re.compile(r"(?:每[人户亩月年天]){1,2}$")
_ITEM = re.compile(r"(?:[、/]|[和与及](?!其(?!他))|以及)")
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
    """A figure's place in its series: the ranges that name it, those of the other items, what a short form stands for.

    `alias` is what `short` of the sentence stands for here: 城镇 for the 城 of 城乡, 2021年 for 2020年至2024年.
    """

    own: tuple[Range, ...]
    rivals: tuple[Range, ...]
    alias: str = ""
    short: Range = (0, 0)


def find_series(folded: str, figures: list[Figure], clauses: list[Range]) -> dict[int, Place]:
    """For each figure of a series (A、B分别增长4.0%、6.0%), by its index: its own ranges, those of the others, and its alias."""
    found: dict[int, Place] = {}
    before: list[Place] = []
    for match in _SERIES.finditer(folded):
        head = next((c[0] for c in clauses if c[0] <= match.start() < c[1]), 0)
        run = _run(folded, figures, head, match.end())
        if len(run) < 2:
            continue
        goes_on = _GOES_ON.fullmatch(folded, head, match.start()) is not None
        carried = _carried(folded, figures, found, before, run, head) if goes_on else []
        if not carried and not folded[head : match.start()].strip("，, "):
            head = max((c[0] for c in clauses if c[1] <= head), default=0)
        end = head + len(_HEDGE.sub("", folded[head : match.start()]))
        verb = (end, _lead(folded, end, figures[run[0]].start)[0])
        before = carried or _items(folded, head, end, len(run))
        for place, index in enumerate(run):
            found[index] = _led(before[place], folded, figures, index, verb, (head, end) if carried else None)
        for place, index in enumerate(_moves(folded, figures, run)):
            lead = (figures[run[-1]].end + 1, figures[run[-1] + 1].start)
            found[index] = _led(before[place], folded, figures, index, lead, None)
    return found


def _moves(folded: str, figures: list[Figure], run: list[int]) -> list[int]:
    """The figures right after a series that say how its items moved (分别为4万元和2万元，增长4.3%和7.1%), one for each."""
    first, count = run[-1] + 1, len(run)
    moves = list(range(first, first + count))
    if moves[-1] >= len(figures) or not _MOVES.fullmatch(folded, figures[run[-1]].end, figures[first].start):
        return []
    between = [folded[figures[i - 1].end : figures[i].start] for i in moves[1:]]
    return moves if all(gap and _BETWEEN.fullmatch(gap) for gap in between) else []


def _items(folded: str, head: int, end: int, count: int) -> list[Place]:
    """The items that stand before a series of so many figures, each with what all share."""
    listed = _split_items(folded, head, end, count)
    if listed is not None:
        return [Place(*share_out(folded, listed, place)) for place in range(count)]
    if (times := _over_times(folded, head, end, count)) is not None:
        return times
    return _halved(folded, (head, end), count) or [Place(((head, end),), ())] * count


def _led(
    item: Place, folded: str, figures: list[Figure], index: int, verb: Range, between: Range | None
) -> Place:
    """An item with the verb of its series and what stands right before its own figure; a verb there stands for that one."""
    start = figures[index - 1].end if index and figures[index - 1].start > verb[0] else verb[0]
    moved = _MOVED.search(folded, start, figures[index].start) if start > verb[0] else None
    lead = _lead(folded, verb[0], figures[index].start)
    ranges = [*item.own, *([between] if between else []), verb, lead]
    if moved:
        said = verb[0] + (2 if _SERIES.match(folded, verb[0]) else 0)
        ranges[-2:] = [(verb[0], said), (moved.start(), figures[index].start)]
    return replace(item, own=tuple(each for each in ranges if each[0] < each[1]))


def _carried(
    folded: str,
    figures: list[Figure],
    found: dict[int, Place],
    before: list[Place],
    run: list[int],
    head: int,
) -> list[Place]:
    """What a series that names nothing itself is of (同比分别增长): the items of the one before it, or the figures before it."""
    first = run[0]
    if first - 1 in found and len(before) == len(run):
        return before
    opens = max((match.end() for match in _BREAK.finditer(folded, 0, head)), default=0)
    told = [i for i in range(first) if figures[i].start >= opens and figures[i].unit not in _DATES]
    if len(told) != len(run) or any(i in found for i in told):
        return []
    owns = [(_first_word(folded, max(opens, figures[i - 1].end if i else 0)), figures[i].start) for i in told]
    return [Place((own,), tuple(other for other in owns if other != own)) for own in owns]


def _first_word(folded: str, start: int) -> int:
    match = _MARKS.match(folded, start)
    return match.end() if match else start


def _over_times(folded: str, head: int, end: int, count: int) -> list[Place] | None:
    """The items of a series that runs over years or quarters; None where it runs over none."""
    spread = spread_over(folded, end, count)
    if spread is None:
        return None
    (start, stop), names = spread
    if stop == end and not folded[head:start].strip("，, "):  # 税收占比走低，2021—2023年分别为
        head = 1 + max(folded.rfind(mark, 0, max(head - 1, 0)) for mark in "，,；;：:。")
    around = [(start, stop), (head, end)] if stop <= head else [(head, start), (start, stop), (stop, end)]
    own = tuple(each for each in around if each[0] < each[1])
    return [Place(own, (), name, (start, stop)) for name in names]


def spread_over(folded: str, end: int, count: int) -> tuple[Range, list[str]] | None:
    """The last span of years or quarters named before `end` (2020年至2024年, 一至四季度) and the `count` it is of."""
    spans = [
        ((m.start, m.end), [f"{year}年" for year in range(m.period.first, m.period.last + 1)])
        for m in find_periods(folded[:end], None)
    ]
    for match in _QUARTERS.finditer(folded, 0, end):
        first, last = (
            int(part) if part.isdigit() else _OF_QUARTERS.find(part) + 1 for part in match.groups()
        )
        spans.append((match.span(), [f"{_OF_QUARTERS[n - 1]}季度" for n in range(first, last + 1)]))
    span, names = max(spans, default=((0, 0), []))
    return (span, names) if len(names) == count else None


def _lead(folded: str, start: int, end: int) -> Range:
    """What stands right before a figure of a series and is its own: 每人每年."""
    match = _EACH.search(folded[start:end])
    return (start + match.start(), end) if match else (end, end)


def _run(folded: str, figures: list[Figure], head: int, start: int) -> list[int]:
    """Indices of the figures of one unit, or one for each item listed from `head`, that follow 分别 with nothing but commas between them."""
    first = next((i for i, figure in enumerate(figures) if figure.start >= start), None)
    if first is None or re.search(r"[，,；;。]", folded[start : figures[first].start]):
        return []
    run = [first]
    for index in range(first + 1, len(figures)):
        if not _BETWEEN.fullmatch(folded[figures[index - 1].end : figures[index].start]):
            break
        run.append(index)
    if folded.count("、", head, start) + 1 == len(run):
        return run  # as many as are listed, of whatever units
    alike = takewhile(lambda i: i == first or _is_of_unit(figures[i], figures[i - 1]), run)
    return list(alike)


def _is_of_unit(one: Figure, other: Figure) -> bool:
    return one.unit == other.unit or {one.unit, other.unit} <= _SHARES


def _split_items(folded: str, start: int, end: int, count: int) -> list[Range] | None:
    """The `count` things listed in a range, each cut at its separators; None where there are fewer."""
    cuts = list(_ITEM.finditer(folded, start, end))
    listed = [match for match in cuts if match.group() in "、/"]
    for kinds in ("、", "、和与及以及"):  # 同城、异地、国际/港澳台及其他
        if len(fitting := [match for match in cuts if match.group() in kinds]) == count - 1:
            listed = fitting
            break
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


def _halved(folded: str, whole: Range, count: int) -> list[Place]:
    """城乡居民收入分别…: the town's place first, then the country's, for a list that names one item too few; else none."""
    both = folded.rfind("城乡", *whole)
    items = [whole] if count == 2 else _split_items(folded, *whole, count - 1)
    if both < 0 or items is None:
        return []
    places: list[Place] = []
    for rank, (start, end) in enumerate(items):
        own, rivals = share_out(folded, items, rank) if len(items) > 1 else ((whole,), ())
        if not start <= both < end:
            places.append(Place(own, rivals))
            continue
        for name, half, other in (("城镇", both, both + 1), ("农村", both + 1, both)):
            around = tuple(r for r in ((start, both), (half, half + 1), (both + 2, end)) if r[0] < r[1])
            places.append(Place(around, (*rivals, (other, other + 1)), name, (half, half + 1)))
    return places


def _shared_tail(folded: str, items: list[Range]) -> Range:
    """What the last item says for all: 居民收入 of 城镇、农村居民收入, 增加值 of 新兴产业、装备制造业增加值.

    It ends in a measure that the first item lacks, and begins after the character that both kinds end in, or where
    the first is a mere modifier (城镇) after as many characters.
    """
    first = _BRACKETS.sub("", folded[slice(*items[0])])
    start, end = items[-1]
    last = folded[start:end]
    if kind := _kind_length([folded[slice(*item)] for item in items]):
        return (start + kind, end)
    measured = _MEASURE.search(last)
    if not first or not measured or _MEASURE.search(first):
        return (end, end)
    place = last.find(first[-1], 1)
    if first[-1] in _PLACES and (named := re.search(f"[{_PLACES}]", last[1:])):
        place = named.start() + 1  # 东胜区、伊金霍洛旗投资
    length = place + 1 if 0 < place < measured.start() else len(first) if len(first) <= 3 else len(last)
    return (start + length, end) if len(last) - length >= 2 else (end, end)


def _kind_length(items: list[str]) -> int:
    """The length of each item's own name where all are of one kind (一级、二级、四级残疾人), the last with a noun for all; else 0."""
    length, kind = len(items[0]), items[0][-1:]
    alike = all(len(item) == length and item.endswith(kind) for item in items[:-1])
    last = items[-1]
    is_longer = len(last) - length >= 2 and last[length - 1 : length] == kind
    return length if alike and 2 <= length <= 4 and is_longer else 0


def _shared_head(folded: str, items: list[Range]) -> Range:
    """What the first item says for all: 新增 of 新增公交车、出租车."""
    start, end = items[0]
    match = _SCOPE.match(folded, start, end)
    return (start, match.end()) if match and end - match.end() >= 2 else (start, start)
