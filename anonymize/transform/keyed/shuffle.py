"""Permutes a column's values among the rows of a group."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymize.arrow.sorted_unique import sorted_unique
from anonymize.keys import PurposeKey, prf_uint64
from anonymize.names import ColumnName
from anonymize.transform.columns import as_text, plain, value_type
from anonymize.transform.first_pass import Facts, UnfitError
from anonymize.transform.interface import Row


@dataclass(frozen=True)
class ShuffleFacts:
    """Every row's keyed number, group and value: 16 bytes a row and the values themselves."""

    rows: npt.NDArray[np.uint64] = field(repr=False)
    """Keyed number of each row."""
    groups: npt.NDArray[np.uint64] = field(repr=False)
    """Keyed number of each row's group."""
    values: pa.Array = field(repr=False)
    """The column."""

    def merge(self, other: ShuffleFacts) -> ShuffleFacts:
        """Return the rows of both."""
        rows, groups = (
            np.concatenate([self.rows, other.rows]),
            np.concatenate([self.groups, other.groups]),
        )
        return ShuffleFacts(rows, groups, pa.concat_arrays([self.values, other.values]))

    def as_batch(self) -> pa.RecordBatch:
        """Return a row per row."""
        return pa.RecordBatch.from_arrays(
            [pa.array(self.rows), pa.array(self.groups), self.values],
            names=["rows", "groups", "values"],
        )

    @classmethod
    def of_batch(cls, batch: pa.RecordBatch) -> ShuffleFacts:
        """Return the facts of such rows."""
        return cls(np.asarray(batch["rows"]), np.asarray(batch["groups"]), batch["values"])


@dataclass(frozen=True)
class Shuffle:
    """A keyed permutation of the column within groups: every value stays in the column, in another
    row of its group.

    The rows of a group form a keyed cycle, and each gets the next one's value. So no row of a group
    of two or more keeps its value; the only row of a group does.

    A first pass collects the column, so memory grows with it. The result does not depend on batches
    and partitions. Keeps the column's distribution in each group exactly, and breaks its relation
    to other columns. A value that identifies somebody by itself still shows that this person is in
    the data.
    """

    facts: ClassVar[type[Facts]] = ShuffleFacts
    function_of_row: ClassVar[bool] = False
    """False: a row's value comes from another row."""
    key: PurposeKey = field(repr=False)
    """Key for this action and domain."""
    by: ColumnName
    """A column that distinguishes rows."""
    within: tuple[ColumnName, ...] = ()
    """Columns whose equal values form a group; values stay within their group."""

    @property
    def reads(self) -> tuple[ColumnName, ...]:
        """Return the columns that distinguish rows and form groups."""
        return (self.by, *self.within)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of the values; accepts every type."""
        return value_type(input_type)

    def measure(self, column: pa.Array, row: Row) -> ShuffleFacts:
        """Return the batch's rows."""
        rows, groups = self._numbers(row, len(column))
        return ShuffleFacts(rows, groups, plain(column))

    def fitted(self, facts: ShuffleFacts) -> ShuffleFitted:
        """Return the permutation.

        Raises:
            UnfitError: ``by`` has the same value in two rows.
        """
        if len(sorted_unique(facts.rows)) != len(facts.rows):
            raise UnfitError(
                f"shuffle needs a column that tells rows apart; '{self.by}' repeats or is null"
            )
        circle = np.lexsort((_scrambled(facts.rows), facts.groups))
        order = np.argsort(facts.rows[circle])
        following = circle[_next_in_group(facts.groups[circle])]
        return ShuffleFitted(
            self, facts.rows[circle][order], facts.values.take(pa.array(following[order]))
        )

    def alike(self, one: ShuffleFacts, other: ShuffleFacts) -> bool:
        """Return False: any other row takes part in the permutation."""
        return False

    def _numbers(
        self, row: Row, length: int
    ) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
        rows = prf_uint64(self.key, as_text(plain(row.before[self.by])))
        groups = np.zeros(length, np.uint64)
        for name in self.within:
            groups = _scrambled(groups) ^ prf_uint64(self.key, as_text(plain(row.before[name])))
        return rows, groups


@dataclass(frozen=True)
class ShuffleFitted:
    """The permutation after the first pass."""

    function_of_row: ClassVar[bool] = False

    shuffle: Shuffle
    """The policy."""
    rows: npt.NDArray[np.uint64] = field(repr=False)
    """Keyed numbers of the rows, ascending."""
    values: pa.Array = field(repr=False)
    """The new value of each of them."""

    @property
    def reads(self) -> tuple[ColumnName, ...]:
        """Return the columns that distinguish rows and form groups."""
        return self.shuffle.reads

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of the values."""
        return self.shuffle.output_type(input_type)

    def __call__(self, column: pa.Array, row: Row) -> pa.Array:
        """Return the new value of each row."""
        rows, _ = self.shuffle._numbers(row, len(column))
        if not len(self.rows):
            return column.cast(self.output_type(column.type))
        dealt = self.values.take(
            pa.array(np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1))
        )
        return dealt.cast(self.output_type(column.type))


def _next_in_group(groups: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Return, for each position of sorted groups, the next one in the same group; the first one
    after the last.
    """
    starts = (
        np.flatnonzero(np.concatenate([[True], groups[1:] != groups[:-1]]))
        if len(groups)
        else np.zeros(0, np.int64)
    )
    following = np.arange(1, len(groups) + 1)
    following[np.append(starts[1:], len(groups))[: len(starts)] - 1] = starts
    return following


def _scrambled(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return 64-bit numbers mixed by a fixed bijection. Source: the finalizer of splitmix64."""
    mixed = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
