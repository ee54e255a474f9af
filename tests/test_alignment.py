"""Every indicator of an invented report with every figure of its span: only its own is proven."""

import random
from itertools import permutations

import pytest

from rag.answering.verification.evidence import Evidence
from rag.answering.verification.verifying import verify
from rag.mentions import Coverage
from rag.question import understand
from rag.types import Level, Period, Region

COUNTY = Region(("云南省", "大理白族自治州", "祥云县"), Level.COUNTY)
Y2023 = Period(2023, 2023, "2023年")
COVERAGE = Coverage((COUNTY,), 2022, 2024, 2024)
SHARES = (
    "地区生产总值",
    "规模以上工业增加值",
    "固定资产投资",
    "社会消费品零售总额",
    "一般公共预算收入",
    "进出口总额",
)
COUNTS = ("幼儿园", "公共厕所", "停车场", "农贸市场", "充电站", "社区食堂")

# How a report tells of three indicators; a pair of braces for each, then one for each figure where it is a series.
TOLD = (
    "{0}增长{3}，{1}增长{4}，{2}增长{5}",
    "{0}增长{3}、{1}增长{4}、{2}增长{5}",
    "{0}、{1}、{2}分别增长{3}、{4}、{5}",
    "{0}、{1}和{2}分别增长{3}、{4}和{5}",
    "全年{0}增长{3}左右，其中{1}增长{4}，{2}增长{5}",
)
COUNTED = (
    "新建{0}{3}、{1}{4}、{2}{5}",
    "新建改造{0}{3}，{1}{4}，{2}{5}",
    "建成{3}{0}、{4}{1}、{5}{2}",
)
SAID = ("{0}增长{1}[1]", "2023年{0}增长{1}[1]", "祥云县{0}增速为{1}[1]。", "2023年：全县{0}增长了{1}[1]")
SAID_OF_COUNTS = ("新建{0}{1}[1]", "{0}{1}[1]", "2023年祥云县建成{0}共{1}[1]。")


def proven(answer: str, span: str) -> bool:
    evidence = [Evidence(1, span, COUNTY, Y2023)]
    return not verify(answer, evidence, understand("祥云县2023年的情况怎么样？", COVERAGE)).problems


def misread(told: tuple[str, ...], said: tuple[str, ...], names: tuple[str, ...], unit: str) -> list[str]:
    """Answers whose proof is wrong: an own figure refused, or another's let pass."""
    rng = random.Random(7)
    wrong = []
    for words in permutations(names, 3):
        figures = [f"{value}{unit}" for value in rng.sample(range(11, 99), 3)]
        span, answer = rng.choice(told).format(*words, *figures), rng.choice(said)
        for place, name in enumerate(words):
            for other, figure in enumerate(figures):
                shown = answer.format(name, figure)
                if proven(shown, span) is not (place == other):
                    wrong.append(f"{shown} <- {span}")
    return wrong


@pytest.mark.parametrize(
    ("told", "said", "names", "unit"),
    [(TOLD, SAID, SHARES, "%"), (COUNTED, SAID_OF_COUNTS, COUNTS, "个")],
    ids=["shares", "counts"],
)
def test_a_figure_is_proven_for_its_own_indicator_only(
    told: tuple[str, ...], said: tuple[str, ...], names: tuple[str, ...], unit: str
) -> None:
    assert misread(told, said, names, unit) == []
