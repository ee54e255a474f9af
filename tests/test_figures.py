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


@pytest.mark.parametrize(
    ("text", "value", "upper", "unit"),
    [
        ("增长3%—5%", "3", "5", "%"),
        ("10至15家", "10", "15", "家"),
        ("投入3—5万元", "30000", "50000", "元"),
        ("1-11月", "1", "11", "月"),
        ("三五个", "3", "5", "个"),
    ],
)
def test_the_ends_of_a_range_are_one_figure(text: str, value: str, upper: str, unit: str) -> None:
    [figure] = find_figures(fold(text))
    assert (figure.value, figure.upper, figure.unit) == (Decimal(value), Decimal(upper), unit)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("六成", "60%"),
        ("四分之一", "25%"),
        ("百分之五点三", "5.3%"),
        ("一半", "50%"),
        ("300亩", "20公顷"),
        ("439.7亿斤", "2198.5万吨"),
        ("十二条", "12条"),
        ("1.2万亿元", "12000亿元"),
        ("第二位", "第2位"),
    ],
)
def test_the_same_said_otherwise(one: str, other: str) -> None:
    [first], [second] = find_figures(fold(one)), find_figures(fold(other))
    assert first.amount == second.amount


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("4.4%", "4.4个百分点"),
        ("5元", "5美元"),
        ("第2位", "2位"),
        ("3%—5%", "3%"),
        ("36个", "36家"),
        ("5微克/立方米", "5毫克/立方米"),
    ],
)
def test_what_is_not_the_same(one: str, other: str) -> None:
    [first], [second] = find_figures(fold(one)), find_figures(fold(other))
    assert first.amount != second.amount


@pytest.mark.parametrize(
    ("text", "sense"),
    [
        ("约30家", "~"),
        ("30家左右", "~"),
        ("84%以上", ">"),
        ("突破万亿元", ">"),
        ("近三分之一", "<"),
        ("6000多名", ">"),
        ("5%以内", "<"),
        ("达5%", ""),
    ],
)
def test_how_inexact_a_figure_is(text: str, sense: str) -> None:
    [figure] = find_figures(fold(text))
    assert figure.sense == sense


@pytest.mark.parametrize("text", ["万元GDP能耗", "5G基站", "零的突破", "千方百计", "十四五规划"])
def test_what_counts_nothing_is_no_figure(text: str) -> None:
    assert find_figures(fold(text)) == ()
