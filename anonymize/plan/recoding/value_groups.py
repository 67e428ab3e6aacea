"""The distinct sensitive values that hierarchical t-closeness groups, by the keyed digests under
which they are counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa

from anonymize.keys import PurposeKey
from anonymize.plan.recoding.mergeable_table import MergeableTable
from anonymize.privacy.digests import Words, value_digests
from anonymize.transform.columns import as_text, plain


@dataclass(frozen=True)
class SensitiveValues(MergeableTable):
    """Distinct sensitive values by digest. Leaves its process only encrypted.

    Columns: ``column`` (its name), ``digest``, and ``value`` as text: of several spellings that
    count as one value, the least.
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
        return cls(cls._once(pa.concat_tables(parts)))

    @classmethod
    def _once(cls, table: pa.Table) -> pa.Table:
        grouped = table.group_by(["column", "digest"], use_threads=False)
        return grouped.aggregate([("value", "min")]).rename_columns(["column", "digest", "value"])

    def by_digest(self) -> Iterator[tuple[str, Words, pa.Array]]:
        """Yield each column with its digests, ascending, and their values as text."""
        ordered = self.table.sort_by([("column", "ascending"), ("digest", "ascending")])
        names = np.asarray(ordered["column"].to_pylist(), object)
        for name in dict.fromkeys(names.tolist()):
            mine = ordered.filter(pa.array(names == name))
            yield str(name), np.asarray(mine["digest"]), mine["value"].combine_chunks()
