"""Notes and the places they explain; marks are dropped, figures never are."""

from pathlib import Path

import pytest

from rag.corpus.readers import Reading
from rag.corpus.structure import understand
from rag.text import repair
from rag.types import Document, Note


def document(text: str) -> Document:
    return understand("a.txt", Reading(text), "0")


def notes(document: Document) -> tuple[Note, ...]:
    (article,) = document.articles
    return article.notes


def shown(document: Document) -> str:
    return repair(document.text, 0, len(document.text), document.drops).text


def report(body: str, *definitions: str) -> Document:
    return document(f"甲县政府工作报告\n各位代表：\n{body}\n名词解释\n" + "\n".join(definitions) + "\n")


@pytest.fixture(scope="module")
def capital(seeds: Path) -> Document:
    (path,) = seeds.glob("004*")
    return document(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def province(seeds: Path) -> Document:
    (path,) = seeds.glob("001*")
    return document(path.read_text(encoding="utf-8"))


def test_every_mark_of_the_capital_is_found_behind_its_term(capital: Document) -> None:
    before = [
        ("六坝共筑、十桥同架”", "强力推进"),
        ("席地而坐”", "示范点13个"),
        ("一网通办率", "分别提升"),
        ("“1+N”政策体系", "初步构建"),
        ("强化监督行动", "发现的46个"),
        ("市级重点校建项目", "快速推进"),
        ("创建行动", "，获评"),
        ("“双免”政策", "。加速"),
        ("医疗卫生服务体系", "，市第一"),
        ("专项行动", "，全市刑事"),
        ("“六有”", "建设基本"),
        ("三访三促”", "工作机制"),
        ("“8810”行动计划", "。打造8条"),
        ("上云上平台”", "工程。"),
        ("“黑马计划”", "，力争"),
        ("“平急两用”", "、城中村"),
        ("“四首”", "经济"),
        ("“晋江经验”", "，在市场"),
        ("两翼多点”", "的城乡"),
        ("“1688”工程", "。铁路"),
        ("“一网统管”", "。持续"),
        ("三年整体提升”", "目标"),
        ("“千万工程”", "经验"),
        ("培育工程", "，让懂"),
        ("“无废城市”", "建设"),
        ("七大行动”", "，加快"),
        ("EOD模式", "，全面"),
        ("就业之家”", "建设"),
    ]
    text = capital.text
    found = notes(capital)
    assert [note.number for note in found] == list(range(1, 29))
    for note, (term, rest) in zip(found, before, strict=True):
        digits = str(note.number)
        marks = [mark for mark in note.marks if text.startswith(digits, mark)]
        assert len(marks) == 1, note
        assert text[: marks[0]].endswith(term)
        assert text[marks[0] + len(digits) :].startswith(rest)
        assert f"{term}{rest}" in shown(capital)


def test_figures_beside_marks_stay(capital: Document) -> None:
    everything = shown(capital)
    for figure in (
        "打造城市客厅“席地而坐”示范点13个，",
        "网上可办率、一网通办率分别提升至100%、95.84%",
        "发现的46个问题",
        "第二批全国名特优新农产品名录",
        "纵深推进八大标志性战役30个专项行动",
        "“15分钟政务服务圈”",
        "创建25个“席地而坐”城市客厅示范点",
    ):
        assert figure in everything


def test_terms_of_the_capital(capital: Document) -> None:
    terms = {note.number: note.terms for note in notes(capital)}
    assert terms[3] == ("一网进", "网上可办率", "一网通办率")
    assert terms[13] == ("“8810”行动计划",)
    assert terms[28] == ("5+2就业之家",)
    marks = notes(capital)[12].marks
    assert [capital.text[mark - 6 : mark + 2] for mark in marks] == ["0”行动计划13", "10”行动计划，"]


def test_notes_without_marks_are_linked_by_their_terms(province: Document) -> None:
    found = notes(province)
    assert [note.number for note in found] == list(range(1, 21))
    text = province.text
    ends = {note.number: [text[mark - 3 : mark + 1] for mark in note.marks] for note in found}
    assert all(ends.values())
    assert ends[2] == ["行动计划", "行动计划"]
    assert ends[18] == ["食育普及"]
    assert ends[7] == ["民生实事", "民生实事"]
    assert found[6].term == "10件民生实事"
    assert "年初确定的10件民生实事全部兑现" in shown(province)


def test_a_number_after_another_word_is_a_figure() -> None:
    found = report(
        "全县推行“田长制”1，新增幼儿园2所、“智慧书房”2个，办好民生实事2件。",
        "1.田长制：指田长负责。",
        "2.智慧书房：指无人书房。",
    )
    (first, second) = notes(found)
    assert [found.text[mark] for mark in first.marks] == ["1"]
    assert "推行“田长制”，新增幼儿园2所" in shown(found)
    assert second.marks
    assert "民生实事2件" in shown(found)


def test_marks_in_brackets_circles_and_raised() -> None:
    found = report(
        "推行甲办法[1]和乙办法②，丙办法³见效。", "1.甲办法：指甲。", "2.乙办法：指乙。", "3.丙办法：指丙。"
    )
    assert "推行甲办法和乙办法，丙办法见效。" in shown(found)
    assert [found.text[note.marks[0]] for note in notes(found)] == ["[", "②", "³"]


def test_footnotes_of_a_word_file() -> None:
    found = document(
        "# 报告\n\n推行“河长制”[^1]，建成驿站3个。\n\n## 注释\n\n[^1]: 指由领导干部担任河长的制度。\n"
    )
    (note,) = notes(found)
    assert (note.number, note.term) == (1, "“河长制”")
    assert "推行“河长制”，建成驿站3个。" in shown(found)


def test_numbers_of_notes_that_begin_with_figures() -> None:
    found = report(
        "办好10件实事，推行3+1模式2。", "1.10件实事：指为民办事。", "2.3+1模式：指三加一。", "续前。"
    )
    first, second = notes(found)
    assert (first.term, second.term) == ("10件实事", "3+1模式")
    assert found.text[second.start : second.end] == "2.3+1模式：指三加一。\n续前。"
    assert "推行3+1模式。" in shown(found)


def test_circled_items_of_the_text_are_no_marks() -> None:
    found = report("推行甲办法1：①抓项目；②抓招商。", "1.甲办法：指甲。", "2.乙办法：指乙。")
    assert "推行甲办法：①抓项目；②抓招商。" in shown(found)


def test_marks_in_brackets_need_no_term_where_the_notes_have_brackets() -> None:
    found = report("全年生产总值[1]120亿元，人口[2]8万人。", "[1]本报告数据为快报数。", "[2]人口为年末数。")
    assert "全年生产总值120亿元，人口8万人。" in shown(found)
    assert [note.term for note in notes(found)] == ["全年生产总值", "人口"]


def test_a_note_that_names_its_term_keeps_it_where_a_figure_bears_the_mark() -> None:
    found = report(
        "地区生产总值1305.6亿元[1]，增长7.2%。常住人口165万人②。",
        "[1]地区生产总值：指最终成果。",
        "[2]常住人口：指居住半年以上的人口。",
    )
    assert "地区生产总值1305.6亿元，增长7.2%。" in shown(found)
    assert notes(found)[0].term == "地区生产总值"
    assert notes(found)[1].term == "常住人口"
