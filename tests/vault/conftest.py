"""Vaults in SQLite and in a real PostgreSQL server, which the tests start on a free port and stop."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from anonymize.vault import TokenVault

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres_uri() -> Iterator[str]:
    """Return the URI of a PostgreSQL server; it refuses to run as root, so it runs as user postgres."""
    if not BINARIES:
        pytest.skip("no PostgreSQL server in /usr/lib/postgresql/*/bin")
    folder, port, password = Path(tempfile.mkdtemp(prefix="vault-pg-")), free_port(), secrets.token_hex(16)
    passfile = folder / "password"
    passfile.write_text(password)
    who = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    if who:
        owner = pwd.getpwnam("postgres")
        for path in (folder, passfile):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    data, quiet = folder / "data", {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    init = [BINARIES[-1] / "initdb", "-D", data, "-U", "coatcheck", "-A", "scram-sha-256", "--pwfile", passfile]
    subprocess.run(init, check=True, **who, **quiet)  # type: ignore[call-overload]
    serve = [BINARIES[-1] / "postgres", "-D", data, "-p", str(port), "-k", folder, "-c", "listen_addresses=127.0.0.1"]
    server = subprocess.Popen(serve, **who, **quiet)  # type: ignore[call-overload]
    uri = f"postgresql://coatcheck:{password}@127.0.0.1:{port}/postgres"
    try:
        wait_for(uri)
        yield uri
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        shutil.rmtree(folder)


def wait_for(uri: str) -> None:
    """Return when the server answers."""
    import psycopg

    for _ in range(300):
        try:
            psycopg.connect(uri).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise TimeoutError("PostgreSQL did not start")


@pytest.fixture(params=["sqlite", "postgres"])
def vault_uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URI of an empty vault, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:{tmp_path / 'vault.db'}"
    import psycopg

    uri: str = request.getfixturevalue("postgres_uri")
    with psycopg.connect(uri, autocommit=True) as connection:
        for table in ("namespaces", "entries", "links"):
            connection.execute(f"DROP TABLE IF EXISTS coatcheck_{table}")
    return uri


@pytest.fixture
def vault(vault_uri: str) -> Iterator[TokenVault]:
    """Return an empty vault of each kind."""
    from anonymize.vault.opening import _open

    opened = _open(vault_uri)
    yield opened
    opened.close()
