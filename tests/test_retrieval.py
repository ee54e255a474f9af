"""Finding passages: what each signal is worth, whose turn it is, filters, and questions that are none."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from rag.errors import QuestionError
from rag.question import understand
from rag.retrieval import CANDIDATES, Retriever, Weights
from rag.store import Index, build_index
from rag.text import fold
from rag.types import Filter, Hit, Kind, Level, Period, Question, Region

PROVINCE = Region(("江西省",), Level.PROVINCE)
CITY = Region(("江西省", "南昌市"), Level.CITY)
Y2022, Y1998 = Period(2022, 2022, "2022年"), Period(1998, 1998, "1998年")
# Each report has two passages: its head, of no period, and its one line.
REPORTS = {
    "city2024.txt": "政府工作报告\n——2024年1月10日在南昌市第十六届人民代表大会第四次会议上\n南昌市市长 李四\n\n"
    "2023年，全市森林覆盖率达到21.5%。\n",
    "province2023.txt": "政府工作报告\n——2023年1月11日在江西省第十四届人民代表大会第一次会议上\n江西省省长 张三\n\n"
    "2022年，全省森林覆盖率稳定在63.1%。\n",
    "province2024.txt": "政府工作报告\n——2024年1月23日在江西省第十四届人民代表大会第二次会议上\n江西省省长 张三\n\n"
    "2023年，全省森林覆盖率稳定在63.2%。\n",
}
CITY_HEAD, CITY_LINE, OLD_HEAD, OLD_LINE, NEW_HEAD, NEW_LINE = range(6)
NONE = Weights(**{signal.name: 0.0 for signal in fields(Weights)})
# Brings candidates but is too little for the six decimals of a score: what is left is the signal looked at.
FAINT = replace(NONE, dense=1e-9)


class CharacterEncoder:
    """Counts characters: each adds 1 at its code point modulo 64; then divided by the length."""

    name = "characters"
    dim = 64
    numeric_type = "float32"

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        return self.encode_queries(texts)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self.dim), np.float32)
        for row, text in zip(rows, texts, strict=True):
            np.add.at(row, [ord(character) % self.dim for character in text], 1)
            row /= np.linalg.norm(row)
        return rows


def build(folder: Path, reports: dict[str, str]) -> Index:
    """An index of these reports, which are all that the folder holds."""
    source = folder / "reports"
    source.mkdir(parents=True, exist_ok=True)
    for old in source.iterdir():
        old.unlink()
    for name, text in reports.items():
        (source / name).write_text(text, encoding="utf-8")
    build_index(source, folder / "index", CharacterEncoder())
    return Index.open(folder / "index", CharacterEncoder.name)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with build(tmp_path_factory.mktemp("retrieval"), REPORTS) as index:
        yield index


def search(
    index: Index, text: str, weights: Weights | None = None, filter: Filter | None = None, k: int = 20
) -> tuple[Hit, ...]:
    question = understand(text, index.coverage())
    return Retriever(index, CharacterEncoder(), weights).search(question, filter, k)


def scores(hits: Sequence[Hit]) -> dict[int, float]:
    return {hit.chunk.id: hit.score for hit in hits}


def rows(hits: Sequence[Hit]) -> list[int]:
    return [hit.chunk.id for hit in hits]


def check_ranked(hits: Sequence[Hit]) -> None:
    """No passage twice, no score that rises, is infinite or no number."""
    assert len(set(rows(hits))) == len(hits)
    assert all(np.isfinite(hit.score) for hit in hits)
    assert all(first.score >= second.score for first, second in pairwise(hits))


def test_the_reports_are_the_passages_named_above(index: Index) -> None:
    heads = [chunk.period is None for chunk in index.all_chunks()]
    assert heads == [True, False] * 3


def test_dense_scores_are_cosines(index: Index) -> None:
    text = "全市森林覆盖率达到21.5%"
    hits = search(index, text, replace(NONE, dense=1.0))
    cosines = index.vectors.rows(np.arange(6)) @ CharacterEncoder().encode_queries([fold(text)])[0]
    assert [scores(hits)[row] for row in range(6)] == pytest.approx(cosines.tolist(), abs=1e-5)
    assert rows(hits)[0] == CITY_LINE


def test_the_likeliest_sentence_counts_for_its_passage(tmp_path: Path) -> None:
    told = "全市森林覆盖率达到21.5%。"
    other = "粮食总产量稳定在230万吨，生猪出栏三百万头，蔬菜播种面积持续扩大。"
    with build(tmp_path, {"a.txt": f"{other}{told}{other}\n", "b.txt": f"{other}森林{other}\n"}) as index:
        hits = search(index, told, replace(FAINT, meaning=1.0))
        cosine = (
            CharacterEncoder().encode_queries([fold(told)])[0]
            @ CharacterEncoder().encode_passages([fold(told)[:-1]])[0]
        )
        assert rows(hits) == [0, 1]
        assert hits[0].score == pytest.approx(float(cosine), abs=1e-3)


def test_lexical_finds_only_what_shares_a_word(index: Index) -> None:
    hits = search(index, "稳定 63.2%", replace(NONE, lexical=1.0))
    assert rows(hits) == [NEW_LINE, OLD_LINE]
    expected = index.lexical.scores(fold("稳定 63.2%"))
    assert [hit.score for hit in hits] == pytest.approx(expected[[NEW_LINE, OLD_LINE]].tolist(), abs=1e-5)


def test_the_very_region_counts_whole_one_around_it_half_one_within_it_nothing(index: Index) -> None:
    city = scores(search(index, "南昌市的森林覆盖率", replace(FAINT, region=1.0)))
    assert city == {
        CITY_HEAD: 1.0,
        CITY_LINE: 1.0,
        OLD_HEAD: 0.5,
        OLD_LINE: 0.5,
        NEW_HEAD: 0.5,
        NEW_LINE: 0.5,
    }
    province = scores(search(index, "江西省的森林覆盖率", replace(FAINT, region=1.0)))
    assert (province[NEW_LINE], province[CITY_LINE]) == (1.0, 0.0)


def test_a_report_on_a_place_around_counts_whole_where_it_names_the_place(tmp_path: Path) -> None:
    title = "2024年江西省政府工作报告\n\n"
    reports = {"a.txt": f"{title}森林覆盖率全省第一。\n", "b.txt": f"{title}南昌森林覆盖率第一。\n"}
    with build(tmp_path, reports) as index:
        found = search(index, "南昌市的森林覆盖率", replace(FAINT, region=1.0))
    assert {hit.chunk.file: hit.score for hit in found} == {"a.txt": 0.5, "b.txt": 1.0}


def test_the_period_counts_whole_its_year_in_the_text_half(index: Index) -> None:
    found = scores(search(index, "2023年的森林覆盖率", replace(FAINT, period=1.0)))
    assert found == {
        CITY_LINE: 1.0,
        NEW_LINE: 1.0,
        OLD_HEAD: 0.5,
        OLD_LINE: 0.0,
        CITY_HEAD: 0.0,
        NEW_HEAD: 0.0,
    }


def test_the_month_of_a_report_counts_for_its_passages(index: Index) -> None:
    found = scores(search(index, "2023年1月的报告里森林覆盖率是多少", replace(FAINT, report=1.0)))
    assert {row for row, score in found.items() if score == 1.0} == {OLD_HEAD, OLD_LINE}
    assert set(found.values()) == {0.0, 1.0}


def test_without_any_signal_nothing_is_found(index: Index) -> None:
    assert search(index, "森林覆盖率", NONE) == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("2023年南昌市森林覆盖率是多少？", CITY_LINE),
        ("2022年江西省森林覆盖率是多少？", OLD_LINE),
        ("2023年江西省森林覆盖率是多少？", NEW_LINE),
        ("2022年江西省森林覆蓋率是多少？", OLD_LINE),
    ],
)
def test_all_signals_tell_three_alike_passages_apart(index: Index, text: str, line: int) -> None:
    assert rows(search(index, text))[0] == line


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("2022年和2023年江西省的森林覆盖率相比", {OLD_LINE, NEW_LINE}),
        ("2023年江西省和南昌市的森林覆盖率哪个高", {NEW_LINE, CITY_LINE}),
    ],
)
def test_each_slot_brings_its_best_before_any_brings_its_second(
    index: Index, text: str, lines: set[int]
) -> None:
    hits = search(index, text)
    assert set(rows(hits)[:2]) == lines
    assert sorted(rows(hits)) == list(range(6))
    check_ranked(hits)


@pytest.mark.parametrize("text", ["森林覆盖率", "2022年和2023年江西省的森林覆盖率相比"])
def test_fewer_passages_are_the_first_of_more(index: Index, text: str) -> None:
    hits = search(index, text)
    assert len(hits) == 6
    for k in (0, 1, 3):
        assert search(index, text, k=k) == hits[:k]


def test_passages_of_one_text_come_after_all_others_in_the_order_of_their_rows(tmp_path: Path) -> None:
    line = "2023年，全市森林覆盖率达到21.5%。\n"
    other = "2023年，全市粮食总产量达到230万吨。\n"
    with build(tmp_path, {"a.txt": other, "b.txt": line, "c.txt": line, "d.txt": line}) as index:
        hits = search(index, "森林覆盖率", replace(NONE, dense=1.0, lexical=0.5))
        assert rows(hits) == [1, 0, 2, 3]
        check_ranked(hits)
        assert rows(search(index, "森林覆盖率", k=2)) == [1, 0]


def test_words_in_one_sentence_count_more_than_words_in_two(tmp_path: Path) -> None:
    apart = "全市森林公园增多。市场覆盖面提高。\n"
    together = "全市森林覆盖面扩大。市场公园增多。\n"
    with build(tmp_path, {"a.txt": apart, "b.txt": together}) as index:
        found = scores(search(index, "森林的覆盖面", replace(FAINT, sentence=1.0)))
        assert found[1] > found[0] > 0
        found = scores(search(index, "森林的覆盖面是多少", replace(FAINT, sentence=1.0)))
        assert found == {0: 0.0, 1: 0.0}


def test_passages_as_likely_are_read_where_no_place_or_time_is_named(tmp_path: Path) -> None:
    read: list[str] = []

    def answers(question: Question, told: Sequence[str]) -> list[float]:
        read.extend(told)
        return [1.0 if "".join(question.terms) in each else -1.0 for each in told]

    with build(tmp_path, {"a.txt": "森林覆盖了荒山。\n", "b.txt": "森林覆盖了河滩。\n"}) as index:
        retriever = Retriever(index, CharacterEncoder(), read=answers)
        for place, meant in enumerate(("荒山", "河滩")):
            asked = replace(understand("森林覆盖了什么？", index.coverage()), terms=(meant,))
            hits = retriever.search(asked)
            assert rows(hits) == [place, 1 - place]
            check_ranked(hits)
        assert set(read) == {"森林覆盖了荒山", "森林覆盖了河滩"}
        read.clear()
        retriever.search(understand("2023年森林覆盖率是多少？", index.coverage()))
        assert read == []


def test_passages_nearly_as_likely_are_read_where_no_figure_is_asked_of_a_time(tmp_path: Path) -> None:
    def answers(question: Question, told: Sequence[str]) -> list[float]:
        return [1.0 if "河滩" in each else -1.0 for each in told]

    with build(tmp_path, {"a.txt": "2023年森林覆盖了荒山。\n", "b.txt": "2023年森林覆盖了河滩。\n"}) as index:
        retriever = Retriever(index, CharacterEncoder(), read=answers)
        question = understand("2023年森林覆盖了什么？", index.coverage())
        hits = retriever.search(question)
        assert rows(hits) == [1, 0]
        check_ranked(hits)
        assert rows(retriever.search(question, k=1)) == [1]
        assert rows(retriever.search(understand("2023年森林覆盖了几座荒山？", index.coverage()))) == [0, 1]


def test_what_repeats_a_passage_stays_the_last_though_it_reads_better(tmp_path: Path) -> None:
    said = "全市森林覆盖了荒山和河滩，新建了湿地公园，修复了矿山，治理了水土流失，保护了候鸟。"

    def answers(question: Question, told: Sequence[str]) -> list[float]:
        return [float(place) for place, _ in enumerate(told)]

    files = {"a.txt": f"{said}\n", "b.txt": f"{said[:-1]}。\n", "c.txt": "森林覆盖了河谷。\n"}
    with build(tmp_path, files) as index:
        retriever = Retriever(index, CharacterEncoder(), read=answers)
        assert rows(retriever.search(understand("森林覆盖了什么？", index.coverage())))[-1] == 1


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        (Filter(), {0, 1, 2, 3, 4, 5}),
        (Filter(files=frozenset({"city2024.txt"})), {CITY_HEAD, CITY_LINE}),
        (Filter(regions=(CITY,)), {CITY_HEAD, CITY_LINE}),
        (Filter(regions=(PROVINCE,)), {0, 1, 2, 3, 4, 5}),
        (Filter(periods=(Y2022,)), {OLD_LINE}),
        (Filter(kinds=frozenset({Kind.RESULT}), regions=(CITY,)), {CITY_LINE}),
    ],
)
def test_a_filter_is_hard(index: Index, filter: Filter, found: set[int]) -> None:
    assert set(rows(search(index, "2023年江西省森林覆盖率是多少？", filter=filter))) == found


@pytest.mark.parametrize(
    "filter",
    [
        Filter(files=frozenset({"never.txt"})),
        Filter(files=frozenset({"' OR 1=1 --"})),
        Filter(regions=(Region(("云南省",), Level.PROVINCE),)),
        Filter(periods=(Y1998,)),
        Filter(kinds=frozenset({Kind.PLAN})),
        Filter(files=frozenset({"city2024.txt"}), periods=(Y2022,)),
    ],
)
def test_a_filter_that_matches_nothing_finds_nothing(index: Index, filter: Filter) -> None:
    assert search(index, "2023年江西省森林覆盖率是多少？", filter=filter) == ()


def test_a_filter_on_a_deleted_document_finds_nothing(tmp_path: Path) -> None:
    only = Filter(files=frozenset({"city2024.txt"}))
    with build(tmp_path, REPORTS) as index:
        assert rows(search(index, "森林覆盖率", filter=only)) == [CITY_LINE, CITY_HEAD]
    with build(tmp_path, {"province2024.txt": REPORTS["province2024.txt"]}) as index:
        assert len(index) == 2
        assert search(index, "森林覆盖率", filter=only) == ()


def test_a_filter_comes_before_the_choice_of_candidates(tmp_path: Path) -> None:
    """The passage that is allowed would not be among the best that either side brings."""
    asked = {f"a{number:03}.txt": "2023年，全市森林覆盖率达到21.5%。\n" for number in range(2 * CANDIDATES)}
    with build(tmp_path, {**asked, "z.txt": "2023年，全市粮食总产量达到230万吨。\n"}) as index:
        text, last = "全市森林覆盖率", 2 * CANDIDATES
        assert last not in rows(search(index, text, k=len(index)))
        assert rows(search(index, text, filter=Filter(files=frozenset({"z.txt"})))) == [last]


def test_a_region_that_the_corpus_lacks_and_a_year_outside_it_change_no_order(index: Index) -> None:
    for text in ("黑龙江省1998年的森林覆盖率", "火星市2099年的森林覆盖率"):
        hits = search(index, text)
        assert sorted(rows(hits)) == list(range(6))
        assert hits == search(index, text, replace(Weights(), region=0.0, period=0.0))


NO_QUESTIONS = (
    "的", "吗？", "？！。……", "🙂🙃👨‍👩‍👧", "\u200b\ufeff", "'; DROP TABLE chunks; --", '" OR 1=1', "%_*?[a-z]",
    "<script>alert(1)</script><b>", "&lt;a&gt;", "NaN", "\\x00\\n", "\ue000𠀀", "a" * 2000,
)  # fmt: skip


@pytest.mark.parametrize("text", NO_QUESTIONS, ids=ascii)
def test_what_is_no_question_is_ranked_without_a_fault(index: Index, text: str) -> None:
    hits = search(index, text)
    assert sorted(rows(hits)) == list(range(6))
    check_ranked(hits)


@pytest.mark.parametrize("text", ["？！。……", "🙂🙃", "\u200b"])
def test_what_has_no_words_finds_nothing_by_words(index: Index, text: str) -> None:
    assert search(index, text, replace(NONE, lexical=1.0)) == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(text=st.text(min_size=1, max_size=60), k=st.integers(0, 8))
def test_any_text_gives_a_ranking_of_at_most_k(index: Index, text: str, k: int) -> None:
    try:
        hits = search(index, text, k=k)
    except QuestionError:
        return
    assert len(hits) == min(k, 6)
    check_ranked(hits)
