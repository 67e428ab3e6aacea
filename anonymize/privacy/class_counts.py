"""People, or rows, per equivalence class: counted in parts that merge in any order, in linear
time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.keys import PurposeKey
from anonymize.privacy.allow_list import AllowedClasses
from anonymize.privacy.digests import OF_PROCESS, ClassDigests, Words, class_digests, number_digests

CLASS = "key"
"""The column that holds a class's digest, 16 bytes."""
_LEAST = 1 << 18
"""Rows below which putting equal ones together is not worth a pass."""
_AT_ONCE = 1 << 21
"""Rows grouped at a time: the memory of one grouping, whatever the table's length."""


@dataclass(frozen=True)
class ClassCounts:
    """Which people are in which class with which sensitive values, by keyed digests; no value can
    be read from it.

    Merging puts tables end to end and groups equal rows only when the table has doubled since, so
    that all merges together cost a few groupings of the whole. 32 bytes a distinct combination of
    class and person, 8 more per sensitive column.
    """

    table: pa.Table = field(repr=False)
    """``key``, where people are counted ``person`` (null: nobody known), ``value_N``, and
    ``rows``.
    """
    sensitive: tuple[str, ...] = ()
    """Names of the sensitive columns, in the order of the ``value_N``."""
    grouped: int = 0
    """Rows at the last grouping."""

    @classmethod
    def of(
        cls,
        columns: Sequence[pa.Array],
        people: pa.Array | None = None,
        sensitive: Mapping[str, pa.Array] | None = None,
        key: PurposeKey = OF_PROCESS,
    ) -> ClassCounts:
        """Return the counts of one batch.

        Args:
            columns: The row-aligned quasi-identifiers.
            people: Whose each row is, as numbers of ``persons``; None where rows are counted.
            sensitive: Sensitive columns by name; a null is a value of its own.
            key: What digests are made with; parts merge when they are of one key.
        """
        parts: dict[str, pa.Array] = {CLASS: class_digests(key, columns).keys()}
        if people is not None:
            parts["person"] = people
        values = sensitive or {}
        for number, column in enumerate(values.values()):
            parts[f"value_{number}"] = pa.array(number_digests(key, "value", column))
        parts["rows"] = pa.array(np.ones(len(parts[CLASS]), np.int64))
        return cls(pa.table(parts), tuple(values)).together()

    @property
    def counts_people(self) -> bool:
        """Return whether classes are sized by people, not rows."""
        return "person" in self.table.column_names

    def merge(self, other: ClassCounts) -> ClassCounts:
        """Return the counts of both parts together."""
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
        """Return the rows whose person is not known; they count as no person."""
        if not self.counts_people:
            return 0
        return int(pc.sum(self.table["rows"].filter(self.table["person"].is_null())).as_py() or 0)

    def most_frequent(self) -> MostFrequent:
        """Return how far the person with the most rows stands above the others; zeros where nobody
        is known.
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
        """Return the list of classes with at least ``k`` people; rows, where rows are counted."""
        sizes = self.sizes()
        enough = sizes.people >= k
        classes = ClassDigests(sizes.classes.high[enough], sizes.classes.low[enough])
        rows, kept = int(sizes.rows.sum()), int(sizes.rows[enough].sum())
        return AllowedClasses.of(classes, rows=rows, rows_in_small=rows - kept)


@dataclass(frozen=True)
class MostFrequent:
    """How often the most frequent person stands in rows and classes; a text for "missing" stands in
    many.
    """

    rows: int = 0
    share: float = 0.0
    """Of all rows, 0 to 1."""
    mean_of_others: float = 0.0
    """Rows of each other person, on average."""
    classes: int = 0
    """Classes of the person that is in most."""
    of_classes: int = 0

    @property
    def implausible(self) -> bool:
        """Return whether this is hardly one person: in a large share of rows or classes, and far
        above the others.
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
    """How large each class is."""

    classes: ClassDigests = field(repr=False)
    """Which."""
    people: Words = field(repr=False)
    """Distinct people of each; its rows where rows are counted."""
    rows: Words = field(repr=False)
    """Rows of each."""


def persons(key: PurposeKey, subjects: pa.Array) -> pa.Array:
    """Return a keyed number for each subject; null, a person of no class, where it is null."""
    return pa.array(number_digests(key, "person", subjects), mask=np.asarray(subjects.is_null()))


def summed(table: pa.Table, keys: Sequence[str], sums: Mapping[str, str]) -> pa.Table:
    """Return ``table`` grouped by ``keys``, which begin with a class's digest; long tables in parts
    of some classes.
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
