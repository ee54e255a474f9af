"""Brings the index up to date with the folder of reports, as `ganwen index` does: the work of a background process."""

from contextlib import closing
from functools import partial

from rag.settings import Settings
from ui.pages.jobs import Progress, Result

VECTOR_CACHE_MB = 512
PREPARING = "prepare"
"""The stage between the last report that is read and the first passage that is embedded: the model is being loaded."""


def rebuild(progress: Progress, settings: Settings) -> Result:
    """Build; the counts of `BuildReport` (CorpusError, IndexLocked, EmbeddingError, IndexStoreError)."""
    from embeddings.cache import VectorCache
    from embeddings.encoder import load_encoder
    from rag.store import build_index

    encoder = load_encoder(settings.embedding_model, settings.cache)
    with closing(VectorCache(settings.cache / "vectors.sqlite", VECTOR_CACHE_MB)) as cache:
        report = build_index(
            settings.source,
            settings.index,
            encoder,
            cache=cache,
            max_file_mb=settings.max_file_mb,
            progress=partial(_tell, progress),
        )
    return {
        "added": report.added,
        "changed": report.changed,
        "removed": report.removed,
        "skipped": len(report.skipped),
        "passages": report.passages,
        "seconds": report.seconds,
    }


def _tell(progress: Progress, stage: str, done: int, total: int) -> None:
    progress(stage, done, total)
    if stage == "read" and done == total:
        progress(PREPARING, 0, 0)
