"""What a run works on: the pieces of a source's files, and which file each is of."""

from __future__ import annotations

from dataclasses import dataclass

from anonymize.io import Partition, Source
from anonymize.io.sources.pieces import pieces_of


@dataclass(frozen=True)
class Pieces:
    """The pieces of all files in order; picklable."""

    partitions: tuple[Partition, ...]
    """One for each part that is written."""
    files: tuple[int, ...]
    """The number of each one's file in the source."""
    names: tuple[str, ...]
    """The files' names, in order."""

    @classmethod
    def of(cls, source: Source) -> Pieces:
        """Return the pieces of a source.

        Raises:
            SourceError: a file cannot be read, or changed since it was opened.
        """
        found = [
            (piece, number)
            for number, whole in enumerate(source.partitions())
            for piece in pieces_of(whole)
        ]
        return cls(
            tuple(piece for piece, _ in found),
            tuple(number for _, number in found),
            tuple(file.name for file in source.files),
        )
