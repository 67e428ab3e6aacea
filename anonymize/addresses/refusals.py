"""Translates PostgreSQL's errors into messages of this project. The server's own texts quote roles,
rows and addresses.
"""

from __future__ import annotations

import re
from typing import Any

from anonymize.addresses.postgres import PostgresAddress
from anonymize.errors import AnonymizeError, kind_of

_AWAY = ("08", "40", "53", "55P03", "57P", "58030")
"""SQLSTATEs of temporary causes: connection lost, deadlock or lost race, too many connections, lock
held, shutdown.
"""
STATES = {
    "25006": "the server takes no writes: it is a standby, or the role or database is read-only",
    "53100": "the server's disk is full",
    "55P03": "another transaction holds the tables (locked for a change of schema, say)",
    "57P01": "the server ended the connection: it is shut down, or somebody ended it",
    "57P02": "the server crashed and restarts",
    "57P03": "the server starts or stops, and takes no connection yet",
    "53300": (
        "the server has too many connections: run fewer workers, or raise max_connections or the"
        " role's limit"
    ),
}
_ROOTS = (
    "say sslrootcert=PATH or sslrootcert=system, or sslmode=require to encrypt without checking who"
    " answers"
)
# Connections fail without an SQLSTATE, so the text decides; libpq speaks English unless a program
# asks otherwise, a server may speak another language, which is the last case.
_TEXTS: tuple[tuple[str, str, bool], ...] = (
    (
        r"no password supplied|needs a password",
        "a password is needed and none is given: {password}",
        False,
    ),
    (
        r"password authentication failed|password retrieved from file",
        "the password is not the role's: {password}",
        False,
    ),
    (
        r'role ".*" does not exist|not permitted to log in',
        "there is no such role, or it may not log in",
        False,
    ),
    (r'database ".*" does not exist', "there is no database {database} on this server", False),
    (
        r"permission denied for database",
        "the role may not connect to database {database}: GRANT CONNECT",
        False,
    ),
    (
        r"too many connections|too many clients|connection slots are reserved",
        STATES["53300"],
        True,
    ),
    (r"the database system is|starting up|shutting down", STATES["57P03"], True),
    (
        r"no pg_hba\.conf entry.*no encryption",
        "the server takes no connection without TLS: say sslmode=verify-full",
        False,
    ),
    (
        r"no pg_hba\.conf entry|pg_hba\.conf rejects",
        "the server's pg_hba.conf does not let this role in from this machine",
        False,
    ),
    (
        r"does not support SSL",
        (
            "TLS is required and the server has none (ssl = on in postgresql.conf); sslmode=disable"
            " in the address goes without"
        ),
        False,
    ),
    (
        r"root certificate file|could not read root certificate|no root",
        f"TLS: no certificate to check the server by; {_ROOTS}",
        False,
    ),
    (
        r"does not match host name|for host",
        "TLS: the server's certificate is for another host name",
        False,
    ),
    (
        r"certificate verify failed",
        f"TLS: the server's certificate is not signed by whom this machine trusts; {_ROOTS}",
        False,
    ),
    (
        r"certificate|SSL|TLS",
        "TLS: the connection could not be encrypted as the address asks",
        False,
    ),
    (r"Temporary failure in name resolution", "the host's name cannot be looked up just now", True),
    (
        (
            r"could not translate host name|name or service not known|failed to resolve|nodename"
            r" nor servname"
        ),
        "there is no host of this name",
        False,
    ),
    (
        r"refused|No such file or directory",
        "is unavailable: nothing listens there; is the server up, are host and port right",
        True,
    ),
    (
        r"timeout|timed out",
        "is unavailable: no answer in time; is a firewall between, are host and port right",
        True,
    ),
    (r"No route to host|unreachable", "is unavailable: the network does not reach the host", True),
    (
        (
            r"closed the connection|reset by peer|Broken pipe|connection to server was lost|EOF"
            r" detected|connection is closed"
        ),
        "the connection was lost",
        True,
    ),
)


def refusal(
    error: BaseException, address: PostgresAddress, *, state: str | None = None
) -> AnonymizeError:
    """Return the client's error for one of the driver's. They are not chained, because the driver's
    may hold the password in plain text.

    ``state`` is the SQLSTATE; by default the error's attribute ``sqlstate``. The client's error for
    temporary causes, if this may be one.
    """
    found: Any = state or getattr(error, "sqlstate", None)
    if found and found != "00000":
        what = address.client.states.get(found) or STATES.get(
            found, f"the database refused ({found})"
        )
        return _made(what, address, found.startswith(_AWAY) and found != "53100")
    text = str(error)
    for pattern, what, passes in _TEXTS:
        if re.search(pattern, text, re.IGNORECASE):
            return _made(what, address, passes)
    what = (
        "the connection failed, and why is not repeated here: psql with the same address shows it"
    )
    return _made(f"{what} ({kind_of(type(error))})", address, False)


def _made(what: str, address: PostgresAddress, passes: bool) -> AnonymizeError:
    client = address.client
    database = f"'{address.database}'" if address.database else "of the role's name"
    told = what.replace("{database}", database).replace("{password}", client.password)
    return (client.away if passes else client.error)(told, place=address.place)
