"""Sets of other formats: what each becomes, faults named by place, and an index of what a set brings."""

import json
from pathlib import Path
from typing import Any

import pytest

from eval.datasets import read_dataset
from eval.datasets.texts import Shelf, build, find_language, find_sentence
from eval.questions import Evidence, QuestionType
from rag.errors import QuestionError

CONTEXT = "范廷颂是越南枢机。1963年，他被任为主教；1990年擢升。他生于北宁。"


def _dump(path: Path, *records: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")
    return path


def _squad(*questions: Any) -> dict[str, Any]:
    return {
        "version": "v1.0",
        "data": [{"paragraphs": [{"id": "DEV_0", "context": CONTEXT, "qas": questions}]}],
    }


def test_a_squad_file(tmp_path: Path) -> None:
    asked = {
        "question": "范廷頌何時被任為主教？",
        "id": "Q0",
        "answers": [{"text": "1963年", "answer_start": 9}, {"text": "1963年", "answer_start": 9}],
    }
    never = {"question": "Who?", "id": "Q1", "answers": [], "is_impossible": True}
    dataset = read_dataset(_dump(tmp_path / "dev.json", _squad(asked, never)))
    first, second = dataset.questions.questions
    assert (first.id, first.type, first.text, first.language) == (
        "Q0",
        QuestionType.SPAN,
        asked["question"],
        "zh-Hant",
    )
    assert first.answers == ("1963年",)
    assert first.evidence == (Evidence("DEV_0.txt", "1963年，他被任为主教；", 1),)
    assert (second.type, second.answers, second.evidence, second.language) == (
        QuestionType.UNANSWERABLE,
        (),
        (),
        "en",
    )
    assert [(d.file, d.text) for d in dataset.documents] == [("DEV_0.txt", CONTEXT)]


def test_the_first_format_of_cmrc2018(tmp_path: Path) -> None:
    record = [
        {
            "context_id": "TRIAL/7",
            "context_text": CONTEXT,
            "title": "范廷颂",
            "qas": [{"query_id": "Q", "query_text": "生于哪里？", "answers": ["北宁", "于北宁"]}],
        }
    ]
    path = tmp_path / "trial.json"
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8-sig")
    dataset = read_dataset(path)
    (question,) = dataset.questions.questions
    assert question.answers == ("北宁", "于北宁")
    (document,) = dataset.documents
    assert "/" not in document.file
    assert document.text == f"范廷颂\n\n{CONTEXT}"
    assert question.evidence == (Evidence(document.file, "他生于北宁。", 1),)


def test_faults_of_a_squad_file_are_named_by_question(tmp_path: Path) -> None:
    good = {"question": "生于哪里？", "id": "Q0", "answers": [{"text": "北宁", "answer_start": 99}]}
    wrong = [
        {"question": "生于哪里？", "id": "Q1", "answers": [{"text": "河内", "answer_start": 0}]},
        {"question": "", "id": "Q2", "answers": []},
        {"question": "生于哪里？", "id": "Q3", "answers": []},
        "Q4",
        good,
    ]
    questions = read_dataset(_dump(tmp_path / "dev.json", _squad(good, *wrong))).questions
    assert [q.id for q in questions.questions] == ["Q0"]
    assert [str(problem) for problem in questions.problems] == [
        "question 2: the answer “河内” does not stand in its paragraph",
        'question 3: no "question" with text in it',
        "question 4: no answers",
        "question 5: a question is not a JSON object",
        "question 6: id Q0 stands already on question 1",
    ]


def test_a_squad_file_with_broken_articles_goes_on(tmp_path: Path) -> None:
    record = _squad({"question": "生于哪里？", "id": "Q0", "answers": [{"text": "北宁", "answer_start": 0}]})
    record["data"] = [7, {"paragraphs": [{"context": ""}]}, *record["data"]]
    questions = read_dataset(_dump(tmp_path / "dev.json", record)).questions
    assert [q.id for q in questions.questions] == ["Q0"]
    assert [problem.unit for problem in questions.problems] == ["article", "article"]


BEIR_CORPUS = [
    {"_id": "d/1", "title": "标题", "text": "甲"},
    {"_id": "D", "text": "乙"},
    {"_id": "d", "text": "丙"},
]


def _beir(folder: Path, qrels: str, corpus: list[Any] = BEIR_CORPUS) -> Path:
    _dump(folder / "corpus.jsonl", *corpus)
    _dump(folder / "queries.jsonl", {"_id": "q1", "text": "问一"}, {"_id": "q2", "text": "问二"})
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text(qrels, encoding="utf-8")
    return folder


def test_a_beir_folder(tmp_path: Path) -> None:
    dataset = read_dataset(_beir(tmp_path, "query-id\tcorpus-id\tscore\nq1\td/1\t2\nq1\td\t1\nq1\tD\t0\n"))
    files = [document.file for document in dataset.documents]
    assert len({file.casefold() for file in files}) == 3
    assert dataset.documents[0].text == "标题\n\n甲"
    (question,) = dataset.questions.questions  # nothing judges q2
    assert question.type is QuestionType.SEARCH
    assert question.evidence == (Evidence(files[0], "", 1, 2), Evidence(files[2], "", 2, 1))


def test_faults_of_a_beir_folder_are_named_by_file_and_line(tmp_path: Path) -> None:
    corpus = [*BEIR_CORPUS, {"_id": "d", "text": "又"}, {"_id": "e"}]
    qrels = "query-id\tcorpus-id\tscore\nq1\td\t1\nq1 d 1\nq2\tnone\t1\n"
    questions = read_dataset(_beir(tmp_path, qrels, corpus)).questions
    assert [str(problem) for problem in questions.problems] == [
        "corpus.jsonl, line 4: document d is there already",
        'corpus.jsonl, line 5: no "text" with text in it',
        "test.tsv, line 3: not query-id, corpus-id and score with tabs between",
        "queries.jsonl, line 2: no document none",
    ]
    (tmp_path / "qrels" / "test.tsv").unlink()
    with pytest.raises(QuestionError, match=r"has no judgements: qrels/test.tsv"):
        read_dataset(tmp_path)


def test_an_rgb_file(tmp_path: Path) -> None:
    lines = [
        {
            "id": 0,
            "query": "谁？",
            "answer": [["张三", "老张"]],
            "positive": ["张三来了。"],
            "negative": ["李四没来。"],
        },
        {
            "id": 1,
            "query": "谁和谁？",
            "answer": ["张三", ["李四", "老李"]],
            "positive": [["张三来了。"], ["李四来了。", "老李来了。"]],
            "negative": ["李四没来。"],
            "positive_wrong": ["王五来了。"],
        },
        {"id": 2, "query": "谁？", "answer": "张三", "positive": [], "negative": []},
        {"id": 3, "query": "谁？", "answer": [], "positive": ["张三来了。"]},
    ]
    dataset = read_dataset(_dump(tmp_path / "zh.json", *lines))
    one, two = dataset.questions.questions
    assert (one.id, one.answers, one.key_points) == ("0", ("张三", "老张"), ())
    assert (two.answers, two.key_points) == ((), (("张三",), ("李四", "老李")))
    texts = {document.file: document.text for document in dataset.documents}
    assert sorted(texts.values()) == sorted(
        ["张三来了。", "李四没来。", "李四来了。", "老李来了。", "王五来了。"]
    )
    assert [texts[e.file] for e in two.evidence] == ["张三来了。", "李四来了。", "老李来了。"]
    assert [problem.line for problem in dataset.questions.problems] == [3, 4]


def test_a_folder_of_documents_and_queries(tmp_path: Path) -> None:
    _dump(
        tmp_path / "docs.jsonl",
        {"doc_id": "D1", "title": "范廷颂", "text": CONTEXT},
        {"doc_id": "D2", "text": "别的。"},
    )
    ask = {"question": "问", "doc_ids": ["D1"]}
    _dump(
        tmp_path / "queries.jsonl",
        ask | {"qid": "quoted", "answers": ["1990年"], "evidence": ["1990年擢升"]},
        ask | {"qid": "span", "answers": ["他"], "answer_spans": [[CONTEXT.index("1990年"), "1990年"]]},
        ask | {"qid": "whole", "answers": ["没有的话"]},
        ask | {"qid": "search", "doc_ids": ["D1", "D2"]},
        {"qid": "none", "question": "问", "answers": [], "doc_ids": ["D1"], "unanswerable": True},
        ask | {"qid": "lost", "answers": ["x"], "doc_ids": ["D3"]},
        ask | {"qid": "misquoted", "answers": ["x"], "evidence": ["没有的话"]},
    )
    questions = read_dataset(tmp_path).questions
    assert {
        q.id: (q.type.value, [(e.file, e.quote, e.group) for e in q.evidence]) for q in questions.questions
    } == {
        "quoted": ("span", [("D1.txt", "1990年擢升", 1)]),
        "span": ("span", [("D1.txt", "1990年擢升。", 1)]),
        "whole": ("span", [("D1.txt", "", 1)]),
        "search": ("search", [("D1.txt", "", 1), ("D2.txt", "", 2)]),
        "none": ("unanswerable", []),
    }
    assert [str(problem) for problem in questions.problems] == [
        "queries.jsonl, line 6: no document D3",
        "queries.jsonl, line 7: “没有的话” does not stand in D1.txt",
    ]


def test_sets_that_cannot_be_used(tmp_path: Path) -> None:
    empty = tmp_path / "empty.json"
    empty.touch()
    own = _dump(tmp_path / "own.jsonl", {"id": "a", "type": "number", "question": "?"})
    other = _dump(tmp_path / "other.json", {"a": 1})
    text = tmp_path / "text.json"
    text.write_text("一段话", encoding="utf-8")
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(2**30 + 2**20)
    (tmp_path / "folder").mkdir()
    for path, message in (
        (tmp_path / "none", "No set at"),
        (empty, "It is empty"),
        (own, "brings no documents of its own. Ask it of the index: ganwen eval --questions"),
        (other, "is no set that is known"),
        (text, "is not a SQuAD file"),
        (huge, "has 1,025 MB; at most"),
        (tmp_path / "folder", "What is read: a SQuAD or CMRC2018 file"),
    ):
        with pytest.raises(QuestionError, match=message):
            read_dataset(path)


def test_names_of_documents_are_safe() -> None:
    shelf = Shelf()
    files = [shelf.add(id, "…") for id in ("../../etc/passwd", "a", "A", ".hidden", "长" * 300, "\ud800")]
    assert len({file.casefold() for file in files}) == len(files)
    assert all(len(file) < 100 and not file.startswith(".") and "/" not in file for file in files)
    assert shelf.files["a"] == "a.txt"


@pytest.mark.parametrize(
    ("piece", "sentence"),
    [
        ("范廷颂", "范廷颂是越南枢机。"),
        ("枢机。1963", "范廷颂是越南枢机。1963年，他被任为主教；"),
        ("北宁", "他生于北宁。"),
    ],
)
def test_the_sentence_of_an_answer(piece: str, sentence: str) -> None:
    start = CONTEXT.index(piece)
    assert find_sentence(CONTEXT, start, start + len(piece)) == sentence


def test_languages() -> None:
    assert [find_language(text) for text in ("哪里？", "哪裡？", "Where is 赣江?", "ＰＭ２．５呢")] == [
        "zh",
        "zh-Hant",
        "en",
        "zh",
    ]


def test_an_index_of_a_set_holds_its_evidence(tmp_path: Path) -> None:
    from embeddings.cache import VectorCache
    from embeddings.encoder import load_encoder
    from eval.runner import check_evidence, run
    from rag.assistant import Assistant
    from tests.conftest import CACHE

    asked = {"question": "范廷颂生于哪里？", "id": "Q0", "answers": [{"text": "北宁", "answer_start": 34}]}
    dataset = read_dataset(_dump(tmp_path / "dev.json", _squad(asked)))
    encoder = load_encoder()
    with (
        VectorCache(CACHE / "vectors.sqlite", max_mb=256) as cache,
        build(dataset.documents, tmp_path / "built", encoder, cache) as index,
    ):
        questions = check_evidence(dataset.questions, index)
        report = run(Assistant(index, encoder), questions.questions)
    assert questions.problems == ()
    assert report.outcomes[0].ranks == (1,)
