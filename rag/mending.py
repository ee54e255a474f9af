"""Letters that a scanner took for others (区城 for 区域): words to search by, which nobody is shown.

The corpus is its own dictionary: a pair of characters that stands in it once is a slip where the same pair with
a look-alike stands in it often, and the other neighbour does not know the character either. The words meant are
added to the search text and nothing is taken out of it, so that a wrong guess costs no passage its own words.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import add

from rag.text import fold

# Characters that differ by a stroke or two; 人, 入 and 八 are left out, since most words have one of them.
_ALIKE = (
    "城域 未末 己已巳 日曰目 土士 大太犬 干千于 王玉 天夭 治冶 侯候 拔拨 折拆析 徒徙 戊戌戍 兔免 刺剌 管菅 署暑 博搏 壁璧 班斑 "
    "历厉 辨辩辫 竞竟 密蜜 既即 间问 体休 准淮 代伐 技枝 住往 特待持 扬场 提堤 扶抚 粮粱 晴睛 清请 令今 兵乒 宫官 弛驰 券卷 蓝篮 "
    "推椎 顶项 须顺 直真 洒酒 乌鸟 午牛 木本 曲由 几凡 侍待 幕墓慕 暮募 沦沧 抢枪 拥捅 坡披 坪评 埠阜 诚城 成戍 拓柘 据椐 杨扬 标栋 "
    "材村 构枸 检捡 榜磅 模摸 母毋 汽气 没设 泊伯 泄洲 浙淅 涌诵 渡度 滩摊 煤媒 牧枚 狠狼 申甲 盲育 科料 租祖 "
    "积枳 税悦 策荣 给绐 统绕 续绩 编缩 群郡 职织 育盲 船般 舰舱 荣苯 营宫 蔬疏 规视 证征 诊珍 课棵 负贞 质贵 "
    "运远 迎迥 违连 选迭 遗遣 部都 酬酪 镇填 防访 阳阴 限艰 险验 陵陆 雷雪 霞露 预顶 领颁 风凤 食良"
)
OFTEN = 20
"""How often the pair meant stands in the corpus at least. In the reports of `seeds/` one slip is found with 20
(区城), and besides it six wrong ones with 5."""

_HAN = re.compile(r"[\u3400-\u9fff]")


def _pair_up(groups: str) -> dict[str, str]:
    alike: dict[str, str] = {}
    for group in groups.split():
        for letter in group:
            others = alike.get(letter, "") + group.replace(letter, "")
            alike[letter] = "".join(dict.fromkeys(others))
    return alike


_TWINS = _pair_up(_ALIKE)
_LETTER = re.compile(f"[{''.join(_TWINS)}]")


def count_pairs(texts: Iterable[str]) -> Counter[str]:
    """How often each pair of characters that a look-alike is part of stands in the texts, as in their documents."""
    pairs: Counter[str] = Counter()
    for text in map(fold, texts):
        for match in _LETTER.finditer(text):
            at = match.start()
            if at and text[at - 1] not in _TWINS:
                pairs[text[at - 1 : at + 1]] += 1
            pairs[text[at : at + 2]] += 1
    return pairs


@dataclass(frozen=True, slots=True, eq=False)
class Mending:
    """The `pairs` of a corpus with how often each stands in it, and those of them that may be `slips`."""

    pairs: Counter[str]
    slips: frozenset[str]

    @classmethod
    def of(cls, pairs: Counter[str]) -> "Mending":
        """From the pairs of a corpus, as `count_pairs` counts them."""
        return cls(
            pairs,
            frozenset(pair for pair, count in pairs.items() if count == 1 and _may_be_slip(pair, pairs)),
        )

    @classmethod
    def learn(cls, texts: Iterable[str]) -> "Mending":
        """From the texts of a corpus, each text once."""
        return cls.of(count_pairs(texts))

    def mend(self, text: str) -> str:
        """The text, and below it the words that were meant where its letters are slips."""
        words = self.meant(text)
        return f"{text}\n{words}" if words else text

    def meant(self, text: str) -> str:
        """The words that were meant where letters of the text are slips; mostly none."""
        folded = fold(text)
        if self.slips.isdisjoint(map(add, folded, folded[1:])):
            return ""
        return " ".join(dict.fromkeys(self._meant(folded)))

    def _meant(self, text: str) -> Iterator[str]:
        """The words meant in a folded text."""
        for match in _LETTER.finditer(text):
            at = match.start()
            before, after = text[max(0, at - 1) : at], text[at + 1 : at + 2]
            own = self.pairs[before + match[0]], self.pairs[match[0] + after]
            if max(own) > 1:
                continue
            for twin in _TWINS[match[0]]:
                if own[0] == 1 and _HAN.match(before) and self.pairs[before + twin] >= OFTEN:
                    yield before + twin
                if own[1] == 1 and _HAN.match(after) and self.pairs[twin + after] >= OFTEN:
                    yield twin + after


def _may_be_slip(pair: str, pairs: Counter[str]) -> bool:
    """Whether the pair with a look-alike in it stands in the corpus often."""
    if len(pair) != 2 or not (_HAN.match(pair[0]) and _HAN.match(pair[1])):
        return False
    first, last = pair[0], pair[1]
    return any(pairs[twin + last] >= OFTEN for twin in _TWINS.get(first, "")) or any(
        pairs[first + twin] >= OFTEN for twin in _TWINS.get(last, "")
    )
