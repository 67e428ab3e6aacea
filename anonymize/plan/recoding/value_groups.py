"""The distinct sensitive values that hierarchical t-closeness groups, by the keyed digests under
which they are counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import pyarrow as pa

from anonymize.keys import PurposeKey
from anonymize.privacy.digests import Words, value_digests
from anonymize.transform.columns import as_text, plain


@dataclass(frozen=True)
class SensitiveValues:
    """Distinct sensitive values by digest. Leaves its process only encrypted."""

    table: pa.Table = field(repr=False)
    """``column`` (its name), ``digest``, and ``value`` as text: of several spellings that count as
    one value, the least.
    """

    @classmethod
    def of(
        cls, key: PurposeKey, counted: Mapping[str, pa.Array], written: Mapping[str, pa.Array]
    ) -> Self:
        """Return the values of row-aligned columns, by name.

        Args:
            key: Key for the digests.
            counted: The values as they are counted: spellings of one value are equal.
            written: The same rows' values as they are published.
        """
        parts = [
            pa.table(
                {
                    "column": pa.repeat(name, len(column)),
                    "digest": value_digests(key, column),
                    "value": as_text(plain(written[name])),
                }
            )
            for name, column in counted.items()
        ]
        return cls(_least(pa.concat_tables(parts)))

    def merge(self, other: Self) -> Self:
        """Return the values of both."""
        return type(self)(_least(pa.concat_tables([self.table, other.table])))

    def as_batch(self) -> pa.RecordBatch:
        """Return the values as one record batch."""
        return pa.record_batch(
            [column.combine_chunks() for column in self.table.columns],
            names=self.table.column_names,
        )

    @classmethod
    def of_batch(cls, batch: pa.RecordBatch) -> Self:
        """Return the values that ``as_batch`` wrote."""
        return cls(pa.Table.from_batches([batch]))

    def by_digest(self) -> Iterator[tuple[str, Words, pa.Array]]:
        """Yield each column with its digests, ascending, and their values as text."""
        ordered = self.table.sort_by([("column", "ascending"), ("digest", "ascending")])
        names = np.asarray(ordered["column"].to_pylist(), object)
        for name in dict.fromkeys(names.tolist()):
            mine = ordered.filter(pa.array(names == name))
            yield str(name), np.asarray(mine["digest"]), mine["value"].combine_chunks()


def _least(table: pa.Table) -> pa.Table:
    grouped = table.group_by(["column", "digest"], use_threads=False)
    made = grouped.aggregate([("value", "min")]).rename_columns(["column", "digest", "value"])
    return made
