"""Samples for detection: every leaf that a schema shows, and the places below them that rules name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from anonymize.detect import ColumnSample, ColumnSampler
from anonymize.io.spread import SpreadRows
from anonymize.layouts import plain_batch, plain_schema
from anonymize.names import ColumnName
from anonymize.plan.asked import Asked
from anonymize.plan.expected import expected_in_output, output_leaves
from anonymize.plan.model import Plan
from anonymize.plan.nested import Leaf, open_batch
from anonymize.plan.path_index import PathIndex
from anonymize.plan.places import Places
from anonymize.policy import Policy
from anonymize.policy.actions import columns_of

MOST_DOCUMENTS = 4096
"""Rows of a batch whose documents are opened for a sample, evenly spread; parsing is what costs."""

FEW_VALUES = 500
"""A column with fewer values in the chosen rows of a large source is read again, whole."""


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
        """Start empty samples of ``leaves``; ``size`` distinct values are kept of each, None keeps all.

        With ``bytes_read`` binary values that are UTF-8 are looked at as the text they are, others as null. With
        ``every_row`` all rows of a batch are looked at (documents aside), because somebody chose them. ``mark`` is
        as for ``ColumnSampler``.
        """
        named = frozenset(leaf.path for leaf in leaves)
        self._size = size
        self._read = frozenset(leaf.path for leaf in leaves if bytes_read and _is_bytes(leaf.type))
        self._groups = [
            (
                paths,
                Asked(read=paths, listed=named, whole=named),
                ColumnSampler(pa.schema(fields), size, every_row=every_row, mark=mark),
            )
            for paths in (named - in_documents, named & in_documents)
            if (fields := [(leaf.path, self._type(leaf)) for leaf in leaves if leaf.path in paths])
        ]
        self._order = [leaf.path for leaf in leaves]
        self._in_documents = in_documents

    def add(self, batch: pa.RecordBatch) -> None:
        """Take a batch in."""
        for paths, asked, sampler in self._groups:
            rows = plain_batch(batch)
            if paths & self._in_documents and self._size is not None and batch.num_rows > MOST_DOCUMENTS:
                rows = rows.take(pa.array(np.linspace(0, batch.num_rows - 1, MOST_DOCUMENTS).astype(np.int64)))
            columns = open_batch(rows, asked).columns
            values = [self._values(path, columns[path]) for path in self._order if path in paths]
            sampler.add_values(values, whole=rows.num_rows == batch.num_rows)

    def _type(self, leaf: Leaf) -> pa.DataType:
        return pa.string() if leaf.path in self._read else leaf.type

    def _values(self, path: ColumnName, values: pa.Array) -> pa.Array:
        return _as_text(values) if path in self._read else values

    def samples(self, times: float = 1.0) -> tuple[ColumnSample, ...]:
        """Return the samples so far, in the order of the leaves; the rows seen stand for ``times`` as many."""
        made = {sample.name: sample for _, _, sampler in self._groups for sample in sampler.samples(times)}
        return tuple(made[path] for path in self._order)


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pt.is_binary(kind) or pt.is_large_binary(kind) or pt.is_fixed_size_binary(kind))


def _as_text(values: pa.Array) -> pa.StringArray:
    """Return binary values as text, null where they are none."""
    try:
        return values.cast(pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([_decoded(value.as_py()) for value in values], pa.string())


def _decoded(value: bytes | None) -> str | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return None


def source_samples(
    rows: SpreadRows, size: int | None, policy: Policy | None = None, whole: Reread | None = None
) -> tuple[ColumnSample, ...]:
    """Return a sample of every leaf of the source that ``rows`` are from, and of the places that the policy names.

    Args:
        rows: The chosen rows; every one of them is looked at.
        size: Distinct values kept of each.
        policy: Whose rules name places in documents and maps; None looks at what the schema shows.
        whole: Reads named columns whole. A column in which the chosen rows hold few values is read again with it, so
            that a value in one row of ten thousand is looked at too; None where there are no other rows.
    """
    batch = rows.batch()
    places = Places(plain_schema(batch.schema))
    for path in _named(policy) if policy else ():
        places.find(path)
    leaves = [places.by_path[path] for path in places.leaves]
    inside = frozenset(filter(places.in_documents, places.by_path))
    sampler = LeafSampler(leaves, inside, size, every_row=True)
    sampler.add(batch)
    times = rows.total_rows / max(1, batch.num_rows)
    samples = {sample.name: sample for sample in sampler.samples(times)}
    if whole is None or rows.whole:
        return tuple(samples[leaf.path] for leaf in leaves)
    if sparse := _sparse(batch):
        samples |= _filled(whole, sparse, leaves, inside, size, rows.total_rows)
    return tuple(samples[leaf.path] for leaf in leaves)


Reread = Callable[[Sequence[str]], Iterable[pa.RecordBatch]]
"""Yields all rows of the source again, of the named columns."""


def _sparse(batch: pa.RecordBatch) -> list[str]:
    """Return the columns that hold too few values for a sample."""
    return [name for name in batch.schema.names if batch.num_rows - batch.column(name).null_count < FEW_VALUES]


def _filled(
    whole: Reread,
    names: Sequence[str],
    leaves: Sequence[Leaf],
    inside: frozenset[ColumnName],
    size: int | None,
    total_rows: int,
) -> dict[ColumnName, ColumnSample]:
    """Return the samples of these columns' leaves, of each from rows in which it holds something, all over the source.

    The source is read once, not once for each of them.
    """
    found: dict[str, SpreadRows] = {}
    for batch in whole(names):
        for name in names:
            one = batch.select([name])
            rows = found.setdefault(name, SpreadRows(one.schema))
            rows.add(one.filter(one.column(0).is_valid()))
    places, samples = {leaf.path: leaf for leaf in leaves}, dict[ColumnName, ColumnSample]()
    index = PathIndex(places)
    for name, rows in found.items():
        itself = [ColumnName(name)] if index.holds(name) else []
        below = [places[path] for path in (*itself, *index.inside(name))]
        sampler = LeafSampler(below, inside.intersection(leaf.path for leaf in below), size, every_row=True)
        sampler.add(rows.batch())
        times = rows.total_rows / max(1, rows.batch().num_rows)
        nulls = total_rows - rows.total_rows
        for sample in sampler.samples(times):
            samples[sample.name] = replace(sample, rows=sample.rows + nulls, nulls=sample.nulls + nulls)
    return samples


def _named(policy: Policy) -> Iterable[ColumnName]:
    for path, rule in policy.columns.items():
        yield path
        yield from map(ColumnName, sorted(columns_of(rule)))


def output_sampler(plan: Plan, size: int | None) -> LeafSampler:
    """Return a sampler of the output's leaves, but for those in which anything is expected."""
    expected, places = expected_in_output(plan), Places(plan.output_schema)
    leaves = [leaf for leaf, _ in output_leaves(plan) if "*" not in expected[leaf.path]]
    inside = frozenset(leaf.path for leaf in leaves if places.find(leaf.path) and places.in_documents(leaf.path))
    return LeafSampler(leaves, inside, size, bytes_read=True, mark=True)
