"""Cuts batches into large groups of rows, and puts the rows of a group into a secret order."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

GROUP_ROWS = 262_144
GROUP_BYTES = 64 << 20
"""Minimum rows or bytes of a row group, unless it is the only one of its part. In large groups the
position of a row reveals little.
"""
GroupOrder = Callable[[int, int], "npt.NDArray[np.int64]"]
"""Number of a row group and its row count → the order of its rows."""


class RowGroups:
    """Collects batches until they make a row group. Keeps at most two groups."""

    def __init__(self, schema: pa.Schema) -> None:
        """Start with no rows, of batches with ``schema``."""
        self._schema = schema
        self._waiting: list[pa.RecordBatch] = []
        self._rows = self._bytes = 0

    def add(self, batch: pa.RecordBatch) -> pa.Table | None:
        """Add a batch; return a row group if enough rows wait."""
        self._waiting.append(batch)
        self._rows += batch.num_rows
        self._bytes += batch.nbytes
        groups = max(self._rows / GROUP_ROWS, self._bytes / GROUP_BYTES)
        return self._cut(math.ceil(self._rows / groups)) if groups >= 2 else None

    def rest(self) -> pa.Table | None:
        """Return the rows that still wait as the last row group, None if there are none."""
        return self._cut(0)

    def _cut(self, stay: int) -> pa.Table | None:
        """Return the waiting rows except the last ``stay``, which go on waiting."""
        if not self._waiting:
            return None
        table = pa.Table.from_batches(self._waiting, self._schema)
        group = table.slice(0, table.num_rows - stay)
        self._waiting = table.slice(table.num_rows - stay).to_batches() if stay else []
        self._rows, self._bytes = stay, sum(batch.nbytes for batch in self._waiting)
        return group


def reordered(
    columns: list[pa.ChunkedArray], schema: pa.Schema, order: npt.NDArray[np.int64]
) -> pa.Table:
    """Return a group's columns with the rows in ``order``. Empties the list: each column is let go
    of when it has been copied, so that memory holds one copy of a group.
    """
    places, made = pa.array(order, pa.uint32()), []
    while columns:
        made.append(columns.pop(0).combine_chunks().take(places))
    return pa.Table.from_arrays(made, schema=schema)


def in_order(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, order: GroupOrder
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of ``batches``, those of each row group in ``order``."""
    groups = RowGroups(schema)
    for number, group in enumerate(_groups(groups, batches)):
        columns, rows = group.columns, group.num_rows
        del group
        yield from reordered(columns, schema, order(number, rows)).to_batches()


def _groups(groups: RowGroups, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    for batch in batches:
        if (group := groups.add(batch)) is not None:
            yield group
    if (group := groups.rest()) is not None:
        yield group
