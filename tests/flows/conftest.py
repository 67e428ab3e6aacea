"""One Prefect server for the tests of the flows, and what its database holds."""

from __future__ import annotations

import os
import sqlite3
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


def database_text() -> str:
    """Return all that Prefect's database holds, as text."""
    from prefect.settings import PREFECT_SERVER_DATABASE_CONNECTION_URL

    url = PREFECT_SERVER_DATABASE_CONNECTION_URL.value()
    url = url.get_secret_value() if hasattr(url, "get_secret_value") else str(url)
    return "\n".join(sqlite3.connect(url.split("///", 1)[1]).iterdump())
