"""Addresses of budget ledgers in PostgreSQL, and the words of refusals about them."""

from __future__ import annotations

from anonymize.addresses.client import Client
from anonymize.addresses.postgres import PostgresAddress, postgres_address
from anonymize.errors import AnonymizeError


class LedgerError(AnonymizeError):
    """The ledger of privacy budgets is unavailable, or was put back."""

    exit_code = 3


class LedgerAwayError(LedgerError):
    """The ledger's database does not answer, or is locked; a retry is useful."""

    passes = True


FORM = "postgresql://USER@HOST:PORT/DATABASE"
LEDGER = Client(
    error=LedgerError,
    away=LedgerAwayError,
    name="the ledger's PostgreSQL",
    place="aggregates.ledger",
    forms=FORM,
    password="PGPASSWORD or ~/.pgpass holds it",  # noqa: S106 - where one is given, not one
    states={
        "42501": "the role may not read and write the table coatcheck_budgets",
        "55P03": "another release holds the ledger; try again",
    },
)


def ledger_address(address: str) -> str:
    """Return ``address`` after checking it for use in a policy.

    Raises:
        ValueError: it is not an address, or holds a password; the error quotes nothing of it.
    """
    try:
        held = bool(parsed_ledger(address).secrets)
    except LedgerError as error:
        raise ValueError(error.problems[0].what) from None
    if held:
        raise ValueError("holds a password; leave it out here: PGPASSWORD or ~/.pgpass gives it")
    return address


def parsed_ledger(address: str) -> PostgresAddress:
    """Return the address parsed.

    Raises:
        LedgerError: it is not such an address; the error quotes nothing of it.
    """
    return postgres_address(address, LEDGER)
