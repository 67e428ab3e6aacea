"""Servers for pages whose commands need some, in place of those a reader has."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pytest

from tests.cloud_stores import PREFIXES, Azure, Gcs, azurite_in, gcs_in, private_key
from tests.object_store import ACCESS_KEY, SECRET_KEY
from tests.postgres import BINARIES, free_port, postgres_server

_MOTO = """
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket
from moto.server import main

FakeBucket.get_permission = lambda bucket, action, resource: PermissionResult.NEUTRAL
main()
"""
"""moto takes a statement that denies plain http for one that denies all; this server keeps policies
of buckets and does not judge by them.
"""


@contextmanager
def database() -> Iterator[dict[str, str]]:
    """Start a PostgreSQL server; yield its address, and the password apart."""
    if not BINARIES:
        pytest.skip("no PostgreSQL server in /usr/lib/postgresql/*/bin")
    with postgres_server() as uri:
        at = urlsplit(uri)
        address = f"postgresql://{at.username}@{at.hostname}:{at.port}{at.path}"
        yield {"DB": address, "PGPASSWORD": at.password or ""}


@contextmanager
def object_store() -> Iterator[dict[str, str]]:
    """Start an S3 server on loopback; yield its address and credentials."""
    port = str(free_port())
    server = subprocess.Popen(
        [sys.executable, "-c", _MOTO, "-H", "127.0.0.1", "-p", port],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    endpoint = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{endpoint}/moto-api/data.json")
        yield {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
    finally:
        server.terminate()
        server.wait(20)


@contextmanager
def bucket() -> Iterator[dict[str, str]]:
    """Start an S3 server that has the bucket which a page names; yield what `object_store` does."""
    with object_store() as given:
        asked = urllib.request.Request(f"{given['AWS_ENDPOINT_URL']}/training-data", method="PUT")
        urllib.request.urlopen(asked, timeout=10).close()
        yield given


@contextmanager
def clouds() -> Iterator[dict[str, str]]:
    """Start the stand-ins of Google's and Azure's stores, each with the object that a page names;
    yield how they are found.
    """
    with ExitStack() as started:
        folder = Path(started.enter_context(TemporaryDirectory()))
        patch = started.enter_context(pytest.MonkeyPatch.context())
        google = started.enter_context(gcs_in(folder))
        azure = started.enter_context(azurite_in(folder))
        found: dict[str, str] = {}
        for make in (
            lambda: Gcs(google, patch, folder, private_key(), "raw-data"),
            lambda: Azure(azure, patch, "raw-data"),
        ):
            store = make()  # which takes the variables of others away
            store.put("customers/2026-11.csv", b"customer_id,plan\n" + b"a1,free\nb2,paid\n" * 20)
            found |= {name: told for name, told in os.environ.items() if name.startswith(PREFIXES)}
        yield found


@contextmanager
def engine(package: str) -> Iterator[dict[str, str]]:
    """Yield what keeps Spark or Ray on loopback; skip where it is not installed."""
    pytest.importorskip(package, reason=f"{package} is in .venv-engines alone; make soak runs it")
    yield {
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "RAY_agent_register_timeout_ms": "120000",
    }


@contextmanager
def trainers() -> Iterator[dict[str, str]]:
    """Yield nothing further; skip where torch is not installed."""
    pytest.importorskip("torch", reason="torch is in .venv-readers alone; make soak runs it")
    yield {"HF_HUB_OFFLINE": "1"}


@contextmanager
def private_trainers() -> Iterator[dict[str, str]]:
    """Skip where Opacus is not."""
    pytest.importorskip("opacus", reason="Opacus is in .venv-readers alone; make soak runs it")
    yield {}


NEEDS = {
    "data-engineer.md": (database, object_store),
    "ml-team.md": (object_store,),
    "object-stores.md": (bucket, clouds),
    "spark.md": (partial(engine, "pyspark"),),
    "reading-with-spark.md": (partial(engine, "pyspark"),),
    "ray.md": (partial(engine, "ray"),),
    "readers.md": (trainers,),
    "private-training.md": (private_trainers,),
}
"""The servers of each page that needs some."""


@contextmanager
def servers(page: str) -> Iterator[Mapping[str, str]]:
    """Start what a page needs; yield the variables by which its commands find it."""
    with ExitStack() as started:
        found: dict[str, str] = {}
        for start in NEEDS.get(page, ()):
            found |= started.enter_context(start())
        yield found


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the S3 server did not start")
