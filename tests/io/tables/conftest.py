"""A real PostgreSQL server with a database for each test, and its address without the password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from anonymize.io import Source
from anonymize.pipeline.opening import open_spec
from anonymize.policy import SourceSpec


@dataclass(frozen=True)
class Database:
    """An empty database of a server that runs for the tests."""

    uri: str
    """With the password, for the tests' own connections."""

    @property
    def address(self) -> str:
        """Return the address as a policy has it."""
        parts = urlsplit(self.uri)
        return f"postgresql://{parts.username}@{parts.hostname}:{parts.port}{parts.path}"

    @property
    def password(self) -> str:
        """Return the password."""
        return str(urlsplit(self.uri).password)

    def do(self, *statements: str) -> None:
        """Run statements."""
        with psycopg.connect(self.uri, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with psycopg.connect(self.uri, autocommit=True) as connection:
            return connection.execute(query).fetchall()

    def open(self, **settings: Any) -> Source:
        """Open a source in it."""
        return open_spec(SourceSpec(path=self.address, **settings))


@pytest.fixture
def database(postgres_uri: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Return an empty database; the password is in the environment."""
    whole = Database(postgres_uri)
    made = Database(postgres_uri.rpartition("/")[0] + "/tables")
    if not whole.rows("SELECT FROM pg_database WHERE datname = 'tables'"):
        whole.do("CREATE DATABASE tables")
    # a failed test's error still holds its source, and that its transaction
    whole.do("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'tables'")
    made.do("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    monkeypatch.setenv("COATCHECK_SOURCE_PASSWORD", made.password)
    return made


def read(source: Source) -> list[dict[str, Any]]:
    """Return all rows, through the partitions as workers have them."""
    return [
        row
        for partition in source.partitions()
        for batch in partition.batches()
        for row in batch.to_pylist()
    ]
