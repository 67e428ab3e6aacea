"""What the room's callers hold: a source, its partitions, and the keyring as far as files need
it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from anonymize.io.spread import Chosen
from anonymize.names import KeyName


class Partition(Protocol):
    """One file of a source, or the whole of it; plain data, so that it travels to another
    process.
    """

    @property
    def name(self) -> str:
        """The file's name, for messages and part names."""
        ...

    @property
    def path(self) -> Path:
        """Where the file lies."""
        ...

    @property
    def schema(self) -> pa.Schema:
        """Names and types of every batch, the same for all partitions of a source."""
        ...

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order, at most 350,000 a batch, only ``columns`` where given.

        A column is a name or the path of a nested leaf (``profile.email``, ``events[].ip``).

        Raises:
            SourceError: the data is not what the schema says, or changed while it was read.
        """
        ...

    def chosen(self, first: int = 0) -> Iterator[Chosen]:
        """Yield the rows that ``spread.chosen_rows`` chooses, all columns; ``first`` is the first
        row's number.

        Raises:
            SourceError: as ``batches``, for rows that are looked at.
        """
        ...


class KeyWrapper(Protocol):
    """A keyring as Parquet needs it: wraps and unwraps data keys under a named key."""

    def wrap(self, name: KeyName, dek: bytes, aad: bytes, /) -> str:
        """Return ``dek`` wrapped under the current version of key ``name``, naming that version."""
        ...

    def unwrap(self, wrapped: str, aad: bytes, /) -> bytes:
        """Return the key inside ``wrapped``.

        Raises:
            KeysError: the key is not in the keyring, or ``wrapped`` or ``aad`` is not what was
                made.
        """
        ...
