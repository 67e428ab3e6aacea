"""One Prefect server, on loopback, for all tests of a process that run flows.

Its start takes about 13 s of processor time, longer than the tests of most of their files; so these
files go to one worker (`tests/conftest.py`), and share its database. Tests that look for a text in
the database count it before and after.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

FILES = (
    "tests/flows/test_acts.py",
    "tests/flows/test_databases.py",
    "tests/flows/test_deployments.py",
    "tests/flows/test_flows.py",
    "tests/flows/test_pages.py",
    "tests/flows/test_releases.py",
    "tests/flows/test_told_in_prefect.py",
    "tests/vault/test_flow_retries.py",
)
"""Files whose tests ask for it."""


@contextmanager
def _restored(names: Mapping[str, str]) -> Iterator[None]:
    """Set variables, and afterwards leave those that Prefect reads as they were."""
    kept = (*names, "PREFECT_SERVER_DATABASE_CONNECTION_URL")
    before = {name: os.environ.get(name) for name in kept}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@pytest.fixture(scope="session")
def _served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Start the server; yield its home."""
    home = tmp_path_factory.mktemp("prefect")
    with ExitStack() as stack:
        with _restored({"PREFECT_HOME": str(home)}):
            from anonymize.flows.settings import quiet_prefect

            quiet_prefect()
            from prefect.settings import PREFECT_HOME, temporary_settings
            from prefect.testing.utilities import prefect_test_harness

            stack.enter_context(temporary_settings({PREFECT_HOME: home}))
            stack.enter_context(prefect_test_harness(server_startup_timeout=180))
        yield home


@pytest.fixture(scope="module")
def prefect_home(_served: Path) -> Iterator[Path]:
    """Yield the server's home, which is this process's while the module's tests run."""
    with _restored({"PREFECT_HOME": str(_served)}):
        yield _served


@pytest.fixture
def flow_of(prefect_home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the flows' module, with retries that do not wait."""
    import anonymize.flows.anonymize_dataset as module

    for name in ("measure", "write"):
        task = getattr(module, name).with_options(retry_delay_seconds=0)
        monkeypatch.setattr(module, name, task)
    return module


def database_path() -> str:
    """Return the path of Prefect's database."""
    from prefect.settings import PREFECT_SERVER_DATABASE_CONNECTION_URL

    url = PREFECT_SERVER_DATABASE_CONNECTION_URL.value()
    url = url.get_secret_value() if hasattr(url, "get_secret_value") else str(url)
    return url.split("///", 1)[1]


def database_text() -> str:
    """Return all that Prefect's database holds, as text."""
    return "\n".join(sqlite3.connect(database_path()).iterdump())


def stored(query: str, *values: object, least: int = 0) -> list[tuple[Any, ...]]:
    """Return rows of Prefect's database, once there are ``least`` of them: events and logs come a
    moment later.
    """
    until = time.monotonic() + 60
    while True:
        rows = sqlite3.connect(database_path()).execute(query, values).fetchall()
        if len(rows) >= least or time.monotonic() > until:
            return rows
        time.sleep(0.2)
