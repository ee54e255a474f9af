"""Units of Chinese statistics: what each measures, and how many of the base unit it is."""

from decimal import Decimal

# What is measured -> unit -> base units in one, exact. Land is counted in 亩 (a hectare is 15 of them by definition,
# so that all four stay exact decimals); a percentage point is no percent.
_MEASURES: dict[str, dict[str, str]] = {
    "share": {"%": "0.01", "‰": "0.001", "成": "0.1"},
    "points": {"个百分点": "1", "百分点": "1"},
    "yuan": {"元": "1", "块": "1", "人民币": "1"},
    "dollar": {"美元": "1"},
    "euro": {"欧元": "1"},
    "hong kong dollar": {"港元": "1", "港币": "1"},
    "yen": {"日元": "1"},
    "land": {"亩": "1", "公顷": "15", "平方公里": "1500", "平方千米": "1500", "平方米": "0.0015"}
    | {"km2": "1500", "hm2": "15", "m2": "0.0015"},
    "mass": {"吨": "1000", "公斤": "1", "千克": "1", "斤": "0.5", "克": "0.001", "毫克": "0.000001"},
    "length": {
        "公里": "1000",
        "千米": "1000",
        "km": "1000",
        "米": "1",
        "厘米": "0.01",
        "毫米": "0.001",
        "mm": "0.001",
    },
    "volume": {"立方米": "1", "m3": "1", "千升": "1", "升": "0.001", "毫升": "0.000001"},
    "concentration in air": {"毫克/立方米": "1000", "微克/立方米": "1", "mg/m3": "1000", "μg/m3": "1"},
    "concentration in water": {"毫克/升": "1000", "微克/升": "1"},
    "power": {"千瓦": "1", "兆瓦": "1000"},
    "energy": {"千瓦时": "1", "度": "1"},
    "time": {"小时": "60", "分钟": "1"},
    "days": {"天": "1"},
    "working days": {"个工作日": "1", "工作日": "1"},
    "speed": {"公里/小时": "1", "km/h": "1"},
    "people": {"人": "1", "名": "1", "位": "1"},
}
_MEASURE_OF = {
    unit: (measure, Decimal(factor)) for measure, units in _MEASURES.items() for unit, factor in units.items()
}

# Measure words that count one thing each; each measures only itself.
_COUNTERS = (
    "标准箱|标箱|teu|架次|班次|车次|台套|海里|吨公里|人公里|箱|枝|羽|尾|吨/日|立方米/日|摄氏度|标准煤|人次|家|个|项|件|户|次|所|座|处|条|张|套|辆|台|部|艘|架|场|类|种|批|支|栋|间|只|头|株|棵"
    "|届|版|倍|番|岁|年|月|日|季度|期|枚|金|银|铜|款|起|宗|笔|单|篇|字|级|等|国|省|市|县|区|镇|乡|村|街道|床|园|站|公|桥|对|门|片|本|册|份|列"
)
# Longest first, so that 个百分点 is not read as 个.
UNITS = sorted({*_MEASURE_OF, *_COUNTERS.split("|")} - {"%", "‰"}, key=lambda unit: (-len(unit), unit))


def measure(unit: str) -> tuple[str, Decimal]:
    """What a unit measures and its size in base units: 公顷 -> ("land", 15); a counter measures itself.

    Parts of a whole (三分之一) carry the unit 分之 and are a share.
    """
    if unit == "分之":
        return "share", Decimal(1)
    return _MEASURE_OF.get(unit, (unit, Decimal(1)))
