"""Whether a clause of the reports bears out what a question supposes."""

import re
from collections.abc import Sequence
from decimal import Decimal

from rag.answering.figures import Figure, find_figures
from rag.answering.lines import Line
from rag.answering.phrases.claimed import supposes_way, way_told
from rag.answering.phrases.supposed import by_figures, by_parts
from rag.answering.phrases.within import compare_within
from rag.lexical import tokenize
from rag.synonyms import name_groups
from rag.text import fold
from rag.types import Kind, Level, Question

_RANK = re.compile(
    r"(全国|国内|全球|世界|全省|我省|省内|全市|我市|中部)[^,。、;]{0,10}?(首|率先|唯一|第[一二三四五六七八九十\d]+(?!方阵|梯队))"
)
FIRST_ASKED = re.compile(r"首|第[一1](?!\d)|最早|头[一名]|率先|唯一|\bfirst\b|\bonly\b")
_FIRST = re.compile(r"首(?!批)|第[一1](?!\d|方阵|梯队|批|产业)|最早|率先|唯一")
_LATER = re.compile(r"第(?:[二三四五六七八九十]|[2-9]|1\d)")
_SCOPES = {"国内": "全国", "我省": "全省", "省内": "全省", "我市": "全市", "世界": "全球"}
# From the narrowest: the first of a city need not be the first of its province.
_WIDER = ("全市", "全省", "全国", "全球")
_OF_LEVEL = {Level.PROVINCE: "全省", Level.CITY: "全市"}
# Pairs that rule each other out: what the question supposes, what the clause says instead.
_OPPOSITES = tuple(
    (re.compile(supposed), re.compile(said))
    for supposed, said in (
        (
            r"涨(?!价的)|上升|升高|升了|增长|增加|提高|变高|更高|变多|扩大|\b(rise|rose|grow|grew|increase)",
            r"下降|降低|减少|回落|缩小|负增长|压减|缩减|调减|下调|下滑|持平",
        ),
        (
            r"下降|降低|降了|减少|减了|下跌|下滑|跌了|缩小|变少|\b(fall|fell|drop|decrease|decline)",
            r"上升|增长|增加|提高|扩大|回升|上涨|持平",
        ),
        (r"收费|掏钱|花钱|要钱|付费|买票|自费|\bpay\b|\bcharge", r"免费|免除|免门票|免收"),
        (r"免费|\bfree\b", r"(?<!免)收费|付费"),
        (r"要|得|需要|必须", r"免(?!疫|税|费)|无需|不用|不再需要"),
        (r"好|改善|达标|合格", r"恶化|变差|超标|不合格"),
        (r"跑赢|高于|快于|领先|好于|优于", r"低于|慢于|落后|不及"),
        (r"低于|慢于|落后", r"高于|快于|领先|高出"),
    )
)
# Members of closed sets: where the question says one and the clause another of its set, the clause says no.
_SETS = tuple(
    re.compile(pattern)
    for pattern in (
        r"[金银铜]奖|优秀奖|[金银铜]牌",
        r"[一二三特]等奖",
        r"世界级|国家级|省级|市级|县级",
        r"[一二三四五1-5]a级?",
        r"上半年|下半年|全年",
        r"[ⅰⅱⅲⅳⅴ]类",
        r"\d+岁",
    )
)
# A target asked for, and what says that it was not reached.
_TARGET_ASKED = re.compile(r"目标|预期|计划|任务|预算(?!收入|支出|执行)")
_SHARE_DONE = re.compile(
    r"(?:完成|为|占)(?:了|年初|调整|全年|年度)*(?:预算|计划|目标|任务)[数额]?的(?P<share>\d+(?:\.\d+)?)%|(?:完成|竣工|整改|达标|销号)率(?:仅|只|才)?(?:为|有|达到?)?(?P<rate>\d+(?:\.\d+)?)%"
)
_WHOLE = 100
# Labels of the two lines that show whether a target was reached.
TARGET, RESULT = "目标", "实际"
_MISSED = re.compile(
    r"(?:低于|未达到?|未完成|没有?达到|不及|低了?)[^,;。]{0,14}(?:目标|预期|计划|任务)|(?:目标|预期|计划|任务)(?:要|相比)?低(?!碳|保|空|收|效|压)"
)
# Not reached, whichever way it should have gone.
_NOT_REACHED = re.compile(r"(?:未|没有?)能?(?:完成|达到?|实现)[^,;。]{0,14}(?:目标|预期|计划|任务)")
# What is better for being less; a target for prices and debts is met by staying below it.
_HARM = r"pm2\.?5|pm10|浓度|排放|能耗|失业|事故|死亡|超标"
_LESS_IS_BETTER = re.compile(rf"{_HARM}|物价|cpi|价格|涨幅|控制|负债")
_REDUCED = re.compile(r"降低|下降|降幅|减排|削减|压减|减少|\b(?:reduc|cut|lower)")
_BETTER_ASKED = re.compile(r"改善|好转|变好|好些|好了")
_HARMFUL = re.compile(rf"{_HARM}|臭氧|发病|污染|投诉|纠纷")
_DONE_ASKED = re.compile(
    r"已经|了[吗吧没]|现在(?:就|已)?是|(?:完成|实现|建成|建好|通车|开通|达到|改完)[了没吗么]|\balready\b|\b(?:has|have|was|were|did)\b"
)
_AHEAD = re.compile(
    r"争取|力争|将|计划|拟|加快|快速推进|稳步推进|扎实推进|有望|早日|推动.{0,12}(开工|建设)|前期工作|谋划|在建|启动建设"
)
_DONE = re.compile(r"已|如期|成功|正式|获|通车|投产|投用|投运|建成(?!.{0,6}的目标)|竣工|完工|全部|实现|突破")
_AHEAD_CLAUSE = re.compile(r"(?:争取|力争|计划|拟|有望|早日|将于|确保|加快|推动|谋划)[^,。;]*")
_STATE = re.compile(
    r"是不是|是否|已经?|现在|全线|建成|建好|通车|开通|完成|实现|投产|投用|竣工|完工|开工|就|了|[吗吧么]|没有?|(?:19|20)\d\d年"
)
# 完成了没有 and 完成没完成 suppose that it was.
_CHOICE = re.compile(r"有没有|[了过]?没有?(?=[吗呢]?[?]?$)|(完成|达到?|实现)没有?\1")
_NOT_DONE = re.compile(r"[未没]有?能?(?:完成|达|实现)")
_DENIED = re.compile(r"未(?!来)|没有|尚无|并非|不再|无一|取消")
# What was only begun is not completed.
_COMPLETION_ASKED = re.compile(
    r"建成|建好|建完|完工|竣工|完成|投用|投产|投入使用|通车|开通|启用|\bcompleted?\b|\bfinished\b|\bopened\b"
)
_COMPLETED = re.compile(r"建成|完工|竣工|完成|投用|投产|投入使用|投入运营|通车|开通|启用|落成")
_BEGUN = re.compile(r"开工|动工|启动|开建|奠基")
# 不用备案 supposes what 免备案 says.
_SPARED_ASKED = re.compile(r"不用|不必|不需要?|(?<!要)不要|无需|免")
# 免备案 where the question says 备案, 零彩礼 where it says 彩礼.
_WITHOUT = re.compile(r"(?:零|无|免|不收|没有|取消)([\u4e00-\u9fff]{2})")
# What a question says its subject is, after its last 是.
_POINT = re.compile(
    r"(?:是不是|是否|是|属于|来自|叫做?|位于)(?:在|由|指)?(?P<point>[^是]{2,20}?)(?:的)?(?:吗|吧|么|呢)?[?!]?$"
)
# Who did it is the point of such a question (是教育局牵头的吗), not that it was done.
_BY_WHOM = re.compile(
    r"(?:由|被)?(?P<who>[^由被]{2,12}?)(?:牵头|负责|主办|承办|组织|部署|发布|制定|出台|印发|认定|命名|批准|发起|提出)"
)
# What begins with an adverb or with what is striven for (是不是在争取承办) names no subject.
_NO_SUBJECT = re.compile(r"[全都已还也又真仍]|依旧|依然|继续|一直|争取|力争|准备|打算|计划|申请|谋划")
_POINT_END = re.compile(r"[吗吧呢么?!的]")
_OTHERS_ASKED = re.compile(r"除了?.{1,16}[还别另]|还有(?:别|其)|别的|其[他它余](?!中)|另外")
_ALONE = re.compile(r"唯一|仅有|只有|独家")


# Whether it is back where it was, and how far: 恢复到2019年的水平了吗, 仅为2019年的74.1%.
_RECOVERY_ASKED = re.compile(r"(?:恢复|回|赶|追|超)[到上过]?[^,。?]{0,4}(?P<year>(?:19|20)\d\d)年")
_RECOVERED = re.compile(
    r"(?:为|到|至|于)(?P<year>(?:19|20)\d\d)年(?:同期|全年)?的?(?P<shares>\d[\d.]*%(?:[、和与]\d[\d.]*%)*)"
)
_SHARE = re.compile(r"\d[\d.]*")
_BARE_SHARE = re.compile(r"(?:仅|只|但|还|已|也|分别)*(?:为|是|相当于|恢复[到至])")


def decide(question: Question, line: Line) -> bool:
    """Whether a line bears out what the question supposes; what it does not contradict, it bears out."""
    asked, clause = fold(question.understood), fold(line.text)
    if _TARGET_ASKED.search(asked) and (done := share_done(clause)) is not None:
        return (done >= _WHOLE) is not _supposes_missed(asked)
    if (recovered := _recovered(asked, clause)) is not None:
        return recovered
    if question.language == "en":
        asked = f"{asked} {question.topic.replace('/', ' ')}"
    around = fold(line.source)
    if _TARGET_ASKED.search(asked) and _NOT_REACHED.search(_pointed(asked, around)):
        return _supposes_missed(asked)
    if line.figure is not None and (told := by_figures(asked, clause)) is not None:
        return told
    if _TARGET_ASKED.search(asked) and _MISSED.search(clause) and not _LESS_IS_BETTER.search(asked):
        return _supposes_missed(asked)
    if _misses_point(asked, around) or (_OTHERS_ASKED.search(asked) and _ALONE.search(around)):
        return False
    if FIRST_ASKED.search(asked):
        return _is_first(asked, clause, question)
    if (compared := compare_within(asked, clause)) is not None:
        return compared
    pointed = _pointed(asked, clause)
    if _COMPLETION_ASKED.search(asked) and _BEGUN.search(pointed) and not _COMPLETED.search(pointed):
        return False
    for decided in (by_figures(asked, clause), by_parts(asked, clause), _by_set(asked, clause, around)):
        if decided is not None:
            return decided
    if (way := supposes_way(question)) and (told_way := way_told(clause) or way_told(pointed)):
        return told_way == way
    if not _SPARED_ASKED.search(asked) and _says_opposite(asked, clause, pointed):
        return False
    if (
        _DONE_ASKED.search(asked)
        and question.plan is not True
        and _is_ahead(line, _of_subject(asked, clause))
    ):
        return False
    return not _DENIED.search(_without_names(clause)) or bool(_DENIED.search(asked))


def _supposes_missed(asked: str) -> bool:
    """Whether a question about a target supposes that it was not reached."""
    supposed = _CHOICE.sub("", asked)
    return any(words.search(supposed) for words in (_DENIED, _NOT_DONE, _MISSED))


def _recovered(asked: str, clause: str) -> bool | None:
    """Whether what is asked about is back at the level of a year, by the share of it that its clause or a bare next one tells."""
    wanted = _RECOVERY_ASKED.search(asked)
    if wanted is None:
        return None
    parts = re.split("[,;]", clause)
    best = _most_shared(asked, parts)
    told = [parts[best], *(part for part in parts[best + 1 : best + 2] if _BARE_SHARE.match(part))]
    levels = (match for part in told for match in _RECOVERED.finditer(part))
    level = next((match for match in levels if match["year"] == wanted["year"]), None)
    shares = _SHARE.findall(level["shares"]) if level else _in_turn(parts, best, wanted["year"])
    verdicts = {Decimal(share) >= _WHOLE for share in shares}
    return verdicts.pop() if len(verdicts) == 1 else None


def _in_turn(parts: Sequence[str], best: int, year: str) -> list[str]:
    """The share of a part that a later one tells of several in turn, each of one figure: 分别为2019年的94.4%和78.9%."""
    for place in range(best + 2, len(parts)):
        level = _RECOVERED.search(parts[place]) if parts[place].startswith("分别") else None
        shares = _SHARE.findall(level["shares"]) if level and level["year"] == year else []
        first = place - len(shares)
        if 0 <= first <= best and all(len(find_figures(part)) == 1 for part in parts[first:place]):
            return [shares[best - first]]
    return []


def is_reached(asked: str, target: Figure, result: Figure) -> bool:
    """Whether a result reaches its target: what is harmful must not exceed it, what it is reduced by must."""
    less = _LESS_IS_BETTER.search(asked) and not _REDUCED.search(asked)
    return result.value <= target.value if less else result.value >= target.value


def share_done(clause: str) -> Decimal | None:
    """How many percent of a plan a folded clause says were done; None where it says none."""
    match = _SHARE_DONE.search(clause)
    return Decimal(match["share"] or match["rate"]) if match else None


def _says_opposite(asked: str, clause: str, pointed: str) -> bool:
    """Whether a clause rules out what the question supposes: 下降 where it says 上升, 免备案 where it says 备案."""
    if _BETTER_ASKED.search(asked) and _HARMFUL.search(asked) and way_told(pointed) == "增长":
        return True
    return any(supposed.search(asked) and said.search(pointed) for supposed, said in _OPPOSITES) or any(
        match[1] in asked and match.group() not in asked for match in _WITHOUT.finditer(clause)
    )


def _misses_point(asked: str, around: str) -> bool:
    """Whether a sentence holds nothing of what the question says its subject is (...是在赣州吗)."""
    match = _POINT.search(asked)
    known = (FIRST_ASKED, *(supposed for supposed, _ in _OPPOSITES[:2]))
    if not match or _NO_SUBJECT.match(match["point"]) or any(words.search(match["point"]) for words in known):
        return False
    by_whom = _BY_WHOM.match(match["point"])
    named = by_whom["who"] if by_whom else _POINT_END.sub("", match["point"])
    point = {token for token in tokenize(named) if len(token) > 1}
    return bool(point) and not point & set(tokenize(around))


def _is_ahead(line: Line, clause: str) -> bool:
    """Whether a clause tells of what is still to be done: 争取早日建成通车, or a plan that says of nothing that it was."""
    bare = _without_names(clause)
    if line.chunk.kind is Kind.PLAN and not re.search(r"已", bare):
        return True
    return bool(_AHEAD.search(bare)) and not _DONE.search(_AHEAD_CLAUSE.sub("", bare))


def _of_subject(asked: str, clause: str) -> str:
    """The part of a run of clauses that names what is asked about, with the next where it says nothing of its state."""
    parts = re.split("[,;]", clause)
    best = _most_shared(_STATE.sub(" ", asked), parts)
    told = _AHEAD.search(parts[best]) or _DONE.search(parts[best])
    return parts[best] if told else ",".join(parts[best : best + 2])


def _most_shared(asked: str, parts: Sequence[str]) -> int:
    """The place of the part that has most words of a folded question; a statistic counts by whichever of its names."""
    words, names = {token for token in tokenize(asked) if len(token) > 1}, name_groups(asked)
    shared = [len(words & set(tokenize(part))) + 2 * len(names & name_groups(part)) for part in parts]
    return shared.index(max(shared))


def _pointed(asked: str, clause: str) -> str:
    """The part of a run of clauses that has most of the question's words, with the next where it tells what became."""
    parts = re.split("[,;]", clause)
    best = _most_shared(asked, parts)
    asks = [(supposed, said) for supposed, said in _OPPOSITES if supposed.search(asked)]
    alone = any(said.search(parts[best]) for _, said in asks or _OPPOSITES)
    return parts[best] if alone else ",".join(parts[best : best + 2])


def _is_first(asked: str, clause: str, question: Question) -> bool:
    """Whether the clause calls it the first, in the country, province or city that the question names."""
    ranks = {_SCOPES.get(scope, scope): rank for scope, rank in _RANK.findall(clause)}
    words = ("全国", "国内", "全球", "世界", "中部", "全省", "我省", "全市")
    scope = next((_SCOPES.get(word, word) for word in words if word in asked), "")
    levels = [slot.region.level for slot in question.slots if slot.region]
    scope = scope or next(
        (_OF_LEVEL[level] for level in levels if level in _OF_LEVEL and ranks.get(_OF_LEVEL[level])), ""
    )
    if scope in ranks:
        return bool(_FIRST.match(ranks[scope]))
    told = [each for each in ranks if each in _WIDER]
    if scope in _WIDER and told and all(_WIDER.index(each) < _WIDER.index(scope) for each in told):
        return False
    return bool(_FIRST.search(clause)) and not _LATER.search(clause)


def _by_set(asked: str, clause: str, around: str) -> bool | None:
    """No where the clause says another member of a set than the question, and not the question's own."""
    for members in _SETS:
        supposed, said = set(members.findall(asked)), set(members.findall(clause))
        if supposed and said and not supposed & said and not any(word in around for word in supposed):
            return False
    return None


def _without_names(clause: str) -> str:
    """A clause without what stands in quotes: a name says nothing of what was done."""
    return re.sub(r"[“《][^”》]*[”》]", "", clause)
