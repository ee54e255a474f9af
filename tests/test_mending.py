"""Misread letters: what is searched by, what is shown, and what is left alone."""

from pathlib import Path

from rag.chunking import chunk, compose
from rag.corpus import read
from rag.corpus.sources import scan
from rag.mending import OFTEN, Mending
from rag.types import Chunk

SLIP = "加强生态区城品牌培育。"


def test_the_word_meant_is_added_and_none_is_taken_away() -> None:
    mending = Mending.learn([SLIP, "推进区域协调。" * OFTEN])
    assert mending.mend(SLIP) == f"{SLIP}\n区域"
    assert mending.mend("推进区域协调。") == "推进区域协调。"


def test_a_pair_that_stands_twice_or_whose_twin_is_rare_is_a_word() -> None:
    assert Mending.learn([SLIP, SLIP, "推进区域协调。" * OFTEN]).mend(SLIP) == SLIP
    assert Mending.learn([SLIP, "推进区域协调。" * (OFTEN - 1)]).mend(SLIP) == SLIP


def test_a_letter_that_its_other_neighbour_knows_is_no_slip() -> None:
    texts = ["南昌市区城市建设。", "城市更新。", "推进区域协调。" * OFTEN]
    assert Mending.learn(texts).mend(texts[0]) == texts[0]


def test_traditional_and_simplified_letters_are_one() -> None:
    assert (
        Mending.learn(["生態區城品牌。", "推进区域协调。" * OFTEN]).mend("生態區城品牌。")
        == "生態區城品牌。\n区域"
    )


def passages(seeds: Path) -> list[Chunk]:
    return [passage for source in scan(seeds, 50)[0] for passage in chunk(read(source))]


def test_the_slip_of_the_seeds_is_mended_in_the_search_text_only(seeds: Path) -> None:
    chunks = passages(seeds)
    mending = Mending.learn(each.text for each in chunks)
    mended = [each for each in chunks if mending.mend(compose(each)) != compose(each)]
    assert ["生态区城品牌" in each.text for each in mended] == [True]
    assert mending.mend(compose(mended[0])) == compose(mended[0]) + "\n区域"
