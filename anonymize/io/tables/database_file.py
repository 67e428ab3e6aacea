"""A database that is a file: its state, and what is beside it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pyarrow as pa

from anonymize.errors import SourceError
from anonymize.io.sources.places import FileState, LocalFile, sha256_of
from anonymize.io.tables.asked import Asked


@dataclass(frozen=True)
class DatabaseFile:
    """A file and its log of changes, as they were when the source was opened."""

    path: Path
    state: FileState
    """The file's state."""
    log: FileState | None
    """The state of the log of changes that are not in the file yet; None if there are none."""

    @classmethod
    def of(cls, path: str) -> DatabaseFile:
        """Return the file at ``path``.

        Raises:
            SourceError: it is missing, is a folder, or may not be read.
        """
        file = Path(path).absolute()
        if not file.is_file():
            what = "no such file; a path from the root has four slashes, sqlite:////srv/x.db"
            raise SourceError("is no file" if file.exists() else what, place=path)
        return cls(file, LocalFile(file).state(), _log(file))

    def check(self) -> None:
        """Refuse the file if it changed.

        Raises:
            SourceError: it or its log was written to, replaced or removed.
        """
        LocalFile(self.path).check(self.state)
        if _log(self.path) != self.log:
            raise SourceError(
                "changed while it was read; run again when nothing writes to it",
                place=str(self.path),
            )

    def fingerprint(self, name: str) -> dict[str, object]:
        """Return ``name``, the file's size and time, and the digest of file and log."""
        digest = hashlib.sha256(sha256_of(self.path).encode())
        if self.log is not None:
            digest.update(sha256_of(_log_path(self.path)).encode())
        self.check()
        return {
            "name": name,
            "size_bytes": self.state.size_bytes,
            "mtime_ns": str(self.state.mtime_ns),
            "sha256": hashlib.sha256(f"{digest.hexdigest()} {name}".encode()).hexdigest(),
        }


def _log_path(path: Path) -> Path:
    """Return the write-ahead log of SQLite (``-wal``) or DuckDB (``.wal``)."""
    of_duckdb = path.with_name(path.name + ".wal")
    return of_duckdb if of_duckdb.exists() else path.with_name(path.name + "-wal")


def _log(path: Path) -> FileState | None:
    log = _log_path(path)
    state = LocalFile(log).state() if log.exists() else None
    return state if state is not None and state.size_bytes else None


@dataclass(frozen=True)
class InDatabaseFile:
    """What partitions of such a file have in common. Plain data; a process that reads one opens
    the file anew.
    """

    name: str
    schema: pa.Schema
    file: DatabaseFile
    asked: Asked
    origin: str
    """What stands after FROM, with the alias ``q``."""
    number: int
    """The partition's number, for its range of the key."""

    def from_anywhere(self) -> Self:
        """Return the partition: its path is absolute."""
        return self

    def fingerprint(self) -> dict[str, object]:
        """Return the name, and the digest of the whole file."""
        return self.file.fingerprint(self.name)

    def mark(self) -> None:
        """Return None: that rows are those of before is known only by reading them."""

    def check_unchanged(self) -> None:
        """Refuse the file if it was written to."""
        self.file.check()

    @property
    def place(self) -> str:
        """Return the file and the table, for messages."""
        return f"{self.file.path}: {self.asked.name}"
