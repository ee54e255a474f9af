"""A row of the table of indicators, and what its cells may hold."""

from dataclasses import dataclass
from decimal import Decimal

from rag.answering.slots.aspects import Aspect, Outcome
from rag.types import Period, Region, Span


@dataclass(frozen=True, slots=True)
class Row:
    """A figure as its sentence tells it; a cell that the words do not settle is empty or None.

    `value` is the figure exactly as told, without the words that make it inexact (`qualifier`: 左右, 以上); `number` is
    its value in single `unit`s (1.2万亿元 is 1200000000000 元) and `upper` the other end of a range. `aspect` is what of the
    indicator it tells and `change` the word for how it moved (增长, 下降). `span` holds the figure, `sentence` the
    sentence around it and `repeats` the spans where the same is told again. `id` is its place in the order of the files.
    """

    id: int
    indicator: str
    value: str
    number: Decimal | None
    upper: Decimal | None
    unit: str
    aspect: Aspect
    change: str
    region: Region | None
    period: Period | None
    outcome: Outcome | None
    qualifier: str
    span: Span
    sentence: Span
    title: str
    repeats: tuple[Span, ...] = ()

    @property
    def told(self) -> str:
        """The figure with what makes it inexact, before or after it as reports write it: 近30%, 63.1%以上."""
        after = self.qualifier.startswith(_AFTER)
        return f"{self.value}{self.qualifier}" if after else f"{self.qualifier}{self.value}"

    @property
    def falls(self) -> bool:
        """Whether it tells by how much something went down, so that its number counts below zero."""
        return bool(self.change) and any(sign in self.change for sign in FALLING)

    @property
    def signed(self) -> Decimal | None:
        """The number, below zero where it tells a fall."""
        if self.number is None or not self.falls or self.number < 0:
            return self.number
        return -self.number


_AFTER = ("以", "左右", "上下", "之内")
FALLING = ("降", "减", "跌", "落", "缩", "低", "滑")
"""Characters of the words for a fall: 下降, 减少, 回落, 压缩."""
