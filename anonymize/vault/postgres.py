"""The shared vault: a PostgreSQL database, for pipelines on several machines."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from anonymize.errors import MissingExtraError, VaultError
from anonymize.names import KeyId
from anonymize.vault.bulk import BulkVault, Namespace
from anonymize.vault.sealing import Entry

_SCHEMA = """
CREATE TABLE IF NOT EXISTS coatcheck_namespaces (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE,
    key_id text NOT NULL, locked bytea NOT NULL);
CREATE TABLE IF NOT EXISTS coatcheck_entries (
    namespace bigint NOT NULL, digest bytea NOT NULL, token bytea NOT NULL UNIQUE, sealed bytea NOT NULL,
    PRIMARY KEY (namespace, digest));
CREATE TABLE IF NOT EXISTS coatcheck_links (
    namespace bigint NOT NULL, subject bytea NOT NULL, digest bytea NOT NULL,
    PRIMARY KEY (namespace, subject, digest));
CREATE INDEX IF NOT EXISTS coatcheck_links_by_digest ON coatcheck_links (namespace, digest);
"""
_LOCK = 0x636C6F616B
"""Advisory lock under which the tables are made, so that two first users do not collide."""


class PostgresVault(BulkVault):
    """A vault in PostgreSQL. The database sees keyed digests, random tokens and sealed values only."""

    def __init__(self, uri: str) -> None:
        """Connect to ``postgresql://…`` and make the tables where missing.

        Raises:
            MissingExtraError: psycopg is not installed.
            VaultError: the database is unavailable; the error does not repeat the URI.
        """
        super().__init__()
        try:
            import psycopg
        except ImportError:
            raise MissingExtraError.of("a vault in PostgreSQL", "postgres") from None
        self._psycopg: Any = psycopg
        self._uri = uri
        self._local = threading.local()
        with self._transaction() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            for statement in _SCHEMA.split(";")[:-1]:
                cursor.execute(statement)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Any]:
        """Give a cursor in a transaction; errors leave without the server's text, which may quote rows."""
        try:
            connection = self._connection()
            with connection.transaction(), connection.cursor(binary=True) as cursor:
                yield cursor
        except self._psycopg.Error as error:
            self._local.pid = None
            state = getattr(error, "sqlstate", None) or type(error).__name__
            raise VaultError(f"the vault's PostgreSQL database refused or is unavailable ({state})") from None

    def _connection(self) -> Any:
        if getattr(self._local, "pid", None) != os.getpid():
            self._local.connection = self._psycopg.connect(self._uri, autocommit=True)
            self._local.pid = os.getpid()
        return self._local.connection

    def _namespaces(self) -> list[Namespace]:
        with self._transaction() as cursor:
            cursor.execute("SELECT number, name, key_id, locked FROM coatcheck_namespaces ORDER BY name")
            return [Namespace(number, name, KeyId(key_id), locked) for number, name, key_id, locked in cursor]

    def _add_namespace(self, name: str, key_id: KeyId, locked: bytes) -> None:
        with self._transaction() as cursor:
            cursor.execute(
                "INSERT INTO coatcheck_namespaces (name, key_id, locked) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                (name, key_id, locked),
            )

    def _relock(self, before: Namespace, key_id: KeyId, locked: bytes) -> bool:
        with self._transaction() as cursor:
            cursor.execute(
                "UPDATE coatcheck_namespaces SET key_id = %s, locked = %s WHERE number = %s AND locked = %s",
                (key_id, locked, before.number, before.locked),
            )
            return bool(cursor.rowcount == 1)

    def _get(self, number: int, digests: Sequence[bytes]) -> dict[bytes, Entry]:
        with self._transaction() as cursor:
            return _read(cursor, number, digests)

    def _add(self, number: int, entries: Sequence[Entry], links: Sequence[tuple[bytes, bytes]]) -> dict[bytes, Entry]:
        with self._transaction() as cursor:
            _copy(cursor, "entries_in", "digest bytea, token bytea, sealed bytea", entries)
            cursor.execute(
                "INSERT INTO coatcheck_entries SELECT %s, digest, token, sealed FROM entries_in ORDER BY digest"
                " ON CONFLICT DO NOTHING",
                (number,),
            )
            lost = cursor.rowcount != len(entries)
            if links:
                _copy(cursor, "links_in", "digest bytea, subject bytea", links)
                cursor.execute(
                    "INSERT INTO coatcheck_links SELECT %s, subject, digest FROM links_in ORDER BY digest, subject"
                    " ON CONFLICT DO NOTHING",
                    (number,),
                )
            return _read(cursor, number, [digest for digest, _, _ in entries]) if lost else {}

    def _by_token(self, number: int, tokens: Sequence[bytes]) -> dict[bytes, bytes]:
        with self._transaction() as cursor:
            cursor.execute(
                "SELECT token, sealed FROM coatcheck_entries WHERE namespace = %s AND token = ANY(%s)",
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
                "DELETE FROM coatcheck_links WHERE namespace = %s AND subject = ANY(%s) RETURNING digest",
                (number, list(subjects)),
            )
            owned = sorted({digest for (digest,) in cursor})
            cursor.execute(
                "DELETE FROM coatcheck_entries e WHERE namespace = %s AND digest = ANY(%s) AND NOT EXISTS"
                " (SELECT 1 FROM coatcheck_links l WHERE l.namespace = e.namespace AND l.digest = e.digest)",
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
            self._local.connection.close()
            self._local.pid = None

    def __repr__(self) -> str:
        """Return the kind only: a URI may hold a password."""
        return "PostgresVault()"


def _copy(cursor: Any, table: str, columns: str, rows: Sequence[Sequence[bytes]]) -> None:
    """Fill a table that lives as long as the transaction."""
    cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns}) ON COMMIT DROP")
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
        for row in rows:
            copy.write_row(row)


def _read(cursor: Any, number: int, digests: Sequence[bytes]) -> dict[bytes, Entry]:
    cursor.execute(
        "SELECT digest, token, sealed FROM coatcheck_entries WHERE namespace = %s AND digest = ANY(%s)",
        (number, list(digests)),
    )
    return {row[0]: row for row in cursor.fetchall()}
