"""A vault by its address, and the place that a plan keeps of it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from anonymize.arguments import checked
from anonymize.errors import VaultError
from anonymize.keys import Keyring, Secret
from anonymize.vault.address import (
    FORMS,
    VAULT_VARIABLE,
    PostgresAddress,
    not_an_address,
    postgres_address,
)
from anonymize.vault.interface import TokenVault
from anonymize.vault.sqlite import SqliteVault
from anonymize.vault.sqlite_file import require_unlocked

DEFAULT_NAME = "vault.db"
"""The vault's file beside the keyring's."""
_opened: dict[tuple[int, str], TokenVault] = {}


def vault_place(keyring: Keyring | str | None = None, said: str | None = None) -> str:
    """Return where the vault is, from any working folder and without a password, as plans keep it.

    What the policy's ``vault:`` says (``said``), else COATCHECK_VAULT, else ``vault.db`` beside the
    keyring: the two belong together, for neither turns a token back alone.

    Raises:
        VaultError: what is said is not a vault's address.
        KeysError: what is said of the keyring is no URI of one.
    """
    from anonymize.keys.keyring.keyring_uri import locate

    named = said or os.environ.get(VAULT_VARIABLE)
    return _place(named) if named else f"sqlite:{locate(keyring).path.parent / DEFAULT_NAME}"


def checked_place(address: str) -> str:
    """Return ``address`` as a policy says it.

    Raises:
        ValueError: it is none, or holds a password; nothing of it is quoted.
    """
    try:
        held = _is_postgres(address) and bool(postgres_address(address).secrets)
        _place(address)
    except VaultError as error:
        raise ValueError(error.problems[0].what) from None
    if held:
        raise ValueError(
            f"holds a password; leave it out here: {VAULT_VARIABLE}, PGPASSWORD or ~/.pgpass"
            " gives it"
        )
    return address


@checked
def open_vault(place: str | None = None) -> TokenVault:
    """Return the vault at ``place``, made where missing; once per process.

    ``place`` is ``sqlite:PATH`` or ``postgresql://…``, by default `vault_place`. A PostgreSQL
    password that is not in it is taken from COATCHECK_VAULT where that names the same user, hosts
    and database, or from where libpq looks (PGPASSWORD, ~/.pgpass).

    Raises:
        VaultError: the address is neither, or the database refuses; a VaultAwayError where that may
            pass.
        MissingExtraError: PostgreSQL needs psycopg.
    """
    vault = _open_once(place, make=True)
    if vault is None:
        raise VaultError("the vault could not be made", place=VAULT_VARIABLE)
    return vault


def vault_if_there(place: str | None = None) -> TokenVault | None:
    """Return the vault as `open_vault` does, but None where its file or its tables were never
    made.
    """
    text = _place(place or vault_place())
    if text.startswith("sqlite:") and not os.path.exists(text.removeprefix("sqlite:")):
        return None
    return _open_once(place, make=False)


def same_vault(place: str, identity: str) -> TokenVault:
    """Return the vault at ``place``, which must be the one of ``identity``; none is made.

    Raises:
        VaultError: there is none, or another one.
    """
    vault = vault_if_there(place)
    found = vault.identity() if vault else ""
    if vault is None or found != identity:
        what = f"there is no vault {identity[:8]} here" + (
            f", but another one ({found[:8]})" if found else ""
        )
        advice = (
            "a file of one machine is not another machine's; name one in PostgreSQL that all"
            " workers reach"
        )
        raise VaultError(f"{what}; {advice}", place=told_place(place))
    return vault


def told_place(place: str) -> str:
    """Return what messages call the vault at ``place``: a file by its path, a database by host and
    port.
    """
    return postgres_address(place).place if _is_postgres(place) else place


def require_vault_writable(place: str, seconds: float) -> None:
    """Return if the vault at ``place`` can be written to now; one that is not there is not made.

    Asked of the file itself first: opening it would wait as long as any other work on it, which is
    minutes.

    Raises:
        VaultError: another process holds it and did not let go within ``seconds``, or it may not be
            written to.
        MissingExtraError: PostgreSQL needs psycopg.
    """
    text = _place(place)
    path = text.removeprefix("sqlite:")
    if text.startswith("sqlite:") and os.path.exists(path) and os.path.getsize(path):
        require_unlocked(path, seconds)
    if (vault := vault_if_there(place)) is not None:
        vault.require_writable()


def _is_postgres(text: str) -> bool:
    return text.partition(":")[0] in ("postgresql", "postgres")


def _place(text: str) -> str:
    """Return an address with an absolute path, or without a password."""
    if "\0" in text:
        raise VaultError(
            "the vault's address holds a NUL character, which no path has", place=VAULT_VARIABLE
        )
    if _is_postgres(text):
        return postgres_address(text).uri
    scheme, _, rest = text.partition(":")
    if scheme != "sqlite" or not rest:
        raise not_an_address(text)
    if "?" in rest:
        raise VaultError(f"parameters of SQLite are not taken: {FORMS}", place=VAULT_VARIABLE)
    return f"sqlite:{os.path.abspath(rest)}"


def _open_once(place: str | None, *, make: bool) -> TokenVault | None:
    text = place or vault_place()
    shown = _place(text)
    vault = _opened.get((os.getpid(), shown))
    if vault is None or (isinstance(vault, SqliteVault) and not vault.is_there()):
        if (vault := _open(text, make=make)) is None:
            return None
        _opened[os.getpid(), shown] = vault
    return vault


def _open(text: str, *, make: bool = True) -> TokenVault | None:
    if not _is_postgres(text):
        return SqliteVault(_place(text).removeprefix("sqlite:"))
    from anonymize.vault.postgres import PostgresVault

    address = postgres_address(text)
    opened = PostgresVault(_with_secrets(address), make=make)
    if opened.is_there:
        return opened
    opened.close()
    return None


def _with_secrets(address: PostgresAddress) -> PostgresAddress:
    """Return ``address`` with the password that COATCHECK_VAULT holds for the same database, where
    it has none.
    """
    said = os.environ.get(VAULT_VARIABLE, "")
    if address.secrets or not _is_postgres(said):
        return address
    other = postgres_address(said)
    found: Mapping[str, Secret] = other.secrets if other.same_database(address) else {}
    return PostgresAddress(address.uri, address.hosts, address.database, address.parameters, found)
