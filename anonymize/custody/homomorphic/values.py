"""A version's numeric columns as 64-bit floats, and what of them can be encrypted without loss."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.custody.homomorphic.native import Slots
from anonymize.custody.homomorphic.parameters import (
    DIGITS,
    RANGE,
    SLOTS,
    VALUE_ERROR,
    unit_of,
)
from anonymize.dataset.version_reader import VersionReader
from anonymize.errors import ArgumentError, Problem


class ColumnsNotNumeric(UserWarning):
    """Warning: columns were left out because they are not numbers."""


@dataclass
class Measured:
    """What the first pass finds of a column."""

    whole: bool
    """Whether its values are whole numbers."""
    largest: float = 0.0
    smallest: float = np.inf
    """The smallest size that is not 0."""
    not_finite: int = 0
    unit: float = field(default=1.0)

    def add(self, values: Slots) -> None:
        """Look at values that are not null."""
        finite = np.abs(values[np.isfinite(values)])
        self.not_finite += values.size - finite.size
        if finite.size:
            self.largest = max(self.largest, float(finite.max()))
        if (positive := finite[finite > 0]).size:
            self.smallest = min(self.smallest, float(positive.min()))


def numeric_columns(reader: VersionReader, names: Sequence[str]) -> dict[str, pa.DataType]:
    """Return the numeric columns among ``names``, or among all that the keyring opens.

    Raises:
        ArgumentError: a named column is not numeric, or there is none.
    """
    schema, _ = reader.started(list(names) or None)
    found = {one.name: one.type for one in schema if _is_numeric(one.type)}
    others = [one.name for one in schema if one.name not in found]
    if names and others:
        what = "is no number; numbers, decimals and Booleans can be encrypted for computing"
        raise ArgumentError([Problem(f"column {name}", what) for name in others])
    if not found:
        raise ArgumentError("the version has no numeric column that this keyring opens")
    if others:
        what = f"left out {', '.join(others)}: not numbers"
        warnings.warn(what, ColumnsNotNumeric, stacklevel=3)
    return found


def measured(
    reader: VersionReader, kinds: dict[str, pa.DataType], *, keep_small: bool
) -> tuple[int, dict[str, Measured]]:
    """Return the number of rows, and what the columns are like.

    Raises:
        ArgumentError: there is no row; or values cannot be encrypted without losing them: infinite
            or NaN, whole numbers that would not come back, numbers too small beside the column's
            largest (unless ``keep_small``).
    """
    found = {
        name: Measured(bool(pa.types.is_integer(kind) or pa.types.is_boolean(kind)))
        for name, kind in kinds.items()
    }
    rows = 0
    for batch in reader.started(list(kinds))[1]:
        rows += batch.num_rows
        for name, one in found.items():
            values, present = as_floats(batch.column(name))
            one.add(values[present])
    if not rows:
        raise ArgumentError("the version has no row")
    problems = [
        Problem(f"column {name}", what)
        for name, one in found.items()
        if (what := _lost(one, keep_small))
    ]
    if problems:
        raise ArgumentError(problems)
    return rows, found


def _lost(one: Measured, keep_small: bool) -> str:
    """Return why a column cannot be encrypted; empty if it can. Sets its unit."""
    if one.not_finite:
        return f"{one.not_finite} values are NaN or infinite, which cannot be encrypted"
    if one.largest > RANGE:
        return "has numbers beyond 2^400, which are too large"
    one.unit = unit_of(one.largest)
    if one.unit < 1 / RANGE:
        return "has no number but 0 of at least 2^-400: all are too small"
    error = VALUE_ERROR * one.unit
    if one.whole and error >= 0.5:
        return (
            f"has whole numbers beyond 2^42, which would come back off by up to {error:.2g}: leave"
            " the column out"
        )
    if one.smallest < DIGITS * error and not one.whole and not keep_small:
        return (
            f"has numbers so small beside its largest that they would be lost: a value comes back"
            f" within {error:.2g}; say --small keep if that is enough, or leave the column out"
        )
    return ""


def blocks_of(
    reader: VersionReader, names: Sequence[str]
) -> Iterator[dict[str, tuple[Slots, np.ndarray[Any, Any]]]]:
    """Yield the rows in blocks of `SLOTS`, the last one filled up: per column the values, null as
    0, and which are there.
    """
    kept: dict[str, list[tuple[Slots, np.ndarray[Any, Any]]]] = {name: [] for name in names}
    count = 0
    for batch in reader.started(list(names))[1]:
        start = 0
        while start < batch.num_rows:
            taken = min(SLOTS - count, batch.num_rows - start)
            for name in names:
                kept[name].append(as_floats(batch.column(name).slice(start, taken)))
            start, count = start + taken, count + taken
            if count == SLOTS:
                yield {name: _joined(parts) for name, parts in kept.items()}
                kept, count = {name: [] for name in names}, 0
    if count:
        yield {name: _joined(parts) for name, parts in kept.items()}


def as_floats(column: pa.Array) -> tuple[Slots, np.ndarray[Any, Any]]:
    """Return a column's values as floats, null as 0, and which are there."""
    present = pc.is_valid(column).to_numpy(zero_copy_only=False)
    kind = column.type
    if pa.types.is_boolean(kind):
        column = column.cast(pa.int8())
    elif pa.types.is_float16(kind):
        column = column.cast(pa.float32())
    # whole numbers beyond 2^53 are refused as too large for the precision, so rounding them is fine
    floats = column.cast(pa.float64(), safe=False)
    return pc.fill_null(floats, 0.0).to_numpy(zero_copy_only=False), present


def _joined(parts: Sequence[tuple[Slots, Any]]) -> tuple[Slots, Any]:
    values, present = (np.concatenate(one) for one in zip(*parts, strict=True))
    missing = SLOTS - values.size
    return np.pad(values, (0, missing)), np.pad(present, (0, missing))


def _is_numeric(kind: pa.DataType) -> bool:
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_decimal)
    return any(test(kind) for test in tests)
