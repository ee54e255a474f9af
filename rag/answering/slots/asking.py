"""What figures a question asks for: one or several, each with its words, weighed by how near they stand to 多少."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from rag.answering.figures import find_figures
from rag.answering.lines import Weigh
from rag.answering.slots.series import Range, share_out
from rag.lexical import tokenize
from rag.text import fold
from rag.types import AnswerKind, Question

# A word beside 多少 says what is counted; one far from it says where or of what. Set by hand, not tuned.
VERB, VERY_HEAD, HEAD = 4.0, 2.2, 1.4
# A word that no report uses is no evidence for one figure over another, and often two halves of words (给老 of 给老房子).
UNKNOWN, UNKNOWN_VERB = 0.35, 0.6
# A synonym that was added to the question's own word counts beside it.
ADDED = 0.5
# English names what it asks for first (how many listed companies, what was the output of).
TRANSLATED_HEAD, TRANSLATED_HEADS = 1.6, 3
# A word of another part of the question is context to this one.
CONTEXT = 0.4
_NEAR = 6

_ASK = re.compile(
    r"多少比多少(?:比多少)*|几比[一几](?:比几)*|百分之几|几成|第几|多少|多大|多高|多长|多久|多快|(?<!第)(?<!哪)几(?=[十百千万亿]|个|家|项|名|人|年|月|天|条|座|件|次|所|户|位|倍|级|类|张|辆|块|只|头|亩|吨|元|成|点)"
)
_JOINT = re.compile(r"[，,；;、?？]|(?<![\u4e00-\u9fff])和|又|还")
# Words of a question that name no indicator.
_FILLER = re.compile(
    r"[（(][^（）()]*(?:[另不]计|另算|不算|除外|不含|不包括)[^（）()]*[)）]|[的了呢吗吧啊]|是|几比[一几]|的?时候|打算|准备|计划(?!生育|经济|单列)|目标|预期|想要?|预计|(?:推算|估算|折算|倒推|反推|算)(?:一?下|一算|出来?)?|大概|大约|一共|总共|到底|实际上?|多大|百分之|几个|几家"
    r"|同比|比?上一?年|比?去年|今年|明年|现在|目前|最新|当时|那会儿|那时|截至|年底|年末|年初|一年|全年|这个|那个|哪年|什么|怎么|请问|在(?![校建编岗线册职读])|(?:排名?|位居|列)?(?:到|在|第)?第几|排名?(?=$|\s)|更[高低多少大小快慢好差]|一样|相同|相比|比较|相差|[两三几]年(?=各|分别|都|\s)|[好坏差升降涨跌]了?还是[好坏差升降涨跌]了?|[高低多少大小快慢好差]一?[些点]|报告[中里说称]*|(?<![\d.a-z])(?:19|20)?\d\d年(?:\d+月)?|截止|各$|各(?=\s|$)"
)
_AFTER_ASK = re.compile(r"(?:个|家|项|名|件|位|条|座|张|辆|亿|万|人|元|次|所|户|的|了)*")
_DID = re.compile(r"[了过出]$")
_BEFORE_ASK = re.compile(r"(?:是|有|为|了|过|出|达到?|共|总共|一共|大概|大约|占|能|要|会|得)+$")
# 案子里调成了多少件: what stands before 里 is where to look, what comes after it is counted.
_WITHIN = re.compile(
    r"(?P<whole>[^，,。]{2,30}?)(?:里头|里面|当中|之中|(?<=[\u4e00-\u9fff])中(?=[，, ]|有|的)|里(?=[，, ]|有|的|新))"
)
_PART_OF = re.compile(r"的(?P<head>[\u4e00-\u9fff]{2,4}?)(?:总共|一共|大概|大约)?(?:是|有|为|达到?)了?多少")
_EACH = re.compile(
    r"各(?![地种类级方位界项市县区乡镇省国族部行年月家人个处样省城科])|分别|哪一?个|哪一?样|谁|一样|相同|比较|相比|加起来|加一起|之和|合计|总和|共计|差"
)
_PAIR = re.compile(
    r"(?P<first>[^\s，,。？?、和与跟及]{2,16})(?:和|与|跟|以及|及|、)(?P<second>(?:[^\s，,。？?、和与跟及各比]|(?<=占)比){2,16})(?=\s|[，,?？比各]|$)"
)
# 收入比支出多多少: two figures of which the difference is asked.
_DIFFERENCE = re.compile(
    r"(?P<first>[^\s，,。？?、和与跟及]{2,24}?)比(?P<second>[^\s，,。？?、和与跟及比年同]{2,16}?)(?:要|还|更)?(?:多|少|高|低|大|小)(?:出|了|上)?(?=\s|[，,?？]|$)"
)
_TOGETHER = re.compile(r"(?:一共|总共|全部)?(?:加起来|加一起|之和|合计|总和|共计|一共|总共|相差|差)+$")
_GOAL = re.compile(r"目标|预期|计划")
_REACHED = re.compile(r"实际|完成(?:了|情况)?|结果|达到")


@dataclass(frozen=True, slots=True)
class Choice:
    """A word of an English question: its share of the question's worth, and the tokens of each of its translations."""

    weight: float
    translations: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """One figure asked for.

    `part` is the part of the folded question that asks for it, `weights` the worth of each token (summing to 1),
    `context` the tokens that say where to look and may stand anywhere before the figure. `label` names it where the
    question asks for several; `plan` is whether a target (True), a result (False) or either is wanted; `counted` are the tokens
    of the noun after 多少, which reports mostly put after the figure too; `head` is the noun before it, after 的. `choices` are an English question's words.
    """

    part: str
    weights: Mapping[str, float]
    context: frozenset[str]
    plan: bool | None
    label: str = ""
    counted: frozenset[str] = frozenset()
    choices: tuple[Choice, ...] = ()
    head: str = ""

    def weigh(self, value: Callable[[str], float]) -> float:
        """The words' worth by a value of each token: of a translated word, that of its best translation."""
        if not self.choices:
            return sum(weight * value(token) for token, weight in self.weights.items())
        return sum(
            choice.weight * max(sum(map(value, tokens)) / len(tokens) for tokens in choice.translations)
            for choice in self.choices
        )


def read_asks(question: Question, weigh: Weigh) -> tuple[Ask, ...]:
    """The figures that a question asks for, in order; at least one."""
    folded = fold(question.understood)
    if question.language == "en":
        return (_translated(question, folded, weigh),)
    whole = _ask(question, folded, weigh, content(question.topic), frozenset())
    if _GOAL.search(folded) and _REACHED.search(folded) and _EACH.search(folded):
        return (
            replace(whole, plan=True, label="目标"),
            replace(whole, plan=False, label="实际"),
        )
    if len(question.slots) == 1:
        if pairs := _pairs(question, folded, weigh):
            return pairs
        parts = _parts(folded)
        if len(parts) > 1:
            return tuple(
                _ask(question, part, weigh, content(question.topic), frozenset(content(part)))
                for part in parts
            )
    return (whole,)


def _ask(
    question: Question, part: str, weigh: Weigh, tokens: list[str], mine: frozenset[str], label: str = ""
) -> Ask:
    """An ask whose words are `mine` (all when empty), with the others of the question as context."""
    verb, very, near, halves, counted = _heads(part)
    said = fold(question.understood)
    unknown = weigh("")
    # A short name that no report uses (gdp) leaves its worth to the long one that was added for it.
    stood_for = {token for token in tokens if token.isascii() and token.isalpha() and weigh(token) >= unknown}
    stood_for = stood_for if any(token not in said for token in tokens) else set()
    weights = {
        token: weigh(token)
        * (VERB if token in verb else VERY_HEAD if token in very else HEAD if token in near else 1.0)
        * (1.0 if token in said or stood_for else ADDED)
        * (1.0 if weigh(token) < unknown else UNKNOWN_VERB if token in verb else UNKNOWN)
        * (1.0 if not mine or token in mine else CONTEXT)
        for token in dict.fromkeys(tokens)
        if len(token) > 1 and token not in halves and token not in stood_for
    }
    total = sum(weights.values()) or 1.0
    return Ask(
        part,
        {token: weight / total for token, weight in weights.items()},
        _context(part) | (frozenset(weights) - mine if mine else frozenset()),
        question.plan,
        label,
        counted,
        head=_head(part),
    )


def _translated(question: Question, folded: str, weigh: Weigh) -> Ask:
    """An ask of an English question, whose topic is its words' translations in order: 产值/价值 电池."""
    found: list[tuple[float, tuple[tuple[str, ...], ...]]] = []
    for word in question.topic.split():
        translations = tuple(tokens for each in word.split("/") if (tokens := tuple(tokenize(each))))
        if translations:
            worth = max(sum(map(weigh, tokens)) / len(tokens) for tokens in translations)
            found.append((worth * (TRANSLATED_HEAD if len(found) < TRANSLATED_HEADS else 1.0), translations))
    total = sum(worth for worth, _ in found) or 1.0
    choices = tuple(Choice(worth / total, translations) for worth, translations in found)
    known = sorted({token for choice in choices for each in choice.translations for token in each})
    return Ask(
        folded,
        dict.fromkeys(known, 1 / max(len(known), 1)),
        frozenset(),
        question.plan,
        choices=choices,
    )


def ask_for(question: Question, part: str, words: str, weigh: Weigh) -> Ask:
    """An ask for the figure of these words of a question, where `part` puts them as a question."""
    return _ask(question, part, weigh, content(words), frozenset())


def content(text: str) -> list[str]:
    """Tokens of the words of a folded question that may name an indicator."""
    return tokenize(_FILLER.sub(" ", text))


def _heads(part: str) -> tuple[frozenset[str], ...]:
    """Tokens by what asks: the verb (起诉 of 起诉了多少件破坏环境的案子), the nouns beside it (案子; 总产 of
    粮食总产是多少), those near it, what is no word but a counter or half of one (件破), and all of the noun after it.
    """
    match = _ASK.search(part)
    none = frozenset[str]()
    if not match:
        return none, none, none, none, none
    before = re.split(r"[，,。]", _BEFORE_ASK.sub("", part[: match.start()]))[-1]
    rest = part[match.end() :]
    skip = _AFTER_ASK.match(rest)
    after = re.split(r"[，,。?？、]", rest[skip.end() if skip else 0 :])[0]
    words = [content(before[-_NEAR:]), content(after[-_NEAR:])]
    very = frozenset(token for side in words for token in side[-1:])
    is_verb = bool(_DID.search(part[: match.start()]))
    figures = find_figures("1" + rest[:12])
    unit = figures[0].end - 1 if figures and figures[0].unit else 0
    counted = max(unit, skip.end() if skip else 0)
    return (
        frozenset(words[0][-1:]) if is_verb else none,
        very,
        frozenset(token for side in words for token in side),
        frozenset(rest[i : i + 2] for i in range(counted)),
        frozenset(content(after)),
    )


def _head(part: str) -> str:
    """The noun of which something is asked, where it is a part of what stands before it: 幼儿园的园位是多少."""
    match = _PART_OF.search(part)
    return match["head"] if match else ""


def _context(part: str) -> frozenset[str]:
    match = _WITHIN.search(part)
    return frozenset(content(match["whole"])) if match else frozenset()


def _parts(folded: str) -> list[str]:
    """The parts of a question that each ask for a figure of their own: 有多少个、投了多少钱."""
    parts, start = [], 0
    matches = list(_ASK.finditer(folded))
    if not matches:
        return [folded]
    for match, following in zip(matches, [*matches[1:], None], strict=True):
        if following is None:
            parts.append(folded[start:])
            break
        joint = _JOINT.search(folded, match.end(), following.start())
        if joint:
            parts.append(folded[start : joint.start()])
            start = joint.end()
    return parts if len(parts) == len(matches) else [folded]


def _pairs(question: Question, folded: str, weigh: Weigh) -> tuple[Ask, ...]:
    """Two things of which the same is asked (水稻和油菜面积各是多少), each with what they share; else none."""
    asks_figures = question.wants_figure or "各" in folded
    topic = fold(question.topic)
    match = _PAIR.search(topic) if asks_figures and _EACH.search(folded) else None
    if match is None and question.kind is AnswerKind.COMPARISON:
        match = _DIFFERENCE.search(topic)
    if not match:
        return ()
    items = [match.span("first"), match.span("second")]
    return tuple(_of_pair(question, folded, weigh, items, place) for place in (0, 1))


def _of_pair(question: Question, folded: str, weigh: Weigh, items: list[Range], place: int) -> Ask:
    topic = fold(question.topic)
    own, rivals = share_out(topic, items, place)
    label = _TOGETHER.sub("", "".join(topic[start:end] for start, end in own))
    tokens = [token for start, end in own for token in content(topic[start:end])]
    others = {token for start, end in rivals for token in content(topic[start:end])}
    outside = content(f"{topic[: items[0][0]]} {topic[items[1][1] :]}")
    tokens += [token for token in outside if token not in others]
    return _ask(question, _without_rival(folded, topic, items, place), weigh, tokens, frozenset(), label)


def _without_rival(folded: str, topic: str, items: list[Range], place: int) -> str:
    """The question with the one thing in place of both: what the other one is measured in is not asked of it."""
    first, second = (re.escape(topic[start:end]) for start, end in items)
    own = topic[slice(*items[place])]
    return re.sub(rf"{first}(?:和|与|跟|以及|及|、|比){second}", lambda _match: own, folded)
