"""The rows of the table of indicators: each cell against the sentence or table that tells it."""

import threading
from dataclasses import replace
from decimal import Decimal

import pytest

from rag.answering.figures import find_figures
from rag.answering.slots.aspects import Aspect, Outcome
from rag.assistant import Assistant
from rag.current import Current
from rag.indicators.choosing import OPEN, Choice, Order, choose
from rag.indicators.extraction import Extraction, extract
from rag.indicators.kept import Kept
from rag.indicators.row import Row
from rag.indicators.sifting import Left
from rag.types import Article, Block, Chunk, Document, Form, Kind, Level, Period, Region

PROVINCE = Region(("江西省",), Level.PROVINCE)
CITY = Region(("江西省", "南昌市"), Level.CITY)
Y2023, Y2024 = Period(2023, 2023, "2023年"), Period(2024, 2024, "2024年")


def passage(text: str, kind: Kind = Kind.RESULT, **fields: object) -> Chunk:
    """A passage that is a whole file, of a city's report of January 2024 on 2023 unless `fields` say otherwise."""
    values: dict[str, object] = {
        "id": 0,
        "file": "a.txt",
        "start": 0,
        "end": len(text),
        "text": text,
        "title": "政府工作报告",
        "section": ("2023年工作回顾",),
        "region": CITY,
        "period": Y2023,
        "kind": kind,
        "date": "2024-01-15",
    }
    return Chunk(**values | fields)  # type: ignore[arg-type]


def document(chunk: Chunk) -> Document:
    block = Block(0, len(chunk.text), Form.PARAGRAPH, chunk.section, chunk.period, chunk.kind)
    article = Article(
        chunk.title, None, None, chunk.date, chunk.region, ((0, len(chunk.text)),), (block,), ()
    )
    return Document(chunk.file, chunk.text, "0" * 64, (), (), (article,))


def read(*chunks: Chunk) -> Extraction:
    documents = {chunk.file: document(chunk) for chunk in chunks}
    return extract(chunks, documents.__getitem__)


def rows(text: str, kind: Kind = Kind.RESULT, **fields: object) -> tuple[Row, ...]:
    return read(passage(text, kind, **fields)).rows


def told(row: Row) -> tuple[str, str, str, str]:
    return row.indicator, row.qualifier, row.value, row.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("森林覆盖率稳定在63.1%。", [("森林覆盖率", "", "63.1%", "%")]),
        ("全市技术合同成交额突破360亿元。", [("技术合同成交额", "突破", "360亿元", "元")]),
        ("打造8个区域性养老服务中心。", [("打造区域性养老服务中心", "", "8个", "个")]),
        ("全年新增国家级绿色园区8家、居全国第3位。", [("国家级绿色园区", "", "8家", "家"), ("国家级绿色园区", "", "第3位", "位")]),
        ("水路货运周转量增速排名全国第2位。", [("水路货运周转量增速", "", "第2位", "位")]),
        ("信访工作连续6年全国优秀。", [("信访工作连续全国优秀", "", "6年", "年")]),
        ("限期整改的49个问题已完成36个。", [("限期整改的问题", "", "49个", "个"), ("限期整改的问题已完成", "", "36个", "个")]),
        ("建成停车场125个，新增泊位13888个。", [("建成停车场", "", "125个", "个"), ("泊位", "", "13888个", "个")]),
        ("补偿标准分别提高到每亩35元。", [("补偿标准", "每亩", "35元", "元")]),
        ("10家企业入选中国农企500强。", [("企业入选中国农企500强", "", "10家", "家")]),
        ("带动150余户农户增收。", [("带动农户增收", "余", "150余户", "户")]),
    ],
)  # fmt: skip
def test_indicator_qualifier_value_and_unit(text: str, expected: list[tuple[str, str, str, str]]) -> None:
    assert [told(row) for row in rows(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "投资80亿元的电厂二期加快推进。",
        "两项指标均居中部6省第1位。",
        "联合15家国家级、省级高端智库共建联盟。",
        "总投资1.57万亿元。",
        "交通健康指数在全国36个重点城市中位居前列。",
    ],
)
def test_words_that_do_not_settle_the_indicator_leave_it_blank(text: str) -> None:
    assert {row.indicator for row in rows(text)} == {""}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("会议于2月3日召开。", Left.DATE),
        ("实施未来产业三年行动。", Left.DURATION),
        ("坚定捍卫“两个确立”。", Left.NAME),
        ("紧盯世界500强企业。", Left.NAME),
        ("召开第十四届人民代表大会。", Left.ORDER),
        ("培养一批技能人才。", Left.WORD),
        ("走访60岁以上老年人。", Left.THRESHOLD),
    ],
)
def test_dates_names_and_words_have_no_row(text: str, why: Left) -> None:
    extraction = read(passage(text))
    assert extraction.rows == ()
    assert set(extraction.left) == {why}
    assert extraction.figures == extraction.left.total()


def test_series_goes_to_its_items() -> None:
    found = rows("城乡居民人均可支配收入分别增长4.0%、6.0%左右。")
    assert [(row.indicator, row.value, row.qualifier, row.change) for row in found] == [
        ("城镇居民人均可支配收入", "4.0%", "", "增长"),
        ("农村居民人均可支配收入", "6.0%", "左右", "增长"),
    ]
    assert {row.aspect for row in found} == {Aspect.CHANGE}


def test_number_counts_single_units_and_a_fall_counts_below_zero() -> None:
    level, fall = rows("财政收入1.2万亿元，下降5.9%。")
    assert (level.number, level.unit, level.falls) == (Decimal("1200000000000"), "元", False)
    assert (fall.indicator, fall.change, fall.signed) == ("财政收入", "下降", Decimal("-5.9"))


def test_scale_after_the_word_for_more() -> None:
    [figure] = find_figures("年产值达300余万元")
    assert (figure.value, figure.unit, figure.bound) == (Decimal(3_000_000), "元", "余")


def test_added_and_total_hold_of_the_whole_list() -> None:
    found = rows("新增绿色工厂70家、技术中心8家，累计创建示范区28个、实践基地10个。")
    assert [row.aspect for row in found] == [Aspect.ADDED, Aspect.ADDED, Aspect.TOTAL, Aspect.TOTAL]


def test_period_is_the_one_named_else_the_passages() -> None:
    named, passages = rows("2022年受理案件513件。办结案件389件。")
    assert (named.period, passages.period) == (Period(2022, 2022, "2022年"), Y2023)
    [since] = rows("2021年以来，受理案件463件。")
    assert since.period is not None
    assert (since.period.first, since.period.last) == (2021, 2023)
    [part] = rows("1-11月签约重大项目843个。")
    assert part.period is not None
    assert part.period.label == "2023年1-11月"
    [recently] = rows("近年来，落地上市公司18家。")
    assert recently.period is None


def test_communique_tells_results_and_the_year_before_is_not_the_passages() -> None:
    found = rows(
        "初步核算，全年实现地区生产总值125.6亿元，比上年增长6.1%。产业结构由上年的17:36:47调整为17:35:48。"
    )
    assert [(row.indicator, row.outcome, row.period) for row in found] == [
        ("地区生产总值", Outcome.RESULT, Y2023),
        ("地区生产总值", Outcome.RESULT, Y2023),
        ("产业结构", Outcome.RESULT, None),
        ("产业结构", Outcome.RESULT, Y2023),
    ]
    assert [row.number for row in found[2:]] == [None, None]


def test_region_is_a_stand_in_or_the_head_of_its_clause_else_the_passages() -> None:
    assert [row.region for row in rows("全省森林覆盖率63.1%，PM2.5平均浓度29微克/立方米。")] == [
        PROVINCE,
        CITY,
    ]
    assert [row.region for row in rows("新建高标准农田290万亩。")] == [CITY]
    assert [row.region for row in rows("潭丘村投资400万元。")] == [None]


def test_result_expectation_and_plan() -> None:
    reached, expected = rows("一般公共预算收入增长9.3%，生产总值预计增长4.0%左右。")
    assert (reached.outcome, expected.outcome) == (Outcome.RESULT, Outcome.ESTIMATE)
    [planned] = rows("生产总值增长5%左右。", Kind.PLAN, period=Y2024, section=("2024年工作安排",))
    assert (planned.outcome, planned.period) == (Outcome.PLAN, Y2024)
    [carried] = [row for row in rows("参保企业预计新增6.27万户，增长19.0%。") if row.unit == "%"]
    assert carried.outcome is Outcome.ESTIMATE
    [explained] = rows("每年培育企业10家。", Kind.NOTE)
    assert (explained.outcome, explained.period) == (None, None)


def test_same_told_twice_is_one_row_with_both_spans() -> None:
    text = "森林覆盖率63.1%。"
    extraction = read(passage(text), passage(text, file="b.txt"))
    [row] = extraction.rows
    assert (row.span.file, [span.file for span in row.repeats]) == ("a.txt", ["b.txt"])
    assert extraction.figures == 2


def test_same_number_of_another_year_is_another_row() -> None:
    extraction = read(passage("森林覆盖率63.1%。"), passage("森林覆盖率63.1%。", file="b.txt", period=Y2024))
    assert [row.period for row in extraction.rows] == [Y2023, Y2024]


TABLE = """表1 主要指标

单位：亿元

| 指标 | 2022年 | 2023年 | 比上年增长（%） | 2024年目标 |
| --- | --- | --- | --- | --- |
| 地区生产总值 | 118.2 | 125.6 | -2.5 | 133 |
| 粮食产量（万吨） | 33.5 | 34.1 | 1.8 | |
"""


def test_rows_of_a_table_take_what_its_line_and_column_say() -> None:
    found = rows(TABLE)
    assert [(row.indicator, row.value, row.period and row.period.label, row.outcome) for row in found] == [
        ("地区生产总值", "118.2", "2022年", Outcome.RESULT),
        ("地区生产总值", "125.6", "2023年", Outcome.RESULT),
        ("地区生产总值", "-2.5", "2023年", Outcome.RESULT),
        ("地区生产总值", "133", "2024年", Outcome.PLAN),
        ("粮食产量", "33.5", "2022年", Outcome.RESULT),
        ("粮食产量", "34.1", "2023年", Outcome.RESULT),
        ("粮食产量", "1.8", "2023年", Outcome.RESULT),
    ]
    assert (found[0].number, found[0].unit, found[0].qualifier) == (Decimal("11820000000.0"), "元", "亿元")
    assert (found[2].aspect, found[2].signed) == (Aspect.CHANGE, Decimal("-2.5"))
    assert (found[4].number, found[4].unit) == (Decimal("335000.0"), "吨")
    assert [TABLE[row.span.start : row.span.end] for row in found] == [row.value for row in found]


def test_table_without_a_head_has_no_rows() -> None:
    assert rows("| 地区生产总值 | 118.2 |\n| 粮食产量 | 33.5 |") == ()


def test_long_list_is_read_in_one_pass() -> None:
    found = rows("新增" + "、".join(f"甲类企业{number}家" for number in range(11, 2011)) + "。")
    assert len(found) == 2000


@pytest.fixture(scope="module")
def seed_rows(assistant: Assistant) -> Extraction:
    return extract(assistant.index.all_chunks(), assistant.index.document)


def test_every_row_of_the_seeds_holds_what_its_span_tells(
    seed_rows: Extraction, assistant: Assistant
) -> None:
    assert len(seed_rows.rows) > 500
    assert (
        seed_rows.figures
        == len(seed_rows.rows) + sum(len(r.repeats) for r in seed_rows.rows) + seed_rows.left.total()
    )
    for row in seed_rows.rows:
        source = assistant.index.document(row.span.file).text
        assert row.sentence.start <= row.span.start < row.span.end <= row.sentence.end
        shown = "".join(source[row.span.start : row.span.end].split())
        assert "".join(row.value.split()) in shown
    assert [row.id for row in seed_rows.rows] == list(range(len(seed_rows.rows)))


def test_rows_are_the_same_each_time(seed_rows: Extraction, assistant: Assistant) -> None:
    assert extract(assistant.index.all_chunks(), assistant.index.document) == seed_rows


def test_words_filters_and_order() -> None:
    found = rows("森林覆盖率63.1%，绿地率45.2%，发放贷款20亿元，投资80亿元的电厂开工。")
    names = lambda choice: [row.indicator for row in choose(found, choice)]  # noqa: E731
    assert names(Choice(words="森林 63")) == ["森林覆盖率"]
    assert names(Choice(words="没有的")) == []
    assert names(Choice(unit="%", order=Order.NUMBER)) == ["绿地率", "森林覆盖率"]
    assert names(Choice(unit="%", order=Order.NUMBER, descending=True)) == ["森林覆盖率", "绿地率"]
    assert names(Choice(region=OPEN)) == []
    assert names(Choice(outcome="plan")) == []
    for descending in (False, True):
        assert names(Choice(order=Order.INDICATOR, descending=descending))[-1] == ""


def test_rows_are_read_once_and_kept(assistant: Assistant) -> None:
    kept = Kept(Current(assistant))
    assert kept.progress == (0, 0)
    tables = []
    threads = [threading.Thread(target=lambda: tables.append(kept.get(60))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tables) == 4
    assert len({id(table) for table in tables}) == 1
    assert kept.get(0) is tables[0]
    assert kept.progress == (len(assistant.index), len(assistant.index))


def test_rows_follow_the_index(assistant: Assistant) -> None:
    """A new index is read aside; until it is, the rows of the one before are shown."""
    current = Current(assistant)
    kept = Kept(current)
    before = kept.get(60)
    other = Assistant(assistant.index, assistant._encoder)
    other.index = assistant.reopened().index
    current._assistant = other
    assert kept.get(0) in (before, kept.get(0))
    after = kept.get(60)
    while after is before:
        after = kept.get(60)
    assert after is not None
    assert after.index is other.index
    other.index.close()


def test_a_figure_is_told_with_what_makes_it_inexact() -> None:
    told = [row.told for row in rows("森林覆盖率63.1%以上，绿化覆盖率近40%，城镇化率62%。")]
    assert told == ["63.1%以上", "近40%", "62%"]


def test_falling_words() -> None:
    [row] = rows("能耗下降5%。")
    assert replace(row, change="增长").signed == Decimal(5)
