"""What reads the command line: argparse, which says what is wrong in one line, and where help is."""

import argparse
from typing import Any, NoReturn

USAGE = 2
"""Exit code of a command that was typed wrongly."""


class Parser(argparse.ArgumentParser):
    """Flags are not abbreviated: --llm is not --llm-model."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, allow_abbrev=False)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse does, but what a command does not know is said by that command."""
        known, unknown = super().parse_known_args(args, namespace)
        flags = [argument.partition("=")[0] for argument in unknown if argument.startswith("-")]
        if flags:
            self.error(f"there is no {' or '.join(flags)} here, but {', '.join(self._option_string_actions)}")
        if unknown:
            self.error(f"too much: {' '.join(unknown)}. What holds blanks goes in quotes")
        return known, unknown

    def error(self, message: str) -> NoReturn:
        """Say it in one line, with the command that helps."""
        self.exit(USAGE, f"ganwen: {message}\nHelp: {self.prog} --help\n")
