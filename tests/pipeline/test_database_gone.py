"""A database that stops in the middle of a run: as a source, and as the vault."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

import anonymize
from anonymize.dataset import Dataset, read
from anonymize.errors import SourceError, VaultAwayError
from anonymize.pipeline import in_progress
from anonymize.vault import opening, sqlite, sqlite_file
from tests.postgres import BINARIES, Server, stoppable_postgres

ROWS = 8


@pytest.fixture(scope="module")
def _server() -> Iterator[Server]:
    if not BINARIES:
        pytest.skip("no PostgreSQL server in /usr/lib/postgresql/*/bin")
    with stoppable_postgres() as server:
        yield server


@pytest.fixture
def server(_server: Server) -> Iterator[Server]:
    """A server of this file's own, which runs."""
    yield _server
    if _server.process is None:
        _server.start()


class Place:
    """Four files, and a policy with tokens in a vault."""

    def __init__(self, folder: Path, keyring_uri: str, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.keyring_uri, self._patch = folder, keyring_uri, patch
        (folder / "in").mkdir()
        for day in range(4):
            lines = ["id,mail", *(f"{row},p{row}@example.org" for row in range(ROWS))]
            (folder / "in" / f"day{day}.csv").write_text("\n".join(lines) + "\n")

    def policy(self, source: str = "") -> Path:
        """Write the policy."""
        path = self.folder / "policy.yaml"
        rule = "pseudonymize" if source else "tokenize, method: vault"
        path.write_text(
            "version: 1\ndataset: days\npurpose: test\nrows: {order: source}\n"
            f"source: {source or {'path': str(self.folder / 'in')}}\n"
            f"sink: {{path: {self.folder / 'out'}}}\n"
            f"columns:\n  id: {{action: keep, accept: a number}}\n  mail: {{action: {rule}}}\n"
        )
        return path

    def run(self, source: str = "") -> Any:
        """Publish."""
        return anonymize.run(self.policy(source), keyring=self.keyring_uri)

    def before(self, number: int, act: Any) -> None:
        """Do ``act`` once, before a partition is written."""
        work, done = in_progress.write_partition, list[int]()

        def until(job: Any, at: int) -> Any:
            if at == number and not done:
                done.append(at)
                act()
            return work(job, at)

        self._patch.setattr(in_progress, "write_partition", until)

    @property
    def left(self) -> list[Path]:
        """Return the folders of runs that go on."""
        return list((self.folder / "out" / "versions").glob(".staging-*"))

    def check(self, version: int) -> list[str]:
        """Check the current version; return the first file's tokens."""
        found = Dataset(self.folder / "out")
        keyring = anonymize.keys.open_keyring(self.keyring_uri)
        assert found.current == version
        assert found.verify(keyring=keyring).ok
        tokens = read(found, keyring=keyring)["mail"].to_pylist()
        assert tokens == tokens[:ROWS] * 4
        return tokens[:ROWS]


@pytest.fixture
def place(tmp_path: Path, keyring_uri: str, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Four files and a policy."""
    opening._opened.clear()
    return Place(tmp_path, keyring_uri, monkeypatch)


def test_a_source_s_server_is_restarted_in_the_middle(
    place: Place, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state that was read is gone with it: this is said, the last version stays, and the next
    run publishes.
    """
    with psycopg.connect(server.uri, autocommit=True) as other:
        other.execute("DROP TABLE IF EXISTS people")
        other.execute(
            "CREATE TABLE people AS SELECT i % 8 AS id, 'p' || i % 8 || '@example.org' AS mail"
            " FROM generate_series(0, 31) i"
        )
    parts = urlsplit(server.uri)
    monkeypatch.setenv("COATCHECK_SOURCE_PASSWORD", str(parts.password))
    address = server.uri.replace(f":{parts.password}@", "@")
    source = f"{{path: '{address}', table: people, partitions: 2}}"
    place.run(source)

    def restart() -> None:
        server.stop()
        server.start()

    place.before(1, restart)
    with pytest.raises(SourceError, match=r"the state .* is gone: .* run again") as told:
        place.run(source)
    assert str(parts.password) not in str(told.value)
    assert not place.left
    place.check(1)
    assert place.run(source).version == 2
    place.check(2)


def test_the_vault_s_server_stops_in_the_middle(
    place: Place, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said that it may pass; what was finished stays for the next run, and every value has
    the token that it had.
    """
    monkeypatch.setenv("COATCHECK_VAULT", server.uri)
    place.run()
    tokens = place.check(1)
    place.before(2, server.stop)
    with pytest.raises(VaultAwayError, match="the server ended the connection") as told:
        place.run()
    assert told.value.passes
    assert len(place.left) == 1
    server.start()
    assert place.check(1) == tokens
    assert place.run().version == 2
    assert place.check(2) == tokens
    assert not place.left


def test_a_vault_that_another_process_holds_in_the_middle(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is waited for, then said with what to do; what was finished stays for the next run."""
    file = place.folder / "vault.db"
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{file}")
    place.run()
    tokens = place.check(1)
    for module in (sqlite, sqlite_file):
        monkeypatch.setattr(module, "BUSY_SECONDS", 0.2)
    opening._opened.clear()
    other = sqlite3.connect(file, isolation_level=None)
    place.before(2, lambda: other.execute("BEGIN IMMEDIATE"))
    for day in range(4):  # a new value, so that the vault is written to
        with (place.folder / "in" / f"day{day}.csv").open("a") as source:
            source.write(f"9,new{day}@example.org\n")
    with pytest.raises(VaultAwayError, match="another process holds it; wait for it or end it"):
        place.run()
    assert len(place.left) == 1
    assert Dataset(place.folder / "out").current == 1
    other.execute("ROLLBACK")
    other.close()
    assert place.run().version == 2
    found = read(place.folder / "out", keyring=place.keyring_uri)["mail"].to_pylist()
    assert found[:ROWS] == tokens
    assert not place.left
