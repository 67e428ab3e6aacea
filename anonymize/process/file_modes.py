"""Modes of the files that a process creates: never writable by everybody, whatever its umask is."""

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
    """Allow only owner and group to write to files created while the block runs; then restore the
    umask.

    Many containers run with umask 000. Blocks may be nested and run in several threads; the last
    one that ends restores. Also a decorator: ``@not_world_writable()``.
    """
    global _inside
    _begin()
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside and (found := os.umask(_before)) != _before | _OTHERS_WRITE:
                os.umask(found)  # somebody changed it meanwhile


def forbid_world_writable() -> None:
    """Do the same for the rest of this process's life. For commands, never for a library's
    caller.
    """
    _begin()


def _begin() -> None:
    """Count a further block; the outermost sets the umask. A block that never ends is released with
    the interpreter.
    """
    global _inside, _before
    with _lock:
        _inside += 1
        if _inside == 1:
            _before = os.umask(0o077)
            os.umask(_before | _OTHERS_WRITE)
