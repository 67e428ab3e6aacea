"""Addresses of vaults: their forms, and the words of refusals about them."""

from __future__ import annotations

from anonymize.addresses import Client, PostgresAddress
from anonymize.addresses import postgres_address as parsed
from anonymize.errors import VaultAwayError, VaultError

VAULT_VARIABLE = "COATCHECK_VAULT"
FORMS = "sqlite:PATH or postgresql://USER@HOST:PORT/DATABASE"
GRANTS = "docs/vault-and-keys.md lists what each role needs"
VAULT = Client(
    error=VaultError,
    away=VaultAwayError,
    name="the vault's PostgreSQL",
    place=VAULT_VARIABLE,
    forms=FORMS,
    password=(
        f"{VAULT_VARIABLE} (of the same user, host and database), PGPASSWORD or ~/.pgpass holds it"
    ),
    states={
        "42501": f"the role may not do this to the vault's tables; {GRANTS}",
        "42P01": (
            "the vault's tables are not there: another database, or another schema in search_path"
        ),
        "55P03": (
            "another transaction holds the vault's tables (locked for a change of schema, say)"
        ),
    },
)


def postgres_address(uri: str) -> PostgresAddress:
    """Return ``uri`` (``postgresql://…``) parsed as the address of a vault.

    Raises:
        VaultError: it is not such an address; the error quotes nothing of it.
    """
    return parsed(uri, VAULT)


def not_an_address(text: str) -> VaultError:
    """Return the error for text that is not a vault's address. It quotes nothing, because a
    password may be anywhere in the text.
    """
    if "=" in text and "://" not in text:
        what = "is in libpq's keyword form, and a vault's address is a URI"
    else:
        what = "is not a vault's address"
    return VaultError(f"{what}: {FORMS}", place=VAULT_VARIABLE)
