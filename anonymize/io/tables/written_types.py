"""The few types in which rows are written into databases, and what becomes of the others."""

from __future__ import annotations

import json
from typing import Literal

import pyarrow as pa
import pyarrow.types as pt

from anonymize.errors import ArgumentError, DatasetError, Problem

IfExists = Literal["refuse", "replace", "append"]
"""What happens to a table that is there: nothing, it is dropped, or rows are added to it."""


def canonical_schema(schema: pa.Schema, place: str) -> pa.Schema:
    """Return the schema in the types that databases take, without loss.

    Raises:
        ArgumentError: columns of types that no database here holds exactly.
    """
    problems, fields = [], []
    for field in schema:
        kind = _canonical_type(field.type)
        if kind is None:
            what = f"no column of a database holds {field.type} exactly; leave it out: --columns"
            problems.append(Problem(f"{place}: column {field.name}", what))
        else:
            metadata = {b"json": b"1"} if _is_json(field.type) else None
            fields.append(pa.field(field.name, kind, metadata=metadata))
    if problems:
        raise ArgumentError(problems)
    return pa.schema(fields)


def is_json(field: pa.Field) -> bool:
    """Return True if a column of texts holds JSON that was made of structs or maps."""
    return b"json" in (field.metadata or {})


def _is_json(kind: pa.DataType) -> bool:
    """Return True if the type becomes JSON: structs, maps, and lists of what is nested."""
    is_list = pt.is_list(kind) or pt.is_large_list(kind) or pt.is_fixed_size_list(kind)
    return bool(
        pt.is_struct(kind) or pt.is_map(kind) or (is_list and pt.is_nested(kind.value_type))
    )


def _canonical_type(kind: pa.DataType) -> pa.DataType | None:
    if isinstance(kind, pa.BaseExtensionType):
        return _canonical_type(kind.storage_type)
    if pt.is_dictionary(kind):
        return _canonical_type(kind.value_type)
    if _is_json(kind):
        return pa.string()
    if pt.is_list(kind) or pt.is_large_list(kind) or pt.is_fixed_size_list(kind):
        inner = _canonical_type(kind.value_type)
        return pa.list_(inner) if inner is not None else None
    if pt.is_timestamp(kind):
        return pa.timestamp("us", "UTC" if kind.tz else None)
    same = (pt.is_boolean, pt.is_signed_integer, pt.is_float32, pt.is_float64, pt.is_decimal128)
    if any(is_one(kind) for is_one in same):
        return pa.int16() if pt.is_int8(kind) else kind
    changed = (
        (pt.is_null, pa.string()),
        (pt.is_string, pa.string()),
        (pt.is_large_string, pa.string()),
        (lambda one: one == pa.string_view(), pa.string()),
        (pt.is_binary, pa.binary()),
        (pt.is_large_binary, pa.binary()),
        (pt.is_fixed_size_binary, pa.binary()),
        (lambda one: one == pa.binary_view(), pa.binary()),
        (pt.is_uint8, pa.int16()),
        (pt.is_uint16, pa.int32()),
        (pt.is_uint32, pa.int64()),
        (pt.is_uint64, pa.decimal128(20, 0)),
        (pt.is_float16, pa.float32()),
        (pt.is_date, pa.date32()),
        (pt.is_time, pa.time64("us")),
        (pt.is_duration, pa.int64()),
    )
    return next((to for is_one, to in changed if is_one(kind)), None)


def canonical(array: pa.Array, field: pa.Field) -> pa.Array:
    """Return ``array`` in the type of ``field``.

    Raises:
        DatasetError: values that it cannot hold exactly, for example nanoseconds.
    """
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if is_json(field):
        texts = [None if value is None else _json(value) for value in array.to_pylist()]
        return pa.array(texts, pa.string())
    try:
        if pt.is_dictionary(array.type):
            array = array.dictionary_decode()
        return array if array.type.equals(field.type) else array.cast(field.type)
    except pa.ArrowInvalid:
        what = f"holds values that {field.type} cannot hold exactly; leave it out: --columns"
        raise DatasetError(what, place=f"column {field.name}") from None


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
