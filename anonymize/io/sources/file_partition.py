"""What partitions of every format have in common: one file of one schema, unchanged while read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import pyarrow as pa

from anonymize.errors import SourceError
from anonymize.io.sources.files import FileState, sha256_of


@dataclass(frozen=True)
class FilePartition:
    """One file of a source."""

    path: Path
    schema: pa.Schema
    """Names and types of every batch."""
    state: FileState
    """What the file was when it was opened."""

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    def from_anywhere(self) -> Self:
        """Return the same file by its absolute path."""
        return replace(self, path=self.path.absolute())

    def fingerprint(self) -> dict[str, object]:
        """Return the file's name, size, time of last write and SHA-256."""
        digest = sha256_of(self.path)
        self.check_unchanged()
        return {
            "name": self.name,
            "size_bytes": self.state.size_bytes,
            "mtime_ns": str(self.state.mtime_ns),  # beyond what every JSON reader keeps exact
            "sha256": digest,
        }

    def check_unchanged(self) -> None:
        """Refuse the file if it was written to, replaced or removed."""
        self.state.check(self.path)

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Check before and after the block that the file is what it was when it was opened.

        That it changed is said in place of what the block then found wrong with its content.

        Raises:
            SourceError: it changed.
        """
        self.state.check(self.path)
        try:
            yield
        except SourceError:
            self.state.check(self.path)
            raise
        self.state.check(self.path)
