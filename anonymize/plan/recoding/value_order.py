"""The order of sensitive numbers and dates, by the keyed digests under which they are counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from anonymize.keys import PurposeKey
from anonymize.plan.recoding.mergeable_table import MergeableTable
from anonymize.privacy.digests import Words, value_digests
from anonymize.transform.columns import plain, value_type


def has_order(kind: pa.DataType) -> bool:
    """Return True if values of ``kind`` are numbers, dates or times."""
    kind = value_type(kind)
    return bool(
        pt.is_integer(kind) or pt.is_floating(kind) or pt.is_decimal(kind) or pt.is_date(kind)
        or pt.is_timestamp(kind) or pt.is_time(kind) or pt.is_duration(kind)
    )  # fmt: skip


@dataclass(frozen=True)
class ValueOrder(MergeableTable):
    """Distinct sensitive values as numbers, by digest. Leaves its process only encrypted.

    Columns: ``column`` (its name), ``digest``, and ``number``: null for null.
    """

    @classmethod
    def of(cls, key: PurposeKey, columns: Mapping[str, pa.Array]) -> Self:
        """Return the order of the values of row-aligned ``columns``, by name."""
        parts = []
        for name, column in columns.items():
            values = pc.unique(plain(column))
            parts.append(
                pa.table(
                    {
                        "column": pa.repeat(name, len(values)),
                        "digest": value_digests(key, values),
                        "number": numbers_of(values),
                    }
                )
            )
        return cls(pa.concat_tables(parts))

    @classmethod
    def _once(cls, table: pa.Table) -> pa.Table:
        grouped = table.group_by(["column", "digest"], use_threads=False)
        return grouped.aggregate([("number", "min")]).rename_columns(["column", "digest", "number"])

    def digests(self) -> dict[str, Words]:
        """Return each column's digests from the least value to the greatest; null comes last."""
        ordered = self.table.sort_by([("column", "ascending"), ("number", "ascending")])
        names = np.asarray(ordered["column"].to_pylist(), object)
        digests = np.asarray(ordered["digest"])
        return {str(name): digests[names == name] for name in dict.fromkeys(names.tolist())}


def numbers_of(values: pa.Array) -> pa.Array:
    """Return values of a type that has an order as float64; null for null."""
    kind = values.type
    if pt.is_temporal(kind):
        values = values.view(pa.int32() if kind.bit_width == 32 else pa.int64())
    return values.cast(pa.float64(), safe=False)
