"""Parses addresses of PostgreSQL so that no message quotes one, and adds settings that a connection
needs.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import SplitResult, quote, unquote, urlsplit

from anonymize.addresses.client import Client
from anonymize.errors import AnonymizeError
from anonymize.keys import Secret

CONNECT_SECONDS = 10
"""Seconds that a connection to one host may take, unless the address or PGCONNECT_TIMEOUT sets
another time.
"""
_SECRETS = ("password", "sslpassword")
_PLAIN = frozenset(
    [
        "host",
        "hostaddr",
        "port",
        "dbname",
        "user",
        "passfile",
        "service",
        "connect_timeout",
        "client_encoding",
        "options",
        "application_name",
        "fallback_application_name",
        "keepalives",
        "keepalives_idle",
        "keepalives_interval",
        "keepalives_count",
        "tcp_user_timeout",
        "sslmode",
        "sslnegotiation",
        "sslcert",
        "sslkey",
        "sslcertmode",
        "sslrootcert",
        "sslcrl",
        "sslcrldir",
        "sslsni",
        "requirepeer",
        "require_auth",
        "channel_binding",
        "ssl_min_protocol_version",
        "ssl_max_protocol_version",
        "min_protocol_version",
        "max_protocol_version",
        "gssencmode",
        "krbsrvname",
        "gsslib",
        "gssdelegation",
        "target_session_attrs",
        "load_balance_hosts",
    ]
)
"""Parameters of libpq without secrets. A parameter that is neither here nor in `_SECRETS` is
refused.
"""
_HOST = re.compile(r"([A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\]|%2[Ff][A-Za-z0-9._%-]*)(:\d{1,5})?")
_USER = re.compile(r"[\w .@+$-]{0,63}")
_DATABASE = re.compile(r"[\w .+$-]{0,63}")
_ENCRYPTED = ("require", "verify-ca", "verify-full")
_LASTING = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""Keepalive settings in seconds, the last in milliseconds, with which a lost peer is noticed within
about a minute.
"""


@dataclass(frozen=True)
class PostgresAddress:
    """The address and settings of a PostgreSQL database; the secrets are not in its repr."""

    client: Client
    """Who connects."""
    uri: str
    """The address without secrets, as stored in plans."""
    hosts: tuple[str, ...]
    """``HOST:PORT`` each, for messages; a path for a socket."""
    database: str
    """The database's name; empty if the address has none."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """The parameters after the question mark, without secrets."""
    secrets: Mapping[str, Secret] = field(default_factory=dict, repr=False)
    """``password`` and ``sslpassword``, if given."""

    @property
    def place(self) -> str:
        """Return host and port, for messages."""
        return f"{self.client.name} at {', '.join(self.hosts)}"

    def same_database(self, other: PostgresAddress) -> bool:
        """Return True if ``other`` has the same user, hosts and database; parameters are
        ignored.
        """
        return self.uri.partition("?")[0] == other.uri.partition("?")[0]

    def with_password(self, password: Secret) -> PostgresAddress:
        """Return the same address with ``password``."""
        return replace(self, secrets={**self.secrets, "password": password})

    def conninfo(self) -> str:
        """Return a URI with every setting and the secrets, for a driver that takes one text."""
        told = "&".join(
            f"{name}={quote(str(value), safe='')}" for name, value in self.settings().items()
        )
        return f"{self.uri}{'&' if '?' in self.uri else '?'}{told}"

    def settings(self) -> dict[str, str | int]:
        """Return the libpq settings in addition to the address: secrets, time limits, and TLS for
        other machines.

        Raises:
            AnonymizeError: the client's error: the address allows a connection to another machine
                without TLS.
        """
        told: dict[str, str | int] = {
            name: value for name, value in _LASTING.items() if name not in self.parameters
        }
        if "connect_timeout" not in self.parameters and not os.environ.get("PGCONNECT_TIMEOUT"):
            told["connect_timeout"] = CONNECT_SECONDS
        told["fallback_application_name"] = "coatcheck"
        told.update(self._tls())
        return told | {name: secret.reveal().decode() for name, secret in self.secrets.items()}

    def _tls(self) -> dict[str, str]:
        """Return the default ``sslmode``: for other machines the server's certificate is
        verified.
        """
        if not self._leaves_the_machine():
            return {}
        said = self.parameters.get("sslmode", "")
        mode = said or os.environ.get("PGSSLMODE", "")
        if mode in _ENCRYPTED or said == "disable":
            return {}
        if not mode:
            return {"sslmode": "verify-full"}
        what = f"sslmode={mode} lets a connection to another machine go without TLS"
        advice = (
            "say sslmode=verify-full, sslmode=require, or sslmode=disable in the address itself if"
            " that is meant"
        )
        raise self.client.error(f"{what}; {advice}", place=self.place)

    def _leaves_the_machine(self) -> bool:
        """Return True if a host is another machine, or may be, because a service file names it."""
        said = self.parameters.get("hostaddr") or os.environ.get("PGHOSTADDR", "")
        names = said.split(",") if said else [host.rpartition(":")[0] for host in self.hosts]
        if "service" in self.parameters or ("PGSERVICE" in os.environ and not any(names)):
            return True
        return not all(map(is_loopback, names))


def postgres_address(uri: str, client: Client) -> PostgresAddress:
    """Return ``uri`` (``postgresql://…``) parsed, for ``client``.

    Stricter than libpq: if an unescaped ``@``, ``/``, ``?`` or ``#`` in a password could make a
    part of it look like another, visible part, the address is refused.

    Raises:
        AnonymizeError: the client's error: it is not such an address; nothing of it is quoted.
    """
    parts = _split(uri, client)
    user, at, hosts = parts.netloc.rpartition("@")
    name, colon, password = user.partition(":")
    secrets, plain = {}, {}
    for key, value in _parameters(parts.query, client):
        if key in _SECRETS:
            secrets[key] = Secret(value.encode())
        else:
            plain[key] = value
    if colon:
        secrets.setdefault("password", Secret(unquote(password).encode()))
    query = "&".join(part for part in parts.query.split("&") if part and _key(part) not in _SECRETS)
    shown = f"postgresql://{name}{at}{hosts}{parts.path}" + (f"?{query}" if query else "")
    database = plain.get("dbname") or unquote(parts.path.removeprefix("/"))
    told = tuple(_told(hosts, plain))
    sound = (
        _USER.fullmatch(unquote(name))
        and _DATABASE.fullmatch(database)
        and all(map(_HOST.fullmatch, told))
    )
    if not sound:
        raise _unclear(client)
    return PostgresAddress(client, shown, told, database, plain, secrets)


def is_loopback(host: str) -> bool:
    """Return True if ``host`` is this machine: a loopback address, ``localhost``, or a socket's
    folder.
    """
    if host in ("", "localhost") or host.startswith(("/", "@")):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return False


def _split(uri: str, client: Client) -> SplitResult:
    """Return the parts of a URI, or refuse one in which a part of a password could be mistaken for
    another part.
    """
    try:
        parts = urlsplit(uri)
    except ValueError:
        raise _unclear(client) from None
    stray = (
        parts.fragment
        or "#" in uri
        or "@" in parts.path
        or parts.netloc.count("@") > 1
        or not uri.isprintable()
    )
    if (
        parts.scheme not in ("postgresql", "postgres")
        or not uri[len(parts.scheme) :].startswith("://")
        or stray
    ):
        raise _unclear(client)
    if not all(map(_HOST.fullmatch, parts.netloc.rpartition("@")[2].split(","))):
        raise _unclear(client)
    return parts


def _parameters(query: str, client: Client) -> Iterator[tuple[str, str]]:
    """Yield the parameters after the question mark; each must be one of libpq's."""
    for part in filter(None, query.split("&")):
        key, equals, value = _key(part), "=" in part, unquote(part.partition("=")[2])
        if key not in _SECRETS:
            hides = "pass" in value.casefold() if key == "options" else "=" in value
            if key not in _PLAIN or not equals or hides:
                raise _unclear(client)
        yield key, value


def _key(part: str) -> str:
    return unquote(part.partition("=")[0])


def _told(hosts: str, parameters: Mapping[str, str]) -> Iterator[str]:
    """Yield ``HOST:PORT`` for each host of the address, else of its parameters, else of the
    environment.
    """
    ports = (parameters.get("port") or os.environ.get("PGPORT") or "5432").split(",")
    said = (
        hosts
        or parameters.get("host")
        or parameters.get("hostaddr")
        or os.environ.get("PGHOST", "")
    )
    for number, host in enumerate(said.split(",")):
        found = _HOST.fullmatch(host)
        name, port = (unquote(found.group(1)), (found.group(2) or "")[1:]) if found else (host, "")
        yield f"{name}:{port or ports[min(number, len(ports) - 1)]}"


def _unclear(client: Client) -> AnonymizeError:
    what = (
        "is not an address of PostgreSQL whose parts can be told: a password's @ : / ? # % are"
        " written %40 and so on"
    )
    return client.error(f"{what}; {client.forms}", place=client.place)
