"""What commands begin with: the settings in force, the index, the assistant, and a warning when reports changed."""

from argparse import Namespace
from typing import TYPE_CHECKING

from embeddings.encoder import Encoder, load_encoder
from rag.errors import CorpusError, ModelError
from rag.settings import FIRST_MODEL, NO_MODEL, Settings, load_settings, unknown_variables
from rag.store import Index
from rag.store.manifest import remedy
from ui.output import say

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.llm.author import Author
    from rag.llm.backend import Backend


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


def open_asker(settings: Settings) -> "Assistant | Author":
    """What answers: the assistant, and the language model that writes for it if one is named and can be had."""
    model = find_model(settings)
    assistant = open_assistant(settings)
    if model is None:
        return assistant
    from rag.llm.author import Author

    return Author(assistant, model)


def find_model(settings: Settings) -> "Backend | None":
    """The language model that is named, if any; one that cannot be had is said, and done without."""
    try:
        return open_model(settings)
    except ModelError as error:
        say(f"warning: {error} The answers are the reports' own words.")
        return None


def load_model(model: "Backend | None") -> "Backend | None":
    """The model, loaded if it runs in this process; one that cannot be is said, and done without."""
    from rag.llm.local import LocalBackend

    if isinstance(model, LocalBackend):
        say(f"loading {model.name}")
        try:
            model.load()
        except ModelError as error:
            say(f"warning: {error} The answers are the reports' own words.")
            return None
    return model


def open_model(settings: Settings) -> "Backend | None":
    """The language model that writes answers, if one is named (ModelError)."""
    if settings.llm == NO_MODEL:
        return None
    from rag.llm.opening import open_backend

    model = "" if settings.llm_model == FIRST_MODEL else settings.llm_model
    key = settings.llm_key.get_secret_value() if settings.llm_key else ""
    return open_backend(settings.llm, model, key, settings.llm_timeout)


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
