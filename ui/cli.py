"""The `ganwen` command: one run of it, and how errors are said. `ui.flags` says what can be typed, `ui.commands` does it.

Nothing but argparse is imported before the command is known, so that help and mistakes answer at once.
Exit codes: 0 done, 1 an error said in one line, 2 the command was typed wrongly, 75 another process is building
the index (try again later, as in sysexits.h), 130 stopped with Ctrl+C.
"""

import argparse
import io
import os
import sys
from collections.abc import Sequence

from embeddings.errors import GanwenError
from ui.flags import build_parser
from ui.parser import USAGE

ERROR, LOCKED, INTERRUPTED = 1, 75, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; errors that Ganwen raises on purpose are said in one line."""
    _write_utf8()
    parser = build_parser()
    arguments = parser.parse_args(argv)
    if arguments.version:
        print(_version())
        return 0
    if arguments.command is None:
        parser.print_help(sys.stderr)
        return USAGE
    try:
        return _run(parser, arguments)
    except GanwenError as error:
        print(f"ganwen: {error}", file=sys.stderr)
        return _exit_code(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as with `| head`
        return ERROR
    finally:
        _give_up_output()


def _exit_code(error: GanwenError) -> int:
    from rag.errors import IndexLocked

    return LOCKED if isinstance(error, IndexLocked) else ERROR


def _run(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    if arguments.command == "ask":
        _check_ask(parser, arguments)
    if arguments.command == "eval" and arguments.action is None:
        _check_eval(parser, arguments)
    if arguments.command == "llm":
        _check_llm(parser, arguments)
    from ui.commands import COMMANDS

    return COMMANDS[arguments.command](arguments)


def _check_ask(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    if (arguments.question is None) == (arguments.batch is None):
        parser.error('give one question, such as ganwen ask "…", or a file of them with --batch FILE')
    if arguments.output is not None and arguments.batch is None:
        parser.error("--output goes with --batch FILE")


def _check_eval(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    if arguments.dataset is not None and (arguments.questions or arguments.answers or arguments.index):
        parser.error("--dataset brings its own questions and documents: no --questions, --answers or --index")
    if arguments.answers is not None and (arguments.index or arguments.sample or arguments.llm):
        parser.error("--answers asks nothing: no --index, --sample or --llm")


def _check_llm(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    if arguments.llm is None and arguments.llm_model is not None:
        parser.error("--llm-model goes with --test PATH_OR_URL")
    if arguments.llm is not None and arguments.folder is not None:
        parser.error("give a folder to list, or --test PATH_OR_URL, not both")


def _give_up_output() -> None:
    """Drop what stdout could not take, which was said already: at exit Python would try it again and say so."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write_utf8() -> None:
    """Chinese prints as UTF-8 whatever the locale; a lone surrogate prints as its escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _version() -> str:
    from importlib.metadata import version

    return f"ganwen {version('ganwen')}"
