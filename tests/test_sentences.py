from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rag.answering.sentences import split_clauses, split_sentences, trim


def test_sentences_end_at_full_stops_and_semicolons() -> None:
    text = "森林覆盖率63.1%，居全国第2位。PM2.5为29；水质优良。"
    assert [p.text for p in split_sentences(text)] == [
        "森林覆盖率63.1%，居全国第2位。",
        "PM2.5为29；",
        "水质优良。",
    ]


def test_quotes_and_brackets_are_not_cut_open() -> None:
    text = "实施“1135”（“1”即一万亿，“5”即50家）行动，招引一批。"
    assert [p.text for p in split_clauses(text)] == [
        "实施“1135”（“1”即一万亿，“5”即50家）行动，",
        "招引一批。",
    ]


def test_an_unclosed_bracket_ends_with_its_line() -> None:
    assert [p.text for p in split_sentences("一（二。三。\n四。")] == ["一（二。三。\n", "四。"]


def test_trim_takes_commas_off() -> None:
    [piece] = split_clauses(" 增长4%，")
    assert (trim(piece).text, trim(piece).start, trim(piece).end) == ("增长4%", 1, 5)


@given(st.text(alphabet="一二，。；！\n（）“” 1%", max_size=80))
def test_pieces_stand_where_they_say(text: str) -> None:
    for pieces in (split_sentences(text), split_clauses(text)):
        for piece in pieces:
            assert text[piece.start : piece.end] == piece.text
        assert all(a.end <= b.start for a, b in pairwise(pieces))
