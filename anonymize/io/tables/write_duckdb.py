"""Writes record batches into a table of a DuckDB file, in one transaction."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from anonymize.addresses.databases import DatabaseAddress
from anonymize.errors import AnonymizeError, BusyError, DatasetError, MissingExtraError
from anonymize.io.tables.asked import quoted
from anonymize.io.tables.emptied import emptied
from anonymize.io.tables.write_sqlite import new_or_old, prepare
from anonymize.io.tables.written_types import IfExists

_ROWS = "coatcheck_rows"


def write_duckdb(
    address: DatabaseAddress,
    names: Sequence[str],
    schema: pa.Schema,
    reader: pa.RecordBatchReader,
    if_exists: IfExists,
) -> None:
    """Write the rows of ``reader``; see `writing.write_table`. A new file is readable by its owner
    only.
    """
    try:
        import duckdb
    except ImportError:
        raise MissingExtraError.of("a table in DuckDB", "duckdb") from None
    table = ".".join(map(quoted, names))
    refused: AnonymizeError | None = None
    with new_or_old(Path(address.path)) as path:
        try:
            with contextlib.closing(duckdb.connect(str(path))) as database:
                database.execute("BEGIN")
                held = database.execute(
                    "SELECT column_name FROM information_schema.columns"
                    " WHERE table_schema = ? AND table_name = ?",
                    [names[0] if len(names) == 2 else "main", names[-1]],
                ).fetchall()
                columns = [row[0] for row in held]
                prepared = prepare(columns, schema.names, if_exists, f"{path}: {names[-1]}")
                if prepared == "replace":
                    database.execute(f"DROP TABLE {table}").fetchall()
                database.register(_ROWS, reader)
                made = f"SELECT * FROM {_ROWS}"  # noqa: S608
                into = f"CREATE TABLE {table} AS"
                if prepared == "append":
                    into = f"INSERT INTO {table} BY NAME"
                database.execute(f"{into} {made}").fetchall()
                database.execute("COMMIT")
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            busy = type(error).__name__ == "IOException" and "lock" in str(error)
            kind = BusyError if busy else DatasetError
            what = "another process has it open" if busy else "DuckDB refuses to write it"
            refused = kind(f"{what} ({type(error).__name__})", place=str(path))
            emptied(error)
        if refused is not None:
            raise refused from None
