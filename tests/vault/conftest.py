"""Vaults in SQLite and in a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from anonymize.vault import TokenVault
from tests.postgres import own_address, wait_for

__all__ = ["own_address", "wait_for"]


def empty(uri: str) -> None:
    """Take the vault's tables away."""
    import psycopg

    with psycopg.connect(uri, autocommit=True) as connection:
        for table in ("namespaces", "entries", "links", "vault"):
            connection.execute(f"DROP TABLE IF EXISTS coatcheck_{table}")


@pytest.fixture(params=["sqlite", "postgres"])
def vault_uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URI of an empty vault, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:{tmp_path / 'vault.db'}"
    uri: str = request.getfixturevalue("postgres_uri")
    empty(uri)
    return uri


@pytest.fixture
def vault(vault_uri: str) -> Iterator[TokenVault]:
    """Return an empty vault of each kind."""
    from anonymize.vault.opening import _open

    opened = _open(vault_uri)
    yield opened
    opened.close()
