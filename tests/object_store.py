"""A moto server on loopback, which answers as S3 and KMS do, and buckets in it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ACCESS_KEY, SECRET_KEY = "AKIATESTOFCOATCHECK0", "qZ7secretOfTheTestsqZ7"

_MOTO = """
import threading
import time
from moto.s3.responses import S3Response
from moto.server import main

put, alone, checksum = S3Response.put_object, threading.Lock(), S3Response._get_checksum

def one_after_another(asked):
    with alone:
        return put(asked)

def between(asked, headers):
    time.sleep(0.1 if asked.parse_key_name().startswith("slow") else 0)
    return checksum(asked, headers)

S3Response.put_object, S3Response._get_checksum = one_after_another, between
main()
"""
"""Stores decide a conditional write in one step; moto looks first and writes later, so that of two
writers at once both could win. Between the two is what ``slow`` objects wait in, as all do on a
machine under load.
"""


@dataclass(frozen=True)
class StoreServer:
    """A running server."""

    endpoint: str
    log: Path
    """What the server wrote."""

    def logged(self) -> bytes:
        """Return all that the server wrote so far."""
        return self.log.read_bytes()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="session")
def store_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreServer]:
    """Start a moto server in a process of its own; one a session, for it takes seconds."""
    pytest.importorskip("moto.server")
    log = tmp_path_factory.mktemp("moto") / "server.log"
    port = _free_port()
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-c", _MOTO, "-H", "127.0.0.1", "-p", str(port)],
            stdout=written,
            stderr=subprocess.STDOUT,
            env={**os.environ, "MOTO_S3_CUSTOM_ENDPOINTS": ""},
        )
    endpoint = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{endpoint}/moto-api/data.json", timeout=2).close()
                break
            except OSError:
                time.sleep(0.1)
        yield StoreServer(endpoint, log)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def s3(store_server: StoreServer, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a client of the server, whose address and credentials are in the environment."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_ENDPOINT_URL": store_server.endpoint,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    return _session().client("s3", endpoint_url=store_server.endpoint)


@cache
def _session() -> Any:
    """Return the session of these clients: one, for each reads the descriptions of services anew,
    which takes 0.2 s.
    """
    import boto3

    return boto3.session.Session(ACCESS_KEY, SECRET_KEY, region_name="us-east-1")


@pytest.fixture
def bucket(s3: Any) -> str:
    """Return the name of a new, empty bucket."""
    name = f"b-{uuid.uuid4().hex[:20]}"
    s3.create_bucket(Bucket=name)
    return name
