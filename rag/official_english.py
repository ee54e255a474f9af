"""What China's statistics and government work reports are called in their own official English, and the Chinese behind it.

The English is that of the National Bureau of Statistics (Statistical Communiqué, China Statistical Yearbook) and of
the official translations of the government work reports; dictionaries give other words for it (社区 for 小区).
"""

import re
from collections.abc import Callable, Iterator

from rag.lexical import tokenize

_TERMS: tuple[tuple[str, str], ...] = (
    (r"gdp|gross domestic product|gross regional product", "地区生产总值/生产总值/gdp"),
    (r"(?:enterprises? |companies |industr(?:y|ial) |firms )?above (?:the )?designated size", "规模以上/规上"),
    (r"value[- ]added(?: output)?|added value|value of output added", "增加值"),
    (r"industrial output", "工业增加值/工业总产值"),
    (r"output value|value of output", "产值"),
    (r"fixed[- ]assets? investments?|investments? in fixed assets", "固定资产投资"),
    (r"(?:total )?retail sales(?: of (?:social )?consumer goods)?", "社会消费品零售总额/消费品零售"),
    (r"(?:per capita )?disposable incomes?", "可支配收入"),
    (r"urban and rural residents", "城乡居民"),
    (r"urban (?:residents|households)", "城镇居民"),
    (r"rural (?:residents|households)|farmers' incomes?", "农村居民"),
    (r"(?:general )?public budget(?:ary)? revenues?|fiscal revenues?|budget revenues?", "一般公共预算收入/财政收入"),
    (r"(?:general )?public budget(?:ary)? (?:expenditures?|spending)|fiscal (?:expenditures?|spending)", "一般公共预算支出/财政支出"),
    (r"foreign trade|imports and exports", "进出口/外贸"),
    (r"exports?", "出口"),
    (r"imports?", "进口"),
    (r"foreign (?:direct )?investments?|foreign capital", "外资"),
    (r"consumer prices?(?: index)?|cpi", "居民消费价格"),
    (r"surveyed (?:urban )?unemployment(?: rate)?", "调查失业率"),
    (r"new urban jobs|urban jobs|urban employment", "城镇新增就业"),
    (r"r&d intensity", "投入强度/r&d投入强度"),
    (r"r&d (?:spending|expenditures?)|research and development|r&d", "r&d/研发"),
    (r"grain", "粮食"),
    (r"rapeseed", "油菜"),
    (r"pigs?|hogs?", "生猪"),
    (r"aquatic products?", "水产"),
    (r"sown area|planting area", "播种面积"),
    (r"high[- ]standard (?:crop|farm)land", "高标准农田"),
    (r"forest cover(?:age)?(?: rate)?", "森林覆盖率"),
    (r"afforestation|trees? plant(?:ed|ing)", "造林"),
    (r"days (?:with|of|had) (?:good|excellent)(?: or (?:excellent|good))? air(?: quality)?|good air quality|air quality", "空气优良天数/空气质量优良/空气质量"),
    (r"surface water", "地表水"),
    (r"(?:domestic )?(?:sewage|wastewater)", "污水"),
    (r"(?:household|domestic) (?:waste|garbage)", "生活垃圾"),
    (r"installed (?:power )?capacity", "装机容量/装机"),
    (r"renewable (?:energy|power)", "可再生能源"),
    (r"new[- ]energy vehicles?", "新能源汽车/新能源车"),
    (r"energy consumption", "能耗/能源消费"),
    (r"coal", "煤炭"),
    (r"old (?:urban )?(?:residential )?(?:communities|neighbou?rhoods|compounds)", "老旧小区"),
    (r"urban villages?", "城中村"),
    (r"shanty ?towns?|run-down areas", "棚户区"),
    (r"elevators?|lifts?", "电梯"),
    (r"affordable housing|government-subsidi[sz]ed (?:rental )?housing", "保障性住房/保障性租赁住房"),
    (r"listed companies", "上市公司"),
    (r"little giants?", "小巨人"),
    (r"specialized and sophisticated(?: enterprises| smes)?", "专精特新"),
    (r"high[- ]tech(?:nology)? (?:enterprises|companies|firms)", "高新技术企业"),
    (r"strategic emerging industr(?:y|ies)", "战略性新兴产业"),
    (r"equipment manufacturing", "装备制造业"),
    (r"digital economy", "数字经济"),
    (r"market entit(?:y|ies)|business entit(?:y|ies)|registered businesses", "经营主体/市场主体"),
    (r"(?:enterprises|businesses|companies|firms)", "企业"),
    (r"newly registered", "新登记/新增"),
    (r"state key laborator(?:y|ies)|national key laborator(?:y|ies)", "全国重点实验室/国家重点实验室"),
    (r"academicians?", "院士"),
    (r"(?:invention )?patents?", "专利"),
    (r"technology contracts?", "技术合同"),
    (r"5g base stations?", "5g基站"),
    (r"(?:tourist|visitor)s?(?: arrivals| trips)?", "游客/旅游人次"),
    (r"tourism (?:revenue|income)", "旅游综合收入/旅游收入"),
    (r"loan balances?|outstanding loans?", "贷款余额"),
    (r"guaranteed loans?(?: for startups?)?|startup loans?", "创业担保贷款"),
    (r"rural roads?", "农村公路"),
    (r"expressways?|highways?", "高速公路"),
    (r"high[- ]speed rail(?:way)?s?", "高铁"),
    (r"parking (?:spaces|spots)", "停车位/泊位"),
    (r"parking lots?|car parks?", "停车场"),
    (r"reservoirs?", "水库"),
    (r"kindergartens?", "幼儿园"),
    (r"(?:school|student) places", "学位"),
    (r"nursing homes?|homes for the (?:elderly|aged)|elderly care (?:homes|institutions)", "敬老院/养老院/养老机构"),
    (r"elderly care beds?|beds for the elderly", "养老床位"),
    (r"basic medical insurance|health insurance", "医保/医疗保险"),
    (r"birth rate", "出生率"),
    (r"urbani[sz]ation(?: rate)?", "城镇化率"),
    (r"permanent (?:resident )?population|resident population", "常住人口"),
    (r"work safety accidents?|workplace accidents?", "生产安全事故"),
    (r"fish(?:ermen|ers)", "渔民"),
    (r"exhibitions?|trade fairs?|expos?", "展会"),
    (r"livelihood", "民生"),
    (r"people's well-being", "民生"),
    (r"river chiefs?", "河长"),
    (r"townships?", "乡镇"),
)  # fmt: skip
_PATTERNS = tuple((re.compile(rf"(?<![a-z])(?:{english})(?![a-z])"), chinese) for english, chinese in _TERMS)

Frequency = Callable[[str], int]


def find_terms(folded: str, frequency: Frequency) -> Iterator[tuple[int, int, str]]:
    """Official terms of a folded English text, as (start, end, Chinese): those words for them that the corpus uses.

    `frequency` gives in how many passages a token (`rag.lexical.tokenize`) stands. The longest at a place counts.
    """
    taken: list[tuple[int, int]] = []
    found = sorted(
        (
            (match.start(), match.end(), chinese)
            for pattern, chinese in _PATTERNS
            for match in pattern.finditer(folded)
        ),
        key=lambda term: (term[0] - term[1], term[0]),
    )
    for start, end, chinese in found:
        used = [word for word in chinese.split("/") if all(frequency(token) for token in tokenize(word))]
        if used and not any(start < other_end and other_start < end for other_start, other_end in taken):
            taken.append((start, end))
            yield start, end, "/".join(used)
