"""The months of a year that a question asks for and a figure tells of: 1-5月, 上半年, 三季度, 9月当月."""

import re

Months = tuple[int, int]
"""The first and the last month."""

_COUNTS = {
    **{han: n for n, han in enumerate("一二三四五六七八九", start=1)},
    **{str(n): n for n in range(1, 13)},
}
_COUNT = r"[一二三四五六七八九]|\d{1,2}"
_MONTHS = re.compile(
    rf"(?P<half>[上下])半年"
    rf"|(?:前|一至|1[-—–至到])(?P<quarters>[二三23])个?季度"
    rf"|(?:第?(?P<quarter>[一二三四1-4])|(?P<named>首|末))季度"
    rf"|(?<![\d.])(?P<first>\d{{1,2}})月?[-—–~至到]{{1,2}}(?P<last>\d{{1,2}})月(?!\d)"
    rf"|[前头](?P<so_many>{_COUNT})个?月"
    rf"|(?<![\d.年])(?P<one>\d{{1,2}})月(?:份(?!起)|当月|单月)"
)
# What a figure is only compared with: 比1-8月加快0.2个百分点, 降幅比上半年收窄.
_COMPARED = re.compile(r"(?:比|较|与|同|于)(?:去年|上年|今年)?$")
# Characters within which a sentence says of which months it is.
_OPENING = 12
VERY_MONTHS = 0.1
"""What the very months asked for count. Set by hand, not tuned."""


def find_months(folded: str) -> list[tuple[int, Months]]:
    """Where a folded text names months, but for those that it only compares with, and which."""
    return [
        (match.end(), months)
        for match in _MONTHS.finditer(folded)
        if not _COMPARED.search(folded[: match.start()]) and (months := _read(match)) is not None
    ]


def _read(match: re.Match[str]) -> Months | None:
    if match["half"]:
        return (1, 6) if match["half"] == "上" else (7, 12)
    if match["quarters"]:
        return 1, 3 * _COUNTS[match["quarters"]]
    if match["quarter"] or match["named"]:
        quarter = _COUNTS[match["quarter"]] if match["quarter"] else 1 if match["named"] == "首" else 4
        return 3 * quarter - 2, 3 * quarter
    if match["so_many"]:
        return _within(1, _COUNTS.get(match["so_many"], 0))
    if match["one"]:
        return _within(int(match["one"]), int(match["one"]))
    return _within(int(match["first"]), int(match["last"]))


def _within(first: int, last: int) -> Months | None:
    return (first, last) if 1 <= first <= last <= 12 else None


def fit_months(asked: str, told: str, around: str) -> float | None:
    """How the months told suit those asked for, 0 where either is open; None where others are told.

    All texts are folded: the question's part, the sentence up to the figure, and its headings, title first. Months named
    last since a semicolon count, else those that the sentence begins with, else those of the nearest heading.
    """
    wanted = {months for _, months in find_months(asked)}
    if not wanted:
        return 0.0
    said, above = find_months(told), find_months(around)
    since = 1 + max(told.rfind(mark) for mark in ";；。")
    own = [each for each in said if each[0] > since] or [each for each in said[:1] if each[0] <= _OPENING]
    named = own or above
    if not named:
        return 0.0
    return VERY_MONTHS if named[-1][1] in wanted else None
