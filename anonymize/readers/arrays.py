"""Columns of a batch as NumPy arrays, or as lists where no array holds their values whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from anonymize.errors import ArgumentError

if TYPE_CHECKING:
    import numpy.typing as npt

Arrays = dict[str, "npt.NDArray[Any] | list[Any]"]


def to_arrays(batch: pa.RecordBatch, fill: Mapping[str, Any] | None = None) -> Arrays:
    """Return each column as an array of ``batch.num_rows`` rows, or a list.

    Numbers and Booleans keep their type, decimals become float64, dates and times datetime64 or
    timedelta64 in their own unit (instants in UTC), lists of one fixed length two dimensions. Text,
    bytes and other nested values are lists of Python's values, with None for null. Null in a
    floating or decimal column is NaN; in other arrays nothing stands for it: ``fill`` gives a value
    by column.

    Raises:
        ArgumentError: a column holds null and ``fill`` has no value for it, or one that does not
            fit.
    """
    filled = fill or {}
    return {
        name: _array(name, column, filled)
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
    }


def _array(name: str, column: pa.Array, fill: Mapping[str, Any]) -> npt.NDArray[Any] | list[Any]:
    t, type_ = pa.types, column.type
    if name in fill and column.null_count:
        column = _filled(name, column, fill[name])
    if t.is_string(type_) or t.is_large_string(type_):
        values: list[Any] = column.to_numpy(zero_copy_only=False).tolist()
        return values
    if t.is_fixed_size_list(type_) and is_numeric(type_.value_type):
        return _rows_of_numbers(name, column)
    if t.is_decimal(type_):
        column, type_ = column.cast(pa.float64()), pa.float64()
    if not (is_numeric(type_) or _is_time(type_)):
        listed: list[Any] = column.to_pylist()
        return listed
    if column.null_count and not t.is_floating(type_):
        raise _nulls(name, type_)
    array: npt.NDArray[Any] = column.to_numpy(zero_copy_only=False)
    return array


def _is_time(type_: pa.DataType) -> bool:
    t = pa.types
    return bool(t.is_date32(type_) or t.is_timestamp(type_) or t.is_duration(type_))


def is_numeric(type_: pa.DataType) -> bool:
    """Return True for whole numbers, floats and Booleans."""
    t = pa.types
    return bool(t.is_integer(type_) or t.is_floating(type_) or t.is_boolean(type_))


def _rows_of_numbers(name: str, column: pa.Array) -> npt.NDArray[Any]:
    inside = column.flatten()  # leaves out what lies under a null row
    if column.null_count or (inside.null_count and not pa.types.is_floating(inside.type)):
        raise _nulls(name, column.type)
    rows: npt.NDArray[Any] = inside.to_numpy(zero_copy_only=False)
    return rows.reshape(len(column), column.type.list_size)


def _filled(name: str, column: pa.Array, value: Any) -> pa.Array:
    try:
        return column.fill_null(pa.scalar(value, column.type))
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        raise ArgumentError(
            f"its value for column {name} is no {column.type}", place="fill"
        ) from None


def _nulls(name: str, type_: pa.DataType) -> ArgumentError:
    what = f"holds null, and no {type_} stands for it; give fill={{'{name}': …}} or leave it out"
    return ArgumentError(what, place=f"column {name}")
