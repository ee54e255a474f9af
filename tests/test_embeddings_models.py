import numpy as np
import pytest

from embeddings.encoder import load_encoder
from embeddings.errors import EmbeddingError

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "问", "文", "江", "西", "省", "森", "林"]


def make_model(folder, seed):
    """A model of one tiny layer with random weights, which puts 问 before a question and 文 before a passage."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(seed)
    size = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    config = BertConfig(vocab_size=len(VOCABULARY), max_position_embeddings=32, **size)
    BertModel(config).save_pretrained(folder)
    ids = {word: number for number, word in enumerate(VOCABULARY)}
    tokenizer = Tokenizer(models.WordLevel(ids, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=32, **special).save_pretrained(
        folder
    )
    prompts = {"query": "问", "document": "文"}
    modules = [Transformer(str(folder)), Pooling(8, "mean")]
    SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(
        str(folder), create_model_card=False
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    make_model(folder, seed=1)
    return folder


def test_any_folder_can_be_used(folder, capfd):
    encoder = load_encoder(str(folder))
    assert encoder.numeric_type == "float32"
    assert encoder.dim == 8
    rows = encoder.encode_passages(["江西", "森林", "江西"])
    assert (rows.shape, rows.dtype) == ((3, 8), np.float32)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-6)
    assert np.array_equal(rows[0], rows[2])
    assert not np.array_equal(rows[0], rows[1])
    assert capfd.readouterr() == ("", "")


def test_a_models_own_prompts_are_used(folder):
    encoder = load_encoder(str(folder))
    question, passage = encoder.encode_queries(["江西"])[0], encoder.encode_passages(["江西"])[0]
    assert not np.allclose(question, passage)
    import sentence_transformers

    plain = sentence_transformers.SentenceTransformer(
        str(folder), prompts={"query": "", "document": ""}, device="cpu"
    )
    written_out = plain.encode(["问江西", "文江西"], normalize_embeddings=True)
    np.testing.assert_allclose([question, passage], written_out, atol=1e-6)


def test_odd_texts_do_no_harm(folder):
    encoder = load_encoder(str(folder))
    rows = encoder.encode_queries(["", "\x00江\ud800西", "江西", "江" * 5000])
    assert np.isfinite(rows).all()
    np.testing.assert_allclose(rows[1], rows[2], atol=1e-6)


def test_no_texts_give_no_rows(folder):
    encoder = load_encoder(str(folder))
    assert encoder.encode_passages([]).shape == (0, 8)


def test_every_passage_is_reported_once(folder):
    finished: list[int] = []
    load_encoder(str(folder)).encode_passages(["江"] * 3 + ["森" * n for n in range(1, 31)], finished.append)
    assert sum(finished) == 33
    assert len(finished) == 2


def test_a_model_trained_anew_at_the_same_place_has_another_name(folder, tmp_path):
    copy, anew = tmp_path / "copy" / "tiny", tmp_path / "anew" / "tiny"
    copy.parent.mkdir()
    for path in sorted(folder.rglob("*")):
        target = copy / path.relative_to(folder)
        target.mkdir(parents=True) if path.is_dir() else target.parent.mkdir(exist_ok=True)
        if path.is_file():
            target.write_bytes(path.read_bytes())
    make_model(anew, seed=2)
    assert load_encoder(str(copy)).name == load_encoder(str(folder)).name
    assert load_encoder(str(folder)).name.startswith("tiny@")
    assert load_encoder(str(anew)).name != load_encoder(str(folder)).name


def test_a_model_of_the_hub_is_called_by_its_name():
    assert load_encoder("BAAI/bge-m3").name == "BAAI/bge-m3"


@pytest.mark.parametrize("name", ["", "./no/such/model", "/no/such/model", "~/no-such-model"])
def test_a_folder_that_is_not_there_is_refused_at_once(name):
    with pytest.raises(EmbeddingError, match=r"no model folder at .*GANWEN_EMBEDDING_MODEL"):
        load_encoder(name)


def test_a_folder_that_holds_no_model_is_a_clear_error(tmp_path):
    encoder = load_encoder(str(tmp_path))
    with pytest.raises(
        EmbeddingError, match=r"Cannot load the embedding model .*GANWEN_EMBEDDING_MODEL"
    ) as caught:
        encoder.encode_queries(["江西"])
    assert caught.value.__cause__ is not None
    assert "\n" not in str(caught.value)


def test_a_name_that_cannot_be_fetched_is_a_clear_error(monkeypatch, capfd, unused_address):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", unused_address)
    encoder = load_encoder("nobody/no-such-model-1")
    with pytest.raises(
        EmbeddingError, match=rf"nobody/no-such-model-1: .*{unused_address} cannot be reached"
    ):
        encoder.encode_passages(["江西"])
    assert capfd.readouterr() == ("", "")


@pytest.fixture
def unused_address():
    import socket

    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{unused.getsockname()[1]}"
