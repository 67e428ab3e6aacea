"""Stand-ins on loopback for Google Cloud Storage (gcp-storage-emulator) and for Azure Blob Storage
(Azurite, which ``make azurite`` installs), and what is written there.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from anonymize.io.stores import azure_account, rest_client

ROOT = Path(__file__).resolve().parents[1]
AZURITE = ROOT / ".azurite/node_modules/azurite/dist/src/blob/main.js"
ACCOUNT = "coatchecktests"
ACCOUNT_KEY = "cVo3c2VjcmV0T2ZUaGVUZXN0c3FaN3NlY3JldE9mVGhlVGVzdHM="
PREFIXES = ("AZURE_", "GOOGLE_", "CLOUDSDK_", "STORAGE_EMULATOR_HOST", "GCE_METADATA_", "NO_GCE_")


@dataclass(frozen=True)
class CloudServer:
    """A running stand-in."""

    endpoint: str
    log: Path

    def logged(self) -> bytes:
        """Return all that it wrote so far."""
        return self.log.read_bytes()


class Cloud(ABC):
    """A store with an empty bucket in it, whose credentials are in the environment."""

    scheme: str
    endpoint_variable: str

    def __init__(
        self, server: CloudServer, monkeypatch: pytest.MonkeyPatch, bucket: str = ""
    ) -> None:
        """Make the bucket."""
        self.server, self.patch = server, monkeypatch
        self.bucket = bucket or f"b-{uuid.uuid4().hex[:20]}"
        for name in [name for name in os.environ if name.startswith(PREFIXES)]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("GCE_METADATA_IP", "127.0.0.1:9")
        monkeypatch.setenv("GCE_METADATA_HOST", "127.0.0.1:9")

    def at(self, key: str) -> str:
        """Return the address of a key."""
        return f"{self.scheme}://{self.bucket}/{key}"

    @abstractmethod
    def put(self, key: str, body: bytes) -> None:
        """Write an object."""

    @abstractmethod
    def delete(self, key: str) -> None:
        """Remove an object."""

    @abstractmethod
    def behind(self, endpoint: str) -> None:
        """Name another endpoint in the environment, with the same credentials."""


def _sent(method: str, url: str, body: bytes | None, headers: dict[str, str]) -> bytes:
    asked = urllib.request.Request(url, body, headers, method=method)
    with urllib.request.urlopen(asked, timeout=20) as answer:
        return bytes(answer.read())


class Gcs(Cloud):
    """Google Cloud Storage's stand-in, asked with a service account's token."""

    scheme = "gs"
    secret = "PRIVATE KEY"
    missing = "there is no such bucket"

    def __init__(
        self,
        server: CloudServer,
        monkeypatch: pytest.MonkeyPatch,
        folder: Path,
        key: str,
        bucket: str = "",
    ) -> None:
        """Make the bucket, and name a file of credentials."""
        super().__init__(server, monkeypatch, bucket)
        self.folder, self.key = folder, key
        body = json.dumps({"name": self.bucket}).encode()
        self._json("POST", "/storage/v1/b", body)
        self.sign_in("reader@tests.example")
        self.behind(server.endpoint)

    def sign_in(self, who: str, **changed: str) -> Path:
        """Name a file of a service account's credentials."""
        file = self.folder / f"{who.partition('@')[0]}.json"
        told = {
            "type": "service_account",
            "client_email": who,
            "private_key": self.key,
            "private_key_id": "1",
            "token_uri": f"{self.server.endpoint}/token",
            **changed,
        }
        file.write_text(json.dumps(told))
        self.patch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
        return file

    def behind(self, endpoint: str) -> None:
        """As gcloud's own variable names it."""
        self.patch.setenv("CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE", f"{endpoint}/storage/v1/")

    def _json(self, method: str, path: str, body: bytes | None) -> None:
        _sent(method, self.server.endpoint + path, body, {"Content-Type": "application/json"})

    def put(self, key: str, body: bytes) -> None:
        """As a simple upload."""
        to = f"/upload/storage/v1/b/{self.bucket}/o?uploadType=media&name={quote(key, safe='')}"
        headers = {"Content-Type": "application/octet-stream"}
        _sent("POST", self.server.endpoint + to, body, headers)

    def delete(self, key: str) -> None:
        """By its name."""
        self._json("DELETE", f"/storage/v1/b/{self.bucket}/o/{quote(key, safe='')}", None)


class Azure(Cloud):
    """Azurite, asked with the account's key."""

    scheme = "az"
    secret = ACCOUNT_KEY
    missing = "there is no such container"

    def __init__(
        self, server: CloudServer, monkeypatch: pytest.MonkeyPatch, bucket: str = ""
    ) -> None:
        """Make the container."""
        super().__init__(server, monkeypatch, bucket)
        monkeypatch.setenv("AZURE_STORAGE_ACCOUNT", ACCOUNT)
        monkeypatch.setenv("AZURE_STORAGE_KEY", ACCOUNT_KEY)
        self.behind(server.endpoint)
        self.write("PUT", "?restype=container", None)

    def behind(self, endpoint: str) -> None:
        """As Azure's command line names it; the account is part of an emulator's paths."""
        self.patch.setenv("AZURE_STORAGE_SERVICE_ENDPOINT", f"{endpoint}/{ACCOUNT}")

    def write(self, method: str, path: str, body: bytes | None, **more: str) -> bytes:
        """Send a request that the account's key signs."""
        import base64
        import hashlib
        import hmac

        url = f"{self.server.endpoint}/{ACCOUNT}/{self.bucket}{path}"
        headers = dict(more)
        headers["x-ms-version"], headers["x-ms-date"] = "2021-12-02", formatdate(usegmt=True)
        if body is not None:
            headers["Content-Type"] = "application/octet-stream"
        length = {"Content-Length": str(len(body))} if body else {}
        text = azure_account.string_to_sign(method, url, {**headers, **length}, ACCOUNT)
        digest = hmac.digest(base64.b64decode(ACCOUNT_KEY), text.encode(), hashlib.sha256)
        signed = f"SharedKey {ACCOUNT}:{base64.b64encode(digest).decode()}"
        return _sent(method, url, body, {**headers, "Authorization": signed})

    def put(self, key: str, body: bytes, **more: str) -> None:
        """As one block blob."""
        self.write(
            "PUT", f"/{quote(key, safe='/~')}", body, **{"x-ms-blob-type": "BlockBlob", **more}
        )

    def delete(self, key: str) -> None:
        """By its name."""
        self.write("DELETE", f"/{quote(key, safe='/~')}", None)


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(
    command: Callable[[int], list[str]], log: Path, scheme: str = "http", **environment: str
) -> Iterator[CloudServer]:
    """Run a server on a free port until the block ends."""
    port = free_port()
    with log.open("wb") as written:
        process = subprocess.Popen(
            command(port),
            stdout=written,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
        )
    try:
        for _ in range(300):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        yield CloudServer(f"{scheme}://127.0.0.1:{port}", log)
    finally:
        process.terminate()
        process.wait(20)


def azurite(folder: Path, *more: str) -> Callable[[int], list[str]]:
    """Return the command of an Azurite; it keeps blobs in memory, tells nobody, and logs requests.

    Skips the test where there is none.
    """
    if not AZURITE.exists():
        pytest.skip("no Azurite; make azurite installs it")
    options = ["--inMemoryPersistence", "--disableTelemetry", "--disableProductStyleUrl"]
    options += ["--debug", str(folder / "debug.log"), *more]
    return lambda port: ["node", str(AZURITE), "--blobPort", str(port), *options]


@contextmanager
def gcs_in(folder: Path) -> Iterator[CloudServer]:
    """Run Google's stand-in with its log in ``folder``; skips the test where there is none."""
    pytest.importorskip("gcp_storage_emulator")
    script = str(ROOT / "tests/gcs_emulator.py")
    with running(lambda port: [sys.executable, script, str(port)], folder / "gcs.log") as server:
        yield server


@contextmanager
def azurite_in(folder: Path) -> Iterator[CloudServer]:
    """Run Azurite with its log in ``folder``; skips the test where there is none."""
    account = f"{ACCOUNT}:{ACCOUNT_KEY}"
    with running(azurite(folder), folder / "azurite.log", AZURITE_ACCOUNTS=account) as server:
        yield server


@pytest.fixture(scope="session")
def gcs_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CloudServer]:
    """Start Google's stand-in; one a session."""
    with gcs_in(tmp_path_factory.mktemp("gcs")) as server:
        yield server


@pytest.fixture(scope="session")
def azure_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CloudServer]:
    """Start Azurite; one a session."""
    with azurite_in(tmp_path_factory.mktemp("azurite")) as server:
        yield server


@pytest.fixture(scope="session")
def service_key() -> str:
    """Return a private key, as a file of a service account's credentials holds one."""
    return private_key()


def private_key() -> str:
    """Return a new RSA key in PEM."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    return (
        rsa.generate_private_key(65537, 2048)
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


@pytest.fixture
def gcs(
    gcs_server: CloudServer, service_key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Gcs:
    """Return Google's stand-in, with an empty bucket."""
    return Gcs(gcs_server, monkeypatch, tmp_path, service_key)


@pytest.fixture
def azure(azure_server: CloudServer, monkeypatch: pytest.MonkeyPatch) -> Azure:
    """Return Azurite, with an empty container."""
    return Azure(azure_server, monkeypatch)


@pytest.fixture(params=["gcs", "azure"])
def cloud(request: pytest.FixtureRequest) -> Any:
    """Return each of the two, one after the other."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask two times at most, without a pause, for a second each."""
    monkeypatch.setattr(rest_client, "TRIES", 2)
    monkeypatch.setattr(rest_client, "WAIT_SECONDS", 0.0)
    monkeypatch.setattr(rest_client, "READ_SECONDS", 1)
