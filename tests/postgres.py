"""A real PostgreSQL server, which the tests start on a free port and stop."""

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
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def own_address() -> str:
    """Return an address of this machine that is not loopback's; empty where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        found = str(probe.getsockname()[0])
    return "" if found.startswith("127.") else found


def certificate(folder: Path, address: str) -> None:
    """Write a certificate that signs itself for ``address``, and its key, to ``server.crt`` and
    ``server.key``.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "vault of the tests")])
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1)
    )
    made = made.add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False
    )
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    signed = made.sign(key, hashes.SHA256())
    (folder / "server.crt").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "server.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres_uri() -> Iterator[str]:
    """Return the URI of a PostgreSQL server."""
    if not BINARIES:
        pytest.skip("no PostgreSQL server in /usr/lib/postgresql/*/bin")
    with postgres_server() as uri:
        yield uri


@dataclass
class Server:
    """A PostgreSQL server that can be stopped and started again."""

    uri: str = field(repr=False)
    command: list[str | Path]
    folder: Path
    who: dict[str, Any]
    """The user that it runs as: it refuses to run as root."""
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(self.command, cwd=self.folder, **self.who, **quiet)  # type: ignore[call-overload]
        wait_for(self.uri)

    def stop(self) -> None:
        """Stop it, and wait until it is gone; every connection is lost."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)
            self.process = None


@contextmanager
def postgres_server() -> Iterator[str]:
    """Yield the URI of a PostgreSQL server."""
    with stoppable_postgres() as server:
        yield server.uri


@contextmanager
def stoppable_postgres() -> Iterator[Server]:
    """Run a PostgreSQL server on a free port, with its data in a folder of its own."""
    folder, port, password = (
        Path(tempfile.mkdtemp(prefix="vault-pg-")),
        free_port(),
        secrets.token_hex(16),
    )
    passfile = folder / "password"
    passfile.write_text(password)
    who = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    if who:
        owner = pwd.getpwnam("postgres")
        for path in (folder, passfile):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    data, quiet = (
        folder / "data",
        {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL},
    )
    folder.chmod(0o755)
    certificate(folder, own_address() or "127.0.0.1")
    (folder / "server.key").chmod(0o600)
    if who:
        shutil.chown(folder / "server.key", "postgres", "postgres")
    init = [
        BINARIES[-1] / "initdb",
        "-D",
        data,
        "-U",
        "coatcheck",
        "-A",
        "scram-sha-256",
        "--pwfile",
        passfile,
    ]
    subprocess.run(init, check=True, **who, **quiet)  # type: ignore[call-overload]
    with open(data / "pg_hba.conf", "a") as rules:
        rules.write("host all all 0.0.0.0/0 scram-sha-256\n")
    heard = ",".join(filter(None, ("127.0.0.1", own_address())))
    settings = [
        f"listen_addresses={heard}",
        f"ssl_cert_file={folder}/server.crt",
        f"ssl_key_file={folder}/server.key",
    ]
    options = [part for setting in settings for part in ("-c", setting)]
    serve = [BINARIES[-1] / "postgres", "-D", data, "-p", str(port), "-k", folder, *options]
    uri = f"postgresql://coatcheck:{password}@127.0.0.1:{port}/postgres"
    server = Server(uri, serve, folder, who)
    try:
        server.start()
        yield server
    finally:
        server.stop()
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
