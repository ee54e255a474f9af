"""Passages: what is packed, what is split, and that each is the very piece of the source it says."""

import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from rag.chunking import LIMIT, chunk, compose
from rag.text import fold, repair
from rag.types import Article, Block, Chunk, Document, Form, Kind, Level, Note, Period, Region

JIANGXI = Region(("江西省",), Level.PROVINCE)
Y2023 = Period(2023, 2023, "2023年")
Y2024 = Period(2024, 2024, "2024年")
FORMS = {"#": Form.HEADING, "=": Form.BYLINE, "p": Form.PARAGRAPH, "|": Form.TABLE, "n": Form.NOTE}


def build(
    *blocks: tuple[str, str],
    gap: str = "\n",
    section: tuple[str, ...] = ("一、回顾",),
    drops: tuple[tuple[int, int], ...] = (),
    pages: tuple[int, ...] = (),
    notes: tuple[Note, ...] = (),
    changes: dict[int, dict[str, object]] | None = None,
) -> Document:
    """A document of one article: (form, text) blocks with `gap` between; `changes` sets fields of a block."""
    text = ""
    made = []
    for i, (form, words) in enumerate(blocks):
        text += gap if i else ""
        values = {"form": FORMS[form], "section": section, "period": Y2023, "kind": Kind.RESULT}
        values |= (changes or {}).get(i, {})
        made.append(Block(len(text), len(text) + len(words), **values))  # type: ignore[arg-type]
        text += words
    article = Article("工作报告", None, None, "2024-01-23", JIANGXI, ((0, len(text)),), tuple(made), notes)
    return Document("a.txt", text, "0" * 64, drops, pages, (article,))


def texts(document: Document) -> list[str]:
    return [each.text for each in chunk(document)]


def test_short_paragraphs_of_one_section_share_a_passage() -> None:
    document = build(("p", "森林覆盖率63.1%。"), ("p", "空气优良天数比率96.5%。"))
    (only,) = chunk(document, first_id=7)
    assert only == Chunk(
        id=7, file="a.txt", start=0, end=26, text="森林覆盖率63.1%。\n空气优良天数比率96.5%。", title="工作报告",
        section=("一、回顾",), region=JIANGXI, period=Y2023, kind=Kind.RESULT, date="2024-01-23",
    )  # fmt: skip


def test_a_line_that_leads_to_points_stays_with_the_first_of_them() -> None:
    points = {"section": ("一、回顾", "一是")}
    blocks = (("p", "还面临不少困难。"), ("p", "一是基础不稳。"), ("p", "江" * 340 + "。"))
    led = build(*blocks, changes={1: points, 2: points})
    assert texts(led) == ["还面临不少困难。\n一是基础不稳。", "江" * 340 + "。"]
    assert chunk(led)[0].section == ("一、回顾", "一是")
    other = build(*blocks, changes={1: points | {"kind": Kind.PLAN}, 2: points})
    assert texts(other)[0] == "还面临不少困难。"


def test_short_neighbours_under_one_heading_share_a_passage() -> None:
    changes = {i: {"section": ("一、回顾", f"{i}是", f"（{i}）")} for i in range(2)}
    document = build(("p", "甲。"), ("p", "乙。"), changes=changes)
    assert texts(document) == ["甲。", "乙。"]
    changes = {i: {"section": ("一、回顾", f"{i}是")} for i in range(2)}
    (only,) = chunk(build(("p", "甲。"), ("p", "乙。"), changes=changes))
    assert only.section == ("一、回顾",)


def test_packing_stops_at_the_aim() -> None:
    assert [len(text) for text in texts(build(*[("p", "江" * 99 + "。")] * 5))] == [302, 201]


def test_paragraphs_of_another_section_period_or_kind_stand_apart() -> None:
    blocks = (("p", "甲。"), ("p", "乙。"))
    for change in ({"section": ("二、计划",)}, {"period": Y2024}, {"kind": Kind.PLAN}):
        assert texts(build(*blocks, changes={1: change})) == ["甲。", "乙。"]
    deep = {0: {"section": ("一", "（一）", "1")}, 1: {"section": ("一", "（一）", "2")}}
    (together,) = chunk(build(*blocks, changes=deep))
    assert together.text == "甲。\n乙。"
    assert together.section == ("一", "（一）")


def test_headings_go_with_the_text_below_them() -> None:
    under = {0: {"section": (), "period": None}, 1: {"section": ("一",)}, 2: {"section": ("一", "（一）")}}
    document = build(
        ("#", "一、回顾"), ("#", "（一）生态"), ("p", "覆盖率63.1%。"), ("#", "二、计划"), changes=under
    )
    first, last = chunk(document)
    assert first.text == "一、回顾\n（一）生态\n覆盖率63.1%。"
    assert (first.section, first.period) == (("一", "（一）"), Y2023)
    assert last.text == "二、计划"


def test_a_heading_stays_with_the_first_piece_of_a_long_paragraph() -> None:
    first, second = texts(build(("#", "一、回顾"), ("p", "江" * 299 + "。" + "西" * 299 + "。")))
    assert first == "一、回顾\n" + "江" * 299 + "。"
    assert second == "西" * 299 + "。"


def test_a_long_paragraph_is_cut_after_sentences_and_their_closing_marks() -> None:
    sentence = "他说：“" + "江" * 150 + "。”"
    assert texts(build(("p", sentence * 4))) == [sentence * 2, sentence * 2]


def test_a_short_rest_is_left_with_the_sentence_before() -> None:
    assert texts(build(("p", "江" * 320 + "。" + "西" * 60 + "。"))) == ["江" * 320 + "。" + "西" * 60 + "。"]


def test_a_figure_is_not_cut_at_its_comma_or_point() -> None:
    pieces = texts(build(("p", "增加值12,345.67亿元" * 60)))
    assert "".join(pieces) == "增加值12,345.67亿元" * 60
    assert all(not piece.endswith(("12,", "345.")) for piece in pieces)


def test_repeated_sentences_keep_their_own_places() -> None:
    sentence = "江" * 199 + "。"
    assert [(each.start, each.end) for each in chunk(build(("p", sentence * 4)))] == [
        (0, 200), (200, 400), (400, 600), (600, 800),
    ]  # fmt: skip


def test_notes_and_tables_stand_alone() -> None:
    document = build(
        ("p", "正文。"), ("n", "1.甲：一。"), ("n", "2.乙：二。"), ("|", "| 指标 | 值 |\n| 面积 | 3 |")
    )
    assert texts(document) == ["正文。", "1.甲：一。", "2.乙：二。", "| 指标 | 值 |\n| 面积 | 3 |"]


def test_a_long_table_is_cut_between_rows_and_later_rows_are_read_with_its_header() -> None:
    header = "主要指标（亿元）\n| 地区 | 总值 |\n| --- | --- |\n"
    rows = [f"| 第{i:03}县 | {i:05}.50 |\n" for i in range(60)]
    chunks = chunk(build(("|", header + "".join(rows))))
    assert "".join(each.text for each in chunks) == header + "".join(rows)
    assert [each.text.count("县") for each in chunks] == [15, 16, 16, 13]
    assert chunks[0].text.startswith(header)
    assert chunks[0].header == ""
    assert {each.header for each in chunks[1:]} == {header.strip()}
    assert compose(chunks[1]) == fold(
        f"工作报告｜一、回顾｜江西省｜2023年｜完成情况\n{header}{chunks[1].text}"
    )


def test_what_was_dropped_is_not_shown_but_lies_in_the_span() -> None:
    document = build(("p", "已完成36\n\n个，全部[1]。"), drops=((5, 7), (11, 14)))
    (only,) = chunk(document)
    assert only.text == "已完成36个，全部。"
    assert document.text[only.start : only.end] == "已完成36\n\n个，全部[1]。"


def test_an_article_cut_in_two_by_another_gives_passages_on_both_sides() -> None:
    text = "前半篇。广告在此。后半篇。"
    block = Block(0, 13, Form.PARAGRAPH, (), None, Kind.NARRATIVE)
    advert = Block(4, 9, Form.PARAGRAPH, (), None, Kind.NARRATIVE)
    report = Article("报告", None, None, None, None, ((0, 4), (9, 13)), (block,), ())
    other = Article("广告", None, None, None, None, ((4, 9),), (advert,), ())
    chunks = chunk(Document("a.txt", text, "0" * 64, (), (), (report, other)))
    assert [(each.id, each.title, each.text) for each in chunks] == [
        (0, "报告", "前半篇。"), (1, "广告", "广告在此。"), (2, "报告", "后半篇。"),
    ]  # fmt: skip


def test_blocks_are_not_packed_over_text_that_is_no_block() -> None:
    assert texts(build(("p", "甲。"), ("p", "乙。"), gap="\n〔略〕\n")) == ["甲。", "乙。"]


def test_terms_are_of_notes_explained_marked_or_named() -> None:
    body, explained = "实施“8810”行动计划13。", "13.“8810”行动计划：八大行动。"
    notes = (Note(13, "８８１０", 15, 15 + len(explained), (12,)), Note(14, "林长制", 90, 99, ()))
    document = build(("p", body), ("n", explained), ("p", "推行林长制。"), drops=((12, 14),), notes=notes)
    assert [each.terms for each in chunk(document)] == [("８８１０",), ("８８１０",), ("林长制",)]


def test_a_mark_at_the_border_belongs_to_the_text_before_it() -> None:
    document = build(("p", "甲计划1"), ("p", "乙。"), drops=((3, 4),), notes=(Note(1, "丙", 90, 91, (3,)),),
                     changes={1: {"kind": Kind.PLAN}})  # fmt: skip
    assert [each.terms for each in chunk(document)] == [("丙",), ()]


def test_pages_are_counted_from_one() -> None:
    document = build(("p", "江" * 300), ("p", "西" * 300), ("p", "赣" * 300), pages=(0, 301, 700))
    assert [each.page for each in chunk(document)] == [1, 2, 2]
    assert [each.page for each in chunk(build(("p", "甲。")))] == [None]


def test_blank_blocks_give_no_passage() -> None:
    assert chunk(build(("p", " \n"), ("p", "广告"), drops=((3, 5),))) == ()


def test_compose_says_what_and_whom_the_passage_is_about_and_leaves_out_what_is_not_known() -> None:
    (only,) = chunk(build(("p", "覆盖率63.1%。"), section=("一、回顾", "（一）生态")))
    assert compose(only) == "工作报告|一、回顾|(一)生态|江西省|2023年|完成情况\n覆盖率63.1%。"
    bare = Chunk(0, "a.txt", 0, 2, "甲。", "", (), None, None, Kind.NARRATIVE)
    assert compose(bare) == "甲。"


WORDS = st.text(st.sampled_from("赣江水清，。；！”、 \n|3.5"), min_size=1, max_size=40)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Articles of odd blocks, cut at any place into spans, with ranges dropped anywhere."""
    text, blocks = "", []
    for _ in range(draw(st.integers(0, 8))):
        text += draw(st.sampled_from(["\n", "\n\n", "", "〔略〕", "\n" * 300]))
        words = draw(WORDS) * draw(st.sampled_from([1, 1, 5, 40]))
        blocks.append(
            Block(
                len(text),
                len(text) + len(words),
                draw(st.sampled_from(Form)),
                draw(st.sampled_from([(), ("一",), ("一", "（一）"), ("一", "（一）", "1")])),
                draw(st.sampled_from([None, Y2023])),
                draw(st.sampled_from([Kind.RESULT, Kind.PLAN])),
            )
        )
        text += words
    cuts = sorted({0, len(text), *draw(st.lists(st.integers(0, len(text)), max_size=3))})
    spans = tuple(pairwise(cuts))
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=10)))
    drops = tuple(zip(edges[::2], edges[1::2], strict=False))
    articles = tuple(
        Article(title, None, None, None, None, spans[i::2], tuple(blocks), ())
        for i, title in enumerate(("甲", "乙"))
    )
    return Document("a.txt", text, "0" * 64, drops, (), articles)


@given(documents())
@settings(max_examples=300, deadline=None)
def test_passages_are_pieces_of_their_article_and_together_all_that_it_shows(document: Document) -> None:
    chunks = chunk(document)
    assert [each.id for each in chunks] == list(range(len(chunks)))
    assert all(first.end <= second.start for first, second in pairwise(chunks))
    for each in chunks:
        article = next(article for article in document.articles if article.title == each.title)
        repaired = repair(document.text, each.start, each.end, document.drops)
        assert each.text == repaired.text
        assert (each.start, each.end) == repaired.span(0, len(repaired.text))
        assert 0 < len(each.text) <= LIMIT
        assert any(start <= each.start and each.end <= end for start, end in article.spans)
        _check_blocks(each, article, document)
    for article in document.articles:
        shown = "".join(
            _shown(document, max(block.start, start), min(block.end, end))
            for start, end in article.spans
            for block in article.blocks
        )
        own = "".join(each.text for each in chunks if each.title == article.title)
        assert re.sub(r"\s", "", own) == shown


def _shown(document: Document, start: int, end: int) -> str:
    """What a reader sees of a piece, white space apart."""
    return re.sub(r"\s", "", repair(document.text, start, max(start, end), document.drops).text)


def _check_blocks(each: Chunk, article: Article, document: Document) -> None:
    """A passage tells of one section or of neighbours in it, of one period and kind; notes and tables stand alone."""
    told = [
        block
        for block in article.blocks
        if block.form is not Form.HEADING
        and _shown(document, max(block.start, each.start), min(block.end, each.end))
    ]
    for block in told:
        depth = min(len(block.section), len(each.section), 2)
        assert block.section[:depth] == each.section[:depth]
    assert {(block.period, block.kind) for block in told} <= {(each.period, each.kind)}
    assert len(told) == 1 or {block.form for block in told} <= {Form.PARAGRAPH, Form.BYLINE}
