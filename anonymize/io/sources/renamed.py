"""Renames the columns of formats whose readers know columns by the names in the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from anonymize.io.interface import Partition
from anonymize.io.sources.column_names import Renames, final_names
from anonymize.io.sources.partition_of import PartitionOf
from anonymize.io.spread import Chosen
from anonymize.nested.schema import projected


@dataclass(frozen=True)
class RenamedPartition(PartitionOf):
    """One file with other names of its columns."""

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order; see `Partition.batches`."""
        schema = projected(self.schema, columns, self.name)
        olds = dict(zip(self.schema.names, self.inner.schema.names, strict=True))
        asked = None if columns is None else [_as_before(column, olds) for column in columns]
        for batch in self.inner.batches(asked):
            yield pa.RecordBatch.from_arrays(batch.columns, schema=schema)

    def chosen(self, first: int = 0) -> Iterator[Chosen]:
        """Yield chosen rows; see `Partition.chosen`."""
        for batch, positions, count in self.inner.chosen(first):
            yield pa.RecordBatch.from_arrays(batch.columns, schema=self.schema), positions, count


def _as_before(path: str, olds: dict[str, str]) -> str:
    """Return a column, or the path of a leaf, in the file's names."""
    for new, old in olds.items():
        if path == new or path.startswith((f"{new}.", f"{new}[")):
            return old + path[len(new) :]
    return path


def renamed(partitions: Sequence[Partition], renames: Renames, place: str) -> tuple[Partition, ...]:
    """Return ``partitions`` with columns renamed; see `final_names`.

    Raises:
        SourceError: as `final_names`.
    """
    if not renames:
        return tuple(partitions)
    old = partitions[0].schema
    names = final_names(old.names, renames, place)
    schema = pa.schema([pa.field(n, f.type) for n, f in zip(names, old, strict=True)])
    return tuple(RenamedPartition(partition, schema) for partition in partitions)
