"""Chooses how each column of PostgreSQL is asked for, so that its Arrow type holds every value
exactly.

What ADBC gives exactly is taken as it is. Everything else (enums, uuid, addresses, intervals,
ranges, composites, …) the server writes as text, because ADBC hands over the bytes of its wire
format, or, for money and oid, another number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.types as pt

from anonymize.io.sources.text_types import INSTANT, TIMESTAMP
from anonymize.io.tables.asked import quoted, read_as
from anonymize.io.tables.checked import LONGEST_CELL_BYTES
from anonymize.io.tables.postgres_session import MARK

_EXACT = {
    "int2": pa.int16(),
    "int4": pa.int32(),
    "int8": pa.int64(),
    "float4": pa.float32(),
    "float8": pa.float64(),
    "bool": pa.bool_(),
    "text": pa.string(),
    "varchar": pa.string(),
    "bpchar": pa.string(),
    "name": pa.string(),
    "bytea": pa.binary(),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "timestamp": TIMESTAMP,
    "timestamptz": INSTANT,
}
"""Types that ADBC reads exactly; values that Arrow cannot hold are refused by ``checked.py``."""
_CASTS = {
    pa.string(): "text",
    pa.int64(): "int8",
    pa.float64(): "float8",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    TIMESTAMP: "timestamp",
    INSTANT: "timestamptz",
}
_UNBOUNDED = frozenset({"text", "varchar", "bytea"})
_DIGITS = 38
"""Digits of decimal128."""
_TYPE, _MODIFIER = b"POSTGRESQL:type", b"POSTGRESQL:typmod"


@dataclass(frozen=True)
class Column:
    """How one column is asked for."""

    name: str
    type: pa.DataType
    """Type of the batches' column."""
    sql: str
    """Expression over the source ``q``."""
    remark: str = ""
    """Why the type is not the one that the database's name suggests; empty if it is."""


def columns_of(
    described: pa.Schema, types: Mapping[str, pa.DataType], *, may_be_long: bool
) -> tuple[Column, ...]:
    """Return the columns of a source that ADBC described; ``types`` has the types to read instead.

    ``may_be_long`` adds a check of each text's length on the server.
    """
    return tuple(
        _column(number, field, types.get(field.name), may_be_long)
        for number, field in enumerate(described)
    )


def _column(number: int, field: pa.Field, wanted: pa.DataType | None, may_be_long: bool) -> Column:
    metadata = field.metadata or {}
    name, said = field.name, metadata.get(_TYPE, b"").decode()
    sql = f"q.{quoted(name)}"
    if wanted is not None:
        return Column(
            name, wanted, _guarded(number, f"{sql}::{_CASTS[wanted]}", may_be_long, wanted)
        )
    if said in _EXACT:
        kind = _EXACT[said]
        return Column(name, kind, _guarded(number, sql, may_be_long and said in _UNBOUNDED, kind))
    if said == "numeric":
        return _numeric(name, sql, int(metadata.get(_MODIFIER, b"-1")))
    if said == "oid":
        return Column(name, pa.int64(), f"{sql}::int8")
    if said == "money":
        return Column(name, pa.string(), f"{sql}::numeric::text", "money as text of its number")
    if pt.is_list(field.type):
        return _array(number, field, said, sql)
    return Column(name, pa.string(), _guarded(number, f"{sql}::text", may_be_long, pa.string()))


def _numeric(name: str, sql: str, modifier: int) -> Column:
    """Return a column of numeric: ADBC gives its digits as text, which are exact."""
    if modifier < 4:
        remark = "numeric without a precision as text of its digits"
        return Column(name, pa.string(), f"{sql}::text", remark)
    precision, scale = ((modifier - 4) >> 16) & 0xFFFF, (((modifier - 4) & 0x7FF) ^ 1024) - 1024
    if precision > _DIGITS or scale < 0 or scale > precision:
        remark = f"numeric({precision}, {scale}) as text of its digits"
        return Column(name, pa.string(), f"{sql}::text", remark)
    return Column(name, pa.decimal128(precision, scale), sql)


def _array(number: int, field: pa.Field, said: str, sql: str) -> Column:
    """Return a column of arrays as lists; of what is not exact, as lists of texts."""
    inner = (field.type.value_field.metadata or {}).get(_TYPE, b"").decode()
    exact = _EXACT.get(inner) if said == f"_{inner}" else None
    # a slice counts from one, which ADBC insists on; what has two dimensions it would flatten
    sliced = f"({sql})[:]" if exact is not None else f"({sql}::text[])[:]"
    cast = f"{inner}[]" if exact is not None else "text[]"
    refused = f"('{MARK}dimensions-{number}-' || array_ndims({sql}))::{cast}"
    guarded = f"CASE WHEN array_ndims({sql}) > 1 THEN {refused} ELSE {sliced} END"
    return Column(field.name, pa.list_(exact or pa.string()), guarded)


def _guarded(number: int, sql: str, may_be_long: bool, kind: pa.DataType) -> str:
    """Return ``sql`` so that the server refuses a text or bytes that are too long to be read.

    The refusal is a cast that fails: its text names the column by number and quotes no cell.
    """
    if not may_be_long or not (pt.is_string(kind) or pt.is_binary(kind)):
        return sql
    length = f"octet_length({sql})"
    back = "::bytea" if pt.is_binary(kind) else ""
    refused = f"('{MARK}long-{number}-' || {length})::int::text{back}"
    return f"CASE WHEN {length} > {LONGEST_CELL_BYTES} THEN {refused} ELSE {sql} END"


def remarks(columns: Sequence[Column]) -> Iterator[str]:
    """Yield a sentence for each way in which columns are read other than their names suggest."""
    told: dict[str, list[str]] = {}
    for column in columns:
        if column.remark:
            told.setdefault(column.remark, []).append(column.name)
    for remark, names in told.items():
        number = read_as(names[0], "float")
        yield f"reads {remark}: {', '.join(names)}; {number} reads numbers"
