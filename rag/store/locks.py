"""Locks that the system takes back when their process dies: one builder an index, many readers a generation."""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import IndexLocked
from rag.store.manifest import IN_USE, LOCK

_GENERATION = re.compile("g-[0-9a-f]{8}")

if sys.platform == "win32":
    import msvcrt

    _BYTE = 1 << 30  # locked bytes cannot be read by others: lock one that is not there

    def _lock(handle: int, *, shared: bool) -> bool:
        if shared:  # on Windows an open file cannot be removed, and that is lock enough
            return True
        os.lseek(handle, _BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(handle: int, *, shared: bool) -> bool:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def building(index: Path) -> Iterator[None]:
    """Hold the index's lock; IndexLocked says which process has it."""
    handle = os.open(index / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _lock(handle, shared=False):
            holder = os.read(handle, 64).decode("utf-8", "replace") or "Another process"
            raise IndexLocked(f"{holder} is building the index at {index}. Wait for it to end, or stop it.")
        os.ftruncate(handle, 0)
        os.write(handle, f"Process {os.getpid()}".encode())
        yield
    finally:
        os.close(handle)


def hold(generation: Path) -> int | None:
    """A handle that keeps the generation on the disk until it is closed; None when it is going or gone."""
    path = generation / IN_USE
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    if _lock(handle, shared=True) and path.exists():
        return handle
    os.close(handle)
    return None


def remove_unused(index: Path, current: str | None) -> None:
    """Remove every generation but the current one that no process reads; what cannot be removed stays for later."""
    for generation in index.iterdir():
        if _GENERATION.fullmatch(generation.name) and generation.name != current:
            _remove(generation)


def _remove(generation: Path) -> None:
    path = generation / IN_USE
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CREAT)
        try:
            if not _lock(handle, shared=False):
                return
            if sys.platform != "win32":
                shutil.rmtree(generation)
        finally:
            os.close(handle)
        if sys.platform == "win32":
            path.unlink()
            shutil.rmtree(generation)
    except OSError:
        return
