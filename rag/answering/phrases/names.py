"""Who, where, which: the clauses that hold a name of the kind asked for, new to the question."""

import re
from collections.abc import Sequence

from rag.answering.lines import Line
from rag.answering.phrases.clauses import LOOKED_AT, best_clauses
from rag.answering.phrases.extremes import tell_extreme
from rag.answering.phrases.scoring import Scorer, Sentence
from rag.corpus.regions import gazetteer
from rag.text import fold
from rag.types import Level

# The hundred most frequent surnames (Ministry of Public Security, 2020 全国姓名报告) with the usual double ones.
_SURNAME = (
    "(?:欧阳|上官|司马|诸葛|[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕"
    "丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤])"
)
_TITLE = (
    "书记|省长|市长|县长|区长|镇长|乡长|州长|主任|局长|厅长|部长|处长|科长|院长|校长|行长|经理|董事长|会长|主席|秘书长|所长"
    "|教授|专家|居民|村民|乡贤|干部|党员|先生|女士|记者"
)
_PERSON = (
    rf"(?:{_TITLE}|[,。;:、“”\n(]|^)[ \u3000]?{_SURNAME}[\u4e00-\u9fff]{{1,2}}(?=同志|说|表示|介绍|认为|反映|回忆|坦言|告诉"
    rf"|每年|通过|带|家庭|等|[,。、(“”:\n]|$)|(?:{_TITLE})[ \u3000]+[\u4e00-\u9fff·]{{2,6}}(?=\s|$)|(?:{_TITLE})[ \u3000]?{_SURNAME}[\u4e00-\u9fff]{{1,2}}"
)
_OFFICE = r"[\u4e00-\u9fff]{1,12}(?:部|厅|局|委|办公室|法院|检察院|政府|委员会|联合会|总队|中心|公司|集团|协会|银行|支行)"
_DATE = r"\d{1,2}月\d{1,2}日|\d{4}年(?:\d{1,2}月)?|\d{1,2}月|[一二三四五六七八九十]+月|[上下]半年|年底|季度|国庆|春节|元旦"
_PLACE = r"[\u4e00-\u9fff]{2,8}(?:省|市|县|区|镇|乡|村|街道|社区|园区|广场|大厦|路|公园|中心|基地|机场|港)"

# What is asked for, and what an answer of that kind looks like; the first that matches holds. Folded text.
_KINDS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(asked), re.compile(answer))
    for asked, answer in (
        (r"谁(?:统一)?(?:部署|牵头|组织|主办|发布|批准|认定|核准|颁发|评)", _OFFICE),
        (r"谁|哪位|哪个人|叫啥名|(?:他|她|人|长|任|记|民|工|者)(?:的)?(?:名字|姓名)|(?:长|任|记|理|人|者|民)(?:是|叫)(?:谁|什么|啥)|\bwho\b", _PERSON),
        (r"哪个?(?:部门|单位|机构|机关)", _OFFICE),
        (r"哪(?:一)?个?(?:村|社区)|\bwhich village\b", r"[\u4e00-\u9fff]{1,6}(?:村|社区)"),
        (r"哪(?:一)?个?(?:乡|镇|乡镇|街道)|\bwhich town", r"[\u4e00-\u9fff]{1,6}(?:乡|镇|街道)"),
        (r"哪(?:一)?[所个]?(?:大学|学校|高校|学院|中学|小学)|\bwhich (?:school|university)", r"[\u4e00-\u9fff]{2,12}(?:大学|学院|中学|小学|学校)"),
        (r"哪(?:一)?[家个]?(?:企业|公司|工厂|厂|集团)|\bwhich (?:company|firm|enterprise)", r"[\u4e00-\u9fff]{2,12}(?:公司|集团|企业|厂|钢|铜业|酒业|电子|科技|实业|能源)"),
        (r"哪(?:一)?[家个]?(?:银行|医院|法院|福利院|研究院)", r"[\u4e00-\u9fff]{2,12}(?:行|院)"),
        (r"什么时候|何时|哪(?:一)?[天年月]|几月|几号|\bwhen\b|\bwhat (?:date|year|month)", _DATE),
        (r"什么(?:职务|岗位|职位)|当(?:上|了)什么", rf"[\u4e00-\u9fff]{{0,8}}(?:{_TITLE})|岗位"),
        (r"哪(?:里|儿|个地方|块地方)|何地|什么地方|在哪|位于|\bwhere\b", _PLACE),
        (r"叫什么|什么名|名称|名字|叫啥|哪(?:部|个|本|项|首).{0,6}(?:条例|法规|办法|方案|规划|文件|作品|报告)", r"《[^》]{2,}》|“[^”]{2,}”"),
    )
)  # fmt: skip


_WHICH_PLACE = re.compile(r"哪(?:一)?个?(?:设区|地级|县级)?(?P<kind>省|市|县|区|州)(?![委长直])")
_LEVELS = {
    "省": {Level.PROVINCE}, "市": {Level.CITY, Level.COUNTY}, "州": {Level.CITY}, "县": {Level.COUNTY}, "区": {Level.COUNTY},
}  # fmt: skip


def _places_called(sentences: Sequence[Sentence], levels: set[Level]) -> re.Pattern[str] | None:
    """The names of places of these levels that sentences hold; None where they hold none."""
    names = {
        fold(sentence.text[mention.start : mention.end])
        for sentence in sentences
        for mention in gazetteer().find(sentence.text, [r for r in (sentence.chunk.region,) if r])
        if mention.region.level in levels
    }
    return re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True)))) if names else None


def name(scorer: Scorer, sentences: Sequence[Sentence]) -> tuple[Line, ...]:
    """The clauses that hold the name asked for, with the words of the question around it."""
    kind = next((answer for asked, answer in _KINDS if asked.search(scorer.folded)), None)
    extreme = tell_extreme(scorer, sentences)
    if extreme and (kind is None or kind.search(fold(extreme[0].text))):
        return extreme
    if kind is None and (which := _WHICH_PLACE.search(scorer.folded)):
        kind = _places_called(sentences[:LOOKED_AT], _LEVELS[which["kind"]])
    return best_clauses(scorer, sentences, kind, scorer.folded)
