"""`ganwen llm`: the language models of this machine, or a test of one."""

from argparse import Namespace

from rag.llm.finding import find_files, find_servers, try_model
from rag.llm.gguf import ModelFile, free_memory
from rag.llm.sentences import is_plain
from ui.opening import open_model, read_settings
from ui.output import print_result, say


def run_llm(arguments: Namespace) -> int:
    """List what is found, or test the model that is named."""
    if arguments.llm:
        return _test(arguments)
    files = list(find_files(arguments.folder))
    servers = find_servers() if arguments.folder is None else ()
    for file in files:
        print_result(f"{file.path}  {_describe(file)}")
    for server in servers:
        print_result(
            f"{server.address}  {server.program}: {_plain(', '.join(server.models)) or 'no model loaded'}"
        )
    if not files and not servers:
        say(
            "no language model found. Get a GGUF file, or start a model server, and name it: --llm PATH_OR_URL"
        )
    return 0


def _plain(text: str) -> str:
    """What a server says, without what would move the terminal's cursor."""
    return "".join(filter(is_plain, text))


def _describe(file: ModelFile) -> str:
    free = free_memory()
    fits = (
        "" if free is None or file.needs <= free else f", too large: {free / 1e9:.1f} GB of memory are free"
    )
    return f"{file.title + ', ' if file.title else ''}{file.size / 1e9:.1f} GB{fits}"


def _test(arguments: Namespace) -> int:
    model = open_model(read_settings(arguments))
    if model is not None:
        trial = try_model(model)
        print_result(_plain(trial.text).strip())
        say(
            f"{model.name}: first word after {trial.first:.1f} s, then about {trial.speed:.0f} tokens a second"
        )
    return 0
