"""Reads a table, view or query of any database for which SQLAlchemy has a dialect, row by row.

There is no snapshot that several connections share here: each pass sees the database as it is then.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import pyarrow as pa

from anonymize.addresses.databases import PASSWORD_VARIABLE, DatabaseAddress
from anonymize.errors import MissingExtraError, Problem, SourceAwayError, SourceError
from anonymize.io.spread import Chosen, chosen_of
from anonymize.io.tables import ranges
from anonymize.io.tables.alchemy_types import Seen, reflected
from anonymize.io.tables.asked import Asked
from anonymize.io.tables.cells import column
from anonymize.io.tables.checked import column_of, refuse_long
from anonymize.io.tables.emptied import emptied
from anonymize.io.tables.paced import paced
from anonymize.io.tables.parameters import with_parameters
from anonymize.nested.schema import projected, refuse_duplicates


@dataclass(frozen=True)
class AlchemyPartition:
    """Rows of one table or query. Plain data without a password."""

    name: str
    schema: pa.Schema
    address: DatabaseAddress
    asked: Asked
    as_text: frozenset[str]
    """Columns whose values are written as text."""
    rows: int
    """Number of the source's rows when it was opened."""
    number: int

    def from_anywhere(self) -> Self:
        """Return the partition: an address is the same everywhere."""
        return self

    def fingerprint(self) -> dict[str, object]:
        """Return the name and the digest of the rows, which are read once for it."""
        digest = hashlib.sha256(self.name.encode())
        for batch in self.batches():
            digest.update(batch.serialize())
        return {"name": self.name, "sha256": digest.hexdigest()}

    def mark(self) -> None:
        """Return None: that rows are those of before is known only by reading them."""

    def check_unchanged(self) -> None:
        """Refuse a source that has more or fewer rows now; other changes are not noticed."""
        with connected(self.address) as database:
            if _count(database, self.asked, self.place) != self.rows:
                what = "changed while it was read; run again when nothing writes to it"
                raise SourceError(what, place=self.place)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the rows in the database's order; see `Partition.batches`."""
        schema = projected(self.schema, columns, self.place)
        with connected(self.address) as database:
            clause, bounds = ranges.where(
                self.asked,
                self.number,
                _ends(database, self.asked, _origin(database, self.asked, self.place)),
                ":",
                _quote(database),
            )
            statement = _statement(database, self.asked, self.place, schema.names, clause)
            for rows in _rows(database, statement, {**self.asked.parameters, **bounds}):
                yield self._batch(rows, schema)

    def _batch(self, rows: Sequence[Any], schema: pa.Schema) -> pa.RecordBatch:
        arrays = []
        for field, values in zip(schema, zip(*rows, strict=True), strict=True):
            said = field.name in self.as_text or field.name in self.asked.types
            made = column(values, field.type, field.name, self.place, said=said)
            made = column_of(made, field.type, field.name, self.place)
            refuse_long(made, field.name, self.place)
            arrays.append(made)
        return pa.RecordBatch.from_arrays(arrays, schema=schema)

    def chosen(self, first: int = 0) -> Iterator[Chosen]:
        """Yield chosen rows; see `Partition.chosen`."""
        yield from chosen_of(self.batches(), first)

    @property
    def place(self) -> str:
        """Return the address and the table, for messages."""
        return f"{self.address.text}: {self.asked.name}"


@contextlib.contextmanager
def connected(address: DatabaseAddress) -> Iterator[Any]:
    """Connect; errors hold neither a row nor the password.

    Raises:
        MissingExtraError: SQLAlchemy is not installed.
        SourceError: the dialect's driver is not installed, or the database refuses; a
            SourceAwayError if the cause may be temporary.
    """
    try:
        import sqlalchemy
    except ImportError:
        raise MissingExtraError.of("a source by SQLAlchemy", "sql") from None
    refused: SourceError | None = None
    reached = False
    try:
        url = sqlalchemy.engine.make_url(address.url)
        if password := os.environ.get(PASSWORD_VARIABLE):
            url = url.set(password=password)
        engine = sqlalchemy.create_engine(url, hide_parameters=True)
        try:
            with engine.connect() as database:
                reached = True
                yield database
        finally:
            engine.dispose()
    except sqlalchemy.exc.NoSuchModuleError as error:
        refused = SourceError("SQLAlchemy knows no such dialect or driver", place=address.text)
        emptied(error)
    except ImportError as error:
        what = "the dialect's driver is not installed: its page in SQLAlchemy's manual names it"
        refused = SourceError(what, place=address.text)
        emptied(error)
    except sqlalchemy.exc.SQLAlchemyError as error:
        reached &= not getattr(error, "connection_invalidated", False)
        refused = _refusal(error, sqlalchemy.exc, address.text, reached=reached)
        emptied(error)
    if refused is not None:
        raise refused from None


def _refusal(error: Exception, exc: Any, place: str, *, reached: bool) -> SourceError:
    if isinstance(error, exc.NoSuchTableError):
        return SourceError("there is no such table or view", place=place)
    if not reached:
        what = (
            "the database cannot be reached, refuses the role, or ended the connection; why is not"
            " repeated here: its own client with the same address shows it"
        )
        return SourceAwayError(what, place=place)
    what = "the database refused the query: it is not one SELECT, names what is not there, or fails"
    return SourceError(what, place=place)


def _statement(database: Any, asked: Asked, place: str, names: Sequence[str], clause: str) -> Any:
    """Return the query for some columns; a table's by its reflected types, without which some
    drivers return decimals as floats.
    """
    from sqlalchemy import MetaData, Table, select, text

    if asked.table is None:
        quote = _quote(database)
        selected = ", ".join(f"q.{quote(name)}" for name in names)
        return f"SELECT {selected} FROM {_origin(database, asked, place)} {clause}"  # noqa: S608
    parts = asked.names(place)
    schema = parts[0] if len(parts) == 2 else None
    table = Table(parts[-1], MetaData(), schema=schema, autoload_with=database).alias("q")
    statement = select(*(table.c[name] for name in names))
    return statement.where(text(clause.removeprefix("WHERE "))) if clause else statement


def _rows(database: Any, query: Any, values: dict[str, Any]) -> Iterator[Sequence[Any]]:
    from sqlalchemy import text

    streamed = database.execution_options(stream_results=True, max_row_buffer=1000)
    result = streamed.execute(text(query) if isinstance(query, str) else query, values)
    yield from paced(result)
    result.close()


def _quote(database: Any) -> Any:
    """Return the dialect's way to quote any name."""
    return database.dialect.identifier_preparer.quote_identifier


def _origin(database: Any, asked: Asked, place: str) -> str:
    if asked.query is not None:
        query = with_parameters(asked.query, asked.parameters, lambda name: f":{name}", place)
        return f"(\n{query}\n) q"
    return ".".join(map(_quote(database), asked.names(place))) + " q"


def _ends(database: Any, asked: Asked, origin: str) -> ranges.Ends:
    def ends(key: str) -> tuple[Any, Any]:
        query = f"SELECT min({key}), max({key}) FROM {origin}"  # noqa: S608
        [[found]] = _rows(database, query, dict(asked.parameters))
        return found[0], found[1]

    return ends


def _count(database: Any, asked: Asked, place: str) -> int:
    query = f"SELECT count(*) FROM {_origin(database, asked, place)}"  # noqa: S608
    [[found]] = _rows(database, query, dict(asked.parameters))
    return int(found[0])


def open_alchemy(
    address: DatabaseAddress, asked: Asked
) -> tuple[tuple[AlchemyPartition, ...], tuple[str, ...]]:
    """Return the partitions and remarks about types.

    Raises:
        SourceError: the database refuses, or holds no such table or no row of it; or a query's
            column has values of several kinds.
    """
    place = f"{address.text}: {asked.name}"
    with connected(address) as database:
        found = _reflected(database, asked, place) if asked.table else _seen(database, asked, place)
        kinds, remarks = found
        refuse_duplicates([name for name, _, _ in kinds], place)
        rows = _count(database, asked, place)
    if not rows:
        raise SourceError("holds column names and no rows", place=place)
    schema = pa.schema([(name, asked.types.get(name, kind)) for name, kind, _ in kinds])
    projected(schema, list(asked.types) or None, place)
    ranges.refuse_unsplittable(asked, schema, place)
    as_text = frozenset(name for name, _, text in kinds if text)
    partitions = tuple(
        AlchemyPartition(name, schema, address, asked, as_text, rows, number)
        for number, name in asked.numbered()
    )
    return partitions, remarks


_Kinds = tuple[list[tuple[str, pa.DataType, bool]], tuple[str, ...]]


def _reflected(database: Any, asked: Asked, place: str) -> _Kinds:
    from sqlalchemy import inspect

    names = asked.names(place)
    schema = names[0] if len(names) == 2 else None
    columns = inspect(database).get_columns(names[-1], schema=schema)
    return [(str(one["name"]), *reflected(one["type"])) for one in columns], ()


def _seen(database: Any, asked: Asked, place: str) -> _Kinds:
    """Return types by all values of a query: a cursor's description has none that all drivers
    share.
    """
    from sqlalchemy import text

    origin = _origin(database, asked, place)
    values = dict(asked.parameters)
    names = list(database.execute(text(f"SELECT * FROM {origin} WHERE 1 = 0"), values).keys())  # noqa: S608
    seen = [Seen() for _ in names]
    for rows in _rows(database, f"SELECT * FROM {origin}", values):  # noqa: S608
        for one, cells in zip(seen, zip(*rows, strict=True), strict=True):
            one.add(cells)
    problems, kinds = [], []
    for name, one in zip(names, seen, strict=True):
        kind = (pa.string(), True) if name in asked.types else one.type()
        if kind is None:
            told = ", ".join(sorted(each.__name__ for each in one.kinds))
            what = f"its values are of several kinds ({told}); convert it in the query"
            problems.append(Problem(f"{place}: column {name}", what))
        else:
            kinds.append((str(name), *kind))
    if problems:
        raise SourceError(problems)
    remark = "types were inferred from all values of the query"
    return kinds, (remark,)
