"""Writes a published version into a table of a database, for tools that query one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from anonymize.arguments import checked
from anonymize.dataset.dataset import Dataset
from anonymize.dataset.reader import iter_batches
from anonymize.dataset.signing import Keyring
from anonymize.dataset.version_reader import empty
from anonymize.errors import ArgumentError, SourceError
from anonymize.io.tables.writing import write_table
from anonymize.io.tables.written_types import IfExists


@checked
def export_table(
    folder: str | Path | Dataset,
    to: str,
    table: str,
    *,
    if_exists: IfExists = "refuse",
    dataset: str | None = None,
    columns: Sequence[str] | None = None,
    version: int | None = None,
    keyring: Keyring | str | None = None,
) -> int:
    """Write a version unencrypted into a table, in one transaction; return its number of rows.

    If it fails or is killed, the database is as it was before.

    Args:
        folder: The dataset or its folder.
        to: The database's address without a password: ``postgresql://USER@HOST:PORT/DATABASE``,
            ``sqlite:///PATH`` or ``duckdb:///PATH``. PostgreSQL's password comes from
            COATCHECK_SINK_PASSWORD, PGPASSWORD or ~/.pgpass.
        table: ``schema.table`` or ``table``.
        if_exists: What happens to a table that is there.
        dataset: The name the dataset must have; None accepts any.
        columns: Columns to write; by default all that the keyring opens.
        version: Which version; by default the current one.
        keyring: What opens the version, or its URI; by default what COATCHECK_KEYRING says.

    Raises:
        ArgumentError: the address holds a password or is none, the table is there already, or it
            has other columns than the rows.
        DatasetError, KeysError: see `iter_batches`; the database refuses. A BusyError if the cause
            may be temporary.
    """
    from anonymize.addresses.databases import SINK, database_address

    try:
        address = database_address(to, SINK)
    except SourceError as error:
        raise ArgumentError(error.problems[0].what, place="--to") from None
    batches = iter_batches(folder, columns, dataset=dataset, version=version, keyring=keyring)
    first = next(batches, None)
    if first is None:
        schema = empty(folder, columns, dataset, version, keyring).schema
        return write_table(address, table, schema, (), if_exists)
    return write_table(address, table, first.schema, chain([first], batches), if_exists)
