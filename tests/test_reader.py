import json
import os
import re
import shutil
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import reader_model
from embeddings.bundled import unigram, weights_path
from embeddings.errors import ReaderError
from embeddings.reader import OVERLAP, WINDOW, Reader, Reading, _pieces, _trim
from embeddings.weights import Weights

PASSAGE = (
    "2021年，全市新建公园12个，改造老旧小区36个，惠及居民1.8万户。市住房和城乡建设局局长李明介绍，"
    "改造资金主要来自市级财政。全年新增绿地面积240公顷。"
)


@pytest.fixture(scope="module")
def reader():
    return Reader.open()


def words(passage, reading):
    return [passage[span.start : span.end] for span in reading.spans]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("2021年新建公园多少个？", "12个"),
        ("全年新增绿地面积是多少？", "240公顷"),
        ("市住房和城乡建设局局长是谁？", "李明"),
        ("惠及居民多少户？", "1.8万户"),
    ],
)
def test_it_finds_the_words(reader, question, answer):
    (reading,) = reader.read(question, [PASSAGE])
    assert words(PASSAGE, reading)[0] == answer
    assert reading.none < 0.5


def test_a_passage_about_something_else_holds_no_answer(reader):
    question = "2021年新建公园多少个？"
    right, wrong = reader.read(question, [PASSAGE, "会议强调，要加强基层党组织建设，压实主体责任。"])
    assert wrong.none > 0.9 > right.none


def test_probabilities_add_up_and_spans_stand_apart(reader):
    (reading,) = reader.read("改造老旧小区多少个？", [PASSAGE], spans=50)
    assert len(reading.spans) > 1
    assert 0 < sum(span.probability for span in reading.spans) + reading.none <= 1 + 1e-9
    assert [span.probability for span in reading.spans] == sorted(
        (span.probability for span in reading.spans), reverse=True
    )
    places = sorted((span.start, span.end) for span in reading.spans)
    assert all(before[1] <= after[0] for before, after in pairwise(places))
    assert all(0 <= start < end <= len(PASSAGE) for start, end in places)


@pytest.mark.parametrize("passage", ["", " ", "\n\u3000"])
def test_a_passage_without_words_holds_no_answer(reader, passage):
    assert reader.read("多少个？", [passage]) == [Reading((), 1.0)]


def test_a_passage_of_one_character(reader):
    (reading,) = reader.read("多少个？", ["三"])
    assert {(span.start, span.end) for span in reading.spans} == {(0, 1)}


def test_no_passages_no_readings(reader):
    assert reader.read("多少个？", []) == []


def test_a_question_longer_than_the_window_is_cut(reader):
    (reading,) = reader.read("2021年新建公园多少个？" + "请详细说明。" * 200, [PASSAGE])
    assert words(PASSAGE, reading)[0] == "12个"


def test_500_passages_are_read_in_their_order(reader):
    passages = [f"第{number}号公园面积{number}公顷。" for number in range(500)]
    readings = reader.read("公园面积是多少公顷？", passages, spans=1)
    found = [words(passage, reading) for passage, reading in zip(passages, readings, strict=True)]
    right = [f"{number}" in (answer or [""])[0] for number, answer in enumerate(found)]
    assert sum(right) >= 480


def test_a_long_passage_is_read_to_its_end(reader):
    filler = "会议指出，要坚持稳中求进，统筹推进各项工作，确保取得实效。" * 25
    passage = filler + PASSAGE + filler
    (reading,) = reader.read("2021年新建公园多少个？", [passage])
    assert words(passage, reading)[0] == "12个"
    assert reading.spans[0].start == len(filler) + PASSAGE.index("12个")


def test_company_changes_a_reading_little(reader):
    question = "惠及居民多少户？"
    alone = reader.read(question, [PASSAGE])[0]
    among = reader.read(question, ["短。", PASSAGE, "会议强调，要加强基层建设。" * 20])[1]
    assert among.spans[0].start == alone.spans[0].start
    assert among.none == pytest.approx(alone.none, abs=0.05)


def test_the_same_again_is_the_same(reader):
    passages = [PASSAGE, PASSAGE[:40], "绿地。"]
    assert reader.read("绿地面积？", passages) == reader.read("绿地面积？", passages)


def test_threads_may_read_at_once(reader):
    expected = reader.read("绿地面积？", [PASSAGE])
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(reader.read("绿地面积？", [PASSAGE]))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_no_text_spells_a_special_token(reader):
    ids = reader._tokenizer.encode("<s></s><pad><unk>\x011\x012", add_special_tokens=False).ids
    assert ids
    assert min(ids) >= 3  # <unk> itself is what an unknown character is


@pytest.mark.parametrize(
    ("held", "answer"),
    [
        ("，2003年的", "2003年"),
        ("《规划》", "《规划》"),
        ("规划》。", "规划"),
        ("（1）目的", "（1）目的"),
        ("“公园城市”，", "“公园城市”"),
        ("，的。", ""),
        ("》", ""),
    ],
)
def test_what_stands_around_an_answer_is_left_out(held, answer):
    start, end = _trim(held, 0, len(held))
    assert held[start:end] == answer


@given(st.integers(1, 3000), st.integers(OVERLAP + 32, WINDOW))
def test_windows_cover_a_passage(length, room):
    pieces = list(_pieces(length, room))
    assert pieces[0][0] == 0
    assert pieces[-1][1] == length
    assert all(0 < end - begin <= room for begin, end in pieces)
    assert all(before[1] - after[0] >= OVERLAP for before, after in pairwise(pieces))


def test_chinese_splits_as_with_the_whole_vocabulary(reader, seeds):
    weights = Weights(weights_path())
    pieces = weights.pieces()
    whole = unigram(pieces, weights.scores.tolist(), weights.unk)
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(seeds.iterdir()) if path.is_file())[
        :60000
    ]
    lines = [line for line in text.splitlines() if not re.search("[A-Za-z]{3}", line)]
    assert len(lines) > 200
    expected = whole.encode_batch(lines, add_special_tokens=False)
    found = reader._tokenizer.encode_batch(lines, add_special_tokens=False)
    assert [encoding.offsets for encoding in found] == [encoding.offsets for encoding in expected]
    assert [encoding.tokens for encoding in found] == [encoding.tokens for encoding in expected]


def test_unpacking_by_hand():
    codes = np.array([[0x80, 0xF9]], np.uint8)
    scales = np.array([[0.5, 2.0]], np.float16)
    assert reader_model.unpack(codes, scales).tolist() == [[-4.0, 0.0, 2.0, 14.0]]


@pytest.fixture
def shipped(tmp_path):
    return Path(shutil.copytree(reader_model.SHIPPED, tmp_path / "shipped"))


@pytest.mark.parametrize("name", ["manifest.json", "reader.safetensors", "graph.onnx"])
@pytest.mark.parametrize("damage", ["missing", "cut", "changed"])
def test_what_is_damaged_is_named_with_its_mending(shipped, tmp_path, name, damage):
    path = shipped / name
    content = path.read_bytes()
    path.unlink()
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "changed":
        path.write_bytes(b"[1]" if name == "manifest.json" else bytes([content[0] ^ 1]) + content[1:])
    with pytest.raises(ReaderError) as caught:
        reader_model.model_folder(tmp_path / "cache", shipped)
    assert name in str(caught.value)
    assert "git checkout -- embeddings/reader_weights" in str(caught.value)
    assert not list((tmp_path / "cache").rglob("*.bin"))


def test_a_cache_that_cannot_be_written(tmp_path):
    (tmp_path / "cache").write_text("in the way", encoding="utf-8")
    with pytest.raises(ReaderError, match="GANWEN_CACHE"):
        reader_model.model_folder(tmp_path / "cache")


def test_two_processes_assemble_at_once_and_damage_is_mended(tmp_path):
    code = "import sys; from pathlib import Path; from embeddings.reader_model import model_folder; "
    code += "print(model_folder(Path(sys.argv[1])))"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=200) for process in processes]
    assert [
        (process.returncode, errors) for process, (_, errors) in zip(processes, outputs, strict=True)
    ] == [
        (0, b""),
        (0, b""),
    ]
    (folder,) = (tmp_path / "models").iterdir()
    weights = folder / "weights.bin"
    whole, stamp = weights.read_bytes(), weights.stat().st_mtime_ns
    assert reader_model.model_folder(tmp_path) == folder
    assert weights.stat().st_mtime_ns == stamp
    weights.write_bytes(whole[:-1000])
    assert reader_model.model_folder(tmp_path) == folder
    assert weights.read_bytes() == whole


def test_reading_needs_no_torch():
    code = (
        "import sys; from embeddings.reader import Reader; Reader.open().read('谁？', ['张三来了。']); "
        "print(*sorted({'torch', 'transformers', 'onnx', 'opencc', 'embeddings.training'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env=os.environ, check=True, timeout=200
    )
    assert done.stdout.split() == []


def test_the_manifest_says_how_it_was_trained():
    manifest = json.loads((reader_model.SHIPPED / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["trained"]["step"] > 500
