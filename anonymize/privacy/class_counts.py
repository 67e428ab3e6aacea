"""Counts people, or rows, per equivalence class, in parts that merge in any order, in linear
time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.keys import PurposeKey
from anonymize.privacy.allow_list import AllowedClasses
from anonymize.privacy.digests import (
    OF_PROCESS,
    ClassDigests,
    Words,
    class_digests,
    number_digests,
    value_digests,
)

CLASS = "key"
"""Name of the column with a class's digest, 16 bytes."""
_LEAST = 1 << 18
"""Minimum rows for grouping equal ones; for fewer it does not pay."""
_AT_ONCE = 1 << 21
"""Number of rows that are grouped at a time, which bounds the memory for any length of the
table.
"""


@dataclass(frozen=True)
class ClassCounts:
    """People per class with their sensitive values, as keyed digests; no value can be read from it.

    Merging concatenates tables, and groups equal rows only if the table has doubled since the last
    grouping, so that all merges together cost a few groupings of the whole. Needs 32 bytes per
    distinct combination of class and person, and 8 more per sensitive column.
    """

    table: pa.Table = field(repr=False)
    """``key``, ``person`` if people are counted (null: unknown), ``value_N``, and ``rows``."""
    sensitive: tuple[str, ...] = ()
    """Names of the sensitive columns, in the order of the ``value_N``."""
    grouped: int = 0
    """Rows at the last grouping."""

    @classmethod
    def of(
        cls,
        columns: Sequence[pa.Array] | ClassDigests,
        people: pa.Array | None = None,
        sensitive: Mapping[str, pa.Array] | None = None,
        key: PurposeKey = OF_PROCESS,
    ) -> ClassCounts:
        """Return the counts of one batch.

        Args:
            columns: The row-aligned quasi-identifiers, or the digests of their classes.
            people: The person of each row, as numbers of ``persons``; None if rows are counted.
            sensitive: Sensitive columns by name.
            key: Key for the digests; parts merge only if they have the same key.
        """
        classes = columns if isinstance(columns, ClassDigests) else class_digests(key, columns)
        parts: dict[str, pa.Array] = {CLASS: classes.keys()}
        if people is not None:
            parts["person"] = people
        values = sensitive or {}
        for number, column in enumerate(values.values()):
            parts[f"value_{number}"] = pa.array(value_digests(key, column))
        parts["rows"] = pa.array(np.ones(len(parts[CLASS]), np.int64))
        return cls(pa.table(parts), tuple(values)).together()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by Arrow's stream format: grouped tables are slices of one buffer, and pickled as
        they are each slice takes the whole buffer along (27 times the counts of 876,000 classes).
        """
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, self.table.schema) as stream:
            stream.write_table(self.table)
        return _of_stream, (sink.getvalue(), self.sensitive, self.grouped)

    @property
    def counts_people(self) -> bool:
        """Return True if people are counted, not rows."""
        return "person" in self.table.column_names

    def merge(self, other: ClassCounts) -> ClassCounts:
        """Return the merged counts of both parts."""
        whole = ClassCounts(
            pa.concat_tables([self.table, other.table]),
            self.sensitive,
            max(self.grouped, other.grouped),
        )
        return whole.together() if whole.table.num_rows > 2 * max(whole.grouped, _LEAST) else whole

    def together(self) -> ClassCounts:
        """Return the same with one row per combination."""
        if self.table.num_rows == self.grouped:
            return self
        keys = [name for name in self.table.column_names if name != "rows"]
        table = summed(self.table, keys, {"rows": "sum"}).rename_columns([*keys, "rows"])
        return ClassCounts(table, self.sensitive, table.num_rows)

    @property
    def rows(self) -> int:
        """Return the number of rows counted."""
        return int(pc.sum(self.table["rows"]).as_py() or 0)

    @property
    def rows_of_nobody(self) -> int:
        """Return the number of rows whose person is unknown; they count as no person."""
        if not self.counts_people:
            return 0
        return int(pc.sum(self.table["rows"].filter(self.table["person"].is_null())).as_py() or 0)

    def most_frequent(self) -> MostFrequent:
        """Return how far the person with the most rows exceeds the others; zeros if no person is
        known.
        """
        if not self.counts_people:
            return MostFrequent()
        known = self.table.filter(self.table["person"].is_valid())
        if not known.num_rows:
            return MostFrequent()
        grouped = known.group_by("person", use_threads=False).aggregate(
            [("rows", "sum"), (CLASS, "count_distinct")]
        )
        rows, classes = _words(grouped["rows_sum"]), _words(grouped[f"{CLASS}_count_distinct"])
        at, people = int(rows.argmax()), len(rows)
        others = (int(rows.sum()) - int(rows[at])) / max(1, people - 1)
        of_classes = int(pc.count_distinct(self.table[CLASS]).as_py())
        return MostFrequent(
            int(rows[at]), int(rows[at]) / self.rows, others, int(classes.max()), of_classes
        )

    def sizes(self) -> ClassSizes:
        """Return each class's people and rows."""
        whole = self.together().table
        if self.sensitive:
            keys = [name for name in whole.column_names if name in (CLASS, "person")]
            whole = summed(whole, keys, {"rows": "sum"}).rename_columns([*keys, "rows"])
        if not self.counts_people:
            rows = _words(whole["rows"])
            return ClassSizes(ClassDigests.of_keys(whole[CLASS]), rows, rows)
        sizes = summed(whole, [CLASS], {"person": "count", "rows": "sum"})
        return ClassSizes(
            ClassDigests.of_keys(sizes[CLASS]),
            _words(sizes["person_count"]),
            _words(sizes["rows_sum"]),
        )

    def allowed(self, k: int) -> AllowedClasses:
        """Return the list of classes with at least ``k`` people, or rows if rows are counted."""
        sizes = self.sizes()
        enough = sizes.people >= k
        classes = ClassDigests(sizes.classes.high[enough], sizes.classes.low[enough])
        rows, kept = int(sizes.rows.sum()), int(sizes.rows[enough].sum())
        return AllowedClasses.of(classes, rows=rows, rows_in_small=rows - kept)


@dataclass(frozen=True)
class MostFrequent:
    """Frequency of the most frequent person in rows and classes. A text for "missing" is in
    many.
    """

    rows: int = 0
    share: float = 0.0
    """Share of all rows, 0 to 1."""
    mean_of_others: float = 0.0
    """Mean rows of the other persons."""
    classes: int = 0
    """Number of classes of the person that is in most."""
    of_classes: int = 0

    @property
    def implausible(self) -> bool:
        """Return True if this is probably not one person: a large share of rows or classes, and far
        more than the others.
        """
        often = self.rows > 20 and self.share > 0.05 and self.rows >= 5 * self.mean_of_others
        spread = (
            self.classes > 20
            and self.classes > 0.05 * self.of_classes
            and self.rows >= 5 * self.mean_of_others
        )
        return often or spread


@dataclass(frozen=True)
class ClassSizes:
    """Sizes of the classes."""

    classes: ClassDigests = field(repr=False)
    """The classes."""
    people: Words = field(repr=False)
    """Number of distinct people of each; of rows if rows are counted."""
    rows: Words = field(repr=False)
    """Number of rows of each."""


def persons(key: PurposeKey, subjects: pa.Array) -> pa.Array:
    """Return a keyed number for each subject; null for null, which is no person."""
    return pa.array(number_digests(key, "person", subjects), mask=np.asarray(subjects.is_null()))


def _of_stream(stream: pa.Buffer, sensitive: tuple[str, ...], grouped: int) -> ClassCounts:
    return ClassCounts(pa.ipc.open_stream(stream).read_all(), sensitive, grouped)


def summed(table: pa.Table, keys: Sequence[str], sums: Mapping[str, str]) -> pa.Table:
    """Return ``table`` grouped by ``keys``, of which the first is a class's digest; long tables in
    parts of some classes each.
    """
    parts = max(1, -(-table.num_rows // _AT_ONCE))
    if parts == 1:
        return _grouped(table, keys, sums)
    place = ClassDigests.of_keys(table[CLASS]).high.view(np.uint64) % np.uint64(parts)
    return pa.concat_tables(
        [
            _grouped(table.filter(pa.array(place == np.uint64(part))), keys, sums)
            for part in range(parts)
        ]
    )


def _grouped(table: pa.Table, keys: Sequence[str], sums: Mapping[str, str]) -> pa.Table:
    wanted = [
        (name, how, pc.CountOptions(mode="only_valid") if how == "count" else None)
        for name, how in sums.items()
    ]
    made = table.group_by(list(keys), use_threads=False).aggregate(wanted)
    return made.select([*keys, *(name for name in made.column_names if name not in keys)])


def _words(column: pa.ChunkedArray) -> Words:
    return np.asarray(column.cast(pa.int64()))
