"""The headings above a passage: their order of depth, and the headings that stand inside paragraphs.

Besides lines of their own, headings are first sentences: （一）经济运行回升向好。, **一是**…, 制造业提质增效。
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.corpus.lines import RANKS, numbering
from rag.corpus.periods import heading_kind
from rag.types import Kind, Period

_FIRST_SENTENCE = re.compile(
    r"([^。！？：:\n]{1,60}?)(?:[。！？](?=.)|(?<=[\u4e00-\u9fff])[.．](?=[\u4e00-\u9fff])|[：:](?=.{16}))"
)
_FIRST_CLAUSE = re.compile(r"[^，。；：！？,;:\n]{1,40}")
_LEAD_IN = re.compile(
    r"(?![我你他她它这那该其去今当据各在为])((?:“[^”\n]{1,14}”|[^。！？：:；“”，,\d\n])+(?:，(?:“[^”\n]{1,14}”|[^。！？：:；“”，,\d\n]){2,16})?)。"
)
_LONGEST_LEAD_IN, _SHORTEST_REST = 34, 20
_BOLD_LEAD = re.compile(r"\*\*([^*\r\n]{2,40})\*\*")
_ITEM = re.compile(r"(?:(?<=[。；：！？;:])|\A)[ 　]*(?:\*\*)?([一二三四五六七八九十])(?:是|要)(?!否)")
_HAN_DIGITS = "一二三四五六七八九十"
_UNDER_MARKDOWN, _UNDER_BOLD, _UNDER_LEAD = 0.25, 0.5, 0.75
ITEM_RANK = float(RANKS["first_of_all"])


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as shown; `level` is its Markdown level or 0, `rank` its depth (see lines.RANKS).

    `alone` where it is a line of its own, so that all text below is its own until the next heading.
    """

    text: str
    level: int
    rank: float
    period: Period | None = None
    kind: Kind | None = None
    alone: bool = False


class Path:
    """The headings above the current place, outermost first."""

    def __init__(self) -> None:
        self.headings: tuple[Heading, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """The headings as shown."""
        return tuple(heading.text for heading in self.headings)

    def enter(self, heading: Heading) -> None:
        """Goes below `heading`, leaving those as deep or deeper.

        A heading that says nothing of time or kind goes on with the plan of the heading before it: what follows
        2024年工作安排 at the same depth is planned too.
        """
        kept = list(self.headings)
        left: Heading | None = None
        while kept and _is_left(kept[-1], heading):
            left = kept.pop()
        if (
            left
            and left.rank == heading.rank
            and left.kind is Kind.PLAN
            and not (heading.kind or heading.period)
        ):
            heading = replace(heading, kind=left.kind, period=left.period)
        self.headings = (*kept, heading)

    def leave(self, rank: float) -> None:
        """Leaves the headings of that rank and deeper that are no Markdown headings."""
        self.headings = tuple(heading for heading in self.headings if heading.level or heading.rank < rank)

    def leave_run_ins(self) -> None:
        """Leaves lead-ins, bold beginnings and items: a paragraph without one stands below numbered headings only."""
        self.headings = tuple(h for h in self.headings if h.alone or (h.rank % 1 == 0 and h.rank < ITEM_RANK))

    def depth_below(self, step: float, level: int = 0) -> float:
        """The rank of an unnumbered heading: just below the numbered, or the higher Markdown, heading above it."""
        above = [
            h
            for h in self.headings
            if (0 < h.level < level if level else h.rank % 1 < step and h.rank < ITEM_RANK)
        ]
        return (
            int(above[-1].rank) + step if above and not level else (above[-1].rank if above else -1.0) + step
        )

    def rank_of_part(self, rank: float) -> float:
        """The rank of a plain heading that sets a kind (2024年工作安排): that of the one before it, else `rank`."""
        parts = (h.rank for h in self.headings if h.alone and not h.level and h.rank % 1 and h.kind)
        return next(parts, rank)


def _is_left(above: Heading, entered: Heading) -> bool:
    """Whether a heading ends what stands below `above`; numbers decide among headings of one Markdown level."""
    if above.rank >= entered.rank:
        return True
    if above.level == entered.level and above.rank % 1 == 0 and entered.rank % 1 == 0:
        return False
    return 0 < entered.level <= above.level


def own_line(text: str, level: int, path: Path) -> Heading:
    """The heading that a line by itself makes."""
    shown = text.rstrip("。：:．. ")
    number = numbering(text)
    if number is not None:
        return Heading(shown, level, float(RANKS[number.style]), alone=True)
    step = _UNDER_MARKDOWN if level else _UNDER_BOLD
    rank = path.depth_below(step, level)
    if not level and heading_kind(text) is not None:
        rank = path.rank_of_part(rank)
    return Heading(shown, level, rank, alone=True)


def run_in(shown: str, raw: str, path: Path, leads: bool) -> Heading | None:
    """The heading that the first words of a paragraph make, if they make one.

    A numbered beginning always does (its first sentence when that is short, else its first clause); bold words
    do; a short first sentence does where the paragraphs around it (`leads`) begin so too.
    """
    number = numbering(shown)
    if number is not None:
        if number.style == "first_of_all":
            return item_heading(shown)
        match = _FIRST_SENTENCE.match(shown) or _FIRST_CLAUSE.match(shown)
        return Heading(
            (match[1] if match and match.re is _FIRST_SENTENCE else match[0]) if match else shown[:40],
            0,
            float(RANKS[number.style]),
        )
    bold = _BOLD_LEAD.match(raw)
    if bold:
        return Heading(bold[1].strip("。：: "), 0, path.depth_below(_UNDER_BOLD))
    if leads and (lead := lead_in(shown)):
        return Heading(lead, 0, path.depth_below(_UNDER_LEAD))
    return None


def lead_in(shown: str) -> str | None:
    """The short first sentence of a longer paragraph, without its full stop: 制造业提质增效."""
    match = _LEAD_IN.match(shown)
    if not match or match.end() > _LONGEST_LEAD_IN or len(shown) - match.end() < _SHORTEST_REST:
        return None
    return match[1]


def leading(texts: Sequence[str]) -> list[bool]:
    """For each paragraph of a stretch without headings, whether its lead-in counts: where two or more have one."""
    found = [lead_in(text) is not None for text in texts]
    enough = sum(found) >= 2 and 2 * sum(found) >= len(found)
    return [enough and has for has in found]


def items(raw: str) -> list[int]:
    """Where 一是, 二是, 三是 begin in a paragraph; empty unless they count up from one, or one begins it."""
    starts: list[int] = []
    wanted = 1
    if "是" not in raw and "要" not in raw:
        return starts
    for match in _ITEM.finditer(raw):
        value = _HAN_DIGITS.index(match[1]) + 1
        if match.start() == 0:
            wanted = value
        if value == wanted:
            starts.append(match.start())
            wanted += 1
    return starts if len(starts) > 1 or starts[:1] == [0] else []


def item_heading(shown: str) -> Heading:
    """The heading of one item: its first clause, 一是深入打好污染防治攻坚战."""
    match = _FIRST_CLAUSE.match(shown)
    return Heading(match[0].strip() if match else shown[:40], 0, ITEM_RANK)
