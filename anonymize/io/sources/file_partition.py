"""What partitions of every format have in common: one file of one schema, unchanged while read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from typing import Self

import pyarrow as pa

from anonymize.errors import SourceError
from anonymize.io.interface import Mark
from anonymize.io.sources.pieces import Span
from anonymize.io.sources.places import FilePlace, PlaceState


@dataclass(frozen=True)
class FilePartition:
    """One file of a source."""

    place: FilePlace
    """Where it is."""
    schema: pa.Schema
    """Names and types of every batch."""
    state: PlaceState
    """What the file was when it was opened."""

    @property
    def name(self) -> str:
        """The file's name."""
        return self.place.name

    def from_anywhere(self) -> Self:
        """Return the same file for a process in another folder."""
        return replace(self, place=self.place.absolute())

    def fingerprint(self) -> dict[str, object]:
        """Return the file's name, the facts of its state (its size, …) and SHA-256."""
        digest = self.place.sha256()
        self.check_unchanged()
        return {"name": self.name, **self.state.facts(), "sha256": digest}

    def mark(self) -> Mark | None:
        """Return the file, the facts that its store changes with its content, and the piece."""
        facts, span = self.place.mark(), getattr(self, "span", None)
        piece = astuple(span) if isinstance(span, Span) else ()
        return Mark(self.place.spelled(), facts, piece) if facts else None

    def check_unchanged(self) -> None:
        """Refuse the file if it was written to, replaced or removed."""
        self.place.check(self.state)

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Check before and after the block that the file is what it was when it was opened.

        That it changed is said in place of what the block then found wrong with its content.

        Raises:
            SourceError: it changed.
        """
        self.place.check(self.state)
        try:
            yield
        except SourceError:
            self.place.check(self.state)
            raise
        self.place.check(self.state)
