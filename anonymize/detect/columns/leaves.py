"""The columns of a batch as flat leaves: structs and lists opened into dotted paths."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.types as pt

from anonymize.arrow.plain_layouts import plain_layout, plain_type
from anonymize.names import ColumnName

MAX_DEPTH = 32
"""Structures nested deeper than this are looked at as text, not opened."""


def leaf_types(schema: pa.Schema) -> Iterator[tuple[ColumnName, pa.DataType]]:
    """Yield every leaf's path and type in schema order: ``a.b`` for structs, ``a[].b`` for lists of
    structs.

    A map ``a`` has the leaves ``a[].key`` and ``a[].value``.
    """
    for field in schema:
        yield from _types(field.name, plain_type(field.type, views=True), 0)


def leaves(batch: pa.RecordBatch) -> Iterator[tuple[ColumnName, pa.Array]]:
    """Yield every leaf's path and its values, flattened; a list's leaf has one value per list
    item.
    """
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        yield from _values(name, plain_layout(column), 0)


def _types(path: str, kind: pa.DataType, depth: int) -> Iterator[tuple[ColumnName, pa.DataType]]:
    if depth < MAX_DEPTH and pt.is_struct(kind) and kind.num_fields:
        for field in kind:
            yield from _types(f"{path}.{field.name}", field.type, depth + 1)
    elif depth < MAX_DEPTH and _is_list(kind):
        yield from _types(f"{path}[]", kind.value_type, depth + 1)
    elif depth < MAX_DEPTH and pt.is_map(kind):
        yield from _types(f"{path}[].key", kind.key_type, depth + 1)
        yield from _types(f"{path}[].value", kind.item_type, depth + 1)
    else:
        yield ColumnName(path), kind


def _values(path: str, column: pa.Array, depth: int) -> Iterator[tuple[ColumnName, pa.Array]]:
    """Yield the leaves of a column in its plain layout, in which children of lists and maps are
    those of its rows.
    """
    kind = column.type
    if depth < MAX_DEPTH and pt.is_struct(kind) and kind.num_fields:
        for field, child in zip(kind, column.flatten(), strict=True):
            yield from _values(f"{path}.{field.name}", child, depth + 1)
    elif depth < MAX_DEPTH and _is_list(kind):
        yield from _values(f"{path}[]", column.flatten(), depth + 1)
    elif depth < MAX_DEPTH and pt.is_map(kind):
        yield from _values(f"{path}[].key", column.keys, depth + 1)
        yield from _values(f"{path}[].value", column.items, depth + 1)
    else:
        yield ColumnName(path), column


def _is_list(kind: pa.DataType) -> bool:
    return bool(pt.is_list(kind) or pt.is_large_list(kind) or pt.is_fixed_size_list(kind))
