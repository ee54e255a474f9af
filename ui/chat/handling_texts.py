"""What the page says about handling answers, in both languages: filters, checks, copies, thumbs, exports, conversations kept."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ui.chat.texts import CHINESE, ENGLISH

UNKNOWN_FAULT = "other"
"""The code that stands for any that has no words of its own."""


@dataclass(frozen=True, slots=True)
class Handling:
    """The words of one language; braces are filled with `str.format`. `faults` are what a withheld line is withheld for."""

    filter_by: str
    file: str
    region: str
    year: str
    kind: str
    narrative: str
    remove_filter: str
    scope: str
    nothing_allowed: str
    only_within: str
    widen: str
    between: str
    between_reasons: str
    checked_span: str
    checked_question: str
    checked_formula: str
    checked: str
    withheld: str
    fault: str
    held_years: str
    held_places: str
    everywhere: str
    older: str
    moved: str
    copy: str
    copied: str
    good: str
    bad: str
    comment: str
    comment_hint: str
    save: str
    thanks: str
    not_saved: str
    too_long: str
    export: str
    as_markdown: str
    as_word: str
    failed: str
    kept_note: str
    kept_none: str
    kept_count: str
    kept_unreadable: str
    open_kept: str
    delete: str
    delete_all: str
    delete_sure: str
    asked_on: str
    references: str
    faults: Mapping[str, str]

    def tell_withheld(self, codes: Sequence[str]) -> str:
        """How many lines did not stand their check, and why; what they said is not told."""
        faults = Counter(code if code in self.faults else UNKNOWN_FAULT for code in codes)
        reasons = self.between_reasons.join(
            self.fault.format(reason=self.faults[code], count=count) for code, count in faults.items()
        )
        return self.withheld.format(count=faults.total(), reasons=reasons)


ZH = Handling(
    filter_by="按{field}筛选",
    file="文件",
    region="地区",
    year="年份",
    kind="类别",
    narrative="叙述",
    remove_filter="去掉筛选：{value}",
    scope="范围：{values}",
    nothing_allowed="没有一段原文符合全部筛选，所以什么也没有找到。",
    only_within="只在筛选的范围里找过。",
    widen="不限范围再问一次",
    between="、",
    between_reasons="；",
    checked_span="已核对：出处 [{n}] 的原文里有这个数，单位、年份和地区都对得上",
    checked_question="已核对：这个数是问题里说的",
    checked_formula="已核对：按算式重新算过",
    checked="✓ {count} 个数字核对过",
    withheld="有 {count} 处没通过核对，没有显示：{reasons}。",
    fault="{reason}（{count} 处）",
    held_years="{place}的内容，报告里主要讲 {years}。",
    held_places="报告涉及的地区：{places}。",
    everywhere="各地",
    older="这是当时的回答，索引后来更新过。",
    moved="文件后来有改动，当时引用的这句话已不在原处：",
    copy="复制回答和出处",
    copied="已复制",
    good="回答得好",
    bad="回答得不好",
    comment="说明（可以不填）",
    comment_hint="哪里好，或者哪里不对？",
    save="提交",
    thanks="已记下，谢谢。",
    not_saved="没能记下：{reason}",
    too_long="说明最多 {limit} 个字，请缩短后再提交。",
    export="导出对话",
    as_markdown="Markdown",
    as_word="Word",
    failed="没有做成。请确认 ganwen serve 还在运行，再试一次。",
    kept_note="只存在这个浏览器里。",
    kept_none="还没有对话。问过的问题会留在这里。",
    kept_count="{count} 个问题",
    kept_unreadable="这段对话打不开：它不是这个版本存下的，或者已经损坏。",
    open_kept="打开对话：{title}",
    delete="删除对话：{title}",
    delete_all="全部删除",
    delete_sure="再点一次，全部删除",
    asked_on="{date} 提问",
    references="参考文献",
    faults=MappingProxyType(
        {
            "not_in_span": "原文里没有这个数字或名称",
            "wrong_unit": "单位对不上",
            "wrong_bound": "“以上”“近”之类的程度对不上",
            "other_indicator": "数字说的是另一件事",
            "wrong_year": "年份对不上",
            "wrong_region": "地区对不上",
            "wrong_result": "重新计算的结果不同",
            "no_citation": "没有出处",
            "no_such_mark": "标的出处不存在",
            "other_figure": "与核对过的数字不同",
            "other_verdict": "与核对过的结论相反",
            "turned_round": "与原文意思相反",
            "unsupported": "原文没有这样说",
            UNKNOWN_FAULT: "与原文对不上",
        }
    ),
)

EN = Handling(
    filter_by="Filter by {field}",
    file="Document",
    region="Region",
    year="Year",
    kind="Kind",
    narrative="narrative",
    remove_filter="Remove filter: {value}",
    scope="Within: {values}",
    nothing_allowed="No passage passes all filters, so nothing was found.",
    only_within="Only searched within the filters.",
    widen="Ask again without filters",
    between=", ",
    between_reasons="; ",
    checked_span="Checked: source [{n}] has this figure, and its unit, year and place agree",
    checked_question="Checked: this figure is the question's own",
    checked_formula="Checked: computed again by its formula",
    checked="✓ figures checked: {count}",
    withheld="Left out because they did not stand the check ({count}): {reasons}.",
    fault="{reason} ({count})",
    held_years="What the reports say of {place} is mostly of {years}.",
    held_places="Places in the reports: {places}.",
    everywhere="all places",
    older="This answer is from an earlier index.",
    moved="The file has changed since; the words cited then are no longer there:",
    copy="Copy answer and sources",
    copied="Copied",
    good="Good answer",
    bad="Bad answer",
    comment="Comment (optional)",
    comment_hint="What is good, or what is wrong?",
    save="Submit",
    thanks="Noted, thank you.",
    not_saved="Not noted: {reason}",
    too_long="A comment has at most {limit} characters. Shorten it and submit again.",
    export="Export chat",
    as_markdown="Markdown",
    as_word="Word",
    failed="That did not work. Check that ganwen serve is still running, then try again.",
    kept_note="Kept in this browser only.",
    kept_none="No chats yet. What you ask is kept here.",
    kept_count="questions: {count}",
    kept_unreadable="This chat cannot be opened: another version kept it, or it is damaged.",
    open_kept="Open chat: {title}",
    delete="Delete chat: {title}",
    delete_all="Delete all",
    delete_sure="Press again to delete all",
    asked_on="Asked on {date}",
    references="References",
    faults=MappingProxyType(
        {
            "not_in_span": "figure or name not in the source",
            "wrong_unit": "another unit",
            "wrong_bound": "another bound (over, nearly)",
            "other_indicator": "figure of something else",
            "wrong_year": "another year",
            "wrong_region": "another place",
            "wrong_result": "computed differently",
            "no_citation": "no source",
            "no_such_mark": "source does not exist",
            "other_figure": "differs from the checked figure",
            "other_verdict": "contradicts the checked conclusion",
            "turned_round": "contradicts the source",
            "unsupported": "not said by the source",
            UNKNOWN_FAULT: "does not agree with the source",
        }
    ),
)

HANDLING: Mapping[str, Handling] = MappingProxyType({CHINESE: ZH, ENGLISH: EN})
