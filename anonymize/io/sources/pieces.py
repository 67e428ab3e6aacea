"""Pieces of a file: which bytes or row groups are one piece, and a stream of such bytes.

How a file is divided follows from the file alone: not from the machine, nor from the number of
workers. So one source gives the same parts wherever it is worked on.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import BinaryIO, Protocol, Self, runtime_checkable

from anonymize.errors import SourceError
from anonymize.io.interface import Partition
from anonymize.io.sources.places import FilePlace, Ranged
from anonymize.io.sources.standard_input import StandardInput

SMALLEST_BYTES = 128 << 20
"""Least size of a piece where a file has more than two: about 700,000 rows of 15 columns, four
seconds of work. Each part costs a third of a second for the scan of what it wrote: with pieces of
32 MiB that was a fifth of a run.
"""
TWO_FROM_BYTES = 60 << 20
"""From this size on a file is two pieces at least, so that two processes can share it."""
SMALLEST_SLOW_BYTES = 32 << 20
"""The same under rules that take ten times as long: there the cores count, not the scans."""
LARGEST_BYTES = 256 << 20
"""Greatest size of a piece: what is lost and done again if a worker dies."""
PLAIN_ENDINGS = frozenset({".csv", ".tsv", ".tab", ".psv", ".jsonl", ".ndjson", ".parquet", ".pq"})
"""Endings of files that are divided as a rule."""
MOST_PIECES = 32
"""Pieces of one file, as long as they are smaller than ``LARGEST_BYTES``."""


@dataclass(frozen=True)
class Span:
    """One piece of a file."""

    first: int
    """Its first byte, or its first row group."""
    end: int
    """The byte, or the row group, behind its last."""
    first_row: int
    """Rows of the file before the piece."""
    rows: int
    """Rows of the piece."""
    size_bytes: int
    """Bytes of the piece; of row groups, decompressed."""


@runtime_checkable
class Divisible(Protocol):
    """A partition that can be read in pieces."""

    def pieces(self, slow: bool = False) -> tuple[Self, ...]:
        """Return partitions that have this one's rows in order: itself, if it is small or cannot
        be divided. They are smaller if the rules for its rows are ``slow``.

        Raises:
            SourceError: it cannot be read, or changed since it was opened.
        """
        ...


def pieces_of(partition: Partition, slow: bool = False) -> tuple[Partition, ...]:
    """Return the pieces of a partition in order; itself, if its format cannot be divided."""
    return partition.pieces(slow) if isinstance(partition, Divisible) else (partition,)


def cut(partition: Partition, spans: Sequence[tuple[int, ...]]) -> tuple[Partition, ...]:
    """Return the pieces ``spans`` of a whole file, as an earlier run found them in the same bytes;
    an empty one is the whole file.
    """
    inner = getattr(partition, "inner", None)
    if inner is not None:
        return tuple(replace(partition, inner=one) for one in cut(inner, spans))  # type: ignore[type-var]
    return tuple(
        replace(partition, span=Span(*span)) if span else partition  # type: ignore[type-var]
        for span in spans
    )


def first_row_of(partition: Partition) -> int:
    """Return the number of rows of the file before a partition: rows are told by their number in
    the file.
    """
    span = getattr(_innermost(partition), "span", None)
    return span.first_row if isinstance(span, Span) else 0


def rows_of(partition: Partition) -> int:
    """Return the number of rows of a piece, as they were counted; 0 if they were not."""
    span = getattr(_innermost(partition), "span", None)
    return span.rows if isinstance(span, Span) else 0


def size_bytes_of(partition: Partition) -> int:
    """Return the bytes of a partition, as they are stored; 0 if it is not known."""
    inner = _innermost(partition)
    span = getattr(inner, "span", None)
    if isinstance(span, Span):
        return span.size_bytes
    return int(getattr(getattr(inner, "state", None), "size_bytes", 0))


def travels(partition: Partition) -> bool:
    """Return whether another process can read a partition."""
    place = getattr(_innermost(partition), "place", None)
    while (around := getattr(place, "inner", None) or getattr(place, "archive", None)) is not None:
        place = around
    return not isinstance(place, StandardInput)


def is_hashed_when_divided(partition: Partition) -> bool:
    """Return whether the digest of a partition's file may be known once its pieces are."""
    return isinstance(getattr(_innermost(partition), "place", None), Ranged)


def _innermost(partition: Partition) -> object:
    """Return the file itself, without what renames its columns or adds some."""
    inner: object = partition
    while (wrapped := getattr(inner, "inner", None)) is not None:
        inner = wrapped
    return inner


def parts_expected(partition: Partition, slow: bool = False) -> int:
    """Return about how many pieces a partition will have, before it is divided."""
    if not isinstance(partition, Divisible):
        return 1
    name = getattr(_innermost(partition), "name", "")
    packed = PurePath(str(name)).suffix.lower() not in PLAIN_ENDINGS
    return 1 if packed else pieces_wanted(size_bytes_of(partition), slow)


def pieces_wanted(size_bytes: int, slow: bool = False) -> int:
    """Return the number of pieces for a file with so many bytes of data."""
    smallest = min(SMALLEST_BYTES, SMALLEST_SLOW_BYTES) if slow else SMALLEST_BYTES
    target = min(max(size_bytes // MOST_PIECES, smallest), LARGEST_BYTES)
    return _shared_well(max(2 if size_bytes >= TWO_FROM_BYTES else 1, round(size_bytes / target)))


def _shared_well(count: int) -> int:
    """Return about as many pieces, so that two, four or eight workers are done together."""
    if count < 3:
        return count
    if count < 9:
        return 4 if count < 6 else 8
    return round(count / 4) * 4


class SpanStream(io.RawIOBase):
    """The bytes of a file from ``first`` up to ``end``."""

    def __init__(self, place: FilePlace, first: int, end: int, *, hashed: bool = False) -> None:
        """Open the file. ``hashed`` is for who reads up to the last byte of a place that can take
        the whole file's digest on the way; it is ignored by others.
        """
        self._stream, self._left = _opened(place, first, end, hashed), end - first

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        """Fill ``into`` from the file; return the number of bytes."""
        got: int = self._stream.readinto(memoryview(into)[: self._left])  # type: ignore[attr-defined]
        self._left -= got
        return got

    def close(self) -> None:
        """Close the file too."""
        self._stream.close()
        super().close()


def _opened(place: FilePlace, first: int, end: int, hashed: bool) -> BinaryIO:
    if isinstance(place, Ranged):
        return place.open_hashed(first) if hashed else place.open_span(first, end)
    stream = place.open()
    stream.seek(first)
    return stream


def refuse_other_rows(span: Span | None, rows: int, place: str) -> None:
    """Refuse a piece that had other rows than were counted when the file was divided: the rows of
    the pieces after it would have wrong numbers, or be read twice.

    Raises:
        SourceError: it had.
    """
    if span is not None and rows != span.rows:
        raise SourceError(
            f"{rows} rows were read in a piece of it where {span.rows} were counted before; nothing"
            " was published. A compressed file is read whole; please report the mistake",
            place=place,
        )


def grouped(sizes: Sequence[int], slow: bool = False) -> list[tuple[int, int]]:
    """Return ranges of neighbours of about equal size, for row groups of these bytes."""
    wanted, whole = pieces_wanted(sum(sizes), slow), sum(sizes)
    ranges, first, done = list[tuple[int, int]](), 0, 0
    for number, size in enumerate(sizes):
        done += size
        if done * wanted >= whole * (len(ranges) + 1):
            ranges.append((first, number + 1))
            first = number + 1
    return ranges if first == len(sizes) else [*ranges, (first, len(sizes))]
