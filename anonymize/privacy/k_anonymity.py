"""k-anonymity: how many rows share each combination of quasi-identifiers, measured in mergeable parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc


def class_keys(columns: Sequence[pa.Array]) -> pa.StringArray:
    """Return one string per row that names its equivalence class; a null is a value of its own.

    ``columns`` are the row-aligned quasi-identifiers, of types that cast to string.
    """
    return pc.binary_join_element_wise(*[_framed(_plain(column)) for column in columns], "")


def _framed(column: pa.Array) -> pa.StringArray:
    """Return each value as ``length:value``, a null as ``-``, so that joined values cannot run into each other."""
    text = pc.cast(column, pa.string())
    framed = pc.binary_join_element_wise(pc.cast(pc.binary_length(text), pa.string()), text, ":")
    return pc.fill_null(framed, "-")


def _plain(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if isinstance(column, pa.DictionaryArray) else column


@dataclass(frozen=True)
class ClassCounts:
    """Rows per equivalence class; parts from different batches merge in any order."""

    table: pa.Table
    """``key`` (string) and ``rows`` (int64), one row per class."""

    @classmethod
    def of(cls, columns: Sequence[pa.Array]) -> ClassCounts:
        """Return the counts of one batch's row-aligned quasi-identifiers."""
        counts = pc.value_counts(class_keys(columns))
        return cls(pa.table({"key": counts.field("values").cast(pa.string()), "rows": counts.field("counts")}))

    def merge(self, other: ClassCounts) -> ClassCounts:
        """Return the counts of both parts together."""
        grouped = pa.concat_tables([self.table, other.table]).group_by("key").aggregate([("rows", "sum")])
        return ClassCounts(grouped.rename_columns(["key", "rows"]))

    @property
    def rows(self) -> int:
        """Return the number of rows counted."""
        return int(pc.sum(self.table["rows"]).as_py() or 0)

    def small(self, k: int) -> pa.StringArray:
        """Return the keys of classes with fewer than ``k`` rows."""
        return self.table.filter(pc.less(self.table["rows"], k))["key"].combine_chunks()

    def rows_in_small(self, k: int) -> int:
        """Return the number of rows in classes with fewer than ``k`` rows."""
        sizes = self.table["rows"]
        return int(pc.sum(sizes.filter(pc.less(sizes, k))).as_py() or 0)


@dataclass(frozen=True)
class LinkageRisk:
    """What is left once classes below k are suppressed."""

    k: int
    """Rows in the smallest class that is left; 0 where no row is left."""
    classes: int
    """Classes that are left."""
    highest: float
    """Chance of picking the right row of the most exposed person by quasi-identifiers alone: 1 / k."""
    average: float
    """The same, averaged over rows: classes / rows."""


def linkage_risk(counts: ClassCounts, k: int) -> LinkageRisk:
    """Return the linkage risk of the rows in classes of at least ``k`` (the prosecutor model)."""
    sizes = counts.table["rows"].filter(pc.greater_equal(counts.table["rows"], k))
    if not len(sizes):
        return LinkageRisk(0, 0, 0.0, 0.0)
    smallest, rows = int(pc.min(sizes).as_py()), int(pc.sum(sizes).as_py())
    return LinkageRisk(smallest, len(sizes), 1 / smallest, len(sizes) / rows)
