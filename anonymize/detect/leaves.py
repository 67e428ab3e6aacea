"""The columns of a batch as flat leaves: structs and lists opened into dotted paths."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.types as pt

from anonymize.names import ColumnName

MAX_DEPTH = 32
"""Structures nested deeper than this are looked at as text, not opened."""


def leaf_types(schema: pa.Schema) -> Iterator[tuple[ColumnName, pa.DataType]]:
    """Yield every leaf's path and type in schema order: ``a.b`` for structs, ``a[].b`` for lists of structs.

    A map ``a`` has the leaves ``a[].key`` and ``a[].value``.
    """
    for field in schema:
        yield from _types(field.name, field.type, 0)


def leaves(batch: pa.RecordBatch) -> Iterator[tuple[ColumnName, pa.Array]]:
    """Yield every leaf's path and its values, flattened; a list's leaf has one value per list item."""
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        yield from _values(name, column, 0)


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
    kind = column.type
    if isinstance(column, pa.ExtensionArray):
        yield from _values(path, column.storage, depth)
    elif depth < MAX_DEPTH and pt.is_struct(kind) and kind.num_fields:
        for field, child in zip(kind, column.flatten(), strict=True):
            yield from _values(f"{path}.{field.name}", child, depth + 1)
    elif depth < MAX_DEPTH and _is_list(kind):
        yield from _values(f"{path}[]", column.flatten(), depth + 1)
    elif depth < MAX_DEPTH and pt.is_map(kind):
        yield from _values(f"{path}[].key", _live(column, column.keys), depth + 1)
        yield from _values(f"{path}[].value", _live(column, column.items), depth + 1)
    else:
        yield ColumnName(path), column


def _live(column: pa.Array, children: pa.Array) -> pa.Array:
    """Return the keys or values of the rows that ``column``, maps and possibly a slice, holds."""
    if not len(column):
        return children.slice(0, 0)
    first, last = column.offsets[0].as_py(), column.offsets[-1].as_py()
    return children.slice(first, last - first)


def _is_list(kind: pa.DataType) -> bool:
    return bool(pt.is_list(kind) or pt.is_large_list(kind) or pt.is_fixed_size_list(kind))
