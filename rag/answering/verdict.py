"""Yes or no: whether a clause of the reports bears out what a question supposes."""

import re

from rag.text import fold

_RANK = re.compile(
    r"(全国|国内|全球|世界|全省|我省|省内|全市|我市)[^，。、；]{0,6}?(首|率先|唯一|第[一二三四五六七八九十\d]+)"
)
_FIRST_ASKED = re.compile(r"首|第一|最早|头一|率先|唯一|\bfirst\b|\bonly\b")
_FIRST = re.compile(r"首|第[一1](?!\d)|最早|率先|唯一")
_LATER = re.compile(r"第(?:[二三四五六七八九十]|[2-9]|1\d)")
_SCOPES = {"国内": "全国", "我省": "全省", "省内": "全省", "我市": "全市", "世界": "全球"}
# Pairs that rule each other out: what the question supposes, what the clause says instead.
_OPPOSITES = tuple(
    (re.compile(supposed), re.compile(said))
    for supposed, said in (
        (r"涨|升|增|提高|高|多|快|扩大|\b(rise|rose|grow|grew|increase)", r"下降|降低|减少|回落|缩小|负增长"),
        (r"降|减|跌|低|少|缩|\b(fall|fell|drop|decrease|decline)", r"上升|增长|增加|提高|扩大|回升"),
        (r"收费|掏钱|花钱|要钱|付费|买票|\bpay\b|\bcharge", r"免费|免除|免门票|免收"),
        (r"免费|\bfree\b", r"收费|付费"),
        (r"要|得|需要|必须", r"免(?!疫|税)|无需|不用|不再需要"),
        (r"好|改善|达标|合格", r"恶化|变差|超标|不合格"),
    )
)
_DONE_ASKED = re.compile(
    r"已经|了吗|了没|完成|实现|建成|通车|开通|达到|\balready\b|\b(has|have|was|were|did)\b"
)
_AHEAD = re.compile(r"争取|力争|将|计划|拟|加快推进|有望|早日|推动.{0,12}(开工|建设)|前期工作|谋划")
_DONE = re.compile(r"已|如期|成功|正式|获")
_DENIED = re.compile(r"未(?!来)|没有|尚无|并非|不再|无一")


def decide(question: str, clause: str) -> bool:
    """Whether the clause bears out the question (both as written); what it does not contradict, it bears out."""
    question, clause = fold(question), fold(clause)
    if _FIRST_ASKED.search(question):
        return _is_first(question, clause)
    if any(supposed.search(question) and said.search(clause) for supposed, said in _OPPOSITES):
        return False
    if _DONE_ASKED.search(question) and _AHEAD.search(clause) and not _DONE.search(clause):
        return False
    return not _DENIED.search(clause)


def _is_first(question: str, clause: str) -> bool:
    """Whether the clause calls it the first, in the country or province the question names."""
    ranks = {_SCOPES.get(scope, scope): rank for scope, rank in _RANK.findall(clause)}
    scope = next(
        (
            _SCOPES.get(word, word)
            for word in ("全国", "国内", "全省", "我省", "全市", "全球")
            if word in question
        ),
        "",
    )
    if scope in ranks:
        return bool(_FIRST.match(ranks[scope]))
    return bool(_FIRST.search(clause)) and not _LATER.search(clause)


def word(question_language: str, verdict: bool) -> str:
    """The first word of the answer, in the question's language."""
    if question_language == "en":
        return "Yes, " if verdict else "No, "
    return "是，" if verdict else "不是，"
