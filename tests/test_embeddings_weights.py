import struct

import numpy as np
import pytest

from embeddings.bundled import weights_path
from embeddings.cleaning import LONGEST_PIECE
from embeddings.errors import EmbeddingError
from embeddings.weights import Shape, Weights


def packed(pieces: list[str], tensors: dict[str, tuple[int, int, bytes]]) -> bytes:
    """A file of the documented layout: one layer of one head over two numbers."""
    blob = [piece.encode() for piece in pieces]
    ends = np.cumsum([0, *map(len, blob)], dtype="<u4").tobytes()
    scores = np.arange(len(pieces), dtype="<f4").tobytes()
    head = struct.pack("<4sI7ifi", b"E5S1", 1, 2, 1, 1, 4, len(pieces), 8, 2, 0.5, 32)
    words = struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, sum(map(len, blob))) + ends + scores + b"".join(blob)
    normalisation = struct.pack("<iI", 1, 5) + struct.pack("<IB", 9, 0)
    directory = struct.pack("<i", len(tensors))
    offset = len(head + words + normalisation + directory) + sum(23 + len(name) for name in tensors)
    for name, (kind, count, data) in tensors.items():
        directory += struct.pack(
            f"<H{len(name)}sBIQQ", len(name), name.encode(), kind, count, offset, len(data)
        )
        offset += len(data)
    return head + words + normalisation + directory + b"".join(data for _, _, data in tensors.values())


@pytest.fixture
def tiny():
    low_is_9_high_is_6 = struct.pack("<e", 0.5) + bytes([0x69] * 16)
    plain = np.array([1.5, -2.0], dtype="<f4").tobytes()
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "é", "省", "𠮷", "江西"]
    return packed(pieces, {"l0.q.w": (1, 32, low_is_9_high_is_6), "l0.q.b": (0, 2, plain)})


def test_everything_is_read_as_it_was_packed(tmp_path, tiny):
    path = tmp_path / "tiny.bin"
    path.write_bytes(tiny)
    weights = Weights(path)
    assert weights.shape == Shape(2, 1, 1, 4, 10, 8, 2, 0.5)
    assert (weights.bos, weights.pad, weights.eos, weights.unk) == (0, 1, 2, 3)
    assert weights.pieces()[4:] == ["▁", "a", "é", "省", "𠮷", "江西"]
    assert weights.characters() == frozenset("▁aé省𠮷 ")
    assert weights.scores.tolist() == list(range(10))
    assert weights.tensor("l0.q.w").tolist() == [0.5] * 16 + [-1.0] * 16
    assert weights.tensor("l0.q.b").tolist() == [1.5, -2.0]


def test_a_place_is_worth_its_position_and_the_first_token_type(tmp_path):
    positions = np.arange(16, dtype="<f4").tobytes()
    types = np.array([0.5, -1.0, 100.0, 100.0], dtype="<f4").tobytes()
    path = tmp_path / "tiny.bin"
    path.write_bytes(packed(["a"], {"emb.pos": (0, 16, positions), "emb.type": (0, 4, types)}))
    places = Weights(path).places()
    assert places.shape == (8, 2)
    assert places[:2].tolist() == [[0.5, 0.0], [2.5, 2.0]]


@pytest.mark.parametrize("length", [0, 3, 60, -1])
def test_a_file_that_ends_early_is_refused(tmp_path, tiny, length):
    path = tmp_path / "tiny.bin"
    path.write_bytes(tiny[:length])
    with pytest.raises(EmbeddingError, match=r"tiny\.bin.*pip install"):
        Weights(path)


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "other.bin"
    path.write_bytes(b"PK\x03\x04" + bytes(500))
    with pytest.raises(EmbeddingError, match="not a file of packed E5 weights"):
        Weights(path)


def test_no_piece_of_the_bundled_vocabulary_is_longer_than_the_cut_assumes():
    pieces = Weights(weights_path()).pieces()
    assert len(pieces) == 250002
    assert max(map(len, pieces)) == LONGEST_PIECE


def test_only_whole_characters_make_up_the_bundled_pieces():
    weights = Weights(weights_path())
    ordinary = set(weights.pieces()) - {"<s>", "<pad>", "</s>", "<unk>", "<mask>"}
    assert weights.characters() == frozenset("".join(ordinary)) | {" "}
