"""Passages found side by side: what becomes one, what does not, and that nothing found is lost."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.chunking import LIMIT
from rag.joining import join_found
from rag.question import understand
from rag.store import Index, build_index
from rag.text import repair
from rag.types import Chunk, Filter, Hit, Kind
from tests.test_retrieval import CharacterEncoder

if TYPE_CHECKING:
    from rag.assistant import Assistant

HEAD = "政府工作报告\n——2024年1月10日在南昌市第十六届人民代表大会第四次会议上\n南昌市市长 李四\n\n一、2023年工作回顾\n\n"
PARAGRAPHS = [f"{name}{'深入推进各项工作，' * 22}取得成效。\n\n" for name in "甲乙丙"]
PLAN = f"二、2024年工作安排\n\n丁{'加快推进各项工作，' * 22}力争见效。\n"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("joining")
    (folder / "reports").mkdir()
    (folder / "reports/a.txt").write_text(HEAD + "".join(PARAGRAPHS) + PLAN, encoding="utf-8")
    build_index(folder / "reports", folder / "index", CharacterEncoder())
    with Index.open(folder / "index", CharacterEncoder.name) as opened:
        yield opened


def found(index: Index, names: str) -> list[Hit]:
    """Hits of the passages that hold these paragraphs, in this order."""
    chunks = [
        next(each for each in index.all_chunks() if f"{name}深" in each.text or f"{name}加" in each.text)
        for name in names
    ]
    return [Hit(chunk, float(len(names) - place)) for place, chunk in enumerate(chunks)]


def names(hits: Sequence[Hit]) -> list[str]:
    return ["".join(name for name in "甲乙丙丁" if name in hit.chunk.text) for hit in hits]


@pytest.mark.parametrize(
    ("order", "shown"),
    [
        ("甲乙", ["甲乙"]),
        ("乙甲", ["甲乙"]),
        ("甲丙", ["甲", "丙"]),  # what stands between was not found
        ("乙丙甲", ["乙丙", "甲"]),  # all three would be too long: the better neighbour joins
        ("丙丁", ["丙", "丁"]),  # a result and a plan
        ("丁甲乙", ["丁", "甲乙"]),
    ],
)
def test_neighbours_that_were_found_are_shown_as_one(index: Index, order: str, shown: list[str]) -> None:
    assert names(join_found(found(index, order), index)) == shown


def test_a_joined_passage_is_a_piece_of_its_report_and_keeps_the_better_place(index: Index) -> None:
    second, first = found(index, "乙甲")
    (joined,) = join_found([second, first], index)
    assert (joined.score, joined.chunk.id) == (second.score, second.chunk.id)
    assert (joined.chunk.start, joined.chunk.end) == (first.chunk.start, second.chunk.end)
    document = index.document("a.txt")
    assert (
        joined.chunk.text == repair(document.text, first.chunk.start, second.chunk.end, document.drops).text
    )


def test_a_search_shows_joined_passages_and_an_answer_reads_single_ones(assistant: "Assistant") -> None:
    retriever = assistant.lookup.retriever
    question = understand("南昌2024年要怎么打造综合交通枢纽？", assistant.coverage)
    pieces, shown = retriever.find(question), retriever.search(question)
    assert len(shown) < len(pieces)
    assert {hit.chunk.id for hit in shown} < {hit.chunk.id for hit in pieces}
    assert len(retriever.search(question, k=3)) == 3
    assert retriever.search(question, k=3) == shown[:3]
    only = Filter(kinds=frozenset({Kind.PLAN}))
    assert {hit.chunk.kind for hit in retriever.search(question, only)} == {Kind.PLAN}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_found_is_shown_once_and_whole(assistant: "Assistant", data: st.DataObject) -> None:
    index = assistant.index
    start = data.draw(st.integers(0, len(index) - 12))
    rows = data.draw(st.lists(st.integers(start, start + 11), min_size=1, max_size=12, unique=True))
    pieces = index.chunks(rows)
    joined = join_found([Hit(chunk, float(-place)) for place, chunk in enumerate(pieces)], index)
    assert all(sum(_holds(hit.chunk, piece) for hit in joined) == 1 for piece in pieces)
    assert all(a.score > b.score for a, b in pairwise(joined))
    for hit in joined:
        document = index.document(hit.chunk.file)
        assert hit.chunk.text == repair(document.text, hit.chunk.start, hit.chunk.end, document.drops).text
        parts = [piece for piece in pieces if _holds(hit.chunk, piece)]
        assert len(parts) == 1 or len(hit.chunk.text) <= LIMIT
        assert len({piece.kind for piece in parts} - {Kind.NARRATIVE}) < 2
        assert {(piece.title, piece.region, piece.period) for piece in parts} == {
            (hit.chunk.title, hit.chunk.region, hit.chunk.period)
        }


def _holds(whole: Chunk, part: Chunk) -> bool:
    return whole.file == part.file and whole.start <= part.start and part.end <= whole.end
