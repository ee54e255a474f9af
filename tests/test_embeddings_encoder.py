import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.bundled import MAX_TOKENS, PASSAGE_PROMPT, QUERY_PROMPT
from embeddings.encoder import BundledEncoder, load_encoder
from embeddings.engine import GRAPH, Engine
from embeddings.models import WIDTH, SentenceModel

REPORT = "2023年,全省生产总值增长4.1%,规模以上工业增加值增长5.4%;PM2.5平均浓度29微克/立方米。"
TEXTS = [
    "",
    " ",
    "。",
    "2023年江西省森林覆盖率是多少？",
    "How many 公里 of 高铁 does Jiangxi have?",
    REPORT,
    REPORT * 40,
    "中" * 3000,
    "a" * 3000,
    "\x00\x01\x02e\x03\u0301",
    "\ud800江西\udfff",
    "<s></s><pad><unk>＜mask＞",
    "𠮷𠮷𠮷𠮷 \ue000\ue001",
    "😀😀🀄🀄👨‍👩‍👧",
    "～—…·①½㎡Ⅻ",
    "がギ 각 \u1100\u1161\u11a8 \u0645\u0631 ﷺ",
    "\u200b\ufeff\u2581▁\u2028x\u3000\t\r\ny",
]


@pytest.fixture(scope="module")
def full():
    """Passages in float32, questions by the engine."""
    encoder = BundledEncoder(numeric_type="float32")
    encoder.encode_queries([""])
    assert encoder._engine is not None
    return encoder


@pytest.fixture(scope="module")
def half():
    """Passages in bfloat16, whatever the processor is quick at."""
    return BundledEncoder(numeric_type="bfloat16")


@pytest.fixture
def engineless(full, monkeypatch):
    """Where the engine is not installed, with the model that `full` has loaded."""
    encoder = BundledEncoder(numeric_type="float32")
    monkeypatch.setattr(Engine, "open", classmethod(lambda _cls: None))
    monkeypatch.setattr(encoder, "_model", full._model)
    return encoder


def cosines(some, others):
    return np.sum(some * others, axis=1)


def test_the_engine_and_sentence_transformers_agree(full, engineless):
    by_engine, by_model = full.encode_queries(TEXTS), engineless.encode_queries(TEXTS)
    assert by_engine.shape == by_model.shape == (len(TEXTS), 384)
    assert by_engine.dtype == by_model.dtype == np.float32
    assert cosines(by_engine, by_model).min() >= 0.999
    assert np.linalg.norm(by_engine, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(by_model, axis=1) == pytest.approx(1, abs=1e-5)


def test_bfloat16_agrees_with_float32_and_with_the_engine(full, half):
    assert cosines(full.encode_passages(TEXTS), half.encode_passages(TEXTS)).min() >= 0.999
    queries = [text for text in TEXTS if len(text) < 200]
    half_queries = half._model.encode([half._prepared()(text) for text in queries], "query")
    assert cosines(full.encode_queries(queries), half_queries).min() >= 0.999


PIECES = st.one_of(
    st.characters(exclude_categories=()),
    st.sampled_from(["<s>", "</s>", "<mask>", "  ", "▁", "江西省", "2023年", "e\u0301", "𠮷", "％"]),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_both_sides_count_the_same_tokens_in_any_cleaned_text(full, text):
    cleaner = full._prepared()
    cleaned = cleaner(text)
    assert cleaner(cleaned) == cleaned
    assert full._engine.count(cleaned) == full._model.count(QUERY_PROMPT + cleaned)


@pytest.mark.parametrize("text", TEXTS)
def test_no_cleaned_text_is_longer_than_the_model_reads(full, text):
    cleaner = full._prepared()
    assert cleaner.count(cleaner(text)) <= MAX_TOKENS
    assert full._model.count(PASSAGE_PROMPT + cleaner(text)) <= MAX_TOKENS


def test_a_long_text_is_cut_where_the_model_ends(full):
    cleaner = full._prepared()
    cleaned = cleaner("中国" * 3000)
    assert cleaner.count(cleaned) == MAX_TOKENS
    assert ("中国" * 3000).startswith(cleaned)


def test_the_vocabulary_read_by_either_side_is_the_same(full):
    assert full._engine.characters == full._model.characters()


def test_questions_and_passages_are_told_apart(full):
    question, passage = full.encode_queries([REPORT]), full.encode_passages([REPORT])
    assert 0.8 < cosines(question, passage)[0] < 0.999


def test_what_answers_is_nearer_than_what_does_not(full):
    question = full.encode_queries(["空气质量怎么样？"])[0]
    air, schools = full.encode_passages(["PM2.5平均浓度为29微克/立方米。", "新建中小学校36所。"])
    assert question @ air > question @ schools


def test_a_passage_does_not_depend_on_those_beside_it(full, half):
    passages = [REPORT[:end] for end in range(30, 54, 2)]
    for encoder, nearest in ((full, 0.999999), (half, 0.9999)):
        together = encoder.encode_passages(passages)
        alone = np.concatenate([encoder.encode_passages([passage]) for passage in passages])
        assert cosines(together, alone).min() >= nearest


def test_equal_passages_are_computed_once_and_all_are_reported(full):
    finished: list[int] = []
    texts = [*(["江西"] * 5), *(f"第{number}条" for number in range(20)), REPORT * 3]
    rows = full.encode_passages(texts, finished.append)
    assert sum(finished) == len(texts)
    assert finished[0] == 1  # the longest is alone of its width
    assert len(finished) == 3
    assert (rows[:5] == rows[0]).all()
    assert len(np.unique(rows, axis=0)) == 22


def test_no_texts_give_no_rows(full):
    assert full.encode_queries([]).shape == (0, 384)
    assert full.encode_passages([]).shape == (0, 384)


def test_threads_get_what_one_thread_gets(full):
    questions = [f"第{number}个问题是什么？" for number in range(24)]
    expected = [full.encode_queries([question])[0] for question in questions]
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda question: full.encode_queries([question])[0], questions))
    assert np.array_equal(rows, expected)


def test_the_bundled_encoder_says_what_it_is():
    encoder = load_encoder()
    assert (encoder.name, encoder.dim) == ("multilingual-e5-small", 384)
    assert encoder.numeric_type in ("float32", "bfloat16")


ASK = """
import sys
from embeddings.encoder import load_encoder
rows = load_encoder().encode_queries(["江西省森林覆盖率"])
heavy = {"torch", "transformers", "sentence_transformers", "faiss", "huggingface_hub"}
print(rows.shape, sorted(heavy & set(sys.modules)))
"""


def test_a_question_imports_nothing_heavy_and_needs_no_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GANWEN_CACHE", str(tmp_path / "cache"))
    done = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("(1, 384) []\n", "")
    assert not (tmp_path / "cache").exists()


EMBED = """
import socket
def refuse(*_): raise AssertionError("the network was tried")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from embeddings.encoder import load_encoder
print(load_encoder().encode_passages(["江西省"]).shape)
"""


def test_passages_need_no_network_and_print_nothing():
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", EMBED], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "(1, 384)\n", "")


def test_widths_are_those_the_model_pads_to(full):
    model: SentenceModel = full._model
    batch = ["江西", "江西省" * 9]
    features = model.loaded().preprocess(batch, prompt="passage: ", **model._options)
    assert features["input_ids"].shape == (2, WIDTH)


def test_the_shipped_graph_is_what_the_code_writes(full):
    from embeddings.training.graph import build_engine

    assert build_engine(full._engine._weights.shape).SerializeToString() == GRAPH.read_bytes()


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_the_pieces_that_a_text_holds_split_it_as_the_whole_vocabulary_does(full, text):
    cleaned = QUERY_PROMPT + full._prepared()(text)
    whole = full._model.loaded().tokenizer(cleaned, add_special_tokens=False)["input_ids"]
    assert full._engine._pieces.split(cleaned) == whole
