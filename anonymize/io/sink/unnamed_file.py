"""A file that has no name until it is complete, so that a killed process leaves nothing behind."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_WITHOUT_SUCH_FILES = (errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL)
"""Error codes of file systems without unnamed files: some network and older overlay ones."""


@contextmanager
def unnamed_file(path: Path, *, overwrite: bool) -> Iterator[BinaryIO]:
    """Yield a file, readable by its owner only (mode 0600), that becomes ``path`` when the block
    ends without an error.

    Until then it has no name, and the kernel removes it with the process. If the file system does
    not support this, the file has a hidden name beside ``path``; a file that a killed process left
    there is removed by the next call for ``path``.

    Raises:
        FileExistsError: the file exists, and ``overwrite`` is False.
        OSError: the folder cannot be written to, or the disk is full.
    """
    _remove_left(path)
    handle, hidden = _opened(path)
    try:
        with os.fdopen(handle, "wb", closefd=False) as file:
            yield file
        os.fsync(handle)
        if hidden is None and overwrite:
            hidden = _hidden(path)
            _link(handle, hidden)
        elif hidden is None:
            _link(handle, path)
        elif not overwrite:
            os.link(hidden, path)
        if hidden is not None and overwrite:
            os.replace(hidden, path)
        _sync_folder(path.parent)
    finally:
        if hidden is not None:
            hidden.unlink(missing_ok=True)
        os.close(handle)


def _opened(path: Path) -> tuple[int, Path | None]:
    """Return a new file to write, and its name if it needs one. A named file is locked while it is
    being written.
    """
    unnamed = getattr(os, "O_TMPFILE", None)
    if unnamed is not None:
        try:
            return os.open(path.parent, unnamed | os.O_WRONLY | os.O_CLOEXEC, 0o600), None
        except OSError as error:
            if error.errno not in _WITHOUT_SUCH_FILES or not path.parent.is_dir():
                raise
    hidden = _hidden(path)
    handle = os.open(hidden, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return handle, hidden


def _hidden(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}.tmp")


def _link(handle: int, path: Path) -> None:
    """Give an open file a name. Python follows the link in /proc only if a folder's descriptor is
    passed.
    """
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.link(f"/proc/self/fd/{handle}", path.name, dst_dir_fd=folder, follow_symlinks=True)
    finally:
        os.close(folder)


def _remove_left(path: Path) -> None:
    """Remove files that killed processes left beside ``path``. Files that are being written are
    locked, and stay.
    """
    start = f".{path.name}."
    for entry in path.parent.iterdir() if path.parent.is_dir() else ():
        middle = entry.name[len(start) : -len(".tmp")].split(".")
        ours = len(middle) == 2 and middle[0].isdecimal() and len(middle[1]) == 8
        if (
            not (ours and entry.name.startswith(start) and entry.name.endswith(".tmp"))
            or entry.is_symlink()
        ):
            continue
        try:
            handle = os.open(entry, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            entry.unlink(missing_ok=True)
        except OSError:
            pass
        finally:
            os.close(handle)


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
