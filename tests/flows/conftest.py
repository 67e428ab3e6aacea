"""One Prefect server for the tests of the flows, and what its database holds."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="package")
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield the folder of a Prefect server, on loopback: one for all tests of the flows, because
    each takes many seconds to start.
    """
    home = tmp_path_factory.mktemp("prefect")
    before = {
        name: os.environ.get(name)
        for name in ("PREFECT_HOME", "PREFECT_SERVER_DATABASE_CONNECTION_URL")
    }
    os.environ["PREFECT_HOME"] = str(home)
    from anonymize.flows.settings import quiet_prefect

    quiet_prefect()
    from prefect.settings import PREFECT_HOME, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    with temporary_settings({PREFECT_HOME: home}), prefect_test_harness(server_startup_timeout=180):
        yield home
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@pytest.fixture
def flow_of(prefect_home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the flows' module, with retries that do not wait."""
    import anonymize.flows.anonymize_dataset as module

    for name in ("measure", "write"):
        task = getattr(module, name).with_options(retry_delay_seconds=0)
        monkeypatch.setattr(module, name, task)
    return module


def database() -> str:
    """Return the path of Prefect's database."""
    from prefect.settings import PREFECT_SERVER_DATABASE_CONNECTION_URL

    url = PREFECT_SERVER_DATABASE_CONNECTION_URL.value()
    url = url.get_secret_value() if hasattr(url, "get_secret_value") else str(url)
    return url.split("///", 1)[1]


def database_text() -> str:
    """Return all that Prefect's database holds, as text."""
    return "\n".join(sqlite3.connect(database()).iterdump())


def stored(query: str, *values: object, least: int = 0) -> list[tuple[Any, ...]]:
    """Return rows of Prefect's database, once there are ``least`` of them: events and logs come a
    moment later.
    """
    until = time.monotonic() + 60
    while True:
        rows = sqlite3.connect(database()).execute(query, values).fetchall()
        if len(rows) >= least or time.monotonic() > until:
            return rows
        time.sleep(0.2)
