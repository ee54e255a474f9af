"""The reader's model file: assembled in the user's cache from what is shipped and the bundled model.

Shipped in `reader_weights/` is only what is new: `reader.safetensors` (how far training moved each weight of the
upper layers, 4 bits each, and the outputs), `graph.onnx` (the network, its weights left out) and `manifest.json`
(checksums; where each weight stands in the assembled file). The words and the lower layers come from the bundled
model. Written once, aside and then renamed, with checksums that every later use is held to.
"""

import hashlib
import json
import re
import shutil
import uuid
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from embeddings.bundled import cache_folder, unigram, weights_path
from embeddings.errors import EmbeddingError, ReaderError
from embeddings.weights import Weights

SHIPPED = Path(__file__).parent / "reader_weights"
MEND = "Restore it: git checkout -- embeddings/reader_weights, or install ganwen again. Answers go on without the reader."

_FILES = ("graph.onnx", "weights.bin", "tokenizer.json")
_CHECKSUMS = "checksums.json"
# Pieces with a Han character, those of digits and signs, and short ones of the letters that stand in Chinese reports.
_PIECE = re.compile(
    r"(?s).*[\u2e80-\u9fff\U00020000-\U0003ffff]|[\W\d_]+$|[ -\u024f\u0370-\u03ff\u2000-\u33ff\uff00-\uffef]{1,3}$"
)
_SPECIAL = 4  # <s>, <pad>, </s>, <unk>: the first pieces

Floats = NDArray[np.float32]


def model_folder(cache: Path | None = None, shipped: Path = SHIPPED) -> Path:
    """The folder of the assembled reader, made now if it is missing or damaged.

    Raises ReaderError when what is shipped is missing or damaged, or the cache cannot be written.
    """
    manifest = _manifest(shipped)
    name = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()[:12]
    folder = cache_folder(cache) / "models" / f"reader-{name}"
    if not _is_whole(folder):
        try:
            _assemble(folder, shipped, manifest)
        except EmbeddingError as error:
            raise ReaderError(str(error)) from error
        except OSError as error:
            raise ReaderError(
                f"Cannot keep the reader at {folder}: {error.strerror or error}. "
                "Set GANWEN_CACHE to a folder that you can write to, with 100 MB free."
            ) from error
    return folder


def _manifest(shipped: Path) -> dict[str, Any]:
    path = shipped / "manifest.json"
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        manifest["sha256"].items(), manifest["layout"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReaderError(f"The reader's {path} is missing or damaged. {MEND}") from error
    return manifest


def _is_whole(folder: Path) -> bool:
    try:
        checksums = json.loads((folder / _CHECKSUMS).read_text(encoding="utf-8"))
        return sorted(checksums) == sorted(_FILES) and all(
            _sha256(folder / name) == checksum for name, checksum in checksums.items()
        )
    except (OSError, ValueError, TypeError):
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _assemble(folder: Path, shipped: Path, manifest: dict[str, Any]) -> None:
    """Several processes may do this at once: each writes its own folder aside and the last rename wins."""
    for name, checksum in manifest["sha256"].items():
        if not (shipped / name).is_file() or _sha256(shipped / name) != checksum:
            raise ReaderError(f"The reader's {shipped / name} is missing or damaged. {MEND}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}")
    try:
        aside.mkdir()
        write(aside, shipped, manifest)
        checksums = {name: _sha256(aside / name) for name in _FILES}
        (aside / _CHECKSUMS).write_text(json.dumps(checksums), encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    except OSError:
        if not _is_whole(folder):  # else another process was quicker
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def write(folder: Path, shipped: Path, manifest: dict[str, Any]) -> None:
    """The graph, its weights and the tokenizer into `folder`."""
    base = Weights(weights_path())
    ids = vocabulary(base)
    tensors = _Tensors(base, ids, shipped / "reader.safetensors")
    with (folder / "weights.bin").open("wb") as file:
        for name, dtype, shape, offset in manifest["layout"]:
            array = tensors.get(name, dtype)
            if [array.dtype.name, list(array.shape)] != [dtype, shape]:
                raise ReaderError(f"The reader is of another version than the bundled model ({name}). {MEND}")
            file.seek(offset)
            file.write(array.tobytes())
    shutil.copyfile(shipped / "graph.onnx", folder / "graph.onnx")
    pieces = base.pieces()
    # No text may spell a special token: their names hold a character that normalisation removes.
    names = [f"\x01{id}" if id < _SPECIAL else pieces[id] for id in ids]
    tokenizer = unigram(names, [float(base.scores[id]) for id in ids], base.unk)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)


def vocabulary(base: Weights) -> list[int]:
    """The ids of the pieces that the reader knows, special ones first.

    A Chinese text splits into the same pieces as with all 250,000, which take most of a second to load; longer
    words in other letters split into more.
    """
    return [id for id, piece in enumerate(base.pieces()) if id < _SPECIAL or _PIECE.match(piece)]


class _Tensors:
    """The weights of the graph by their names.

    `words` and `positions`; `ln.w`, `ln.b`; for layer N `lN.q.w` with `lN.q.b`, and so k, v, the three beside
    each other as qkv, ao (out of attention), fi and fo (feed-forward), and the norms aln and oln; `outputs.w`,
    `outputs.b`. A matrix asked for as int8 has one scale a column, `NAME.scale`.
    """

    def __init__(self, base: Weights, ids: list[int], changes: Path) -> None:
        self._base, self._ids = base, np.array(ids)
        self._changes = load_file(changes)

    def get(self, name: str, dtype: str) -> NDArray[Any]:
        """The tensor in the graph's shape: a matrix as (inputs, outputs)."""
        if name.endswith(".scale"):
            name = name.removesuffix(".scale")
            return _scales(self._floats(name), name)
        floats = self._floats(name)
        return np.rint(floats / _scales(floats, name)).astype(np.int8) if dtype == "int8" else floats

    def _floats(self, name: str) -> Floats:
        shape = self._base.shape
        if name == "words":
            return self._base.rows("emb.word", self._ids, shape.hidden)
        if name == "positions":
            return self._base.places()
        if name.startswith("ln."):
            return self._base.tensor(f"emb.{name}")
        if ".qkv." in name:
            return np.concatenate([self._floats(name.replace("qkv", part)) for part in "qkv"], axis=-1)
        values = self._trained(name)
        # Attention divides by the root of a head's width: done here once, on the queries' weights.
        share = (shape.hidden / shape.heads) ** 0.5 if ".q." in name else 1.0
        return np.asarray(values / share, np.float32)

    def _trained(self, name: str) -> Floats:
        """A weight of a layer or of the outputs: the bundled model's, moved as training moved it."""
        shape, change = self._base.shape, self._changes.get(name)
        if not name.endswith(".w") or "ln." in name:
            return self._base.tensor(name) if change is None else change
        if name == "outputs.w":
            return np.asarray(self._changes[name], np.float32)
        inputs = shape.feed_forward if ".fo." in name else shape.hidden
        matrix = self._base.tensor(name).reshape(-1, inputs)
        if change is not None:
            scales = self._changes.get(f"{name}.scale")
            matrix = matrix + (change.astype(np.float32) if scales is None else unpack(change, scales))
        return np.ascontiguousarray(matrix.T)


def unpack(codes: NDArray[np.uint8], scales: NDArray[np.float16]) -> Floats:
    """Changes of weights from 4 bits each: (rows, columns / 2) codes, low bits first, worth (code - 8) * scale.

    Each row has as many scales as there are blocks in it.
    """
    values = np.stack([codes & 15, codes >> 4], axis=-1).reshape(*scales.shape, -1).astype(np.float32) - 8
    values *= scales[..., None].astype(np.float32)
    return values.reshape(len(codes), -1)


def _scales(matrix: Floats, name: str) -> Floats:
    """What one step of int8 is worth: of each column, for the words of each row."""
    largest = np.abs(matrix).max(axis=1, keepdims=True) if name == "words" else np.abs(matrix).max(axis=0)
    return np.asarray(np.maximum(largest, 1e-12) / 127, np.float32)
