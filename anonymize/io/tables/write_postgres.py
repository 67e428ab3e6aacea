"""Writes record batches into a table of PostgreSQL by COPY, in one transaction."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.types as pt

from anonymize.addresses import PostgresAddress, refusal
from anonymize.addresses.databases import DatabaseAddress
from anonymize.errors import AnonymizeError, ArgumentError, DatasetError, MissingExtraError
from anonymize.io.tables.asked import quoted
from anonymize.io.tables.emptied import emptied
from anonymize.io.tables.written_types import IfExists, is_json

_TYPES = {
    pa.bool_(): "boolean",
    pa.int16(): "smallint",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.float32(): "real",
    pa.float64(): "double precision",
    pa.string(): "text",
    pa.binary(): "bytea",
    pa.date32(): "date",
    pa.time64("us"): "time without time zone",
    pa.timestamp("us"): "timestamp without time zone",
    pa.timestamp("us", "UTC"): "timestamp with time zone",
}
_COLUMNS = """
SELECT a.attname::text, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
 WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""


def write_postgres(
    address: DatabaseAddress,
    names: Sequence[str],
    schema: pa.Schema,
    reader: pa.RecordBatchReader,
    if_exists: IfExists,
) -> None:
    """Write the rows of ``reader``, whose types `written_types.canonical_schema` gave; see
    `writing.write_table`.
    """
    try:
        from adbc_driver_postgresql import dbapi
    except ImportError:
        raise MissingExtraError.of("a table in PostgreSQL", "sql") from None
    target = address.sink
    table = ".".join(map(quoted, names))
    types = {field.name: postgres_type(field) for field in schema}
    with (
        _refusing(dbapi, target),
        contextlib.closing(dbapi.connect(target.conninfo())) as connection,
        connection.cursor() as cursor,
    ):
        _prepare(cursor, table, types, if_exists, target)
        into = {"db_schema_name": names[0]} if len(names) == 2 else {}
        cursor.adbc_ingest(names[-1], reader, mode="append", **into)
        connection.commit()


def _prepare(
    cursor: Any, table: str, types: dict[str, str], if_exists: IfExists, target: PostgresAddress
) -> None:
    """Create the table, or check that the rows fit into the one that is there."""
    cursor.execute("SET LOCAL lock_timeout = 60000")
    cursor.execute(_COLUMNS, (table,))
    held = dict(cursor.fetchall())
    place = f"{target.place}: {table}"
    if held and if_exists == "refuse":
        raise ArgumentError("is there already; say --if-exists replace or append", place=place)
    if held and if_exists == "append":
        other = [name for name, kind in types.items() if held.get(name) != kind]
        if other:
            what = (
                f"has other columns or types than the rows: {', '.join(other)}; append to a table"
                " that an export made, or say --if-exists replace"
            )
            raise ArgumentError(what, place=place)
        return
    if held:
        cursor.execute(f"DROP TABLE {table}")
    columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in types.items())
    cursor.execute(f"CREATE TABLE {table} ({columns})")


def postgres_type(field: pa.Field) -> str:
    """Return the type of the column that holds a field's values exactly, as PostgreSQL writes
    it.
    """
    if is_json(field):
        return "json"
    kind = field.type
    if pt.is_list(kind):
        return f"{postgres_type(pa.field('item', kind.value_type))}[]"
    if pt.is_decimal128(kind):
        return f"numeric({kind.precision},{kind.scale})"
    return _TYPES[kind]


@contextlib.contextmanager
def _refusing(dbapi: Any, target: PostgresAddress) -> Iterator[None]:
    """Raise errors without the server's text, which may quote rows."""
    refused: AnonymizeError | None = None
    try:
        yield
    except (dbapi.Error, pa.ArrowException, OSError) as error:
        state = str(getattr(error, "sqlstate", None) or "")
        if state:
            refused = refusal(error, target, state=state)
        elif "Failed to connect" in str(error):
            refused = refusal(error, target)
        else:
            what = "the rows could not be written, and nothing was; psql shows the server's state"
            refused = DatasetError(what, place=target.place)
        emptied(error)
    if refused is not None:
        raise refused from None
