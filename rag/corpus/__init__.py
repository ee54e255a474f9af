"""Files to documents: sources, readers, structure, regions and periods."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.corpus.sources import Source
    from rag.types import Document


def read(source: Source) -> Document:
    """The document that a source holds. Raises UnreadableFile, which names the file and what to do.

    The readers are imported here, because questions use regions and periods and must not pay for them.
    """
    import hashlib

    from rag.corpus.readers import read_text
    from rag.corpus.sources import load
    from rag.corpus.structure import understand

    data = load(source)
    return understand(source.file, read_text(source.file, data), hashlib.sha256(data).hexdigest())
