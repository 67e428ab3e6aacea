"""Chooses rows evenly from a whole source by their numbers only, so that the same rows are chosen
however the source is stored.

Rows are chosen in runs of ``RUN``. A run's key is its number multiplied by the golden ratio modulo
2^32. Keys of consecutive runs are spread evenly (the three-distance theorem), so the runs below any
bound are too. All rows are taken up to ``MOST_ROWS``; each time their number doubles from there,
the bound is halved. The choice depends only on the number of rows, and a reader that knows its row
number need not parse the other rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

RUN = 64
"""Number of rows that are chosen together: few enough that a sample of a large file comes from a
thousand places.
"""
MOST_ROWS = 32_768
"""Maximum number of rows to keep; of more rows at least half as many are kept."""
MOST_BYTES = 64 << 20
"""Maximum bytes of them to keep; long texts are thinned further."""
MOST_LEVELS = 26
"""At least one run in 2 to the power of this is kept."""
_GOLDEN = 2_654_435_769
"""2^32 divided by the golden ratio, odd."""

Rows = np.ndarray[Any, np.dtype[np.int64]]


def level_at(row: int) -> int:
    """Return how often the bound was halved before the row of this number, counted from 0."""
    return max(0, row // MOST_ROWS).bit_length()


def _chosen(rows: Rows, level: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    keys = (rows // RUN).astype(np.uint64) * np.uint64(_GOLDEN) & np.uint64(0xFFFFFFFF)
    return np.asarray(keys < np.uint64(1 << max(0, 32 - level)))


def chosen_rows(first: int, count: int) -> Rows:
    """Return which of ``count`` rows from number ``first`` on must be read, as positions from 0.

    These are a few more than are kept in the end, because the total number of rows is not known
    yet.
    """
    parts, start, end = [], first, first + count
    while start < end:
        level = level_at(start)
        stop = min(end, MOST_ROWS << level)
        rows = np.arange(start, stop, dtype=np.int64)
        parts.append((rows[_chosen(rows, level)] if level else rows) - first)
        start = stop
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def chosen_numbers(first: int, count: int) -> Rows:
    """Return which of ``count`` rows from number ``first`` on are kept if they are the last ones,
    as positions from 0. Memory does not grow with ``count``.
    """
    level = level_at(first + count - 1)
    if not level:
        return np.arange(count, dtype=np.int64)
    parts = []
    for run in range(first // RUN, (first + count - 1) // RUN + 1, 1 << 20):
        starts = np.arange(run, run + (1 << 20), dtype=np.int64) * RUN
        parts.append(starts[_chosen(starts, level)])
    rows = (np.concatenate(parts)[:, None] + np.arange(RUN)).ravel() - first
    return np.asarray(rows[(rows >= 0) & (rows < count)])


def runs_of(positions: Rows) -> Iterator[tuple[int, int]]:
    """Yield the first and last + 1 of every stretch of consecutive positions."""
    if len(positions):
        breaks = np.flatnonzero(np.diff(positions) != 1)
        starts = positions[np.concatenate([[0], breaks + 1])].tolist()
        yield from zip(
            starts, (positions[np.concatenate([breaks, [-1]])] + 1).tolist(), strict=True
        )


@dataclass
class _Kept:
    """The kept rows of one batch, by their numbers in the source."""

    rows: Rows
    batch: pa.RecordBatch
    size_bytes: int

    def at(self, level: int) -> _Kept:
        """Return those that ``level`` chooses."""
        stay = _chosen(self.rows, level)
        if stay.all():
            return self
        batch = self.batch.take(pa.array(np.flatnonzero(stay)))
        return _Kept(self.rows[stay], batch, text_bytes(batch))


class SpreadRows:
    """Collects the chosen rows of one source. Equal rows in equal order give equal results, however
    they are batched.
    """

    def __init__(self, schema: pa.Schema) -> None:
        """Start without rows."""
        self._schema = schema
        self._kept: list[_Kept] = []
        self._level = self._bytes = self.total_rows = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Add the next rows; rows that are not chosen are ignored."""
        positions = chosen_rows(self.total_rows, batch.num_rows)
        chosen = batch if len(positions) == batch.num_rows else batch.take(pa.array(positions))
        self.add_chosen(chosen, positions, batch.num_rows)

    def add_chosen(self, chosen: pa.RecordBatch, positions: Rows, count: int) -> None:
        """Add the rows that ``chosen_rows`` chose of the next ``count`` rows, with their positions.

        The final choice depends on all rows: a level that keeps too many of some rows keeps too
        many of all. So it does not matter after which batches the level is checked.
        """
        rows = positions + self.total_rows
        self.total_rows += count
        new = _Kept(rows, chosen, text_bytes(chosen)).at(self._level)
        if len(new.rows):
            self._kept.append(new)
            self._bytes += new.size_bytes
        self._raise_to(level_at(self.total_rows - 1))
        while self._bytes > MOST_BYTES and self._level < MOST_LEVELS:
            self._raise_to(self._level + 1)

    def _raise_to(self, level: int) -> None:
        if level > self._level:
            self._level = level
            self._kept = [left for kept in self._kept if len((left := kept.at(level)).rows)]
            self._bytes = sum(kept.size_bytes for kept in self._kept)

    def batch(self) -> pa.RecordBatch:
        """Return the kept rows, in order, as one batch."""
        batches = [kept.batch for kept in self._kept]
        return (
            pa.concat_batches(batches)
            if batches
            else pa.RecordBatch.from_pylist([], schema=self._schema)
        )

    @property
    def whole(self) -> bool:
        """Return True if every row is kept."""
        return not self._level


def text_bytes(batch: pa.RecordBatch) -> int:
    """Return the bytes of a batch's texts at any depth, counted by rows, because buffers may be
    shared and larger.
    """
    return sum(_bytes_of(column) for column in batch.columns)


def _bytes_of(column: pa.Array) -> int:
    kind = column.type
    if isinstance(column, pa.ExtensionArray):
        return _bytes_of(column.storage)
    if pt.is_dictionary(kind):
        return _bytes_of(column.dictionary) if len(column) else 0
    if pt.is_struct(kind):
        return sum(map(_bytes_of, column.flatten()))
    if pt.is_map(kind):
        first, last = (
            (column.offsets[0].as_py(), column.offsets[-1].as_py()) if len(column) else (0, 0)
        )
        return sum(
            _bytes_of(half.slice(first, last - first)) for half in (column.keys, column.items)
        )
    if pt.is_list(kind) or pt.is_large_list(kind) or pt.is_fixed_size_list(kind):
        return _bytes_of(column.flatten())
    if (
        pt.is_string(kind)
        or pt.is_binary(kind)
        or pt.is_large_string(kind)
        or pt.is_large_binary(kind)
    ):
        return int(pc.sum(pc.binary_length(column)).as_py() or 0)
    return 0


Chosen = tuple[pa.RecordBatch, Rows, int]
"""The chosen rows, their positions among those read, and the number of rows read."""


def chosen_of(batches: Iterable[pa.RecordBatch], first: int) -> Iterator[Chosen]:
    """Yield the chosen rows of ``batches``, whose first row has this number in the source."""
    for batch in batches:
        positions = chosen_rows(first, batch.num_rows)
        yield (
            (batch if len(positions) == batch.num_rows else batch.take(pa.array(positions))),
            positions,
            len(batch),
        )
        first += batch.num_rows
