"""Fixtures that several rooms share: a keyring, and an environment without the user's own
settings.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from anonymize.keys import Keyring, init_keyring
from anonymize.keys.keyring.passphrase import forget_passphrase
from anonymize.keys.keyring.unlocking import ARGON2
from anonymize.names import KeyName
from tests.cloud_stores import azure_server, gcs_server, service_key
from tests.examples import examples
from tests.object_store import store_server
from tests.postgres import postgres_uri
from tests.prefect_server import FILES as ON_ONE_SERVER
from tests.prefect_server import _served, flow_of, prefect_home
from tests.warm import CHEAP_ARGON2
from tests.workplace import forked_workers, workplace

# Objects of libraries and tests by the million are looked through less often: a tenth of the time.
gc.set_threshold(20_000, 20, 20)
# The same examples every time, so that what passes here passes elsewhere; COATCHECK_EXPLORE=1 draws
# new ones.
settings.register_profile(
    "coatcheck",
    max_examples=examples(100),
    deadline=None,
    derandomize=not os.environ.get("COATCHECK_EXPLORE"),
)
settings.load_profile("coatcheck")
# Fixtures of the session are imported here alone: a module that imports one makes another.
__all__ = [
    "_served", "azure_server", "flow_of", "forked_workers", "gcs_server", "postgres_uri",
    "prefect_home", "service_key", "store_server", "workplace",
]  # fmt: skip
NAMES = tuple(KeyName(name) for name in ("training", "pseudonym", "reveal", "support", "clinical"))


SLOW_FILES = (
    *ON_ONE_SERVER,
    "tests/flows/test_schedule.py",
    "tests/wheel/test_wheel.py",
    "tests/docs/test_docs.py",
    "tests/promises/test_samples.py",
    "tests/soak/test_every_byte.py",
    "tests/soak/test_runs_killed.py",
    "tests/soak/test_workers_killed.py",
    "tests/soak/test_kills.py",
    "tests/soak/test_many.py",
    "tests/process/test_quiet.py",
    "tests/pipeline/test_everywhere.py",
    "tests/pipeline/test_dask.py",
    "tests/pipeline/test_incremental.py",
    "tests/pipeline/test_stores.py",
    "tests/pipeline/test_erase.py",
    "tests/pipeline/test_workers.py",
    "tests/dataset/test_in_store.py",
    "tests/dataset/test_checked_blocks.py",
    "tests/cli/test_commands.py",
    "tests/cli/test_anonymize.py",
    "tests/custody/test_incident.py",
    "tests/custody/test_reveal.py",
    "tests/io/stores/test_s3_sources.py",
    "tests/io/tables/test_postgres_reads.py",
    "tests/detect/columns/test_headers_and_writings.py",
    "tests/detect/name_models/test_scan.py",
    "tests/detect/text/test_inside.py",
    "tests/detect/text/test_names_within.py",
    "tests/detect/text/test_linear.py",
    "tests/detect/text/test_exactness.py",
)
"""Files of ten seconds and more of processor time begin first, so that two workers that take whole
files end together; what is left takes a few seconds a file.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of slow files first, in their own order."""
    at = {name: place for place, name in enumerate(SLOW_FILES)}
    items.sort(key=lambda item: at.get(item.nodeid.partition("::")[0], len(at)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give files that share a server to one worker; the others one by one, as ``--dist loadfile``
    does.
    """
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return "one server" if file in ON_ONE_SERVER else file

    return Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_finish() -> None:
    """Let the tests and libraries that stay until the end be looked through no more."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _no_wait_for_the_disk() -> Iterator[None]:
    """Let this process not wait until the disk has what is synced: no test cuts the power. Which
    files are synced, when, and what follows where they cannot be is looked at by tests of their own
    (`tests/dataset/test_synced.py` and those that put another function in this place).
    """

    def checked(file: Any) -> None:
        os.fstat(file if isinstance(file, int) else file.fileno())  # it is open, as fsync asks

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", checked)
        yield


@pytest.fixture(scope="session", autouse=True)
def _cheap_keyrings() -> Iterator[None]:
    """Let keyrings made here cost the least that opening allows: a fifth of what commands make
    (`tests/cli/test_commands.py` looks at one of those).
    """
    with pytest.MonkeyPatch.context() as patch:
        for cost, value in CHEAP_ARGON2.items():
            patch.setitem(ARGON2, cost, value)
        yield


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep the user's keyring and passphrase out of every test, and a test's out of what is set up
    for the next.
    """
    for name in (
        "COATCHECK_KEYRING",
        "COATCHECK_KEYFILE",
        "COATCHECK_PASSPHRASE",
        "COATCHECK_DEBUG",
        "COATCHECK_SOURCE_PASSWORD",
        "COATCHECK_SINK_PASSWORD",
        "RANK",
        "WORLD_SIZE",
    ):
        monkeypatch.delenv(name, raising=False)
    forget_passphrase()
    yield
    forget_passphrase()


@pytest.fixture(scope="session")
def keyring_uri(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the URI of a keyring with every key the sample policies name."""
    uri = f"file:{tmp_path_factory.mktemp('keys') / 'keyring.json'}"
    init_keyring(uri, NAMES)
    return uri


@pytest.fixture(scope="session")
def keyring(keyring_uri: str) -> Keyring:
    """Return that keyring, opened."""
    return init_keyring(keyring_uri, NAMES)


@pytest.fixture
def policy_file(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes a policy's columns part and gives the file's path."""

    def write(columns: str, source: str = "people.csv", extra: str = "") -> Path:
        path = tmp_path / "people.yaml"
        path.write_text(
            f"version: 1\ndataset: people\npurpose: test\nsource: {{path: {source}}}\n"
            f"sink: {{path: {tmp_path / 'out'}}}\n{extra}columns:\n{columns}"
        )
        return path

    return write


@pytest.fixture
def gate_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave identifiers in single cells to the scan of the output, which would never see what the
    plan refuses.
    """
    monkeypatch.setattr("anonymize.detect.columns.inspect.look_inside", lambda cases, asked: None)
