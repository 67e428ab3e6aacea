"""No act leaves a file or folder of a dataset, a keyring or an anchor open: a service that runs for
months would run out of them.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anonymize.dataset import Anchor, Dataset, export, read
from anonymize.dataset import checked_copy as copies
from anonymize.errors import DatasetError
from anonymize.io import PartWriter
from anonymize.keys import Keyring, change_passphrase, init_keyring, rotate_key
from anonymize.keys.keyring.files import require_room
from anonymize.names import KeyName

from .conftest import publish, rows

KEYS = [KeyName(name) for name in ("training", "clinical", "reveal")]


def left_open(below: Path) -> list[str]:
    """Return what this process has open below a folder."""
    gc.collect()
    open_now = list[str]()
    for handle in Path("/proc/self/fd").iterdir():
        if os.path.lexists(handle):
            open_now.append(os.readlink(handle))
    return [path for path in open_now if path.startswith(str(below))]


def _torn(dataset: Dataset) -> None:
    with dataset.audit.path.open("ab") as log:
        log.write(b'{"torn')
    dataset.audit.drop_torn()


def _without_unnamed_files(dataset: Dataset, keyring: Keyring, uri: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(os, "O_TMPFILE", raising=False)
        export(dataset, dataset.path.parent / "plain" / "named.csv", keyring=keyring)


def _in_a_file(dataset: Dataset, keyring: Keyring, uri: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copies, "IN_MEMORY_BYTES", 10)
        read(dataset.path, keyring=keyring)


Act = Callable[[Dataset, Keyring, str], object]
ACTS: dict[str, Act] = {
    "publish": lambda dataset, keyring, uri: publish(dataset, keyring, 3),
    "rollback": lambda dataset, keyring, uri: dataset.rollback(1, keyring=keyring),
    "expire": lambda dataset, keyring, uri: dataset.expire(keep=1, keyring=keyring),
    "rewrap": lambda dataset, keyring, uri: dataset.rewrap(
        keyring=rotate_key(KeyName("training"), uri)
    ),
    "passphrase": lambda dataset, keyring, uri: change_passphrase(uri),
    "room": lambda dataset, keyring, uri: require_room(Path(uri.removeprefix("file:"))),
    "torn line": lambda dataset, keyring, uri: _torn(dataset),
    "read": lambda dataset, keyring, uri: read(dataset.path, keyring=keyring),
    "read a copy in a file": _in_a_file,
    "verify": lambda dataset, keyring, uri: dataset.verify(keyring=keyring),
    "export": lambda dataset, keyring, uri: export(
        dataset, dataset.path.parent / "plain" / "out.csv", keyring=keyring
    ),
    "export to a named file": _without_unnamed_files,
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_nothing_is_open_when_an_act_is_over(act: Act, tmp_path: Path) -> None:
    """Neither what was written nor what was locked, synced or read."""
    uri = f"file:{tmp_path / 'keys' / 'keyring.json'}"
    keyring, anchor = init_keyring(uri, KEYS), Anchor("people", file=tmp_path / "far" / "heads")
    dataset = Dataset(tmp_path / "people", anchor)
    (tmp_path / "plain").mkdir()
    for number in (1, 2):
        publish(dataset, keyring, number)
    act(dataset, keyring, uri)
    assert left_open(tmp_path) == []


def test_a_part_that_cannot_be_begun_leaves_nothing(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parquet refuses it after its file was made."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(pq, "ParquetWriter", refuse)
    schema = pa.schema([("a", pa.int64())])
    with pytest.raises(DatasetError, match="the disk is full"):
        PartWriter(tmp_path / "part.parquet", schema, keyring=keyring, key="training")
    assert left_open(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_part_that_is_discarded_leaves_nothing(tmp_path: Path, keyring: Keyring) -> None:
    """However far it was."""
    writer = PartWriter(tmp_path / "p.parquet", rows(1).schema, keyring=keyring, key="training")
    writer.write(rows(1).to_batches()[0])
    writer.discard()
    assert left_open(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_rows_after_a_failed_write_are_refused_at_once(tmp_path: Path, keyring: Keyring) -> None:
    """Not when the part is closed, hours later."""
    writer = PartWriter(tmp_path / "p.parquet", rows(1).schema, keyring=keyring, key="training")
    writer.write(rows(1).to_batches()[0])
    writer._failure = OSError(28, "no space")
    with pytest.raises(DatasetError, match="the disk is full"):
        writer.end()
    writer.discard()
    assert left_open(tmp_path) == []


def test_a_parts_folder_is_made(tmp_path: Path, keyring: Keyring) -> None:
    """A quarantine has its own, with the first row set aside."""
    path = tmp_path / "quarantine" / "p.parquet"
    with PartWriter(path, rows(1).schema, keyring=keyring, key="training") as writer:
        writer.write(rows(1).to_batches()[0])
    assert path.is_file()
