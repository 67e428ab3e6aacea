"""Opening the dataset's small files: plain files only, nothing followed, nothing waited for, bounded memory.

Who can write to the folder can put a link, a FIFO or an endless device where a file was.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from anonymize.errors import DatasetError
from anonymize.io.parts import write_error

_FLAGS = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def is_plain(path: Path) -> bool:
    """Return whether ``path`` is a file itself, no link to one."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    """Return whether ``path`` is a folder itself, no link to one."""
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def read_plain(path: Path, most_bytes: int) -> bytes:
    """Return the bytes of the plain file ``path``.

    Raises:
        FileNotFoundError: there is none.
        DatasetError: it is no plain file, larger than ``most_bytes``, or may not be read.
    """
    try:
        handle = os.open(path, os.O_RDONLY | _FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(str(path)) from None
    except OSError:
        raise _refused(path) from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):  # a folder is opened as well, but is no file to Python
        os.close(handle)
        raise DatasetError("is not a plain file", place=str(path))
    with open(handle, "rb") as file:
        data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise DatasetError(f"is damaged: larger than {most_bytes} bytes", place=str(path))
    return data


def open_plain(path: Path) -> int:
    """Return a handle of ``path`` to read and write, made where there is none; a link is not followed.

    Raises:
        DatasetError: it is no plain file, or the folder cannot be written to.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | _FLAGS, 0o644)
    except OSError as error:
        if os.path.lexists(path) and not is_plain(path):
            raise _refused(path) from None
        raise write_error(error, path) from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise _refused(path)
    return handle


def _refused(path: Path) -> DatasetError:
    return DatasetError("may not be read" if is_plain(path) else "is not a plain file", place=str(path))
