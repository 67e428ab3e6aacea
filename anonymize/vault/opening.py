"""Opens a vault by its address, and determines the address that a plan stores."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace

from anonymize.addresses import PostgresAddress
from anonymize.arguments import checked
from anonymize.errors import VaultError
from anonymize.keys import Keyring, Secret
from anonymize.vault.address import FORMS, VAULT_VARIABLE, not_an_address, postgres_address
from anonymize.vault.interface import TokenVault
from anonymize.vault.sqlite import SqliteVault
from anonymize.vault.sqlite_file import require_unlocked

DEFAULT_NAME = "vault.db"
"""Name of the vault's file beside the keyring."""
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
    """Return ``address`` after checking it for use in a policy.

    Raises:
        ValueError: it is not an address, or holds a password; the error quotes nothing of it.
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
    """Return the vault at ``place``, created if missing; cached per process.

    ``place`` is ``sqlite:PATH`` or ``postgresql://…``, by default `vault_place`. If it has no
    PostgreSQL password, the password comes from COATCHECK_VAULT if that names the same user, hosts
    and database, else from PGPASSWORD or ~/.pgpass.

    Raises:
        VaultError: the address has another form, or the database refuses; a VaultAwayError if the
            cause may be temporary.
        MissingExtraError: PostgreSQL needs psycopg.
    """
    vault = _open_once(place, make=True)
    if vault is None:
        raise VaultError("the vault could not be made", place=VAULT_VARIABLE)
    return vault


def vault_if_there(place: str | None = None) -> TokenVault | None:
    """Return the vault as `open_vault` does, or None if its file or its tables were never
    created.
    """
    text = _place(place or vault_place())
    if text.startswith("sqlite:") and not os.path.exists(text.removeprefix("sqlite:")):
        return None
    return _open_once(place, make=False)


def same_vault(place: str, identity: str) -> TokenVault:
    """Return the vault at ``place``, which must have the id ``identity``; does not create one.

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
        raise VaultError(f"{what}; {advice}", place=shown_place(place))
    return vault


def shown_place(place: str) -> str:
    """Return the name of the vault at ``place`` for messages: a file's path, or a database's host
    and port.
    """
    return postgres_address(place).place if _is_postgres(place) else place


def require_vault_writable(place: str, seconds: float) -> None:
    """Check that the vault at ``place`` can be written to now. Does not create a missing one.

    Tests the SQLite file directly, because opening the vault would wait for other processes for
    minutes.

    Raises:
        VaultError: another process holds it and did not release it within ``seconds``, or it is not
            writable.
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
    """Return ``address``; if it has no password, with that of COATCHECK_VAULT for the same
    database.
    """
    said = os.environ.get(VAULT_VARIABLE, "")
    if address.secrets or not _is_postgres(said):
        return address
    other = postgres_address(said)
    found: Mapping[str, Secret] = other.secrets if other.same_database(address) else {}
    return replace(address, secrets=found)
