"""What a run works on: the pieces of a source's files, and which file each is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from anonymize.io import Partition, Source
from anonymize.io.sources.pieces import cut, pieces_of

_NONE: Mapping[tuple[str, str], Sequence[tuple[int, ...]]] = MappingProxyType({})


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
    def of(
        cls,
        source: Source,
        known: Mapping[tuple[str, str], Sequence[tuple[int, ...]]] = _NONE,
        *,
        slow: bool,
    ) -> Pieces:
        """Return the pieces of a source. ``known`` are those of files, by path and facts of their
        marks; a file that is not among them is searched for its pieces, smaller ones if the
        rules are ``slow``.

        Raises:
            SourceError: a file cannot be read, or changed since it was opened.
        """
        found: list[tuple[Partition, int]] = []
        for number, whole in enumerate(source.partitions()):
            mark = whole.mark() if known else None
            spans = known.get(mark[:2]) if mark else None
            pieces = cut(whole, spans) if spans else pieces_of(whole, slow)
            found += [(piece, number) for piece in pieces]
        return cls(
            tuple(piece for piece, _ in found),
            tuple(number for _, number in found),
            tuple(file.name for file in source.files),
        )
