"""The training of the reader, on a model and texts that are small enough to follow."""

import json

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BertConfig, BertModel

from embeddings.bundled import weights_path
from embeddings.reader_model import SHIPPED, unpack, vocabulary
from embeddings.training import train
from embeddings.training.data import CLS, SEP, Question, Window, Windows, batches, load, split, token_span
from embeddings.training.export import pack
from embeddings.training.measure import area, exact, overlap
from embeddings.training.train import Training
from embeddings.weights import Weights

TEXTS = ["甲城面积十二公顷，市长是李明。", "乙城面积三十公顷，市长是张三。", "丙镇在河边，桥长五百米。"]


@pytest.fixture(scope="module")
def tokenizer():
    letters = sorted({letter for text in TEXTS for letter in text} | set("多少谁？"))
    names = ["<s>", "<pad>", "</s>", "<unk>", *letters]
    made = Tokenizer(models.WordLevel({name: number for number, name in enumerate(names)}, "<unk>"))
    made.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    return made


@pytest.fixture(scope="module")
def questions():
    return [
        Question("1", "甲城面积多少？", "a", TEXTS[0], ((4, "十二公顷"),), "drcd_dev"),
        Question("2", "乙城市长是谁？", "b", TEXTS[1], ((12, "张三"),), "drcd_dev"),
        Question("3", "桥长多少？", "c", TEXTS[2], ((8, "五百米"),), "cmrc2018_trial"),
        Question("4", "甲城桥长多少？", "a", TEXTS[0], (), "squad2_zh_dev"),
    ]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    torch.manual_seed(1)
    shape = {"hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 32, "num_hidden_layers": 5}
    config = BertConfig(vocab_size=60, max_position_embeddings=512, **shape)
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder


def test_windows_hold_the_question_and_mark_the_answer(questions, tokenizer):
    windows = Windows(questions[:3], tokenizer).epoch(0)
    found = set()
    for window in windows:
        assert window.tokens[0] == CLS
        assert window.tokens.count(SEP) == 3
        if window.start:
            answer = window.tokens[window.start : window.end + 1]
            found.add("".join(tokenizer.id_to_token(token) for token in answer))
    assert found == {"十二公顷", "张三", "五百米"}


def test_an_epoch_is_the_same_each_time_and_others_differ(questions, tokenizer):
    assert Windows(questions, tokenizer).epoch(3) == Windows(questions, tokenizer).epoch(3)
    assert Windows(questions, tokenizer).epoch(3) != Windows(questions, tokenizer).epoch(4)


def test_near_passages_lack_the_answer(questions, tokenizer):
    windows = Windows(questions, tokenizer)
    assert all(
        answer not in passage
        for question in questions[:3]
        for passage in windows._near[question.id]
        for _, answer in question.answers
    )


def test_a_long_passage_is_cut_around_the_answer(tokenizer):
    text = TEXTS[2] * 60 + TEXTS[0] + TEXTS[2] * 60
    start = text.index("十二公顷")
    question = Question("1", "甲城面积多少？", "a", text, ((start, "十二公顷"),), "drcd_dev")
    windows = Windows([question], tokenizer)
    starts = set()
    for epoch in range(12):
        (window,) = windows.epoch(epoch)
        assert len(window.tokens) <= 320
        answer = window.tokens[window.start : window.end + 1]
        assert "".join(tokenizer.id_to_token(token) for token in answer) == "十二公顷"
        starts.add(window.start)
    assert len(starts) > 3


def test_batches_keep_to_the_tokens_and_lose_nothing():
    windows = [Window(tuple(range(length)), 0, 0) for length in range(5, 60)]
    made = batches(windows, 100)
    assert all(len(batch) * max(len(window.tokens) for window in batch) <= 100 for batch in made)
    assert sorted(len(window.tokens) for batch in made for window in batch) == list(range(5, 60))


def test_an_answer_inside_a_token_takes_the_token():
    assert token_span([(0, 2), (2, 5), (5, 6)], 3, "丁戊") == (1, 1)
    assert token_span([(0, 2), (2, 5), (5, 6)], 1, "乙丙丁戊己") == (0, 2)


def test_no_document_is_in_both_parts():
    many = [Question(str(n), "？", f"document {n // 3}", "", (), "cmrc2018_trial") for n in range(3000)]
    kept, held = split(many)
    assert not {q.document for q in kept} & {q.document for q in held}
    assert 0.15 < len(held) / len(many) < 0.25


def test_a_set_is_read_as_simplified_and_checked(tmp_path):
    folder = tmp_path / "drcd_dev"
    folder.mkdir()
    document = {"doc_id": "1", "title": "城", "text": "臺灣的縣長"}
    query = {"qid": "q", "question": "誰？", "doc_ids": ["1"], "answer_spans": [[3, "縣長"]]}
    (folder / "docs.jsonl").write_text(json.dumps(document), encoding="utf-8")
    (folder / "queries.jsonl").write_text(json.dumps(query), encoding="utf-8")
    (question,) = load(tmp_path, "drcd_dev")
    assert (question.text, question.passage, question.answers) == ("谁？", "台湾的县长", ((3, "县长"),))
    query["answer_spans"] = [[0, "縣長"]]
    (folder / "queries.jsonl").write_text(json.dumps(query), encoding="utf-8")
    with pytest.raises(ValueError, match="drcd_dev q"):
        load(tmp_path, "drcd_dev")


def test_training_goes_on_exactly_where_it_was_killed(questions, tokenizer, model, tmp_path, monkeypatch):
    def made(out):
        out.mkdir(exist_ok=True)
        return Training(model, out, Windows(questions, tokenizer), tokens=60)

    at_once = made(tmp_path / "once")
    at_once.run(8, 1e9)
    monkeypatch.setattr(train, "CHECKPOINT_SECONDS", 0)
    killed = made(tmp_path / "twice")
    learn = killed._learn

    def killing(batch, progress):
        if killed.step == 5:
            raise KeyboardInterrupt
        return learn(batch, progress)

    monkeypatch.setattr(killed, "_learn", killing)
    with pytest.raises(KeyboardInterrupt):
        killed.run(8, 1e9)
    resumed = made(tmp_path / "twice")
    resumed.resume()
    assert resumed.step == 5
    resumed.run(8, 1e9)
    for name, expected in at_once.reader.state_dict().items():
        assert torch.equal(resumed.reader.state_dict()[name], expected), name


def test_training_learns_and_leaves_the_lower_layers(questions, tokenizer, model, tmp_path):
    training = Training(model, tmp_path, Windows(questions, tokenizer), tokens=60)
    before = {name: value.clone() for name, value in training.reader.state_dict().items()}
    training.run(3, 1e9)
    moved = {
        name for name, value in training.reader.state_dict().items() if not torch.equal(value, before[name])
    }
    assert {"outputs.weight", "bert.encoder.layer.4.output.dense.weight"} <= moved
    assert not [name for name in moved if "embeddings" in name or ".layer.3." in name]


def test_packing_loses_no_more_than_plain_rounding():
    change = np.random.default_rng(3).normal(size=(6, 128)).astype(np.float32)
    change[:, :64] *= 0.01
    codes, scales = pack(change, bits=4, block=64)
    assert (codes.shape, scales.shape) == ((6, 64), (6, 2))
    blocks = change.reshape(6, 2, 64)
    step = np.abs(blocks).max(-1, keepdims=True) / 7
    rounding = ((np.rint(blocks / step) * step - blocks) ** 2).sum(-1)
    error = ((unpack(codes, scales).reshape(6, 2, 64) - blocks) ** 2).sum(-1)
    assert (error <= rounding * 1.01).all()
    assert (error < rounding * 0.9).any()


def test_the_shipped_graph_is_what_the_code_builds():
    pytest.importorskip("onnx")
    from embeddings.training.graph import build

    base = Weights(weights_path())
    graph, layout = build(base.shape, len(vocabulary(base)))
    assert graph.SerializeToString() == (SHIPPED / "graph.onnx").read_bytes()
    manifest = json.loads((SHIPPED / "manifest.json").read_text(encoding="utf-8"))
    assert [list(weight) for weight in layout] == manifest["layout"]


def test_the_measures_by_hand():
    assert exact("《GDP》 5.2%。", ["gdp 5.2%"])
    assert not exact("5.2", ["5.3"])
    assert overlap("新建公园12个", ["12个"]) == pytest.approx(2 * 2 / (6 + 2))
    assert overlap("甲", ["乙"]) == 0
    assert area([0.9, 0.4], [0.5, 0.1]) == 0.75
    assert area([1, 1], [1, 1]) == 0.5
