"""Years and words for years; results, plans, estimates and sums."""

import pytest

from rag.corpus.periods import (
    dominant_kind,
    find_periods,
    heading_kind,
    heading_period,
    opening_period,
    statement_kind,
    statement_period,
    years,
)
from rag.types import Block, Form, Kind, Period


def block(period: Period | None, kind: Kind) -> Block:
    return Block(0, 9, Form.PARAGRAPH, (), period, kind)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("2023年工作回顾", [("2023年", 2023, 2023)]),
        ("２０２３年度", [("２０２３年度", 2023, 2023)]),
        ("二〇二三年和二零二四年", [("二〇二三年", 2023, 2023), ("二零二四年", 2024, 2024)]),
        ("2018—2022年长江经济带", [("2018—2022年", 2018, 2022)]),
        ("2021-2025年", [("2021-2025年", 2021, 2025)]),
        ("2019年至2021年", [("2019年至2021年", 2019, 2021)]),
        ("2021年以来", [("2021年以来", 2021, 2023)]),
        ("“十四五”时期", [("“十四五”", 2021, 2025)]),
        ("十三五期间", [("十三五", 2016, 2020)]),
        ("过去五年和未来五年", [("过去五年", 2019, 2023), ("未来五年", 2024, 2028)]),
        ("五年来", [("五年来", 2019, 2023)]),
        ("一年来", [("一年来", 2023, 2023)]),
        ("刚刚过去的一年", [("刚刚过去的一年", 2023, 2023)]),
        ("近三年", [("近三年", 2021, 2023)]),
        (
            "今年、去年、前年、明年",
            [("今年", 2024, 2024), ("去年", 2023, 2023), ("前年", 2022, 2022), ("明年", 2025, 2025)],
        ),
        ("七普和第六次全国人口普查", [("七普", 2020, 2020), ("第六次全国人口普查", 2010, 2010)]),
        ("第五次全国经济普查", [("第五次全国经济普查", 2023, 2023)]),
        ("第三次普查、四普惠、八五普法、五普快餐", []),
        ("in 2023?", [("2023", 2023, 2023)]),
        ("比上年增长", []),
        ("三年行动", []),
        ("投资2000亿元，新增2023个，占2021.5", []),
        ("", []),
    ],
)
def test_find_periods(text: str, named: list[tuple[str, int, int]]) -> None:
    assert [(text[m.start : m.end], m.period.first, m.period.last) for m in find_periods(text, 2024)] == named


def test_words_for_years_need_the_year_of_the_report() -> None:
    assert find_periods("今年、去年、过去五年、未来五年、一年来", None) == ()
    assert [m.period for m in find_periods("2021年以来", None)] == [Period(2021, 2021, "2021年")]
    assert [m.relative for m in find_periods("2023年和去年", 2024)] == [False, True]


@pytest.mark.parametrize(
    ("heading", "period", "kind"),
    [
        ("一、2023年工作回顾", "2023年", Kind.RESULT),
        ("二、2024年工作安排", "2024年", Kind.PLAN),
        ("一、2022年及过去五年国家生态文明试验区建设情况", "2022年", Kind.RESULT),
        ("二、关于2023年及未来五年总体思路和工作安排", "2023年", Kind.PLAN),
        ("2023年国民经济和社会发展计划执行情况", "2023年", Kind.RESULT),
        ("下一步打算", None, Kind.PLAN),
        ("三、全面加强政府自身建设", None, None),
    ],
)
def test_headings(heading: str, period: str | None, kind: Kind | None) -> None:
    found = heading_period(heading, 2024 if "2024" in heading else 2023)
    assert (found.label if found else None, heading_kind(heading)) == (period, kind)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2024年是新中国成立75周年", "2024年"),
        ("各位代表！五年来，在全省上下共同努力下", "2019—2023年"),
        ("未来五年是关键期。2023年重点抓好", "2024—2028年"),
        ("一年来，省人大常委会高度重视", "2023年"),
        ("南昌市于2022年建成", None),
        ("2020年至2023年，用电量分别为3亿、4亿、5亿和6亿千瓦时。单耗下降2%。", None),
    ],
)
def test_what_a_paragraph_opens_with(text: str, period: str | None) -> None:
    found = opening_period(text, 2024)
    assert (found.label if found else None) == period


@pytest.mark.parametrize(
    ("sentence", "period"),
    [
        ("全市生产总值增长4.1%", "2023年"),
        ("2018—2022年警示片披露的问题完成整改", "2018—2022年"),
        ("旅游人次恢复到2019年水平", "2023年"),
        ("比2022年增长5%", "2023年"),
        ("出台《规划纲要（2021—2035年）》", "2023年"),
        ("上年为3.2%", "2022年"),
        ("去年新增就业1178人", "2023年"),
        ("到2025年建成投产", "2025年"),
    ],
)
def test_statement_period(sentence: str, period: str) -> None:
    found = statement_period(sentence, block(years(2023), Kind.RESULT), 2024)
    assert found is not None
    assert found.label == period


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("数字经济增加值有望突破1.2万亿元", Kind.ESTIMATE),
        ("全市地区生产总值预计增长4.0%左右", Kind.ESTIMATE),
        ("累计筹集流域补偿资金295.48亿元", Kind.CUMULATIVE),
        ("新增小巨人企业56家、总数达255家", Kind.CUMULATIVE),
        ("力争新增3家以上上市公司", Kind.PLAN),
        ("2024年，该县将持续聚焦", Kind.PLAN),
        ("主要预期目标是增长5%", Kind.PLAN),
        ("超额完成人工造林目标任务", Kind.RESULT),
        ("将资源优势转化为经济优势", Kind.RESULT),
    ],
)
def test_statement_kind(sentence: str, kind: Kind) -> None:
    assert statement_kind(sentence, block(years(2023), Kind.RESULT)) is kind


def test_a_plan_stays_a_plan_and_a_note_a_note() -> None:
    assert statement_kind("累计达到100家", block(years(2024), Kind.PLAN)) is Kind.PLAN
    assert statement_kind("预计增长", block(None, Kind.NOTE)) is Kind.NOTE


def test_dominant_kind() -> None:
    assert (
        dominant_kind(
            "全年新增就业6万人，增长3%，创历史新高。累计建成基站1.9万个，覆盖所有乡镇。", Kind.RESULT
        )
        is Kind.RESULT
    )
    assert (
        dominant_kind("预计全市规上工业营业收入突破6500亿元。预计新增参保企业6.27万户。", Kind.RESULT)
        is Kind.ESTIMATE
    )
    assert dominant_kind("街道组织座谈会，听取居民意见和建议。", None) is Kind.NARRATIVE
    assert dominant_kind("街道举办招聘会，提供岗位723个，达成意向16人。", None) is Kind.RESULT
