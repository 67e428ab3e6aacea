"""Private files: mode 0600 is checked on open, and a file is replaced completely or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from anonymize.durable import refuse_in_dataset
from anonymize.errors import KeysError
from anonymize.keys.primitives.secret import Secret

PRIVATE = 0o600


def read_private(path: Path, what: str) -> bytes:
    """Return the bytes of a file that only its owner may read; ``what`` is its name in errors.

    On a read-only mount its group may read it too: secret stores mount files with mode 0440 for a
    process that is not their owner. Who is in the group is decided by the mount.

    Raises:
        KeysError: it is missing, not a plain file, or readable by others.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise KeysError(
            f"there is no {what} here; 'coatcheck keys init' makes one", place=str(path)
        ) from None
    except OSError as error:
        raise KeysError(f"the {what} cannot be opened: {error.strerror}", place=str(path)) from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(
        status.st_mode
    ):  # fstat on the handle, because Python's open() refuses a folder with an error of its own
        os.close(descriptor)
        raise KeysError(f"the {what} is not a plain file", place=str(path))
    with os.fdopen(descriptor, "rb") as file:
        loose = stat.S_IMODE(status.st_mode) & 0o077
        if loose and not (loose == stat.S_IRGRP and _on_read_only_mount(file.fileno())):
            mode = f"{stat.S_IMODE(status.st_mode):04o}"
            raise KeysError(
                f"the {what} has mode {mode}: others may read it; chmod 600 it", place=str(path)
            )
        return file.read()


def _on_read_only_mount(descriptor: int) -> bool:
    return bool(os.fstatvfs(descriptor).f_flag & os.ST_RDONLY)


def write_private(path: Path, content: Secret) -> None:
    """Replace ``path`` with ``content``, mode 0600. After a crash at any point the old or the new
    file is there, complete.

    Raises:
        KeysError: the system refuses (a full disk, a read-only folder); the old file is unchanged.
    """
    with _refusals_told(path):
        _replace(path, content)


@contextlib.contextmanager
def _refusals_told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise KeysError(
            f"cannot be written: {os.strerror(error.errno or 5).lower()}", place=str(path)
        ) from None


def require_room(path: Path) -> None:
    """Check that ``path`` could be replaced now: as many bytes are written beside it, and removed.

    Raises:
        KeysError: the system refuses.
    """
    with (
        _refusals_told(path),
        tempfile.NamedTemporaryFile(
            prefix=f".{path.name}.", suffix=".tmp", dir=path.parent
        ) as file,
    ):
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())


def _replace(path: Path, content: Secret) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), PRIVATE)
            file.write(content.reveal())
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise
    sync_folder(path.parent)


def move_private(old: Path, new: Path) -> None:
    """Replace ``new`` by ``old``, a file beside it. After a crash both exist, or ``new`` has the
    content of ``old``.

    Raises:
        KeysError: the system refuses.
    """
    with _refusals_told(new):
        os.replace(old, new)
        sync_folder(new.parent)


def create_private(path: Path, content: Secret) -> None:
    """Write a new file of mode 0600, complete or not at all.

    Raises:
        KeysError: there is one already.
        ArgumentError: it would lie in a dataset's folder.
    """
    if path.exists():
        raise KeysError("there is a file here already; it is not overwritten", place=str(path))
    refuse_in_dataset(path)
    write_private(path, content)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of ``path`` among processes, and remove what a killed writer left behind."""
    lock = path.with_name(f".{path.name}.lock")
    with _refusals_told(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        for leftover in path.parent.glob(f".{path.name}.*.tmp"):
            leftover.unlink(missing_ok=True)
        yield
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Sync a folder's names to disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
