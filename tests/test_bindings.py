"""Which words a figure belongs to, in sentences that can be read here."""

from decimal import Decimal

import pytest

from rag.answering.slots.bindings import bind
from rag.answering.slots.fitting import year_begun
from rag.answering.slots.peaks import is_of_no_peak
from rag.answering.slots.showing import show
from rag.corpus.periods import years
from rag.text import fold


def named(sentence: str) -> dict[str, str]:
    """Each figure of a sentence with the words that name it."""
    folded = fold(sentence)
    return {
        folded[bound.figure.start : bound.figure.end]: "|".join(folded[a:b] for a, b in bound.own)
        for bound in bind(sentence)
    }


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        (
            "新兴产业、装备制造业增加值分别增长9.1%、10%。",
            {"9.1%": "新兴产业|增加值|分别增长", "10%": "装备制造业|增加值|分别增长"},
        ),
        (
            "城镇、农村居民人均可支配收入分别增长4.2%、7.1%。",
            {"4.2%": "城镇|居民人均可支配收入|分别增长", "7.1%": "农村|居民人均可支配收入|分别增长"},
        ),
        (
            "水稻、玉米和大豆分别增产1.5%、2%和3%。",
            {"1.5%": "水稻|分别增产", "2%": "玉米|分别增产", "3%": "大豆|分别增产"},
        ),
        (
            "全州粮食产量、油料产量分别达30万吨、4万吨。",
            {"达30万吨": "全州粮食产量|分别", "4万吨": "油料产量|分别"},
        ),
        (
            "财政收入12亿元、增长5%，税收9亿元、增长6%。",
            {"12亿元": "财政收入", "5%": "、增长", "9亿元": "税收", "6%": "、增长"},
        ),
        ("惠及城区31户120人。", {"31户": "惠及城区", "120人": "惠及城区"}),
        (
            "消防队19支486人，半专业队84支1,932人。",
            {"19支": "消防队", "486人": "消防队", "84支": "半专业队", "1,932人": "半专业队"},
        ),
    ],
)
def test_a_figure_is_named_by_its_own_words(sentence: str, names: dict[str, str]) -> None:
    assert named(sentence) == names


def test_town_and_country_are_told_apart() -> None:
    town, country = bind("城乡居民收入预计分别增长4%、6%。")
    assert (town.alias, country.alias) == ("城镇", "农村")
    assert [town.rivals, country.rivals] == [((1, 2),), ((0, 1),)]


def test_what_each_item_of_a_series_has_before_its_figure() -> None:
    sentence = "城乡低保标准分别提高到每人每月748元和每人每年7140元。"
    town, country = bind(sentence)
    assert show(sentence, town).endswith("低保标准分别提高到每人每月748元")
    assert show(sentence, country).endswith("低保标准分别提高到…每人每年7140元")


OF_YEARS = "2021年至2023年，全市用电量分别为8.1亿、8.5亿和9.3亿千瓦时。"
OF_QUARTERS = (
    "一至四季度发电量分别为58.3亿、71.8亿、89.4亿和66.8亿千瓦时，同比分别增长7.4%、2.1%、3.6%和下降0.7%。"
)


def test_figures_of_a_list_share_the_unit_of_the_last() -> None:
    told = [bound for bound in bind(OF_YEARS) if bound.alias]
    assert [(bound.figure.value, bound.figure.unit) for bound in told] == [
        (Decimal(810_000_000), "千瓦时"),
        (Decimal(850_000_000), "千瓦时"),
        (Decimal(930_000_000), "千瓦时"),
    ]


def test_a_series_runs_over_years_and_quarters() -> None:
    assert [bound.alias for bound in bind(OF_YEARS)][1:] == ["2021年", "2022年", "2023年"]
    assert [show(OF_YEARS, bound) for bound in bind(OF_YEARS)][2:] == [
        "2022年…全市用电量分别为…8.5亿…千瓦时",
        "2023年…全市用电量分别为…9.3亿千瓦时",
    ]
    shown = [show(OF_QUARTERS, bound) for bound in bind(OF_QUARTERS) if bound.alias == "四季度"]
    assert shown == ["四季度发电量分别为…66.8亿千瓦时", "四季度发电量…同比分别…下降0.7%"]


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        (
            "风电、光伏发电分别为74.9亿和138.4亿千瓦时，同比分别增长31.2%和68.5%。",
            ["风电…同比分别增长31.2%", "光伏发电…同比分别增长…68.5%"],
        ),
        (
            "受理案件148件，审结142件，结案率96.3%，同比分别上升12.5%、上升13.5%和提高0.8个百分点。",
            ["受理案件…同比分别上升12.5%", "审结…同比分别…上升13.5%", "结案率…同比分别…提高0.8个百分点"],
        ),
        (
            "原油、天然气、焦炭产量分别为97万吨、15亿立方米和283万吨。",
            ["原油…产量分别为97万吨", "天然气…产量分别为…15亿立方米", "焦炭产量分别为…283万吨"],
        ),
    ],
)
def test_a_series_goes_on_with_what_was_listed_before(sentence: str, shown: list[str]) -> None:
    assert [show(sentence, bound) for bound in bind(sentence)][-len(shown) :] == shown


def test_what_leads_to_the_next_figure_is_not_of_the_one_before() -> None:
    sentence = "标准提高至每人每月748元和每人每年7140元。"
    first, second = bind(sentence)
    assert sentence[slice(*first.after)] == ""
    assert sentence[slice(*second.own[0])] == "和每人每年"


def test_a_figure_right_before_another_is_shown_with_it() -> None:
    sentence = "消防队19支486人。"
    assert show(sentence, bind(sentence)[1]) == "消防队19支486人"


@pytest.mark.parametrize(
    ("asked", "sentence", "told"),
    [
        (
            "游客最多的那一天来了多少人次",
            "春节接待312万人次，9月30日当天达到89.6万人次，为全年单日最高。",
            ["89.6万人次"],
        ),
        ("单日最高客流多少", "单日最高客流54.3万人次，日均31万人次。", ["54.3万人次"]),
        ("单日最高客流是多少", "客流创单日新高，接待游客18万人次。", ["18万人次"]),
        ("游客最多的一天有多少人次", "客流最高峰出现在2月12日，当日接待游客18万人次。", ["18万人次"]),
        ("最大的日光温室园区多少人次", "建成日光温室园区，接待18万人次。", ["18万人次"]),
        ("春节来了多少人次", "春节接待312万人次。", ["312万人次"]),
    ],
)
def test_the_day_of_the_most(asked: str, sentence: str, told: list[str]) -> None:
    folded = fold(sentence)
    found = [bound for bound in bind(sentence) if not is_of_no_peak(asked, folded, bound)]
    assert [folded[b.figure.start : b.figure.end] for b in found if b.figure.unit == "人次"] == told


@pytest.mark.parametrize(
    ("sentence", "figure", "year"),
    [
        ("粉丝18.62万，比上年末的16.95万增加1.67万。", "16.95万", 2022),
        ("人均6445元，比上年8220元回落1775元。", "8220元", 2022),
        ("入境游客38.46万人次，是上年2.17万人次的17.7倍。", "2.17万人次", 2022),
        ("降水pH年均值为6.41，与上年（6.38）基本持平。", "6.38", 2022),
        ("人均6445元，比上年8220元回落1775元。", "6445元", None),
    ],
)
def test_the_level_of_the_year_before(sentence: str, figure: str, year: int | None) -> None:
    bound = next(b for b in bind(sentence) if fold(sentence)[b.figure.start : b.figure.end] == figure)
    begun = year_begun(fold(sentence), bound.figure, years(2023))
    assert (begun and begun.first) == year


def test_a_bare_clause_carries_on_the_topic() -> None:
    level, change = bind("PM2.5平均浓度27微克/立方米，同比下降6.9%。")
    assert (level.bare, change.bare) == (False, True)
    assert fold("PM2.5平均浓度27微克/立方米，同比下降6.9%。")[slice(*change.topic[0])] == "pm2.5平均浓度"


@pytest.mark.parametrize(
    ("sentence", "figures"),
    [
        ("新增500万元及以上技改项目38个。", ["38个"]),
        ("力争新增3家以上上市公司。", ["3家以上"]),
        ("做好以下七个方面工作：新建学校2所。", ["2所"]),
        ("“三公”经费压减6.8%，建成5G基站90个、“5+2”就业之家4家。", ["6.8%", "90个", "4家"]),
        ("万元GDP能耗下降3%，2023年千家企业受益。", ["3%"]),
        ("三次产业结构调整为7.5:45.9:46.6。", ["7.5:45.9:46.6"]),
    ],
)
def test_what_only_describes_or_names_is_no_figure(sentence: str, figures: list[str]) -> None:
    folded = fold(sentence)
    assert [folded[b.figure.start : b.figure.end] for b in bind(sentence)] == figures


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("城镇、农村居民收入分别为46823元、19574元，增长4.3%和7.1%。", ["城镇…增长4.3%", "农村…增长…7.1%"]),
        ("城乡居民收入分别达43862元、16548元，同比下降3.6%和增长7.9%。", ["城…下降3.6%", "乡…增长7.9%"]),
        ("生产总值、财政收入、城乡居民收入分别增长5%、6%、7%和8%。", ["城…增长…7%", "乡…增长…8%"]),
    ],
)
def test_what_moved_right_after_a_series_is_of_its_items(sentence: str, shown: list[str]) -> None:
    told = [show(sentence, bound).replace("居民收入", "") for bound in bind(sentence)][-2:]
    for text, wanted in zip(told, shown, strict=True):
        first, last = wanted.split("…")[0], wanted.split("…")[-1]
        assert text.startswith(first), text
        assert text.endswith(last), text


def test_one_movement_after_a_series_is_of_no_single_pair() -> None:
    bounds = bind("甲、乙分别为3亿元、4亿元，其中丙增长5%和6%。")
    assert [bound.rivals for bound in bounds[-2:]] == [(), ()]
