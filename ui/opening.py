"""What commands begin with: the settings in force, the index, the assistant, and a warning when reports changed."""

from argparse import Namespace
from typing import TYPE_CHECKING

from embeddings.encoder import Encoder, load_encoder
from rag.errors import CorpusError
from rag.settings import Settings, load_settings, unknown_variables
from rag.store import Index
from rag.store.manifest import remedy
from ui.output import say

if TYPE_CHECKING:
    from rag.assistant import Assistant


def read_settings(arguments: Namespace) -> Settings:
    """The settings in force, the flags of this command over them, with a warning of variables that set nothing."""
    for problem in unknown_variables():
        say(f"warning: {problem}")
    return load_settings(
        **{name: value for name, value in vars(arguments).items() if name in Settings.model_fields}
    )


def open_assistant(settings: Settings) -> "Assistant":
    """The assistant over the index, with the warning of `open_index`."""
    from rag.answering.refusal.reading import SentenceReader
    from rag.assistant import Assistant

    encoder = load_encoder(settings.embedding_model, settings.cache)
    return Assistant(open_index(settings, encoder), encoder, SentenceReader(settings.cache))


def open_index(settings: Settings, encoder: Encoder) -> Index:
    """The index, with a warning when the reports are no longer those it was built from."""
    index = Index.open(settings.index, encoder.name)
    _warn_of_changes(index, settings)
    return index


def _warn_of_changes(index: Index, settings: Settings) -> None:
    try:
        changes = index.changes()
    except CorpusError as error:
        say(f"warning: the reports that the index was built from cannot be looked at. {error}")
        return
    counts = {"added": changes.added, "changed": changes.changed, "removed": changes.removed}
    said = ", ".join(f"{len(files):,} {what}" for what, files in counts.items() if files)
    if said:
        say(
            f"warning: the reports changed since the index was built ({said}). "
            f"Update it: {remedy(settings.index, source=settings.source)}"
        )
