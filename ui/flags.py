"""What can be typed after `ganwen`: every command with its flags and examples."""

import argparse
from pathlib import Path
from typing import TypeAlias

from ui.parser import Parser

_DESCRIPTION = "赣问 Ganwen: ask a folder of Chinese government reports; every answer shows its source."

_EXAMPLES = {
    "": """
  ganwen index                          read the reports in seeds/
  ganwen ask "2023年全省森林覆盖率是多少？"   answer at the command line
  ganwen serve                          answer in the browser""",
    "index": """
  ganwen index                          the reports in seeds/, or the folder set in ganwen.toml
  ganwen index --source reports         your own folder
  ganwen index --full                   read and embed everything again
  ganwen index --watch                  and follow the folder from then on

Ends with 0 when the index is up to date (files that cannot be read are named and passed over), 1 when it could not be
built (the one that was there is untouched), 75 when another process is building it, 130 after Ctrl+C.""",
    "ask": """
  ganwen ask "2023年全省森林覆盖率是多少？"
  ganwen ask --json "2023年全省森林覆盖率是多少？"
  ganwen ask --batch questions.jsonl --output answers.jsonl
  ganwen ask --llm models/qwen.gguf "2023年全省生态环境怎么样？"

A line of questions.jsonl: {"id": "1", "question": "…"}, with "history": [{"question": "…", "answer": "…"}] if any.
A line that cannot be used becomes {"id": null, "line": 7, "error": "…"}; the others are answered.""",
    "eval": """
  ganwen eval                           the project's own questions
  ganwen eval --questions mine.jsonl --json
  ganwen eval --questions mine.jsonl --answers answers.jsonl
  ganwen eval --dataset cmrc2018_dev.json --sample 500
  ganwen eval --run before              keep the run by this name in .ganwen/runs
  ganwen eval compare before after      what changed between two runs

A run that was cut off goes on where it stopped. Of questions marked as held, only the measures are shown.""",
    "compare": """
  ganwen eval compare before after
  ganwen eval compare before after --limit right=0.01 --limit precision=0.05""",
    "candidates": """
  ganwen eval candidates --output candidates.jsonl
  ganwen eval candidates --verdict down""",
    "serve": """
  ganwen serve                          http://127.0.0.1:7860
  ganwen serve --port 8000
  GANWEN_TOKEN=… ganwen serve --host 0.0.0.0
  ganwen serve --llm http://127.0.0.1:11434/v1 --llm-model qwen3""",
    "corpus": """
  ganwen corpus                         every document and its articles
  ganwen corpus report.txt              one document: articles, headings, notes
  ganwen corpus report.txt --json""",
    "settings": """
  ganwen settings
  GANWEN_PORT=8000 ganwen settings""",
    "llm": """
  ganwen llm                            GGUF files in the usual folders, servers on this machine
  ganwen llm models                     the GGUF files in a folder
  ganwen llm --test models/qwen.gguf    ask a model something, and see how fast it answers
  ganwen llm --test http://127.0.0.1:8080/v1""",
    "verify": """
  ganwen verify
  ganwen verify --index .ganwen/index""",
}


def build_parser() -> argparse.ArgumentParser:
    """Every command with its flags; a flag that was not given is None, so that the settings decide."""
    parser = Parser(
        prog="ganwen",
        description=_DESCRIPTION,
        epilog=f"examples:{_EXAMPLES['']}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    _add_index(commands)
    _add_ask(commands)
    _add_eval(commands)
    _add_serve(commands)
    _add_corpus(commands)
    _add_llm(commands)
    _add(commands, "settings", "print every setting and where it came from")
    _add_index_flag(_add(commands, "verify", "check that the index on disk is whole"))
    return parser


_Commands: TypeAlias = "argparse._SubParsersAction[Parser]"


def _add(commands: _Commands, name: str, summary: str) -> Parser:
    return commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=f"examples:{_EXAMPLES[name]}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _add_index_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--index", type=Path, metavar="FOLDER", help="folder of the index")


def _add_llm_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--llm", metavar="PATH_OR_URL", help="have a language model write: a GGUF file or a server's address"
    )
    parser.add_argument("--llm-model", metavar="NAME", help="the model's name at that server")


def _add_llm(commands: _Commands) -> None:
    parser = _add(commands, "llm", "list the language models found on this machine, or test one")
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="where GGUF files are")
    parser.add_argument("--test", dest="llm", metavar="PATH_OR_URL", help="ask this one something")
    parser.add_argument("--llm-model", metavar="NAME", help="the model's name at that server")


def _add_index(commands: _Commands) -> None:
    parser = _add(commands, "index", "build the index, or bring it up to date with the reports")
    parser.add_argument("--source", type=Path, metavar="FOLDER", help="folder of reports")
    _add_index_flag(parser)
    parser.add_argument("--full", action="store_true", help="read and embed everything again")
    parser.add_argument(
        "--watch", action="store_true", help="stay, and follow every change of the reports until Ctrl+C"
    )


def _add_ask(commands: _Commands) -> None:
    parser = _add(commands, "ask", "answer one question, or a file of them")
    parser.add_argument("question", nargs="?", metavar="QUESTION", help="what to ask")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.add_argument("--batch", type=Path, metavar="FILE", help="questions, one JSON object a line")
    parser.add_argument("--output", type=Path, metavar="FILE", help="where the answers to --batch go")
    _add_llm_flags(parser)
    _add_index_flag(parser)


def _add_eval(commands: _Commands) -> None:
    parser = _add(commands, "eval", "measure the answers to a set of questions")
    parser.add_argument(
        "--questions", type=Path, metavar="FILE", help="a question set, one JSON object a line"
    )
    parser.add_argument(
        "--dataset", type=Path, metavar="PATH",
        help="a set that brings its documents: SQuAD or CMRC2018 JSON, BEIR folder, RGB file, docs.jsonl and queries.jsonl",
    )  # fmt: skip
    parser.add_argument(
        "--answers", type=Path, metavar="FILE", help="score what `ganwen ask --batch` wrote, asking nothing"
    )
    parser.add_argument("--split", choices=("tune", "held", "all"), default="all", help="ask one half only")
    parser.add_argument("--sample", type=_whole, metavar="N", help="ask N questions, drawn with a fixed seed")
    parser.add_argument(
        "--show-held", action="store_true", help="show held questions, not only their measures"
    )
    parser.add_argument("--run", metavar="NAME", help="keep the run in .ganwen/runs/NAME, or in a folder")
    parser.add_argument("--fresh", action="store_true", help="ask everything again")
    _add_llm_flags(parser)
    _add_index_flag(parser)
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", parser_class=Parser)
    _add_compare(actions)
    _add_candidates(actions)


def _add_compare(actions: _Commands) -> None:
    parser = _add(actions, "compare", "what changed between two runs, question by question")
    parser.add_argument("first", metavar="A", help="the earlier run: its name or folder")
    parser.add_argument("second", metavar="B", help="the later run")
    parser.add_argument(
        "--limit", type=_limit, action="append", metavar="MEASURE=AMOUNT",
        help="exit with 1 when this measure is worse by more than this amount",
    )  # fmt: skip
    # A default here would undo the flag of the same name given before `compare`.
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print it as JSON")


def _add_candidates(actions: _Commands) -> None:
    parser = _add(actions, "candidates", "questions whose answers were marked in the chat, to finish by hand")
    parser.add_argument("--verdict", choices=("up", "down"), help="only those marked good, or bad")
    parser.add_argument("--output", type=Path, metavar="FILE", help="where they go, one JSON object a line")


def _whole(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 up")
    return number


def _limit(text: str) -> tuple[str, float]:
    name, sign, amount = text.partition("=")
    try:
        if name and sign:
            return name, float(amount)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text} is not MEASURE=AMOUNT, such as right=0.01")


def _add_serve(commands: _Commands) -> None:
    parser = _add(commands, "serve", "open the chat in the browser")
    parser.add_argument("--host", help="address to listen on")
    parser.add_argument("--port", type=int, help="port to listen on")
    parser.add_argument(
        "--token",
        help="password to ask for; other users of this machine see it here, in GANWEN_TOKEN they do not",
    )
    _add_llm_flags(parser)
    _add_index_flag(parser)


def _add_corpus(commands: _Commands) -> None:
    parser = _add(commands, "corpus", "show what was read from the reports")
    parser.add_argument("file", nargs="?", metavar="FILE", help="one document, by its path in the folder")
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    _add_index_flag(parser)
