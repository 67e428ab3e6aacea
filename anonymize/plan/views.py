"""Text and bytes kept as views, which Arrow cannot select rows of, as plain ones."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.types as pt


def without_views(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return ``batch`` with every view of text or bytes, at any depth, as plain text or bytes; other columns as are."""
    kinds = [_plain(field.type) for field in batch.schema]
    if all(kind == field.type for kind, field in zip(kinds, batch.schema, strict=True)):
        return batch
    columns = [c if c.type == kind else c.cast(kind) for c, kind in zip(batch.columns, kinds, strict=True)]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _plain(kind: pa.DataType) -> pa.DataType:
    if kind in (pa.string_view(), pa.binary_view()):
        return pa.string() if kind == pa.string_view() else pa.binary()
    if pt.is_list(kind) or pt.is_large_list(kind) or pt.is_fixed_size_list(kind):
        inner = kind.value_field.with_type(_plain(kind.value_type))
        if pt.is_fixed_size_list(kind):
            return pa.list_(inner, kind.list_size)
        return pa.large_list(inner) if pt.is_large_list(kind) else pa.list_(inner)
    if pt.is_map(kind):
        return pa.map_(_plain(kind.key_type), _plain(kind.item_type))
    if pt.is_struct(kind):
        return pa.struct([field.with_type(_plain(field.type)) for field in kind])
    return kind
