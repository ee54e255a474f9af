"""Short and long names of what government statistics count; a name is added only where the corpus uses it."""

import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache

from rag.lexical import tokenize

# Terms of the National Bureau of Statistics' 主要统计指标解释 with the short forms that people type. Folded text.
NAMES: tuple[tuple[str, ...], ...] = (
    ("gdp", "生产总值"),
    ("外贸", "进出口", "对外贸易"),
    ("社零", "社会消费品零售总额", "消费品零售"),
    ("规上", "规模以上"),
    ("固投", "固定资产投资"),
    ("财政收入", "一般公共预算收入"),
    ("财政支出", "一般公共预算支出"),
    ("cpi", "居民消费价格"),
    ("r&d", "研发", "研究与试验发展", "研发投入"),
    ("老百姓收入", "居民收入", "居民人均可支配收入"),
    ("空气优良率", "空气优良天数比率", "空气质量优良率", "空气质量优良天数"),
    ("粮食产量", "粮食总产"),
    ("高企", "高新技术企业"),
    ("科技支出", "科学技术支出"),
    ("污水收集率", "污水集中收集率"),
    ("城里人", "城镇居民"),
    ("乡下人", "农民", "农村居民"),
    ("人均", "平均一个人", "平均每个人", "平均每人"),
    ("户均", "平均一户", "平均每户"),
    ("总投资", "总共要投", "一共要投", "总共投", "一共投"),
    ("批捕", "批准逮捕", "批准和决定逮捕"),
    ("入境游客", "入境旅客"),
    ("男的", "男性"),
    ("女的", "女性"),
    ("老百姓", "群众", "居民"),
    ("省本级", "省级"),
    ("市本级", "市级"),
    ("县本级", "县级"),
    ("区本级", "区级"),
    ("养老院", "敬老院", "养老机构"),
    ("车位", "停车位", "泊位"),
    ("pm2.5", "细颗粒物"),
    ("pm10", "可吸入颗粒物"),
    ("在校生", "在读学生", "在校学生", "在读生"),
    ("发改委", "发展和改革委员会"),
    ("人大", "人民代表大会"),
    ("政协", "政治协商会议"),
    ("农行", "农业银行"),
    ("民办园", "民办幼儿园"),
    ("公办园", "公办幼儿园"),
    ("中职", "中等职业教育", "中等职业学校"),
    ("高校", "高等学校", "普通高等学校"),
    ("经开区", "经济技术开发区"),
    ("高新区", "高新技术产业开发区"),
    ("春季", "春天"),
    ("夏季", "夏天"),
    ("秋季", "秋天"),
    ("冬季", "冬天"),
    ("降水", "降雨", "下雨", "雨水"),
    ("外资企业", "外商投资企业"),
    ("土地出让", "卖地", "国有土地使用权出让"),
    ("太阳能发电", "光伏发电"),
    ("旅游收入", "旅游总收入", "旅游总花费", "旅游花费", "游客总花费"),
    ("上限", "最高限额", "最高可以", "最高能"),
    ("上半年", "头六个月", "前六个月", "头半年", "1-6月", "1—6月", "1至6月"),
    ("一季度", "头三个月", "前三个月", "1-3月", "1—3月", "1至3月"),
    ("前三季度", "前九个月", "头九个月", "1-9月", "1—9月", "1至9月"),
)
# Names that people use of a statistic, whatever else the reports call so (外贸结构).
_EVERYDAY = frozenset({"外贸", "规上", "中职", "高校"})
# Names that only say when a statistic is told, or of whom: each kind rivals none but its own.
_SAID_OF = (
    frozenset({"上半年", "一季度", "前三季度"}),
    frozenset({"春季", "夏季", "秋季", "冬季"}),
    frozenset({"人均", "户均"}),
)
# What people say for a statistic whose own name never means them.
_MEANT = {"经济总量": ("gdp", "生产总值")}
_LATIN = re.compile(r"[a-z&]+")


def expand(search: str, frequency: Callable[[str], int]) -> str:
    """The words to search for, with the names that the corpus uses in place of those it does not.

    `frequency` gives in how many passages a token (`rag.lexical.tokenize`) stands.
    """

    added = [name for _, names in _foreign(search, frequency) for name in names if not _stands(name, search)]
    added += [
        name for said, names in _MEANT.items() if said in search for name in names if name not in search
    ]
    return " ".join((search, *dict.fromkeys(added)))


def reword(folded: str, frequency: Callable[[str], int]) -> str:
    """A folded text with the corpus's name of a thing in place of one that it does not use: gdp增速, 生产总值增速."""
    for asked, names in _foreign(folded, frequency):
        if names and not any(_stands(name, folded) for name in names) and asked not in _EVERYDAY:
            folded = _standing(asked).sub(names[0], folded)
    return folded


def _foreign(folded: str, frequency: Callable[[str], int]) -> Iterator[tuple[str, list[str]]]:
    """Each name in a text that the corpus does not use, or a Latin one that it uses less, with the others that it does."""

    def use(name: str) -> int:
        return min(map(frequency, tokenize(name)))

    for names in NAMES:
        for asked in names:
            if not _stands(asked, folded):
                continue
            others = [name for name in names if name != asked and use(name)]
            is_rarer = bool(_LATIN.fullmatch(asked)) and any(use(name) > use(asked) for name in others)
            if is_rarer or asked in _EVERYDAY or not use(asked):
                yield asked, others


@lru_cache(maxsize=4096)
def name_groups(text: str) -> frozenset[str]:
    """The first name of each group of which a folded text has any."""
    return frozenset(names[0] for names in NAMES if any(_stands(name, text) for name in names))


def name_rivals(told: frozenset[str], asked: frozenset[str]) -> bool:
    """Whether groups of names that are told (as `name_groups` gives them) are of another statistic, or time, than those asked."""
    plain = [groups.difference(*_SAID_OF) for groups in (told, asked)]
    kinds = [plain, *([told & kind, asked & kind] for kind in _SAID_OF)]
    return any(one and other and not one & other for one, other in kinds)


@lru_cache(maxsize=512)
def other_names(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The shortest name of each thing that a folded text names, with its other names."""
    said = ((min((n for n in names if _stands(n, text)), key=len, default=""), names) for names in NAMES)
    return tuple((name, tuple(n for n in names if n != name)) for name, names in said if name)


def _stands(name: str, folded: str) -> bool:
    return name in folded and _standing(name).search(folded) is not None


@cache
def _standing(name: str) -> re.Pattern[str]:
    """Where a name stands: a Latin one in no longer word."""
    bare = re.escape(name)
    return re.compile(rf"(?<![a-z&]){bare}(?![a-z&])" if _LATIN.fullmatch(name) else bare)
