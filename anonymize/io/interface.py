"""Interfaces of this package: a source's partitions, and the part of a keyring that files need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol, Self

import pyarrow as pa

from anonymize.io.spread import Chosen
from anonymize.names import KeyName


class Mark(NamedTuple):
    """A partition at one moment: two equal marks are of one content. For the owner only, because it
    names the file.
    """

    file: str
    """Path or address."""
    facts: str
    """What changes with every write to the file."""
    span: tuple[int, ...] = ()
    """The piece of the file, as `anonymize.io.sources.pieces.Span`; empty for all of it."""

    @property
    def place(self) -> tuple[str, int]:
        """Which file, and where in it."""
        return self.file, self.span[0] if self.span else 0


class Partition(Protocol):
    """One file of a source, or a piece of one. Plain data, so that another process can have it.

    A piece is a partition of its own under the file's name; its errors tell the rows of the file.
    The fingerprint and the sample for detection are of whole files.
    """

    @property
    def name(self) -> str:
        """The file's name, for messages and part names."""
        ...

    @property
    def schema(self) -> pa.Schema:
        """Names and types of every batch; equal for all partitions of a source."""
        ...

    def from_anywhere(self) -> Self:
        """Return the partition so that a process in another folder can read it: a file by its
        absolute path.
        """
        ...

    def fingerprint(self) -> dict[str, object]:
        """Return what identifies the content: ``name``, ``sha256``, and for a file its size and the
        time it was last written. Reads all of it once.

        Raises:
            SourceError: it changed since it was opened.
        """
        ...

    def mark(self) -> Mark | None:
        """Return what tells, without reading it, that the content is the one of before; None where
        nothing does, for example for a database's table.
        """
        ...

    def check_unchanged(self) -> None:
        """Refuse the partition if it is not as it was when it was opened.

        Raises:
            SourceError: it changed, or is gone.
        """
        ...

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order, at most 350,000 a batch; only ``columns`` if given.

        A column is a name or the path of a nested leaf (``profile.email``, ``events[].ip``).

        Raises:
            SourceError: the data does not match the schema, or changed while it was read.
        """
        ...

    def chosen(self, first: int = 0) -> Iterator[Chosen]:
        """Yield the rows that ``spread.chosen_rows`` chooses, with all columns; ``first`` is the
        first row's number.

        Raises:
            SourceError: as ``batches``, for rows that are read.
        """
        ...


class KeyWrapper(Protocol):
    """The part of a keyring that Parquet needs: wraps and unwraps data keys with a named key."""

    def wrap(self, name: KeyName, dek: bytes, aad: bytes, /) -> str:
        """Return ``dek`` wrapped by the current version of key ``name``; the result names that
        version.
        """
        ...

    def unwrap(self, wrapped: str, aad: bytes, /) -> bytes:
        """Return the key inside ``wrapped``.

        Raises:
            KeysError: the key is not in the keyring, or ``wrapped`` or ``aad`` was changed.
        """
        ...
