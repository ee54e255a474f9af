"""Which words a figure belongs to, in sentences that can be read here."""

import pytest

from rag.answering.slots.bindings import bind
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
    ],
)
def test_a_figure_is_named_by_its_own_words(sentence: str, names: dict[str, str]) -> None:
    assert named(sentence) == names


def test_town_and_country_are_told_apart() -> None:
    town, country = bind("城乡居民收入预计分别增长4%、6%。")
    assert (town.alias, country.alias) == ("城镇", "农村")
    assert [town.rivals, country.rivals] == [((1, 2),), ((0, 1),)]


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
        ("三次产业结构调整为7.5:45.9:46.6。", ["三次", "7.5:45.9:46.6"]),
    ],
)
def test_what_only_describes_or_names_is_no_figure(sentence: str, figures: list[str]) -> None:
    folded = fold(sentence)
    assert [folded[b.figure.start : b.figure.end] for b in bind(sentence)] == figures
