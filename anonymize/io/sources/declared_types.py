"""Casts columns of formats that have types of their own to those that ``types:`` declares."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.types as pt

from anonymize.errors import Problem, SourceError
from anonymize.io.sources.text_types import NotOfKind, convert, type_name
from anonymize.nested.schema import projected


def declared(schema: pa.Schema, types: Mapping[str, pa.DataType], place: str) -> pa.Schema:
    """Return ``schema`` with the types of ``types``.

    Raises:
        SourceError: a name that is not a column, or a nested column.
    """
    projected(schema, list(types) or None, place)
    problems = [
        Problem(f"{place}: types.{name}", "only a column without fields or lists has such a type")
        for name in types
        if name not in schema.names or pt.is_nested(schema.field(name).type)
    ]
    if problems:
        raise SourceError(problems)
    return pa.schema([pa.field(field.name, types.get(field.name, field.type)) for field in schema])


def fitted(batch: pa.RecordBatch, schema: pa.Schema, place: str) -> pa.RecordBatch:
    """Return the columns of ``batch``, by position, in the names and types of ``schema``.

    Raises:
        SourceError: a value that its declared type would change or cannot represent.
    """
    columns = [
        _cast(column, field, place) for column, field in zip(batch.columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _cast(column: pa.Array, field: pa.Field, place: str) -> pa.Array:
    kind = field.type
    if column.type.equals(kind):
        return column
    what = f"holds values that are not of type {type_name(kind)}, as types: says"
    try:
        if _is_bytes(column.type) and not _is_bytes(kind):
            what = "holds bytes that are not UTF-8, so they are not the string that types: says"
            column = column.cast(pa.binary()).cast(pa.string())
            what = f"holds bytes that are not of type {type_name(kind)}, as types: says"
        elif _is_text(column.type):
            column = column.cast(pa.string())
        if pt.is_string(column.type):
            return convert(column, kind, lossless=False)
        if not pt.is_boolean(kind):
            return column.cast(kind)
    except (pa.ArrowInvalid, NotOfKind):
        raise SourceError(Problem(f"{place}: column {field.name}", what)) from None
    except pa.ArrowNotImplementedError:
        pass
    what = f"is of type {column.type} and cannot be read as {type_name(kind)}"
    raise SourceError(Problem(f"{place}: column {field.name}", what))


def _is_text(type_: pa.DataType) -> bool:
    inner = type_.value_type if pt.is_dictionary(type_) else type_
    return bool(pt.is_string(inner) or pt.is_large_string(inner) or pt.is_string_view(inner))


def _is_bytes(type_: pa.DataType) -> bool:
    return bool(
        pt.is_binary(type_)
        or pt.is_large_binary(type_)
        or pt.is_fixed_size_binary(type_)
        or pt.is_binary_view(type_)
    )
