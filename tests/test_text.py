from hypothesis import given
from hypothesis import strategies as st

from rag.text import fold, repair


def test_fold_is_half_width_lower_case_and_simplified() -> None:
    assert fold("臺灣ＡＢＣ１２％") == "台湾abc12%"


@given(st.text())
def test_fold_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_a_character_that_would_become_two_stays() -> None:
    assert fold("㎏ﬁ") == "㎏ﬁ"


def test_repair_leaves_out_the_drops() -> None:
    text = "已完成36\n\n个，2018年"
    repaired = repair(text, 0, len(text), ((5, 7),))
    assert repaired.text == "已完成36个，2018年"
    assert repaired.span(3, 6) == (3, 8)
    assert text[3:8] == "36\n\n个"


def test_repair_of_a_piece_that_starts_inside_a_drop() -> None:
    assert repair("abcdef", 2, 5, ((1, 4),)).text == "e"


@st.composite
def texts_with_drops(draw: st.DrawFn) -> tuple[str, int, int, tuple[tuple[int, int], ...]]:
    text = draw(st.text(max_size=60))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    drops = tuple(zip(cuts[::2], cuts[1::2], strict=False))
    start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
    return text, start, end, drops


@given(texts_with_drops())
def test_the_original_at_the_offsets_is_the_repaired_text(
    case: tuple[str, int, int, tuple[tuple[int, int], ...]],
) -> None:
    text, start, end, drops = case
    repaired = repair(text, start, end, drops)
    expected = [i for i in range(start, end) if not any(a <= i < b for a, b in drops)]
    assert repaired.offsets == tuple(expected)
    assert repaired.text == "".join(text[offset] for offset in repaired.offsets)


def test_half_a_pair_folds_to_itself() -> None:
    assert fold("\ud800Ａ") == "\ud800a"
