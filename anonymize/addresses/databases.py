"""Which addresses name a database of rows, and of which kind."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from anonymize.addresses.client import Client
from anonymize.addresses.postgres import PostgresAddress, postgres_address
from anonymize.errors import BusyError, DatasetError, SourceAwayError, SourceError
from anonymize.keys import Secret

PASSWORD_VARIABLE = "COATCHECK_SOURCE_PASSWORD"  # noqa: S105 - the variable's name
SINK_PASSWORD_VARIABLE = "COATCHECK_SINK_PASSWORD"  # noqa: S105 - the variable's name
FORMS = (
    "postgresql://USER@HOST:PORT/DATABASE, sqlite:///PATH, duckdb:///PATH, or"
    " sqlalchemy+DIALECT://USER@HOST/DATABASE"
)
SINK_FORMS = "postgresql://USER@HOST:PORT/DATABASE, sqlite:///PATH or duckdb:///PATH"
DATABASES_PAGE = "docs/reference/databases.md"
SOURCE = Client(
    error=SourceError,
    away=SourceAwayError,
    name="PostgreSQL",
    place="source.path",
    forms=FORMS,
    password=f"{PASSWORD_VARIABLE}, PGPASSWORD or ~/.pgpass holds it",
    states={
        "42501": f"the role may not do this: {DATABASES_PAGE} lists the grants it needs",
        "42P01": (
            "there is no such table or view here, or the query names one that is not there; names"
            " are taken as they are written, and without a schema by search_path"
        ),
        "3F000": "there is no such schema",
        "42703": "a column is not there, or not there any more",
        "42601": "the query is not one SELECT: PostgreSQL finds a mistake in its syntax",
        "0A000": "the query is not one SELECT that can be read from",
        "25006": "the query would write, and sources are read in a read-only transaction",
        "57014": "the server cancelled the statement: a time limit, or somebody",
        "22023": (
            "the state of the database that the run began with is gone: the process that began it"
            " ended or lost its connection; run again"
        ),
        "22P02": "a value is not of the type that is said for its column",
    },
)
"""Who reads rows of PostgreSQL."""
SINK = Client(
    error=DatasetError,
    away=BusyError,
    name="PostgreSQL",
    place="--to",
    forms=SINK_FORMS,
    password=f"{SINK_PASSWORD_VARIABLE}, PGPASSWORD or ~/.pgpass holds it",
    states={
        "42501": f"the role may not do this: {DATABASES_PAGE} lists the grants it needs",
        "3F000": "there is no such schema",
        "25006": "the server takes no writes: it is a standby, or read-only",
        "2BP01": "something depends on the table that would be replaced, for example a view",
        "22021": "a text holds a NUL character, which no text in PostgreSQL may hold",
        "23505": "a row that is added breaks a unique key of the table",
        "54011": "the rows have more columns than a table of PostgreSQL may have (1,600)",
    },
)
"""Who writes rows into PostgreSQL."""
Kind = Literal["postgresql", "sqlite", "duckdb", "sqlalchemy"]
_DIALECTS = frozenset({"mysql", "mariadb", "oracle", "mssql"})
"""Dialects whose URLs are known without ``sqlalchemy+``."""
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+._-]*):")
_SECRET = re.compile(r"pass|pwd|secret|token|key|cred|sig", re.IGNORECASE)


@dataclass(frozen=True)
class DatabaseAddress:
    """An address without secrets, and its kind."""

    kind: Kind
    """The kind of database."""
    text: str
    """The address as it was given."""
    path: str = ""
    """The file of SQLite or DuckDB."""
    url: str = ""
    """SQLAlchemy's URL."""

    @property
    def postgres(self) -> PostgresAddress:
        """Return the address parsed, with the password that the environment gives, if any.

        Raises:
            SourceError: it is not PostgreSQL's.
        """
        return _with_password(postgres_address(self.text, SOURCE), PASSWORD_VARIABLE)

    @property
    def sink(self) -> PostgresAddress:
        """Return the address parsed for writing, with the password that the environment gives.

        Raises:
            DatasetError: it is not PostgreSQL's.
        """
        return _with_password(postgres_address(self.text, SINK), SINK_PASSWORD_VARIABLE)


def _with_password(address: PostgresAddress, variable: str) -> PostgresAddress:
    said = os.environ.get(variable)
    return address.with_password(Secret(said.encode())) if said else address


def is_database(text: str) -> bool:
    """Return True if ``text`` begins like the address of a database, and not like a path."""
    return _kind_of(text) is not None


def _kind_of(text: str) -> Kind | None:
    found = _SCHEME.match(text)
    scheme = found.group(1).lower() if found else ""
    if scheme in ("postgresql", "postgres"):
        return "postgresql"
    if scheme.startswith("sqlalchemy+") or scheme.partition("+")[0] in _DIALECTS:
        return "sqlalchemy"
    if scheme == "sqlite" or scheme == "duckdb":
        return "sqlite" if scheme == "sqlite" else "duckdb"
    return None


def database_address(text: str, client: Client = SOURCE) -> DatabaseAddress:
    """Return ``text`` parsed; ``client`` says what hints name: forms, and the password's variable.

    A path follows ``sqlite:`` or ``duckdb:`` at once, or after three slashes, as SQLAlchemy writes
    it: ``sqlite:///data/x.db`` is relative, ``sqlite:////srv/x.db`` is not.

    Raises:
        SourceError: it is none, or holds a password; the error quotes nothing of it.
    """
    kind = _kind_of(text)
    if kind is None or "\0" in text or not text.isprintable():
        raise SourceError(f"is not a database's address: {client.forms}", place="source.path")
    if kind == "postgresql":
        if postgres_address(text, client).secrets:
            raise _holds_password(client)
        return DatabaseAddress(kind, text)
    if kind == "sqlalchemy":
        return DatabaseAddress(kind, text, url=_alchemy_url(text, client))
    path = text.partition(":")[2]
    if path.startswith("//"):
        if not path.startswith("///"):
            raise SourceError(
                f"names a host, and a file has none: say {kind}:///PATH", place="source.path"
            )
        path = path[3:]
    if not path or "?" in path or "#" in path:
        raise SourceError(f"names no file: say {kind}:///PATH", place="source.path")
    return DatabaseAddress(kind, text, path=unquote(path))


def _alchemy_url(text: str, client: Client) -> str:
    """Return SQLAlchemy's URL, without the scheme that marks it here."""
    url = text.removeprefix("sqlalchemy+")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise SourceError(
            f"is not a database's address: {client.forms}", place="source.path"
        ) from None
    user = parts.netloc.rpartition("@")[0]
    secret = any(_SECRET.search(unquote(part.partition("=")[0])) for part in parts.query.split("&"))
    stray = parts.netloc.count("@") > 1 or "@" in parts.path + parts.query or "#" in url
    if ":" in user or secret or stray:
        raise _holds_password(client)
    return url


def _holds_password(client: Client) -> SourceError:
    variable = SINK_PASSWORD_VARIABLE if client is SINK else PASSWORD_VARIABLE
    what = (
        f"holds a password, or may hold one; leave it out here: {variable} gives it, for"
        " PostgreSQL also PGPASSWORD or ~/.pgpass"
    )
    return SourceError(what, place="source.path")
