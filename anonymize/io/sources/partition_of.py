"""A partition that gives the rows of another one with other columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import pyarrow as pa

from anonymize.io.interface import Mark, Partition
from anonymize.io.sources.pieces import pieces_of


@dataclass(frozen=True)
class PartitionOf:
    """What such a partition has of the one inside: the file, and whether it changed."""

    inner: Partition
    schema: pa.Schema
    """Names and types of every batch."""

    @property
    def name(self) -> str:
        """The file's name."""
        return self.inner.name

    def from_anywhere(self) -> Self:
        """Return the same file for a process in another folder."""
        return replace(self, inner=self.inner.from_anywhere())

    def pieces(self, slow: bool = False) -> tuple[Self, ...]:
        """Return the pieces of the file; see `Divisible.pieces`."""
        return tuple(replace(self, inner=piece) for piece in pieces_of(self.inner, slow))

    def fingerprint(self) -> dict[str, object]:
        """Return the file's fingerprint; names and folders are not in it."""
        return self.inner.fingerprint()

    def mark(self) -> Mark | None:
        """Return the file's mark."""
        return self.inner.mark()

    def check_unchanged(self) -> None:
        """Refuse the file if it changed."""
        self.inner.check_unchanged()
