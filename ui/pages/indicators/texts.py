"""Every word of the page of indicators, in Chinese and in English."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rag.answering.slots.aspects import Aspect, Outcome
from rag.indicators.choosing import Order
from ui.chat.texts import CHINESE, ENGLISH


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; braces are filled with `str.format`."""

    lead: str
    counted: str
    search: str
    search_hint: str
    find: str
    clear: str
    all: str
    open: str
    region: str
    period: str
    outcome: str
    unit: str
    document: str
    rows: str
    rows_chosen: str
    pages: str
    previous: str
    following: str
    csv: str
    xlsx: str
    none: str
    none_hint: str
    nothing: str
    nothing_hint: str
    reading: str
    reading_hint: str
    again: str
    bad: str
    back: str
    source_of: str
    show_source: str
    plot: str
    plot_of: str
    plot_lead: str
    measured: str
    over_period: str
    over_region: str
    show: str
    points: str
    series_left: str
    repeats: str
    close: str
    empty_cell: str
    sort_by: str
    columns: Mapping[Order, str]
    measure: str
    outcomes: Mapping[Outcome, str]
    aspects: Mapping[Aspect, str]
    reasons: Mapping[str, str]
    file_columns: tuple[str, ...]


ZH = Words(
    lead="报告里的数字一个一行，按规则从原句读出。点一行就看到原文；没有说清的格子空着。",
    counted="报告正文共有 {figures} 个数字：{told} 个说的是指标（其中 {repeats} 个是重复的，并入同一行），{left} 个是日期、届次、名称、提法一类，不列。",
    search="搜索",
    search_hint="指标、数值、地区、文章",
    find="查找",
    clear="清除条件",
    all="全部",
    open="（空着的）",
    region="地区",
    period="期间",
    outcome="结果或计划",
    unit="单位",
    document="文件",
    rows="{count} 行",
    rows_chosen="{count} 行，共 {all} 行",
    pages="第 {page} 页，共 {pages} 页",
    previous="上一页",
    following="下一页",
    csv="下载 CSV",
    xlsx="下载 Excel",
    none="没有符合条件的行",
    none_hint="换一个词，或者放宽条件。",
    nothing="报告里没有读到指标",
    nothing_hint="在“文档”页添加报告，建好索引后这里会有内容。",
    reading="正在读报告里的数字",
    reading_hint="已读 {done} 段，共 {all} 段。读完会自己显示。",
    again="再看一次",
    bad="这个地址用不了",
    back="回到指标表",
    source_of="原文",
    show_source="看原文：{value}",
    plot="图",
    plot_of="{indicator}的图",
    plot_lead="{count} 个数据点，来自 {documents} 份文件。实心点是结果，空心点是计划或预计。",
    measured="口径",
    over_period="按期间",
    over_region="按地区",
    show="显示",
    points="图中的数",
    series_left="另有 {count} 个地区没有画出，见下表。",
    repeats="另有 {count} 处说的是同一个数",
    close="关闭",
    empty_cell="原文没有说清",
    sort_by="按{column}排序",
    columns=MappingProxyType(
        {
            Order.INDICATOR: "指标",
            Order.NUMBER: "数值",
            Order.UNIT: "单位",
            Order.REGION: "地区",
            Order.PERIOD: "期间",
            Order.OUTCOME: "结果或计划",
            Order.DOCUMENT: "文章",
        }
    ),
    measure="口径",
    outcomes=MappingProxyType(
        {Outcome.RESULT: "结果", Outcome.ESTIMATE: "预计", Outcome.PLAN: "计划"}
    ),
    aspects=MappingProxyType(
        {
            Aspect.LEVEL: "数值",
            Aspect.CHANGE: "增减",
            Aspect.SHARE: "占比",
            Aspect.ADDED: "新增",
            Aspect.TOTAL: "累计",
            Aspect.DONE: "完成计划",
            Aspect.RATIO: "构成",
        }
    ),
    reasons=MappingProxyType(
        {
            "too_long": "最多 {most} 个字。",
            "one_of": "只能是 {known}。",
            "no_row": "没有哪一行是这个值，请从页面给出的里面选。",
            "range": "要写从 {least} 到 {most} 的整数。",
            "name": "要写指标的名称，1 到 {most} 个字。",
            "measure": "没有这个口径，请从页面给出的里面选。",
            "no_points": "这个指标没有可以画的数。",
        }
    ),
    file_columns=(
        "指标", "原文数值", "限定", "数", "数（上限）", "单位", "口径", "变化", "地区", "期间", "结果或计划", "文章", "文件", "起", "止",
        "原句", "重复处",
    ),
)  # fmt: skip

EN = Words(
    lead="The figures of the reports, one a row, read from their sentences by rule. Click a row to see it in its source; "
    "a cell that the report leaves open is empty.",
    counted="The reports hold {figures} figures: {told} tell of an indicator ({repeats} of them again, folded into one row), "
    "{left} are dates, sessions, names and set phrases, and are not listed.",
    search="Search",
    search_hint="indicator, value, region, article",
    find="Find",
    clear="Clear",
    all="All",
    open="(empty)",
    region="Region",
    period="Period",
    outcome="Result or plan",
    unit="Unit",
    document="File",
    rows="Rows: {count}",
    rows_chosen="Rows: {count} of {all}",
    pages="Page {page} of {pages}",
    previous="Previous",
    following="Next",
    csv="Download CSV",
    xlsx="Download Excel",
    none="No row fits",
    none_hint="Try another word, or fewer conditions.",
    nothing="No indicator was read from the reports",
    nothing_hint="Add reports on the Documents page; once the index is built they show here.",
    reading="Reading the figures of the reports",
    reading_hint="Passages read: {done} of {all}. The table shows by itself when they are done.",
    again="Look again",
    bad="This address cannot be used",
    back="Back to the table",
    source_of="Source",
    show_source="Show in its source: {value}",
    plot="Plot",
    plot_of="Plot of {indicator}",
    plot_lead="Points: {count}, from files: {documents}. Filled points are results, hollow ones plans or estimates.",
    measured="Measure",
    over_period="Over periods",
    over_region="Over regions",
    show="Show",
    points="The figures plotted",
    series_left="Regions not drawn: {count}; see the table.",
    repeats="told again in other places: {count}",
    close="Close",
    empty_cell="left open by the report",
    sort_by="Sort by {column}",
    columns=MappingProxyType(
        {
            Order.INDICATOR: "Indicator",
            Order.NUMBER: "Value",
            Order.UNIT: "Unit",
            Order.REGION: "Region",
            Order.PERIOD: "Period",
            Order.OUTCOME: "Result or plan",
            Order.DOCUMENT: "Article",
        }
    ),
    measure="Measure",
    outcomes=MappingProxyType(
        {Outcome.RESULT: "result", Outcome.ESTIMATE: "estimate", Outcome.PLAN: "plan"}
    ),
    aspects=MappingProxyType(
        {
            Aspect.LEVEL: "level",
            Aspect.CHANGE: "change",
            Aspect.SHARE: "share",
            Aspect.ADDED: "added",
            Aspect.TOTAL: "total",
            Aspect.DONE: "of plan",
            Aspect.RATIO: "ratio",
        }
    ),
    reasons=MappingProxyType(
        {
            "too_long": "at most {most} characters.",
            "one_of": "one of {known}.",
            "no_row": "no row has this value; choose one that the page offers.",
            "range": "a whole number from {least} to {most}.",
            "name": "the name of an indicator, of 1 to {most} characters.",
            "measure": "there is no such measure; choose one that the page offers.",
            "no_points": "of this indicator there is nothing to plot.",
        }
    ),
    file_columns=(
        "indicator", "value as told", "qualifier", "number", "number (upper)", "unit", "measure", "change", "region", "period",
        "result or plan", "article", "file", "start", "end", "sentence", "told again at",
    ),
)  # fmt: skip

WORDS: Mapping[str, Words] = MappingProxyType({CHINESE: ZH, ENGLISH: EN})
