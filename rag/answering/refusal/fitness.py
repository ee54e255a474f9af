"""Whether a piece of text is of the kind that a question asks for: a sum, a share, a person, a date, a list."""

import re
from functools import lru_cache
from itertools import pairwise

from rag.answering.figures import find_figures
from rag.answering.slots.industries import asks_industry, tells_industries
from rag.answering.slots.unit_fit import MONEY_ASKED, PEOPLE_ASKED, VISITORS_ASKED
from rag.types import AnswerKind

_GROWTH = re.compile(
    r"增长|增速|增幅|增加|[增长](?=了?[多几])|涨|降|升|减|快|慢|占|比(?!赛)|率|指数|排|第几|百分|目标|计划|预期"
    r"|\b(grow|grew|growth|rise|rose|fell|fall|increas|decreas|share|percent|rate|target|rank)"
)
_SHARE = frozenset({"%", "‰", "百分点", "个百分点", "成", "倍"})
_MONEY = frozenset({"元", "美元", "欧元", "人民币"})
_PERSONS = frozenset({"人", "名", "位", "人次"})
_PEOPLE = _PERSONS | {"户", "个"}
_LENGTH = frozenset({"公里", "千米", "米", "厘米", "毫米", "km"})
_AREA = frozenset({"亩", "平方公里", "平方千米", "平方米", "公顷"})
_TIME = frozenset({"年", "月", "个月", "日", "天", "小时", "分钟", "季度", "个工作日", "个"})
_WEIGHT = frozenset({"吨", "斤", "公斤", "千克", "克"})
_POWER = frozenset({"千瓦", "万千瓦", "兆瓦", "千瓦时", "万千瓦时"})

# What is asked decides the units that can answer.
_UNITS_ASKED: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = tuple(
    (re.compile(pattern), units)
    for pattern, units in (
        (r"第几(?![年次届])|排名|名次|位次|\brank", frozenset({"位", "名", "", "个"})),
        (r"百分之几|百分之多少|百分点|几成|几个点|多大比例|\bpercent", _SHARE),
        (r"多长时间|多久|(?<!哪)几年|多少年|几天|多少天|几个月|工期|年限|周期|时长|\bhow long did", _TIME),
        (
            rf"{MONEY_ASKED}|"
            r"多少元|多少[万亿]+元|金额|造价|票价|价格(?![^，,。?？]{0,4}(?:涨|降|增|指数|率|同比))|\bhow much (money|does .* cost)\b|\bprice\b",
            _MONEY,
        ),
        (r"多少公里|多少里程|多长|长度|里程|\bhow (long|far)\b", _LENGTH),
        (r"多少亩|多少平方|多少公顷|多大面积|面积(是|有|为)?多[少大]", _AREA),
        (r"多少[万亿]*吨|多少[万亿]*斤|多少公斤", _WEIGHT),
        (r"多少[万亿]*(度|千瓦)", _POWER),
        (r"(?:多少|几)[万亿]*[名位]", _PERSONS),
        (
            rf"{VISITORS_ASKED}|{PEOPLE_ASKED}|多少[万亿]*[人户]|几[人户]|\bhow many (people|persons|workers|students)\b",
            _PEOPLE,
        ),
    )
)
# Sums of money by name: asked without a word of growth or share, only money answers.
_SUM = re.compile(
    r"生产总值|gdp|总额|[口易款保存取放营售贷补]额|产值|增加值|收入|预算|支出|投资|余额|税收|利润|工资|经费|资金|贷款|存款|营收|销售额|成交额"
)
# Bodies and people of which a sum only says what they do (外商投资企业, 低收入家庭), and names of reports.
_OF_SUMS = re.compile(
    r"[^，,。?？]{0,24}(?:公报|年报|报告|白皮书)(?:里|中|上|的)|(?:投资|收入|贷款|税收|存款|出口|进口)的?(?:企业|单位|机构|家庭|人口|人群|职工|户数|公司)"
)
_COUNT = re.compile(
    r"(?:多少|(?<!哪)几)[十百千万]*[家个项件所座处条张套辆台部艘架场类种批支栋间只头株棵枚块款届起宗笔户份]|\bhow many\b"
)
# 多少亿, 多少生活污水: an amount, which no share answers.
_AMOUNT = re.compile(
    r"多少(万亿|亿|万)|(?<!增长)(?<!下降)(?<!提高)(?<!占)多少(?!百分|成|个百分|个点|比|倍|是|在|占)[\u4e00-\u9fff]{2}"
)
_SHARE_NAMED = re.compile(
    r"((?<!生产)(?<!容积)(?<![汇频])率|占比|比重|比例|增速|增幅|涨幅|降幅|百分比)(是|为|有|达到?|到)?(多少|多高|多大|几)"
)


def fits_figures(question: str, text: str) -> bool:
    """Whether a figure of a folded text is of a dimension that a folded question asks for; where none is told, any is."""
    if asks_industry(question) and tells_industries(text):
        return True
    units = find_units(question)
    found = {figure.unit for figure in find_figures(text)}
    if _COUNT.search(question) and found - _SHARE - _MONEY - (_TIME - {"个"}):
        return True
    if units is None:
        return not (_AMOUNT.search(question) or _COUNT.search(question)) or bool(found - _SHARE)
    return bool(units & found)


@lru_cache(maxsize=256)
def find_units(question: str) -> frozenset[str] | None:
    """The units that can answer a folded question, of every quantity it asks for; None when it does not tell."""
    asked = [units for pattern, units in _UNITS_ASKED if pattern.search(question)]
    if _SHARE_NAMED.search(question):
        asked.append(_SHARE)
    if asked:
        return frozenset().union(*asked)
    is_sum = bool(_SUM.search(_OF_SUMS.sub("", question)))
    is_sum = is_sum and not _GROWTH.search(question) and not _COUNT.search(question)
    return _MONEY if is_sum else None


_ROLE = (
    r"(?:党?(?:工委|委)?副?书记|副?主任|副?会长|副?[省市县区镇乡村校院行局厅所站队团厂社馆]长|董事长|总经理|负责人|带头人|理事长"
    r"|秘书长|创始人|法人|设计师|作者)"
)
_WHO = re.compile(r"谁|哪一?位|何人|叫什么名|叫啥名|\bwho\b|\bwhose\b")
_ROLE_ASKED = re.compile(
    rf"(?P<role>{_ROLE})(?:姓名|名字|叫|是|姓|贵姓|由)|谁(?:是|任|当|担任)(?P<after>.*{_ROLE})"
)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹"
    "孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤易殷尧温章葛辜"
)
# Names of Tibetans, Uyghurs, Kazakhs, Mongols, as Chinese writes them: 扎西才让, 买买提.
_OTHER_NAMES = (
    "(?:扎西|才让|多吉|卓玛|次仁|尼玛|旦增|丹增|索南|拉姆|桑吉|格桑|洛桑|平措|达瓦|巴桑|仁青|央金|加措|才旦|巴特尔|其其格|乌兰|苏日娜|那仁"
    "|买买提|阿不都|阿卜杜|古丽|热合曼|吐尔逊|艾力|库尔班|努尔|玉素甫|阿依|木拉提|马木提)"
)
_NAME = rf"(?:[{_SURNAMES}][\u4e00-\u9fff·]{{1,3}}|{_OTHER_NAMES}[\u4e00-\u9fff·]{{0,6}})"
_ORGANISATION = r"[\u4e00-\u9fff]{2,}(?:厅|局|委员?会?|部|院|公司|集团|政府|中心|协会|联合会|社|银行|支行|大学|学院|组织|法院|机关|钢|铜业|村|镇|街道|市|县|区)"
_BODY = re.compile(r"(?P<name>[^\W省市县区州镇乡的全]{1,7}[厅局委部院行社])$")
_WHICH_FIRM = re.compile(r"哪一?家(?:的)?(?P<kind>企业|公司|银行|医院|单位|机构)")
_FIRM = "公司|集团|企业|厂|股份|科技|实业|钢|铜|酒业|电子|能源|汽车|药业|银行|[研医学]院|中心|局|协会|研究所"
_FIRMS = {"企业": _FIRM, "公司": _FIRM, "单位": _FIRM, "机构": _FIRM, "银行": "行", "医院": "院"}
_WHEN = re.compile(r"什么时候|何时|哪一?天|哪一?年|几月|几号|什么日子|什么时间|\bwhen\b")
_DATE = re.compile(
    r"\d+(?:年|月|日|号(?![线楼院令机桥路矿井门渡文船]|公路|公告))|[今去明前]年|年[底末初]|以来|期间|时期|阶段|上半年|下半年|季度|[一二三四五六七八九十]月"
)
# Items: neither side of the comma ends in a counted figure (18家、总数达30家 lists nothing).
_LISTED = re.compile(
    r"[^\d、，]{2,}、[^\d、，]{2,}|；|“[^”]+”|《[^》]+》|一是|^\s*[(（]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）、.．](?!\d)|[^\d，]{2,}[，,][^\d，]{2,}[，,]|[^\d]{2,}[和及与][^\d]{2,}"
)
_NAMES_LISTED = re.compile(r"[^\d、，]{2,}、[^\d、，]{2,}|“[^”]+”|《[^》]+》|[^\d，]{2,}[和及与][^\d，]{2,}")
_ALL_CALLED = re.compile(r"(?:都|分别|各自?)叫(?:什么|啥)")
_ALL_NAMED = re.compile(r"(?:都|分别|各自?)叫(?:什么|啥)|都有谁|哪些人|名单|都是(谁|哪)")
_WHY = re.compile(r"为什么|为啥|为何|什么原因|原因(是|有)|\bwhy\b")
_CAUSE = re.compile(
    r"由于|因为|因(?![此地素])|受.{1,16}影响|为了|旨在|得益于|原因|导致|造成|针对|鉴于|目的|为.{2,16}[，,]|以.{2,20}为目标"
)
_DENIED = re.compile(r"没(?!收)|未(?!来|成年|央)|失败|落选|取消|无法|不(?=[能会达合通及])")
_COUNTED_ASKED = re.compile(r"多少|几[个家项件所座处条张套部]")
_NUMBER_NAMED = re.compile(
    r"(?<!超过)(?<!突破)(?<!高于)(?<!大于)(?<!低于)(?<!不到)(?<![\da-z.\-哪这])\d+(?:\.\d+)?(?![\da-z.]|年|月|日|号| (?:m|b|tr)illion)"
)


# The line below a title, which tells of the meeting alone: ——2024年1月21日在某省人民代表大会上.
_BYLINE = re.compile(r"\s*[—–-]{1,2}\s*\d{4}年\d{1,2}月\d{1,2}日在[^。，]{4,}[上会]$")
_OF_MEETING = re.compile(
    r"会|报告|时候|何时|哪[天一]|几[月号日]|\b(?:when|meeting|report|session|congress)\b"
)


def fits_kind(question: str, kind: AnswerKind, text: str, clause: str) -> bool:
    """Whether a folded sentence, and of it the clause that is shown, can answer a folded question of this kind at all."""
    if _BYLINE.match(text) and not _OF_MEETING.search(question):
        return False
    if _WHEN.search(question) and kind is not AnswerKind.COMPARISON:
        return bool(_DATE.search(text)) and not _is_other_end(question, text)
    if (
        _WHO.search(question)
        and not _ALL_NAMED.search(question)
        and kind not in {AnswerKind.COMPARISON, AnswerKind.FIGURE, AnswerKind.LIST}
    ):
        return _names_someone(question, text)
    if (
        kind is AnswerKind.ENTITY
        and (firm := _WHICH_FIRM.search(question))
        and not re.search(_FIRMS[firm["kind"]], text)
    ):
        return False
    if _WHY.search(question):
        return bool(_CAUSE.search(text)) and (not _DENIED.search(question) or bool(_DENIED.search(text)))
    if _ALL_NAMED.search(question) or (kind is AnswerKind.LIST and not _COUNTED_ASKED.search(question)):
        return bool(_LISTED.search(clause))
    return True


_RATE_ASKED = re.compile(
    r"(?P<of>[\u4e00-\u9fff]{2,12})(?:覆盖率|比率|率)(?:现在|目前|大概|大约|实际|一共|总共|只|只有)*(?:是|为|有|达到?|占|到)?了?(?:多少|多高|多大|几成|百分之|[?？]?$)"
)
_QUOTED = re.compile(r"[“\"「『《](?P<name>[\u4e00-\u9fff]{2,16})[”\"」』》]")
_QUOTES = re.compile(r"[“”\"「」『』《》‘’]")


def names_rate(question: str, text: str) -> bool:
    """Whether a folded text has a word of that of which a folded question asks the rate: 森林 of 森林覆盖率是多少."""
    match = _RATE_ASKED.search(question)
    if match is None or re.search("多[大少]|占|准确|具体", match["of"]):
        return True
    of = re.split(r"[的里]|在(?![校职建编])", match["of"])[-1] if len(match["of"]) > 4 else match["of"]
    pairs = [first + second for first, second in pairwise(match["of"] if len(of) < 2 else of)]
    return any(pair in text for pair in pairs)


def names_quoted(question: str, text: str) -> bool:
    """Whether a folded text has every name that a folded question puts in quotes (“小巨人”), each with a pair of its letters or most of them."""
    bare = _QUOTES.sub("", text)
    for match in _QUOTED.finditer(question):
        name = match["name"]
        known = any(first + second in bare for first, second in pairwise(name))
        if not known and 3 * sum(letter in bare for letter in name) < 2 * len(name):
            return False
    return True


# A body or site at the beginning of a question: 老君山景区, 第二芙蓉学校.
_SUBJECT = re.compile(
    r"\s*(?:请问|那么?|在|是|的|,)*(?P<stem>[\u4e00-\u9fff]{2,8}?)(?:行政村|村|社区|景区|公司|集团|学校|小学|中学|大学(?![位生])|医院|银行|机场|水库|码头|海关|法院|检察院|基金|协会"
    r"|工业园|产业园|园区|项目)(?![\u4e00-\u9fff]?(?:里|们|数|级|民))"
)


# What makes of such words no name: 有多少所小学, 去年新建学校, 行政村.
_NO_NAME = re.compile(
    r"^[省市县区镇乡]|[农乡]$|多少|[几哪有建新全各每这那该本其]|年|签约|上市|政府|农村|城乡|国有|公办|民办|公立|民营|行政|中心|普通|重点|特殊教育|高等"
)


def names_subject(question: str, text: str) -> bool:
    """Whether a folded text has a pair of letters of the body or site that a folded question begins with."""
    match = _SUBJECT.match(question)
    if match is None or _NO_NAME.search(match["stem"]):
        return True
    return any(first + second in text for first, second in pairwise(match["stem"]))


_PLACE_ASKED = re.compile(r"(?:哪一?个|哪些|哪几个)(?P<kind>乡镇|镇|乡|村|街道|社区)(?![长委级场道村民])")
_OF_PLACE = {"乡镇": "乡|镇|街道", "村": "村|社区", "社区": "村|社区"}


def names_place(question: str, shown: str) -> bool:
    """Whether the words shown name a place of the kind that a folded question asks for (哪个乡镇), one it does not name itself."""
    match = _PLACE_ASKED.search(question)
    if match is None:
        return True
    kinds = _OF_PLACE.get(match["kind"], match["kind"])
    return any(name not in question for name in re.findall(rf"[\u4e00-\u9fff]{{1,4}}(?:{kinds})", shown))


_ENDS = tuple(
    (re.compile(begun), re.compile(ended))
    for begun, ended in (
        ("开幕", "闭幕"),
        ("开工|动工|开建|奠基", "竣工|完工|建成|投产|投用|通车|开通|启用"),
        ("启动", "结束|收官"),
        ("成立", "撤销|解散|注销"),
    )
)


def _is_other_end(question: str, text: str) -> bool:
    """Whether a text tells when a thing began where it is asked when it ended, or the other way."""
    return any(
        one.search(question) and not one.search(text) and other.search(text)
        for pair in _ENDS
        for one, other in (pair, pair[::-1])
    )


def tells_names(question: str, shown: str) -> bool:
    """Whether the words shown list names where a folded question asks what several are called (都叫什么名字)."""
    return not _ALL_CALLED.search(question) or _NAMES_LISTED.search(shown) is not None


def _names_someone(question: str, text: str) -> bool:
    """Whether a text names who bears the role asked, or a person or body where no role is."""
    asked = _ROLE_ASKED.search(question)
    if asked is None:
        return bool(re.search(rf"{_NAME}|{_ORGANISATION}|[a-z]{{3,}}", text))
    where = asked["role"] or asked["after"]
    found = next(re.finditer(_ROLE, where))
    before = question[: asked.start("role")] if asked["role"] else where[: found.start()]
    role = re.escape(found.group())
    near = rf"{role}[：: ]?{_NAME}|{_NAME}[，, ]?[^，。；]{{0,12}}{role}"
    return bool(re.search(near, text)) and _names_body(before, text)


def _names_body(before: str, text: str) -> bool:
    """Whether a text names the body whose 厅长 or 主任 is asked for, in full or as its short name's characters in order."""
    asked = _BODY.search(before)
    return asked is None or bool(re.search(".*".join(asked["name"]), text))


def names_numbers(question: str, text: str) -> bool:
    """Whether every number that a folded question supposes (升到50, 30家) stands in a folded text."""
    return all(
        re.search(rf"(?<![\d.]){re.escape(n)}(?![\d.]*\d)", text) for n in _NUMBER_NAMED.findall(question)
    )
