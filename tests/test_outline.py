"""The corpus as records, as a table and as a tree."""

import json
from pathlib import Path

from rag.chunking import chunk
from rag.corpus.outline import describe, describe_file, table, tree
from rag.corpus.readers import Reading
from rag.corpus.structure import understand

TEXT = """# 安义县2024年政府工作报告

——2024年1月5日在安义县第十七届人民代表大会第四次会议上

## 一、2023年工作回顾

### （一）工业

规上工业增长6%，推行“链长制”1。

### （二）农业

粮食产量3亿斤。

## 二、2024年工作安排

工业增长7%。

## 注释

1.链长制：指县领导担任链长。
"""


def test_records() -> None:
    document = understand("a/报告.md", Reading(TEXT), "0")
    (record,) = describe(document, chunk(document))
    assert record == {
        "title": "安义县2024年政府工作报告",
        "region": "江西省南昌市安义县",
        "level": "县",
        "date": "2024-01-05",
        "periods": ["2023年", "2024年"],
        "sections": [
            ["一、2023年工作回顾"],
            ["一、2023年工作回顾", "（一）工业"],
            ["一、2023年工作回顾", "（二）农业"],
            ["二、2024年工作安排"],
            ["注释"],
        ],
        "passages": len(chunk(document)),
        "notes": ["链长制"],
        "spans": [[2, len(TEXT) - 1]],
    }
    assert json.loads(json.dumps(describe_file(document, ()))) == {
        "file": "a/报告.md",
        "articles": [{**record, "passages": 0}],
    }


def test_table() -> None:
    document = understand("报告.md", Reading(TEXT), "0")
    assert table([describe_file(document, ())]).splitlines()[2:] == [
        "| 报告.md | 安义县2024年政府工作报告 | 江西省南昌市安义县 | 县 | 2024-01-05 | 2023年、2024年 | 5 | 0 | 1 |"
    ]


def test_tree() -> None:
    document = understand("报告.md", Reading(TEXT), "0")
    assert tree(document, ()) == (
        "报告.md\n"
        "└─ 安义县2024年政府工作报告 (江西省南昌市安义县 · 县 · 2024-01-05 · 0 passages)\n"
        "   ├─ 一、2023年工作回顾\n"
        "   │  ├─ （一）工业\n"
        "   │  └─ （二）农业\n"
        "   ├─ 二、2024年工作安排\n"
        "   └─ 注释\n"
        "   [1] 链长制\n"
    )


def test_an_empty_file_has_no_articles() -> None:
    document = understand("空.txt", Reading(""), "0")
    assert (describe(document, ()), tree(document, ())) == ([], "空.txt\n")


def test_passages_of_the_seeds_are_counted_once(seeds: Path) -> None:
    for path in sorted(seeds.glob("*.txt")):
        document = understand(path.name, Reading(path.read_bytes().decode("utf-8")), "0")
        chunks = chunk(document)
        counts = [record["passages"] for record in describe(document, chunks)]
        assert all(isinstance(count, int) and count > 0 for count in counts)
        assert sum(count for count in counts if isinstance(count, int)) == len(chunks)


def test_the_table_of_the_docs_is_what_the_seeds_give(root: Path, seeds: Path) -> None:
    documents = [
        understand(path.name, Reading(path.read_bytes().decode("utf-8")), "0")
        for path in sorted(seeds.glob("*.txt"))
    ]
    printed = table([describe_file(document, chunk(document)) for document in documents])
    assert printed in (root / "docs" / "corpus.md").read_text(encoding="utf-8")
