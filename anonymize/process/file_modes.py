"""Modes of the files that a process creates: never writable by everybody, whatever its umask is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from anonymize.process.while_any_runs import WhileAnyRuns

_OTHERS_WRITE = 0o002


@contextmanager
def not_world_writable() -> Iterator[None]:
    """Allow only owner and group to write to files created while the block runs; then restore the
    umask.

    Many containers run with umask 000. Blocks may be nested and run in several threads: the last
    one that ends restores. Also a decorator: ``@not_world_writable()``.
    """
    with _closed_to_others.block():
        yield


def forbid_world_writable() -> None:
    """Do the same for the rest of this process's life. For commands, never for a library's
    caller.
    """
    _closed_to_others.begin()


def _begin() -> int:
    """Set the umask and return the one before."""
    before = os.umask(0o077)
    os.umask(before | _OTHERS_WRITE)
    return before


def _restore(before: int) -> None:
    if (found := os.umask(before)) != before | _OTHERS_WRITE:
        os.umask(found)  # somebody set it meanwhile


_closed_to_others = WhileAnyRuns(_begin, _restore)
