"""Figures that no report tells but that follow from two that it tells: a share, a rate, the year before."""

import re
from collections.abc import Iterator
from dataclasses import replace

from rag.answering.lines import Line, Weigh
from rag.answering.sentences import Piece
from rag.answering.slots import aspects
from rag.answering.slots.asking import Ask, ask_for
from rag.answering.slots.aspects import SHARES, Aspect
from rag.answering.slots.bindings import RATIO, Bound
from rag.answering.slots.finding import Candidate, FigureFinder
from rag.answering.slots.fitting import begun_by, told_or_begun, told_period
from rag.answering.slots.industries import asks_industry, find_ratios, tells_one_industry
from rag.answering.slots.reading import Reading, Sentence
from rag.answering.slots.showing import cite, show
from rag.answering.tables import is_row
from rag.answering.wording import name_slot
from rag.mentions import short_name
from rag.text import fold
from rag.types import Chunk, Level, Period, Question, Region, Slot

# A figure that a report states holds this much of the question's words (by weight); less, and it is of other things.
STATED = 0.6
# How far behind the best figure of the year after one may be from which the year before follows. Set by hand, not tuned.
BEHIND = 0.3

_SHARE = re.compile(
    r"(?P<part>[^，,。？?]{0,24}?)占(?P<whole>[^，,。？?]{1,16}?)的?(?:多少|几成|百分之|多大|比例|比重|份额|百分比)"
)
# The whole first: 北部湾港的集装箱，钦州港域占多少.
_SHARE_OF = re.compile(
    r"(?P<whole>[^，,。？?]{3,24}?)(?:(?:里面?|当中|之中|中)?[，,](?:其中)?|(?:里面?|当中|之中|中))(?P<part>[^，,。？?占]{2,16}?)(?:大概|大约|约)?占了?(?:多少|几成|百分之|多大)"
)
_RATE = re.compile(
    r"(?P<stem>[\u4e00-\u9fff]{2})率(?:大概|大约|约)?(?:是|为|有|达到?)?(?:多少|多高|百分之|[?？]|$)"
)
_RECKON = re.compile(r"推算|估算|折算|倒推|反推|算下来|算一算")
_AVERAGE = re.compile(
    r"平均(?:每|一)(?:一)?(?P<unit>[家个项件户名人位所座处条张套辆台部亩])(?!月|季|星期|小时|工作日)"
)
_AMOUNT = re.compile(r"(?:数量|个数|人数|总数|大约|大概)+$")
_ALL = re.compile(r"总数|总量|总额|全部|总体|合计|全[省市县区州]|总(?=[\u4e00-\u9fff]{2})")
_EXACT = {"", "~"}
_NO_AMOUNTS = {"", "年", "月", "日", "位", "名", RATIO}
_POINTS = {("%", "个百分点"), ("%", "百分点")}
_START_ASKED = re.compile(r"年初|期初|上年末|\bstart of\b|\bbeginning of\b")
_SINCE_START = re.compile(r"[比较](?:年初|上年末|上年底|期初)")
# What is left up to a limit or an aim: 离限额还差多少, 离全年任务还差几家.
_LEFT = re.compile(
    r"[离距比][^，,。?？]{0,16}?(?P<aim>目标|任务|计划|限额|上限)[^，,。?？]{0,6}?还?[差缺剩少](?:多少|几)"
)
_AIMS = {
    "目标": "目标|任务|计划",
    "任务": "目标|任务|计划",
    "计划": "目标|任务|计划",
    "限额": "限额|上限",
    "上限": "限额|上限",
}
_CHANGED = re.compile(r"提高|提升|上升|增加|增长|下降|降低|减少|回落")


def derive(question: Question, ask: Ask, finder: FigureFinder, weigh: Weigh) -> tuple[Line, ...]:
    """The two lines that what is asked follows from, with their roles; none where it is told, or does not follow."""
    folded = fold(question.understood)
    slot = question.slots[0]
    if match := _LEFT.search(folded):
        return _left(_AIMS[match["aim"]], slot, ask, finder)
    if _START_ASKED.search(folded) and (lines := _start_of_year(slot, ask, finder)):
        return lines
    if asks_industry(folded) and (lines := _industries(slot, finder)):
        told = finder.find(slot, ask)[:3]
        return () if any(tells_one_industry(candidate.sentence.folded) for candidate in told) else lines
    if match := _SHARE.search(folded) or _SHARE_OF.search(folded):
        return () if _is_told(finder, slot, ask) else _share(question, match, finder, weigh)
    if match := _RATE.search(folded):
        if _is_told(finder, slot, ask):
            return ()
        if lines := _rate(match["stem"], slot, finder):
            return lines
    if match := _AVERAGE.search(folded):
        if any(f"{match['unit']}均" in candidate.line.text for candidate in finder.find(slot, ask)[:6]):
            return ()
        return _average(match["unit"], slot, ask, finder)
    if _RECKON.search(folded) and "占" in folded:
        return _whole(finder)
    if _RECKON.search(folded) or (len(question.slots) == 1 and not _is_known(finder, slot, ask)):
        return _year_before(question, ask, finder)
    return ()


def _is_known(finder: FigureFinder, slot: Slot, ask: Ask) -> bool:
    """Whether a report gives the figure itself."""
    return any(candidate.line.covered >= STATED for candidate in finder.find(slot, ask)[:3])


def _is_told(finder: FigureFinder, slot: Slot, ask: Ask) -> bool:
    """Whether a report states the share or rate itself."""
    return any(
        candidate.reading.bound.figure.unit in SHARES
        and candidate.reading.aspect in {Aspect.SHARE, Aspect.LEVEL}
        and candidate.line.covered >= STATED
        for candidate in finder.find(slot, ask)[:3]
    )


def _share(question: Question, match: re.Match[str], finder: FigureFinder, weigh: Weigh) -> tuple[Line, ...]:
    """A part and the whole it is of: 产量 of the city and of the province, what was added and the total."""
    slot, folded = question.slots[0], fold(question.understood)
    part, whole = _AMOUNT.sub("", match["part"]), match["whole"]
    if not part.strip():
        part = _asked_before(match, folded)
    around = _place_around(slot.region, whole)
    if around is not None:
        words, outer = part, Slot(around, slot.period)
    else:
        rest = _ALL.sub("", whole)
        words, outer = (rest if len(rest) >= 2 else part + whole), slot
        if match.re is _SHARE_OF:
            outer = Slot(None, slot.period)  # the part may be a place, of which the whole is not told
    names = " ".join(word for word in fold(question.topic).split() if word not in folded)
    small = finder.find(slot, ask_for(question, f"{part}有多少", f"{part} {names}", weigh))
    large = finder.find(outer, ask_for(question, f"{words}有多少", f"{words} {names}", weigh))
    for candidate in small[:3]:
        for other in large[:3]:
            if _is_part(candidate, other):
                part_line, whole_line = candidate.line, other.line
                if around is not None:
                    part_line = replace(part_line, label=name_slot(question.language, slot.region, None))
                    whole_line = replace(whole_line, label=name_slot(question.language, around, None))
                return _lines(part_line, whole_line, "part", "whole")
    return ()


def _asked_before(match: re.Match[str], folded: str) -> str:
    """What the clause before asks about: 粮食总产 of 粮食总产是多少，占全省的比重是多少."""
    before = re.split(r"[，,]", folded[: match.start("part")].rstrip("，, "))[-1]
    return re.sub(r"(?:是|有|为|达到?)?了?(?:多少|几)[\u4e00-\u9fff]{0,2}$", "", before)


def _place_around(region: Region | None, whole: str) -> Region | None:
    """The province or city around a place that a question calls the whole: 全省, 云南省, 云南全省; None for any other whole."""
    if region is None:
        return None
    for levels in range(len(region.path) - 1, 0, -1):
        name, level = region.path[levels - 1], Level.PROVINCE if levels == 1 else Level.CITY
        bare = re.sub(rf"{name}|{short_name(name)}|全|里|的|比重|比例|份额", "", whole)
        if bare in {"", level.value} and whole != "全":
            return Region(region.path[:levels], level)
    return None


def _is_part(part: Candidate, whole: Candidate) -> bool:
    """Whether both count the same kind of thing and the one is less than the other."""
    small, large = part.line.figure, whole.line.figure
    return (
        small is not None
        and large is not None
        and small.unit == large.unit
        and small.unit not in {*SHARES, *_NO_AMOUNTS}
        and min(part.line.covered, whole.line.covered) >= STATED
        and 0 < small.value < large.value
        and small.sense in _EXACT
        and large.sense in _EXACT
        and part.planned == whole.planned
    )


def _industries(slot: Slot, finder: FigureFinder) -> tuple[Line, ...]:
    """三次产业结构调整为8.7∶40.1∶51.2: the shares of all three, of which one may be asked for."""
    for chunk, piece, sentence in finder.sentences():
        for bound in find_ratios(sentence):
            told = told_or_begun(piece.text, bound, chunk)[0]
            begins = begun_by(piece.text, bound.figure) is not None
            if slot.period == told or (not begins and finder.fits(slot, chunk, piece, bound)):
                return (replace(_line(chunk, piece, bound), period=told),)
    return ()


def _rate(stem: str, slot: Slot, finder: FigureFinder) -> tuple[Line, ...]:
    """成功率 from 受理513件，化解成功389件: what bears the rate's own word, over the figure before it of that unit."""
    for chunk, piece, sentence in finder.sentences():
        for before, bound in _neighbours(sentence):
            if (
                stem in bound.own_text(sentence.folded) + sentence.folded[slice(*bound.after)]
                and stem not in before.own_text(sentence.folded)
                and before.figure.unit == bound.figure.unit
                and bound.figure.unit not in {*SHARES, "", "年", "月", "日"}
                and bound.figure.value < before.figure.value
                and finder.fits(slot, chunk, piece, bound)
            ):
                return _lines(_line(chunk, piece, bound), _line(chunk, piece, before), "part", "whole")
    return ()


def _year_before(question: Question, ask: Ask, finder: FigureFinder) -> tuple[Line, ...]:
    """粮食总产440亿斤、增产9亿斤 tells of the year before too: the level of the year after it and by how much it grew."""
    asked = min(
        (slot for slot in question.slots if slot.period),
        key=lambda s: s.period.first if s.period else 0,
        default=None,
    )
    if asked is None or asked.period is None:
        return ()
    year = asked.period.first + 1
    later = Slot(asked.region, Period(year, year, f"{year}年"))
    found = finder.find(later, ask)[:6]
    for candidate in found:
        if candidate.line.score < found[0].line.score - BEHIND:
            break  # another indicator
        folded = candidate.sentence.folded
        for level, change in _levels_and_changes(candidate.sentence):
            if candidate.reading.bound in (level, change) and candidate.line.covered >= STATED:
                piece, chunk = _piece_of(candidate.line), candidate.line.chunk
                down = re.search(r"减|降|下滑", change.own_text(folded)) is not None
                label = name_slot(question.language, None, later.period)
                return _lines(
                    replace(_line(chunk, piece, level), label=label),
                    replace(_line(chunk, piece, change), label=label),
                    "level",
                    "fell" if down else "grew",
                )
    return ()


def _start_of_year(slot: Slot, ask: Ask, finder: FigureFinder) -> tuple[Line, ...]:
    """余额37亿元，较年初新增7.61亿元 tells of the start of the year too; none where a report gives that itself."""
    for candidate in finder.find(slot, ask)[:6]:
        folded, own = candidate.sentence.folded, candidate.reading.bound
        if _START_ASKED.search(own.own_text(folded)) and not _SINCE_START.search(own.own_text(folded)):
            return ()
        for level, change in _levels_and_changes(candidate.sentence):
            words = change.own_text(folded)
            if own in (level, change) and candidate.line.covered >= STATED and _SINCE_START.search(words):
                piece, chunk = _piece_of(candidate.line), candidate.line.chunk
                down = re.search(r"减|降|下滑", words) is not None
                lines = _line(chunk, piece, level), _line(chunk, piece, change)
                return _lines(*lines, "level", "fell since start" if down else "grew since start")
    return ()


def _left(aims: str, slot: Slot, ask: Ask, finder: FigureFinder) -> tuple[Line, ...]:
    """全年目标300户 and 新增入规企业142户 in one sentence: what is aimed at or allowed, and how much of it there is."""
    for candidate in finder.find(slot, ask)[:6]:
        sentence = candidate.sentence
        named = [bound for bound in sentence.bounds if re.search(aims, bound.own_text(sentence.folded))]
        for aim in named:
            others = [
                bound
                for bound in sentence.bounds
                if bound not in named and bound.figure.unit == aim.figure.unit not in {*SHARES, *_NO_AMOUNTS}
            ]
            if others and others[0].figure.value < aim.figure.value:
                piece, chunk = _piece_of(candidate.line), candidate.line.chunk
                return _lines(_line(chunk, piece, aim), _line(chunk, piece, others[0]), "aim", "reached")
    return ()


def _levels_and_changes(sentence: Sentence) -> Iterator[tuple[Bound, Bound]]:
    """Figures of one thing side by side, how much it is and how much of it is new, in either order."""
    for first, second in _neighbours(sentence):
        units = first.figure.unit, second.figure.unit
        if second.bare and units in _POINTS and _CHANGED.search(second.own_text(sentence.folded)):
            yield first, second
        if not second.bare or units[0] != units[1] or units[0] in SHARES:
            continue
        tells = [aspects.told(bound, sentence.folded) for bound in (first, second)]
        if tells[0] in {Aspect.LEVEL, Aspect.TOTAL} and tells[1] is Aspect.ADDED:
            yield first, second
        elif (
            tells[0] is Aspect.ADDED and tells[1] is Aspect.TOTAL and first.figure.value < second.figure.value
        ):
            yield second, first


def _average(unit: str, slot: Slot, ask: Ask, finder: FigureFinder) -> tuple[Line, ...]:
    """项目103个，投资210亿元: how much for each."""
    for candidate in finder.find(slot, ask)[:6]:
        counts = [b for b in candidate.sentence.bounds if b.figure.unit == unit and b.figure.value > 1]
        sums = [b for b in candidate.sentence.bounds if b.figure.unit not in {unit, "", *SHARES}]
        if counts and sums:
            piece, chunk = _piece_of(candidate.line), candidate.line.chunk
            amount = min(sums, key=lambda b: abs(b.figure.start - counts[0].figure.start))
            return _lines(_line(chunk, piece, amount), _line(chunk, piece, counts[0]), "amount", "count")
    return ()


def _whole(finder: FigureFinder) -> tuple[Line, ...]:
    """累计43家，占全省35.54% tells how many there are in all."""
    for chunk, piece, sentence in finder.sentences():
        for before, bound in _neighbours(sentence):
            if (
                bound.figure.unit == "%"
                and aspects.told(bound, sentence.folded) is Aspect.SHARE
                and "占" in bound.own_text(sentence.folded)
                and before.figure.unit not in {*SHARES, "", "年", "月", "日"}
                and bound.bare
                and finder.names(sentence.folded[before.figure.start : before.figure.end])
            ):
                return _lines(_line(chunk, piece, before), _line(chunk, piece, bound), "part", "share")
    return ()


def _neighbours(sentence: Sentence) -> Iterator[tuple[Bound, Bound]]:
    return zip(sentence.bounds, sentence.bounds[1:], strict=False)


def _line(chunk: Chunk, piece: Piece, bound: Bound) -> Line:
    """A line for a figure that was found by its place in a sentence."""
    reading = Reading(bound, 0.0, 0.0, 1.0, Aspect.LEVEL)
    span = cite(piece, reading.bound)
    period, _ = told_period(piece.text, bound, chunk)
    return Line(
        chunk,
        span.start,
        span.end,
        0.0,
        show(piece.text, reading.bound),
        around=piece.text,
        figure=bound.figure,
        period=period,
        of_row=is_row(piece, chunk),
    )


def _piece_of(line: Line) -> Piece:
    """The sentence that a line stands in, with its place in the passage; of a row of a table what it tells."""
    if line.of_row:
        return Piece(line.around, line.start, line.end)
    start = line.chunk.text.find(line.around)
    return Piece(line.around, start, start + len(line.around))


def _lines(first: Line, second: Line, role: str, other: str) -> tuple[Line, ...]:
    return (replace(first, role=role), replace(second, role=other))
