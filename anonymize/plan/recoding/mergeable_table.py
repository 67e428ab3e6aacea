"""What the first pass sends of values under keyed digests: a table that merges and travels."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Self

import pyarrow as pa


@dataclass(frozen=True)
class MergeableTable(ABC):
    """Facts of some rows as a table, which merge in any order. They hold values, so they leave
    their process only encrypted.
    """

    table: pa.Table = field(repr=False)
    """The facts; each kind says its columns."""

    @classmethod
    @abstractmethod
    def _once(cls, table: pa.Table) -> pa.Table:
        """Return ``table`` with each fact once, however many batches told it."""

    def merge(self, other: Self) -> Self:
        """Return the facts of both."""
        return type(self)(self._once(pa.concat_tables([self.table, other.table])))

    def as_batch(self) -> pa.RecordBatch:
        """Return the facts as one record batch."""
        return pa.record_batch(
            [column.combine_chunks() for column in self.table.columns],
            names=self.table.column_names,
        )

    @classmethod
    def of_batch(cls, batch: pa.RecordBatch) -> Self:
        """Return the facts that ``as_batch`` wrote."""
        return cls(pa.Table.from_batches([batch]))
