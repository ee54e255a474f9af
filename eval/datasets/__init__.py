"""Question sets of other formats, which bring their own documents: one reader a format, behind `read_dataset`."""

from collections.abc import Callable
from pathlib import Path

from eval.datasets.folders import read_beir, read_passages
from eval.datasets.rgb import read_rgb
from eval.datasets.squad import read_squad
from eval.datasets.texts import Dataset
from eval.lines import BadLine, need_object, parse_object, read_lines
from rag.errors import QuestionError

__all__ = ["FORMATS", "Dataset", "read_dataset"]

FORMATS = (
    "a SQuAD or CMRC2018 file (.json), a BEIR folder (corpus.jsonl, queries.jsonl, qrels/), "
    "an RGB file (a query with positive and negative passages a line), or a folder of docs.jsonl and queries.jsonl"
)
_MAX_MB = 1024


def read_dataset(path: Path) -> Dataset:
    """The questions and documents of a set in any of FORMATS.

    Raises QuestionError when the set is missing, of no known format, too large, or without a question that can be used.
    """
    if not path.exists():
        raise QuestionError(f"No set at {path}. What is read: {FORMATS}.")
    return _reader(path)(path)


def _reader(path: Path) -> Callable[[Path], Dataset]:
    if path.is_dir():
        for first, reader in (("corpus.jsonl", read_beir), ("docs.jsonl", read_passages)):
            if (path / first).is_file():
                return reader
        raise QuestionError(f"{path} is no set that is known. What is read: {FORMATS}.")
    first_line = next((line for _, line in read_lines(path, "questions", _MAX_MB)), b"")
    if not first_line:
        raise QuestionError(f"{path} holds no question that can be used. It is empty.")
    try:
        record = need_object(parse_object(first_line))
    except BadLine:  # one JSON value over many lines, or a list
        return read_squad
    if "data" in record:
        return read_squad
    if "query" in record:
        return read_rgb
    if "question" in record:
        raise QuestionError(
            f"{path} brings no documents of its own. Ask it of the index: ganwen eval --questions {path}"
        )
    raise QuestionError(f"{path} is no set that is known. What is read: {FORMATS}.")
