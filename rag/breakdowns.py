"""The parts that statistics are broken down into: women and men, imports and exports, one country and another.

What is told of one part, or of the whole, answers nothing about another; and a follow-up that names one (那出栏呢) asks
the same of it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

# Each line: the parts of one breakdown of China's official statistics, each with its names; before a colon what they are
# parts of, if reports name that alone; with a plus what only reports call it. General terms of yearbooks and bulletins, no
# report's own. Folded text.
_RESTRICTING = """
: 公办|公立 / 民办
游客: 入境|外国人|外国游客|国外游客|海外游客|境外游客|外籍|foreign tourist|foreign visitor|inbound / 国内游客|国内旅游|domestic tourist
各项存款: 住户[^,，。]{0,16}存款|居民[^,，。]{0,16}存款|个人[^,，。]{0,16}存款|老百姓[^,，。]{0,20}存款 / 企业存款|单位存款 / 政府存款|财政性存款
贷款: 消费贷款|消费性贷款|个人消费|consumer loan / 经营贷款|经营性贷款|个人经营 / 住房贷款|房贷|按揭|mortgage / 涉农贷款 / 绿色贷款|绿色信贷|green loan / 普惠 / 科技贷款|科创贷款
保险: 养老保险|养老金|pension / 医疗保险|医保|medical insurance|health insurance / 失业保险|失业金|unemployment insurance / 工伤保险|工伤|work injury / 生育保险|maternity / 长期护理
: (?<!非)税收|收税|多少税|税款|tax revenue / 非税|non tax
: 增值税 / 企业所得税 / 个人所得税|个税 / 印花税 / 车船税|vehicle and vessel tax / 契税 / 房产税 / 土地增值税 / 消费税 / 关税 / 资源税 / 耕地占用税 / 环境保护税|环保税 / 城市维护建设税|城建税 / 车辆购置税|车购税 / 烟叶税
: 存栏|在栏 / 出栏
: 个体户|个体工商户|个体经营|self employed / 合作社|cooperative / 家庭农场|family farm
: 女|女性|妇女|female|women / 男|男性|male|men
: 出生|新生儿|birth / 死亡|病死|death
: 劣 / 优良|良好
: 风电|风力|风能|wind power / 光伏|太阳能|solar|photovoltaic / 水电|水力|hydropower / 火电|火力|煤电|thermal power / 核电|nuclear / 生物质
吞吐量: (?<!入境)旅客|passenger / 货邮|货运|货物|cargo / 集装箱|container
: 幼儿园|幼儿|学前|在园|入园|kindergarten / 小学|primary school / 初中|junior / 高中|senior high / 中职|中等职业|职业学校|职校|技校|secondary vocational / 高校|高等学校|高等院校|高等教育|大学|本专科|university / 特殊教育|特教
: 研究生|硕士|博士|postgraduate / 本科|undergraduate / 专科|大专|高职
: 医师|医生|doctor / 护士|nurse / 药师|pharmacist
: 民营|私营|私有|private / 国有|国企|央企|state owned / 外资|外商|foreign invested
: 发明|invention / 实用新型 / 外观设计
: 人均|每人|每个人|平均一个?人|per capita|per person|+平均|+户均|+/人 / 户均|每户|平均一户|per household|+/户 / 亩均|每亩|平均一亩|+/亩
: 老年|老人|老龄|岁及以上|岁以上|elderly|+养老|+敬老 / 儿童|少儿|幼儿|children|+孩子|+学生|+未成年 / 残疾|disabled
: 美国|united states / 日本|japan / 韩国|south korea / 俄罗斯|russia / 蒙古国|mongolia / 越南|vietnam / 老挝|laos / 缅甸|myanmar / 泰国|thailand / 柬埔寨|cambodia / 马来西亚|malaysia / 新加坡|singapore / 印度尼西亚|印尼|尼西亚|indonesia / 菲律宾|philippines / 印度|india / 巴基斯坦|pakistan / 哈萨克斯坦|kazakhstan / 乌兹别克斯坦|uzbekistan / 沙特|saudi arabia / 阿联酋|emirates / 伊朗|iran / 土耳其|turkey / 德国|germany / 法国|france / 英国|britain / 意大利|italy / 西班牙|spain / 荷兰|netherlands / 波兰|poland / 瑞士|switzerland / 澳大利亚|australia / 新西兰|new zealand / 加拿大|canada / 墨西哥|mexico / 巴西|brazil / 智利|chile / 阿根廷|argentina / 南非|south africa / 埃及|egypt / 肯尼亚|kenya / 尼日利亚|nigeria / 香港|hong kong / 澳门|macao / 台湾|taiwan / 欧盟|european union / 东盟|asean / rcep / 中亚五国
"""
_OPPOSITE = """
: 上半年 / 下半年
: 国家级|+国家 / 省级 / 市级 / 县级
: 一产|第一产业|primary industry|+一、二 / 二产|第二产业|secondary industry|+一、二|+二、三产 / 三产|第三产业|tertiary industry|+二、三产
: 医院|hospital / 社区卫生服务中心|community health / 乡镇卫生院|卫生院|township health / 村卫生室|卫生室|village clinic
: 农村|乡村|农民|乡下|+村|+乡镇|+城乡|+乡居民|rural / 城镇|城里|城区|(?<![城镇全])市区|+城市|+城乡|+乡居民|urban resident|urban household|urban job
: 存款|deposit|+存、贷|+存贷 / 贷款|loan
: (?<!出)进口|import|+进、出口 / (?<!进)出口|export / 进出口|imports and exports
: 门诊|门急诊|outpatient|+门.急.诊 / 住院|入院|出院|inpatient|hospital admission
: 空气|大气|好天|air / 水质|断面|水体|地表水|饮用水|water / 土壤|soil
: 招生|新生 / 毕业
: 铁路|高铁|rail / 公路|高速|road|highway / 航空|民航|机场|airport / 水路|航道|waterway
: 立案|新收|收案 / 结案|审结|办结|执结|案子?结了
: 春季|春天|spring / 夏季|夏天|summer / 秋季|秋天|autumn / 冬季|冬天|winter
: 早稻 / 中稻 / 晚稻
: 水稻|稻谷|rice / 小麦|wheat / 玉米|corn|maize / 大豆|soybean / 油菜|rapeseed / 棉花|cotton / 蔬菜|vegetable / 水果|fruit
: 猪|pig|hog / 牛|cattle / 羊|sheep / 禽|鸡|鸭|poultry
"""
# Words that hold a part's name and name none of it.
_OTHER_WORDS = re.compile(
    "子女|儿女|海关税|印度(?=尼)|(?<=[省市县区境内])外资(?=金)|[全我中]国有|(?<=扩)大学(?=位)|(?<=[河湖云海])南非|德国(?=家)|市区(?=块)"
)


@dataclass(frozen=True, slots=True)
class _Part:
    """What finds a part's names where it is asked of, and where it is told of."""

    asked: re.Pattern[str]
    told: re.Pattern[str]

    def stands_in(self, folded: str) -> bool:
        """Whether a text tells of the part."""
        return self.told.search(folded) is not None


@dataclass(frozen=True, slots=True)
class _Breakdown:
    """The parts, what they are parts of, and whether a passage must name the part to tell of it."""

    whole: str
    parts: tuple[_Part, ...]
    restricts: bool

    def only_part(self, folded: str) -> _Part | None:
        """The part that a question names, where it is a single one."""
        parts = [part for part in self.parts if part.asked.search(folded)]
        return parts[0] if len(parts) == 1 else None

    def names_whole(self, words: str) -> bool:
        """Whether words name what the parts are parts of as a sum of all: 各项存款."""
        return self.whole.startswith("各项") and self.whole in words

    def tells_other(self, asked: _Part, shown: str, around: str) -> bool:
        """Whether the words shown, in what stands around them, are of another part than the one asked, or of the whole."""
        if asked.stands_in(shown):
            return False
        other = any(part.stands_in(shown) for part in self.parts)
        whole = bool(self.whole) and self.whole in shown
        return other or (self.restricts and (whole or not asked.stands_in(around)))


def _read(lines: str, restricts: bool) -> tuple[_Breakdown, ...]:
    breakdowns = []
    for line in lines.strip().splitlines():
        whole, parts = line.split(": ")
        breakdowns.append(_Breakdown(whole, tuple(map(_read_part, parts.split(" / "))), restricts))
    return tuple(breakdowns)


def _read_part(names: str) -> _Part:
    told = names.replace("+", "").split("|")
    asked = [name for name in names.split("|") if not name.startswith("+")]
    return _Part(_pattern(asked), _pattern(told))


def _pattern(names: list[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(
        "|".join(rf"\b{name}s?\b" if name.isascii() else name for name in longest_first), re.IGNORECASE
    )


_BREAKDOWNS = _read(_RESTRICTING, restricts=True) + _read(_OPPOSITE, restricts=False)


@lru_cache(maxsize=256)
def _parts_asked(asked: str, own: str = "") -> tuple[tuple[_Breakdown, _Part], ...]:
    """The parts that a question asks of; the words of a follow-up, `own`, decide where they name one."""
    asked, own = _OTHER_WORDS.sub(" ", asked), _OTHER_WORDS.sub(" ", own)
    parts = ((each, each.only_part(own) or each.only_part(asked)) for each in _BREAKDOWNS)
    return tuple((breakdown, part) for breakdown, part in parts if part is not None)


def is_of_other_part(asked: str, own: str, shown: str, around: str) -> bool:
    """Whether a question is of one part of a statistic (存栏) and the words shown of another (出栏) or of the whole.

    All texts are folded. `own` are the words of a follow-up, which decide where they name a part; `around` is all that
    stands by the words shown, the passage with its headings.
    """
    parts = _parts_asked(asked, own)
    shown, around = (_OTHER_WORDS.sub(" ", text) if parts else text for text in (shown, around))
    return any(breakdown.tells_other(part, shown, around) for breakdown, part in parts)


def names_other_part(asked: str, words: str) -> bool:
    """Whether a figure's own words name another part than the one that a question asks of, or the whole of such parts."""
    return any(
        not part.stands_in(words)
        and (breakdown.names_whole(words) or any(other.stands_in(words) for other in breakdown.parts))
        for breakdown, part in _parts_asked(asked)
    )


def swap_part(named: str, question: str) -> str:
    """A question with the part that a follow-up names in place of the other that it asks of; empty where there is none."""
    for breakdown in _BREAKDOWNS:
        part = next((part for part in breakdown.parts if part.asked.fullmatch(named)), None)
        other = breakdown.only_part(question) if part and len(named) > 1 else None
        if other is not None and other is not part:
            return other.asked.sub(named, question)
    return ""
