"""Combines rare categories under one name. A first pass counts them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.transform.columns import over_distinct, plain, seen_text, text_result
from anonymize.transform.first_pass import Facts
from anonymize.transform.interface import Row


@dataclass(frozen=True)
class Counts:
    """Rows per category."""

    rows: dict[str, int] = field(default_factory=dict)
    """By category, as text."""

    def merge(self, other: Counts) -> Counts:
        """Return the counts of both."""
        rows = dict(self.rows)
        for category, count in other.rows.items():
            rows[category] = rows.get(category, 0) + count
        return Counts(rows)

    def as_batch(self) -> pa.RecordBatch:
        """Return a row per category."""
        names, counts = (
            pa.array(list(self.rows), pa.string()),
            pa.array(list(self.rows.values()), pa.int64()),
        )
        return pa.RecordBatch.from_arrays([names, counts], names=["category", "rows"])

    @classmethod
    def of_batch(cls, batch: pa.RecordBatch) -> Counts:
        """Return the counts of such rows."""
        return cls(dict(zip(batch["category"].to_pylist(), batch["rows"].to_pylist(), strict=True)))


@dataclass(frozen=True)
class GroupRareCategories:
    """Categories with fewer than ``below`` rows in the whole column become one. Leaks the frequent
    ones unchanged.
    """

    facts: ClassVar[type[Facts]] = Counts
    function_of_row: ClassVar[bool] = True
    below: int
    """Minimum rows of a category that is kept."""
    other: str
    """Replacement for the others."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; accepts every type with a unique text form."""
        return text_result(input_type)

    def measure(self, column: pa.Array, row: Row | None = None) -> Counts:
        """Return the number of rows of each category in ``column``."""
        counted = pc.value_counts(seen_text(plain(column)).drop_null())
        return Counts(
            dict(zip(counted.field(0).to_pylist(), counted.field(1).to_pylist(), strict=True))
        )

    def fitted(self, facts: Counts) -> FrequentOnly:
        """Return the transform that keeps the frequent categories."""
        frequent = sorted(category for category, count in facts.rows.items() if count >= self.below)
        return FrequentOnly(tuple(frequent), self.other)

    def alike(self, one: Counts, other: Counts) -> bool:
        """Return True if the same categories are frequent."""
        return self.fitted(one) == self.fitted(other)


@dataclass(frozen=True)
class FrequentOnly:
    """Keeps the listed categories, and replaces all others by one name."""

    function_of_row: ClassVar[bool] = True
    frequent: tuple[str, ...] = field(repr=False)
    """Categories that are kept, as text."""
    other: str
    """Replacement for the others."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; accepts every type with a unique text form."""
        return text_result(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the category, or the common name for rare ones."""
        return over_distinct(column, self._kept, self.output_type(column.type))

    def _kept(self, values: pa.Array) -> pa.Array:
        texts = seen_text(values)
        known = pc.is_in(texts, pa.array(self.frequent, pa.string()))
        return pc.if_else(pc.or_(known, texts.is_null()), texts, pa.scalar(self.other))
