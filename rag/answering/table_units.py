"""The units of a table's figures: in brackets behind a name, in a line beside the table (单位：万元), for one kind of figure or for all."""

import re
from dataclasses import dataclass

from rag.answering.figures import find_figures
from rag.answering.units import UNITS, measure
from rag.text import fold

AFTER_UNIT = re.compile(r"[\u4e00-\u9fff/]{0,4}")
"""What may follow a unit: 万吨标准煤, 元/人."""
_BRACKETED = re.compile(r"[(（](?:计量)?(?:单位\s*[:：]\s*)?(?P<unit>[^()（）:：]{1,12})[)）]")
# 单位：公顷；%, 面积单位：亩: the units, and the figures that they are of where the words before tell.
_LISTED = re.compile(
    r"(?P<of>[\u4e00-\u9fff]{0,8}?)(?:计量)?单位\s*[:：]\s*(?P<units>(?:(?![;；,，]\s*[\u4e00-\u9fff]*单位)[^\s|)）])+)"
)
_BETWEEN = re.compile(r"[、;；,，]|[和或及]")
# Units that count nothing where more stands behind them: 县水务局, 年末数.
_NO_UNITS = frozenset("国省市县区镇乡村街部所处局级年月日")
# What measures the figures of a name; a counter stands in it (起数).
_MEASURED: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (re.compile(r"面积"), frozenset({"land"})),
    (re.compile(r"机构|企业|公司"), frozenset({"家"})),
    (
        re.compile(r"人口|人数|人次|人员|游客|旅客|就业|接待|职工|学生|在校生|教师|居民数"),
        frozenset({"people", "人次"}),
    ),
    (
        re.compile(r"资金|投资|损失|收入|支出|金额|产值|费|总额|增加值|gdp|生产总值|税|余额|预算|决算|元"),
        frozenset({"yuan", "dollar"}),
    ),
    (re.compile(r"蓄积|水量|库容|用水"), frozenset({"volume"})),
    (re.compile(r"产量|重量|排放"), frozenset({"mass"})),
    (re.compile(r"里程|长度"), frozenset({"length"})),
)


@dataclass(frozen=True, slots=True)
class Units:
    """What stands beside a table of its units: those `listed` for all its figures, and those `named` for some."""

    listed: tuple[str, ...]
    named: tuple[tuple[str, str], ...]

    def of(self, head: str, row: str, *, is_share: bool) -> str:
        """The unit of a level or a share by the names of its column and row; empty where several may be meant."""
        named = next((unit for of, unit in self.named if (head or row).endswith(of[-2:])), "")
        if named and not is_share:
            return named
        shares = [unit for unit in self.listed if fold(unit) in {"%", "‰"}]
        levels = [unit for unit in self.listed if unit not in shares]
        if is_share or not levels:
            return next(iter(shares), "")
        if len(levels) == 1:
            return levels[0]
        return next((unit for name in (head, row) for unit in levels if _measures(unit, name)), "")


def read_units(around: str, caption: str) -> Units:
    """The units told beside a table (单位：人、%), else in the last brackets of its caption (（元）)."""
    listed: list[str] = []
    named: list[tuple[str, str]] = []
    for match in _LISTED.finditer(around):
        units = [unit for each in _BETWEEN.split(match["units"]) for unit in _parts(each)]
        if len(match["of"]) > 1 and units:
            named.append((match["of"], units[0]))
        else:
            listed += units
    lines = caption.strip(" \n*").splitlines()
    last = find_unit(lines[-1]) if lines and not (listed or named) else None
    if last and lines[-1].endswith(last[0]):
        listed.append(last["unit"])
    return Units(tuple(dict.fromkeys(listed)), tuple(named))


def find_unit(words: str) -> re.Match[str] | None:
    """The first pair of brackets that holds a unit: 粮食产量（万吨）, 收费金额（单位：万元）."""
    return next((match for match in _BRACKETED.finditer(words) if is_unit_name(match["unit"])), None)


def is_unit_name(words: str) -> bool:
    """Whether words in brackets are a unit that figures are told in (亿元, %, 万人)."""
    folded = fold(words)
    if folded in {"%", "‰", *UNITS}:
        return True
    figures = find_figures("1" + folded)
    if len(figures) != 1 or not figures[0].unit or figures[0].unit in _NO_UNITS:
        return False
    return AFTER_UNIT.fullmatch(folded, figures[0].end - 1) is not None


def _parts(words: str) -> list[str]:
    """The units of 微克/立方米, which is one, and of 人/%, which are two."""
    words = words.strip()
    return [words] if is_unit_name(words) else [each for each in words.split("/") if is_unit_name(each)]


def _measures(unit: str, name: str) -> bool:
    """Whether figures of a name are told in a unit: the last word of it that says decides (接待游客收入)."""
    figures = find_figures("1" + fold(unit))
    bare = figures[0].unit if figures else ""
    words = [(match.end(), kinds) for pattern, kinds in _MEASURED for match in pattern.finditer(fold(name))]
    told = max(words, key=lambda word: word[0])[1] if words else frozenset()
    return measure(bare)[0] in told or (bool(bare) and f"{bare}数" in name)
