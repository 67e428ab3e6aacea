"""Writes record batches into a new or existing table of a database, all of them or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

from anonymize.addresses.databases import DatabaseAddress
from anonymize.errors import AnonymizeError, ArgumentError
from anonymize.io.tables.asked import Asked
from anonymize.io.tables.written_types import IfExists, canonical, canonical_schema


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
