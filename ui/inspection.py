"""The commands that show what is there: settings, what was read from the reports, whether the index is whole."""

from argparse import Namespace

from embeddings.encoder import load_encoder
from rag.settings import Settings
from rag.store import Index
from rag.types import Filter
from ui.chat.survey import survey
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
    """`ganwen corpus`: every document in a line, or one document as it was understood."""
    settings = read_settings(arguments)
    index = open_index(settings, load_encoder(settings.embedding_model, settings.cache))
    if arguments.file is None:
        return _list_documents(index, as_json=arguments.json)
    return _show_document(index, arguments.file, as_json=arguments.json)


def _list_documents(index: Index, *, as_json: bool) -> int:
    for entry in survey(index).entries:
        years = _join_years(entry.years)
        if as_json:
            record = {"file": entry.file, "titles": entry.titles, "years": entry.years, "passages": entry.passages}
            print_json(record)
        else:
            print_result(f"{entry.file}  {entry.passages:,} passages  {years}")
            for title in entry.titles:
                print_result(f"    {title}")
    return 0


def _join_years(years: tuple[int, ...]) -> str:
    """2022, 2023 and 2024 as 2022-2024; years with a gap one by one."""
    if len(years) > 1 and years[-1] - years[0] == len(years) - 1:
        return f"{years[0]}-{years[-1]}"
    return ", ".join(map(str, years))


def _show_document(index: Index, file: str, *, as_json: bool) -> int:
    document = index.document(file)
    rows = index.rows_allowed(Filter(files=frozenset({file})))
    return 0
