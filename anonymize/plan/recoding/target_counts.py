"""How often each class has each value of the column that a model is to predict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa

from anonymize.plan.recoding.mergeable_table import MergeableTable
from anonymize.privacy import ClassDigests
from anonymize.transform.columns import plain

_CLASS, _VALUE, _ROWS = "class", "value", "rows"


@dataclass(frozen=True)
class TargetCounts(MergeableTable):
    """Rows per class and value of the target. They hold values, so they leave their process only
    encrypted.

    Columns: ``class`` (16 bytes), ``value``, and ``rows``, each pair of class and value once.
    """

    @classmethod
    def of(cls, classes: ClassDigests, target: pa.Array) -> Self:
        """Return the counts of one batch: the class and the target of each row."""
        ones = pa.array(np.ones(len(target), np.int64))
        return cls(
            cls._once(pa.table([classes.keys(), plain(target), ones], [_CLASS, _VALUE, _ROWS]))
        )

    @classmethod
    def _once(cls, table: pa.Table) -> pa.Table:
        names = [_CLASS, _VALUE, _ROWS]
        grouped = table.group_by(names[:2], use_threads=False).aggregate([(_ROWS, "sum")])
        return grouped.select([_CLASS, _VALUE, f"{_ROWS}_sum"]).rename_columns(names)

    @property
    def classes(self) -> ClassDigests:
        """Return the class of each count."""
        return ClassDigests.of_keys(self.table[_CLASS])

    @property
    def values(self) -> pa.Array:
        """Return the target's value of each count."""
        return self.table[_VALUE].combine_chunks()

    @property
    def rows(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Return the rows of each count."""
        return np.asarray(self.table[_ROWS])
