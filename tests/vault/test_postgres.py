"""The shared vault against a real server: what fails is said, what is not owned is used, nothing is
waited for long.
"""

from __future__ import annotations

import os
import re
import socket
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from conftest import empty, own_address  # type: ignore[attr-defined]
from test_vault import EMAILS, key

from anonymize.addresses import postgres as address
from anonymize.errors import VaultAwayError, VaultError
from anonymize.keys import Secret
from anonymize.vault import postgres
from anonymize.vault.postgres import PostgresVault

DOC = Path(__file__).resolve().parents[2] / "docs" / "vault-and-keys.md"


@pytest.fixture
def uri(postgres_uri: str) -> Iterator[str]:
    """Return the URI of a database without tables; roles that a test makes are gone after it."""
    empty(postgres_uri)
    yield postgres_uri
    empty(postgres_uri)
    with psycopg.connect(postgres_uri, autocommit=True) as connection:
        for (role,) in connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'vault_%'"
        ).fetchall():
            connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


def _sql(uri: str, *statements: str) -> Any:
    with psycopg.connect(uri, autocommit=True) as connection:
        for statement in statements:
            done = connection.execute(statement)
        return done.fetchall() if done.description else None


def _as(uri: str, user: str, password: str = "x") -> str:
    return re.sub(r"//[^@]*@", f"//{user}:{password}@", uri)


def _port(uri: str) -> str:
    return uri.rpartition(":")[2].partition("/")[0]


def _all_of(error: BaseException | None) -> str:
    told = []
    while error is not None:
        told += [repr(error), repr(vars(error)), "".join(traceback.format_exception(error))]
        error = error.__context__
    return "\n".join(told)


@pytest.mark.parametrize(
    ("change", "what", "passes"),
    [
        (lambda uri: _as(uri, "coatcheck", "c4n4ry"), "the password is not the role's", False),
        (
            lambda uri: re.sub(r":[0-9a-f]{32}@", "@", uri),
            "a password is needed and none is given",
            False,
        ),
        (lambda uri: _as(uri, "nobody", "c4n4ry"), "the password is not the role's", False),
        (
            lambda uri: uri.replace("/postgres", "/nowhere"),
            "there is no database 'nowhere' on this server",
            False,
        ),
        (lambda uri: uri + "?sslmode=require", "TLS is required and the server has none", False),
        (lambda uri: uri.replace(_port(uri), "1"), "is unavailable: nothing listens there", True),
        (
            lambda uri: uri.replace("127.0.0.1", "no-such-host.invalid") + "?sslmode=require",
            "host",
            None,
        ),
        (lambda uri: _as(uri, "vault_full"), "too many connections", True),
        (lambda uri: _as(uri, "vault_shut"), "may not log in", False),
    ],
    ids=["password", "none", "role", "database", "tls", "port", "host", "full", "no login"],
)
def test_a_connection_that_fails_says_which(
    uri: str, change: Any, what: str, passes: bool | None
) -> None:
    """With host and port, and without what psycopg keeps beside its errors: the password in the
    clear.
    """
    _sql(
        uri,
        "CREATE ROLE vault_full LOGIN PASSWORD 'x' CONNECTION LIMIT 0",
        "CREATE ROLE vault_shut PASSWORD 'x'",
    )
    asked = change(uri)
    with pytest.raises(VaultError, match=what) as refused:
        PostgresVault(asked)
    host = asked.rpartition("@")[2].partition("/")[0]
    assert str(refused.value).startswith(f"the vault's PostgreSQL at {host}: ")
    secret = re.search(r":([0-9a-f]{32}|c4n4ry)@", asked)
    assert secret is None or secret.group(1) not in _all_of(refused.value)
    assert passes is None or isinstance(refused.value, VaultAwayError) is passes


def test_a_server_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default of psycopg is more than two minutes a host."""
    monkeypatch.setattr(address, "CONNECT_SECONDS", 2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        started = time.monotonic()
        with pytest.raises(VaultAwayError, match="no answer in time"):
            PostgresVault(f"postgresql://u:c4n4ry@127.0.0.1:{silent.getsockname()[1]}/d")
    assert time.monotonic() - started < 30


def test_a_lock_is_not_waited_for_for_ever(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration left open held every worker."""
    vault = PostgresVault(uri)
    vault.tokens(key(), EMAILS)
    monkeypatch.setattr(postgres, "LOCK_SECONDS", 1)
    with psycopg.connect(uri) as other:
        other.execute("LOCK TABLE coatcheck_entries IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(VaultAwayError, match="another transaction holds the vault's tables"):
            vault.tokens(key(), EMAILS)
        other.rollback()
    assert vault.count(key()) == 4


def test_a_lost_connection_is_worth_another_try(uri: str) -> None:
    """And the next try has a new one; no token differs."""
    vault = PostgresVault(uri)
    tokens = vault.tokens(key(), EMAILS)
    _sql(
        uri,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name ="
        " 'coatcheck'",
    )
    with pytest.raises(VaultAwayError) as lost:
        vault.tokens(key(), EMAILS)
    assert uri.rpartition(":")[0].rpartition(":")[2].partition("@")[0] not in _all_of(lost.value)
    assert vault.tokens(key(), EMAILS).equals(tokens)


def _granted(uri: str) -> None:
    """Make the roles of the documentation, with its own grants."""
    (grants,) = re.findall(r"```sql\n(.*?)```", DOC.read_text(), re.DOTALL)
    for role in ("worker", "eraser", "keeper"):
        _sql(uri, f"CREATE ROLE vault_{role} LOGIN PASSWORD 'x'")
    _sql(uri, "REVOKE CREATE ON SCHEMA public FROM PUBLIC", grants)


def test_roles_that_own_nothing_work_with_the_documented_grants(uri: str) -> None:
    """``IF NOT EXISTS`` asked for the right to create before it looked, so only the owner could
    open it.
    """
    made = PostgresVault(uri).identity()
    _granted(uri)
    worker, eraser, keeper = (
        PostgresVault(_as(uri, f"vault_{role}")) for role in ("worker", "eraser", "keeper")
    )
    assert worker.identity() == eraser.identity() == keeper.identity() == made
    worker.require_writable()
    tokens = worker.tokens(key(), EMAILS, pa.array([1, 1, 2, 2, 3, 3]))
    assert worker.reveal(key(), tokens).values.equals(EMAILS)
    with pytest.raises(VaultError, match="the role may not do this"):
        worker.forget_subjects(key(), pa.array([3]))
    assert eraser.forget_subjects(key(), pa.array([3])) == 2
    keeper.rewrap(key(), key(version=2, master=b"n" * 32))
    assert keeper.key_ids() == {"email": "reveal.2"}


def test_a_role_without_a_right_is_refused_before_it_is_needed(uri: str) -> None:
    """By the right's name; and one that can make no tables is not told of a database that is
    away.
    """
    _sql(
        uri,
        "CREATE ROLE vault_bare LOGIN PASSWORD 'x'",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    )
    with pytest.raises(
        VaultError, match=r"may not do this to the vault's tables; docs/vault-and-keys.md"
    ):
        PostgresVault(_as(uri, "vault_bare"))
    PostgresVault(uri).tokens(key(), EMAILS)
    _sql(uri, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO vault_bare")
    with pytest.raises(VaultError, match="the role lacks INSERT on coatcheck_namespaces"):
        PostgresVault(_as(uri, "vault_bare")).require_writable()
    _sql(uri, "ALTER ROLE vault_bare SET default_transaction_read_only = on")
    with pytest.raises(VaultError, match="takes no writes"):
        PostgresVault(_as(uri, "vault_bare")).require_writable()


def test_what_is_not_there_is_not_made_by_a_look(uri: str) -> None:
    """A vault of the time before ids gets one; an empty database gets no tables."""
    assert not PostgresVault(uri, make=False).is_there
    assert _sql(uri, "SELECT to_regclass('coatcheck_entries')") == [(None,)]
    PostgresVault(uri).tokens(key(), EMAILS)
    _sql(uri, "DROP TABLE coatcheck_vault")
    found = PostgresVault(uri, make=False)
    assert re.fullmatch("[0-9a-f]{32}", found.identity())
    assert PostgresVault(uri).identity() == found.identity()


@pytest.fixture
def far(uri: str) -> Iterator[str]:
    """Return the URI by an address that is not loopback's; the server's TLS is off again
    afterwards.
    """
    if not own_address():
        pytest.skip("this machine has no address but loopback's")
    yield uri.replace("127.0.0.1", own_address())
    _tls(uri, "off")


def _tls(uri: str, state: str) -> None:
    _sql(uri, f"ALTER SYSTEM SET ssl = {state}", "SELECT pg_reload_conf()")
    for _ in range(100):
        if _sql(uri, "SHOW ssl") == [(state,)]:
            return
        time.sleep(0.05)
    raise TimeoutError("the server did not read its settings")


def _encrypted(uri: str) -> list[bool]:
    asked = (
        "SELECT s.ssl FROM pg_stat_ssl s JOIN pg_stat_activity USING (pid) WHERE application_name ="
        " 'coatcheck'"
    )
    return [ssl for (ssl,) in _sql(uri, f"{asked} AND client_addr = '{own_address()}'")]


def test_off_loopback_nothing_goes_in_the_clear(
    uri: str, far: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server without TLS is refused, unless the address itself says that it is meant."""
    monkeypatch.setenv("PGSSLROOTCERT", str(_certificate(uri)))
    with pytest.raises(VaultError, match="TLS is required and the server has none"):
        PostgresVault(far)
    with pytest.raises(VaultError, match="lets a connection to another machine go without TLS"):
        PostgresVault(far + "?sslmode=prefer")
    vault = PostgresVault(far + "?sslmode=disable")
    assert vault.tokens(key(), EMAILS).null_count == 1
    assert _encrypted(uri) == [False]
    vault.close()


def _certificate(uri: str) -> Path:
    return Path(_sql(uri, "SHOW ssl_cert_file")[0][0])


def test_off_loopback_the_server_shows_who_it_is(
    uri: str, far: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a certificate for its name that an authority of ours signed."""
    _tls(uri, "on")
    monkeypatch.setenv("HOME", "/nonexistent")
    with pytest.raises(
        VaultError, match="TLS: no certificate to check the server by; say sslrootcert=PATH"
    ):
        PostgresVault(far)
    vault = PostgresVault(f"{far}?sslrootcert={_certificate(uri)}")
    assert _encrypted(uri) == [True]
    vault.close()
    other = Path(os.environ.get("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"))
    if other.exists():
        with pytest.raises(VaultError, match="TLS: the server's certificate is not signed by whom"):
            PostgresVault(f"{far}?sslrootcert={other}")
    assert PostgresVault(f"{far}?sslmode=require").identity()


def test_nothing_that_holds_the_password_shows_it(uri: str) -> None:
    """The object, its fields, and their fields."""
    vault = PostgresVault(uri)
    password = uri.rpartition("@")[0].rpartition(":")[2]
    assert password not in repr(vault) + repr(vars(vault)) + repr(vault._address)
    assert vault._address.secrets["password"] == Secret(password.encode())


def test_many_first_users_make_the_tables_once(uri: str) -> None:
    """Those who waited for the lock look again, not into a cache from before it: 20 rounds of eight
    connections.
    """

    def identity(_: int) -> str:
        vault = PostgresVault(uri)
        found = vault.identity()
        vault.close()
        return found

    for _ in range(20):
        empty(uri)
        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(identity, range(8)))) == 1
