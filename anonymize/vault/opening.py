"""A vault by its URI."""

from __future__ import annotations

import os

from anonymize.errors import VaultError
from anonymize.vault.interface import TokenVault
from anonymize.vault.sqlite import SqliteVault

VAULT_VARIABLE = "COATCHECK_VAULT"
DEFAULT = "sqlite:.coatcheck/vault.db"
_opened: dict[tuple[int, str], TokenVault] = {}


def open_vault(uri: str | None = None) -> TokenVault:
    """Return the vault at ``uri``, made where missing; once per process.

    ``uri`` is ``sqlite:PATH`` or ``postgresql://…``; by default what COATCHECK_VAULT says, else
    ``sqlite:.coatcheck/vault.db``.

    Raises:
        VaultError: the URI is neither, or the database is unavailable.
        MissingExtraError: PostgreSQL needs psycopg.
    """
    text = _named(uri)
    place = (os.getpid(), os.path.abspath(text.removeprefix("sqlite:")) if text.startswith("sqlite:") else text)
    if place not in _opened:
        _opened[place] = _open(text)
    return _opened[place]


def vault_if_there(uri: str | None = None) -> TokenVault | None:
    """Return the vault as `open_vault` does, but None where its file was never made."""
    text = _named(uri)
    if text.startswith("sqlite:") and not os.path.exists(text.removeprefix("sqlite:")):
        return None
    return open_vault(text)


def _named(uri: str | None) -> str:
    return uri or os.environ.get(VAULT_VARIABLE) or DEFAULT


def _open(uri: str) -> TokenVault:
    scheme, _, rest = uri.partition(":")
    if scheme == "sqlite" and rest:
        return SqliteVault(rest)
    if scheme in ("postgresql", "postgres"):
        from anonymize.vault.postgres import PostgresVault

        return PostgresVault(uri)
    raise VaultError(f"'{scheme}:' is not a vault's URI: sqlite:PATH or postgresql://…")
