"""Evaluates filters of the policy language (pyarrow's form) as row masks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.names import ColumnName
from anonymize.policy import Condition, Filter
from anonymize.transform.columns import plain

_COMPARE: Mapping[str, Callable[[pa.Array, pa.Scalar], pa.Array]] = {
    "=": pc.equal,
    "==": pc.equal,
    "!=": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}


def groups(where: Filter) -> tuple[tuple[Condition, ...], ...]:
    """Return the filter as alternatives; each is a tuple of conditions that must all be true."""
    if where and not isinstance(where[0][0], str):
        return where  # type: ignore[return-value]
    return (where,)  # type: ignore[return-value]


def conditions(where: Filter) -> Iterator[Condition]:
    """Yield every condition of the filter."""
    for group in groups(where):
        yield from group


def filter_mask(
    where: Filter, columns: Mapping[ColumnName, pa.Array], rows: int
) -> pa.BooleanArray:
    """Return a mask of the ``rows`` rows for which the filter is true; a condition on a null value
    is false.

    ``columns`` are row-aligned. ``condition_problem`` has excluded comparisons that are not
    possible, when the plan was compiled.
    """
    masks = []
    for group in groups(where):
        mask = pa.repeat(True, rows)
        for name, comparison, value in group:
            mask = pc.and_(
                mask, pc.fill_null(_holds(columns[ColumnName(name)], comparison, value), False)
            )
        masks.append(mask)
    return reduce(pc.or_, masks)


def condition_problem(condition: Condition, kind: pa.DataType) -> str | None:
    """Return the problem of a condition on a column of type ``kind``; None if it can be
    evaluated.
    """
    name, comparison, value = condition
    try:
        _holds(pa.array([], kind), comparison, value)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return f"{name} is {kind}, which cannot be compared with the given value by '{comparison}'"
    return None


def _holds(column: pa.Array, comparison: str, value: Any) -> pa.Array:
    """Return a mask of the values for which the condition is true; null or false for nulls.

    Raises:
        TypeError, ValueError, OverflowError, ArrowException: the two cannot be compared.
    """
    column = plain(column)
    if pa.types.is_null(column.type):
        return pa.repeat(False, len(column))
    values = list(value) if comparison in ("in", "not in") else [value]
    if not all(comparable(column.type, one) for one in values):
        raise TypeError("another kind of value")
    if comparison in ("in", "not in"):
        kept = pc.is_in(column, value_set=pa.array(_listed(column.type, values), column.type))
        held = kept if comparison == "in" else pc.invert(kept)
        return pc.and_(held, column.is_valid())
    if pa.types.is_integer(column.type):
        return _whole(column, comparison, value)
    return _COMPARE[comparison](column, pa.scalar(value, column.type))


def _listed(kind: pa.DataType, values: list[Any]) -> list[Any]:
    """Return the values of a list that a column of ``kind`` can hold. Needed because Arrow
    distinguishes 0.0 from -0.0, and truncates fractions.
    """
    if pa.types.is_integer(kind):
        low, high = _bounds(kind)
        return [int(value) for value in values if low <= value <= high and value == int(value)]
    zeros = [0.0, -0.0] if pa.types.is_floating(kind) and 0 in values else []
    return [*values, *zeros]


def _whole(column: pa.Array, comparison: str, value: float) -> pa.Array:
    """Compare integers with a number that may be a fraction or outside the range of their type."""
    low, high = _bounds(column.type)
    if not low <= value <= high:
        always = {"!="} | ({"<", "<="} if value > high else {">", ">="} if value < low else set())
        return pc.and_(pa.repeat(comparison in always, len(column)), column.is_valid())
    if value != int(value):
        if comparison in ("=", "==", "!="):
            return pc.and_(pa.repeat(comparison == "!=", len(column)), column.is_valid())
        comparison, value = (
            ("<=", math.floor(value)) if "<" in comparison else (">=", math.ceil(value))
        )
    return _COMPARE[comparison](column, pa.scalar(int(value), column.type))


def _bounds(kind: pa.DataType) -> tuple[int, int]:
    signed = pa.types.is_signed_integer(kind)
    return (-(2 ** (kind.bit_width - 1)) if signed else 0), 2 ** (kind.bit_width - signed) - 1


def comparable(kind: pa.DataType, value: Any) -> bool:
    """Return True if a value of the policy is of the same sort as a column: 0 is not a date, and
    noon is not a day.

    Arrow would read a number as a date or time counted from 1970, and would truncate the time of
    day.
    """
    is_ = pa.types
    if is_.is_date(kind) or is_.is_timestamp(kind) or is_.is_time(kind) or is_.is_duration(kind):
        if isinstance(value, bool | int | float | str):
            return False
        return not (is_.is_date(kind) and isinstance(value, datetime))
    return True


def columns_in(where: Filter) -> frozenset[ColumnName]:
    """Return the columns that the filter's conditions name."""
    return frozenset(ColumnName(condition[0]) for condition in conditions(where))
