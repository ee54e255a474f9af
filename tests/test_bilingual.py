from pathlib import Path

import pytest

from rag.bilingual import Bilingual, Term
from rag.cedict import Entry, Gloss
from rag.english import Figure, Word, find_figures, split_words, stem
from rag.lexical import Lexical

TEXTS = (
    "全县森林覆盖率达71.5%，比上年提高0.4个百分点。",
    "全年绿电交易9亿千瓦时，新增5G基站120个。",
    "白石滩村粮食产量稳定，人均可支配收入增长7.1%。",
    "国内生产总值增长5%，经济平稳。",
)
FREQUENCY = Lexical.build(TEXTS).document_frequency


@pytest.fixture(scope="module")
def table() -> Bilingual:
    return Bilingual.build(TEXTS)


def translate(table: Bilingual, english: str, most_per_word: int = 1) -> list[str]:
    return [term.chinese for term in table.translate(english, FREQUENCY, most_per_word)]


def test_a_question_becomes_words_of_the_corpus_with_their_places(table: Bilingual) -> None:
    terms = table.translate("What is the forest coverage rate?", FREQUENCY, 1)
    assert [(term.chinese, term.start, term.end) for term in terms] == [("森林覆盖率", 12, 27)]
    assert all(term.weight > 0 for term in terms)


def test_terms_of_statistics_come_before_everyday_words(table: Bilingual) -> None:
    assert translate(table, "green power")[0] == "绿电"
    assert "增长" in translate(table, "growth of grain output")
    assert "粮食产量" in translate(table, "growth of grain output")


def test_words_that_the_corpus_lacks_are_left_out(table: Bilingual) -> None:
    assert translate(table, "hospital") == []
    assert "医院" in [term.chinese for term in Bilingual.build(["县医院"]).translate("hospital", FREQUENCY)]


def test_a_whole_gloss_beats_a_word_in_a_longer_one(table: Bilingual) -> None:
    assert translate(table, "economy", 2) == ["经济"]
    assert table.translate("economy", FREQUENCY)[0].weight > table.translate("gross", FREQUENCY)[0].weight


def test_a_phrase_comes_before_its_words() -> None:
    table = Bilingual.build(["公共交通", "公共", "交通"])
    frequency = Lexical.build(["公共交通", "公共", "交通"]).document_frequency
    terms = {term.chinese: term.weight for term in table.translate("public transport", frequency)}
    assert max(terms, key=terms.__getitem__) == "公共交通"


def test_neighbours_are_joined_where_the_corpus_joins_them(table: Bilingual) -> None:
    assert "绿电" in translate(table, "green electricity")
    assert "绿电" not in translate(table, "green energy, electricity")


def test_a_word_of_the_same_base_stands_in_for_one_that_the_table_lacks() -> None:
    table = Bilingual.build(["生态", "补偿"])
    frequency = Lexical.build(["生态", "补偿"]).document_frequency
    assert [t.chinese for t in table.translate("ecological compensation", frequency)] == ["生态", "补偿"]


def test_a_name_that_no_dictionary_has_is_spelled_from_its_pinyin(table: Bilingual) -> None:
    assert table.translate("Baishitan", FREQUENCY) == (Term("白石滩", 0.69, 0, 9),)
    assert translate(table, "Baishihu") == []


def test_a_long_run_of_letters_is_no_name(table: Bilingual) -> None:
    assert translate(table, "shi" * 600) == []


def test_acronyms_that_the_dictionary_gives_are_known(table: Bilingual) -> None:
    assert translate(table, "the GDP") == ["国内生产总值"]


def test_figures_chinese_and_latin_words_of_the_corpus_stay(table: Bilingual) -> None:
    assert translate(table, "Were 1,234 base stations (基站) 5G or WiMAX in 2023?") == [
        "1234",
        "基站",
        "5g",
        "2023",
    ]


def test_apostrophes_own_or_part_syllables() -> None:
    table = Bilingual.build(["西安的人民"])
    frequency = Lexical.build(["西安的人民"]).document_frequency
    assert [t.chinese for t in table.translate("Xi'an's people", frequency, 1)] == ["西安", "人民"]


def test_a_text_without_words_gives_no_terms(table: Bilingual) -> None:
    assert table.translate("", FREQUENCY) == ()
    assert table.translate("What is it?", FREQUENCY) == ()


def test_most_per_word_bounds_the_choices() -> None:
    texts = ["增长", "发展", "成长", "生长"]
    table, frequency = Bilingual.build(texts), Lexical.build(texts).document_frequency
    assert [len(table.translate("grow", frequency, most)) for most in (1, 2, 3)] == [1, 2, 3]


def test_saved_and_loaded_it_is_the_same(table: Bilingual, tmp_path: Path) -> None:
    table.save(tmp_path / "bilingual.tsv")
    assert Bilingual.load(tmp_path / "bilingual.tsv") == table
    assert Bilingual.build(reversed(TEXTS)) == table


def test_a_corpus_without_chinese_has_an_empty_table(tmp_path: Path) -> None:
    Bilingual.build(["G60"]).save(tmp_path / "bilingual.tsv")
    empty = Bilingual.load(tmp_path / "bilingual.tsv")
    assert empty == Bilingual(b"")
    assert empty.translate("forest", FREQUENCY) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("city", "cities"), ("house", "houses"), ("class", "classes"), ("plan", "planned"), ("plan", "planning"),
        ("rate", "rated"), ("make", "making"), ("make", "made"), ("grow", "grew"), ("build", "built"),
        ("control", "controlled"), ("modernisation", "modernization"), ("modernise", "modernized"), ("labour", "labor"), ("centre", "center"),
        ("install", "installed"), ("exceed", "exceeded"), ("see", "seeing"), ("growth", "growing"), ("species", "species"), ("use", "used"),
    ],
)  # fmt: skip
def test_forms_of_one_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("new", "news"), ("bus", "bu"), ("king", "k"), ("red", "r")])
def test_words_that_only_look_alike_do_not(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_words_stand_where_they_stand() -> None:
    assert split_words("the people’s cities don't") == (
        Word("people", "peopl", 4, 12),
        Word("cities", "citi", 13, 19),
    )


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("1.2 million", ("120万", "1200000")),
        ("43.97 billion", ("439.7亿", "43970000000")),
        ("2 trillion", ("20000亿", "2000000000000")),
        ("19,500", ("1.95万", "19500")),
        ("9,600", ("9600",)),
        ("6.50 percent", ("6.50%",)),
        ("6.5%", ("6.5%",)),
        ("the 16th", ("第16", "第十六")),
        ("the 20th", ("第20", "第二十")),
        ("the 2nd", ("第2", "第二")),
        ("the 100th", ("第100",)),
        ("in 2023.", ("2023",)),
    ],
)
def test_figures_as_chinese_writes_them(text: str, forms: tuple[str, ...]) -> None:
    assert [figure.forms for figure in find_figures(text)] == [forms]


def test_figures_know_their_places_and_leave_codes_alone() -> None:
    assert find_figures("5g, pm2.5 and 7 percentage points") == (Figure(("7",), 14, 15),)


def test_glosses_say_how_much_they_say_alone() -> None:
    entry = Entry("只要", "zhi3 yao4", "(Tw) if only/province (old)/so long as; to provide sth/CL:個|个[ge4]")
    assert tuple(entry.glosses()) == (Gloss(("long",), 1 / 3), Gloss(("provid",), 0.8))


def test_a_name_is_known_without_where_it_lies() -> None:
    entry = Entry(
        "祥云", "Xiang2 yun2", "Xiangyun county in Dali Bai autonomous prefecture 大理[Da4 li3], Yunnan"
    )
    assert entry.is_name
    assert entry.syllables == ["xiang", "yun"]
    assert tuple(entry.glosses()) == (Gloss(("xiangyun", "counti"), 1.0),)


def test_acronyms_are_those_in_brackets() -> None:
    assert Entry("国内生产总值", "guo2", "gross domestic product (GDP)").acronyms() == ("gdp",)
