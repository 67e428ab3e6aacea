"""`open_tables`: opens a table or query of a database as partitions of record batches."""

from __future__ import annotations

from anonymize.addresses.databases import DatabaseAddress
from anonymize.io.interface import Partition
from anonymize.io.sources.open import Source
from anonymize.io.tables.asked import Asked


def open_tables(address: DatabaseAddress, asked: Asked) -> Source:
    """Return what ``asked`` names at ``address``, with its schema.

    Raises:
        MissingExtraError: the database's driver is not installed.
        SourceError: the database refuses, or holds no such table, or no row of it; a
            SourceAwayError if the cause may be temporary.
    """
    if address.kind == "postgresql":
        from anonymize.io.tables.postgres_table import open_postgres

        partitions, session, remarks = open_postgres(address, asked)
        return Source(
            partitions[0].place,
            address.kind,
            partitions[0].schema,
            partitions,
            notes=remarks,
            held=session,
        )
    return _of_files_and_others(address, asked)


def _of_files_and_others(address: DatabaseAddress, asked: Asked) -> Source:
    opened: tuple[tuple[Partition, ...], tuple[str, ...]]
    if address.kind == "sqlite":
        from anonymize.io.tables.sqlite_table import open_sqlite

        opened = open_sqlite(address, asked)
    elif address.kind == "duckdb":
        from anonymize.io.tables.duckdb_table import open_duckdb

        opened = open_duckdb(address, asked)
    else:
        from anonymize.io.tables.alchemy_table import open_alchemy

        opened = open_alchemy(address, asked)
    partitions, remarks = opened
    schema = partitions[0].schema
    return Source(f"{address.text}: {asked.name}", address.kind, schema, partitions, notes=remarks)
