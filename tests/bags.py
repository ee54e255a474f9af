"""What tests of the index build with: small reports, and a model whose vectors can be worked out by hand."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import EmbeddingError
from rag.store import BuildReport, build_index

DIM = 64


class BagEncoder:
    """Counts characters: a text of n times 江 has n at place ord("江") % 64; then divided by its length.

    `embedded` holds every text it was given; it dies rather than be given more than `dies_after`.
    """

    name = "bag"
    dim = DIM
    numeric_type = "float32"

    def __init__(self, dies_after: int = 10**9) -> None:
        self.embedded: list[str] = []
        self._dies_after = dies_after

    @property
    def passages(self) -> list[str]:
        """Those of the texts that are passages: below a heading, as no sentence is."""
        return [text for text in self.embedded if "\n" in text]

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        if len(self.embedded) + len(texts) > self._dies_after:
            raise EmbeddingError("The model died.")
        self.embedded.extend(texts)
        if progress is not None:
            progress(len(texts))
        return self.encode_queries(texts)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), DIM), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for character in text:
                row[ord(character) % DIM] += 1
            row /= np.linalg.norm(row)
        return rows


def write_reports(folder: Path, **reports: str) -> Path:
    """One text file a report, named after its keyword."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in reports.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def long_report(paragraphs: int) -> str:
    """A report of that many passages: each paragraph is long enough to stand alone."""
    return "关于水利建设的报告\n\n" + "".join(f"第{i}段：{'水利建设' * 70}。\n\n" for i in range(paragraphs))


def build(source: Path, folder: Path, **options: object) -> BuildReport:
    return build_index(source, folder, BagEncoder(), **options)  # type: ignore[arg-type]


def counts(report: BuildReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.removed, report.unchanged


def generations(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("g-*"))
