"""Reads a table, view or query of a DuckDB file as the Arrow batches that DuckDB streams."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.types as pt

from anonymize.addresses.databases import DatabaseAddress
from anonymize.errors import MissingExtraError, SourceAwayError, SourceError
from anonymize.io.sources.text_types import INSTANT, TIMESTAMP
from anonymize.io.spread import Chosen, chosen_of
from anonymize.io.tables import ranges
from anonymize.io.tables.asked import Asked, quoted
from anonymize.io.tables.checked import BATCH_ROWS, column_of, refuse_long
from anonymize.io.tables.database_file import DatabaseFile, InDatabaseFile
from anonymize.io.tables.emptied import emptied
from anonymize.io.tables.paced import BYTES_AT_ONCE
from anonymize.io.tables.parameters import with_parameters
from anonymize.nested.schema import plain_schema, projected, refuse_duplicates

_EXACT = re.compile(
    r"U?(TINY|SMALL|BIG)INT|U?INTEGER|FLOAT|DOUBLE|BOOLEAN|VARCHAR|BLOB|DATE|TIME"
    r"|TIMESTAMP(_S|_MS|_NS| WITH TIME ZONE)?|DECIMAL\(\d+,\d+\)"
)
"""Types that DuckDB hands over exactly; the others it writes as text."""
_INEXACT_INSIDE = re.compile(
    r"HUGEINT|INTERVAL|BIT\b|BIGNUM|VARINT|TIME WITH TIME|ENUM|UNION|VARIANT"
)
"""Types inside of lists, structs and maps that Arrow does not hold as DuckDB does."""
_NESTED = re.compile(r"STRUCT|MAP|.*\[\d*\]$", re.DOTALL)
_CASTS = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    TIMESTAMP: "TIMESTAMP",
    INSTANT: "TIMESTAMPTZ",
}
_LOOKED_AT = 2048
"""Rows by whose length the size of batches is chosen; DuckDB's own batches have as many."""
_CONFIG = {"enable_external_access": "false", "autoload_known_extensions": "false"}
"""A source is this file: its views read no other file and no network."""


@dataclass(frozen=True)
class DuckdbPartition(InDatabaseFile):
    """Rows of one table or query. Plain data; a process that reads it opens the file anew."""

    columns: tuple[str, ...]
    """The expression of each column."""
    rows_at_once: int
    """Rows of a batch: few where rows are long."""

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order; see `Partition.batches`."""
        schema = projected(self.schema, columns, self.place)
        written = dict(zip(self.schema.names, self.columns, strict=True))
        selected = ", ".join(f"{written[name]} AS {quoted(name)}" for name in schema.names)
        whole = pa.schema([self.schema.field(name) for name in schema.names])
        self.file.check()
        with opened(self.file) as database:
            clause, bounds = ranges.where(self.asked, self.number, self._ends(database), "$")
            values = {**self.asked.parameters, **bounds}
            query = f"SELECT {selected} FROM {self.origin} {clause}"  # noqa: S608
            for batch in _reader(database, query, values, self.rows_at_once):
                made = self._checked(batch, whole)
                yield made if whole.equals(schema) else pruned(made, schema)
        self.file.check()

    def _checked(self, batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
        arrays = []
        for array, field in zip(batch.columns, schema, strict=True):
            made = column_of(array, field.type, field.name, self.place)
            refuse_long(made, field.name, self.place)
            arrays.append(made)
        return pa.RecordBatch.from_arrays(arrays, schema=schema)

    def _ends(self, database: Any) -> ranges.Ends:
        def ends(key: str) -> tuple[Any, Any]:
            query = f"SELECT min({key}), max({key}) FROM {self.origin}"  # noqa: S608
            [found] = database.execute(query, dict(self.asked.parameters)).fetchall()
            return found[0], found[1]

        return ends

    def chosen(self, first: int = 0) -> Iterator[Chosen]:
        """Yield chosen rows; see `Partition.chosen`."""
        yield from chosen_of(self.batches(), first)


def pruned(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return ``batch`` with only those fields of its structs that ``schema`` has."""
    return pa.RecordBatch.from_arrays(
        [array.cast(field.type) for array, field in zip(batch.columns, schema, strict=True)],
        schema=schema,
    )


def _relation(database: Any, query: str, values: dict[str, Any]) -> Any:
    return database.sql(query, params=values) if values else database.sql(query)


def _reader(database: Any, query: str, values: dict[str, Any], rows: int = BATCH_ROWS) -> Any:
    relation = _relation(database, query, values)
    read = getattr(relation, "to_arrow_reader", None) or relation.fetch_arrow_reader
    return read(rows)


@contextlib.contextmanager
def opened(file: DatabaseFile) -> Iterator[Any]:
    """Open the file for reading only; errors hold neither a cell nor DuckDB's text.

    Raises:
        MissingExtraError: DuckDB is not installed.
        SourceError: DuckDB refuses; a SourceAwayError where another process writes to the file.
    """
    try:
        import duckdb
    except ImportError:
        raise MissingExtraError.of("a source in DuckDB", "duckdb") from None
    refused: SourceError | None = None
    try:
        with contextlib.closing(
            duckdb.connect(str(file.path), read_only=True, config=_CONFIG)
        ) as database:
            yield database
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        refused = _refusal(error, str(file.path))
        emptied(error)
    if refused is not None:
        raise refused from None


def _refusal(error: Exception, place: str) -> SourceError:
    kind = type(error).__name__
    if "lock" in str(error) and kind == "IOException":
        return SourceAwayError("another process writes to it; run again later", place=place)
    what = {
        "IOException": "is no DuckDB file that this version of DuckDB reads",
        "CatalogException": "the query names a table, view or function that is not there",
        "BinderException": "the query names a column that is not there, or compares other types",
        "ParserException": "the query is not one SELECT: DuckDB finds a mistake in its syntax",
        "PermissionException": "the query reads another file, and a source is this file alone",
        "OutOfMemoryException": "DuckDB ran out of memory while the query ran",
        "ConversionException": "a value is not of the type that is said for its column",
    }.get(
        kind, "the query failed, and why is not repeated here: duckdb with the same query shows it"
    )
    return SourceError(what, place=place)


def open_duckdb(
    address: DatabaseAddress, asked: Asked
) -> tuple[tuple[DuckdbPartition, ...], tuple[str, ...]]:
    """Return the partitions and remarks about types.

    Raises:
        SourceError: no such file, table or column, or no rows.
    """
    file = DatabaseFile.of(address.path)
    place = f"{file.path}: {asked.name}"
    with opened(file) as database:
        origin = _origin(database, asked, place)
        found = database.execute(f"SELECT * FROM {origin} LIMIT 1", dict(asked.parameters))  # noqa: S608
        names, kinds = (
            [one[0] for one in found.description],
            [str(one[1]) for one in found.description],
        )
        if not found.fetchall():
            raise SourceError("holds column names and no rows", place=place)
        refuse_duplicates(_names(database, asked, place) or names, place)
        untyped = pa.schema([(name, pa.null()) for name in names])
        projected(untyped, list(asked.types) or None, place)
        columns = tuple(
            _written(name, kind, asked.types.get(name))
            for name, kind in zip(names, kinds, strict=True)
        )
        selected = ", ".join(
            f"{sql} AS {quoted(name)}" for sql, name in zip(columns, names, strict=True)
        )
        query = f"SELECT {selected} FROM {origin} LIMIT {_LOOKED_AT}"  # noqa: S608
        first = _reader(database, query, dict(asked.parameters), _LOOKED_AT).read_all()
        described = plain_schema(first.schema)
        each = max(1, first.nbytes // first.num_rows)
        at_once = min(BATCH_ROWS, max(_LOOKED_AT, BYTES_AT_ONCE // each))
    schema = pa.schema([pa.field(field.name, _plain(field.type)) for field in described])
    ranges.refuse_unsplittable(asked, schema, place)
    return (
        tuple(
            DuckdbPartition(name, schema, file, asked, origin, number, columns, at_once)
            for number, name in asked.numbered()
        ),
        (),
    )


def _plain(kind: pa.DataType) -> pa.DataType:
    """Return the type, in UTC where it is an instant."""
    return INSTANT if pt.is_timestamp(kind) and kind.tz is not None else kind


def _written(name: str, kind: str, wanted: pa.DataType | None) -> str:
    sql = f"q.{quoted(name)}"
    if wanted is not None:
        return f"{sql}::{_CASTS[wanted]}"
    nested = _NESTED.match(kind) and not _INEXACT_INSIDE.search(kind)
    return sql if _EXACT.fullmatch(kind) or nested else f"{sql}::VARCHAR"


def _names(database: Any, asked: Asked, place: str) -> list[str]:
    """Return the names of a query's columns: as part of another query, two of one name get others;
    none for a table.
    """
    if asked.query is None:
        return []
    query = with_parameters(asked.query, asked.parameters, lambda name: f"${name}", place)
    return list(_relation(database, query, dict(asked.parameters)).columns)


def _origin(database: Any, asked: Asked, place: str) -> str:
    if asked.query is not None:
        query = with_parameters(asked.query, asked.parameters, lambda name: f"${name}", place)
        return f"(\n{query}\n) AS q"
    names = asked.names(place)
    schema = names[0] if len(names) == 2 else "main"
    held = database.execute(
        "SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = ?",
        [schema, names[-1]],
    ).fetchall()
    if not held:
        what = "there is no such table or view in this file; names are taken as they are written"
        raise SourceError(what, place=place)
    return f"{quoted(schema)}.{quoted(names[-1])} AS q"
