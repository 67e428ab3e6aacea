"""Columns of a table as numbers or decoded values, and back in their own type."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import ArgumentError

Numbers = npt.NDArray[Any]


def flat(column: Any) -> pa.Array:
    """Return a column as one array, a dictionary's as its values."""
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return pc.cast(column, column.type.value_type) if _coded(column.type) else column


def numbers_of(name: str, column: Any) -> Numbers:
    """Return a column's numbers, int64 or float64; 0 where there is none.

    Raises:
        ArgumentError: it holds no numbers, or whole ones beyond int64.
    """
    column, t = flat(column), pa.types
    whole = t.is_integer(column.type)
    if not (whole or t.is_floating(column.type) or t.is_decimal(column.type)):
        raise ArgumentError(f"column {name} holds no numbers, so none can move", place="numbers")
    try:
        cells = pc.fill_null(column, pa.scalar(0, column.type))
        found: Numbers = pc.cast(cells, pa.int64() if whole else pa.float64()).to_numpy()
    except pa.ArrowInvalid:
        what = f"column {name} holds whole numbers beyond 64 bits with a sign"
        raise ArgumentError(what, place="numbers") from None
    return found


def with_numbers(column: Any, numbers: Numbers) -> pa.Array:
    """Return ``numbers`` in the type of ``column``, within what that holds; null stays null."""
    column = flat(column)
    type_, nulls = column.type, column.is_null().to_numpy(zero_copy_only=False)
    if pa.types.is_integer(type_):
        bound = np.iinfo(type_.to_pandas_dtype())
        numbers = np.clip(numbers, bound.min, min(bound.max, np.iinfo(np.int64).max))
    if pa.types.is_decimal(type_):
        numbers = np.round(numbers, type_.scale)
    return pc.cast(pa.array(numbers, mask=nulls), type_, safe=False)


def values_in(name: str, column: Any, values: Any) -> pa.Array:
    """Return the ``values`` that a category may become, in the column's type.

    Raises:
        ArgumentError: they are of another type; no value is quoted.
    """
    type_ = column.type.value_type if _coded(column.type) else column.type
    try:
        return pa.array(list(values), type_)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        what = f"those of column {name} are not of its type, {type_}"
        raise ArgumentError(what, place="categories") from None


def swapped(column: Any, values: pa.Array, option: npt.NDArray[np.int64]) -> pa.Array:
    """Return the column with ``values[option - 1]`` where an option is above 0; null stays null."""
    cells = flat(column)
    null = cells.is_null().to_numpy(zero_copy_only=False)
    take = np.where((option > 0) & ~null, len(cells) + option - 1, np.arange(len(cells)))
    out = pc.take(pa.concat_arrays([cells, values]), pa.array(take))
    if not _coded(column.type):
        return out
    coded = pc.dictionary_encode(out)
    return pa.DictionaryArray.from_arrays(
        pc.cast(coded.indices, column.type.index_type),
        coded.dictionary,
        ordered=column.type.ordered,
    )


def same(one: Any, other: Any) -> npt.NDArray[np.bool_]:
    """Return for each row whether two columns of one type hold the same; null is as null, and not a
    number as not a number.
    """
    first, second = flat(one), flat(other)
    if first.type != second.type:
        return np.zeros(len(first), np.bool_)
    if pa.types.is_nested(first.type):
        pairs = zip(first.to_pylist(), second.to_pylist(), strict=True)
        return np.array([a == b for a, b in pairs], np.bool_)
    equal = pc.fill_null(pc.equal(first, second), False)
    both = pc.and_(pc.is_null(first, nan_is_null=True), pc.is_null(second, nan_is_null=True))
    kind = pc.equal(pc.is_null(first), pc.is_null(second))
    out: npt.NDArray[np.bool_] = pc.or_(equal, pc.and_(both, kind)).to_numpy(zero_copy_only=False)
    return out


def _coded(type_: pa.DataType) -> bool:
    return bool(pa.types.is_dictionary(type_))
