"""The documents that a set brings, each under a safe file name, and an index of them."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eval.questions import QuestionSet
from rag.question import detect_language
from rag.store import Index, build_index
from rag.text import fold

if TYPE_CHECKING:
    from embeddings.cache import VectorCache
    from embeddings.encoder import Encoder

_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,80}")
_SENTENCE_END = "。！？!?；;\n"


@dataclass(frozen=True, slots=True)
class SourceText:
    """A document of a set: the file it becomes, and what it says."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A set that brings its documents."""

    questions: QuestionSet
    documents: tuple[SourceText, ...]


class Shelf:
    """Takes documents as they are read and gives each a file name of its own."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        """The file of each document by its id in the set."""
        self.texts: dict[str, str] = {}
        """The text of each file: its title, if it has one, then its body."""
        self.bodies: dict[str, int] = {}
        """Where the body begins in the text of each file."""
        self._taken: set[str] = set()

    def add(self, id: str, body: str, title: str = "") -> str:
        """Put a document up and return its file; the id may be anything, and is there once."""
        name = (
            id if _SAFE_NAME.fullmatch(id) else hashlib.sha256(id.encode("utf-8", "replace")).hexdigest()[:16]
        )
        while name.casefold() in self._taken:  # file names differ by more than case
            name += "_"
        self._taken.add(name.casefold())
        file = f"{name}.txt"
        head = f"{title}\n\n" if title else ""
        text = (head + body).encode("utf-8", "replace").decode("utf-8")  # a lone surrogate has no UTF-8 form
        self.files[id], self.texts[file], self.bodies[file] = file, text, len(head)
        return file

    def documents(self) -> tuple[SourceText, ...]:
        """All documents, in the order they were put up."""
        return tuple(SourceText(file, text) for file, text in self.texts.items())


def find_language(text: str) -> str:
    """The language of a question: zh, zh-Hant (it changes when put into Simplified characters) or en."""
    if detect_language(text, fold(text)) == "en":
        return "en"
    # Width and case are folded too; only Chinese characters tell the script.
    return (
        "zh-Hant"
        if any(old != new and "一" <= old <= "鿿" for old, new in zip(text, fold(text), strict=True))
        else "zh"
    )


def find_sentence(text: str, start: int, end: int) -> str:
    """The sentence or sentences that `text[start:end]` stands in, without blanks around."""
    first = max(text.rfind(mark, 0, start) for mark in _SENTENCE_END) + 1
    ends = [place for mark in _SENTENCE_END if (place := text.find(mark, max(end - 1, start))) >= 0]
    last = min(ends, default=len(text) - 1) + 1
    return text[first:last].strip()


def build(
    documents: Sequence[SourceText],
    folder: Path,
    encoder: "Encoder",
    cache: "VectorCache",
    progress: Callable[[str, int, int], None] | None = None,
) -> Index:
    """An index of the documents, both written into a folder. Raises as `build_index` and `Index.open` do."""
    source = folder / "documents"
    source.mkdir(parents=True)
    for document in documents:
        (source / document.file).write_text(document.text, encoding="utf-8", newline="")
    build_index(source, folder / "index", encoder, cache=cache, progress=progress)
    return Index.open(folder / "index", encoder.name)
