"""The weighty words of a question, and how much of them a text holds."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from rag.answering.refusal.paraphrase import GROUPS
from rag.lexical import inverse_frequency
from rag.mentions import ASKING
from rag.synonyms import NAMES

# Words that carry no topic: how a question is asked, when, and the verbs that fit anything. Folded text.
_LIGHT_WORDS = """
具体 名字 情况 问题 方面 时候 现在 目前 如今 当前 里头 里面 其中 其他 之后 之前 以后 以前 以来 期间 当时 后来 最后 最近
已经 曾经 正在 还是 还有 或者 以及 因为 所以 如果 但是 不过 只有 所有 全部 全都 整个 各自 各有 各是 每个 这个 那个 这些
那些 这次 那次 这种 这事 这样 那样 一下 一些 一点 一种 一样 一直 一年 一个 一起 几个 几项 几条 打算 准备 计划 预计 预期
力争 目标 目的 想让 想要 希望 要求 达到 做到 得到 实现 完成 进行 开展 推进 推动 取得 获得 采取 拿到 拿下 拿了 给予 用来
用于 用到 用上 属于 作为 成为 当成 称为 叫做 叫作 名叫 算是 算上 看来 来看 起来 出来 出去 下来 进来 过来 上去 摸出 搞出
建成 建好 建了 弄好 调成 变成 占到 排到 定在 定的 定为 定得 说的 说是 说白 讲的 提到 提出 写的 写进 按照 根据 通过 关于
对于 由于 有关 相关 主要 大约 大概 左右 差不多 到底 究竟 总共 一共 合计 累计 平均 分别 合起来 加起来 同比 比上年 上年
去年 今年 明年 前年 当年 全年 每年 年底 年末 年初 月底 时间 日期 数量 数字 数据 多少 办法 做法 方式 方法 怎么 怎样 如何
什么 为什么 为何 为啥 为了 请问 告诉 知道 介绍 说说 讲讲 谈谈 总结 概括 归纳 捡重点说 拣重点说 简单 简要 简述 概述
重点说 详细 内容 说明 解释 含义 意思 定义 报告 文件 材料 文中 文章 报道 政府工作报告 指出 强调 部分 相比 相较 比较 对比
高还 低还 更高 更低 更多 更少 高低 没有 是否 有没有 是不是 能不能 可不可以 会不会 回事 事情 干了 干得 做了 做的 忽略
以上 以下 我们 他们 她们 你们 咱们 它们 自己 人家 大家 地方 哪里 何处 何时 何地 何人 谁的 名称 都有 都是 就是 只是 也是
又是 还要 需要 必须 应该 可能 可以 能够 会有 将要 将会 不是 连着 连续 凑了 专门 百分之 百分点 那年 哪年 哪天 第几 几成
这块 那块 这方面 那方面 这一块 全省 全市 全县 我省 我市 省里 市里 县里 本省 本市
"""
_LIGHT = re.compile("|".join(sorted(map(re.escape, _LIGHT_WORDS.split()), key=len, reverse=True)))
# Characters that alone are function words, measure words or such verbs.
_LIGHT_CHARACTERS = frozenset(
    "的了着过和与及或在把被给让使叫是都也还就又再才很更最到从对为向以于里内中上下各每这那哪他她它们个要想会能得有没不说讲搞弄打拿花凑去来做干办"
    "用成出占排定之其所啊呀呢吗吧嘛么啥咋谁何几多少大小高低长快久远好新老总共同约近超达条件家项户名人位次座处张套辆台部艘架场类种批支栋间只头株"
    "棵亩吨斤度元天年月日时分点块比加请问跟由将正已刚曾并且而则但"
)
# What such a character weighs where it makes a known word with its neighbour; by hand.
_LIGHT_SHARE = 0.25
# What a character weighs of a word that no report has: most of them are everyday words for what reports say otherwise.
# Of 0.25, 0.5 and 1 it told answers best from the rest (`benchmarks/refusal.py`): .95, .91 and .81 of made-up
# attributes, of questions without their evidence, and of what is not told; with 1 it was .95, .91 and .78.
_UNKNOWN_SHARE = 0.25
_NAME = re.compile("u{3,}")
_RUN = re.compile(r"(?P<han>[\u3400-\u9fff]+)|[a-z\d][a-z\d.&\-]*%?")


@dataclass(frozen=True, slots=True)
class Content:
    """A run of weighty text: `weights` has one number a character; of a Latin word or number, one for the whole."""

    text: str
    weights: tuple[float, ...]


def find_content(topic: str, frequency: Callable[[str], int], count: int) -> tuple[Content, ...]:
    """The weighty runs of a folded question without its places and times.

    A character weighs the inverse document frequency of the rarest known pair that it stands in, or the highest
    there is when it stands in none (a word that no report has); light ones weigh nothing, or little within a pair.
    `frequency` gives in how many of `count` passages a token stands.
    """
    runs = (match for match in _RUN.finditer(_LIGHT.sub(" ", ASKING.sub(" ", topic))))
    weighed = (
        Content(match.group(), _weigh(match.group(), match["han"] is not None, frequency, count))
        for match in runs
    )
    return tuple(content for content in weighed if any(content.weights))


def _weigh(run: str, is_han: bool, frequency: Callable[[str], int], count: int) -> tuple[float, ...]:
    unknown = inverse_frequency(0, count)
    if not is_han:
        return (inverse_frequency(frequency(run), count),)
    weights = [0.0] * len(run)
    for place in range(len(run) - 1):
        known = frequency(run[place : place + 2])
        if known:
            weight = inverse_frequency(known, count)
            weights[place] = max(weights[place], weight)
            weights[place + 1] = max(weights[place + 1], weight)
    names = _in_names(run, weights)
    return tuple(
        (_LIGHT_SHARE if character in _LIGHT_CHARACTERS else 1.0) * weight
        or (0.0 if character in _LIGHT_CHARACTERS else unknown * (1.0 if in_name else _UNKNOWN_SHARE))
        for character, weight, in_name in zip(run, weights, names, strict=True)
    )


def _in_names(run: str, weights: list[float]) -> list[bool]:
    """For each character whether it stands among three that no report has in a row: a name (慕尼黑)."""
    kinds = "".join(
        "u" if not w and c not in _LIGHT_CHARACTERS else "k" for c, w in zip(run, weights, strict=True)
    )
    names = [False] * len(run)
    for match in _NAME.finditer(kinds):
        names[match.start() : match.end()] = [True] * (match.end() - match.start())
    return names


def find_covered(run: str, text: str) -> list[bool]:
    """For each character of a run whether a pair it stands in, or another name of its word, stands in a folded text."""
    if not _RUN.match(run)["han"]:  # type: ignore[index]
        return [run in text or any(name in text for name in _others(run))]
    covered = [False] * len(run)
    for place in range(len(run) - 1):
        if run[place : place + 2] in text:
            covered[place] = covered[place + 1] = True
    if len(run) == 1:
        covered[0] = run in text
    for word, others in _alternatives(run):
        if any(other in text for other in others):
            start = run.find(word)
            covered[start : start + len(word)] = [True] * len(word)
    return covered


def share_held(contents: Iterable[Content], text: str) -> float:
    """Weight of what a folded text holds of the contents, as a share of all of it; 1 when there is none."""
    total = held = 0.0
    for content in contents:
        for weight, covered in zip(content.weights, find_covered(content.text, text), strict=True):
            total += weight
            held += weight * covered
    return held / total if total else 1.0


@lru_cache(maxsize=1)
def _by_word() -> dict[str, frozenset[str]]:
    """Every word of the tables with those that may stand in its place."""
    words: dict[str, frozenset[str]] = {}
    # A line of the everyday words reads from its first word to the others, the statistical names go both ways.
    for first, *others in GROUPS:
        words[first] = words.get(first, frozenset()) | frozenset(others)
    for names in NAMES:
        for name in names:
            words[name] = words.get(name, frozenset()) | (frozenset(names) - {name})
    return words


def _others(word: str) -> frozenset[str]:
    return _by_word().get(word, frozenset())


@lru_cache(maxsize=1024)
def _alternatives(run: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """The words of the tables that stand in a run."""
    return tuple((word, others) for word, others in _by_word().items() if word in run)
