"""Reports of elsewhere: their question sets, and answers that need what the seeds have none of (tables, parts, other places)."""

from collections import Counter
from pathlib import Path

import pytest

from embeddings.encoder import load_encoder
from eval.matching import contains
from eval.questions import read_questions
from eval.splits import assign_splits
from rag.answering.refusal.reading import SentenceReader
from rag.assistant import Assistant
from rag.store import Index, build_index

FOLDERS = sorted(path.parent for path in Path("eval/elsewhere").glob("*/questions.jsonl"))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder, encoder = tmp_path_factory.mktemp("index"), load_encoder()
    build_index(Path("eval/elsewhere/first/reports"), folder, encoder)
    return Assistant(Index.open(folder, encoder.name), encoder, SentenceReader())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_quote_stands_in_its_report(folder: Path) -> None:
    read = read_questions(folder / "questions.jsonl")
    texts = {path.name: path.read_text(encoding="utf-8") for path in (folder / "reports").iterdir()}
    assert not read.problems
    assert (len(texts), len(read.questions)) == (6, 180)
    missing = [
        (question.id, evidence.quote)
        for question in read.questions
        for evidence in question.evidence
        if not contains(texts[evidence.file], evidence.quote)
    ]
    assert missing == []
    assert {evidence.file for question in read.questions for evidence in question.evidence} == set(texts)


def test_the_held_half_is_that_of_the_hash() -> None:
    questions = [q for folder in FOLDERS for q in read_questions(folder / "questions.jsonl").questions]
    assert max(Counter(question.id for question in questions).values()) == 1
    fresh = [question for question in questions if question.id[0] in "fg"]
    splits = assign_splits((question.id, question.type) for question in fresh)
    assert {question.id: question.split for question in fresh} == splits
    assert {question.split for question in questions if question.id[0] not in "fg"} == {"tune"}


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("坊子区2023年GDP多少亿？", "2023年坊子区地区生产总值341.72亿元"),
        ("潍坊2023年生产了多少智能可穿戴设备？", "3415.7万台"),
        ("潍坊2023年特殊教育学校有多少学生在读？", "0.36万人"),
        ("濰坊市2023年鮮果價格比前一年漲了百分之幾？", "增长5.2%"),
        ("宁夏打算2025年把能源综合生产能力提到多少？", "7600万吨标准煤"),
        ("宁夏森林覆盖率2020年是多少？", "15.8%"),
        ("2023年深圳湾口岸过了多少跨境旅客？", "深圳湾口岸2750万人次"),
        ("按规划到2025年盐池县滩羊要养到多少只？", "盐池县350万只"),
        ("宁夏劳动年龄人口平均受教育年限在2020年实际是几年？别给我2025年的目标", "10.4年"),
        ("河北省本级2023年国有资本经营预算收入完成多少？", "18.6亿元"),
        ("What forest coverage rate does Guyuan city in Ningxia aim to reach by 2025?", "32%"),
    ],
)
def test_a_figure_of_a_table_or_of_a_part(first: Assistant, question: str, told: str) -> None:
    answer = first.ask(question)
    assert not answer.refused
    assert told in answer.text
    assert answer.checks


def test_a_row_is_cited_as_it_stands(first: Assistant) -> None:
    (citation,) = first.ask("坊子区2023年GDP多少亿？").citations
    text = Path("eval/elsewhere/first/reports", citation.file).read_text(encoding="utf-8")
    assert text[citation.start : citation.end] == "| 坊子区 | 341.72 | 6.4 |"


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("2023年深圳东部盐田港区的集装箱吞吐量比上年是涨的吧？", "否"),
        ("云南2023年GDP增速达到年初定的目标了吗？", "否"),
    ],
)
def test_yes_or_no_about_a_part_or_a_target(first: Assistant, question: str, word: str) -> None:
    assert first.ask(question).text.startswith(word)


def test_what_is_told_of_the_whole_is_not_told_of_a_town(first: Assistant) -> None:
    assert first.ask("永兴镇2022年地区生产总值是多少？").refused
