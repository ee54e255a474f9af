"""The commands that show what is there: settings, what was read from the reports, whether the index is whole."""

from argparse import Namespace
from typing import Any

from embeddings.encoder import load_encoder
from rag.corpus.outline import describe_file, table, tree
from rag.settings import Settings
from rag.store import Index
from rag.types import Chunk, Filter
from ui.opening import open_index, read_settings
from ui.output import print_json, print_result, say


def run_settings(arguments: Namespace) -> int:
    """`ganwen settings`: every value, where it came from and what it means."""
    settings = read_settings(arguments)
    for name, field in Settings.model_fields.items():
        value, origin = getattr(settings, name), settings.origins[name]
        print_result(f"{name} = {value}  ({origin}): {field.description}")
    return 0


def run_verify(arguments: Namespace) -> int:
    """`ganwen verify`: every byte of the index against its checksum, its parts against each other."""
    from rag.store import verify

    settings = read_settings(arguments)
    problems = verify(settings.index, load_encoder(settings.embedding_model, settings.cache))
    for problem in problems:
        say(f"{problem.file}: {problem.what}")
    if not problems:
        print_result(f"The index at {settings.index} is whole.")
    return int(bool(problems))


def run_corpus(arguments: Namespace) -> int:
    """`ganwen corpus`: every document and its articles, or one document with its headings."""
    settings = read_settings(arguments)
    index = open_index(settings, load_encoder(settings.embedding_model, settings.cache))
    if arguments.file is None:
        records = [describe_file(index.document(file), _passages(index, file)) for file in index.files]
        _print(records, table(records), as_json=arguments.json)
    else:
        document, passages = index.document(arguments.file), _passages(index, arguments.file)
        _print(describe_file(document, passages), tree(document, passages), as_json=arguments.json)
    return 0


def _print(value: Any, text: str, *, as_json: bool) -> None:
    if as_json:
        print_json(value)
    else:
        print_result(text.rstrip("\n"))


def _passages(index: Index, file: str) -> tuple[Chunk, ...]:
    rows = index.rows_allowed(Filter(files=frozenset({file})))
    return () if rows is None else index.chunks(rows.tolist())
