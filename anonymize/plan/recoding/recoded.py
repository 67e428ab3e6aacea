"""What is published instead of the quasi-identifiers of each class, for writing processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import pyarrow as pa

from anonymize.names import ColumnName
from anonymize.privacy import AllowedClasses, ClassDigests

RECODED = ColumnName("\0recoded")
"""Associated data under which these facts are encrypted; no column of a policy has this name."""


@dataclass(frozen=True)
class Recoded:
    """Labels per allowed class. They are values of the output, and are encrypted between
    processes.
    """

    table: pa.RecordBatch = field(repr=False)
    """``value_N`` as dictionaries, in the order of the allowed classes."""

    @classmethod
    def of(cls, classes: ClassDigests, columns: Sequence[pa.DictionaryArray]) -> Self:
        """Return the labels of ``classes``, in any order."""
        order = pa.array(classes.order())
        names = [f"value_{number}" for number in range(len(columns))]
        return cls(pa.record_batch([column.take(order) for column in columns], names=names))

    def merge(self, other: Self) -> Self:
        """Recodings are made once, of the whole table."""
        raise AssertionError("two recodings of one table")

    def as_batch(self) -> pa.RecordBatch:
        """Return the labels as one record batch."""
        return self.table

    @classmethod
    def of_batch(cls, batch: pa.RecordBatch) -> Self:
        """Return the labels that ``as_batch`` wrote."""
        return cls(batch)

    def labels(self, number: int, at: pa.Array) -> pa.Array:
        """Return the labels of the ``number``-th column for the classes ``at`` these positions;
        null for null.
        """
        column = self.table.column(number)
        return column.dictionary.take(column.indices.take(at))

    def alike(self, mine: pa.Array, other: Recoded, others: pa.Array) -> bool:
        """Return True if both publish the same for classes at these positions of each."""
        return all(
            self.labels(number, mine).equals(other.labels(number, others))
            for number in range(self.table.num_columns)
        )


def positions(classes: AllowedClasses, digests: ClassDigests) -> pa.Array:
    """Return where each class is in the list; null for one that is not allowed."""
    at = classes.positions(digests)
    return pa.array(at, mask=at < 0)
