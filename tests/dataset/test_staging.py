"""A stage is checked before it is published, goes on where a killed run stopped, and takes a number
that was never used.
"""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from anonymize.dataset import Dataset, FileEntry, Manifest, rewrapping
from anonymize.dataset.staging import Staging
from anonymize.errors import DatasetError
from anonymize.io import write_part
from anonymize.io.sink.part_info import sidecar_of
from anonymize.keys import Keyring, init_keyring, rotate_key
from anonymize.names import KeyName

from .conftest import publish, rows


def test_the_newest_stage_that_fits_is_gone_on_with(tmp_path: Path) -> None:
    """The others go, and the new one's folder too."""
    folders = [tmp_path / name for name in ("new", "other", "fits", "older")]
    for folder in folders:
        folder.mkdir()
    staged = list[Path]()
    dataset = SimpleNamespace(unfinished=lambda: folders, staged_in=staged.append)
    staging = Staging(cast(Any, dataset), folders[0])
    staging.take_over(lambda folder: folder.name in ("fits", "older"))
    assert staging.path == staging.dir == folders[2]
    assert staged == [folders[2]]
    assert os.listdir(tmp_path) == ["fits"]


def test_a_stage_of_its_own_stays_where_none_fits(tmp_path: Path) -> None:
    """It is no remains of a killed run."""
    folders = [tmp_path / "other", tmp_path / "new"]
    for folder in folders:
        folder.mkdir()
    dataset = SimpleNamespace(unfinished=lambda: folders, staged_in=None)
    staging = Staging(cast(Any, dataset), folders[1])
    staging.take_over(lambda folder: False)
    assert (staging.path, os.listdir(tmp_path)) == (folders[1], ["new"])


def test_a_number_is_not_used_again(tmp_path: Path, keyring: Keyring) -> None:
    """Not even that of the last version, after somebody has removed its folder."""
    dataset = Dataset(tmp_path / "people")
    for number in (1, 2):
        publish(dataset, keyring, number, parts=1)
    dataset.rollback(1, keyring=keyring)
    shutil.rmtree(dataset.folder(2))
    assert publish(dataset, keyring, 3, parts=1).version == 3


def test_keys_of_another_part_are_not_published(tmp_path: Path, keyring: Keyring) -> None:
    """No reader could open it."""
    dataset, table = Dataset(tmp_path / "people"), rows(1)
    with dataset.stage() as staging:
        parts = [staging.path / f"part-{number:05}.parquet" for number in (0, 1)]
        infos = [
            write_part(part, table.schema, table.to_batches(), keyring=keyring, key="training")
            for part in parts
        ]
        shutil.copy(sidecar_of(parts[0]), sidecar_of(parts[1]))
        files = tuple(FileEntry.of(info, staging.path) for info in infos)
        with pytest.raises(DatasetError, match=r"part-00001"):
            staging.publish(Manifest(dataset="people", files=files), keyring)
    assert dataset.audit.entries() == ()


def test_a_folder_that_cannot_get_its_name_is_said(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is published, and the version of before is the current one."""
    dataset, replace = Dataset(tmp_path / "people"), os.replace
    publish(dataset, keyring, 1)

    def refusing(source: Path, target: Path) -> None:
        if os.path.isdir(source):
            raise OSError(errno.EDQUOT, "jane")
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refusing)
        with pytest.raises(DatasetError, match="000002: the disk is full"):
            publish(dataset, keyring, 2)
    assert dataset.versions(keyring) == (1,)
    assert publish(dataset, keyring, 2).version == 2


def test_keys_that_are_wrapped_already_make_no_entry(tmp_path: Path, keyring: Keyring) -> None:
    """The log names acts that did something."""
    dataset = Dataset(tmp_path / "people")
    publish(dataset, keyring, 1)
    before = dataset.audit.entries()
    assert dataset.rewrap(keyring=keyring) == 0
    assert dataset.audit.entries() == before


def test_a_folder_that_is_not_synced_after_a_rotation_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys are in place, and may not be after a power cut."""
    uri = f"file:{tmp_path / 'keys' / 'keyring.json'}"
    keyring = init_keyring(uri, [KeyName(name) for name in ("training", "clinical", "reveal")])
    dataset = Dataset(tmp_path / "people")
    publish(dataset, keyring, 1, parts=1)

    def full(folder: Path) -> None:
        raise OSError(errno.ENOSPC, "jane")

    monkeypatch.setattr(rewrapping, "sync_folder", full)
    with pytest.raises(DatasetError, match="000001: the disk is full"):
        dataset.rewrap(keyring=rotate_key(KeyName("training"), uri))
