"""A vault by its URI, and the place that a plan keeps of it."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit, urlunsplit

from anonymize.arguments import checked
from anonymize.errors import VaultError
from anonymize.vault.interface import TokenVault
from anonymize.vault.sqlite import SqliteVault, require_unlocked

VAULT_VARIABLE = "COATCHECK_VAULT"
DEFAULT_NAME = "vault.db"
"""The vault's file beside the keyring's."""
_opened: dict[tuple[int, str], TokenVault] = {}
_FORMS = "sqlite:PATH or postgresql://…"
_SECRET = re.compile(r"(?:^|&)[^&=]*pass(?:word|wd)[^&=]*=[^&]*", re.IGNORECASE)


def vault_place(keyring_uri: str | None = None) -> str:
    """Return where the vault is, from any working folder and without a password, as plans keep it.

    What COATCHECK_VAULT says, else ``vault.db`` beside the keyring at ``keyring_uri``: the two belong together, for
    neither turns a token back alone.

    Raises:
        VaultError: COATCHECK_VAULT is not a vault's URI.
        KeysError: ``keyring_uri`` is not a keyring's.
    """
    from anonymize.keys.location import locate

    said = os.environ.get(VAULT_VARIABLE)
    return _place(said) if said else f"sqlite:{locate(keyring_uri).path.parent / DEFAULT_NAME}"


@checked
def open_vault(place: str | None = None) -> TokenVault:
    """Return the vault at ``place``, made where missing; once per process.

    ``place`` is ``sqlite:PATH`` or ``postgresql://…``, by default `vault_place`. A PostgreSQL password that is not in
    it is taken from COATCHECK_VAULT where that names the same database, or from where libpq looks (PGPASSWORD,
    ~/.pgpass).

    Raises:
        VaultError: the URI is neither, or the database is unavailable.
        MissingExtraError: PostgreSQL needs psycopg.
    """
    text = place or vault_place()
    said = os.environ.get(VAULT_VARIABLE)
    if said and _place(said) == _place(text):
        text = said
    absolute = _place(text)
    if (os.getpid(), absolute) not in _opened:
        _opened[os.getpid(), absolute] = _open(text if absolute.startswith("postgres") else absolute)
    return _opened[os.getpid(), absolute]


def vault_if_there(place: str | None = None) -> TokenVault | None:
    """Return the vault as `open_vault` does, but None where its file was never made."""
    text = _place(place or vault_place())
    if text.startswith("sqlite:") and not os.path.exists(text.removeprefix("sqlite:")):
        return None
    return open_vault(place)


def require_vault_writable(place: str, seconds: float) -> None:
    """Return if the vault at ``place`` can be written to now; it is made where missing.

    Asked of the file itself first: opening it would wait as long as any other work on it, which is minutes.

    Raises:
        VaultError: another process holds it and did not let go within ``seconds``, or it may not be written to.
        MissingExtraError: PostgreSQL needs psycopg.
    """
    text = _place(place)
    path = text.removeprefix("sqlite:")
    if text.startswith("sqlite:") and os.path.exists(path) and os.path.getsize(path):
        require_unlocked(path, seconds)
    open_vault(place)


def _place(uri: str) -> str:
    """Return ``uri`` with an absolute path and without a password."""
    if "\0" in uri:
        raise VaultError("the vault's address holds a NUL character, which no path has")
    scheme, _, rest = uri.partition(":")
    if scheme == "sqlite" and rest:
        return f"sqlite:{os.path.abspath(rest)}"
    if scheme in ("postgresql", "postgres"):
        try:
            parts = urlsplit(uri)
        except ValueError:
            raise VaultError(f"is not a vault's URI: {_FORMS}", place="COATCHECK_VAULT") from None
        user, at, hosts = parts.netloc.rpartition("@")
        query = _SECRET.sub("", parts.query).removeprefix("&")
        return urlunsplit(("postgresql", f"{user.partition(':')[0]}{at}{hosts}", parts.path, query, ""))
    raise VaultError(f"'{scheme}:' is not a vault's URI: {_FORMS}")


def _open(uri: str) -> TokenVault:
    scheme, _, rest = uri.partition(":")
    if scheme == "sqlite":
        return SqliteVault(rest)
    from anonymize.vault.postgres import PostgresVault

    return PostgresVault(uri)
