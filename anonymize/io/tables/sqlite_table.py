"""Reads a table, view or query of an SQLite file, whose cells have types of their own."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pyarrow as pa

from anonymize.addresses.databases import DatabaseAddress
from anonymize.errors import SourceAwayError, SourceError
from anonymize.io.spread import Chosen, chosen_of
from anonymize.io.tables import ranges
from anonymize.io.tables.asked import Asked, quoted
from anonymize.io.tables.cells import column
from anonymize.io.tables.checked import LONGEST_CELL_BYTES, column_of
from anonymize.io.tables.database_file import DatabaseFile, InDatabaseFile
from anonymize.io.tables.emptied import emptied
from anonymize.io.tables.paced import paced
from anonymize.io.tables.parameters import with_parameters
from anonymize.io.tables.sqlite_types import types_of
from anonymize.nested.schema import projected, refuse_duplicates

BUSY_SECONDS = 30
"""Seconds to wait for a writer's lock."""
_WHAT = {
    "SQLITE_NOTADB": "is no SQLite database, or is encrypted",
    "SQLITE_CORRUPT": "is damaged: PRAGMA integrity_check in sqlite3 says where",
    "SQLITE_CANTOPEN": (
        "cannot be opened; a database in WAL mode needs a folder that may be written to"
    ),
    "SQLITE_READONLY": "the query would write, or the file needs to be recovered by a writer first",
    "SQLITE_TOOBIG": "a cell has more than 256 MiB; leave the column or the row out by a query",
}
_AWAY = ("SQLITE_BUSY", "SQLITE_LOCKED")


@dataclass(frozen=True)
class SqlitePartition(InDatabaseFile):
    """Rows of one table or query. Plain data; a process that reads it opens the file anew."""

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order; see `Partition.batches`."""
        schema = projected(self.schema, columns, self.place)
        selected = ", ".join(f"q.{quoted(name)}" for name in schema.names)
        self.file.check()
        with opened(self.file) as database:
            database.execute("BEGIN")  # one state of the file until the last row
            clause, bounds = ranges.where(self.asked, self.number, self._ends(database), ":")
            values = {**bound_values(self.asked), **bounds}
            rows = database.execute(f"SELECT {selected} FROM {self.origin} {clause}", values)  # noqa: S608
            for some in paced(rows):
                yield self._batch(some, schema)
        self.file.check()

    def _ends(self, database: sqlite3.Connection) -> ranges.Ends:
        def ends(key: str) -> tuple[Any, Any]:
            found = database.execute(
                f"SELECT min({key}), max({key}) FROM {self.origin}",  # noqa: S608
                bound_values(self.asked),
            ).fetchone()
            return found[0], found[1]

        return ends

    def _batch(self, rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.RecordBatch:
        arrays = [
            column_of(
                column(values, field.type, field.name, self.place, said=field.name in self._said),
                field.type,
                field.name,
                self.place,
            )
            for field, values in zip(schema, zip(*rows, strict=True), strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=schema)

    @property
    def _said(self) -> Mapping[str, pa.DataType]:
        return self.asked.types

    def chosen(self, first: int = 0) -> Iterator[Chosen]:
        """Yield chosen rows; see `Partition.chosen`."""
        yield from chosen_of(self.batches(), first)


@contextlib.contextmanager
def opened(file: DatabaseFile) -> Iterator[sqlite3.Connection]:
    """Open the file for reading only; errors hold neither a cell nor SQLite's text.

    Raises:
        SourceError: SQLite refuses; a SourceAwayError where a writer holds the file.
    """
    uri = f"file:{quote(str(file.path))}?mode=ro"
    refused: SourceError | None = None
    try:
        database = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
        with contextlib.closing(database):
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_CELL_BYTES)
            yield database
    except sqlite3.Error as error:
        refused = _refusal(error, str(file.path))
        emptied(error)
    if refused is not None:
        raise refused from None


def _refusal(error: sqlite3.Error, place: str) -> SourceError:
    code = getattr(error, "sqlite_errorname", None) or ""
    if code.startswith(_AWAY):
        return SourceAwayError("another process writes to it; run again later", place=place)
    for known, what in _WHAT.items():
        if code.startswith(known):
            return SourceError(what, place=place)
    if "UTF-8" in str(error):
        what = "holds text that is not UTF-8; convert it in a query, or have it mended"
        return SourceError(what, place=place)
    what = (
        "the query is not one SELECT that SQLite can run, and why is not repeated here: sqlite3"
        " with the same query shows it"
    )
    return SourceError(f"{what} ({code})" if code else what, place=place)


def bound_values(asked: Asked) -> dict[str, Any]:
    """Return a query's parameters as SQLite takes them: dates as texts, as it keeps them."""
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in asked.parameters.items()
    }


def open_sqlite(
    address: DatabaseAddress, asked: Asked
) -> tuple[tuple[SqlitePartition, ...], tuple[str, ...]]:
    """Return the partitions and remarks about types.

    Raises:
        SourceError: no such file, table or column, no rows, or cells of several kinds in a column
            whose type is not declared.
    """
    file = DatabaseFile.of(address.path)
    place = f"{file.path}: {asked.name}"
    with opened(file) as database:
        database.execute("BEGIN")
        origin = _origin(database, asked, place)
        values = bound_values(asked)
        found = database.execute(f"SELECT * FROM {origin} LIMIT 1", values)  # noqa: S608
        names = _names(database, asked, [one[0] for one in found.description], place)
        refuse_duplicates(names, place)
        if found.fetchone() is None:
            raise SourceError("holds column names and no rows", place=place)
        projected(
            pa.schema([(name, pa.null()) for name in names]), list(asked.types) or None, place
        )
        kinds, remarks = types_of(database, asked, origin, names, values, place)
    schema = pa.schema(kinds)
    ranges.refuse_unsplittable(asked, schema, place)
    file.check()
    partitions = tuple(
        SqlitePartition(name, schema, file, asked, origin, number)
        for number, name in asked.numbered()
    )
    return partitions, remarks


def _names(database: sqlite3.Connection, asked: Asked, wrapped: list[str], place: str) -> list[str]:
    """Return the columns' names; a query's own are looked at too, because as part of another query
    SQLite gives two of one name other names.
    """
    if asked.query is not None:
        query = with_parameters(asked.query, asked.parameters, lambda name: f":{name}", place)
        alone = database.execute(query, bound_values(asked))
        refuse_duplicates([one[0] for one in alone.description], place)
        alone.close()
    return wrapped


def _origin(database: sqlite3.Connection, asked: Asked, place: str) -> str:
    if asked.query is not None:
        query = with_parameters(asked.query, asked.parameters, lambda name: f":{name}", place)
        return f"(\n{query}\n) AS q"
    names = asked.names(place)
    kind = database.execute(
        "SELECT type FROM sqlite_schema"
        " WHERE name = ? COLLATE NOCASE AND type IN ('table', 'view')",
        (names[-1],),
    ).fetchone()
    if kind is None or (len(names) == 2 and names[0] != "main"):
        raise SourceError("there is no such table or view in this file", place=place)
    origin = f"{quoted(names[-1])} AS q"
    # an index could give the rows of few columns in another order
    return f"{origin} NOT INDEXED" if kind[0] == "table" else origin
