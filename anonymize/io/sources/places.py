"""Where a source's file is: `FilePlace` for any store, `LocalFile` for this machine.

Readers of a format get a place and never a path, so that a format is written once for all stores.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Protocol, Self, runtime_checkable

from anonymize.errors import SourceError


class PlaceState(Protocol):
    """What a file was when it was opened. Equal states mean that it did not change."""

    @property
    def size_bytes(self) -> int:
        """Length in bytes."""
        ...

    def facts(self) -> dict[str, object]:
        """Return what a source's fingerprint says of the file: its size, and for example the time
        of the last write or an object's version.
        """
        ...


class FilePlace(Protocol):
    """A file of a source. Plain data, so that it can be sent to another process.

    ``str(place)`` is what errors say: a path or an address, without a secret and without a folder
    that is named like a value.
    """

    @property
    def name(self) -> str:
        """The file's name without folders; its endings tell format and compression."""
        ...

    @property
    def local(self) -> Path | None:
        """The path of a file of this machine, which libraries read faster than a stream; None for
        other places.
        """
        ...

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders between the path that the user gave and the file, of which names such as
        ``year=2024`` are columns.
        """
        ...

    def state(self) -> PlaceState:
        """Return the present state.

        Raises:
            SourceError: the file is missing or may not be read.
        """
        ...

    def check(self, state: PlaceState) -> None:
        """Refuse the file if it is no longer in ``state``.

        Raises:
            SourceError: it was written to, replaced or removed.
        """
        ...

    def mark(self) -> str:
        """Return facts that change with every write to the file, told without reading it; empty
        where there are none.
        """
        ...

    def spelled(self) -> str:
        """Return the whole path or address, which is the same in every process. For the owner
        only: a folder may be named like a value.
        """
        ...

    def open(self) -> BinaryIO:
        """Return the file's bytes from the first on, unbuffered; Parquet and its like need a
        stream that can seek.

        Raises:
            SourceError: it cannot be opened.
        """
        ...

    def absolute(self) -> Self:
        """Return the same place for a process in another working directory."""
        ...

    def sha256(self) -> str:
        """Return the SHA-256 of all bytes, in hexadecimal."""
        ...


@runtime_checkable
class Ranged(Protocol):
    """A place far away whose bytes are asked for by ranges, so that a piece of it costs no more
    than the piece.
    """

    def open_span(self, first: int, end: int) -> BinaryIO:
        """Return the bytes from ``first`` up to ``end``, for a reader of all of them in order; no
        others are asked for.

        Raises:
            SourceError: while it is read, that the file changed or cannot be read.
        """
        ...

    def open_hashed(self, first: int) -> BinaryIO:
        """Return the bytes from ``first`` to the last, for a reader of all of them in order. The
        digest of the whole file is taken on the way, so that `FilePlace.sha256` need not read them
        again.

        Raises:
            SourceError: as `open_span`.
        """
        ...


@dataclass(frozen=True)
class FileState:
    """State of a local file."""

    size_bytes: int
    """Length in bytes."""
    mtime_ns: int
    """Time of the last write, nanoseconds since 1970."""
    inode: int
    """Changes if the file is replaced by another."""

    def facts(self) -> dict[str, object]:
        """Return size and time; the time as text, because it exceeds what every JSON reader keeps
        exact.
        """
        return {"size_bytes": self.size_bytes, "mtime_ns": str(self.mtime_ns)}


@dataclass(frozen=True)
class LocalFile:
    """A file of this machine."""

    path: Path
    shown: str = ""
    """What errors say in place of the path, if folders are named like values."""
    folders: tuple[str, ...] = ()
    """The folders between the path that the user gave and the file."""

    def __str__(self) -> str:
        return self.shown or str(self.path)

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def local(self) -> Path:
        """The path."""
        return self.path

    def state(self) -> FileState:
        """Return the present state; see `FilePlace.state`."""
        try:
            stat = os.stat(self.path)
        except OSError as error:
            raise SourceError(_why_unreadable(error), place=str(self)) from None
        return FileState(stat.st_size, stat.st_mtime_ns, stat.st_ino)

    def check(self, state: PlaceState) -> None:
        """Refuse the file if it is no longer in ``state``; see `FilePlace.check`."""
        if not self.path.exists() or self.state() != state:
            raise SourceError(
                "changed while it was read; run again when nothing writes to it", place=str(self)
            )

    def mark(self) -> str:
        """Return disk, file number, size, and the times of the last write and of the last change.
        The latter cannot be set, so it shows a write that keeps size and time of writing.
        """
        try:
            stat = os.stat(self.path)
        except OSError as error:
            raise SourceError(_why_unreadable(error), place=str(self)) from None
        facts = (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
        return " ".join(map(str, facts))

    def spelled(self) -> str:
        """Return the absolute path."""
        return str(self.path.absolute())

    def open(self) -> BinaryIO:
        """Return the file's bytes; see `FilePlace.open`."""
        try:
            return open(self.path, "rb", buffering=0)
        except OSError as error:
            raise SourceError(
                f"cannot be opened: {os.strerror(error.errno or 5)}", place=str(self)
            ) from None

    def absolute(self) -> LocalFile:
        """Return the same file by its absolute path."""
        return replace(self, path=self.path.absolute())

    def sha256(self) -> str:
        """Return the SHA-256 of the file's bytes."""
        return sha256_of(self.path)


def readable(place: FilePlace) -> Path | BinaryIO:
    """Return what Arrow's readers of whole files take: the path of a local file, else a stream."""
    return place.local or place.open()


def _why_unreadable(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    return (
        "may not be read"
        if isinstance(error, PermissionError)
        else f"cannot be read: {os.strerror(error.errno or 5)}"
    )


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the file's bytes, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
