"""Samples values for detection: every leaf of a schema, and the places below them that rules
name.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from anonymize.arrow.plain_layouts import plain_batch
from anonymize.arrow.text_in_bytes import text_in
from anonymize.detect import ColumnSample, ColumnSampler
from anonymize.names import ColumnName
from anonymize.nested.open_close import Leaf, open_batch
from anonymize.nested.wanted import WantedPlaces

MOST_DOCUMENTS = 4096
"""Number of rows per batch whose documents are opened for a sample, evenly spread. Parsing is the
main cost.
"""


class LeafSampler:
    """Samples the values at given places, batch by batch."""

    def __init__(
        self,
        leaves: Sequence[Leaf],
        in_documents: frozenset[ColumnName],
        size: int | None,
        *,
        bytes_read: bool = False,
        every_row: bool = False,
        mark: bool = False,
    ) -> None:
        """Start empty samples of ``leaves``, with ``size`` distinct values each; None keeps all.

        With ``bytes_read``, binary values that are text are read as such, others as null. With
        ``every_row``, all rows of a batch are read (except documents), because they were chosen
        already. ``mark`` is as for ``ColumnSampler``.
        """
        named = frozenset(leaf.path for leaf in leaves)
        self._size = size
        self._read = frozenset(leaf.path for leaf in leaves if bytes_read and _is_bytes(leaf.type))
        self._groups = [
            (
                paths,
                WantedPlaces(read=paths, listed=named, whole=named),
                ColumnSampler(pa.schema(fields), size, every_row=every_row, mark=mark),
            )
            for paths in (named - in_documents, named & in_documents)
            if (fields := [(leaf.path, self._type(leaf)) for leaf in leaves if leaf.path in paths])
        ]
        self._order = [leaf.path for leaf in leaves]
        self._in_documents = in_documents

    def add(self, batch: pa.RecordBatch) -> None:
        """Add a batch."""
        for paths, asked, sampler in self._groups:
            rows = plain_batch(batch)
            if (
                paths & self._in_documents
                and self._size is not None
                and batch.num_rows > MOST_DOCUMENTS
            ):
                rows = rows.take(
                    pa.array(np.linspace(0, batch.num_rows - 1, MOST_DOCUMENTS).astype(np.int64))
                )
            columns = open_batch(rows, asked).columns
            values = [self._values(path, columns[path]) for path in self._order if path in paths]
            sampler.add_values(values, whole=rows.num_rows == batch.num_rows)

    def _type(self, leaf: Leaf) -> pa.DataType:
        return pa.string() if leaf.path in self._read else leaf.type

    def _values(self, path: ColumnName, values: pa.Array) -> pa.Array:
        return _as_text(values) if path in self._read else values

    def samples(self, times: float = 1.0) -> tuple[ColumnSample, ...]:
        """Return the samples so far, in the order of the leaves; counts are multiplied by
        ``times``.
        """
        made = {
            sample.name: sample
            for _, _, sampler in self._groups
            for sample in sampler.samples(times)
        }
        return tuple(made[path] for path in self._order)


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pt.is_binary(kind) or pt.is_large_binary(kind) or pt.is_fixed_size_binary(kind))


def _as_text(values: pa.Array) -> pa.StringArray:
    """Return binary values as text, null if they are not text."""
    plain = values.cast(pa.binary())
    if not pc.any(pc.match_substring(plain, b"\0")).as_py():  # no UTF-16
        try:
            return plain.cast(pa.string())
        except pa.ArrowInvalid:
            pass
    return pa.array(
        [None if value is None else text_in(value) for value in plain.to_pylist()], pa.string()
    )
