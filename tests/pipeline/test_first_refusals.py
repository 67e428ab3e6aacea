"""What can be refused before a row is written is refused then, and nothing waits for ever."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import sqlite3
import threading
import time
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

import anonymize
from anonymize.dataset import Dataset
from anonymize.dataset.lock import DatasetLock
from anonymize.errors import (
    AnonymizeError,
    BusyError,
    DatasetError,
    KeysError,
    VaultError,
)
from anonymize.io.sink import parts, row_groups
from anonymize.keys import Keyring, init_keyring
from anonymize.pipeline import readiness
from anonymize.pipeline.prepare import preview_plan
from tests.conftest import NAMES
from tests.workplace import Workplace


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every partition that is written fail the test."""

    def wrote(*_: object) -> None:
        pytest.fail("rows were written")

    monkeypatch.setattr("anonymize.pipeline.in_progress.write_partition", wrote)


def _refused(
    place: Workplace, kind: type[AnonymizeError], what: str, path: Path | None = None
) -> None:
    with pytest.raises(kind, match=what):
        anonymize.run(path or place.policy(), keyring=place.keyring_uri, wait_seconds=0)
    assert not list(place.folder.rglob("*.parquet"))


@pytest.mark.usefixtures("unread")
def test_a_keyring_that_cannot_sign(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was found out after all rows were written."""

    def cannot(self: Keyring, data: bytes) -> None:
        raise KeysError("no signing key is in the keyring")

    monkeypatch.setattr(Keyring, "sign", cannot)
    _refused(workplace, KeysError, "this keyring cannot sign what a run publishes")


@pytest.mark.usefixtures("unread")
def test_a_sink_that_is_a_file(workplace: Workplace) -> None:
    """With its place in the policy."""
    workplace.sink.write_text("mine")
    _refused(workplace, DatasetError, r"people.yaml:\d+: sink.path: .* is not a folder")


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize("number", [30, 28, 13])
def test_a_sink_that_cannot_be_written_to(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Read-only, full, or somebody else's: tried with a file of a few bytes."""

    def broken(_: int) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(readiness.os, "fsync", broken)
    _refused(workplace, DatasetError, r"sink.path: (cannot be written: |the disk is full)")
    assert not list(workplace.folder.glob(".coatcheck.*"))


@pytest.mark.usefixtures("unread")
def test_a_disk_with_hardly_any_room(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hours later it would be full."""
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1 << 40, 1 << 40, 5 << 20))
    _refused(workplace, DatasetError, "the disk has 5 MiB free")


ANCHORS = {
    "file: {folder}/out/heads": "lies in the sink's folder",
    "file: {folder}/out": "lies in the sink's folder",
    "file: {folder}": "is not a plain file that can be read and written",
    "file: {folder}/people.csv/heads": "people.csv is not a folder",
    "file: /proc/heads": "cannot be written",
    "command: [no-such-program], latest: [cat]": "there is no program no-such-program",
    "command: [cat], latest: [no-such-program]": "there is no program no-such-program",
}


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize("anchor", ANCHORS)
def test_an_anchor_that_cannot_be_told(workplace: Workplace, anchor: str) -> None:
    """It was found out when the version was published; inside the sink's folder it was no anchor at
    all.
    """
    path = workplace.policy(f"audit: {{anchor: {{{anchor.format(folder=workplace.folder)}}}}}")
    _refused(workplace, DatasetError, rf"people.yaml:\d+: audit.anchor: .*{ANCHORS[anchor]}", path)
    assert not list(workplace.folder.glob(".coatcheck.*"))


@pytest.fixture
def with_vault(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Workplace:
    """Return a workplace whose policy needs a vault that is there."""
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{workplace.folder / 'vault.db'}")
    monkeypatch.setattr(readiness, "VAULT_SECONDS", 0.1)
    uri = f"file:{workplace.folder / 'own.json'}"
    init_keyring(uri, NAMES)
    own = Workplace(workplace.folder, uri)
    path = own.policy()
    path.write_text(
        path.read_text().replace(
            "pseudonymize, domain: email", "tokenize, method: vault, domain: email"
        )
    )
    anonymize.run(path, keyring=uri)
    shutil.rmtree(own.sink)
    request.getfixturevalue("unread")
    return own


def test_a_vault_that_another_process_holds(with_vault: Workplace) -> None:
    """Workers would have waited minutes for it, each."""
    with contextlib.closing(
        sqlite3.connect(with_vault.folder / "vault.db", isolation_level=None)
    ) as other:
        other.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        _refused(
            with_vault,
            VaultError,
            "the vault is locked: another process holds it",
            with_vault.folder / "people.yaml",
        )
        assert time.monotonic() - started < 60
        other.execute("ROLLBACK")


def test_a_vault_of_another_keyring(with_vault: Workplace) -> None:
    """Its namespaces are locked by a key of the same name and another value."""
    for file in with_vault.folder.glob("own.json*"):
        file.unlink()
    init_keyring(with_vault.keyring_uri, NAMES)
    refused = with_vault.coatcheck("run", "people.yaml")
    assert (refused.returncode, "vault" in refused.stderr) == (3, True)
    assert not (with_vault.sink / "versions").exists()


@contextlib.contextmanager
def _held(folder: Path, seconds: float) -> Iterator[None]:
    """Hold the dataset's lock by another open file, as another process would, and let go after some
    time.
    """
    folder.mkdir(exist_ok=True)
    with open(folder / ".lock", "a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        timer = threading.Timer(seconds, lambda: fcntl.flock(file, fcntl.LOCK_UN))
        timer.start()
        yield
        timer.cancel()
        timer.join()


def test_a_run_waits_for_another_one(workplace: Workplace) -> None:
    """Two nights that meet are no failure."""
    with _held(workplace.sink, 1.0):
        assert (
            anonymize.run(
                workplace.policy(), keyring=workplace.keyring_uri, wait_seconds=60
            ).version
            == 1
        )


def test_waiting_has_an_end(workplace: Workplace) -> None:
    """And says who is at work."""
    with (
        _held(workplace.sink, 30),
        pytest.raises(BusyError, match="another run is at work on this dataset"),
    ):
        DatasetLock(workplace.sink).acquire(0.3)
    done = workplace.coatcheck("run", "--help").stdout
    assert "--wait" in done


def test_a_writer_whose_thread_is_gone_says_so(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waited for room in a queue that nobody emptied any more."""
    monkeypatch.setattr(parts.PartWriter, "_work", lambda self: None)
    monkeypatch.setattr(row_groups, "GROUP_ROWS", 2)
    batch = pa.record_batch({"a": [1, 2, 3]})
    with pytest.raises(DatasetError, match="the thread that writes it ended before it was done"):
        parts.write_part(
            tmp_path / "p.parquet", batch.schema, [batch] * 20, keyring=keyring, key="training"
        )
    assert not list(tmp_path.iterdir())


def test_a_thread_that_ends_early_leaves_no_short_part(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It took the rows, wrote none, and took the end for its end: the part would have been complete
    and empty.
    """
    monkeypatch.setattr(
        parts.PartWriter, "_work", lambda self: [None for _ in iter(self._groups.get, None)]
    )
    batch = pa.record_batch({"a": [1, 2, 3]})
    with pytest.raises(DatasetError, match="ended before it was done"):
        parts.write_part(
            tmp_path / "p.parquet", batch.schema, [batch], keyring=keyring, key="training"
        )
    assert not list(tmp_path.iterdir())


def test_a_look_at_the_plan_needs_no_sink(workplace: Workplace) -> None:
    """Planning is for those who may not write there."""
    workplace.sink.write_text("mine")
    assert preview_plan(workplace.policy(), workplace.keyring_uri).lines
    assert Dataset(workplace.sink).current is None
