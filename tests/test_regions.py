"""Places by name: the gazetteer, names that no list holds, and words that only look like names."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.corpus.regions import gazetteer, stand_ins
from rag.types import Level, Region


def found(text: str, *known: str) -> list[tuple[str, str]]:
    """Names as they stand in the text, and the full names of their places."""
    around = [region for name in known if (region := gazetteer().resolve(name))]
    assert len(around) == len(known)
    return [(text[m.start : m.end], m.region.name) for m in gazetteer().find(text, around)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("2023年江西省森林覆盖率是多少？", [("江西省", "江西省")]),
        (
            "南昌、广西和恩施州",
            [("南昌", "江西省南昌市"), ("广西", "广西壮族自治区"), ("恩施州", "湖北省恩施土家族苗族自治州")],
        ),
        ("信丰2023年", [("信丰", "江西省赣州市信丰县")]),
        ("南昌市西湖区朝农街道于2月3日", [("南昌市西湖区朝农街道", "江西省南昌市西湖区朝农街道")]),
        ("铁河乡按照", [("铁河乡", "江西省南昌市新建区铁河乡")]),
        ("柴桑区马回岭镇蔡家桥村油茶", [("柴桑区马回岭镇蔡家桥村", "江西省九江市柴桑区马回岭镇蔡家桥村")]),
        ("农行天水麦积支行", [("天水麦积", "甘肃省天水市麦积区")]),
        ("北京市朝阳区", [("北京市朝阳区", "北京市朝阳区")]),
        ("东莞虎门镇", [("东莞虎门镇", "广东省东莞市虎门镇")]),
        ("歙县2023年", [("歙县", "安徽省黄山市歙县")]),
        ("济源市", [("济源市", "河南省济源市")]),
        ("浦东新区", [("浦东新区", "上海市浦东新区")]),
        ("香港与台北市", [("香港", "香港特别行政区"), ("台北市", "台湾省台北市")]),
    ],
)
def test_listed_places(text: str, names: list[tuple[str, str]]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("南昌经开区", [("南昌经开区", "江西省南昌市南昌经开区")]),
        ("南昌经济技术开发区", [("南昌经济技术开发区", "江西省南昌市南昌经开区")]),
        ("合肥高新技术产业开发区", [("合肥高新技术产业开发区", "安徽省合肥市合肥高新区")]),
        ("赣州经开区湖边镇激发", [("赣州经开区湖边镇", "江西省赣州市赣州经开区湖边镇")]),
        ("安源区丹江街道办事处", [("安源区丹江街道", "江西省萍乡市安源区丹江街道")]),
        ("杞县资助残疾儿童", [("杞县", "河南省开封市杞县")]),
        ("在青禾县第五届人民代表大会上", [("青禾县", "青禾县")]),
        ("青禾县2023年财政收入", [("青禾县", "青禾县")]),
        ("我代表青禾县人民政府", [("青禾县", "青禾县")]),
        ("四川省绵阳市青禾县柳溪镇", [("四川省绵阳市青禾县柳溪镇", "四川省绵阳市青禾县柳溪镇")]),
    ],
)
def test_places_by_rule(text: str, names: list[tuple[str, str]]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "创新干部队伍",
        "黄河源头的水",
        "西南平地",
        "长江西岸",
        "万年以前",
        "新县城建设",
        "市和县级财政",
        "和平区",
        "郊区建设",
        "示范县建设",
        "贫困县2023年",
        "全县2023年",
        "城区2023年",
        "小城镇建设",
        "美丽乡村",
        "城乡融合",
        "鄱阳湖",
        "新乡贤",
        "人民政府",
        "",
        "？",
    ],
)
def test_words_that_are_no_places(text: str) -> None:
    assert found(text) == []


def test_lands_and_waters_hide_no_place_that_follows_another() -> None:
    assert found("江西南昌") == [("江西南昌", "江西省南昌市")]
    assert found("广西北海") == [("广西北海", "广西壮族自治区北海市")]
    assert found("长江江西段") == [("江西", "江西省")]
    assert found("山东北京") == [("山东", "山东省"), ("北京", "北京市")]
    assert found("提高山西煤炭产量") == [("山西", "山西省")]
    assert found("扩大海南免税额") == [("海南", "海南省")]
    assert found("规模以上马鞍山") == [("马鞍山", "安徽省马鞍山市")]
    assert found("东南平潭") == [("平潭", "福建省福州市平潭县")]


def test_context_decides_between_places_of_one_name() -> None:
    assert found("东门街道") == []
    assert found("东门街道", "贵溪市") == [("东门街道", "江西省鹰潭市贵溪市东门街道")]
    assert found("沈阳的和平区") == [("沈阳", "辽宁省沈阳市"), ("和平区", "辽宁省沈阳市和平区")]
    assert found("和平区", "天津市") == [("和平区", "天津市和平区")]
    assert found("鄱阳湖南昌湖区", "江西省") == [("南昌", "江西省南昌市")]
    assert found("赣西城市群", "江西省") == []
    assert found("支持上饶建设区域中心城市") == [("上饶", "江西省上饶市")]
    assert found("安源区丹江街道，丹江街道") == [
        ("安源区丹江街道", "江西省萍乡市安源区丹江街道"),
        ("丹江街道", "江西省萍乡市安源区丹江街道"),
    ]


def test_known_places_that_no_list_holds() -> None:
    county = Region(("四川省", "绵阳市", "青禾县"), Level.COUNTY)
    (mention,) = gazetteer().find("青禾的森林覆盖率", [county])
    assert (mention.start, mention.end, mention.region) == (0, 2, county)


def test_resolve() -> None:
    places = gazetteer()
    county = places.resolve("信丰县")
    assert county == Region(("江西省", "赣州市", "信丰县"), Level.COUNTY)
    assert places.resolve("南昌") == Region(("江西省", "南昌市"), Level.CITY)
    assert places.resolve("西湖区") is None
    assert places.resolve("西湖区", places.resolve("南昌市")) == Region(
        ("江西省", "南昌市", "西湖区"), Level.COUNTY
    )
    assert places.resolve("柳溪街道", county) == Region(
        ("江西省", "赣州市", "信丰县", "柳溪街道"), Level.STREET
    )
    assert places.resolve("高新区", places.resolve("南昌市")) == Region(
        ("江西省", "南昌市", "南昌高新区"), Level.COUNTY
    )
    assert places.resolve("农民") is None
    assert places.resolve("城关镇") is None


def test_around_and_short_name() -> None:
    places = gazetteer()
    (village,) = places.find("柴桑区马回岭镇蔡家桥村")
    path = [village.region]
    while (around := places.around(path[-1])) is not None:
        path.append(around)
    assert [(region.path[-1], region.level.value) for region in path] == [
        ("蔡家桥村", "村"),
        ("马回岭镇", "乡镇"),
        ("柴桑区", "县"),
        ("九江市", "市"),
        ("江西省", "省"),
    ]
    assert [places.short_name(region) for region in path[2:]] == ["柴桑", "九江", "江西"]


def test_words_that_stand_for_the_place_of_a_report() -> None:
    county = gazetteer().resolve("信丰县")
    assert county is not None
    text = "该县高于全省和全市平均，我县全市场、该乡"
    assert [(text[m.start : m.end], m.region.path[-1]) for m in stand_ins(text, county)] == [
        ("该县", "信丰县"),
        ("全省", "江西省"),
        ("全市", "赣州市"),
        ("我县", "信丰县"),
    ]
    (zone,) = gazetteer().find("南昌经开区")
    assert [m.region.name for m in stand_ins("该经开区", zone.region)] == ["江西省南昌市南昌经开区"]


def test_the_gazetteer_covers_towns_and_streets_of_every_province() -> None:
    from rag.corpus.divisions import Atlas

    atlas = Atlas()
    levels = [
        place.region.level
        for name in atlas.names()
        for place in atlas.called(name)
        if place.region.path[-1] == name
    ]
    assert (levels.count(Level.PROVINCE), levels.count(Level.CITY)) == (34, 353)
    assert levels.count(Level.COUNTY) > 2900
    towns = [line.split(" ")[1:-1] for line in atlas._towns.splitlines()]
    assert sum(len(names) for names in towns) == 41352


def test_loading_is_quick_and_needs_nothing_heavy(root: Path) -> None:
    code = (
        "import sys, time; start = time.process_time(); from rag.corpus.regions import gazetteer;"
        "gazetteer().find('铁河乡'); print(time.process_time() - start, 'numpy' in sys.modules)"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
        ).stdout.split()
        for _ in range(3)
    ]
    assert min(float(seconds) for seconds, _ in runs) < 0.12
    assert {heavy for _, heavy in runs} == {"False"}


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *"江西省南昌市县区镇乡村街道新建西湖红谷滩经开高第届人民的在全2023年，",
                "南昌市",
                "西湖区",
                "街道",
                "经开区",
            ]
        ),
        max_size=30,
    ).map("".join)
    | st.text(max_size=60)
)
def test_mentions_are_in_order_and_apart(text: str) -> None:
    mentions = gazetteer().find(text)
    assert all(a.end <= b.start for a, b in pairwise(mentions))
    assert all(0 <= m.start < m.end <= len(text) and all(m.region.path) for m in mentions)
