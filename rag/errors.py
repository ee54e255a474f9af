"""Every error that Ganwen raises on purpose.

    GanwenError                 front doors catch only this one
    ├── EmbeddingError          a model cannot be loaded, unpacked or run
    │   └── ReaderError         the reader is missing or damaged; answers go on without it
    ├── SettingsError           a setting is unknown or out of range
    ├── CorpusError             the folder of reports cannot be used
    │   └── UnreadableFile      one file cannot be read; the others are
    ├── IndexStoreError         the index cannot be used as it stands
    │   ├── IndexMissing        there is none at that place
    │   ├── IndexMismatch       built with another model, format or chunking
    │   ├── IndexDamaged        a checksum or a count is wrong
    │   └── IndexLocked         another process is building it
    ├── QuestionError           the question, or a file of questions, cannot be used
    ├── ModelError              the language model cannot be used; the answer is then the reports' own words
    └── RunError (eval.runs)    a kept run of the evaluation cannot be used

Errors of other libraries are translated once, at the border where they arise, with `raise ... from error`.
"""

from embeddings.errors import EmbeddingError, GanwenError

__all__ = [
    "CorpusError",
    "EmbeddingError",
    "GanwenError",
    "IndexDamaged",
    "IndexLocked",
    "IndexMismatch",
    "IndexMissing",
    "IndexStoreError",
    "ModelError",
    "QuestionError",
    "SettingsError",
    "UnreadableFile",
]


class SettingsError(GanwenError):
    """A setting is unknown or out of range."""


class CorpusError(GanwenError):
    """The folder of reports cannot be used."""


class UnreadableFile(CorpusError):
    """One file cannot be read.

    `file` is its path relative to the corpus folder, `reason` says why and what to do next.
    """

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file
        self.reason = reason


class IndexStoreError(GanwenError):
    """The index cannot be used as it stands."""


class IndexMissing(IndexStoreError):
    """There is no index at that place."""


class IndexMismatch(IndexStoreError):
    """The index was built with another model, format or chunking."""


class IndexDamaged(IndexStoreError):
    """A checksum, a count or an offset of the index is wrong."""


class IndexLocked(IndexStoreError):
    """Another process is building the index."""


class QuestionError(GanwenError):
    """The question, or a file of questions, cannot be used."""


class ModelError(GanwenError):
    """The language model cannot be opened or asked, or broke off; `chinese` says the same in Chinese."""

    def __init__(self, message: str, chinese: str) -> None:
        super().__init__(message)
        self.chinese = chinese

    def tell(self, language: str) -> str:
        """What is wrong, in the language of a question."""
        return str(self) if language == "en" else self.chinese
