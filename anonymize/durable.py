"""Writes files so that they are on disk when a function returns: complete under their name, or not
at all.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

from anonymize.errors import ArgumentError, DatasetError, kind_of

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


def refuse_in_dataset(path: Path) -> None:
    """Return if ``path`` is no address (``s3://…``) and lies in no dataset's folder; links on the
    way to it are followed.

    What is put there by hand is shared with the dataset's readers, and among the versions `verify`
    reports it.

    Raises:
        ArgumentError: it is, or does; nothing was written.
    """
    if _SCHEME.fullmatch(path.parts[0] if path.parts else ""):
        what = "is an address; only a path of this machine can be written to"
        raise ArgumentError(what, place=str(path))
    folder = path.parent.resolve()
    for place in (folder, *folder.parents):
        if (place / "versions").is_dir() and os.path.lexists(place / "audit.jsonl"):
            what = f"lies in the folder of the dataset {place}, where only runs write"
            raise ArgumentError(f"{what}; name a place outside of it", place=str(path))


def write_error(error: Exception, path: Path) -> DatasetError:
    """Return the meaning of ``error`` for the writer of ``path``, without quoting data."""
    number = getattr(error, "errno", None)
    if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        what = (
            "the disk is full"
            if number != errno.EFBIG
            else "the file grew beyond the limit set for it"
        )
        return DatasetError(f"{what}; nothing was kept of this part", place=str(path))
    if isinstance(error, OSError) and number:
        return DatasetError(f"cannot be written: {os.strerror(number).lower()}", place=str(path))
    return DatasetError(f"cannot be written as Parquet ({kind_of(type(error))})", place=str(path))


def plain_bytes(path: Path, most_bytes: int) -> bytes:
    """Return the bytes of a file that somebody named. Waits for no pipe, and reads no device to its
    end; a link leads to its file.

    Raises:
        ValueError: it is not a plain file, or is larger than ``most_bytes``.
        OSError: it is missing, or may not be read.
    """
    with open(path, "rb", opener=lambda to, flags: os.open(to, flags | os.O_NONBLOCK)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("is not a plain file")
        data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise ValueError(f"is larger than {most_bytes:,} bytes, so it is something else")
    return data


def sync_file(path: Path) -> None:
    """Sync a file's bytes to disk."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Sync a folder's names to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Prepared:
    """Bytes that are on disk already, beside ``path``. Putting them in place needs no more
    space.
    """

    def __init__(self, path: Path, data: bytes) -> None:
        """Write ``data`` to a temporary file beside ``path``.

        Raises:
            DatasetError: the disk is full or the folder cannot be written to; nothing is left.
        """
        self.path = path
        self.temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
        try:
            with open(self.temporary, "xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            self.discard()
            raise write_error(error, path) from None

    def put(self, *, sync: bool = True) -> None:
        """Replace ``path``. After a crash it has the old bytes or the new ones, complete.

        Without ``sync`` the caller must sync the folder.

        Raises:
            DatasetError: the folder cannot be written to; the old file is unchanged.
        """
        try:
            os.replace(self.temporary, self.path)
            if sync:
                sync_folder(self.path.parent)
        except OSError as error:
            self.discard()
            raise write_error(error, self.path) from None

    def discard(self) -> None:
        """Remove the temporary file if it is still there."""
        self.temporary.unlink(missing_ok=True)


def write_atomically(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``. After a crash at any point it has the old bytes or the new ones,
    complete.

    Raises:
        DatasetError: the disk is full or the folder cannot be written to; the old file is
            unchanged.
    """
    Prepared(path, data).put()
