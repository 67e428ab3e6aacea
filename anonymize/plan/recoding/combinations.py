"""The distinct combinations of quasi-identifiers of some rows, with their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa

from anonymize.plan.recoding.mergeable_table import MergeableTable
from anonymize.privacy import ClassDigests
from anonymize.privacy.digests import Words
from anonymize.transform.columns import plain

_CLASS, _REST = "class", "rest"


@dataclass(frozen=True)
class Combinations(MergeableTable):
    """Distinct combinations by the keyed digest of their class. They hold raw values as published
    without recoding, so they leave their process only encrypted.

    Columns: ``class`` (16 bytes), ``rest`` (16 bytes: the digest of the quasi-identifiers inside
    other columns, which are never generalized), and ``value_N`` for each that is a column.
    """

    @classmethod
    def of(
        cls, classes: ClassDigests, rest: ClassDigests | None, values: Sequence[pa.Array]
    ) -> Self:
        """Return the combinations of one batch.

        Args:
            classes: The class of each row.
            rest: The digest of the quasi-identifiers that are not in ``values``; None if there
                are none.
            values: The row-aligned quasi-identifiers that are columns.
        """
        parts = {_CLASS: classes.keys()}
        parts[_REST] = pa.nulls(len(classes.high), pa.binary(16)) if rest is None else rest.keys()
        for number, column in enumerate(values):
            parts[f"value_{number}"] = plain(column)
        return cls(cls._once(pa.table(parts)))

    @classmethod
    def _once(cls, table: pa.Table) -> pa.Table:
        numbered = pa.table({_CLASS: table[_CLASS], "row": np.arange(table.num_rows)})
        first = numbered.group_by(_CLASS, use_threads=False).aggregate([("row", "min")])
        return table.take(first["row_min"].combine_chunks())

    @property
    def classes(self) -> ClassDigests:
        """Return the digest of each combination's class."""
        return ClassDigests.of_keys(self.table[_CLASS])

    def numbered(self, classes: ClassDigests) -> Words:
        """Return the row of each of ``classes``, which are all that there are."""
        order, others = self.classes.order(), classes.order()
        found = np.empty(len(order), np.int64)
        found[others] = order
        return found

    @property
    def rest(self) -> pa.Array:
        """Return the digest of what is not in ``values``, per combination; null if there is
        nothing.
        """
        return self.table[_REST].combine_chunks()

    def values(self, number: int) -> pa.Array:
        """Return the values of the ``number``-th column."""
        return self.table[f"value_{number}"].combine_chunks()
