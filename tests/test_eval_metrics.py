"""The measures, each on answers small enough to judge by eye."""

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import Qrel, ScoredDoc, nDCG

from eval.matching import contains, find_spans, holds, normalise, remove_marks, trace
from eval.metrics import (
    asks_figure,
    count_supporting,
    find_ranks,
    find_verdict,
    gain,
    has_figure,
    is_brief,
    is_cited,
    is_right,
    is_sharp,
    recall,
    reciprocal_rank,
)
from eval.mixups import is_other_region, is_other_year
from eval.questions import EvalQuestion, Evidence, QuestionType
from eval.responses import Excerpt, Response
from eval.spans import is_exact, score_overlap, segment

FOREST = EvalQuestion(
    line=1,
    id="a1",
    type=QuestionType.NUMBER,
    text="2023年全省森林覆盖率是多少？",
    answers=("63.1%",),
    evidence=(Evidence("a.txt", "森林覆盖率稳定在63.1%", 1), Evidence("b.txt", "覆盖率63.1%", 1)),
    year="2023",
)
BOTH = EvalQuestion(
    line=2,
    id="a2",
    type=QuestionType.COMPARE,
    text="PM2.5两年各多少？",
    key_points=(("27", "二十七"), ("29",)),
    evidence=(Evidence("a.txt", "2022年为27微克", 1), Evidence("b.txt", "2023年为29微克", 2)),
)
MISSING = EvalQuestion(line=3, id="a3", type=QuestionType.UNANSWERABLE, text="2021年呢？")


@pytest.mark.parametrize(
    ("text", "wording", "expected"),
    [
        ("森林覆盖率63.1%", "63.1%", True),
        ("森林覆盖率163.1%", "63.1%", False),
        ("森林覆盖率63.15%", "63.1", False),
        ("资金295.48亿元", "29", False),
        ("资金295.48亿元", "48", False),
        ("资金295.48亿元", "295.48亿", True),
        ("约１４．７萬名", "14.7万名", True),
        ("总数达6,457个", "6457个", True),
        ("总数达6457个", "6,457", True),
        ("十三家企业", "三家", False),
        ("十三家，另有三家", "三家", True),
        ("1.2万亿元", "1.2万", False),
        ("已完成36\n\n个", "36个", True),
        ("“八大行动”", "八大行动", True),
        ("north of the lake", "no", False),
        ("No, it fell", "no", True),
        ("共 11 枚金牌", "11枚金牌", True),
        ("版本3.5.", "3.5", True),
        ("什么", "", False),
    ],
)
def test_holds(text: str, wording: str, expected: bool) -> None:
    assert holds(text, wording) is expected


def test_normalise_keeps_blanks_between_latin_words_only() -> None:
    assert normalise("Ganwen  asks\n赣 问 2023 年") == "ganwen asks赣问2023年"
    assert contains("森林覆盖率\n\n稳定在63.1%", "覆盖率稳定在")
    assert normalise("合作社8 764家，1 234 567人，2023 126名") == "合作社8764家,1234567人,2023 126名"


def test_right() -> None:
    assert is_right(FOREST, Response("森林覆盖率稳定在63.1%[1]"))
    assert not is_right(FOREST, Response("森林覆盖率稳定在163.1%[1]"))
    assert not is_right(FOREST, Response("没有，只有63.1%[1]", refused=True))
    assert is_right(BOTH, Response("2022年二十七，2023年29微克"))
    assert not is_right(BOTH, Response("2023年29微克[27]"))


def test_a_refusal_offers_figures_only_if_it_cites_them() -> None:
    nearest = Excerpt("a.txt", "2022年为27微克/立方米")
    assert is_right(MISSING, Response("没有2021年的数据。", refused=True))
    assert is_right(MISSING, Response("没有2021年的，只涉及2022至2024年。", refused=True))
    assert is_right(MISSING, Response("没有2021年的；有2022年：27微克/立方米[1]", True, (nearest,)))
    assert not is_right(MISSING, Response("没有2021年的；有2022年：28微克/立方米[1]", True, (nearest,)))
    cell = Excerpt("a.txt", "| 全省 | 267.8 |")  # 亿元 stands in the head
    assert is_right(MISSING, Response("没有甲市的；有全省：267.8亿元[1]", True, (cell,)))
    assert not is_right(MISSING, Response("没有甲市的；有全省：276.8亿元[1]", True, (cell,)))
    assert not is_right(MISSING, Response("27微克/立方米[1]", False, (nearest,)))


def test_brief_counts_characters_without_marks() -> None:
    assert is_brief(FOREST, Response("覆" * 110 + "[1]" + "为63.1%"))
    assert not is_brief(FOREST, Response("覆" * 118 + "63.1%"))
    assert is_brief(BOTH, Response("二十七" + "，" * 395 + "29"))
    assert not is_brief(BOTH, Response("二十七" + "，" * 396 + "29"))
    assert not is_brief(FOREST, Response("63.1%", refused=True))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("63.1%", True),
        ("2023年森林覆盖率稳定在63.1%，居第2位[1]", True),
        ("63.1%，信丰县70.33%", False),
        ("63.1%，与2022年持平", False),
        ("63.1%（2018—2023年）", False),
        ("70.33%", False),
    ],
)
def test_sharp(answer: str, expected: bool) -> None:
    assert is_sharp(FOREST, Response(answer)) is expected


def test_what_the_question_names_is_no_rival() -> None:
    question = EvalQuestion(1, "a", QuestionType.NUMBER, "2023年49个问题改了多少个？", ("36个",))
    assert is_sharp(question, Response("49个问题已完成36个"))
    assert not is_sharp(question, Response("72个问题已完成36个"))
    years = EvalQuestion(1, "a", QuestionType.TEMPORAL, "2022年时连续几年？", ("5年",))
    assert is_sharp(years, Response("2022年，连续5年"))
    assert not is_sharp(years, Response("2022年，连续5年、3年"))


def test_only_figures_are_asked_to_be_sharp() -> None:
    assert asks_figure(FOREST)
    assert not asks_figure(BOTH)
    assert not asks_figure(EvalQuestion(1, "a", QuestionType.MULTIHOP, "还剩几个？", ("5个",)))
    assert not asks_figure(EvalQuestion(1, "a", QuestionType.ENTITY, "哪项计划？", ("1269计划",)))
    assert not asks_figure(EvalQuestion(1, "a", QuestionType.NUMBER, "占几成？", ("六成",)))


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("是，全部开工[1]", "yes"),
        ("不是[1]，是第4个", "no"),
        ("否。", "no"),
        ("Yes, it is", "yes"),
        ("No. It fell.", "no"),
        ("  對，", "yes"),
        ("是全国首个", ""),
        ("Nothing", ""),
        ("", ""),
    ],
)
def test_verdict_is_the_first_word(text: str, verdict: str) -> None:
    assert find_verdict(text) == verdict


def test_yesno_is_judged_by_its_first_word() -> None:
    question = EvalQuestion(1, "a", QuestionType.YESNO, "要钱吗？", ("免费",), (("免费",),), verdict="no")
    assert is_right(question, Response("不用，免费乘坐[1]"))
    assert is_right(question, Response("免费乘坐[1]"))
    assert not is_right(question, Response("是，免费乘坐[1]"))
    assert not is_right(question, Response("持证的人免费乘坐[1]"))


def test_cited() -> None:
    whole = Excerpt("a.txt", "全省森林覆盖率稳定在63.1%，保持第2位")
    other = Excerpt("a.txt", "空气优良率96.5%")
    assert is_cited(FOREST, Response("", citations=(other, whole)))
    assert is_cited(FOREST, Response("", citations=(Excerpt("b.txt", "覆盖率63.1%"),)))
    assert not is_cited(FOREST, Response("", citations=(other,)))
    assert not is_cited(FOREST, Response("", citations=(Excerpt("c.txt", whole.text),)))
    assert not is_cited(FOREST, Response("", True, (whole,)))
    assert not is_cited(FOREST, Response("", citations=(Excerpt("a.txt", whole.text + "长" * 300),)))
    assert count_supporting(FOREST, Response("", citations=(other, whole, other))) == 1


def test_a_clause_of_the_quote_counts_when_it_holds_the_answer() -> None:
    assert is_cited(FOREST, Response("", citations=(Excerpt("a.txt", "稳定在63.1%"),)))
    assert not is_cited(FOREST, Response("", citations=(Excerpt("a.txt", "森林覆盖率"),)))
    assert not is_cited(FOREST, Response("", citations=(Excerpt("a.txt", " "),)))


def test_cited_needs_every_group() -> None:
    first, second = Excerpt("a.txt", "2022年为27微克"), Excerpt("b.txt", "2023年为29微克")
    assert is_cited(BOTH, Response("", citations=(second, first)))
    assert not is_cited(BOTH, Response("", citations=(first, first)))
    assert count_supporting(BOTH, Response("", citations=(first, second, Excerpt("b.txt", "微克")))) == 2


def test_ranks_recall_and_reciprocal_rank() -> None:
    noise, second = Excerpt("a.txt", "别的"), Excerpt("b.txt", "文中说2023年为29微克。")
    late = Excerpt("a.txt", "长" * 595 + "2022年为27微克")
    assert find_ranks(BOTH, (noise, second, late)) == (None, 2)  # `late` is cut at 600 characters
    ranks = find_ranks(BOTH, (noise, second, Excerpt("a.txt", "2022年为27微克")))
    assert ranks == (3, 2)
    assert [recall(BOTH, ranks, k) for k in (1, 2, 3, 5)] == [0, 0, 1, 1]
    assert reciprocal_rank(ranks) == 0.5
    assert reciprocal_rank((None, None)) == 0.0
    assert recall(BOTH, (None, 1), 20) == 0


SEARCH = EvalQuestion(
    line=1,
    id="s",
    type=QuestionType.SEARCH,
    text="which documents?",
    evidence=tuple(
        Evidence(f"{name}.txt", "", group, grade)
        for group, (name, grade) in enumerate((("a", 2), ("b", 1), ("c", 1)), start=1)
    ),
)


def test_documents_are_found_once_each_and_recalled_in_part() -> None:
    passages = tuple(Excerpt(f"{name}.txt", "…") for name in "xxbba")
    ranks = find_ranks(SEARCH, passages)
    assert ranks == (3, 2, None)
    assert [recall(SEARCH, ranks, k) for k in (1, 2, 3)] == pytest.approx([0, 1 / 3, 2 / 3])
    assert reciprocal_rank(ranks) == 0.5


@given(st.permutations("abcdefghijklmno"), st.integers(0, 15))
def test_gain_is_the_ndcg_of_the_library(order: list[str], count: int) -> None:
    found = order[:count]
    qrels = [Qrel("s", e.file, e.grade) for e in SEARCH.evidence]
    run = [ScoredDoc("s", f"{name}.txt", float(-place)) for place, name in enumerate(found)]
    expected = ir_measures.calc_aggregate([nDCG @ 10], qrels, run)[nDCG @ 10] if run else 0.0
    ranks = find_ranks(SEARCH, tuple(Excerpt(f"{name}.txt", "…") for name in found))
    assert gain(SEARCH, ranks) == pytest.approx(expected)


def test_gain_of_evidence_that_shares_a_passage_is_at_most_one() -> None:
    assert gain(BOTH, (1, 1)) == 1.0
    assert gain(BOTH, (1, 2)) == 1.0
    assert gain(BOTH, (None, 11)) == 0.0
    assert 0 < gain(BOTH, (3, None)) < gain(BOTH, (3, 1)) < 1


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("森林覆盖率63.1%，信丰县70.33%[1]", True),
        ("信丰县70.33%，全省63.1%", False),
        ("63.10%", True),
        ("2023年第2位", False),
        ("", False),
    ],
)
def test_the_first_figure_of_the_unit_is_judged(answer: str, expected: bool) -> None:
    assert has_figure(FOREST, Response(answer)) is expected
    assert not has_figure(FOREST, Response(answer, refused=True))


def test_figures_are_compared_by_value() -> None:
    question = EvalQuestion(1, "a", QuestionType.NUMBER, "多少人？", ("14.7万人",))
    assert has_figure(question, Response("147000人"))
    assert not has_figure(question, Response("14.7人"))


@pytest.mark.parametrize(
    ("answers", "text", "exact", "overlap"),
    [
        (("踢爆",), "踢爆。", True, 1.0),
        (("水陆两栖",), "它是水陆两栖动物", False, 2 * 4 / (4 + 8)),
        (("《八篇书》", "八篇"), "八篇书", True, 1.0),
        (("5 May 1945",), "on 5 may 1945", False, 2 * 3 / (3 + 4)),
        (("甲乙丙",), "甲丙乙", False, 2 * 1 / 6),
        (("甲",), "", False, 0.0),
    ],
)
def test_exact_match_and_f1_are_those_of_cmrc2018(
    answers: tuple[str, ...], text: str, exact: bool, overlap: float
) -> None:
    assert is_exact(answers, text) is exact
    assert score_overlap(answers, text) == pytest.approx(overlap)


def test_segments_are_chinese_characters_and_whole_words() -> None:
    assert segment("由Nexon在1,000.5天内“开发”") == ["由", "nexon", "在", "1,000.5", "天", "内", "开", "发"]


def _told(text: str, region: str = "", period: str = "", refused: bool = False) -> Response:
    return Response(text, refused, (Excerpt("a.txt", text, region=region, period=period),))


def test_another_year_is_told_by_the_text_else_by_the_citations() -> None:
    question = EvalQuestion(1, "a", QuestionType.TEMPORAL, "2023年呢？", ("29",), year="2022/2023")
    assert is_other_year(question, _told("2021年为30")) is True
    assert is_other_year(question, _told("2021—2024年为30")) is False
    assert is_other_year(question, _told("为30", period="2020年")) is True
    assert is_other_year(question, _told("2022年为30", period="2020年")) is False
    assert is_other_year(question, _told("为30")) is False
    assert is_other_year(question, _told("没有", period="2020年", refused=True)) is None
    assert is_other_year(FOREST, Response("")) is None
    assert is_other_year(BOTH, _told("2021年为30")) is None


def test_another_place_is_told_by_the_citations() -> None:
    question = EvalQuestion(1, "a", QuestionType.REGION, "信丰县？", ("70.33%",), region="信丰县")
    assert is_other_region(question, _told("覆盖率63.1%", "江西省")) is True
    assert is_other_region(question, _told("信丰覆盖率63.1%", "江西省")) is False
    assert is_other_region(question, _told("覆盖率63.1%", "江西省赣州市信丰县")) is False
    assert is_other_region(question, _told("覆盖率63.1%")) is None
    assert is_other_region(question, _told("没有", "江西省", refused=True)) is None
    assert is_other_region(FOREST, _told("覆盖率63.1%", "江西省")) is None


@given(st.text(alphabet="１2,34.5a bＢ“”\n 森[1]% ", max_size=30))
def test_a_trace_is_the_normalised_text_with_its_places(text: str) -> None:
    traced, places = trace(text)
    marked = remove_marks(text)
    if marked == text:
        assert traced == normalise(text)
    assert len(places) == len(traced)
    assert places == sorted(set(places))


def test_what_was_expected_is_found_in_an_answer() -> None:
    answer = "共６,457 个[1]，其中457个“新”建"
    assert [answer[a:b] for a, b in find_spans(answer, ("6457个", "新建", "57"))] == ["６,457 个", "新”建"]
    assert find_spans("甲乙丙", ("甲乙", "乙丙")) == [(0, 3)]
    assert find_spans("甲", ("", "乙")) == []
