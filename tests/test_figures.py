from decimal import Decimal

import pytest

from rag.answering.figures import find_figures, parse_chinese
from rag.text import fold


@pytest.mark.parametrize(
    ("text", "value", "unit", "bound"),
    [
        ("吸引人才14.7万名", "147000", "名", ""),
        ("增长5.0%左右", "5.0", "%", "左右"),
        ("PM2.5平均浓度29微克/立方米", "29", "微克/立方米", ""),
        ("增加值突破1.2万亿元", "1200000000000", "元", "突破"),
        ("三十六个", "36", "个", ""),
        ("同比上升4.4个百分点", "4.4", "个百分点", ""),
        ("固定资产投资-5.9%", "-5.9", "%", ""),
        ("6万余辆", "60000", "辆", "余"),
        ("金额１,２３４.５亿元", "123450000000", "元", ""),
    ],
)
def test_value_unit_and_bound(text: str, value: str, unit: str, bound: str) -> None:
    [figure] = find_figures(fold(text))
    assert (figure.value, figure.unit, figure.bound) == (Decimal(value), unit, bound)


def test_figures_of_a_series_keep_their_order_and_place() -> None:
    text = "分别增长4.0%、6.0%左右"
    assert [text[f.start : f.end] for f in find_figures(text)] == ["4.0%", "6.0%左右"]


def test_a_number_inside_a_name_is_no_figure() -> None:
    assert find_figures(fold("G60科创走廊、PM2.5")) == ()


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("三十六", 36),
        ("十二", 12),
        ("一千零五", 1005),
        ("二〇二三", 2023),
        ("两亿三千万", 230_000_000),
        ("三万二千", 32_000),
    ],
)
def test_chinese_numerals(numeral: str, value: int) -> None:
    assert parse_chinese(numeral) == value
