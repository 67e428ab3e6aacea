"""Rows of a table in which numbers move within bounds and categories are swapped."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymize.errors import ArgumentError
from anonymize.readers.robust.cells import (
    Numbers,
    flat,
    numbers_of,
    same,
    swapped,
    values_in,
    with_numbers,
)
from anonymize.readers.robust.interface import Ints

STEPS = 4
"""Options of a number in each direction: quarters of the way."""
_SLACK = 1e-6
"""Of the way: what rounding to float32 or to decimals may add."""


@dataclass(frozen=True)
class Reach:
    """How far an attacker can move a number."""

    by: float
    """The most that it moves, in the column's unit, above 0."""
    direction: Literal["both", "up", "down"] = "both"
    """Which way."""
    least: float | None = None
    """It is not moved below this. One that lies below stays where it is."""
    most: float | None = None
    """It is not moved above this."""

    def __post_init__(self) -> None:
        """Refuse a way that is none.

        Raises:
            ArgumentError: ``by`` is not above 0 and finite, or the direction is unknown.
        """
        if not 0 < self.by < math.inf:
            raise ArgumentError(f"is {self.by}; give a number above 0", place="by")
        if self.direction not in ("both", "up", "down"):
            raise ArgumentError("is not one of both, up, down", place="direction")

    @property
    def options(self) -> int:
        """Return the number of options."""
        return STEPS * (2 if self.direction == "both" else 1)

    def moved(self, numbers: Numbers, option: Ints) -> Numbers:
        """Return the numbers, int64 or float64, each moved by its option, 0 to ``options``. Whole
        numbers move by whole units, never farther than ``by``.
        """
        if self.direction == "both":
            way = np.where(option % 2 == 1, 1, -1) * ((option + 1) // 2)
        else:
            way = option if self.direction == "up" else -option
        step = way * (self.by / STEPS)
        low, high = self.bounds(numbers)
        if numbers.dtype.kind != "i":
            return np.asarray(np.clip(numbers + step, low, high))
        edge = np.iinfo(np.int64)
        whole = np.trunc(np.clip(step, -(2.0**62), 2.0**62)).astype(np.int64)
        moved = numbers + whole
        moved = np.where((whole > 0) & (moved < numbers), edge.max, moved)
        moved = np.where((whole < 0) & (moved > numbers), edge.min, moved)
        return np.asarray(np.clip(moved, low, high))

    def bounds(self, numbers: Numbers) -> tuple[Numbers, Numbers]:
        """Return between what each number stays: `least` and `most`, or where it is beyond them."""
        low: Any = -math.inf if self.least is None else self.least
        high: Any = math.inf if self.most is None else self.most
        if numbers.dtype.kind == "i":
            edge = np.iinfo(np.int64)
            low = int(max(edge.min, math.ceil(low) if low > edge.min else edge.min))
            high = int(min(edge.max, math.floor(high) if high < edge.max else edge.max))
        return np.minimum(numbers, low), np.maximum(numbers, high)

    def reaches(self, before: Numbers, after: Numbers) -> npt.NDArray[np.bool_]:
        """Return for each number whether ``after`` is within reach, also between two steps."""
        low, high = self.bounds(before)
        with np.errstate(over="ignore", invalid="ignore"):
            way = after.astype(np.float64) - before.astype(np.float64)
            slack = _SLACK * (self.by + np.abs(before.astype(np.float64)) * 1e-1)
        least, most = (
            0.0 if self.direction == "up" else -self.by,
            0.0 if self.direction == "down" else self.by,
        )
        near = (way >= least - slack) & (way <= most + slack)
        inside = (after >= low - slack) & (after <= high + slack)
        return np.asarray(
            (near & inside) | (after == before) | (np.isnan(before) & np.isnan(after))
        )


@dataclass(frozen=True)
class TableChanges:
    """Rows of which at most ``most`` columns are changed by an attacker: numbers within their
    `Reach`, categories to one of the values named for them. Columns that are not named stay.

    A slot is a column. Null stays null; so does a number that is none (NaN).
    """

    numbers: Mapping[str, Reach] = field(default_factory=dict)
    """How far the numbers of each column can be moved."""
    categories: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """What the values of each column can be swapped for."""
    most: int = 2
    """Columns of a row that may be changed, at least 1."""

    def __post_init__(self) -> None:
        """Refuse a set that holds nothing, or a column that is both.

        Raises:
            ArgumentError: either, or ``most`` is below 1.
        """
        if self.most < 1:
            raise ArgumentError(f"is {self.most}; give 1 or more", place="most")
        if not self.numbers and not self.categories:
            raise ArgumentError("name a column", place="numbers, categories")
        if both := sorted(set(self.numbers) & set(self.categories)):
            raise ArgumentError(f"both name {', '.join(both)}", place="numbers, categories")

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that may change, in the order of the slots."""
        return (*self.numbers, *self.categories)

    def options(self, rows: pa.Table) -> Ints:
        """Return the number of options of each column, shape (rows, ``len(columns)``)."""
        self._check(rows)
        counts = [reach.options for reach in self.numbers.values()]
        counts += [len(values) for values in self.categories.values()]
        there = [
            flat(rows[name]).is_valid().to_numpy(zero_copy_only=False) for name in self.columns
        ]
        return np.stack(there, axis=1) * np.array(counts, np.int64)

    def changed(self, rows: pa.Table, choices: Ints) -> pa.Table:
        """Return the rows with the chosen option of each column; see `Changes.changed`.

        Raises:
            ArgumentError: the choices are not of these rows, or change more than ``most`` columns.
        """
        choices, options = np.asarray(choices), self.options(rows)
        if choices.shape != options.shape or ((choices < 0) | (choices > options)).any():
            raise ArgumentError("are not of these rows; take those of options", place="choices")
        if len(choices) and int((choices > 0).sum(axis=1).max()) > self.most:
            raise ArgumentError(f"change more than {self.most} columns", place="choices")
        for slot, name in enumerate(self.columns):
            option = choices[:, slot]
            if option.any():
                new = self._column(name, rows[name], option)
                rows = rows.set_column(rows.schema.get_field_index(name), name, new)
        return rows

    def _column(self, name: str, column: pa.ChunkedArray, option: Ints) -> pa.Array:
        if name in self.categories:
            return swapped(column, values_in(name, column, self.categories[name]), option)
        before = numbers_of(name, column)
        after = self.numbers[name].moved(before, option)
        return with_numbers(column, np.where(option > 0, after, before))

    def holds(self, before: pa.Table, after: pa.Table) -> npt.NDArray[np.bool_]:
        """Return for each row whether ``after`` is ``before`` with at most ``most`` columns
        changed, each within what it may become. Numbers may lie between the steps of a search.
        """
        self._check(before)
        if before.schema.names != after.schema.names or len(before) != len(after):
            raise ArgumentError("have other columns, or another number of rows", place="after")
        right, changes = np.ones(len(before), np.bool_), np.zeros(len(before), np.int64)
        for name in before.schema.names:
            equal = same(before[name], after[name])
            changes += ~equal
            right &= equal | self._within(name, before[name], after[name])
        return np.asarray(right & (changes <= self.most))

    def _within(self, name: str, one: Any, other: Any) -> npt.NDArray[np.bool_]:
        first, second = flat(one), flat(other)
        if first.type != second.type or name not in self.columns:
            return np.zeros(len(first), np.bool_)
        if name in self.categories:
            values = set(values_in(name, one, self.categories[name]).to_pylist())
            allowed = np.array([cell in values for cell in second.to_pylist()], np.bool_)
        else:
            allowed = self.numbers[name].reaches(numbers_of(name, one), numbers_of(name, other))
        null = [cells.is_null().to_numpy(zero_copy_only=False) for cells in (first, second)]
        return np.asarray(allowed & ~null[0] & ~null[1])

    def given(self, rows: pa.Table) -> Any:
        """Return the rows as a pandas frame."""
        return rows.to_pandas()

    def _check(self, rows: Any) -> None:
        if not isinstance(rows, pa.Table):
            raise ArgumentError("is no Arrow table; take what `read` returns", place="rows")
        if missing := [name for name in self.columns if name not in rows.schema.names]:
            what = f"the rows have no column {', '.join(missing)}; they have: "
            raise ArgumentError(what + ", ".join(rows.schema.names), place="numbers, categories")
