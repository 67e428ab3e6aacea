"""The shared vault: a PostgreSQL database, for pipelines on several machines."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from anonymize.addresses import PostgresAddress, refusal
from anonymize.errors import AnonymizeError, MissingExtraError, VaultError
from anonymize.names import KeyId
from anonymize.vault.address import GRANTS, postgres_address
from anonymize.vault.bulk import BulkVault, Namespace
from anonymize.vault.sealing import Entry, new_identity

_TABLES = {
    "coatcheck_namespaces": (
        """CREATE TABLE coatcheck_namespaces (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE,
        key_id text NOT NULL, locked bytea NOT NULL)"""
    ),
    "coatcheck_entries": (
        """CREATE TABLE coatcheck_entries (
        namespace bigint NOT NULL, digest bytea NOT NULL,
        token bytea NOT NULL UNIQUE, sealed bytea NOT NULL,
        PRIMARY KEY (namespace, digest))"""
    ),
    "coatcheck_links": (
        """CREATE TABLE coatcheck_links (
        namespace bigint NOT NULL, subject bytea NOT NULL, digest bytea NOT NULL,
        PRIMARY KEY (namespace, subject, digest));
        CREATE INDEX coatcheck_links_by_digest ON coatcheck_links (namespace, digest)"""
    ),
    "coatcheck_vault": (
        """CREATE TABLE coatcheck_vault (
        one boolean PRIMARY KEY DEFAULT true CHECK (one), id text NOT NULL)"""
    ),
}
"""Each table and its statement. ``IF NOT EXISTS`` would not do, because it requires the right to
create before it checks.
"""
_LOCK = 0x636C6F616B
"""Advisory lock for creating the tables, so that two first users do not collide."""
LOCK_SECONDS = 60
"""Seconds that a statement waits for another transaction's lock."""


class PostgresVault(BulkVault):
    """A vault in PostgreSQL. The database sees only keyed digests, random tokens and sealed
    values.
    """

    def __init__(self, address: str | PostgresAddress, *, make: bool = True) -> None:
        """Connect to ``postgresql://…``; ``make`` creates missing tables, and only those.

        So a role that does not own the tables works with the grants of docs/vault-and-keys.md.

        Raises:
            MissingExtraError: psycopg is not installed.
            VaultError: it is not an address, allows a connection to another machine without TLS, or
                the database refuses; the error does not quote the address. A VaultAwayError if the
                cause may be temporary.
        """
        super().__init__()
        try:
            import psycopg
        except ImportError:
            raise MissingExtraError.of("a vault in PostgreSQL", "postgres") from None
        self._psycopg: Any = psycopg
        self._address = postgres_address(address) if isinstance(address, str) else address
        self._local = threading.local()
        missing = self._missing()
        self.is_there = make or "coatcheck_namespaces" not in missing
        """True if the tables exist. Without ``make`` they are not created."""
        if missing and self.is_there:
            self._make()

    def _missing(self) -> list[str]:
        """Return the names of the tables that do not exist."""
        with self._transaction() as cursor:
            return _missing(cursor)

    def _make(self) -> None:
        with self._transaction() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            for name in _missing(cursor):
                for statement in _TABLES[name].split(";"):
                    cursor.execute(statement)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Any]:
        """Yield a cursor in a transaction.

        Errors are raised without the server's text, which may quote rows, and without psycopg's
        error as a cause, because that holds the connection's parameters with the password in plain
        text.
        """
        refused: AnonymizeError | None = None
        try:
            with (
                self._connection().transaction() as transaction,
                transaction.connection.cursor(binary=True) as cursor,
            ):
                cursor.execute(f"SET LOCAL lock_timeout = {LOCK_SECONDS * 1000}")
                yield cursor
        except self._psycopg.Error as error:
            refused = refusal(error, self._address)
            error._pgconn = (
                None  # not even as the context of another error, because it holds the password
            )
            error.with_traceback(None)
        if refused is not None:
            self.close()
            raise refused from None

    def _connection(self) -> Any:
        if getattr(self._local, "pid", None) != os.getpid():
            settings = self._address.settings()
            self._local.connection = self._psycopg.connect(
                self._address.uri, autocommit=True, **settings
            )
            self._local.pid = os.getpid()
        return self._local.connection

    def identity(self) -> str:
        """Return the vault's id; see ``TokenVault``."""
        with self._transaction() as cursor:
            cursor.execute("SELECT id FROM coatcheck_vault")
            if (found := cursor.fetchone()) is None:
                insert = "INSERT INTO coatcheck_vault (id) VALUES (%s) ON CONFLICT DO NOTHING"
                cursor.execute(insert, (new_identity(),))
                found = cursor.execute("SELECT id FROM coatcheck_vault").fetchone()
        return str(found[0])

    def require_writable(self) -> None:
        """Check that new tokens can be stored; see ``TokenVault``."""
        with self._transaction() as cursor:
            cursor.execute("SELECT current_setting('transaction_read_only')")
            if cursor.fetchone()[0] == "on":
                raise VaultError(
                    "the server takes no writes: it is a standby, or read-only",
                    place=self._address.place,
                )
            cursor.execute(
                "SELECT t, p FROM unnest(%s::text[]) t, unnest(%s::text[]) p WHERE NOT"
                " has_table_privilege(t, p)",
                (
                    ["coatcheck_namespaces", "coatcheck_entries", "coatcheck_links"],
                    ["SELECT", "INSERT"],
                ),
            )
            lacking = [f"{right} on {table}" for table, right in cursor]
            cursor.execute("SELECT has_database_privilege(current_database(), 'TEMPORARY')")
            lacking += [] if cursor.fetchone()[0] else ["TEMPORARY on the database"]
        if lacking:
            raise VaultError(
                f"the role lacks {', '.join(lacking)}; {GRANTS}", place=self._address.place
            )

    def _namespaces(self) -> list[Namespace]:
        with self._transaction() as cursor:
            cursor.execute(
                "SELECT number, name, key_id, locked FROM coatcheck_namespaces ORDER BY name"
            )
            return [
                Namespace(number, name, KeyId(key_id), locked)
                for number, name, key_id, locked in cursor
            ]

    def _add_namespace(self, name: str, key_id: KeyId, locked: bytes) -> None:
        with self._transaction() as cursor:
            cursor.execute(
                "INSERT INTO coatcheck_namespaces (name, key_id, locked) VALUES (%s, %s, %s) ON"
                " CONFLICT DO NOTHING",
                (name, key_id, locked),
            )

    def _relock(self, before: Namespace, key_id: KeyId, locked: bytes) -> bool:
        with self._transaction() as cursor:
            cursor.execute(
                "UPDATE coatcheck_namespaces SET key_id = %s, locked = %s WHERE number = %s AND"
                " locked = %s",
                (key_id, locked, before.number, before.locked),
            )
            return bool(cursor.rowcount == 1)

    def _get(self, number: int, digests: Sequence[bytes]) -> dict[bytes, Entry]:
        with self._transaction() as cursor:
            return _read(cursor, number, digests)

    def _add(
        self, number: int, entries: Sequence[Entry], links: Sequence[tuple[bytes, bytes]]
    ) -> dict[bytes, Entry]:
        with self._transaction() as cursor:
            _copy(cursor, "entries_in", "digest bytea, token bytea, sealed bytea", entries)
            cursor.execute(
                "INSERT INTO coatcheck_entries SELECT %s, digest, token, sealed FROM entries_in"
                " ORDER BY digest ON CONFLICT DO NOTHING",
                (number,),
            )
            lost = cursor.rowcount != len(entries)
            if links:
                _copy(cursor, "links_in", "digest bytea, subject bytea", links)
                cursor.execute(
                    "INSERT INTO coatcheck_links SELECT %s, subject, digest FROM links_in ORDER BY"
                    " digest, subject ON CONFLICT DO NOTHING",
                    (number,),
                )
            return _read(cursor, number, [digest for digest, _, _ in entries]) if lost else {}

    def _by_token(self, number: int, tokens: Sequence[bytes]) -> dict[bytes, bytes]:
        with self._transaction() as cursor:
            cursor.execute(
                "SELECT token, sealed FROM coatcheck_entries WHERE namespace = %s AND token ="
                " ANY(%s)",
                (number, list(tokens)),
            )
            return dict(cursor.fetchall())

    def _remove(self, number: int, digests: Sequence[bytes]) -> int:
        with self._transaction() as cursor:
            for table in ("links", "entries"):
                cursor.execute(
                    f"DELETE FROM coatcheck_{table} WHERE namespace = %s AND digest = ANY(%s)",  # noqa: S608
                    (number, list(digests)),
                )
            return int(cursor.rowcount)

    def _remove_subjects(self, number: int, subjects: Sequence[bytes]) -> int:
        with self._transaction() as cursor:
            cursor.execute(
                "DELETE FROM coatcheck_links WHERE namespace = %s AND subject = ANY(%s) RETURNING"
                " digest",
                (number, list(subjects)),
            )
            owned = sorted({digest for (digest,) in cursor})
            cursor.execute(
                "DELETE FROM coatcheck_entries e WHERE namespace = %s AND digest = ANY(%s) AND NOT"
                " EXISTS (SELECT 1 FROM coatcheck_links l WHERE l.namespace = e.namespace AND"
                " l.digest = e.digest)",
                (number, owned),
            )
            return int(cursor.rowcount)

    def _linked(self, number: int, subjects: Sequence[bytes]) -> int:
        with self._transaction() as cursor:
            cursor.execute(
                "SELECT count(*) FROM coatcheck_links WHERE namespace = %s AND subject = ANY(%s)",
                (number, list(subjects)),
            )
            return int(cursor.fetchone()[0])

    def _count(self, number: int) -> int:
        with self._transaction() as cursor:
            cursor.execute("SELECT count(*) FROM coatcheck_entries WHERE namespace = %s", (number,))
            return int(cursor.fetchone()[0])

    def close(self) -> None:
        """Close this thread's connection."""
        if getattr(self._local, "pid", None) == os.getpid():
            self._local.pid = None
            self._local.connection.close()

    def __repr__(self) -> str:
        """Return the kind only, because a URI may hold a password."""
        return "PostgresVault()"


def _missing(cursor: Any) -> list[str]:
    """Return the tables that are in no schema of the search path.

    Reads pg_class, because ``to_regclass`` uses a cache that waiting for an advisory lock does not
    refresh.
    """
    cursor.execute(
        "SELECT name FROM unnest(%s::text[]) AS name WHERE NOT EXISTS (SELECT FROM pg_class c JOIN"
        " pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = name AND n.nspname = ANY"
        " (current_schemas(false)))",
        (list(_TABLES),),
    )
    return [name for (name,) in cursor]


def _copy(cursor: Any, table: str, columns: str, rows: Sequence[Sequence[bytes]]) -> None:
    """Fill a temporary table that exists as long as the transaction."""
    cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns}) ON COMMIT DROP")
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
        for row in rows:
            copy.write_row(row)


def _read(cursor: Any, number: int, digests: Sequence[bytes]) -> dict[bytes, Entry]:
    cursor.execute(
        "SELECT digest, token, sealed FROM coatcheck_entries WHERE namespace = %s AND digest ="
        " ANY(%s)",
        (number, list(digests)),
    )
    return {row[0]: row for row in cursor.fetchall()}
