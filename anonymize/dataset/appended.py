"""Appends lines to files that several processes append to: whole lines, on disk, or nothing."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path

from anonymize.dataset.plainfile import open_plain
from anonymize.durable import write_error
from anonymize.errors import DatasetError

_TRIES, _PAUSE_SECONDS = 100, 0.05


def append_line(file: Path, line: bytes, place: str) -> None:
    """Append ``line``, which ends with a line feed, to a plain file, and sync it. The file and the
    folders around it are made if they are missing.

    Raises:
        DatasetError: the file is none, cannot be written to, the disk is full, or another process
            holds it for 5 seconds; ``place`` names it then.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(error, file) from None
    handle = open_plain(file)
    try:
        _alone(handle, place)
        size = os.lseek(handle, 0, os.SEEK_END)
        torn = size and os.pread(handle, 1, size - 1) != b"\n"
        _write_whole(handle, b"\n" + line if torn else line, size)
    except OSError as error:
        raise write_error(error, file) from None
    finally:
        os.close(handle)


def _alone(handle: int, place: str) -> None:
    """Keep other datasets' acts, which may use the same file, from appending at the same time.

    Raises:
        DatasetError: another process holds it all the time.
    """
    for _ in range(_TRIES):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            time.sleep(_PAUSE_SECONDS)
    raise DatasetError("is locked by another process", place=place)


def _write_whole(handle: int, line: bytes, size: int) -> None:
    """Write all of ``line`` at the end of a file of ``size`` bytes, on disk, or nothing of it.

    Where what was written cannot be cut off again (an append-only file), the next line begins anew.
    """
    try:
        while line:  # a write on a disk that gets full takes a part, and says so
            line = line[os.write(handle, line) :]
        os.fsync(handle)
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(handle, size)
        raise
