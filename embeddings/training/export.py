"""Writes what is shipped out of a checkpoint: `python -m embeddings.training.export --out FOLDER`."""

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file

from embeddings.bundled import weights_path
from embeddings.errors import EmbeddingError
from embeddings.reader_model import vocabulary
from embeddings.weights import Weights

PARTS = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}
_BODY = "bert.encoder.layer."

Floats = NDArray[np.float32]


def named(trained: dict[str, torch.Tensor]) -> dict[str, Floats]:
    """The trained tensors under the names that the graph gives them; outputs turned to (inputs, outputs)."""
    tensors = {
        "outputs.w": trained["outputs.weight"].numpy().T.copy(),
        "outputs.b": trained["outputs.bias"].numpy(),
    }
    for name, value in trained.items():
        if name.startswith(_BODY):
            number, _, rest = name.removeprefix(_BODY).partition(".")
            part, _, kind = rest.rpartition(".")
            tensors[f"l{number}.{PARTS[part]}.{kind[0]}"] = value.numpy()
    return tensors


def pack(change: Floats, bits: int, block: int) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    """Codes and scales as `reader_model.unpack` reads them; fewer than 4 bits use fewer of the 16 codes.

    The scale of a block is the one, of some, that leaves the least squared error.
    """
    blocks = change.reshape(len(change), -1, block)
    most = 2 ** (bits - 1) - 1 if bits > 1 else 1
    largest = np.abs(blocks).max(-1, keepdims=True) + 1e-12
    best, scales = np.full(largest.shape, np.inf, np.float32), largest / most
    for share in np.linspace(0.3, 1.0, 15):
        scale = (largest * share / most).astype(np.float16).astype(np.float32) + 1e-8
        error = ((np.clip(np.rint(blocks / scale), -most - 1, most) * scale - blocks) ** 2).sum(
            -1, keepdims=True
        )
        scales, best = np.where(error < best, scale, scales), np.minimum(error, best)
    scales = scales.astype(np.float16)
    divisor = np.maximum(scales.astype(np.float32), 1e-8)
    codes = (np.clip(np.rint(blocks / divisor), -most - 1, most) + 8).astype(np.uint8).reshape(change.shape)
    return codes[:, 0::2] | codes[:, 1::2] << 4, scales[..., 0]


def export(checkpoint: Path, out: Path, bits: int, block: int, quantised: bool) -> dict[str, Any]:
    """Writes `out`: the changes at `bits` a weight (16 or 32: not packed), the graph and the manifest."""
    try:
        from embeddings.training.graph import build
    except ImportError as error:
        raise EmbeddingError(
            f"{error}. Install what training needs: pip install 'ganwen[training]'"
        ) from error
    base = Weights(weights_path())
    place = torch.load(checkpoint, weights_only=True)
    tensors: dict[str, NDArray[Any]] = {}
    trained = {name: value.detach() for name, value in place["trained"].items()}
    for name, value in named(trained).items():
        if value.ndim == 1 or name == "outputs.w":
            tensors[name] = value.astype(np.float32)
            continue
        change = value - base.tensor(name).reshape(value.shape)
        if bits >= 16:
            tensors[name] = change.astype(f"float{bits}")
        else:
            tensors[name], tensors[f"{name}.scale"] = pack(change, bits, block)
    out.mkdir(parents=True, exist_ok=True)
    save_file(tensors, out / "reader.safetensors")
    (out / "reader.safetensors").chmod(0o644)  # the library lets nobody else read it
    graph, layout = build(base.shape, len(vocabulary(base)), quantised)
    (out / "graph.onnx").write_bytes(graph.SerializeToString())
    sha256 = {
        name: hashlib.sha256((out / name).read_bytes()).hexdigest()
        for name in ("reader.safetensors", "graph.onnx")
    }
    manifest = {"sha256": sha256, "trained": place["place"], "layout": layout}
    (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return manifest


def main() -> None:
    """Entry of `python -m embeddings.training.export`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, default=Path(".ganwen/training/checkpoint.pt"))
    parser.add_argument("--out", type=Path, default=Path("embeddings/reader_weights"))
    parser.add_argument("--bits", type=int, default=4, choices=(1, 2, 3, 4, 16, 32), help="bits a weight")
    parser.add_argument("--block", type=int, default=64, help="weights that share a scale")
    parser.add_argument("--float", action="store_true", help="a graph that is not quantised, to compare with")
    arguments = parser.parse_args()
    export(arguments.checkpoint, arguments.out, arguments.bits, arguments.block, not arguments.float)
    for path in sorted(arguments.out.iterdir()):
        print(f"{path.stat().st_size / 1e6:8.3f} MB  {path.name}")


if __name__ == "__main__":
    main()
