"""Prevents core files with this process's memory while it holds raw values or keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from anonymize.process.while_any_runs import WhileAnyRuns

_FILTER = "/proc/self/coredump_filter"
"""The memory that Linux writes to a core. Also applies to crash handlers that are fed through a
pipe, which no size limit stops.
"""


@dataclass
class _Before:
    """The settings before the outermost block began."""

    limit: int | None
    """The soft limit on a core's size; None if it cannot be set."""
    filter: str | None
    """The kernel's filter, as hexadecimal; None if there is none."""


@contextmanager
def no_core_files() -> Iterator[None]:
    """Prevent that a crash of this process leaves its memory on disk while the block runs; then
    restore the settings.

    Sets the soft limit on a core's size to 0, and the kernel's filter to no memory, in this process
    and in processes that it starts meanwhile. Blocks may be nested and run in several threads; the
    last one that ends restores. Does nothing if the system has no such limit. Also a decorator:
    ``@no_core_files()``.
    """
    with _without_cores.block():
        yield


def forbid_core_files() -> None:
    """Do the same for the rest of this process's life. For commands, never for a library's
    caller.
    """
    _without_cores.begin()


def _begin() -> _Before:
    return _Before(_set_limit(0), _set_filter("0"))


def _set_limit(size: int) -> int | None:
    """Set the soft limit; return the previous one, None if it cannot be set."""
    try:
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (size, hard))
    except (ImportError, OSError, ValueError):
        return None
    return soft


def _set_filter(mask: str) -> str | None:
    try:
        with open(_FILTER, "r+", encoding="ascii") as file:
            before = file.read().strip()
            file.seek(0)
            file.write(f"0x{mask}")
    # open() does not exist any more when the interpreter shuts down
    except (OSError, ValueError, NameError):
        return None
    return before


def _restore(before: _Before) -> None:
    """Restore settings, unless the caller has changed them meanwhile."""
    if before.limit is not None:
        found = _set_limit(0)
        _set_limit(before.limit if found == 0 else found or 0)
    if before.filter is not None:
        _set_filter(before.filter)


_without_cores = WhileAnyRuns(_begin, _restore)
