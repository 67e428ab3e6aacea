"""Core files: kept from holding this process's memory while it holds raw values or keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from anonymize.process.while_any_runs import WhileAnyRuns

_FILTER = "/proc/self/coredump_filter"
"""Which memory Linux writes to a core; it counts where a crash handler is fed, which no limit on
size stops.
"""


@dataclass
class _Before:
    """What the process had before the outermost block began."""

    limit: int | None
    """The soft limit on a core's size; None where it cannot be set."""
    filter: str | None
    """The kernel's filter, as hexadecimal; None where there is none."""


@contextmanager
def no_core_files() -> Iterator[None]:
    """Let a crash of this process leave no memory behind while the block runs; then all is as it
    was.

    The soft limit on a core's size is 0 and the kernel's filter takes no memory, in this process
    and in processes that it starts meanwhile. Blocks may be nested and run in several threads: the
    last one that ends restores. Where the system has no such limit, nothing is done. Also a
    decorator: ``@no_core_files()``.
    """
    with _without_cores.block():
        yield


def forbid_core_files() -> None:
    """Do the same for the rest of this process's life: for a command, never for a library's
    caller.
    """
    _without_cores.begin()


def _begin() -> _Before:
    return _Before(_set_limit(0), _set_filter("0"))


def _set_limit(size: int) -> int | None:
    """Set the soft limit; return the one before, None where it cannot be set."""
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
    except (OSError, ValueError, NameError):  # an interpreter that ends has no open() any more
        return None
    return before


def _restore(before: _Before) -> None:
    """Restore what a caller has not set itself meanwhile."""
    if before.limit is not None:
        found = _set_limit(0)
        _set_limit(before.limit if found == 0 else found or 0)
    if before.filter is not None:
        _set_filter(before.filter)


_without_cores = WhileAnyRuns(_begin, _restore)
