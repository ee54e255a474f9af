"""Sentences of a model held against the reports: real questions over the seeds, words that a model might say."""

from typing import TYPE_CHECKING

import pytest

from rag.answering.verification.proving import Fault
from rag.llm.checking import Checked, Checker, Fate, Reason
from rag.llm.draft import Draft
from rag.llm.grounding import choose_passages
from rag.llm.prompting import NOT_TOLD, RULES
from tests.writers import draft_of

if TYPE_CHECKING:
    from rag.assistant import Assistant

FOREST = "2023年江西省森林覆盖率是多少？"
AIR = "2023年江西PM2.5平均浓度是多少？"
TOWN = "马回岭镇怎么抓党建带乡村振兴的？"
# Tokens of passages: all that is told of the town, whichever of it the answer begins with.
ROOMY = 4000


@pytest.fixture(scope="module")
def drafts(assistant: "Assistant") -> dict[str, Draft]:
    return {question: draft_of(assistant, question) for question in (FOREST, AIR, TOWN)}


def check(draft: Draft, sentence: str) -> Checked:
    return Checker(draft, choose_passages(draft, ROOMY)).check(sentence)


def test_a_sentence_is_kept_with_the_line_it_rests_on(drafts: dict[str, Draft]) -> None:
    for sentence in (
        "2023年江西省森林覆盖率为63.1%[1]。",
        "森林覆盖率63.1%",
        "全省森林覆盖率稳定在63.1%。[1]",
    ):
        checked = check(drafts[FOREST], sentence)
        assert (checked.fate, checked.fault) == (Fate.KEPT, None)
        assert [line.source[:12] for line in checked.lines] == ["森林覆盖率稳定在63.1"]


@pytest.mark.parametrize(
    ("question", "sentence", "fault"),
    [
        (FOREST, "森林覆盖率为70.33%[1]。", Reason.OTHER_FIGURE),
        (FOREST, "森林覆盖率为63.2%。", Reason.OTHER_FIGURE),
        (FOREST, "森林覆盖率为63.1万亩[1]。", Reason.OTHER_FIGURE),
        (FOREST, "森林覆盖率约为六成三。", Reason.OTHER_FIGURE),
        (FOREST, "2022年森林覆盖率为63.1%[1]。", Fault.WRONG_YEAR),
        (FOREST, "湖南省森林覆盖率为63.1%[1]。", Fault.WRONG_REGION),
        (FOREST, "森林覆盖率超过63.1%[1]。", Fault.WRONG_BOUND),
        (FOREST, "森林覆盖率63.1%，出自《绿色江西手册》[1]。", Fault.NOT_IN_SPAN),
        (FOREST, "森林覆盖率为63.1%[7]。", Reason.NO_SUCH_MARK),
        (FOREST, "2023年江西省森林覆盖率。", Reason.NOTHING_NEW),
        (FOREST, f"{NOT_TOLD}。", Reason.NOT_TOLD),
        (FOREST, RULES.splitlines()[1], Reason.RULES_TOLD),
        (FOREST, "天气预报说明天有雨。", Reason.UNSUPPORTED),
        (AIR, "2023年江西PM2.5平均浓度为27微克/立方米[1]。", Reason.OTHER_FIGURE),
        (TOWN, "全镇共有青年党员人才303名[3]。", Reason.OTHER_FIGURE),
        (TOWN, "全镇乡贤人才103名[3]。", Fault.NOT_IN_SPAN),
        (TOWN, "2019年马回岭镇成立青年人才党支部[3]。", Fault.WRONG_YEAR),
        (TOWN, "The town set up a branch for young talents in 2019.", Fault.WRONG_YEAR),
        (TOWN, "马回岭镇没有成立青年人才党支部。", Reason.TURNED_ROUND),
        (TOWN, "马回岭镇成立了“飞虎志愿服务队”[4]。", Fault.NOT_IN_SPAN),
    ],
)  # fmt: skip
def test_what_the_reports_do_not_bear_out_is_withheld(
    drafts: dict[str, Draft], question: str, sentence: str, fault: Reason | Fault
) -> None:
    checked = check(drafts[question], sentence)
    assert (checked.fate, checked.fault, checked.lines) == (Fate.WITHHELD, fault, ())


def test_a_summary_is_checked_against_every_passage_shown(drafts: dict[str, Draft]) -> None:
    checked = check(drafts[TOWN], "镇里成立青年人才党支部，目前共有青年党员人才103名。")
    assert checked.fate is Fate.KEPT
    assert "共有青年党员人才103名" in checked.lines[0].source
    assert len(checked.lines[0].source) <= 300


def test_a_sentence_may_rest_on_two_places(drafts: dict[str, Draft]) -> None:
    checked = check(drafts[TOWN], "油茶产业由弱到强，种植油茶2000余亩。")
    assert (checked.fate, len(checked.lines)) == (Fate.KEPT, 2)


def test_a_mark_leads_to_the_clause_and_not_to_the_passage(drafts: dict[str, Draft]) -> None:
    """The model says [1] of everything; the words are found where they stand."""
    checked = check(drafts[TOWN], "王炎生返乡创业，带动60余户农户就业增收[1]。")
    assert checked.fate is Fate.KEPT
    assert checked.lines[0].source == "王炎生通过返乡创业带动60余户农户就业增收"


def test_what_is_near_the_reports_but_not_in_them_is_labelled(drafts: dict[str, Draft]) -> None:
    checked = check(drafts[TOWN], "各党组织定期走访慰问，让大家的心更齐。")
    assert checked.fate is Fate.UNVERIFIED
    marked = check(drafts[TOWN], "各党组织定期走访慰问，让大家的心更齐[1]。")
    assert (marked.fate, marked.fault) == (Fate.WITHHELD, Reason.UNSUPPORTED)


@pytest.mark.parametrize("text", ["[1]", "。", "——", "是的，"])
def test_what_says_nothing_is_passed_over(drafts: dict[str, Draft], text: str) -> None:
    assert check(drafts[FOREST], text).fate is Fate.EMPTY


@pytest.mark.parametrize(
    ("question", "sentence", "fate"),
    [
        ("2023年江西PM2.5比2022年高吗？", "不是，2023年PM2.5平均浓度29微克/立方米。", Reason.OTHER_VERDICT),
        ("2023年江西空气优良天数比率是上升了吗？", "空气优良天数比率同比下降4.4个百分点。", Fault.OTHER_INDICATOR),
        ("2024年江西省城镇居民人均可支配收入的增长目标是多少？", "2024年城镇居民人均可支配收入已经增长5%。", Reason.TURNED_ROUND),
    ],
)  # fmt: skip
def test_what_turns_the_reports_round_is_withheld(
    assistant: "Assistant", question: str, sentence: str, fate: Reason | Fault
) -> None:
    checked = check(draft_of(assistant, question), sentence)
    assert (checked.fate, checked.fault) == (Fate.WITHHELD, fate)


def test_english_is_checked_by_its_figures_and_the_words_behind_it(assistant: "Assistant") -> None:
    draft = draft_of(assistant, "What is the forest coverage of Jiangxi in 2023?")
    kept = check(draft, "The forest coverage of Jiangxi was 63.1% in 2023 [1].")
    assert (kept.fate, kept.lines[0].source[:10]) == (Fate.KEPT, "森林覆盖率稳定在63")
    assert check(draft, "The forest coverage of Jiangxi was 36.1% in 2023.").fault is Reason.OTHER_FIGURE
    assert check(draft, "The forest coverage of Jiangxi was 63.1% in 2021.").fault is Fault.WRONG_YEAR
    other = draft_of(assistant, "How fast did Jiangxi's retail sales of consumer goods grow in 2023?")
    assert check(other, "Jiangxi's retail sales of consumer goods grew by 6.3% in 2023.").fate is Fate.KEPT
    assert (
        check(other, "Jiangxi's retail sales of consumer goods grew by 5.2% in 2023.").fate is Fate.WITHHELD
    )
    assert check(other, "The number of hospital beds grew by 6.3% in 2023.").fate is Fate.WITHHELD
