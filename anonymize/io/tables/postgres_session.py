"""A read-only transaction of PostgreSQL over ADBC; its errors hold neither a row nor a password."""

from __future__ import annotations

import contextlib
import re
import weakref
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from anonymize.addresses import PostgresAddress, refusal
from anonymize.addresses.databases import SOURCE, DatabaseAddress
from anonymize.errors import AnonymizeError, MissingExtraError, SourceError
from anonymize.io.tables.asked import Value, read_as
from anonymize.io.tables.checked import BATCH_ROWS, too_long
from anonymize.io.tables.emptied import emptied

LOCK_SECONDS = 60
"""Seconds that a statement waits for another transaction's lock."""
MARK = "coatcheck-"
"""Begins what a query of ours makes the server refuse, for example ``coatcheck-long-3``."""
_MARKED = re.compile(MARK + r"(long|dimensions)-(\d+)-")
_SNAPSHOT = re.compile(r"[0-9A-Fa-f-]{1,64}")
_USE_COPY = "adbc.postgresql.use_copy"
_SETTINGS = {
    "lock_timeout": str(LOCK_SECONDS * 1000),
    "idle_in_transaction_session_timeout": "0",  # the transaction that keeps the snapshot waits
    "synchronize_seqscans": "off",  # or a second pass could begin in the middle of the table
    "max_parallel_workers_per_gather": "0",  # or its rows could come in another order
    "enable_indexonlyscan": "off",  # or a pass of few columns could come in another order
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "intervalstyle": "iso_8601",
    "extra_float_digits": "1",
    "bytea_output": "hex",
}


class Session:
    """One open read-only transaction, in isolation REPEATABLE READ."""

    def __init__(
        self,
        address: DatabaseAddress,
        snapshot: str | None = None,
        parameters: Mapping[str, Value] | None = None,
        names: tuple[str, ...] = (),
    ) -> None:
        """Connect; see the state of the database that ``snapshot`` names, or the present one.

        ``names`` are the columns of the source, for errors that name one.

        Raises:
            MissingExtraError: ADBC's driver is not installed.
            SourceError: the database refuses; a SourceAwayError if the cause may be temporary.
        """
        try:
            from adbc_driver_postgresql import dbapi
        except ImportError:
            raise MissingExtraError.of("a source in PostgreSQL", "sql") from None
        self._driver: Any = dbapi
        self.address: PostgresAddress = address.postgres
        self._names = names
        self._connection: Any = None
        with self._refusing():
            self._connection = dbapi.connect(self.address.conninfo(), autocommit=True)
        self._close = weakref.finalize(self, _closed, self._connection)
        try:
            self._begin(snapshot, parameters or {})
        except BaseException:
            self.close()
            raise

    def _begin(self, snapshot: str | None, parameters: Mapping[str, Value]) -> None:
        self.do("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        if snapshot is not None:
            if not _SNAPSHOT.fullmatch(snapshot):
                raise SourceError("the snapshot's name is none", place=self.address.place)
            self.do(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
        for name, value in _SETTINGS.items():
            self.row("SELECT set_config($1, $2, true)", name, value)
        for parameter, given in parameters.items():
            self.row("SELECT set_config($1, $2, true)", setting(parameter), text_of(given))

    def do(self, statement: str) -> None:
        """Run a statement without result."""
        with self._refusing(), self._connection.cursor() as cursor:
            cursor.execute(statement)

    def row(self, statement: str, *values: str) -> tuple[Any, ...]:
        """Return the first row of a query of ours, whose values are bound.

        Raises:
            SourceError: there is none, or the database refuses.
        """
        with self._refusing(), self._connection.cursor() as cursor:
            cursor.adbc_statement.set_options(**{_USE_COPY: "false"})  # COPY takes no EXPLAIN
            cursor.execute(statement, values or None)
            found = cursor.fetchone()
        if found is None:
            raise SourceError("a query of the catalogue has no row", place=self.address.place)
        return tuple(found)

    def is_there(self, statement: str) -> bool:
        """Return True if a query has a row."""
        with self._refusing(), self._connection.cursor() as cursor:
            cursor.execute(f"SELECT EXISTS ({statement})")
            return bool(cursor.fetchone()[0])

    def schema(self, statement: str) -> pa.Schema:
        """Return names and types of a query's columns, without running it."""
        with self._refusing(), self._connection.cursor() as cursor:
            return cursor.adbc_execute_schema(statement)

    def batches(self, statement: str) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a query as the server sends them, at most `BATCH_ROWS` at once.

        Raises:
            SourceError: the database refuses, or the connection is lost in the middle.
        """
        with self._refusing(), self._connection.cursor() as cursor:
            cursor.execute(statement)
            for batch in cursor.fetch_record_batch():
                for start in range(0, batch.num_rows, BATCH_ROWS):
                    yield batch.slice(start, BATCH_ROWS)

    @contextlib.contextmanager
    def _refusing(self) -> Iterator[None]:
        """Raise errors without the server's text, which may quote rows, and without the driver's
        error as cause or context, because it may hold the address with its password.
        """
        refused: AnonymizeError | None = None
        try:
            yield
        except (self._driver.Error, pa.ArrowException, OSError) as error:
            refused = self._refusal(error)
            emptied(error)
        if refused is not None:
            raise refused from None

    def _refusal(self, error: BaseException) -> AnonymizeError:
        if marked := _MARKED.search(str(error)):
            return self._marked(marked[1], self._names[int(marked[2])])
        state = str(getattr(error, "sqlstate", None) or "")
        if state and state != "00000":
            return refusal(error, self.address, state=state)
        if self._connection is None:
            return refusal(error, self.address)
        if self._is_alive():
            what = (
                "the query failed while its rows were read, and why is not repeated here, because"
                " it may quote a row: psql with the same query shows it"
            )
            return SourceError(what, place=self.address.place)
        return SOURCE.away("the connection was lost while rows were read", place=self.address.place)

    def _marked(self, kind: str, name: str) -> SourceError:
        place = f"{self.address.place}: column {name}"
        if kind == "long":
            return too_long(name, self.address.place)
        what = (
            "holds arrays of several dimensions, which a list would flatten; read the column as"
            f" text, {read_as(name)}"
        )
        return SourceError(what, place=place)

    def _is_alive(self) -> bool:
        """Return True if the server still answers; the language of its errors does not matter."""
        try:
            with self._connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
        except (self._driver.Error, pa.ArrowException, OSError):
            return False
        return True

    def close(self) -> None:
        """End the transaction and the connection."""
        if self._connection is not None:
            self._close()

    def __enter__(self) -> Session:
        """Return the session."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def __repr__(self) -> str:
        """Return the kind only, because settings may hold a password."""
        return "Session()"


def setting(parameter: str) -> str:
    """Return the name of the server's setting that holds a query's parameter in a transaction."""
    return f"coatcheck.{parameter.lower()}"


def text_of(value: Value) -> str:
    """Return a parameter's value as the server reads it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _closed(connection: Any) -> None:
    with contextlib.suppress(Exception):
        connection.close()
