"""Writes record batches into a table of an SQLite file, in one transaction."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sqlite3
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.types as pt

from anonymize.addresses.databases import DatabaseAddress
from anonymize.durable import refuse_in_dataset, write_error
from anonymize.errors import ArgumentError, BusyError, DatasetError
from anonymize.io.tables.asked import quoted
from anonymize.io.tables.emptied import emptied
from anonymize.io.tables.written_types import IfExists

BUSY_SECONDS = 30
"""Seconds to wait for another writer's lock."""


def write_sqlite(
    address: DatabaseAddress,
    names: Sequence[str],
    schema: pa.Schema,
    reader: pa.RecordBatchReader,
    if_exists: IfExists,
) -> None:
    """Write the rows of ``reader``; see `writing.write_table`. A new file is readable by its owner
    only.

    Decimals, dates and times are texts, because SQLite's numbers are not exact; lists are JSON.
    """
    if len(names) > 1:
        raise ArgumentError("SQLite has no schemas: say a table's name alone", place="--table")
    table = quoted(names[0])
    with new_or_old(Path(address.path)) as path, _opened(path) as database:
        database.execute("BEGIN IMMEDIATE")
        held = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        prepared = prepare(held, schema.names, if_exists, f"{path}: {names[0]}")
        if prepared == "replace":
            database.execute(f"DROP TABLE {table}")
        if prepared != "append":
            columns = ", ".join(f"{quoted(f.name)} {_type(f.type)}" for f in schema)
            database.execute(f"CREATE TABLE {table} ({columns})")
        into = ", ".join(map(quoted, schema.names))
        marks = ", ".join("?" * len(schema))
        for batch in reader:
            rows = zip(*(map(_cell, column.to_pylist()) for column in batch.columns), strict=True)
            database.executemany(f"INSERT INTO {table} ({into}) VALUES ({marks})", rows)  # noqa: S608
        database.execute("COMMIT")


def prepare(
    held: Sequence[str], names: Sequence[str], if_exists: IfExists, place: str
) -> IfExists | None:
    """Return what must be done about a table that has the columns ``held``; None if there is none.

    Raises:
        ArgumentError: it is there and nothing is allowed, or rows are to be added and its columns
            are others.
    """
    if not held:
        return None
    if if_exists == "refuse":
        raise ArgumentError("is there already; say --if-exists replace or append", place=place)
    if if_exists == "append" and set(held) != set(names):
        what = "has other columns than the rows; append to a table that an export made"
        raise ArgumentError(what, place=place)
    return if_exists


@contextlib.contextmanager
def new_or_old(path: Path) -> Iterator[Path]:
    """Yield ``path``; a file that was not there before is removed if the block fails. What the
    block creates is readable by its owner only.
    """
    refuse_in_dataset(path)
    is_new, mask = not path.exists(), os.umask(0o077)
    try:
        yield path
    except BaseException as error:
        if is_new:
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise write_error(error, path) from None
        raise
    finally:
        os.umask(mask)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    refused: DatasetError | None = None
    try:
        with contextlib.closing(
            sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        ) as database:
            yield database
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorname", None) or ""
        busy = code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
        what = "another process writes to it" if busy else f"SQLite refuses to write it ({code})"
        refused = (BusyError if busy else DatasetError)(what, place=str(path))
        emptied(error)
    if refused is not None:
        raise refused from None


def _type(kind: pa.DataType) -> str:
    if pt.is_boolean(kind):
        return "BOOLEAN"
    if pt.is_integer(kind):
        return "INTEGER"
    if pt.is_floating(kind):
        return "REAL"
    return "BLOB" if pt.is_binary(kind) else "TEXT"


def _cell(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list):
        import json

        return json.dumps(value, ensure_ascii=False, default=str)
    return value
