"""The default vault: one SQLite file of mode 0600, shared by the processes of one machine."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from anonymize.errors import VaultError, VaultLogError
from anonymize.names import KeyId
from anonymize.vault.bulk import BulkVault, Namespace, chunks
from anonymize.vault.sealing import Entry, new_identity
from anonymize.vault.sqlite_file import (
    BUSY_SECONDS,
    check_private,
    error_name,
    held_elsewhere,
    set_pragma,
)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS namespaces (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
    key_id TEXT NOT NULL, locked BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS entries (
    namespace INTEGER NOT NULL, digest BLOB NOT NULL, token BLOB NOT NULL, sealed BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS entries_by_digest ON entries (namespace, digest);
CREATE UNIQUE INDEX IF NOT EXISTS entries_by_token ON entries (token);
CREATE TABLE IF NOT EXISTS links (
    namespace INTEGER NOT NULL, subject BLOB NOT NULL, digest BLOB NOT NULL,
    PRIMARY KEY (namespace, subject, digest)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS links_by_digest ON links (namespace, digest);
CREATE TABLE IF NOT EXISTS vault (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL);
"""
_PRAGMAS = (
    "page_size = 16384",
    "journal_mode = WAL",
    "synchronous = FULL",
    "secure_delete = ON",
    "cache_size = -65536",
    "wal_autocheckpoint = 8192",
    "temp_store = MEMORY",
)
_AT_ONCE = 8192
SCRUB_SECONDS = 30.0
"""Seconds to wait for readers whose snapshot keeps erased entries in the write-ahead log."""


class SqliteVault(BulkVault):
    """A vault in an SQLite file with write-ahead log. Every commit is synced to disk, freed space
    is overwritten.
    """

    def __init__(self, path: str | Path) -> None:
        """Open the file, or create it with mode 0600.

        Raises:
            VaultError: other users may read it, or it is not a vault.
        """
        super().__init__()
        self._path = Path(os.path.abspath(path))
        self._local = threading.local()
        self._inode = check_private(self._path)
        with self._connected() as connection:
            connection.executescript(_SCHEMA)
        self.identity()

    @contextlib.contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """Yield this thread's connection. Errors are raised without the database's text, which may
        quote values.
        """
        try:
            yield self._connection()
        except sqlite3.OperationalError as error:
            busy = getattr(error, "sqlite_errorcode", 0) & 0xFF in (
                sqlite3.SQLITE_BUSY,
                sqlite3.SQLITE_LOCKED,
            )
            if busy:
                raise held_elsewhere(str(self._path)) from None
            what = f"the vault cannot be used: {error_name(error)}"
            raise VaultError(what, place=str(self._path)) from None
        except sqlite3.Error as error:
            raise VaultError(
                f"the vault is damaged or is not one: {error_name(error)}", place=str(self._path)
            ) from None

    def is_there(self) -> bool:
        """Return True if the opened file is still the one at its path. While it is open, no other
        file has its inode number.
        """
        try:
            return os.stat(self._path).st_ino == self._inode
        except OSError:
            return False

    def _connection(self) -> sqlite3.Connection:
        if not self.is_there():  # what is stored in a removed file is lost when this process ends
            what = (
                "the vault's file was removed or replaced while it was in use; put it back and run"
                " again"
            )
            raise VaultError(what, place=str(self._path))
        if getattr(self._local, "pid", None) != os.getpid():
            connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
            for pragma in _PRAGMAS:
                set_pragma(connection, pragma)
            self._local.connection, self._local.pid = connection, os.getpid()
        found: sqlite3.Connection = self._local.connection
        return found

    def identity(self) -> str:
        """Return the vault's id; see ``TokenVault``."""
        asked = "SELECT id FROM vault"
        with self._connected() as connection:
            found = connection.execute(asked).fetchone()
        if found is None:
            with self._writing() as connection:
                connection.execute("INSERT OR IGNORE INTO vault VALUES (1, ?)", (new_identity(),))
                found = connection.execute(asked).fetchone()
        return str(found[0])

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _namespaces(self) -> list[Namespace]:
        with self._connected() as connection:
            rows = connection.execute(
                "SELECT number, name, key_id, locked FROM namespaces ORDER BY name"
            ).fetchall()
        return [
            Namespace(number, name, KeyId(key_id), locked) for number, name, key_id, locked in rows
        ]

    def _add_namespace(self, name: str, key_id: KeyId, locked: bytes) -> None:
        with self._writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO namespaces (name, key_id, locked) VALUES (?, ?, ?)",
                (name, key_id, locked),
            )

    def _relock(self, before: Namespace, key_id: KeyId, locked: bytes) -> bool:
        with self._writing() as connection:
            changed = connection.execute(
                "UPDATE namespaces SET key_id = ?, locked = ? WHERE number = ? AND locked = ?",
                (key_id, locked, before.number, before.locked),
            )
            return changed.rowcount == 1

    def _get(self, number: int, digests: Sequence[bytes]) -> dict[bytes, Entry]:
        with self._connected() as connection:
            return _read(connection, number, digests)

    def _add(
        self, number: int, entries: Sequence[Entry], links: Sequence[tuple[bytes, bytes]]
    ) -> dict[bytes, Entry]:
        with self._writing() as connection:
            before = connection.total_changes
            connection.executemany(
                "INSERT OR IGNORE INTO entries VALUES (?, ?, ?, ?)",
                [(number, *entry) for entry in entries],
            )
            lost = connection.total_changes - before != len(entries)
            connection.executemany(
                "INSERT OR IGNORE INTO links VALUES (?, ?, ?)",
                [(number, owner, value) for value, owner in links],
            )
            return _read(connection, number, [digest for digest, _, _ in entries]) if lost else {}

    def _by_token(self, number: int, tokens: Sequence[bytes]) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        with self._connected() as connection:
            for part in chunks(tokens, _AT_ONCE):
                sql = (
                    f"SELECT token, sealed FROM entries WHERE token IN ({_marks(part)})"  # noqa: S608
                    " AND namespace = ?"
                )
                found.update(connection.execute(sql, (*part, number)).fetchall())
        return found

    def _remove(self, number: int, digests: Sequence[bytes]) -> int:
        keys = [(number, digest) for digest in digests]
        with self._writing() as connection:
            connection.executemany("DELETE FROM links WHERE namespace = ? AND digest = ?", keys)
            before = connection.total_changes
            connection.executemany("DELETE FROM entries WHERE namespace = ? AND digest = ?", keys)
            return connection.total_changes - before

    def _remove_subjects(self, number: int, subjects: Sequence[bytes]) -> int:
        owned: list[tuple[int, bytes, int, bytes]] = []
        with self._writing() as connection:
            for subject in subjects:
                rows = connection.execute(
                    "SELECT digest FROM links WHERE namespace = ? AND subject = ?",
                    (number, subject),
                ).fetchall()
                owned += [(number, digest, number, digest) for (digest,) in rows]
                connection.execute(
                    "DELETE FROM links WHERE namespace = ? AND subject = ?", (number, subject)
                )
            before = connection.total_changes
            connection.executemany(
                "DELETE FROM entries WHERE namespace = ? AND digest = ?"
                " AND NOT EXISTS (SELECT 1 FROM links WHERE namespace = ? AND digest = ?)",
                owned,
            )
            return connection.total_changes - before

    def _linked(self, number: int, subjects: Sequence[bytes]) -> int:
        sql = "SELECT count(*) FROM links WHERE namespace = ? AND subject = ?"
        with self._connected() as connection:
            return sum(
                connection.execute(sql, (number, subject)).fetchone()[0] for subject in subjects
            )

    def scrub(self) -> None:
        """Empty the write-ahead log, which has pages from before a deletion; waits for readers of
        old pages.

        Raises:
            VaultLogError: a reader did not end within ``SCRUB_SECONDS``. SQLite reports that in a
                result row, not as an error.
        """
        with self._connected() as connection:
            connection.execute(
                f"PRAGMA busy_timeout = {int(1000 * min(SCRUB_SECONDS, BUSY_SECONDS))}"
            )
            try:
                held = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            finally:
                connection.execute(f"PRAGMA busy_timeout = {int(1000 * BUSY_SECONDS)}")
        if held:
            what = (
                "the write-ahead log still holds what was erased, for another process is reading"
                " the vault"
            )
            raise VaultLogError(
                f"{what}; end it (a backup, say) and repeat the command", place=str(self._path)
            )

    def _count(self, number: int) -> int:
        with self._connected() as connection:
            counted: int = connection.execute(
                "SELECT count(*) FROM entries WHERE namespace = ?", (number,)
            ).fetchone()[0]
        return counted

    def close(self) -> None:
        """Close this thread's connection."""
        if getattr(self._local, "pid", None) == os.getpid():
            self._local.connection.close()
            self._local.pid = None

    def __repr__(self) -> str:
        """Return the path."""
        return f"SqliteVault({self._path})"


def _read(
    connection: sqlite3.Connection, number: int, digests: Sequence[bytes]
) -> dict[bytes, Entry]:
    found: dict[bytes, Entry] = {}
    for part in chunks(digests, _AT_ONCE):
        sql = (
            "SELECT digest, token, sealed FROM entries"  # noqa: S608
            f" WHERE namespace = ? AND digest IN ({_marks(part)})"
        )
        found.update((row[0], row) for row in connection.execute(sql, (number, *part)).fetchall())
    return found


def _marks(part: Sequence[bytes]) -> str:
    return ",".join("?" * len(part))
