"""Samples a source: every leaf of its schema, and the places below them that rules name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import pyarrow as pa

from anonymize.arrow.plain_layouts import plain_schema
from anonymize.detect import ColumnSample
from anonymize.io.spread import SpreadRows
from anonymize.names import ColumnName
from anonymize.nested.open_close import Leaf
from anonymize.nested.path_index import PathIndex
from anonymize.nested.places import Places
from anonymize.nested.sampling import LeafSampler
from anonymize.policy import Policy
from anonymize.policy.actions import columns_of

FEW_VALUES = 500
"""Columns with fewer values in the chosen rows of a large source are read again as a whole."""


def source_samples(
    rows: SpreadRows, size: int | None, policy: Policy | None = None, whole: Reread | None = None
) -> tuple[ColumnSample, ...]:
    """Return a sample of every leaf of the source that ``rows`` are from, and of the places that
    the policy names.

    Args:
        rows: The chosen rows; all of them are read.
        size: Number of distinct values to keep of each.
        policy: Policy whose rules name places in documents and maps; None samples the schema's
            leaves only.
        whole: Reads named columns as a whole. A column with few values in the chosen rows is read
            again with it, so that a value in one row of ten thousand is found too; None if there
            are no other rows.
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
    """Return the columns with too few values for a sample."""
    return [
        name
        for name in batch.schema.names
        if batch.num_rows - batch.column(name).null_count < FEW_VALUES
    ]


def _filled(
    whole: Reread,
    names: Sequence[str],
    leaves: Sequence[Leaf],
    inside: frozenset[ColumnName],
    size: int | None,
    total_rows: int,
) -> dict[ColumnName, ColumnSample]:
    """Return samples of these columns' leaves, each from rows all over the source in which the leaf
    has a value.

    The source is read once for all of them.
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
        sampler = LeafSampler(
            below, inside.intersection(leaf.path for leaf in below), size, every_row=True
        )
        sampler.add(rows.batch())
        times = rows.total_rows / max(1, rows.batch().num_rows)
        nulls = total_rows - rows.total_rows
        for sample in sampler.samples(times):
            samples[sample.name] = replace(
                sample, rows=sample.rows + nulls, nulls=sample.nulls + nulls
            )
    return samples


def _named(policy: Policy) -> Iterable[ColumnName]:
    for path, rule in policy.columns.items():
        yield path
        yield from map(ColumnName, sorted(columns_of(rule)))
