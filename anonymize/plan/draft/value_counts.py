"""How many values columns of ids have, and whether rows of one key are equal in others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from anonymize.names import ColumnName
from anonymize.transform.columns import is_text, plain

Pair = tuple[ColumnName, ColumnName]
"""A key, and a column in which the rows of a key are equal if it is a person's."""


@dataclass(frozen=True)
class ValueCounts:
    """What was counted of a source's columns of ids and names, over all rows."""

    rows: int = 0
    distinct: Mapping[ColumnName, int] = field(default_factory=dict)
    """Different values; an estimate for many."""
    present: Mapping[ColumnName, int] = field(default_factory=dict)
    """Rows with a value."""
    differ: Mapping[Pair, float] = field(default_factory=dict)
    """Share of the keys with several rows whose rows hold several values, as far as they are near
    each other.
    """

    def missing(self, column: ColumnName) -> float:
        """Return the share of the rows without a value."""
        return 1 - self.present[column] / self.rows if self.rows else 0.0


class RowsOfKeys:
    """Counts the keys whose rows differ in other columns, batch by batch."""

    def __init__(self, pairs: Sequence[Pair]) -> None:
        """Look at these pairs."""
        self._pairs = pairs
        self._repeated, self._differing = Counter[Pair](), Counter[Pair]()

    def add(self, columns: Mapping[ColumnName, Sequence[pa.Array]], rows: int) -> None:
        """Add the leaves of a batch; those that have not one plain value a row are left out."""
        for pair in self._pairs:
            found = [columns.get(name, ()) for name in pair]
            if all(len(one) == 1 and len(one[0]) == rows for one in found):
                key, other = (plain(one[0]) for one in found)
                if _is_compared(key.type) and _is_compared(other.type):
                    self._add(pair, key, other)

    def _add(self, pair: Pair, keys: pa.Array, others: pa.Array) -> None:
        both = pc.and_(pc.is_valid(keys), pc.is_valid(others))
        table = pa.table({"key": keys, "other": others}).filter(both)
        groups = table.group_by("key").aggregate([("other", "count_distinct"), ([], "count_all")])
        repeated = pc.greater(groups["count_all"], 1)
        differing = pc.greater(groups["other_count_distinct"], 1)
        self._repeated[pair] += pc.sum(repeated).as_py() or 0
        self._differing[pair] += pc.sum(differing).as_py() or 0

    def shares(self) -> Mapping[Pair, float]:
        """Return the share of the repeated keys whose rows differ, per pair that has any."""
        return {
            pair: self._differing[pair] / count for pair, count in self._repeated.items() if count
        }


def _is_compared(kind: pa.DataType) -> bool:
    return is_text(kind) or pt.is_integer(kind) or pt.is_floating(kind) or pt.is_temporal(kind)
