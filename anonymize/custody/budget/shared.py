"""The shared ledger of privacy budgets: a table in PostgreSQL, for releases from several machines.

A row per dataset and purpose holds what was spent. It is locked from reading to writing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from anonymize.addresses import refusal
from anonymize.addresses.ledger import LedgerError, parsed_ledger
from anonymize.errors import AnonymizeError, GateError, MissingExtraError
from anonymize.privacy.differential import Loss

_TABLE = """CREATE TABLE coatcheck_budgets (
    dataset text NOT NULL, purpose text NOT NULL, epsilon numeric NOT NULL,
    delta numeric NOT NULL, releases bigint NOT NULL, PRIMARY KEY (dataset, purpose))"""
_RELEASES = """CREATE TABLE coatcheck_releases (
    dataset text NOT NULL, release text NOT NULL, PRIMARY KEY (dataset, release))"""
"""Names of releases that are made once, for flows. A connection that is lost while it commits tells
nobody whether it did: the retry finds its name here.
"""
_LOCK = 0x636C6F616C
"""Advisory lock for creating the table, so that two first users do not collide."""
_LOCK_SECONDS = 60


def spend_shared(
    address: str,
    dataset: str,
    purpose: str,
    loss: Loss,
    most: Loss,
    *,
    known: Loss,
    place: str,
    once: str = "",
) -> bool:
    """Write down a release in the shared ledger, in one transaction, and return True; False if one
    of the name ``once`` was written down before, and nothing is spent.

    ``known`` is what the dataset's signed log says was spent: a ledger that knows of less was put
    back or made anew, and is refused.

    Raises:
        GateError: it would overspend.
        LedgerError: the database refuses; a LedgerAwayError if the cause may be temporary.
        MissingExtraError: psycopg is not installed.
    """
    try:
        import psycopg
    except ImportError:
        raise MissingExtraError.of("a ledger in PostgreSQL", "postgres") from None
    told = parsed_ledger(address)
    refused: AnonymizeError | None = None
    try:
        with (
            psycopg.connect(told.uri, autocommit=True, **told.settings()) as connection,  # type: ignore[arg-type]
            connection.transaction(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"SET LOCAL lock_timeout = {_LOCK_SECONDS * 1000}")
            spent = _locked(cursor, dataset, purpose)
            if once and not _first(cursor, dataset, once):
                return False
            if not known.within(spent):
                what = (
                    f"knows of {spent}, and the dataset's signed log of {known}: it was put back or"
                    " made anew; restore it, or name the one that was used"
                )
                raise LedgerError(what, place=told.place)
            if not (spent + loss).within(most):
                what = f"{spent} of {most} is spent, and this costs {loss}; nothing was released"
                raise GateError(what, place=place)
            cursor.execute(
                "UPDATE coatcheck_budgets SET epsilon = epsilon + %s, delta = delta + %s,"
                " releases = releases + 1 WHERE dataset = %s AND purpose = %s",
                (loss.epsilon, loss.delta, dataset, purpose),
            )
    except psycopg.Error as error:
        refused = refusal(error, told)
        error._pgconn = None  # type: ignore[attr-defined]  # it holds the password
        error.with_traceback(None)
    if refused is not None:
        raise refused from None
    return True


def _first(cursor: Any, dataset: str, once: str) -> bool:
    """Return whether no release of this name was written down, and write it down."""
    _make(cursor, "coatcheck_releases", _RELEASES)
    cursor.execute(
        "INSERT INTO coatcheck_releases VALUES (%s, %s) ON CONFLICT DO NOTHING", (dataset, once)
    )
    return bool(cursor.rowcount == 1)


def _make(cursor: Any, name: str, table: str) -> None:
    """Make a table if it is missing."""
    cursor.execute("SELECT to_regclass(%s) IS NULL", (name,))
    if cursor.fetchone()[0]:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        cursor.execute("SELECT to_regclass(%s) IS NULL", (name,))
        if cursor.fetchone()[0]:
            cursor.execute(table)


def _locked(cursor: Any, dataset: str, purpose: str) -> Loss:
    """Return what was spent, with its row locked; table and row are made if they are missing."""
    _make(cursor, "coatcheck_budgets", _TABLE)
    cursor.execute(
        "INSERT INTO coatcheck_budgets VALUES (%s, %s, 0, 0, 0) ON CONFLICT DO NOTHING",
        (dataset, purpose),
    )
    cursor.execute(
        "SELECT epsilon, delta FROM coatcheck_budgets WHERE dataset = %s AND purpose = %s"
        " FOR UPDATE",
        (dataset, purpose),
    )
    epsilon, delta = cursor.fetchone()
    return Loss(Decimal(epsilon), Decimal(delta))
