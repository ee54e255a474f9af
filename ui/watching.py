"""Follows a folder of reports (`ganwen index --watch`): builds, and builds again when a report was added, changed or removed."""

from collections.abc import Callable
from pathlib import Path
from threading import Event

from rag.corpus.readers.formats import is_ignored
from rag.errors import GanwenError
from ui.output import say

SETTLED_MS = 1600
"""How long the folder must be quiet before it is read, so that a file is not read half copied."""

ANYWAY_MS = 300_000
"""How long it is relied on to tell of its changes: folders on a network may not, and what failed is tried again."""


def follow(source: Path, index: Path, build: Callable[[], object], stop: Event | None = None) -> None:
    """Build at each change of `source`, and now and then, until Ctrl+C or `stop`. `index` may lie within it.

    A build that fails is said, and the next change tries again: the index that was there answers on.
    """
    from watchfiles import watch

    changes = watch(
        source,
        watch_filter=lambda _, path: concerns(source, index, Path(path)),
        debounce=SETTLED_MS,
        step=SETTLED_MS // 4,
        rust_timeout=ANYWAY_MS,
        yield_on_timeout=True,
        stop_event=stop,
    )
    for _ in changes:
        try:
            build()
        except GanwenError as error:
            say(str(error))


def concerns(source: Path, index: Path, path: Path) -> bool:
    """Whether a change at a path may change the index: hidden files do not, nor does the index itself."""
    within = path.resolve().relative_to(source.resolve()) if _lies_in(path, source) else path
    return not _lies_in(path, index) and not any(map(is_ignored, within.parts))


def _lies_in(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())
