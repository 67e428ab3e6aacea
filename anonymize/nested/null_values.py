"""Implements ``source.null_values`` for every format: texts that mean a missing value, in all
leaves or in named ones.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.names import ColumnName
from anonymize.transform.columns import as_text, is_scalar, value_type

NullValues = tuple[str, ...] | Mapping[str, tuple[str, ...]]
"""Markers for all leaves, or for each leaf by its path."""


def markers_of(null_values: NullValues, path: ColumnName) -> tuple[str, ...]:
    """Return the texts that mean null at ``path``."""
    return null_values.get(path, ()) if isinstance(null_values, Mapping) else null_values


def without_markers(column: pa.Array, markers: tuple[str, ...]) -> pa.Array:
    """Return ``column`` with null in place of values whose text is one of ``markers``; its type
    stays.

    Numbers, dates and Booleans are compared by their text, so ``-999`` matches the number too.
    Nested values and bytes have no single text, and stay.
    """
    if not markers or not is_scalar(value_type(column.type)):
        return column
    if pa.types.is_dictionary(column.type):
        meant = _meant(column.dictionary, markers).take(column.indices).fill_null(False)
        if not pc.any(meant).as_py():
            return column
        indices = pc.if_else(meant, pa.scalar(None, column.indices.type), column.indices)
        return pa.DictionaryArray.from_arrays(indices, column.dictionary)
    meant = _meant(column, markers)
    if not pc.any(meant).as_py():
        return column
    if column.type == pa.string_view():
        return without_markers(column.cast(pa.string()), markers).cast(column.type)
    return pc.if_else(meant, pa.scalar(None, column.type), column)


def _meant(values: pa.Array, markers: tuple[str, ...]) -> pa.BooleanArray:
    return pc.is_in(as_text(values), value_set=pa.array(markers, pa.string()))
