"""Opens the small files of a dataset: only plain files, without following links, without blocking,
with bounded memory.

Somebody who can write to the folder can replace a file by a link, a FIFO or an endless device.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from anonymize.durable import write_error
from anonymize.errors import DatasetError

_FLAGS = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def is_plain(path: Path) -> bool:
    """Return True if ``path`` is a file and not a link."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    """Return True if ``path`` is a folder and not a link."""
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def has_folder(path: Path) -> bool:
    """Return True if there is a folder at ``path``.

    Raises:
        DatasetError: there is something else, for example a link to a folder.
    """
    if is_folder(path):
        return True
    if os.path.lexists(path):
        raise DatasetError("is not a plain folder", place=str(path))
    return False


def names_in(folder: Path) -> list[str]:
    """Return the names in a folder.

    Raises:
        DatasetError: it may not be read.
    """
    try:
        return os.listdir(folder)
    except OSError as error:
        what = f"cannot be read: {os.strerror(error.errno or 5).lower()}"
        raise DatasetError(what, place=str(folder)) from None


def read_plain(path: Path, most_bytes: int) -> bytes:
    """Return the bytes of the plain file ``path``.

    Raises:
        FileNotFoundError: there is none.
        DatasetError: it is not a plain file, is larger than ``most_bytes``, or may not be read.
    """
    try:
        handle = os.open(path, os.O_RDONLY | _FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(str(path)) from None
    except OSError:
        raise _refused(path) from None
    if not stat.S_ISREG(
        os.fstat(handle).st_mode
    ):  # fstat on the handle, because Python's open() refuses a folder with an error of its own
        os.close(handle)
        raise _refused(path)
    with open(handle, "rb") as file:
        data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise DatasetError(f"is damaged: larger than {most_bytes} bytes", place=str(path))
    return data


def open_to_read(path: Path) -> int:
    """Return a handle of ``path`` for reading, which the caller closes. Follows no link at the end
    of the path, and does not wait for a FIFO.

    Raises:
        DatasetError: it is missing, a link, or may not be read.
    """
    try:
        return os.open(path, os.O_RDONLY | _FLAGS)
    except OSError:
        raise DatasetError("is missing or may not be read", place=str(path)) from None


def open_plain(path: Path, *, alone: bool = False) -> int:
    """Return a handle of ``path`` for reading and writing. Creates the file if missing; does not
    follow a link.

    ``alone`` refuses a file with a second name (hard link), because locking or writing it would
    change the file under that name too.

    Raises:
        DatasetError: it is not a plain file, or the folder cannot be written to.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | _FLAGS, 0o644)
    except OSError as error:
        if os.path.lexists(path) and not is_plain(path):
            raise _refused(path) from None
        raise write_error(error, path) from None
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        raise _refused(path)
    if alone and status.st_nlink > 1:
        os.close(handle)
        raise DatasetError(
            "has another name too (a hard link); remove it, it is made anew", place=str(path)
        )
    return handle


def _refused(path: Path) -> DatasetError:
    return DatasetError(
        "may not be read" if is_plain(path) else "is not a plain file", place=str(path)
    )
