"""English terms of Chinese statistics and government with the words that reports use for them.

A dictionary for everyday speech gives a share of something as 共享 and green power as 绿色的力量. These are the terms of
the English editions of the China Statistical Yearbook's explanatory notes and of the State Council's reports on the
work of the government. A word counts only where the corpus uses it.
"""

from collections.abc import Iterator

_TERMS = """
share|proportion|percentage|accounted for: 占比 比重 比例 占
rate: 率
growth rate|growth: 增长 增速
year on year|from a year earlier: 同比
single day|one day|in a day: 单日 当日
record|all time high: 新高 纪录
percentage points: 个百分点
target|goal: 目标
planned|expected: 预期 计划
gross domestic product|gross regional product|economic output: 生产总值
per capita: 人均
value added|added value: 增加值
output value: 产值
output|production: 产量
turnover|business revenue: 营业收入
profit|profits: 利润总额 利润
above designated size: 规模以上 规上
fixed asset investment|investment in fixed assets: 固定资产投资
retail sales|retail sales of consumer goods: 社会消费品零售总额 零售总额
general public budget revenue|fiscal revenue|budget revenue: 一般公共预算收入 财政收入
general public budget expenditure|fiscal spending: 一般公共预算支出 财政支出
tax revenue|tax receipts: 税收收入 税收
tax cuts|tax reduction|tax and fee cuts: 减税降费
disposable income: 可支配收入
urban residents: 城镇居民
rural residents: 农村居民
consumer prices|consumer price index|inflation: 居民消费价格
foreign trade|imports and exports|trade volume: 进出口
exports: 出口
imports: 进口
foreign investment|foreign capital: 外资 利用外资
deposits: 存款
loans|lending: 贷款
unemployment: 失业率 失业
new urban jobs|new jobs|jobs created: 新增就业 城镇新增就业
business entities|market entities: 经营主体 市场主体
self employed|individual businesses: 个体工商户
private firms|private companies|private enterprises|private sector: 民营企业 民营经济
state owned enterprises|state firms: 国有企业 国企
listed companies: 上市公司
initial public offering|went public: 上市
small and medium enterprises: 中小企业
high tech enterprises|high tech firms: 高新技术企业
little giant|little giants: 小巨人 专精特新
manufacturing: 制造业
industrial chain|industry chain: 产业链
industrial park|industrial parks: 园区 工业园区
cluster|clusters: 集群
development zone: 开发区
digital economy: 数字经济
research and development|research spending: 研发经费 研发投入 研发
laboratory|laboratories: 实验室
patents: 专利
talent|professionals: 人才
business environment: 营商环境
government services: 政务服务
work safety|workplace safety: 安全生产
grain output|grain production|grain harvest: 粮食总产 粮食产量 总产量
grain: 粮食
pigs|hogs: 生猪
brought to market|marketed: 出栏
high standard farmland: 高标准农田
arable land|farmland|cropland: 耕地 农田
rural revitalization|rural revitalisation: 乡村振兴
poverty relief|poverty alleviation: 脱贫
villages: 村 行政村
traditional villages: 传统村落
rural toilets: 农村厕所 厕所
township|townships: 乡镇
prefecture level city|prefecture level cities: 设区市
county|counties: 县
district|districts: 区
old residential communities|old neighbourhoods|old neighborhoods: 老旧小区
affordable rental housing: 保障性租赁住房
shantytown|shanty towns: 棚户区
prefabricated buildings|prefabricated construction: 装配式建筑
newly started|new construction: 新开工
floor area: 建筑面积 面积
gas pipeline|piped gas: 管道 天然气
natural gas: 天然气
green electricity|green power: 绿电
electricity|power: 电 用电 发电
power generation|electricity generated: 发电量
installed capacity: 装机容量 装机
renewable energy: 可再生能源
solar|photovoltaic: 光伏 太阳能
new energy vehicles|electric vehicles: 新能源汽车
batteries: 电池
energy saving|energy conservation: 节能
energy intensity|energy consumption per unit: 能耗强度 能耗
water saving: 节水
carbon peak|carbon peaking: 碳达峰
carbon neutrality|carbon neutral: 碳中和
forest coverage|forest cover: 森林覆盖率
degraded forest: 退化林
wetland|wetlands: 湿地
nature reserve|nature reserves: 自然保护区
soil and water conservation: 水土保持
air quality: 空气质量
good air quality days|good air days|days with good air|clean air days: 优良天数 空气优良天数
fine particles|fine particulate matter: 细颗粒物 pm2.5
surface water: 地表水
water quality: 水质
sewage|wastewater: 污水
household waste|garbage|rubbish: 垃圾
high speed rail|high speed railway|bullet train: 高铁
railway|railways|rail line: 铁路
expressway|expressways|motorway: 高速公路
opened to traffic|opening: 通车 开通
airport: 机场
port throughput|cargo throughput: 吞吐量
container|containers: 集装箱
freight train|freight trains: 班列
kindergarten|kindergartens: 幼儿园
compulsory education: 义务教育
vocational: 职业教育 职业
nursery places|childcare places|nursery|childcare: 托位 托育
elderly care|care for the elderly|older people: 养老 老年
medical insurance|health insurance: 医保 医疗保险
pension insurance: 养老保险
subsistence allowance|minimum living allowance: 低保
hospital beds|beds: 床位
vaccination|vaccinated: 接种 疫苗
people's livelihood: 民生
tourists|tourist visits|visitors: 游客
tourism revenue: 旅游收入
cultural relics: 文物
intangible cultural heritage: 非遗 非物质文化遗产
party organisation|party organization|party branch: 党组织 党支部
party building: 党建
grassroots: 基层
people's congress: 人大 人民代表大会
political consultative conference: 政协
communist youth league: 共青团 团委
women's federation: 妇联
federation of industry and commerce|chamber of commerce: 工商联 商会
mediation|mediated: 调解
disputes: 纠纷
governor: 省长
mayor: 市长
county head: 县长
work report: 工作报告
five year plan: 五年规划
"""


def read_glossary() -> Iterator[tuple[str, str]]:
    """Each English term with each of its words, both folded."""
    for line in _TERMS.strip().splitlines():
        english, chinese = line.split(": ")
        for term in english.split("|"):
            for word in chinese.split():
                yield term, word
