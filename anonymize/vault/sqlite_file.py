"""The vault's file: private to its owner, its settings set, and whether it can be written to."""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import stat
import time
from pathlib import Path

from anonymize.durable import refuse_in_dataset
from anonymize.errors import VaultAwayError, VaultError

BUSY_SECONDS = 300.0
"""Seconds to wait for other processes' transactions."""


def require_unlocked(path: str, seconds: float) -> None:
    """Check that a write transaction can begin in the vault's file within ``seconds``; writes
    nothing.

    Raises:
        VaultAwayError: another process holds it.
        VaultError: it is not writable.
    """
    try:
        with contextlib.closing(
            sqlite3.connect(path, timeout=seconds, isolation_level=None)
        ) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        busy = getattr(error, "sqlite_errorcode", 0) & 0xFF in (
            sqlite3.SQLITE_BUSY,
            sqlite3.SQLITE_LOCKED,
        )
        if busy:
            raise held_elsewhere(path) from None
        raise VaultError(f"the vault cannot be used: {error_name(error)}", place=path) from None
    except sqlite3.Error as error:
        raise VaultError(
            f"the vault is damaged or is not one: {error_name(error)}", place=path
        ) from None


def held_elsewhere(path: str) -> VaultAwayError:
    """Return the error for a vault that another process holds; a retry is useful."""
    what = "the vault is locked: another process holds it; wait for it or end it"
    return VaultAwayError(what, place=path)


def error_name(error: sqlite3.Error) -> str:
    """Return SQLite's name for an error: it holds no value."""
    return str(getattr(error, "sqlite_errorname", type(error).__name__))


def set_pragma(connection: sqlite3.Connection, pragma: str) -> None:
    """Set ``pragma``; waits for other processes.

    SQLite itself does not wait if two processes switch a new file's write-ahead log on at the same
    time: each holds what the other needs, so one gets "busy" immediately
    (sqlite.org/pragma.html#pragma_busy_timeout: the handler is not called if that could cause a
    deadlock).
    """
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute(f"PRAGMA {pragma}")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(random.uniform(0.001, 0.02))  # noqa: S311 - so that they do not meet again


def check_private(path: Path) -> int:
    """Create the file, or check its mode without opening it: closing it would release SQLite's
    locks of this process.

    Returns its inode number.
    """
    if not os.path.lexists(path):
        refuse_in_dataset(path)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        status = os.stat(path)
    except OSError as error:
        raise VaultError(f"the vault cannot be opened: {error.strerror}", place=str(path)) from None
    if not stat.S_ISREG(status.st_mode):
        raise VaultError("the vault cannot be opened: it is not a plain file", place=str(path))
    mode = stat.S_IMODE(status.st_mode)
    if mode & 0o077:
        raise VaultError(
            f"the vault has mode {mode:04o}: others may read it; chmod 600 it", place=str(path)
        )
    return status.st_ino
