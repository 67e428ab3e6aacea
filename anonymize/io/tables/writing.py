"""Writes record batches into a new or existing table of a database, all of them or none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Literal

import pyarrow as pa
import pyarrow.types as pt

from anonymize.addresses.databases import DatabaseAddress
from anonymize.errors import AnonymizeError, ArgumentError, DatasetError, Problem
from anonymize.io.tables.asked import Asked

IfExists = Literal["refuse", "replace", "append"]
"""What happens to a table that is there: nothing, it is dropped, or rows are added to it."""


def write_table(
    address: DatabaseAddress,
    table: str,
    schema: pa.Schema,
    batches: Iterable[pa.RecordBatch],
    if_exists: IfExists,
) -> int:
    """Write ``batches`` into ``table`` in one transaction, and return the number of rows.

    If it fails or is killed, the table is as it was before.

    Raises:
        ArgumentError: the table is there and ``if_exists`` refuses that, its columns are others,
            or the address is of a kind that is not written to.
        DatasetError: the database refuses, or a value does not fit; a BusyError if the cause may be
            temporary.
    """
    names = Asked(table=table).names("--to")
    source = _Source(batches)
    plain = canonical_schema(schema, str(table))
    reader = pa.RecordBatchReader.from_batches(plain, source.canonical(plain))
    try:
        if address.kind == "postgresql":
            from anonymize.io.tables.write_postgres import write_postgres

            write_postgres(address, names, plain, reader, if_exists)
        elif address.kind == "sqlite":
            from anonymize.io.tables.write_sqlite import write_sqlite

            write_sqlite(address, names, plain, reader, if_exists)
        elif address.kind == "duckdb":
            from anonymize.io.tables.write_duckdb import write_duckdb

            write_duckdb(address, names, plain, reader, if_exists)
        else:
            what = "is not written to; say postgresql://…, sqlite:///PATH or duckdb:///PATH"
            raise ArgumentError(what, place="--to")
    except AnonymizeError:
        if source.failed is not None:  # the driver tells only that its stream ended
            raise source.failed from None
        raise
    return source.rows


class _Source:
    """The batches, with what went wrong while they were made."""

    def __init__(self, batches: Iterable[pa.RecordBatch]) -> None:
        self._batches = batches
        self.rows = 0
        self.failed: BaseException | None = None

    def canonical(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """Yield the batches in the types that databases take, and count their rows."""
        try:
            for batch in self._batches:
                arrays = [
                    canonical(array, field)
                    for array, field in zip(batch.columns, schema, strict=True)
                ]
                self.rows += batch.num_rows
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)
        except BaseException as error:
            self.failed = error
            raise


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
