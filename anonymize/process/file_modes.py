"""Modes of the files that a process makes: never writable by everybody, whatever its umask says."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_OTHERS_WRITE = 0o002

_lock = threading.Lock()
_inside = 0
_before = 0


@contextmanager
def not_world_writable() -> Iterator[None]:
    """Let nobody but owner and group write to what this process makes while the block runs; then
    all is as it was.

    Many containers run with umask 000. Blocks may be nested and run in several threads: the last
    one that ends
    restores. Also a decorator: ``@not_world_writable()``.
    """
    global _inside
    _begin()
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside and (found := os.umask(_before)) != _before | _OTHERS_WRITE:
                os.umask(found)  # somebody set it meanwhile


def forbid_world_writable() -> None:
    """Do the same for the rest of this process's life: for a command, never for a library's
    caller.
    """
    _begin()


def _begin() -> None:
    """Count one block more; the outermost sets the umask. One that is held for good would end with
    the interpreter.
    """
    global _inside, _before
    with _lock:
        _inside += 1
        if _inside == 1:
            _before = os.umask(0o077)
            os.umask(_before | _OTHERS_WRITE)
